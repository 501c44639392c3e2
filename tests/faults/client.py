"""Chat clients in a process of their own, for fault tests: ``python -m tests.faults.client PLAN [PLAN …]``.

They know the protocol's document and nothing of the server's code. Each writes at random moments, connects to any of
its servers, reconnects for ever, resumes by number, sends again what was not acknowledged, and keeps a journal that is
on disk before anything goes out. The journal is all that is left of them, and what the checker judges by.

PLAN is a JSON file:

    name urls headers hello     who it is; of the urls (ws://…/ws/v1/…) one is drawn for each connection
    ticket side lists           side: whose read marks these are, or null; lists: whether to ask for the shared list
    messages notes pause_s      how many to write, the share of them that are notes, longest pause between two
    silence_s stay_s            a peer that answers no ping for so long is gone; longest stay on one connection, or null
    seed journal
    enough                      path: when it exists, write nothing more
    finish                      path: when it exists, go as soon as everything is acknowledged, the transcript is read
                                up to the number in it, and the read mark stands there too
"""

import asyncio
import contextlib
import json
import os
import random
import re
import secrets
import sys
import uuid
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.faults.journal import Journal, digest

WINDOW = 5
"""Messages on their way at once."""
MARK_S = 0.3
"""Between two looks at whether the read mark is where the reader is."""
TELL = 4
"""A mark that was told so often without an echo was stored by a server that could not say so: look."""
AGAIN = ("busy", "too_many", "resend_from", "storage_full")
ID = re.compile(r'"([0-9a-f]{32})"')


