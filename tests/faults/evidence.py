"""What is left on disk after a run of fault tests, and words for it. Shares no code with the server or the clients."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

Line = dict[str, Any]


@dataclass
class Participant:
    """One client: its journal, and as which audience it reads. ``side``: whose read marks it moves, if any."""

    name: str
    ticket: str
    audience: str
    author: str
    journal: list[Line]
    company: str = ""
    side: str | None = None

    def lines(self, what: str) -> list[Line]:
        """The journal's lines of one kind."""
        return [line for line in self.journal if line["what"] == what]


@dataclass
class Run:
    """All that is known of a run."""

    participants: list[Participant]
    rows: list[Line]
    """rows of ``events`` as dictionaries"""
    tickets: list[Line] = field(default_factory=list)
    """rows of ``tickets``"""
    indexed: list[tuple[str, str]] | None = None
    """(ticket, event) of each row of the search index, where it was looked at"""
    left_to_do: int = 0
    """rows of the outbox when everything had been quiet for long enough"""
    transcripts: dict[tuple[str, str], list[tuple[int, str, str | None]]] = field(default_factory=dict)
    """(ticket, audience) -> (number, event id, digest of the text) as the API and the JSON download tell them"""
    downloads: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    """(ticket, audience, format) -> lines of a saved transcript"""

    def by_ticket(self) -> dict[str, list[Line]]:
        """The rows of each ticket."""
        rows: dict[str, list[Line]] = defaultdict(list)
        for row in self.rows:
            rows[row["ticket_id"]].append(row)
        return rows


def number_of(row: Line, audience: str) -> int | None:
    """The number that an audience knows an event by."""
    value = row["staff_seq"] if audience == "staff" else row["customer_seq"]
    return None if value is None else int(value)


def seen_by(events: list[Line], audience: str) -> list[tuple[int, Line]]:
    """What an audience knows, in its order."""
    known = [(n, row) for row in events if (n := number_of(row, audience)) is not None]
    return sorted(known, key=lambda pair: pair[0])


def digest(text: str) -> str:
    """As journals keep it of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def said(row: Line) -> str | None:
    """Digest of what somebody wrote, or a machine; None for a change of state."""
    return digest(row["body"]) if row["kind"] in ("message", "note", "translation") else None


def translated(row: Line) -> Line | None:
    """What a translation says of itself (of, lang, state …); None for other rows."""
    if row["kind"] != "translation":
        return None
    told: Line = json.loads(row["data"]) if isinstance(row["data"], str) else row["data"]
    return told


def chain(links: list[tuple[int, str, str | None]]) -> str:
    """One hash over all of it, in this order."""
    result = ""
    for number, event_id, text in links:
        result = digest(f"{result} {number} {event_id} {text or '-'}")
    return result
