"""HTTP for notices: what customers of my companies are told now; and whoever finds his problem in one says so."""

from typing import Final

from server.desk import notices
from server.domain.ids import is_id
from server.errors import BadInput, NotFound, Refused, TooMany
from server.http.customers import MINE, PORTAL, portal_of
from server.http.routing import Call, Endpoint, Permission
from server.http.tickets import ticket_id
from server.protocol import rest


async def list_news(call: Call) -> rest.DeskNews:
    """Notices and opening hours of the portals of my companies."""
    return await notices.for_technician(call.desk, call.technician)


async def visitor_waits(call: Call) -> None:
    """This notice is about my problem; I need not open a ticket. One more is counted, and nothing else is kept."""
    portal, notice = await portal_of(call), call.path("notice")
    if not is_id(notice):
        raise NotFound
    call.desk.rates.news.check(f"{call.network} {notice}")
    await notices.visitor_waits(call.desk, portal, notice)


async def wait_for_news(call: Call) -> None:
    """This notice is about my problem: my ticket leaves the queue, and I am told of news of the notice."""
    await notices.wait(call.desk, call.customer, ticket_id(call), call.body.notice)


ROUTES: Final[list[Endpoint]] = [
    Endpoint(
        method="GET",
        path="/api/v1/news",
        permission=Permission.TECHNICIAN,
        handler=list_news,
        answer=rest.DeskNews,
    ),
    Endpoint(
        method="POST",
        path=f"{PORTAL}/notices/{{notice}}/mine",
        permission=Permission.PUBLIC,
        handler=visitor_waits,
        status=204,
        errors=(NotFound, TooMany),
    ),
    Endpoint(
        method="POST",
        path=f"{MINE}/wait-for-news",
        permission=Permission.CUSTOMER,
        handler=wait_for_news,
        body=rest.WaitForNews,
        status=204,
        errors=(BadInput, NotFound, Refused),
    ),
]
"""Every route of this module."""
