"""A ticket is offered to a colleague or a team, with a word that no customer reads; the first who accepts has it.

Until then it stays with its owner. Who accepts goes on with the chat at once, so that the customer is never alone: he
reads who has left and who has come (G-33, B-73).
"""

from server.desk import languages, presence, supervising
from server.desk.changing import change, line
from server.desk.desk import Desk, current, found, staff
from server.desk.messages import as_actor
from server.domain import ticket as rules
from server.domain.people import Technician
from server.domain.ticket import Chat, Status, refuse
from server.errors import BadInput
from server.protocol.technician import Target
from server.store import teams, technicians, tickets, transcript, transfers, ways
from server.store.base import Tx
from server.store.scope import StaffScope
from server.store.tickets import TicketRecord


async def offer(desk: Desk, technician: Technician, ticket_id: str, to: Target, comment: str | None) -> TicketRecord:
    """Its owner, or a supervisor of his, offers the ticket. Raises NotFound, BadInput, Refused."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        actor = current(tx.conn, technician.id)
        presence.acts(tx, desk, actor.id, ticket_id)
        before = found(tickets.locked(tx.conn, staff(actor), ticket_id))
        _check_owner(tx, actor, before)
        if before.offer is not None:
            raise refuse(rules.ALREADY_OFFERED)
        _check_takers(tx, before, to)
        transfers.add(
            tx.conn,
            before.company_id,
            before.id,
            by=str(before.state.assignee),
            team=to.team,
            technician=to.technician,
            comment=comment,
            now=now,
        )
        name = transfers.of(tx.conn, [before.id])[before.id].name
        return line(
            tx, before, "offered", as_actor(actor), now, data={"to": name, "comment": comment}, body=comment or ""
        )

    return await desk.store.write(unit)


async def withdraw(desk: Desk, technician: Technician, ticket_id: str) -> TicketRecord:
    """The owner, or a supervisor, keeps it. Raises NotFound, Refused."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        actor = current(tx.conn, technician.id)
        before = found(tickets.locked(tx.conn, staff(actor), ticket_id))
        _check_owner(tx, actor, before)
        return _end(tx, before, actor, "offer_withdrawn", now)

    return await desk.store.write(unit)


async def decline(desk: Desk, technician: Technician, ticket_id: str) -> TicketRecord:
    """Who was asked says no; of a team the others are still asked. Raises NotFound, Refused."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        actor = current(tx.conn, technician.id)
        before = found(tickets.locked(tx.conn, staff(actor), ticket_id))
        if before.offer is None or actor.id not in before.offer.to:
            raise refuse(rules.NOT_OFFERED)
        if before.offer.to == [actor.id]:
            return _end(tx, before, actor, "offer_declined", now)
        transfers.decline(tx.conn, before.id, actor.id)
        return line(tx, before, "offer_declined", as_actor(actor), now, data={"to": before.offer.name})

    return await desk.store.write(unit)


async def accept(desk: Desk, technician: Technician, ticket_id: str) -> TicketRecord:
    """Who was asked has it from now on. Raises NotFound, Refused: ``already_assigned`` names who was faster."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        actor = current(tx.conn, technician.id)
        presence.acts(tx, desk, actor.id, ticket_id)
        # whoever was slower may be away, and out of reach of the ticket: he learns that, and whose it is now
        before = found(tickets.locked(tx.conn, StaffScope(actor.id, actor.companies, available=True), ticket_id))
        if before.offer is None or actor.id not in before.offer.to:
            if _lost(tx, before, actor):
                raise refuse(rules.ALREADY_ASSIGNED, who=before.assignee_name)
            found(tickets.get(tx.conn, staff(actor), ticket_id))
            raise refuse(rules.NOT_OFFERED)
        languages.takes(tx, actor, before, now)
        technicians.idle_from(tx.conn, actor.id, now)
        return _hand_over(tx, before, actor, now)

    return await desk.store.write(unit)


def _hand_over(tx: Tx, before: TicketRecord, actor: Technician, now: int) -> TicketRecord:
    """Two lines where there is a chat: one has left, and one has come."""
    after = rules.hand_over(before.state, actor.id, comes=True)
    left = before.assignee_public_name if before.state.joined else None
    said = {
        "previous": before.assignee_name,
        "left": left,
        "chat": Chat.NOT_JOINED if before.state.joined else after.chat,
    }
    visible = before.state.joined or after.status is not before.state.status
    ticket = change(tx, before, after, "transferred", as_actor(actor), now, visible=visible, data=said)
    if not after.joined:
        return ticket
    reader = actor.language if ticket.translate else None
    state = {"status": after.status, "chat": after.chat, "reader": reader}
    return line(tx, ticket, "joined", as_actor(actor), now, visible=True, data=state)


def _check_owner(tx: Tx, actor: Technician, ticket: TicketRecord) -> None:
    if ticket.state.status is Status.DONE:
        raise refuse(rules.TICKET_DONE)
    if ticket.state.assignee is None:
        raise refuse(rules.NOT_ASSIGNED_TO_YOU)
    if ticket.state.assignee != actor.id and not supervising.supervises(tx.conn, actor, ticket):
        raise refuse(rules.NOT_ASSIGNED_TO_YOU)


def _check_takers(tx: Tx, ticket: TicketRecord, to: Target) -> None:
    """Somebody there can take it."""
    if (to.team is None) == (to.technician is None):
        raise BadInput("Say either a team or a technician.", field="technician")
    if to.technician is not None:
        able = technicians.working(tx.conn, {to.technician}, ticket.company_id)
    elif teams.exists(tx.conn, ticket.company_id, str(to.team)):
        able = set(ways.team(tx.conn, str(to.team)).members)
    else:
        able = set()
    if not able - {ticket.state.assignee}:
        raise refuse(rules.CANNOT_TAKE)


def _lost(tx: Tx, ticket: TicketRecord, actor: Technician) -> bool:
    """Whether somebody else has accepted what this person was asked, and still has it."""
    last = transcript.last_of(tx.conn, ticket.id, ("offered", "offer_withdrawn", "transferred"))
    won = last is not None and last.kind == "transferred" and last.author_id == ticket.state.assignee
    return won and ticket.state.assignee != actor.id


def _end(tx: Tx, before: TicketRecord, actor: Technician, kind: str, now: int) -> TicketRecord:
    if before.offer is None:
        raise refuse(rules.NOT_OFFERED)
    transfers.remove(tx.conn, before.id)
    return line(tx, before, kind, as_actor(actor), now, data={"to": before.offer.name})
