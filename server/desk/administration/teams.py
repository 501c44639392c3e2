"""Teams: people who share a queue, and who supervises them."""

from sqlalchemy import Connection

from server.desk.administration.noun import TableNoun, company_must_be_there
from server.domain.set_up import must
from server.protocol.administration import Team, TeamDraft
from server.store import queues, teams, technicians
from server.store.base import Tx
from server.store.set_up import Rows, Values
from server.store.tables import teams as table


class Teams(TableNoun[TeamDraft, Team]):
    """With each team comes its queue, and goes with it."""

    name = "team"
    plural = "teams"
    draft = TeamDraft
    item = Team
    rows = Rows(table, table.c.name)

    def called(self, item: Team) -> str:
        """Its name."""
        return item.name

    def check(self, conn: Connection, draft: TeamDraft, _before: Team | None, _now: int) -> None:
        """Members may see the company, and are in the team once."""
        company_must_be_there(conn, draft.company)
        ids = [member.technician for member in draft.members]
        must(len(ids) == len(set(ids)), "member_twice", "members")
        seeing = technicians.with_access(conn, set(ids), draft.company)
        must(len(seeing) == len(ids), "member_without_access", "members")

    def written(self, tx: Tx, item_id: str, draft: TeamDraft) -> None:
        """Queue and members."""
        queues.ensure(tx.conn, draft.company, "team", item_id)
        teams.set_members(tx.conn, draft.company, item_id, [(one.technician, one.supervisor) for one in draft.members])

    def removing(self, tx: Tx, item_id: str) -> None:
        """A queue in which something waited stays needed by those tickets."""
        teams.set_members(tx.conn, "", item_id, [])
        queues.remove(tx.conn, "team", item_id)

    def more(self, conn: Connection, rows: list[Values]) -> dict[str, Values]:
        """Who is in them."""
        found: dict[str, Values] = {row["id"]: {"members": []} for row in rows}
        for team_id, who, supervisor in teams.members(conn, [*found]):
            found[team_id]["members"].append({"technician": who, "supervisor": supervisor})
        return found
