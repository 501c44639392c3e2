"""Judges a run of fault tests from what is left on disk. Shares no code with the server, and nothing with the clients.

It is given the journals of the clients, the rows of the tables, and the transcripts as the API and the downloads tell
them, and returns a list of violations, each beginning with its verdict:

V1  every acknowledged message is in the table exactly once, under the number that was acknowledged
V2  each participant received every number from where it started to the end exactly once (after the client's own rule)
V3  the order of numbers is the order in which each sender wrote, and the same for all participants
V4  no gap in any audience's numbers, counters that agree with them, no message without its sender's line
V5  a message that was never acknowledged is absent, or there once
V6  table = transcript = downloads = every journal: one chain of hashes over numbers, ids and texts
V7  positions and read marks never go back, and never stand beyond the end
V8  nothing of another company in anybody's journal; nothing of another ticket, and no note, in a customer's
V9  what a message leaves to be done is done exactly once: it is in the search index, and nothing waits
V10 where messages are translated each of them is, once for each language

V1 to V5 and V8 are here, V6, V7, V9 and V10 in checker_views.
"""

from collections import Counter, defaultdict

from tests.faults import checker_views
from tests.faults.evidence import Line, Participant, Run, digest, number_of, seen_by


def check(run: Run) -> list[str]:
    """All violations."""
    rows = run.by_ticket()
    found: list[str] = []
    for ticket, events in rows.items():
        found += _numbers(ticket, events)
    for participant in run.participants:
        events = rows.get(participant.ticket, [])
        found += _sent(participant, events)
        found += _received(participant, events)
        found += _strangers(run, participant)
    found += _counters(run, rows)
    found += _senders(run, rows)
    return found + checker_views.check(run, rows)


def _numbers(ticket: str, events: list[Line]) -> list[str]:
    found = []
    for audience in ("staff", "customer"):
        numbers = [n for n, _row in seen_by(events, audience)]
        if numbers != list(range(1, len(numbers) + 1)):
            found.append(f"V4 {ticket}: numbers of {audience} have gaps or doubles: {numbers[:20]}…")
    shown = [row["customer_seq"] for _n, row in seen_by(events, "staff") if row["customer_seq"] is not None]
    if shown != sorted(shown):
        found.append(f"V3 {ticket}: the two audiences see a different order")
    found += [
        f"V8 {ticket}: note {row['id']} has a customer's number"
        for row in events
        if row["kind"] == "note" and row["customer_seq"] is not None
    ]
    return found


def _counters(run: Run, rows: dict[str, list[Line]]) -> list[str]:
    found = []
    for ticket in run.tickets:
        for audience, column in (("staff", "staff_seq"), ("customer", "customer_seq")):
            last = max((n for n, _row in seen_by(rows.get(ticket["id"], []), audience)), default=0)
            if int(ticket[column]) != last:
                found.append(f"V4 {ticket['id']}: the counter of {audience} says {ticket[column]}, the last is {last}")
    return found


def _sent(participant: Participant, events: list[Line]) -> list[str]:
    found = []
    mine: dict[str, list[Line]] = defaultdict(list)
    for row in events:
        if row["author_id"] == participant.author and row["client_id"]:
            mine[row["client_id"]].append(row)
    acked = {line["client_id"]: line for line in participant.lines("acked")}
    sent = {line["client_id"]: line for line in participant.lines("sent")}
    for client_id, line in sent.items():
        there = mine.get(client_id, [])
        ack = acked.get(client_id)
        if ack is not None and len(there) != 1:
            found.append(f"V1 {participant.name}: acknowledged message {line['n']} is stored {len(there)} times")
        elif ack is not None and (there[0]["id"], number_of(there[0], participant.audience)) != (ack["id"], ack["seq"]):
            found.append(f"V1 {participant.name}: message {line['n']} is stored under another number than acknowledged")
        if ack is None and len(there) > 1:
            found.append(f"V5 {participant.name}: unacknowledged message {line['n']} is stored {len(there)} times")
        for row in there:
            if digest(row["body"]) != line["hash"]:
                found.append(f"V6 {participant.name}: message {line['n']} was changed")
            if line["kind"] == "note" and (row["kind"] != "note" or row["customer_seq"] is not None):
                found.append(f"V8 {participant.name}: note {line['n']} was given to the customer")
    order = sorted((int(there[0]["staff_seq"]), sent[c]["n"]) for c, there in mine.items() if c in sent)
    numbers = [n for _seq, n in order]
    if numbers != sorted(numbers):
        found.append(f"V3 {participant.name}: messages are stored in another order than written: {numbers[:30]}")
    return found


def _received(participant: Participant, events: list[Line]) -> list[str]:
    found = []
    by_number = dict(seen_by(events, participant.audience))
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


def _strangers(run: Run, participant: Participant) -> list[str]:
    """Ids of what this participant has no business with, in any frame that it was ever sent."""
    forbidden: set[str] = set()
    for row in run.rows:
        own = row["ticket_id"] == participant.ticket and row["customer_seq"] is not None
        if row["company_id"] != participant.company or (participant.audience == "customer" and not own):
            forbidden.add(row["id"])
    for ticket in run.tickets:
        own = ticket["id"] == participant.ticket
        if ticket["company_id"] != participant.company or (participant.audience == "customer" and not own):
            forbidden.add(ticket["id"])
        if ticket["company_id"] != participant.company:
            forbidden.add(ticket["company_id"])
    seen = {event_id for line in participant.lines("saw") for event_id in line["ids"]}
    return [f"V8 {participant.name}: was told of {stranger}" for stranger in sorted(seen & forbidden)]


def _senders(run: Run, rows: dict[str, list[Line]]) -> list[str]:
    """Every stored message of a participant has a line of its sender, and no two have the same."""
    found = []
    sent = {(p.ticket, p.author, line["client_id"]) for p in run.participants for line in p.lines("sent")}
    written = {(p.ticket, p.author, line["hash"]): line["n"] for p in run.participants for line in p.lines("sent")}
    authors = {(p.ticket, p.author) for p in run.participants}
    for ticket, events in rows.items():
        seen = Counter((row["author_id"], row["client_id"]) for row in events if row["client_id"])
        for (author, client_id), times in seen.items():
            if times > 1:
                found.append(f"V1 {ticket}: client_id {client_id} is stored {times} times")
            if (ticket, author) in authors and (ticket, author, client_id) not in sent:
                found.append(f"V4 {ticket}: a message that nobody wrote: {client_id}")
        texts = Counter((ticket, row["author_id"], digest(row["body"])) for row in events)
        found += [
            f"V1 {ticket}: message {written[text]} is stored {times} times"
            for text, times in texts.items()
            if times > 1 and text in written
        ]
    return found
