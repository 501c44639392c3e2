"""Two companies, two customers, three technicians, and everything they can do, good and bad.

Each command is done to the model and to the desk; the outcomes must be the same.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from typing import Any

from sqlalchemy import select

from server.bus import topics
from server.desk import availability, invitations, marks, messages, presence, steps, transfers
from server.desk.messages import Written
from server.domain import ticket as rules
from server.domain.people import Availability, Customer, Technician
from server.domain.ticket import Outcome, Step
from server.errors import DeskwireError, Refused
from server.protocol.technician import Target
from server.store import technicians
from server.store.tables import events
from tests.desk import model
from tests.desk.listeners import Listeners
from tests.desk.model import Expected, Person, Ticket
from tests.desk.workshop import Workshop

CUSTOMER_STEPS = (Step.CUSTOMER_END, Step.CUSTOMER_RESUME)

TOGETHER = ("offer", "accept", "decline", "withdraw", "invite", "come", "leave")
ACTING = ("offer", "accept", "invite", "come")
"""Whoever does one of these is there."""

RETURN_S = 60
"""Tickets of the second company go back to the queue when their assignee has been gone this long."""


def uuid_of(number: int) -> str:
    """A client_id."""
    return f"00000000-0000-4000-8000-{number:012}"


class World:
    """Commands take numbers where they mean one of several: ``which`` ticket, ``who`` of the people."""

    def __init__(self, shop: Workshop, runner: asyncio.Runner) -> None:
        self.shop = shop
        self.run = runner.run
        shop.clock.now += 1_000_000  # people of earlier worlds in this database are gone, and their tickets back
        for _ in range(2):
            self.run(presence.sweep(shop.desk, only_let_go=False))
        self.portals = [
            self.run(shop.portal("Acme")),
            self.run(shop.portal("Other", return_to_queue_seconds=RETURN_S)),
        ]
        acme, other = self.companies = [portal.company_id for portal in self.portals]
        self.people: list[Person] = []
        for name, companies in (("Lena", {acme}), ("Max", {acme, other}), ("Bo", {other})):
            technician = self.run(shop.technician(name, *companies))
            person = Person(technician.id, technician.name, set(companies))
            model.is_there(person, [], shop.clock() + shop.lease_ms, shop.clock())
            self.people.append(person)
        auditor = self.run(shop.technician("Auditor", acme, other))
        self.customers: list[Customer | None] = [None, None]
        self.tickets: list[Ticket] = []
        self.listeners = Listeners(shop, runner, self.portals, self.people, auditor)
        self._made = self._refusals = 0
        self._touched: set[str] = set()
        shop.take()

    def check(self) -> None:
        """All agree. What nothing was done to needs no second look."""
        for ticket in self.tickets:
            if ticket.id in self._touched:
                self.listeners.check_ticket(ticket, self._customer(ticket.customer))
        if self._touched:
            self.listeners.check_lists(self.tickets)
        self._touched.clear()

    def check_all(self) -> None:
        """At the end."""
        self._touched = {ticket.id for ticket in self.tickets}
        self.check()
        self.listeners.check_views(self.tickets)

    # --- writing --------------------------------------------------------------------------------------------------

    def open(self, who: int, words: str, *, again: bool) -> None:
        """A new ticket; ``again``: the same request twice."""
        self._made += 1
        portal, known = self.portals[who], self.customers[who]
        opened = self.run(self.shop.ticket(portal, known, words, uuid_of(self._made), name=f"Customer {who}"))
        self.customers[who] = opened.customer
        now = self.shop.clock()
        ticket = Ticket(opened.ticket.id, portal.company_id, opened.customer.id, now, now)
        ticket.add(model.Line("message", opened.customer.id, words, None, visible=True), now)
        self.tickets.append(ticket)
        self._hear(ticket)
        self.listeners.reload(ticket, opened.customer)
        if again:
            same = self.run(self.shop.ticket(portal, known, words, uuid_of(self._made), name=f"Customer {who}"))
            assert same.ticket.id == opened.ticket.id
            assert same.token == opened.token
            self._refused("conflict", None, self.shop.ticket(portal, known, "other words", uuid_of(self._made)))

    def talk(self, which: int, text: str, who: str) -> None:
        """The next message of the customer, or of who has the ticket, or a note of that person."""
        ticket = self._one(which)
        author = ticket.customer if who == "customer" else self._owner(ticket)
        if author is not None:
            self._write_next(author, ticket, text, note=who == "note", stream="a" * 32, turn=0)

    def write(self, who: int, which: int, text: str, note: bool, stream: str | None, turn: int) -> None:
        """Anybody, to one's own ticket or to somebody else's, in turn or out of it."""
        author = self._author(who)
        if author is not None:
            self._write_next(author, self._one(which), text, note=note, stream=stream, turn=turn)

    def _write_next(
        self, author: Person | str, ticket: Ticket, text: str, *, note: bool, stream: str | None, turn: int
    ) -> None:
        author_id = author if isinstance(author, str) else author.id
        kind = "note" if note and isinstance(author, Person) else "message"
        self._made += 1
        number = max(1, ticket.streams.get((author_id, stream or ""), 0) + 1 + turn) if stream else None
        self._write(author, ticket, kind, Written(uuid_of(self._made), text, stream, number))

    def repeat(self, which: int, line: int, text: str, note: bool, stream: str | None, turn: int) -> None:
        """A client_id again: with the same words (``turn`` 1) or others, from the same tab or another."""
        ticket = self._one(which)
        lines = [line for line in ticket.lines if line.client_id is not None]
        if not lines:
            return
        same = lines[line % len(lines)]
        author = same.author if same.author == ticket.customer else self._person(same.author)
        number = max(1, ticket.streams.get((same.author, stream or ""), 0) + 1 + min(turn, 0)) if stream else None
        kind = "note" if note and isinstance(author, Person) else "message"
        if turn == 1:
            text, kind = same.text, same.kind
        self._write(author, ticket, kind, Written(same.client_id or "", text, stream, number))

    def _write(self, author: Person | str, ticket: Ticket, kind: str, written: Written) -> None:
        try:
            line, new = model.write(ticket, author, kind, written, self.shop.clock())
        except Expected as expected:
            self._refused(expected.code, expected.detail, self._written(author, ticket, kind, written))
            return
        event = self.run(self._written(author, ticket, kind, written))
        if new:
            line.id = event.id
        assert event.id == line.id
        assert self._hear(ticket) == (0 if not new else 2 if line.visible else 1)

    def _written(self, author: Person | str, ticket: Ticket, kind: str, written: Written) -> Coroutine[Any, Any, Any]:
        desk = self.shop.desk
        if isinstance(author, str):
            return messages.customer_writes(desk, self._customer(author), ticket.id, written)
        use_case = messages.technician_notes if kind == "note" else messages.technician_writes
        return use_case(desk, self._technician(author), ticket.id, written)

    # --- steps ----------------------------------------------------------------------------------------------------

    def step(self, who: int, which: int, what: Step, outcome: Outcome | None = None) -> None:
        """Any step by anybody."""
        author = self._author(who)
        if isinstance(author, str):
            what = CUSTOMER_STEPS[which % 2]
        if author is not None:
            self._step(author, self._one(which), what, outcome)

    def go_on(self, which: int, turn: int, outcome: Outcome | None) -> None:
        """A step that is legal now, by somebody whose turn it is: so a ticket gets everywhere."""
        ticket = self._one(which)
        now = self.shop.clock()
        possible: list[tuple[Person | str, Step | None]] = []
        for person in self.people:
            if person.sees(ticket):
                possible += [(person, step) for step in rules.legal_steps(ticket.state, person.id, now)]
        for step in CUSTOMER_STEPS:
            with contextlib.suppress(Refused):
                rules.take(ticket.state, step, None, now)
                possible.append((ticket.customer, step))
        if ticket.state.undo is not None:
            possible += [(self._person(ticket.state.undo.by), None)] * 3
        if possible:
            actor, what = possible[turn % len(possible)]
            if what is not None:
                self._step(actor, ticket, what, outcome)
            elif isinstance(actor, Person):
                self._undo(ticket, actor)

    def undo(self, which: int, who: int) -> None:
        """Take the last End chat or Close back, whoever did it."""
        self._undo(self._one(which), self.people[who])

    def _step(self, author: Person | str, ticket: Ticket, what: Step, outcome: Outcome | None) -> None:
        owner, work = self._owner(ticket), self._stepped(author, ticket, what, outcome)
        try:
            with self._acting(author):
                model.step(ticket, author, what, self.shop.clock())
        except Expected as expected:
            named = owner.name if owner is not None and expected.detail is not None else None
            self._refused(expected.code, named, work)
            return
        self.run(work)
        self._hear(ticket)

    def _undo(self, ticket: Ticket, person: Person) -> None:
        work = steps.undo(self.shop.desk, self._technician(person), ticket.id)
        try:
            with self._acting(person):
                model.undo(ticket, person, self.shop.clock())
        except Expected as expected:
            self._refused(expected.code, None, work)
            return
        self.run(work)
        self._hear(ticket)

    def _stepped(
        self, author: Person | str, ticket: Ticket, what: Step, outcome: Outcome | None
    ) -> Coroutine[Any, Any, Any]:
        desk = self.shop.desk
        if isinstance(author, str):
            return steps.customer_step(desk, self._customer(author), ticket.id, what)
        return steps.take_step(desk, self._technician(author), ticket.id, what, outcome)

    def together(self, who: int, which: int, what: str, other: int) -> None:
        """A transfer or an invitation."""
        actor, ticket, to = self.people[who % 3], self._one(which), self.people[other % 3]
        owner, work = self._owner(ticket), self._done_together(actor, ticket, what, to)
        acting = self._acting(actor) if what in ACTING else contextlib.nullcontext()
        try:
            with acting:
                model.together(ticket, actor, what, to, self.shop.clock())
        except Expected as expected:
            named = owner.name if owner is not None and expected.detail is not None else None
            self._refused(expected.code, named, work)
            return
        self.run(work)
        self._hear(ticket)

    def _done_together(self, actor: Person, ticket: Ticket, what: str, to: Person) -> Coroutine[Any, Any, Any]:
        desk, person = self.shop.desk, self._technician(actor)
        if what == "offer":
            return transfers.offer(desk, person, ticket.id, Target(technician=to.id), None)
        if what == "invite":
            return invitations.invite(desk, person, ticket.id, to.id, None)
        use_cases = {
            "withdraw": transfers.withdraw,
            "accept": transfers.accept,
            "decline": transfers.decline,
            "come": invitations.come,
            "leave": invitations.leave,
        }
        return use_cases[what](desk, person, ticket.id)

    # --- everything else ------------------------------------------------------------------------------------------

    def read(self, who: int, which: int, event: int, *, own: bool) -> None:
        """A read mark on any line, also on one that this person cannot see; ``own``: the owner's, on the last line."""
        ticket = self._one(which)
        author = self._owner(ticket) if own else self._author(who)
        if author is None:
            return
        seq = len(ticket.lines) if own else event % len(ticket.lines) + 1
        line, event_id = ticket.lines[seq - 1], self._event_id(ticket, seq)
        desk = self.shop.desk
        if isinstance(author, str):
            work = marks.customer_read(desk, self._customer(author), ticket.id, event_id)
            hidden, counts = author != ticket.customer or not line.visible, True
        else:
            work = marks.technician_read(desk, self._technician(author), ticket.id, event_id)
            hidden, counts = not author.sees(ticket), ticket.state.assignee == author.id
        if hidden:
            self._refused("not_found", None, work)
            return
        self.run(work)
        side = "customer" if isinstance(author, str) else "technician"
        if counts:
            ticket.read[side] = max(ticket.read[side], seq)
        self._hear(ticket)

    def meanwhile(self, what: str | int, which: int) -> None:
        """Time passes, hints are told, somebody loads a page anew, goes away, comes back, gets or loses access."""
        ticket = self._one(which)
        if isinstance(what, int):
            self.shop.clock.now += what
        elif what == "hints":
            self.listeners.flush_hints()
        elif what == "reload":
            self.listeners.reload(ticket, self._customer(ticket.customer))
        elif what == "access":
            self._set_access(self.people[1], set(self.companies[: which % 3]))
        else:
            self._set_availability(self.people[which % 3], available=what == "available")

    def presence(self, what: str, who: int) -> None:
        """Somebody is heard, or everybody but one is; who is gone is looked for."""
        desk, now = self.shop.desk, self.shop.clock()
        person, until = self.people[who % 3], now + self.shop.lease_ms
        if what == "sign":
            wears_off = person.present_until - now < self.shop.lease_ms * 2 // 3
            noted = wears_off or person.absent_since is not None
            expected = model.is_there(person, self.tickets, until, now) if noted else None
            assert self.run(presence.arrive(desk, person.id)) == expected
        elif what == "renew":
            heard = [one for one in self.people if one is not person]
            self.run(presence.renew(desk, [self.shop.seen(one.id) for one in heard]))
            for one in heard:
                model.is_there(one, self.tickets, until, now)
        else:
            self._sweep(now)
        self._hear(*self.tickets)

    def _sweep(self, now: int) -> None:
        """What is marked now is given back by the next look at the earliest."""
        left = [ticket for ticket in self.tickets if self._goes_back(ticket, now)]
        for person in self.people:
            if person.absent_since is None and person.present_until <= now:
                model.is_gone(person, self.tickets)
        for ticket in left:
            model.give_back(ticket, now)
        self.run(presence.sweep(self.shop.desk, only_let_go=False))

    def _goes_back(self, ticket: Ticket, now: int) -> bool:
        owner = self._owner(ticket)
        if owner is None or owner.absent_since is None or ticket.company != self.companies[1]:
            return False
        return rules.goes_back(ticket.state, now - owner.absent_since, RETURN_S)

    @contextlib.contextmanager
    def _acting(self, author: Person | str) -> Iterator[None]:
        """Who acts is there; who is refused has not acted."""
        if isinstance(author, str) or author.absent_since is None:
            yield
            return
        before = author.absent_since, author.present_at, author.present_until
        now = self.shop.clock()
        model.is_there(author, self.tickets, now + self.shop.lease_ms, now)
        try:
            yield
        except Expected:
            author.absent_since, author.present_at, author.present_until = before
            model.is_gone(author, self.tickets)
            raise
        self._touched |= {ticket.id for ticket in self.tickets}

    def _set_availability(self, person: Person, *, available: bool) -> None:
        state: Availability = "available" if available else "away"
        self.run(availability.set_availability(self.shop.desk, self._technician(person), state))
        person.available = available
        assert [told.topic for told in self.shop.take()] == [topics.person(person.id), topics.CONTROL]

    def _set_access(self, person: Person, companies: set[str]) -> None:
        """Access is taken or given; then the client asks anew."""
        person.companies.clear()
        person.companies |= companies
        self.run(self.shop.store.write(lambda tx: technicians.set_access(tx.conn, person.id, frozenset(companies))))
        self.listeners.reload_mine(person)

    # --- who is who -----------------------------------------------------------------------------------------------

    def _one(self, which: int) -> Ticket:
        return self.tickets[which % len(self.tickets)]

    def _author(self, who: int) -> Person | str | None:
        """One of three technicians, or a customer's id (None: this customer has not been here yet)."""
        if who < len(self.people):
            return self.people[who]
        customer = self.customers[who - len(self.people)]
        return customer.id if customer else None

    def _person(self, technician_id: str) -> Person:
        return next(person for person in self.people if person.id == technician_id)

    def _owner(self, ticket: Ticket) -> Person | None:
        return self._person(ticket.state.assignee) if ticket.state.assignee else None

    def owner(self, which: int) -> int:
        """Which of the people has the ticket; the first, where nobody has it."""
        owner = self._owner(self._one(which))
        return self.people.index(owner) if owner is not None else 0

    def _customer(self, customer_id: str) -> Customer:
        return next(customer for customer in self.customers if customer is not None and customer.id == customer_id)

    def _technician(self, person: Person) -> Technician:
        return self.run(self.shop.person(person.id))

    def _event_id(self, ticket: Ticket, seq: int) -> str:
        query = select(events.c.id).where(events.c.ticket_id == ticket.id, events.c.staff_seq == seq)
        return self.run(self.shop.store.read(lambda conn: str(conn.execute(query).scalar_one())))

    # --- outcomes -------------------------------------------------------------------------------------------------

    def _hear(self, *concerned: Ticket) -> int:
        """Everybody hears what was announced; returns how much it was."""
        told = self.shop.take()
        self.listeners.hear(told)
        self.listeners.hints.notice(told)
        self._touched |= {ticket.id for ticket in concerned}
        return len(told)

    def _refused(self, code: str, detail: object, work: Coroutine[Any, Any, Any]) -> None:
        """With this code; nothing was announced and, as the next look finds, nothing was stored."""
        found: tuple[str, object] = ("ok", None)
        try:
            self.run(work)
        except DeskwireError as error:
            found = (error.code, getattr(error, "resend_from", None) or getattr(error, "who", None))
        assert found == (code, detail)
        assert self.shop.take() == []
        self._refusals += 1
        if self._refusals % 8 == 0:
            self._touched |= {ticket.id for ticket in self.tickets}
