"""Ada writes English, Lena reads French: live translation through the whole product, with the demo models."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
from websockets.asyncio.client import connect

from server.domain.portal import PortalSettings
from server.store import technicians
from server.translation import phrasebook
from tests.conftest import stopped_well
from tests.support.office import Office, Worker, open_office
from tests.support.people import (
    Console,
    Customer,
    Frame,
    RefusedError,
    console,
    customer,
    http,
    open_ticket,
)
from tests.support.server import DeskServer


@pytest.fixture(scope="module")
def translating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """A server with the phrasebook."""
    running = DeskServer(tmp_path_factory.mktemp("translating"))
    phrasebook.install_missing(running.data / "translation" / "packages")
    running.migrate()
    open_office(running.database, PortalSettings(translation=True))
    running.start()
    yield running
    stopped_well(running)


@pytest.fixture
def acme(translating: DeskServer) -> Office:
    """A company whose portal translates."""
    return open_office(translating.database, PortalSettings(translation=True))


@pytest.fixture
def lena(acme: Office) -> Worker:
    """Who reads French."""
    worker = acme.worker("Lena")
    acme.write(lambda conn: technicians.set_language(conn, worker.id, "fr"))
    return worker


async def languages(server: DeskServer, worker: Worker) -> dict[str, list[str]]:
    """What a console is told that can be translated, when it says hello or as soon as it is anything."""
    headers = {"authorization": f"Bearer {worker.token}"}
    async with connect(f"{server.ws}/ws/v1/console", additional_headers=headers) as socket:
        person = Console(socket)
        await person.post("hello")
        known: dict[str, list[str]] = (await person.next("welcome"))["languages"]
        async with asyncio.timeout(30):
            while not known:
                known = (await person.next("languages"))["languages"]
        await person.close()
    return known


async def translation(person: Console | Customer, of: str | None, lang: str) -> Frame:
    """The next translation of this text into this language."""
    frame = await person.next(
        "event",
        lambda f: f["event"]["kind"] == "translation" and (f["event"]["of"], f["event"]["lang"]) == (of, lang),
    )
    event: Frame = frame["event"]
    return event


class Chat:
    """Ada's ticket, and Lena in its chat."""

    def __init__(self, ada: Customer, lena: Console) -> None:
        self.ada, self.lena = ada, lena


@pytest.fixture
async def chat(translating: DeskServer, acme: Office, lena: Worker) -> AsyncIterator[Chat]:
    assert await languages(translating, lena) == {"en": ["fr"], "fr": ["en"]}
    opened = await open_ticket(
        translating, acme, lang="en-GB", subject="Hello", description="My printer does not work."
    )
    async with customer(translating, acme, opened=opened) as ada, console(translating, lena) as desk:
        await desk.watch(ada.ticket)
        for step in ("assign", "join"):
            await desk.call(step, ticket=ada.ticket)
        joined = (await ada.event("joined"))["event"]
        assert joined["reader"] == "fr"
        yield Chat(ada, desk)


async def test_each_side_reads_its_own_language(translating: DeskServer, chat: Chat) -> None:
    """B-21, B-22, C-23, X-1: the original at once, the translation moments later, on a line of its own."""
    ada, lena = chat.ada, chat.lena
    [page] = await lena.watch(ada.ticket)
    described = page["events"][0]["event"]
    head = await lena.find(lambda f: f["type"] == "event" and f["event"]["kind"] == "translation", 0)
    assert head["event"]["lang"] == "fr"
    asked = await ada.say(ada.ticket, "Hello, I cannot log in.")
    french = await translation(lena, asked["id"], "fr")
    assert (french["state"], french["source"], french["via"]) == ("done", "en", None)
    assert "connecter" in french["text"]
    answered = await lena.say(ada.ticket, "Bonjour, merci pour votre message.")
    english = await translation(ada, answered["id"], "en")
    assert english["text"].startswith("Hello")

    # found again after a reload, by both, and never more of it than is theirs
    there: dict[str | None, str]
    for person, wanted in ((ada, {answered["id"]: "en"}), (lena, {asked["id"]: "fr", described["id"]: "fr"})):
        pages = await person.watch(ada.ticket)
        events = [line["event"] for page in pages for line in page["events"]]
        there = {event["of"]: event["lang"] for event in events if event["kind"] == "translation"}
        assert wanted.items() <= there.items()
        assert person is lena or there == wanted


