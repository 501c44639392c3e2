"""Who of the technicians may write to a customer: whose ticket it is, and who was invited and has come (C-13, G-34)."""

from sqlalchemy import Connection

from server.domain import ticket as rules
from server.domain.ticket import State
from server.store import participants


def check_may_write(conn: Connection, ticket_id: str, state: State, technician_id: str) -> None:
    """Raises Refused with the rule."""
    helps = state.assignee != technician_id and participants.has_joined(conn, ticket_id, technician_id)
    rules.check_technician_may_write(state, technician_id, helps=helps)
