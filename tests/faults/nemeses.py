"""Everything that is done to servers, Redis and PostgreSQL while people write. A strike ends with all well again.

A strike takes a few seconds; on a long battlefield it takes as long as the worst day that was thought of.
"""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import redis
from sqlalchemy import Connection, text
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.faults.cast import Cast
from tests.support.office import written
from tests.support.postgres import Postgres
from tests.support.server import DeskServer
from tests.support.valkey import Valkey

OURS = "application_name = 'deskwire'"


@dataclass
class Battlefield:
    """What may be struck, and the dice that say when and where."""

    cast: Cast
    servers: Sequence[DeskServer]
    dice: Random
    long: bool = False

    def seconds(self, short: float, long: float) -> float:
        """How long a strike lasts."""
        return long if self.long else short


@dataclass
class Behind(Battlefield):
    """With what stands behind several servers."""

    valkey: Valkey | None = None
    postgres: Postgres | None = None

    def redis(self) -> Valkey:
        """It."""
        if self.valkey is None:
            raise LookupError("no Redis here")
        return self.valkey

    def database(self) -> Postgres:
        """It."""
        if self.postgres is None:
            raise LookupError("no PostgreSQL here")
        return self.postgres


Nemesis = Callable[[Behind], Awaitable[None]]

# --- servers --------------------------------------------------------------------------------------------------------


async def kill_a_server(field: Behind) -> None:
    """kill -9, and a new one after a moment."""
    server = field.dice.choice(field.servers)
    await asyncio.to_thread(server.kill)
    await asyncio.sleep(field.dice.uniform(0, 0.5))
    await asyncio.to_thread(server.start)


async def kill_all_servers(field: Behind) -> None:
    """At the same moment."""
    for server in field.servers:
        server.kill()
    await asyncio.gather(*(asyncio.to_thread(server.start) for server in field.servers))


async def stop_a_server(field: Behind) -> None:
    """SIGTERM, as in an upgrade."""
    server = field.dice.choice(field.servers)
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)


async def freeze_a_server(field: Behind) -> None:
    """SIGSTOP: its people leave, and then it wakes up with what they had sent to it."""
    server = field.dice.choice(field.servers)
    server.freeze()
    try:
        await asyncio.sleep(field.seconds(3, 60))
    finally:
        server.thaw()


async def noisy_neighbours(field: Behind) -> None:
    """Sockets that send without end, and sockets that read nothing, on the servers of everybody else."""
    _opened, worker = field.cast.records.opened[0]
    headers = {"authorization": f"Bearer {worker.token}"}
    ticket = field.cast.members[0][0].ticket

    async def one(flood: bool) -> None:
        url = f"{field.dice.choice(field.servers).ws}/ws/v1/console"
        with contextlib.suppress(OSError, ConnectionClosed, TimeoutError):
            async with connect(url, additional_headers=headers, max_queue=1, close_timeout=0.1) as socket:
                await socket.send(json.dumps({"type": "hello"}))
                await socket.send(json.dumps({"type": "watch", "ref": 1, "ticket": ticket}))
                while flood:
                    await socket.send(json.dumps({"type": "typing", "ticket": ticket}))
                await asyncio.Event().wait()

    crowd = [asyncio.create_task(one(number % 2 == 0)) for number in range(10)]
    await asyncio.sleep(field.seconds(2, 20))
    for task in crowd:
        task.cancel()
    await asyncio.wait(crowd)


# --- workers of one server ------------------------------------------------------------------------------------------


async def kill_a_worker(field: Behind) -> None:
    """kill -9 of one of several; the supervisor starts another."""
    server = field.dice.choice(field.servers)
    pid = field.dice.choice(server.workers())
    os.kill(pid, signal.SIGKILL)
    await _replaced(server, pid)


async def freeze_a_worker(field: Behind) -> None:
    """SIGSTOP of one of several. After 30 s of silence the supervisor does not wait any longer."""
    server = field.dice.choice(field.servers)
    pid = field.dice.choice(server.workers())
    os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(field.seconds(3, 60))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


async def renew_the_workers(field: Behind) -> None:
    """SIGHUP: each is replaced, one after the other."""
    server = field.dice.choice(field.servers)
    old = server.workers()
    server.hang_up()
    for pid in old:
        await _replaced(server, pid)


async def _replaced(server: DeskServer, pid: int) -> None:
    async with asyncio.timeout(60):
        while pid in server.workers() or not server.workers():  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.05)


# --- Redis ----------------------------------------------------------------------------------------------------------


async def restart_redis(field: Behind) -> None:
    """It forgets everything."""
    await asyncio.to_thread(field.redis().restart)


async def restart_redis_that_saves(field: Behind) -> None:
    """It remembers what it had on disk."""
    valkey, name = field.redis(), secrets.token_hex(4)
    valkey.admin.config_set("save", "3600 1")
    valkey.admin.set(name, "here")
    await asyncio.to_thread(valkey.restart)
    if valkey.admin.getdel(name) != "here":
        raise RuntimeError("Valkey did not save")


async def redis_away(field: Behind) -> None:
    """For long: the chat goes on by looking at the store."""
    await asyncio.to_thread(field.redis().kill)
    await asyncio.sleep(field.seconds(6, 60))
    await asyncio.to_thread(field.redis().start)


async def flush_redis(field: Behind) -> None:
    """FLUSHALL, again and again."""
    for _ in range(10):
        await asyncio.to_thread(field.redis().admin.flushall)
        await asyncio.sleep(field.seconds(0.1, 1))


