"""Records to frames, once per audience. What a customer may not know is dropped here and nowhere else."""

from typing import Any, Final

import msgspec

from server.domain.forms import Answer
from server.domain.people import Technician
from server.protocol import customer as c
from server.protocol import technician as t
from server.protocol.shared import Author, File, Message
from server.store.files import FileRecord
from server.store.lists import HintRecord
from server.store.tickets import TicketRecord
from server.store.transcript import EventRecord
from server.store.transfers import OfferRecord

_TAKEN: Final = ("taken_over", "transferred", "given", "taken_away", "returned")
"""Somebody has the ticket no more: if he was in the chat, the customer reads that he has left."""
_INTERNAL: Final = ("assigned", "unassigned", "taken_over", "transferred", "given", "taken_away")
"""Of these the customer learns the status, and not who works for him."""


def staff_entry(event: EventRecord) -> t.StaffEntry:
    """An event as technicians see it."""
    author = Author(event.author_role, event.author_name, event.author_id)
    if _is_plain(event):
        return Message(id=event.id, at=event.at, author=author, text=event.body, client_id=event.client_id)
    entry: t.StaffEntry = msgspec.convert(_entry(event, event.kind, author), t.StaffEntry)
    return entry


def customer_entry(event: EventRecord) -> c.CustomerEntry:
    """An event as its customer sees it: public names, no ids, of an assignment only the status, and who left.

    Only for events that have a customer_seq; a note is a type error here, and an exception.
    """
    kind, author = event.kind, Author(event.author_role, event.public_name)
    if _is_plain(event):
        return Message(id=event.id, at=event.at, author=author, text=event.body, client_id=event.client_id)
    data = event.data or {}
    left = data.get("left")
    if kind in _TAKEN and left is not None:
        kind, author = "left", Author("technician", left)
    elif kind in _INTERNAL or data.get("unseen"):
        kind, author = "status", Author("system", "")
    entry: c.CustomerEntry = msgspec.convert(_entry(event, kind, author), c.CustomerEntry)
    return entry


def _is_plain(event: EventRecord) -> bool:
    """What nearly all events are; looking for the right kind of frame takes five times as long as making it."""
    return event.kind == "message" and event.data is None


def _entry(event: EventRecord, kind: str, author: Author) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": kind, "id": event.id, "at": event.at, "author": author}
    if kind == "file":
        return fields | (event.data or {}) | {"client_id": event.client_id}
    if kind == "translation":
        return fields | (event.data or {}) | {"text": event.body}
    if event.data is not None:
        return fields | event.data
    return fields | {"text": event.body, "client_id": event.client_id}


def file(record: FileRecord) -> File:
    """A file as both sides see it."""
    return File(
        id=record.id,
        name=record.name,
        media_type=record.media_type,
        size=record.size,
        width=record.width,
        height=record.height,
        thumbnail=record.thumbnail is not None,
        scanned=record.scanned,
        original_of=record.original_of,
    )


def summary(ticket: TicketRecord) -> t.Summary:
    """A ticket in a list."""
    state = ticket.state
    undo = state.undo
    return t.Summary(
        id=ticket.id,
        key=ticket.key,
        company=t.Company(ticket.company_id, ticket.company),
        portal=ticket.portal,
        customer=ticket.customer_name,
        verified=ticket.verified,
        subject=ticket.subject,
        subjects=ticket.subjects,
        status=state.status,
        chat=state.chat,
        view=state.view,
        assignee=t.Person(state.assignee, ticket.assignee_name or "") if state.assignee else None,
        absent_since=ticket.absent_since,
        joined=state.joined,
        created_at=ticket.created_at,
        device_class=ticket.device_class,
        issue_type=ticket.issue_type,
        priority=ticket.priority,
        queue=ticket.queue_id,
        waits_for=ticket.waits_for,
        routed_at=ticket.routed_at,
        offer=_offer(ticket.offer) if ticket.offer else None,
        helpers=[t.Helper(helper.id, helper.name, helper.joined) for helper in ticket.helpers],
        tell_later=ticket.tell_later,
        undo=t.UndoOffer(undo.step, undo.by, undo.until) if undo else None,
        news=ticket.news,
    )


def _offer(offer: OfferRecord) -> t.OfferMade:
    by = t.Person(offer.by, offer.by_name)
    return t.OfferMade(by, offer.name, offer.team, offer.to, offer.comment, offer.at)


def hint(ticket: TicketRecord | HintRecord) -> t.Hint:
    """What messages touch."""
    return t.Hint(ticket.id, ticket.last_activity_at, ticket.waiting_since, ticket.unread)


def row(ticket: TicketRecord) -> t.Row:
    """A ticket in a list, with its hint."""
    return t.Row(summary(ticket), hint(ticket))


def details(ticket: TicketRecord, answers: list[Answer]) -> t.Details:
    """A ticket in the details pane."""
    source = t.Source(ticket.ip, ticket.device_class, ticket.os, ticket.browser, ticket.user_agent)
    return t.Details(
        summary=summary(ticket),
        email=ticket.email,
        company_name=ticket.company_name,
        company_code=ticket.company_code,
        language=ticket.language,
        translates=ticket.translate,
        languages=ticket.languages,
        source=source,
        way=ticket.way,
        answers=answers,
        hint=hint(ticket),
    )


def customer_ticket(ticket: TicketRecord, *, shared: bool = False) -> c.CustomerTicket:
    """A ticket as its customer sees it, or a colleague with whom it is shared."""
    return c.CustomerTicket(
        id=ticket.id,
        key=ticket.key,
        subject=ticket.subject,
        status=ticket.state.status,
        chat=ticket.state.chat,
        created_at=ticket.created_at,
        issue_type=ticket.issue_type,
        tell_later=ticket.tell_later,
        technician=ticket.assignee_public_name if ticket.state.joined else None,
        unread=ticket.customer_unread,
        translates=ticket.translate,
        language=ticket.language,
        reader=reader(ticket),
        shared=shared,
    )


def reader(ticket: TicketRecord) -> str | None:
    """What the technician in the chat reads, where messages are translated into it."""
    return ticket.assignee_language if ticket.translate and ticket.state.joined else None


def me(technician: Technician) -> t.Me:
    """The signed-in technician."""
    return t.Me(
        technician.id,
        technician.name,
        technician.email,
        technician.role,
        technician.availability,
        technician.totp,
        technician.language,
        technician.public_name,
    )
