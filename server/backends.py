"""Which database, bus, storage and translator the settings ask for. With app.py the only place that names one."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from server.bus.base import Bus
from server.bus.memory import MemoryBus
from server.clock import now_ms
from server.errors import BadInput
from server.settings import Settings
from server.store import archive, installation, migrate, sqlite
from server.store.base import OnCommit, Store
from server.store.migrate import Standing
from server.tasks import Tasks
from server.uploads.checks import Checks
from server.uploads.disk import Disk
from server.uploads.filing import Filing
from server.uploads.images import Pictures
from server.uploads.local import LocalStorage
from server.uploads.parts import Parts
from server.uploads.scan import Scanner
from server.uploads.storage import Storage

if TYPE_CHECKING:  # asyncpg is needed by those who use PostgreSQL, the rest by those who translate
    from server.desk.interpreting import Interpreter
    from server.store.postgres import Pools
    from server.translation.base import Translator


def open_store(settings: Settings, on_commit: OnCommit) -> Store:
    """The store; its tables must be there."""
    if settings.database_url:
        from server.store import postgres

        return postgres.PostgresStore(settings.database_url, on_commit, pools(settings))
    return sqlite.SqliteStore(settings.database_path, on_commit)


def open_store_aside(settings: Settings, on_commit: OnCommit) -> Store:
    """The store of a process that serves nobody: few connections, and if it hangs nobody waits for it for long."""
    if settings.database_url:
        from server.store import postgres, probe

        few = postgres.Pools(kept=probe.ASIDE, appending=1, idle_s=probe.ASIDE_IDLE_S)
        return postgres.PostgresStore(settings.database_url, on_commit, few)
    return sqlite.SqliteStore(settings.database_path, on_commit)


def open_filing(settings: Settings) -> Filing:
    """Where files are and what looks at them; nothing of it works before it is asked to."""
    disk = Disk()
    scanner = Scanner(settings.clamd, disk) if settings.clamd else None
    return Filing(
        disk=disk,
        parts=Parts(settings.files / "incoming", disk, settings.min_free_mib),
        checks=Checks(disk, Pictures(), scanner, hold=settings.scanner_down == "hold"),
        storage=open_storage(settings, disk),
        tasks=Tasks(),
    )


def open_storage(settings: Settings, disk: Disk) -> Storage:
    """The storage of files."""
    if settings.storage_url:
        from server.uploads.s3 import S3Storage

        return S3Storage(settings.storage_url)
    return open_directory(settings.files, disk)


def open_directory(directory: Path, disk: Disk) -> Storage:
    """Files in a directory: the storage of one host, or a copy of any."""
    return LocalStorage(directory, disk)


def open_translator(settings: Settings) -> "Translator | None":
    """What translates on this host; it starts nothing before it is started. None: not here, or not installed."""
    from server.translation.base import Options, available

    if not settings.translators or not available():
        return None
    from server.translation.engine import Engine

    options = Options(
        workers=settings.translators,
        beam=settings.translation_beam,
        threads=settings.translation_threads,
        memory_mib=settings.translation_memory_mib,
        nice=settings.translation_nice,
        queue=settings.translation_queue,
        deadline_seconds=settings.translation_deadline_seconds,
    )
    return Engine(settings.translation_packages, options)


def can_translate(settings: Settings) -> bool:
    """Whether something would be translated on this host: it is meant to, and a language pair is installed."""
    from server.translation.base import available

    installed = any(settings.translation_packages.glob("*/metadata.json"))
    return bool(settings.translators) and installed and available()


def open_interpreter(
    settings: Settings, store: Store, translator: "Translator", hears: Callable[[], bool]
) -> "Interpreter":
    """What gives it work; run its loops. ``hears``: whether other processes are heard now."""
    from server.desk.interpreting import AT_A_LOOK, Interpreter

    return Interpreter(
        store,
        now_ms,
        translator,
        host=socket.gethostname(),
        can=partial(can_translate, settings),
        hears=hears,
        at_once=AT_A_LOOK * settings.translators,
    )


def pools(settings: Settings) -> "Pools":
    """Connections to PostgreSQL that the settings give each process."""
    from server.store.postgres import Pools

    return Pools(
        kept=settings.database_connections,
        appending=settings.database_append_connections,
    )


def await_database(settings: Settings, tell: Callable[[str], None]) -> None:
    """Wait until PostgreSQL answers, and see that all workers' connections fit. Raises Busy, BadInput.

    SQLite is a file: nothing to wait for. Not from within an event loop.
    """
    if not settings.database_url:
        return
    from server.store import probe

    facts = probe.patiently(lambda: probe.facts(settings.database_url), settings.database_wait_seconds, tell)
    found = asyncio.run(facts)
    own = pools(settings)
    too_few = probe.shortage(found, own, settings.workers)
    if too_few:
        raise BadInput(too_few)
    tell(
        f"PostgreSQL {found.version_text} takes {found.max_connections} connections;"
        f" {probe.crew(settings.workers)} use up to {probe.processes(settings.workers) * own.most}."
    )


def open_bus(settings: Settings, keys: installation.Keys, epoch: str) -> Bus:
    """The bus; one over Redis begins to look for it."""
    if settings.redis_url:
        from server.bus.redis import RedisBus

        bus = RedisBus(settings.redis_url, key=keys.mac("bus"), installation=name_on_bus(keys), epoch=epoch)
        bus.start()
        return bus
    return MemoryBus()


def check_bus(settings: Settings) -> None:
    """The address of the bus could be one. Raises BadInput; whether anybody answers there is not asked."""
    if settings.redis_url:
        from server.bus import redis

        redis.check(settings.redis_url)


def name_on_bus(keys: installation.Keys) -> str:
    """The installation among those that share a Redis."""
    return keys.mac("bus channels")[:12]


def archive_to(settings: Settings, file: Path) -> archive.Manifest:
    """Everything in a PostgreSQL database, as it is at one moment. Not from within an event loop."""
    from server.store import postgres

    return asyncio.run(postgres.on_snapshot(settings.database_url, lambda conn: archive.write(conn, file)))


def replace_by(settings: Settings, kept: str, work: Callable[[Connection], None]) -> bool:
    """Other tables in the place of those of a PostgreSQL database; see postgres.replace."""
    from server.store import postgres

    return asyncio.run(postgres.replace(settings.database_url, kept, work))


def standing(settings: Settings, patience_s: float = 0) -> Standing:
    """Where the database stands; PostgreSQL may take so long to say it. Not from within an event loop."""
    if not settings.database_url:
        return migrate.standing(settings.database_path)
    from server.store import postgres, probe

    def ask() -> Coroutine[Any, Any, Standing]:
        return postgres.standing(settings.database_url)

    return asyncio.run(probe.patiently(ask, patience_s, lambda _line: None) if patience_s else ask())


def upgrade(settings: Settings) -> Standing:
    """Run the missing migrations; returns where the database stood before. Not from within an event loop."""
    if settings.database_url:
        from server.store import postgres

        return asyncio.run(postgres.upgrade(settings.database_url))
    return migrate.upgrade(settings.database_path)
