"""Opening hours: who is let in, and what is said at the moment when a portal opens or closes (B-60..B-63).

Whether a portal is open is reckoned from its schedule each time somebody asks; moments.py is there for the others.
"""

from typing import Final

import msgspec
from sqlalchemy import Connection

from server.desk.changing import said
from server.domain import schedule as rules
from server.domain.schedule import ALWAYS, Standing
from server.errors import Refused
from server.store import schedules, tickets
from server.store.base import Tx
from server.store.schedules import Door
from server.store.transcript import Actor

SYSTEM: Final = Actor("system", None, "", "")
AGAIN_MS: Final = 86_400_000
"""What changes beyond the horizon is reckoned again after a day."""
MOST: Final = 1_000
"""Timetables whose standing is kept."""


class _Reckoned(msgspec.Struct, frozen=True):
    """How it stands from the moment at which it was reckoned until it changes."""

    standing: Standing
    since: int
    until: int


_reckoned: Final[dict[bytes, _Reckoned]] = {}
"""Timetable as JSON -> how it stands. That takes 0.3 ms, 3 ms where a portal never closes; to look it up 1 us."""


def standing(conn: Connection, portal_id: str, now: int) -> Standing:
    """Whether the portal is open now, and until when."""
    return standing_of(schedules.door(conn, portal_id), now)


def check_open(conn: Connection, portal_id: str, now: int) -> None:
    """Raises Refused while the portal is closed. Session keys are not asked (B-61)."""
    if not standing(conn, portal_id, now).open:
        raise Refused("portal_closed", "This portal is closed now.")


def standing_of(door: Door, now: int) -> Standing:
    """The same, of what has been read. It is reckoned once for all who ask until it changes."""
    if door.timetable is None:
        return ALWAYS
    key = msgspec.json.encode(door.timetable)
    known = _reckoned.get(key)
    if known is None or not known.since <= now < known.until:
        found = rules.standing(door.timetable, now)
        known = _Reckoned(found, now, now + AGAIN_MS if found.changes_at is None else found.changes_at)
        if len(_reckoned) >= MOST:
            _reckoned.clear()
        _reckoned[key] = known
    return known.standing


def turned(tx: Tx, portal_id: str, now: Standing, at: int) -> bool:
    """A portal has opened, or closed: noted once, whoever notices it. Who waits is told when it goes on (B-63)."""
    if not schedules.note(tx.conn, portal_id, is_open=now.open):
        return False
    if not now.open:
        for ticket in tickets.known(tx.conn, schedules.waiting(tx.conn, portal_id)):
            data = {"status": ticket.state.status, "chat": ticket.state.chat, "opens_at": now.opens_at}
            said(tx, ticket, "portal_closed", SYSTEM, at, visible=True, quiet=True, data=data)
    return True
