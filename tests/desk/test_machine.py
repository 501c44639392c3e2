"""Any commands by anybody, against the pure model; who listened knows exactly as much as who looks now.

Two companies, two customers, three technicians, all use cases, good and bad. After each command: state and transcript
are the model's, numbers have no holes, and *old snapshot + announcements = fresh snapshot* for every kind of listener.
"""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from server.bus import topics
from server.bus.control import QueueChanged, control_of
from server.desk import availability, marks, messages, reading, shapes, steps
from server.desk.hints import Hints
from server.desk.messages import Written
from server.domain.people import Customer, Technician
from server.domain.ticket import Outcome, Step, View
from server.errors import DeskwireError
from server.protocol import codec
from server.store import technicians, tickets
from server.store.base import Announcement
from server.store.portals import PortalRecord
from server.store.tables import events
from tests.desk import model
from tests.desk.model import Expected, Person, Ticket
from tests.desk.replicas import Mine, SharedList, Transcript, decoded, fresh_transcript
from tests.desk.workshop import Workshop

TEXTS = ("It prints nothing", "Still nothing", "Thank you")
STAFF_STEPS = [step for step in Step if step not in (Step.CUSTOMER_END, Step.CUSTOMER_RESUME)]
CUSTOMER_STEPS = [Step.CUSTOMER_END, Step.CUSTOMER_RESUME]
STREAM = st.sampled_from(["a" * 32, "a" * 32, "b" * 32, None])
WHICH = st.integers(0, 63)
"""Picks one of several, whatever their number."""


