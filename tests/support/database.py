"""New SQLite databases by the hundred: migrated once, then copied."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from server.store import migrate


@functools.cache
def _migrated() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="deskwire-template-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    path = directory / "deskwire.db"
    migrate.upgrade(path)
    return path


def new_database(path: Path) -> None:
    """As ``migrate.upgrade`` leaves it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_migrated(), path)
