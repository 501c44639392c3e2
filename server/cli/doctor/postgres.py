"""PostgreSQL: whether it answers, how fast, which settings could lose what was acknowledged, and its tables."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from server import backends
from server.cli.doctor.data import CLOCK_SECONDS, counts, people, revision
from server.cli.doctor.finding import Finding, bad, ok, warn
from server.settings import Settings

if TYPE_CHECKING:  # asyncpg is needed by those who use PostgreSQL
    from server.store import probe

OLDEST: Final = 140_000
SLOW_MS: Final = 5.0
"""A message takes one round trip to the database; its sender waits for it."""
REFUSED_BY_POOLER: Final = "unsupported startup parameter"
IGNORE: Final = "ignore_startup_parameters = synchronous_commit,idle_in_transaction_session_timeout,lock_timeout"


def check(settings: Settings) -> list[Finding]:
    """All of them; nothing on SQLite."""
    if not settings.database_url:
        return []
    from server.store import probe

    try:
        facts = asyncio.run(probe.facts(settings.database_url))
        mixed = asyncio.run(probe.mixed(settings.database_url))
    except Exception as error:  # noqa: BLE001 - whatever keeps it from answering is the finding
        reason = str(error) or type(error).__name__
        advice = "Is it running, and are host, port, user and password in database_url right?"
        if REFUSED_BY_POOLER in reason:
            advice = f"In pgbouncer.ini: {IGNORE}\nand in the database:\n{_for_role(settings)}"
        return [bad("database", f"{settings.database} does not answer: {reason}", advice)]
    return [
        *_server(settings, facts),
        *_losses(facts),
        *_pooler(settings, facts, mixed=mixed),
        _connections(settings, facts),
        *_tables(settings),
    ]


def _server(settings: Settings, facts: "probe.Facts") -> Iterator[Finding]:
    if facts.version < OLDEST:
        yield bad("database", f"PostgreSQL {facts.version_text}", "Deskwire needs PostgreSQL 14 or newer.")
    else:
        yield ok("database", f"{settings.database}, version {facts.version_text}")
    text = f"{facts.late_ms:.1f} ms for a question and its answer"
    if facts.late_ms > SLOW_MS:
        yield warn("latency", text, "Every message waits for it: run Deskwire near its database.")
    else:
        yield ok("latency", text)
    if facts.encoding != "UTF8":
        advice = "createdb --encoding UTF8 --template template0 NAME, then backup and restore into it."
        yield bad("encoding", f"{facts.encoding}, which cannot hold every language", advice)
    else:
        yield ok("encoding", facts.encoding)
    if abs(facts.clock_ahead_s) > CLOCK_SECONDS:
        text = f"PostgreSQL's clock is {facts.clock_ahead_s:+.0f} s away from this machine's"
        yield warn("database clock", text, "Let both follow a time server (timedatectl set-ntp true).")
    else:
        yield ok("database clock", "like this machine's")


def _losses(facts: "probe.Facts") -> Iterator[Finding]:
    """Settings under which an answered message may be gone after a crash."""
    reload = "in postgresql.conf, then: SELECT pg_reload_conf();"
    switches = {"fsync": facts.fsync, "full_page_writes": facts.full_page_writes}
    for name, on in switches.items():
        if on:
            yield ok(name, "on")
        else:
            yield bad(name, "off: a crash of the machine may destroy the database", f"Set {name} = on {reload}")
    if facts.synchronous_commit == "off":
        text = "off even on Deskwire's connections, which ask for on: a crash loses what was acknowledged"
        yield bad("synchronous_commit", text, f"Set synchronous_commit = on {reload} A pooler must pass it on.")
    elif facts.default_synchronous_commit == "off":
        text = "on for Deskwire, which asks for it; off by default"
        yield warn("synchronous_commit", text, f"Set synchronous_commit = on {reload}")
    else:
        yield ok("synchronous_commit", facts.synchronous_commit)


def _pooler(settings: Settings, facts: "probe.Facts", *, mixed: bool) -> Iterator[Finding]:
    """What stands between us and PostgreSQL, if anything does."""
    if mixed:
        text = "a pooler gives one connection to several sessions, which mixes up locks and prepared statements"
        yield bad("pooler", text, "In pgbouncer.ini: pool_mode = session")
    elif facts.dropped:
        text = f"a pooler keeps back what Deskwire asks for: {', '.join(facts.dropped)}"
        yield warn("pooler", text, f"Set it for the role, in the database:\n{_for_role(settings)}")
    else:
        yield ok("pooler", "none, or one that keeps sessions apart")


def _for_role(settings: Settings) -> str:
    """What our connections ask for, given without being asked."""
    from server.store import probe

    role = urlsplit(settings.database_url).username or "deskwire"
    given = {"synchronous_commit": "on", **{name: f"'{ms // 1000}s'" for name, ms in probe.ASKED.items()}}
    return "\n".join(f"ALTER ROLE {role} SET {name} = {value};" for name, value in given.items())


def _connections(settings: Settings, facts: "probe.Facts") -> Finding:
    from server.store import probe

    too_few = probe.shortage(facts, backends.pools(settings), settings.workers)
    text = f"max_connections {facts.max_connections}, {facts.reserved} reserved"
    if too_few:
        return bad("connections", text, too_few)
    return ok("connections", f"{text}; each process uses up to {backends.pools(settings).most}")


def _tables(settings: Settings) -> Iterator[Finding]:
    from server.store import postgres

    standing = backends.standing(settings)
    yield revision(standing)
    if standing.ready:
        yield from people(*asyncio.run(postgres.on_snapshot(settings.database_url, counts)))
