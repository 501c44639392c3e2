"""What Deskwire is compared with, as it is started: bench/reference under uvicorn, with what Deskwire uses of it."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import asyncpg

from bench.driver.orders import ChatPlan, SeatPlan
from bench.reference import embedded, storing
from bench.reference.plain import REDIS_URL
from bench.reference.rooms import READY
from bench.target import Crowd, Target
from tests.support.server import free_port, until

ROOT: Final = Path(__file__).parents[1]
PATH: Final = "/chat"
START_S: Final = 90.0
BEFORE: Final = """
INSERT INTO messages (ticket, client_id, body, at)
SELECT 'chat-' || i, '', 'what was written before', 0
FROM generate_series(0, {last}) AS i, generate_series(1, {history}) AS j ORDER BY i, j
"""


class Reference(Target):
    """A module of bench/reference, under uvicorn with what Deskwire uses of it."""

    def __init__(self, name: str, module: str, folder: Path, environment: dict[str, str], workers: int = 1) -> None:
        super().__init__(name, workers)
        self._module = module
        self._folder = folder
        self._environment = environment
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """On loopback."""
        return self._port

    @property
    def root(self) -> int:
        """uvicorn's supervisor, or its only process."""
        if self._process is None:
            raise RuntimeError("not started")
        return self._process.pid

    def start(self) -> None:
        """Returns when all its workers serve."""
        ready = self._folder / "ready"
        shutil.rmtree(ready, ignore_errors=True)
        ready.mkdir(parents=True)
        command = [sys.executable, "-m", "uvicorn", f"bench.reference.{self._module}:app", "--port", str(self._port)]
        command += ["--workers", str(self.workers), "--loop", "uvloop", "--http", "httptools", "--log-level", "warning"]
        command += ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--no-access-log"]
        command += ["--backlog", "2048", "--timeout-graceful-shutdown", "2"]
        environment = {**os.environ, READY: str(ready), **self._environment}
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        until(lambda: len(list(ready.iterdir())) == self.workers or self._ended(), START_S)
        if self._ended():
            raise RuntimeError((self._folder / "log").read_text()[-4000:])
        asyncio.run(_accepts(self._port))

    def _ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def stop(self) -> None:
        """In order, and quickly where it does not."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


class Echo(Reference):
    """Hears nobody else."""

    def __init__(self, folder: Path) -> None:
        super().__init__("echo", "echo", folder, {})

    def chats(self, count: int, per_console: int = 1, history: int = 20, *, available: bool = False) -> Crowd:  # noqa: ARG002 - each talks with itself
        """So many sockets."""
        return Crowd([SeatPlan(PATH, []) for _ in range(count)], [ChatPlan("", i, i) for i in range(count)])


class EmbeddedRelay(Reference):
    """On SQLite."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._database = folder / "relay.db"
        with closing(embedded.connect(str(self._database))) as conn:
            conn.executescript(embedded.TABLE)
        super().__init__("SQLite relay", "embedded", folder, {embedded.DATABASE: str(self._database)})

    def chats(self, count: int, per_console: int = 1, history: int = 20, *, available: bool = False) -> Crowd:  # noqa: ARG002 - nobody is ever away
        """Tickets that two sockets watch."""
        texts = [(f"chat-{i}", "", "what was written before", 0) for i in range(count) for _ in range(history)]
        with closing(sqlite3.connect(self._database)) as conn, conn:
            conn.executemany(embedded.INSERT, texts)
        return _crowd(count, per_console)


class Relay(Reference):
    """On PostgreSQL and Valkey: plain or bare."""

    def __init__(self, folder: Path, module: str, workers: int, database_url: str, redis_url: str) -> None:
        self._url = database_url.replace("postgresql+asyncpg://", "postgresql://")
        environment = {storing.DATABASE_URL: self._url, REDIS_URL: redis_url}
        super().__init__(f"{module} relay", module, folder, environment, workers)
        asyncio.run(self._do(storing.TABLE))

    def chats(self, count: int, per_console: int = 1, history: int = 20, *, available: bool = False) -> Crowd:  # noqa: ARG002 - nobody is ever away
        """Tickets that two sockets watch."""
        asyncio.run(self._do(BEFORE.format(last=count - 1, history=history)))
        return _crowd(count, per_console)

    async def _do(self, statements: str) -> None:
        conn = await asyncpg.connect(self._url)
        try:
            await conn.execute(statements)
        finally:
            await conn.close()


def _crowd(count: int, per_console: int) -> Crowd:
    tickets = [f"chat-{i}" for i in range(count)]
    seats = [SeatPlan(PATH, [ticket]) for ticket in tickets]
    seats += [SeatPlan(PATH, tickets[first : first + per_console]) for first in range(0, count, per_console)]
    return Crowd(seats, [ChatPlan(ticket, i, count + i // per_console) for i, ticket in enumerate(tickets)])


async def _accepts(port: int) -> None:
    """What says that it is ready may not listen yet."""
    while True:
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return
