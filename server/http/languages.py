"""HTTP for languages: a technician's own, and the customer's of a ticket, which either side may set."""

from typing import Final

from server.desk import languages, reading, shapes
from server.errors import BadInput, NotFound
from server.http.customers import MINE
from server.http.routing import Call, Endpoint, Permission
from server.http.tickets import TICKET, ticket_id
from server.protocol import rest
from server.protocol.customer import CustomerTicket
from server.protocol.technician import Details


async def set_own(call: Call) -> rest.SignedIn:
    """What I read and write."""
    call.desk.rates.technicians.check(call.technician.id)
    technician = await languages.choose_own(call.desk, call.technician.id, call.body.lang)
    return rest.SignedIn(shapes.me(technician), must_change_password=False)


async def set_customers(call: Call) -> Details:
    """What the customer of this ticket reads and writes."""
    call.desk.rates.technicians.check(call.technician.id)
    ticket = await languages.set_customers(call.desk, call.technician, ticket_id(call), call.body.lang)
    return await reading.details(call.desk, ticket)


async def set_mine(call: Call) -> CustomerTicket:
    """What I read and write in this chat."""
    call.desk.rates.customers.check(call.customer.id)
    return shapes.customer_ticket(
        await languages.customer_speaks(call.desk, call.customer, ticket_id(call), call.body.lang)
    )


ROUTES: Final[list[Endpoint]] = [
    Endpoint(
        method="PUT",
        path="/api/v1/me/language",
        permission=Permission.TECHNICIAN,
        handler=set_own,
        body=rest.Language,
        answer=rest.SignedIn,
        errors=(BadInput,),
    ),
    Endpoint(
        method="PUT",
        path=f"{TICKET}/language",
        permission=Permission.TECHNICIAN,
        handler=set_customers,
        body=rest.Language,
        answer=Details,
        errors=(BadInput, NotFound),
    ),
    Endpoint(
        method="PUT",
        path=f"{MINE}/language",
        permission=Permission.CUSTOMER,
        handler=set_mine,
        body=rest.Language,
        answer=CustomerTicket,
        errors=(BadInput, NotFound),
    ),
]
"""Every route of this module."""
