"""Notices in languages in which nobody has written them: made where the portal translates, and never waited for."""

from typing import Any

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
from tests.desk.bureau import Dictionary
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

    assert await read(shop, portal, "fr") == rest.ShownNotice(notice.id, "hello **all**", "en", False, None)
    shop.take()
    await interpreter.step()
    await interpreter.step()
    assert engine.asked == {("hello all", "en", "fr"): 1}
    assert told(shop) == [SetupChanged(0, "notice", notice.id, portal.company_id)]
    assert await read(shop, portal, "fr") == rest.ShownNotice(notice.id, "<en>fr: hello all", "fr", True, None)
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
