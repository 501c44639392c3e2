"""One HTTP connection: what it waits for, and how long.

At each moment a connection waits for one thing: a request to begin, its header, its body, our answer, or its peer to
take the answer. uvicorn bounds the first of these, and only after an answer. Here each has its time; only our own work
has none.
"""

import asyncio
from enum import Enum
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from server.metrics import CONNECTIONS, CONNECTIONS_CUT
from server.wire.config import Config
from server.wire.taking import PROGRESS_BYTES, Taking

PIECE_BYTES: Final = 4_096
"""Parsed at once; after each piece the bounds are looked at. The event loop brings up to 256 KiB."""
PIPELINE: Final = 16
"""Requests sent before the answer to the first. Browsers send one."""
RETRY_SECONDS: Final = 5
LAST_SECONDS: Final = 1.0
"""When the server stops, for the first request of somebody who had just come."""


class Stage(Enum):
    """What a connection waits for, as far as its input goes."""

    IDLE = "first_byte"
    HEADER = "header"
    BODY = "body"
    ANSWER = "answer"


class TooMuch(Exception):
    """Stops the parser. The connection is being closed."""


class HttpProtocol(HttpToolsProtocol):
    """A connection until it ends, or becomes a WebSocket."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._settings = config.settings
        self._lobby = config.lobby
        self._running: RequestResponseCycle | None = None
        """the request that the application works on; with pipelining an older one than ``cycle``"""
        self._name: str | None = None
        self._waits = False
        """counted in the lobby"""
        self._stage = Stage.IDLE
        self._timed: Stage | None = None
        """the stage that the timer is for"""
        self._timer: asyncio.TimerHandle | None = None
        self._taking = Taking(config.settings.body_seconds, lambda: self._cut("taking"))
        self._fruitless_bytes = 0
        """that completed no header and brought no body"""
        self._progress = 0
        self._lingers = False
        """answered before its request was whole"""
        self._gone = False
        """closed, or somebody else's"""
        self._last = False
        """the server stops: closed after the next answer"""

    # --- the connection's life ------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait in the lobby, where there is room."""
        super().connection_made(transport)
        CONNECTIONS.labels(kind="http").inc()
        self._name = self._lobby.counts_as(self.client[0] if self.client else None)
        if len(self.connections) > self._lobby.most:
            self._refuse(503, "full")
        elif not self._lobby.enter(self._name):
            self._refuse(503, "address")
        else:
            self._waits = True
            self._watch(self._settings.first_byte_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """No timer outlives the connection, however it ended: uvicorn's keep-alive did, after a reset."""
        super().connection_lost(exc)
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()
        self._unset_keepalive_if_required()
        self._let_go()

    def handle_websocket_upgrade(self) -> None:
        """From here on it is the other protocol's."""
        self._let_go()
        super().handle_websocket_upgrade()

    def _let_go(self) -> None:
        if self._gone:
            return
        self._gone = True
        CONNECTIONS.labels(kind="http").dec()
        self._leave()
        self._taking.stop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _leave(self) -> None:
        if self._waits:
            self._waits = False
            self._lobby.leave(self._name)

    # --- reading --------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Parse piece by piece, until it is too much."""
        self._progress += len(data)
        for start in range(0, len(data), PIECE_BYTES):
            if self._gone or self.transport.is_closing():
                return
            piece = data[start : start + PIECE_BYTES]
            self._fruitless_bytes += len(piece)
            super().data_received(piece)
            if self._fruitless_bytes > self._settings.header_bytes and not self.transport.is_closing():
                self._refuse(431, "header_bytes")
        self._watch()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        if not self._waits:  # it comes before the answer to the one before it
            if not self._lobby.enter(self._name):
                self._cut("address")
                raise TooMuch
            self._waits = True
        self._stage = Stage.HEADER
        self._fruitless_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field. After the header it is a trailer, and no header, least of all while those are looked at."""
        if self._stage is Stage.HEADER:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Method, path and fields are there."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self._settings.header_bytes:
            self._refuse(431, "header_bytes")
            raise TooMuch
        if len(self.pipeline) >= PIPELINE:
            self._cut("pipeline")
            raise TooMuch
        self._stage = Stage.BODY
        self._fruitless_bytes = 0
        super().on_headers_complete()
        if self._last and self._owed is not None:
            self._owed.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Some of the body."""
        self._fruitless_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        super().on_message_complete()
        self._leave()
        self._stage = Stage.ANSWER
        if self._lingers:
            self._rest()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """The answer is out, or in the transport's hands."""
        more = bool(self.pipeline)
        super().on_response_complete()
        if more or self._gone or self.transport.is_closing():
            return
        if self._stage is Stage.ANSWER:
            self._rest()
        elif self._stage is Stage.BODY:
            self._lingers = True

    def _rest(self) -> None:
        """Answered: stay for another request, where there is room."""
        self._lingers = False
        self._waits = self._lobby.stay(self._name)
        if self._waits:
            self._stage = Stage.IDLE
            self._watch()
        else:
            self._close()

    # --- time -----------------------------------------------------------------------------------------------------

    def _watch(self, seconds: float | None = None) -> None:
        """Set the timer for what the connection waits for now, unless it is set already."""
        if self._stage is self._timed or self._gone or self.transport.is_closing():
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._timed = self._stage
        self._progress = 0
        if self._stage is not Stage.ANSWER:
            self._timer = self.loop.call_later(seconds or self._seconds(), self._late)

    def _seconds(self) -> float:
        """How long the present stage may take."""
        if self._stage is Stage.IDLE:
            return self._settings.keep_alive_seconds
        return self._settings.header_seconds if self._stage is Stage.HEADER else self._settings.body_seconds

    def _late(self) -> None:
        comes = self._stage is Stage.BODY and self._progress >= PROGRESS_BYTES and not self._lingers
        if comes or self.flow.read_paused:  # paused: we do not listen, so nobody is late
            self._timed = None
            self._watch()
        elif self._stage is Stage.IDLE:
            CONNECTIONS_CUT.labels(reason=self._stage.value).inc()
            self._close()
        elif self._lingers:
            self._cut(self._stage.value)
        else:
            self._refuse(408, self._stage.value)

    def pause_writing(self) -> None:
        """The answer waits for its peer, who has to take some of it now and then."""
        super().pause_writing()
        self._taking.start(self.transport)

    def resume_writing(self) -> None:
        """Taken."""
        super().resume_writing()
        self._taking.stop()

    # --- the end --------------------------------------------------------------------------------------------------

    def shutdown(self) -> None:
        """The server stops. What was begun is finished; who was answered goes; who has just come may still ask."""
        self._last = True
        if self._stage is Stage.HEADER:
            return
        if self._stage is Stage.IDLE and not self._answered:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self.loop.call_later(LAST_SECONDS, self._late)
            return
        super().shutdown()

    @property
    def _answered(self) -> bool:
        """It has asked before, and has nothing to wait for."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.response_complete

    @property
    def _owed(self) -> RequestResponseCycle | None:
        """The last request, while its answer is not out."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first
        return None if cycle is None or cycle.response_complete else cycle

    def _refuse(self, status: int, reason: str) -> None:
        """Say why, and close; only close where the answer would be taken for that to another request."""
        owed = self._owed
        if self.pipeline or (owed is not None and (self._stage is not Stage.BODY or owed.response_started)):
            self._cut(reason)
            return
        CONNECTIONS_CUT.labels(reason=reason).inc()
        retry = f"retry-after: {RETRY_SECONDS}\r\n" if status == 503 else ""
        rest = f"{retry}content-length: 0\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[status] + rest.encode())
        self._close()

    def _close(self) -> None:
        """When what was said is out; a peer that does not take it is cut."""
        self.transport.close()
        if self.transport.get_write_buffer_size():
            self._taking.start(self.transport)

    def _cut(self, reason: str) -> None:
        CONNECTIONS_CUT.labels(reason=reason).inc()
        self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """What cannot be parsed is answered, unless it was us who stopped the parser, or an answer is under way."""
        if self.transport.is_closing():
            return
        if self._owed is not None:
            self._cut("malformed")
        else:
            super().send_400_response(msg)
