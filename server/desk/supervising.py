"""Supervisors order the work of their teams: give tickets to members, and take them away again.

They may do that with what waits with their teams or members, or in a portal's own queue, from which anybody may take,
and with what their members have.
"""

from sqlalchemy import Connection

from server.desk import presence
from server.desk.changing import change, went_back
from server.desk.desk import Desk, current, found, staff
from server.desk.messages import as_actor
from server.domain import ticket as rules
from server.domain.people import Technician
from server.domain.ticket import Status, refuse
from server.store import queues, routing, teams, technicians, tickets
from server.store.base import Tx
from server.store.tickets import TicketRecord


async def give(desk: Desk, technician: Technician, ticket_id: str, to: str) -> TicketRecord:
    """A member of one's teams has the ticket from now on. Raises NotFound, Refused."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        actor = current(tx.conn, technician.id)
        routing.locked(tx.conn, {actor.id, to})  # what he has is counted by nobody else meanwhile
        presence.acts(tx, desk, actor.id, ticket_id)
        before = found(tickets.locked(tx.conn, staff(actor), ticket_id))
        after = rules.hand_over(before.state, to, comes=False)
        if not supervises(tx.conn, actor, before) or to not in _members(tx.conn, actor, before.company_id):
            raise refuse(rules.NOT_YOUR_TEAM)
        if not technicians.working(tx.conn, {to}, before.company_id):
            raise refuse(rules.CANNOT_TAKE)
        technicians.idle_from(tx.conn, to, now)
        left = before.assignee_public_name if before.state.joined else None
        said = {"to": technicians.name(tx.conn, to), "previous": before.assignee_name, "left": left}
        visible = before.state.joined or after.status is not before.state.status
        return change(tx, before, after, "given", as_actor(actor), now, visible=visible, data=said)

    return await desk.store.write(unit)


async def take_away(desk: Desk, technician: Technician, ticket_id: str) -> TicketRecord:
    """What a member has waits again, in its old place. Raises NotFound, Refused."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        actor = current(tx.conn, technician.id)
        presence.acts(tx, desk, actor.id, ticket_id)
        before = found(tickets.locked(tx.conn, staff(actor), ticket_id))
        if before.state.status is Status.DONE:
            raise refuse(rules.TICKET_DONE)
        if before.state.assignee is None or not supervises(tx.conn, actor, before):
            raise refuse(rules.NOT_YOUR_TEAM)
        return went_back(tx, before, "taken_away", as_actor(actor), now)

    return await desk.store.write(unit)


def supervises(conn: Connection, actor: Technician, ticket: TicketRecord) -> bool:
    """Whether this person, who may see the ticket, may order who has it."""
    supervised = teams.supervised(conn, actor.id, ticket.company_id)
    if not supervised:
        return False
    members = {member for one in supervised.values() for member in one}
    if ticket.state.assignee is not None:
        return ticket.state.assignee in members
    queue = queues.get(conn, ticket.queue_id)
    return queue.kind == "portal" or queue.owner_id in members | supervised.keys()


def _members(conn: Connection, actor: Technician, company_id: str) -> set[str]:
    return {member for one in teams.supervised(conn, actor.id, company_id).values() for member in one}
