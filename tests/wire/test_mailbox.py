"""What one reader has yet to receive."""

import asyncio

from server.wire.mailbox import Mailbox


async def test_first_in_first_out_also_for_who_waits() -> None:
    box = Mailbox()
    reader = asyncio.create_task(box.get())
    await asyncio.sleep(0)
    for number in range(3):
        box.put_nowait({"n": number})
    assert [await reader, await box.get(), await box.get()] == [{"n": number} for number in range(3)]
    assert box.empty()


async def test_a_reader_that_gives_up_takes_nothing_along() -> None:
    """Also one that had been told already that something is there."""
    box = Mailbox()
    reader = asyncio.create_task(box.get())
    await asyncio.sleep(0)
    box.put_nowait({"n": 1})
    reader.cancel()
    await asyncio.wait([reader])
    assert reader.cancelled()
    assert (box.qsize(), await box.get()) == (1, {"n": 1})
