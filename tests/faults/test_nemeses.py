"""Servers, Redis and PostgreSQL are killed, frozen, cut and lied to while people write: one by one, and together.

Each run prints its seed; the dice decide order, moments and victims.
"""

import asyncio
import random
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.faults import nemeses
from tests.faults.battlefield import Battlefield, Nemesis, name_of
from tests.faults.cast import Cast, chats, people
from tests.faults.cluster import Cluster
from tests.faults.nemeses_behind import POSTGRES, REDIS
from tests.faults.report import Row
from tests.support.disk import MOUNTABLE, small_disk
from tests.support.postgres import Postgres
from tests.support.server import DeskServer

pytestmark = pytest.mark.faults

SEED = 2027
TOGETHER_S = 6.0


def field_of(cluster: Cluster, cast: Cast, seed: int) -> Battlefield:
    return Battlefield(cast, cluster.servers, random.Random(seed), valkey=cluster.valkey, postgres=cluster.postgres)


async def each_in_turn(field: Battlefield, kinds: Sequence[Nemesis]) -> None:
    """In an order that the dice decide; people are heard again after each."""
    for nemesis in field.dice.sample(kinds, len(kinds)):
        before, began = field.cast.lines("acked"), time.monotonic()
        await nemesis(field)
        acked = field.cast.lines("acked") - before
        await field.cast.more(10)
        print(f"  {name_of(nemesis)}: {acked} acknowledged during {time.monotonic() - began:.1f} s")


async def survived(cast: Cast) -> None:
    """The checker finds nothing."""
    cast.enough()
    print(Row.of("nemeses", "", 0, SEED, await cast.verdict(), []))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kinds", [nemeses.SERVERS, REDIS, POSTGRES], ids=["servers", "redis", "postgres"])
async def test_one_after_the_other(kinds: Sequence[Nemesis], cluster: Cluster, tmp_path: Path) -> None:
    """V1 to V9 after each kind of fault of one family; clients move between two servers all the time."""
    print(f"seed {SEED}")
    with people(tmp_path, *cluster.servers, pause_s=0.4, seed=SEED, stay_s=8) as cast:
        await chats(cast, 3, colleagues=2, elsewhere=1)
        await each_in_turn(field_of(cluster, cast, SEED), kinds)
        await survived(cast)


@pytest.mark.timeout(300)
async def test_workers_of_one_server(own: Postgres, tmp_path: Path) -> None:
    """``serve --workers 2``: killed with -9, frozen, and replaced by SIGHUP."""
    print(f"seed {SEED}")
    crew = await asyncio.to_thread(Cluster, tmp_path, own, servers=1)
    crew.servers[0].options = ("--workers", "2")
    try:
        await asyncio.to_thread(crew.start)
        with people(tmp_path / "people", *crew.servers, pause_s=0.4, seed=SEED, stay_s=8) as cast:
            await chats(cast, 3, colleagues=2, elsewhere=1)
            await each_in_turn(field_of(crew, cast, SEED), nemeses.WORKERS)
            await survived(cast)
    finally:
        await asyncio.to_thread(crew.close)


@pytest.mark.timeout(300)
async def test_all_together(cluster: Cluster, tmp_path: Path) -> None:
    """Servers, Redis and PostgreSQL suffer at the same time."""
    print(f"seed {SEED}")
    with people(tmp_path, *cluster.servers, pause_s=0.4, seed=SEED, stay_s=8) as cast:
        await chats(cast, 3, colleagues=2, elsewhere=1)
        field = field_of(cluster, cast, SEED)
        await nemeses.together(field, TOGETHER_S)
        await survived(cast)


@pytest.mark.timeout(300)
async def test_one_after_the_other_on_sqlite(desk: DeskServer, tmp_path: Path) -> None:
    """What is not the same as on PostgreSQL; kill -9 is in test_kill.py."""
    print(f"seed {SEED}")
    with people(tmp_path / "people", desk.start(), pause_s=0.4, seed=SEED, stay_s=8) as cast:
        await chats(cast, 3, colleagues=2, elsewhere=1)
        await each_in_turn(Battlefield(cast, [desk], random.Random(SEED)), nemeses.SQLITE_ALONE)
        await survived(cast)


# --- a disk that is full --------------------------------------------------------------------------------------------


class Quota:
    """Without a disk of one's own: files of the server may not grow any more, which SQLite meets as an I/O error."""

    def __init__(self, server: DeskServer) -> None:
        self._server = server

    def fill(self) -> None:
        """Not one byte more for any file."""
        self._limit(min(file.stat().st_size for file in self._server.data.glob("deskwire.db*")))

    def make_room(self) -> None:
        """As it was before."""
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        assert self._server.process is not None
        resource.prlimit(self._server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.skipif(not MOUNTABLE, reason="only root may mount a small disk; the quota is tested anywhere")
async def test_the_disk_is_full(tmp_path: Path) -> None:
    """Writes are refused as long as there is no room, logs included; nothing that was acknowledged is lost."""
    with small_disk(24) as disk, running(disk.path / "data") as desk:
        await full_and_free_again(desk, disk.fill, disk.make_room, tmp_path)


async def test_files_may_not_grow(tmp_path: Path) -> None:
    """The same without root."""
    with running(tmp_path / "data") as desk:
        quota = Quota(desk)
        await full_and_free_again(desk, quota.fill, quota.make_room, tmp_path)


@contextmanager
def running(data: Path) -> Iterator[DeskServer]:
    server = DeskServer(data).migrate().start()
    try:
        yield server
    finally:
        server.kill()


async def full_and_free_again(
    desk: DeskServer, fill: Callable[[], None], make_room: Callable[[], None], folder: Path
) -> None:
    """And nothing is lost, before or after."""
    with people(folder / "people", desk, pause_s=0.2, seed=SEED) as cast:
        await chats(cast, 3, elsewhere=1)
        await cast.more(30)
        refused = cast.lines("refused")
        fill()
        async with asyncio.timeout(30):
            while cast.lines("refused") < refused + 10:  # noqa: ASYNC110 - files of other processes
                await asyncio.sleep(0.05)
        make_room()
        await cast.more(30)
        await survived(cast)
    with closing(sqlite3.connect(desk.database)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
