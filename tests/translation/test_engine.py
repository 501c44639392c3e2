"""Texts through real processes with real models."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from server.translation import engine as engine_module
from server.translation import process as process_module
from server.translation import segments
from server.translation.base import Outcome, Translator
from server.translation.engine import TEXT_CHARS, Engine
from server.translation.install import install, remove
from server.translation.orders import Answer, Order, Translate
from server.translation.sentence import Sentence
from tests.translation.conftest import until
from tests.translation.models import package, shifted

LETTER = (
    "Hello, my order ORD-123 is late!\n\n  - see https://example.com/a_b?c=1 😀 please\n> what you said\n`code` is 42"
)


async def test_lines_stay_and_what_is_protected_comes_out_as_it_went_in(engine: Engine) -> None:
    """B-23"""
    outcome = await engine.translate(LETTER, "en", "fr")
    assert outcome == Outcome(
        "done",
        "Hfmmp, nz psefs ORD-123 jt mbuf!\n\n  - tff https://example.com/a_b?c=1 😀 qmfbtf\n"
        "> what you said\n`code` jt 42",
        source="en",
    )


async def test_through_english_where_there_is_no_direct_pair(engine: Engine) -> None:
    """Both pairs are used one after the other, and said."""
    outcome = await engine.translate("bonjour ACME-1503", "fr", "nl")
    assert outcome == Outcome("done", f"{shifted('bonjour', 1)} ACME-1503", source="fr", via="en")


async def test_what_a_package_wants_to_be_told_first_is_no_part_of_the_answer(
    engines: Callable[..., Engine], tmp_path: Path
) -> None:
    """``target_prefix``: this model copies by places, so that the sign in the first one costs it that letter."""
    install(package(tmp_path, "en", "fr", 1, target_prefix="é"), tmp_path / "packages")
    engine = engines(tmp_path / "packages")
    await engine.start()
    assert (await engine.translate("hello", "en", "fr")).text == shifted("ello", 1)


async def test_it_is_the_translator_that_others_expect(engine: Engine) -> None:
    expected: Translator = engine
    assert [(pair.source, pair.target) for pair in expected.pairs] == sorted(
        [("en", "fr"), ("fr", "en"), ("en", "nl"), ("en", "de"), ("en", "xl")]
    )


@pytest.mark.parametrize(
    ("text", "source", "target", "status", "reason"),
    [
        ("hello", "en", "en", "skipped", "same_language"),
        ("olá", "pt", "pb", "skipped", "same_language"),
        ("hello", "en", "ru", "skipped", "no_pair"),
        ("hello", "nl", "fr", "skipped", "no_pair"),
        ("48213 😀 https://example.com", "en", "fr", "skipped", "nothing_to_translate"),
        ("> quoted", "en", "fr", "skipped", "nothing_to_translate"),
        ("", "en", "fr", "skipped", "nothing_to_translate"),
        ("ÉÀ ÇÉ", "en", "fr", "failed", "bad_output"),
        ("x" * (TEXT_CHARS + 1), "en", "fr", "failed", "too_long"),
        ("this goes round in circles", "en", "xl", "failed", "bad_output"),
        ("ничего", "en", "fr", "failed", "bad_output"),
    ],
)
async def test_why_there_is_no_translation(
    engine: Engine, text: str, source: str, target: str, status: str, reason: str
) -> None:
    outcome = await engine.translate(text, source, target)
    assert (outcome.status, outcome.reason, outcome.text) == (status, reason, "")


async def test_a_line_that_the_model_cannot_do_stays_as_it_was_written(engine: Engine) -> None:
    """The rest is translated, as long as it is more than half."""
    outcome = await engine.translate("this is all right\nничего", "en", "fr")
    assert (outcome.status, outcome.text) == ("done", f"{shifted('this is all right', 1)}\nничего")
    assert (await engine.translate("right\nсовсем ничего", "en", "fr")).reason == "bad_output"


async def test_a_long_sentence_and_one_without_blanks(engine: Engine) -> None:
    for text in (" ".join(["word"] * 300), "x" * 2_000):
        outcome = await engine.translate(text, "en", "fr")
        assert outcome.text == shifted(text, 1)


async def test_halves_of_characters_and_other_debris_stay(engine: Engine) -> None:
    outcome = await engine.translate("hello \ud800 there\x00 you \ufffd", "en", "fr")
    assert outcome.text == "ifmmp \ud800 uifsf\x00 zpv \ufffd"
    guess = await engine.detect("bonjour \ud800, je ne peux pas entrer", ["en", "fr"])
    assert guess
    assert guess.lang == "fr"


async def test_many_at_once_each_gets_its_own(engine: Engine) -> None:
    texts = [f"{one}{two} hello" for one in "abcdefghijkl" for two in "abcdefghijkl"]
    outcomes = await asyncio.gather(*(engine.translate(text, "en", "fr") for text in texts))
    assert [outcome.text for outcome in outcomes] == [shifted(text, 1) for text in texts]


async def test_answers_of_a_batch_are_handed_on_one_by_one(engine: Engine) -> None:
    """Others want the event loop in between: each answer is the work of a message."""
    turns = 0
    ended: list[int] = []

    async def one(text: str) -> None:
        await engine.translate(text, "en", "fr")
        ended.append(turns)

    tasks = [asyncio.create_task(one(f"a batch of {word}")) for word in ("apples", "pears", "plums", "nuts")]
    while not all(task.done() for task in tasks):
        turns += 1
        await asyncio.sleep(0)
    assert len({*ended}) == 4, ended


async def test_who_asks_again_is_in_a_whole_batch_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the answers come one by one: a batch of one costs as much as three sentences of a large one."""
    sizes: list[int] = []
    ask = process_module.Process.ask

    async def counted(process: process_module.Process, order: Order, patience_s: float) -> Answer:
        if isinstance(order, Translate):
            sizes.append(len(order.texts))
        return await ask(process, order, patience_s)

    monkeypatch.setattr(process_module.Process, "ask", counted)

    async def client(name: str) -> None:
        for word in ("apples", "pears", "plums", "nuts"):
            await engine.translate(f"{name} has some {word}", "en", "fr")

    await asyncio.gather(*(client(name) for name in ("ann", "bob", "cleo", "dan")))
    assert sizes == [4, 4, 4, 4]


