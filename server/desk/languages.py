"""Who reads and writes which language: the customer of a ticket, a technician, and who has opened which ticket.

Languages are base tags everywhere behind the doors (``fr``, not ``fr-CA``).
"""

from sqlalchemy import Connection

from server.accounts import changes
from server.bus.control import PersonChanged
from server.desk import announce, presence
from server.desk.desk import Desk, current, found, staff
from server.desk.messages import as_actor, scope_of
from server.domain.language import base
from server.domain.people import Customer, Technician
from server.domain.ticket import State
from server.errors import BadInput
from server.store import outbox, technicians, tickets, transcript, translation
from server.store.base import Tx
from server.store.tickets import TicketRecord
from server.store.transcript import Actor


async def customer_speaks(desk: Desk, customer: Customer, ticket_id: str, lang: str) -> TicketRecord:
    """The customer says which language is his. Raises NotFound, BadInput."""
    lang, now = checked(lang), desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        ticket = found(tickets.locked(tx.conn, scope_of(customer, shared=False), ticket_id))
        actor = Actor("customer", customer.id, ticket.customer_name, ticket.customer_name)
        change(tx, ticket_id, lang, actor, now, chosen=True)
        return tickets.unscoped(tx.conn, ticket_id)

    return await desk.store.write(unit)


async def set_customers(desk: Desk, technician: Technician, ticket_id: str, lang: str) -> TicketRecord:
    """A technician says which language is the customer's. Raises NotFound, BadInput."""
    lang, now = checked(lang), desk.clock()

    def unit(tx: Tx) -> TicketRecord:
        actor = current(tx.conn, technician.id)
        presence.acts(tx, desk, actor.id, ticket_id)
        found(tickets.locked(tx.conn, staff(actor), ticket_id))
        change(tx, ticket_id, lang, as_actor(actor), now, chosen=True)
        return tickets.unscoped(tx.conn, ticket_id)

    return await desk.store.write(unit)


def change(tx: Tx, ticket_id: str, lang: str, actor: Actor, now: int, *, chosen: bool) -> None:
    """The customer's language is this from here on; both sides are told, and what was said is translated anew.

    ``chosen``: a person says so, which no running vote changes any more. The ticket is locked.
    """
    ticket = translation.of_ticket(tx.conn, ticket_id)
    translation.set_language(tx.conn, ticket_id, lang, chosen=chosen)
    if ticket.languages.customer == lang:
        return
    event = transcript.append(
        tx.conn,
        company_id=ticket.company_id,
        ticket_id=ticket_id,
        kind="language",
        actor=actor,
        now=now,
        visible=True,
        quiet=True,
        data={"lang": lang},
    )
    announce.event(tx, event)
    if ticket.translate:
        catch_up(tx, ticket.company_id, ticket_id)


async def choose_own(desk: Desk, technician_id: str, lang: str) -> Technician:
    """A technician says which language is his own; the tickets he has are translated into it. Raises BadInput."""
    lang, now = checked(lang), desk.clock()

    def unit(tx: Tx) -> Technician:
        presence.acts(tx, desk, technician_id)
        is_own(tx, technician_id, lang, now)
        return current(tx.conn, technician_id)

    return await desk.store.write(unit)


def is_own(tx: Tx, technician_id: str, lang: str, now: int) -> None:
    """A technician's language is this from here on: his open pages are told, and the customers with whom he chats."""
    technicians.set_language(tx.conn, technician_id, lang)
    changes.announce(tx, PersonChanged(technician_id, profile=True))
    for ticket in tickets.held(tx.conn, technician_id):
        if ticket.translate:
            _reads(tx, ticket, lang, now)
            tx.announcements += announce.translates(ticket)


async def opens(desk: Desk, technician: Technician, ticket: TicketRecord) -> None:
    """This technician looks at the ticket: from now on it is translated for him too, what was said before included."""
    if not ticket.translate:
        return
    account = await desk.store.ask(technicians.by_ids, technician.id)
    lang = account.technician.language if account else None
    if lang is None or lang in ticket.languages:
        return
    now = desk.clock()

    def unit(tx: Tx) -> None:
        tickets.lock(tx.conn, ticket.id)
        _reads(tx, ticket, lang, now)

    await desk.store.write(unit)


def takes(tx: Tx, technician: Technician, ticket: TicketRecord, now: int) -> None:
    """This technician takes the ticket, or joins the chat, perhaps without having opened it in a console."""
    if ticket.translate and technician.language is not None:
        _reads(tx, ticket, technician.language, now)


def _reads(tx: Tx, ticket: TicketRecord, lang: str, now: int) -> None:
    if lang not in translation.read_languages(tx.conn, ticket.id):
        translation.is_read(tx.conn, ticket.company_id, ticket.id, lang, now)
        catch_up(tx, ticket.company_id, ticket.id)


def of_assignee(conn: Connection, state: State) -> str | None:
    """What the technician in the chat reads, as far as it is known."""
    account = technicians.by_id(conn, state.assignee) if state.assignee and state.joined else None
    return account.technician.language if account else None


def catch_up(tx: Tx, company_id: str, ticket_id: str) -> None:
    """Leave it to the translators to bring this ticket up to date: another language, or another source."""
    outbox.add(tx.conn, translation.CATCH_UP, company_id, ticket_id)
    tx.announcements.append(announce.TO_CATCH_UP)


def checked(lang: str) -> str:
    """The base tag. Raises BadInput."""
    found_base = base(lang)
    if found_base is None:
        raise BadInput("This is no language.", field="lang")
    return found_base
