"""Two companies at one server, everybody who may knock at it, and a request for every route and command.

Whoever adds a route or a command adds its sample here, or the matrix fails: nothing is served that nobody tried.
"""

import hashlib
import io
import json
import secrets
import sqlite3
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import jwt
import msgspec
from PIL import Image
from sqlalchemy import Connection

from server.accounts.bearer import hash_of
from server.clock import now_ms
from server.desk.administration.notices import Notices
from server.desk.administration.nouns import NOUNS
from server.domain.people import Role
from server.domain.portal import PortalSettings
from server.http.routes import ROUTES
from server.http.routing import CSRF_HEADER, Endpoint, Permission
from server.origin import SESSION_COOKIE, customer_cookie
from server.protocol import administration, rest
from server.protocol.shared import LAST_TIME
from server.store import dialect, handovers, installation, notices, pictures, session_keys, tables, technicians
from server.store.base import Tx
from tests.support.office import PASSWORD, Office, Worker, open_office
from tests.support.people import Frame, console, customer, http, open_ticket
from tests.support.server import DeskServer

IDENTITY_SECRET = "a secret that signs identities, long enough"

Bring = Callable[[], dict[str, str]]


class Caller(msgspec.Struct):
    """Somebody who knocks. ``bring``: the headers of one request, made anew for each, as requests may end sessions."""

    name: str
    bring: Bring = dict
    technician: bool = False
    customer: bool = False
    by_token: bool = False
    must_change: bool = False
    administrator: bool = False
    sees_ticket: bool = False
    home: bool = False
    """whose the ticket is: its customer, or its technician"""
    foreign: bool = False
    """of another company"""

    @property
    def known(self) -> bool:
        return self.technician or self.customer


class Company(msgspec.Struct):
    """An office with a life: Ada has opened a ticket, Lena has taken it and noted something, both have written."""

    office: Office
    lena: Worker
    ada: Frame
    eve: Frame
    """another customer of the same portal, with a ticket of her own"""
    spare_token: str
    """id of an API token of Lena that nothing needs"""
    adas_file: str
    lenas_file: str
    """ids of the pictures that both have sent, and of their uploads"""
    events: list[Frame]
    adas: list[str]
    """ids, names, keys and texts that only Ada and technicians may ever read"""
    secrets: list[str]
    """what nobody of another company may read"""
    items: dict[str, str] = {}
    """noun of the set-up -> id of one"""

    @property
    def ticket(self) -> str:
        return str(self.ada["ticket"]["id"])

    @property
    def event(self) -> str:
        return str(self.events[0]["event"]["id"])


async def found(server: DeskServer, name: str) -> Company:
    """A company called ``name`` with tickets, messages and a note, all of whose words are unique."""
    mark, other = secrets.token_hex(5), secrets.token_hex(5)
    office = open_office(server.database, PortalSettings(identity_secrets=[IDENTITY_SECRET]), name)
    lena = office.worker(f"Lena{mark}")
    words = {
        "subject": f"subject{mark}",
        "description": f"description{mark}",
        "name": f"Ada{mark}",
        "email": f"ada{mark}@example.com",
        "company": f"firm{mark}",
    }
    ada = await open_ticket(server, office, **words)
    eve = await open_ticket(server, office, name=f"Eve{other}", subject=f"about{other}", description=f"text{other}")
    async with console(server, lena) as desk, customer(server, office, opened=ada) as at_home:
        await desk.call("assign", ticket=ada["ticket"]["id"])
        await desk.call("join", ticket=ada["ticket"]["id"])
        await desk.watch(ada["ticket"]["id"])
        await desk.say(ada["ticket"]["id"], f"answer{mark}")
        await desk.say(ada["ticket"]["id"], f"note{mark}", kind="note")
        await at_home.say(ada["ticket"]["id"], f"reply{mark}")
        await desk.event("message", text=f"reply{mark}")
        adas_file = await _send_picture(server, f"/api/v1/customer/tickets/{at_home.ticket}", ada["token"], mark)
        lenas_file = await _send_picture(server, f"/api/v1/tickets/{at_home.ticket}", lena.token, mark)
        events = (await desk.watch(ada["ticket"]["id"]))[0]["events"]
    ids = [lena.id, adas_file, lenas_file, ada["ticket"]["id"], *(one["event"]["id"] for one in events)]
    adas = [mark, *ids, lena.email, lena.token, ada["token"], ada["resume"]]
    company = Company(
        office=office,
        lena=lena,
        ada=ada,
        eve=eve,
        spare_token=office.write(lambda conn: technicians.add_token(conn, lena.id, "spare", hash_of(mark), now_ms())),
        adas_file=adas_file,
        lenas_file=lenas_file,
        events=events,
        adas=adas,
        secrets=[*adas, office.company, office.prefix, other, eve["ticket"]["id"], eve["token"], eve["resume"]],
    )
    office.write(lambda conn: _make_sample_key(conn, company))
    a_colleague(company)
    a_session_key(company)
    for route in ROUTES:
        if "{item}" in route.path and "/admin/" in route.path:
            an_item(route, company)
    return company


