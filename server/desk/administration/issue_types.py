"""Issue types: what customers choose from before the form, and where such tickets wait."""

from sqlalchemy import Connection

from server.desk.administration.noun import TableNoun
from server.domain import texts
from server.domain.set_up import must, wrong
from server.protocol.administration import IssueType, IssueTypeDraft
from server.store import portals, technicians
from server.store.set_up import Rows, Values
from server.store.tables import forms, teams
from server.store.tables import issue_types as table


class IssueTypes(TableNoun[IssueTypeDraft, IssueType]):
    """Of a portal. Tickets keep the name of their type, so any can go."""

    name = "issue_type"
    plural = "issue-types"
    draft = IssueTypeDraft
    item = IssueType
    fixed = ("portal",)
    rows = Rows(table, table.c.portal_id, table.c.position)

    def called(self, item: IssueType) -> str:
        """Its name, in English if it has one."""
        return texts.pick(item.names, ()) or ""

    def check(self, conn: Connection, draft: IssueTypeDraft, _before: IssueType | None, _now: int) -> None:
        """All that it points at is of the portal's company."""
        portal = portals.by_id(conn, draft.portal)
        if portal is None:
            raise wrong("no_portal", "portal")
        company = portal.company_id
        must(draft.names, "no_text", "names")
        must(draft.form is None or Rows(forms).is_of(conn, draft.form, company), "no_form", "form")
        must(draft.team is None or Rows(teams).is_of(conn, draft.team, company), "no_team", "team")
        must(
            draft.technician is None or technicians.with_access(conn, {draft.technician}, company),
            "no_access",
            "technician",
        )
        must(not (draft.team and draft.technician), "team_or_person", "team")

    def values(self, conn: Connection, draft: IssueTypeDraft) -> Values:
        """With the portal's company."""
        portal = portals.by_id(conn, draft.portal)
        return {**super().values(conn, draft), "company": portal.company_id if portal else None}
