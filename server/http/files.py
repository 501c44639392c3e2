"""HTTP for files that were sent: as attachments, and pictures also to be shown.

Who may see the ticket is looked up at each request. Nothing of a file is ever active in our origin: no guessed types,
no scripts, no frames, and nothing is kept by caches. Pictures are shown as we drew them, never as they came.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, Literal

import structlog
from starlette.responses import Response

from server.desk import policies
from server.errors import BadInput, DeskwireError, NotFound
from server.http import customers, tickets
from server.http.ranges import NotSatisfiable, Span, disposition, matches, wanted
from server.http.routing import Call, Endpoint, Header, Permission, problem
from server.http.tickets import ticket_id
from server.http.uploads import part_of_path
from server.store.files import FileRecord, thumbnail_key
from server.uploads.storage import Opened, Storage

log = structlog.get_logger(__name__)

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

SAFE: Final = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "private, no-store",
    "accept-ranges": "bytes",
}
RANGE: Final = Header("Range", "One range of bytes; several are answered with the whole file.", {"type": "string"})


class Bytes(Response):
    """An answer that comes out of the storage piece by piece, as fast as its reader takes it."""

    def __init__(self, call: Call, key: str, etag: str, headers: dict[str, str]) -> None:
        super().__init__()
        self._call = call
        self._key = key
        self._etag = f'"{etag}"'
        self._told = SAFE | headers | {"etag": self._etag}

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        """Open, answer. What is missing is our fault, and looks like what never was."""
        storage: Storage = self._call.desk.filing.storage
        try:
            async with storage.open(self._key) as opened:
                await self._answer(opened, scope, receive, send)
        except DeskwireError as error:
            if isinstance(error, NotFound):
                log.warning("a file is missing in the storage", key=self._key)
            answer = problem(error)
            if isinstance(error, NotSatisfiable):
                answer.headers["content-range"] = f"bytes */{error.size}"
            await answer(scope, receive, send)

    async def _answer(
        self, opened: Opened, scope: Message, receive: Callable[[], Awaitable[Message]], send: Send
    ) -> None:
        asked = self._call.request.headers
        if matches(asked.get("if-none-match"), self._etag):
            await _start(send, 304, self._told)
            await send({"type": "http.response.body"})
            return
        span = wanted(asked.get("range"), asked.get("if-range"), self._etag, opened.size)
        whole = span is None
        span = span or Span(0, opened.size)
        sized = self._told | {"content-length": str(span.length)}
        if not whole:
            sized["content-range"] = f"bytes {span.start}-{span.start + span.length - 1}/{opened.size}"
        await _start(send, 200 if whole else 206, sized)
        if scope["method"] != "HEAD":
            await _stream(opened, span, receive, send)
        await send({"type": "http.response.body"})


async def _start(send: Send, status: int, headers: dict[str, str]) -> None:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def _stream(opened: Opened, span: Span, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
    """Ends with the reader: what is sent to nobody would be read from the disk all the same."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    left = asyncio.get_running_loop().create_task(gone())
    try:
        async for piece in opened.pieces(span.start, span.length):
            if left.done():
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    finally:
        left.cancel()


async def download(call: Call) -> Response:
    """A file, to be saved."""
    record = await _record(call)
    return _bytes(call, record, "attachment")


async def picture(call: Call) -> Response:
    """A picture, to be shown: drawn anew by us, without what the camera wrote into it."""
    record = await _record(call)
    if record.width is None:
        raise NotFound("This file is no picture.")
    return _bytes(call, record, "inline")


async def thumbnail(call: Call) -> Response:
    """A small picture of a file, at most 480 pixels wide and high."""
    record = await _record(call)
    if record.thumbnail is None:
        raise NotFound("This file has no small picture.")
    key = thumbnail_key(record.company_id, record.id)
    headers = {"content-type": record.thumbnail, "content-disposition": disposition("inline", record.name)}
    return Bytes(call, key, f"{record.sha256[:32]}-small", headers)


async def _record(call: Call) -> FileRecord:
    return await policies.file(call.desk, call.person, ticket_id(call), part_of_path(call, "file"))


def _bytes(call: Call, record: FileRecord, kind: Literal["attachment", "inline"]) -> Bytes:
    headers = {"content-type": record.media_type, "content-disposition": disposition(kind, record.name)}
    return Bytes(call, record.key, record.sha256[:32], headers)


def _routes(base: str, permission: Permission) -> list[Endpoint]:
    return [
        Endpoint(
            method="GET",
            path=f"{base}/files/{{file}}{rest}",
            permission=permission,
            handler=handler,
            bytes_out=True,
            headers=(RANGE,),
            errors=(NotFound, BadInput),
        )
        for rest, handler in (("", download), ("/picture", picture), ("/thumbnail", thumbnail))
    ]


ROUTES: list[Endpoint] = [
    *_routes(customers.MINE, Permission.CUSTOMER),
    *_routes(tickets.TICKET, Permission.TECHNICIAN),
]
"""Every route of this module."""
