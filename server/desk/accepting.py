"""An upload that is whole becomes a file: looked at, kept, and only then a line of the transcript.

Who does it holds the part's lock, so it is done by one at a time, and by the next one where a process died of it. Until
the last step the other side knows nothing; a refused file leaves nothing but the reason for its sender.
"""

import asyncio
from functools import partial
from typing import Final

import msgspec
import structlog

from server.desk import announce, shapes
from server.desk.desk import Desk, found
from server.desk.persons import actor, again, check_may_write, scope
from server.errors import Busy, Conflict, DeskwireError, FileRefused, NotFound, Refused, StorageFull, Unauthenticated
from server.store import files, portals, tickets, transcript, uploads
from server.store.base import Tx
from server.store.files import FileRecord, key_of, thumbnail_key
from server.store.uploads import UploadRecord
from server.uploads.checks import Looked
from server.uploads.scan import ScannerDown

log = structlog.get_logger(__name__)

ANSWER_S: Final = 20.0
"""How long a request waits for the verdict; after that it is asked for. Proxies give up after 60."""
PATIENCE_S: Final = 60.0
AGAIN_S: Final = 10.0
"""How often is looked for uploads that are whole and that nobody works on."""
BATCH: Final = 100


async def soon(desk: Desk, upload_id: str) -> None:
    """Accept or refuse it; returns when that is done, or takes long. It goes on in any case."""
    work = desk.filing.tasks.start(_logged(desk, upload_id), f"file {upload_id}")
    await asyncio.wait({work}, timeout=ANSWER_S)


async def _logged(desk: Desk, upload_id: str) -> None:
    """What can be expected to go wrong (disk full, storage away) is tried again by the loop."""
    try:
        await accept(desk, upload_id, PATIENCE_S)
    except DeskwireError as error:
        log.warning("a file waits to be accepted", upload=upload_id, code=error.code)


async def accept(desk: Desk, upload_id: str, patience_s: float) -> None:
    """Decide about an upload that is whole and on this host. Raises Busy, StorageFull: then it is still undecided."""
    async with desk.filing.parts.take(upload_id, patience_s) as part:
        upload = await desk.store.read(lambda conn: uploads.get(conn, upload_id))
        if part is None or upload is None or upload.state not in ("checking", "held"):
            return
        try:
            await _decide(desk, upload)
        except ScannerDown as error:
            log.warning("the virus scanner does not answer", upload=upload_id, error=str(error))
            await _step(desk, upload, "held")
        except (Busy, StorageFull):
            raise
        except DeskwireError as error:
            await _refuse(desk, upload, error)
        except Exception:  # else it would be tried for ever
            log.exception("a file could not be looked at", upload=upload_id)
            await _refuse(desk, upload, FileRefused("file_fault", "Something went wrong on our side with this file."))
        else:
            await desk.filing.parts.discard(upload_id)


async def _decide(desk: Desk, upload: UploadRecord) -> None:
    """Look, keep, tell. Raises what it is refused with, or ScannerDown."""
    filing = desk.filing
    _, settings = await desk.store.read(lambda conn: portals.of_ticket(conn, upload.ticket_id))
    path = filing.parts.path(upload.id)
    looked = await filing.checks.look(path, upload.name, settings.files.max_pixels)
    record = _record(desk, upload, looked)
    try:
        if looked.thumbnail is not None:
            await filing.storage.keep(thumbnail_key(upload.company_id, upload.id), looked.thumbnail)
        await filing.storage.keep(record.key, looked.file)
        await desk.store.write(lambda tx: _send(tx, upload, record))
    except (Refused, NotFound, Unauthenticated, Conflict):
        await _forget(desk, upload)
        raise


def _record(desk: Desk, upload: UploadRecord, looked: Looked) -> FileRecord:
    return FileRecord(
        id=upload.id,
        company_id=upload.company_id,
        ticket_id=upload.ticket_id,
        name=looked.name,
        media_type=looked.media_type,
        size=looked.size,
        sha256=looked.sha256,
        width=looked.width,
        height=looked.height,
        thumbnail=looked.thumbnail_type,
        scanned=looked.scanned,
        original_of=upload.original_of,
        created_at=desk.clock(),
    )


def _send(tx: Tx, upload: UploadRecord, record: FileRecord) -> None:
    """The line of the transcript. The sender and the chat are looked at again: minutes may have passed."""
    tickets.lock(tx.conn, upload.ticket_id)
    upload = found(uploads.get(tx.conn, upload.id))  # whose it is may be different, too: he has signed in
    person = again(tx.conn, upload.role, upload.uploader_id)
    ticket = found(tickets.brief(tx.conn, scope(person), upload.ticket_id))
    check_may_write(tx.conn, ticket, person)
    if not uploads.step(tx.conn, upload.id, ("checking", "held"), "done", record.created_at):
        raise Refused("upload_cancelled", "This upload was given up.")
    if transcript.by_client_id(tx.conn, ticket.id, upload.uploader_id, upload.client_id) is not None:
        raise Conflict
    files.add(tx.conn, record)
    event = transcript.append(
        tx.conn,
        company_id=ticket.company_id,
        ticket_id=ticket.id,
        kind="file",
        actor=actor(person, ticket),
        now=record.created_at,
        visible=True,
        body=record.name,  # so that search finds it
        data={"file": msgspec.to_builtins(shapes.file(record))},
        client_id=upload.client_id,
    )
    announce.event(tx, event)


async def _refuse(desk: Desk, upload: UploadRecord, error: DeskwireError) -> None:
    reason = error.reason if isinstance(error, FileRefused) else None
    await _step(desk, upload, "refused", code=error.code, reason=reason, message=error.message)
    await desk.filing.parts.discard(upload.id)


async def _step(desk: Desk, upload: UploadRecord, after: uploads.State, **more: str | None) -> None:
    now = desk.clock()
    await desk.store.write(lambda tx: uploads.step(tx.conn, upload.id, ("checking", "held"), after, now, **more))


async def _forget(desk: Desk, upload: UploadRecord) -> None:
    for key in (key_of(upload.company_id, upload.id), thumbnail_key(upload.company_id, upload.id)):
        await desk.filing.storage.delete(key)


class Pending:
    """Looks for uploads that are whole and undecided: held for the scanner, or left behind by a process that died."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def run(self) -> None:
        """For ever."""
        while True:
            await self.step()
            await asyncio.sleep(AGAIN_S)

    async def step(self) -> None:
        """Each of them once."""
        last = ""
        while waiting := await self._desk.store.read(partial(uploads.waiting, after=last, limit=BATCH)):
            for upload in waiting:
                try:
                    await accept(self._desk, upload.id, 0)
                except Busy:
                    continue  # somebody is at it
            last = waiting[-1].id
