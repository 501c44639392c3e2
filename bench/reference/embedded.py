"""A relay in one process: Starlette, and SQLite with one thread that writes whatever waits and commits it to disk."""

import asyncio
import contextlib
import os
import queue
import sqlite3
import threading
from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from bench.reference import frames
from bench.reference.door import door, tell
from bench.reference.frames import Send, Watch, now_ms
from bench.reference.rooms import Rooms, ready

DATABASE: Final = "BENCH_DATABASE"
BATCH: Final = 64
TABLE: Final = """
CREATE TABLE IF NOT EXISTS messages (
  seq INTEGER PRIMARY KEY, ticket TEXT NOT NULL, client_id TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_ticket ON messages (ticket, seq);
"""
INSERT: Final = "INSERT INTO messages (ticket, client_id, body, at) VALUES (?, ?, ?, ?)"
AFTER: Final = "SELECT seq, client_id, body, at FROM messages WHERE ticket = ? AND seq > ? ORDER BY seq LIMIT 1000"
LAST: Final = "SELECT coalesce(max(seq), 0) FROM messages WHERE ticket = ?"

Job = tuple[Send, int, "asyncio.Future[int]"]


def connect(path: str) -> sqlite3.Connection:
    """As durable as Deskwire's."""
    conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = FULL")
    return conn


class House:
    """What the process has."""

    def __init__(self) -> None:
        self.rooms: Rooms[WebSocket] = Rooms()
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None

    def start(self) -> None:
        """The thread that writes, and a connection that reads."""
        path = os.environ[DATABASE]
        writing, self._reading = connect(path), connect(path)
        loop = asyncio.get_running_loop()
        self._writer = threading.Thread(target=self._write, args=(writing, loop), daemon=True)
        self._writer.start()
        ready()

    async def stop(self) -> None:
        """After what waits."""
        self._jobs.put(None)
        if self._writer is not None:
            await asyncio.to_thread(self._writer.join)

    def _write(self, conn: sqlite3.Connection, loop: asyncio.AbstractEventLoop) -> None:
        while batch := self._take():
            conn.execute("BEGIN IMMEDIATE")
            rows = [conn.execute(INSERT, (c.ticket, c.client_id, c.text, at)).lastrowid for c, at, _ in batch]
            conn.execute("COMMIT")
            loop.call_soon_threadsafe(self._settle, batch, rows)

    def _take(self) -> list[Job]:
        """What waits, at most BATCH; waits for the first. Nothing at the end."""
        batch: list[Job] = []
        while not batch or not (self._jobs.empty() or len(batch) == BATCH):
            job = self._jobs.get()
            if job is None:
                self._jobs.put(None)  # met again by whoever takes next
                break
            batch.append(job)
        return batch

    @staticmethod
    def _settle(batch: list[Job], rows: list[Any]) -> None:
        for (_command, _at, future), seq in zip(batch, rows, strict=True):
            future.set_result(seq)

    async def watch(self, socket: WebSocket, command: Watch) -> None:
        """Hear of it first, then read."""
        self.rooms.join(command.ticket, socket)
        rows: list[Any] = []
        tail = self._reading.execute(LAST, (command.ticket,)).fetchone()[0]
        if command.after is not None:
            rows = self._reading.execute(AFTER, (command.ticket, command.after)).fetchall()
        await socket.send_text(frames.page(command, rows, tail).decode())

    async def send(self, socket: WebSocket, command: Send) -> None:
        """Store it, tell everybody, then who wrote it."""
        at, stored = now_ms(), asyncio.get_running_loop().create_future()
        self._jobs.put((command, at, stored))
        seq = await stored
        await tell(self.rooms, command.ticket, frames.event(command, seq, at).decode())
        await socket.send_text(frames.ack(command, seq).decode())


house = House()


@contextlib.asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """The thread."""
    house.start()
    yield
    await house.stop()


app = Starlette(routes=[WebSocketRoute("/chat", door(house))], lifespan=lifespan)
