"""Stops and restarts while people write: what was acknowledged is there once, in order, on both sides (X-2)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Crew
from tests.faults.cast import Cast, chats, count, people
from tests.support.server import DeskServer, alive, until

pytestmark = pytest.mark.faults

CHATS = 4
PAUSE_S = 0.15
SEED = 20261123
TURNS = 3

Turn = Callable[[DeskServer], None]


def stop_and_start(server: DeskServer) -> None:
    """SIGTERM, and a new server."""
    code = server.stop()
    assert code in (0, -15), f"ended with {code}:\n{server.log()[-4000:]}"
    server.start()


def restart(server: DeskServer) -> None:
    """SIGHUP, until nothing of the old is left."""
    old, started = server.workers(), len(server.events("started"))
    server.hang_up()
    until(lambda: len(server.events("started")) >= started + max(1, len(old)))
    until(lambda: not any(alive(pid) for pid in old) and len(server.workers()) == len(old))


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[DeskServer]:
    """One process on SQLite."""
    server = DeskServer(tmp_path / "alone").migrate().start()
    yield server
    server.kill()


async def turns(cast: Cast, server: DeskServer, turn: Turn) -> None:
    """So many while everybody writes; then the checker's word."""
    await chats(cast, CHATS)
    await cast.more(20)
    for _ in range(TURNS):
        turn(server)
        await cast.more(20)
    cast.enough()
    run = await cast.verdict()
    assert count(run, "disconnected") >= TURNS, "nobody noticed anything"
    assert "Traceback" not in server.log()
    print(f"{TURNS} times {turn.__name__}, {count(run, 'acked')} acknowledged, lost 0, doubled 0, reordered 0")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("turn", [stop_and_start, restart])
async def test_one_process(tmp_path: Path, alone: DeskServer, turn: Turn) -> None:
    with people(tmp_path / "people", alone, pause_s=PAUSE_S, seed=SEED) as cast:
        await turns(cast, alone, turn)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("turn", [stop_and_start, restart])
async def test_two_workers(tmp_path: Path, crew: Crew, turn: Turn) -> None:
    server = crew()
    with people(tmp_path / "people", server, pause_s=PAUSE_S, seed=SEED) as cast:
        await turns(cast, server, turn)