async def _send_picture(server: DeskServer, tickets: str, token: str, mark: str) -> str:
    picture = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(picture, "PNG")
    query = {"name": f"picture{mark}.png", "client_id": str(uuid.uuid4())}
    async with http(server, token) as client:
        answer = await client.put(f"{tickets}/files", params=query, content=picture.getvalue())
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


# --- callers --------------------------------------------------------------------------------------------------------


def by_token(token: str) -> Bring:
    return lambda: {"authorization": f"Bearer {token}"}


def by_customer_cookie(token: str, portal: str) -> Bring:
    return lambda: {"cookie": f"{customer_cookie(portal)}={token}", CSRF_HEADER: "1"}


def by_session(office: Office, worker: Worker, *, idle_ms: int = 0, lives_ms: int = 3_600_000) -> Bring:
    """A new session for each request."""

    def bring() -> dict[str, str]:
        value = secrets.token_urlsafe(32)
        office.write(
            lambda conn: technicians.add_session(
                conn,
                session=hash_of(value),
                technician_id=worker.id,
                now=now_ms() - idle_ms,
                expires_at=now_ms() + lives_ms,
                ip="127.0.0.1",
                user_agent="a browser",
            )
        )
        return {"cookie": f"{SESSION_COOKIE}={value}", CSRF_HEADER: "1"}

    return bring


def available(office: Office, name: str, role: Role = "technician") -> Worker:
    worker = office.worker(name, role)
    office.write(lambda conn: technicians.set_availability(conn, worker.id, "available"))
    return worker


def everybody(acme: Company, globex: Company) -> list[Caller]:
    """All kinds of callers; Acme is whose ids are asked for."""
    here, there = acme.office, globex.office
    available_again = lambda conn: technicians.set_availability(conn, acme.lena.id, "available")  # noqa: E731
    here.write(available_again)
    away, fresh, gone = here.worker("Away"), available(here, "Fresh"), available(here, "Gone")
    nora, boss = available(there, "Nora"), available(there, "Boss", "administrator")

    def change(conn: Any) -> None:
        account = technicians.by_id(conn, fresh.id)
        technicians.set_password(conn, fresh.id, account.password_hash if account else "", one_time_since=now_ms())
        technicians.set_disabled(conn, gone.id, disabled=True)

    here.write(change)
    staff = {"technician": True}
    mine = {"technician": True, "sees_ticket": True, "home": True}
    owner = {"customer": True, "sees_ticket": True, "home": True}
    return [
        Caller("nobody"),
        Caller("garbage token", by_token("0" * 64)),
        Caller("garbage that is no token", by_token("'; --\xff")),
        Caller(
            "garbage cookies", lambda: {"cookie": f"{SESSION_COOKIE}=x; deskwire_customer_acme=y", CSRF_HEADER: "1"}
        ),
        Caller("expired session", by_session(here, acme.lena, lives_ms=-1)),
        Caller("idle session", by_session(here, acme.lena, idle_ms=31 * 60_000)),
        Caller("disabled technician, session", by_session(here, gone)),
        Caller("disabled technician, token", by_token(gone.token)),
        Caller("technician, session", by_session(here, acme.lena), **mine),
        Caller("technician, token", by_token(acme.lena.token), **mine, by_token=True),
        Caller("away technician, session", by_session(here, away), **staff),
        Caller("away technician, token", by_token(away.token), **staff, by_token=True),
        Caller("one-time password, session", by_session(here, fresh), **staff, must_change=True),
        Caller("technician of another company, session", by_session(there, nora), **staff, foreign=True),
        Caller("technician of another company, token", by_token(nora.token), **staff, foreign=True, by_token=True),
        Caller(
            "administrator of another company, session",
            by_session(there, boss),
            **staff,
            foreign=True,
            administrator=True,
        ),
        Caller("customer, token", by_token(acme.ada["token"]), **owner),
        Caller("customer, cookie", by_customer_cookie(acme.ada["token"], acme.office.portal), **owner),
        Caller("other customer of this company", by_token(acme.eve["token"]), customer=True),
        Caller("customer of another company, token", by_token(globex.ada["token"]), customer=True, foreign=True),
        Caller(
            "customer of another company, cookie",
            by_customer_cookie(globex.ada["token"], globex.office.portal),
            customer=True,
            foreign=True,
        ),
    ]


