"""Bugs on purpose, planted into the real server by ``launch --bug NAME``: each one the checker has to find.

They are what one would write without thinking of the fault that reveals it (tests/faults/test_planted.py says which).
"""

import asyncio
import threading
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text, true

from server.channels.hub import Feed, Hub
from server.desk import announce, messages
from server.desk.indexing import Indexer
from server.errors import ResendFrom
from server.store import outbox, postgres, scope, search, sqlite_writer, tickets, transcript
from server.store.base import Tx
from server.store.postgres import PostgresStore
from server.store.sqlite import SqliteStore
from server.store.transcript import EventRecord

LAPS = 100
"""Of the event loop: more than anything needs from a commit to the frames that tell of it."""


def ack_before_commit() -> None:
    """The sender hears of it as soon as the statements have run; COMMIT comes a little later."""
    settle, store = SqliteStore._settle, _opened()

    def run(conn: Connection, jobs: Any) -> None:
        with conn.begin():
            sqlite_writer.run_each(conn, conn.connection.driver_connection, jobs)  # type: ignore[arg-type]
            store()._loop.call_soon_threadsafe(settle, store(), jobs)
            _until_told(store()._loop)

    replace(sqlite_writer, "run", run)
    replace(SqliteStore, "_settle", lambda _self, _jobs: None)


def announce_before_commit() -> None:
    """Everybody is told at once, which is so much quicker."""
    store = _opened()

    def event(_tx: Tx, record: EventRecord) -> None:
        store()._loop.call_soon_threadsafe(store().on_commit, announce.event_frames(record))
        _until_told(store()._loop)

    _units_only(SqliteStore)
    replace(announce, "event", event)


def _opened() -> Callable[[], SqliteStore]:
    """The store, once there is one."""
    stores: list[SqliteStore] = []
    made = SqliteStore.__init__

    def make(self: SqliteStore, *arguments: Any) -> None:
        made(self, *arguments)
        stores.append(self)

    replace(SqliteStore, "__init__", make)
    return lambda: stores[0]


def _units_only(kind: type[SqliteStore | PostgresStore]) -> None:
    """Messages go the long way, where the bug is."""

    async def no_quick_way(_self: Any, _message: Any, _announce: Any) -> None:
        return None

    replace(kind, "append", no_quick_way)


def _until_told(loop: asyncio.AbstractEventLoop) -> None:
    """A disk on a bad day, in the thread that writes: meanwhile everybody hears."""
    told = threading.Event()

    def lap(left: int) -> None:
        if left:
            loop.call_soon(lap, left - 1)
        else:
            told.set()

    loop.call_soon_threadsafe(lap, LAPS)
    told.wait()


def ack_without_flush() -> None:
    """COMMIT does not wait for the disk."""
    careful = postgres.arguments

    def careless(*how: Any) -> dict[str, Any]:
        given = careful(*how)
        given["server_settings"]["synchronous_commit"] = "off"
        return given

    replace(postgres, "arguments", careless)


def sequence_numbers() -> None:
    """Numbers from a sequence of the database for each transcript, instead of a counter under the ticket's lock.

    Between number and COMMIT a writer may be slow: as long as somebody holds the advisory lock of that number.
    """

    def numbers(conn: Connection, ticket: str, visible: int, **_given: Any) -> list[tuple[int, int, bool]]:
        seq = _next(conn, ticket, "staff_seq")
        shown = _next(conn, ticket, "customer_seq") if visible else 0
        conn.execute(text("SELECT pg_advisory_xact_lock_shared(:seq)"), {"seq": seq})
        raised = "staff_seq = greatest(staff_seq, :seq), customer_seq = greatest(customer_seq, :shown)"
        values = {"seq": seq, "shown": shown, "ticket": ticket}
        row = conn.execute(text(f"UPDATE tickets SET {raised} WHERE id = :ticket RETURNING translate"), values)
        return [(seq, shown, row.scalar_one())]

    _units_only(PostgresStore)
    replace(tickets, "lock", lambda _conn, _ticket_id: None)
    replace(transcript, "_raise_numbers", numbers)


