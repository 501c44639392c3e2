"""Who may do what: every kind of caller at every route and every command, with the ids of one company.

The matrix is made from what the server declares (ROUTES, the doors' handlers), so that nothing is left out of it.
"""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from server.channels.customer import CustomerDoor
from server.channels.door import Door
from server.channels.door import Permission as May
from server.channels.technician import TechnicianDoor
from server.domain.ids import new_id
from server.http import probe
from server.http.routes import ROUTES, check
from server.http.routing import Endpoint, Permission
from server.protocol import close
from tests.security.town import Caller, Company, Remembered, ask, command_of, dump, everybody, leaks
from tests.support.office import written
from tests.support.people import Frame, Person, RefusedError
from tests.support.server import DeskServer

UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, REACHED = "unauthenticated", "forbidden", "not_found", "reached"
CLASS = {401: UNAUTHENTICATED, 403: FORBIDDEN, 404: NOT_FOUND}
"""Of answers; everything else means that the handler was reached."""

SESSION_ONLY = {
    "/api/v1/sign-out",
    "/api/v1/sign-out-everywhere",
    "/api/v1/me/password",
    "/api/v1/me/totp",
    "/api/v1/me/totp/confirm",
    "/api/v1/me/totp/off",
    "POST /api/v1/me/tokens",
    "/api/v1/me/tokens/{token}",
}
"""An API token must not change how its owner signs in, nor make more tokens."""

OF_THE_COMPANY = {"POST /api/v1/session-keys", "GET /api/v1/canned-replies"}
"""About something of Acme's that all its technicians may use."""

PORTAL = "/api/v1/portals/{portal}"
WITHOUT_ACCOUNTS = {f"{PORTAL}/{what}" for what in ("sign-in", "register", "invitation", "password")}
"""There are none at these portals, nor links to make one; whoever tries again and again has to wait."""

NO_PORTAL_DEMO = "/demo/widget"

every_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")


@pytest.fixture(scope="module")
def callers(acme: Company, globex: Company) -> list[Caller]:
    return everybody(acme, globex)


@pytest.fixture(scope="module")
def remembered(acme: Company, callers: list[Caller]) -> Remembered:
    return acme.office.write(Remembered.of)


@pytest.fixture(autouse=True)
def as_it_was(acme: Company, remembered: Remembered) -> None:
    """Each test starts with the same people."""
    acme.office.write(remembered.restore)


def expected(route: Endpoint, caller: Caller) -> str:
    """What the declarations promise; written from the rules, not from the code."""
    permission = route.permission
    if permission is Permission.PUBLIC:
        if route.path == f"{PORTAL}/my-tickets":
            return REACHED if caller.customer and not caller.foreign else UNAUTHENTICATED
        if route.path == f"{PORTAL}/change-password":
            return UNAUTHENTICATED
        return NOT_FOUND if route.path in (NO_PORTAL_DEMO, probe.PATH, *WITHOUT_ACCOUNTS) else REACHED
    if permission is Permission.CUSTOMER:
        if not caller.customer:
            return UNAUTHENTICATED
        return REACHED if caller.sees_ticket else NOT_FOUND
    if not caller.technician:
        return UNAUTHENTICATED
    if caller.must_change and permission is not Permission.SESSION:
        return FORBIDDEN
    if permission is Permission.ADMINISTRATOR and not caller.administrator:
        return NOT_FOUND
    if caller.by_token and ({route.path, f"{route.method} {route.path}"} & SESSION_ONLY):
        return FORBIDDEN
    if "{ticket}" in route.path:
        return REACHED if caller.sees_ticket else NOT_FOUND
    if "{token}" in route.path or "{key}" in route.path:
        return REACHED if caller.home else NOT_FOUND
    if f"{route.method} {route.path}" in OF_THE_COMPANY:
        return NOT_FOUND if caller.foreign else REACHED
    return REACHED