async def test_a_text_is_taken_apart_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """For its language, and for each into which it is translated."""
    texts: list[str] = []

    def split(text: str) -> list[str | Sentence]:
        texts.append(text)
        return segments.split(text)

    monkeypatch.setattr(engine_module, "segments", SimpleNamespace(split=split, prose=segments.prose))
    await engine.detect("this is asked three times", ["en", "fr"])
    for lang in ("fr", "nl"):
        assert (await engine.translate("this is asked three times", "en", lang)).status == "done"
    assert texts == ["this is asked three times"]


async def test_what_was_translated_before_needs_no_model(engines: Callable[..., Engine]) -> None:
    """Not even a process: it is killed in between, and none is started."""
    engine = engines()
    await engine.start()
    first = await engine.translate("hello ORD-1, how are you?", "en", "fr")
    await engine._crew.close()
    assert engine.pids == []
    second = await engine.translate("hello ORD-2, how are you?", "en", "fr")
    assert (first.text, second.text) == ("ifmmp ORD-1, ipx bsf zpv?", "ifmmp ORD-2, ipx bsf zpv?")


async def test_a_full_queue_says_busy(engines: Callable[..., Engine]) -> None:
    engine = engines(queue=2)
    await engine.start()
    texts = [f"{letter} very slow sentence" for letter in ("one", "two", "three", "four", "five", "six")]
    outcomes = await asyncio.gather(*(engine.translate(text, "en", "de") for text in texts))
    assert {outcome.reason for outcome in outcomes} == {None, "busy"}
    assert sum(outcome.status == "done" for outcome in outcomes) == 2


