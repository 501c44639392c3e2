"""Statements for automatic routing: what waits, who could take it, and what waits in vain."""

from collections.abc import Callable, Collection

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true, union

from server.domain.routing import Free, Person, Waiting, Way
from server.domain.ticket import Chat, View
from server.store.queues import TURN, WAITS
from server.store.tables import access, portals, queues, team_members, teams, technicians, tickets

_portal_gives = portals.c.settings["automatic"].as_boolean()
_something_waits = (
    # not EXISTS, which PostgreSQL would turn into a join with all tickets that wait
    select(tickets.c.id).where(tickets.c.queue_id == queues.c.id, WAITS).limit(1).scalar_subquery().is_not(None)
)


class Owned(msgspec.Struct, frozen=True):
    """A ticket that waits for one person. ``since``: when that person was given it automatically."""

    ticket: str
    technician: str
    since: int | None
    way: Way
    portal: str


def companies_with_work(conn: Connection, companies: Collection[str], people: Collection[str]) -> list[str]:
    """Those of these companies, and of those that these people see, where something waits for anybody at all."""
    theirs = select(access.c.company_id).where(access.c.technician_id.in_(sorted(people)))
    ids = {*companies, *(conn.execute(theirs).scalars() if people else ())}
    return _with_work(conn, lambda company: company.in_(sorted(ids)))


def all_with_work(conn: Connection) -> list[str]:
    """Of all companies."""
    return _with_work(conn, lambda _company: true())


def not_come(conn: Connection, now: int) -> list[str]:
    """Who was given a ticket automatically, and has not come for as long as its portal waits."""
    after_ms = portals.c.settings["return_to_queue_seconds"].as_integer() * 1000
    query = (
        select(tickets.c.assignee_id)
        .join(portals, portals.c.id == tickets.c.portal_id)
        .where(tickets.c.routed_at.is_not(None), tickets.c.routed_at + after_ms <= now)
        .distinct()
    )
    return [one for one in conn.execute(query).scalars() if one is not None]


