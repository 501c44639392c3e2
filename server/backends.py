"""Which database and which bus the settings ask for. With app.py the only place that names one."""

import asyncio

from server.bus.base import Bus
from server.bus.memory import MemoryBus
from server.settings import Settings
from server.store import installation, migrate, sqlite
from server.store.base import OnCommit, Store
from server.store.migrate import Standing


def open_store(settings: Settings, on_commit: OnCommit) -> Store:
    """The store; its tables must be there."""
    if settings.database_url:
        from server.store import postgres

        return postgres.PostgresStore(settings.database_url, on_commit)
    return sqlite.SqliteStore(settings.database_path, on_commit)


def open_bus(settings: Settings, keys: installation.Keys, epoch: str) -> Bus:
    """The bus; one over Redis begins to look for it."""
    if settings.redis_url:
        from server.bus.redis import RedisBus

        channels = keys.mac("bus channels")[:12]
        bus = RedisBus(settings.redis_url, key=keys.mac("bus"), installation=channels, epoch=epoch)
        bus.start()
        return bus
    return MemoryBus()


def standing(settings: Settings) -> Standing:
    """Where the database stands. Not from within an event loop."""
    if settings.database_url:
        from server.store import postgres

        return asyncio.run(postgres.standing(settings.database_url))
    return migrate.standing(settings.database_path)


def upgrade(settings: Settings) -> Standing:
    """Run the missing migrations; returns where the database stood before. Not from within an event loop."""
    if settings.database_url:
        from server.store import postgres

        return asyncio.run(postgres.upgrade(settings.database_url))
    return migrate.upgrade(settings.database_path)