async def test_a_text_of_more_sentences_than_may_wait(engines: Callable[..., Engine]) -> None:
    """They are fed in one by one; a text that is short enough to be urgent too."""
    lines = [f"item {one}{two}" for one in "abcdefghijklmnopqrstuvwxy" for two in "abcdefghijklmnopqrstuvwx"]
    assert len(lines) == 600
    for queue, some in ((1000, lines), (3, lines[:20])):
        engine = engines(queue=queue, deadline_seconds=60)
        await engine.start()
        outcome = await engine.translate("\n".join(some), "en", "fr")
        assert (outcome.reason, outcome.text.splitlines()) == (None, [shifted(line, 1) for line in some])


async def test_the_deadline_holds_and_frees_the_queue(engines: Callable[..., Engine]) -> None:
    engine = engines(deadline_seconds=0.05)
    await engine.start()
    await until(lambda: engine.pairs)  # within that deadline, which a busy machine may not keep at once
    outcome = await engine.translate("something that takes longer than this", "en", "de")
    assert (outcome.status, outcome.reason) == ("failed", "busy")
    assert engine.waiting == 0


async def test_urgent_texts_go_before_those_that_can_wait(engines: Callable[..., Engine]) -> None:
    engine = engines(deadline_seconds=60)
    await engine.start()
    ended: list[str] = []

    async def translate(text: str, urgent: bool) -> None:
        outcome = await engine.translate(text, "en", "de", urgent=urgent)
        assert outcome.status == "done"
        ended.append(text)

    patient = [asyncio.create_task(translate(f"{letter} can wait", False)) for letter in "abcdefghijklmnopqrstuvwx"]
    await until(lambda: engine.waiting)
    await until(lambda: engine.waiting < len(patient))
    await translate("now", True)
    assert len(ended) < len(patient)
    await asyncio.gather(*patient)


async def test_packages_that_cannot_be_looked_at_for_a_while(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engines: Callable[..., Engine]
) -> None:
    """Said once; it starts, goes on looking, and finds what is there afterwards."""
    monkeypatch.setattr(engine_module, "WATCH_S", 0.01)
    looks: list[Path] = []

    def state(packages: Path) -> tuple[int, bool]:
        looks.append(packages)
        return engine_state(packages)

    engine_state = engine_module._state
    monkeypatch.setattr(engine_module, "_state", state)
    blocked = tmp_path / "translation"
    blocked.write_text("")
    engine = engines(blocked / "packages")
    with capture_logs() as logs:
        await engine.start()
        await until(lambda: len(looks) > 3)
    assert [one["why"] for one in logs if one["log_level"] == "warning"] == ["Not a directory"]
    blocked.unlink()
    await asyncio.to_thread(install, files["en-fr"], blocked / "packages")
    await until(lambda: engine.pairs)
    assert (await engine.translate("hello", "en", "fr")).text == shifted("hello", 1)


async def test_pairs_come_and_go_while_it_runs(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engines: Callable[..., Engine]
) -> None:
    """A new pair is used without a restart; so is another model for a pair that was there."""
    monkeypatch.setattr(engine_module, "WATCH_S", 0.01)
    directory = tmp_path / "packages"
    engine = engines(directory)
    changed = asyncio.Event()
    engine.on_pairs = changed.set
    await engine.start()
    assert engine.pairs == []

    async def after(change: Callable[[], object]) -> list[str]:
        changed.clear()
        await asyncio.to_thread(change)
        await changed.wait()
        return [f"{pair.source}-{pair.target} {pair.version}" for pair in engine.pairs]

    assert await after(lambda: install(files["en-fr"], directory)) == ["en-fr 1.0"]
    assert (await engine.translate("hello", "en", "fr")).text == shifted("hello", 1)
    assert await after(lambda: install(package(tmp_path, "en", "fr", 5, version="1.1"), directory)) == ["en-fr 1.1"]
    assert (await engine.translate("hello", "en", "fr")).text == shifted("hello", 5)
    await after(lambda: remove(directory, "en", "fr"))
    assert (await engine.translate("hello", "en", "fr")).reason == "no_pair"
