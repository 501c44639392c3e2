"""The bytes of an upload, in as many requests as it takes.

Bytes are added at the one offset that is stored, by the one request that holds the upload. Of two such requests the
newer holds it: the older one mostly is a connection that a phone has lost and the server has not noticed yet.
"""

import time
from collections.abc import AsyncIterator
from typing import Final

from server.desk import accepting
from server.desk.desk import Desk, found
from server.desk.persons import Person, check_may_write, scope
from server.desk.uploading import New, Standing, begin, mine, standing
from server.domain.ids import new_id
from server.errors import (
    BadInput,
    Conflict,
    DeskwireError,
    FileRefused,
    NotFound,
    Refused,
    StorageFull,
    Unauthenticated,
    WrongOffset,
)
from server.store import tickets, uploads
from server.store.base import Tx
from server.store.uploads import UploadRecord
from server.uploads.disk import PIECE
from server.uploads.parts import Part

STORE_S: Final = 1.0
"""How often the offset is stored, in case that the server dies, and looked whether another request has taken over."""
PATIENCE_S: Final = 10.0
"""How long a request waits for the one that it has taken over from."""
WHOLE_PATIENCE_S: Final = 60.0
"""How long a repeated request with the whole file waits for the first one."""

Pieces = AsyncIterator[bytes]
"""A body as it comes; an empty piece now and then while nothing comes."""


async def receive(desk: Desk, person: Person, ticket_id: str, upload_id: str, offset: int, pieces: Pieces) -> Standing:
    """Bytes from this offset on; with the last one the file is looked at, and sent to the other side.

    However the request ends, what it brought is kept. Raises WrongOffset, Refused (also the rules of writing),
    FileRefused, NotFound, StorageFull.
    """
    holder = new_id()

    def claim(tx: Tx) -> UploadRecord:
        upload = _writable(tx, person, ticket_id, upload_id)
        if upload.state == "receiving":
            if upload.received != offset:
                raise WrongOffset(upload.received)
            uploads.hold(tx.conn, upload_id, holder)
        return upload

    upload = await desk.store.write(claim)
    if upload.state == "receiving":
        async with desk.filing.parts.take(upload_id, PATIENCE_S, make=True) as part:
            if part is not None:
                await _fill(desk, part, upload_id, holder, offset, pieces)
    return await _outcome(desk, person, ticket_id, upload_id)


async def receive_whole(desk: Desk, person: Person, ticket_id: str, new: New, pieces: Pieces) -> Standing:
    """A file in one request. Repeated, it waits for the first one, and gives the same answer.

    Raises what ``begin`` and ``receive`` raise, but WrongOffset.
    """
    begun = await begin(desk, person, ticket_id, new)
    upload_id, holder = begun.upload.id, new_id()

    def claim(tx: Tx) -> None:
        if _writable(tx, person, ticket_id, upload_id).state == "receiving":
            uploads.hold(tx.conn, upload_id, holder)
            uploads.received(tx.conn, upload_id, holder, 0, desk.clock())

    if begun.upload.state == "receiving":
        async with desk.filing.parts.take(upload_id, WHOLE_PATIENCE_S, make=True) as part:
            await desk.store.write(claim)
            if part is not None:
                await _fill(desk, part, upload_id, holder, 0, pieces)
    return await _outcome(desk, person, ticket_id, upload_id)


def _writable(tx: Tx, person: Person, ticket_id: str, upload_id: str) -> UploadRecord:
    tickets.lock(tx.conn, ticket_id)
    ticket = found(tickets.brief(tx.conn, scope(person), ticket_id))
    upload = mine(uploads.get(tx.conn, upload_id), person, ticket_id)
    if upload.state == "receiving":
        check_may_write(tx.conn, ticket, person)
    return upload


async def _fill(desk: Desk, part: Part, upload_id: str, holder: str, offset: int, pieces: Pieces) -> None:
    """Add the bytes, unless somebody else went on while we waited for the part."""
    upload = await desk.store.read(lambda conn: uploads.get(conn, upload_id))
    if upload is None or upload.state != "receiving":
        return
    if upload.holder != holder:
        raise _superseded()
    intake = Intake(desk, part, upload, holder, offset)
    if await part.size() < offset:  # another host began it, or its disk was lost
        await intake.start_again()
    if upload.size - offset > await desk.filing.parts.room():
        raise StorageFull
    await part.cut(offset)
    try:
        async for piece in pieces:
            await intake.take(piece)
    except BaseException:
        await intake.store()  # a connection that is cut has brought something, too
        raise
    await intake.store(last=True)


class Intake:
    """Bytes on their way from one request to the disk. ``offset``: how many are in the file."""

    def __init__(self, desk: Desk, part: Part, upload: UploadRecord, holder: str, offset: int) -> None:
        self.offset = offset
        self._desk = desk
        self._part = part
        self._upload = upload
        self._holder = holder
        self._stored = offset
        self._stored_at = time.monotonic()
        self._buffer = bytearray()

    async def take(self, piece: bytes) -> None:
        """Add a piece. Raises Refused when another request has taken over."""
        if self.offset + len(self._buffer) + len(piece) > self._upload.size:
            raise BadInput(f"This upload was announced with {self._upload.size} bytes.", field="size")
        self._buffer += piece
        if len(self._buffer) >= PIECE:
            await self._write()
        if time.monotonic() - self._stored_at >= STORE_S:
            await self.store()

    async def store(self, *, last: bool = False) -> None:
        """What came survives a power cut, and so does the knowledge of it. Raises Refused as ``take``.

        ``last``: the request is over; if nothing is missing now, the upload is whole.
        """
        await self._write()
        if self.offset > self._stored:
            await self._part.sync()
        await self._record(self.offset, whole=last and self.offset == self._upload.size)
        self._stored = self.offset
        self._stored_at = time.monotonic()

    async def start_again(self) -> None:
        """Nothing of it is here. Raises WrongOffset."""
        await self._record(0)
        raise WrongOffset(0)

    async def _write(self) -> None:
        if self._buffer:
            data, self._buffer = bytes(self._buffer), bytearray()
            await self._part.write(data)
            self.offset += len(data)

    async def _record(self, size: int, *, whole: bool = False) -> None:
        upload_id, now = self._upload.id, self._desk.clock()

        def unit(tx: Tx) -> bool:
            held = uploads.received(tx.conn, upload_id, self._holder, size, now)
            return held and (not whole or uploads.step(tx.conn, upload_id, ("receiving",), "checking", now))

        if not await self._desk.store.write(unit):
            raise _superseded()


def _superseded() -> Refused:
    return Refused("superseded", "Another request goes on with this upload.")


async def _outcome(desk: Desk, person: Person, ticket_id: str, upload_id: str) -> Standing:
    """How far it is now; one that is whole is looked at first. Raises what it was refused with."""
    now = await standing(desk, person, ticket_id, upload_id)
    if now.upload.state == "checking":
        await accepting.soon(desk, upload_id)
        now = await standing(desk, person, ticket_id, upload_id)
    if now.upload.state == "refused":
        raise refusal(now.upload)
    if now.upload.state == "cancelled":
        raise Refused("upload_cancelled", "This upload was given up.")
    return now


_KINDS: Final = {kind.code: kind for kind in (NotFound, Unauthenticated, Conflict)}


def refusal(upload: UploadRecord) -> DeskwireError:
    """Why it was refused, whenever it is asked."""
    code, message = upload.code or "file_fault", upload.message or "This file was refused."
    if code.startswith("file_"):
        return FileRefused(code, message, upload.reason)
    return _KINDS[code](message) if code in _KINDS else Refused(code, message)
