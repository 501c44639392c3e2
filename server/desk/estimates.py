"""Who waits in a queue, and how long that will probably take: what customers are told beside their place."""

import msgspec
from sqlalchemy import Connection

from server.desk.desk import Desk
from server.domain import estimate
from server.domain.estimate import Measured, Wait
from server.store import pickups, tickets


class Line(msgspec.Struct, frozen=True):
    """A queue at a moment. ``at``: when it was looked at; ``order``: ids of tickets, whoever comes next first."""

    at: int
    order: list[str]
    measured: list[Measured]

    def wait(self, ahead: int | None) -> Wait | None:
        """What can honestly be said to somebody with so many before him."""
        return None if ahead is None else estimate.wait(self.measured, ahead)


async def line(desk: Desk, queue_id: str) -> Line:
    """The queue, with what was measured in it lately."""
    now = desk.clock()

    def query(conn: Connection) -> Line:
        order = tickets.queue_order(conn, queue_id)
        last = pickups.last(conn, queue_id, now - estimate.WINDOW_MS, estimate.MOST)
        measured = estimate.measure(last)
        if order and estimate.slower(measured, now - pickups.queued_at(conn, order[0])):
            measured = []
        return Line(now, order, measured)

    return await desk.store.read(query)


async def wait(desk: Desk, queue_id: str, ahead: int | None) -> Wait | None:
    """For who asks by himself, and hears of no changes."""
    return None if ahead is None else (await line(desk, queue_id)).wait(ahead)
