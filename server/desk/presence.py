"""Who is there: technicians hold a lease as long as their connections are heard (C-08, X-9, pitfall "left or lost?").

A lost connection says nothing: it may be back in a second. So nobody is gone before the lease has run out, and whoever
acts is there. What follows: everybody who sees the person's tickets is told, others may take them over, and where the
portal wants it they go back to the queue, into their old place.
"""

from functools import partial

import structlog
from sqlalchemy import Connection

from server.bus import topics
from server.bus.control import AbilityChanged
from server.clock import Clock
from server.desk import announce
from server.desk.changing import change
from server.desk.desk import Desk
from server.domain import ticket as rules
from server.errors import Busy, StorageFull
from server.metrics import TICKETS_UNATTENDED, TICKETS_UNATTENDED_SECONDS
from server.protocol import codec
from server.protocol import technician as t
from server.store import portals, routing, technicians, tickets
from server.store import presence as leases
from server.store.base import Tx
from server.store.presence import Lease, Seen
from server.store.transcript import Actor

log = structlog.get_logger(__name__)

GIVEN_BACK_AT_ONCE = 500
"""Tickets that one look gives back; the next look goes on."""

SYSTEM = Actor("system", None, "", "")


def lease_ms(desk: Desk) -> int:
    """How long somebody counts as there after the last sign of life."""
    return desk.settings.presence_seconds * 1000


# --- being there ----------------------------------------------------------------------------------------------------


async def renew(desk: Desk, seen: list[Seen]) -> None:
    """These connections are open on this process."""

    def unit(tx: Tx) -> list[str]:
        return leases.renew(tx.conn, seen, leases.now_ms(tx.conn, desk.clock), lease_ms(desk))

    for technician_id in await desk.store.write(unit) if seen else []:
        await desk.store.write(partial(_is_there, desk, technician_id))


async def arrive(desk: Desk, technician_id: str) -> int | None:
    """A sign of life. Returns since when this person counted as gone until now; None: he did not."""

    try:
        lease, now = await desk.store.ask(_standing, (technician_id, desk.clock))
        if lease is not None and (
            lease.absent_since is not None or lease.present_until - now < lease_ms(desk) * 2 // 3
        ):
            return await desk.store.write(partial(_is_there, desk, technician_id))
    except (Busy, StorageFull):  # no reason to turn anybody away: the next sign of life is not far
        log.info("a sign of life is not noted")
    return None


def _standing(conn: Connection, asked: list[tuple[str, Clock]]) -> list[tuple[Lease | None, int]]:
    """How the lease of each of these people stands, and the time that all processes share."""
    now = leases.now_ms(conn, asked[0][1])
    return [(lease, now) for lease in leases.of(conn, [technician_id for technician_id, _clock in asked])]


async def calls(desk: Desk, technician_id: str) -> None:
    """A request over HTTP is a sign of life like any other; a few in the time of a lease are enough."""
    if desk.rates.signs.wait(technician_id) == 0:
        await arrive(desk, technician_id)


def acts(tx: Tx, desk: Desk, technician_id: str, on: str | None = None) -> None:
    """Whoever takes a step is there. From here on that holds until the transaction ends: no sweep comes between.

    ``on``: the ticket. It is locked before anybody is told of others: telling locks the company, which comes last.
    """
    lease = leases.locked(tx.conn, technician_id)
    if lease is not None and lease.absent_since is not None:
        if on is not None:
            tickets.lock(tx.conn, on)
        _is_there(desk, technician_id, tx)


def _is_there(desk: Desk, technician_id: str, tx: Tx) -> int | None:
    lease = leases.locked(tx.conn, technician_id)
    if lease is None:
        return None
    leases.come_back(tx.conn, technician_id, leases.now_ms(tx.conn, desk.clock), lease_ms(desk))
    if lease.absent_since is not None:
        technicians.idle_from(tx.conn, technician_id, desk.clock())
        _tell(tx, technician_id)
        tx.announce(topics.person(technician_id), 0, codec.encode(t.Back(lease.absent_since)))
    return lease.absent_since


# --- being gone -----------------------------------------------------------------------------------------------------


async def sweep(desk: Desk, *, only_let_go: bool) -> None:
    """Find who is gone, and what has to be done about their tickets. Of several processes exactly one does each.

    ``only_let_go``: this process has not watched for a whole lease yet. It cannot tell who has vanished from who could
    not reach it.
    """
    gone, left, late = await desk.store.read(partial(_look, desk, only_let_go))
    for technician_id in gone:
        await desk.store.write(partial(_is_gone, desk, technician_id))
    for ticket_id, technician_id in left:
        await desk.store.write(partial(_give_back, desk, ticket_id, technician_id))
    if late:
        await desk.store.write(partial(_has_not_come, late))


def _look(desk: Desk, only_let_go: bool, conn: Connection) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    """(people whose lease is over, tickets with their assignees that have waited as long as their portal waits,

    people who have not come so long to what was given to them automatically)
    """
    now = leases.now_ms(conn, desk.clock)
    count, since = leases.unattended(conn)
    TICKETS_UNATTENDED.set(count)
    TICKETS_UNATTENDED_SECONDS.set(0 if since is None else max(0, now - since) / 1000)
    left = leases.left_behind(conn, now, GIVEN_BACK_AT_ONCE) if count else []
    late = [] if only_let_go else routing.not_come(conn, now)
    return leases.lapsed(conn, now, only_let_go=only_let_go), left, late


def _has_not_come(late: list[str], tx: Tx) -> None:
    """Routing puts the tickets back, with everything that it looks at."""
    for technician_id in late:
        tx.announce(topics.CONTROL, 0, codec.encode(AbilityChanged(technician_id)))


def _is_gone(desk: Desk, technician_id: str, tx: Tx) -> None:
    """The mark and the news of each ticket are one transaction: what is told is what is stored."""
    if leases.lapse(tx.conn, technician_id, leases.now_ms(tx.conn, desk.clock)):
        _tell(tx, technician_id)


def _tell(tx: Tx, technician_id: str) -> None:
    tx.announce(topics.CONTROL, 0, codec.encode(AbilityChanged(technician_id)))
    for ticket in tickets.held(tx.conn, technician_id):
        announce.summary(tx, ticket.id, before=ticket)


def _give_back(desk: Desk, ticket_id: str, technician_id: str, tx: Tx) -> None:
    """A ticket goes back to the queue, into its old place, unless anything has changed since it was looked at."""
    leases.locked(tx.conn, technician_id)  # who comes back comes before this or after it
    tickets.lock(tx.conn, ticket_id)
    ticket = next(iter(tickets.known(tx.conn, [ticket_id])), None)
    portal = portals.by_id(tx.conn, ticket.portal_id) if ticket else None
    if not (ticket and portal) or ticket.absent_since is None or ticket.state.assignee != technician_id:
        return
    absent_ms = leases.now_ms(tx.conn, desk.clock) - ticket.absent_since
    if not rules.goes_back(ticket.state, absent_ms, portal.settings.return_to_queue_seconds):
        return
    after = rules.give_back(ticket.state)
    said = {"previous": ticket.assignee_name}
    change(tx, ticket, after, "returned", SYSTEM, desk.clock(), visible=True, data=said)
