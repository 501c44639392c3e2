"""Statements that make tickets of somebody who was not signed in an account's."""

from typing import Final

from sqlalchemy import Connection, exists, select, update

from server.domain.people import Customer
from server.store.tables import events, streams, tickets, uploads

_SENT: Final = (
    (events, events.c.author_id, "client_id"),
    (streams, streams.c.author_id, "stream"),
    (uploads, uploads.c.uploader_id, "client_id"),
)
"""What tells of each that it came before: whose it is, and what its sender calls it."""


def lock(conn: Connection, customer_id: str, portal_id: str) -> list[str]:
    """This customer's tickets at this portal, locked."""
    mine = select(tickets.c.id).where(tickets.c.customer_id == customer_id, tickets.c.portal_id == portal_id)
    return list(conn.execute(mine.order_by(tickets.c.id).with_for_update(key_share=True)).scalars())


def give(conn: Connection, ticket_id: str, from_id: str, to: Customer, *, name: str, sort: str) -> None:
    """The ticket is this customer's, under this name, and so is all that was sent into it, or is under way."""
    conn.execute(
        update(tickets)
        .where(tickets.c.id == ticket_id)
        .values(customer_id=to.id, customer_name=name, customer_sort=sort, email=to.email)
    )
    for table, whose, called in _SENT:
        other = table.alias()
        there = exists().where(
            other.c.ticket_id == ticket_id, other.c[whose.name] == to.id, other.c[called] == table.c[called]
        )
        mine = (table.c.ticket_id == ticket_id) & (whose == from_id)
        conn.execute(update(table).where(mine, ~there).values({whose.name: to.id}))
