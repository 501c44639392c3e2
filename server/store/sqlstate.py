"""PostgreSQL's errors: which go away when the same is tried again, and what they are called for clients."""

from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from server.errors import Busy, DeskwireError, StorageFull

IN_THE_WAY: Final = ("40001", "40P01", "55P03", "57014")
"""Serialization failure, deadlock, a lock that was not given in time, a statement that was stopped."""
UNIQUE: Final = "23505"
FULL: Final = ("53100", "53200")
"""disk_full, out_of_memory."""
TOO_MANY: Final = ("53300", "57P03")
"""too_many_connections, cannot_connect_now (it starts or stops)."""
GONE: Final = ("57P01", "57P02", "25P03", "08000", "08003", "08006")
"""Its connection was ended: by an administrator, by a crash, for being idle in a transaction, by the network."""


def state_of(error: BaseException) -> str:
    """SQLSTATE of an error, or an empty text."""
    origin = getattr(error, "orig", None) or error
    return str(getattr(origin, "sqlstate", None) or getattr(origin, "pgcode", None) or "")


def taken(error: Exception) -> bool:
    """A key that somebody else took meanwhile, or that the unit itself took before its answer was lost."""
    return isinstance(error, (IntegrityError, asyncpg.UniqueViolationError)) and state_of(error) == UNIQUE


def again(error: Exception) -> bool:
    """Whether the same may succeed when it is tried once more: nothing of it has happened, or client_id tells."""
    if state_of(error) in IN_THE_WAY + TOO_MANY + GONE:
        return True
    if isinstance(error, (OSError, NoConnectionFree, asyncpg.InterfaceError, asyncpg.PostgresConnectionError)):
        return True
    if isinstance(error, DBAPIError):
        return (
            error.connection_invalidated
            or isinstance(error.orig, (OSError, asyncpg.InterfaceError))
            or (isinstance(error, (InterfaceError, OperationalError)) and not state_of(error))
        )
    return False


def translated(error: Exception) -> Exception:
    """As a client should understand it; what no client can understand stays as it is."""
    if isinstance(error, DeskwireError):
        return error
    if state_of(error) in FULL:
        return StorageFull()
    if again(error):
        return Busy("The database does not answer; try again in a moment.")
    return error
