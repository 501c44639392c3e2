"""Statements about how long tickets have waited in a queue until somebody took them."""

from sqlalchemy import Connection, select

from server.domain.estimate import Pickup
from server.store.tables import tickets


def last(conn: Connection, queue_id: str, since: int, most: int) -> list[Pickup]:
    """The last ones that were taken out of this queue."""
    query = (
        select(tickets.c.queued_at, tickets.c.picked_at)
        .where(tickets.c.queue_id == queue_id, tickets.c.picked_at > since, tickets.c.picked_at >= tickets.c.queued_at)
        .order_by(tickets.c.picked_at.desc())
        .limit(most)
    )
    return [Pickup(*row) for row in conn.execute(query)]
