"""What is done to Redis, PostgreSQL and SQLite behind the servers while people write."""

import asyncio
import contextlib
import os
import secrets
import signal
import sqlite3
import time
from pathlib import Path
from random import Random

import redis
from sqlalchemy import Connection, text

from tests.faults.battlefield import Battlefield, Nemesis
from tests.support.office import written

OURS = "application_name = 'deskwire'"

# --- Redis ----------------------------------------------------------------------------------------------------------


async def restart_redis(field: Battlefield) -> None:
    """It forgets everything."""
    await asyncio.to_thread(field.redis().restart)


async def restart_redis_that_saves(field: Battlefield) -> None:
    """It remembers what it had on disk."""
    valkey, name = field.redis(), secrets.token_hex(4)
    valkey.admin.config_set("save", "3600 1")
    valkey.admin.set(name, "here")
    await asyncio.to_thread(valkey.restart)
    if valkey.admin.getdel(name) != "here":
        raise RuntimeError("Valkey did not save")


async def redis_away(field: Battlefield) -> None:
    """For long: the chat goes on by looking at the store."""
    await asyncio.to_thread(field.redis().kill)
    await asyncio.sleep(field.seconds(6, 60))
    await asyncio.to_thread(field.redis().start)


async def flush_redis(field: Battlefield) -> None:
    """FLUSHALL, again and again."""
    for _ in range(10):
        await asyncio.to_thread(field.redis().admin.flushall)
        await asyncio.sleep(field.seconds(0.1, 1))


async def cut_redis(field: Battlefield) -> None:
    """CLIENT KILL of all subscribers, again and again."""
    for _ in range(8):
        await asyncio.to_thread(field.redis().admin.execute_command, "CLIENT", "KILL", "TYPE", "pubsub")
        await asyncio.sleep(field.seconds(0.3, 1))


async def pause_redis(field: Battlefield) -> None:
    """CLIENT PAUSE: it answers nobody."""
    pause_s = field.seconds(2, 10)
    await asyncio.to_thread(field.redis().admin.client_pause, int(pause_s * 1000))
    await asyncio.sleep(pause_s)


async def freeze_redis(field: Battlefield) -> None:
    """SIGSTOP: connections stay, nothing comes."""
    field.redis().freeze()
    try:
        await asyncio.sleep(field.seconds(3, 20))
    finally:
        field.redis().thaw()


async def choke_redis(field: Battlefield) -> None:
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


async def forge_on_redis(field: Battlefield) -> None:
    """Somebody repeats what he hears, changes it, cuts it, says it elsewhere, and shouts."""
    await asyncio.to_thread(_forge, field.redis().url, field.seconds(2, 20), field.dice)


def _forge(url: str, seconds: float, dice: Random) -> None:
    until, own = time.monotonic() + seconds, set[bytes]()
    channels: list[bytes] = []
    with redis.Redis.from_url(url) as client, client.pubsub() as ear:
        ear.psubscribe("deskwire:*")
        while time.monotonic() < until:
            try:
                heard = ear.get_message(timeout=0.05)
            except redis.TimeoutError:  # a message of 300 kB that has come in part: on a busy machine it takes longer
                continue
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


async def crash_postgres(field: Battlefield) -> None:
    """An immediate restart."""
    await asyncio.to_thread(field.database().restart)


async def end_backends(field: Battlefield) -> None:
    """pg_terminate_backend of all of ours, again and again."""
    end_all = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OURS}"
    for _ in range(8):
        await asyncio.to_thread(field.database().ask, end_all)
        await asyncio.sleep(field.seconds(0.2, 2))


async def lock_a_ticket(field: Battlefield) -> None:
    """Somebody holds one row. The others go on: in the short form that is seen by itself in tests/postgres."""
    ticket, hold_s = field.cast.members[0][0].ticket, field.seconds(2, 30)

    def hold(conn: Connection) -> None:
        conn.execute(text("SELECT 1 FROM tickets WHERE id = :id FOR UPDATE"), {"id": ticket})
        conn.execute(text("SELECT pg_sleep(:s)"), {"s": hold_s})

    await asyncio.to_thread(written, field.servers[0].store, hold)


async def freeze_postgres(field: Battlefield) -> None:
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


async def lock_sqlite(field: Battlefield) -> None:
    """A second writer that takes its time, longer than a write waits."""
    for hold_s in (1, 4, 10) if field.long else (6,):
        await asyncio.to_thread(_hold, Path(str(field.servers[0].store)), hold_s)


def _hold(database: Path, seconds: float) -> None:
    with contextlib.closing(sqlite3.connect(database, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        other.execute("ROLLBACK")


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
