"""The hot path of PostgreSQL: messages from sockets, many in one statement, in one round trip.

What the units of desk/messages.py do step by step, said once in SQL: tickets locked in order of id, the rules of who
may write as conditions, the stream's gate (n = last + 1), the counters, the events, the outbox. A message that comes
out without a row was refused or came before, or somebody else holds its ticket (SKIP LOCKED: 31 others must not wait
for that); the unit then waits, and finds out why. No counter is raised before every condition has been met, and ON
CONFLICT stands only where no counter has been raised (it left gaps in 50 of 50 tickets otherwise).
"""

from collections.abc import Container, Iterable
from typing import Final

import msgspec

from server.domain.people import AuthorRole
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


COLUMNS: Final = tuple(Append.__struct_fields__)
_TYPES: Final = {"n": "bigint", "at": "bigint", "available": "boolean"}
_ARRAYS: Final = ", ".join(f"${i}::{_TYPES.get(name, 'text')}[]" for i, name in enumerate(COLUMNS, start=1))

STATEMENT: Final = f"""
WITH input AS MATERIALIZED (
  SELECT * FROM unnest({_ARRAYS}) WITH ORDINALITY AS i({", ".join(COLUMNS)}, place)
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
), first_of_stream AS (
  INSERT INTO streams (ticket_id, author_id, stream, company_id, last_n)
  SELECT ticket_id, author_id, stream, company_id, 1 FROM allowed WHERE n = 1
  ON CONFLICT DO NOTHING
  RETURNING ticket_id, author_id, stream
), next_of_stream AS (
  UPDATE streams s SET last_n = a.n
  FROM allowed a
  WHERE a.n > 1 AND s.ticket_id = a.ticket_id AND s.author_id = a.author_id AND s.stream = a.stream
    AND s.last_n = a.n - 1
  RETURNING s.ticket_id, s.author_id, s.stream
), passed AS MATERIALIZED (
  SELECT a.*,
         count(*) OVER w AS nth, sum(a.visible) OVER w AS nth_visible,
         max(a.place) FILTER (WHERE a.kind = 'message' AND a.author_role <> 'customer')
           OVER (PARTITION BY a.ticket_id) AS answer_place
  FROM allowed a
  JOIN (SELECT * FROM first_of_stream UNION ALL SELECT * FROM next_of_stream) g
    USING (ticket_id, author_id, stream)
  WINDOW w AS (PARTITION BY a.ticket_id ORDER BY a.place ROWS UNBOUNDED PRECEDING)
), tally AS MATERIALIZED (
  SELECT ticket_id, count(*) AS events, sum(visible) AS visible, max(at) AS at,
         bool_or(answer_place IS NOT NULL) AS answered,
         min(at) FILTER (WHERE kind = 'message' AND author_role = 'customer' AND place > coalesce(answer_place, 0))
           AS asked_at
  FROM passed GROUP BY ticket_id
), raised AS (
  UPDATE tickets t
  SET staff_seq = t.staff_seq + y.events,
      customer_seq = t.customer_seq + y.visible,
      last_activity_at = y.at,
      waiting_since = CASE WHEN y.answered THEN y.asked_at ELSE coalesce(t.waiting_since, y.asked_at) END
  FROM tally y WHERE t.id = y.ticket_id
  RETURNING t.id, t.staff_seq - y.events AS staff_before, t.customer_seq - y.visible AS customer_before
), stored AS (
  INSERT INTO events (id, company_id, ticket_id, staff_seq, customer_seq, kind, author_role, author_id, author_name,
                      public_name, body, client_id, at)
  SELECT p.event_id, p.company_id, p.ticket_id, r.staff_before + p.nth,
         CASE WHEN p.visible = 1 THEN r.customer_before + p.nth_visible END,
         p.kind, p.author_role, p.author_id, p.name, p.shown, p.body, p.client_id, p.at
  FROM passed p JOIN raised r ON r.id = p.ticket_id
  RETURNING id, company_id, ticket_id, staff_seq, customer_seq, author_name, public_name
), left_to_do AS (
  INSERT INTO outbox (kind, company_id, ticket_id, event_id)
  SELECT 'search', company_id, ticket_id, id FROM stored
  UNION ALL
  SELECT 'translate', company_id, ticket_id, event_id FROM passed WHERE to_translate
)
SELECT s.id, s.company_id, s.staff_seq, s.customer_seq, s.author_name, s.public_name, p.to_translate
FROM stored s JOIN passed p ON p.event_id = s.id
"""


def batch(waiting: Iterable[Append], most: int, busy: Container[str]) -> list[Append]:
    """The first of those that wait, at most one of each stream: a number waits for the one before it.

    ``busy``: tickets that are in another statement now.
    """
    taken: list[Append] = []
    streams: set[tuple[str, str, str]] = set()
    for message in waiting:
        key = (message.ticket_id, message.author_id, message.stream)
        if key in streams or message.ticket_id in busy:
            continue
        streams.add(key)
        taken.append(message)
        if len(taken) == most:
            break
    return taken


def record(message: Append, row: tuple[str, str, int, int | None, str, str, bool]) -> EventRecord:
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
