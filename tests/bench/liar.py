"""A relay that lies: what it does to message n of each writer of ``LIED_TO`` stands in ``LIES``."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from websockets.asyncio.server import ServerConnection, serve

LIED_TO: Final = "lies"
HONEST: Final = "truth"
LIES: Final = {
    3: "lose",
    5: "double",
    7: "hold back until the next one is out",
    9: "tell somebody else too",
    10: "never acknowledge",
    11: "acknowledge twice",
    12: "refuse",
}
LAST: Final = 13
TAIL: Final = 20
"""Where each transcript ends before anybody writes."""


class Liar:
    """``finished`` when each of so many writers has written LAST messages."""

    def __init__(self, writers: int) -> None:
        self.port = 0
        self.finished = asyncio.Event()
        self._writers = writers
        self._rooms: dict[str, set[ServerConnection]] = {LIED_TO: set(), HONEST: set()}
        self._seq = TAIL
        self._held: dict[str, str] = {}
        self._done: set[str] = set()

    async def take(self, socket: ServerConnection) -> None:
        """One connection."""
        try:
            async for data in socket:
                said = json.loads(data)
                await (self._watch if said["type"] == "watch" else self._send)(socket, said)
        finally:
            for room in self._rooms.values():
                room.discard(socket)

    async def _watch(self, socket: ServerConnection, said: dict[str, Any]) -> None:
        self._rooms[said["ticket"]].add(socket)
        numbers = list(range(said.get("after", TAIL) + 1, TAIL + 1))
        if said["ticket"] == LIED_TO:
            numbers = numbers[:-1]  # whoever comes back is not told of the last one
        page = {"type": "page", "ref": said["ref"], "epoch": "1", "tail": TAIL}
        await socket.send(json.dumps({**page, "events": [{"seq": seq} for seq in numbers]}))

    async def _send(self, socket: ServerConnection, said: dict[str, Any]) -> None:
        lie = LIES.get(said["n"], "") if said["ticket"] == LIED_TO else ""
        if lie != "refuse":
            await self._tell(said, lie)
        answer = {"type": "ack", "id": "", "seq": self._seq} if lie != "refuse" else {"type": "refused", "code": "busy"}
        for _ in range({"never acknowledge": 0, "acknowledge twice": 2}.get(lie, 1)):
            await socket.send(json.dumps({**answer, "ref": said["ref"]}))
        if said["n"] == LAST:
            self._done.add(said["stream"])
            if len(self._done) == self._writers:
                self.finished.set()

    async def _tell(self, said: dict[str, Any], lie: str) -> None:
        self._seq += 1
        event = {"client_id": said["client_id"], "id": "", "text": said["text"]}
        frame = json.dumps({"type": "event", "ticket": said["ticket"], "seq": self._seq, "event": event})
        held = self._held.pop(said["stream"], None)
        if lie.startswith("hold"):
            self._held[said["stream"]] = frame
            return
        frames = {"lose": 0, "double": 2}.get(lie, 1) * [frame] + ([held] if held else [])
        for one in frames:
            for socket in list(self._rooms[said["ticket"]]):
                await socket.send(one)
        if lie.startswith("tell"):
            await next(iter(self._rooms[HONEST])).send(frame)


@asynccontextmanager
async def liar(writers: int) -> AsyncIterator[Liar]:
    """On a free port."""
    lying = Liar(writers)
    async with serve(lying.take, "127.0.0.1", 0) as server:
        lying.port = next(iter(server.sockets)).getsockname()[1]
        yield lying
