"""Where a new ticket goes, by the way in that its customer has chosen: a form, a type, a name, a session key.

Called inside the transaction that opens the ticket. It never goes nowhere: whoever is asked for and cannot take it has
the portal's fallback team in his place, and that team the portal's own queue (B-71, B-72).
"""

import msgspec
from sqlalchemy import Connection

from server.desk import session_keys
from server.desk.desk import Desk
from server.domain import routing
from server.domain.forms import Answer, answered, asked
from server.domain.routing import Person, Team, Way
from server.domain.texts import pick
from server.errors import BadInput, Refused
from server.protocol.rest import OpenTicket
from server.store import queues, ways
from server.store.base import Tx
from server.store.portals import PortalRecord
from server.store.session_keys import SessionKey
from server.store.ways import IssueType


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """Where a ticket waits, and what is known of it from the way it came."""

    queue_id: str
    way: Way
    priority: int = 0
    issue_type_id: str | None = None
    issue_type: str | None = None
    """as the customer has read it"""
    answers: list[Answer] = []
    session_key: SessionKey | None = None
    """that has just been used up"""


def destination(tx: Tx, desk: Desk, portal: PortalRecord, form: OpenTicket, now: int) -> Destination:
    """By the way in that the customer has chosen. Raises Refused, BadInput that names the field."""
    _check_ways(portal, form)
    if form.session_key is not None:
        return _by_key(tx, desk, portal, form, form.session_key, now)
    if form.technician is not None:
        return _to_person(tx.conn, portal, form, form.technician)
    return _to_type(tx.conn, portal, form)


def _check_ways(portal: PortalRecord, form: OpenTicket) -> None:
    """At most one way, and one that the portal has."""
    chosen = [way for way in ("issue_type", "technician", "session_key") if getattr(form, way) is not None]
    if len(chosen) > 1:
        raise BadInput("Choose one: a type, a name or a key.", field=chosen[1])
    has = portal.settings.ways
    way = {"technician": has.technicians, "session_key": has.keys}.get(chosen[0] if chosen else "", has.form)
    if not way:
        raise Refused("way_closed", "This portal does not offer this way in.")


def _queue(conn: Connection, portal: PortalRecord, wanted: Person | Team | None, way: Way) -> str:
    """Of whoever is wanted, or of whoever takes the place."""
    fallback = ways.team(conn, portal.fallback_team_id) if portal.fallback_team_id else None
    place = routing.target(portal.id, wanted, way, fallback)
    return queues.ensure(conn, portal.company_id, place.kind, place.owner)


# --- a session key ----------------------------------------------------------------------------------------------------


def _by_key(tx: Tx, desk: Desk, portal: PortalRecord, form: OpenTicket, typed: str, now: int) -> Destination:
    """Into the queue of whoever has made the key, also while that person is away (B-05)."""
    key = session_keys.redeem(tx, desk, portal, typed, now)
    wanted = ways.person(tx.conn, key.technician_id, portal.company_id)
    return Destination(
        queue_id=_queue(tx.conn, portal, wanted, "key"),
        way="key",
        answers=answered([], form.answers, []),
        session_key=key,
    )


# --- a name -----------------------------------------------------------------------------------------------------------


def _to_person(conn: Connection, portal: PortalRecord, form: OpenTicket, technician_id: str) -> Destination:
    """Into the queue of somebody on the portal's list (B-05, B-33). Who is not on it, is unknown."""
    shown = ways.one_listed(conn, portal.company_id, technician_id)
    if shown is None or (portal.settings.ways.only_available and not shown.reachable):
        raise BadInput("This person cannot be chosen now.", field="technician")
    wanted = ways.person(conn, shown.id, portal.company_id)
    return Destination(
        queue_id=_queue(conn, portal, wanted, "technician"),
        way="technician",
        answers=answered([], form.answers, []),
    )


# --- a type -----------------------------------------------------------------------------------------------------------


def _to_type(conn: Connection, portal: PortalRecord, form: OpenTicket) -> Destination:
    """To whomever the type belongs, with the answers of its form; without types, into the portal's queue (B-30)."""
    langs = [*([form.lang] if form.lang else []), *portal.settings.languages]
    if form.issue_type is None:
        if ways.offers_types(conn, portal.id):
            raise BadInput("Choose what it is about.", field="issue_type")
        return Destination(queue_id=portal.queue_id, way="form", answers=answered([], form.answers, langs))
    kind = ways.issue_type(conn, portal.id, form.issue_type)
    if kind is None:
        raise BadInput("This cannot be chosen any more.", field="issue_type")
    return Destination(
        queue_id=_queue(conn, portal, _wanted(conn, portal, kind), "form"),
        way="form",
        priority=kind.priority,
        issue_type_id=kind.id,
        issue_type=pick(kind.names, langs),
        answers=answered(asked(kind.fields, shares=portal.settings.shares), form.answers, langs),
    )


def _wanted(conn: Connection, portal: PortalRecord, kind: IssueType) -> Person | Team | None:
    if kind.team_id is not None:
        return ways.team(conn, kind.team_id)
    if kind.technician_id is not None:
        return ways.person(conn, kind.technician_id, portal.company_id)
    return None