# --- a request for every route --------------------------------------------------------------------------------------


def identity(secret: str = IDENTITY_SECRET, **claims: object) -> str:
    return jwt.encode({"sub": "u-1", "exp": int(time.time()) + 600, "name": "Ida"} | claims, secret, "HS256")


def body_of(kind: type[msgspec.Struct], company: Company) -> dict[str, Any]:
    """A body that the route takes; changes of the account carry a wrong password or code, so that nothing changes."""
    wrong = "not the right password"
    client_id = str(uuid.uuid4())
    samples: dict[type[msgspec.Struct], dict[str, Any]] = {
        rest.SignIn: {"email": company.lena.email, "password": PASSWORD},
        rest.NewPassword: {"current": wrong, "new": "another one that is long enough"},
        rest.TotpCode: {"code": "000000"},
        rest.TotpOff: {"password": wrong},
        rest.NewToken: {"name": "a program"},
        rest.OpenTicket: {"client_id": client_id, "name": "Newcomer", "subject": "Help", "description": "Please"},
        rest.Identify: {"jwt": identity()},
        rest.CustomerSignIn: {"email": "nobody@example.com", "password": wrong},
        rest.Register: {"email": f"{client_id}@example.com", "name": "Newcomer", "password": wrong},
        rest.PasswordLink: {"link": client_id},
        rest.ChoosePassword: {"link": client_id, "password": wrong},
        rest.Resume: {"resume": company.ada["resume"]},
        rest.JoinByKey: {"key": SAMPLE_KEY},
        rest.NewSessionKey: {"portal": company.office.portal},
        rest.TypedKey: {"key": SAMPLE_KEY},
        rest.TellLater: {"email": "somebody@example.com"},
        rest.NewUpload: {"client_id": client_id, "name": "a.png", "size": 100},
        rest.CustomerMessage: {"client_id": client_id, "text": "a message"},
        rest.CustomerRead: {"event": company.event},
        rest.StaffMessage: {"client_id": client_id, "text": "a message"},
        rest.CloseTicket: {"outcome": "resolved"},
        rest.Availability: {"state": "available"},
        rest.Language: {"lang": "fr"},
        rest.NewOffer: {"technician": company.lena.id},
        rest.Colleague: {"technician": company.lena.id},
        rest.NewInvitation: {"technician": company.lena.id},
        administration.CompanyDraft: {"slug": f"c-{client_id}", "name": "Another company"},
        administration.PortalDraft: {
            "company": company.office.company,
            "slug": f"p-{client_id}",
            "name": "Another door",
            "key_prefix": company.office.prefix,
        },
        administration.TechnicianDraft: {
            "email": f"{client_id}@example.com",
            "name": "Somebody",
            "public_name": "Somebody",
            "companies": [company.office.company],
        },
        administration.TeamDraft: {"company": company.office.company, "name": f"Team {client_id}"},
        administration.IssueTypeDraft: {
            "portal": company.office.portal_id,
            "names": {"en": "Something else"},
            "hidden": True,  # else everybody would have to choose it
        },
        administration.FormDraft: {"company": company.office.company, "name": f"Form {client_id}"},
        administration.ScheduleDraft: {
            "company": company.office.company,
            "name": f"Schedule {client_id}",
            "time_zone": "Europe/Amsterdam",
        },
        administration.NoticeDraft: {
            "company": company.office.company,
            "name": "A notice",
            "lang": "en",
            "text": "We are working on it.",
        },
        administration.CannedReplyDraft: {
            "company": company.office.company,
            "category": "All",
            "title": f"Hello{company.adas[0]}",
            "texts": {"en": "Hello {customer}"},
        },
        administration.CustomerAccountDraft: {
            "company": company.office.company,
            "email": f"{client_id}@example.com",
            "name": "A customer",
        },
    }
    if kind is rest.Share:
        samples[kind] = {"email": f"{a_colleague(company)}@example.com"}
    if kind is rest.WaitForNews:
        samples[kind] = {"notice": a_notice(company)}
    if kind in (rest.JoinByKey, rest.TypedKey):
        company.office.write(lambda conn: _make_sample_key(conn, company))
    return samples[kind]


