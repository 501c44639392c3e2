"""Whoever waits may leave, and be told later by e-mail. The ticket keeps its place; technicians see the wish.

The wish and the address are kept here. Sending comes with notifications.
"""

from server.desk import announce
from server.desk.desk import Desk, found
from server.desk.messages import scope_of
from server.domain.people import Customer
from server.errors import Refused
from server.store import outbox, portals, tickets, transcript
from server.store.base import Tx
from server.store.tickets import TicketRecord
from server.store.transcript import Actor


async def tell_later(desk: Desk, customer: Customer, ticket_id: str, email: str) -> TicketRecord:
    """The customer leaves this address. Raises NotFound, and Refused (tell_later_off, not_waiting)."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        before = found(tickets.locked(tx.conn, scope_of(customer, shared=False), ticket_id))
        if not portals.of_ticket(tx.conn, ticket_id)[1].tell_later:
            raise Refused("tell_later_off", "Here nobody is told later.")
        if not before.state.waits_in_queue:
            raise Refused("not_waiting", "This request does not wait any more.")
        address = before.email if before.verified and before.email else email
        if before.tell_later and before.email == address:
            return before
        tickets.set_tell_later(tx.conn, ticket_id, address)
        outbox.add(tx.conn, "search", before.company_id, ticket_id)  # it is found by this address from now on
        return _told(tx, before, "tell_later", now)

    return await desk.store.write(unit)


async def stay(desk: Desk, customer: Customer, ticket_id: str) -> TicketRecord:
    """The customer waits here after all. Raises NotFound."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        before = found(tickets.locked(tx.conn, scope_of(customer, shared=False), ticket_id))
        if not before.tell_later:
            return before
        tickets.set_tell_later(tx.conn, ticket_id, None)
        return _told(tx, before, "stays", now)

    return await desk.store.write(unit)


def _told(tx: Tx, before: TicketRecord, kind: str, now: int) -> TicketRecord:
    """A line that both sides read, and the mark in the lists."""
    event = transcript.append(
        tx.conn,
        company_id=before.company_id,
        ticket_id=before.id,
        kind=kind,
        actor=Actor("customer", before.customer_id, before.customer_name, before.customer_name),
        now=now,
        visible=True,
        data={},
    )
    announce.event(tx, event)
    return announce.summary(tx, before.id, before=before)
