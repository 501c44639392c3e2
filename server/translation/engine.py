"""The translator of this program: texts in, texts out, and worker processes behind it that may die at any time."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog

from server.domain.language import Guess
from server.tasks import Tasks
from server.translation import segments
from server.translation.backlog import Full, Job, Verdict
from server.translation.base import Options, Outcome, Pair, Reason
from server.translation.crew import Crew
from server.translation.guesses import NOTHING, Guesses
from server.translation.memo import Memo
from server.translation.orders import Prose, Scan, Scanned
from server.translation.routes import alike, route
from server.translation.sentence import Held, Sentence

log = structlog.get_logger(__name__)

TEXT_CHARS: Final = 20_000
"""Messages have at most 8,000; their translations may be longer, and are never translated again."""
LONG_CHARS: Final = 2_000
"""What is longer is read later: it does not go before short messages."""
AT_ONCE: Final = 64
"""Sentences of one text that wait at the same time: two batches. A text of many has room for others beside it."""
SHORT_CHARS: Final = 500
SHORT_ONES: Final = 128
"""So many are taken apart once: more than are in the works at the same time."""
WATCH_S: Final = 2.0

T = TypeVar("T")
Pieces = Sequence[str | Sentence]


class Failed(Exception):
    """A text cannot be translated now, and why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Engine:
    """Implements ``base.Translator``."""

    def __init__(self, packages: Path, options: Options) -> None:
        self.on_pairs: Callable[[], None] = _nobody
        self._packages = packages
        self._options = options
        self._pairs: list[Pair] = []
        self._seen: int | None = None
        self._blind = False
        self._memo = Memo()
        self._crew = Crew(packages, options, self._learned)
        self._tasks = Tasks()
        self._guesses = Guesses(self._crew.run, options.workers, self._tasks)

    @property
    def pairs(self) -> list[Pair]:
        return self._pairs

    @property
    def waiting(self) -> int:
        return len(self._crew.backlog)

    @property
    def pids(self) -> list[int]:
        """Of the worker processes that live."""
        return self._crew.pids

    async def start(self) -> None:
        self._crew.start()
        await self._look()
        self._tasks.spawn(self._watch(), "translation packages")

    async def close(self) -> None:
        await self._tasks.close()
        await self._crew.close()

    async def translate(self, text: str, source: str, target: str, *, urgent: bool = True) -> Outcome:
        if alike(self._pairs, source, target):
            return Outcome("skipped", source=source, reason="same_language")
        legs = route(self._pairs, source, target)
        if not legs:
            return Outcome("skipped", source=source, reason="no_pair")
        if len(text) > TEXT_CHARS:
            return Outcome("failed", source=source, reason="too_long")
        pieces = await _split(text)
        if not any(isinstance(piece, Sentence) for piece in pieces):
            return Outcome("skipped", source=source, reason="nothing_to_translate")
        try:
            async with asyncio.timeout(self._options.deadline_seconds):
                done = await self._all(pieces, legs, urgent and len(text) <= LONG_CHARS)
        except TimeoutError:
            return Outcome("failed", source=source, reason="busy", rest_s=self._rest_s(legs))
        except Failed as error:
            return Outcome("failed", source=source, reason=error.reason, rest_s=self._rest_s(legs))
        if done == text:
            return Outcome("skipped", source=source, reason="nothing_to_translate")
        return Outcome("done", done, source, legs[0].target if len(legs) > 1 else None)

    async def detect(self, text: str, candidates: Collection[str]) -> Guess | None:
        prose = segments.prose(await _split(text[:LONG_CHARS]))
        if not prose or len(candidates) < 2:
            return NOTHING
        try:
            async with asyncio.timeout(self._options.deadline_seconds):
                return await self._guesses.ask(Prose(prose, sorted(candidates)))
        except TimeoutError:
            return None

    async def _all(self, pieces: Pieces, legs: list[Pair], urgent: bool) -> str:
        """The pieces put together. What has no good translation stays as it was written, unless that is half of it."""
        gate = asyncio.Semaphore(min(AT_ONCE, ceil(self._options.queue / 2)))

        async def one(sentence: Sentence) -> Sentence | None:
            async with gate:
                return await self._through(sentence, legs, urgent)

        translated = iter(await _gathered([one(piece) for piece in pieces if isinstance(piece, Sentence)]))
        out: list[str] = []
        good = bad = 0
        for piece in pieces:
            if isinstance(piece, str):
                out.append(piece)
                continue
            done = next(translated)
            good, bad = (good + len(piece.text), bad) if done else (good, bad + len(piece.text))
            out.append((done or piece).text)
        if bad >= good:
            raise Failed("bad_output")
        return "".join(out)

    async def _through(self, sentence: Sentence, legs: list[Pair], urgent: bool) -> Sentence | None:
        """A sentence after one pair, or two; None when either says nonsense."""
        done: Sentence | None = sentence
        for leg in legs:
            done = await self._sentence(done, leg, urgent) if done else None
        return done

    async def _sentence(self, sentence: Sentence, pair: Pair, urgent: bool) -> Sentence | None:
        """As a whole; if the model loses what is protected, the parts between."""
        asked = sentence.asked(pair.all_stand_ins)
        answer = await self._ask(pair, asked, urgent) if asked else None
        whole = sentence.answered(answer, pair.all_stand_ins) if answer else None
        if whole or not sentence.has_spans:
            return whole
        parts = sentence.parts()
        found = iter(
            await _gathered([self._sentence(part, pair, urgent) for part in parts if isinstance(part, Sentence)])
        )
        pieces: list[str | Held] = []
        for part in parts:
            done = next(found) if isinstance(part, Sentence) else None
            if isinstance(part, Sentence) and done is None:
                return None
            pieces += done.pieces if done else [part] if not isinstance(part, Sentence) else []
        return Sentence(tuple(pieces), sentence.shouted)

    async def _ask(self, pair: Pair, text: str, urgent: bool) -> str | None:
        """What the model says; None when nobody should see it. Raises Failed."""
        key = (pair.directory, pair.stamp, text)
        if key in self._memo:
            return self._memo[key]
        if self._crew.rest_s(pair) > 0:
            raise Failed("engine")
        try:
            job = self._crew.backlog.want(pair, text, urgent)
        except Full:
            raise Failed("busy") from None
        self._crew.ring()
        try:
            verdict: Verdict = await asyncio.shield(job.verdict)
        finally:
            self._crew.backlog.let_go(job)
        if verdict.reason:
            raise Failed(verdict.reason)
        return verdict.text

    def _rest_s(self, legs: list[Pair]) -> float:
        return max(self._crew.rest_s(leg) for leg in legs)

    def _learned(self, job: Job, text: str | None) -> None:
        self._memo[job.key] = text

    async def _watch(self) -> None:
        """A package that comes, goes or is replaced changes the directory, whoever does it."""
        while True:
            await asyncio.sleep(WATCH_S)
            await self._look()

    async def _look(self) -> None:
        """Ask what is installed, if it may be something else than before."""
        try:
            seen, empty = await asyncio.to_thread(_state, self._packages)
        except OSError as error:  # no file is free, somebody else's mount is gone: it may pass
            if not self._blind:
                log.warning("the packages cannot be looked at", directory=str(self._packages), why=error.strerror)
            self._blind = True
            return
        self._blind = False
        if seen == self._seen:
            return
        answer = Scanned([], {}) if empty else await self._crew.run(Scan())
        if not isinstance(answer, Scanned):
            return
        for name, why in answer.wrong.items():
            log.warning("a package is not used", package=name, why=why)
        self._seen = seen
        if answer.pairs != self._pairs:
            self._pairs = answer.pairs
            log.info(
                "language pairs have changed",
                pairs=[f"{pair.source}-{pair.target} {pair.version}" for pair in self._pairs],
            )
            self.on_pairs()


async def _split(text: str) -> Pieces:
    """What takes long over a long text happens in a thread: 8,000 hostile characters take a tenth of a second."""
    return _split_short(text) if len(text) <= SHORT_CHARS else await asyncio.to_thread(segments.split, text)


@lru_cache(maxsize=SHORT_ONES)
def _split_short(text: str) -> Pieces:
    """Once for its language, and for each into which it is translated."""
    return segments.split(text)


async def _gathered(work: list[Coroutine[Any, Any, T]]) -> list[T]:
    """All of them; when one fails, nobody goes on for the others."""
    if len(work) == 1:  # most texts are one sentence, and a task costs as much as taking that apart
        return [await work[0]]
    tasks = [asyncio.create_task(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def _state(packages: Path) -> tuple[int, bool]:
    """What changes when the directory does, and whether there is nothing in it."""
    try:
        return packages.stat().st_mtime_ns, not any(packages.iterdir())
    except FileNotFoundError:
        return 0, True


def _nobody() -> None:
    """Until somebody wants to know."""