SAMPLE_KEY = "ABCDEFGH"


def _make_sample_key(conn: Connection, company: Company) -> None:
    """To Eve's ticket, which no other request closes."""
    key_hash = installation.Keys(installation.get(conn, "secret")).mac("handover", company.office.portal_id, SAMPLE_KEY)
    handovers.put(conn, company.office.company, company.eve["ticket"]["id"], key_hash, "customer", LAST_TIME)


QUERIES = {"/api/v1/search": "?q=Ada", "/api/v1/portals/{portal}/changes": "?seconds=0"}


def address_of(route: Endpoint, company: Company, **other: str) -> str:
    """The path with this company's ids in it."""
    sent = company.adas_file if route.permission is Permission.CUSTOMER else company.lenas_file
    parts = {"portal": company.office.portal, "ticket": company.ticket, "token": company.spare_token}
    parts |= {"upload": sent, "file": sent} | other
    if "{item}" in route.path:
        parts.setdefault("item", an_item(route, company) if "/admin/" in route.path else a_colleague(company))
    if "{picture}" in route.path:
        parts["picture"] = company.office.write(lambda conn: pictures.add(conn, "image/webp", b"RIFF", now_ms()))
    if "{notice}" in route.path:
        parts.setdefault("notice", a_notice(company))
    if "{key}" in route.path:
        parts.setdefault("key", a_session_key(company))
    if route.path == "/api/v1/canned-replies":
        return f"{route.path}?company={company.office.company}"
    query = f"?name=a.png&client_id={uuid.uuid4()}" if route.method == "PUT" and route.bytes_in else ""
    if route.path.endswith("/templates/bug-report"):
        query = f"?company={company.office.company}"
    return route.path.format(**parts) + QUERIES.get(route.path, query)


def an_item(route: Endpoint, company: Company) -> str:
    """A thing of this company's set-up, of the kind that the route is about; a new one where a request removed it."""
    noun = next(noun for noun in NOUNS if f"/{noun.plural}/" in route.path)
    known = company.items.get(noun.plural)

    def work(conn: Connection) -> str:
        if known is not None and noun.get(conn, known) is not None:
            return known
        return noun.add(Tx(conn), msgspec.convert(body_of(noun.draft, company), noun.draft), now_ms())

    company.items[noun.plural] = company.office.write(work)
    return company.items[noun.plural]


def a_colleague(company: Company) -> str:
    """An account with which the ticket is shared; always the same."""
    account = hashlib.md5(company.ticket.encode(), usedforsecurity=False).hexdigest()

    def work(conn: Connection) -> None:
        of = {"company_id": company.office.company}
        values = {
            "id": account,
            "email": f"{account}@example.com",
            "name": f"Colleague{company.adas[0]}",
            "disabled": False,
        }
        for table, row in (
            (tables.customer_accounts, values | {"created_at": now_ms(), "version": 1}),
            (tables.ticket_shares, {"ticket_id": company.ticket, "account_id": account, "created_at": now_ms()}),
        ):
            conn.execute(dialect.insert(conn, table).values(**of, **row).on_conflict_do_nothing())

    company.office.write(work)
    return account


