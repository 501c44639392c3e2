"""One server per data directory: a lock that the system lets go of by itself when the process ends, however it ends."""

import contextlib
import fcntl
import os
import time
from pathlib import Path
from typing import Final, TextIO

from server.cli.common import fail
from server.settings import Settings

PATIENCE_S: Final = 1.0


def path(settings: Settings) -> Path:
    """The lock file; its text is the process id, for people."""
    return settings.data / "deskwire.lock"


def take(settings: Settings, purpose: str) -> TextIO:
    """Hold the data directory until the file is closed; ends the command where a server runs on it.

    Workers get the open file too: the directory is held until the last of them has ended.
    """
    try:
        file = path(settings).open("a+")
    except OSError as error:
        fail(f"{path(settings)} cannot be written: {error.strerror}. Run this as the user that runs Deskwire.")
    if not _lock(file):
        file.seek(0)
        holder = file.read().strip() or "?"
        file.close()
        fail(f"Deskwire runs on {settings.data} already (process {holder}). Stop it first {purpose}.")
    with contextlib.suppress(OSError):  # a full disk: it is locked all the same, and no name is better than an old one
        file.truncate(0)
        os.write(file.fileno(), f"{os.getpid()}\n".encode())
    return file


def _lock(file: TextIO) -> bool:
    """Asks for a second: the doctor holds the lock for a moment to see whether somebody else does."""
    last_try = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > last_try:
                return False
            time.sleep(0.05)
        else:
            return True


def running(settings: Settings) -> bool:
    """Whether a server (or restore) holds the data directory. Raises OSError where this user may not look."""
    try:
        with path(settings).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
