"""Writing: a customer to the desk, a technician to the customer, technicians among themselves (notes).

Exactly once: ``client_id`` is looked up first, so that a repeated message gets its first answer even if the chat has
ended since. In order: ``n`` counts a tab's messages without holes; a refusal consumes no number.
"""

import msgspec

from server.desk import announce
from server.desk.desk import CustomerScope, Desk, found, staff
from server.desk.helping import check_may_write
from server.domain.ids import new_id
from server.domain.people import Customer, Technician
from server.domain.ticket import check_customer_may_write
from server.errors import Conflict, ResendFrom
from server.store import tickets, transcript
from server.store.appending import Append
from server.store.base import Tx
from server.store.scope import Scope
from server.store.tickets import Brief, TicketRecord
from server.store.transcript import Actor, EventRecord


class Written(msgspec.Struct, frozen=True):
    """What somebody wrote. ``stream`` and ``n`` are None over HTTP, which has no order to keep."""

    client_id: str
    text: str
    stream: str | None = None
    n: int | None = None


async def customer_writes(desk: Desk, customer: Customer, ticket_id: str, written: Written) -> EventRecord:
    """A message to the desk. Raises Refused (ticket_done, chat_ended), Conflict, ResendFrom, NotFound."""
    now = desk.clock()
    quick = await _quickly(desk, "message", Actor("customer", customer.id, "", ""), None, ticket_id, written, now)
    if quick is not None:
        return quick
    scope = scope_of(customer)

    def unit(tx: Tx) -> EventRecord:
        ticket = _open(tx, scope, ticket_id)
        actor = customer_as_actor(customer, ticket)
        earlier = _earlier(tx, ticket, actor, "message", written)
        if earlier is not None:
            return earlier
        check_customer_may_write(ticket.state)
        return _append(tx, ticket, actor, "message", written, now)

    return await desk.store.write(unit)


async def technician_writes(desk: Desk, technician: Technician, ticket_id: str, written: Written) -> EventRecord:
    """A message to the customer, from the technician in the chat. Raises Refused, Conflict, ResendFrom, NotFound."""
    now = desk.clock()
    actor = as_actor(technician)
    quick = await _quickly(desk, "message", actor, technician, ticket_id, written, now)
    if quick is not None:
        return quick

    def unit(tx: Tx) -> EventRecord:
        ticket = _open(tx, staff(technician), ticket_id)
        earlier = _earlier(tx, ticket, actor, "message", written)
        if earlier is not None:
            return earlier
        check_may_write(tx.conn, ticket.id, ticket.state, technician.id)
        return _append(tx, ticket, actor, "message", written, now)

    return await desk.store.write(unit)


async def technician_notes(desk: Desk, technician: Technician, ticket_id: str, written: Written) -> EventRecord:
    """A note: everybody who may see the ticket may write one, at any time. It has no number for the customer."""
    now = desk.clock()
    actor = as_actor(technician)
    quick = await _quickly(desk, "note", actor, technician, ticket_id, written, now)
    if quick is not None:
        return quick

    def unit(tx: Tx) -> EventRecord:
        ticket = _open(tx, staff(technician), ticket_id)
        earlier = _earlier(tx, ticket, actor, "note", written)
        return earlier or _append(tx, ticket, actor, "note", written, now)

    return await desk.store.write(unit)


async def _quickly(
    desk: Desk, kind: str, actor: Actor, technician: Technician | None, ticket_id: str, written: Written, now: int
) -> EventRecord | None:
    """The store's quick way for messages with a number; None where the unit has to look closer."""
    if written.stream is None or written.n is None:
        return None
    return await desk.store.append(
        Append(
            event_id=new_id(),
            ticket_id=ticket_id,
            kind=kind,
            author_role=actor.role,
            author_id=str(actor.id),
            author_name=actor.name,
            public_name=actor.public_name,
            body=written.text,
            client_id=written.client_id,
            stream=written.stream,
            n=written.n,
            at=now,
            companies=",".join(technician.companies) if technician else "",
            available=technician.available if technician else False,
        ),
        announce.event_frames,
    )


def scope_of(customer: Customer, *, shared: bool = True) -> CustomerScope:
    """What this customer may read and comment; without what others share with him, what he may do all with."""
    return CustomerScope(customer.id, customer.company_id, customer.portal_id, customer.account_id, shared)


def customer_as_actor(customer: Customer, ticket: Brief | TicketRecord) -> Actor:
    """The customer as the author of an event: under the name that technicians read in the list, unless it is shared."""
    name = ticket.customer_name if ticket.customer_id == customer.id else customer.name or ticket.customer_name
    return Actor("customer", customer.id, name, name)


def as_actor(technician: Technician) -> Actor:
    """The technician as the author of an event."""
    return Actor("technician", technician.id, technician.name, technician.public_name)


def _open(tx: Tx, scope: Scope, ticket_id: str) -> Brief:
    tickets.lock(tx.conn, ticket_id)
    return found(tickets.brief(tx.conn, scope, ticket_id))


def _earlier(tx: Tx, ticket: Brief, actor: Actor, kind: str, written: Written) -> EventRecord | None:
    """What this message became when it came before; None for a new one whose turn it is."""
    author_id = str(actor.id)
    earlier = transcript.by_client_id(tx.conn, ticket.id, author_id, written.client_id)
    if earlier is not None and (earlier.kind, earlier.body) != (kind, written.text):
        raise Conflict
    if written.stream is None or written.n is None:
        return earlier
    last = transcript.last_n(tx.conn, ticket.id, author_id, written.stream)
    if written.n > last + 1:
        raise ResendFrom(last + 1)
    if written.n <= last:
        if earlier is None:
            raise Conflict("This number of the stream belongs to another message.")
        return earlier
    if earlier is not None:  # stored before under another stream: let this stream go on
        transcript.set_last_n(tx.conn, ticket.company_id, ticket.id, author_id, written.stream, written.n)
    return earlier


def _append(tx: Tx, ticket: Brief, actor: Actor, kind: str, written: Written, now: int) -> EventRecord:
    if written.stream is not None and written.n is not None:
        transcript.set_last_n(tx.conn, ticket.company_id, ticket.id, str(actor.id), written.stream, written.n)
    event = transcript.append(
        tx.conn,
        company_id=ticket.company_id,
        ticket_id=ticket.id,
        kind=kind,
        actor=actor,
        now=now,
        visible=kind == "message",
        body=written.text,
        client_id=written.client_id,
    )
    announce.event(tx, event)
    return event
