"""An upload is begun, asked about, given up. Its bytes come in receiving.py, its end is in accepting.py.

Exactly once: ``client_id`` is looked up first, as for messages; the same file again gives the same upload.
"""

from typing import Final

import msgspec
from sqlalchemy import Connection

from server.desk.desk import Desk, found
from server.desk.persons import Person, check_may_write, device_class, scope, side
from server.domain import files as rules
from server.domain import limits, quota
from server.domain.devices import DeviceClass
from server.domain.files import FileRules
from server.domain.ids import new_id
from server.domain.people import Customer
from server.errors import Busy, Conflict, NotFound, Refused, StorageFull
from server.store import dialect, files, portals, throttles, tickets, transcript, uploads
from server.store.base import Tx
from server.store.throttles import Throttle
from server.store.transcript import EventRecord
from server.store.uploads import UploadRecord

DAY_MS: Final = 86_400_000
NETWORK: Final = "upload:"
"""Throttles with this prefix are quotas of networks; ``blocked_until`` is when one is whole again."""


class New(msgspec.Struct, frozen=True):
    """What somebody is going to send."""

    client_id: str
    name: str
    size: int
    original_of: str | None = None
    network: str | None = None
    """Where it comes from, as limits count addresses."""


class Standing(msgspec.Struct, frozen=True):
    """How far an upload is; with the line of the transcript that it became."""

    upload: UploadRecord
    event: EventRecord | None


async def begin(desk: Desk, person: Person, ticket_id: str, new: New) -> Standing:
    """Begin an upload, or find the one that was begun. What can be refused without the bytes is refused now.

    Raises NotFound, Refused (the rules of writing, too_many_uploads, day_quota), FileRefused, TooLarge, Conflict,
    StorageFull.
    """
    now, name = desk.clock(), rules.clean_name(new.name)

    def unit(tx: Tx) -> UploadRecord:
        tickets.lock(tx.conn, ticket_id)
        ticket = found(tickets.brief(tx.conn, scope(person), ticket_id))
        earlier = uploads.by_client_id(tx.conn, ticket_id, person.id, new.client_id)
        if earlier is not None:
            if (earlier.name, earlier.size, earlier.original_of) != (name, new.size, new.original_of):
                raise Conflict
            return earlier
        check_may_write(tx.conn, ticket, person)
        of_ticket, settings = portals.of_ticket(tx.conn, ticket_id)
        _check_file(settings.files, person, device_class(person, of_ticket), name, new.size)
        _check_amount(tx, settings.files, person, new.size, now)
        if new.size > room:
            raise StorageFull
        if new.original_of is not None and files.get(tx.conn, scope(person), ticket_id, new.original_of) is None:
            raise NotFound("There is no such file in this ticket.")
        _charge(tx, desk, person, new, now)
        upload = UploadRecord(
            id=new_id(),
            company_id=ticket.company_id,
            ticket_id=ticket_id,
            role=side(person),
            uploader_id=person.id,
            client_id=new.client_id,
            name=name,
            size=new.size,
            received=0,
            state="receiving",
            holder=None,
            original_of=new.original_of,
            code=None,
            reason=None,
            message=None,
            created_at=now,
            changed_at=now,
        )
        uploads.add(tx.conn, upload)
        return upload

    room = await desk.filing.parts.room()
    upload = await desk.store.write(unit)
    return await standing(desk, person, ticket_id, upload.id)


def _check_file(of_portal: FileRules, person: Person, device: DeviceClass, name: str, size: int) -> None:
    extension = rules.check_name(name, rules.allowed(of_portal, side(person), device))
    rules.check_size(size, rules.max_bytes(of_portal, side(person), device, extension))


def _check_amount(tx: Tx, of_portal: FileRules, person: Person, size: int, now: int) -> None:
    dialect.exclusive(tx.conn, f"uploads/{person.id}")
    if uploads.under_way(tx.conn, person.id) >= limits.UPLOADS_UNDER_WAY:
        raise Refused("too_many_uploads", "Too many of your files are on their way; wait until one has arrived.")
    if side(person) == "customer":
        most = of_portal.customer_day_bytes
        if uploads.sent_since(tx.conn, person.id, now - DAY_MS) + size > most:
            said = f"You can send {most // rules.MIB} MiB within 24 hours, and this file would be more than that."
            raise Refused("day_quota", said)


def _charge(tx: Tx, desk: Desk, person: Person, new: New, now: int) -> None:
    """Who is not known may open another ticket as somebody else: the address is asked, too.

    What was announced counts, and does not come back when it is given up: begun and left it would keep room as well.
    """
    if new.network is None or not isinstance(person, Customer) or person.verified:
        return
    most, key = desk.settings.upload_mib_per_address_day, f"{NETWORK}{new.network}"
    known = throttles.get(tx.conn, key)
    whole_at = quota.taken(known.blocked_until if known else 0, now, new.size, most * rules.MIB, DAY_MS)
    if whole_at is None:
        raise Refused("day_quota", f"From your network {most} MiB can be sent within 24 hours, and that is used up.")
    throttles.put(tx.conn, key, Throttle(last_at=now, blocked_until=whole_at))


async def standing(desk: Desk, person: Person, ticket_id: str, upload_id: str) -> Standing:
    """How far my upload is. Raises NotFound."""

    def query(conn: Connection) -> Standing:
        found(tickets.brief(conn, scope(person), ticket_id))
        upload = mine(uploads.get(conn, upload_id), person, ticket_id)
        event = None
        if upload.state == "done":
            event = transcript.by_client_id(conn, ticket_id, upload.uploader_id, upload.client_id)
        return Standing(upload, event)

    return await desk.store.read(query)


async def cancel(desk: Desk, person: Person, ticket_id: str, upload_id: str) -> None:
    """Give an upload up. What the other side has already stays; then Refused(upload_done)."""
    now = desk.clock()

    def unit(tx: Tx) -> None:
        tickets.lock(tx.conn, ticket_id)
        found(tickets.brief(tx.conn, scope(person), ticket_id))
        upload = mine(uploads.get(tx.conn, upload_id), person, ticket_id)
        if upload.state == "done":
            raise Refused("upload_done", "This file has been sent already.")
        uploads.step(tx.conn, upload_id, ("receiving", "checking", "held"), "cancelled", now)

    await desk.store.write(unit)
    # bytes of one that is being received right now go when that request notices
    try:
        async with desk.filing.parts.take(upload_id, 0) as part:
            if part is not None:
                await desk.filing.parts.discard(upload_id)
    except Busy:
        return


def mine(upload: UploadRecord | None, person: Person, ticket_id: str) -> UploadRecord:
    """The other side knows nothing of an upload until it is a file."""
    if upload is None or (upload.ticket_id, upload.role, upload.uploader_id) != (ticket_id, side(person), person.id):
        raise NotFound("There is no such upload, or it is not yours to see.")
    return upload
