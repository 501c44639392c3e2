"""A customer describes a problem: the ticket exists, with a key, a place in the queue and a first message."""

import hashlib

import msgspec

from server.accounts.customers import hashed
from server.accounts.throttle import network_of
from server.desk import announce, arriving, hours, session_keys, sharing
from server.desk.desk import Desk
from server.domain.devices import Device, DeviceClass
from server.domain.language import base
from server.domain.people import Customer
from server.domain.portal import check_fields
from server.domain.texts import fill, pick
from server.domain.words import search_text
from server.errors import Conflict, Refused
from server.protocol.rest import OpenTicket
from server.store import customers, outbox, portals, queues, tickets, transcript
from server.store.base import Tx
from server.store.portals import PortalRecord
from server.store.tickets import TicketRecord
from server.store.transcript import Actor

ANONYMOUS = "?"
"""Shown where a portal does not ask for a name; clients put their own word for "a customer" in its place."""


class Source(msgspec.Struct, frozen=True):
    """Where a ticket came from."""

    address: str
    user_agent: str
    device: Device


class OpenedTicket(msgspec.Struct, frozen=True):
    """``token`` is there when the ticket made its customer, on a repeated request too."""

    ticket: TicketRecord
    customer: Customer
    ahead: int
    token: str | None


async def open_ticket(
    desk: Desk, portal: PortalRecord, known: Customer | None, form: OpenTicket, source: Source
) -> OpenedTicket:
    """Open a ticket. The same client_id with the same words gives the same ticket; with others Conflict.

    ``known``: the customer of this browser at this portal, or None for a newcomer. What is known of him need not be
    filled in again.
    """
    if known is not None and known.portal_id != portal.id:
        known = None
    if portal.settings.sign_in == "required" and not (known and (known.account_id or known.verified)):
        raise Refused("sign_in_required", "Sign in first: this portal takes tickets of people it knows only.")
    fields = check_fields(
        portal.settings,
        {
            "name": form.name or (known.name if known else None),
            "email": form.email or (known.email if known else None),
            "company": form.company,
            "company_code": form.company_code,
        },
    )
    said = _said(form)
    now = desk.clock()
    token = desk.customers.token_for(portal.id, form.client_id)

    if form.session_key is not None:
        await session_keys.admit(desk, portal, form.session_key, network_of(source.address), form.client_id)

    def unit(tx: Tx) -> OpenedTicket:
        earlier = tickets.by_client_id(tx.conn, portal.id, form.client_id)
        if earlier is not None:
            ticket_id, said_then = earlier
            if said_then != said:
                raise Conflict
            return _answer(tx, ticket_id, token)
        if portal.disabled:
            raise Refused("portal_disabled", "This portal takes no tickets any more.")
        if form.session_key is None:
            hours.check_open(tx.conn, portal.id, now)
        to = arriving.destination(tx, desk, portal, form, now)
        device_class = source.device.device_class
        customer = _customer(tx, desk, portal, known, fields["name"], fields["email"], token, device_class, now)
        name = customer.name or fields["name"] or ANONYMOUS
        ticket_id = tickets.insert(
            tx.conn,
            now,
            company_id=portal.company_id,
            portal_id=portal.id,
            queue_id=to.queue_id,
            customer_id=customer.id,
            key_prefix=portal.key_prefix,
            key_no=portals.next_key_no(tx.conn, portal.key_prefix),
            client_id=form.client_id,
            client_hash=said,
            subject=form.subject,
            customer_name=name,
            customer_sort=search_text(name),
            email=customer.email or fields["email"],
            company_name=fields["company"],
            company_code=fields["company_code"],
            verified=customer.verified,
            language=base(form.lang) if form.lang else None,
            translate=portal.settings.translation,
            ip=source.address,
            user_agent=source.user_agent,
            device_class=source.device.device_class,
            os=source.device.os,
            browser=source.device.browser,
            way=to.way,
            priority=to.priority,
            issue_type_id=to.issue_type_id,
            issue_type=to.issue_type,
            **({"answers": msgspec.to_builtins(to.answers)} if to.answers else {}),
        )
        if to.session_key is not None:
            session_keys.opened(tx, to.session_key, ticket_id)
        outbox.add(tx.conn, "search", portal.company_id, ticket_id)
        _greet(tx, portal, form, ticket_id, name, now)
        event = transcript.append(
            tx.conn,
            company_id=portal.company_id,
            ticket_id=ticket_id,
            kind="message",
            actor=Actor("customer", customer.id, name, name),
            now=now,
            visible=True,
            body=form.description,
            # no client_id: technicians see events, and this one would give them the customer's token
        )
        announce.summary(tx, ticket_id, before=None)
        announce.event(tx, event)
        if to.answers:
            sharing.from_the_beginning(tx, customer, tickets.unscoped(tx.conn, ticket_id), to.answers, now)
        return _answer(tx, ticket_id, token)

    return await desk.store.write(unit)


def _greet(tx: Tx, portal: PortalRecord, form: OpenTicket, ticket_id: str, name: str, now: int) -> None:
    """The portal's own first line, in the customer's language as far as somebody has written it."""
    text = pick(portal.settings.texts.greeting, [*([form.lang] if form.lang else []), *portal.settings.languages])
    if text is None:
        return
    key = tickets.unscoped(tx.conn, ticket_id).key
    event = transcript.append(
        tx.conn,
        company_id=portal.company_id,
        ticket_id=ticket_id,
        kind="message",
        actor=Actor("system", None, portal.name, portal.name),
        now=now,
        visible=True,
        body=fill(text, {"name": "" if name == ANONYMOUS else name, "key": key, "portal": portal.name}),
    )
    announce.event(tx, event)


def _said(form: OpenTicket) -> str:
    """Tells the same request from another one with its client_id."""
    words = [form.subject, form.description, form.name, form.email, form.company, form.company_code]
    chosen = [form.issue_type, form.technician, form.session_key]
    ways = [*chosen, form.answers] if form.answers or any(chosen) else []
    return hashlib.sha256(msgspec.json.encode([*words, *ways], order="deterministic")).hexdigest()


def _customer(
    tx: Tx,
    desk: Desk,
    portal: PortalRecord,
    known: Customer | None,
    name: str | None,
    email: str | None,
    token: str,
    device_class: DeviceClass,
    now: int,
) -> Customer:
    """The known customer under today's name, or a new one with a token. A name that is vouched for stays."""
    if known is None:
        customer = customers.add(tx.conn, portal.company_id, portal.id, name, email, None, now)
        desk.customers.remember(tx, customer, token, now, device_class)
        return customer
    if known.verified or known.account_id or (name or known.name, email or known.email) == (known.name, known.email):
        return known
    customers.rename(tx.conn, known.id, name or known.name, email or known.email)
    return msgspec.structs.replace(known, name=name or known.name, email=email or known.email)


def _answer(tx: Tx, ticket_id: str, token: str) -> OpenedTicket:
    ticket = tickets.unscoped(tx.conn, ticket_id)
    customer = customers.get(tx.conn, ticket.customer_id)
    if customer is None:
        raise LookupError(f"ticket {ticket_id} has no customer")
    made = customers.has_token(tx.conn, customer.id, hashed(token))
    return OpenedTicket(ticket, customer, queues.ahead(tx.conn, [ticket.id])[0] or 0, token if made else None)
