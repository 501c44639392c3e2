"""HTTP for technicians and integrations: the same use cases as the console's socket."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.responses import Response

from server.bus import topics
from server.desk import availability, downloads, messages, reading, searching, shapes, steps
from server.desk.messages import Written
from server.domain import limits
from server.domain.ids import ID_PATTERN, is_id
from server.domain.ticket import Step, View
from server.errors import BadInput, Conflict, NotFound, Refused
from server.http.routing import Call, Endpoint, Permission, technician_of
from server.protocol import rest
from server.protocol.technician import Details, Sort
from server.store.lists import Only

TICKETS = "/api/v1/tickets"
TICKET = TICKETS + "/{ticket}"


class ListQuery(msgspec.Struct, forbid_unknown_fields=True):
    """A window of the shared list."""

    view: View = View.ALL
    sort: Sort = "time"
    descending: bool = True
    offset: Annotated[int, Meta(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=limits.LIST_PAGE)] = 50
    queue: Annotated[str, Meta(pattern=ID_PATTERN)] | None = None
    """only what has this queue, or, with ``assignee``, is assigned to that person"""
    assignee: Annotated[str, Meta(pattern=ID_PATTERN)] | None = None


class MineQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The next page, by the ``more`` of the last one."""

    before: Annotated[str, Meta(pattern=ID_PATTERN)] | None = None


class EventsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Events after a number; without it the last 50. With ``wait`` the answer comes with the next event."""

    after: Annotated[int, Meta(ge=0, le=2**53 - 1)] | None = None
    epoch: Annotated[str, Meta(max_length=64)] | None = None
    wait: Annotated[float, Meta(ge=0, le=25)] = 0
    """seconds to wait for the next event when there is none yet"""


class SearchQuery(msgspec.Struct, forbid_unknown_fields=True):
    """At least two characters."""

    q: Annotated[str, Meta(max_length=200)] = ""


class TranscriptQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Format, and whether notes are in it."""

    format: downloads.Format = "html"
    notes: bool = False


def ticket_id(call: Call) -> str:
    """The id in the path; anything else is as unknown as an unknown id."""
    text = call.path("ticket")
    if not is_id(text):
        raise NotFound
    return text


async def list_tickets(call: Call) -> rest.Tickets:
    """A window of the shared list; refused with `not_available` while away."""
    q = call.query(ListQuery)
    only = Only([q.queue] if q.queue else [], [q.assignee] if q.assignee else []) if q.queue or q.assignee else None
    window = await reading.shared_list(
        call.desk, call.technician, q.view, q.sort, descending=q.descending, offset=q.offset, limit=q.limit, only=only
    )
    return rest.Tickets(window.rows, window.total, window.positions)


async def list_mine(call: Call) -> rest.MyTickets:
    """My tickets, newest first, whether available or not; first with whatever waits for a word of mine."""
    page = await reading.my_tickets(call.desk, call.technician, call.query(MineQuery).before)
    return rest.MyTickets(page.rows, page.more)


async def get_ticket(call: Call) -> Details:
    """One ticket with its details."""
    return await reading.details(call.desk, await reading.ticket(call.desk, call.technician, ticket_id(call)))


async def list_events(call: Call) -> rest.StaffEvents:
    """Events after a number, notes included."""
    q = call.query(EventsQuery)
    ticket = ticket_id(call)

    async def read() -> reading.Stretch:
        technician = await technician_of(call) if q.wait else call.technician
        return await reading.staff_page(call.desk, technician, ticket, q.after, q.epoch, whole=True)

    page = await call.desk.waiting.for_news(topics.staff(ticket), call.technician.id, read, q.wait)
    events = reading.staff_numbered(page.events)
    return rest.StaffEvents(call.desk.epoch, page.recovered, events, page.more, page.tail)


async def send_message(call: Call) -> rest.Sent:
    """Write to the customer; stored when answered. The same client_id again gives the same answer."""
    call.desk.rates.technicians.check(call.technician.id)
    written = Written(call.body.client_id, call.body.text)
    event = await messages.technician_writes(call.desk, call.technician, ticket_id(call), written)
    return rest.Sent(event.id, event.staff_seq)


async def send_note(call: Call) -> rest.Sent:
    """Write an internal note."""
    call.desk.rates.technicians.check(call.technician.id)
    written = Written(call.body.client_id, call.body.text)
    event = await messages.technician_notes(call.desk, call.technician, ticket_id(call), written)
    return rest.Sent(event.id, event.staff_seq)


async def _step(call: Call, step: Step) -> Details:
    outcome = call.body.outcome if step is Step.CLOSE else None
    ticket = await steps.take_step(call.desk, call.technician, ticket_id(call), step, outcome)
    return await reading.details(call.desk, ticket)


