"""What a person may see. Every statement that touches a company's rows takes a scope, and filters by it."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import ColumnElement, FromClause, and_, false, or_, select

from server.store.queues import WAITS
from server.store.tables import customers, participants, queues, team_members, ticket_shares, tickets, transfers


class StaffScope(msgspec.Struct, frozen=True):
    """A technician: tickets of these companies while available, else only those that wait for this person's doing."""

    technician_id: str
    companies: frozenset[str]
    available: bool

    def owns(self, table: FromClause) -> ColumnElement[bool]:
        """Rows of the companies at all, whatever the availability."""
        return table.c.company_id.in_(sorted(self.companies)) if self.companies else false()

    def sees_ticket(self) -> ColumnElement[bool]:
        """Condition on ``tickets``."""
        if self.available:
            return self.owns(tickets)
        return and_(self.owns(tickets), self.concerns())

    def concerns(self) -> ColumnElement[bool]:
        """Condition on ``tickets``: assigned, in the own queue, on offer or invited into (B-06, G-33, G-34)."""
        me = self.technician_id
        own = select(queues.c.id).where(queues.c.kind == "technician", queues.c.owner_id == me)
        teams = select(team_members.c.team_id).where(team_members.c.technician_id == me)
        offered = or_(
            transfers.c.technician_id == me,
            and_(transfers.c.team_id.in_(teams), transfers.c.from_id != me, ~transfers.c.declined.contains(me)),
        )
        return or_(
            tickets.c.assignee_id == me,
            and_(tickets.c.queue_id.in_(own), WAITS),
            tickets.c.id.in_(select(transfers.c.ticket_id).where(offered)),
            tickets.c.id.in_(select(participants.c.ticket_id).where(participants.c.technician_id == me)),
        )

    def reaches(self, company_id: str, customer_id: str, assignee_id: str | None) -> bool:  # noqa: ARG002 - one shape
        """Enough of ``sees_ticket``, for a row that has been read already. False: ask the whole condition."""
        return company_id in self.companies and (self.available or assignee_id == self.technician_id)

    def shares(self) -> ColumnElement[bool]:
        """Condition on ``tickets`` for the shared list: nothing at all while away."""
        return self.owns(tickets) if self.available else false()


class CustomerScope(msgspec.Struct, frozen=True):
    """A customer: his own tickets, at any portal of the company where he has signed in, and those shared with him.

    ``shared``: whether the latter count; they can be read and commented, and no more (S-23).
    """

    customer_id: str
    company_id: str
    portal_id: str
    account_id: str | None = None
    shared: bool = True

    def owns(self, table: FromClause) -> ColumnElement[bool]:
        """Rows of the company at all, whosever they are."""
        return table.c.company_id == self.company_id

    def sees_ticket(self) -> ColumnElement[bool]:
        """Condition on ``tickets``."""
        return and_(self.owns(tickets), or_(*self._whose()))

    def _whose(self) -> Iterator[ColumnElement[bool]]:
        yield tickets.c.customer_id == self.customer_id
        if self.account_id is not None:
            own = select(customers.c.id).where(customers.c.account_id == self.account_id)
            yield tickets.c.customer_id.in_(own)
            if self.shared:
                mine = ticket_shares.c.account_id == self.account_id
                yield tickets.c.id.in_(select(ticket_shares.c.ticket_id).where(mine))

    def reaches(self, company_id: str, customer_id: str, assignee_id: str | None) -> bool:  # noqa: ARG002 - one shape
        """Enough of ``sees_ticket``, for a row that has been read already. False: ask the whole condition."""
        return company_id == self.company_id and customer_id == self.customer_id


Scope = StaffScope | CustomerScope