async def test_it_is_found_again(translating: DeskServer, chat: Chat, lena: Worker) -> None:
    """G-30, C-36, G-06: in the downloads of both sides, and in the search, where a hit leads to the original."""
    ada = chat.ada
    asked = await ada.say(ada.ticket, "Thank you, it works now.")
    french = (await translation(chat.lena, asked["id"], "fr"))["text"]
    answered = await chat.lena.say(ada.ticket, "Bonjour")
    await translation(ada, answered["id"], "en")
    path = f"tickets/{ada.ticket}/transcript"
    async with http(translating, lena.token) as staff, http(translating, ada.token) as own:
        for kind in ("html", "text"):
            mine = (await own.get(f"/api/v1/customer/{path}?format={kind}")).text
            theirs = (await staff.get(f"/api/v1/{path}?format={kind}")).text
            assert "[machine translation, Français → English] Hello" in mine
            assert french not in mine
            assert f"English → Français] {french}".replace("'", "&#x27;" if kind == "html" else "'") in theirs
        whole = (await staff.get(f"/api/v1/{path}?format=json")).json()
        assert asked["id"] in {line["event"].get("of") for line in whole["events"]}
        word = max(french.rstrip(".").split(), key=len).rpartition("'")[2]
        hit = await hit_for(staff, word, ada.ticket, asked["id"])
        assert word.lower() in hit["snippet"].lower()


async def hit_for(client: httpx2.AsyncClient, word: str, ticket: str, event: str) -> Frame:
    """The search index is filled a moment later."""
    async with asyncio.timeout(20):
        while True:
            hits = (await client.get("/api/v1/search", params={"q": word})).json()["hits"]
            for hit in hits:
                if (hit["ticket"]["id"], hit["event"]) == (ticket, event):
                    found: Frame = hit
                    return found
            await asyncio.sleep(0.05)


async def test_the_language_is_found_and_can_be_corrected(translating: DeskServer, acme: Office, lena: Worker) -> None:
    """B-22: the page was English, the messages are French; then either side says what it really is."""
    await languages(translating, lena)
    async with customer(translating, acme, lang="en", description="48213") as ada, console(translating, lena) as desk:
        await ada.say(ada.ticket, "Bonjour, mon imprimante ne fonctionne pas depuis ce matin.")
        found = (await ada.event("language"))["event"]
        assert (found["lang"], found["author"]["role"]) == ("fr", "system")
        [page] = await desk.watch(ada.ticket)
        assert page["ticket"]["language"] == "fr"
        await ada.call("set_language", ticket=ada.ticket, lang="nl-BE")
        heard = (await desk.event("language"))["event"]
        assert (heard["lang"], heard["author"]["role"]) == ("nl", "customer")
        await desk.call("set_language", ticket=ada.ticket, lang="en")
        assert [(await ada.event("language"))["event"]["lang"] for _ in range(2)] == ["nl", "en"]
        async with http(translating, ada.token) as own:
            answer = await own.put(f"/api/v1/customer/tickets/{ada.ticket}/language", json={"lang": "fr"})
            assert answer.json()["language"] == "fr"
        assert (await desk.event("language"))["event"]["lang"] == "en"
        assert (await desk.event("language"))["event"]["lang"] == "fr"


async def test_notes_are_never_translated(chat: Chat) -> None:
    """C-23: what colleagues tell each other stays as it is; so does what is in the same language."""
    ada, lena = chat.ada, chat.lena
    note = await lena.say(ada.ticket, "Bonjour", kind="note")
    same = await lena.say(ada.ticket, "Hello, I cannot log in.")
    last = await lena.say(ada.ticket, "Bonjour")
    await translation(ada, last["id"], "en")
    await lena.settled()
    of = {f["event"]["of"]: f["event"] for f in lena.of("event") if f["event"]["kind"] == "translation"}
    assert note["id"] not in of
    assert same["id"] not in of or of[same["id"]]["reason"] == "same_language"


# --- another company --------------------------------------------------------------------------------------------------


@pytest.fixture
def globex(translating: DeskServer) -> Office:
    """Another company, whose portal translates too, by the same translator."""
    return open_office(translating.database, PortalSettings(translation=True), "Globex")


