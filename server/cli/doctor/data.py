"""Data directory, disk, database, accounts, files with secrets."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from server.cli.doctor.finding import AS_ITS_USER, Finding, bad, ok, warn
from server.errors import DeskwireError
from server.settings import FILE_VARIABLE, Settings
from server.store import migrate, portals, sqlite
from server.store import technicians as table

CLOCK_SECONDS = 2.0
"""A file that was just written may be this far from our own clock."""
SECRET = 0o077
"""Nobody else may have any of these permissions."""


def check(settings: Settings) -> list[Finding]:
    """All of them; without a directory there is nothing more to look at."""
    directory = settings.data
    if not directory.is_dir():
        return [bad("data directory", f"{directory} does not exist", "Make it with 'deskwire migrate'.")]
    database = [] if settings.database_url else list(_database(settings))  # else: doctor/postgres.py
    return [*_directory(directory), _disk(settings), *database, *_secrets(settings)]


def _directory(directory: Path) -> Iterator[Finding]:
    try:
        with tempfile.NamedTemporaryFile(dir=directory, prefix="doctor-") as file:
            file.write(b"deskwire")
            file.flush()
            os.fsync(file.fileno())
            drift = abs(Path(file.name).stat().st_mtime - time.time())
    except OSError as error:
        yield bad(
            "data directory",
            f"{directory} cannot be written: {error.strerror}",
            f"{AS_ITS_USER}\nIf this is that user, give the directory to it: chown -R {os.geteuid()} {directory}",
        )
        return
    yield _private("data directory", directory, "700")
    if drift > CLOCK_SECONDS:
        yield warn(
            "clock",
            f"the file system is {drift:.0f} s away from this machine's clock",
            "Is the directory on another machine? Let both follow a time server (timedatectl set-ntp true).",
        )
    else:
        yield ok("clock", f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())} UTC, like the file system's")


def _disk(settings: Settings) -> Finding:
    free = sqlite.free_mib(settings.data)
    text = f"{free:,} MiB free"
    if free < settings.min_free_mib:
        return bad("disk", text, f"Make room: below {settings.min_free_mib} MiB (min_free_mib) writing may fail.")
    if free < 10 * settings.min_free_mib:
        return warn("disk", text, "Make room soon.")
    return ok("disk", text)


def _database(settings: Settings) -> Iterator[Finding]:
    path = settings.database_path
    try:
        exists = path.exists()
        usable = os.access(path, os.R_OK | os.W_OK)
    except OSError:  # in a directory that is somebody else's
        exists, usable = True, False
    if exists and not usable:
        yield bad("database", f"{path} is not this user's to read and write", AS_ITS_USER)
        return
    if not exists:
        yield bad("database", f"{path} does not exist", "Make it with 'deskwire migrate', or try 'deskwire demo'.")
        return
    yield _private("database file", path, "600")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
            problems = [str(row[0]) for row in conn.execute("PRAGMA quick_check(5)")]
            journal = str(conn.execute("PRAGMA journal_mode").fetchone()[0])
        standing = migrate.standing(path)
    except (sqlite3.Error, DeskwireError) as error:
        yield bad("database", f"{path}: {error}", "Stop the server and restore a backup: deskwire restore FILE")
        return
    if problems != ["ok"]:
        yield bad("database", f"damaged: {'; '.join(problems)}", "Stop the server, then: deskwire restore FILE")
        return
    yield ok("database", f"{path.stat().st_size / 1_048_576:.1f} MiB, sound, journal {journal}")
    yield revision(standing)
    if standing.ready:
        with sqlite.engine_for(path, write=False).begin() as conn:
            administrators, doors = counts(conn)
        yield from people(administrators, doors)


def revision(standing: migrate.Standing) -> Finding:
    """Whether the tables are this program's."""
    if not standing.known:
        return bad(
            "revision",
            f"{standing.current} is of a newer Deskwire (this one knows {standing.head})",
            "Install that version again, or restore a backup made before the upgrade.",
        )
    if not standing.ready:
        return bad(
            "revision",
            f"{standing.current or 'none'}, needed {standing.head}",
            "Make a backup, stop the server, then: deskwire migrate",
        )
    return ok("revision", str(standing.current))


def counts(conn: Connection) -> tuple[int, int]:
    """Administrators who can sign in, and portals."""
    return table.administrators(conn), len(portals.all_portals(conn))


def people(administrators: int, doors: int) -> Iterator[Finding]:
    """Whether anybody can get in."""
    if not administrators:
        advice = "deskwire technician add EMAIL --name NAME --role administrator"
        yield warn("accounts", "there is no administrator who can sign in", advice)
    else:
        yield ok("accounts", f"{administrators} administrator(s)")
    if not doors:
        advice = "deskwire company add SLUG NAME, then deskwire portal add SLUG --company … --name … --prefix …"
        yield warn("portals", "there is none, so no customer can write", advice)
    else:
        yield ok("portals", f"{doors}")


def _secrets(settings: Settings) -> Iterator[Finding]:
    for name, file in (("settings file", os.environ.get(FILE_VARIABLE, "")), ("tls key", settings.tls_key)):
        if file and Path(file).exists():
            yield _private(name, Path(file), "600")


def _private(check: str, path: Path, mode: str) -> Finding:
    actual = path.stat().st_mode & 0o777
    if actual & SECRET:
        return warn(check, f"{path} is open to others (mode {actual:o})", f"chmod {mode} {path}")
    return ok(check, f"{path} (mode {actual:o})")
