"""Who listens to a desk, and what a client finds that looks now: the two must always agree."""

import asyncio
import json
from typing import Any

import msgspec
from sqlalchemy import select

from server.bus.control import QueueChanged, control_of
from server.desk import reading, shapes
from server.desk.hints import Hints
from server.domain.people import Customer, Technician
from server.domain.ticket import View
from server.protocol import codec
from server.store import tickets
from server.store.base import Announcement
from server.store.portals import PortalRecord
from server.store.tables import events
from tests.desk import model
from tests.desk.model import Person, Ticket
from tests.desk.replicas import Mine, SharedList, Transcript, decoded, fresh_transcript
from tests.desk.workshop import Workshop


class Listeners:
    """One replica of everything that can be listened to: transcripts, lists, own tickets, places in queues."""

    def __init__(
        self,
        shop: Workshop,
        runner: asyncio.Runner,
        portals: list[PortalRecord],
        people: list[Person],
        auditor: Technician,
    ) -> None:
        self.shop = shop
        self.run = runner.run
        self.portals = portals
        self.companies = [portal.company_id for portal in portals]
        self.people = people
        self.auditor = auditor
        self.staff: dict[str, Transcript] = {}
        self.customer: dict[str, Transcript] = {}
        self.lists = {company: SharedList([], 0) for company in self.companies}
        self.mine = {person.id: Mine(person.id, []) for person in people}
        self.queues: dict[str, list[str]] = {company: [] for company in self.companies}
        self.hints = Hints(shop.desk, self.hear)

    # --- listening ------------------------------------------------------------------------------------------------

    def hear(self, told: list[Announcement]) -> None:
        """Everybody hears what was announced."""
        for topic in {one.topic for one in told if one.seq}:
            self._check_missed(topic, [one for one in told if one.topic == topic and one.seq])
        for one in told:
            kind, _, rest = one.topic.partition("/")
            if kind == "ticket":
                ticket_id, _, audience = rest.partition("/")
                self._transcript_hears(ticket_id, audience, one.frame)
            elif kind == "list":
                self.lists[rest].apply(decoded(one.frame))
            elif kind == "person":
                self._person_hears(rest, one.frame)
            elif isinstance(control := control_of(one.frame), QueueChanged):
                company = next(portal.company_id for portal in self.portals if portal.queue_id == control.queue)
                self.queues[company] = self.run(self.shop.queue(control.queue))

    def _transcript_hears(self, ticket_id: str, audience: str, frame: bytes) -> None:
        replica = (self.staff if audience == "staff" else self.customer).get(ticket_id)
        if replica is not None:  # else it has just been opened, and whoever opens it gets a page
            replica.apply(decoded(frame))
        assert audience == "staff" or self._is_public(frame)

    def _person_hears(self, technician_id: str, frame: bytes) -> None:
        person = next(person for person in self.people if person.id == technician_id)
        told = decoded(frame)
        if told["type"] == "my_ticket":
            assert told["ticket"]["company"]["id"] in person.companies
        self.mine[technician_id].apply(told)

    def _check_missed(self, topic: str, told: list[Announcement]) -> None:
        """Who did not hear it finds the same in the store. (That a ticket was new is for those who were there.)"""
        found, tail = self.run(reading.missed(self.shop.desk, topic, told[0].seq - 1))
        assert tail == told[-1].seq
        last: dict[str, tuple[int, Any]] = {}  # of a ticket that changed twice the list keeps the last
        for one in told:
            frame = json.loads(one.frame)
            if frame["type"] == "ticket":
                frame["fresh"] = False
            last[frame["ticket"]["id"] if frame["type"] == "ticket" else str(one.seq)] = (one.seq, frame)
        assert [(missed.seq, json.loads(missed.frame)) for missed in found] == sorted(last.values())

    def _is_public(self, frame: bytes) -> bool:
        """No technician's id or internal name, and no note."""
        ids = [person.id.encode() for person in self.people]
        return b"Internal" not in frame and b'"note"' not in frame and not any(one in frame for one in ids)

    def flush_hints(self) -> None:
        """What messages touched is told: everybody's hints are the fresh ones now."""
        self.run(self.hints.flush())
        for person in self.people:
            fresh = {row["ticket"]["id"]: row["hint"] for row in self._fresh_mine(person)}
            assert self.mine[person.id].hints == fresh
        for row in self._fresh_list():
            assert self.lists[row["ticket"]["company"]["id"]].hints[row["ticket"]["id"]] == row["hint"]

    # --- beginning anew -------------------------------------------------------------------------------------------

    def reload(self, ticket: Ticket, customer: Customer) -> None:
        """Somebody opens the ticket now, and listens from here on."""
        self.staff[ticket.id] = Transcript(self._whole(ticket, None))
        self.customer[ticket.id] = Transcript(self._whole(ticket, customer))

    def reload_mine(self, person: Person) -> None:
        """A client asks for its own tickets anew."""
        self.mine[person.id] = Mine(person.id, self._fresh_mine(person))

    # --- comparing ------------------------------------------------------------------------------------------------

    def check_ticket(self, ticket: Ticket, customer: Customer) -> None:
        """Row, events and both transcripts are what the model says and what listeners know."""
        record = self.run(self.shop.store.read(lambda conn: tickets.unscoped(conn, ticket.id)))
        assert record.state == ticket.state
        assert (record.staff_seq, record.customer_seq) == (len(ticket.lines), ticket.customer_seq)
        assert (record.customer_read, record.technician_read) == (ticket.read["customer"], ticket.read["technician"])
        assert record.customer_unread == ticket.unread("customer")
        assert record.unread == (ticket.unread("technician") if ticket.state.assignee else 0)
        assert record.waiting_since == ticket.waiting_since
        self._check_rows(ticket)
        assert self.staff[ticket.id].as_fresh(False) == fresh_transcript(self._pages(ticket, None), False)
        assert self.customer[ticket.id].as_fresh(True) == fresh_transcript(self._pages(ticket, customer), True)

    def _check_rows(self, ticket: Ticket) -> None:
        """Staff numbers 1, 2, 3 …, customer numbers 1, 2, 3 … over what is visible, and no note among them."""
        query = select(events).where(events.c.ticket_id == ticket.id).order_by(events.c.staff_seq)
        rows = self.run(self.shop.store.read(lambda conn: conn.execute(query).all()))
        assert [row.staff_seq for row in rows] == list(range(1, len(ticket.lines) + 1))
        visible = [row.customer_seq for row in rows if row.customer_seq is not None]
        assert visible == list(range(1, ticket.customer_seq + 1))
        found = [(row.kind, row.author_id, row.body, row.client_id, row.customer_seq is not None) for row in rows]
        assert found == [
            (line.kind, line.author or None, line.text, line.client_id, line.visible) for line in ticket.lines
        ]
        assert not any(row.kind == "note" and row.customer_seq is not None for row in rows)

    def check_lists(self, known: list[Ticket]) -> None:
        """Shared lists, own tickets and queues."""
        fresh = self._fresh_list()
        for company in self.companies:
            rows = {row["ticket"]["id"]: row["ticket"] for row in fresh if row["ticket"]["company"]["id"] == company}
            assert self.lists[company].tickets == rows
        for person in self.people:
            rows = {row["ticket"]["id"]: row["ticket"] for row in self._fresh_mine(person)}
            assert self.mine[person.id].tickets == rows
        for portal in self.portals:
            order = self.run(self.shop.queue(portal.queue_id))
            assert order == model.queue(known, portal.company_id)
            assert order == self.queues[portal.company_id], "places changed and nobody was told"

    def check_views(self, known: list[Ticket]) -> None:
        """New, Active, Completed and All hold what they should."""
        for view in View:
            window = self.run(self._window(view))
            wanted = {ticket.id for ticket in known if view in (View.ALL, ticket.state.view)}
            assert {row.ticket.id for row in window.rows} == wanted
            assert window.total == len(wanted)

    # --- looking --------------------------------------------------------------------------------------------------

    def _pages(self, ticket: Ticket, customer: Customer | None) -> list[dict[str, Any]]:
        """A fresh look at the whole transcript, as its customer gets it, or (None) as technicians do."""
        pages: list[dict[str, Any]] = []
        after = 0
        while not pages or pages[-1]["more"]:
            pages.append(self.run(self._page(ticket, customer, after)))
            after = pages[-1]["events"][-1]["seq"] if pages[-1]["events"] else after
        return pages

    async def _page(self, ticket: Ticket, customer: Customer | None, after: int) -> dict[str, Any]:
        desk, shown, numbered = self.shop.desk, None, []  # type: tuple[Any, Any, Any]
        if customer is None:
            page = await reading.staff_page(desk, self.auditor, ticket.id, after, None)
            shown, numbered = shapes.summary(page.ticket), reading.staff_numbered(page.events)
        else:
            page = await reading.customer_page(desk, customer, ticket.id, after, None)
            shown, numbered = shapes.customer_ticket(page.ticket), reading.customer_numbered(page.events)
        builtins: dict[str, Any] = msgspec.to_builtins(
            {"ticket": shown, "events": numbered, "more": page.more, "tail": page.tail, "read": page.read}
        )
        return builtins

    def _whole(self, ticket: Ticket, customer: Customer | None) -> dict[str, Any]:
        pages = self._pages(ticket, customer)
        return pages[-1] | {"events": [line for page in pages for line in page["events"]]}

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
        technician = self.run(self.shop.person(person.id))
        return [as_client(row) for row in self.run(reading.my_tickets(self.shop.desk, technician)).rows]


def as_client(row: Any) -> dict[str, Any]:
    """A row as it crosses the wire."""
    found: dict[str, Any] = json.loads(codec.encode(row))
    return found
