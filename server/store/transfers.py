"""Statements about tickets that are on offer: to a person or to a team, until somebody accepts (G-33)."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, delete, select, update

from server.store.tables import team_members, teams, technicians, transfers


class OfferRecord(msgspec.Struct, frozen=True):
    """An offer. ``to``: everybody who can accept it now."""

    by: str
    by_name: str
    team: str | None
    name: str
    """of the person or the team"""
    to: list[str]
    comment: str | None
    at: int


_by = technicians.alias("by")
_person = technicians.alias("person")
_offers = (
    select(
        transfers,
        _by.c.name.label("by_name"),
        teams.c.name.label("team_name"),
        _person.c.name.label("person_name"),
    )
    .join(_by, _by.c.id == transfers.c.from_id)
    .outerjoin(teams, teams.c.id == transfers.c.team_id)
    .outerjoin(_person, _person.c.id == transfers.c.technician_id)
)


def of(conn: Connection, ticket_ids: Iterable[str]) -> dict[str, OfferRecord]:
    """The offers of those of these tickets that are on offer."""
    wanted = sorted(ticket_ids)
    if not wanted:
        return {}
    rows = conn.execute(_offers.where(transfers.c.ticket_id.in_(wanted))).all()
    members = _members(conn, {row.team_id for row in rows if row.team_id})
    offers = {}
    for row in rows:
        asked = members.get(row.team_id, []) if row.team_id else [row.technician_id]
        offers[row.ticket_id] = OfferRecord(
            row.from_id,
            row.by_name,
            row.team_id,
            row.team_name or row.person_name,
            [one for one in asked if one not in (row.from_id, *row.declined.split())],
            row.comment,
            row.created_at,
        )
    return offers


def _members(conn: Connection, team_ids: set[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    query = select(team_members.c.team_id, team_members.c.technician_id).where(team_members.c.team_id.in_(team_ids))
    for team_id, technician_id in conn.execute(query.order_by(team_members.c.technician_id)):
        found.setdefault(team_id, []).append(technician_id)
    return found


def add(
    conn: Connection,
    company_id: str,
    ticket_id: str,
    *,
    by: str,
    team: str | None,
    technician: str | None,
    comment: str | None,
    now: int,
) -> None:
    """Offer the ticket, which is locked and not on offer, to a team or to a person."""
    conn.execute(
        transfers.insert().values(
            ticket_id=ticket_id,
            company_id=company_id,
            from_id=by,
            team_id=team,
            technician_id=technician,
            comment=comment,
            declined="",
            created_at=now,
        )
    )


def decline(conn: Connection, ticket_id: str, technician_id: str) -> None:
    """One member of the team has said no."""
    said_no = transfers.c.declined + f" {technician_id}"
    conn.execute(update(transfers).where(transfers.c.ticket_id == ticket_id).values(declined=said_no))


def remove(conn: Connection, ticket_id: str) -> None:
    """The ticket is on offer no more."""
    conn.execute(delete(transfers).where(transfers.c.ticket_id == ticket_id))
