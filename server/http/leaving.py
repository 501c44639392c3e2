"""HTTP for customers who wait: leave and be told later by e-mail, or stay after all."""

from server.desk import leaving, shapes
from server.errors import BadInput, NotFound, Refused
from server.http.customers import MINE
from server.http.routing import Call, Endpoint, Permission
from server.http.tickets import ticket_id
from server.protocol import rest
from server.protocol.customer import CustomerTicket


async def tell_later(call: Call) -> CustomerTicket:
    """I leave, and want to be told by e-mail; my ticket keeps its place."""
    ticket = await leaving.tell_later(call.desk, call.customer, ticket_id(call), call.body.email)
    return shapes.customer_ticket(ticket)


async def stay(call: Call) -> CustomerTicket:
    """I wait here after all."""
    return shapes.customer_ticket(await leaving.stay(call.desk, call.customer, ticket_id(call)))


ROUTES: list[Endpoint] = [
    Endpoint(
        method="PUT",
        path=f"{MINE}/tell-later",
        permission=Permission.CUSTOMER,
        handler=tell_later,
        body=rest.TellLater,
        answer=CustomerTicket,
        errors=(BadInput, NotFound, Refused),
    ),
    Endpoint(
        method="DELETE",
        path=f"{MINE}/tell-later",
        permission=Permission.CUSTOMER,
        handler=stay,
        answer=CustomerTicket,
        errors=(NotFound,),
    ),
]
"""Every route of this module."""