def _next(conn: Connection, ticket: str, column: str) -> int:
    name = f"{column}_{ticket}"
    start = conn.execute(text(f"SELECT {column} + 1 FROM tickets WHERE id = :id"), {"id": ticket}).scalar_one()
    conn.execute(text(f"CREATE SEQUENCE IF NOT EXISTS {name} START {start}"))
    return int(conn.execute(text(f"SELECT nextval('{name}')")).scalar_one())


def no_look_at_the_store() -> None:
    """Nothing is read again after Redis was away, nor from time to time."""

    async def nothing(_self: Hub) -> None:
        return None

    replace(Hub, "check_soon", lambda _self, _topic: None)
    replace(Hub, "check_positions", nothing)


def no_hole_filling() -> None:
    """A feed waits for the missing number, for ever."""
    replace(Feed, "_fill_later", lambda _self, _delay: None)


def no_n() -> None:
    """Repetitions are known by their client_id, and the order by nothing."""

    def earlier(tx: Tx, ticket: Any, actor: Any, _kind: str, written: Any) -> EventRecord | None:
        return transcript.by_client_id(tx.conn, ticket.id, str(actor.id), written.client_id)

    _units_only(SqliteStore)
    replace(messages, "_earlier", earlier)
    replace(transcript, "set_last_n", lambda *_arguments: None)


def forget_client_id() -> None:
    """Whatever was sent again is stored again."""
    append = transcript.append

    def earlier(tx: Tx, ticket: Any, actor: Any, _kind: str, written: Any) -> EventRecord | None:
        last = transcript.last_n(tx.conn, ticket.id, str(actor.id), written.stream)
        if written.n > last + 1:
            raise ResendFrom(last + 1)
        return None

    def anew(conn: Connection, **given: Any) -> EventRecord:
        known = transcript.by_client_id(conn, given["ticket_id"], given["actor"].id, given.get("client_id") or "")
        return append(conn, **given | ({"client_id": str(uuid.uuid4())} if known else {}))

    _units_only(SqliteStore)
    replace(messages, "_earlier", earlier)
    replace(transcript, "append", anew)


def note_to_customers() -> None:
    """Somebody's note is stored as a message."""
    append = transcript.append

    def shown(conn: Connection, **given: Any) -> EventRecord:
        return append(conn, **given | ({"kind": "message", "visible": True} if given["kind"] == "note" else {}))

    _units_only(SqliteStore)
    replace(transcript, "append", shown)


def every_company() -> None:
    """The list of tickets forgets to ask whose."""
    replace(scope.StaffScope, "shares", lambda _self: true())


def outbox_too_early() -> None:
    """What is left to do is crossed out first and done then."""

    async def step(self: Indexer) -> bool:
        most = self._desk.store.rows_at_once

        def take(tx: Tx) -> list[Any]:
            return outbox.remove(tx.conn, "search", most)

        rows = await self._desk.store.write(take)
        await self._desk.store.write(lambda tx: search.index(tx.conn, rows))
        return len(rows) == most

    _units_only(SqliteStore)
    replace(Indexer, "step", step)


BUGS: dict[str, Callable[[], None]] = {
    bug.__name__.replace("_", "-"): bug
    for bug in (
        ack_before_commit,
        announce_before_commit,
        ack_without_flush,
        sequence_numbers,
        no_look_at_the_store,
        no_hole_filling,
        no_n,
        forget_client_id,
        note_to_customers,
        every_company,
        outbox_too_early,
    )
}


def replace(owner: Any, name: str, by: Any) -> None:
    """In this process; it has to be there."""
    if not hasattr(owner, name):
        raise AttributeError(f"{owner!r} has no {name} any more: plant this bug elsewhere")
    setattr(owner, name, by)


def plant(name: str) -> None:
    """From now on this process has the bug."""
    BUGS[name]()
