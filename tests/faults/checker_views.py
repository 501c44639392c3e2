"""The checker's second half: what was shown of a transcript and done for it, against the table (V6, V7, V9, V10)."""

from collections import Counter

from tests.faults.evidence import Line, Participant, Run, chain, said, seen_by, translated

SIDES = (("customer", "customer_read"), ("technician", "technician_read"))


def check(run: Run, rows: dict[str, list[Line]]) -> list[str]:
    """All violations of these verdicts."""
    found: list[str] = []
    for ticket, events in rows.items():
        found += _transcripts(run, ticket, events)
    for participant in run.participants:
        events = rows.get(participant.ticket, [])
        found += _chain(participant, events)
        found += _marks_told(participant, events, run)
    for ticket_row in run.tickets:
        found += _marks_stored(run, ticket_row, rows.get(ticket_row["id"], []))
        found += _translations(ticket_row, rows.get(ticket_row["id"], []))
    return found + _index(run)


def _transcripts(run: Run, ticket: str, events: list[Line]) -> list[str]:
    found = []
    for audience in ("staff", "customer"):
        known = seen_by(events, audience)
        told = run.transcripts.get((ticket, audience))
        stored = [(n, row["id"], said(row)) for n, row in known]
        if told is not None and (told != stored or chain(told) != chain(stored)):
            found.append(f"V6 {ticket}: the transcript for {audience} differs from the table")
        for kind in ("html", "text"):
            lines = run.downloads.get((ticket, audience, kind))
            if lines is not None and not _same_lines(lines, [row for _n, row in known]):
                found.append(f"V6 {ticket}: the transcript saved as {kind} for {audience} differs from the table")
    return found


def _same_lines(lines: list[str], rows: list[Line]) -> bool:
    """Line by line, and each text whole at the end of its line; below each what was made of it."""
    last: dict[tuple[str, str], Line] = {}
    for row in rows:
        told = translated(row)
        if told is not None:
            last[told["of"], told["lang"]] = row | {"state": told["state"]}
    shown: list[Line] = []
    for row in rows:
        if row["kind"] != "translation":
            made = [one for (of, _lang), one in last.items() if of == row["id"] and one["state"] == "done"]
            shown += [row, *made]
    if len(lines) != len(shown):
        return False
    ends = {"message": ": ", "note": ": ", "translation": "] "}
    pairs = zip(lines, shown, strict=True)
    return all(line.endswith(ends[row["kind"]] + row["body"]) for line, row in pairs if row["kind"] in ends)


def _translations(ticket: Line, events: list[Line]) -> list[str]:
    """Languages do not change in these runs: each message has one translation into each language that is read."""
    if not ticket["translate"]:
        return []
    times = Counter((told["of"], told["lang"]) for row in events if (told := translated(row)) is not None)
    found = [f"V10 {of} was translated into {lang} {many} times" for (of, lang), many in times.items() if many > 1]
    done = {of for of, _lang in times}
    return found + [
        f"V10 {row['id']} has no translation" for row in events if row["kind"] == "message" and row["id"] not in done
    ]


def _chain(participant: Participant, events: list[Line]) -> list[str]:
    starts, done = participant.lines("start"), participant.lines("done")
    if not starts or not done:
        return []
    links = [(n, row["id"], said(row)) for n, row in seen_by(events, participant.audience) if n > starts[-1]["after"]]
    if chain(links) != done[-1]["chain"]:
        return [f"V6 {participant.name}: the chain of what was received is not that of the table"]
    return []


def _marks_told(participant: Participant, events: list[Line], run: Run) -> list[str]:
    """Snapshots of marks only move forward; whatever was told is an event, and the table has gone as far since."""
    found = []
    numbers = {row["id"]: n for n, row in seen_by(events, participant.audience)}
    staff = {row["id"]: int(row["staff_seq"]) for row in events}
    stored = next((ticket for ticket in run.tickets if ticket["id"] == participant.ticket), None)
    before = {"customer": 0, "technician": 0}
    for line in participant.journal:
        if line["what"] == "mark" and numbers.get(line["id"]) != line["seq"]:
            found.append(f"V7 {participant.name}: a mark at {line['seq']}, which is no such event")
        elif line["what"] in ("mark", "marks"):
            shown = {line["by"]: line["id"]} if line["what"] == "mark" else {s: line[s] for s in before}
            for side, event_id in shown.items():
                place = staff.get(event_id, 0)
                if line["what"] == "marks" and place < before[side]:
                    found.append(f"V7 {participant.name}: the mark of {side} went back to {place}")
                before[side] = max(before[side], place if line["what"] == "marks" else 0)
                if stored is not None and place > int(stored[f"{side}_read"]):
                    found.append(f"V7 {participant.name}: was told that {side} had read {place}; the table forgot it")
    return found


def _marks_stored(run: Run, ticket: Line, events: list[Line]) -> list[str]:
    """Whoever moves a mark has read everything before going; so it stands at the end, and not beyond it."""
    found = []
    for side, column in SIDES:
        visible = seen_by(events, "customer" if side == "customer" else "staff")
        end = max((int(row["staff_seq"]) for _n, row in visible), default=0)
        if int(ticket[column]) > end:
            found.append(f"V7 {ticket['id']}: {side} has read {ticket[column]}, the transcript ends at {end}")
        reader = any(p.ticket == ticket["id"] and p.side == side and p.lines("done") for p in run.participants)
        if reader and int(ticket[column]) != end:
            found.append(f"V7 {ticket['id']}: the mark of {side} stands at {ticket[column]}, not at the end {end}")
    return found


def _index(run: Run) -> list[str]:
    if run.indexed is None:
        return []
    found = [f"V9 {run.left_to_do} rows wait to be done"] if run.left_to_do else []
    times = Counter(run.indexed)
    texts = [(row["ticket_id"], row["id"]) for row in run.rows if said(row) is not None and row["body"]]
    return found + [f"V9 {text[0]}: {text[1]} is indexed {times[text]} times" for text in texts if times[text] != 1]
