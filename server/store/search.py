"""The search index: what search_text() leaves of tickets, messages and notes."""

from typing import Any

from sqlalchemy import Connection, and_, insert, literal_column, select, text

from server.domain.words import search_text
from server.store.scope import StaffScope
from server.store.tables import AnyRow, events, search, tickets

HEAD = ""
"""event_id of the row that holds a ticket's key, customer, subject and company"""


def add(conn: Connection, company_id: str, ticket_id: str, event_id: str, at: int, words: str) -> None:
    """Index a text; the same again changes nothing."""
    found = conn.execute(
        select(search.c.id).where(search.c.ticket_id == ticket_id, search.c.event_id == event_id)
    ).first()
    if found:
        return
    row_id = conn.execute(
        insert(search)
        .values(company_id=company_id, ticket_id=ticket_id, event_id=event_id, at=at, text=words)
        .returning(search.c.id)
    ).scalar_one()
    if conn.dialect.name == "sqlite":
        conn.execute(text("INSERT INTO search_words(rowid, text) VALUES (:id, :text)"), {"id": row_id, "text": words})


def index_event(conn: Connection, row: AnyRow) -> None:
    """Index what an outbox row points at: an event, or a ticket's head."""
    if row.event_id:
        event = conn.execute(select(events.c.body, events.c.at).where(events.c.id == row.event_id)).one()
        add(conn, row.company_id, row.ticket_id, row.event_id, event.at, search_text(event.body))
        return
    t = conn.execute(select(tickets).where(tickets.c.id == row.ticket_id)).one()
    head = (f"{t.key_prefix}-{t.key_no}", t.customer_name, t.email, t.subject, t.company_name, t.company_code)
    words = search_text(" ".join(part for part in head if part))
    add(conn, row.company_id, row.ticket_id, HEAD, t.created_at, words)


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
        match = " & ".join([*words[:-1], f"{words[-1]}:*"])
        condition = text("to_tsvector('simple', search.text) @@ to_tsquery('simple', :match)").bindparams(match=match)
    return list(
        conn.execute(
            select(search.c.ticket_id, search.c.event_id, search.c.at)
            .join(tickets, and_(tickets.c.id == search.c.ticket_id, tickets.c.company_id == search.c.company_id))
            .where(condition, scope.sees_ticket())
            .order_by(search.c.at.desc(), search.c.id.desc())
            .limit(limit)
        )
    )