def _with_work(conn: Connection, here: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> list[str]:
    """Something waits where it is given automatically, or for one person. Queues are looked into, tickets not read."""
    waiting_there = (
        select(queues.c.company_id)
        .select_from(queues)
        .outerjoin(teams, and_(queues.c.kind == "team", teams.c.id == queues.c.owner_id))
        .outerjoin(portals, and_(queues.c.kind == "portal", portals.c.id == queues.c.owner_id))
        .where(here(queues.c.company_id), or_(queues.c.kind == "technician", teams.c.automatic, _portal_gives))
        .where(_something_waits)
    )
    given = select(tickets.c.company_id).where(here(tickets.c.company_id), tickets.c.routed_at.is_not(None))
    return sorted(conn.execute(union(waiting_there, given)).scalars())


# --- one look ---------------------------------------------------------------------------------------------------------


def owned(conn: Connection, company_id: str) -> list[Owned]:
    """What waits in people's own queues, and what was given automatically to somebody who has not come yet."""
    how = (tickets.c.way, tickets.c.portal_id)
    peoples = select(queues.c.id).where(
        queues.c.company_id == company_id, queues.c.kind == "technician", _something_waits
    )
    waiting = (
        select(tickets.c.id, queues.c.owner_id, *how)
        .join(queues, queues.c.id == tickets.c.queue_id)
        .where(tickets.c.queue_id.in_(conn.execute(peoples).scalars().all()), WAITS)
    )
    given = select(tickets.c.id, tickets.c.assignee_id, tickets.c.routed_at, *how).where(
        tickets.c.company_id == company_id, tickets.c.routed_at.is_not(None), tickets.c.assignee_id.is_not(None)
    )
    found = [Owned(ticket, technician, None, *rest) for ticket, technician, *rest in conn.execute(waiting)]
    return found + [Owned(*row) for row in conn.execute(given)]


def takers(conn: Connection, company_id: str, most: int) -> set[str]:
    """Who may be given something that waits now."""
    anybody = {who for some in _giving(conn, company_id).values() for who in some}
    return {who for one in waiting(conn, company_id, free(conn, anybody), most) for who in one.may_take}


def waiting(conn: Connection, company_id: str, people: Collection[Free], most: int) -> list[Waiting]:
    """What these people may be given out of queues that are emptied automatically (C-15), ``most`` at one look.

    Of each queue only its beginning, as much as they have room for: what stands behind that is not given in this look.
    """
    room = {one.id: one.capacity - one.held for one in people if one.capacity > one.held}
    found = []
    for queue_id, giving in _giving(conn, company_id).items():
        may_take = giving & room.keys()
        fits = min(most, sum(room[who] for who in may_take))
        for ticket, priority, queued_at in _first(conn, queue_id, fits) if fits else []:
            found.append(Waiting(ticket, priority, queued_at, frozenset(may_take)))
    return found


def _first(conn: Connection, queue_id: str, most: int) -> list[tuple[str, int, int]]:
    query = (
        select(tickets.c.id, tickets.c.priority, tickets.c.queued_at)
        .where(tickets.c.queue_id == queue_id, WAITS)
        .order_by(*TURN)
        .limit(most)
    )
    return [(ticket, priority, queued_at) for ticket, priority, queued_at in conn.execute(query)]


def _giving(conn: Connection, company_id: str) -> dict[str, frozenset[str]]:
    """Each queue of the company that is emptied automatically -> who may be given something out of it."""
    mine = queues.c.company_id == company_id
    seeing = frozenset(conn.execute(select(access.c.technician_id).where(access.c.company_id == company_id)).scalars())
    at_portals = (
        select(queues.c.id)
        .join(portals, and_(queues.c.kind == "portal", portals.c.id == queues.c.owner_id))
        .where(mine, _portal_gives)
    )
    found = dict.fromkeys(conn.execute(at_portals).scalars(), seeing)
    in_teams = (
        select(queues.c.id, team_members.c.technician_id)
        .join(teams, and_(queues.c.kind == "team", teams.c.id == queues.c.owner_id))
        .join(team_members, team_members.c.team_id == teams.c.id)
        .where(mine, teams.c.automatic)
    )
    for queue_id, member in conn.execute(in_teams):
        found[queue_id] = found.get(queue_id, frozenset()) | {member}
    return found


def locked(conn: Connection, ids: Collection[str]) -> None:
    """These people: what they have, and whether they are there, holds from here on. Before any ticket is locked."""
    query = select(technicians.c.id).where(technicians.c.id.in_(sorted(ids))).order_by(technicians.c.id)
    conn.execute(query.with_for_update(key_share=True)).all()


def locked_tickets(conn: Connection, ids: Collection[str]) -> None:
    """These tickets, in the order in which everybody locks several."""
    query = select(tickets.c.id).where(tickets.c.id.in_(sorted(ids))).order_by(tickets.c.id)
    conn.execute(query.with_for_update(key_share=True)).all()


def free(conn: Connection, ids: Collection[str]) -> list[Free]:
    """Those of these people who are available and there, with how many chats they have in all companies."""
    held = (
        select(func.count())
        .where(
            tickets.c.assignee_id == technicians.c.id,
            tickets.c.view == View.ACTIVE.value,
            tickets.c.chat != Chat.ENDED.value,
        )
        .correlate(technicians)
        .scalar_subquery()
    )
    columns = (technicians.c.id, technicians.c.idle_since, held, technicians.c.capacity)
    query = select(*columns).where(technicians.c.id.in_(sorted(ids)), _reachable())
    return [Free(*row) for row in conn.execute(query)]


def _reachable() -> ColumnElement[bool]:
    return and_(
        technicians.c.disabled.is_(False),
        technicians.c.availability == "available",
        technicians.c.absent_since.is_(None),
    )


def people(conn: Connection, company_id: str, ids: Collection[str]) -> dict[str, Person]:
    """How these people stand for whom something waits."""
    sees = access.c.technician_id.is_not(None)
    query = (
        select(technicians.c.id, technicians.c.availability, technicians.c.absent_since, technicians.c.disabled, sees)
        .outerjoin(access, and_(access.c.technician_id == technicians.c.id, access.c.company_id == company_id))
        .where(technicians.c.id.in_(sorted(ids)))
    )
    return {
        one: Person(one, sees=bool(may_see) and not disabled, present=absent is None, available=state == "available")
        for one, state, absent, disabled, may_see in conn.execute(query)
    }
