"""What the engine is made of, each part by itself: the backlog, the memory of sentences, rests, guards, the shelf."""

import asyncio
from pathlib import Path

import pytest

from server.translation import guards
from server.translation.backlog import BATCH, PATIENT_BATCH, Backlog, Full, Job, Verdict
from server.translation.base import Pair, newness
from server.translation.breaker import MOST_REST_S, Breaker
from server.translation.memo import OVERHEAD, Memo
from server.translation.packages import installed
from server.translation.shelf import Shelf

EN_FR = Pair("en", "fr", "1.0", "translate-en_fr-1_0", 0, 0)
EN_NL = Pair("en", "nl", "1.0", "translate-en_nl-1_0", 0, 0)


def texts(jobs: list[Job]) -> list[str]:
    return [job.text for job in jobs]


async def test_equal_sentences_are_one_job() -> None:
    backlog = Backlog(10)
    first, second = backlog.want(EN_FR, "hello", True), backlog.want(EN_FR, "hello", True)
    assert first is second
    assert backlog.want(EN_NL, "hello", True) is not first
    assert len(backlog) == 2
    backlog.end(first, Verdict("bonjour"))
    assert await asyncio.wait_for(second.verdict, 1) == Verdict("bonjour")
    assert backlog.want(EN_FR, "hello", True) is not first


async def test_also_while_a_worker_has_it() -> None:
    backlog = Backlog(10)
    job = backlog.want(EN_FR, "hello", True)
    assert backlog.take(1) == [job]
    assert backlog.want(EN_FR, "hello", True) is job
    assert (len(backlog), backlog.take(1)) == (0, [])


async def test_urgent_ones_first_and_one_pair_at_a_time() -> None:
    backlog = Backlog(100)
    for text in ("a", "b"):
        backlog.want(EN_FR, text, False)
    backlog.want(EN_NL, "c", True)
    backlog.want(EN_FR, "d", True)
    backlog.want(EN_FR, "b", True)  # somebody cannot wait for it any more
    assert texts(backlog.take(1)) == ["c"]
    assert texts(backlog.take(1)) == ["d", "b"]
    assert texts(backlog.take(1)) == ["a"]


async def test_batches_are_bounded_and_shared_between_free_workers() -> None:
    backlog = Backlog(1_000)
    for number in range(100):
        backlog.want(EN_FR, f"urgent {number}", True)
        backlog.want(EN_FR, f"patient {number}", False)
    assert len(backlog.take(1)) == BATCH
    assert len(backlog.take(4)) == 17
    while backlog.take(1)[0].text.startswith("urgent"):
        pass
    assert len(backlog.take(1)) == PATIENT_BATCH


async def test_what_nobody_wants_any_more_is_gone() -> None:
    backlog = Backlog(1)
    job = backlog.want(EN_FR, "hello", True)
    backlog.want(EN_FR, "hello", True)
    backlog.let_go(job)
    assert len(backlog) == 1
    backlog.let_go(job)
    assert (len(backlog), backlog.take(1)) == (0, [])
    backlog.want(EN_FR, "another", True)


async def test_as_many_wait_as_may_and_half_of_them_patiently() -> None:
    backlog = Backlog(4)
    backlog.want(EN_FR, "a", False)
    backlog.want(EN_FR, "b", False)
    with pytest.raises(Full):
        backlog.want(EN_FR, "c", False)
    backlog.want(EN_FR, "c", True)
    backlog.want(EN_FR, "d", True)
    with pytest.raises(Full):
        backlog.want(EN_FR, "e", True)
    backlog.want(EN_FR, "a", False)


async def test_what_is_tried_again_goes_alone_and_first() -> None:
    backlog = Backlog(10)
    for text in ("a", "b"):
        backlog.want(EN_FR, text, True)
    a, b = backlog.take(1)
    backlog.want(EN_FR, "c", True)
    backlog.let_go(b)
    for job in (a, b):
        backlog.again(job)
    assert texts(backlog.take(1)) == ["a"]
    assert texts(backlog.take(1)) == ["c"]


async def test_at_the_end_everybody_is_told() -> None:
    backlog = Backlog(10)
    for text in ("a", "b"):
        backlog.want(EN_FR, text, True)
    taken = backlog.take(2)
    waiting = backlog.want(EN_FR, "b", True)
    backlog.end_all(Verdict(reason="engine"))
    assert {(await job.verdict).reason for job in (*taken, waiting)} == {"engine"}
    assert len(backlog) == 0