@every_route
async def test_each_caller_at_each_route(
    server: DeskServer, client: httpx2.AsyncClient, acme: Company, callers: list[Caller], route: Endpoint
) -> None:
    """And nobody who is not let in reads, or changes, anything."""
    strangers = [caller for caller in callers if not caller.home]
    before = dump(server.database, acme) if route.permission is not Permission.PUBLIC else ""
    for caller in strangers:
        answer = await ask(client, route, acme, caller.bring())
        if route.path in WITHOUT_ACCOUNTS and answer.status_code == 429:
            continue
        assert CLASS.get(answer.status_code, REACHED) == expected(route, caller), (caller.name, answer.text)
        if route.permission is not Permission.PUBLIC and not (
            route.permission is Permission.ADMINISTRATOR and caller.administrator
        ):
            assert not leaks(answer.text, acme, caller, said=str(answer.url)), caller.name
    if route.permission not in (Permission.PUBLIC, Permission.ADMINISTRATOR):  # who administrates does so everywhere
        assert dump(server.database, acme) == before
    for caller in [caller for caller in callers if caller.home]:
        answer = await ask(client, route, acme, caller.bring())
        if route.path in WITHOUT_ACCOUNTS and answer.status_code == 429:
            continue
        assert CLASS.get(answer.status_code, REACHED) == expected(route, caller), (caller.name, answer.text)


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if re.search("{(ticket|token)}", route.path)],
    ids=lambda route: f"{route.method} {route.path}",
)
async def test_unknown_and_forbidden_are_one_answer(
    client: httpx2.AsyncClient, acme: Company, callers: list[Caller], route: Endpoint
) -> None:
    """Byte for byte, apart from the id: nobody finds out by asking whether something exists."""
    for caller in [caller for caller in callers if caller.known and not caller.home]:
        unknown = new_id()
        theirs = await ask(client, route, acme, caller.bring())
        nothing = await ask(client, route, acme, caller.bring(), ticket=unknown, token=unknown)
        assert theirs.status_code == nothing.status_code
        assert theirs.text.replace(acme.ticket, unknown) == nothing.text
        assert _names(theirs.headers) == _names(nothing.headers)


def _names(headers: Any) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers.multi_items() if name != "date"]


@pytest.mark.parametrize(
    "shape", ["1", "0" * 31, "0" * 33, "0" * 31 + "G", "0" * 32 + "%0A", "..%2f..", "%00", "💥", "' or 1=1 --"]
)
async def test_what_is_no_id_is_as_unknown_as_an_unknown_id(
    client: httpx2.AsyncClient, acme: Company, shape: str
) -> None:
    headers = {"authorization": f"Bearer {acme.lena.token}"}
    for route in ROUTES:
        if "{ticket}" in route.path and route.permission is Permission.TECHNICIAN:
            assert (await ask(client, route, acme, headers, ticket=shape)).status_code == 404


# --- declarations ---------------------------------------------------------------------------------------------------


async def _handler(_call: object) -> None:
    """Nothing."""


def test_a_route_without_a_permission_cannot_be_written_down() -> None:
    with pytest.raises(TypeError, match="permission"):
        Endpoint(method="GET", path="/api/v1/new", handler=_handler)  # type: ignore[call-arg]


@pytest.mark.parametrize("permission", [None, "public", May.TECHNICIAN], ids=["none", "text", "a socket's"])
def test_a_route_without_a_permission_fails_the_start(permission: Any) -> None:
    with pytest.raises(TypeError, match="who may call it"):
        check([Endpoint(method="GET", path="/api/v1/new", permission=permission, handler=_handler)])


def test_what_is_no_endpoint_fails_the_start() -> None:
    with pytest.raises(TypeError, match="who may call it"):
        check([*ROUTES, object()])


def test_two_routes_for_one_address_fail_the_start() -> None:
    with pytest.raises(TypeError, match="declared twice"):
        check([*ROUTES, ROUTES[0]])


def test_what_is_declared_is_fit_to_be_served() -> None:
    check(ROUTES)


class Shrug(msgspec.Struct, tag_field="type", tag="shrug"):
    """A command."""


class Shout(msgspec.Struct, tag_field="type", tag="shout"):
    """A command that nobody handles."""


def test_a_door_without_a_handler_for_a_command_does_not_import() -> None:
    with pytest.raises(TypeError, match="no handler with a permission"):
        type("Hatch", (Door,), {"name": "hatch", "union": Shrug | Shout})


