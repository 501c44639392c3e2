"""All seats of the driver, and what is done with them: one method for each order."""

import asyncio
import resource
import time
from functools import singledispatchmethod
from typing import Final

from bench.driver import orders
from bench.driver.act import Act
from bench.driver.orders import Answer, Returned, spread
from bench.driver.seat import Seat
from bench.driver.spreading import Spreading
from bench.driver.talk import Conversation

AGAIN_S: Final = 0.1
"""Before a seat that was not let in tries again."""
ATTEMPTS: Final = 300


class Crowd:
    """Everybody."""

    def __init__(self) -> None:
        self.seats: list[Seat] = []
        self._act: Act | None = None

    async def carry_out(self, order: orders.AnyOrder) -> Answer:
        """Do it, and say how long it took and what it cost the driver."""
        begin, cpu_s = time.perf_counter(), cpu()
        answer = await self._do(order)
        answer.seconds, answer.cpu_s = time.perf_counter() - begin, cpu() - cpu_s
        answer.cut = sum(bool(seat.lost) for seat in self.seats)
        return answer

    @singledispatchmethod
    async def _do(self, order: object) -> Answer:
        raise TypeError(f"no order: {order!r}")

    @_do.register
    async def _open(self, order: orders.Open) -> Answer:
        first = len(self.seats)
        new = [Seat(first + i, plan, order.port) for i, plan in enumerate(order.seats)]
        self.seats += new
        doors = asyncio.Semaphore(order.at_once)

        async def enter(seat: Seat) -> None:
            async with doors:
                await seat.open()

        await asyncio.gather(*(enter(seat) for seat in new))
        return Answer()

    @_do.register
    async def _watch(self, order: orders.Watch) -> Answer:
        await asyncio.gather(*(seat.watch(tickets) for seat, tickets in zip(self.seats, order.tickets, strict=True)))
        return Answer()

    @_do.register
    async def _talk(self, order: orders.Talk) -> Answer:
        return self._begin(Conversation(self.seats, order))

    @_do.register
    async def _change(self, order: orders.Change) -> Answer:
        return self._begin(Spreading(self.seats, order))

    def _begin(self, act: Act) -> Answer:
        self._act = act
        act.pace.start()
        return Answer()

    @_do.register
    async def _measure(self, order: orders.Measure) -> Answer:
        act = self._act
        if act is None:
            await asyncio.sleep(order.seconds)
            return Answer()
        first = act.pace.next
        act.measure()
        await asyncio.sleep(order.seconds)
        act.measured()
        return Answer(sent=act.pace.next - first)

    @_do.register
    async def _hush(self, order: orders.Hush) -> Answer:
        if self._act is None:
            raise RuntimeError("nobody talks")
        act, self._act = self._act, None
        return Answer(talked=await act.hush(order.patience_s))

    @_do.register
    async def _cut(self, order: orders.Cut) -> Answer:
        for seat in self.seats:
            seat.cut()
        begin = time.perf_counter()
        found = await asyncio.gather(*(self._back(seat, order.missed, begin) for seat in self.seats))
        return Answer(
            returned=Returned(
                back=spread([seconds for seconds, _attempts, _right in found]),
                attempts=sum(attempts for _seconds, attempts, _right in found),
                wrong=sum(not right for _seconds, _attempts, right in found),
            )
        )

    @staticmethod
    async def _back(seat: Seat, missed: int, begin: float) -> tuple[float, int, bool]:
        """(seconds until it was back, attempts, whether it got what it had missed)"""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                right = await seat.open(missed)
            except OSError:
                await asyncio.sleep(AGAIN_S)
            else:
                return time.perf_counter() - begin, attempt, right
        return time.perf_counter() - begin, ATTEMPTS, False

    @_do.register
    async def _leave(self, _order: orders.Leave) -> Answer:
        for seat in self.seats:
            seat.close()
        self.seats = []
        return Answer()


def cpu() -> float:
    """Seconds of this process so far, in the system's as well."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