async def cut_redis(field: Behind) -> None:
    """CLIENT KILL of all subscribers, again and again."""
    for _ in range(8):
        await asyncio.to_thread(field.redis().admin.execute_command, "CLIENT", "KILL", "TYPE", "pubsub")
        await asyncio.sleep(field.seconds(0.3, 1))


async def pause_redis(field: Behind) -> None:
    """CLIENT PAUSE: it answers nobody."""
    pause_s = field.seconds(2, 10)
    await asyncio.to_thread(field.redis().admin.client_pause, int(pause_s * 1000))
    await asyncio.sleep(pause_s)


async def freeze_redis(field: Behind) -> None:
    """SIGSTOP: connections stay, nothing comes."""
    field.redis().freeze()
    try:
        await asyncio.sleep(field.seconds(3, 20))
    finally:
        field.redis().thaw()


async def choke_redis(field: Behind) -> None:
    """A tiny output buffer for subscribers, and somebody who fills it."""
    admin, limit = field.redis().admin, "client-output-buffer-limit"
    before = str(admin.config_get(limit)[limit])
    admin.config_set(limit, "pubsub 1024 1024 1")
    try:
        for _ in range(10):
            for channel in await asyncio.to_thread(field.redis().channels):
                admin.publish(channel, b"x" * 30_000)
            await asyncio.sleep(field.seconds(0.2, 1))
    finally:
        admin.config_set(limit, before)


async def forge_on_redis(field: Behind) -> None:
    """Somebody repeats what he hears, changes it, cuts it, says it elsewhere, and shouts."""
    await asyncio.to_thread(_forge, field.redis().url, field.seconds(2, 20), field.dice)


def _forge(url: str, seconds: float, dice: Random) -> None:
    until, own = time.monotonic() + seconds, set[bytes]()
    channels: list[bytes] = []
    with redis.Redis.from_url(url) as client, client.pubsub() as ear:
        ear.psubscribe("deskwire:*")
        while time.monotonic() < until:
            heard = ear.get_message(timeout=0.05)
            if heard is None or heard["type"] != "pmessage" or heard["data"] in own or not heard["data"]:
                continue
            data: bytes = heard["data"]
            channels = [*channels[-100:], heard["channel"]]
            place = dice.randrange(len(data))
            flipped = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
            for false in (data, flipped, data[:-1], data[:20], secrets.token_bytes(200), b"\xff" * 300_000):
                own.add(false)
                client.publish(heard["channel"], false)
            client.publish(dice.choice(channels), data)


# --- databases ------------------------------------------------------------------------------------------------------


async def crash_postgres(field: Behind) -> None:
    """An immediate restart."""
    await asyncio.to_thread(field.database().restart)


async def end_backends(field: Behind) -> None:
    """pg_terminate_backend of all of ours, again and again."""
    end_all = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OURS}"
    for _ in range(8):
        await asyncio.to_thread(field.database().ask, end_all)
        await asyncio.sleep(field.seconds(0.2, 2))


async def lock_a_ticket(field: Behind) -> None:
    """Somebody holds one row. The others go on: in the short form that is seen by itself in tests/postgres."""
    ticket, hold_s = field.cast.members[0][0].ticket, field.seconds(2, 30)

    def hold(conn: Connection) -> None:
        conn.execute(text("SELECT 1 FROM tickets WHERE id = :id FOR UPDATE"), {"id": ticket})
        conn.execute(text("SELECT pg_sleep(:s)"), {"s": hold_s})

    await asyncio.to_thread(written, field.servers[0].store, hold)


async def freeze_postgres(field: Behind) -> None:
    """SIGSTOP of every backend of ours: connections that neither answer nor break."""
    pids = [
        row[0]
        for row in await asyncio.to_thread(field.database().ask, f"SELECT pid FROM pg_stat_activity WHERE {OURS}")
    ]
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(field.seconds(3, 40))
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


async def lock_sqlite(field: Behind) -> None:
    """A second writer that takes its time, longer than a write waits."""
    for hold_s in (1, 4, 10) if field.long else (6,):
        await asyncio.to_thread(_hold, Path(str(field.servers[0].store)), hold_s)


def _hold(database: Path, seconds: float) -> None:
    with contextlib.closing(sqlite3.connect(database, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        other.execute("ROLLBACK")


SERVERS: tuple[Nemesis, ...] = (kill_a_server, kill_all_servers, stop_a_server, freeze_a_server, noisy_neighbours)
WORKERS: tuple[Nemesis, ...] = (kill_a_worker, freeze_a_worker, renew_the_workers)
REDIS: tuple[Nemesis, ...] = (
    restart_redis,
    restart_redis_that_saves,
    redis_away,
    flush_redis,
    cut_redis,
    pause_redis,
    freeze_redis,
    choke_redis,
    forge_on_redis,
)
POSTGRES: tuple[Nemesis, ...] = (crash_postgres, end_backends, lock_a_ticket, freeze_postgres)
SQLITE: tuple[Nemesis, ...] = (*SERVERS, lock_sqlite)


def name_of(nemesis: Nemesis) -> str:
    """As it is printed."""
    return nemesis.__name__.replace("_", " ")


async def together(field: Behind, seconds: float) -> int:
    """Three at once, each with its own victims; returns how many strikes there were."""
    strikes, until = 0, time.monotonic() + seconds

    async def family(kinds: Sequence[Nemesis]) -> None:
        nonlocal strikes
        while time.monotonic() < until:
            nemesis = field.dice.choice(kinds)
            print(f"  {name_of(nemesis)}")
            await nemesis(field)
            strikes += 1
            await asyncio.sleep(field.dice.uniform(0.2, 1))

    async with asyncio.TaskGroup() as tasks:
        for kinds in (SERVERS, REDIS, POSTGRES):
            tasks.create_task(family(kinds))
    return strikes
