"""Statements about the ways in that a portal offers: what a ticket can be about, and whom a customer can choose."""

from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, select

from server.domain import routing
from server.domain.forms import Field
from server.store.tables import access, forms, issue_types, team_members, technicians


class IssueType(msgspec.Struct, frozen=True):
    """What a customer chooses from, with the questions of its form."""

    id: str
    names: dict[str, str]
    priority: int
    team_id: str | None
    technician_id: str | None
    fields: list[Field]


class Listed(msgspec.Struct, frozen=True):
    """Somebody whom customers can choose by name."""

    id: str
    public_name: str
    picture_id: str | None
    reachable: bool
    """available, and there"""


Names = frozenset[tuple[Listed, int]]
"""A list of names, each with its place: equal where nobody sees a difference."""


_types = select(
    issue_types.c.id,
    issue_types.c.names,
    issue_types.c.priority,
    issue_types.c.team_id,
    issue_types.c.technician_id,
    forms.c.fields,
).outerjoin(forms, forms.c.id == issue_types.c.form_id)


def all_types(conn: Connection, portal_id: str) -> list[IssueType]:
    """What this portal offers, in its order."""
    order = (issue_types.c.position, issue_types.c.id)
    return [_type(row) for row in conn.execute(_types.where(_offered(portal_id)).order_by(*order))]


def issue_type(conn: Connection, portal_id: str, type_id: str) -> IssueType | None:
    """One of those that this portal offers."""
    row = conn.execute(_types.where(_offered(portal_id), issue_types.c.id == type_id)).one_or_none()
    return _type(row) if row else None


def offers_types(conn: Connection, portal_id: str) -> bool:
    """Whether there is anything to choose from."""
    return conn.execute(select(issue_types.c.id).where(_offered(portal_id)).limit(1)).first() is not None


def _offered(portal_id: str) -> ColumnElement[bool]:
    return and_(issue_types.c.portal_id == portal_id, issue_types.c.hidden.is_(False))


def _type(row: Any) -> IssueType:
    fields = msgspec.convert(row.fields or [], list[Field])
    return IssueType(row.id, row.names, row.priority, row.team_id, row.technician_id, fields)


_people = select(
    technicians.c.id,
    technicians.c.public_name,
    technicians.c.picture_id,
    technicians.c.availability,
    technicians.c.absent_since,
).join(access, access.c.technician_id == technicians.c.id)
_SHOWN: Final = and_(technicians.c.listed, technicians.c.disabled.is_(False))


def listed(conn: Connection, company_id: str) -> list[Listed]:
    """Everybody whom customers of this company can choose, in the order of their display numbers, then names (B-33)."""
    order = (technicians.c.display_no, technicians.c.public_name, technicians.c.id)
    return [_listed(row) for row in conn.execute(_chosen(company_id).order_by(*order))]


def one_listed(conn: Connection, company_id: str, technician_id: str) -> Listed | None:
    """One of them."""
    row = conn.execute(_chosen(company_id).where(technicians.c.id == technician_id)).one_or_none()
    return _listed(row) if row else None


def names(conn: Connection, company_ids: set[str]) -> dict[str, Names]:
    """Of each company, all that its list shows now."""
    query = _people.add_columns(access.c.company_id, technicians.c.display_no).where(
        access.c.company_id.in_(sorted(company_ids)), _SHOWN
    )
    found: dict[str, set[tuple[Listed, int]]] = {company_id: set() for company_id in company_ids}
    for row in conn.execute(query):
        found[row.company_id].add((_listed(row), row.display_no))
    return {company_id: frozenset(people) for company_id, people in found.items()}


def _chosen(company_id: str) -> Select[Any]:
    return _people.where(access.c.company_id == company_id, _SHOWN)


def _listed(row: Any) -> Listed:
    reachable = row.availability == "available" and row.absent_since is None
    return Listed(row.id, row.public_name, row.picture_id, reachable)


# --- who could take a ticket ------------------------------------------------------------------------------------------


def person(conn: Connection, technician_id: str, company_id: str) -> routing.Person:
    """How somebody stands for whom a ticket of this company is meant."""
    sees = select(access.c.company_id).where(
        access.c.technician_id == technicians.c.id, access.c.company_id == company_id
    )
    facts = (technicians.c.availability, technicians.c.absent_since, technicians.c.disabled, sees.exists())
    wanted = select(*facts).where(technicians.c.id == technician_id)
    availability, absent_since, disabled, may_see = conn.execute(wanted).one()
    return routing.Person(
        technician_id,
        sees=may_see and not disabled,
        present=absent_since is None,
        available=availability == "available",
    )


def team(conn: Connection, team_id: str) -> routing.Team:
    """A team with those of its members who can work."""
    members = select(team_members.c.technician_id).join(technicians, technicians.c.id == team_members.c.technician_id)
    working = and_(team_members.c.team_id == team_id, technicians.c.disabled.is_(False))
    return routing.Team(team_id, frozenset(conn.execute(members.where(working)).scalars()))
