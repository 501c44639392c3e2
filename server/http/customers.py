"""HTTP for customers: portal facts, opening a ticket, identity, and the chat for clients without a socket."""

import msgspec
from starlette.responses import Response

from server.bus import topics
from server.desk import downloads, estimates, front, marks, messages, opening, reading, shapes, steps
from server.desk.messages import Written
from server.domain import devices
from server.domain.people import Customer
from server.domain.ticket import Step
from server.errors import BadInput, Conflict, Forbidden, NotFound, Refused, TooMany
from server.http.routing import Call, Endpoint, Permission, customer_of
from server.http.tickets import EventsQuery, as_file, ticket_id
from server.origin import bearer, cookie, cookie_name, customer_cookie
from server.protocol import codec, rest
from server.protocol.shared import DeviceHints, Lang
from server.store import portals
from server.store.portals import PortalRecord

PORTAL = "/api/v1/portals/{portal}"
MINE = "/api/v1/customer/tickets/{ticket}"


class PortalQuery(msgspec.Struct, forbid_unknown_fields=True):
    """For whom."""

    lang: Lang | None = None
    """What the visitor reads."""


class CustomerTranscriptQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Format."""

    format: downloads.Format = "html"


async def portal_of(call: Call) -> PortalRecord:
    """The portal in the path. Raises NotFound."""
    slug = call.path("portal")
    portal = await call.desk.store.read(lambda conn: portals.by_slug(conn, slug))
    if portal is None:
        raise NotFound("There is no such portal.")
    return portal


def token_of(call: Call) -> str | None:
    """The customer's token, from the header or the cookie of the portal in the path."""
    headers, name = call.request.headers, customer_cookie(call.path("portal"))
    return bearer(headers.get("authorization", "")) or cookie(headers, name, call.desk.settings.url)


async def known_customer(call: Call, portal: PortalRecord) -> Customer | None:
    """Who this browser or app is at this portal."""
    customer = await call.desk.customers.known(token_of(call))
    return customer if customer is not None and customer.portal_id == portal.id else None


def with_token(call: Call, answer: msgspec.Struct, token: str | None, status: int = 200) -> Response:
    """The answer, with the token in a cookie when the caller asked for that.

    The cookie must work inside the widget's frame on another site: SameSite=None and Partitioned, which browsers take
    over TLS only; without TLS it is Lax, and the widget falls back to keeping the token itself.
    """
    storage: rest.Storage = call.body.storage
    response = Response(b"", status_code=status, media_type="application/json")
    response.headers["cache-control"] = "no-store"
    if storage == "cookie" and token is not None:
        answer = msgspec.structs.replace(answer, token=None)
        _set_cookie(call, response, token, call.desk.settings.customer_token_days * 86_400)
    response.body = codec.encode(answer)
    response.headers["content-length"] = str(len(response.body))
    return response


def _set_cookie(call: Call, response: Response, token: str, seconds: int) -> None:
    """0 seconds take it away; a browser does that only for the very attributes it was set with."""
    secure = call.desk.settings.url.startswith("https:")
    response.set_cookie(
        cookie_name(customer_cookie(call.path("portal")), secure=secure),
        token,
        max_age=seconds,
        secure=secure,
        httponly=True,
        samesite="none" if secure else "lax",
    )
    if secure:  # Starlette writes it from Python 3.14 on
        response.headers["set-cookie"] += "; Partitioned"


def device_of(call: Call, hints: DeviceHints | None) -> devices.Device:
    """The caller's device; only a client without a browser's cookie and origin may declare its class."""
    native = "origin" not in call.request.headers and "cookie" not in call.request.headers
    given = devices.Hints(**msgspec.structs.asdict(hints)) if hints else None
    return devices.classify(call.user_agent, given, native=native)


async def get_portal(call: Call) -> rest.Portal:
    """What the portal shows before anybody is known."""
    portal = await portal_of(call)
    return await front.look(call.desk, portal, call.query(PortalQuery).lang)


