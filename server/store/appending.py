"""The hot path of PostgreSQL: messages from sockets, many in one statement, in one round trip.

What the units of desk/messages.py do step by step, said once in SQL: tickets locked in order of id, the rules of who
may write as conditions, the stream's gate (n = last + 1), the counters, the events, the outbox. A message that comes
out without a row was refused or came before; the unit then finds out why. One whose ticket somebody else holds comes
out without numbers (SKIP LOCKED: 31 others must not wait for that) and is tried again. No counter is raised before
every condition has been met, and ON CONFLICT stands only where no counter has been raised (it left gaps in 50 of 50
tickets otherwise).

The words are indexed here and not by way of the outbox: the row that would ask for it, its end, and reading the event
again cost more than the index (docs/decisions/0028).
"""

from collections.abc import Container, Iterable, Sequence
from typing import Any, Final

import msgspec

from server.domain.people import AuthorRole
from server.domain.words import search_text
from server.store.transcript import EventRecord


class Append(msgspec.Struct, frozen=True, eq=False):
    """A message or note from a socket, with what its author may see. ``companies``: of a technician, else empty.

    Each is its own: as a key it is looked up by its address, not by fourteen fields.
    """

    event_id: str
    ticket_id: str
    kind: str
    author_role: AuthorRole
    author_id: str
    author_name: str
    public_name: str
    body: str
    client_id: str
    stream: str
    n: int
    at: int
    companies: str
    """ids, comma separated: arrays of arrays do not travel"""
    available: bool


_TYPES: Final = {"n": "bigint", "at": "bigint", "available": "boolean"}
_COLUMNS: Final = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in (*Append.__struct_fields__, "words"))

# one JSON: arrays for unnest() cost asyncpg 90,000 instructions a message, this 8,000
STATEMENT: Final = f"""
WITH input AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS i({_COLUMNS})
), locked AS MATERIALIZED (
  SELECT id, company_id, customer_id, customer_name, status, chat, assignee_id, joined, translate
  FROM tickets WHERE id IN (SELECT ticket_id FROM input) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
), allowed AS MATERIALIZED (
  SELECT i.*, t.company_id,
         CASE WHEN i.author_role = 'customer' THEN t.customer_name ELSE i.author_name END AS name,
         CASE WHEN i.author_role = 'customer' THEN t.customer_name ELSE i.public_name END AS shown,
         (i.kind = 'message')::int AS visible, t.translate AND i.kind = 'message' AS to_translate
  FROM input i JOIN locked t ON t.id = i.ticket_id
  WHERE CASE
      WHEN i.author_role = 'customer' THEN
        t.customer_id = i.author_id AND t.status <> 'done' AND t.chat <> 'ended'
      WHEN i.kind = 'note' THEN
        t.company_id = ANY(string_to_array(i.companies, ',')) AND (i.available OR t.assignee_id = i.author_id)
      ELSE
        t.company_id = ANY(string_to_array(i.companies, ',')) AND t.assignee_id = i.author_id
        AND t.joined AND t.status <> 'done' AND t.chat = 'joined'
    END
    AND NOT EXISTS (
      SELECT 1 FROM events e
      WHERE e.ticket_id = i.ticket_id AND e.author_id = i.author_id AND e.client_id = i.client_id
    )
), gate AS (
  INSERT INTO streams (ticket_id, author_id, stream, company_id, last_n)
  SELECT a.ticket_id, a.author_id, a.stream, a.company_id, a.n
  FROM allowed a
  LEFT JOIN streams s ON s.ticket_id = a.ticket_id AND s.author_id = a.author_id AND s.stream = a.stream
  WHERE a.n = coalesce(s.last_n, 0) + 1
  ON CONFLICT (ticket_id, author_id, stream) DO UPDATE SET last_n = excluded.last_n
  WHERE streams.last_n = excluded.last_n - 1
  RETURNING ticket_id
), raised AS (
  UPDATE tickets t
  SET staff_seq = t.staff_seq + 1,
      customer_seq = t.customer_seq + a.visible,
      last_activity_at = a.at,
      waiting_since = CASE
        WHEN a.visible = 0 THEN t.waiting_since
        WHEN a.author_role = 'customer' THEN coalesce(t.waiting_since, a.at)
      END
  FROM allowed a JOIN gate g ON g.ticket_id = a.ticket_id
  WHERE t.id = a.ticket_id
  RETURNING a.*, t.staff_seq, CASE WHEN a.visible = 1 THEN t.customer_seq END AS customer_seq
), stored AS (
  INSERT INTO events (id, company_id, ticket_id, staff_seq, customer_seq, kind, author_role, author_id, author_name,
                      public_name, body, client_id, at)
  SELECT event_id, company_id, ticket_id, staff_seq, customer_seq, kind, author_role, author_id, name, shown, body,
         client_id, at
  FROM raised
), indexed AS (
  INSERT INTO search (company_id, ticket_id, event_id, at, text)
  SELECT company_id, ticket_id, event_id, at, words FROM raised
), left_to_do AS (
  INSERT INTO outbox (kind, company_id, ticket_id, event_id)
  SELECT 'translate', company_id, ticket_id, event_id FROM raised WHERE to_translate
)
SELECT event_id, company_id, staff_seq, customer_seq, name, shown, to_translate FROM raised
UNION ALL
SELECT event_id, NULL, NULL, NULL, NULL, NULL, NULL FROM input WHERE ticket_id NOT IN (SELECT id FROM locked)
"""


def batch(waiting: Iterable[Append], most: int, busy: Container[str]) -> list[Append]:
    """The first of those that wait, one of each ticket: what else there is of it waits for the next statement.

    ``busy``: tickets that are in another statement now.
    """
    taken: dict[str, Append] = {}
    for message in waiting:
        if message.ticket_id not in taken and message.ticket_id not in busy:
            taken[message.ticket_id] = message
            if len(taken) == most:
                break
    return list(taken.values())


def argument(messages: Iterable[Append]) -> str:
    """Of the statement. No ticket may be in it twice."""
    rows = [{**msgspec.structs.asdict(message), "words": search_text(message.body)} for message in messages]
    return msgspec.json.encode(rows).decode()


def is_held(row: Sequence[Any]) -> bool:
    """Whether this row of the answer says that somebody else holds the ticket, or that there is none."""
    return row[1] is None


def record(message: Append, row: Sequence[Any]) -> EventRecord:
    """The event that a message became."""
    event_id, company_id, staff_seq, customer_seq, author_name, public_name, to_translate = row
    return EventRecord(
        id=event_id,
        company_id=company_id,
        ticket_id=message.ticket_id,
        staff_seq=staff_seq,
        customer_seq=customer_seq,
        kind=message.kind,
        author_role=message.author_role,
        author_id=message.author_id,
        author_name=author_name,
        public_name=public_name,
        body=message.body,
        data=None,
        client_id=message.client_id,
        at=message.at,
        to_translate=to_translate,
    )
