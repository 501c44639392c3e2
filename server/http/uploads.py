"""HTTP for sending files: what may be sent, uploads in pieces that survive lost connections, whole files at once.

A customer finds all of it below `/api/v1/customer/tickets/{ticket}`, a technician below `/api/v1/tickets/{ticket}`.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated, ClassVar, Final

import msgspec
from msgspec import Meta
from starlette.requests import ClientDisconnect, Request

from server.desk import policies, receiving, uploading
from server.desk.uploading import New, Standing
from server.domain.ids import is_id
from server.errors import (
    BadInput,
    Conflict,
    FileRefused,
    NotFound,
    Refused,
    StorageFull,
    TooLarge,
    TooMany,
    WrongOffset,
)
from server.http import customers, tickets
from server.http.routing import Call, Endpoint, Header, Permission
from server.http.tickets import ticket_id
from server.protocol import rest
from server.protocol.shared import ClientId, Id

SILENCE_S: Final = 1.0
"""A body that brings nothing for so long is looked at: the phone may go on with it over another connection."""
OFFSET: Final = Header(
    "Upload-Offset", "Bytes that are stored; this body begins there.", {"type": "integer", "minimum": 0}, required=True
)


class FileQuery(msgspec.Struct, forbid_unknown_fields=True):
    """What the file in the body is called."""

    cleaned: ClassVar[tuple[str, ...]] = ("name",)
    name: Annotated[str, Meta(min_length=1, max_length=1024)]
    client_id: ClientId
    original_of: Id | None = None


def part_of_path(call: Call, name: str) -> str:
    """An id in the path; anything else is as unknown as an unknown id."""
    text = call.path(name)
    if not is_id(text):
        raise NotFound
    return text


async def upload_policy(call: Call) -> rest.UploadPolicy:
    """What I may send into this ticket from this device, and how large it may be."""
    return await policies.policy(call.desk, call.person, ticket_id(call))


async def begin_upload(call: Call) -> rest.Upload:
    """Begin to send a file in pieces. The same client_id again gives the same upload, and says how far it is."""
    _count(call)
    new: rest.NewUpload = call.body
    wanted = New(new.client_id, new.name, new.size, new.original_of, call.network)
    return _shown(call, await uploading.begin(call.desk, call.person, ticket_id(call), wanted))


async def continue_upload(call: Call) -> rest.Upload:
    """Send bytes from the stored offset on, as many as you like. With the last one the file is looked at and sent.

    Whatever arrives is kept, also of a connection that breaks: ask for the offset and go on. Of two requests for one
    upload the newer one wins. The answer to the last one is `done`, `held` (waits for the virus scanner) or `checking`
    (takes longer: ask again), or says why the file was refused.
    """
    offset = call.request.headers.get("upload-offset", "")
    if not re.fullmatch(r"[0-9]{1,16}", offset):
        raise BadInput("Say with Upload-Offset where this body begins.", field="Upload-Offset")
    upload_id = part_of_path(call, "upload")
    pieces = pieces_of(call.request)
    return _shown(
        call, await receiving.receive(call.desk, call.person, ticket_id(call), upload_id, int(offset), pieces)
    )


async def get_upload(call: Call) -> rest.Upload:
    """How far an upload of mine is."""
    return _shown(call, await uploading.standing(call.desk, call.person, ticket_id(call), part_of_path(call, "upload")))


async def cancel_upload(call: Call) -> None:
    """Give an upload of mine up."""
    await uploading.cancel(call.desk, call.person, ticket_id(call), part_of_path(call, "upload"))


async def send_file(call: Call) -> rest.Upload:
    """Send a whole file in one request; the body is the file. The same client_id again gives the same answer."""
    _count(call)
    q = call.query(FileQuery)
    length = call.request.headers.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,16}", length):
        raise BadInput("Say with Content-Length how large the file is.", field="Content-Length")
    wanted = New(q.client_id, q.name, int(length), q.original_of, call.network)
    pieces = pieces_of(call.request)
    return _shown(call, await receiving.receive_whole(call.desk, call.person, ticket_id(call), wanted, pieces))


async def pieces_of(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes, an empty piece for each second in which nothing does. Raises ClientDisconnect."""
    more = True
    while more:
        try:
            async with asyncio.timeout(SILENCE_S):
                message = await request.receive()
        except TimeoutError:
            yield b""
            continue
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        more = message.get("more_body", False)
        yield message.get("body", b"")


def _count(call: Call) -> None:
    """A file counts as a message does."""
    rates = call.desk.rates
    of_side = rates.customers if call.permission is Permission.CUSTOMER else rates.technicians
    of_side.check(call.person.id)


def _shown(call: Call, standing: Standing) -> rest.Upload:
    upload, event = standing.upload, standing.event
    seq = None
    if event is not None:
        seq = event.customer_seq if call.permission is Permission.CUSTOMER else event.staff_seq
    return rest.Upload(
        id=upload.id,
        name=upload.name,
        size=upload.size,
        offset=upload.received,
        state=upload.state,
        event=event.id if event else None,
        seq=seq,
        code=upload.code,
        reason=upload.reason,
        message=upload.message,
    )


def _routes(base: str, permission: Permission) -> list[Endpoint]:
    refusals = (BadInput, NotFound, Refused, FileRefused, TooLarge, StorageFull)
    return [
        Endpoint(
            method="GET",
            path=f"{base}/upload-policy",
            permission=permission,
            handler=upload_policy,
            answer=rest.UploadPolicy,
            errors=(NotFound,),
        ),
        Endpoint(
            method="POST",
            path=f"{base}/uploads",
            permission=permission,
            handler=begin_upload,
            body=rest.NewUpload,
            answer=rest.Upload,
            status=201,
            errors=(*refusals, Conflict, TooMany),
        ),
        Endpoint(
            method="GET",
            path=f"{base}/uploads/{{upload}}",
            permission=permission,
            handler=get_upload,
            answer=rest.Upload,
            errors=(NotFound,),
        ),
        Endpoint(
            method="PATCH",
            path=f"{base}/uploads/{{upload}}",
            permission=permission,
            handler=continue_upload,
            bytes_in=True,
            headers=(OFFSET,),
            answer=rest.Upload,
            errors=(*refusals, WrongOffset),
        ),
        Endpoint(
            method="DELETE",
            path=f"{base}/uploads/{{upload}}",
            permission=permission,
            handler=cancel_upload,
            status=204,
            errors=(NotFound, Refused),
        ),
        Endpoint(
            method="PUT",
            path=f"{base}/files",
            permission=permission,
            handler=send_file,
            query=FileQuery,
            bytes_in=True,
            answer=rest.Upload,
            errors=(*refusals, Conflict, TooMany),
        ),
    ]


ROUTES: list[Endpoint] = [
    *_routes(customers.MINE, Permission.CUSTOMER),
    *_routes(tickets.TICKET, Permission.TECHNICIAN),
]
"""Every route of this module."""
