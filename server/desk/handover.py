"""Continue on another device (X-4): a short key, shown by the chat or by its technician, lets a phone join the chat.

What a key looks like: domain/keys. What stops those who guess: accounts/guesses.
"""

import secrets
from typing import Final

import msgspec

from server.accounts import guesses
from server.desk import announce
from server.desk.desk import Desk, current, found
from server.desk.persons import Person, scope, side
from server.domain.devices import DeviceClass
from server.domain.keys import new_key, plain
from server.domain.people import Technician
from server.domain.ticket import CHAT_ENDED, NOT_ASSIGNED_TO_YOU, TICKET_DONE, Chat, State, Status, refuse
from server.errors import NotFound, Refused
from server.store import customer_accounts, customers, handovers, tickets, transcript
from server.store.base import Tx
from server.store.handovers import Handover
from server.store.portals import PortalRecord
from server.store.tickets import TicketRecord
from server.store.transcript import Actor

LIFE_MS: Final = 600_000


class Key(msgspec.Struct, frozen=True):
    """To be shown, and stored nowhere."""

    key: str
    portal: str
    expires_at: int


class Joined(msgspec.Struct, frozen=True):
    """What a key has opened."""

    ticket: TicketRecord
    token: str


async def make(desk: Desk, person: Person, ticket_id: str) -> Key:
    """A new key for this ticket; the one before it ends. Raises NotFound, Refused."""
    key, expires_at = new_key(), desk.clock() + LIFE_MS

    def unit(tx: Tx) -> Key:
        ticket = found(tickets.locked(tx.conn, scope(person, shared=False), ticket_id))
        _check(tx, person, ticket.state)
        key_hash = desk.customers.handover_hash(ticket.portal_id, key)
        handovers.put(tx.conn, ticket.company_id, ticket.id, key_hash, side(person), expires_at)
        return Key(key, ticket.portal, expires_at)

    return await desk.store.write(unit)


async def revoke(desk: Desk, person: Person, ticket_id: str) -> None:
    """The key is worth nothing any more. Raises NotFound."""

    def unit(tx: Tx) -> None:
        found(tickets.locked(tx.conn, scope(person, shared=False), ticket_id))
        handovers.drop(tx.conn, ticket_id)

    await desk.store.write(unit)


async def join(desk: Desk, portal: PortalRecord, key: str, device_class: DeviceClass, network: str) -> Joined:
    """The customer's chat, with a new token, for a key of this portal; it is used up. Raises NotFound, TooMany.

    Both sides read in the transcript that another device is there, and who made its key.
    """
    key_hash = desk.customers.handover_hash(portal.id, plain(key))
    token, now = secrets.token_hex(32), desk.clock()

    def unit(tx: Tx) -> TicketRecord | None:
        guesses.check(tx.conn, network, now)
        taken = handovers.take(tx.conn, portal.id, key_hash, now)
        if taken is None:
            guesses.wrong(tx.conn, network, now)
            return None  # and no error, which would undo the counting
        return _joined(tx, taken)

    def _joined(tx: Tx, taken: Handover) -> TicketRecord | None:
        tickets.lock(tx.conn, taken.ticket_id)
        ticket = tickets.unscoped(tx.conn, taken.ticket_id)
        customer = customers.get(tx.conn, ticket.customer_id)
        if customer is None or not customer_accounts.may_come_in(tx.conn, customer):
            return None
        if _closed(ticket.state) is not None:
            return None
        desk.customers.remember(tx, customer, token, now, device_class)
        event = transcript.append(
            tx.conn,
            company_id=ticket.company_id,
            ticket_id=ticket.id,
            kind="device_joined",
            actor=Actor("customer", customer.id, ticket.customer_name, ticket.customer_name),
            now=now,
            visible=True,
            data={"device_class": device_class, "key_by": taken.role},
        )
        announce.event(tx, event)
        return tickets.unscoped(tx.conn, ticket.id)

    ticket = await desk.store.write(unit)
    if ticket is None:
        raise NotFound("This key is not valid, or not any more. Ask for a new one.")
    return Joined(ticket, token)


def _check(tx: Tx, person: Person, state: State) -> None:
    if isinstance(person, Technician) and state.assignee != current(tx.conn, person.id).id:
        raise refuse(NOT_ASSIGNED_TO_YOU)
    closed = _closed(state)
    if closed is not None:
        raise closed


def _closed(state: State) -> Refused | None:
    """A key dies with the chat."""
    if state.status is Status.DONE:
        return refuse(TICKET_DONE)
    return refuse(CHAT_ENDED) if state.chat is Chat.ENDED else None