async def get_session(call: Call) -> rest.CustomerSession:
    """Who this browser or app is here, and its tickets."""
    portal = await portal_of(call)
    customer = await known_customer(call, portal)
    if customer is None:
        return rest.CustomerSession(known=False)
    return await session_of(call, customer, None)


async def session_of(call: Call, customer: Customer, token: str | None) -> rest.CustomerSession:
    """Who a customer is, for the device that has just become his."""
    return rest.CustomerSession(
        known=True,
        name=customer.name,
        verified=customer.verified,
        tickets=await reading.customer_tickets(call.desk, customer),
        languages=call.desk.translators.languages,
        token=token,
        account=customer.account_id,
        email=customer.email if customer.account_id else None,
    )


async def open_ticket(call: Call) -> Response:
    """Describe a problem: makes the ticket and, for a newcomer, the customer. Repeat with the same client_id safely."""
    portal = await portal_of(call)
    call.desk.rates.openings.check(call.network)
    form: rest.OpenTicket = call.body
    source = opening.Source(call.address, call.user_agent, device_of(call, form.device))
    opened = await opening.open_ticket(call.desk, portal, await known_customer(call, portal), form, source)
    answer = rest.Opened(
        ticket=shapes.customer_ticket(opened.ticket),
        ahead=opened.ahead,
        resume=call.desk.customers.resume_secret(opened.ticket.id),
        token=opened.token,
    )
    return with_token(call, answer, opened.token, 201)


async def identify(call: Call) -> Response:
    """Come in with a signed identity; this is the only way to a verified name."""
    portal = await portal_of(call)
    device = device_of(call, call.body.device)
    customer, token = await call.desk.customers.identify(portal, call.body.jwt, device.device_class)
    return with_token(call, await session_of(call, customer, token), token)


async def resume(call: Call) -> Response:
    """Come back to a ticket by its resume link."""
    portal = await portal_of(call)
    call.desk.rates.guesses.check(call.network)
    device = device_of(call, call.body.device)
    customer, token = await call.desk.customers.resume(portal, call.body.resume, device.device_class)
    return with_token(call, await session_of(call, customer, token), token)


async def forget(call: Call) -> Response:
    """Forget this browser or app."""
    await portal_of(call)  # a cookie is named after it
    await call.desk.customers.forget(token_of(call))
    response = Response(status_code=204)
    _set_cookie(call, response, "", 0)
    return response


async def list_events(call: Call) -> rest.CustomerEvents:
    """Events of my ticket after a number, and how it stands: state, place in the queue, read marks."""
    q = call.query(EventsQuery)
    ticket = ticket_id(call)

    async def read() -> reading.Stretch:
        customer = await customer_of(call) if q.wait else call.customer
        page = await reading.customer_page(call.desk, customer, ticket, q.after, q.epoch, whole=True)
        if q.wait:
            call.desk.slow_paths.seen(ticket)
        return page

    page = await call.desk.waiting.for_news(topics.customer(ticket), call.customer.id, read, q.wait)
    ahead = await reading.ahead(call.desk, ticket)
    return rest.CustomerEvents(
        epoch=call.desk.epoch,
        recovered=page.recovered,
        events=reading.customer_numbered(page.events),
        more=page.more,
        tail=page.tail,
        ticket=await reading.as_seen(call.desk, call.customer, page.ticket),
        ahead=ahead,
        read=page.read,
        wait=await estimates.wait(call.desk, page.ticket.queue_id, ahead),
        languages=call.desk.translators.languages,
        answers=page.answers,
    )


async def send_message(call: Call) -> rest.Sent:
    """Write to the technician; stored when answered. The same client_id again gives the same answer."""
    call.desk.rates.customers.check(call.customer.id)
    written = Written(call.body.client_id, call.body.text)
    event = await messages.customer_writes(call.desk, call.customer, ticket_id(call), written)
    return rest.Sent(event.id, event.customer_seq or 0)


async def mark_read(call: Call) -> None:
    """I have read up to this event; marks only move forward."""
    await marks.customer_read(call.desk, call.customer, ticket_id(call), call.body.event)


