"""A chat client in a process of its own, for fault tests: ``python -m tests.faults.client PLAN``.

It knows the protocol's document and nothing of the server's code. It writes at random moments, reconnects for ever,
resumes by number, sends again what was not acknowledged, and keeps a journal that is on disk before anything goes out.

PLAN is a JSON file: name, url (ws://…/ws/v1/…), headers, hello, ticket, messages (how many to write), notes (share of
them that are notes), pause_s (longest pause between two), seed, journal (path), finish (path: when it exists, go as
soon as everything is acknowledged and the transcript is read up to the number in it).
"""

import asyncio
import hashlib
import json
import os
import random
import secrets
import sys
import uuid
from pathlib import Path
from typing import Any, TextIO

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

WINDOW = 5
"""Messages on their way at once."""


class Journal:
    """Lines of JSON, each on disk before the next thing happens."""

    def __init__(self, path: str) -> None:
        self._file: TextIO = Path(path).open("a", encoding="utf-8")  # noqa: SIM115 - open as long as the process

    def write(self, what: str, **facts: Any) -> None:
        self._file.write(json.dumps({"what": what, **facts}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


class Client:
    """One person at one ticket."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.random = random.Random(plan["seed"])
        self.journal = Journal(plan["journal"])
        self.stream = secrets.token_hex(16)
        self.written = 0
        self.unacked: dict[int, dict[str, Any]] = {}
        self.on_their_way: dict[int, int] = {}
        """ref -> n"""
        self.ref = 0
        self.tail: int | None = None
        self.epoch: str | None = None
        self.live = False
        self.wake = asyncio.Event()

    async def run(self) -> None:
        writer = asyncio.create_task(self.write_now_and_then())
        while not self.finished():
            try:
                async with connect(
                    self.plan["url"], additional_headers=self.plan["headers"], open_timeout=5, max_size=None
                ) as socket:
                    self.journal.write("connected")
                    await self.talk(socket)
            except (OSError, ConnectionClosed, InvalidHandshake, TimeoutError) as error:
                self.journal.write("disconnected", error=type(error).__name__)
            self.live = False
            await asyncio.sleep(self.random.uniform(0.02, 0.2))
        writer.cancel()
        self.journal.write("done", tail=self.tail, written=self.written)

    def finished(self) -> bool:
        """Everything acknowledged, and the transcript read to its end."""
        try:
            end = int(Path(self.plan["finish"]).read_text())
        except (FileNotFoundError, ValueError):
            return False
        return not self.unacked and self.written == self.plan["messages"] and (self.tail or 0) >= end

    async def write_now_and_then(self) -> None:
        while self.written < self.plan["messages"]:
            await asyncio.sleep(self.random.uniform(0, self.plan["pause_s"]))
            self.written += 1
            text = f"{self.plan['name']} says {self.written}: {secrets.token_hex(self.random.randint(1, 60))}"
            kind = "note" if self.random.random() < self.plan["notes"] else "send"
            message = {"type": kind, "client_id": str(uuid.uuid4()), "n": self.written, "text": text}
            self.journal.write(
                "sent", n=self.written, client_id=message["client_id"], hash=digest(text), kind=kind, stream=self.stream
            )
            self.unacked[self.written] = message
            self.wake.set()

    async def talk(self, socket: ClientConnection) -> None:
        self.on_their_way.clear()
        await self.send(socket, self.plan["hello"])
        await self.watch(socket)
        pusher = asyncio.create_task(self.push(socket))
        ender = asyncio.create_task(self.leave_when_finished(socket))
        try:
            async for data in socket:
                await self.take(socket, json.loads(data))
        finally:
            pusher.cancel()
            ender.cancel()

    async def leave_when_finished(self, socket: ClientConnection) -> None:
        while not self.finished():  # noqa: ASYNC110 - it waits for a file
            await asyncio.sleep(0.05)
        await socket.close()

    async def send(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        await socket.send(json.dumps(frame))

    async def watch(self, socket: ClientConnection) -> None:
        self.live = False
        self.ref += 1
        command: dict[str, Any] = {"type": "watch", "ref": self.ref, "ticket": self.plan["ticket"]}
        if self.tail is not None:
            command |= {"after": self.tail, "epoch": self.epoch}
        await self.send(socket, command)

    async def push(self, socket: ClientConnection) -> None:
        """Send what is not acknowledged, in order, a few at a time."""
        while True:
            await self.wake.wait()
            self.wake.clear()
            if not self.live:
                continue
            for n, message in sorted(self.unacked.items()):
                if n in self.on_their_way.values():
                    continue
                if len(self.on_their_way) >= WINDOW:
                    break
                self.ref += 1
                self.on_their_way[self.ref] = n
                await self.send(
                    socket, {**message, "ref": self.ref, "ticket": self.plan["ticket"], "stream": self.stream}
                )

    async def take(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "page":
            await self.take_page(socket, frame)
        elif kind == "event" and frame["ticket"] == self.plan["ticket"]:
            await self.take_event(socket, frame["seq"], frame["event"])
        elif kind == "ack":
            n = self.on_their_way.pop(frame["ref"], None)
            message = self.unacked.pop(n, None) if n is not None else None
            if message is not None:
                self.journal.write("acked", client_id=message["client_id"], seq=frame["seq"], id=frame["id"])
            self.wake.set()
        elif kind == "refused":
            self.journal.write("refused", code=frame["code"])
            n = self.on_their_way.pop(frame["ref"], None)
            if frame["code"] in ("busy", "too_many", "resend_from", "storage_full"):
                await asyncio.sleep((frame["retry_after_ms"] or 20) / 1000)
                self.wake.set()
            elif n is None:
                await asyncio.sleep(0.1)
                await self.watch(socket)
        elif kind == "heartbeat" and frame["tails"].get(self.plan["ticket"], 0) > (self.tail or 0):
            await self.watch(socket)

    async def take_page(self, socket: ClientConnection, page: dict[str, Any]) -> None:
        if not page["recovered"]:
            if self.tail is not None:
                self.journal.write("reset", epoch=page["epoch"])
            first = page["events"][0]["seq"] if page["events"] else page["tail"] + 1
            self.tail = first - 1
            self.journal.write("start", after=self.tail)
        self.epoch = page["epoch"]
        for numbered in page["events"]:
            self.note(numbered["seq"], numbered["event"])
        if page["more"]:
            await self.watch(socket)
        else:
            self.live = True
            self.wake.set()

    async def take_event(self, socket: ClientConnection, seq: int, event: dict[str, Any]) -> None:
        if self.tail is None or seq > self.tail + 1:
            self.journal.write("gap", seq=seq, tail=self.tail)
            await self.watch(socket)
        else:
            self.note(seq, event)

    def note(self, seq: int, event: dict[str, Any]) -> None:
        if self.tail is not None and seq <= self.tail:
            self.journal.write("again", seq=seq, id=event["id"])
            return
        self.tail = seq
        self.journal.write(
            "received",
            seq=seq,
            id=event["id"],
            kind=event["kind"],
            client_id=event.get("client_id"),
            hash=digest(event["text"]) if "text" in event else None,
        )


def digest(text: str) -> str:
    """What the journal keeps of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


if __name__ == "__main__":
    asyncio.run(Client(json.loads(Path(sys.argv[1]).read_text())).run())
