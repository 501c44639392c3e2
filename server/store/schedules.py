"""Statements about when portals are open, and what was last told of it."""

import msgspec
from sqlalchemy import Connection, select, update

from server.domain.schedule import Timetable
from server.store.queues import WAITS
from server.store.tables import AnyRow, portals, schedules, tickets


class Door(msgspec.Struct, frozen=True):
    """A portal, its schedule, and whether it was open when that was last looked at."""

    portal_id: str
    company_id: str
    slug: str
    was_open: bool
    timetable: Timetable | None


_doors = select(
    portals.c.id,
    portals.c.company_id,
    portals.c.slug,
    portals.c.open,
    schedules.c.time_zone,
    schedules.c.hours,
    schedules.c.exceptions,
).outerjoin(schedules, schedules.c.id == portals.c.schedule_id)


def _door(row: AnyRow) -> Door:
    timetable = None
    if row.time_zone is not None:
        fields = {"time_zone": row.time_zone, "hours": row.hours, "exceptions": row.exceptions}
        timetable = msgspec.convert(fields, Timetable)
    return Door(row.id, row.company_id, row.slug, row.open, timetable)


def door(conn: Connection, portal_id: str) -> Door:
    """One portal's."""
    return _door(conn.execute(_doors.where(portals.c.id == portal_id)).one())


def doors(conn: Connection, company_ids: frozenset[str] | None = None) -> list[Door]:
    """Every portal's, or those of some companies."""
    query = _doors if company_ids is None else _doors.where(portals.c.company_id.in_(sorted(company_ids)))
    return [_door(row) for row in conn.execute(query.order_by(portals.c.slug))]


def note(conn: Connection, portal_id: str, *, is_open: bool) -> bool:
    """It has opened, or closed. False: somebody else has noted that already."""
    noted = conn.execute(
        update(portals).where(portals.c.id == portal_id, portals.c.open.is_(not is_open)).values(open=is_open)
    )
    return noted.rowcount == 1


def waiting(conn: Connection, portal_id: str) -> list[str]:
    """Ids of the tickets of this portal that wait in a queue, whosever it is; locked, in the order of all locks."""
    query = select(tickets.c.id).where(tickets.c.portal_id == portal_id, WAITS).order_by(tickets.c.id)
    return list(conn.execute(query.with_for_update(key_share=True)).scalars())
