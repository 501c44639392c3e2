"""Messages into PostgreSQL: what waits goes in one INSERT, with one COMMIT. And out of it again."""

import asyncio
import os
from collections import deque
from typing import Any, Final

import asyncpg

from bench.reference.frames import Send, Watch, now_ms

DATABASE_URL: Final = "BENCH_DATABASE_URL"
BATCH: Final = 64
TABLE: Final = """
CREATE TABLE messages (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ticket text NOT NULL, client_id text NOT NULL,
  body text NOT NULL, at bigint NOT NULL
);
CREATE INDEX messages_ticket ON messages (ticket, seq);
"""
INSERT: Final = """
INSERT INTO messages (ticket, client_id, body, at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) RETURNING seq
"""
AFTER: Final = "SELECT seq, client_id, body, at FROM messages WHERE ticket = $1 AND seq > $2 ORDER BY seq LIMIT 1000"
LAST: Final = "SELECT coalesce(max(seq), 0) FROM messages WHERE ticket = $1"


class Storing:
    """One connection that writes, and a few that read."""

    def __init__(self, writing: asyncpg.Connection, reading: asyncpg.Pool) -> None:
        self._writing = writing
        self._reading = reading
        self._waiting: deque[tuple[Send, int, asyncio.Future[int]]] = deque()
        self._writer: asyncio.Task[None] | None = None

    @classmethod
    async def opened(cls) -> "Storing":
        """To the database that the environment names."""
        url = os.environ[DATABASE_URL]
        return cls(await asyncpg.connect(url), await asyncpg.create_pool(url, min_size=1, max_size=4))

    async def close(self) -> None:
        """Both."""
        await self._reading.close()
        await self._writing.close()

    async def append(self, command: Send) -> tuple[int, int]:
        """(number, at), after COMMIT."""
        at, future = now_ms(), asyncio.get_running_loop().create_future()
        self._waiting.append((command, at, future))
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write())
        return await future, at

    async def _write(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            columns: list[list[Any]] = [[c.ticket for c, _, _ in batch], [c.client_id for c, _, _ in batch]]
            columns += [[c.text for c, _, _ in batch], [at for _, at, _ in batch]]
            rows = await self._writing.fetch(INSERT, *columns)
            for row, (_command, _at, future) in zip(rows, batch, strict=True):
                future.set_result(row[0])
        self._writer = None

    async def after(self, command: Watch) -> tuple[list[Any], int]:
        """(messages after the number, last number); without a number only where the end is."""
        if command.after is None:
            return [], await self._reading.fetchval(LAST, command.ticket)
        rows = await self._reading.fetch(AFTER, command.ticket, command.after)
        return rows, rows[-1][0] if rows else command.after
