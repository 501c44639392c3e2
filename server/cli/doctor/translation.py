"""Whether anybody translates where portals want it, and what is missing."""

import sqlite3

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from server import backends
from server.cli.common import LIBRARIES
from server.cli.doctor.finding import Finding, ok, warn
from server.cli.doctor.secret import read
from server.clock import now_ms
from server.errors import DeskwireError
from server.settings import Settings
from server.store import outbox, presence, translation, translators
from server.store.translators import TranslatorRecord
from server.translation.base import available


class Standing(msgspec.Struct, frozen=True):
    """What the database says."""

    wanted: bool
    living: list[TranslatorRecord]
    messages: int
    tickets: int
    """to be brought up to date as a whole"""

    @property
    def waiting(self) -> str:
        """What nobody has translated yet."""
        return f"{self.messages} messages and {self.tickets} whole tickets wait"


def check(settings: Settings) -> list[Finding]:
    """One finding; without a database that answers there is nothing to say."""
    try:
        if not backends.standing(settings).ready:
            return []
        standing = read(settings, _look)
    except (DeskwireError, DBAPIError, sqlite3.Error, OSError):
        return []
    return [_judged(settings, standing)]


def _look(conn: Connection) -> Standing:
    return Standing(
        wanted=translators.wanted(conn),
        living=translators.living(conn, presence.now_ms(conn, now_ms)),
        messages=outbox.waiting(conn, "translate"),
        tickets=outbox.waiting(conn, translation.CATCH_UP),
    )


def _judged(settings: Settings, standing: Standing) -> Finding:
    name = "translation"
    if not standing.wanted:
        return ok(name, "no portal translates")
    if standing.living:
        return ok(name, _told(standing))
    if not settings.translators:
        lacks, advice = "no other host does", "Start 'deskwire translator' on one, or set translators to 1 here."
    elif not available():
        lacks, advice = "the libraries are missing", LIBRARIES
    elif not backends.can_translate(settings):
        lacks, advice = "no language pair is installed", "Install both directions: deskwire translate install fr-en"
    else:
        return ok(name, f"a portal translates; the pairs are there, {standing.waiting} for the server")
    return warn(name, f"a portal translates, and nobody can: {lacks}; {standing.waiting}", advice)


def _told(standing: Standing) -> str:
    pairs = sorted({f"{pair.source}-{pair.target}" for one in standing.living for pair in one.pairs})
    hosts = ", ".join(sorted({one.host for one in standing.living}))
    return f"{', '.join(pairs) or 'no pair'} on {hosts}; {standing.waiting}"
