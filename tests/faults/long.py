"""The long form: ``make faults``, or ``scripts/faults [--seed N] [--minutes M] [--kills K] [--only NAME] [PART …]``.

Prints one line of a table for each run; docs/reliability.md keeps what it said. Ends with 1 when the checker found
anything, or when it missed a planted bug.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults import nemeses
from tests.faults.battlefield import Battlefield, Nemesis, name_of
from tests.faults.cast import Cast, chats, people
from tests.faults.checker import check
from tests.faults.cluster import Cluster
from tests.faults.failpoints import ONLY_POSTGRES, ONLY_UNITS, POINTS
from tests.faults.nemeses_behind import POSTGRES, REDIS
from tests.faults.report import HEAD, Row
from tests.faults.scenes import REVEALED_BY, SCENES, dies_at
from tests.support.postgres import Postgres
from tests.support.server import DeskServer

LOAD = 8
"""Chats; one has four colleagues, and two more are another company's."""
ROUNDS = 5
"""Times that a server dies at each fail-point."""
TOGETHER_S = 120.0

Strike = Callable[[Battlefield], Awaitable[int]]
"""What is done while people write; returns how many times."""
Part = Callable[["Campaign"], Awaitable[None]]


class Campaign:
    """One PostgreSQL, one folder, and the table so far."""

    def __init__(self, folder: Path, postgres: Postgres, given: argparse.Namespace) -> None:
        self.folder = folder
        self.postgres = postgres
        self.minutes: float = given.minutes
        self.kills: int = given.kills
        self.only: str = given.only
        self.sound = True
        self._seed: int = given.seed

    async def run(self, fault: str, kind: str, strike: Strike, *, pause_s: float = 2.0, stay_s: float = 30.0) -> None:
        """A line of the table. When a run breaks off the others still take place, and the whole is not sound."""
        self._seed += 1
        try:
            async with self._field(kind, pause_s, stay_s) as field:
                times = await strike(field)
                row = await self._judge(fault, kind, times, field.cast)
        except Exception:  # noqa: BLE001 - whatever it was
            traceback.print_exc()
            print(f"| {fault} | {kind} | BROKE OFF | seed {self._seed} |", flush=True)
            self.sound = False
        else:
            print(row, flush=True)
            self.sound = self.sound and row.sound

    @asynccontextmanager
    async def _field(self, kind: str, pause_s: float, stay_s: float) -> AsyncIterator[Battlefield]:
        """People who write, on servers of this kind, and everything that may be struck."""
        seed, folder = self._seed, self.folder / f"run-{self._seed}"
        folder.mkdir()
        servers, cluster = self._servers(kind, folder)
        try:
            if cluster is not None:
                await asyncio.to_thread(cluster.valkey.start)
            await asyncio.gather(*(asyncio.to_thread(server.start) for server in servers))
            with people(folder / "people", *servers, pause_s=pause_s, seed=seed, silence_s=10, stay_s=stay_s) as cast:
                await chats(cast, LOAD, colleagues=4, elsewhere=2)
                behind = (None, None) if cluster is None else (cluster.valkey, cluster.postgres)
                yield Battlefield(cast, servers, random.Random(seed), long=True, valkey=behind[0], postgres=behind[1])
        finally:
            for server in servers:
                await asyncio.to_thread(server.kill)
            if cluster is not None:
                await asyncio.to_thread(cluster.close)

    def _servers(self, kind: str, folder: Path) -> tuple[list[DeskServer], Cluster | None]:
        if kind == "SQLite":
            return [DeskServer(folder / "data").migrate()], None
        workers = kind == "workers"
        cluster = Cluster(folder, self.postgres, servers=1 if workers else 3)
        if workers:
            cluster.servers[0].options = ("--workers", "3")
        return cluster.servers, cluster

    async def _judge(self, fault: str, kind: str, times: int, cast: Cast) -> Row:
        cast.enough()
        await cast.quiet(300)
        run = await cast.evidence(patience_s=120)
        violations = check(run)
        for violation in violations[:20]:
            print(f"    {violation}", flush=True)
        return Row.of(fault, kind, times, self._seed, run, violations)


# --- parts ----------------------------------------------------------------------------------------------------------


