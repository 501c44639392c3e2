"""Puts companies, people and tickets into a database, by the million where wanted: past the product."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, text, update

from bench import rows
from bench.rows import YEAR_MS, Place
from server.accounts.bearer import hash_of
from server.accounts.customers import hashed
from server.clock import now_ms
from server.domain.portal import PortalSettings
from server.domain.ticket import Chat, Status, View
from server.store import portals, technicians
from server.store import tables as t
from server.store.search import merge, words

TOGETHER: Final = 10_000
"""Tickets in one transaction."""
MANY: Final = 50_000
"""From so many on the words of PostgreSQL are indexed afterwards, all at once."""
WORDS: Final = 200
"""Texts whose words SQLite indexes at once: little enough that its index grows as by one message after the other, small
parts merged into larger ones again and again, and is not in one piece that the next message takes apart."""

Write = Callable[[Callable[[Connection], Any]], Any]
"""Carries out something in a transaction of its own."""


class Person(msgspec.Struct, frozen=True):
    """A technician with an API token."""

    id: str
    token: str


def open_place(conn: Connection, number: int) -> Place:
    """Company ``number``."""
    slug, prefix, now = f"bench-{number}", f"B{number}", now_ms()
    company = portals.add_company(conn, slug, f"Company {number}", now)
    portal_id = portals.add_portal(conn, company, slug, f"Portal {number}", prefix, PortalSettings(), now)
    record = portals.by_id(conn, portal_id)
    if record is None:
        raise RuntimeError("the portal is gone")
    return Place(company, portal_id, slug, record.queue_id, prefix, f"{number:012x}")


def add_people(conn: Connection, place: Place, count: int, *, available: bool) -> list[Person]:
    """Technicians of this company, who can sign in by token only."""
    people = []
    for number in range(count):
        name, token = f"Technician {number}", f"bench-{place.slug}-{number}"
        email = f"{number}@{place.slug}.example"
        person = technicians.add(
            conn, email=email, name=name, public_name=name, role="technician", password_hash="", now=now_ms()
        )
        technicians.set_password(conn, person, "", one_time_since=None)
        technicians.set_access(conn, person, frozenset({place.company}))
        technicians.add_token(conn, person, "bench", hash_of(token), now_ms())
        if available:
            technicians.set_availability(conn, person, "available")
        people.append(Person(person, token))
    return people


def add_tickets(
    write: Write, place: Place, first: int, last: int, *, events: int, status: Status, search: bool = True
) -> None:
    """Tickets ``first`` to ``last``, each with so many messages; with their words in the index, or without."""
    definition = write(rows.drop_words) if search and last - first >= MANY else ""
    for start in range(first, last + 1, TOGETHER):
        end = min(start + TOGETHER - 1, last)
        write(partial(_add, place, start, end, events, status, search))
    if definition:
        write(lambda conn: conn.execute(text(definition)))
    while search and write(_index):
        pass


def _add(place: Place, first: int, last: int, events: int, status: Status, search: bool, conn: Connection) -> None:
    rows.trust(conn)
    made = rows.Rows(conn, place, first, last, events)
    made.customers()
    made.tickets(status)
    made.events()
    if search:
        made.texts()


def _index(conn: Connection) -> int:
    done = words(conn, WORDS)
    while merge(conn):
        pass
    return done


def join(conn: Connection, place: Place, chats: dict[int, Person]) -> None:
    """These tickets are being talked about: assigned, joined, and their customers have tokens."""
    now = now_ms()
    for number, person in chats.items():
        conn.execute(
            update(t.tickets)
            .where(t.tickets.c.id == place.ticket(number))
            .values(status=Status.IN_PROGRESS, chat=Chat.JOINED, view=View.ACTIVE, assignee_id=person.id, joined=True)
        )
    tokens = [
        {
            "hash": hashed(place.token(number)),
            "company_id": place.company,
            "customer_id": place.ticket(number),
            "created_at": now,
            "expires_at": now + YEAR_MS,
            "device_class": "windows",
        }
        for number in chats
    ]
    conn.execute(t.customer_tokens.insert(), tokens)
