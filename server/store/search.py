"""The search index: what search_text() leaves of tickets, messages and notes."""

from typing import Any

from sqlalchemy import Connection, and_, func, insert, literal_column, select, text

from server.domain.words import search_text
from server.store.scope import StaffScope
from server.store.tables import AnyRow, events, search, tickets

HEAD = ""
"""event_id of the row that holds a ticket's key, customer, subject, company, issue type and answers"""


def index(conn: Connection, rows: list[AnyRow]) -> None:
    """Index what outbox rows point at, events or tickets' heads; what is in the index already is left alone."""
    texts = {**_event_texts(conn, rows), **_head_texts(conn, rows)}
    tickets_touched = sorted({ticket_id for ticket_id, _event_id in texts})
    known = conn.execute(
        select(search.c.ticket_id, search.c.event_id).where(
            search.c.ticket_id.in_(tickets_touched), search.c.event_id.in_(sorted({event for _t, event in texts}))
        )
    )
    for row in known:
        texts.pop((row.ticket_id, row.event_id), None)
    if not texts:
        return
    last = conn.execute(select(func.coalesce(func.max(search.c.id), 0))).scalar_one()
    conn.execute(insert(search), list(texts.values()))
    if conn.dialect.name == "sqlite":
        conn.execute(
            text("INSERT INTO search_words(rowid, text) SELECT id, text FROM search WHERE id > :last"), {"last": last}
        )


def _event_texts(conn: Connection, rows: list[AnyRow]) -> dict[tuple[str, str], dict[str, Any]]:
    ids = [row.event_id for row in rows if row.event_id]
    found = conn.execute(
        select(events.c.company_id, events.c.ticket_id, events.c.id, events.c.at, events.c.body).where(
            events.c.id.in_(ids)
        )
    )
    return {
        (row.ticket_id, row.id): {
            "company_id": row.company_id,
            "ticket_id": row.ticket_id,
            "event_id": row.id,
            "at": row.at,
            "text": search_text(row.body),
        }
        for row in found
    }


def _head_texts(conn: Connection, rows: list[AnyRow]) -> dict[tuple[str, str], dict[str, Any]]:
    ids = [row.ticket_id for row in rows if not row.event_id]
    texts = {}
    for t in conn.execute(select(tickets).where(tickets.c.id.in_(ids))):
        head = [f"{t.key_prefix}-{t.key_no}", t.customer_name, t.email, t.subject, t.company_name, t.company_code]
        head += [t.issue_type, *(answer["shown"] for answer in t.answers or [])]
        texts[t.id, HEAD] = {
            "company_id": t.company_id,
            "ticket_id": t.id,
            "event_id": HEAD,
            "at": t.created_at,
            "text": search_text(" ".join(part for part in head if part)),
        }
    return texts


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