def kills(kind: str, victim: Nemesis) -> Part:
    """So many kill -9 in so many minutes, at random moments."""

    async def part(campaign: Campaign) -> None:
        async def strike(field: Battlefield) -> int:
            pause_s, until = campaign.minutes * 60 / campaign.kills, time.monotonic() + campaign.minutes * 60
            for left in range(campaign.kills, 0, -1):
                latest = (until - time.monotonic()) / left * 2 - 1
                await asyncio.sleep(field.dice.uniform(0.2, max(0.3, min(latest, 2 * pause_s))))
                await victim(field)
            return campaign.kills

        await campaign.run(f"kill -9 ({name_of(victim)})", kind, strike)

    return part


async def each_alone(campaign: Campaign) -> None:
    """Every nemesis, as long as it takes on its worst day, in a run of its own."""
    sets = (("cluster", (*nemeses.SERVERS[1:], *REDIS, *POSTGRES)), ("SQLite", nemeses.SQLITE[1:]))
    for kind, family in (*sets, ("workers", nemeses.WORKERS[1:])):
        for nemesis in family:
            if campaign.only not in ("", name_of(nemesis)):
                continue

            async def strike(field: Battlefield, nemesis: Nemesis = nemesis) -> int:
                await field.cast.more(50)
                await nemesis(field)
                await field.cast.more(50)
                return 1

            await campaign.run(name_of(nemesis), kind, strike, pause_s=1.0)


async def together(campaign: Campaign) -> None:
    """One of each family at any time."""

    async def strike(field: Battlefield) -> int:
        field.long = False
        return await nemeses.together(field, TOGETHER_S)

    await campaign.run("all together", "cluster", strike, pause_s=1.0)


async def fail_points(campaign: Campaign) -> None:
    """Each, several times, on both databases."""
    for kind, other in (("SQLite", ONLY_POSTGRES), ("cluster", ONLY_UNITS)):
        points = [point for point in POINTS if point not in other] * ROUNDS

        async def strike(field: Battlefield, points: list[str] = points) -> int:
            dying = field.servers[-1]
            field.dice.shuffle(points)
            await asyncio.to_thread(dying.kill)
            for point in points:
                await dies_at(dying, point, field.dice)
            dying.program = ("server",)
            await asyncio.to_thread(dying.start)
            await field.cast.more(50)
            return len(points)

        await campaign.run("death at a fail-point", kind, strike, pause_s=0.6, stay_s=2)


async def planted_bugs(campaign: Campaign) -> None:
    """How many of them the checker finds; and every scene without a bug."""
    found = 0
    for bug, (scene, verdict) in REVEALED_BY.items():
        right = [what for what in await play(campaign, scene, bug) if what.startswith(verdict)]
        found += bool(right)
        print(f"| {bug} | {scene} | {right[0][:60] if right else 'MISSED'} |", flush=True)
    wrong = {scene: violations for scene in SCENES if (violations := await play(campaign, scene, ""))}
    print(f"planted bugs found: {found} of {len(REVEALED_BY)}; without a bug: {wrong or 'nothing'}", flush=True)
    campaign.sound = campaign.sound and found == len(REVEALED_BY) and not wrong


async def play(campaign: Campaign, scene: str, bug: str) -> list[str]:
    """What the checker says."""
    folder = campaign.folder / f"{scene} {bug}".replace(" ", "-")
    folder.mkdir()
    return check(await SCENES[scene](folder, bug, campaign.postgres))


PARTS: dict[str, Part] = {
    "kills-sqlite": kills("SQLite", nemeses.kill_a_server),
    "kills-cluster": kills("cluster", nemeses.kill_a_server),
    "kills-workers": kills("workers", nemeses.kill_a_worker),
    "nemeses": each_alone,
    "together": together,
    "failpoints": fail_points,
    "planted": planted_bugs,
}


async def campaign(given: argparse.Namespace) -> bool:
    """Whether nothing was wrong."""
    this = asyncio.current_task()
    if this is not None:  # whatever was started is ended, however this ends
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    postgres = await asyncio.to_thread(Postgres, own=True)
    try:
        with tempfile.TemporaryDirectory(prefix="deskwire-faults-") as folder:
            march = Campaign(Path(folder), postgres, given)
            print(f"seed {given.seed}\n{HEAD}", flush=True)
            for part in given.parts or PARTS:
                await PARTS[part](march)
            return march.sound
    finally:
        await asyncio.to_thread(postgres.stop)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Fault tests, long form.")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--only", default="", help="of the part nemeses this one; for the seed of a row, less one")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all where none is named")
    sys.exit(0 if asyncio.run(campaign(parser.parse_args())) else 1)
