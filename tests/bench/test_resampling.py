"""How sure a ratio is: of what is certain quite, of what differs from second to second less."""

from bench.figures import Figure, Goal, table
from bench.resampling import percentile, ratio


def test_a_percentile_is_of_everything() -> None:
    """However it falls into seconds."""
    assert percentile([[3.0, 1.0], [2.0]], 0.5) == 2.0
    assert percentile([[float(n) for n in range(100)]], 0.99) == 99.0
    assert percentile([], 0.5) == 0.0


def test_what_is_always_twice_as_much_is_so_for_certain() -> None:
    """Every second says the same."""
    same = [[float(n) for n in range(1, 101)]] * 10
    twice = [[2 * value for value in second] for second in same]
    found = ratio(twice, same, 0.99)
    assert (found.itself, found.least, found.most) == (2.0, 2.0, 2.0)


def test_where_seconds_differ_the_bounds_are_wide() -> None:
    """One slow second of ten may or may not be drawn; the ratio lies between."""
    quiet = [[1.0] * 100] * 10
    found = ratio([[1.0] * 100] * 9 + [[1.0] * 90 + [8.0] * 10], quiet, 0.99)
    assert (found.least, found.most) == (1.0, 8.0)
    assert found.least <= found.itself <= found.most


def test_a_goal_is_missed_where_all_that_is_possible_is_beyond_it() -> None:
    """And the table says between which bounds it is."""
    unsure = Figure("s", "p99", "×", 1.4, {}, Goal(1.1), (1.05, 1.9))
    assert unsure.reached
    assert Figure("s", "p99", "×", 1.4, {}, Goal(1.1), (1.2, 1.9)).reached is False
    assert table([unsure]).splitlines()[-1] == "| s | p99 | 1.40 × (1.05 to 1.90) |  | ≤ 1.1 × | yes |"
