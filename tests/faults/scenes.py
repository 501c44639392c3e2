"""What is done to a server with a planted bug, or without one, so that the bug shows every time."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.faults.cluster import Cluster
from tests.faults.evidence import Run
from tests.faults.stage import PATIENCE_S, Stage, stage, until, until_asked
from tests.support.postgres import Postgres
from tests.support.server import DeskServer

ENOUGH_S = 2.0
"""With a bug, who has not read to the end by then never will: heartbeats, which would help, come once an hour here."""
HOURLY = {"DESKWIRE_HEARTBEAT_SECONDS": "3600"}
DEATH_S = 200.0
TOO_LATE_S = 0.5
"""Instead of 5: for how long servers want to publish what Redis does not take."""

Scene = Callable[[Path, str, Postgres], Awaitable[Run]]
"""(folder, bug or empty, PostgreSQL) -> what was left."""
LATEST = 12
LATEST_OF_INDEX = 4
"""Passages of a fail-point after which a server dies at the latest. What is left to do is done once a second."""


def infected(server: DeskServer, bug: str, failpoint: str = "") -> DeskServer:
    """It starts with the bug, and dies at the fail-point."""
    options = [*(("--bug", bug) if bug else ()), *(("--failpoint", failpoint) if failpoint else ())]
    server.program = ("tests.faults.launch", *options)
    return server


async def died(server: DeskServer) -> None:
    """At its fail-point, which several servers that share the work may come by one after the other."""
    async with asyncio.timeout(DEATH_S):
        while server.runs:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)
    assert server.process is not None
    assert server.process.wait() == 9, server.log()[-2000:]


async def dies_at(server: DeskServer, point: str, dice: random.Random) -> None:
    """Start it with this fail-point and wait for its end; the first passage belongs to the start."""
    passage = dice.randint(2, LATEST_OF_INDEX if "index" in point else LATEST)
    infected(server, "", f"{point}:{passage}")
    try:
        await asyncio.to_thread(server.start)
    except RuntimeError as error:
        if "ended with 9" not in str(error):
            raise
    await died(server)


async def settled(people: Stage, bug: str) -> Run:
    """Everybody has had time enough to get what was written."""
    return await people.evidence(ENOUGH_S if bug else PATIENCE_S)


# --- one server on SQLite -------------------------------------------------------------------------------------------


def killed_at(failpoint: str) -> Scene:
    """The server dies there with a message of the customer, and comes back."""

    async def scene(folder: Path, bug: str, _own: Postgres) -> Run:
        armed = folder / "armed"
        async with one_server(folder, "") as desk, stage(folder / "people", desk) as people:
            await people.come()
            await people.customer.say()  # while there is no bug
            desk.kill()
            await people.left()
            await asyncio.to_thread(infected(desk, bug, f"{failpoint}:{armed}").start)
            await people.back()
            armed.touch()
            people.customer.write("send")
            await died(desk)
            await asyncio.to_thread(infected(desk, bug).start)
            await until(lambda: not people.customer.unacked)
            return await settled(people, bug)

    return scene


async def ordinary_day(folder: Path, bug: str, _own: Postgres) -> Run:
    """Nothing happens to the server."""
    async with one_server(folder, bug) as desk, stage(folder / "people", desk, elsewhere=1) as people:
        await people.come()
        await people.customer.say()
        await people.technician.say("note")
        await people.all_read(await people.technician.say())
        return await settled(people, bug)


async def overtaken(folder: Path, bug: str, _own: Postgres) -> Run:
    """The frame of a message is held up on its way until there is an answer to the next one."""
    async with one_server(folder, bug) as desk, stage(folder / "people", desk) as people:
        await people.come()
        first = people.customer.write_held_up()
        people.customer.write("send")
        await until(lambda: bool(people.customer.stored) or people.lines("refused") > 0)
        people.customer.let_through(first)
        await until(lambda: not people.customer.unacked)
        return await settled(people, bug)


@asynccontextmanager
async def one_server(folder: Path, bug: str) -> AsyncIterator[DeskServer]:
    """With the bug."""
    desk = DeskServer(folder / "data", **HOURLY).migrate()
    try:
        yield await asyncio.to_thread(infected(desk, bug).start)
    finally:
        desk.kill()


# --- two servers on PostgreSQL and Valkey ---------------------------------------------------------------------------


def on_a_cluster(strike: Callable[[Cluster, Stage], Awaitable[None]]) -> Scene:
    """Both have the bug; customers are on the first, technicians on the second."""

    async def scene(folder: Path, bug: str, own: Postgres) -> Run:
        cluster = await asyncio.to_thread(Cluster, folder, own, servers=2, **HOURLY)
        try:
            for server in cluster.servers:
                infected(server, bug)
                server.program += ("--too-late", str(TOO_LATE_S))
            await asyncio.to_thread(cluster.start)
            async with stage(folder / "people", *cluster.servers, apart=True) as people:
                await people.come()
                await until(lambda: subscribed(cluster, people))
                await people.all_read(await people.customer.say())
                await people.all_read(await people.technician.say())
                await strike(cluster, people)
                return await settled(people, bug)
        finally:
            await asyncio.to_thread(cluster.close)

    return scene


def subscribed(cluster: Cluster, people: Stage) -> bool:
    """Each server hears the other one in this chat."""
    ticket = people.customer.plan["ticket"]
    heard = {channel.rpartition(f"ticket/{ticket}/")[2] for channel in cluster.valkey.channels()}
    return {"staff", "customer"} <= heard


async def redis_away(cluster: Cluster, people: Stage) -> None:
    """The last words are written while Redis is away; then it comes back, and nobody says anything more."""

    def links() -> list[int]:
        return [len(server.events("the bus is linked")) for server in cluster.servers]

    before = links()
    await asyncio.to_thread(cluster.valkey.kill)
    await people.customer.say()
    await people.technician.say()
    await asyncio.sleep(TOO_LATE_S)  # by then the servers do not publish what has waited for Redis any more
    await asyncio.to_thread(cluster.valkey.start)
    await until(lambda: all(now > then for now, then in zip(links(), before, strict=True)))


async def database_crash(cluster: Cluster, people: Stage) -> None:
    """Nobody writes its log who has no need to; then one of its processes falls, and it recovers from the log."""
    query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'"
    [(walwriter,)] = await asyncio.to_thread(cluster.postgres.ask, query)
    # the chat itself must be on disk, so that it is messages that are missing
    await asyncio.to_thread(cluster.postgres.ask, "SELECT pg_switch_wal()")
    os.kill(walwriter, signal.SIGSTOP)
    await people.customer.say()
    await people.technician.say()
    os.kill(walwriter, signal.SIGKILL)
    for server in cluster.servers:
        await until_asked(lambda server=server: server.answers("/readyz"))  # type: ignore[misc]


async def slow_writer(cluster: Cluster, people: Stage) -> None:
    """A second message is written while the first one, if it has drawn its number already, is held there."""
    number = (people.technician.tail or 0) + 1
    waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    async with held(cluster.database, number):
        first = people.customer.write("send")
        await until_asked(lambda: first in people.customer.stored or bool(cluster.postgres.ask(waits)))
        second = await people.technician.say()
        await until(lambda: people.technician.last_id == second)
    await until(lambda: not people.customer.unacked)


@asynccontextmanager
async def held(url: str, number: int) -> AsyncIterator[None]:
    """An advisory lock."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as conn:
            await conn.execute(text("SELECT pg_advisory_lock(:number)"), {"number": number})
            yield
            await conn.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})
    finally:
        await engine.dispose()


SCENES: dict[str, Scene] = {
    "killed before COMMIT": killed_at("before-commit"),
    "killed before the ack": killed_at("before-ack"),
    "killed before the index": killed_at("before-index"),
    "an ordinary day": ordinary_day,
    "a message is overtaken": overtaken,
    "Redis away at the end": on_a_cluster(redis_away),
    "PostgreSQL crashes": on_a_cluster(database_crash),
    "one writer is slow": on_a_cluster(slow_writer),
}
REVEALED_BY: dict[str, tuple[str, str]] = {
    "ack-before-commit": ("killed before COMMIT", "V1"),
    "announce-before-commit": ("killed before COMMIT", "V6"),
    "forget-client-id": ("killed before the ack", "V1"),
    "outbox-too-early": ("killed before the index", "V9"),
    "no-n": ("a message is overtaken", "V3"),
    "note-to-customers": ("an ordinary day", "V8"),
    "every-company": ("an ordinary day", "V8"),
    "no-look-at-the-store": ("Redis away at the end", "V2"),
    "no-hole-filling": ("Redis away at the end", "V2"),
    "ack-without-flush": ("PostgreSQL crashes", "V1"),
    "sequence-numbers": ("one writer is slow", "V2"),
}
