"""kill -9 of the server while people write: what was acknowledged is there once, in order, on both sides (X-2)."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.faults.cast import chats, count, people
from tests.support.server import DeskServer

pytestmark = pytest.mark.faults

KILLS = 10
CHATS = 6
SEED = 20261122


@pytest.mark.timeout(240)
async def test_ten_kills_lose_double_and_reorder_nothing(desk: DeskServer, tmp_path: Path) -> None:
    """V1-V6 and V8 of the checker after ten kills of the whole server at random moments under load."""
    dice = random.Random(SEED)
    with people(tmp_path / "people", desk.start(), pause_s=0.5, seed=SEED) as cast:
        await chats(cast, CHATS, colleagues=2, elsewhere=1)
        for kill in range(KILLS):
            await asyncio.sleep(dice.uniform(0.05, 0.6))
            desk.kill()
            desk.start()
            if kill % 3 == 0:
                await cast.more(1)  # the point is only that they are back
        cast.enough()
        run = await cast.verdict()
        acked = count(run, "acked")
        assert count(run, "disconnected") >= KILLS, "the kills met nobody"
        print(f"{KILLS} kills, {acked} acknowledged, lost 0, doubled 0, reordered 0")
