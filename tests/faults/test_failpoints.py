"""A server that dies exactly between insert, commit, announcement and ack, at every one of these places (X-2)."""

import asyncio
import random
import time
from pathlib import Path

import pytest

from tests.faults.cast import Cast, chats, count, people
from tests.faults.cluster import Cluster
from tests.faults.failpoints import ONLY_POSTGRES, ONLY_UNITS, POINTS
from tests.faults.scenes import dies_at
from tests.support.server import DeskServer

pytestmark = pytest.mark.faults

SEED = 404
ON_SQLITE = [point for point in POINTS if point not in ONLY_POSTGRES]
ON_POSTGRES = [point for point in POINTS if point not in ONLY_UNITS]


async def dies_everywhere(server: DeskServer, points: list[str], cast: Cast, dice: random.Random) -> None:
    """At each point once; nothing may be wrong afterwards."""
    for point in points:
        before, began = cast.lines("acked"), time.monotonic()
        await dies_at(server, point, dice)
        print(f"  {point}: {cast.lines('acked') - before} acknowledged, {time.monotonic() - began:.1f} s")
    server.program = ("server",)
    await asyncio.to_thread(server.start)
    await cast.more(20)
    cast.enough()
    run = await cast.verdict()
    print(f"seed {SEED}: died {len(points)} times, {count(run, 'acked')} acknowledged, lost, doubled, reordered 0")


@pytest.mark.timeout(240)
async def test_at_every_place_on_sqlite(desk: DeskServer, tmp_path: Path) -> None:
    with people(tmp_path / "people", desk.start(), pause_s=0.2, seed=SEED) as cast:
        await chats(cast, 3, colleagues=1, elsewhere=1, begin=False)
        desk.kill()
        cast.start()
        await dies_everywhere(desk, ON_SQLITE, cast, random.Random(SEED))


@pytest.mark.timeout(240)
async def test_at_every_place_on_postgres_beside_another_server(cluster: Cluster, tmp_path: Path) -> None:
    """Who was on the one that dies goes on with the other, and back."""
    dying = cluster.servers[1]
    try:
        with people(tmp_path / "people", *cluster.servers, pause_s=0.3, seed=SEED, stay_s=1.0) as cast:
            await chats(cast, 3, colleagues=1, elsewhere=1, begin=False)
            dying.kill()
            cast.start()
            await dies_everywhere(dying, ON_POSTGRES, cast, random.Random(SEED))
    finally:
        dying.program = ("server",)
