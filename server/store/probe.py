"""Looks at a PostgreSQL server from outside: whether it is there, what it is, how many connections it takes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import asyncpg
import msgspec

from server.errors import BadInput, Busy
from server.store.postgres import IDLE_IN_TRANSACTION_S, LOCK_MS, STATEMENT_S, Pools, address, arguments
from server.store.sqlstate import again

T = TypeVar("T")

PAUSE_S: Final = 0.5
ASIDE: Final = 5
"""Connections of a translator."""
ASIDE_IDLE_S: Final = 2
"""A translator that hangs in the middle of a transaction holds up a chat for so long."""
SPARE: Final = 3
"""Connections for commands beside the server: backup, technician, doctor."""

_FACTS: Final = """
SELECT current_setting('server_version_num')::int, current_setting('server_version'), current_setting('fsync'),
       current_setting('full_page_writes'), current_setting('synchronous_commit'),
       current_setting('max_connections')::int,
       (SELECT coalesce(sum(setting::int), 0)::int FROM pg_settings
        WHERE name IN ('superuser_reserved_connections', 'reserved_connections')),
       pg_encoding_to_char(encoding), extract(epoch FROM clock_timestamp())::float8
FROM pg_database WHERE datname = current_database()
"""

ASKED: Final = {
    "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_S * 1000,
    "lock_timeout": LOCK_MS,
}
"""Milliseconds that our connections ask for, besides synchronous_commit."""
_WHO: Final = "SELECT pg_backend_pid()"


class Facts(msgspec.Struct, frozen=True):
    """What a server says of itself. ``late_ms``: one question and its answer, the quickest of a few."""

    version: int
    version_text: str
    fsync: bool
    full_page_writes: bool
    synchronous_commit: str
    default_synchronous_commit: str
    """of a connection that asks for nothing"""
    max_connections: int
    reserved: int
    encoding: str
    clock_ahead_s: float
    late_ms: float
    dropped: tuple[str, ...] = ()
    """of ASKED, what is not in force: a pooler in between has kept it back"""


async def facts(url: str) -> Facts:
    """Ask. Raises what asyncpg raises when there is no answer."""
    plain = await asyncpg.connect(address(url), timeout=STATEMENT_S, command_timeout=STATEMENT_S)
    try:
        default = await plain.fetchval("SHOW synchronous_commit")
    finally:
        await plain.close(timeout=STATEMENT_S)
    conn = await asyncpg.connect(address(url), **arguments())
    try:
        late = []
        for _ in range(5):
            before = time.perf_counter()
            await conn.fetchval("SELECT 1")
            late.append(time.perf_counter() - before)
        row = await conn.fetchrow(_FACTS)
        ahead = row[8] - time.time()
        asked = await conn.fetch("SELECT name, setting FROM pg_settings WHERE name = ANY($1)", list(ASKED))
    finally:
        await conn.close(timeout=STATEMENT_S)
    return Facts(
        version=row[0],
        version_text=row[1],
        fsync=row[2] == "on",
        full_page_writes=row[3] == "on",
        synchronous_commit=row[4],
        default_synchronous_commit=default,
        max_connections=row[5],
        reserved=row[6],
        encoding=row[7],
        clock_ahead_s=ahead,
        late_ms=min(late) * 1000,
        dropped=tuple(sorted(name for name, value in asked if int(value) != ASKED[name])),
    )


async def mixed(url: str) -> bool:
    """Whether two sessions at a time can be one connection, as behind a pooler that hands them out by transaction."""
    one = await asyncpg.connect(address(url), **arguments())
    try:
        other = await asyncpg.connect(address(url), **arguments())
        try:
            first = await one.fetchval(_WHO)
            async with other.transaction():
                return bool(first == await other.fetchval(_WHO) or first != await one.fetchval(_WHO))
        finally:
            await other.close(timeout=STATEMENT_S)
    except (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError):
        return True  # what was prepared on one connection was looked for on another
    finally:
        await one.close(timeout=STATEMENT_S)


async def patiently(ask: Callable[[], Awaitable[T]], patience_s: float, tell: Callable[[str], None]) -> T:
    """The answer as soon as there is one; Busy when there is none for so long. ``tell`` hears once that it waits."""
    loop = asyncio.get_running_loop()
    deadline, told = loop.time() + patience_s, False
    while True:
        try:
            return await ask()
        except Exception as error:
            if isinstance(error, asyncpg.PostgresError) and not again(error):
                raise BadInput(f"PostgreSQL refuses: {error}.") from error
            if not again(error):
                raise
            if loop.time() + PAUSE_S > deadline:
                reason = str(error) or type(error).__name__
                raise Busy(f"PostgreSQL did not answer for {patience_s:g} s: {reason}.") from error
            if not told:
                tell(f"PostgreSQL does not answer yet; waiting up to {patience_s:g} s.")
                told = True
        await asyncio.sleep(PAUSE_S)


def shortage(found: Facts, pools: Pools, workers: int) -> str | None:
    """A sentence where all workers together may want more connections than the server gives; None: there is room."""
    spare, others = (SPARE, "commands") if workers == 1 else (SPARE + ASIDE, "commands and a translator")
    free, wanted = found.max_connections - found.reserved - spare, processes(workers) * pools.most
    if wanted <= free:
        return None
    each = f"{pools.kept} + {pools.appending}"
    return (
        f"PostgreSQL takes {found.max_connections} connections, {found.reserved} of them reserved, and {others} need"
        f" {spare}; {crew(workers)} with {each} each want {wanted} of the {free} left."
        f" Set max_connections = {wanted + found.reserved + spare} in postgresql.conf, or lower workers,"
        " database_connections or database_append_connections."
    )


def processes(workers: int) -> int:
    """How many there are at once: several workers are replaced by starting the next one first."""
    return workers if workers == 1 else workers + 1


def crew(workers: int) -> str:
    """They, in words."""
    return "1 worker" if workers == 1 else f"{workers} workers, and one that takes over from another,"
