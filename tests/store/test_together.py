"""Questions that come together: one read answers them, each gets its own answer, and none spoils another's."""

import asyncio

import pytest
from sqlalchemy import Connection, String, select

from server.errors import Busy
from server.store import dialect, together
from server.store.base import Store
from server.store.tables import installation
from tests.store.conftest import put

reads: list[list[str]] = []
"""The questions of each read."""
_asked = dialect.given("asked", name=String())


def stored(conn: Connection, names: list[str]) -> list[str | None]:
    """The name as it is stored, or None. "fault" cannot be answered."""
    reads.append(names)
    if "fault" in names:
        raise ZeroDivisionError
    query = select(installation.c.name).join(_asked, _asked.c.name == installation.c.name)
    found = set(conn.execute(query, {"asked": dialect.rows((name,) for name in names)}).scalars())
    return [name if name in found else None for name in names]


@pytest.fixture(autouse=True)
def _no_reads() -> None:
    reads.clear()


async def test_one_read_answers_what_is_asked_in_the_same_moment(store: Store) -> None:
    await store.write(lambda tx: put(tx, 'it\'s "here" Ж'))
    names = ['it\'s "here" Ж', "nowhere", 'it\'s "here" Ж']
    assert await asyncio.gather(*(store.ask(stored, name) for name in names)) == [names[0], None, names[0]]
    assert reads == [names]


async def test_what_is_asked_meanwhile_makes_up_the_next_reads(store: Store) -> None:
    """However many come at once, few reads are under way, and none is larger than it may be."""
    names = [f"name {number}" for number in range(5 * together.MOST)]
    assert await asyncio.gather(*(store.ask(stored, name) for name in names)) == [None] * len(names)
    assert [len(asked) for asked in reads] == [together.MOST] * 5
    assert sorted(name for asked in reads for name in asked) == sorted(names)


async def test_an_answer_is_not_older_than_its_question(store: Store) -> None:
    """Who asks while others are being answered gets what was written in between."""
    early = [asyncio.ensure_future(store.ask(stored, f"early {number}")) for number in range(3 * together.MOST)]
    await store.write(lambda tx: put(tx, "fresh"))
    assert await store.ask(stored, "fresh") == "fresh"
    assert await asyncio.gather(*early) == [None] * len(early)


async def test_one_that_cannot_be_answered_spoils_no_other(store: Store) -> None:
    await store.write(lambda tx: put(tx, "here"))
    answers = await asyncio.gather(*(store.ask(stored, name) for name in ("here", "fault")), return_exceptions=True)
    assert answers[0] == "here"
    assert isinstance(answers[1], ZeroDivisionError)


async def test_who_asked_and_is_gone_holds_up_nobody(store: Store) -> None:
    gone = asyncio.ensure_future(store.ask(stored, "gone"))
    stays = asyncio.ensure_future(store.ask(stored, "stays"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays is None
    assert gone.cancelled()


async def test_a_closed_store_answers_nothing(store: Store) -> None:
    await store.close()
    with pytest.raises(Busy):
        await store.ask(stored, "too late")
