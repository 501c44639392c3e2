"""What the driver is told and what it answers: one JSON object a line. Times in answers are milliseconds."""

from collections.abc import Sequence
from typing import Any

import msgspec


class SeatPlan(msgspec.Struct):
    """A client. ``hello``: what it says first, answered by ``welcome``; None where nobody asks."""

    path: str
    tickets: list[str]
    """what it watches"""
    headers: dict[str, str] = {}
    hello: dict[str, Any] | None = None
    list: dict[str, Any] | None = None
    """the command that asks for the shared list, where it is open; answered by ``list``"""


class ChatPlan(msgspec.Struct):
    """Two seats that write to each other. An echo has one seat, twice."""

    ticket: str
    first: int
    second: int


# --- orders ---------------------------------------------------------------------------------------------------------


class Order(msgspec.Struct, tag_field="do"):
    """Base of the orders."""


class Open(Order, tag="open"):
    """Connect these seats, besides those that are there. ``at_once``: handshakes under way."""

    port: int
    seats: list[SeatPlan]
    at_once: int = 50


class Talk(Order, tag="talk"):
    """Begin to write: everybody in turn, ``rate`` messages a second in all."""

    chats: list[ChatPlan]
    rate: float
    marks: bool = False
    """Everybody says how far he has read, once a second at most."""
    texts: list[list[str]] = []
    """What the first sides write, and what the second ones do; none: words without sense."""
    translated: bool = False
    """Each message is followed by a translation, which is owed like its receipts."""
    one_by_one: bool = False
    """All latencies are wanted, and not only how they spread."""


class Change(Order, tag="change"):
    """Begin to change the list that all seats see: these commands, in turn, ``rate`` a second.

    ``{ref}`` in a command becomes its number, and so does what the change is known by: ``marks``.
    """

    commands: list[str]
    actors: list[int]
    """seats: command k is sent by actor k modulo their number"""
    marks: list[str]
    """ticket of change k, or client_id of message k"""
    rate: float


class Measure(Order, tag="measure"):
    """Let so many seconds pass, and remember what was due in them."""

    seconds: float


class Hush(Order, tag="hush"):
    """Write nothing more, wait for what is on its way, and say how it was."""

    patience_s: float = 10.0


class Watch(Order, tag="watch"):
    """All seats watch their tickets: for seats that were opened without."""

    tickets: list[list[str]]


class Cut(Order, tag="cut"):
    """Cut every seat at the same moment and bring all back, each as if it had missed so many events."""

    missed: int


class Leave(Order, tag="leave"):
    """Close every seat and end."""


AnyOrder = Open | Talk | Change | Measure | Hush | Watch | Cut | Leave

# --- answers --------------------------------------------------------------------------------------------------------


class Spread(msgspec.Struct, frozen=True):
    """Percentiles of something, in milliseconds."""

    count: int = 0
    p50: float = 0.0
    p90: float = 0.0
    p99: float = 0.0
    most: float = 0.0


def spread(seconds: Sequence[float]) -> Spread:
    """Of times in seconds."""
    if not seconds:
        return Spread()
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 3)

    return Spread(len(ordered), at(0.5), at(0.9), at(0.99), at(1.0))


class Answer(msgspec.Struct, kw_only=True):
    """To every order. ``failed``: why it could not be done."""

    failed: str = ""
    seconds: float = 0.0
    """how long it took"""
    cpu_s: float = 0.0
    """of the driver, meanwhile"""
    sent: int = 0
    """messages or changes that were due meanwhile, and sent"""
    cut: int = 0
    """seats that have lost their connection so far, and were not told to"""
    talked: "Talked | None" = None
    returned: "Returned | None" = None


class Second(msgspec.Struct, frozen=True):
    """What was measured within one."""

    stolen: float
    """of the processors' time, taken by other guests of the same host, 0 to 1: nothing of it says anything about us"""
    ms: list[float]


class Talked(msgspec.Struct, kw_only=True):
    """What became of everything that was written. The spreads are of what was due while it was measured."""

    sent: int
    acknowledged: int
    refused: int
    delivered: int
    """receipts: each message has as many as there are seats that should hear it"""
    lost: int
    """receipts that never came, of messages that were not refused"""
    doubled: int
    """receipts and acknowledgements that came again"""
    disordered: int
    """receipts that came after a later one"""
    strayed: int
    """receipts by somebody to whom it was not written"""
    unanswered: int
    codes: dict[str, int]
    """why messages were refused"""
    late: Spread
    """how late the driver was; latencies count from when a message was due, so they contain it"""
    to_other: Spread
    to_other_ms: list[Second] = []
    """the same one by one, second by second, where they were asked for"""
    to_ack: Spread
    to_all: Spread = Spread()
    """until the last one had heard of it"""
    to_translation: Spread = Spread()
    translations: dict[str, int] = {}
    """what became of messages whose translation was waited for: done, skipped, failed"""

    @property
    def sound(self) -> bool:
        """Everything arrived, once, in order, and was answered."""
        return not (self.lost or self.doubled or self.disordered or self.strayed or self.unanswered or self.refused)


class Returned(msgspec.Struct, kw_only=True):
    """How everybody came back."""

    back: Spread
    """from the cut to the last page that was asked for"""
    attempts: int
    wrong: int
    """seats that did not get exactly what they had missed"""
