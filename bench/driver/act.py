"""What a crowd does on a schedule: common to chats and to changes of the list. Keeps the clock, and what is owed."""

import asyncio
import contextlib
import time

from bench.driver.orders import Second, Spread, Talked, spread
from bench.driver.pace import Pace
from bench.driver.seat import Frame, Seat
from bench.driver.stolen import Watch
from bench.driver.tally import Answers


class Times:
    """How long something took, counted from when it was due: of what was due while it was measured."""

    def __init__(self, act: "Act") -> None:
        self._act = act
        self._seconds: list[float] = []
        self._due: list[float] = []

    def add(self, k: int, now: float) -> None:
        """Of number k."""
        due = self._act.pace.due(k)
        if self._act.since <= due < self._act.until:
            self._seconds.append(now - due)
            self._due.append(due)

    def spread(self) -> Spread:
        """All of them."""
        return spread(self._seconds)

    def by_second(self) -> list[Second]:
        """By the second in which they were due."""
        found: dict[int, list[float]] = {}
        for due, seconds in zip(self._due, self._seconds, strict=True):
            found.setdefault(int(due - self._act.since), []).append(round(seconds * 1000, 3))
        return [Second(self._act.watch.share(number), ms) for number, ms in found.items()]


class Act:
    """Number k is sent when it is due; an answer and so many receipts are owed for it."""

    def __init__(self, seats: list[Seat], rate: float, most: int | None = None) -> None:
        self.pace = Pace(rate, self._send, most)
        self.answers = Answers()
        self.since, self.until = 0.0, 0.0
        self.to_ack = Times(self)
        self.watch = Watch()
        self._late = Times(self)
        self._owed = 0
        self._nothing_owed = asyncio.Event()
        for seat in seats:
            seat.play = self

    # --- what each act says for itself ----------------------------------------------------------------------------

    def make(self, k: int) -> None:
        """Send number k."""
        raise NotImplementedError

    def hearers(self, k: int) -> int:
        """How many receipts are owed for number k."""
        raise NotImplementedError

    def came(self, seat: Seat, frame: Frame, now: float) -> None:
        """A frame that is no answer."""
        raise NotImplementedError

    def judged(self, late: Spread) -> Talked:
        """What became of all numbers."""
        raise NotImplementedError

    # --- the schedule ---------------------------------------------------------------------------------------------

    def measure(self) -> None:
        """What is due from now on counts."""
        self.since, self.until = time.perf_counter(), float("inf")
        self.watch.begin()

    def measured(self) -> None:
        """What is due from now on does not count."""
        self.until = time.perf_counter()
        self.watch.end()

    async def hush(self, patience_s: float) -> Talked:
        """Send no more, wait for what is owed, and judge."""
        self.pace.stop()
        if self._owed:
            self._nothing_owed.clear()
            with contextlib.suppress(TimeoutError):  # what did not come is counted
                async with asyncio.timeout(patience_s):
                    await self._nothing_owed.wait()
        return self.judged(self._late.spread())

    def _send(self, k: int) -> None:
        self._late.add(k, time.perf_counter())
        self._owed += 1 + self.hearers(k)
        self.make(k)

    # --- what comes back ------------------------------------------------------------------------------------------

    def heard(self, seat: Seat, frame: Frame, now: float) -> None:
        """A frame."""
        if frame.ref is None:
            self.came(seat, frame, now)
        elif frame.type in ("ack", "done"):
            self.answered(frame.ref, now)
        elif frame.type == "refused":
            if self.answers.refuse(frame.ref, frame.code):
                self.settle(1 + self.hearers(frame.ref))
        else:  # an echo
            self.answered(frame.ref, now)
            self.came(seat, frame, now)

    def answered(self, k: int, now: float) -> None:
        """Number k was acknowledged."""
        if self.answers.acknowledge(k):
            self.to_ack.add(k, now)
            self.settle(1)

    def settle(self, count: int = 1) -> None:
        """So many of what is owed have come."""
        self._owed -= count
        if self._owed == 0:
            self._nothing_owed.set()
