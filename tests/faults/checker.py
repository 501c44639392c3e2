"""Judges a run of fault tests from what is left on disk. Shares no code with the server, and nothing with the clients.

It is given the journals of the clients, the rows of the table ``events``, and the transcripts as the API tells them,
and returns a list of violations, each beginning with its verdict:

V1  every acknowledged message is in the table exactly once, under the number that was acknowledged
V2  each participant received every number from where it started to the end exactly once (after the client's own rule)
V3  the order of numbers is the order in which each sender wrote, and the same for all participants
V4  no gap in any audience's numbers, no message without its sender's line
V5  a message that was never acknowledged is absent, or there once
V6  transcript = table = what the journals received
V7  (positions never go back) numbers in a journal only grow between two fresh starts
V8  nothing of another ticket, and no note, in a customer's journal
"""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

Line = dict[str, Any]


@dataclass
class Participant:
    """One client: its journal, and as which audience it reads."""

    name: str
    ticket: str
    audience: str
    author: str
    journal: list[Line]


@dataclass
class Run:
    """All that is known of a run."""

    participants: list[Participant]
    rows: list[Line]
    """rows of ``events`` as dictionaries"""
    transcripts: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)
    """(ticket, audience) -> (number, event id) as the API tells them"""


def check(run: Run) -> list[str]:
    """All violations."""
    rows: dict[str, list[Line]] = defaultdict(list)
    for row in run.rows:
        rows[row["ticket_id"]].append(row)
    found: list[str] = []
    for ticket, events in rows.items():
        found += _numbers(ticket, events)
        found += _transcripts(run, ticket, events)
    for participant in run.participants:
        events = rows.get(participant.ticket, [])
        found += _sent(participant, events)
        found += _received(participant, events)
    found += _senders(run, rows)
    return found


def number_of(row: Line, audience: str) -> int | None:
    """The number that an audience knows an event by."""
    value = row["staff_seq"] if audience == "staff" else row["customer_seq"]
    return None if value is None else int(value)


def _numbers(ticket: str, events: list[Line]) -> list[str]:
    found = []
    for audience in ("staff", "customer"):
        numbers = sorted(n for row in events if (n := number_of(row, audience)) is not None)
        if numbers != list(range(1, len(numbers) + 1)):
            found.append(f"V4 {ticket}: numbers of {audience} have gaps or doubles: {numbers[:20]}…")
    ordered = sorted(events, key=lambda row: int(row["staff_seq"]))
    shown = [row["customer_seq"] for row in ordered if row["customer_seq"] is not None]
    if shown != sorted(shown):
        found.append(f"V3 {ticket}: the two audiences see a different order")
    found += [
        f"V8 {ticket}: note {row['id']} has a customer's number"
        for row in events
        if row["kind"] == "note" and row["customer_seq"] is not None
    ]
    return found


def _sent(participant: Participant, events: list[Line]) -> list[str]:
    found = []
    mine: dict[str, list[Line]] = defaultdict(list)
    for row in events:
        if row["author_id"] == participant.author and row["client_id"]:
            mine[row["client_id"]].append(row)
    acked = {line["client_id"]: line for line in participant.journal if line["what"] == "acked"}
    sent = {line["client_id"]: line for line in participant.journal if line["what"] == "sent"}
    for client_id, line in sent.items():
        there = mine.get(client_id, [])
        ack = acked.get(client_id)
        if ack is not None and len(there) != 1:
            found.append(f"V1 {participant.name}: acknowledged message {line['n']} is stored {len(there)} times")
        elif ack is not None and (there[0]["id"], number_of(there[0], participant.audience)) != (ack["id"], ack["seq"]):
            found.append(f"V1 {participant.name}: message {line['n']} is stored under another number than acknowledged")
        if ack is None and len(there) > 1:
            found.append(f"V5 {participant.name}: unacknowledged message {line['n']} is stored {len(there)} times")
        found += [
            f"V6 {participant.name}: message {line['n']} was changed"
            for row in there
            if hashlib.sha256(row["body"].encode()).hexdigest()[:16] != line["hash"]
        ]
    order = sorted((int(rows[0]["staff_seq"]), sent[c]["n"]) for c, rows in mine.items() if c in sent)
    numbers = [n for _seq, n in order]
    if numbers != sorted(numbers):
        found.append(f"V3 {participant.name}: messages are stored in another order than written: {numbers[:30]}")
    return found


def _received(participant: Participant, events: list[Line]) -> list[str]:
    found = []
    by_number = {n: row for row in events if (n := number_of(row, participant.audience)) is not None}
    position: int | None = None
    for line in participant.journal:
        if line["what"] == "start":
            position = line["after"]
        elif line["what"] == "received":
            if position is None or line["seq"] != position + 1:
                found.append(f"V2 {participant.name}: after {position} came {line['seq']}")
            if position is not None and line["seq"] <= position:
                found.append(f"V7 {participant.name}: went back from {position} to {line['seq']}")
            position = line["seq"]
            row = by_number.get(line["seq"])
            if row is None or row["id"] != line["id"]:
                found.append(f"V6 {participant.name}: received {line['seq']} that is not in the table like that")
            if participant.audience == "customer" and line["kind"] in ("note", "assigned", "unassigned"):
                found.append(f"V8 {participant.name}: a customer received a {line['kind']}")
    last = max(by_number, default=0)
    if position != last:
        found.append(f"V2 {participant.name}: read up to {position}, the transcript ends at {last}")
    return found


def _senders(run: Run, rows: dict[str, list[Line]]) -> list[str]:
    """Every stored message of a participant has a line of its sender."""
    found = []
    sent = {
        (p.ticket, p.author, line["client_id"])
        for p in run.participants
        for line in p.journal
        if line["what"] == "sent"
    }
    authors = {(p.ticket, p.author) for p in run.participants}
    for ticket, events in rows.items():
        seen = Counter((row["author_id"], row["client_id"]) for row in events if row["client_id"])
        for (author, client_id), times in seen.items():
            if times > 1:
                found.append(f"V1 {ticket}: client_id {client_id} is stored {times} times")
            if (ticket, author) in authors and (ticket, author, client_id) not in sent:
                found.append(f"V4 {ticket}: a message that nobody wrote: {client_id}")
    return found


def _transcripts(run: Run, ticket: str, events: list[Line]) -> list[str]:
    found = []
    for audience in ("staff", "customer"):
        told = run.transcripts.get((ticket, audience))
        stored = sorted((n, row["id"]) for row in events if (n := number_of(row, audience)) is not None)
        if told is not None and told != stored:
            found.append(f"V6 {ticket}: the transcript for {audience} differs from the table")
    return found
