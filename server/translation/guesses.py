"""Which languages texts are written in: what is asked in the same moment, or while others are being answered, is one
order. A worker process does ten at the cost of two, for most of it is getting there and back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from server.domain.language import Guess
from server.tasks import Tasks
from server.translation.orders import Answer, Detect, Detected, Order, Prose

MOST: Final = 16
"""In one order: a sentence that waits for the process behind it waits for some milliseconds."""
NOTHING: Final = Guess(None, 0.0, 0)
"""Nothing can be said."""

_Waiting = tuple[Prose, "asyncio.Future[Guess | None]"]


class Guesses:
    """Texts that wait, and the orders that are under way."""

    def __init__(self, run: Callable[[Order, bool], Awaitable[Answer | None]], at_once: int, tasks: Tasks) -> None:
        """``run``: what a process says to an order, which was tried before or not; None when it died over it.
        ``at_once``: orders, of as many processes, so that one that hangs holds up nobody but who asked it.
        """
        self._run = run
        self._at_once = at_once
        self._tasks = tasks
        self._waiting: list[_Waiting] = []
        self._running = 0

    async def ask(self, prose: Prose) -> Guess | None:
        """The guess; it may take as long as the processes do. None: two of them died over it."""
        future: asyncio.Future[Guess | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((prose, future))
        if self._running < self._at_once:
            self._running += 1
            self._tasks.spawn(self._answer_all(), "languages of texts")
        return await future

    async def _answer_all(self) -> None:
        taken: list[_Waiting] = []
        try:
            while self._waiting:
                taken, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                _tell(taken, await self._guesses([prose for prose, _future in taken]))
        finally:
            self._running -= 1
            left, self._waiting = [*taken, *self._waiting], []
            _tell(left, [None] * len(left))  # where this ends before they have an answer

    async def _guesses(self, several: list[Prose]) -> Sequence[Guess | None]:
        """Where the process died, each by itself once more: it may have been one of them, or none."""
        answer = await self._run(Detect(several), False)
        if isinstance(answer, Detected) and len(answer.guesses) == len(several):
            return answer.guesses
        return [await self._alone(prose) for prose in several]

    async def _alone(self, prose: Prose) -> Guess | None:
        answer = await self._run(Detect([prose]), True)
        return answer.guesses[0] if isinstance(answer, Detected) and answer.guesses else None


def _tell(asked: list[_Waiting], guesses: Sequence[Guess | None]) -> None:
    for (_prose, future), guess in zip(asked, guesses, strict=True):
        if not future.done():  # who asked has lost patience
            future.set_result(guess)
