"""How long somebody will wait: said from what was measured, and not said where that would be a guess (B-70)."""

from random import Random

import pytest

from server.domain.estimate import ENOUGH, MINUTE_MS, Measured, Pickup, Wait, measure, slower, wait


def taken(*minutes: float, ahead: int = 0) -> list[Measured]:
    return [Measured(ahead, round(one * MINUTE_MS)) for one in minutes]


def test_how_many_were_before_each_when_it_came() -> None:
    """Three came at 0, 1 and 2 and were taken at 5, 1.5 and 7; the fourth came when all of them had gone."""
    line = [Pickup(0, 50), Pickup(10, 15), Pickup(20, 70), Pickup(80, 90)]
    assert measure(line) == [Measured(0, 50), Measured(1, 5), Measured(1, 50), Measured(0, 10)]


def test_it_is_so_of_any_line() -> None:
    """Also of those who came or went at the same moment, or were taken at once."""
    chance = Random(1)
    for _ in range(300):
        line = [Pickup(at := chance.randrange(12), at + chance.randrange(6)) for _ in range(chance.randrange(12))]
        before = [sum(other.queued_at < one.queued_at < other.picked_at for other in line) for one in line]
        assert [one.ahead for one in measure(line)] == before


@pytest.mark.parametrize(
    ("measured", "ahead", "said"),
    [
        (taken(1, 2, 3, 4), 0, None),  # too few
        (taken(1, 2, 3, 4, 5), 0, Wait(3, 4)),
        (taken(1, 2, 3, 4, 5), 1, None),  # of another place
        (taken(0.1, 0.1, 0.2, 0.3, 0.3), 0, Wait(1, 1)),
        (taken(2.5, 2.5, 2.5, 2.5, 9), 0, Wait(2, 3)),  # one who waited for long says nothing of all
        (taken(10, 20, 30, ahead=4) + taken(20, 25, ahead=5), 4, Wait(20, 25)),  # further back, neighbours will do
        (taken(300, 300, 300, 300, 300), 0, None),  # nobody waits by such a promise
    ],
)
def test_what_is_said(measured: list[Measured], ahead: int, said: Wait | None) -> None:
    assert wait(measured, ahead) == said


def test_a_day_that_is_not_like_that_any_more() -> None:
    """Whoever is first has waited longer than was promised: then nobody is promised anything."""
    measured = taken(*[3] * ENOUGH)
    assert not slower(measured, 3 * MINUTE_MS)
    assert slower(measured, 3 * MINUTE_MS + 1)
    assert not slower(taken(3), 60 * MINUTE_MS)
