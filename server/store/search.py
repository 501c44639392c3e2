"""The search index: what search_text() leaves of tickets, messages and notes."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, String, and_, delete, exists, literal_column, select, text

from server.domain.words import search_text
from server.store import dialect, sqlite_indexing
from server.store.outbox import Left
from server.store.prepared import Prepared
from server.store.scope import StaffScope
from server.store.sqlite_rows import driver
from server.store.tables import AnyRow, events, search, tickets

HEAD = ""
"""event_id of the row that holds a ticket's key, customer, subject, company, issue type and answers"""


_pointed_at: Final = dialect.given("pointed_at", id=String())
_texts: Final = Prepared(
    select(events.c.company_id, events.c.ticket_id, events.c.id, events.c.at, events.c.body).join(
        _pointed_at, _pointed_at.c.id == events.c.id
    )
)
_heads: Final = select(tickets).join(_pointed_at, _pointed_at.c.id == tickets.c.id)
_old_heads: Final = delete(search).where(search.c.event_id == HEAD, search.c.ticket_id.in_(select(_pointed_at.c.id)))
_COLUMNS: Final = ("company_id", "ticket_id", "event_id", "at", "text")
_made: Final = dialect.given("made", **{name: search.c[name].type for name in _COLUMNS})
_there: Final = exists().where(search.c.ticket_id == _made.c.ticket_id, search.c.event_id == _made.c.event_id)
_insert: Final = Prepared(search.insert().from_select(_COLUMNS, select(_made).where(~_there)))


def index(conn: Connection, rows: Sequence[Left]) -> None:
    """Store the texts of what outbox rows point at: events, where they are not there yet, and tickets' heads anew."""
    said = {row.event_id for row in rows if row.event_id}
    heads = {(row.ticket_id,) for row in rows if not row.event_id}
    texts = [(*found, search_text(body)) for *found, body in _said(conn, said)]
    if heads:
        _forget(conn, dialect.rows(heads))
        texts += [_head(ticket) for ticket in conn.execute(_heads, {"pointed_at": dialect.rows(heads)})]
    if not texts:
        return
    if conn.dialect.name == "sqlite":
        sqlite_indexing.add(driver(conn), texts)
    else:
        _insert(conn, made=dialect.rows(texts))


def words(conn: Connection, most: int) -> int:
    """Index the words of up to so many texts that have been stored without, where that is not one thing; how many."""
    if conn.dialect.name != "sqlite":
        return 0
    raw = driver(conn)
    after, upto = sqlite_indexing.without_words(raw, most)
    if upto > after:
        sqlite_indexing.add_words(raw, after, upto)
    return upto - after


def merge(conn: Connection) -> bool:
    """Tidy up a little of the index of words, where it does not do that by itself; whether there may be more to do."""
    return conn.dialect.name == "sqlite" and sqlite_indexing.merge(driver(conn))


def _said(conn: Connection, event_ids: set[str]) -> Iterable[tuple[Any, ...]]:
    if conn.dialect.name == "sqlite":
        return sqlite_indexing.texts(driver(conn), event_ids)
    return _texts(conn, pointed_at=dialect.rows((one,) for one in event_ids))


def _forget(conn: Connection, pointed_at: str) -> None:
    """The heads of these tickets, and on SQLite their words, which it needs to be told."""
    if conn.dialect.name == "sqlite":
        sqlite_indexing.forget_heads(driver(conn), pointed_at)
    else:
        conn.execute(_old_heads, {"pointed_at": pointed_at})


def _head(t: AnyRow) -> tuple[Any, ...]:
    """The row of a ticket itself."""
    head = [f"{t.key_prefix}-{t.key_no}", t.customer_name, t.email, t.subject, t.company_name, t.company_code]
    head += [t.issue_type, *(answer["shown"] for answer in t.answers or [])]
    return t.company_id, t.id, HEAD, t.created_at, search_text(" ".join(part for part in head if part))


def find(conn: Connection, scope: StaffScope, query: str, limit: int) -> list[AnyRow]:
    """(ticket_id, event_id, at) of matching texts, newest first: all words, the last one as a prefix."""
    words = search_text(query).split()
    if not words:
        return []
    if conn.dialect.name == "sqlite":
        match = " ".join([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}"*'])
        hits: Any = text("SELECT rowid FROM search_words WHERE search_words MATCH :match").bindparams(match=match)
        condition: Any = search.c.id.in_(hits.columns(literal_column("rowid")))
    else:
        match = " & ".join([*(f"'{word}'" for word in words[:-1]), f"'{words[-1]}':*"])
        condition = text("array_to_tsvector(string_to_array(search.text, ' ')) @@ CAST(:match AS tsquery)").bindparams(
            match=match
        )
    return list(
        conn.execute(
            select(search.c.ticket_id, search.c.event_id, search.c.at)
            .join(tickets, and_(tickets.c.id == search.c.ticket_id, tickets.c.company_id == search.c.company_id))
            .where(condition, scope.sees_ticket())
            .order_by(search.c.at.desc(), search.c.id.desc())
            .limit(limit)
        )
    )
