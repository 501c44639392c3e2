"""What PostgreSQL's errors become: told as what they are, tried again, or left alone."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from server.errors import Busy, Refused, StorageFull
from server.store.sqlstate import again, taken, translated


class Origin(Exception):
    """An error as SQLAlchemy's driver hands it on."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def wrapped(sqlstate: str) -> DBAPIError:
    return DBAPIError("SELECT 1", None, Origin(sqlstate))


PASSING = {
    "a deadlock": wrapped("40P01"),
    "a serialization failure": wrapped("40001"),
    "a lock not given": wrapped("55P03"),
    "an ended connection": wrapped("57P01"),
    "a crashed server": wrapped("57P02"),
    "a server that starts": wrapped("57P03"),
    "no connection left on the server": asyncpg.TooManyConnectionsError("too many"),
    "no connection left in the pool": NoConnectionFree("QueuePool limit"),
    "a connection refused": ConnectionRefusedError(),
    "a socket that is not there": FileNotFoundError(2, "no such file"),
    "a statement that took too long": TimeoutError(),
    "a connection in disorder": DBAPIError("x", None, asyncpg.InternalClientError("cannot switch to state 12")),
    "a connection lost in the middle": asyncpg.ConnectionDoesNotExistError("closed"),
    "a dead connection in the pool": DBAPIError("x", None, Origin(""), connection_invalidated=True),
}
LASTING = {
    "a bug": ZeroDivisionError(),
    "bad SQL": wrapped("42601"),
    "a missing table": wrapped("42P01"),
    "a key that points nowhere": IntegrityError("x", None, Origin("23503")),
    "a wrong password": asyncpg.InvalidPasswordError("no"),
}


@pytest.mark.parametrize("error", PASSING.values(), ids=PASSING.keys())
def test_what_passes_is_tried_again_and_then_busy(error: Exception) -> None:
    assert again(error)
    assert isinstance(translated(error), Busy)


@pytest.mark.parametrize("error", LASTING.values(), ids=LASTING.keys())
def test_what_stays_is_not_tried_again(error: Exception) -> None:
    assert not again(error)
    assert translated(error) is error


@pytest.mark.parametrize("sqlstate", ["53100", "53200"])
def test_a_full_disk_has_a_name_and_is_not_tried_again(sqlstate: str) -> None:
    assert not again(wrapped(sqlstate))
    assert isinstance(translated(wrapped(sqlstate)), StorageFull)
    assert isinstance(translated(asyncpg.DiskFullError("full")), StorageFull)


def test_a_key_that_is_taken_is_known() -> None:
    assert taken(IntegrityError("x", None, Origin("23505")))
    assert not taken(IntegrityError("x", None, Origin("23503")))


def test_our_own_errors_stay_what_they_are() -> None:
    error = Refused("some_rule", "No.")
    assert translated(error) is error
