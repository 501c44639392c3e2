"""Notices in languages in which nobody has written them: made where the portal translates, and never waited for."""

import asyncio
from typing import Any

import msgspec

from server.bus import topics
from server.bus.control import SetupChanged, control_of
from server.desk import front
from server.desk.administration import editing
from server.desk.administration.notices import Notices
from server.desk.interpreting_notices import NoticeInterpreter
from server.protocol import rest
from server.protocol.administration import Notice, NoticeDraft
from server.store.base import Tx
from server.store.portals import PortalRecord
from server.translation.base import Outcome
from tests.desk.bureau import PAIRS, Dictionary, Office
from tests.desk.workshop import Workshop


async def put(shop: Workshop, portal: PortalRecord, before: Notice | None = None, **fields: Any) -> Notice:
    known: dict[str, Any] = {"company": portal.company_id, "portals": [portal.id], "name": "Outage", "lang": "en"}
    words = {"text": "hello **all**", "texts": {"nl": "dag allemaal"}}
    draft = NoticeDraft(**known | words | fields)

    def work(tx: Tx) -> Notice:
        if before is None:
            made: Notice = editing.added(tx, Notices(), editing.COMMAND_LINE, draft, shop.clock())
            return made
        changed: Notice = editing.changed(
            tx, Notices(), editing.COMMAND_LINE, before.id, draft, before.version, shop.clock()
        )
        return changed

    return await shop.store.write(work)


async def read(shop: Workshop, portal: PortalRecord, lang: str) -> rest.ShownNotice:
    [notice] = (await front.look(shop.desk, portal, lang)).notices
    return notice


def told(shop: Workshop) -> list[SetupChanged]:
    """What reaches customers beside the audit log."""
    found = [control_of(one.frame) for one in shop.take() if one.topic == topics.CONTROL]
    return [one for one in found if isinstance(one, SetupChanged) and not one.audit]


async def test_b_50_what_is_missing_is_made_once_marked_and_made_anew_after_a_change(shop: Workshop) -> None:
    portal = await shop.portal("Acme", translation=True, languages=["en", "nl", "fr"])
    plain = await shop.portal("Plain", languages=["en", "fr"])
    notice = await put(shop, portal)
    await put(shop, plain)
    engine = Dictionary()
    interpreter = NoticeInterpreter(shop.store, shop.clock, engine)

    assert await read(shop, portal, "fr") == rest.ShownNotice(
        notice.id, "hello **all**", "en", machine_translated=False, expires_at=None, original=None, original_lang=None
    )
    shop.take()
    await interpreter.step()
    await interpreter.step()
    assert engine.asked == {("hello all", "en", "fr"): 1}
    assert told(shop) == [SetupChanged(0, "notice", notice.id, portal.company_id)]
    assert await read(shop, portal, "fr") == rest.ShownNotice(
        *(notice.id, "<en>fr: hello all", "fr"),
        machine_translated=True,
        expires_at=None,
        original="hello **all**",
        original_lang="en",
    )
    assert (await read(shop, portal, "nl")).text == "dag allemaal"
    assert (await read(shop, plain, "fr")).text == "hello **all**"

    await put(shop, portal, notice, text="hello again")
    assert (await read(shop, portal, "fr")).text == "hello again"  # nobody reads what was made of an earlier text
    engine.fails = [Outcome("failed", reason="busy"), Outcome("failed", reason="bad_output")]
    await interpreter.step()
    await interpreter.step()
    await interpreter.step()
    assert engine.asked["hello again", "en", "fr"] == 2, "busy is tried again, what cannot be done is not"
    assert (await read(shop, portal, "fr")).machine_translated is False


async def test_what_could_not_be_translated_is_tried_again_when_there_is_another_pair(shop: Workshop) -> None:
    portal = await shop.portal("Acme", translation=True, languages=["en", "fr"])
    notice = await put(shop, portal)
    engine = Dictionary()
    engine.fails = [Outcome("failed", reason="bad_output")]
    interpreter = NoticeInterpreter(shop.store, shop.clock, engine)
    await interpreter.step()
    await interpreter.step()
    assert (await read(shop, portal, "fr")).lang == "en"
    engine.pairs = [msgspec.structs.replace(pair, stamp=1) for pair in PAIRS]
    await interpreter.step()
    assert (await read(shop, portal, "fr")).lang == "fr"
    assert engine.asked == {("hello all", "en", "fr"): 2}
    await put(shop, portal, notice, text="hello again")
    engine.fails = [Outcome("failed", reason="bad_output")]
    await interpreter.step()
    engine.pairs = engine.pairs[1:]
    await interpreter.step()
    assert engine.asked["hello again", "en", "fr"] == 1, "a pair that is gone brings nothing new"


async def test_a_translator_takes_care_of_notices_and_hears_of_changes(shop: Workshop) -> None:
    """Its loop finds what was there before it, and is told of the rest: it looks by itself twice a minute only."""
    portal = await shop.portal("Acme", translation=True, languages=["en", "fr"])
    notice = await put(shop, portal)
    office = Office(shop)

    async def shows(text: str) -> None:
        async with asyncio.timeout(10):
            while (await read(shop, portal, "fr")).text != text:  # noqa: ASYNC110 - a database
                await asyncio.sleep(0.01)

    office.open()
    try:
        await shows("<en>fr: hello all")
        await put(shop, portal, notice, text="hello again")
        await shows("<en>fr: hello again")
    finally:
        await office.kill()
