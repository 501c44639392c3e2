"""HTTP for several technicians at one ticket: transfers, invitations, supervisors, and who and what there is."""

from server.desk import directory, invitations, reading, supervising, transfers
from server.errors import BadInput, NotFound, Refused
from server.http.routing import Call, Endpoint, Permission
from server.http.tickets import TICKET, ticket_id
from server.protocol import rest
from server.protocol.technician import Details, Target
from server.store.tickets import TicketRecord


async def _details(call: Call, ticket: TicketRecord) -> Details:
    return await reading.details(call.desk, ticket)


async def offer(call: Call) -> Details:
    """Offer my ticket to a team or a colleague. It stays mine until somebody accepts."""
    to = Target(call.body.team, call.body.technician)
    return await _details(
        call, await transfers.offer(call.desk, call.technician, ticket_id(call), to, call.body.comment)
    )


async def withdraw_offer(call: Call) -> Details:
    """Keep the ticket."""
    return await _details(call, await transfers.withdraw(call.desk, call.technician, ticket_id(call)))


async def accept_offer(call: Call) -> Details:
    """Take the ticket that I was offered; `already_assigned` names who was faster."""
    return await _details(call, await transfers.accept(call.desk, call.technician, ticket_id(call)))


async def decline_offer(call: Call) -> None:
    """Do not take it; of a team, the others are still asked."""
    await transfers.decline(call.desk, call.technician, ticket_id(call))


async def give(call: Call) -> Details:
    """Supervisors: assign the ticket to a member of my teams."""
    return await _details(
        call, await supervising.give(call.desk, call.technician, ticket_id(call), call.body.technician)
    )


async def take_away(call: Call) -> Details:
    """Supervisors: put a member's ticket back into its queue."""
    return await _details(call, await supervising.take_away(call.desk, call.technician, ticket_id(call)))


async def invite(call: Call) -> Details:
    """Ask a colleague into the chat of my ticket."""
    return await _details(
        call,
        await invitations.invite(call.desk, call.technician, ticket_id(call), call.body.technician, call.body.comment),
    )


async def uninvite(call: Call) -> Details:
    """Do without a colleague whom I have invited."""
    return await _details(
        call, await invitations.remove(call.desk, call.technician, ticket_id(call), call.body.technician)
    )


async def come(call: Call) -> Details:
    """Join the chat that I was invited into; the customer is told."""
    return await _details(call, await invitations.come(call.desk, call.technician, ticket_id(call)))


async def leave(call: Call) -> None:
    """Leave that chat, or do not come."""
    await invitations.leave(call.desk, call.technician, ticket_id(call))


async def get_directory(call: Call) -> rest.Directory:
    """Colleagues, teams and queues of my companies."""
    return await directory.directory(call.desk, call.technician)


_T = Permission.TECHNICIAN
_PLAIN = (
    ("offer/withdraw", withdraw_offer, Details),
    ("offer/accept", accept_offer, Details),
    ("offer/decline", decline_offer, None),
    ("take-away", take_away, Details),
    ("come", come, Details),
    ("leave", leave, None),
)
_FULL = (
    ("offer", offer, rest.NewOffer),
    ("give", give, rest.Colleague),
    ("invite", invite, rest.NewInvitation),
    ("uninvite", uninvite, rest.Colleague),
)
ROUTES: list[Endpoint] = [
    *(
        Endpoint(
            method="POST",
            path=f"{TICKET}/{name}",
            permission=_T,
            handler=handler,
            answer=answer,
            status=200 if answer else 204,
            errors=(NotFound, Refused),
        )
        for name, handler, answer in _PLAIN
    ),
    *(
        Endpoint(
            method="POST",
            path=f"{TICKET}/{name}",
            permission=_T,
            handler=handler,
            body=body,
            answer=Details,
            errors=(BadInput, NotFound, Refused),
        )
        for name, handler, body in _FULL
    ),
    Endpoint(method="GET", path="/api/v1/directory", permission=_T, handler=get_directory, answer=rest.Directory),
]
"""Every route of this module."""
