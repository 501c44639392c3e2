"""HTTP for customers who sign in with a password, for what they share, and for administrators who invite them."""

from functools import partial

from starlette.responses import Response

from server.accounts.customer_accounts import Browser
from server.desk import inviting, reading, sharing, taking_along
from server.domain.people import Customer
from server.errors import BadInput, NotFound, Refused, TooMany, Unauthenticated
from server.http.administration import ADMIN, item_id, with_version
from server.http.customers import MINE, PORTAL, device_of, known_customer, portal_of, session_of, token_of, with_token
from server.http.routing import Call, Endpoint, Permission
from server.http.tickets import TICKET, ticket_id
from server.protocol import rest
from server.protocol.administration import CustomerAccount
from server.store.portals import PortalRecord


async def _browser(call: Call, portal: PortalRecord) -> Browser:
    """Where somebody signs in from, and whom he was there before, if his tickets come along."""
    before = await known_customer(call, portal) if call.body.take_along else None
    entering = partial(taking_along.take_along, before=before) if before else None
    return Browser(call.network, device_of(call, call.body.device).device_class, entering)


async def _entered(call: Call, entered: tuple[Customer, str]) -> Response:
    customer, token = entered
    return with_token(call, await session_of(call, customer, token), token)


async def sign_in(call: Call) -> Response:
    """Sign in with e-mail address and password."""
    portal, body = await portal_of(call), call.body
    browser = await _browser(call, portal)
    return await _entered(call, await call.desk.accounts.sign_in(portal, body.email, body.password, browser))


async def register(call: Call) -> Response:
    """Make an account, where the portal allows it."""
    portal, body = await portal_of(call), call.body
    call.desk.rates.openings.check(call.network)
    browser = await _browser(call, portal)
    return await _entered(
        call, await call.desk.accounts.register(portal, body.email, body.name, body.password, browser)
    )


async def look_at_link(call: Call) -> rest.Invitation:
    """Whose link this is, before a password is chosen; it is not used up."""
    call.desk.rates.guesses.check(call.network)
    account = await call.desk.accounts.invited(await portal_of(call), call.body.link)
    return rest.Invitation(account.email, account.name)


async def choose_password(call: Call) -> Response:
    """Follow a link: choose a password, and be signed in."""
    portal, body = await portal_of(call), call.body
    call.desk.rates.guesses.check(call.network)
    browser = await _browser(call, portal)
    return await _entered(call, await call.desk.accounts.choose_password(portal, body.link, body.password, browser))


async def change_password(call: Call) -> None:
    """Change my password; other browsers and apps have to sign in again."""
    customer = await _signed_in(call)
    await call.desk.accounts.change_password(customer, token_of(call) or "", call.body.current, call.body.new)


async def my_tickets(call: Call) -> rest.OwnTickets:
    """My tickets at all portals of the company, and those that are shared with me; or the one with a key."""
    portal = await portal_of(call)
    customer = await known_customer(call, portal)
    if customer is None:
        raise Unauthenticated
    q = call.query(rest.OwnTicketsQuery)
    own = await reading.own_tickets(call.desk, customer, q.before, q.key)
    return rest.OwnTickets(own.tickets, own.more)


async def list_shares(call: Call) -> rest.Shares:
    """Who reads this ticket: its owner, and whom it is shared with."""
    return await sharing.shared_with(call.desk, call.person, ticket_id(call))


async def share(call: Call) -> rest.Shares:
    """Let a colleague of the same company read and comment this ticket."""
    await list_shares(call)  # what is out of reach is that first, also for whoever tries addresses
    call.desk.rates.guesses.check(call.network)
    return await sharing.share(call.desk, call.person, ticket_id(call), call.body.email)


async def unshare(call: Call) -> None:
    """This colleague reads no more."""
    await sharing.unshare(call.desk, call.person, ticket_id(call), item_id(call))


async def new_link(call: Call) -> Response:
    """A link with which a customer chooses a password; one before it, his password and his sessions are void."""
    return with_version(await inviting.new_link(call.desk, call.technician, item_id(call)))


async def _signed_in(call: Call) -> Customer:
    customer = await known_customer(call, await portal_of(call))
    if customer is None or customer.account_id is None:
        raise Unauthenticated
    return customer


def _shares(path: str, permission: Permission) -> list[Endpoint]:
    """The same for both sides."""
    errors = (BadInput, NotFound, Refused)
    return [
        Endpoint(
            method="GET",
            path=f"{path}/shares",
            permission=permission,
            handler=list_shares,
            answer=rest.Shares,
            errors=(NotFound,),
        ),
        Endpoint(
            method="POST",
            path=f"{path}/shares",
            permission=permission,
            handler=share,
            body=rest.Share,
            answer=rest.Shares,
            errors=(*errors, TooMany),
        ),
        Endpoint(
            method="DELETE",
            path=f"{path}/shares/{{item}}",
            permission=permission,
            handler=unshare,
            status=204,
            errors=(NotFound, Refused),
        ),
    ]


_P = Permission.PUBLIC
ROUTES: list[Endpoint] = [
    Endpoint(
        method="POST",
        path=f"{PORTAL}/sign-in",
        permission=_P,
        handler=sign_in,
        body=rest.CustomerSignIn,
        answer=rest.CustomerSession,
        errors=(BadInput, NotFound, Unauthenticated, TooMany),
    ),
    Endpoint(
        method="POST",
        path=f"{PORTAL}/register",
        permission=_P,
        handler=register,
        body=rest.Register,
        answer=rest.CustomerSession,
        errors=(BadInput, NotFound, Refused, TooMany),
    ),
    Endpoint(
        method="POST",
        path=f"{PORTAL}/invitation",
        permission=_P,
        handler=look_at_link,
        body=rest.PasswordLink,
        answer=rest.Invitation,
        errors=(BadInput, NotFound, TooMany),
    ),
    Endpoint(
        method="POST",
        path=f"{PORTAL}/password",
        permission=_P,
        handler=choose_password,
        body=rest.ChoosePassword,
        answer=rest.CustomerSession,
        errors=(BadInput, NotFound, TooMany),
    ),
    Endpoint(
        method="POST",
        path=f"{PORTAL}/change-password",
        permission=_P,
        handler=change_password,
        body=rest.NewPassword,
        status=204,
        errors=(BadInput, NotFound, Refused, Unauthenticated, TooMany),
    ),
    Endpoint(
        method="GET",
        path=f"{PORTAL}/my-tickets",
        permission=_P,
        handler=my_tickets,
        query=rest.OwnTicketsQuery,
        answer=rest.OwnTickets,
        errors=(BadInput, NotFound, Unauthenticated),
    ),
    *_shares(MINE, Permission.CUSTOMER),
    *_shares(TICKET, Permission.TECHNICIAN),
    Endpoint(
        method="POST",
        path=f"{ADMIN}/customers/{{item}}/link",
        permission=Permission.ADMINISTRATOR,
        handler=new_link,
        answer=CustomerAccount,
        errors=(NotFound, Refused),
    ),
]
"""Every route of this module."""
