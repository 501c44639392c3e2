"""What every store promises."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec
from sqlalchemy import Connection

from server.clock import Clock
from server.store.appending import Append
from server.store.leasing import Leased
from server.store.together import Answering
from server.store.transcript import EventRecord
from server.store.translated import Translated

T = TypeVar("T")
Q = TypeVar("Q")
A = TypeVar("A")


class Announcement(msgspec.Struct, frozen=True):
    """Something to tell the world once the transaction is on disk. ``seq`` 0: not numbered, may be lost."""

    topic: str
    seq: int
    frame: bytes


class Tx:
    """One transaction: the connection, and what to announce after COMMIT."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.announcements: list[Announcement] = []

    def announce(self, topic: str, seq: int, frame: bytes) -> None:
        """Tell the topic after COMMIT. Nothing is told when the transaction fails."""
        self.announcements.append(Announcement(topic, seq, frame))


OnCommit = Callable[[list[Announcement]], None]
"""Called in the event loop, before the writers learn of their success. In which order: see Store."""


def tell(on_commit: OnCommit, announcements: list[Announcement]) -> None:
    """Call the listener. Its fault is the loop's to report: what is on disk is answered all the same."""
    if not announcements:
        return
    try:
        on_commit(announcements)
    except Exception as error:  # noqa: BLE001 - reported, not swallowed
        message = "a listener to what was committed failed"
        asyncio.get_running_loop().call_exception_handler({"message": message, "exception": error})


Announce = Callable[[EventRecord], list[Announcement]]
"""What to tell of an event that was stored."""


class Store(Protocol):
    """A database.

    ``write``: when it returns, the unit's changes survive a power cut; when it raises, nothing of the unit happened
    (after a lost connection during COMMIT it may have: hence client_id). A unit may run twice, and must not touch
    anything but its Tx.

    ``read``: one consistent snapshot, never older than the last write that returned in this process. ``ask``: the same
    for one of many equal questions.

    Both finish even if the caller is cancelled. Errors: DeskwireError from the unit itself, StorageFull, Busy.

    Order. SQLite runs one unit after the other and commits them in groups, in the order in which they were given (those
    that are patient after the others), and announces in that order. PostgreSQL runs several at once: what locks the
    same ticket commits one after the other, nothing else has an order. Its announcements come as COMMITs are confirmed,
    which two connections may turn round: the numbers say the order, and a feed keeps it. An announcement whose
    confirmation was lost with the connection is never made; whoever compares positions (background.position_checks)
    finds it.
    """

    on_commit: OnCommit

    rows_at_once: int
    """So many rows may a patient unit take: what is urgent may have to wait for it."""

    async def write(self, unit: Callable[[Tx], T], *, patient: bool = False) -> T:
        """Run the unit in a transaction. ``patient``: nobody waits for it, so where units queue it lets others by."""
        ...

    async def append(self, message: Append, announce: Announce) -> EventRecord | None:
        """The quick way for a message from a socket: stored as ``write`` would, in one round trip where that saves one.

        None: nothing was stored, because of a rule, a number out of turn, a repetition, or because this store has no
        quicker way; a unit then does it, or says why not.
        """
        ...

    async def record(self, translated: Translated, announce: Announce) -> list[EventRecord] | None:
        """The same for what translators made of a message: the events that it came to. None: a unit has to do it."""
        ...

    async def lease(self, owner: str, clock: Clock, lease_ms: int, most: int) -> list[Leased]:
        """Take up to so many messages that wait for a translator, and that nobody holds (or whose holder is gone),
        oldest first; in one round trip where that saves one. ``clock``: see ``presence.now_ms``.
        """
        ...

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query on a snapshot."""
        ...

    async def ask(self, answering: Answering[Q, A], question: Q) -> A:
        """As ``read``, with what others ask in the same moment (together.py)."""
        ...

    async def close(self) -> None:
        """Finish what was accepted, then let go."""
        ...
