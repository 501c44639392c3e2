"""The worker processes: each takes from the backlog what waits, as soon as it is free. No timer collects batches."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from server.tasks import Tasks
from server.translation.backlog import Backlog, Job, Verdict
from server.translation.base import Options, Pair
from server.translation.breaker import Breaker
from server.translation.orders import Answer, Fault, Order, Terms, Translate, Translated
from server.translation.process import Gone, Process

log = structlog.get_logger(__name__)

ATTEMPTS: Final = 2
"""A sentence that was in the hands of two processes which died fails."""
PATIENCE: Final = 2 / 5
PATIENCE_AGAIN: Final = 1 / 5
"""Of the deadline a process that says nothing has so long, then the one that is asked once more. What is left is for
those that were in its hands too: two processes begin anew, and then each sentence goes alone."""
PAIR_FAILURES: Final = 3
PAIR_REST_S: Final = 30.0
"""A pair over which more processes than that died in a row, and nothing else between, gets a rest."""
TOO_LARGE: Final = 2
MIB: Final = 1_048_576
START_FAILURES: Final = 1
START_REST_S: Final = 0.5


class Errand:
    """An order that is no batch: a scan, a detection. It goes before everything else. ``again``: tried before."""

    def __init__(self, order: Order, again: bool) -> None:
        self.order = order
        self.again = again
        self.answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()


class Crew:
    """As many processes as the options say, and what they do next."""

    def __init__(self, packages: Path, options: Options, learned: Callable[[Job, str | None], None]) -> None:
        """``learned`` is called with each sentence that came back."""
        self._terms = Terms(str(packages), options.beam, options.threads, options.memory_mib)
        self._deadline_s = options.deadline_seconds
        self._processes = [Process(self._terms, options.nice) for _ in range(options.workers)]
        self._learned = learned
        self._backlog = Backlog(options.queue)
        self._errands: deque[Errand] = deque()
        self._bell = asyncio.Event()
        self._idle = 0
        self._pairs: Breaker[tuple[str, int]] = Breaker(PAIR_FAILURES, PAIR_REST_S)
        self._starts: Breaker[Process] = Breaker(START_FAILURES, START_REST_S)
        self._full: dict[tuple[str, int], int] = {}
        """by pair: times in a row that a process was too large with it"""
        self._tasks = Tasks()

    @property
    def backlog(self) -> Backlog:
        """What waits; ring after adding to it."""
        return self._backlog

    @property
    def pids(self) -> list[int]:
        """Of the processes that live."""
        return [process.pid for process in self._processes if process.pid is not None]

    def start(self) -> None:
        """Processes start when there is something to do."""
        for process in self._processes:
            self._tasks.spawn(self._serve(process), "translation worker")

    async def close(self) -> None:
        """End the processes; what waits fails."""
        await self._tasks.close()
        for process in self._processes:
            await process.close()
        self._backlog.end_all(Verdict(reason="engine"))
        while self._errands:
            _tell(self._errands.popleft(), None)

    def ring(self) -> None:
        """Something was added to the backlog."""
        self._bell.set()

    def rest_s(self, pair: Pair) -> float:
        """Seconds for which this pair is not tried, because it has failed so often."""
        return self._pairs.rest_s(_key(pair), time.monotonic())

    async def run(self, order: Order, again: bool = False) -> Answer | None:
        """What a process says to it; None when none could, or the crew ends."""
        errand = Errand(order, again)
        self._errands.append(errand)
        self.ring()
        return await errand.answer

    async def _serve(self, process: Process) -> None:
        while True:
            await asyncio.sleep(self._starts.rest_s(process, time.monotonic()))
            todo = await self._next()
            try:
                if isinstance(todo, Errand):
                    await self._do_errand(process, todo)
                else:
                    await self._do_batch(process, todo)
            except Gone as error:
                log.warning("a process that translates is replaced", why=str(error))
                self._starts.failed(process, time.monotonic())
            except Exception:  # a fault of ours costs this batch, and no other
                log.exception("a batch could not be translated")
                self._starts.failed(process, time.monotonic())
            else:
                self._starts.worked(process)

    async def _next(self) -> Errand | list[Job]:
        """Errands first. A process that sleeps counts as free for those that share what waits."""
        self._idle += 1
        try:
            while True:
                while self._errands and self._errands[0].answer.done():
                    self._errands.popleft()
                if self._errands:
                    return self._errands.popleft()
                batch = self._backlog.take(self._idle)
                if batch:
                    return batch
                self._bell.clear()
                await self._bell.wait()
        finally:
            self._idle -= 1

    async def _do_errand(self, process: Process, errand: Errand) -> None:
        answer: Answer | None = None
        try:
            answer = await process.ask(errand.order, self._patience_s(errand.again))
        finally:
            _tell(errand, answer)
        if isinstance(answer, Fault):
            log.warning("an order cannot be carried out", order=type(errand.order).__name__, fault=answer.what)

    async def _do_batch(self, process: Process, batch: list[Job]) -> None:
        pair = batch[0].pair
        answer: Answer | None = None
        try:
            order = Translate(pair.directory, pair.stamp, [job.text for job in batch])
            answer = await process.ask(order, self._patience_s(batch[0].attempts > 0))
        finally:
            self._settle(batch, answer)
        if isinstance(answer, Translated) and len(answer.texts) == len(batch):
            await self._tell_all(batch, answer.texts)
        if isinstance(answer, Translated):
            self._count_full(pair, full=answer.full)
            if answer.full:
                log.info("a process that translates has grown too large and is replaced", process=process.pid)
                await process.close()

    def _count_full(self, pair: Pair, *, full: bool) -> None:
        """A pair that twice in a row fills a process by itself does so for ever: who runs this is to know, once."""
        key = _key(pair)
        count = self._full.get(key, 0)
        if full:
            self._full[key] = count + 1
        elif count < TOO_LARGE:
            self._full.pop(key, None)
        if full and count + 1 == TOO_LARGE:
            log.warning(
                "a model is larger than translation_memory_mib allows: it is loaded anew for every few sentences",
                package=pair.directory,
                model_mib=round(pair.bytes / MIB),
                translation_memory_mib=self._terms.memory_mib,
            )

    def _patience_s(self, again: bool) -> float:
        return self._deadline_s * (PATIENCE_AGAIN if again else PATIENCE)

    def _settle(self, batch: list[Job], answer: Answer | None) -> None:
        """Every job of a batch ends, or is tried once more."""
        if isinstance(answer, Translated) and len(answer.texts) == len(batch):
            self._pairs.worked(_key(batch[0].pair))
            for job, text in zip(batch, answer.texts, strict=True):
                self._learned(job, text)
            return
        self._pairs.failed(_key(batch[0].pair), time.monotonic())
        if isinstance(answer, Fault):
            log.warning("a pair cannot be used", package=batch[0].pair.directory, fault=answer.what)
        for job in batch:
            job.attempts += 1
            if job.attempts < ATTEMPTS:
                self._backlog.again(job)
            else:
                self._backlog.end(job, Verdict(reason="engine"))
        self.ring()

    async def _tell_all(self, batch: list[Job], texts: list[str | None]) -> None:
        """One after the other: whoever waits has much to do with it, and others want the event loop in between.

        The process waits for the end of it: what those who were told ask next shall be one batch again, not one of one.
        """
        for job, text in zip(batch, texts, strict=True):
            self._backlog.end(job, Verdict(text))
            await asyncio.sleep(0)


def _key(pair: Pair) -> tuple[str, int]:
    return pair.directory, pair.stamp


def _tell(errand: Errand, answer: Answer | None) -> None:
    if not errand.answer.done():
        errand.answer.set_result(answer)
