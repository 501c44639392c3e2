"""Everything that only looks: tickets, lists, transcripts, positions. And what feeds need to fill a hole."""

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection

from server.bus import topics
from server.desk import announce, shapes
from server.desk.desk import Desk, found, staff
from server.desk.messages import scope_of
from server.domain import limits
from server.domain.forms import Answer
from server.domain.people import Customer, Technician
from server.domain.ticket import View
from server.errors import Refused
from server.protocol import customer as c
from server.protocol import technician as t
from server.protocol.shared import ReadMarks
from server.store import customer_accounts, lists, portals, queues, tickets, transcript
from server.store.base import Announcement
from server.store.lists import Only
from server.store.portals import PortalRecord
from server.store.scope import Scope
from server.store.tickets import TicketRecord
from server.store.transcript import Audience, EventRecord, Span

OLDER_LINES = 50
OLDER_EVENTS = 300
"""With translations into five languages that is what they come to."""
CUSTOMER_TICKETS = 20
"""A customer's newest tickets, in welcome and session."""
OWN_TICKETS = 50
"""Of a customer, in a page of all of them."""
EVENTS_AT_ONCE = 500
"""In one statement. The largest have 32 KiB."""


class Stretch(msgspec.Struct, frozen=True):
    """Consecutive events for one audience, with where they stand."""

    ticket: TicketRecord
    events: list[EventRecord]
    recovered: bool
    more: bool
    older: bool
    tail: int
    read: ReadMarks
    answers: list[Answer]


# --- transcripts ----------------------------------------------------------------------------------------------------


class Asked(msgspec.Struct, frozen=True):
    """A page that somebody wants. ``whole``: however much is missing, for integrations that read from the beginning."""

    scope: Scope
    ticket_id: str
    after: int | None
    same_epoch: bool
    whole: bool


async def staff_page(
    desk: Desk, technician: Technician, ticket_id: str, after: int | None, epoch: str | None, *, whole: bool = False
) -> Stretch:
    """A page of the transcript with notes. Raises NotFound."""
    asked = Asked(staff(technician), ticket_id, after, epoch in (None, desk.epoch), whole)
    return found(await desk.store.ask(_staff_stretches, asked))


async def customer_page(
    desk: Desk, customer: Customer, ticket_id: str, after: int | None, epoch: str | None, *, whole: bool = False
) -> Stretch:
    """A page of the transcript for its customer. Raises NotFound."""
    asked = Asked(scope_of(customer), ticket_id, after, epoch in (None, desk.epoch), whole)
    return found(await desk.store.ask(_customer_stretches, asked))


def _staff_stretches(conn: Connection, asked: list[Asked]) -> list[Stretch | None]:
    """Pages for technicians."""
    return _stretches(conn, "staff", asked)


def _customer_stretches(conn: Connection, asked: list[Asked]) -> list[Stretch | None]:
    """Pages for customers."""
    return _stretches(conn, "customer", asked)


def _stretches(conn: Connection, audience: Audience, asked: list[Asked]) -> list[Stretch | None]:
    """What each client lacks, a page of it; or, all or nothing, the last events. None: out of reach, or unknown."""
    records = tickets.several(conn, [(one.scope, one.ticket_id) for one in asked])
    begun = [
        _begin(conn, audience, place, record, asked[place])
        for place, record in enumerate(records)
        if record is not None
    ]
    marks = transcript.marks(conn, audience, [page.ticket.id for page in begun])
    stretches: list[Stretch | None] = [None] * len(asked)
    for some in _portions(begun):
        for page, events in zip(some, transcript.spans(conn, audience, [page.span for page in some]), strict=True):
            read, answers = ReadMarks(*marks[page.ticket.id]), tickets.answers(conn, page.ticket)
            stretches[page.place] = page.filled(events, read, answers)
    return stretches


class _Page(msgspec.Struct, frozen=True):
    """Where a page begins. ``start``: the number before its first; ``place``: among those who ask."""

    place: int
    ticket: TicketRecord
    start: int
    tail: int
    recovered: bool

    @property
    def span(self) -> Span:
        """At most so many events as a page holds."""
        return Span(self.ticket.id, self.start, min(self.tail, self.start + limits.PAGE_EVENTS))

    def filled(self, events: list[EventRecord], read: ReadMarks, answers: list[Answer]) -> Stretch:
        """With as many of these events as fit."""
        fitting = _within(events, limits.PAGE_BYTES)
        more = self.start + len(fitting) < self.tail
        return Stretch(self.ticket, fitting, self.recovered, more, self.start > 0, self.tail, read, answers)


def _begin(conn: Connection, audience: Audience, place: int, ticket: TicketRecord, asked: Asked) -> _Page:
    after, tail = asked.after, _tail(ticket, audience)
    most = tail if asked.whole else limits.RESUME_EVENTS
    if after is not None and asked.same_epoch and tail - most <= after <= tail:
        return _Page(place, ticket, after, tail, recovered=True)
    start = _start(conn, ticket, audience, tail, limits.SNAPSHOT_EVENTS)
    return _Page(place, ticket, start, tail, recovered=False)