@pytest.mark.parametrize("door", [CustomerDoor, TechnicianDoor])
def test_only_hello_and_ping_are_for_anybody(door: type[Door]) -> None:
    """And before hello nothing is carried out at all, see below."""
    anybody = {cls.__name__ for cls, (permission, _) in door.handlers.items() if permission is May.ANYBODY}
    assert anybody == {"Hello", "Ping"}


# --- sockets: who gets in -------------------------------------------------------------------------------------------

PATHS: dict[type[Door], str] = {CustomerDoor: "/ws/v1/customer", TechnicianDoor: "/ws/v1/console"}
DOORS = pytest.mark.parametrize("door", PATHS, ids=lambda door: door.name)


async def knock(server: DeskServer, door: type[Door], headers: dict[str, str], hello: Frame) -> list[Frame | int]:
    """What comes back: frames, then perhaps the close code."""
    given = {name: value for name, value in headers.items() if name in ("authorization", "cookie")}
    heard: list[Frame | int] = []
    async with connect(server.ws + PATHS[door], additional_headers=given, origin=_origin(server)) as socket:
        await socket.send(json.dumps(hello))
        try:
            heard.append(json.loads(await socket.recv()))
        except ConnectionClosed:
            heard.append(socket.close_code or 0)
    return heard


def _origin(server: DeskServer) -> Any:
    return server.url


@DOORS
async def test_each_caller_at_each_door(
    server: DeskServer, acme: Company, callers: list[Caller], door: type[Door]
) -> None:
    for caller in callers:
        hello = {"type": "hello"} | ({"portal": acme.office.portal} if door is CustomerDoor else {})
        (heard,) = await knock(server, door, caller.bring(), hello)
        if door is CustomerDoor:
            welcome = caller.customer and not caller.foreign
        else:
            welcome = caller.technician and not caller.must_change
        if welcome:
            assert isinstance(heard, dict), caller.name
            assert heard["type"] == "welcome"
            assert caller.home or not leaks(json.dumps(heard), acme, caller)
        else:
            assert heard == close.UNAUTHENTICATED, caller.name


async def test_the_token_in_a_hello_must_be_of_a_customer_of_this_portal(
    server: DeskServer, acme: Company, globex: Company
) -> None:
    def hello(token: str, portal: str) -> Frame:
        return {"type": "hello", "portal": portal, "token": token}

    right = hello(acme.ada["token"], acme.office.portal)
    assert (await knock(server, CustomerDoor, {}, right))[0]["type"] == "welcome"  # type: ignore[index]
    for wrong in (
        hello(acme.ada["token"], globex.office.portal),
        hello(globex.ada["token"], acme.office.portal),
        hello(acme.ada["token"], "nowhere"),
        hello(acme.ada["resume"], acme.office.portal),
        hello(acme.ticket, acme.office.portal),
        hello(acme.lena.token, acme.office.portal),
        hello("", acme.office.portal),
    ):
        assert await knock(server, CustomerDoor, {}, wrong) == [close.UNAUTHENTICATED]


@DOORS
async def test_nothing_is_carried_out_before_hello(server: DeskServer, acme: Company, door: type[Door]) -> None:
    token = acme.ada["token"] if door is CustomerDoor else acme.lena.token
    before = dump(server.database, acme)
    for command in door.handlers:
        if command.__struct_config__.tag != "hello":
            frame = command_of(command, acme, 1)
            assert await knock(server, door, {"authorization": f"Bearer {token}"}, frame) == [close.NO_HELLO]
    assert dump(server.database, acme) == before


# --- sockets: every command -----------------------------------------------------------------------------------------


async def enter(server: DeskServer, door: type[Door], caller: Caller, company: Company) -> AsyncIterator[Person]:
    given = {name: value for name, value in caller.bring().items() if name != "x-deskwire"}
    async with connect(server.ws + PATHS[door], additional_headers=given, origin=_origin(server)) as socket:
        person = Person(socket)
        portal = {"portal": company.office.portal} if door is CustomerDoor else {}
        await person.post("hello", **portal)
        await person.next("welcome")
        yield person
        await person.close()


