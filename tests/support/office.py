"""Companies, portals and technicians, written straight into a database, so that each test has an office of its own."""

import functools
import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import argon2
import msgspec
from sqlalchemy import Connection, delete

from server.clock import now_ms
from server.domain.people import Role
from server.domain.portal import PortalSettings
from server.store import portals, technicians
from server.store.sqlite import engine_for
from server.store.tables import throttles
from tests.support import postgres

T = TypeVar("T")

PASSWORD = "a lantern over the harbour"


class Worker(msgspec.Struct):
    """A technician with an API token, and PASSWORD as password."""

    id: str
    email: str
    name: str
    token: str


class Office(msgspec.Struct):
    """A company with one portal."""

    database: Path | str
    company: str
    company_slug: str
    portal: str
    portal_id: str
    prefix: str

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do something to the database in one transaction."""
        return written(self.database, work)

    def worker(self, name: str, role: Role = "technician", also: tuple["Office", ...] = ()) -> Worker:
        """A technician with access to this company (and others)."""
        email = f"{name.lower()}.{secrets.token_hex(4)}@{self.company_slug}.example"
        token = secrets.token_hex(32)
        companies = frozenset({self.company, *(office.company for office in also)})

        def work(conn: Connection) -> str:
            technician_id = technicians.add(
                conn,
                email=email,
                name=name,
                public_name=f"{name} of support",
                role=role,
                password_hash=_hash(),
                now=now_ms(),
            )
            technicians.set_password(conn, technician_id, _hash(), one_time_since=None)
            technicians.set_access(conn, technician_id, companies)
            technicians.add_token(conn, technician_id, "test", hashlib.sha256(token.encode()).hexdigest(), now_ms())
            return technician_id

        return Worker(self.write(work), email, name, token)


Database = Path | str
"""An SQLite file, or the address of a PostgreSQL database."""


def written(database: Database, work: Callable[[Connection], T]) -> T:
    """One transaction beside the running server."""
    if isinstance(database, str):
        return postgres.written(database, work)
    with engine_for(database, write=True).connect() as conn, conn.begin():
        return work(conn)


def open_office(database: Database, settings: PortalSettings | None = None, name: str = "Acme") -> Office:
    """A new company with a portal. Wrong passwords of other tests are forgotten: they come from the same address."""
    mark = secrets.token_hex(4)
    slug = f"{name.lower()}-{mark}"
    prefix = f"T{mark.upper()}"

    def work(conn: Connection) -> tuple[str, str]:
        conn.execute(delete(throttles))
        company = portals.add_company(conn, slug, name, now_ms())
        return company, portals.add_portal(conn, company, slug, name, prefix, settings or PortalSettings(), now_ms())

    company, portal_id = written(database, work)
    return Office(database, company, slug, slug, portal_id, prefix)


@functools.cache
def _hash() -> str:
    """Hashing is slow on purpose: once is enough, and cheaply."""
    return argon2.PasswordHasher(memory_cost=8, time_cost=1, parallelism=1).hash(PASSWORD)
