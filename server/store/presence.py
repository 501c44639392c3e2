"""Statements about who is there: a lease that a technician's connections renew, and that runs out when they are gone.

``present_at`` is when somebody was last heard, ``present_until`` when the lease ends: later than ``present_at`` while
it is held, the same when it was let go. ``absent_since`` is set, by one process of all, when it has run out, and
emptied when the person comes back: the two moments at which others are told. What others see depends on that column
alone, so that a list read now is the list that was told.
"""

from collections.abc import Callable
from typing import Final

import msgspec
from sqlalchemy import Connection, String, and_, case, exists, func, select, text, union_all, update

from server.domain.ticket import Chat, View
from server.store import dialect
from server.store.tables import api_tokens, portals, sessions, technicians, tickets

_NOW: Final = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)")


class Lease(msgspec.Struct, frozen=True):
    """How somebody's lease stands."""

    present_at: int
    present_until: int
    absent_since: int | None


class Seen(msgspec.Struct, frozen=True):
    """A connection of a technician. ``credential``: the hash of the session or API token that it lives by."""

    technician: str
    credential: str
    silent_ms: int
    """since anything was heard on it"""


def now_ms(conn: Connection, clock: Callable[[], int]) -> int:
    """The time that all processes share: PostgreSQL's, or with SQLite, where all are on one machine, the machine's."""
    if conn.dialect.name == "sqlite":
        return clock()
    return int(conn.execute(_NOW).scalar_one())


_asked: Final = dialect.given("asked", id=String())
_leases: Final = select(technicians.c.present_at, technicians.c.present_until, technicians.c.absent_since).where(
    technicians.c.disabled.is_(False)
)
_several: Final = _leases.add_columns(technicians.c.id).join(_asked, _asked.c.id == technicians.c.id)


def of(conn: Connection, ids: list[str]) -> list[Lease | None]:
    """How the lease of each of these people stands. None for an account that is disabled or unknown."""
    rows = conn.execute(_several, {"asked": dialect.rows((one,) for one in set(ids))})
    found = {row.id: Lease(*row[:-1]) for row in rows}
    return [found.get(technician_id) for technician_id in ids]


def locked(conn: Connection, technician_id: str) -> Lease | None:
    """One, for what is going to be changed, or must hold until the transaction ends. Before any ticket is locked."""
    query = _leases.where(technicians.c.id == technician_id).with_for_update(key_share=True)
    row = conn.execute(query).one_or_none()
    return Lease(*row) if row is not None else None


# --- the lease ------------------------------------------------------------------------------------------------------


def renew(conn: Connection, seen: list[Seen], now: int, lease_ms: int) -> list[str]:
    """Renew, in one statement, the leases of everybody who was heard of late; returns who of them counts as gone."""
    heard = _heard(conn, seen, now, lease_ms)
    if not heard:
        return []
    heard_at = case(heard, value=technicians.c.id)
    later = case((technicians.c.present_at < heard_at, heard_at), else_=technicians.c.present_at)
    mine = select(technicians.c.id).where(
        technicians.c.id.in_(sorted(heard)), technicians.c.absent_since.is_(None), technicians.c.disabled.is_(False)
    )
    in_order = mine.order_by(technicians.c.id).with_for_update(key_share=True)  # other processes renew some of them too
    renewed = conn.execute(
        update(technicians)
        .where(technicians.c.id.in_(in_order.scalar_subquery()))
        .values(present_at=later, present_until=later + lease_ms)
        .returning(technicians.c.id)
    )
    return sorted(set(heard) - set(renewed.scalars()))


def _heard(conn: Connection, seen: list[Seen], now: int, lease_ms: int) -> dict[str, int]:
    """When each of these people was last heard, on connections that may still be open, within the time of a lease."""
    hashes = sorted({one.credential for one in seen})
    both = union_all(*(select(table.c.hash).where(table.c.hash.in_(hashes)) for table in (sessions, api_tokens)))
    living = set(conn.execute(both).scalars())
    heard: dict[str, int] = {}
    for one in seen:
        if one.silent_ms < lease_ms and one.credential in living:
            heard[one.technician] = max(heard.get(one.technician, 0), now - one.silent_ms)
    return heard


def let_go(conn: Connection, technician_id: str) -> bool:
    """End the lease of somebody whose last session has ended; whether it did."""
    sessions_left = exists().where(sessions.c.technician_id == technician_id)
    ended = conn.execute(
        update(technicians)
        .where(technicians.c.id == technician_id, technicians.c.absent_since.is_(None), ~sessions_left)
        .values(present_until=technicians.c.present_at)
    )
    return ended.rowcount == 1


def lapsed(conn: Connection, now: int, *, only_let_go: bool) -> list[str]:
    """Who still counts as there and holds no lease any more. ``only_let_go``: leases that ran out do not count."""
    over = technicians.c.present_until <= (technicians.c.present_at if only_let_go else now)
    query = select(technicians.c.id).where(technicians.c.absent_since.is_(None), over)
    return list(conn.execute(query.order_by(technicians.c.id)).scalars())


def lapse(conn: Connection, technician_id: str, now: int) -> bool:
    """This person is gone from now on. False: another process was faster, or the person has come back."""
    gone = conn.execute(
        update(technicians)
        .where(
            technicians.c.id == technician_id,
            technicians.c.absent_since.is_(None),
            technicians.c.present_until <= now,
        )
        .values(absent_since=technicians.c.present_at)
    )
    return gone.rowcount == 1


def come_back(conn: Connection, technician_id: str, now: int, lease_ms: int) -> None:
    """This person is there from now on."""
    conn.execute(
        update(technicians)
        .where(technicians.c.id == technician_id)
        .values(present_at=now, present_until=now + lease_ms, absent_since=None)
    )


# --- tickets of people who are gone ---------------------------------------------------------------------------------

_unattended: Final = and_(technicians.c.absent_since.is_not(None), tickets.c.view == View.ACTIVE.value)
_with_assignee: Final = tickets.join(technicians, technicians.c.id == tickets.c.assignee_id)


def unattended(conn: Connection) -> tuple[int, int | None]:
    """(tickets, not closed, whose assignee is gone; since when the longest of them)"""
    query = select(func.count(), func.min(technicians.c.absent_since)).select_from(_with_assignee).where(_unattended)
    count, since = conn.execute(query).one()
    return int(count), since


def left_behind(conn: Connection, now: int, limit: int) -> list[tuple[str, str]]:
    """(ticket, assignee) of those with a living chat whose assignee is gone for as long as the portal waits."""
    after_ms = portals.c.settings["return_to_queue_seconds"].as_integer() * 1000
    query = (
        select(tickets.c.id, technicians.c.id)
        .select_from(_with_assignee.join(portals, portals.c.id == tickets.c.portal_id))
        .where(_unattended, tickets.c.chat != Chat.ENDED.value, technicians.c.absent_since + after_ms <= now)
        .order_by(technicians.c.absent_since, tickets.c.queued_at, tickets.c.id)
        .limit(limit)
    )
    return [(ticket, assignee) for ticket, assignee in conn.execute(query)]
