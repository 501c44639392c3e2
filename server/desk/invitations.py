"""Colleagues come into a chat beside its owner: invited, with a word that the customer never reads (G-34).

They write to the customer under their own names; who comes and who goes is a line for both sides. It ends with the
chat, and when nobody has the ticket any more.
"""

from server.desk import languages, presence
from server.desk.changing import line
from server.desk.desk import Desk, current, found, staff
from server.desk.messages import as_actor
from server.domain import ticket as rules
from server.domain.people import Technician
from server.domain.ticket import refuse
from server.store import participants, technicians, tickets
from server.store.base import Tx
from server.store.participants import HelperRecord
from server.store.tickets import TicketRecord
from server.store.transcript import Actor


async def invite(desk: Desk, technician: Technician, ticket_id: str, who: str, comment: str | None) -> TicketRecord:
    """The owner asks a colleague in. Raises NotFound, Refused."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        actor = current(tx.conn, technician.id)
        presence.acts(tx, desk, actor.id, ticket_id)
        before = found(tickets.locked(tx.conn, staff(actor), ticket_id))
        _check_owner(actor, before)
        rules.check_may_help(before.state)
        if who == actor.id or any(helper.id == who for helper in before.helpers):
            raise refuse(rules.ALREADY_INVITED)
        if len(before.helpers) >= rules.HELPERS:
            raise refuse(rules.TOO_MANY_HELPERS)
        if not technicians.working(tx.conn, {who}, before.company_id):
            raise refuse(rules.CANNOT_TAKE)
        participants.invite(tx.conn, before.company_id, before.id, who, actor.id, comment, now)
        said = {"who": technicians.name(tx.conn, who), "comment": comment}
        return line(tx, before, "invited", as_actor(actor), now, data=said, body=comment or "")

    return await desk.store.write(unit)


async def come(desk: Desk, technician: Technician, ticket_id: str) -> TicketRecord:
    """Who was invited is in the chat from now on. Raises NotFound, Refused."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        actor = current(tx.conn, technician.id)
        presence.acts(tx, desk, actor.id, ticket_id)
        before = found(tickets.locked(tx.conn, staff(actor), ticket_id))
        helper = _invited(before, actor.id)
        rules.check_may_help(before.state)
        if helper.joined:
            raise refuse(rules.ALREADY_JOINED)
        languages.takes(tx, actor, before, now)
        participants.come(tx.conn, before.id, actor.id)
        return line(tx, before, "came", as_actor(actor), now, visible=True, data={})

    return await desk.store.write(unit)


async def leave(desk: Desk, technician: Technician, ticket_id: str) -> TicketRecord:
    """Who was invited goes, or does not come. Raises NotFound, Refused."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        actor = current(tx.conn, technician.id)
        before = found(tickets.locked(tx.conn, staff(actor), ticket_id))
        return _goes(tx, before, _invited(before, actor.id), as_actor(actor), as_actor(actor), now)

    return await desk.store.write(unit)


async def remove(desk: Desk, technician: Technician, ticket_id: str, who: str) -> TicketRecord:
    """The owner does without somebody. Raises NotFound, Refused."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        actor = current(tx.conn, technician.id)
        before = found(tickets.locked(tx.conn, staff(actor), ticket_id))
        _check_owner(actor, before)
        helper = _invited(before, who)
        account = technicians.by_id(tx.conn, who)
        whose = as_actor(account.technician) if account else as_actor(actor)
        return _goes(tx, before, helper, whose, as_actor(actor), now)

    return await desk.store.write(unit)


def _goes(tx: Tx, before: TicketRecord, helper: HelperRecord, who: Actor, by: Actor, now: int) -> TicketRecord:
    """Only of somebody who had come does the customer read that he went."""
    participants.remove(tx.conn, before.id, helper.id)
    if helper.joined:
        return line(tx, before, "went", who, now, visible=True, data={})
    return line(tx, before, "uninvited", by, now, data={"who": helper.name})


def _check_owner(actor: Technician, ticket: TicketRecord) -> None:
    if ticket.state.assignee != actor.id:
        raise refuse(rules.NOT_ASSIGNED_TO_YOU)


def _invited(ticket: TicketRecord, who: str) -> HelperRecord:
    for helper in ticket.helpers:
        if helper.id == who:
            return helper
    raise refuse(rules.NOT_INVITED)
