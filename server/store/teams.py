"""Statements about who is in which team."""

from sqlalchemy import Connection, delete, select

from server.store.tables import team_members, teams


def members(conn: Connection, team_ids: list[str]) -> list[tuple[str, str, bool]]:
    """(team, technician, supervisor) of everybody in these."""
    columns = (team_members.c.team_id, team_members.c.technician_id, team_members.c.supervisor)
    query = select(*columns).where(team_members.c.team_id.in_(team_ids)).order_by(team_members.c.technician_id)
    return [(row.team_id, row.technician_id, row.supervisor) for row in conn.execute(query)]


def supervised(conn: Connection, technician_id: str, company_id: str) -> dict[str, set[str]]:
    """The teams of a company that this person supervises, with their members."""
    mine = select(team_members.c.team_id).where(
        team_members.c.technician_id == technician_id,
        team_members.c.company_id == company_id,
        team_members.c.supervisor,
    )
    columns = (team_members.c.team_id, team_members.c.technician_id)
    found: dict[str, set[str]] = {}
    for team_id, member in conn.execute(select(*columns).where(team_members.c.team_id.in_(mine))):
        found.setdefault(team_id, set()).add(member)
    return found


def exists(conn: Connection, company_id: str, team_id: str) -> bool:
    """Whether the company has this team."""
    query = select(teams.c.id).where(teams.c.id == team_id, teams.c.company_id == company_id)
    return conn.execute(query).first() is not None


def set_members(conn: Connection, company_id: str, team_id: str, wanted: list[tuple[str, bool]]) -> None:
    """Exactly these."""
    conn.execute(delete(team_members).where(team_members.c.team_id == team_id))
    for technician_id, supervisor in wanted:
        conn.execute(
            team_members.insert().values(
                team_id=team_id, technician_id=technician_id, company_id=company_id, supervisor=supervisor
            )
        )
