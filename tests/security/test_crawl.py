"""Two companies, one server: whatever Acme's people ask and get, asked again by Globex's people, tells nothing of Acme.

First everything is asked with Acme's own credentials, and its words must be in the answers; otherwise the silence of
the second round would prove nothing.
"""

import contextlib
import json
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from server.channels.customer import CustomerDoor
from server.channels.technician import TechnicianDoor
from server.http.routes import ROUTES
from server.http.routing import Endpoint, Permission
from server.store import technicians
from tests.security.town import (
    Caller,
    Company,
    address_of,
    ask,
    body_of,
    by_customer_cookie,
    by_session,
    by_token,
    command_of,
    dump,
    everybody,
)
from tests.security.town import leaks as _leaks
from tests.support.people import Console, Person, RefusedError, console, customer
from tests.support.server import DeskServer

ACCOUNT = ("/api/v1/sign-", "/api/v1/me/password", "/api/v1/me/totp", "/api/v1/me/tokens")
"""Routes of the own account: the permission matrix walks over them, and over what administrators do everywhere."""

ROUND = [
    route
    for route in ROUTES
    if route.permission not in (Permission.PUBLIC, Permission.ADMINISTRATOR) and not route.path.startswith(ACCOUNT)
]

RULES = {"/api/v1/tickets/{ticket}/upload-policy", "/api/v1/customer/tickets/{ticket}/upload-policy"}
"""Tell what is allowed, and nothing of anybody."""

MORE_QUERIES = {
    "/api/v1/tickets": ["?view=all&sort=customer&limit=200", "?view=active&descending=false", "?offset=0&sort=key"],
    "/api/v1/tickets/{ticket}/events": ["?after=0", "?after=2&epoch=x"],
    "/api/v1/tickets/{ticket}/transcript": ["?format=text&notes=true", "?format=json&notes=1", "?format=html&notes=0"],
    "/api/v1/customer/tickets/{ticket}/events": ["?after=0"],
    "/api/v1/customer/tickets/{ticket}/transcript": ["?format=text", "?format=json", "?format=html"],
}


def leaks(text: str, company: Company, said: str = "") -> list[str]:
    return _leaks(text, company, Caller("a stranger", foreign=True), said=said)


def requests(company: Company) -> Iterator[tuple[Endpoint, str]]:
    """Every route with its company's ids, and with all its kinds of questions."""
    mark = company.adas[0]
    for route in ROUND:
        path = address_of(route, company).partition("?")[0]
        if route.path == "/api/v1/search":
            keys = (company.ada["ticket"]["key"], f"description{mark}", f"note{mark}", f"Ada{mark}", mark[:3])
            yield from ((route, f"{path}?q={words}") for words in keys)
        else:
            own = address_of(route, company)
            yield from ((route, url) for url in [own, *(path + query for query in MORE_QUERIES.get(route.path, []))])


async def send(
    client: httpx2.AsyncClient, route: Endpoint, url: str, company: Company, bring: Caller
) -> httpx2.Response:
    client.cookies.clear()
    if route.bytes_in:
        headers = bring.bring() | {"upload-offset": "0"}
        return await client.request(route.method, url, content=b"not a picture", headers=headers)
    body = None if route.body is None else body_of(route.body, company)
    return await client.request(route.method, url, json=body, headers=bring.bring())


async def test_http_tells_nothing_of_another_company(
    server: DeskServer, client: httpx2.AsyncClient, acme: Company, globex: Company
) -> None:
    callers = everybody(acme, globex)
    owners = {
        Permission.CUSTOMER: next(one for one in callers if one.customer and one.home),
        Permission.TECHNICIAN: next(one for one in callers if one.technician and one.home),
        Permission.SESSION: next(one for one in callers if one.technician and one.home),
    }
    strangers = [one for one in callers if one.foreign]
    assert len(strangers) >= 5
    spoke: set[str] = set()
    asked = list(requests(acme))
    for route, url in asked:
        answer = await send(client, route, url, acme, owners[route.permission])
        if leaks(answer.text + str(answer.headers), acme, said=url):
            spoke.add(route.path)
    assert {route.path for route in ROUND if route.method == "GET"} - RULES <= spoke
    before = dump(server.database, acme)
    for route, url in asked:
        for stranger in strangers:
            answer = await send(client, route, url, acme, stranger)
            found = leaks(answer.text + str(answer.headers), acme, said=url)
            assert not found, (stranger.name, route.method, url, found)
    assert dump(server.database, acme) == before


