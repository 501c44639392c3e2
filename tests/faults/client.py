"""Chat clients in a process of their own, for fault tests: ``python -m tests.faults.client PLAN [PLAN …]``.

They know the protocol's document and nothing of the server's code. Each writes at random moments, connects to any of
its servers, reconnects for ever, resumes by number, sends again what was not acknowledged, and keeps a journal that is
on disk before anything goes out. The journal is all that is left of them, and what the checker judges by.

PLAN is a JSON file:

    name urls headers hello     who it is; of the urls (ws://…/ws/v1/…) one is drawn for each connection
    http                        addresses of the ticket in the HTTP API: this one gets no socket; or null
    ticket side lists           side: whose read marks these are, or null; lists: whether to ask for the shared list
    messages notes pause_s      how many to write, the share of them that are notes, longest pause between two
    silence_s stay_s            a peer that answers no ping for so long is gone; longest stay on one connection, or null
    seed journal
    enough                      path: when it exists, write nothing more
    finish                      path: when it exists, go as soon as everything is acknowledged, the transcript is read
                                up to the number in it, and the read mark stands there too
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.faults.http_client import HttpClient
from tests.faults.person import AGAIN, Person

WINDOW = 5
"""Messages on their way at once."""
MARK_S = 0.3
"""Between two looks at whether the read mark is where the reader is."""


class Client(Person):
    """On a socket."""

    tells = 4
    """A mark that was told so often without an echo was stored by a server that could not say so: look."""

    def __init__(self, plan: dict[str, Any]) -> None:
        super().__init__(plan)
        self.on_their_way: dict[int, int] = {}
        """ref -> n"""
        self.ref = 0
        self.live = False

    async def live_and_talk(self) -> None:
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
                self.lost(error, rcvd.code if rcvd else None)
            self.live = False
            await asyncio.sleep(self.random.uniform(0.02, 0.2))

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
                self.saw(str(data))
                await self.take(socket, json.loads(data))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # --- what goes out --------------------------------------------------------------------------------------------

    async def leave_when_finished(self, socket: ClientConnection) -> None:
        while not self.finished():  # noqa: ASYNC110 - it waits for a file
            await asyncio.sleep(0.05)
        await socket.close()

    async def move_on(self, socket: ClientConnection) -> None:
        """To another network: in order, or without a word."""
        if self.plan["stay_s"] is None:
            return
        await asyncio.sleep(self.random.uniform(0, self.plan["stay_s"]))
        if self.stopped:
            return
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
            if not self.live or self.read_to_its_end():
                continue
            told, times = self.last_id, times + 1 if told == self.last_id else 1
            if times > self.tells:
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
            if n is not None:
                self.acknowledged(n, frame)
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
        self.read_page(page)
        if page["more"]:
            await self.watch(socket)
            return
        if not self.live:
            self.journal.write("live")
        self.live = True
        self.wake.set()

    async def take_event(self, socket: ClientConnection, seq: int, event: dict[str, Any]) -> None:
        if self.tail is None or seq > self.tail + 1:
            self.journal.write("gap", seq=seq, tail=self.tail)
            await self.watch(socket)
        else:
            self.read_event(seq, event)


def person(file: str) -> Person:
    """On a socket, or without one."""
    plan = json.loads(Path(file).read_text())
    return HttpClient(plan) if plan["http"] else Client(plan)


async def main(files: list[str]) -> None:
    """All of them, until each has finished."""
    await asyncio.gather(*(person(file).run() for file in files))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