def test_the_memory_of_sentences_has_a_size() -> None:
    memo = Memo(most=3 * (OVERHEAD + 10))
    keys = [("en-fr", 1, letter * 5) for letter in "abcd"]
    for key in keys[:3]:
        memo[key] = "x" * 5
    assert memo[keys[0]] == "xxxxx"  # used: b is the oldest now
    memo[keys[3]] = None
    assert [key in memo for key in keys] == [True, False, True, True]
    assert memo[keys[3]] is None
    assert ("en-fr", 2, "aaaaa") not in memo


def test_rests_become_longer_and_end_with_the_first_success() -> None:
    breaker: Breaker[str] = Breaker(allowed=1, rest_s=2)
    breaker.failed("a", 100)
    assert breaker.rest_s("a", 100) == 0
    breaker.failed("a", 100)
    assert (breaker.rest_s("a", 100), breaker.rest_s("a", 101.5), breaker.rest_s("a", 103)) == (2, 0.5, 0)
    breaker.failed("a", 103)
    assert breaker.rest_s("a", 103) == 4
    assert breaker.rest_s("b", 103) == 0
    for _ in range(20):
        breaker.failed("a", 103)
    assert breaker.rest_s("a", 103) == MOST_REST_S
    breaker.worked("a")
    assert breaker.rest_s("a", 103) == 0


@pytest.mark.parametrize(
    ("source", "target", "text", "bad"),
    [
        ("a b c d", "e f g h", "efgh", False),
        ("a b c d", "", "", True),
        ("a", " ".join("bcdefghijklm"), "twelve", True),
        ("a", " ".join("bcdefghijkl"), "eleven", False),
        (" ".join("abcdefghijklmnopqrst"), "a b c", "too short", True),
        (" ".join("abcdefghijklmnopqrst"), "a b c d", "short", False),
        (" ".join("abcdefghijkl"), "x y " * 6, "xyxyxy", True),
        (" ".join("abcdefghijkl"), "x " * 7, "xxxxxxx", True),
        ("ha " * 12, "ha " * 12, "hahaha", False),
        ("a b", "c d", "with ⁇ in it", True),
        ("a b", "c d", "with \x00 in it", True),
        ("a b", "c d", "with \ufffd in it", True),
    ],
)
def test_outputs_that_nobody_should_see(source: str, target: str, text: str, bad: bool) -> None:
    assert guards.bad(source.split(), target.split(), text) is bad


def test_the_shelf_gives_up_what_was_not_used_for_the_longest_time() -> None:
    """And an old model whose package was replaced; never the one that is in use."""
    here: dict[str, int] = {}

    class Model:
        def __init__(self, name: str) -> None:
            self.name = name
            here[name] = 30
            loaded.append(name)

        def __del__(self) -> None:
            del here[self.name]

    loaded: list[str] = []
    shelf: Shelf[Model] = Shelf(70, weigh=lambda: 5 + sum(here.values()))

    def get(name: str, stamp: int = 1) -> None:
        assert shelf.get(name, stamp, 30, lambda: Model(f"{name}{stamp}")).name == f"{name}{stamp}"

    for name in ("a", "b", "a", "c", "a", "b"):
        get(name)
    assert loaded == ["a1", "b1", "c1", "b1"]
    get("b", stamp=2)
    assert list(here) == ["a1", "b2"]
    full = [shelf.full]
    here["b2"] = 66
    full.append(shelf.full)
    assert full == [False, True]
    assert list(here) == ["b2"]


def test_of_two_packages_of_a_pair_the_newer_counts(packages: Path, tmp_path: Path) -> None:
    assert newness("1.10") > newness("1.9") > newness("1.9-beta")[:1] > newness("none")
    pairs, wrong = installed(tmp_path / "nowhere")
    assert (pairs, wrong) == ([], {})
    (tmp_path / "empty").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "file").write_text("x")
    assert installed(tmp_path) == ([], {"empty": "it is no package: FileNotFoundError"})
    assert [pair.target for pair in installed(packages)[0] if pair.source == "en"] == ["de", "fr", "nl", "xl"]
