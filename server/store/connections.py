"""Connections to PostgreSQL that run one statement each, over and over: the messages' and the translators'.

asyncpg's own pool costs twice as much as such a statement (185,000 instructions for ``SELECT 1``, a connection of one's
own 64,000), for things that are not needed here: the statement leaves nothing behind that would have to be reset.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import asyncpg

PLANNED_ONCE: Final = """
SET plan_cache_mode = force_generic_plan;
SET enable_seqscan = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
"""
"""These statements look up a few rows by their keys, however many there are. Planned anew each time, that of messages
costs 85 µs of 290 more. Planned once, while a table is small or was never analysed, it would read it whole for ever."""


async def connect(**arguments: Any) -> asyncpg.Connection:
    """A connection for such statements. ``arguments``: of ``asyncpg.connect``."""
    conn = await asyncpg.connect(**arguments)
    try:
        await conn.execute(PLANNED_ONCE)
    except BaseException:
        conn.terminate()
        raise
    return conn


class Connections:
    """As many as are busy at the same time; the one that was used last is used first."""

    def __init__(self, arguments: dict[str, Any], most: int) -> None:
        """``arguments``: of ``connect``; who finds ``most`` of them busy waits."""
        self._arguments = arguments
        self._room = asyncio.Semaphore(most)
        self._free: list[asyncpg.Connection] = []

    async def fetch(self, statement: str, *values: Any) -> Sequence[Any]:
        """Run a statement: planned once for each connection, a transaction of its own. Its rows."""
        async with self._room:
            conn = await self._take()
            try:
                rows: Sequence[Any] = await conn.fetch(statement, *values)
            except asyncpg.PostgresError:
                self._free.append(conn)  # the server refused this statement; where it broke with it, it is closed
                raise
            except BaseException:
                conn.terminate()  # nobody knows where it stands
                raise
            self._free.append(conn)
            return rows

    async def close(self) -> None:
        """Those that are free."""
        while self._free:
            await self._free.pop().close()

    async def _take(self) -> asyncpg.Connection:
        while self._free:
            conn = self._free.pop()
            if not conn.is_closed():
                return conn
        return await connect(**self._arguments)
