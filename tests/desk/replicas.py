"""What clients keep: a snapshot, and the frames since. A replica must equal a fresh snapshot at any time."""

import json
from typing import Any

Frame = dict[str, Any]


class Transcript:
    """One ticket for one audience. Fed by ``event`` and ``read`` frames; numbers must come without a hole."""

    def __init__(self, page: Frame) -> None:
        self.lines = [(line["seq"], line["event"]) for line in page["events"]]
        self.tail: int = page["tail"]
        self.read: dict[str, str | None] = dict(page["read"])
        self.ticket: Frame = {name: page["ticket"][name] for name in ("status", "chat")}
        self.technician: str | None = page["ticket"].get("technician")
        self.language: str | None = page["ticket"].get("language")
        self.reader: str | None = page["ticket"].get("reader")

    def apply(self, frame: Frame) -> None:
        if frame["type"] == "event":
            self._event(frame["seq"], frame["event"])
        elif frame["type"] == "read":
            self._read(frame)

    def _event(self, seq: int, event: Frame) -> None:
        if seq != self.tail + 1:
            raise AssertionError(f"number {seq} after {self.tail}")
        self.tail = seq
        self.lines.append((seq, event))
        if "status" in event:
            self.ticket = {"status": event["status"], "chat": event["chat"]}
            if event["chat"] != "joined":
                self.technician = None
            elif event["author"]["role"] == "technician" and event["kind"] != "status":
                self.technician = event["author"]["name"]
            self.reader = event["reader"]
        elif event["kind"] == "language":
            self.language = event["lang"]

    def _read(self, frame: Frame) -> None:
        seqs = {event["id"]: seq for seq, event in self.lines}
        if seqs[frame["event"]] != frame["seq"]:
            raise AssertionError(f"the mark {frame} is at number {seqs[frame['event']]}")
        before = self.read[frame["by"]]
        if before is None or seqs[before] < frame["seq"]:
            self.read[frame["by"]] = frame["event"]

    def unread_by(self, side: str) -> int:
        """Messages of the other side after this side's mark."""
        mark = self.read[side]
        seqs = {event["id"]: seq for seq, event in self.lines}
        after = seqs[mark] if mark else 0
        other = "technician" if side == "customer" else "customer"
        return sum(
            seq > after and event["kind"] == "message" and event["author"]["role"] == other for seq, event in self.lines
        )

    def as_fresh(self, customer: bool) -> Frame:
        """In the shape of ``fresh_transcript``."""
        shape: Frame = {"lines": self.lines, "tail": self.tail, "read": self.read, "ticket": self.ticket}
        if customer:
            shape |= {"technician": self.technician, "unread": self.unread_by("customer")}
        return shape


def fresh_transcript(pages: list[Frame], customer: bool) -> Frame:
    """What a client knows that opens the ticket now."""
    last = pages[-1]
    shape: Frame = {
        "lines": [(line["seq"], line["event"]) for page in pages for line in page["events"]],
        "tail": last["tail"],
        "read": last["read"],
        "ticket": {name: last["ticket"][name] for name in ("status", "chat")},
    }
    if customer:
        shape |= {name: last["ticket"][name] for name in ("technician", "unread")}
    return shape


class SharedList:
    """One company's tickets. Fed by ``ticket`` frames, whose numbers must come without a hole, and by ``hint``."""

    def __init__(self, rows: list[Frame], position: int) -> None:
        self.position = position
        self.tickets = {row["ticket"]["id"]: row["ticket"] for row in rows}
        self.hints = {row["ticket"]["id"]: row["hint"] for row in rows}

    def apply(self, frame: Frame) -> None:
        if frame["type"] == "ticket":
            if frame["seq"] != self.position + 1:
                raise AssertionError(f"list number {frame['seq']} after {self.position}")
            self.position = frame["seq"]
            if frame["fresh"] == (frame["ticket"]["id"] in self.tickets):
                raise AssertionError("fresh is for a ticket that nobody has seen")
            self.tickets[frame["ticket"]["id"]] = frame["ticket"]
        elif frame["type"] == "hint":
            self.hints[frame["hint"]["ticket"]] = frame["hint"]


class Mine:
    """One technician's own tickets. Fed by ``my_ticket`` frames, and by ``hint``."""

    def __init__(self, me: str, rows: list[Frame]) -> None:
        self.me = me
        self.tickets = {row["ticket"]["id"]: row["ticket"] for row in rows}
        self.hints = {row["ticket"]["id"]: row["hint"] for row in rows}

    def apply(self, frame: Frame) -> None:
        if frame["type"] == "my_ticket":
            ticket = frame["ticket"]
            people = [(ticket["assignee"] or {}).get("id"), ticket["waits_for"]]
            people += [*(ticket["offer"] or {}).get("to", []), *(helper["id"] for helper in ticket["helpers"])]
            if self.me in people and ticket["view"] != "completed":
                self.tickets[ticket["id"]] = ticket
                self.hints[ticket["id"]] = frame["hint"]
            else:
                self.tickets.pop(ticket["id"], None)
                self.hints.pop(ticket["id"], None)
        elif frame["type"] == "hint" and frame["hint"]["ticket"] in self.tickets:
            self.hints[frame["hint"]["ticket"]] = frame["hint"]


def decoded(frame: bytes) -> Frame:
    """As a client reads it."""
    found: Frame = json.loads(frame)
    return found
