"""Rows of tickets, made by the database itself: INSERT … SELECT over a series of numbers, on SQLite and PostgreSQL.

Ticket i of a place has the place's mark and i as its id, and so has its customer: nobody has to read them back.
"""

from typing import Any, Final

import msgspec
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Table,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    text,
    true,
    update,
)

from server.clock import now_ms
from server.domain.ticket import Chat, Status, View
from server.store import tables as t

YEAR_MS: Final = 31_536_000_000
LINES: Final = 4096
"""Ids leave room for so many events of each ticket."""
_WORDS: Final = "SELECT coalesce(max(indexdef), '') FROM pg_indexes WHERE indexname = 'ix_search_words'"


class Place(msgspec.Struct, frozen=True):
    """A company with a portal."""

    company: str
    portal_id: str
    slug: str
    queue: str
    prefix: str
    mark: str
    """twelve hex digits, the beginning of all its ids"""

    def ticket(self, number: int) -> str:
        """The id of ticket ``number``, and of its customer."""
        return f"{self.mark}{number:020x}"

    def token(self, number: int) -> str:
        """What its customer shows."""
        return f"bench-{self.ticket(number)}"


def trust(conn: Connection) -> None:
    """Until the end of the transaction PostgreSQL does not look up what rows point at: that is made here too."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET LOCAL session_replication_role = replica"))


def drop_words(conn: Connection) -> str:
    """Drop PostgreSQL's index of words, which takes long to grow; the statement that makes it anew, or nothing."""
    if conn.dialect.name != "postgresql":
        return ""
    definition = str(conn.execute(text(_WORDS)).scalar_one())
    conn.execute(text("DROP INDEX IF EXISTS ix_search_words"))
    return definition


def series(first: int, last: int, name: str) -> CTE:
    """The numbers from ``first`` to ``last``, as column n."""
    begin = select(literal(first, BigInteger).label("n")).cte(name, recursive=True)
    return begin.union_all(select(begin.c.n + 1).where(begin.c.n < last))


class Rows:
    """Tickets ``first`` to ``last`` of a place, with so many messages each: by the customer, and answers, in turn."""

    def __init__(self, conn: Connection, place: Place, first: int, last: int, events: int) -> None:
        self._conn = conn
        self._place = place
        self._last = last
        self._events = events
        self._now = now_ms()
        self._tickets, self._lines = series(first, last, "ticket"), series(1, events, "line")
        self._i, self._j = self._tickets.c.n, self._lines.c.n
        self._ticket_id = self._id(self._i)
        self._event_id = self._id(self._i * LINES + self._j)
        self._text = (
            literal("the printer of room ")
            + cast(self._i % 977, Text())
            + literal(" reports error ")
            + cast(self._i, Text())
            + literal(" for the time number ")
            + cast(self._j, Text())
            + literal(" since this morning could you please have a look at it")
        )

    def customers(self) -> None:
        """One for each ticket."""
        place = self._place
        values = {
            "id": self._ticket_id,
            "company_id": place.company,
            "portal_id": place.portal_id,
            "name": "Ada Byron",
            "verified": False,
            "created_at": self._now,
        }
        self._insert(t.customers, values, self._tickets)

    def tickets(self, status: Status) -> None:
        """Waiting, or done."""
        place, now, done = self._place, self._now, status is Status.DONE
        values: dict[str, Any] = {
            **dict.fromkeys(("id", "client_id", "customer_id"), self._ticket_id),
            "company_id": place.company,
            "portal_id": place.portal_id,
            "queue_id": place.queue,
            "key_prefix": place.prefix,
            **dict.fromkeys(("key_no", "list_seq"), self._i),
            "client_hash": "",
            "subject": "The printer stands still",
            "customer_name": "Ada Byron",
            "customer_sort": "ada byron",
            "verified": False,
            "status": str(status),
            "chat": str(Chat.ENDED if done else Chat.NOT_JOINED),
            "view": str(View.COMPLETED if done else View.NEW),
            "joined": False,
            **dict.fromkeys(("created_at", "queued_at"), self._i + (now - YEAR_MS)),
            **({"closed_at": now} if done else {}),
            "last_activity_at": now,
            "ip": "127.0.0.1",
            "user_agent": "bench",
            "device_class": "windows",
            "os": "Windows 11",
            "browser": "Firefox 140",
            **dict.fromkeys(("staff_seq", "customer_seq", "customer_read", "technician_read"), self._events),
        }
        self._insert(t.tickets, values, self._tickets)
        companies, prefixes = t.companies, t.key_prefixes
        last = case((companies.c.list_seq > self._last, companies.c.list_seq), else_=self._last)
        self._conn.execute(update(companies).where(companies.c.id == place.company).values(list_seq=last))
        self._conn.execute(update(prefixes).where(prefixes.c.prefix == place.prefix).values(last_no=self._last))

    def events(self) -> None:
        """Nothing but messages."""
        if not self._events:
            return
        asks = self._j % 2 == 1
        values = {
            "id": self._event_id,
            "company_id": self._place.company,
            "ticket_id": self._ticket_id,
            "staff_seq": self._j,
            "customer_seq": self._j,
            "kind": "message",
            "author_role": case((asks, "customer"), else_="technician"),
            "author_id": case((asks, self._ticket_id)),
            "author_name": case((asks, "Ada Byron"), else_="Technician"),
            "public_name": case((asks, "Ada Byron"), else_="Technician"),
            "body": self._text,
            "at": self._i + (self._now - YEAR_MS) + self._j,
        }
        self._insert(t.events, values, self._tickets.join(self._lines, true()))

    def texts(self) -> None:
        """What search compares, of heads and messages; on SQLite still without an index of their words."""
        head = {"company_id": self._place.company, "ticket_id": self._ticket_id, "event_id": "", "at": self._now}
        name = literal("ada byron the printer stands still ") + cast(self._i, Text())
        self._insert(t.search, {**head, "text": name}, self._tickets)
        if self._events:
            message = {**head, "event_id": self._event_id, "text": self._text}
            self._insert(t.search, message, self._tickets.join(self._lines, true()))

    def _insert(self, table: Table, values: dict[str, Any], source: FromClause) -> None:
        types = {name: table.c[name].type for name in values}
        found = [v if isinstance(v, ColumnElement) else literal(v, types[name]) for name, v in values.items()]
        self._conn.execute(table.insert().from_select(list(values), select(*found).select_from(source)))

    def _id(self, number: ColumnElement[int]) -> ColumnElement[str]:
        """The place's mark and a number in twenty hex digits."""
        if self._conn.dialect.name == "sqlite":
            digits: ColumnElement[str] = func.printf("%020x", number)
        else:
            digits = func.lpad(func.to_hex(number), 20, "0")
        return literal(self._place.mark) + digits
