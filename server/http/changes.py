"""Live news for the page of a portal before there is a ticket: an EventSource that says when to look again.

A stream carries no content: ``event: changed`` means that the portal's page shows something else now. It is open to
everybody, so it has bounds: of one address, of all, and in time.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import ExitStack, suppress
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from server.desk.onlookers import Onlooker
from server.errors import Busy, NotFound, TooMany
from server.http.customers import PORTAL, portal_of
from server.http.routing import Call, Endpoint, Permission

COMMENT_S: Final = 20.0
"""Proxies cut an answer that is silent for 30 or 60 s."""
PACE_S: Final = 1.0
"""At most one event in so long."""
LONGEST_S: Final = 3_600
COMMENT: Final = b":\n\n"
CHANGED: Final = b"event: changed\ndata: {}\n\n"  # an event without data is none
HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}


class ChangesQuery(msgspec.Struct, forbid_unknown_fields=True):
    """How long."""

    seconds: Annotated[int, Meta(ge=0, le=LONGEST_S)] = LONGEST_S
    """The stream ends after this; whoever wants more comes back."""


async def get_changes(call: Call) -> Response:
    """Server-sent events: ``changed`` whenever what this portal shows may be something else."""
    portal, seconds = await portal_of(call), call.query(ChangesQuery).seconds
    if call.request.method == "HEAD":
        return Response(media_type="text/event-stream", headers=HEADERS)
    stay = ExitStack()
    with stay:
        onlooker = stay.enter_context(call.desk.onlookers.look(portal, call.network))
        await call.desk.onlookers.begin(onlooker)
        return News(onlooker, seconds, stay.pop_all())


class News(Response):
    """A stream that ends with its reader, with its time, or with the process."""

    media_type = "text/event-stream"

    def __init__(self, onlooker: Onlooker, seconds: float, stay: ExitStack) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]  # Response has said 0
        self._onlooker = onlooker
        self._seconds = seconds
        self._stay = stay

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Send until the end."""
        with self._stay:
            listening = asyncio.get_running_loop().create_task(self._until_gone(receive))
            try:
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._seconds):
                        await self._tell(send)
                if not listening.done():
                    await send({"type": "http.response.body", "body": b""})
            finally:
                listening.cancel()

    async def _tell(self, send: Callable[[MutableMapping[str, Any]], Awaitable[None]]) -> None:
        while not self._onlooker.over:
            await send({"type": "http.response.body", "body": COMMENT, "more_body": True})
            if await self._onlooker.changed(COMMENT_S):
                await send({"type": "http.response.body", "body": CHANGED, "more_body": True})
                await asyncio.sleep(PACE_S)

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._onlooker.end()


ROUTES: Final[list[Endpoint]] = [
    Endpoint(
        method="GET",
        path=f"{PORTAL}/changes",
        permission=Permission.PUBLIC,
        handler=get_changes,
        query=ChangesQuery,
        errors=(NotFound, TooMany, Busy),
        media=("text/event-stream",),
        public_document=False,  # a document of answers has no word for one that does not end: docs/protocol.md
    ),
]
"""Every route of this module."""