@pytest.fixture
def max_(globex: Office) -> Worker:
    """Who reads French there."""
    worker = globex.worker("Max")
    globex.write(lambda conn: technicians.set_language(conn, worker.id, "fr"))
    return worker


async def test_companies_share_a_translator_and_nothing_else(
    translating: DeskServer, acme: Office, globex: Office, lena: Worker, max_: Worker
) -> None:
    """G-06, B-22: the same sentence at both; feeds, list, search and downloads have one's own, and no more."""
    await languages(translating, lena)
    async with (
        console(translating, lena) as lenas,
        console(translating, max_) as maxs,
        customer(translating, acme, lang="en", description="Hello 70815.") as ada,
        customer(translating, globex, lang="en", description="Hello 70926.") as grace,
    ):
        sides = ((lenas, ada, lena, "70815"), (maxs, grace, max_, "70926"))
        for desk, person, _worker, mark in sides:
            await desk.call("list", view="all")
            await desk.watch(person.ticket)
            for step in ("assign", "join"):
                await desk.call(step, ticket=person.ticket)
            asked = await person.say(person.ticket, f"I cannot log in. {mark}")
            french = await translation(desk, asked["id"], "fr")
            assert "connecter" in french["text"]
            assert mark in french["text"]
            answered = await desk.say(person.ticket, f"Merci. {mark}")
            await translation(person, answered["id"], "en")
            await person.call("set_language", ticket=person.ticket, lang="en")

        for (desk, person, worker, mark), (_desk, other, _worker, theirs) in (sides, sides[::-1]):
            async with http(translating, worker.token) as staff, http(translating, person.token) as own:
                hit = await hit_for(staff, f"connecter {mark}", person.ticket, next(iter(told_of(desk, "connecter"))))
                assert mark in hit["snippet"]
                for words in ("connecter", theirs):
                    hits = (await staff.get("/api/v1/search", params={"q": words})).json()["hits"]
                    assert {one["ticket"]["id"] for one in hits} <= {person.ticket}
                for client, path in ((staff, "/api/v1/tickets"), (own, "/api/v1/customer/tickets")):
                    for kind in ("html", "text", "json"):
                        mine = await client.get(f"{path}/{person.ticket}/transcript?format={kind}")
                        assert mark in mine.text
                        assert theirs not in mine.text
                        refused = await client.get(f"{path}/{other.ticket}/transcript?format={kind}")
                        assert (refused.status_code, theirs in refused.text) == (404, False)
            for one in (desk, person):
                await one.settled()
                heard = json.dumps(one.frames)
                assert mark in heard
                assert not any(word in heard for word in (other.ticket, other.key, theirs))


def told_of(desk: Console, word: str) -> list[str]:
    """Whose translation this word stands in, of those that came."""
    events = [frame["event"] for frame in desk.of("event")]
    return [one["of"] for one in events if one["kind"] == "translation" and word in one["text"]]


async def test_a_stranger_corrects_no_language(
    translating: DeskServer, acme: Office, globex: Office, lena: Worker, max_: Worker
) -> None:
    """B-22: neither the other company's technician nor its customer, and no customer of the same one: not_found."""
    async with (
        customer(translating, acme, lang="en") as ada,
        customer(translating, acme, lang="en") as bob,
        customer(translating, globex, lang="en") as grace,
        console(translating, max_) as maxs,
        console(translating, lena) as lenas,
    ):
        await lenas.watch(ada.ticket)
        for stranger in (maxs, grace, bob):
            with pytest.raises(RefusedError) as refused:
                await stranger.call("set_language", ticket=ada.ticket, lang="ru")
            assert refused.value.code == "not_found"
        for token, path in (
            (max_.token, "/api/v1/tickets"),
            (grace.token, "/api/v1/customer/tickets"),
            (bob.token, "/api/v1/customer/tickets"),
        ):
            async with http(translating, token) as client:
                answer = await client.put(f"{path}/{ada.ticket}/language", json={"lang": "ru"})
                assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        await ada.call("set_language", ticket=ada.ticket, lang="nl")
        assert (await lenas.event("language"))["event"]["lang"] == "nl"
        await ada.settled()
        assert [frame["event"]["lang"] for frame in ada.of("event") if frame["event"]["kind"] == "language"] == ["nl"]
