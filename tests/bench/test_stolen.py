"""What the host took away: read from the system, second by second; and that such seconds do not count."""

import asyncio
import itertools
import os
import time
from pathlib import Path

import pytest

from bench.driver import stolen
from bench.driver.orders import Second, Spread, Talked
from bench.driver.stolen import Watch
from bench.scenarios import translating
from bench.scenarios.translating import Turn
from bench.target import Cost


def test_the_system_says_it_in_ticks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The eighth number; 0 where there is no such file."""
    monkeypatch.setattr(stolen, "STAT", tmp_path / "stat")
    assert stolen.stolen_s() == 0.0
    (tmp_path / "stat").write_text("cpu  1 2 3 4 5 6 7 250 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n")
    assert stolen.stolen_s() == 250 / os.sysconf("SC_CLK_TCK")


async def test_each_second_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """From look to look; nothing is known of a second that did not take place."""
    looks, third = itertools.count(1), asyncio.Event()

    def square() -> float:
        number = next(looks)
        if number == 3:
            third.set()
        return float(number * number)

    monkeypatch.setattr(stolen, "stolen_s", square)
    monkeypatch.setattr(stolen, "SECOND_S", 0.01)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    watch = Watch()
    watch.begin()
    await third.wait()
    watch.end()
    assert [watch.share(second) * 2 * 0.01 for second in (0, 1)] == pytest.approx([3, 5])
    assert watch.share(100) == 0.0


def test_seconds_of_a_busy_host_do_not_count() -> None:
    """Whatever was measured in them."""
    none = Spread()
    talked = Talked(
        sent=0,
        acknowledged=0,
        refused=0,
        delivered=0,
        lost=0,
        doubled=0,
        disordered=0,
        strayed=0,
        unanswered=0,
        codes={},
        late=none,
        to_other=none,
        to_ack=none,
        to_other_ms=[Second(0.0, [1.0, 2.0]), Second(0.5, [300.0]), Second(translating.QUIET, [3.0])],
    )
    turn = Turn("", translating.ON, Cost(0.0, 0.0, 0.0), 0.0, 0.0, 0.0, talked)
    assert translating.quiet([turn, turn]) == [[1.0, 2.0], [3.0]] * 2
    with pytest.raises(RuntimeError, match="the host was busy"):
        translating.figures("", [turn])


def test_a_turn_waits_for_a_quiet_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """For so long at most: a host that is never quiet gets its turn too."""
    slept: list[float] = []
    looks = iter([0.0, 1.0, 1.0, 1.2, 1.2, 1.2 + translating.QUIET])
    monkeypatch.setattr(stolen, "stolen_s", lambda: next(looks))
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(time, "monotonic", lambda: float(len(slept)))
    translating.warm(1.0)
    assert len(slept) == 3
    monkeypatch.setattr(stolen, "stolen_s", lambda: float(len(slept)))
    slept.clear()
    translating.warm(1.0)
    assert len(slept) == translating.CALM_S
