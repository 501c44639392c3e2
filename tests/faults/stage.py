"""People in this process who do what a scene tells them, and keep the same journals as all others.

Dice have to be lucky where two things must happen at once, or one message must overtake another. Here it is said who
does what after what, and nothing happens at a random moment.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.faults.cast import Cast, chats
from tests.faults.client import Client
from tests.faults.http_client import HttpClient
from tests.support.server import DeskServer

PATIENCE_S = 60.0
SEED = 1109


async def until(fits: Callable[[], bool]) -> None:
    """Wait for what nobody tells us."""
    async with asyncio.timeout(PATIENCE_S):
        while not fits():  # noqa: ASYNC110 - journals, and other processes
            await asyncio.sleep(0.01)


async def until_asked(fits: Callable[[], bool]) -> None:
    """The same, where it takes a while to find out."""
    async with asyncio.timeout(PATIENCE_S):
        while not await asyncio.to_thread(fits):  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.02)


class Actor(Client):
    """On a socket."""

    tells = sys.maxsize  # nobody looks by himself for what he should have been told

    def __init__(self, plan: dict[str, Any]) -> None:
        super().__init__(plan)
        self.stored: dict[int, str] = {}
        """n -> id of the event that the message became"""

    async def say(self, kind: str = "send") -> str:
        """Write, and wait for the ack; returns the event's id."""
        n = self.write(kind)
        await until(lambda: n in self.stored)
        return self.stored[n]

    def write_held_up(self) -> int:
        """Write something whose frame is held up on its way; returns its number."""
        n = self.write("send")
        self.on_their_way[-n] = n
        return n

    def let_through(self, n: int) -> None:
        """It arrives after all."""
        del self.on_their_way[-n]
        self.wake.set()

    def acknowledged(self, n: int, answer: dict[str, Any]) -> None:
        super().acknowledged(n, answer)
        self.stored[n] = answer["id"]


class Stage(Cast):
    """A chat with a customer, a technician and a colleague who looks on; perhaps another one in another company."""

    def __init__(self, folder: Path, servers: Sequence[DeskServer], *, apart: bool) -> None:
        super().__init__(folder, servers, messages=0, pause_s=0, seed=SEED, apart=apart)
        self.actors: dict[str, Actor] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def customer(self) -> Actor:
        """Of the chat."""
        return self.actors["customer-0"]

    @property
    def technician(self) -> Actor:
        """Of the chat."""
        return self.actors["technician-0"]

    async def come(self) -> None:
        """Everybody, and everybody has read what there is."""
        self.start()
        await self.back()

    async def left(self) -> None:
        """Everybody has noticed that the server is gone."""
        await until(lambda: not any(actor.live for actor in self.actors.values()))

    async def back(self) -> None:
        """Everybody is connected, and has read what there is."""
        await until(lambda: all(actor.live for actor in self.actors.values()))

    async def all_read(self, event: str) -> None:
        """Everybody in the chat has read up to this event."""
        readers = [actor for actor in self.actors.values() if actor.plan["ticket"] == self.customer.plan["ticket"]]
        await until(lambda: all(actor.last_id == event for actor in readers))

    def start(self) -> None:
        """They come."""
        for file in self._waiting:
            plan = json.loads(file.read_text())
            person = HttpClient(plan) if plan["http"] else self.actors.setdefault(plan["name"], Actor(plan))
            self._tasks.append(asyncio.create_task(person.run(), name=plan["name"]))
        self._waiting.clear()

    def over(self) -> bool:
        """Everybody has gone."""
        return all(task.done() for task in self._tasks)

    def kill(self) -> None:
        """Whoever is still there."""
        for task in self._tasks:
            task.cancel()

    async def ended(self) -> None:
        """All are gone; raises what nobody expected."""
        self.kill()
        for outcome in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


@asynccontextmanager
async def stage(folder: Path, *servers: DeskServer, elsewhere: int = 0, apart: bool = False) -> AsyncIterator[Stage]:
    """Opened, and nobody has come yet."""
    made = Stage(folder, servers, apart=apart)
    try:
        await chats(made, 1, colleagues=1, elsewhere=elsewhere, begin=False)
        yield made
    finally:
        await made.ended()
