"""The judge: what was lost, doubled, out of order."""

import pytest

from bench.driver.talk import turns
from bench.driver.tally import Answers, Ear, Place


def heard(*numbers: int) -> Ear:
    """Messages in the order in which they came; the transcript numbers them in the order of the writer."""
    ear = Ear(Place(0))
    for n in numbers:
        ear.hear(n, n)
    return ear


@pytest.mark.parametrize(
    ("numbers", "lost", "doubled", "disordered"),
    [
        ((1, 2, 3, 4), 0, 0, 0),
        ((1, 2, 4), 1, 0, 0),
        ((1, 2), 2, 0, 0),
        ((), 4, 0, 0),
        ((1, 2, 2, 3, 4, 1), 0, 2, 0),
        ((1, 3, 2, 4), 0, 0, 1),
        ((4, 3, 2, 1), 0, 0, 3),
        ((2, 4, 4, 1), 1, 1, 1),
    ],
)
def test_an_ear_counts_what_is_wrong(numbers: tuple[int, ...], lost: int, doubled: int, disordered: int) -> None:
    """Of four messages that were written."""
    ear = heard(*numbers)
    assert (ear.lost(4, ()), ear.doubled, ear.disordered) == (lost, doubled, disordered)
    assert ear.heard == 4 - lost


def test_what_was_refused_is_not_lost() -> None:
    """Nobody should hear of it."""
    assert heard(1, 3).lost(4, {2}) == 1


def test_numbers_of_the_transcript_must_go_up_whoever_writes() -> None:
    """Two writers, each in order, and yet one has come too late."""
    place = Place(7)
    one, other = Ear(place), Ear(place)
    assert one.hear(1, 8)
    assert other.hear(1, 10)
    assert one.hear(2, 9)
    assert (one.disordered, other.disordered) == (1, 0)


def test_an_answer_counts_once() -> None:
    """Acknowledged or refused, whichever came first."""
    answers = Answers()
    assert answers.acknowledge(5)
    assert not answers.acknowledge(5)
    assert answers.refuse(100_000, "busy")
    assert not answers.acknowledge(100_000)
    assert (answers.acknowledged, answers.doubled, answers.codes) == (1, 2, {"busy": 1})
    assert answers.refused == {100_000}


def test_turns() -> None:
    """Seven messages of three writers."""
    assert [turns(7, who, 3) for who in range(3)] == [3, 2, 2]
