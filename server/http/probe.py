"""What the doctor asks through the public address: whom we see, how long an answer may take, what bodies get through.

For others there is nothing here: see accounts/probe.
"""

import asyncio
import time
from contextlib import suppress
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from server.accounts import probe
from server.desk.waiting import LONGEST_S
from server.errors import NotFound, TooLarge
from server.http.routing import Call, Endpoint, Permission

PATH: Final = "/api/v1/probe"
MOST_BYTES: Final = 33_554_432


class Query(msgspec.Struct, forbid_unknown_fields=True):
    """How long to keep quiet, as a request for events does when there are none."""

    wait: Annotated[float, Meta(ge=0, le=LONGEST_S)] = 0


class Seen(msgspec.Struct):
    """The request as it arrived."""

    address: str
    """whom limits count it for"""
    forwarded: list[str]
    """X-Forwarded-For, whether it was believed or not"""
    host: str
    bytes: int = 0
    """of the body"""
    spread_ms: int = 0
    """between its first piece and its last"""


async def look(call: Call) -> Seen:
    """How a request arrives, answered after a while."""
    await _admit(call)
    with suppress(TimeoutError):
        async with asyncio.timeout(call.query(Query).wait):
            while (await call.request.receive())["type"] != "http.disconnect":
                pass
    return _seen(call)


async def swallow(call: Call) -> Seen:
    """How a body arrives: counted, and forgotten."""
    await _admit(call)
    seen = _seen(call)
    first = last = 0.0
    async for piece in call.request.stream():
        if piece:
            last = time.monotonic()
            first = first or last
            seen.bytes += len(piece)
        if seen.bytes > MOST_BYTES:
            raise TooLarge(f"At most {MOST_BYTES} bytes.")
    seen.spread_ms = int((last - first) * 1000)
    return seen


async def _admit(call: Call) -> None:
    value = call.request.headers.get(probe.HEADER, "")
    if not await probe.known(call.desk.store, value, call.desk.clock()):
        raise NotFound("There is nothing at this address.")


def _seen(call: Call) -> Seen:
    names = ",".join(call.request.headers.getlist("x-forwarded-for"))
    forwarded = [name.strip() for name in names.split(",") if name.strip()]
    return Seen(call.address, forwarded, call.request.headers.get("host", ""))


ROUTES: list[Endpoint] = [
    Endpoint(method="GET", path=PATH, permission=Permission.PUBLIC, handler=look, public_document=False),
    Endpoint(method="PUT", path=PATH, permission=Permission.PUBLIC, handler=swallow, public_document=False),
]
"""Every route of this module."""
