"""HTTP for going on with a chat on another device, by a short key that is used once."""

from starlette.responses import Response

from server.desk import handover, shapes
from server.errors import BadInput, NotFound, Refused, TooMany
from server.http import customers, tickets
from server.http.customers import PORTAL, device_of, portal_of, with_token
from server.http.routing import Call, Endpoint, Permission
from server.http.tickets import ticket_id
from server.protocol import rest


async def make_key(call: Call) -> rest.Handover:
    """A key for another device of the customer: once, within ten minutes. The one before it ends."""
    made = await handover.make(call.desk, call.person, ticket_id(call))
    url = f"{call.desk.settings.url}/p/{made.portal}#phone={made.key}"
    return rest.Handover(key=made.key, url=url, expires_at=made.expires_at, life_ms=handover.LIFE_MS)


async def revoke_key(call: Call) -> None:
    """The key is worth nothing any more."""
    await handover.revoke(call.desk, call.person, ticket_id(call))


async def join_by_key(call: Call) -> Response:
    """Join a chat with the key that another device shows."""
    portal = await portal_of(call)
    call.desk.rates.guesses.check(call.network)
    device = device_of(call, call.body.device)
    joined = await handover.join(call.desk, portal, call.body.key, device.device_class, call.network)
    answer = rest.JoinedByKey(
        ticket=shapes.customer_ticket(joined.ticket),
        resume=call.desk.customers.resume_secret(joined.ticket.id),
        token=joined.token,
    )
    return with_token(call, answer, joined.token)


def _routes(base: str, permission: Permission) -> list[Endpoint]:
    return [
        Endpoint(
            method="POST",
            path=f"{base}/handover",
            permission=permission,
            handler=make_key,
            answer=rest.Handover,
            errors=(NotFound, Refused),
        ),
        Endpoint(
            method="DELETE",
            path=f"{base}/handover",
            permission=permission,
            handler=revoke_key,
            status=204,
            errors=(NotFound,),
        ),
    ]


ROUTES: list[Endpoint] = [
    *_routes(customers.MINE, Permission.CUSTOMER),
    *_routes(tickets.TICKET, Permission.TECHNICIAN),
    Endpoint(
        method="POST",
        path=f"{PORTAL}/handover",
        permission=Permission.PUBLIC,
        handler=join_by_key,
        body=rest.JoinByKey,
        answer=rest.JoinedByKey,
        errors=(BadInput, NotFound, TooMany),
    ),
]
"""Every route of this module."""
