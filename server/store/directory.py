"""Statements about colleagues, teams and queues, by name."""

from collections.abc import Collection

from sqlalchemy import Connection, and_, func, select

from server.domain.people import Technician
from server.store import technicians as accounts
from server.store.tables import AnyRow, access, portals, queues, team_members, teams, technicians


def people(conn: Connection, companies: Collection[str]) -> list[Technician]:
    """Everybody who may see one of these companies, by name."""
    ids = conn.execute(select(access.c.technician_id).where(access.c.company_id.in_(sorted(companies))).distinct())
    found = accounts.present(conn, list(ids.scalars()))
    return sorted(found.values(), key=lambda one: (one.name, one.id))


def teams_of(conn: Connection, companies: Collection[str]) -> list[AnyRow]:
    """The teams of these companies, by name."""
    return list(
        conn.execute(
            select(teams.c.id, teams.c.company_id, teams.c.name)
            .where(teams.c.company_id.in_(sorted(companies)))
            .order_by(teams.c.name, teams.c.id)
        )
    )


def members(conn: Connection, companies: Collection[str]) -> dict[str, list[tuple[str, bool]]]:
    """team -> (member, supervisor) of each."""
    columns = (team_members.c.team_id, team_members.c.technician_id, team_members.c.supervisor)
    query = select(*columns).where(team_members.c.company_id.in_(sorted(companies)))
    found: dict[str, list[tuple[str, bool]]] = {}
    for team_id, technician_id, supervisor in conn.execute(query.order_by(team_members.c.technician_id)):
        found.setdefault(team_id, []).append((technician_id, bool(supervisor)))
    return found


def named_queues(conn: Connection, companies: Collection[str]) -> list[AnyRow]:
    """The queues of these companies, under the names of whose they are."""
    name = func.coalesce(portals.c.name, teams.c.name, technicians.c.name).label("name")
    return list(
        conn.execute(
            select(queues.c.id, queues.c.company_id, queues.c.kind, queues.c.owner_id, name)
            .outerjoin(portals, and_(queues.c.kind == "portal", portals.c.id == queues.c.owner_id))
            .outerjoin(teams, and_(queues.c.kind == "team", teams.c.id == queues.c.owner_id))
            .outerjoin(technicians, and_(queues.c.kind == "technician", technicians.c.id == queues.c.owner_id))
            .where(queues.c.company_id.in_(sorted(companies)), name.is_not(None))
            .order_by(queues.c.kind, name, queues.c.id)
        )
    )
