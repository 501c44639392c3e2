"""What a person may see. Every statement that touches a company's rows takes a scope, and filters by it."""

import msgspec
from sqlalchemy import ColumnElement, Table, and_, false

from server.store.tables import tickets


class StaffScope(msgspec.Struct, frozen=True):
    """A technician: tickets of these companies while available, else only those assigned to this person."""

    technician_id: str
    companies: frozenset[str]
    available: bool

    def owns(self, table: Table) -> ColumnElement[bool]:
        """Rows of the companies at all, whatever the availability."""
        return table.c.company_id.in_(sorted(self.companies)) if self.companies else false()

    def sees_ticket(self) -> ColumnElement[bool]:
        """Condition on ``tickets``."""
        if self.available:
            return self.owns(tickets)
        return and_(self.owns(tickets), tickets.c.assignee_id == self.technician_id)

    def reaches(self, company_id: str, customer_id: str, assignee_id: str | None) -> bool:  # noqa: ARG002 - one shape
        """``sees_ticket`` for a row that has been read already."""
        return company_id in self.companies and (self.available or assignee_id == self.technician_id)

    def shares(self) -> ColumnElement[bool]:
        """Condition on ``tickets`` for the shared list: nothing at all while away."""
        return self.owns(tickets) if self.available else false()


class CustomerScope(msgspec.Struct, frozen=True):
    """A customer: his own tickets."""

    customer_id: str
    company_id: str
    portal_id: str

    def sees_ticket(self) -> ColumnElement[bool]:
        """Condition on ``tickets``."""
        return and_(tickets.c.company_id == self.company_id, tickets.c.customer_id == self.customer_id)

    def reaches(self, company_id: str, customer_id: str, assignee_id: str | None) -> bool:  # noqa: ARG002 - one shape
        """``sees_ticket`` for a row that has been read already."""
        return company_id == self.company_id and customer_id == self.customer_id


Scope = StaffScope | CustomerScope
