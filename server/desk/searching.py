"""Search over keys, customers and all texts, in what this person may see now (G-06, C-35)."""

import re

from sqlalchemy import Connection

from server.desk import shapes
from server.desk.desk import Desk, staff
from server.domain import limits
from server.domain.people import Technician
from server.domain.words import search_text
from server.errors import BadInput
from server.protocol.rest import Hit, Hits
from server.store import search, tickets, transcript
from server.store.transcript import EventRecord

_KEY = re.compile(r"^\s*([A-Za-z][A-Za-z0-9]{0,15})-([0-9]{1,15})\s*$")
SNIPPET_CHARS = 140
START, END = "\ue000", "\ue001"
"""Private-use characters around what matched; they cannot come from search_text and are stripped from texts."""


async def find(desk: Desk, technician: Technician, query: str) -> Hits:
    """Matching tickets, the one with exactly this key first. Raises BadInput below two characters."""
    if len(query.strip()) < limits.SEARCH_CHARS:
        raise BadInput(f"Type at least {limits.SEARCH_CHARS} characters.", field="q")
    if len(query) > 200:
        raise BadInput("At most 200 characters.", field="q")
    scope = staff(technician)

    def look(conn: Connection) -> Hits:
        hits: list[Hit] = []
        key = _KEY.match(query)
        exact = tickets.by_key(conn, scope, key[1].upper(), int(key[2])) if key else None
        if exact is not None:
            hits.append(Hit(shapes.summary(exact), None, exact.created_at, f"{START}{exact.key}{END} {exact.subject}"))
        places = search.find(conn, scope, query, limits.SEARCH_RESULTS + 1)
        for place in places[: limits.SEARCH_RESULTS]:
            record = tickets.get(conn, scope, place.ticket_id)
            if record is None or (exact is not None and record.id == exact.id and not place.event_id):
                continue
            event = transcript.get(conn, record.id, place.event_id) if place.event_id else None
            text = event.body if event else f"{record.key} {record.customer_name}: {record.subject}"
            hits.append(Hit(shapes.summary(record), _original(event), place.at, snippet(text, query)))
        return Hits(_each_once(hits), len(places) > limits.SEARCH_RESULTS)

    return await desk.store.read(look)


def _original(event: EventRecord | None) -> str | None:
    """Where people find it in the transcript: of a translation what it translates, and of the subject the ticket."""
    if event is None or event.kind != "translation":
        return event.id if event else None
    of: str | None = (event.data or {})["of"]
    return of


def _each_once(hits: list[Hit]) -> list[Hit]:
    """A word may stand in a message and in its translations."""
    first: dict[tuple[str, str | None], Hit] = {}
    for hit in hits:
        first.setdefault((hit.ticket.id, hit.event), hit)
    return list(first.values())


def snippet(text: str, query: str) -> str:
    """About 140 characters around the first match, the matching words between START and END."""
    text = text.replace(START, "").replace(END, "")
    wanted = search_text(query).split()
    marks = [m for m in re.finditer(r"\S+", text) if _matches(m.group(), wanted)]
    start = max(0, marks[0].start() - 40) if marks else 0
    stop = min(len(text), start + SNIPPET_CHARS)
    out, at = [], start
    for mark in marks:
        if mark.start() < start or mark.end() > stop:
            continue
        out += [text[at : mark.start()], START, mark.group(), END]
        at = mark.end()
    out.append(text[at:stop])
    return ("…" if start else "") + " ".join("".join(out).split()) + ("…" if stop < len(text) else "")


def _matches(token: str, wanted: list[str]) -> bool:
    parts = search_text(token).split()
    return any(part.startswith(word) if word == wanted[-1] else part == word for part in parts for word in wanted)
