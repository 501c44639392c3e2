"""Steps of a ticket's life: assign, join, unassign, end, close, reopen, undo; and the customer's end and go on."""

from typing import Any, Final

from server.desk import languages, presence
from server.desk.changing import change
from server.desk.desk import Desk, current, found, staff
from server.desk.messages import as_actor, scope_of
from server.domain import ticket as rules
from server.domain.people import Customer, Technician
from server.domain.ticket import Outcome, State, Step
from server.errors import Refused
from server.store import portals, technicians, tickets
from server.store.base import Tx
from server.store.tickets import TicketRecord
from server.store.transcript import Actor

_KIND: Final[dict[Step, str]] = {
    Step.ASSIGN: "assigned",
    Step.JOIN: "joined",
    Step.END_CHAT: "chat_ended",
    Step.CLOSE: "closed",
    Step.REOPEN: "reopened",
    Step.CUSTOMER_END: "chat_ended",
    Step.CUSTOMER_RESUME: "chat_resumed",
}

_OWNING: Final = (Step.ASSIGN, Step.UNASSIGN, Step.END_CHAT, Step.CLOSE)
"""After these somebody has more or fewer chats than before."""


async def take_step(
    desk: Desk, technician: Technician, ticket_id: str, step: Step, outcome: Outcome | None = None
) -> TicketRecord:
    """A technician takes a step. Raises Refused with the rule (already_assigned names the winner), or NotFound.

    Rights and availability are looked up in the same transaction, not taken from the socket's memory.
    """
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        actor = current(tx.conn, technician.id)
        presence.acts(tx, desk, actor.id, ticket_id)
        before = found(tickets.locked(tx.conn, staff(actor), ticket_id))
        try:
            after = rules.take(before.state, step, actor.id, now)
        except Refused as error:
            if error.who is not None:
                error.who = before.assignee_name
            raise
        kind = _KIND.get(step) or ("left" if before.state.joined else "unassigned")
        if step is Step.ASSIGN and before.state.assignee is not None:
            kind = "taken_over"
        if step in (Step.ASSIGN, Step.JOIN):
            languages.takes(tx, actor, before, now)
        if step in _OWNING:
            technicians.idle_from(tx.conn, actor.id, now)
        return _apply(tx, before, after, kind, as_actor(actor), now, outcome)

    return await desk.store.write(unit)


async def undo(desk: Desk, technician: Technician, ticket_id: str) -> TicketRecord:
    """Take back my own End chat or Close of less than 5 s ago."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        actor = current(tx.conn, technician.id)
        presence.acts(tx, desk, actor.id, ticket_id)
        before = found(tickets.locked(tx.conn, staff(actor), ticket_id))
        after = rules.undo(before.state, actor.id, now)
        undone = before.state.undo
        kind = "reopened" if undone is not None and undone.step is Step.CLOSE else "chat_resumed"
        return _apply(tx, before, after, kind, as_actor(actor), now, None)

    return await desk.store.write(unit)


async def customer_step(desk: Desk, customer: Customer, ticket_id: str, step: Step) -> TicketRecord:
    """The customer ends the chat, or goes on with it. Raises Refused or NotFound."""
    now = desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        before = found(tickets.locked(tx.conn, scope_of(customer, shared=False), ticket_id))
        after = rules.take(before.state, step, None, now)
        actor = Actor("customer", customer.id, before.customer_name, before.customer_name)
        return _apply(tx, before, after, _KIND[step], actor, now, None)

    return await desk.store.write(unit)


def _apply(
    tx: Tx, before: TicketRecord, after: State, kind: str, actor: Actor, now: int, outcome: Outcome | None
) -> TicketRecord:
    """What a step changes besides the state, and what its line says."""
    more: dict[str, Any] = {}
    if kind == "closed":
        more = {"closed_at": now, "outcome": outcome}
    elif kind == "reopened":
        more = {"closed_at": None, "outcome": None}
        if after.view is rules.View.NEW:
            more |= {"queued_at": now, "picked_at": None}
        more["translate"] = portals.of_ticket(tx.conn, before.id)[1].translation  # it may have changed since
    data: dict[str, Any] = {"outcome": outcome}
    if more.get("translate", before.translate) and after.joined:
        data["reader"] = languages.of_assignee(tx.conn, after)
    # who works on a ticket is internal until somebody joins; the status is not
    visible = kind not in ("assigned", "unassigned", "taken_over") or after.status is not before.state.status
    if kind == "taken_over":
        data |= {"previous": before.assignee_name, "left": before.assignee_public_name if before.state.joined else None}
        visible = visible or before.state.joined
    return change(tx, before, after, kind, actor, now, visible=visible, data=data, **more)
