"""Continue on another device (X-4): a short key opens the same chat, once, for ten minutes, and nothing else."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

import httpx2
import pytest

from server.accounts.guesses import FREE
from server.desk import handover, steps
from server.desk.handover import LIFE_MS
from server.desk.opening import OpenedTicket
from server.domain.keys import LENGTH, SYMBOLS, new_key, plain
from server.domain.ticket import Step
from server.errors import NotFound, TooMany
from server.store.portals import PortalRecord
from tests.desk.workshop import Workshop
from tests.support.accounts import REQUIRED, opened, registered
from tests.support.office import Office, open_office
from tests.support.people import customer, http
from tests.support.server import DeskServer
from tests.uploads.chat import Answer, Chat, Side, chat, problem


async def key_of(side: Side) -> dict[str, Any]:
    answer = await side.client.post(f"{side.base}/handover")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def join(talk: Chat, key: str, **more: Any) -> Answer:
    """As a device that nobody knows, at an address that has tried nothing yet."""
    address = f"127.{secrets.randbelow(250) + 1}.{secrets.randbelow(250)}.{secrets.randbelow(250) + 1}"
    transport = httpx2.AsyncHTTPTransport(local_address=address, verify=False)
    async with httpx2.AsyncClient(base_url=talk.server.url, transport=transport) as phone:
        return await phone.post(f"/api/v1/portals/{talk.office.portal}/handover", json={"key": key, **more})


async def test_a_key_ends_with_what_its_account_had(server: DeskServer) -> None:
    """S-02: a new link, and an account that is disabled, end what whoever was signed in has prepared for later."""
    office = open_office(server.store, REQUIRED)
    session = await registered(server, office, "Ada")
    ticket = (await opened(server, office, session["token"])).json()["ticket"]["id"]
    async with (
        http(server, session["token"]) as hers,
        http(server, office.worker("Olga", "administrator").token) as olga,
        http(server, office.worker("Lena").token) as lena,
    ):
        await lena.put("/api/v1/me/availability", json={"state": "available"})
        for step in ("assign", "join"):
            assert (await lena.post(f"/api/v1/tickets/{ticket}/{step}")).status_code == 200
        mine, theirs = Side(hers, f"/api/v1/customer/tickets/{ticket}"), Side(lena, f"/api/v1/tickets/{ticket}")
        talk = Chat(server, office, {}, office.worker("Omar"), mine, theirs)
        key = (await key_of(mine))["key"]
        account = f"/api/v1/admin/customers/{session['account']}"
        assert (await olga.post(f"{account}/link")).status_code == 200
        problem(await join(talk, key), 404, "not_found")

        draft = {"company": office.company, "email": "ada@example.com", "name": "Ada", "disabled": True}
        assert (await olga.put(account, json=draft)).status_code == 200
        problem(await join(talk, (await key_of(theirs))["key"]), 404, "not_found")


async def test_a_phone_joins_and_the_chat_goes_on_on_both(talk: Chat) -> None:
    """The same customer, the same chat, and the phone's own device class for what may be sent."""
    told = await key_of(talk.ada)
    assert len(told["key"]) == LENGTH
    assert told["url"] == f"{talk.server.url}/p/{talk.office.portal}#phone={told['key']}"
    joined = await join(talk, told["key"], device={"device_class": "ios"})
    assert joined.status_code == 200, joined.text
    token = joined.json()["token"]
    assert token != talk.opened["token"]
    async with customer(talk.server, talk.office, opened=talk.opened) as desktop, http(talk.server, token) as client:
        phone = Side(client, talk.ada.base)
        assert (await phone.policy())["device_class"] == "ios"
        assert (await talk.ada.policy())["device_class"] == "windows"
        problem(await phone.send("a.txt", b"hello"), 422, "file_type_not_allowed")
        body = {"client_id": "00000000-0000-4000-8000-000000000001", "text": "from the phone"}
        assert (await client.post(f"{talk.ada.base}/messages", json=body)).status_code == 200
        await desktop.event("message", text="from the phone")
        await desktop.say(talk.ticket, "from the desk")
        texts = [line["text"] for line in await phone.lines() if line["kind"] == "message"]
        assert texts[-2:] == ["from the phone", "from the desk"]


async def test_the_answer_names_the_chat_and_the_way_back_to_it(talk: Chat) -> None:
    """A browser whose cookies do not come back has used the key up: the chat's own link lets it in all the same."""
    told = await key_of(talk.ada)
    assert told["life_ms"] == LIFE_MS
    joined = (await join(talk, told["key"], storage="cookie")).json()
    assert joined["token"] is None
    assert joined["ticket"]["id"] == talk.ticket
    body = {"resume": joined["resume"], "storage": "token"}
    answer = await talk.ada.client.post(f"/api/v1/portals/{talk.office.portal}/resume", json=body)
    assert [ticket["id"] for ticket in answer.json()["tickets"]] == [talk.ticket]


async def test_both_sides_read_that_another_device_is_there(talk: Chat) -> None:
    """And who made its key: nobody becomes the customer unseen."""
    for side, made_by in ((talk.ada, "customer"), (talk.lena, "technician")):
        assert (await join(talk, (await key_of(side))["key"], device={"device_class": "android"})).status_code == 200
        for reader in (talk.ada, talk.lena):
            line = (await reader.lines())[-1]
            assert (line["kind"], line["device_class"], line["key_by"]) == ("device_joined", "android", made_by)
            assert line["author"]["role"] == "customer"