def uuid_of(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


class DeskMachine(RuleBasedStateMachine):
    """See the module."""

    shop: ClassVar[Workshop]
    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        self.run = self.runner.run
        self.run(self._found())
        self.hints = Hints(self.shop.desk, self._list_hears)
        self.made = 0
        self.touched: set[str] = set()

    async def _found(self) -> None:
        """Two companies and their people."""
        self.portals: list[PortalRecord] = [await self.shop.portal("Acme"), await self.shop.portal("Other")]
        acme, other = self.companies = [portal.company_id for portal in self.portals]
        self.people: list[Person] = []
        for name, companies in (("Lena", {acme}), ("Max", {acme, other}), ("Bo", {other})):
            technician = await self.shop.technician(name, *companies)
            self.people.append(Person(technician.id, technician.name, set(companies)))
        self.auditor = await self.shop.technician("Auditor", acme, other)
        self.customers: list[Customer | None] = [None, None]
        self.tickets: list[Ticket] = []
        self.staff: dict[str, Transcript] = {}
        self.customer: dict[str, Transcript] = {}
        self.lists = {company: SharedList([], 0) for company in self.companies}
        self.mine = {person.id: Mine(person.id, []) for person in self.people}
        self.queues: dict[str, list[str]] = {company: [] for company in self.companies}
        self.shop.take()

    # --- commands -------------------------------------------------------------------------------------------------

    @rule(who=st.integers(0, 1), words=st.sampled_from(TEXTS), again=st.booleans())
    @precondition(lambda self: len(self.tickets) < 3)
    def open(self, who: int, words: str, again: bool) -> None:
        """A new ticket; ``again``: the same request twice."""
        self.made += 1
        portal, known = self.portals[who], self.customers[who]
        opened = self.run(self.shop.ticket(portal, known, words, uuid_of(self.made), name=f"Customer {who}"))
        self.customers[who] = opened.customer
        now = self.shop.clock()
        ticket = Ticket(opened.ticket.id, portal.company_id, opened.customer.id, now, now)
        ticket.add(model.Line("message", opened.customer.id, words, None, visible=True), now)
        self.tickets.append(ticket)
        told = self.shop.take()
        self._list_hears(told)
        self.hints.notice(told)
        self._rebase(ticket)
        self.touched.add(ticket.id)
        if again:
            same = self.run(self.shop.ticket(portal, known, words, uuid_of(self.made), name=f"Customer {who}"))
            assert same.ticket.id == opened.ticket.id
            assert same.token == opened.token
            assert self._code(self.shop.ticket(portal, known, "other words", uuid_of(self.made))) == ("conflict", None)
            assert self.shop.take() == []

    @rule(which=WHICH, text=st.sampled_from(TEXTS), who=st.sampled_from(["customer", "owner", "owner", "note"]))
    @precondition(lambda self: self.tickets)
    def talk(self, which: int, text: str, who: str) -> None:
        """The next message of the customer, or of who has the ticket, or a note."""
        ticket = self._one(which)
        author = ticket.customer if who == "customer" else self._owner(ticket)
        if author is None:
            return
        author_id = author if isinstance(author, str) else author.id
        self.made += 1
        number = ticket.streams.get((author_id, "a" * 32), 0) + 1
        kind = "note" if who == "note" else "message"
        self._write(author, ticket, kind, Written(uuid_of(self.made), text, "a" * 32, number))

    @rule(
        which=WHICH, line=WHICH, text=st.sampled_from(TEXTS), note=st.booleans(), stream=STREAM, turn=st.integers(-2, 1)
    )
    @precondition(lambda self: self.tickets)
    def repeat(self, which: int, line: int, text: str, note: bool, stream: str | None, turn: int) -> None:
        """A client_id again: with the same words or others, from the same tab or another."""
        ticket = self._one(which)
        lines = [line for line in ticket.lines if line.client_id is not None]
        if not lines:
            return
        same = lines[line % len(lines)]
        author = same.author if same.author == ticket.customer else self._person(same.author)
        last = ticket.streams.get((same.author, stream or ""), 0)
        number = max(1, last + 1 + min(turn, 0)) if stream else None
        if turn == 1:
            text, kind = same.text, same.kind
        else:
            kind = "note" if note and isinstance(author, Person) else "message"
        self._write(author, ticket, kind, Written(same.client_id or "", text, stream, number))

    @rule(
        who=st.integers(0, 4),
        which=WHICH,
        text=st.sampled_from(TEXTS),
        note=st.booleans(),
        stream=STREAM,
        turn=st.sampled_from([0, 0, -1, 1, 5]),
    )
    @precondition(lambda self: self.tickets)
    def write(self, who: int, which: int, text: str, note: bool, stream: str | None, turn: int) -> None:
        """Anybody, to one's own ticket or to somebody else's, in turn or out of it."""
        ticket = self._one(which)
        author = self._author(who)
        if author is None:
            return
        author_id = author if isinstance(author, str) else author.id
        kind = "note" if note and isinstance(author, Person) else "message"
        self.made += 1
        number = max(1, ticket.streams.get((author_id, stream or ""), 0) + 1 + turn) if stream else None
        self._write(author, ticket, kind, Written(uuid_of(self.made), text, stream, number))

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
        told = self._hear()
        assert len(told) == (0 if not new else 2 if line.visible else 1)
        self.touched.add(ticket.id)

    @rule(which=WHICH, what=st.sampled_from(Step), outcome=st.sampled_from([None, *Outcome]))
    @precondition(lambda self: self.tickets)
    def go_on(self, which: int, what: Step, outcome: Outcome | None) -> None:
        """A step by the one whose turn it is: who has the ticket, its customer, or anybody who could take it."""
        ticket = self._one(which)
        actor: Person | str | None = self._owner(ticket)
        if what in CUSTOMER_STEPS:
            actor = ticket.customer
        elif actor is None:
            actor = next((person for person in self.people if person.sees(ticket)), None)
        if actor is not None:
            self._step(actor, ticket, what, outcome)

    @rule(who=st.integers(0, 4), which=WHICH, what=st.sampled_from(STAFF_STEPS))
    @precondition(lambda self: self.tickets)
    def step(self, who: int, which: int, what: Step) -> None:
        """Any step by anybody."""
        author = self._author(who)
        if isinstance(author, str):
            what = CUSTOMER_STEPS[which % 2]
        if author is not None:
            self._step(author, self._one(which), what, None)

    def _step(self, author: Person | str, ticket: Ticket, what: Step, outcome: Outcome | None) -> None:
        owner = self._owner(ticket)
        try:
            model.step(ticket, author, what, self.shop.clock())
        except Expected as expected:
            name = owner.name if owner is not None and expected.detail is not None else None
            self._refused(expected.code, name, self._stepped(author, ticket, what, outcome))
            return
        self.run(self._stepped(author, ticket, what, outcome))
        self._hear()
        self.touched.add(ticket.id)

    @rule(which=WHICH, who=st.integers(0, 2), own=st.booleans())
    @precondition(lambda self: self.tickets)
    def undo(self, which: int, who: int, own: bool) -> None:
        """Take the last End chat or Close back."""
        ticket = self._one(which)
        person = self.people[who]
        if own and ticket.state.undo is not None:
            person = self._person(ticket.state.undo.by)
        work = steps.undo(self.shop.desk, self._technician(person), ticket.id)
        try:
            model.undo(ticket, person, self.shop.clock())
        except Expected as expected:
            self._refused(expected.code, None, work)
            return
        self.run(work)
        self._hear()
        self.touched.add(ticket.id)

    @rule(who=st.integers(0, 4), which=WHICH, event=WHICH, own=st.booleans())
    @precondition(lambda self: self.tickets)
    def read(self, who: int, which: int, event: int, own: bool) -> None:
        """A read mark on any line, also on one that this person cannot see; ``own``: the owner's, on the last line."""
        ticket = self._one(which)
        author = self._owner(ticket) if own else self._author(who)
        if author is None:
            return
        seq = len(ticket.lines) if own else event % len(ticket.lines) + 1
        line, event_id = ticket.lines[seq - 1], self._ids(ticket)[seq - 1]
        desk = self.shop.desk
        if isinstance(author, str):
            work = marks.customer_read(desk, self._customer(author), ticket.id, event_id)
            hidden, counts = author != ticket.customer or not line.visible, True
        else:
            work = marks.technician_read(desk, self._technician(author), ticket.id, event_id)
            hidden, counts = not author.sees(ticket), ticket.state.assignee == author.id
        assert self._code(work) == (("not_found", None) if hidden else ("ok", None))
        side = "customer" if isinstance(author, str) else "technician"
        if not hidden and counts:
            ticket.read[side] = max(ticket.read[side], seq)
        self._hear()
        self.touched.add(ticket.id)

    @rule(who=st.integers(0, 2), state=st.sampled_from(["available", "away", "available"]))
    def availability(self, who: int, state: Any) -> None:
        """Available or away."""
        person = self.people[who]
        self.run(availability.set_availability(self.shop.desk, self._technician(person), state))
        person.available = state == "available"
        [told] = self.shop.take()
        assert told.topic == topics.person(person.id)

    @rule(give=st.booleans())
    def access(self, give: bool) -> None:
        """Max's access to the second company is taken or given; then his client asks anew."""
        person = self.people[1]
        person.companies = set(self.companies if give else self.companies[:1])
        self.run(
            self.shop.store.write(lambda tx: technicians.set_access(tx.conn, person.id, frozenset(person.companies)))
        )
        self.mine[person.id] = Mine(person.id, self._fresh_mine(person))

    @rule(ms=st.sampled_from([1, 900, 4_000, 5_000]))
    def wait(self, ms: int) -> None:
        """Time passes; undo runs out after 5 s."""
        self.shop.clock.now += ms

    @rule()
    def hint(self) -> None:
        """What messages touched is told: everybody's hints are the fresh ones now."""
        self.run(self.hints.flush())
        for person in self.people:
            fresh = {row["ticket"]["id"]: row["hint"] for row in self._fresh_mine(person)}
            assert self.mine[person.id].hints == fresh
        for row in self._fresh_list():
            assert self.lists[row["ticket"]["company"]["id"]].hints[row["ticket"]["id"]] == row["hint"]

    @rule(which=WHICH)
    @precondition(lambda self: self.tickets)
    def reload(self, which: int) -> None:
        """Somebody opens the ticket anew and goes on from there."""
        self._rebase(self._one(which))

    # --- what must hold -------------------------------------------------------------------------------------------

    @invariant()
    def what_was_touched_is_as_the_model_says(self) -> None:
        for ticket in self.tickets:
            if ticket.id in self.touched:
                self._check_ticket(ticket)
        self.touched.clear()

    @invariant()
    def who_listened_knows_the_lists(self) -> None:
        fresh = self._fresh_list()
        for company in self.companies:
            rows = {row["ticket"]["id"]: row["ticket"] for row in fresh if row["ticket"]["company"]["id"] == company}
            assert self.lists[company].tickets == rows
        for person in self.people:
            rows = {row["ticket"]["id"]: row["ticket"] for row in self._fresh_mine(person)}
            assert self.mine[person.id].tickets == rows

    @invariant()
    def a_changed_place_in_the_queue_was_announced(self) -> None:
        for portal in self.portals:
            order = self.run(reading.queue_order(self.shop.desk, portal.queue_id))
            assert order == model.queue(self.tickets, portal.company_id)
            assert order == self.queues[portal.company_id], "places changed and nobody was told"

    def teardown(self) -> None:
        for ticket in self.tickets:
            self._check_ticket(ticket)
        for view in View:
            window = self.run(self._window(view))
            wanted = {ticket.id for ticket in self.tickets if view in (View.ALL, ticket.state.view)}
            assert {row.ticket.id for row in window.rows} == wanted
            assert window.total == len(wanted)

    def _check_ticket(self, ticket: Ticket) -> None:
        record = self.run(self.shop.store.read(lambda conn: tickets.unscoped(conn, ticket.id)))
        assert record.state == ticket.state
        assert (record.staff_seq, record.customer_seq) == (len(ticket.lines), ticket.customer_seq)
        assert (record.customer_read, record.technician_read) == (ticket.read["customer"], ticket.read["technician"])
        assert record.customer_unread == ticket.unread("customer")
        assert record.unread == (ticket.unread("technician") if ticket.state.assignee else 0)
        assert record.waiting_since == ticket.waiting_since
        self._check_rows(ticket)
        assert self.staff[ticket.id].as_fresh(False) == fresh_transcript(self._pages(ticket, "staff"), False)
        assert self.customer[ticket.id].as_fresh(True) == fresh_transcript(self._pages(ticket, "customer"), True)

    def _check_rows(self, ticket: Ticket) -> None:
        """Staff numbers 1, 2, 3 …, customer numbers 1, 2, 3 … over what is visible, and no note among them."""
        query = select(events).where(events.c.ticket_id == ticket.id).order_by(events.c.staff_seq)
        rows = self.run(self.shop.store.read(lambda conn: conn.execute(query).all()))
        assert [row.staff_seq for row in rows] == list(range(1, len(ticket.lines) + 1))
        visible = [row.customer_seq for row in rows if row.customer_seq is not None]
        assert visible == list(range(1, ticket.customer_seq + 1))
        found = [(row.kind, row.author_id, row.body, row.client_id, row.customer_seq is not None) for row in rows]
        assert found == [(line.kind, line.author, line.text, line.client_id, line.visible) for line in ticket.lines]
        assert not any(row.kind == "note" and row.customer_seq is not None for row in rows)

    # --- listening ------------------------------------------------------------------------------------------------

    def _hear(self) -> list[Announcement]:
        """Everybody hears what was announced."""
        told = self.shop.take()
        self._list_hears(told)
        self.hints.notice(told)
        for one in told:
            kind, _, rest = one.topic.partition("/")
            if kind == "ticket":
                ticket_id, _, audience = rest.partition("/")
                (self.staff if audience == "staff" else self.customer)[ticket_id].apply(decoded(one.frame))
                assert audience == "staff" or self._is_public(one.frame)
        return told

    def _list_hears(self, told: list[Announcement]) -> None:
        for one in told:
            self._check_missed(one)
            kind, _, rest = one.topic.partition("/")
            if kind == "list":
                self.lists[rest].apply(decoded(one.frame))
            elif kind == "person":
                frame = decoded(one.frame)
                person = next(person for person in self.people if person.id == rest)
                if frame["type"] == "my_ticket":
                    assert frame["ticket"]["company"]["id"] in person.companies
                self.mine[rest].apply(frame)
            elif isinstance(control := control_of(one.frame), QueueChanged):
                company = next(portal.company_id for portal in self.portals if portal.queue_id == control.queue)
                self.queues[company] = self.run(reading.queue_order(self.shop.desk, control.queue))

    def _check_missed(self, one: Announcement) -> None:
        """Who did not hear it finds the same in the store. (That a ticket was new is for those who were there.)"""
        if one.seq == 0:
            return
        found, tail = self.run(reading.missed(self.shop.desk, one.topic, one.seq - 1))
        assert tail >= one.seq
        frame = json.loads(one.frame)
        if frame["type"] == "ticket":
            frame["fresh"] = False
        assert [(missed.topic, missed.seq, json.loads(missed.frame)) for missed in found] == [
            (one.topic, one.seq, frame)
        ]

    def _is_public(self, frame: bytes) -> bool:
        """No technician's id or internal name, and no text of a note."""
        ids = [person.id.encode() for person in self.people]
        return b"Internal" not in frame and b'"note"' not in frame and not any(one in frame for one in ids)

    def _rebase(self, ticket: Ticket) -> None:
        self.staff[ticket.id] = Transcript(self._whole(ticket, "staff"))
        self.customer[ticket.id] = Transcript(self._whole(ticket, "customer"))

    # --- looking --------------------------------------------------------------------------------------------------

    def _pages(self, ticket: Ticket, audience: str) -> list[dict[str, Any]]:
        """A fresh look at the whole transcript, as clients get it."""
        pages: list[dict[str, Any]] = []
        after = 0
        while not pages or pages[-1]["more"]:
            pages.append(self.run(self._page(ticket, audience, after)))
            after = pages[-1]["events"][-1]["seq"] if pages[-1]["events"] else after
        return pages

    async def _page(self, ticket: Ticket, audience: str, after: int) -> dict[str, Any]:
        desk = self.shop.desk
        shown: Any
        if audience == "staff":
            page = await reading.staff_page(desk, self.auditor, ticket.id, after, None)
            numbered: Any = reading.staff_numbered(page.events)
            shown = shapes.summary(page.ticket)
        else:
            page = await reading.customer_page(desk, self._customer(ticket.customer), ticket.id, after, None)
            numbered = reading.customer_numbered(page.events)
            shown = shapes.customer_ticket(page.ticket)
        builtins: dict[str, Any] = msgspec.to_builtins(
            {"ticket": shown, "events": numbered, "more": page.more, "tail": page.tail, "read": page.read}
        )
        return builtins

    def _whole(self, ticket: Ticket, audience: str) -> dict[str, Any]:
        pages = self._pages(ticket, audience)
        return pages[-1] | {"events": [line for page in pages for line in page["events"]]}

    def _ids(self, ticket: Ticket) -> list[str]:
        query = select(events.c.id).where(events.c.ticket_id == ticket.id).order_by(events.c.staff_seq)
        return self.run(self.shop.store.read(lambda conn: list(conn.execute(query).scalars())))

    async def _window(self, view: View) -> reading.Window:
        return await reading.shared_list(
            self.shop.desk, self.auditor, view, "time", descending=False, offset=0, limit=200
        )

    def _fresh_list(self) -> list[dict[str, Any]]:
        window = self.run(self._window(View.ALL))
        for company, position in window.positions.items():
            assert self.lists[company].position == position
        return [as_client(row) for row in window.rows]

    def _fresh_mine(self, person: Person) -> list[dict[str, Any]]:
        rows = self.run(reading.my_tickets(self.shop.desk, self._technician(person)))
        return [as_client(row) for row in rows]

    # --- people ---------------------------------------------------------------------------------------------------

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

    def _customer(self, customer_id: str) -> Customer:
        return next(customer for customer in self.customers if customer is not None and customer.id == customer_id)

    def _technician(self, person: Person) -> Technician:
        return self.run(self.shop.person(person.id))

    def _written(self, author: Person | str, ticket: Ticket, kind: str, written: Written) -> Coroutine[Any, Any, Any]:
        desk = self.shop.desk
        if isinstance(author, str):
            return messages.customer_writes(desk, self._customer(author), ticket.id, written)
        use_case = messages.technician_notes if kind == "note" else messages.technician_writes
        return use_case(desk, self._technician(author), ticket.id, written)

    def _stepped(
        self, author: Person | str, ticket: Ticket, what: Step, outcome: Outcome | None
    ) -> Coroutine[Any, Any, Any]:
        desk = self.shop.desk
        if isinstance(author, str):
            return steps.customer_step(desk, self._customer(author), ticket.id, what)
        return steps.take_step(desk, self._technician(author), ticket.id, what, outcome)

    def _refused(self, code: str, detail: object, work: Coroutine[Any, Any, Any]) -> None:
        """With this code, and nothing was announced; that nothing was stored is seen at the next look at the ticket."""
        assert self._code(work) == (code, detail)
        assert self.shop.take() == []

    def _code(self, work: Coroutine[Any, Any, Any]) -> tuple[str, object]:
        """(wire code, what goes with it) of the refusal, or ``ok``."""
        try:
            self.run(work)
        except DeskwireError as error:
            return error.code, getattr(error, "resend_from", None) or getattr(error, "who", None)
        return "ok", None


def as_client(row: Any) -> dict[str, Any]:
    """A row as it crosses the wire."""
    found: dict[str, Any] = json.loads(codec.encode(row))
    return found


@pytest.mark.timeout(400)  # a failure is made smaller, which takes a while
def test_any_commands_by_anybody(tmp_path: Path) -> None:
    """G-02..G-05, G-22..G-32, C-13, C-17: see the module."""
    with asyncio.Runner() as runner:
        DeskMachine.runner = runner
        DeskMachine.shop = runner.run(Workshop.open(tmp_path))
        run_state_machine_as_test(
            DeskMachine,
            settings=settings(
                max_examples=75,
                stateful_step_count=50,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            ),
        )
        runner.run(DeskMachine.shop.close())
