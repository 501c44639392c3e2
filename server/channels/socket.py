"""One WebSocket connection, on bare ASGI: reader, bounded inbox, bounded outbox, one place that sends.

An idle socket has one task, its reader, which never waits for the database. A worker runs while there are commands to
carry out, a writer while the peer is behind: a frame that can be sent at once needs none.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, Protocol

import structlog

from server.domain.ids import new_id
from server.metrics import SOCKETS_CUT
from server.protocol import close
from server.settings import Settings
from server.tasks import Tasks

log = structlog.get_logger(__name__)

REASON_BYTES: Final = 123
"""Of a close frame's 125 bytes two are the code (RFC 6455, 5.5)."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Closed(Exception):
    """The peer is gone, or we closed. Not an error."""


LINE: Final = "deskwire.line"
"""The extension of a scope under which the server's protocol stands."""


class Line(Protocol):
    """A connection as ASGI does not show it. The server's protocol does (wire/websocket.py)."""

    heard_at: float
    """when anything came from the peer, pongs included; by the event loop's clock"""

    def take(self, frame: bytes) -> bool:
        """Send it now. False: the peer has yet to take what was sent before, or is gone; nothing was sent."""
        ...

    def listen(self, listener: Callable[[bytes | str], None]) -> None:
        """Hand messages over as they come, but for those that wait to be received already."""
        ...


class Socket:
    """A connection after its handshake was accepted. Without a line it is never silent, and every frame is queued."""

    def __init__(
        self, receive: Receive, send: Send, settings: Settings, tasks: Tasks, line: Line | None = None
    ) -> None:
        self._line = line
        self._receive = receive
        self._send = send
        self._settings = settings
        self._tasks = tasks
        self._queue: list[bytes] = []  # of an idle socket: an empty deque takes 0.6 KiB
        self._queued_bytes = 0
        self._writer: asyncio.Task[None] | None = None
        self._reader: asyncio.Task[Any] | None = None
        self._given_up = False
        self._closing: tuple[int, str] | None = None
        self.closed = False

    @property
    def silence(self) -> float:
        """Seconds since anything came from the peer."""
        return 0.0 if self._line is None else asyncio.get_running_loop().time() - self._line.heard_at

    async def receive(self) -> bytes | str:
        """The next message. Raises Closed when there will be none."""
        if self._closing is not None or self.closed:
            raise Closed
        reader = self._reader = asyncio.current_task()
        try:
            message = await self._receive()
        except asyncio.CancelledError:
            if reader is not None and self._given_up:
                reader.uncancel()
                raise Closed from None
            raise
        finally:
            self._reader = None
        if message["type"] != "websocket.receive":
            self.closed = True
            raise Closed
        if self._closing is not None:  # cut while we waited: this person's commands count no more
            raise Closed
        text = message.get("text")
        return text if text is not None else message.get("bytes") or b""

    async def deliver(self, take: Callable[[bytes | str], None]) -> None:
        """Hand over each message that comes. Raises Closed when there will be none."""
        if self._line is not None:
            self._line.listen(lambda data: None if self._closing is not None else take(data))
        while True:
            take(await self.receive())

    def push(self, frame: bytes) -> None:
        """Send a frame, or queue it where the peer is behind; when the queue is full it is cut, and resumes."""
        if self.closed or self._closing is not None:
            return
        if self._writer is None and self._line is not None and self._line.take(frame):
            return
        self._queue.append(frame)
        self._queued_bytes += len(frame)
        if len(self._queue) > self._settings.outbox_frames or self._queued_bytes > self._settings.outbox_bytes:
            self.cut(close.SLOW, "too slow: resume from your last number")
        elif self._writer is None:
            self._writer = self._tasks.start(self._write(), "socket writer")

    def cut(self, code: int, reason: str) -> None:
        """Close after what is queued; a slow socket's queue is dropped. Only the first call counts."""
        if self.closed or self._closing is not None:
            return
        SOCKETS_CUT.labels(code=str(code)).inc()
        self._closing = (code, fitting(reason))
        if code == close.SLOW:
            self._queue.clear()
        if self._writer is None:
            self._writer = self._tasks.start(self._write(), "socket writer")

    async def _write(self) -> None:
        try:
            while self._queue:
                frame = self._queue.pop(0)
                self._queued_bytes -= len(frame)
                await self._transmit({"type": "websocket.send", "text": frame.decode()})
            if self._closing is not None:
                code, reason = self._closing
                await self._transmit({"type": "websocket.close", "code": code, "reason": reason})
                self.closed = True
        except Closed:
            self.closed = True
            self._queue.clear()
            if self._reader is not None:  # it would wait for minutes, until the network gives up
                self._given_up = True
                self._reader.cancel()
        finally:
            self._writer = None
            if self._queue and not self.closed:  # something came while the last send was under way
                self._writer = self._tasks.start(self._write(), "socket writer")

    async def _transmit(self, message: MutableMapping[str, Any]) -> None:
        """The only place that sends. A peer that takes nothing for send_seconds counts as gone."""
        try:
            async with asyncio.timeout(self._settings.send_seconds):
                await self._send(message)
        except (TimeoutError, OSError, RuntimeError) as error:
            # RuntimeError: uvicorn's "unexpected ASGI message" after the peer has closed
            raise Closed from error

    async def finished(self) -> None:
        """Wait until what was queued is out."""
        writer = self._writer
        if writer is not None:
            await asyncio.wait([writer])


class Inbox:
    """Commands of one socket, carried out one after the other by a task that lives only while there are some."""

    def __init__(self, handle: Callable[[Any], Awaitable[None]], limit: int, tasks: Tasks) -> None:
        self._handle = handle
        self._limit = limit
        self._tasks = tasks
        self._waiting: list[Any] = []
        self._worker: asyncio.Task[None] | None = None

    def put(self, command: object) -> bool:
        """Queue a command; False when the inbox is full."""
        if len(self._waiting) >= self._limit:
            return False
        self._waiting.append(command)
        if self._worker is None:
            self._worker = self._tasks.start(self._work(), "socket worker")
        return True

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._handle(self._waiting.pop(0))
        finally:
            self._worker = None

    async def finished(self) -> None:
        """Wait for what has been accepted: a lost socket does not undo its commands."""
        worker = self._worker
        if worker is not None:
            await asyncio.wait([worker])


def fitting(reason: str) -> str:
    """As much of a reason as a close frame has room for, in whole characters."""
    return reason.encode(errors="replace")[:REASON_BYTES].decode(errors="ignore")


def fault_id() -> str:
    """Names a fault in the log and to the person who met it."""
    return new_id()[-12:]
