"""What is done to a server with a planted bug, or without one, so that the bug would show; and how bugs get into it."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

from server.bus.outgoing import TOO_LATE
from tests.faults.cast import Cast, chats, people
from tests.faults.cluster import Cluster
from tests.faults.evidence import Run
from tests.support.postgres import Postgres
from tests.support.server import DeskServer

SEED = 1109
ENOUGH_S = 3.0
"""With a bug, who has not read to the end by then never will: heartbeats, which would help, come once an hour here."""
PATIENCE_S = 60.0
"""Without one."""
HOURLY = {"DESKWIRE_HEARTBEAT_SECONDS": "3600"}

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
    """At its fail-point."""
    async with asyncio.timeout(30):
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


async def settled(cast: Cast, bug: str) -> Run:
    """Nobody writes any more; everybody has had time enough to get what was written."""
    cast.enough()
    patience = ENOUGH_S if bug else PATIENCE_S
    try:
        await cast.quiet(patience)
    except TimeoutError:
        print("not everything was answered")
    return await cast.evidence(patience)


async def go_on(cast: Cast, messages: int) -> None:
    """Until so many more are acknowledged; with some bugs they never are."""
    with contextlib.suppress(TimeoutError):
        await cast.more(messages, ENOUGH_S)


# --- the faults -----------------------------------------------------------------------------------------------------


def killed_at(failpoint: str) -> Scene:
    """One server on SQLite dies there while people write, and comes back."""

    async def scene(folder: Path, bug: str, _own: Postgres) -> Run:
        desk = DeskServer(folder / "data", **HOURLY).migrate().start()
        try:
            with people(folder / "people", desk, pause_s=0.15, seed=SEED) as cast:
                await chats(cast, 2, elsewhere=1, begin=False)
                desk.kill()
                infected(desk, bug, failpoint).start()
                cast.start()
                await died(desk)
                infected(desk, bug).start()
                await go_on(cast, 10)
                return await settled(cast, bug)
        finally:
            desk.kill()

    return scene


def on_a_day(messages: int, **environment: str) -> Scene:
    """One server on SQLite, and nothing happens to it."""

    async def scene(folder: Path, bug: str, _own: Postgres) -> Run:
        desk = infected(DeskServer(folder / "data", **HOURLY, **environment).migrate(), bug).start()
        try:
            with people(folder / "people", desk, pause_s=0.3, seed=SEED) as cast:
                await chats(cast, 2, elsewhere=1)
                await go_on(cast, messages)
                return await settled(cast, bug)
        finally:
            desk.kill()

    return scene


def on_a_cluster(strike: Callable[[Cluster, Cast], Awaitable[None]]) -> Scene:
    """Two servers that both have the bug."""

    async def scene(folder: Path, bug: str, own: Postgres) -> Run:
        cluster = await asyncio.to_thread(Cluster, folder, own, servers=2, **HOURLY)
        try:
            for server in cluster.servers:
                infected(server, bug)
            await asyncio.to_thread(cluster.start)
            with people(folder / "people", *cluster.servers, pause_s=0.1, seed=SEED, apart=True) as cast:
                await chats(cast, 2, colleagues=1, elsewhere=1)
                await strike(cluster, cast)
                return await settled(cast, bug)
        finally:
            await asyncio.to_thread(cluster.close)

    return scene


async def redis_away(cluster: Cluster, cast: Cast) -> None:
    """The last words are written while Redis is away; then it comes back, and nobody says anything more."""
    await go_on(cast, 30)
    await asyncio.to_thread(cluster.valkey.kill)
    await go_on(cast, 10)
    cast.enough()
    await cast.quiet()
    await asyncio.sleep(TOO_LATE)  # by then the servers do not publish what has waited for Redis any more
    await asyncio.to_thread(cluster.valkey.start)


async def database_crash(cluster: Cluster, cast: Cast) -> None:
    """PostgreSQL is stopped at once, as by a crash, and recovers from its log."""
    await go_on(cast, 40)
    await asyncio.to_thread(cluster.postgres.restart)
    await go_on(cast, 10)


async def crowd(_cluster: Cluster, cast: Cast) -> None:
    """Several write into one ticket at the same time, on two servers."""
    await go_on(cast, 150)


SCENES: dict[str, Scene] = {
    "killed before COMMIT": killed_at("before-commit:25"),
    "killed before the ack": killed_at("before-ack:20"),
    "killed before the index": killed_at("before-index:3"),
    "an ordinary day": on_a_day(20),
    # some messages are refused for a moment, and later ones are not
    "more than the rates allow": on_a_day(25, DESKWIRE_TECHNICIAN_BURST="1"),
    "Redis away at the end": on_a_cluster(redis_away),
    "PostgreSQL crashes": on_a_cluster(database_crash),
    "several write at once": on_a_cluster(crowd),
}
REVEALED_BY: dict[str, tuple[str, str]] = {
    "ack-before-commit": ("killed before COMMIT", "V1"),
    "announce-before-commit": ("killed before COMMIT", "V6"),
    "forget-client-id": ("killed before the ack", "V1"),
    "outbox-too-early": ("killed before the index", "V9"),
    "no-n": ("more than the rates allow", "V3"),
    "note-to-customers": ("an ordinary day", "V8"),
    "every-company": ("an ordinary day", "V8"),
    "no-look-at-the-store": ("Redis away at the end", "V2"),
    "no-hole-filling": ("Redis away at the end", "V2"),
    "ack-without-flush": ("PostgreSQL crashes", "V1"),
    "sequence-numbers": ("several write at once", "V2 V3 V4"),  # who of several is late differs
}