async def end_chat(call: Call) -> None:
    """End the chat."""
    await steps.customer_step(call.desk, call.customer, ticket_id(call), Step.CUSTOMER_END)


async def resume_chat(call: Call) -> None:
    """Go on with a chat that has ended."""
    await steps.customer_step(call.desk, call.customer, ticket_id(call), Step.CUSTOMER_RESUME)


async def resume_link(call: Call) -> rest.ResumeLink:
    """The secret of my ticket's resume link."""
    if call.customer.account_id is not None:
        raise Refused("sign_in_instead", "Whoever has an account comes back by signing in.")
    page = await reading.customer_page(call.desk, call.customer, ticket_id(call), None, None)
    return rest.ResumeLink(call.desk.customers.resume_secret(page.ticket.id))


async def transcript(call: Call) -> Response:
    """My whole transcript as HTML, text or JSON."""
    q = call.query(CustomerTranscriptQuery)
    return as_file(await downloads.for_customer(call.desk, call.customer, ticket_id(call), q.format))


_P, _C = Permission.PUBLIC, Permission.CUSTOMER
ROUTES: list[Endpoint] = [
    Endpoint(
        method="GET",
        path=PORTAL,
        permission=_P,
        handler=get_portal,
        query=PortalQuery,
        answer=rest.Portal,
        errors=(NotFound,),
    ),
    Endpoint(
        method="GET",
        path=f"{PORTAL}/session",
        permission=_P,
        handler=get_session,
        answer=rest.CustomerSession,
        errors=(NotFound,),
    ),
    Endpoint(
        method="POST",
        path=f"{PORTAL}/tickets",
        permission=_P,
        handler=open_ticket,
        body=rest.OpenTicket,
        answer=rest.Opened,
        status=201,
        errors=(BadInput, NotFound, Refused, Conflict, TooMany),
    ),
    Endpoint(
        method="POST",
        path=f"{PORTAL}/identify",
        permission=_P,
        handler=identify,
        body=rest.Identify,
        answer=rest.CustomerSession,
        errors=(BadInput, Forbidden, NotFound),
    ),
    Endpoint(
        method="POST",
        path=f"{PORTAL}/resume",
        permission=_P,
        handler=resume,
        body=rest.Resume,
        answer=rest.CustomerSession,
        errors=(BadInput, NotFound, TooMany),
    ),
    Endpoint(method="POST", path=f"{PORTAL}/forget", permission=_P, handler=forget, status=204, errors=(NotFound,)),
    Endpoint(
        method="GET",
        path=f"{MINE}/events",
        permission=_C,
        handler=list_events,
        query=EventsQuery,
        answer=rest.CustomerEvents,
        errors=(BadInput, NotFound),
    ),
    Endpoint(
        method="POST",
        path=f"{MINE}/messages",
        permission=_C,
        handler=send_message,
        body=rest.CustomerMessage,
        answer=rest.Sent,
        errors=(BadInput, NotFound, Refused, Conflict),
    ),
    Endpoint(
        method="POST",
        path=f"{MINE}/read",
        permission=_C,
        handler=mark_read,
        body=rest.CustomerRead,
        status=204,
        errors=(BadInput, NotFound),
    ),
    Endpoint(
        method="POST",
        path=f"{MINE}/end-chat",
        permission=_C,
        handler=end_chat,
        status=204,
        errors=(NotFound, Refused),
    ),
    Endpoint(
        method="POST",
        path=f"{MINE}/resume-chat",
        permission=_C,
        handler=resume_chat,
        status=204,
        errors=(NotFound, Refused),
    ),
    Endpoint(
        method="POST",
        path=f"{MINE}/resume-link",
        permission=_C,
        handler=resume_link,
        answer=rest.ResumeLink,
        errors=(NotFound, Refused),
    ),
    Endpoint(
        method="GET",
        path=f"{MINE}/transcript",
        permission=_C,
        handler=transcript,
        query=CustomerTranscriptQuery,
        answer=rest.CustomerTranscript,
        errors=(BadInput, NotFound),
        media=tuple(downloads.MEDIA.values()),
    ),
]
"""Every route of this module."""
