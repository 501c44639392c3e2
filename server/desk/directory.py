"""Who and what there is in a technician's companies: colleagues, teams, and the queues by their names."""

from sqlalchemy import Connection

from server.desk.desk import Desk
from server.domain.people import Technician
from server.protocol import rest
from server.store import directory as rows


async def directory(desk: Desk, technician: Technician) -> rest.Directory:
    """Whether available or not: of tickets it says nothing."""
    companies = technician.companies

    def query(conn: Connection) -> rest.Directory:
        members = rows.members(conn, companies)
        return rest.Directory(
            people=[
                rest.DirectoryPerson(one.id, one.name, sorted(one.companies & companies), one.reachable)
                for one in rows.people(conn, companies)
            ],
            teams=[
                rest.DirectoryTeam(
                    team.id,
                    team.company_id,
                    team.name,
                    [member for member, _supervises in members.get(team.id, [])],
                    supervised=(technician.id, True) in members.get(team.id, []),
                )
                for team in rows.teams_of(conn, companies)
            ],
            queues=[
                rest.DirectoryQueue(queue.id, queue.company_id, queue.kind, queue.owner_id, queue.name)
                for queue in rows.named_queues(conn, companies)
            ],
        )

    return await desk.store.read(query)