def inside(door: type[Door], callers: list[Caller]) -> list[Caller]:
    """Callers who get in at this door and have no business with Acme's ticket."""
    if door is TechnicianDoor:
        return [one for one in callers if one.technician and not one.sees_ticket and not one.must_change]
    return [one for one in callers if one.customer and not one.sees_ticket]


def home_of(caller: Caller, acme: Company, globex: Company) -> Company:
    return globex if caller.foreign else acme


@DOORS
async def test_each_command_of_a_stranger_about_a_ticket_is_refused_as_unknown(
    server: DeskServer, acme: Company, globex: Company, callers: list[Caller], door: type[Door]
) -> None:
    """The same answer as for an id that does not exist; no effect, no frame, not a word of the other company."""
    about_tickets = [kind for kind in door.handlers if "ticket" in kind.__struct_fields__]
    assert len(about_tickets) >= 6
    before = dump(server.database, acme)
    for caller in inside(door, callers):
        async for person in enter(server, door, caller, home_of(caller, acme, globex)):
            for number, kind in enumerate(about_tickets):
                unknown = new_id()
                for ref, ticket in ((2 * number + 1, acme.ticket), (2 * number + 2, unknown)):
                    frame = command_of(kind, acme, ref, ticket=ticket)
                    await person.connection.send(json.dumps(frame))
                await person.settled()
                told = {one["ref"]: one for one in person.frames if one.get("ref")}
                theirs, nothing = told.pop(2 * number + 1, None), told.pop(2 * number + 2, None)
                if "ref" in kind.__struct_fields__:
                    assert theirs is not None, (caller.name, kind)
                    assert theirs["code"] == "not_found", (caller.name, kind)
                    assert theirs | {"ref": 0} == (nothing or {}) | {"ref": 0}
                else:
                    assert theirs is nothing is None
            heard = json.dumps([one for one in person.frames if one["type"] != "welcome"])
            assert {one["type"] for one in person.frames} <= {"welcome", "refused", "pong"}, caller.name
            assert not leaks(heard, acme, caller), caller.name
    assert dump(server.database, acme) == before


@DOORS
async def test_each_command_reaches_its_ticket_in_the_right_hands(
    server: DeskServer, acme: Company, callers: list[Caller], door: type[Door]
) -> None:
    """The other side of the test above: its commands are real ones."""
    owner = next(one for one in callers if one.home and (one.technician if door is TechnicianDoor else one.customer))
    async for person in enter(server, door, owner, acme):
        for ref, kind in enumerate(door.handlers, 1):
            if "ref" in kind.__struct_fields__:
                await person.connection.send(json.dumps(command_of(kind, acme, ref)))
                answer = await person.find(lambda one, ref=ref: one.get("ref") == ref)  # type: ignore[misc]
                assert answer.get("code") not in ("not_found", "unauthenticated", "bad_input"), (kind, answer)


async def test_away_means_own_tickets_only(server: DeskServer, acme: Company, callers: list[Caller]) -> None:
    """G-02..G-04: every command that would show the shared list is refused; the own ticket stays open."""
    away = next(one for one in callers if one.name == "away technician, token")
    async for person in enter(server, TechnicianDoor, away, acme):
        with pytest.raises(RefusedError, match="not_available"):
            await person.call("list")
        assert (await person.call("mine"))["rows"] == []
        worker = person.frames[0]["me"]["id"]
        _assign(server, acme.eve["ticket"]["id"], worker)
        page = await person.call("watch", ticket=acme.eve["ticket"]["id"])
        assert page["ticket"]["summary"]["assignee"]["id"] == worker
        assert [row["ticket"]["id"] for row in (await person.call("mine"))["rows"]] == [acme.eve["ticket"]["id"]]
    _assign(server, acme.eve["ticket"]["id"], None)


def _assign(server: DeskServer, ticket: str, technician: str | None) -> None:
    view, status = ("active", "in_progress") if technician else ("new", "open")
    words = "update tickets set assignee_id = ?, view = ?, status = ? where id = ?"
    written(server.database, lambda conn: conn.exec_driver_sql(words, (technician, view, status, ticket)))