def _portions(pages: list[_Page]) -> Iterator[list[_Page]]:
    """Pages whose events are read at once: not more than fit into memory, however long they are."""
    some: list[_Page] = []
    for page in pages:
        some.append(page)
        if sum(one.span.upto - one.start for one in some) >= EVENTS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _tail(ticket: TicketRecord, audience: Audience) -> int:
    return ticket.staff_seq if audience == "staff" else ticket.customer_seq


def _start(conn: Connection, ticket: TicketRecord, audience: Audience, seq: int, lines: int) -> int:
    """The number after which the last so many lines up to this one begin. Translations come along and do not count."""
    if seq <= lines:
        return 0
    first = transcript.nth_line(conn, ticket.id, audience, seq, lines)
    return 0 if first is None else first - 1


def _within(events: list[EventRecord], size: int) -> list[EventRecord]:
    """The first events that fit, at least one."""
    total = 0
    for index, event in enumerate(events):
        total += len(event.body.encode()) + 300  # the rest of a frame, names included
        if total > size and index > 0:
            return events[:index]
    return events


async def staff_older(desk: Desk, technician: Technician, ticket_id: str, before: int) -> tuple[list[t.Numbered], bool]:
    """(events before a number, whether there are older ones)."""
    events = await desk.store.read(lambda conn: _older(conn, staff(technician), ticket_id, "staff", before))
    return staff_numbered(events), bool(events) and events[0].staff_seq > 1


async def customer_older(desk: Desk, customer: Customer, ticket_id: str, before: int) -> tuple[list[c.Numbered], bool]:
    """(events before a number, whether there are older ones)."""
    events = await desk.store.read(lambda conn: _older(conn, scope_of(customer), ticket_id, "customer", before))
    return customer_numbered(events), bool(events) and (events[0].customer_seq or 0) > 1


def _older(conn: Connection, scope: Scope, ticket_id: str, audience: Audience, before: int) -> list[EventRecord]:
    ticket = found(tickets.get(conn, scope, ticket_id))
    last = min(before - 1, _tail(ticket, audience))
    events = min(last - _start(conn, ticket, audience, last, OLDER_LINES), OLDER_EVENTS)
    return transcript.before(conn, ticket.id, audience, before, events)


def staff_numbered(events: list[EventRecord]) -> list[t.Numbered]:
    """Events with their numbers for technicians."""
    return [t.Numbered(event.staff_seq, shapes.staff_entry(event)) for event in events]


def customer_numbered(events: list[EventRecord]) -> list[c.Numbered]:
    """Events with their numbers for the customer; what has none is not for him."""
    return [c.Numbered(e.customer_seq, shapes.customer_entry(e)) for e in events if e.customer_seq is not None]


# --- tickets and lists ----------------------------------------------------------------------------------------------


class Window(msgspec.Struct, frozen=True):
    """A window of the shared list, with the list numbers of the moment it was read."""

    rows: list[t.Row]
    total: int
    positions: dict[str, int]


async def shared_list(
    desk: Desk,
    technician: Technician,
    view: View,
    sort: str,
    *,
    descending: bool,
    offset: int,
    limit: int,
    only: Only | None = None,
) -> Window:
    """A window of Tickets. Raises Refused(not_available) while away (G-02)."""
    scope = staff(technician)
    if not scope.available:
        raise Refused("not_available", "You are away. Become available to see the shared tickets.")

    def query(conn: Connection) -> Window:
        records = lists.page(conn, scope, view, sort, descending=descending, offset=offset, limit=limit, only=only)
        return Window(
            [shapes.row(record) for record in records],
            lists.count(conn, scope, view, only),
            lists.list_positions(conn, scope),
        )

    return await desk.store.read(query)


class MyTickets(msgspec.Struct, frozen=True):
    """A page of My tickets. ``more``: the next one is older than this ticket; None: that is all."""

    rows: list[t.Row]
    more: str | None


async def my_tickets(desk: Desk, technician: Technician, before: str | None = None) -> MyTickets:
    """My tickets, newest first, whether available or not; those that are older than ``before``."""
    page = await desk.store.read(lambda conn: lists.mine(conn, staff(technician), before, limits.MY_TICKETS))
    return MyTickets([shapes.row(record) for record in page.records], page.more)


async def ticket(desk: Desk, technician: Technician, ticket_id: str) -> TicketRecord:
    """One ticket. Raises NotFound."""
    return found(await desk.store.read(lambda conn: tickets.get(conn, staff(technician), ticket_id)))


async def details(desk: Desk, ticket: TicketRecord) -> t.Details:
    """What the details pane shows of a ticket that somebody was allowed to read."""
    return shapes.details(ticket, await desk.store.read(lambda conn: tickets.answers(conn, ticket)))


class Greeting(msgspec.Struct, frozen=True):
    """What a customer is told who has shown a token. ``portal``: the customer's own."""

    portal: PortalRecord
    tickets: list[c.CustomerTicket]


