"""What one WebSocket peer may send, and texts for it. Bytes in, frames out: no socket, no timer.

Bounds on bytes (ws_max_size) say nothing about frames: 24 MB of empty fragments cost a worker 12.7 s and are no
message. Frames are counted where they are parsed, so that nothing behind the first one too many is looked at.
"""

from typing import Final

from websockets.exceptions import InvalidState, ProtocolError
from websockets.frames import Frame, Opcode
from websockets.frames import apply_mask as unmasked  # type: ignore[attr-defined]  # in C where that was built
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from server.metrics import CONNECTIONS_CUT
from server.protocol import close
from server.rates import Bucket

FRAMES_PER_SECOND: Final = 200
"""All frames, and as many at once. The doors allow 120 commands at once: whoever is slower is cut there, politely."""
CONTROL_PER_SECOND: Final = 10
CONTROL_BURST: Final = 20
"""Pings, pongs, closes. A client answers a ping in 20 s and sends, if it must, one itself."""
FRAGMENTS: Final = 64
"""Of one message. Browsers send whole messages."""

_TEXT: Final = 0x81
"""The first byte of a text message in one frame."""
_SIZE_IN_16: Final = 126
_SIZE_IN_64: Final = 127
_TOO_LARGE_FOR_16: Final = 0x10000
_MASKED: Final = 0x80
_MASK: Final = 4
_SHORTEST: Final = 2 + _MASK

_CONTROL: Final = (Opcode.PING, Opcode.PONG, Opcode.CLOSE)


class CountedFrames(ServerProtocol):
    """A server's side of a connection that fails it at the first frame too many."""

    def __init__(self, *, max_size: int) -> None:
        super().__init__(max_size=max_size)
        self._largest = max_size
        self._all = Bucket(FRAMES_PER_SECOND, FRAMES_PER_SECOND)
        self._control = Bucket(CONTROL_PER_SECOND, CONTROL_BURST)
        self._fragments = 0

    @property
    def in_message(self) -> bool:
        """Whether a frame or a message has begun and is not whole."""
        return self.current_size is not None or bool(self.reader.buffer)

    def text(self, message: bytes) -> bytes:
        """A whole text message as it travels (RFC 6455, 5.2), as ``send_text`` has it for a quarter of the price.

        Raises InvalidState where a close frame has been sent or has come.
        """
        if self.state is not OPEN:
            raise InvalidState(f"connection is {self.state.name.lower()}")
        size = len(message)
        if size < _SIZE_IN_16:
            return bytes((_TEXT, size)) + message
        if size < _TOO_LARGE_FOR_16:
            return bytes((_TEXT, _SIZE_IN_16)) + size.to_bytes(2) + message
        return bytes((_TEXT, _SIZE_IN_64)) + size.to_bytes(8) + message

    def whole_text(self, data: bytes) -> bytes | None:
        """The message that ``data`` is, where it is one text in one frame, as nearly all are: past the parser.

        None: anything else, and all that is wrong or one too many, which the parser reads and answers.
        """
        if len(data) < _SHORTEST or data[0] != _TEXT or self.state is not OPEN or self.in_message:
            return None
        begin, size = 2, data[1] - _MASKED
        if size == _SIZE_IN_16:
            begin, size = 4, int.from_bytes(data[2:4])
        elif size == _SIZE_IN_64:
            return None
        if len(data) != begin + _MASK + size or size > self._largest or self._all.wait() > 0:
            return None
        mask = begin + _MASK
        text: bytes = unmasked(data[mask:], data[begin:mask])
        return text

    def recv_frame(self, frame: Frame) -> None:
        """Count the frame first."""
        if frame.opcode not in _CONTROL:
            self._fragments = self._fragments + 1 if frame.opcode is Opcode.CONT else 1
        if self._fragments > FRAGMENTS:
            self._too_much("fragments", close.POLICY)
        elif frame.opcode in _CONTROL and self._control.wait() > 0:
            self._too_much("control", close.POLICY)
        elif self._all.wait() > 0:
            self._too_much("frames", close.FLOOD)
        else:
            super().recv_frame(frame)

    def _too_much(self, what: str, code: int) -> None:
        """Fail the connection: what is behind this frame is thrown away unread, as after a close frame."""
        CONNECTIONS_CUT.labels(reason=what).inc()
        self.fail(code, f"too many {what}")
        self.parser_exc = ProtocolError(what)