async def test_customers_of_one_portal_read_nothing_of_each_other(client: httpx2.AsyncClient, acme: Company) -> None:
    eve = Caller("Eve", by_token(acme.eve["token"]), customer=True)
    for route, url in requests(acme):
        answer = await send(client, route, url, acme, eve)
        assert not _leaks(answer.text + str(answer.headers), acme, eve, said=url), (route.method, url)
    session = await client.get(f"/api/v1/portals/{acme.office.portal}/session", headers=eve.bring())
    assert [ticket["id"] for ticket in session.json()["tickets"]] == [acme.eve["ticket"]["id"]]
    assert not _leaks(session.text, acme, eve)


async def test_a_token_of_one_portal_is_nobody_at_another(
    client: httpx2.AsyncClient, acme: Company, globex: Company
) -> None:
    for portal, token in ((globex.office.portal, acme.ada["token"]), (acme.office.portal, globex.ada["token"])):
        answer = await client.get(f"/api/v1/portals/{portal}/session", headers={"authorization": f"Bearer {token}"})
        assert answer.json() == {
            "known": False,
            "account": None,
            "email": None,
            "name": None,
            "verified": False,
            "tickets": [],
            "languages": {},
            "token": None,
        }


async def test_a_token_of_another_portal_opens_a_ticket_as_a_newcomer(
    client: httpx2.AsyncClient, acme: Company, globex: Company
) -> None:
    body = {"client_id": "0" * 8 + "-0000-0000-0000-" + "1" * 12, "name": "Zoe", "subject": "s", "description": "d"}
    headers = {"authorization": f"Bearer {acme.ada['token']}"}
    opened = await client.post(f"/api/v1/portals/{globex.office.portal}/tickets", json=body, headers=headers)
    assert opened.json()["token"] not in (None, acme.ada["token"])
    assert not leaks(opened.text, acme)


async def test_a_browser_that_is_a_customer_of_both_reads_both_and_no_third(
    client: httpx2.AsyncClient, acme: Company, globex: Company
) -> None:
    """Cookies of several portals travel together; each opens its own tickets."""
    jar = "; ".join(by_customer_cookie(one.ada["token"], one.office.portal)()["cookie"] for one in (acme, globex))
    for own, other in ((acme, globex), (globex, acme)):
        path = "/api/v1/customer/tickets/{}/events"
        mine = await client.get(path.format(own.ticket), headers={"cookie": jar})
        assert mine.status_code == 200
        assert leaks(mine.text, own)
        assert not leaks(mine.text, other)
        assert (await client.get(path.format(own.eve["ticket"]["id"]), headers={"cookie": jar})).status_code == 404
        session = await client.get(f"/api/v1/portals/{own.office.portal}/session", headers={"cookie": jar})
        assert [ticket["id"] for ticket in session.json()["tickets"]] == [own.ticket]


# --- sockets --------------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def listeners(server: DeskServer, globex: Company) -> AsyncIterator[list[Person]]:
    """Everybody of Globex, sitting at an open socket with everything open that they may open."""
    nora = globex.office.worker("Nora", "administrator")
    async with (
        console(server, globex.lena) as lena,
        console(server, nora) as boss,
        customer(server, globex.office, opened=globex.ada) as ada,
    ):
        for technician in (lena, boss):
            await technician.call("list", view="all", limit=200)
            await technician.call("mine")
            await technician.watch(globex.ticket)
        yield [lena, boss, ada]


async def live(server: DeskServer, acme: Company) -> None:
    """A lively day at Acme: every command of both doors that changes or tells something."""
    omar = acme.office.worker("Omar")
    async with (
        console(server, acme.lena) as lena,
        console(server, omar) as colleague,
        customer(server, acme.office) as zoe,
    ):
        ticket = zoe.ticket
        await lena.call("list", view="all")
        await lena.watch(ticket)
        await colleague.watch(ticket)
        await lena.call("assign", ticket=ticket)
        await lena.call("join", ticket=ticket)
        await zoe.event("joined")
        await zoe.post("typing", ticket=ticket)
        await lena.post("typing", ticket=ticket)
        await zoe.next("typing")
        said = await lena.say(ticket, f"for Zoe only {acme.adas[0]}")
        await zoe.event("message", text=f"for Zoe only {acme.adas[0]}")
        await zoe.post("read", ticket=ticket, event=said["id"])
        await lena.next("read", lambda frame: frame["by"] == "customer")
        await colleague.say(ticket, f"between us {acme.adas[0]}", kind="note")
        await zoe.say(ticket, f"from Zoe {acme.adas[0]}")
        await lena.next("hint", lambda frame: frame["hint"]["ticket"] == ticket)
        await lena.call("end_chat", ticket=ticket)
        await lena.call("undo", ticket=ticket)
        await zoe.call("end_chat", ticket=ticket)
        await zoe.call("resume_chat", ticket=ticket)
        await lena.call("unassign", ticket=ticket)
        await colleague.call("assign", ticket=ticket)
        await colleague.call("close", ticket=ticket)
        await colleague.call("reopen", ticket=ticket)
        counts = await lena.next("counts", lambda frame: frame["company"] == acme.office.company)
        assert counts["all"] >= 1
        assert leaks(json.dumps(lena.frames), acme)


