"""Connections to PostgreSQL that run one statement each, over and over: the messages' and the translators'.

asyncpg's own pool costs twice as much as such a statement (185,000 instructions for ``SELECT 1``, a connection of one's
own 64,000), for things that are not needed here: the statement leaves nothing behind that would have to be reset.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg


class Connections:
    """As many as are busy at the same time; the one that was used last is used first."""

    def __init__(self, connect: dict[str, Any]) -> None:
        """``connect``: arguments of ``asyncpg.connect``."""
        self._connect = connect
        self._free: list[asyncpg.Connection] = []

    async def fetch(self, statement: str, *values: Any) -> Sequence[Any]:
        """Run a statement: planned once for each connection, a transaction of its own. Its rows."""
        conn = await self._take()
        try:
            rows: Sequence[Any] = await conn.fetch(statement, *values)
        except asyncpg.PostgresError:
            self._free.append(conn)  # the server refused this statement; a connection that broke with it is closed
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
        return await asyncpg.connect(**self._connect)
