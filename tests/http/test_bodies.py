"""Bodies and questions: whatever a client sends to any route, the answer is a Problem with a code, and never a 5xx."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx2
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.errors import BadInput
from server.http.routes import ROUTES
from server.http.routing import Endpoint, Permission
from server.protocol import codec
from server.protocol.rest import Problem
from server.store import technicians
from tests.protocol.strategies import instances
from tests.security.town import Bring, Caller, Company, address_of, body_of, by_session, by_token, found
from tests.support.office import Worker
from tests.support.server import DeskServer

TAKING = [route for route in ROUTES if route.body is not None]
ASKING = [route for route in ROUTES if route.query is not None]
LIMIT = 65_536

every_taking_route = pytest.mark.parametrize("route", TAKING, ids=lambda route: f"{route.method} {route.path}")
every_asking_route = pytest.mark.parametrize("route", ASKING, ids=lambda route: f"{route.method} {route.path}")
several = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
async def acme(server: DeskServer) -> Company:
    company = await found(server, "Acme")
    company.office.write(lambda conn: technicians.set_availability(conn, company.lena.id, "available"))
    return company


@pytest.fixture(scope="module")
def client(server: DeskServer) -> Iterator[httpx2.Client]:
    """At an address of its own: its wrong passwords must not delay the sign-ins of other tests."""
    transport = httpx2.HTTPTransport(local_address="127.0.0.7", verify=False)
    with httpx2.Client(base_url=server.url, timeout=20, transport=transport) as one:
        yield one


_administrators: dict[str, Worker] = {}


def administrator(company: Company) -> Worker:
    """The one who sets this company's desk up."""
    office = company.office
    if office.company not in _administrators:
        _administrators[office.company] = office.worker("Olga", "administrator")
    return _administrators[office.company]


def who_may(company: Company, route: Endpoint) -> Bring:
    """Somebody who may call the route."""
    if route.permission is Permission.ADMINISTRATOR:
        return by_token(administrator(company).token)
    if route.permission in (Permission.SESSION, Permission.TECHNICIAN):
        return by_session(company.office, company.lena)
    return by_token(company.ada["token"])


class Sender:
    """Sends bodies to a route as somebody who may."""

    def __init__(self, client: httpx2.Client, company: Company, route: Endpoint) -> None:
        self._client = client
        self._route = route
        self._url = address_of(route, company)
        self._headers = Caller("somebody who may", who_may(company, route)).bring()
        if route.permission is Permission.PUBLIC:
            self._headers = {}

    def send(self, content: bytes, query: str = "", **headers: str) -> httpx2.Response:
        self._client.cookies.clear()
        given = {"content-type": "application/json", **self._headers, **headers}
        return self._client.request(self._route.method, self._url + query, content=content or None, headers=given)


@pytest.fixture
def sender(client: httpx2.Client, acme: Company, route: Endpoint) -> Sender:
    """For bodies that change nothing."""
    return Sender(client, acme, route)


def refused(answer: httpx2.Response, status: int = 400, code: str = "bad_input", said: str = "") -> Problem:
    """It is a Problem with this code, and nothing of ours shows through. ``said``: what was sent, in words."""
    assert answer.status_code == status, (said, answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert problem.code == code
    assert "Traceback" not in answer.text
    assert "msgspec" not in answer.text
    return problem


# --- not what was asked for -----------------------------------------------------------------------------------------

BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "blank": b" \n",
    "null": b"null",
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"1",
    "an empty object": b"{}",
    "cut off": b'{"text": "a',
    "two objects": b"{}{}",
    "text behind": b"{} x",
    "single quotes": b"{'text': 'a'}",
    "a comment": b'{"text": "a" /* */}',
    "a comma too many": b'{"text": "a",}',
    "NaN": b'{"text": NaN}',
    "Infinity": b'{"n": -Infinity}',
    "a control character": b'{"text": "a\x01"}',
    "not UTF-8": b'{"text": "\xff\xfe"}',
    "overlong UTF-8": b'{"text": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"text": "\xed\xa0\x80"}',
    "UTF-16": '{"text": "a"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "lone surrogates": b'{"text": "\\ud800", "client_id": "\\udc00"}',
    "a lone surrogate as a name": b'{"\\ud800": 1}',
    "a name that is nobody's": '{"подпись": 1}'.encode(),
    "a very long name": b'{"' + b"n" * 60_000 + b'": 1}',
    "17 deep": b'{"a":' * 17 + b"1" + b"}" * 17,
    "10,000 deep": b"[" * 10_000 + b"]" * 10_000,
    "deep and open": b'{"a":[' * 9_000,
    "a huge integer": b'{"n": ' + b"9" * 60_000 + b"}",
    "a huge float": b'{"n": 1e999999}',
    "a form": b"text=a&client_id=b",
    "multipart": b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\na\r\n--x--\r\n',
    "XML": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "gzip": bytes.fromhex("1f8b0800000000000003abae050043bfa6a302000000"),
}


