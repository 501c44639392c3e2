"""What open pages hear of translation: what can be translated, which tickets are, and who reads what."""

import msgspec
import pytest

from server import backends
from server.bus import topics
from server.bus.control import TranslatorsChanged
from server.desk import languages
from server.desk.administration.roster import Roster
from server.desk.interpreting import AT_A_LOOK, Interpreter
from server.desk.translators import reached
from server.protocol import codec
from server.store import technicians, translators
from server.store.base import Tx
from server.store.translators import Pair, TranslatorRecord
from tests.channels.conftest import Frame, Neighbour, Wire
from tests.support.office import Worker
from tests.support.switch import switch_translation

FAR = 2**52


async def comes(place: Neighbour, name: str, *pairs: str) -> None:
    """A translator with these pairs: it stands in the database, and says so."""
    known = [Pair(source, target, "1") for source, _, target in (pair.partition("-") for pair in pairs)]
    record = TranslatorRecord(name, "host", known, FAR)

    def unit(tx: Tx) -> None:
        translators.register(tx.conn, record)
        tx.announce(topics.CONTROL, 0, codec.encode(TranslatorsChanged()))

    await place.house.desk().store.write(unit)


async def goes(place: Neighbour, name: str) -> None:
    """It leaves in order."""

    def unit(tx: Tx) -> None:
        translators.leave(tx.conn, name)
        tx.announce(topics.CONTROL, 0, codec.encode(TranslatorsChanged()))

    await place.house.desk().store.write(unit)


async def hears(wire: Wire, reached: dict[str, list[str]]) -> None:
    await wire.find(lambda frame: frame["type"] == "languages" and frame["languages"] == reached)


async def translates(wire: Wire, *, on: bool) -> Frame:
    return await wire.find(lambda frame: frame["type"] == "translates" and frame["translates"] == on)


async def switched(place: Neighbour, *, on: bool, told: bool = True) -> None:
    """As the command line does it; ``told``: as an administrator does it, whom every process hears."""

    def unit(tx: Tx) -> None:
        switch_translation(tx, place.office, on=on)
        if not told:
            tx.announcements.clear()

    await place.house.desk().store.write(unit)


@pytest.fixture
async def lena(place: Neighbour) -> Worker:
    """Who reads French, at a portal that translates."""
    worker = place.office.worker("Lena")
    place.office.write(lambda conn: technicians.set_language(conn, worker.id, "fr"))
    await switched(place, on=True)
    return worker


class Chat:
    """Ada's page and Lena's two tabs, in one chat."""

    def __init__(self, ticket: str, ada: Wire, lena: Wire, other: Wire) -> None:
        self.ticket = ticket
        self.ada, self.lena, self.other = ada, lena, other


@pytest.fixture
async def chat(place: Neighbour, lena: Worker) -> Chat:
    opened = await place.open()
    ticket = opened.ticket.id
    chat = Chat(ticket, await place.customer(opened), await place.console(lena), await place.console(lena))
    for wire in (chat.ada, chat.lena):
        await wire.call("watch", ticket=ticket)
    for step in ("assign", "join"):
        await chat.lena.call(step, ticket=ticket)
    await chat.ada.find(lambda frame: frame["type"] == "event" and frame["event"].get("reader") == "fr")
    return chat


# --- what can be translated -------------------------------------------------------------------------------------------


async def test_open_pages_hear_what_can_be_translated(place: Neighbour, lena: Worker) -> None:
    """B-22: they were there before the models: a server that has just started, packages that were just installed."""
    ada, desk = await place.customer(await place.open()), await place.console(lena)
    for wire in (ada, desk):
        assert wire.of("welcome")[0]["languages"] == {}
    await comes(place, "one", "fr-en")
    for wire in (ada, desk):
        await hears(wire, {"fr": ["en"]})
    await comes(place, "one", "fr-en", "en-nl")  # over English, too
    for wire in (ada, desk):
        await hears(wire, {"en": ["nl"], "fr": ["en", "nl"]})
    late = await place.console(lena)
    assert late.of("welcome")[0]["languages"] == {"en": ["nl"], "fr": ["en", "nl"]}
    await goes(place, "one")
    for wire in (ada, desk, late):
        await hears(wire, {})


