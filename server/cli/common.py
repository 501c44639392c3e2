"""What commands share: settings, the database, and errors as sentences."""

import asyncio
import os
import sqlite3
import unicodedata
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final, NoReturn, TypeVar

import click
from sqlalchemy.exc import DBAPIError

from server import backends
from server import settings as settings_module
from server.errors import DeskwireError
from server.settings import PREFIX, Settings
from server.store import installation
from server.store.base import Announcement, Store
from server.store.migrate import Standing

T = TypeVar("T")

CONTROLS: Final = frozenset({"Cc", "Cs"})
LIBRARIES: Final = "Run scripts/setup, or: pip install --no-deps --require-hashes -r requirements.lock"
"""How the libraries for translating get in; the extra by itself brings 3 GB of CUDA along."""
"""Categories of Unicode: control characters, and halves of characters, which no terminal can be sent."""


def fail(sentence: str) -> NoReturn:
    """End the command with exit code 1."""
    raise click.ClickException(sentence)


def load_settings(**overrides: str | None) -> Settings:
    """Settings; what the command line says is put into the environment, where the server's workers read it too."""
    for name, value in overrides.items():
        if value is not None:
            os.environ[PREFIX + name.upper()] = value
    try:
        settings = settings_module.load()
        backends.check_bus(settings)
    except DeskwireError as error:
        fail(error.message)
    return settings


def prepare(settings: Settings) -> Standing:
    """Data directory, tables, the installation's secret; returns where the database stood before."""
    make_data_dir(settings)
    with explained(settings):
        refuse_newer(settings, backends.standing(settings))
        before = backends.upgrade(settings)
    run(settings, _ensure_installation)
    return before


def make_data_dir(settings: Settings) -> None:
    """Open to this user only: it holds what customers wrote."""
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        fail(f"The data directory {settings.data} cannot be made: {error.strerror}.")


def await_database(settings: Settings, tell: Callable[[str], None] | None = None) -> None:
    """For a server that starts together with its database: wait, say so, and end when it does not come."""
    with explained(settings):
        backends.await_database(settings, tell or (lambda line: click.echo(f"deskwire: {line}", err=True)))


def check_schema(settings: Settings, patience_s: float = 0) -> None:
    """Fail, with the command to run, unless the database is exactly what this program works with."""
    with explained(settings):
        standing = backends.standing(settings, patience_s)
    if standing.current is None and (settings.database_url or not settings.database_path.exists()):
        where = settings.database if settings.database_url else settings.data
        fail(f"There is no database in {where} yet. Make one with 'deskwire migrate', or try 'deskwire demo'.")
    refuse_newer(settings, standing)
    if not standing.ready:
        fail(
            f"The database {settings.database} is behind this Deskwire (revision {standing.current or 'none'}, needed"
            f" {standing.head}). Make a backup, then run 'deskwire migrate'."
        )


def refuse_newer(settings: Settings, standing: Standing) -> None:
    """An older program would not understand what a newer one has written."""
    if not standing.known:
        fail(
            f"The database {settings.database} is of a newer Deskwire (revision {standing.current}; this one knows"
            f" {standing.head}). Install that version again, or restore a backup made before the upgrade."
        )


def run(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    """Do some work on the database, whether a server runs on it or not."""

    async def main() -> T:
        store = backends.open_store(settings, _nobody_listens)
        try:
            return await work(store)
        finally:
            await store.close()

    with explained(settings):
        return asyncio.run(main())


@contextmanager
def explained(settings: Settings) -> Iterator[None]:
    """Turns the errors that one can expect of a database into sentences."""
    try:
        yield
    except DeskwireError as error:
        fail(error.message)
    except (DBAPIError, sqlite3.Error, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        fail(f"The database {settings.database} cannot be used: {cause}. 'deskwire doctor' looks closer.")
    except UnicodeEncodeError as error:  # bytes of a command line that are no UTF-8
        fail(f"{error.object!r} is not text in UTF-8.")


async def _ensure_installation(store: Store) -> None:
    await store.write(lambda tx: installation.ensure(tx.conn))


def _nobody_listens(_: list[Announcement]) -> None:
    """A command has no sockets to tell."""


def ready() -> Settings:
    """Settings of an installation whose database fits this program."""
    settings = load_settings()
    check_schema(settings)
    return settings


def print_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Columns as wide as they need."""
    if not rows:
        click.echo("None yet.")
        return
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        click.echo(visible("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()))


def visible(text: str) -> str:
    """What people called things, for a terminal, which would obey control characters in it."""
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) in CONTROLS else char for char in text)
