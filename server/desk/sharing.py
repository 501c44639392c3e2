"""A customer lets colleagues of his company read and comment a ticket (S-13, S-23), and takes that back.

``cannot_share`` is the one answer for an address that nobody has, that is disabled, or one's own, so that addresses
cannot be tried out.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from server.accounts.passwords import normal_email
from server.bus import topics
from server.bus.control import SharesChanged
from server.desk import announce, presence
from server.desk.desk import Desk, current, found
from server.desk.messages import as_actor, customer_as_actor, scope_of
from server.desk.persons import Person, scope
from server.domain.forms import Answer, addresses
from server.domain.people import Customer
from server.errors import NotFound, Refused
from server.protocol import codec
from server.protocol.rest import Shares
from server.protocol.shared import SharedWith
from server.store import customer_accounts as table
from server.store import portals, tickets, transcript
from server.store.base import Tx
from server.store.customer_accounts import Account
from server.store.tickets import TicketRecord
from server.store.transcript import Actor

MOST = 20
"""Colleagues at one ticket."""


async def shared_with(desk: Desk, person: Person, ticket_id: str) -> Shares:
    """Who reads this ticket. Raises NotFound."""

    def query(conn: Connection) -> Shares:
        found(tickets.get(conn, scope(person), ticket_id))
        return _told(conn, ticket_id)

    return await desk.store.read(query)


async def share(desk: Desk, person: Person, ticket_id: str, email: str) -> Shares:
    """Let the colleague with this address in. Raises NotFound, Refused."""
    now = desk.clock()

    def unit(tx: Tx) -> Shares:
        ticket, actor = _mine(tx, desk, person, ticket_id)
        if isinstance(person, Customer) and not _allowed(tx.conn, person, ticket):
            raise Refused("sharing_off", "Tickets are not shared at this portal.")
        _let_in(tx, ticket, actor, email, now)
        return _told(tx.conn, ticket_id)

    return await desk.store.write(unit)


def from_the_beginning(tx: Tx, customer: Customer, ticket: TicketRecord, answers: Iterable[Answer], now: int) -> None:
    """Whom the form of a new ticket names reads along (S-13), in the transaction that opens it.

    Raises Refused that names the field, and whom it is about: then there is no ticket either, and the form stays.
    """
    for answer in answers:
        if answer.kind != "colleagues":
            continue
        if customer.account_id is None:
            raise _no_account()
        for email in addresses(answer.value):
            try:
                _let_in(tx, ticket, customer_as_actor(customer, ticket), email, now)
            except Refused as refused:
                refused.field = f"answers.{answer.key}"
                raise


async def unshare(desk: Desk, person: Person, ticket_id: str, account_id: str) -> None:
    """This colleague reads no more, from this moment on. A colleague may also leave by himself. Raises NotFound."""
    now = desk.clock()

    def unit(tx: Tx) -> None:
        if isinstance(person, Customer) and person.account_id == account_id:
            ticket = found(tickets.locked(tx.conn, scope_of(person), ticket_id))
            actor = customer_as_actor(person, ticket)
        else:
            ticket, actor = _mine(tx, desk, person, ticket_id)
        account = table.unshare(tx.conn, ticket_id, account_id)
        if account is None:
            raise NotFound
        _tell(tx, ticket, actor, account, now, on=False)

    await desk.store.write(unit)


def _mine(tx: Tx, desk: Desk, person: Person, ticket_id: str) -> tuple[TicketRecord, Actor]:
    """The ticket of somebody who may say who reads it: its owner who has signed in, or a technician who sees it."""
    if isinstance(person, Customer):
        ticket = found(tickets.locked(tx.conn, scope_of(person, shared=False), ticket_id))
        if person.account_id is None:
            raise _no_account()
        return ticket, customer_as_actor(person, ticket)
    technician = current(tx.conn, person.id)
    presence.acts(tx, desk, technician.id, ticket_id)
    return found(tickets.locked(tx.conn, scope(technician), ticket_id)), as_actor(technician)


def _no_account() -> Refused:
    return Refused("sign_in_required", "Sign in first: only people with accounts share tickets.")


def _allowed(conn: Connection, customer: Customer, ticket: TicketRecord) -> bool:
    portal = portals.by_slug(conn, ticket.portal)
    return portal is not None and portal.settings.shares and portal.company_id == customer.company_id


def _let_in(tx: Tx, ticket: TicketRecord, actor: Actor, email: str, now: int) -> None:
    account = table.by_email(tx.conn, ticket.company_id, normal_email(email))
    if account is None or account.disabled or account == table.owner(tx.conn, ticket.id):
        raise Refused("cannot_share", "Nobody of your company can be reached under this address here.", who=email)
    if len(table.shares(tx.conn, ticket.id)) >= MOST:
        raise Refused("too_many_shares", f"At most {MOST} colleagues share a ticket.")
    if table.share(tx.conn, ticket.company_id, ticket.id, account.id, now):
        _tell(tx, ticket, actor, account, now, on=True)


def _tell(tx: Tx, ticket: TicketRecord, actor: Actor, account: Account, now: int, *, on: bool) -> None:
    """A line for both sides, and every socket that reads this ticket asks itself whether it still may."""
    event = transcript.append(
        tx.conn,
        company_id=ticket.company_id,
        ticket_id=ticket.id,
        kind="shared",
        actor=actor,
        now=now,
        visible=True,
        quiet=True,
        data={"name": account.name, "on": on},
    )
    announce.event(tx, event)
    if not on:
        tx.announce(topics.customer(ticket.id), 0, codec.encode(SharesChanged(ticket.id)))


def _told(conn: Connection, ticket_id: str) -> Shares:
    owner = table.owner(conn, ticket_id)
    return Shares(_person(owner) if owner else None, [_person(one) for one in table.shares(conn, ticket_id)])


def _person(account: Account) -> SharedWith:
    return SharedWith(account.id, account.name, account.email)
