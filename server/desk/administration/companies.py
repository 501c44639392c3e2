"""Companies: each has customers, tickets and a set-up of its own."""

from typing import Final

from sqlalchemy import Connection

from server.accounts import changes
from server.bus.control import PersonChanged
from server.desk.administration.noun import TableNoun
from server.protocol.administration import Company, CompanyDraft
from server.store import portals, technicians
from server.store.base import Tx
from server.store.set_up import Rows, Values
from server.store.tables import companies as table


class Companies(TableNoun[CompanyDraft, Company]):
    """One can go as long as nothing but ways to see it is left of it."""

    name = "company"
    plural = "companies"
    draft = CompanyDraft
    item = Company
    fixed = ()
    rows = Rows(table, table.c.name)

    def called(self, item: Company) -> str:
        """Its name."""
        return item.name

    def company(self, item: Company) -> str | None:
        """Itself."""
        return item.id

    def items(self, conn: Connection, company_id: str | None) -> list[Company]:
        """All, or the one."""
        return [one for one in super().items(conn, None) if company_id in (None, one.id)]

    def first(self, now: int) -> Values:
        """When it came."""
        return {"created_at": now}

    def removing(self, tx: Tx, item_id: str) -> None:
        """Prefixes that no portal has any more, and whoever might have seen it."""
        portals.drop_prefixes(tx.conn, item_id)
        for technician_id in technicians.lose_company(tx.conn, item_id):
            changes.announce(tx, PersonChanged(technician_id, access=True))


COMPANIES: Final = Companies()
