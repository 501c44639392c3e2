"""Who a customer is: only a signature of the portal's site verifies a name, only our own mac opens a resume link."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx2
import jwt
import pytest

from server.domain.portal import PortalSettings
from server.store import portals
from tests.security.town import by_customer_cookie, by_token
from tests.support.office import Office, open_office
from tests.support.people import Frame, console, customer, open_ticket
from tests.support.server import DeskServer

NEW, OLD = "the secret that signs today ----------", "the secret that signed until yesterday"


def now() -> int:
    return int(time.time())


@pytest.fixture(scope="module")
def client(server: DeskServer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, verify=False) as one:
        yield one


@pytest.fixture(scope="module")
def acme(server: DeskServer) -> Office:
    """A portal that replaces its secret just now."""
    return open_office(server.database, PortalSettings(identity_secrets=[NEW, OLD]))


def claims(**changed: Any) -> dict[str, Any]:
    whole = {"sub": "u-1", "exp": int(time.time()) + 900, "name": "Ida Noddack", "email": "ida@example.com"} | changed
    return {name: value for name, value in whole.items() if value is not None}


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def signed(header: Any, payload: Any, secret: str = NEW, digest: str = "sha256") -> str:
    """By hand: libraries refuse to make what attackers make."""
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    text = f"{part(head)}.{part(body)}"
    return f"{text}.{part(hmac.digest(secret.encode(), text.encode(), digest))}"


def identify(client: httpx2.Client, office: Office, token: str) -> httpx2.Response:
    client.cookies.clear()
    return client.post(f"/api/v1/portals/{office.portal}/identify", json={"jwt": token})


HS256 = {"alg": "HS256", "typ": "JWT"}


# --- what counts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [NEW, OLD], ids=["new secret", "old secret"])
def test_each_of_both_secrets_signs(client: httpx2.Client, acme: Office, secret: str) -> None:
    answer = identify(client, acme, signed(HS256, claims(sub=f"by {secret}"), secret))
    assert answer.status_code == 200, answer.text
    session = answer.json()
    assert (session["known"], session["verified"], session["name"]) == (True, True, "Ida Noddack")
    path = f"/api/v1/portals/{acme.portal}/session"
    assert client.get(path, headers=by_token(session["token"])()).json()["verified"]


def test_the_same_person_is_the_same_customer_with_today_s_name(client: httpx2.Client, acme: Office) -> None:
    first = identify(client, acme, signed(HS256, claims(sub="same"))).json()
    path = f"/api/v1/portals/{acme.portal}/tickets"
    body = {"client_id": str(uuid.uuid4()), "name": "Ida", "subject": "s", "description": "d"}
    opened = client.post(path, json=body, headers=by_token(first["token"])()).json()
    again = identify(client, acme, signed(HS256, claims(sub="same", name="Ida Tacke"))).json()
    assert again["name"] == "Ida Tacke"
    assert again["token"] != first["token"]
    assert [ticket["id"] for ticket in again["tickets"]] == [opened["ticket"]["id"]]
    other = identify(client, acme, signed(HS256, claims(sub="other"))).json()
    assert other["tickets"] == []


def test_a_person_may_come_without_name_and_email(client: httpx2.Client, acme: Office) -> None:
    nameless: list[dict[str, Any]] = [{"name": None}, {"name": "  "}, {"name": 7}, {"name": ["x"]}]
    for more in (*nameless, {"email": "no address"}, {"email": {}}):
        session = identify(client, acme, signed(HS256, claims(sub=str(more), **more)))
        assert session.status_code == 200
        assert session.json()["verified"]
        if "name" in more:
            assert session.json()["name"] is None


# --- what does not --------------------------------------------------------------------------------------------------


def forged() -> dict[str, str]:
    """Everything that is not signed by the site, for now, with HS256. Made when it is sent: it is about time too."""
    right = signed(HS256, claims())
    head, body, signature = right.split(".")
    none = part(b'{"alg": "none"}')
    return {
        "alg none": f"{none}.{body}.",
        "alg none, with a signature": f"{none}.{body}.{signature}",
        "no alg": signed({"typ": "JWT"}, claims()),
        "RS256": signed({"alg": "RS256"}, claims()),
        "HS512, rightly signed": signed({"alg": "HS512"}, claims(), digest="sha512"),
        "HS384, rightly signed": signed({"alg": "HS384"}, claims(), digest="sha384"),
        "alg is a list": signed({"alg": ["HS256"]}, claims()),
        "a key in the header": signed(HS256 | {"jwk": {"kty": "oct", "k": part(b"x" * 32)}}, claims(), "x" * 32),
        "a key at an address": signed(HS256 | {"jku": "https://evil.example/keys", "kid": "1"}, claims(), "x" * 32),
        "a key id that is a path": signed(HS256 | {"kid": "../../../../dev/null"}, claims(), ""),
        "a critical extension": signed(HS256 | {"crit": ["exp"], "exp": 1}, claims()),
        "not base64 encoded": signed(HS256 | {"b64": False, "crit": ["b64"]}, claims()),
        "wrong secret": signed(HS256, claims(), "another secret that is long enough"),
        "no secret": signed(HS256, claims(), ""),
        "expired": signed(HS256, claims(exp=now() - 1)),
        "expires now": signed(HS256, claims(exp=now())),
        "not yet": signed(HS256, claims(nbf=now() + 600)),
        "for longer than an hour": signed(HS256, claims(exp=now() + 3_700)),
        "for ever": signed(HS256, claims(exp=10**18)),
        "tampered signature": f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        "tampered body": f"{head}.{part(json.dumps(claims(sub='root')).encode())}.{signature}",
        "no signature": f"{head}.{body}.",
        "cut off": right[:-4],
        "two parts": f"{head}.{body}",
        "four parts": f"{right}.{signature}",
        "empty": "",
        "dots": "..",
        "not ASCII": f"{head}.{body}.é",
        "blank": " " + right,
        "deep header": signed(b"[" * 2_000, claims()),
        "deep header, closed": signed(b'{"a":' * 300 + b"1" + b"}" * 300, claims()),
        "deep body": signed(HS256, b"[" * 2_000),
        "NUL": f"{head}.{body}\\u0000.{signature}",
        "JSON web encryption": "a.b.c.d.e",
    }


MALFORMED: dict[str, dict[str, Any]] = {
    "no sub": {"sub": None},
    "no exp": {"exp": None},
    "sub is a number": {"sub": 1},
    "sub is empty": {"sub": ""},
    "sub is too long": {"sub": "u" * 301},
    "exp is text": {"exp": "2000000000"},
    "exp is a fraction": {"exp": 2_000_000_000.5},
    "exp is true": {"exp": True},
    "exp is nothing": {"exp": [2_000_000_000]},
    "sub is no text": {"sub": {"$ne": None}},
}

ODD: dict[str, dict[str, Any]] = {
    "lone surrogate": {"sub": "\ud800", "name": "\udfff", "email": "\ud800@x"},
    "NUL": {"sub": "a\0b", "name": "a\0b", "email": "a\0@b"},
    "lines": {"name": "Ida\r\nADMIN: yes", "email": "a@b\r\nBcc: c@d"},
    "very long": {"name": "n" * 2_000, "email": "e@" + "x" * 800},
}


@pytest.mark.parametrize("how", forged())
def test_what_is_not_signed_by_the_site_for_now_is_refused(client: httpx2.Client, acme: Office, how: str) -> None:
    answer = identify(client, acme, forged()[how])
    assert answer.status_code in (400, 403), answer.text
    assert "set-cookie" not in answer.headers
    assert "token" not in answer.json()


@pytest.mark.parametrize("changed", MALFORMED.values(), ids=MALFORMED)
def test_a_signature_does_not_make_nonsense_an_identity(
    client: httpx2.Client, acme: Office, changed: dict[str, Any]
) -> None:
    answer = identify(client, acme, signed(HS256, claims(**changed)))
    assert answer.status_code in (400, 403), answer.text


@pytest.mark.parametrize("changed", ODD.values(), ids=ODD)
def test_odd_words_of_a_site_break_nothing(client: httpx2.Client, acme: Office, changed: dict[str, Any]) -> None:
    """The same bounds as for what customers type: no NUL, no half characters, one line."""
    answer = identify(client, acme, signed(HS256, claims(sub=f"odd {sorted(changed)}") | changed))
    assert answer.status_code in (200, 400, 403), answer.text
    if answer.status_code == 200:
        name = answer.json()["name"] or ""
        assert len(name) <= 300
        assert not set(name) & set("\0\r\n")


def test_every_tampered_byte_is_noticed(client: httpx2.Client, acme: Office) -> None:
    """One byte after the other; the last character of base64 carries two bits that mean nothing."""
    right = signed(HS256, claims())
    for at in range(0, len(right) - 1, 3):
        other = "A" if right[at] != "A" else "B"
        answer = identify(client, acme, right[:at] + other + right[at + 1 :])
        assert answer.status_code in (400, 403), at


def test_a_secret_that_was_replaced_twice_signs_no_more(server: DeskServer, client: httpx2.Client) -> None:
    office = open_office(server.database, PortalSettings(identity_secrets=[NEW, OLD]))
    assert identify(client, office, signed(HS256, claims(), OLD)).status_code == 200
    newest = PortalSettings(identity_secrets=["the newest of all secrets so far -----", NEW])
    office.write(lambda conn: portals.set_settings(conn, office.portal_id, newest))
    assert identify(client, office, signed(HS256, claims(), OLD)).status_code == 403
    assert identify(client, office, signed(HS256, claims(), NEW)).status_code == 200


def test_a_portal_without_a_secret_believes_nobody(client: httpx2.Client, office: Office) -> None:
    for secret in ("", NEW, "None", "null"):
        assert identify(client, office, signed(HS256, claims(), secret)).status_code == 403


def test_an_identity_of_one_portal_is_nobody_at_another(
    server: DeskServer, client: httpx2.Client, acme: Office
) -> None:
    """Even where both have the same secret: the same sub is another customer."""
    other = open_office(server.database, PortalSettings(identity_secrets=[NEW]))
    token = identify(client, acme, signed(HS256, claims(sub="both"))).json()["token"]
    assert not client.get(f"/api/v1/portals/{other.portal}/session", headers=by_token(token)()).json()["known"]
    third = open_office(server.database, PortalSettings(identity_secrets=[OLD]))
    assert identify(client, third, signed(HS256, claims(sub="both"), NEW)).status_code == 403


def test_the_library_s_own_tokens_count_too(client: httpx2.Client, acme: Office) -> None:
    assert identify(client, acme, jwt.encode(claims(sub="by PyJWT"), NEW, "HS256")).status_code == 200


# --- the verified mark ----------------------------------------------------------------------------------------------


async def _summary(server: DeskServer, office: Office, ticket: str) -> Frame:
    async with console(server, office.worker("Lena")) as lena:
        (page,) = await lena.watch(ticket)
        summary: Frame = page["ticket"]["summary"]
        return summary


async def test_a_name_that_somebody_typed_is_never_verified(server: DeskServer, acme: Office) -> None:
    """C-06: not on the ticket, not in the list, not for the customer; and no field of the form says otherwise."""
    opened = await open_ticket(server, acme, name="Ida Noddack", email="ida@example.com")
    assert not (await _summary(server, acme, opened["ticket"]["id"]))["verified"]
    async with customer(server, acme, opened=opened) as ada:
        assert ada.of("welcome")[0]["verified"] is False
    async with httpx2.AsyncClient(base_url=server.url, verify=False) as client:
        body = {"client_id": str(uuid.uuid4()), "name": "Ida", "subject": "s", "description": "d"}
        for extra in ({"verified": True}, {"sub": "u-1"}, {"customer": {"verified": True}}):
            answer = await client.post(f"/api/v1/portals/{acme.portal}/tickets", json=body | extra)
            assert answer.status_code == 400


async def test_a_verified_name_cannot_be_typed_over(server: DeskServer, acme: Office) -> None:
    async with httpx2.AsyncClient(base_url=server.url, verify=False) as client:
        token = signed(HS256, claims(sub="verified"))
        known = (await client.post(f"/api/v1/portals/{acme.portal}/identify", json={"jwt": token})).json()
        headers = by_token(known["token"])()
        body = {"client_id": str(uuid.uuid4()), "name": "The Boss", "email": "boss@example.com"}
        body |= {"subject": "s", "description": "d"}
        path = f"/api/v1/portals/{acme.portal}"
        opened = (await client.post(f"{path}/tickets", json=body, headers=headers)).json()
        session = (await client.get(f"{path}/session", headers=headers)).json()
    assert (session["name"], session["verified"]) == ("Ida Noddack", True)
    async with console(server, acme.worker("Lena")) as lena:
        (page,) = await lena.watch(opened["ticket"]["id"])
    assert (page["ticket"]["summary"]["customer"], page["ticket"]["summary"]["verified"]) == ("Ida Noddack", True)
    assert page["ticket"]["email"] == "ida@example.com"
    assert page["events"][0]["event"]["author"]["name"] == "Ida Noddack"


async def test_a_typed_name_may_be_typed_anew_and_old_tickets_keep_theirs(server: DeskServer, office: Office) -> None:
    first = await open_ticket(server, office, name="Ada")
    async with httpx2.AsyncClient(base_url=server.url, verify=False) as client:
        body = {"client_id": str(uuid.uuid4()), "name": "Ada Lovelace", "subject": "s", "description": "d"}
        path = f"/api/v1/portals/{office.portal}"
        headers = by_customer_cookie(first["token"], office.portal)()
        second = (await client.post(f"{path}/tickets", json=body, headers=headers)).json()
        assert (await client.get(f"{path}/session", headers=headers)).json()["name"] == "Ada Lovelace"
    assert (await _summary(server, office, first["ticket"]["id"]))["customer"] == "Ada"
    assert (await _summary(server, office, second["ticket"]["id"]))["customer"] == "Ada Lovelace"


# --- resume links ---------------------------------------------------------------------------------------------------


def resume(client: httpx2.Client, office: Office, secret: str) -> httpx2.Response:
    client.cookies.clear()
    return client.post(f"/api/v1/portals/{office.portal}/resume", json={"resume": secret})


def at(server: DeskServer, address: str) -> httpx2.Client:
    """A client at an address of its own: ten guesses are all that an address has."""
    transport = httpx2.HTTPTransport(local_address=address, verify=False)
    return httpx2.Client(base_url=server.url, transport=transport)


async def test_a_resume_link_brings_back_the_ticket_and_nothing_else(server: DeskServer, office: Office) -> None:
    """C-17"""
    opened, other = await open_ticket(server, office, name="Ada"), await open_ticket(server, office, name="Eve")
    with at(server, "127.0.3.1") as client:
        session = resume(client, office, opened["resume"]).json()
        assert [ticket["id"] for ticket in session["tickets"]] == [opened["ticket"]["id"]]
        assert session["token"] not in (None, opened["token"], other["token"])
        async with customer(server, office, opened=opened | {"token": session["token"]}) as back:
            assert back.of("page")[0]["events"][0]["event"]["text"] == "It will not print"


async def test_a_tampered_resume_link_opens_nothing(server: DeskServer, office: Office) -> None:
    opened, other = await open_ticket(server, office, name="Ada"), await open_ticket(server, office, name="Eve")
    right = opened["resume"]
    ticket, mac = right[:32], right[32:]
    assert len(mac) == 32, "128 bits"
    other_mac = other["resume"][32:]
    guesses = {
        "other ticket, this mac": other["ticket"]["id"] + mac,
        "this ticket, other mac": ticket + other_mac,
        "first half changed": ("0" if right[0] != "0" else "1") + right[1:],
        "last half changed": right[:-1] + ("0" if right[-1] != "0" else "1"),
        "cut off": right[:-1],
        "longer": right + "0",
        "no mac": ticket,
        "only the mac": mac,
        "upper case": right.upper(),
        "a line end": right + "\n",
        "twice": right + right,
        "unkeyed": ticket + hashlib.sha256(ticket.encode()).hexdigest()[:32],
        "the customer's token": opened["token"],
        "not ASCII": "é" * 64,
        "empty": "",
    }
    for number, (name, guess) in enumerate(guesses.items()):
        with at(server, f"127.0.4.{number + 1}") as client:
            answer = resume(client, office, guess)
            assert answer.status_code in (400, 404), name
            assert "token" not in answer.json(), name
            assert "set-cookie" not in answer.headers, name


async def test_a_resume_link_of_another_portal_opens_nothing(server: DeskServer, office: Office) -> None:
    opened = await open_ticket(server, office)
    for number, other in enumerate((open_office(server.database), open_office(server.database, name="Other"))):
        with at(server, f"127.0.5.{number + 1}") as client:
            theirs, nothing = resume(client, other, opened["resume"]), resume(client, other, "0" * 64)
            assert (theirs.status_code, theirs.content) == (404, nothing.content)
