"""Backends that a Store promise is checked against: add one here, and every test of the contract runs on it too."""

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import func, select

from server.domain.portal import PortalSettings
from server.store import customers, migrate, portals, sqlite, tickets
from server.store.base import Announcement, OnCommit, Store, Tx
from server.store.sqlite import SqliteStore
from server.store.tables import installation


class Backend(Protocol):
    """A database with this program's tables in it, and the bad things that can happen to it."""

    def open(self, on_commit: OnCommit) -> Store:
        """A store on it."""
        ...

    async def fill(self, store: Store) -> None:
        """From now on there is no room for anything new."""
        ...

    async def make_room(self, store: Store) -> None:
        """There is room again."""
        ...

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """Another process keeps everybody from writing."""
        ...


class Sqlite:
    """A file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        migrate.upgrade(path)

    def open(self, on_commit: OnCommit) -> Store:
        return SqliteStore(self.path, on_commit)

    async def fill(self, store: Store) -> None:
        await store.write(lambda tx: _limit_pages(tx, spare=0))

    async def make_room(self, store: Store) -> None:
        await store.write(lambda tx: _limit_pages(tx, spare=10_000))

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        script = (
            "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None);"
            "db.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()"
        )
        command = [sys.executable, "-c", script, str(self.path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            try:
                if other.stdout is None or other.stdout.readline().strip() != b"locked":
                    raise RuntimeError("the other process did not get the lock")
                yield
            finally:
                other.kill()


def _limit_pages(tx: Tx, spare: int) -> None:
    """SQLite's own way to run out of room: the same error as a full disk."""
    pages = tx.conn.exec_driver_sql("PRAGMA page_count").scalar_one()
    tx.conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + spare}")


class Told:
    """What a store announced, in order."""

    def __init__(self) -> None:
        self.announcements: list[Announcement] = []

    def __call__(self, announcements: list[Announcement]) -> None:
        self.announcements += announcements

    @property
    def topics(self) -> list[str]:
        return [told.topic for told in self.announcements]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits 5 s for a lock that will not be given back."""
    monkeypatch.setattr(sqlite, "BUSY_MS", 100)


@pytest.fixture(params=["sqlite"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    """Each kind of database in turn."""
    return {"sqlite": Sqlite}[request.param](tmp_path / "deskwire.db")


@pytest.fixture
def told() -> Told:
    """Everything that was announced."""
    return Told()


@pytest.fixture
async def store(backend: Backend, told: Told) -> AsyncIterator[Store]:
    """A store that announces to ``told``."""
    opened = backend.open(told)
    yield opened
    await opened.close()


def put(tx: Tx, name: str, filler: str = "") -> str:
    """The smallest write there is; it remembers its place and announces its name."""
    place = tx.conn.execute(select(func.count()).select_from(installation)).scalar_one()
    tx.conn.execute(installation.insert().values(name=name, value=f"{place:09}{filler}"))
    tx.announce(name, 1, b"{}")
    return name


async def names(store: Store) -> list[str]:
    """What ``put`` has written, in the order in which it was stored."""
    return await store.read(
        lambda conn: list(conn.execute(select(installation.c.name).order_by(installation.c.value)).scalars())
    )


def a_ticket(tx: Tx, slug: str) -> tuple[str, str]:
    """(company, ticket): a company with a portal, a customer and a ticket without events."""
    company = portals.add_company(tx.conn, slug, slug.title(), 0)
    portal_id = portals.add_portal(tx.conn, company, slug, slug.title(), slug.upper(), PortalSettings(), 0)
    portal = portals.by_id(tx.conn, portal_id)
    if portal is None:
        raise LookupError(portal_id)
    customer = customers.add(tx.conn, company, portal_id, "Ada", None, None, 0)
    ticket = tickets.insert(
        tx.conn,
        0,
        company_id=company,
        portal_id=portal_id,
        queue_id=portal.queue_id,
        customer_id=customer.id,
        key_prefix=portal.key_prefix,
        key_no=portals.next_key_no(tx.conn, portal.key_prefix),
        client_id="one",
        client_hash="",
        subject="Printer offline",
        customer_name="Ada",
        customer_sort="ada",
        verified=False,
        ip="",
        user_agent="",
        device_class="desktop",
        os="",
        browser="",
    )
    return company, ticket


def rows_of(path: Path, query: str) -> list[tuple[object, ...]]:
    """What somebody else finds in the file."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        return list(db.execute(query))
