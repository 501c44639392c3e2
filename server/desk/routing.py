"""Automatic routing: gives what waits to whoever has been idle longest, and puts back what waits for somebody in vain.

One look at a company is one transaction: first whoever matters is locked, and looked at only then; at last the tickets,
in the order of their ids, as everybody does who locks several. So two workers never give one ticket twice, nor one
person too much, nor later ones first. It is looked at again after each change that matters, in the process that has
made the change, and once when a process starts, for those that were killed in between. There is no timer (C-07).
"""

import asyncio
from functools import partial
from typing import Final

from server.bus import topics
from server.bus.control import AbilityChanged, SetupChanged, control_of
from server.desk.changing import change, line, went_back
from server.desk.desk import Desk
from server.desk.presence import SYSTEM
from server.domain import routing as rules
from server.domain import ticket as ticket_rules
from server.domain.routing import Person
from server.errors import DeskwireError
from server.store import portals, queues, technicians, tickets, ways
from server.store import presence as leases
from server.store import routing as rows
from server.store.base import Announcement, Tx
from server.store.routing import Owned
from server.store.tickets import TicketRecord

AT_ONCE: Final = 50
"""Tickets that one transaction moves; the next goes on."""


class Router:
    """Looks at companies where something has changed. Every process does that for what it has committed itself."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._companies: set[str] = set()
        self._people: set[str] = set()
        self._all = True
        self._something = asyncio.Event()
        self._something.set()

    def notice(self, announcements: list[Announcement]) -> None:
        """These were committed here."""
        for told in announcements:
            if told.seq and told.topic.startswith("list/"):
                self._companies.add(told.topic.partition("/")[2])
            elif told.topic == topics.CONTROL and isinstance(control := control_of(told.frame), AbilityChanged):
                self._people.add(control.technician)
            else:
                continue
            self._something.set()

    def hear(self, changed: SetupChanged) -> None:
        """A listener of ``News``: teams, portals, people, on the command line too."""
        if changed.company is None:
            self._all = True
        else:
            self._companies.add(changed.company)
        self._something.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._something.wait()
            await self.look()

    async def look(self) -> None:
        """At what has gathered, until nothing is left to do."""
        self._something.clear()
        companies, self._companies = self._companies, set()
        people, self._people = self._people, set()
        everything, self._all = self._all, False
        try:
            find = partial(rows.companies_with_work, companies=companies, people=people)
            for company_id in await self._desk.store.read(rows.all_with_work if everything else find):
                while await self._desk.store.write(partial(route, self._desk, company_id)):
                    pass
        except DeskwireError:
            self._companies |= companies  # looked at again when the store answers
            self._people |= people
            self._all |= everything
            self._something.set()
            raise


def route(desk: Desk, company_id: str, tx: Tx) -> bool:
    """One look at a company; whether there may be more to do."""
    takers = rows.takers(tx.conn, company_id, AT_ONCE)
    owners = {one.technician for one in rows.owned(tx.conn, company_id)}
    rows.locked(tx.conn, takers | owners)
    # now that nobody else can give these people anything, all that is decided on is read; before it was a guess
    people = rows.people(tx.conn, company_id, owners)
    owned = [one for one in rows.owned(tx.conn, company_id) if one.technician in people]
    now = leases.now_ms(tx.conn, desk.clock)
    vain = _in_vain(tx, owned, people, now)[:AT_ONCE]
    free = rows.free(tx.conn, takers)
    given = [] if vain else rules.assignments(rows.waiting(tx.conn, company_id, free, AT_ONCE), free)[:AT_ONCE]
    rows.locked_tickets(tx.conn, {one.ticket for one in vain} | {ticket for ticket, _who in given})
    for one in vain:
        _put_back(tx, one, desk.clock())
    for ticket_id, technician_id in given:
        _give(tx, ticket_id, technician_id, desk.clock(), now)
    return bool(vain) or len(given) == AT_ONCE


# --- given ------------------------------------------------------------------------------------------------------------


def _give(tx: Tx, ticket_id: str, technician_id: str, now: int, routed_at: int) -> None:
    """Compare and set: only if it still waits."""
    before = tickets.unscoped(tx.conn, ticket_id)
    if not before.state.waits_in_queue:
        return
    after = ticket_rules.hand_over(before.state, technician_id, comes=False)
    technicians.idle_from(tx.conn, technician_id, now)
    said = {"to": technicians.name(tx.conn, technician_id), "previous": None}
    visible = after.status is not before.state.status
    change(tx, before, after, "given", SYSTEM, now, visible=visible, data=said, routed_at=routed_at)


# --- in vain ----------------------------------------------------------------------------------------------------------


def _in_vain(tx: Tx, owned: list[Owned], people: dict[str, Person], now: int) -> list[Owned]:
    """What waits for somebody who will not come, or not take it."""
    at = {one.id: one.settings for one in portals.several(tx.conn, [one.portal for one in owned])}

    def vain(one: Owned) -> bool:
        after_s = at[one.portal].return_to_queue_seconds
        return rules.in_vain(people[one.technician], one.way, one.since, after_s, now)

    return [one for one in owned if vain(one)]


def _put_back(tx: Tx, one: Owned, now: int) -> None:
    ticket = tickets.unscoped(tx.conn, one.ticket)
    if one.since is None:
        if ticket.waits_for == one.technician:
            _leave_own_queue(tx, ticket, one.technician, now)
    elif ticket.routed_at == one.since and ticket.state.assignee == one.technician:
        technicians.idle_from(tx.conn, one.technician, now)
        went_back(tx, ticket, "returned", SYSTEM, now, unseen=True)


def _leave_own_queue(tx: Tx, ticket: TicketRecord, technician_id: str, now: int) -> None:
    """To the fallback team, or to the portal's own queue, with the time it has waited (B-71, B-72)."""
    portal = portals.by_id(tx.conn, ticket.portal_id)
    fallback = ways.team(tx.conn, portal.fallback_team_id) if portal and portal.fallback_team_id else None
    place = rules.target(ticket.portal_id, None, ticket.way, fallback)
    tickets.move(tx.conn, ticket.id, queues.ensure(tx.conn, ticket.company_id, place.kind, place.owner))
    said = {
        "status": ticket.state.status,
        "chat": ticket.state.chat,
        "previous": technicians.name(tx.conn, technician_id),
    }
    told = ticket.way in rules.TOLD_A_NAME
    line(tx, ticket, "returned", SYSTEM, now, visible=told, data=said)