async def test_sockets_of_another_company_hear_nothing(server: DeskServer, acme: Company, globex: Company) -> None:
    """No list, no count, no hint, no place in the queue: whatever happens at Acme is silent at Globex."""
    async with listeners(server, globex) as people:
        await live(server, acme)
        for person in people:
            await person.settled()
            assert not leaks(json.dumps(person.frames), acme)
            assert {frame["company"] for frame in person.of("counts") + person.of("ticket")} <= {globex.office.company}


async def _everything(person: Person, company: Company) -> str:
    """The answers to every command of this person's door with these ids, whatever they are."""
    door = TechnicianDoor if isinstance(person, Console) else CustomerDoor
    for kind in door.handlers:
        command = command_of(kind, company, 0)
        tag = command.pop("type")
        if tag in ("hello", "availability"):
            continue
        if command.pop("ref", None) is None:
            await person.post(tag, **command)
        else:
            with contextlib.suppress(RefusedError):
                await person.call(tag, **command)
    await person.settled()
    return json.dumps(person.frames)


async def test_every_command_replayed_by_another_company_tells_nothing(
    server: DeskServer, acme: Company, globex: Company
) -> None:
    async with console(server, acme.lena) as lena, customer(server, acme.office, opened=acme.ada) as ada:
        assert len(leaks(await _everything(lena, acme), acme)) >= 8
        assert len(leaks(await _everything(ada, acme), acme)) >= 4
    async with listeners(server, globex) as people:
        before = dump(server.database, acme)
        for stranger in people:
            assert not leaks(await _everything(stranger, acme), acme)
        assert dump(server.database, acme) == before


async def test_a_technician_of_both_companies_sees_both_until_one_is_taken_away(
    server: DeskServer, client: httpx2.AsyncClient, acme: Company, globex: Company
) -> None:
    """Access counts at once, on open sockets and over HTTP (G-05)."""
    ida = acme.office.worker("Ida", also=(globex.office,))
    route = next(route for route in ROUTES if route.path == "/api/v1/tickets/{ticket}" and route.method == "GET")
    async with console(server, ida) as both:
        rows = (await both.call("list", view="all", limit=200))["rows"]
        assert {row["ticket"]["company"]["id"] for row in rows} == {acme.office.company, globex.office.company}
        assert (await ask(client, route, acme, by_session(acme.office, ida)())).status_code == 200
        acme.office.write(lambda conn: technicians.set_access(conn, ida.id, frozenset({globex.office.company})))
        with pytest.raises(RefusedError, match="not_found"):
            await both.call("assign", ticket=acme.eve["ticket"]["id"])
        assert (await ask(client, route, acme, by_session(acme.office, ida)())).status_code == 404


async def test_a_technician_reads_nothing_that_lets_him_be_the_customer(
    server: DeskServer, client: httpx2.AsyncClient, acme: Company
) -> None:
    """No client_id, token or resume secret of a customer is in anything that technicians get.

    A ticket's client_id would do: opening it again with the same words answers with the customer's token.
    """
    client_id = "c0ffee00-0000-4000-8000-00000000beef"
    async with console(server, acme.lena) as lena, customer(server, acme.office, client_id=client_id) as zoe:
        await lena.call("list", view="all")
        await lena.watch(zoe.ticket)
        headers = {"authorization": f"Bearer {acme.lena.token}"}
        texts = [json.dumps(lena.frames)]
        for route, url in requests(acme):
            own = "{upload}" in route.path or "{file}" in route.path  # there is none in this ticket
            if route.permission is Permission.TECHNICIAN and route.method == "GET" and not own:
                answer = await client.get(url.replace(acme.ticket, zoe.ticket), headers=headers)
                assert answer.status_code == 200
                texts.append(answer.text)
        secrets = [client_id, zoe.token, zoe.opened["resume"], zoe.opened["resume"][32:]]
        assert zoe.ticket in "".join(texts)
        assert not [secret for secret in secrets for text in texts if secret in text]
