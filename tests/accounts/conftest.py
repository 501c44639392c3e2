"""A real SQLite store with accounts on it, and a clock that stands still until it is told to move."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from server.accounts.passwords import Passwords
from server.accounts.technicians import Session, Technicians
from server.bus.control import Control, SetupChanged, control_of
from server.desk.administration.roster import Roster
from server.settings import Settings
from server.store import migrate, portals
from server.store.base import Announcement
from server.store.sqlite import SqliteStore

EMAIL = "lena@example.com"
PASSWORD = "a quiet river in spring"
HOME = "198.51.100.7"
"""The network Lena signs in from."""
AWAY = "203.0.113.9"
"""Where somebody else guesses."""
START = 1_760_000_000_000


class Clock:
    """Milliseconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        self.now += round(1000 * (seconds + 60 * minutes + 3600 * hours))


class CountingPasswords(Passwords):
    """The real thing with cheap parameters; notes each hash that is computed."""

    def __init__(self, memory_kib: int = 8) -> None:
        super().__init__(memory_kib)
        self.verified: list[str] = []

    def _verify(self, stored: str, password: str) -> bool:
        self.verified.append(stored)
        return super()._verify(stored, password)


@dataclass
class Place:
    """Everything a test of accounts needs."""

    store: SqliteStore
    settings: Settings
    clock: Clock
    passwords: CountingPasswords
    technicians: Technicians
    roster: Roster
    announced: list[Announcement] = field(default_factory=list)

    async def sign_in(
        self, email: str = EMAIL, password: str = PASSWORD, code: str | None = None, address: str = HOME
    ) -> tuple[str, Session]:
        return await self.technicians.sign_in(email, password, code, address, "a browser")

    def controls(self) -> list[Control]:
        """What sockets were told of people, since the last call."""
        told = [control_of(one.frame) for one in self.announced]
        found: list[Control] = [one for one in told if one is not None and not isinstance(one, SetupChanged)]
        self.announced.clear()
        return found

    async def add(self, email: str, password: str = PASSWORD, companies: tuple[str, ...] = ()) -> str:
        """A technician who has chosen a password; returns the id."""
        once = await self.roster.add(email, email.partition("@")[0].title(), "Somebody", "technician", companies)
        _, session = await self.technicians.sign_in(email, once, None, "100.64.0.1", "set-up")
        await self.technicians.own.change_password(session.technician.id, session.hash, once, password)
        await self.technicians.sign_out(session)
        self.announced.clear()
        return session.technician.id


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Two companies, and Lena, who may see one of them."""
    settings = msgspec.structs.replace(Settings(), data_dir=str(tmp_path))
    migrate.upgrade(settings.database_path)
    announced: list[Announcement] = []
    store = SqliteStore(settings.database_path, announced.extend)
    clock, passwords = Clock(), CountingPasswords()
    technicians = Technicians(store, settings, clock, passwords)
    place = Place(store, settings, clock, passwords, technicians, Roster(store, clock, passwords), announced)
    for slug in ("acme", "globex"):
        await store.write(lambda tx, slug=slug: portals.add_company(tx.conn, slug, slug.title(), clock()))  # type: ignore[misc]
    await place.add(EMAIL, companies=("acme",))
    passwords.verified.clear()
    yield place
    await store.close()
