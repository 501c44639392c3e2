"""Read marks and typing. Marks are stored and monotone; typing is told and forgotten."""

from sqlalchemy import Connection

from server.bus import topics
from server.desk import announce
from server.desk.desk import Desk, found, staff
from server.desk.helping import check_may_write
from server.desk.messages import customer_as_actor, scope_of
from server.domain.people import Customer, Technician
from server.errors import NotFound, Refused
from server.protocol import codec
from server.protocol.shared import Typing
from server.store import tickets, transcript
from server.store.base import Announcement, Tx


async def customer_read(desk: Desk, customer: Customer, ticket_id: str, event_id: str) -> None:
    """The customer has read up to this event of his transcript."""

    def unit(tx: Tx) -> None:
        ticket = found(tickets.get(tx.conn, scope_of(customer), ticket_id))
        event = transcript.get(tx.conn, ticket.id, event_id)
        if event is None or event.customer_seq is None:
            raise NotFound
        if tickets.get(tx.conn, scope_of(customer, shared=False), ticket_id) is None:
            return  # a colleague's look says nothing of the customer's
        if tickets.raise_read(tx.conn, ticket.id, "customer", event.staff_seq):
            announce.read(tx, event, "customer", event)

    await desk.store.write(unit)


async def technician_read(desk: Desk, technician: Technician, ticket_id: str, event_id: str) -> None:
    """The assignee has read up to this event. Somebody else's look does not count as an answer to the customer."""

    def unit(tx: Tx) -> None:
        ticket = found(tickets.get(tx.conn, staff(technician), ticket_id))
        event = transcript.get(tx.conn, ticket.id, event_id)
        if event is None:
            raise NotFound
        if ticket.state.assignee != technician.id:
            return
        if tickets.raise_read(tx.conn, ticket.id, "technician", event.staff_seq):
            shown = transcript.at_mark(tx.conn, ticket.id, event.staff_seq, visible=True)
            announce.read(tx, event, "technician", shown)

    await desk.store.write(unit)


async def customer_types(desk: Desk, customer: Customer, ticket_id: str) -> list[Announcement]:
    """What to tell the technicians. Raises NotFound."""
    ticket = found(await desk.store.read(lambda conn: tickets.get(conn, scope_of(customer), ticket_id)))
    frame = Typing(ticket.id, announce.author("customer", customer_as_actor(customer, ticket).name, customer.id))
    return [Announcement(topics.staff(ticket.id), 0, codec.encode(frame))]


async def technician_types(desk: Desk, technician: Technician, ticket_id: str) -> list[Announcement]:
    """What to tell the customer, and the colleagues. Nothing, unless this technician is in the chat."""

    def query(conn: Connection) -> bool:
        ticket = found(tickets.get(conn, staff(technician), ticket_id))
        try:
            check_may_write(conn, ticket.id, ticket.state, technician.id)
        except Refused:
            return False
        return True

    if not await desk.store.read(query):
        return []
    public = Typing(ticket_id, announce.author("technician", technician.public_name))
    internal = Typing(ticket_id, announce.author("technician", technician.name, technician.id))
    return [
        Announcement(topics.customer(ticket_id), 0, codec.encode(public)),
        Announcement(topics.staff(ticket_id), 0, codec.encode(internal)),
    ]