@every_taking_route
def test_what_is_no_body_is_refused(sender: Sender, route: Endpoint) -> None:
    assert route.body is not None
    for name, content in BROKEN.items():
        if content != b"{}" or _required(route.body):
            refused(sender.send(content), said=name)


def _required(kind: type[msgspec.Struct]) -> bool:
    return any(field.required for field in msgspec.structs.fields(kind))


@every_taking_route
def test_what_a_body_is_called_does_not_matter(sender: Sender) -> None:
    for called in ("text/plain", "multipart/form-data; boundary=x", "application/xml", "", "x" * 500):
        refused(sender.send(b"not JSON", **{"content-type": called, "content-encoding": "gzip"}), said=called)


@every_taking_route
def test_each_field_is_checked(sender: Sender, acme: Company, route: Endpoint) -> None:
    """A wrong type, NUL and lone surrogates in each field of each body; the field is named.

    NUL in a text that is cleaned is no error: what is left of it may be one.
    """
    assert route.body is not None
    right = body_of(route.body, acme)
    for name in route.body.__struct_fields__:
        for wrong in ({"$ne": None}, [["a"]], 1, 0.5, True, "\0", "a\0b", "\ud800", "a" * 40_000):
            content = json.dumps(right | {name: wrong}).encode()
            if isinstance(wrong, int | float) and _fits(content, route.body):
                continue  # numbers and truths have fields, too
            if name in getattr(route.body, "cleaned", ()) and "\0" in str(wrong):
                refused(sender.send(content), 422, "file_type_not_allowed")
                continue
            problem = refused(sender.send(content))
            assert problem.field is None or problem.field.startswith(name), (name, wrong, problem)
    refused(sender.send(json.dumps(right | {"is_admin": True}).encode()))
    refused(sender.send(json.dumps(right | {"__proto__": {"x": 1}}).encode()))


def _fits(content: bytes, kind: type[msgspec.Struct]) -> bool:
    try:
        codec.body(content, kind)
    except BadInput:
        return False
    return True


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@every_taking_route
@several
@given(data=st.data())
def test_anything_in_any_field_is_taken_or_refused(
    client: httpx2.Client, acme: Company, route: Endpoint, data: st.DataObject
) -> None:
    """The codec says which; the server agrees and never breaks."""
    assert route.body is not None
    body = body_of(route.body, acme)
    names = st.sampled_from(route.body.__struct_fields__)
    body |= data.draw(st.dictionaries(names, JSON, min_size=1, max_size=2))
    content = json.dumps(body).encode()
    answer = Sender(client, acme, route).send(content)
    try:
        codec.body(content, route.body)
    except BadInput:
        refused(answer)
    else:
        assert answer.status_code < 500, answer.text


@every_taking_route
@several
@given(data=st.data())
def test_whatever_fits_is_answered(client: httpx2.Client, acme: Company, route: Endpoint, data: st.DataObject) -> None:
    assert route.body is not None
    answer = Sender(client, acme, route).send(codec.encode(data.draw(instances(route.body))))
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        msgspec.json.decode(answer.content, type=Problem)


