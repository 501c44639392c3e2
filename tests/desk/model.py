"""What should happen, without a store: tickets as lists of lines, and the rules of domain/ticket."""

from dataclasses import dataclass, field

from msgspec import structs

from server.desk.messages import Written
from server.domain import ticket as rules
from server.domain.ticket import Chat, State, Step, View
from server.errors import Refused


class Expected(Exception):
    """This command is refused, with this code and, for some, what goes with it."""

    def __init__(self, code: str, detail: object = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass
class Line:
    """One event."""

    kind: str
    author: str
    """the id of a person; empty: the desk itself"""
    text: str
    client_id: str | None
    visible: bool
    id: str = ""


@dataclass
class Ticket:
    """One ticket."""

    id: str
    company: str
    customer: str
    opened_at: int
    queued_at: int
    state: State = field(default_factory=State)
    lines: list[Line] = field(default_factory=list)
    streams: dict[tuple[str, str], int] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=lambda: {"customer": 0, "technician": 0})
    waiting_since: int | None = None
    offered_to: str | None = None
    helpers: dict[str, bool] = field(default_factory=dict)
    """who was invited -> whether he has come"""

    def become(self, state: State) -> None:
        """The state after a step, and what goes with the owner."""
        if state.assignee != self.state.assignee or state.view is View.COMPLETED:
            self.offered_to = None
        if not rules.helpers_stay(state):
            self.helpers.clear()
        self.helpers.pop(state.assignee or "", None)
        self.state = state

    def add(self, line: Line, now: int) -> None:
        self.lines.append(line)
        if line.kind == "message":
            if line.author != self.customer:
                self.waiting_since = None
            elif self.waiting_since is None:
                self.waiting_since = now

    @property
    def customer_seq(self) -> int:
        return sum(line.visible for line in self.lines)

    def unread(self, side: str) -> int:
        """Messages of the other side after this side's mark."""
        return sum(
            line.kind == "message" and (line.author == self.customer) == (side == "technician")
            for line in self.lines[self.read[side] :]
        )


@dataclass
class Person:
    """A technician."""

    id: str
    name: str
    companies: set[str]
    available: bool = True
    present_at: int = 0
    present_until: int = 0
    absent_since: int | None = None

    def sees(self, ticket: Ticket) -> bool:
        asked = self.id in (ticket.state.assignee, ticket.offered_to, *ticket.helpers)
        return ticket.company in self.companies and (self.available or asked)


_KIND = {
    Step.ASSIGN: "assigned",
    Step.JOIN: "joined",
    Step.END_CHAT: "chat_ended",
    Step.CLOSE: "closed",
    Step.REOPEN: "reopened",
    Step.CUSTOMER_END: "chat_ended",
    Step.CUSTOMER_RESUME: "chat_resumed",
}


def write(ticket: Ticket, author: Person | str, kind: str, written: Written, now: int) -> tuple[Line, bool]:
    """(the line, whether it is new). ``author``: a technician, or the customer's id."""
    author_id = author if isinstance(author, str) else author.id
    if (author != ticket.customer) if isinstance(author, str) else not author.sees(ticket):
        raise Expected("not_found")
    same = [line for line in ticket.lines if line.author == author_id and line.client_id == written.client_id]
    if same and (same[0].kind, same[0].text) != (kind, written.text):
        raise Expected("conflict")
    tab, n = (author_id, written.stream or ""), written.n or 0
    if written.stream is not None:
        last = ticket.streams.get(tab, 0)
        if n > last + 1:
            raise Expected("resend_from", last + 1)
        if n <= last and not same:
            raise Expected("conflict")
    if not same:
        check_may_write(ticket, author, kind)
    if written.stream is not None:
        ticket.streams[tab] = max(n, ticket.streams.get(tab, 0))
    if same:
        return same[0], False
    line = Line(kind, author_id, written.text, written.client_id, visible=kind == "message")
    ticket.add(line, now)
    return line, True


def check_may_write(ticket: Ticket, author: Person | str, kind: str) -> None:
    try:
        if isinstance(author, str):
            rules.check_customer_may_write(ticket.state)
        elif kind == "message":
            helps = ticket.state.assignee != author.id and ticket.helpers.get(author.id, False)
            rules.check_technician_may_write(ticket.state, author.id, helps=helps)
    except Refused as refused:
        raise Expected(refused.code) from None


def step(ticket: Ticket, actor: Person | str, what: Step, now: int) -> Line:
    """A technician's or the customer's step."""
    if (actor != ticket.customer) if isinstance(actor, str) else not actor.sees(ticket):
        raise Expected("not_found")
    before = ticket.state
    try:
        after = rules.take(before, what, None if isinstance(actor, str) else actor.id, now)
    except Refused as refused:
        raise Expected(refused.code, refused.who) from None
    kind = _KIND.get(what) or ("left" if before.joined else "unassigned")
    if what is Step.ASSIGN and before.assignee is not None:
        kind = "taken_over"
    return _changed(ticket, actor, after, kind, now)


