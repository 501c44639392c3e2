"""One client's WebSocket, as cheap as Python allows: as much of RFC 6455 as servers of chats use.

Text frames out, whole text frames in, pongs for pings. What goes out is masked with zero: the server unmasks it as it
does any other, and the driver saves the work; a mask protects proxies on the way, and there are none.
"""

import asyncio
import base64
import secrets
import time
from typing import Final, Protocol, cast

TEXT: Final = 0x81
CLOSE: Final = 0x88
PING: Final = 0x89
PONG: Final = 0x8A
_MASKED: Final = 0x80
_NO_MASK: Final = b"\0\0\0\0"


class Listener(Protocol):
    """Who sits at the end of a line."""

    def opened(self) -> None:
        """The handshake is done."""

    def heard(self, data: bytes, now: float) -> None:
        """A text frame."""

    def ended(self, why: str) -> None:
        """The line is gone, or never came to be."""


def framed(opcode: int, payload: bytes) -> bytes:
    """A client's frame."""
    size = len(payload)
    if size < 126:
        return bytes((opcode, _MASKED | size)) + _NO_MASK + payload
    if size < 65_536:
        return bytes((opcode, _MASKED | 126)) + size.to_bytes(2, "big") + _NO_MASK + payload
    return bytes((opcode, _MASKED | 127)) + size.to_bytes(8, "big") + _NO_MASK + payload


class Line(asyncio.Protocol):
    """From the first byte of the handshake to the end."""

    def __init__(self, host: str, path: str, headers: dict[str, str], listener: Listener) -> None:
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        self._greeting = "\r\n".join([*lines, "", ""]).encode()
        self._listener = listener
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._upgraded = False
        self._why = "the server closed the connection"

    def send(self, payload: bytes) -> None:
        """A text frame; into the void where the line is gone."""
        if self._transport is not None:
            self._transport.write(framed(TEXT, payload))

    def cut(self) -> None:
        """Without a word."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """With a word."""
        if self._transport is not None:
            self._transport.write(framed(CLOSE, (1000).to_bytes(2, "big")))
            self._transport.close()

    # --- what asyncio calls ---------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._greeting)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever sits here."""
        self._transport = None
        self._listener.ended(repr(exc) if exc else self._why)

    def data_received(self, data: bytes) -> None:
        """Take out what is whole."""
        now = time.perf_counter()
        if self._rest:
            data = self._rest + data
        at, end = 0, len(data)
        if not self._upgraded:
            at = self._answered(data)
            if not self._upgraded:
                self._rest = data
                return
        while end - at >= 2:
            size, start = data[at + 1], at + 2
            if size >= 126:
                width = 2 if size == 126 else 8
                start += width
                if end < start:
                    break
                size = int.from_bytes(data[at + 2 : start], "big")
            if end < start + size:
                break
            opcode, at = data[at], start + size
            if opcode == TEXT:
                self._listener.heard(data[start:at], now)
            else:
                self._control(opcode, data[start:at])
        self._rest = data[at:]

    def _answered(self, data: bytes) -> int:
        """Looks at the answer to the handshake, once it is whole; returns where the frames begin."""
        head, found, _frames = data.partition(b"\r\n\r\n")
        if found and head.startswith(b"HTTP/1.1 101"):
            self._upgraded = True
            self._listener.opened()
        elif found:
            self._fail(head.split(b"\r\n", 1)[0].decode("latin-1"))
        return len(head) + 4

    def _control(self, opcode: int, payload: bytes) -> None:
        if self._transport is None:
            return
        if opcode == PING:
            self._transport.write(framed(PONG, payload))
        elif opcode == CLOSE:
            self._fail(f"closed with {int.from_bytes(payload[:2], 'big')} {payload[2:].decode(errors='replace')}")
        elif opcode != PONG:
            self._fail(f"a frame that no server of ours sends: {opcode:#x}")

    def _fail(self, why: str) -> None:
        self._why = why
        if self._transport is not None:
            self._transport.close()
