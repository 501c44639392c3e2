"""Questions of one kind that come together are answered together: by one function, on one snapshot.

When everybody comes back after a cut, thousands ask the same few questions: who is this, what has he missed. Alone each
costs the round trips of a transaction; together they share them, and the statements too. Who comes alone waits for
nobody: what is asked while others are being answered makes up the next read.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from server.errors import DeskwireError

Q = TypeVar("Q")
A = TypeVar("A")
Answering = Callable[[Connection, list[Q]], list[A]]
"""The answers to several questions, in their order. A function of a module: which one it is tells the kind."""
Read = Callable[[Callable[[Connection], Any]], Awaitable[Any]]

MOST: Final = 64
"""Questions in one read: none waits for long, and what is read at once stays within a few MiB."""
AT_ONCE: Final = 2
"""Reads of one kind: while one waits for the database, the other one's answers are made into frames."""

_Waiting = tuple[Any, "asyncio.Future[Any]"]


class Together:
    """The questions that wait, kind by kind."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._kinds: dict[Answering[Any, Any], _Kind] = {}

    async def ask(self, answering: Answering[Q, A], question: Q) -> A:
        """The answer; it is read after the question was asked. Errors: those of the read."""
        kind = self._kinds.get(answering)
        if kind is None:
            kind = self._kinds[answering] = _Kind(partial(self._answers, answering))
        answer: A = await kind.put(question)
        return answer

    async def _answers(self, answering: Answering[Any, Any], questions: list[Any]) -> list[Any]:
        """The answer to each, or what went wrong with it: one that cannot be answered must not spoil the others."""
        try:
            answers: list[Any] = await self._read(lambda conn: answering(conn, questions))
            if len(answers) != len(questions):  # or some would wait for ever
                raise RuntimeError(f"{len(answers)} answers to {len(questions)} questions")  # noqa: TRY301
        except DeskwireError as error:  # nothing can be read now
            return [error] * len(questions)
        except Exception as error:  # noqa: BLE001 - it belongs to who asked
            if len(questions) == 1:
                return [error]
            return [answer for question in questions for answer in await self._answers(answering, [question])]
        return answers


class _Kind:
    """What waits for one kind of answer."""

    def __init__(self, answers: Callable[[list[Any]], Awaitable[list[Any]]]) -> None:
        self._answers = answers
        self._waiting: list[_Waiting] = []
        self._running: set[asyncio.Task[None]] = set()

    def put(self, question: object) -> "asyncio.Future[Any]":
        """A future of the answer."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._start)  # what is asked in the same moment goes together
        self._waiting.append((question, future))
        return future

    def _start(self) -> None:
        while self._waiting and len(self._running) < AT_ONCE:
            taken, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            task = asyncio.get_running_loop().create_task(self._run(taken))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        self._start()

    async def _run(self, taken: list[_Waiting]) -> None:
        answers = await self._answers([question for question, _future in taken])
        for (_question, future), answer in zip(taken, answers, strict=True):
            if future.done():  # who asked is gone
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
