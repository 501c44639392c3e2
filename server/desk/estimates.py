"""Who waits in a queue, and how long that will probably take: what customers are told beside their place."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from server.desk.desk import Desk
from server.domain import estimate
from server.domain.estimate import Measured, Wait
from server.store import pickups, queues


class Line(msgspec.Struct, frozen=True):
    """A queue at a moment. ``at``: when it was looked at; ``places``: how many wait before those who asked."""

    at: int
    measured: list[Measured]
    places: dict[str, int | None]

    def wait(self, ahead: int | None) -> Wait | None:
        """What can honestly be said to somebody with so many before him."""
        return None if ahead is None else estimate.wait(self.measured, ahead)


async def lines(desk: Desk, asked: Mapping[str, Sequence[str]]) -> list[Line]:
    """Each of these queues, for those tickets whose customers look; what was measured in it lately comes along."""
    now = desk.clock()

    def query(conn: Connection) -> list[Line]:
        waiting = [ticket_id for several in asked.values() for ticket_id in several]
        places = dict(zip(waiting, queues.ahead(conn, waiting), strict=True))
        return [
            Line(now, _measured(conn, queue_id, now), {ticket_id: places[ticket_id] for ticket_id in several})
            for queue_id, several in asked.items()
        ]

    return await desk.store.read(query)


def _measured(conn: Connection, queue_id: str, now: int) -> list[Measured]:
    """Nothing, where whoever is first waits longer than that promises."""
    measured = estimate.measure(pickups.last(conn, queue_id, now - estimate.WINDOW_MS, estimate.MOST))
    longest = queues.first_queued_at(conn, queue_id) if measured else None
    return [] if longest is not None and estimate.slower(measured, now - longest) else measured


async def wait(desk: Desk, queue_id: str, ahead: int | None) -> Wait | None:
    """For who asks by himself, and hears of no changes."""
    if ahead is None:
        return None
    [line] = await lines(desk, {queue_id: []})
    return line.wait(ahead)
