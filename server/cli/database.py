"""``deskwire migrate``, ``backup`` and ``restore``: the database as a whole."""

import sqlite3
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Connection

from server import backends
from server.cli import lock, room, sent_files
from server.cli.common import check_schema, explained, fail, load_settings, make_data_dir, prepare, run
from server.errors import DeskwireError
from server.settings import Settings
from server.store import archive, files, installation, migrate, sqlite
from server.store import technicians as table
from server.uploads.disk import sync

MIB = 1024 * 1024
END_OF_TIME_MS = 2**62
DIRECTORY = click.Path(path_type=Path, file_okay=False)


@click.command("migrate")
def migrate_command() -> None:
    """Make the database, or bring it to this version's tables."""
    settings = load_settings()
    before = prepare_offline(settings)
    if before.current is None:
        click.echo(f"Made the database {settings.database} (revision {before.head}).")
    elif before.ready:
        click.echo(f"The database {settings.database} is up to date (revision {before.head}).")
    else:
        click.echo(f"The database {settings.database} went from revision {before.current} to {before.head}.")


def prepare_offline(settings: Settings) -> migrate.Standing:
    """Bring the database up to date; not under a server that works with the old tables."""
    make_data_dir(settings)
    with explained(settings):
        ready = backends.standing(settings).ready
    with ExitStack() as stack:
        if not ready:
            stack.enter_context(lock.take(settings, "to change its tables"))
        return prepare(settings)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--files", "directory", type=DIRECTORY, help="Copy what people sent into this directory, too.")
def backup(file: Path, directory: Path | None) -> None:
    """Copy the database into FILE while the server runs.

    With --files also what people sent, from the directory or bucket where it is, into DIRECTORY. Use the same one
    again: files never change, so only new ones are copied.
    """
    settings = load_settings()
    check_schema(settings)
    if file.exists():
        fail(f"{file} exists already; a backup is never written over. Choose another name.")
    if not file.parent.is_dir():
        fail(f"There is no directory {file.parent}.")
    part = file.with_name(f"{file.name}.part")
    room.try_out(part, f"The backup {file}")
    try:
        with explained(settings), room.needed(f"The backup {file}"):
            if settings.database_url:
                backends.archive_to(settings, part)
                archive.check(part)
            else:
                sqlite.backup(settings.database_path, part)
        if not settings.database_url:
            _check_integrity(part, f"The copy of {settings.database}")
        sync(part)
        part.rename(file)
        sync(file.parent)
    except OSError as error:
        fail(f"The backup {file} cannot be written: {error.strerror}.")
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"Backed up {settings.database} to {file}: {file.stat().st_size / MIB:.1f} MiB, checked.")
    if directory is not None:
        sent_files.copy_out(settings, directory)
    elif sent := _files(settings):
        click.echo(f"Not in it: {sent}. Copy them now, after the database: 'backup FILE --files DIRECTORY' does it.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--files", "directory", type=DIRECTORY, help="Copy what people sent back from this directory, too.")
def restore(file: Path, directory: Path | None) -> None:
    """Put a backup into the place of the database. The server must be stopped."""
    settings = load_settings()
    if not file.is_file():
        fail(f"There is no file {file}.")
    if directory is not None and not directory.is_dir():
        fail(f"There is no directory {directory}.")
    if file.resolve() == settings.database_path.resolve():
        fail("This file is the database itself.")
    make_data_dir(settings)
    with lock.take(settings, "to restore a backup"):
        fresh = settings.data / "deskwire.db.restoring"
        _remove(fresh)
        bring = _restore_postgres if settings.database_url else _restore_file
        try:
            with explained(settings), room.needed(str(fresh)):
                kept = bring(settings, file, fresh)
        finally:
            _remove(fresh)
        click.echo(f"Restored {file} to {settings.database}. Everybody has to sign in again.")
        if kept is not None:
            click.echo(f"The database that was there is kept as {kept}; delete it when you are sure.")
        if directory is not None:
            sent_files.copy_back(settings, directory)
    if directory is None and (sent := _files(settings)):
        click.echo(f"It speaks of {sent}: put your copy of them back there.")