@every_taking_route
@several
@given(content=st.binary(max_size=300))
def test_any_bytes_are_refused(sender: Sender, content: bytes) -> None:
    refused(sender.send(content or b" "))


# --- size -----------------------------------------------------------------------------------------------------------


@every_taking_route
def test_a_body_may_have_so_many_bytes_and_no_more(sender: Sender) -> None:
    refused(sender.send(b" " * LIMIT))
    refused(sender.send(b" " * (LIMIT + 1)), 413, "too_large")


def raw(server: DeskServer, head: str, *parts: bytes) -> bytes:
    """Bytes on a socket, and what comes back until the server closes or has said a whole answer."""
    host = server.url.partition("//")[2]
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head.replace("HOST", host).replace("\n", "\r\n").encode("latin-1"))
        for part in parts:
            try:
                connection.sendall(part)
            except OSError:
                break
        heard = b""
        try:
            while b"\r\n\r\n" not in heard or b"}" not in heard:
                more = connection.recv(65_536)
                if not more:
                    break
                heard += more
        except OSError:
            pass
    return heard


HEAD = "POST /api/v1/sign-in HTTP/1.1\nHost: HOST\nContent-Type: application/json\n"


def test_a_length_that_is_too_large_is_refused_before_the_body_comes(server: DeskServer) -> None:
    heard = raw(server, f"{HEAD}Content-Length: 10000000000\n\n")
    assert heard.startswith(b"HTTP/1.1 413")
    assert b'"too_large"' in heard


def test_chunks_are_counted(server: DeskServer) -> None:
    chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
    heard = raw(server, f"{HEAD}Transfer-Encoding: chunked\n\n", *[chunk] * 17)
    assert heard.startswith(b"HTTP/1.1 413")
    assert b'"too_large"' in heard


@pytest.mark.parametrize(
    "lines",
    [
        "Content-Length: -1\n",
        "Content-Length: 1e9\n",
        "Content-Length: 0x10\n",
        "Content-Length: 5, 6\n",
        "Content-Length: ٥\n".encode().decode("latin-1"),
        "Content-Length: 5\nContent-Length: 6\n",
        "Content-Length: 5\nTransfer-Encoding: chunked\n",
        "Transfer-Encoding: gzip, identity\n",
        "Content-Length: \n",
    ],
    ids=ascii,
)
def test_a_length_that_is_none_reaches_no_route(server: DeskServer, lines: str) -> None:
    """Request smuggling: two readers of such a request would not agree where it ends."""
    heard = raw(server, f"{HEAD}{lines}\n", b"0\r\n\r\nGET /api/v1/me HTTP/1.1\r\nHost: x\r\n\r\n")
    assert heard == b"" or heard.startswith(b"HTTP/1.1 400"), "refused, or cut without a word"
    assert heard.count(b"HTTP/1.1 ") <= 1


def test_somebody_who_leaves_while_sending_is_no_error(server: DeskServer) -> None:
    """The session's server fails at the end when anything was logged as an error."""
    host = server.url.partition("//")[2]
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(f"{HEAD}Content-Length: 100\n\n".replace("HOST", host).replace("\n", "\r\n").encode())
    with httpx2.Client(verify=False) as client:
        assert client.get(f"{server.url}/healthz").status_code == 200
    assert "ClientDisconnect" not in server.log()


# --- questions ------------------------------------------------------------------------------------------------------

