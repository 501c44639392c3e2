"""Who is told what. Called inside a unit of writing; told after COMMIT."""

from typing import Final

from server.bus import topics
from server.bus.control import QueueChanged, SetupChanged, ToTranslate
from server.desk import shapes
from server.domain.people import AuthorRole, Side
from server.protocol import codec
from server.protocol import customer as c
from server.protocol import technician as t
from server.protocol.shared import Author, Read
from server.store import lists, technicians, tickets
from server.store.base import Announcement, Tx
from server.store.tickets import TicketRecord
from server.store.transcript import EventRecord

TO_TRANSLATE: Final = Announcement(topics.CONTROL, 0, codec.encode(ToTranslate()))
"""There is a message for translators. ``bell.Bell`` tells it once for many of them."""
TO_CATCH_UP: Final = Announcement(topics.CONTROL, 0, codec.encode(ToTranslate(behind=True)))
"""There is a ticket for them to bring up to date."""


def event_frames(event: EventRecord) -> list[Announcement]:
    """The event for technicians and, where it is visible, for the customer. Each encoded once."""
    staff = t.EventFrame(event.ticket_id, event.staff_seq, shapes.staff_entry(event))
    told = [Announcement(topics.staff(event.ticket_id), event.staff_seq, codec.encode(staff))]
    if event.customer_seq is not None:
        frame = c.EventFrame(event.ticket_id, event.customer_seq, shapes.customer_entry(event))
        told.append(Announcement(topics.customer(event.ticket_id), event.customer_seq, codec.encode(frame)))
    if event.to_translate:
        told.append(TO_TRANSLATE)
    return told


def event(tx: Tx, record: EventRecord) -> None:
    """A new line of a transcript."""
    tx.announcements += event_frames(record)


def summary(tx: Tx, ticket_id: str, *, before: TicketRecord | None) -> TicketRecord:
    """A ticket's summary changed (``before`` None: it is new). Returns the ticket as it is now."""
    known = tickets.unscoped(tx.conn, ticket_id)
    seq = lists.raise_list_seq(tx.conn, known.company_id, ticket_id)
    tx.announcements.append(list_frame(known, seq, fresh=before is None))
    mine = codec.encode(t.MyTicket(shapes.summary(known), shapes.hint(known)))
    concerned = known.concerned | (before.concerned if before is not None else set())
    for technician_id in technicians.with_access(tx.conn, concerned, known.company_id):
        tx.announce(topics.person(technician_id), 0, mine)
    waited = {before.queue_id} if before is not None and before.state.waits_in_queue else set()
    waits = {known.queue_id} if known.state.waits_in_queue else set()
    for queue_id in sorted(waited ^ waits):
        tx.announce(topics.CONTROL, 0, codec.encode(QueueChanged(queue_id)))
    return known


def list_frame(ticket: TicketRecord, seq: int, *, fresh: bool = False) -> Announcement:
    """A ticket for the shared list of its company."""
    frame = t.TicketFrame(ticket.company_id, seq, shapes.summary(ticket), fresh)
    return Announcement(topics.company_list(ticket.company_id), seq, codec.encode(frame))


def read(tx: Tx, event: EventRecord, side: Side, shown: EventRecord | None) -> None:
    """A side has read up to this event; ``shown`` is the last one up to there that the customer sees too."""
    staff = Read(event.ticket_id, side, event.id, event.staff_seq)
    tx.announce(topics.staff(event.ticket_id), 0, codec.encode(staff))
    if shown is not None and shown.customer_seq is not None:
        frame = Read(event.ticket_id, side, shown.id, shown.customer_seq)
        tx.announce(topics.customer(event.ticket_id), 0, codec.encode(frame))


def translates(ticket: TicketRecord) -> list[Announcement]:
    """Whether this ticket is translated now, and what the technician in the chat reads. Not numbered."""
    staff = t.Translates(ticket.id, ticket.translate)
    customer = c.Translates(ticket.id, ticket.translate, shapes.reader(ticket))
    return [
        Announcement(topics.staff(ticket.id), 0, codec.encode(staff)),
        Announcement(topics.customer(ticket.id), 0, codec.encode(customer)),
    ]


def waiters(tx: Tx, notice_id: str, company_id: str) -> None:
    """More or fewer wait for news of this notice: technicians look again."""
    tx.announce(topics.CONTROL, 0, codec.encode(SetupChanged(0, "notice", notice_id, company_id, staff=True)))


def author(role: AuthorRole, name: str, person_id: str | None = None) -> Author:
    """For frames that are not stored (typing)."""
    return Author(role, name, person_id)