class Client:
    """One person at one ticket."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.random = random.Random(plan["seed"])
        self.journal = Journal(plan["journal"])
        self.stream = secrets.token_hex(16)
        self.written = 0
        self.stopped = False
        self.unacked: dict[int, dict[str, Any]] = {}
        self.on_their_way: dict[int, int] = {}
        """ref -> n"""
        self.ref = 0
        self.tail: int | None = None
        self.last_id: str | None = None
        self.epoch: str | None = None
        self.chain = ""
        self.mark: str | None = None
        self.live = False
        self.wake = asyncio.Event()
        self.new_ids: set[str] = set()
        self.ids: set[str] = set()

    async def run(self) -> None:
        writer = asyncio.create_task(self.write_now_and_then())
        while not self.finished():
            try:
                async with connect(
                    self.random.choice(self.plan["urls"]),
                    additional_headers=self.plan["headers"],
                    open_timeout=5,
                    ping_interval=self.plan["silence_s"],
                    ping_timeout=self.plan["silence_s"],
                    close_timeout=1,
                    max_size=None,
                ) as socket:
                    self.journal.write("connected")
                    await self.talk(socket)
            except (OSError, ConnectionClosed, InvalidHandshake, TimeoutError) as error:
                rcvd = getattr(error, "rcvd", None)
                self.journal.write("disconnected", error=type(error).__name__, code=rcvd.code if rcvd else None)
            self.live = False
            self.write_ids()
            await asyncio.sleep(self.random.uniform(0.02, 0.2))
        writer.cancel()
        self.journal.write("done", tail=self.tail, written=self.written, chain=self.chain)

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

    def write_ids(self) -> None:
        """Every id that was in any frame."""
        if self.new_ids:
            self.journal.write("saw", ids=sorted(self.new_ids))
        self.ids |= self.new_ids
        self.new_ids = set()

    # --- what goes out --------------------------------------------------------------------------------------------

    async def write_now_and_then(self) -> None:
        while self.written < self.plan["messages"]:
            await asyncio.sleep(self.random.uniform(0, self.plan["pause_s"]))
            if os.path.exists(self.plan["enough"]):  # noqa: ASYNC240 - a look at one name
                break
            self.written += 1
            text = f"{self.plan['name']} says {self.written}: {secrets.token_hex(self.random.randint(1, 60))}"
            kind = "note" if self.random.random() < self.plan["notes"] else "send"
            message = {"type": kind, "client_id": str(uuid.uuid4()), "n": self.written, "text": text}
            self.journal.write(
                "sent", n=self.written, client_id=message["client_id"], hash=digest(text), kind=kind, stream=self.stream
            )
            self.unacked[self.written] = message
            self.wake.set()
        self.stopped = True
        self.journal.write("stopped")

    async def talk(self, socket: ClientConnection) -> None:
        self.on_their_way.clear()
        await self.send(socket, self.plan["hello"])
        if self.plan["lists"]:
            await self.command(socket, type="list", view="all")
        await self.watch(socket)
        works = (self.push, self.tell_mark, self.leave_when_finished, self.move_on)
        tasks = [asyncio.create_task(work(socket)) for work in works]
        try:
            async for data in socket:
                self.new_ids.update(set(ID.findall(str(data))) - self.ids)
                await self.take(socket, json.loads(data))
        finally:
            for task in tasks:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks, return_exceptions=True)

    async def leave_when_finished(self, socket: ClientConnection) -> None:
        while not self.finished():  # noqa: ASYNC110 - it waits for a file
            await asyncio.sleep(0.05)
        await socket.close()

    async def move_on(self, socket: ClientConnection) -> None:
        """To another network: in order, or without a word."""
        if self.plan["stay_s"] is None:
            return
        await asyncio.sleep(self.random.uniform(0, self.plan["stay_s"]))
        if self.random.random() < 0.5:
            await socket.close()
        else:
            socket.transport.abort()

    async def send(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        await socket.send(json.dumps(frame))

    async def command(self, socket: ClientConnection, **fields: Any) -> None:
        """With the next ref."""
        self.ref += 1
        await self.send(socket, {"ref": self.ref, **fields})

    async def watch(self, socket: ClientConnection) -> None:
        self.live = False
        position = {} if self.tail is None else {"after": self.tail, "epoch": self.epoch}
        await self.command(socket, type="watch", ticket=self.plan["ticket"], **position)

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
                self.on_their_way[self.ref + 1] = n
                await self.command(socket, ticket=self.plan["ticket"], stream=self.stream, **message)

    async def tell_mark(self, socket: ClientConnection) -> None:
        """Say how far this person has read, until the server says so too."""
        told, times = None, 0
        while self.plan["side"] is not None:
            await asyncio.sleep(MARK_S)
            if not self.live or self.mark == self.last_id:
                continue
            told, times = self.last_id, times + 1 if told == self.last_id else 1
            if times > TELL:
                times = 0
                await self.watch(socket)
            else:
                await self.send(socket, {"type": "read", "ticket": self.plan["ticket"], "event": told})

    # --- what comes in --------------------------------------------------------------------------------------------

    async def take(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "page":
            await self.take_page(socket, frame)
        elif kind == "event" and frame["ticket"] == self.plan["ticket"]:
            await self.take_event(socket, frame["seq"], frame["event"])
        elif kind == "read" and frame["ticket"] == self.plan["ticket"]:
            self.journal.write("mark", by=frame["by"], id=frame["event"], seq=frame["seq"])
            if frame["by"] == self.plan["side"]:
                self.mark = frame["event"]
        elif kind == "ack":
            n = self.on_their_way.pop(frame["ref"], None)
            message = self.unacked.pop(n, None) if n is not None else None
            if message is not None:
                self.journal.write("acked", client_id=message["client_id"], seq=frame["seq"], id=frame["id"])
            self.wake.set()
        elif kind == "refused":
            await self.take_refusal(socket, frame)
        elif kind == "heartbeat" and frame["tails"].get(self.plan["ticket"], 0) > (self.tail or 0):
            await self.watch(socket)

    async def take_refusal(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        n = self.on_their_way.pop(frame["ref"], None)
        self.journal.write("refused", code=frame["code"], n=n)
        if n is None or frame["code"] in AGAIN:
            await asyncio.sleep((frame["retry_after_ms"] or 50) / 1000)
        if n is not None:
            self.wake.set()
        elif not self.live:
            await self.watch(socket)

    async def take_page(self, socket: ClientConnection, page: dict[str, Any]) -> None:
        if not page["recovered"]:
            if self.tail is not None:
                self.journal.write("reset", epoch=page["epoch"])
            first = page["events"][0]["seq"] if page["events"] else page["tail"] + 1
            self.tail, self.chain = first - 1, ""
            self.journal.write("start", after=self.tail)
        self.epoch = page["epoch"]
        for numbered in page["events"]:
            self.note(numbered["seq"], numbered["event"])
        self.journal.write("marks", **page["read"])
        if self.plan["side"] is not None:
            self.mark = page["read"][self.plan["side"]]
        if page["more"]:
            await self.watch(socket)
        else:
            if not self.live:
                self.journal.write("live")
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
        self.tail, self.last_id = seq, event["id"]
        said = digest(event["text"]) if "text" in event else None
        self.chain = digest(f"{self.chain} {seq} {event['id']} {said or '-'}")
        self.journal.write(
            "received", seq=seq, id=event["id"], kind=event["kind"], client_id=event.get("client_id"), hash=said
        )


async def main(files: list[str]) -> None:
    """All of them, until each has finished."""
    await asyncio.gather(*(Client(json.loads(Path(file).read_text())).run() for file in files))  # noqa: ASYNC240


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
