"""What every client of the fault tests does, however it is connected: write, remember what is open, read, keep book.

Knows the protocol's document and nothing of the server's code.
"""

import asyncio
import os
import random
import re
import secrets
import uuid
from pathlib import Path
from typing import Any

from tests.faults.journal import Journal, digest

AGAIN = ("busy", "too_many", "resend_from", "storage_full")
ID = re.compile(r'"([0-9a-f]{32})"')


class Person:
    """One person at one ticket. ``plan``: see tests/faults/client.py."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.random = random.Random(plan["seed"])
        self.journal = Journal(plan["journal"])
        self.stream = secrets.token_hex(16)
        self.written = 0
        self.stopped = False
        self.unacked: dict[int, dict[str, Any]] = {}
        self.wake = asyncio.Event()
        self.tail: int | None = None
        self.last_id: str | None = None
        self.epoch: str | None = None
        self.mark: str | None = None
        self._chain = ""
        self._ids: set[str] = set()
        self._new_ids: set[str] = set()

    async def run(self) -> None:
        """Until everything is written and read."""
        writer = asyncio.create_task(self._write_now_and_then())
        try:
            await self.live_and_talk()
            self._write_ids()
            self.journal.write("done", tail=self.tail, written=self.written, chain=self._chain)
        finally:
            writer.cancel()
            self.journal.close()

    async def live_and_talk(self) -> None:
        """Connect, in one way or the other, until finished."""
        raise NotImplementedError

    def finished(self) -> bool:
        """Everything acknowledged, the transcript read to its end, and the read mark there too."""
        try:
            end = int(Path(self.plan["finish"]).read_text())
        except (FileNotFoundError, ValueError):
            return False
        return self.stopped and not self.unacked and (self.tail or 0) >= end and self.read_to_its_end()

    def read_to_its_end(self) -> bool:
        """The server has said so."""
        return self.plan["side"] is None or self.mark == self.last_id

    # --- writing --------------------------------------------------------------------------------------------------

    async def _write_now_and_then(self) -> None:
        while self.written < self.plan["messages"]:
            await asyncio.sleep(self.random.uniform(0, self.plan["pause_s"]))
            if os.path.exists(self.plan["enough"]):  # noqa: ASYNC240 - a look at one name
                break
            self.write("note" if self.random.random() < self.plan["notes"] else "send")
        self.stopped = True
        self.journal.write("stopped")

    def write(self, kind: str) -> int:
        """One more message ("send") or note; on disk before it goes out. Returns its number."""
        self.written += 1
        n, said = self.written, secrets.token_hex(self.random.randint(1, 60))
        text = f"{self.plan['greeting']}{self.plan['name']} says {n}: {said}"
        message = {"type": kind, "client_id": str(uuid.uuid4()), "n": n, "text": text}
        facts = {"client_id": message["client_id"], "hash": digest(text), "kind": kind, "stream": self.stream}
        self.journal.write("sent", n=n, **facts)
        self.unacked[n] = message
        self.wake.set()
        return n

    def acknowledged(self, n: int, answer: dict[str, Any]) -> None:
        """Message n is stored, as the server says."""
        message = self.unacked.pop(n, None)
        if message is not None:
            self.journal.write("acked", client_id=message["client_id"], seq=answer["seq"], id=answer["id"])

    # --- reading --------------------------------------------------------------------------------------------------

    def saw(self, data: str) -> None:
        """Every id that is in any frame goes into the journal, for who should not have been told of it."""
        self._new_ids.update(set(ID.findall(data)) - self._ids)

    def _write_ids(self) -> None:
        if self._new_ids:
            self.journal.write("saw", ids=sorted(self._new_ids))
        self._ids |= self._new_ids
        self._new_ids = set()

    def lost(self, error: Exception, code: int | None = None) -> None:
        """The connection is gone."""
        self.journal.write("disconnected", error=type(error).__name__, code=code)
        self._write_ids()

    def start_after(self, seq: int) -> None:
        """Whatever was read before is thrown away."""
        if self.tail is not None:
            self.journal.write("reset")
        self.tail, self._chain = seq, ""
        self.journal.write("start", after=seq)

    def read_page(self, page: dict[str, Any]) -> None:
        """A stretch of the transcript, with the marks as they are stored."""
        if not page["recovered"]:
            self.start_after(page["events"][0]["seq"] - 1 if page["events"] else page["tail"])
        self.epoch = page["epoch"]
        for numbered in page["events"]:
            self.read_event(numbered["seq"], numbered["event"])
        self.journal.write("marks", **page["read"])
        if self.plan["side"] is not None:
            self.mark = page["read"][self.plan["side"]]

    def read_event(self, seq: int, event: dict[str, Any]) -> None:
        """The next event, or one that is known."""
        if self.tail is not None and seq <= self.tail:
            self.journal.write("again", seq=seq, id=event["id"])
            return
        self.tail, self.last_id = seq, event["id"]
        said = digest(event["text"]) if "text" in event else None
        self._chain = digest(f"{self._chain} {seq} {event['id']} {said or '-'}")
        self.journal.write(
            "received", seq=seq, id=event["id"], kind=event["kind"], client_id=event.get("client_id"), hash=said
        )