def _files(settings: Settings) -> str:
    """Files that people sent, and where they are; empty when there are none."""
    count, size = run(settings, lambda store: store.read(files.total))
    where = settings.storage_url or str(settings.files)
    return f"{count} files that people sent ({size / MIB:.1f} MiB), in {where}" if count else ""


def _restore_file(settings: Settings, file: Path, fresh: Path) -> str | None:
    _bring_in(file, fresh)
    _start_afresh(fresh)
    kept = _put_aside(settings.database_path)
    fresh.rename(settings.database_path)
    sync(settings.data)
    return str(kept) if kept else None


def _restore_postgres(settings: Settings, file: Path, fresh: Path) -> str | None:
    """An archive, or a backup of an SQLite installation that moves to PostgreSQL."""
    if not archive.is_archive(file):
        _bring_in(file, fresh)
        file = fresh.with_name(f"{fresh.name}.zip")
        file.unlink(missing_ok=True)
        with sqlite.engine_for(fresh, write=False).begin() as conn:
            archive.write(conn, file)
    try:
        manifest = _checked(file)
        kept = f"deskwire_replaced_{datetime.now(UTC):%Y%m%d_%H%M%S}"

        def work(conn: Connection) -> None:
            archive.load(conn, file, manifest)
            migrate.to(conn, migrate.HEAD)
            _renew(conn)

        replaced = backends.replace_by(settings, kept, work)
    finally:
        fresh.with_name(f"{fresh.name}.zip").unlink(missing_ok=True)
    return f"schema {kept}" if replaced else None


def _checked(file: Path) -> archive.Manifest:
    """An archive that this program can work with."""
    try:
        manifest = archive.check(file)
    except DeskwireError as error:
        fail(error.message)
    _refuse_foreign(file, migrate.standing_of(manifest.revision))
    return manifest


def _bring_in(file: Path, fresh: Path) -> None:
    """A checked copy of the backup that this program can work with, in one SQLite file."""
    if archive.is_archive(file):
        manifest = _checked(file)
        with sqlite.engine_for(fresh, write=True).begin() as conn:
            archive.load(conn, file, manifest)
        migrate.upgrade(fresh)
        return
    try:
        sqlite.backup(file, fresh)
    except sqlite3.Error as error:
        if room.full(error):
            raise
        fail(f"{file} is damaged or no database: {error}.")
    _check_integrity(fresh, str(file))
    _refuse_foreign(file, migrate.standing(fresh))
    migrate.upgrade(fresh)


def _refuse_foreign(file: Path, standing: migrate.Standing) -> None:
    if not standing.known:
        fail(f"{file} is of a newer Deskwire (revision {standing.current}; this one knows {standing.head}).")
    if standing.current is None:
        fail(f"{file} is not a backup of Deskwire.")


def _renew(conn: Connection) -> None:
    installation.ensure(conn)
    # what clients remember may be ahead of this database: they must start afresh
    installation.new_epoch(conn)
    # a session that was ended after the backup must not come back to life
    table.forget_sessions(conn, expired_at=END_OF_TIME_MS, seen_before=0)


def _start_afresh(fresh: Path) -> None:
    with sqlite.engine_for(fresh, write=True).begin() as conn:
        _renew(conn)
    with closing(sqlite3.connect(fresh)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
    fresh.chmod(0o600)
    sync(fresh)


def _check_integrity(path: Path, what: str) -> None:
    try:
        with closing(sqlite3.connect(path)) as conn:
            problems = [row[0] for row in conn.execute("PRAGMA integrity_check(5)")]
    except sqlite3.Error as error:
        problems = [str(error)]
    if problems != ["ok"]:
        fail(f"{what} is damaged: {'; '.join(problems)}.")


def _put_aside(database: Path) -> Path | None:
    """Rename the present database, with what its log may hold; SQLite finds the log by the name."""
    if not database.exists():
        return None
    kept = database.with_name(f"{database.name}.replaced-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    for ending in ("", "-wal", "-shm"):
        part = database.with_name(database.name + ending)
        if part.exists():
            part.rename(kept.with_name(kept.name + ending))
    return kept


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