async def test_a_translator_goes_no_way_with_the_pairs_of_another(place: Neighbour, lena: Worker) -> None:
    """What one host has and what another has is not one way."""
    desk = await place.console(lena)
    await comes(place, "one", "fr-en")
    await comes(place, "two", "en-nl")
    await hears(desk, {"en": ["nl"], "fr": ["en"]})


def test_a_language_with_two_names_has_both() -> None:
    """A browser says pt-BR, the package is that of pb: who reads pt is promised it all the same."""
    assert reached([[Pair("en", "pb", "1")]]) == {"en": ["pb", "pt"]}
    assert reached([[Pair("zh", "en", "1"), Pair("en", "fr", "1")]]) == {
        "en": ["fr"],
        "zh": ["en", "fr"],
        "zt": ["en", "fr"],
    }


async def test_what_has_not_changed_is_not_told(place: Neighbour, lena: Worker) -> None:
    """Translators renew what they hold every few seconds."""
    desk = await place.console(lena)
    await comes(place, "one", "fr-en")
    await place.house.desk().translators.look()
    await hears(desk, {"fr": ["en"]})
    await comes(place, "two", "fr-en")
    await place.house.desk().translators.look()
    await desk.settled()
    assert len(place.house.desk().translators.living) == 2
    assert len(desk.of("languages")) == 1


# --- who reads what ---------------------------------------------------------------------------------------------------


async def test_a_technicians_new_language_is_told(place: Neighbour, lena: Worker, chat: Chat) -> None:
    """B-22: by himself, in one of two tabs; the customer reads at once what he reads now."""
    await languages.choose_own(place.house.desk(), lena.id, "nl")
    for wire in (chat.lena, chat.other):
        await wire.find(lambda frame: frame["type"] == "me" and frame["me"]["language"] == "nl")
    told = await chat.ada.find(lambda frame: frame["type"] == "translates")
    assert told == {"type": "translates", "ticket": chat.ticket, "translates": True, "reader": "nl"}
    assert [frame["me"]["availability"] for frame in chat.lena.of("me")] == ["available"]


async def test_what_an_administrator_changes_is_told(place: Neighbour, lena: Worker, chat: Chat) -> None:
    """And the command line, which no process hears: what it writes is found by looking."""
    await Roster(place.house.desk().store).set_language(lena.email, "nl")
    for wire in (chat.lena, chat.other):
        await wire.find(lambda frame: frame["type"] == "me" and frame["me"]["language"] == "nl")
    await chat.ada.find(lambda frame: frame["type"] == "translates" and frame["reader"] == "nl")


async def test_what_nobody_told_of_is_found(place: Neighbour, lena: Worker, chat: Chat) -> None:
    place.house.desk().store.on_commit = lambda _announcements: None
    await Roster(place.house.desk().store).set_language(lena.email, "ru")
    await chat.other.find(lambda frame: frame["type"] == "me" and frame["me"]["language"] == "ru")
    await chat.ada.find(lambda frame: frame["type"] == "translates" and frame["reader"] == "ru")


# --- which tickets are translated -------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [True, False])
async def test_pages_hear_that_their_portal_translates_no_more_and_again(
    place: Neighbour, chat: Chat, *, told: bool
) -> None:
    """B-21: without a reload, whoever has switched it where."""
    for on in (False, True):
        await switched(place, on=on, told=told)
        for wire in (chat.ada, chat.lena):
            frame = await translates(wire, on=on)
            assert frame["ticket"] == chat.ticket
            assert frame.get("reader") == ("fr" if on and wire is chat.ada else None)


async def test_other_portals_are_not_this_ones_affair(place: Neighbour, chat: Chat) -> None:
    place.office = place.other
    await switched(place, on=True)
    await chat.ada.settled()
    assert chat.ada.of("translates") == []


async def test_as_much_is_taken_at_a_look_as_models_make(place: Neighbour) -> None:
    """What waited for them comes back a few at a time, here and where a translator is a process of its own."""
    interpreter = place.house._interpreter
    assert isinstance(interpreter, Interpreter)
    assert interpreter.live._at_once == AT_A_LOOK
    settings = msgspec.structs.replace(place.house.settings, translators=3)
    translator = backends.open_translator(settings)
    assert translator is not None
    many = backends.open_interpreter(settings, place.house.desk().store, translator, lambda: True)
    assert many.live._at_once == 3 * AT_A_LOOK
    await many.close()
