"""One client: opens its line, says who it is, watches its tickets, and hands on what it hears. Comes back by number."""

import asyncio
from typing import Any, Protocol

import msgspec

from bench.driver.line import Line
from bench.driver.orders import SeatPlan

HOST = "127.0.0.1"
SNAPSHOT = -1
"""Watch without a number: the last events, whatever they are."""
OPEN_S = 60.0
"""Nobody waits longer for a door."""
TOGETHER = 16
"""Watches that wait for their pages: a server refuses who asks for too much at once."""


class Said(msgspec.Struct):
    """Of an event: which it is, and what its writer calls it; of a translation, what became of which text."""

    id: str = ""
    client_id: str | None = None
    kind: str = ""
    of: str | None = None
    state: str = ""


class Named(msgspec.Struct):
    """Of a ticket: which."""

    id: str = ""


class Numbered(msgspec.Struct):
    """Of a line of a page: its number."""

    seq: int


class Frame(msgspec.Struct):
    """What the driver reads of a frame, whichever it is."""

    type: str
    ref: int | None = None
    seq: int = 0
    ticket: str | Named | None = None
    event: Said | str | None = None
    client_id: str | None = None
    code: str = ""
    tail: int = 0
    more: bool = False
    epoch: str = ""
    events: list[Numbered] = []


class Play(Protocol):
    """What is going on in the crowd."""

    def heard(self, seat: "Seat", frame: Frame, now: float) -> None:
        """A frame that no opening waits for."""


class Quiet:
    """Nothing is going on."""

    def heard(self, seat: "Seat", frame: Frame, now: float) -> None:
        """Let it pass."""


class Opening(msgspec.Struct):
    """Where an opening stands."""

    live: "asyncio.Future[None]"
    left: list[str]
    """tickets that are not asked for yet"""
    behind: int
    """how many events each ticket is said to have missed; SNAPSHOT: not said"""
    waiting: dict[int, str] = {}
    """ref of a watch -> its ticket"""
    ref: int = 0
    right: bool = True
    """whether the pages had exactly what was missed"""


class Seat:
    """``tails``: the last number of each watched ticket."""

    def __init__(self, number: int, plan: SeatPlan, port: int) -> None:
        self.number = number
        self.plan = plan
        self.play: Play = Quiet()
        self.tails: dict[str, int] = {}
        self.lost = ""
        """why the line ended that nobody had cut"""
        self._port = port
        self._epoch = ""
        self._line: Line | None = None
        self._opening: Opening | None = None
        self._decode = msgspec.json.Decoder(Frame).decode

    async def open(self, behind: int = SNAPSHOT) -> bool:
        """Connect and watch; whether the pages were what had been missed. Raises OSError with what stood in the way."""
        loop = asyncio.get_running_loop()
        self._line = line = Line(f"{HOST}:{self._port}", self.plan.path, self.plan.headers, self)
        opening = self._begin(behind)
        try:
            async with asyncio.timeout(OPEN_S):
                await loop.create_connection(lambda: line, HOST, self._port)
                await opening.live
        except OSError:
            self.cut()
            raise
        finally:
            self._opening = None
        return opening.right

    async def watch(self, tickets: list[str]) -> None:
        """Watch these from now on."""
        self.plan.tickets = tickets
        opening = self._begin(SNAPSHOT)
        self._ask(opening)
        try:
            await opening.live
        finally:
            self._opening = None

    def _begin(self, behind: int) -> Opening:
        live = asyncio.get_running_loop().create_future()
        self._opening = Opening(live, self.plan.tickets[::-1], behind)
        return self._opening

    def send(self, payload: bytes) -> None:
        """A command, encoded."""
        if self._line is not None:
            self._line.send(payload)

    def cut(self) -> None:
        """Without a word; it is not counted as lost."""
        line, self._line = self._line, None
        if line is not None:
            line.cut()

    def close(self) -> None:
        """With a word."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    # --- what the line says ---------------------------------------------------------------------------------------

    def opened(self) -> None:
        """The handshake is done."""
        if self.plan.hello is not None:
            self.send(msgspec.json.encode(self.plan.hello))
        elif self._opening is not None:
            self._ask(self._opening)

    def heard(self, data: bytes, now: float) -> None:
        """A frame."""
        frame = self._decode(data)
        if self._opening is not None and frame.type in ("welcome", "list", "page", "refused"):
            self._go_on(self._opening, frame)
        else:
            self.play.heard(self, frame, now)

    def ended(self, why: str) -> None:
        """The line is gone."""
        if self._opening is not None and not self._opening.live.done():
            self._opening.live.set_exception(ConnectionError(why))
        elif self._line is not None:
            self._line, self.lost = None, why

    # --- opening --------------------------------------------------------------------------------------------------

    def _go_on(self, opening: Opening, frame: Frame) -> None:
        if opening.live.done():
            return
        if frame.type == "welcome":
            self._epoch = frame.epoch
            if self.plan.list is None:
                self._ask(opening)
            else:
                self.send(msgspec.json.encode({**self.plan.list, "ref": 0}))
        elif frame.type == "list":
            self._ask(opening)
        elif frame.type == "refused":
            opening.live.set_exception(ConnectionError(f"refused: {frame.code}"))
        else:
            self._take_page(opening, frame)

    def _ask(self, opening: Opening) -> None:
        while opening.left and len(opening.waiting) < TOGETHER:
            ticket = opening.left.pop()
            after = None if opening.behind == SNAPSHOT else max(0, self.tails[ticket] - opening.behind)
            self._watch(opening, ticket, after)
        if not opening.waiting:
            opening.live.set_result(None)

    def _watch(self, opening: Opening, ticket: str, after: int | None) -> None:
        opening.ref += 1
        opening.waiting[opening.ref] = ticket
        command: dict[str, Any] = {"type": "watch", "ref": opening.ref, "ticket": ticket}
        if after is not None:
            command |= {"after": after, "epoch": self._epoch}
        self.send(msgspec.json.encode(command))

    def _take_page(self, opening: Opening, page: Frame) -> None:
        ticket = opening.waiting.pop(page.ref or 0)
        self._epoch = page.epoch
        if opening.behind != SNAPSHOT:
            first = page.tail - opening.behind + 1
            opening.right &= [line.seq for line in page.events] == list(range(first, page.tail + 1))
            opening.right &= self.tails[ticket] == page.tail
        self.tails[ticket] = page.tail
        if page.more:  # large events: the snapshot comes in pages
            self._watch(opening, ticket, page.events[-1].seq)
        self._ask(opening)
