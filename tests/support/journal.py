"""Every change of tickets and people in the order in which it was made, and what must hold of automatic routing in it.

Triggers write the journal, in the transaction of each change. Whoever routes holds the locks of the people and of the
ticket, so their lines stand in the order of what really happened. The rules here are told from the journal alone: none
of the program's own queries could hide what it does wrong.
"""

from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select, text

from server.store import dialect
from server.store.tables import events
from tests.support import postgres

_INSTALL: Final = (
    "CREATE TABLE journal (no bigserial PRIMARY KEY, what text NOT NULL, said jsonb NOT NULL)",
    """CREATE FUNCTION journal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       INSERT INTO journal (what, said) VALUES (TG_TABLE_NAME, to_jsonb(NEW)); RETURN NULL; END $$""",
    *(
        f"CREATE TRIGGER journal AFTER INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION journal()"
        for table in ("tickets", "technicians")
    ),
)
_MARK: Final = text("INSERT INTO journal (what, said) VALUES ('mark', '{}')")
_WRITERS: Final = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL"
)
_READ: Final = text("SELECT what, said FROM journal ORDER BY no")


class Ticket(msgspec.Struct, frozen=True):
    """A line about a ticket: as it was from then on."""

    id: str
    key_no: int
    priority: int
    queued_at: int
    queue_id: str
    view: str
    chat: str
    assignee_id: str | None
    routed_at: int | None

    @property
    def waits(self) -> bool:
        return self.view == "new" and self.chat != "ended"

    @property
    def order(self) -> tuple[int, int, str]:
        """The more urgent first, then first come, first served."""
        return -self.priority, self.queued_at, self.id


class Person(msgspec.Struct, frozen=True):
    """A line about a technician."""

    id: str
    availability: str
    absent_since: int | None
    disabled: bool
    capacity: int

    @property
    def there(self) -> bool:
        return self.absent_since is None and not self.disabled

    @property
    def available(self) -> bool:
        return self.there and self.availability == "available"


class Queue(msgspec.Struct, frozen=True):
    """``takers``: who may be given what waits here. ``owner``: of a person's own queue."""

    takers: frozenset[str] = frozenset()
    owner: str | None = None


class Story:
    """The journal, told again from its beginning. Raises AssertionError where something was given wrongly."""

    def __init__(self, queues: dict[str, Queue]) -> None:
        self._queues = queues
        self.tickets: dict[str, Ticket] = {}
        self.people: dict[str, Person] = {}
        self._waited: dict[str, Ticket] = {}
        self.given = 0
        self.overtakable = 0
        """Times that something was given while something else waited that the same person might have been given."""

    def tell(self, what: str, said: dict[str, Any]) -> None:
        """One line."""
        if what == "technicians":
            person = msgspec.convert(said, Person)
            self.people[person.id] = person
        elif what == "tickets":
            ticket = msgspec.convert(said, Ticket)
            before = self.tickets.get(ticket.id)
            self._waited.pop(ticket.id, None)
            if ticket.routed_at is not None and (before is None or before.routed_at is None):
                self._given(before, ticket)
            self.tickets[ticket.id] = ticket
        else:
            self._waited = {one.id: one for one in self.tickets.values() if one.waits}

    def _given(self, before: Ticket | None, ticket: Ticket) -> None:
        name = f"ticket {ticket.key_no} was given"
        assert before is not None, f"{name} before it was there"
        assert before.waits, f"{name}, and did not wait: {before}"
        person = self.people[str(ticket.assignee_id)]
        takers = self._queues[before.queue_id].takers
        assert person.id in takers, f"{name} to somebody who may not take it"
        assert person.available, f"{name} to somebody who is not there: {person}"
        assert len(self.held(person.id)) < person.capacity, f"{name} to somebody without room: {person}"
        for other in self._waited.values():
            if takers <= self._queues[other.queue_id].takers:
                self.overtakable += 1
                assert other.order > before.order, f"{name} and overtook ticket {other.key_no}"
        self.given += 1

    def held(self, who: str) -> list[Ticket]:
        """This person's chats that have not ended."""
        mine = [one for one in self.tickets.values() if one.assignee_id == who and one.view == "active"]
        return [one for one in mine if one.chat != "ended"]

    def left_to_do(self) -> list[str]:
        """What routing should have done by now, and has not."""
        room = {
            who for who, person in self.people.items() if person.available and len(self.held(who)) < person.capacity
        }
        left = []
        for one in self.tickets.values():
            queue = self._queues[one.queue_id]
            if one.waits and queue.takers & room:
                left.append(f"ticket {one.key_no} waits while {queue.takers & room} have room")
            if one.waits and queue.owner is not None and not self.people[queue.owner].there:
                left.append(f"ticket {one.key_no} waits for somebody who is gone")
            if one.routed_at is not None and not self.people[str(one.assignee_id)].available:
                left.append(f"ticket {one.key_no} was given to somebody who does not come")
        return left


def install(url: str) -> None:
    """From now on everything is written down."""
    postgres.written(url, lambda conn: [conn.execute(text(one)) for one in _INSTALL])


def marked(conn: Connection, company: str, queues: dict[str, Queue]) -> Story | None:
    """The story up to now, where a mark is made; None while anybody writes.

    Whatever is given behind a mark was looked at behind it, so nothing that waits at the mark may be overtaken.
    """
    dialect.exclusive(conn, f"routing/{company}")
    conn.execute(_MARK)
    if conn.execute(_WRITERS).scalar_one():
        return None
    story = Story(queues)
    for what, said in conn.execute(_READ):
        story.tell(what, said)
    return story


def check_owners(conn: Connection, company: str) -> None:
    """What transcripts say: nothing was given to anybody while somebody had it."""
    owned: set[str] = set()
    rows = select(events.c.ticket_id, events.c.kind).where(events.c.company_id == company)
    for ticket, kind in conn.execute(rows.order_by(events.c.ticket_id, events.c.staff_seq)):
        if kind in ("assigned", "given"):
            assert ticket not in owned, "given to somebody while somebody had it"
            owned.add(ticket)
        elif kind in ("unassigned", "left", "returned", "reopened"):
            owned.discard(ticket)
