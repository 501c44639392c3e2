"""Statements about who is in which team."""

from sqlalchemy import Connection, delete, select

from server.store.tables import team_members


def members(conn: Connection, team_id: str) -> list[tuple[str, bool]]:
    """(technician, supervisor) of everybody in it."""
    columns = (team_members.c.technician_id, team_members.c.supervisor)
    rows = conn.execute(
        select(*columns).where(team_members.c.team_id == team_id).order_by(team_members.c.technician_id)
    )
    return [(row.technician_id, row.supervisor) for row in rows]


def set_members(conn: Connection, company_id: str, team_id: str, wanted: list[tuple[str, bool]]) -> None:
    """Exactly these."""
    conn.execute(delete(team_members).where(team_members.c.team_id == team_id))
    for technician_id, supervisor in wanted:
        conn.execute(
            team_members.insert().values(
                team_id=team_id, technician_id=technician_id, company_id=company_id, supervisor=supervisor
            )
        )
