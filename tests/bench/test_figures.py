"""What came out: goals, the table, and curves as pictures."""

from xml.etree import ElementTree

import pytest

from bench.driver.orders import Spread, spread
from bench.figures import FAULTS, Figure, Goal, Point, Results, table
from bench.plot import drawn


@pytest.mark.parametrize(
    ("ours", "goal", "reached"),
    [
        (316, Goal(1.0, "plain relay"), True),
        (317, Goal(1.0, "plain relay"), False),
        (400, Goal(1.5, "echo"), None),
        (10, Goal(10), True),
        (10.1, Goal(10), False),
        (1, None, None),
    ],
)
def test_a_goal_is_so_much_or_so_many_times_a_reference(ours: float, goal: Goal | None, reached: bool | None) -> None:
    """With nothing to compare with it is neither reached nor missed."""
    assert Figure("s", "n", "µs", ours, {"plain relay": 316, "echo": 0}, goal).reached is reached


def test_the_table_has_a_line_for_each_figure() -> None:
    """With ratios, and without where they say nothing."""
    cpu = Figure("messages", "server CPU", "µs", 1580.4, {"plain relay": 316, "bare relay": 0}, Goal(1, "plain relay"))
    lost = Figure("messages", "lost", FAULTS, 0, {"plain relay": 3}, Goal(0))
    lines = table([cpu, lost]).splitlines()[2:]
    assert lines == [
        "| messages | server CPU | 1,580 µs | plain relay 316 (5.00 ×), bare relay 0 | ≤ 1 × plain relay | **no** |",
        "| messages | lost | 0 messages | plain relay 3 | 0 | yes |",
    ]


def test_a_run_is_sound_when_nothing_of_ours_went_wrong() -> None:
    """Goals that were missed are no fault, nor is what others lost."""
    results = Results({}, None, [Figure("s", "lost", FAULTS, 0, {"plain relay": 9}), Figure("s", "p99", "ms", 99)])
    assert results.sound
    assert not Results({}, None, [Figure("s", "lost", FAULTS, 1)]).sound
    assert not Results({}, None, broken=["storm"]).sound


def test_percentiles() -> None:
    """Of a hundred times, in milliseconds."""
    assert spread([n / 1000 for n in range(100, 0, -1)]) == Spread(100, 51, 91, 100, 100)
    assert spread([]) == Spread()


def test_a_curve_is_a_picture() -> None:
    """Two lines, from ten to ten thousand, the highest at four fifths."""
    points = [
        Point("open <chats>", line, x, y, "chats", "µs") for line, y in (("a", 40), ("b", 80)) for x in (10, 10_000)
    ]
    svg = ElementTree.fromstring(drawn(points))
    lines = svg.findall("{*}polyline")
    assert [line.get("points") for line in lines] == ["70.0,186.0 680.0,186.0", "70.0,82.0 680.0,82.0"]
    assert svg.findtext("{*}title") == "open <chats>"
    assert [text.text for text in svg.findall("{*}text")][6:10] == ["10", "100", "1,000", "10,000"]
