"""Everybody else, while somebody looks at the list: tickets come, are taken, are closed, and are written in."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable
from typing import Final

from tests.support.office import Office, Worker
from tests.support.people import Console, Customer, console, customer, open_ticket
from tests.support.server import DeskServer

RATE: Final = 12.0
"""Changes a second, of each kind as many."""
CUSTOMERS: Final = 10


class Colleagues:
    """A technician and some customers."""

    def __init__(self, server: DeskServer, office: Office, elsewhere: Iterable[str]) -> None:
        self._server = server
        self._office = office
        self._elsewhere = iter(elsewhere)
        """tickets that are not on the screen"""
        self._new: list[str] = []
        self._taken: list[str] = []
        self._technician: Console
        self._customers: list[Customer] = []

    @contextlib.asynccontextmanager
    async def there(self, worker: Worker) -> AsyncIterator[None]:
        """Connected."""
        async with contextlib.AsyncExitStack() as stack:
            self._technician = await stack.enter_async_context(console(self._server, worker))
            for _ in range(CUSTOMERS):
                opened = customer(self._server, self._office, name="Ada Byron")
                self._customers.append(await stack.enter_async_context(opened))
            yield

    async def work(self, seconds: float) -> int:
        """At a steady pace, for so long; how much was changed."""
        kinds = (self._open, self._take, self._close, self._write)
        begin, made = time.perf_counter(), 0
        while made < seconds * RATE:
            await asyncio.sleep(max(0.0, begin + made / RATE - time.perf_counter()))
            await kinds[made % len(kinds)]()
            made += 1
        return made

    async def _open(self) -> None:
        opened = await open_ticket(self._server, self._office, name="Grace Hopper")
        self._new.append(opened["ticket"]["id"])

    async def _take(self) -> None:
        """In turn one of the top, that has just come, and one from elsewhere."""
        if len(self._new) > 1:
            ticket = self._new[-1]
            self._new.clear()
        else:
            ticket = next(self._elsewhere)
        await self._technician.call("assign", ticket=ticket)
        self._taken.append(ticket)

    async def _close(self) -> None:
        await self._technician.call("close", ticket=self._taken.pop())

    async def _write(self) -> None:
        writer = self._customers.pop(0)
        self._customers.append(writer)
        await writer.say(writer.ticket, "It still does not print.")
