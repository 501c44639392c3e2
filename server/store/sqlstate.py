"""PostgreSQL's errors: which go away when the same is tried again, and what they are called for clients."""

from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from server.errors import Busy, DeskwireError, StorageFull

IN_THE_WAY: Final = ("40001", "40P01", "55P03", "57014")
"""Serialization failure, deadlock, a lock that was not given in time, a statement that was stopped."""
UNIQUE: Final = "23505"
FOREIGN_KEY: Final = "23503"
FULL: Final = ("53100", "53200")
"""disk_full, out_of_memory."""
TOO_MANY: Final = ("53300", "57P03")
"""too_many_connections, cannot_connect_now (it starts or stops)."""
LOST: Final = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError)
"""A connection that broke, in the words of the system and of asyncpg (which time-outs are too)."""
GONE: Final = ("57P01", "57P02", "25P03", "08000", "08003", "08006")
"""Its connection was ended: by an administrator, by a crash, for being idle in a transaction, by the network."""


def driver_error(error: BaseException) -> BaseException:
    """What asyncpg said, below SQLAlchemy's wrapping of it (two layers in Core, one past it: prepared.py)."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    while error.__cause__ is not None and not isinstance(error, (asyncpg.PostgresError, *LOST)):
        error = error.__cause__
    return error


def state_of(error: BaseException) -> str:
    """SQLSTATE of an error, or an empty text."""
    return str(getattr(driver_error(error), "sqlstate", None) or "")


def taken(error: Exception) -> bool:
    """A key that somebody else took meanwhile, or that the unit itself took before its answer was lost."""
    return state_of(error) == UNIQUE


def again(error: Exception) -> bool:
    """Whether the same may succeed when it is tried once more: nothing of it has happened, or client_id tells."""
    if state_of(error) in IN_THE_WAY + TOO_MANY + GONE or isinstance(error, NoConnectionFree):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(driver_error(error), LOST)


def translated(error: Exception) -> Exception:
    """As a client should understand it; what no client can understand stays as it is."""
    if isinstance(error, DeskwireError):
        return error
    if state_of(error) in FULL:
        return StorageFull()
    if again(error):
        return Busy("The database does not answer; try again in a moment.")
    return error