WRONG: dict[str, list[str]] = {
    "view": ["", "evil", "ALL", "all%00", "1", "all'--"],
    "sort": ["", "id", "time;drop table tickets", "company.name", "customer--", "(select 1)"],
    "descending": ["", "yes", "2", "truee"],
    "offset": ["", "-1", "10000001", "0x10", "NaN", "%D9%A1", "9" * 400, "1.5"],
    "limit": ["", "0", "-1", "201", "NaN", "9" * 5000],
    "search": ["x" * 255, "a%00b"],
    "after": ["", "-1", "9007199254740992", "1.5", "NaN", "x", "9" * 5000],
    "epoch": ["x" * 65, "%00"],
    "wait": ["", "-1", "26", "x", "nan", "NaN", "inf", "-inf", "1e400", "9" * 400],
    "format": ["", "pdf", "../x", "HTML", "html%0d%0ax-evil:1"],
    "notes": ["", "yes", "2"],
    "q": ["", "a", "ab%00cd", "%20%20", "x" * 201, "%F0%9F%98%80"],
    "name": ["", "x" * 1025],
    "client_id": ["", "1", "0" * 32, "0B9F7F6E-9F2E-4C37-8F5E-2F1F1D3B7A10"],
    "original_of": ["", "1", "0" * 31 + "G"],
    "company": (ids := ["", "1", "0" * 31 + "G", "0" * 33, "acme'--"]),
    "object": ids,
    "queue": ids,
    "assignee": ids,
    "before": ["", "-1", "1.5", "NaN", "x", "9" * 5000],
    "lang": ["", "E", "english", "en_GB", "en%00", "x" * 40],
    "key": ["x" * 41, "A%00-1"],
    "seconds": ["", "-1", "3601", "1.5", "NaN", "x"],
}
"""For each question that a route knows. A new one must be added here."""


@every_asking_route
def test_each_question_is_checked(client: httpx2.Client, acme: Company, route: Endpoint) -> None:
    assert route.query is not None
    for name in route.query.__struct_fields__:
        for value in WRONG[name]:
            refused(_ask(client, acme, route, f"{name}={value}"))
    for nobody in ("evil=1", "__class__=x", "=", "company_id=1"):
        refused(_ask(client, acme, route, nobody))


@every_asking_route
@several
@given(query=st.text(max_size=120))
def test_any_question_is_answered(client: httpx2.Client, acme: Company, route: Endpoint, query: str) -> None:
    for quoted in (query, f"q={query}"):
        text = httpx2.QueryParams({"q": quoted})
        assert _ask(client, acme, route, str(text)).status_code < 500


def _ask(client: httpx2.Client, acme: Company, route: Endpoint, query: str) -> httpx2.Response:
    client.cookies.clear()
    who = {Permission.CUSTOMER: acme.ada["token"], Permission.ADMINISTRATOR: administrator(acme).token}
    token = acme.ada["token"] if route.path.endswith("/my-tickets") else who.get(route.permission, acme.lena.token)
    path = address_of(route, acme).partition("?")[0]
    headers = by_token(token)()
    return client.request(route.method, f"{path}?{query}", headers=headers, content=b"a" if route.bytes_in else None)


def test_the_whole_alphabet_of_searches(client: httpx2.Client, acme: Company) -> None:
    """Full-text syntax, quotes, wild cards: all of it is words."""
    for words in (
        *('"printer', "printer*", "NEAR(a b)", "a AND NOT b", "col:x", "^ab", "a-b", "((", "''", "%%", "__", "\\\\"),
        *(
            "ab\0cd",
            "\ud83d\ude00 ab",
            "ﬁ",
            "İİ",
            "a" * 200,
            "ab " * 60,
            "{ab}",
            "-ab",
            "+ab",
            "ab:",
            "ab*cd",
            "\x7f\x7f",
        ),
    ):
        query = httpx2.QueryParams({"q": words.encode("utf-16", "surrogatepass").decode("utf-16")})
        answer = client.get(f"/api/v1/search?{query}", headers=by_token(acme.lena.token)())
        assert answer.status_code in (200, 400), (words, answer.text)


def test_every_body_is_tried() -> None:
    """Whatever a route takes is one of the incoming Structs, which refuse unknown fields."""
    for route in TAKING:
        assert route.body is not None
        assert route.body.__struct_config__.forbid_unknown_fields
    for route in ASKING:
        assert route.query is not None
        assert route.query.__struct_config__.forbid_unknown_fields
        assert set(route.query.__struct_fields__) <= set(WRONG)
