"""What somebody may send into a ticket, and which of its files he may read."""

from sqlalchemy import Connection

from server.desk.desk import Desk, found
from server.desk.persons import Person, check_may_write, device_class, scope, side
from server.domain import files as rules
from server.domain.people import Customer
from server.errors import NotFound, Refused
from server.protocol import rest
from server.store import files, portals, tickets
from server.store.files import FileRecord


async def policy(desk: Desk, person: Person, ticket_id: str) -> rest.UploadPolicy:
    """Raises NotFound."""

    def query(conn: Connection) -> rest.UploadPolicy:
        ticket = found(tickets.brief(conn, scope(person), ticket_id))
        of_ticket, settings = portals.of_ticket(conn, ticket_id)
        device = device_class(person, of_ticket)
        types = rules.allowed(settings.files, side(person), device)
        of_sender = rules.sender_rules(settings.files, side(person), device)
        why_not = None
        try:
            check_may_write(conn, ticket, person)
        except Refused as error:
            why_not = error.code
        return rest.UploadPolicy(
            types=list(types),
            accept=rules.accept(types, side(person), device),
            converts=rules.converts(types),
            max_bytes=of_sender.max_bytes,
            image_max_bytes=min(of_sender.image_max_bytes, of_sender.max_bytes),
            max_pixels=settings.files.max_pixels,
            device_class=device if isinstance(person, Customer) else None,
            may_send=why_not is None,
            why_not=why_not,
            scanner=desk.filing.checks.scanner is not None,
        )

    return await desk.store.read(query)


async def file(desk: Desk, person: Person, ticket_id: str, file_id: str) -> FileRecord:
    """A file of a ticket that this person reaches now. Raises NotFound."""
    record = await desk.store.read(lambda conn: files.get(conn, scope(person), ticket_id, file_id))
    if record is None:
        raise NotFound("There is no such file, or it is not yours to see.")
    return record
