"""What happens to a disk while something is written to it: said of that place, not of what is copied there."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from server.cli.common import fail

FULL: Final = (errno.ENOSPC, errno.EDQUOT)


def try_out(path: Path, what: str) -> None:
    """A file of this name can be made, where there is none; ends the command where not."""
    try:
        path.unlink(missing_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        path.unlink()
    except OSError as error:
        fail(f"{what} cannot be written: {error.strerror}.")


@contextmanager
def needed(what: str) -> Iterator[None]:
    """Ends the command where there is not enough; other errors pass."""
    try:
        yield
    except (sqlite3.Error, DBAPIError, OSError) as error:
        if full(error):
            fail(f"{what} cannot be written: the disk is full.")
        raise


def full(error: BaseException) -> bool:
    """Whether this is why; the driver's words are wrapped."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return isinstance(cause, OSError) and cause.errno in FULL