def undo(ticket: Ticket, actor: Person, now: int) -> Line:
    if not actor.sees(ticket):
        raise Expected("not_found")
    try:
        after = rules.undo(ticket.state, actor.id, now)
    except Refused as refused:
        raise Expected(refused.code) from None
    closed = ticket.state.undo is not None and ticket.state.undo.step is Step.CLOSE
    return _changed(ticket, actor, after, "reopened" if closed else "chat_resumed", now)


def _changed(ticket: Ticket, actor: Person | str, after: State, kind: str, now: int) -> Line:
    visible = kind not in ("assigned", "unassigned", "taken_over") or after.status is not ticket.state.status
    visible = visible or (kind == "taken_over" and ticket.state.joined)
    ticket.become(after)
    if kind == "reopened" and after.view is View.NEW:
        ticket.queued_at = now
    line = Line(kind, actor if isinstance(actor, str) else actor.id, "", None, visible)
    ticket.add(line, now)
    return line


def together(ticket: Ticket, actor: Person, what: str, other: Person, now: int) -> None:
    """A transfer or an invitation, in one of its steps; ``other``: to whom, or who."""
    if what == "accept" and ticket.company in actor.companies:
        check_won(ticket, actor)
    if not actor.sees(ticket):
        raise Expected("not_found")
    owner, lines = ticket.state.assignee, [Line(_LINE.get(what, ""), actor.id, "", None, visible=what == "come")]
    if what in ("offer", "withdraw"):
        if ticket.state.status is rules.Status.DONE:
            raise Expected("ticket_done")
        check(owner == actor.id, "not_assigned_to_you")
        check(what == "withdraw" or ticket.offered_to is None, "already_offered")
        check(what == "offer" or ticket.offered_to is not None, "not_offered")
        check(what == "withdraw" or (ticket.company in other.companies and other.id != owner), "cannot_take")
        ticket.offered_to = other.id if what == "offer" else None
    elif what in ("accept", "decline"):
        check(ticket.offered_to == actor.id, "not_offered")
        if what == "accept":
            lines = accepted(ticket, actor)
        ticket.offered_to = None
    elif what == "invite":
        check(owner == actor.id, "not_assigned_to_you")
        check_may_help(ticket)
        check(other is not actor and other.id not in ticket.helpers, "already_invited")
        check(ticket.company in other.companies, "cannot_take")
        ticket.helpers[other.id] = False
    else:
        check(actor.id in ticket.helpers, "not_invited")
        if what == "come":
            check_may_help(ticket)
            check(not ticket.helpers[actor.id], "already_joined")
            ticket.helpers[actor.id] = True
        elif ticket.helpers.pop(actor.id):
            lines = [Line("went", actor.id, "", None, visible=True)]
    for line in lines:
        ticket.add(line, now)


_LINE = {
    "offer": "offered",
    "withdraw": "offer_withdrawn",
    "decline": "offer_declined",
    "invite": "invited",
    "come": "came",
    "leave": "uninvited",
}


def accepted(ticket: Ticket, actor: Person) -> list[Line]:
    """Where there is a chat, one goes and one comes."""
    before, after = ticket.state, rules.hand_over(ticket.state, actor.id, comes=True)
    visible = before.joined or after.status is not before.status
    ticket.become(after)
    lines = [Line("transferred", actor.id, "", None, visible)]
    return lines + ([Line("joined", actor.id, "", None, visible=True)] if after.joined else [])


def check_won(ticket: Ticket, actor: Person) -> None:
    """Who was slower learns whose the ticket is."""
    offers = [line for line in ticket.lines if line.kind in ("offered", "offer_withdrawn", "transferred")]
    lost = bool(offers) and offers[-1].kind == "transferred" and offers[-1].author == ticket.state.assignee
    if ticket.offered_to != actor.id and lost and ticket.state.assignee != actor.id:
        raise Expected("already_assigned", ticket.state.assignee)


def check_may_help(ticket: Ticket) -> None:
    try:
        rules.check_may_help(ticket.state)
    except Refused as refused:
        raise Expected(refused.code) from None


def check(condition: bool, code: str) -> None:
    if not condition:
        raise Expected(code)


def is_there(person: Person, tickets: list[Ticket], until: int, now: int) -> int | None:
    """The person is there from now on; since when he counted as gone."""
    since, person.absent_since = person.absent_since, None
    person.present_at, person.present_until = now, until
    _mark(person, tickets)
    return since


def is_gone(person: Person, tickets: list[Ticket]) -> None:
    person.absent_since = person.present_at
    _mark(person, tickets)


def _mark(person: Person, tickets: list[Ticket]) -> None:
    for ticket in tickets:
        if ticket.state.assignee == person.id and ticket.state.view is View.ACTIVE:
            ticket.state = structs.replace(ticket.state, absent=person.absent_since is not None)


def give_back(ticket: Ticket, now: int) -> None:
    """To the queue, into the old place."""
    ticket.become(rules.give_back(ticket.state))
    ticket.add(Line("returned", "", "", None, visible=True), now)


def queue(tickets: list[Ticket], company: str) -> list[str]:
    """Who waits, first come first."""
    waiting = [
        ticket
        for ticket in tickets
        if ticket.company == company and ticket.state.view is View.NEW and ticket.state.chat is not Chat.ENDED
    ]
    return [ticket.id for ticket in sorted(waiting, key=lambda ticket: (ticket.queued_at, ticket.id))]
