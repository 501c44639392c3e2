"""The installation's secret, by which the doctor shows the server who asks."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from server import backends
from server.errors import DeskwireError
from server.settings import Settings
from server.store import installation, sqlite

T = TypeVar("T")


def installation_secret(settings: Settings) -> str:
    """Empty where there is no database yet, or none that answers; other checks say so."""
    try:
        if not backends.standing(settings).ready:
            return ""
        return read(settings, lambda conn: installation.get(conn, "secret"))
    except (DeskwireError, DBAPIError, sqlite3.Error, OSError, KeyError):
        return ""


def read(settings: Settings, query: Callable[[Connection], T]) -> T:
    """Ask the database, whichever it is."""
    if settings.database_url:
        from server.store import postgres

        return asyncio.run(postgres.on_snapshot(settings.database_url, query))
    with sqlite.engine_for(settings.database_path, write=False).begin() as conn:
        return query(conn)