async def test_a_key_is_used_once(talk: Chat) -> None:
    key = (await key_of(talk.ada))["key"]
    answers = await asyncio.gather(*(join(talk, key) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404, 404]
    problem(await join(talk, key), 404, "not_found")


async def test_it_may_be_typed_as_people_type(talk: Chat) -> None:
    key = (await key_of(talk.ada))["key"]
    assert (await join(talk, f" {key[:4].lower()}-{key[4:].lower()} ")).status_code == 200


async def test_a_new_key_ends_the_one_before(talk: Chat) -> None:
    first, second = (await key_of(talk.ada))["key"], (await key_of(talk.lena))["key"]
    problem(await join(talk, first), 404, "not_found")
    assert (await join(talk, second)).status_code == 200


async def test_a_key_can_be_taken_back(talk: Chat) -> None:
    key = (await key_of(talk.ada))["key"]
    assert (await talk.ada.client.delete(f"{talk.ada.base}/handover")).status_code == 204
    problem(await join(talk, key), 404, "not_found")


async def test_a_key_dies_with_the_chat(talk: Chat) -> None:
    key = (await key_of(talk.ada))["key"]
    await talk.lena.client.post(f"{talk.lena.base}/end-chat")
    problem(await join(talk, key), 404, "not_found")
    for side in (talk.ada, talk.lena):
        answer = await side.client.post(f"{side.base}/handover")
        assert answer.json()["code"] == "chat_ended"


async def test_only_the_chats_own_people_make_one(talk: Chat) -> None:
    async with chat(talk.server, talk.office) as other:
        problem(await Side(other.ada.client, talk.ada.base).client.post(f"{talk.ada.base}/handover"), 404, "not_found")
        answer = await other.lena.client.post(f"{talk.lena.base}/handover")
        problem(answer, 409, "not_assigned_to_you")


async def test_a_key_of_another_portal_opens_nothing(talk: Chat, other_office: Office) -> None:
    async with chat(talk.server, other_office) as other:
        key = (await key_of(talk.ada))["key"]
        problem(await join(other, key), 404, "not_found")
        assert (await join(talk, key)).status_code == 200


async def test_a_browser_gets_a_cookie(talk: Chat) -> None:
    joined = await join(talk, (await key_of(talk.ada))["key"], storage="cookie")
    assert joined.json()["token"] is None
    assert f"deskwire_customer_{talk.office.portal}=" in joined.headers["set-cookie"]


def test_keys_can_be_read_out() -> None:
    assert len(set(SYMBOLS)) == len(SYMBOLS) == 31
    assert not set("0O1IL") & set(SYMBOLS)
    keys = {new_key() for _ in range(5_000)}
    assert len(keys) == 5_000
    assert {symbol for key in keys for symbol in key} == set(SYMBOLS)
    assert all(plain(key) == key for key in keys)


# --- time, guesses and what the database knows ------------------------------------------------------------------------


class Phone:
    """A desk with a ticket, and devices at several addresses that try keys."""

    def __init__(self, shop: Workshop, portal: PortalRecord, opened: OpenedTicket) -> None:
        self.shop = shop
        self.portal = portal
        self.opened = opened

    async def key(self) -> str:
        made = await handover.make(self.shop.desk, self.opened.customer, self.opened.ticket.id)
        return made.key

    async def tries(self, key: str, address: str = "192.0.2.1") -> str:
        """ "joined", "unknown", or "wait"."""
        try:
            await handover.join(self.shop.desk, self.portal, key, "ios", address)
        except NotFound:
            return "unknown"
        except TooMany:
            return "wait"
        return "joined"


@pytest.fixture
async def phone(shop: Workshop) -> Phone:
    portal = await shop.portal("Acme")
    return Phone(shop, portal, await shop.ticket(portal))


@pytest.fixture
async def shop(tmp_path: Path) -> Any:
    opened = await Workshop.open(tmp_path)
    yield opened
    await opened.close()


async def test_a_key_lives_ten_minutes(phone: Phone) -> None:
    key = await phone.key()
    phone.shop.clock.now += LIFE_MS
    assert await phone.tries(key) == "unknown"
    key = await phone.key()
    phone.shop.clock.now += LIFE_MS - 1
    assert await phone.tries(key) == "joined"


async def test_an_address_that_guesses_has_to_wait(phone: Phone) -> None:
    """6.6.2: after a few wrong keys the right one has to wait as well; another address does not."""
    key = await phone.key()
    for _ in range(FREE + 1):
        assert await phone.tries("WRNGKEYS") == "unknown"
    assert await phone.tries(key) == "wait"
    assert await phone.tries(key, "192.0.2.2") == "joined"
    phone.shop.clock.now += 1_000
    assert await phone.tries(await phone.key()) == "joined"


async def test_many_addresses_that_guess_shut_nobody_out(phone: Phone) -> None:
    """A hundred addresses are wrong as often as they may; somebody else's key opens at once."""
    key = await phone.key()
    tries = [phone.tries("WRNGKEYS", f"192.0.2.{n % 100}") for n in range(700)]
    results = await asyncio.gather(*tries)
    assert (results.count("unknown"), results.count("wait")) == (100 * (FREE + 1), 100)
    assert await phone.tries(key, "198.51.100.1") == "joined"


async def test_the_database_does_not_know_the_key(phone: Phone) -> None:
    """Nor a plain hash of it, which 40 bits would not protect."""
    key = await phone.key()
    dump = await phone.shop.store.read(
        lambda conn: str([tuple(row) for row in conn.exec_driver_sql("SELECT * FROM handovers")])
    )
    assert key not in dump
    assert phone.shop.desk.customers.handover_hash(phone.portal.id, key) in dump


async def test_a_ticket_that_was_closed_in_between(phone: Phone) -> None:
    key = await phone.key()
    await steps.customer_step(phone.shop.desk, phone.opened.customer, phone.opened.ticket.id, Step.CUSTOMER_END)
    assert await phone.tries(key) == "unknown"