async def assign(call: Call) -> Details:
    """Assign to me; exactly one of several wins, the others are refused with `already_assigned` and a name."""
    return await _step(call, Step.ASSIGN)


async def unassign(call: Call) -> Details:
    """Give the ticket back to the queue."""
    return await _step(call, Step.UNASSIGN)


async def join(call: Call) -> Details:
    """Join the chat; the customer is told."""
    return await _step(call, Step.JOIN)


async def end_chat(call: Call) -> Details:
    """End the chat; the ticket stays."""
    return await _step(call, Step.END_CHAT)


async def close(call: Call) -> Details:
    """Close the ticket."""
    return await _step(call, Step.CLOSE)


async def reopen(call: Call) -> Details:
    """Open a closed ticket again."""
    return await _step(call, Step.REOPEN)


async def undo(call: Call) -> Details:
    """Take back my own End chat or Close of less than 5 s ago."""
    return await reading.details(call.desk, await steps.undo(call.desk, call.technician, ticket_id(call)))


async def transcript(call: Call) -> Response:
    """The whole transcript as HTML, text or JSON, with or without notes."""
    q = call.query(TranscriptQuery)
    return as_file(await downloads.for_technician(call.desk, call.technician, ticket_id(call), q.format, notes=q.notes))


def as_file(download: downloads.Download) -> Response:
    """An answer that a browser saves and never shows in our origin."""
    return Response(
        download.content,
        media_type=download.media,
        headers={
            "content-disposition": f'attachment; filename="{download.name}"',
            "content-security-policy": "sandbox; default-src 'none'",
            "cache-control": "private, no-store",
        },
    )


async def search(call: Call) -> rest.Hits:
    """Tickets whose key, customer or texts match; the last word counts as a prefix."""
    return await searching.find(call.desk, call.technician, call.query(SearchQuery).q)


async def set_availability(call: Call) -> rest.SignedIn:
    """Available or away, for all of my windows."""
    technician = await availability.set_availability(call.desk, call.technician, call.body.state)
    return rest.SignedIn(shapes.me(technician), must_change_password=False)


def _steps() -> list[Endpoint]:
    plain = (("assign", assign), ("unassign", unassign), ("join", join), ("end-chat", end_chat))
    more = (("reopen", reopen), ("undo", undo))
    return [
        Endpoint(
            method="POST",
            path=f"{TICKET}/{name}",
            permission=Permission.TECHNICIAN,
            handler=handler,
            answer=Details,
            errors=(NotFound, Refused),
        )
        for name, handler in (*plain, *more)
    ]


_T = Permission.TECHNICIAN
ROUTES: list[Endpoint] = [
    Endpoint(
        method="GET",
        path=TICKETS,
        permission=_T,
        handler=list_tickets,
        query=ListQuery,
        answer=rest.Tickets,
        errors=(BadInput, Refused),
    ),
    Endpoint(
        method="GET",
        path=f"{TICKETS}/mine",
        permission=_T,
        handler=list_mine,
        query=MineQuery,
        answer=rest.MyTickets,
        errors=(BadInput,),
    ),
    Endpoint(method="GET", path=TICKET, permission=_T, handler=get_ticket, answer=Details, errors=(NotFound,)),
    Endpoint(
        method="GET",
        path=f"{TICKET}/events",
        permission=_T,
        handler=list_events,
        query=EventsQuery,
        answer=rest.StaffEvents,
        errors=(BadInput, NotFound),
    ),
    Endpoint(
        method="POST",
        path=f"{TICKET}/messages",
        permission=_T,
        handler=send_message,
        body=rest.StaffMessage,
        answer=rest.Sent,
        errors=(BadInput, NotFound, Refused, Conflict),
    ),
    Endpoint(
        method="POST",
        path=f"{TICKET}/notes",
        permission=_T,
        handler=send_note,
        body=rest.StaffMessage,
        answer=rest.Sent,
        errors=(BadInput, NotFound, Conflict),
    ),
    *_steps(),
    Endpoint(
        method="POST",
        path=f"{TICKET}/close",
        permission=_T,
        handler=close,
        body=rest.CloseTicket,
        answer=Details,
        errors=(BadInput, NotFound, Refused),
    ),
    Endpoint(
        method="GET",
        path=f"{TICKET}/transcript",
        permission=_T,
        handler=transcript,
        query=TranscriptQuery,
        answer=rest.StaffTranscript,
        errors=(BadInput, NotFound),
        media=tuple(downloads.MEDIA.values()),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/search",
        permission=_T,
        handler=search,
        query=SearchQuery,
        answer=rest.Hits,
        errors=(BadInput,),
    ),
    Endpoint(
        method="PUT",
        path="/api/v1/me/availability",
        permission=_T,
        handler=set_availability,
        body=rest.Availability,
        answer=rest.SignedIn,
        errors=(BadInput,),
    ),
]
"""Every route of this module."""
