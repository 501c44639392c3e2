"""One WebSocket connection. Who takes nothing is let go, who sends too much is cut.

uvicorn ends a connection with ``transport.close()``, which waits until everything is out: for a peer that reads
nothing, for ever. Here every end has a deadline, after which the transport is aborted.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final, cast

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.exceptions import InvalidState
from websockets.http11 import Request

from server.channels.socket import LINE
from server.metrics import CONNECTIONS, CONNECTIONS_CUT
from server.protocol import close
from server.wire.config import Config
from server.wire.frames import CountedFrames
from server.wire.mailbox import Mailbox

WRITE_BUFFER_BYTES: Final = 65_536
"""Above it nothing more is read from this peer: answers to pings would go into the same buffer."""
AHEAD: Final = 8
"""Messages that the application has not taken yet, above which nothing more is read."""
GRACE_SECONDS: Final = 1.0
"""For the last words of a connection that is over."""


class SocketProtocol(WebSocketsSansIOProtocol):
    """A WebSocket."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn = CountedFrames(max_size=config.ws_max_size)
        self.queue = Mailbox()  # type: ignore[assignment]  # has all that is used of a queue
        self._assembly_seconds = config.settings.assembly_seconds
        self.heard_at = self.loop.time()
        self._assembly: asyncio.TimerHandle | None = None
        self._abort: asyncio.TimerHandle | None = None
        self._listener: Callable[[bytes | str], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The handshake has begun."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        CONNECTIONS.labels(kind="websocket").inc()

    def connection_lost(self, exc: Exception | None) -> None:
        """No timer outlives the connection, however it ended."""
        super().connection_lost(exc)
        CONNECTIONS.labels(kind="websocket").dec()
        self._listener = None  # it leads back to us: memory would wait for the garbage collector
        self._whole()
        if self._abort is not None:
            self._abort.cancel()

    # --- reading --------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Bytes; a message that they begin must be whole within the assembly's time."""
        self.heard_at = self.loop.time()
        message = self._counted.whole_text(data)
        if message is not None:
            self.curr_msg_data_type = "text"
            self.frames = [message]
            self.send_receive_event_to_app()
            return
        super().data_received(data)
        if self._assembly is None and not self.transport.is_closing() and self._counted.in_message:
            self._assembly = self.loop.call_later(self._assembly_seconds, self._never_whole)

    def handle_connect(self, event: Request) -> None:
        """The handshake is whole; the application gets us beside what ASGI knows."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions = cast(dict[str, Any], self.scope["extensions"])
            extensions[LINE] = self

    def send_receive_event_to_app(self) -> None:
        """A message is whole."""
        self._whole()
        listener, message = self._listener, None
        if listener is not None and self.queue.empty() and not self.close_sent:
            message = self._message()
        if listener is None or message is None:
            self._queue_message()
        else:
            self.frames = []
            listener(message)

    def _message(self) -> bytes | str | None:
        """None: what should be text is none."""
        data = b"".join(self.frames)
        try:
            return data.decode() if self.curr_msg_data_type == "text" else data
        except UnicodeDecodeError:
            return None

    def _queue_message(self) -> None:
        """Reading stops when some wait; at each, as uvicorn has it, that is two calls of the system a message."""
        read_paused, self.read_paused = self.read_paused, True  # uvicorn pauses where this is not set
        super().send_receive_event_to_app()
        self.read_paused = read_paused
        if not read_paused and self.queue.qsize() >= AHEAD and not self.transport.is_closing():
            self.read_paused = True
            self.transport.pause_reading()

    def listen(self, listener: Callable[[bytes | str], None]) -> None:
        """From now on messages go there, past ASGI: nobody has to wake up for them. What waits already is received."""
        self._listener = listener

    def take(self, frame: bytes) -> bool:
        """A text frame, sent past ASGI: no task has to wake up for it. False where it would have to wait."""
        if self.disconnected or self.close_sent or not self.handshake_complete or not self.writable.is_set():
            return False
        try:
            message = self._counted.text(frame)
        except InvalidState:  # a close frame has come: it is on its way out
            return False
        self.transport.write(message)
        return True

    def _whole(self) -> None:
        if self._assembly is not None:
            self._assembly.cancel()
            self._assembly = None

    def _never_whole(self) -> None:
        self._assembly = None
        if self.transport.is_closing() or not self._counted.in_message:
            return
        CONNECTIONS_CUT.labels(reason="assembly").inc()
        self.conn.fail(close.POLICY, "message not completed in time")
        self.handle_parser_exception()

    async def send(self, message: ASGISendEvent) -> None:
        """As ASGI has it. What was said at the handshake is forgotten after it: 24 objects of 87 of an idle socket."""
        await super().send(message)
        if message["type"] == "websocket.accept":
            del self.request, self.response
            self.scope["headers"] = []

    async def receive(self) -> ASGIReceiveEvent:
        """The next message; reading goes on when there is room for what it may cause."""
        message = await self.queue.get()
        self._read_on()
        return message

    def pause_writing(self) -> None:
        """The buffer is full: hear nothing from who takes nothing."""
        super().pause_writing()
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        """The buffer has room again."""
        super().resume_writing()
        self._read_on()

    def _read_on(self) -> None:
        if self.read_paused and self.queue.empty() and self.writable.is_set() and not self.transport.is_closing():
            self.read_paused = False
            self.transport.resume_reading()

    # --- the end --------------------------------------------------------------------------------------------------

    async def run_asgi(self) -> None:
        """The application; when it is done, the connection is."""
        try:
            await super().run_asgi()
        finally:  # while a close frame waits for its answer, uvicorn's own timer runs first
            self._end_within(GRACE_SECONDS + (self.close_timeout if self.close_timer is not None else 0))

    def keepalive_timeout(self) -> None:
        """No pong came."""
        CONNECTIONS_CUT.labels(reason="pong").inc()
        super().keepalive_timeout()
        self._end_within(GRACE_SECONDS)

    def handle_close(self, event: Any) -> None:
        """The peer says goodbye."""
        super().handle_close(event)
        self._end_within(GRACE_SECONDS)

    def handle_parser_exception(self) -> None:
        """The peer has broken a rule."""
        if self.conn.close_sent is None:  # before the handshake was answered there is nobody to send a close frame to
            self.queue.put_nowait({"type": "websocket.disconnect", "code": close.POLICY})
            self.transport.abort()
            return
        super().handle_parser_exception()
        self._end_within(GRACE_SECONDS)

    def shutdown(self) -> None:
        """The server stops."""
        super().shutdown()
        self._end_within(GRACE_SECONDS)

    def _end_within(self, seconds: float) -> None:
        if self.disconnected or (self._abort is not None and self._abort.when() <= self.loop.time() + seconds):
            return
        if self._abort is not None:
            self._abort.cancel()
        self._abort = self.loop.call_later(seconds, self._end)

    def _end(self) -> None:
        if self.transport.get_write_buffer_size():
            CONNECTIONS_CUT.labels(reason="stuck").inc()
        self.transport.abort()

    @property
    def _counted(self) -> CountedFrames:
        return cast(CountedFrames, self.conn)