async def greeting(desk: Desk, customer: Customer) -> Greeting:
    """The portal and the customer's newest tickets."""
    return await desk.store.ask(_greetings, customer)


def _greetings(conn: Connection, asked: list[Customer]) -> list[Greeting]:
    records = portals.several(conn, [customer.portal_id for customer in asked])
    newest = lists.newest(conn, [scope_of(customer) for customer in asked], CUSTOMER_TICKETS)
    return [
        Greeting(portal, _as_seen(conn, customer, mine))
        for customer, portal, mine in zip(asked, records, newest, strict=True)
    ]


def _as_seen(conn: Connection, customer: Customer, records: list[TicketRecord]) -> list[c.CustomerTicket]:
    """Tickets as this customer sees them: his own, and those that colleagues share with him."""
    others = [record.id for record in records if record.customer_id != customer.id]
    shared = customer_accounts.lent(conn, customer.account_id, others) if customer.account_id and others else set()
    return [shapes.customer_ticket(record, shared=record.id in shared) for record in records]


async def as_seen(desk: Desk, customer: Customer, ticket: TicketRecord) -> c.CustomerTicket:
    """The same of one that has been read. It is asked for only where it can be somebody else's."""
    if ticket.customer_id == customer.id:
        return shapes.customer_ticket(ticket)
    [seen] = await desk.store.read(lambda conn: _as_seen(conn, customer, [ticket]))
    return seen


async def reaches(desk: Desk, customer: Customer, ticket_id: str) -> bool:
    """Whether this customer may read this ticket now."""
    ticket = await desk.store.read(lambda conn: tickets.brief(conn, scope_of(customer), ticket_id))
    return ticket is not None


class Own(msgspec.Struct, frozen=True):
    """A page of what a customer has opened, and of what others share with him."""

    tickets: list[c.CustomerTicket]
    more: bool


async def own_tickets(desk: Desk, customer: Customer, before: str | None, key: str | None) -> Own:
    """Newest first; of those older than the ticket ``before``, or the one with this key alone (S-34)."""

    def query(conn: Connection) -> Own:
        found_tickets = lists.of_customer(conn, scope_of(customer), before, key, OWN_TICKETS + 1)
        return Own(_as_seen(conn, customer, found_tickets[:OWN_TICKETS]), len(found_tickets) > OWN_TICKETS)

    return await desk.store.read(query)


async def customer_tickets(desk: Desk, customer: Customer) -> list[c.CustomerTicket]:
    """The customer's newest tickets."""
    return (await greeting(desk, customer)).tickets


async def counts(desk: Desk, company_ids: list[str]) -> list[t.Counts]:
    """Tickets per view, for each company."""

    def query(conn: Connection) -> list[t.Counts]:
        frames = []
        for company_id in company_ids:
            per = lists.counts(conn, company_id)
            frames.append(t.Counts(company_id, per[View.NEW], per[View.ACTIVE], per[View.COMPLETED], per[View.ALL]))
        return frames

    return await desk.store.read(query)


async def ahead(desk: Desk, ticket_id: str) -> int | None:
    """How many wait before this ticket; None when it does not wait."""
    return await desk.store.ask(queues.ahead, ticket_id)


# --- what feeds ask -------------------------------------------------------------------------------------------------


async def missed(desk: Desk, topic: str, after: int) -> tuple[list[Announcement], int]:
    """(what a numbered topic carried after a number, the topic's last number)."""
    kind, _, rest = topic.partition("/")

    def query(conn: Connection) -> tuple[list[Announcement], int]:
        if kind == "list":
            records, tail = lists.changed_since(conn, rest, after)
            return [announce.list_frame(record, record.list_seq) for record in records], tail
        ticket_id, _, audience = rest.partition("/")
        tails = tickets.tails(conn, [ticket_id]).get(ticket_id, (0, 0))
        side: Audience = "staff" if audience == "staff" else "customer"
        events = transcript.after(conn, ticket_id, side, after, limits.RESUME_EVENTS)
        frames = [frame for event in events for frame in announce.event_frames(event) if frame.topic == topic]
        return frames, frames[-1].seq if frames else tails[0 if side == "staff" else 1]

    return await desk.store.read(query)


async def tails(desk: Desk, names: list[str]) -> dict[str, int]:
    """The last number of each numbered topic, in two queries for all of them."""
    ticket_ids = sorted({name.split("/")[1] for name in names if name.startswith("ticket/")})
    company_ids = sorted({name.split("/")[1] for name in names if name.startswith("list/")})

    def query(conn: Connection) -> dict[str, int]:
        found_tails: dict[str, Any] = {}
        for ticket_id, (staff_seq, customer_seq) in tickets.tails(conn, ticket_ids).items():
            found_tails[topics.staff(ticket_id)] = staff_seq
            found_tails[topics.customer(ticket_id)] = customer_seq
        for company_id, seq in lists.list_tails(conn, company_ids).items():
            found_tails[topics.company_list(company_id)] = seq
        return {name: found_tails[name] for name in names if name in found_tails}

    return await desk.store.read(query)