def a_notice(company: Company) -> str:
    """Something that this company's portal shows now; always another one, for an address may not press for ever."""
    draft = {**body_of(administration.NoticeDraft, company), "portals": [company.office.portal_id]}

    def work(conn: Connection) -> str:
        for shown in notices.shown(conn, company.office.portal_id, now_ms()):
            Notices().rows.remove(conn, shown.id)
        return Notices().add(Tx(conn), msgspec.convert(draft, administration.NoticeDraft), now_ms())

    return company.office.write(work)


def a_session_key(company: Company) -> str:
    """A session key of this company's technician that nobody has used or revoked."""

    def work(conn: Connection) -> str:
        made = session_keys.add(
            conn,
            key_hash=secrets.token_hex(32),
            company_id=company.office.company,
            portal_id=company.office.portal_id,
            technician_id=company.lena.id,
            note=f"for{company.adas[0]}",
            now=now_ms(),
            expires_at=LAST_TIME,
        )
        return made.id if made else ""

    return company.office.write(work)


async def ask(
    client: httpx2.AsyncClient, route: Endpoint, company: Company, headers: dict[str, str], **other: str
) -> httpx2.Response:
    """The response to a request for this company's things."""
    client.cookies.clear()
    headers = headers | ({"upload-offset": "0"} if route.bytes_in else {})
    return await client.request(
        route.method,
        address_of(route, company, **other),
        content=b"not a picture" if route.bytes_in else None,
        json=None if route.body is None else body_of(route.body, company),
        headers=[(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    )


# --- a frame for every command --------------------------------------------------------------------------------------


def command_of(kind: type[msgspec.Struct], company: Company, ref: int, **other: object) -> dict[str, Any]:
    """A command that fits, about this company's ticket."""
    samples: dict[str, object] = {
        "ref": ref,
        "ticket": company.ticket,
        "event": company.event,
        "technician": company.lena.id,
        "to": {"technician": company.lena.id},
        "client_id": str(uuid.uuid4()),
        "stream": secrets.token_hex(16),
        "n": 1,
        "text": "a message",
        "before": 3,
        "state": "available",
        "lang": "fr",
        "portal": company.office.portal,
    }
    needed = [field.name for field in msgspec.structs.fields(kind) if field.required]
    return {"type": kind.__struct_config__.tag, **{name: (samples | other)[name] for name in needed}}


# --- as it was ------------------------------------------------------------------------------------------------------


class Remembered(msgspec.Struct):
    """What the requests of a matrix change by the way: tokens that are forgotten, people who become available."""

    tokens: list[tuple[Any, ...]]
    api_tokens: list[tuple[Any, ...]]
    availability: list[tuple[Any, ...]]

    @classmethod
    def of(cls, conn: Connection) -> "Remembered":
        queries = (
            "select * from customer_tokens",
            "select * from api_tokens",
            "select availability, id from technicians",
        )
        return cls(*([tuple(row) for row in conn.exec_driver_sql(query)] for query in queries))

    def restore(self, conn: Connection) -> None:
        conn.exec_driver_sql("insert or ignore into customer_tokens values (?, ?, ?, ?, ?, ?)", self.tokens)
        conn.exec_driver_sql("insert or ignore into api_tokens values (?, ?, ?, ?, ?, ?)", self.api_tokens)
        conn.exec_driver_sql("update technicians set availability = ? where id = ?", self.availability)


# --- what must not be read ------------------------------------------------------------------------------------------


def leaks(text: str, company: Company, caller: Caller, *, said: str = "") -> list[str]:
    """What stands in a text that this caller may not read, without what he said himself."""
    kept = company.secrets if caller.foreign or not caller.known else [] if caller.technician else company.adas
    return [secret for secret in kept if secret in text and secret not in said]


BY_ITSELF = frozenset({"list_seq"})
"""Raised also when the lease of a ticket's technician runs out, 35 s after a test. What people do shows elsewhere."""


def dump(database: Path, company: Company) -> str:
    """All rows that belong to a company, but for the outbox, which empties by itself."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
        conn.row_factory = sqlite3.Row
        rows = {
            table: [
                {name: row[name] for name in row.keys() if name not in BY_ITSELF}  # noqa: SIM118 - else its values
                for row in conn.execute(f"select * from {table} where company_id = ?", [company.office.company])
            ]
            for table in ("tickets", "events", "streams", "customers", "portals", "files", "uploads", "handovers")
        }
    return json.dumps(rows, indent=0)
