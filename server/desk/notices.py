"""Notices for those who read them: what a portal shows now, and "this is my problem, I wait for news" (B-50, B-52).

Whoever waits for news has left the queue: the chat has ended, as by his own word, and he can go on with it at any time,
in his old place. What is special is kept as a row of ``notice_waits`` for as long as that chat stays ended.
"""

from typing import Any, Final, Literal

from sqlalchemy import Connection

from server.desk import announce, hours
from server.desk.changing import change, line, said
from server.desk.desk import Desk, found
from server.desk.messages import scope_of
from server.domain import notice as rules
from server.domain import ticket as ticket_rules
from server.domain.people import Customer, Technician
from server.domain.portal import PortalSettings
from server.domain.ticket import Step
from server.errors import NotFound, Refused
from server.protocol import rest
from server.protocol.administration import Notice, NoticeDraft
from server.store import notices, portals, schedules, tickets
from server.store.base import Tx
from server.store.notices import NoticeRecord
from server.store.portals import PortalRecord
from server.store.schedules import Door
from server.store.tickets import TicketRecord
from server.store.transcript import Actor

SYSTEM: Final = Actor("system", None, "", "")
Change = Literal["changed", "over"]
AT_ONCE: Final = 100
"""Of those who wait for news so many are told in one transaction: messages do not wait for all of them."""


# --- reading ----------------------------------------------------------------------------------------------------------


def shown(conn: Connection, portal: PortalRecord, langs: list[str], now: int) -> list[rest.ShownNotice]:
    """What the portal shows now, for somebody who reads these languages."""
    records = notices.shown(conn, portal.id, now)
    made = notices.translations(conn, [record.id for record in records]) if portal.settings.translation else {}
    return [_for_reader(record, langs, made) for record in records]


def _for_reader(
    record: NoticeRecord, langs: list[str], made: dict[tuple[str, str], tuple[str, str | None]]
) -> rest.ShownNotice:
    mine = {
        lang: text
        for (of, lang), (original, text) in made.items()
        if of == record.id and original == record.written.mark and text is not None
    }
    told = rules.told(record.written, langs, mine)
    original, original_lang = (record.text, record.lang) if told.machine else (None, None)
    return rest.ShownNotice(
        *(record.id, told.text, told.lang, told.machine, record.expires_at), original, original_lang
    )


async def for_technician(desk: Desk, technician: Technician) -> rest.DeskNews:
    """Notices and opening hours of the companies that a technician sees."""
    now = desk.clock()

    def read(conn: Connection) -> rest.DeskNews:
        companies = technician.companies
        shown_now = notices.of_companies(conn, companies, now)
        waiting = notices.waiting(conn, [record.id for record, _ in shown_now])
        told = [
            rest.StaffNotice(
                id=record.id,
                company=record.company_id,
                portals=slugs,
                name=record.name,
                text=record.text,
                lang=record.lang,
                expires_at=record.expires_at,
                waiting=waiting[record.id],
            )
            for record, slugs in shown_now
        ]
        known = portals.settings_of_companies(conn, companies)
        doors = [_hours(door, known[door.portal_id], now) for door in schedules.doors(conn, companies)]
        return rest.DeskNews(told, doors)

    return await desk.store.read(read)


def _hours(door: Door, settings: PortalSettings, now: int) -> rest.PortalHours:
    standing = hours.standing_of(door, now)
    return rest.PortalHours(
        portal=door.slug,
        company=door.company_id,
        open=standing.open,
        opens_at=standing.opens_at,
        closes_at=standing.closes_at,
        amber_minutes=settings.amber_minutes,
        red_minutes=settings.red_minutes,
        accounts=settings.sign_in != "off",
    )


# --- waiting for news -------------------------------------------------------------------------------------------------


async def wait(desk: Desk, customer: Customer, ticket_id: str, notice_id: str) -> None:
    """A customer who waits in a queue has found his problem in a notice: he leaves the queue, and is told of news.

    The same again changes nothing. Raises NotFound (also for a notice that is over), Refused.
    """
    now = desk.clock()

    def unit(tx: Tx) -> None:
        ticket = found(tickets.locked(tx.conn, scope_of(customer, shared=False), ticket_id))
        _must_be_shown(tx.conn, ticket.portal_id, notice_id, now)
        if not ticket.state.waits_in_queue and not notices.waits(tx.conn, notice_id, ticket_id):
            raise Refused("not_waiting", "This request does not wait in a queue.")
        if notices.wait(tx.conn, ticket.company_id, notice_id, ticket_id, now):
            after = ticket_rules.take(ticket.state, Step.CUSTOMER_END, None, now)
            actor = Actor("customer", customer.id, ticket.customer_name, ticket.customer_name)
            change(tx, ticket, after, "waits_for_news", actor, now, visible=True, data={"notice": notice_id})
            announce.waiters(tx, notice_id, ticket.company_id)

    await desk.store.write(unit)


async def visitor_waits(desk: Desk, portal: PortalRecord, notice_id: str) -> None:
    """Somebody without a ticket has found his problem in a notice: one more, of whom nothing is kept."""
    now = desk.clock()

    def unit(tx: Tx) -> None:
        _must_be_shown(tx.conn, portal.id, notice_id, now)
        notices.visitor(tx.conn, notice_id)
        announce.waiters(tx, notice_id, portal.company_id)

    await desk.store.write(unit)


def changed(tx: Tx, before: Notice, after: NoticeDraft, now: int) -> None:
    """An administrator has changed a notice: those who wait for news of it are told what it says now.

    Where it is not shown any more it is ``over``, of which ``Moments`` tells.
    """
    if (before.text, before.texts) != (after.text, after.texts):
        for ticket in tickets.known(tx.conn, notices.tickets_waiting(tx.conn, before.id, now)):
            said(tx, ticket, "news", SYSTEM, now, visible=True, data=_news(ticket, before.id, "changed"))


def over(tx: Tx, notice_id: str, now: int) -> bool:
    """Those who wait for it in vain are told, once, AT_ONCE of them. True: that was all."""
    ids = notices.tickets_waiting_in_vain(tx.conn, notice_id, now, AT_ONCE)
    for ticket in tickets.known(tx.conn, ids):
        _over(tx, notice_id, ticket, now)
    return len(ids) < AT_ONCE


def _over(tx: Tx, notice_id: str, ticket: TicketRecord, now: int) -> None:
    """A line that asks whether the problem is still there, and lists mark it no longer."""
    if notices.told(tx.conn, notice_id, ticket.id):  # else somebody else was faster
        line(tx, ticket, "news", SYSTEM, now, visible=True, data=_news(ticket, notice_id, "over"))


def _news(ticket: TicketRecord, notice_id: str, what: Change) -> dict[str, Any]:
    return {"status": ticket.state.status, "chat": ticket.state.chat, "notice": notice_id, "change": what}


def _must_be_shown(conn: Connection, portal_id: str, notice_id: str, now: int) -> None:
    if notice_id not in {record.id for record in notices.shown(conn, portal_id, now)}:
        raise NotFound("There is no such notice any more.")
