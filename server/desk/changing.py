"""The one way in which a ticket's state changes: stored, with its line, and told. And what goes with its owner."""

from typing import Any

from server.desk import announce
from server.domain import ticket as rules
from server.domain.ticket import Chat, State, View
from server.store import notices, participants, tickets, transcript, transfers
from server.store.base import Tx
from server.store.tickets import TicketRecord
from server.store.transcript import Actor


def change(
    tx: Tx,
    before: TicketRecord,
    after: State,
    kind: str,
    actor: Actor,
    now: int,
    *,
    visible: bool,
    data: dict[str, Any] | None = None,
    body: str = "",
    **columns: Any,
) -> TicketRecord:
    """Store the new state, write the line, tell everybody. ``columns``: what else changes of the ticket."""
    if after.assignee is not None and before.state.assignee is None and before.picked_at is None:
        columns["picked_at"] = now
    tickets.set_state(tx.conn, before.id, after, **columns)
    _settle(tx, before, after)
    return line(
        tx,
        before,
        kind,
        actor,
        now,
        visible=visible,
        data={"status": after.status, "chat": after.chat, **(data or {})},
        body=body,
    )


def line(
    tx: Tx,
    before: TicketRecord,
    kind: str,
    actor: Actor,
    now: int,
    *,
    visible: bool = False,
    data: dict[str, Any] | None = None,
    body: str = "",
) -> TicketRecord:
    """A line about what was stored already; returns the ticket as it is now."""
    said(tx, before, kind, actor, now, visible=visible, data=data, body=body)
    return announce.summary(tx, before.id, before=before)


def said(
    tx: Tx,
    ticket: TicketRecord,
    kind: str,
    actor: Actor,
    now: int,
    *,
    visible: bool,
    quiet: bool = False,
    data: dict[str, Any] | None = None,
    body: str = "",
) -> None:
    """A line that changes nothing of what lists show."""
    event = transcript.append(
        tx.conn,
        company_id=ticket.company_id,
        ticket_id=ticket.id,
        kind=kind,
        actor=actor,
        now=now,
        visible=visible,
        quiet=quiet,
        data=data,
        body=body,
    )
    announce.event(tx, event)


def went_back(tx: Tx, before: TicketRecord, kind: str, actor: Actor, now: int, **data: Any) -> TicketRecord:
    """The ticket waits again where it waited before; of who had it the customer learns only if he was in the chat."""
    after = rules.give_back(before.state)
    left = before.assignee_public_name if before.state.joined else None
    said = {"previous": before.assignee_name, "left": left, **data}
    visible = before.state.joined or after.status is not before.state.status
    return change(tx, before, after, kind, actor, now, visible=visible, data=said)


def _settle(tx: Tx, before: TicketRecord, after: State) -> None:
    """An offer is its owner's, and helpers are there as long as somebody has the chat that they were invited into.

    Whoever goes on with an ended chat, or has no ticket any more, waits for no news.
    """
    if before.news and (after.chat is not Chat.ENDED or after.view is View.COMPLETED):
        for notice_id in notices.leave(tx.conn, before.id):
            announce.waiters(tx, notice_id, before.company_id)
    if before.offer and (after.assignee != before.state.assignee or after.view is View.COMPLETED):
        transfers.remove(tx.conn, before.id)
    if before.helpers and not rules.helpers_stay(after):
        participants.remove_all(tx.conn, before.id)
    elif any(helper.id == after.assignee for helper in before.helpers):
        participants.remove(tx.conn, before.id, str(after.assignee))
