"""Which database and which bus the settings ask for. With app.py the only place that names one."""

import asyncio

from server.settings import Settings
from server.store import migrate, sqlite
from server.store.base import OnCommit, Store
from server.store.migrate import Standing


def open_store(settings: Settings, on_commit: OnCommit) -> Store:
    """The store; its tables must be there."""
    if settings.database_url:
        from server.store import postgres

        return postgres.PostgresStore(settings.database_url, on_commit)
    return sqlite.SqliteStore(settings.database_path, on_commit)


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
