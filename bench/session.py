"""What one run of the benchmark shares: options, a folder, one PostgreSQL, one Valkey; and what it starts there."""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from bench.others import Echo, EmbeddedRelay, Relay
from bench.ours import Desk
from bench.target import Target
from tests.support.postgres import Postgres
from tests.support.valkey import Valkey

WORKERS = 2
T = TypeVar("T", bound=Target)


class Options(msgspec.Struct, frozen=True):
    """How much of everything: the short form, of about a quarter of an hour."""

    rate: float = 2_000
    """messages a second"""
    chats: int = 200
    seconds: float = 8
    """that are measured"""
    quiet: float = 10
    """seconds for what happens by itself: heartbeats come every 25 s, pings every 20"""
    warm: float = 3
    """seconds before either"""
    rounds: int = 2
    """of which the median counts"""
    sockets: int = 2_000
    """idle ones, and clients that are cut"""
    technicians: int = 200
    queue: tuple[int, ...] = (500, 50_000)
    """tickets in it"""
    mib: int = 256
    """of an upload"""
    open_chats: tuple[int, ...] = (10, 1_000)
    stored_tickets: tuple[int, ...] = (1_000, 50_000)
    events: int = 10
    """of each stored ticket"""


LONG = Options(
    seconds=20,
    quiet=30,
    warm=5,
    rounds=2,
    queue=(500, 5_000, 50_000),
    mib=1_024,
    open_chats=(10, 100, 1_000, 10_000),
    stored_tickets=(1_000, 10_000, 100_000, 1_000_000),
)


class Session:
    """One run."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._folder = Path(tempfile.mkdtemp(prefix="deskwire-bench-"))
        self._made = 0
        self._at_the_end = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._at_the_end.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def say(self, text: str) -> None:
        """To whoever waits."""
        print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)

    # --- what is behind servers -----------------------------------------------------------------------------------

    @cached_property
    def postgres(self) -> Postgres:
        """Of this run's own, with the settings that it comes with."""
        postgres = Postgres(own=True)
        self._at_the_end.callback(postgres.stop)
        return postgres

    @cached_property
    def valkey(self) -> Valkey:
        """Without persistence."""
        valkey = Valkey(self.folder()).start()
        self._at_the_end.callback(valkey.stop)
        return valkey

    def folder(self) -> Path:
        """A new one."""
        self._made += 1
        folder = self._folder / str(self._made)
        folder.mkdir()
        return folder

    # --- targets --------------------------------------------------------------------------------------------------

    def desk(self, workers: int = 1, **environment: str) -> Desk:
        """Deskwire: one process on SQLite, or several on PostgreSQL and Valkey. Settings besides, if any."""
        if workers == 1:
            return Desk(self.folder(), workers, **environment)
        behind = {"DESKWIRE_DATABASE_URL": self.postgres.migrated(), "DESKWIRE_REDIS_URL": self.valkey.url}
        return self._behind(Desk(self.folder(), workers, **behind, **environment))

    def echo(self) -> Echo:
        """One process."""
        return Echo(self.folder())

    def relay(self, module: str) -> Target:
        """The embedded one, or a plain or bare one with as many workers as Deskwire has."""
        if module == "embedded":
            return EmbeddedRelay(self.folder() / "relay")
        return self._behind(Relay(self.folder(), module, WORKERS, self.postgres.database(), self.valkey.url))

    def _behind(self, target: T) -> T:
        directory: Path | None = getattr(self.postgres, "directory", None)  # none of one that runs elsewhere
        if directory is not None:
            target.store = [int((directory / "postmaster.pid").read_text().split()[0])]
        target.broker = [int(self.valkey.admin.info()["process_id"])]
        return target

    @contextmanager
    def running(self, target: Target) -> Iterator[None]:
        """While it is looked at."""
        self.say(f"    {target.name}")
        target.start()
        try:
            yield
        finally:
            target.stop()
