"""A desk on a real store, without sockets and without waiting: commands go in, announcements come out."""

import hashlib
import secrets
import uuid
from collections.abc import Awaitable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from server import backends
from server.accounts.customer_accounts import CustomerAccounts
from server.accounts.customers import Customers
from server.accounts.technicians import Technicians
from server.desk import opening
from server.desk.desk import Desk
from server.desk.hosts import Hosts
from server.desk.onlookers import Onlookers
from server.desk.opening import OpenedTicket, Source
from server.desk.slow_path import SlowPaths
from server.desk.translators import Translators
from server.desk.waiting import News, Waiting
from server.domain.devices import Device
from server.domain.people import Availability, Customer, Technician
from server.domain.portal import PortalSettings
from server.errors import DeskwireError
from server.protocol.rest import OpenTicket
from server.rates import rates_of
from server.settings import Settings
from server.store import installation, portals, presence, queues, tables, technicians
from server.store.base import Announcement, Store, Tx
from server.store.portals import PortalRecord
from server.store.presence import Seen
from server.store.sqlite import SqliteStore
from tests.support.database import new_database

START = 1_760_000_000_000
SOURCE = Source("192.0.2.1", "a browser", Device("linux", "Linux", "Firefox"))


class Clock:
    """Milliseconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


class Workshop:
    """``told``: what was announced since somebody last took it."""

    def __init__(self, desk: Desk, store: Store, clock: Clock, told: list[Announcement]) -> None:
        self.desk = desk
        self.store = store
        self.clock = clock
        self.told = told

    @classmethod
    async def open(cls, path: Path) -> "Workshop":
        """A new database in this directory."""
        settings = msgspec.structs.replace(Settings(), data_dir=str(path))
        new_database(settings.database_path)
        told: list[Announcement] = []
        return await cls.on(SqliteStore(settings.database_path, told.extend), settings, told)

    @classmethod
    async def on(cls, store: Store, settings: Settings, told: list[Announcement]) -> "Workshop":
        """Any store; ``told`` is what it announces to."""

        def prepare(tx: Tx) -> tuple[str, str]:
            installation.ensure(tx.conn)
            return installation.get(tx.conn, "epoch"), installation.get(tx.conn, "secret")

        epoch, secret = await store.write(prepare)
        clock = Clock()
        desk = Desk(
            settings=settings,
            store=store,
            technicians=Technicians(store, settings, clock),
            customers=(customers := Customers(store, settings, installation.Keys(secret), clock)),
            accounts=CustomerAccounts(store, customers, clock),
            clock=clock,
            epoch=epoch,
            rates=rates_of(settings),
            waiting=Waiting(nobody_listens, 0),
            slow_paths=SlowPaths(told.extend),
            filing=backends.open_filing(settings),
            translators=Translators(store, clock),
            hosts=Hosts(store),
            onlookers=Onlookers(store, 10, 10),
        )
        await desk.filing.parts.make_directory()
        return cls(desk, store, clock, told)

    async def close(self) -> None:
        await self.desk.filing.close()
        await self.store.close()

    def take(self) -> list[Announcement]:
        """What was announced since the last call."""
        told = list(self.told)
        self.told.clear()
        return told

    @property
    def lease_ms(self) -> int:
        """How long a technician counts as there."""
        return self.desk.settings.presence_seconds * 1000

    async def portal(self, name: str, **settings: Any) -> PortalRecord:
        """Of a new company of its own."""
        slug = f"{name.lower()}-{secrets.token_hex(4)}"

        def work(tx: Tx) -> str:
            company = portals.add_company(tx.conn, slug, name, self.clock())
            prefix = f"T{secrets.token_hex(5).upper()}"
            return portals.add_portal(tx.conn, company, slug, name, prefix, PortalSettings(**settings), self.clock())

        portal_id = await self.store.write(work)
        portal = await self.store.read(lambda conn: portals.by_id(conn, portal_id))
        if portal is None:
            raise LookupError(portal_id)
        return portal

    async def queue(self, queue_id: str) -> list[str]:
        """Who waits there, in turn."""

        def look(conn: Connection) -> list[str]:
            known = list(
                conn.execute(select(tables.tickets.c.id).where(tables.tickets.c.queue_id == queue_id)).scalars()
            )
            places = zip(queues.ahead(conn, known), known, strict=True)
            return [ticket for _place, ticket in sorted(one for one in places if one[0] is not None)]

        return await self.store.read(look)

    async def technician(self, name: str, *companies: str, available: bool = True) -> Technician:
        """A new account, of somebody who is there.

        Customers know it as "<name> of support"; "<name> Internal" must never reach them.
        """

        def work(tx: Tx) -> str:
            technician_id = technicians.add(
                tx.conn,
                email=f"{secrets.token_hex(6)}@example.com",
                name=f"{name} Internal",
                public_name=f"{name} of support",
                role="technician",
                password_hash="",
                now=self.clock(),
            )
            technicians.set_access(tx.conn, technician_id, frozenset(companies))
            state: Availability = "available" if available else "away"
            technicians.set_availability(tx.conn, technician_id, state)
            technicians.add_token(tx.conn, technician_id, "test", token_of(technician_id), self.clock())
            presence.come_back(tx.conn, technician_id, presence.now_ms(tx.conn, self.clock), self.lease_ms)
            return technician_id

        return await self.person(await self.store.write(work))

    def seen(self, technician_id: str, silent_ms: int = 0) -> Seen:
        """A console of this person is open."""
        return Seen(technician_id, token_of(technician_id), silent_ms)

    async def person(self, technician_id: str) -> Technician:
        """As the database knows this person now."""
        technician = await self.desk.technicians.technician(technician_id)
        if technician is None:
            raise LookupError(technician_id)
        return technician

    async def ticket(
        self,
        portal: PortalRecord,
        customer: Customer | None = None,
        words: str = "It will not print",
        client_id: str | None = None,
        name: str = "Ada Byron",
    ) -> OpenedTicket:
        """A ticket of this customer, or of a new one."""
        form = OpenTicket(client_id or str(uuid.uuid4()), "Printer offline", words, name=name)
        return await opening.open_ticket(self.desk, portal, customer, form, SOURCE)


def token_of(technician_id: str) -> str:
    """The hash of this person's API token."""
    return hashlib.sha256(technician_id.encode()).hexdigest()


def nobody_listens(topic: str) -> AbstractContextManager[News]:
    """There are no feeds here."""
    raise NotImplementedError(topic)


async def code_of(work: Awaitable[Any]) -> str:
    """The wire code of the refusal, or ``ok``."""
    try:
        await work
    except DeskwireError as error:
        return error.code
    return "ok"
