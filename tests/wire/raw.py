"""Peers on bare TCP, whose every byte a test decides, and a meter of what they cost the server."""

import contextlib
import os
import re
import select
import socket
import struct
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Self

from websockets.client import ClientProtocol
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from tests.support.server import DeskServer

PATIENCE_S = 20.0
"""Longest wait for anything; a bound that holds is seen long before."""
HANDSHAKE = (
    b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n"
)
CUSTOMER = b"/ws/v1/customer"
CUT = "deskwire_connections_cut_total"


class Peer:
    """One connection. ``narrow``: its window closes after a few KiB that nobody reads."""

    def __init__(self, server: DeskServer, *, narrow: bool = False) -> None:
        self.socket = socket.socket()
        if narrow:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        self.socket.connect(("127.0.0.1", server.port))
        self.socket.setblocking(False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """All of it. Raises ConnectionError when the server has closed."""
        with contextlib.suppress(BrokenPipeError):
            left = memoryview(data)
            while left and select.select([], [self.socket], [], PATIENCE_S)[1]:
                left = left[self.socket.send(left) :]
            return
        raise ConnectionResetError

    def flood(self, piece: bytes, most: int) -> int:
        """Send the piece again and again, and read nothing, until the server closes or does not take any more."""
        sent = 0
        try:
            while sent < most and select.select([], [self.socket], [], 2)[1]:
                sent += self.socket.send(piece[sent % len(piece) :])
        except ConnectionError:
            pass
        return sent

    def read(self, until: bytes = b"") -> bytes:
        """Everything until these bytes, or until the server closes. Raises TimeoutError."""
        got = b""
        deadline = time.monotonic() + PATIENCE_S
        while not until or until not in got:
            if not select.select([self.socket], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError(f"still open; read {got[-200:]!r}")
            try:
                piece = self.socket.recv(65_536)
            except ConnectionError:
                return got
            if not piece:
                return got
            got += piece
        return got

    def said_so_far(self) -> bytes:
        """What has come in, within a moment; nothing where the server is silent or has reset."""
        with contextlib.suppress(ConnectionError):
            if select.select([self.socket], [], [], 0.01)[0]:
                return self.socket.recv(65_536)
        return b""

    def drip(self, pieces: bytes, seconds: float = 0.1) -> bytes:
        """A byte now and then, until the server answers or closes; returns all that it said. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_S
        for at in range(10**6):
            if time.monotonic() > deadline:
                raise TimeoutError("still open")
            if select.select([self.socket], [], [], seconds)[0]:
                return self.read()
            with contextlib.suppress(ConnectionError):
                self.socket.send(pieces[at % len(pieces) :][:1])
        raise TimeoutError

    def drip_in(self, piece: bytes, *, times: int, seconds: float) -> bytes:
        """So many pieces, one after the other; returns the answer. Raises TimeoutError."""
        for _ in range(times):
            if select.select([self.socket], [], [], seconds)[0]:
                break
            self.send(piece)
        return self.read()

    def read_slowly(self, *, piece: int, seconds: float) -> bytes:
        """Everything, with a pause before each piece."""
        got = b""
        while select.select([self.socket], [], [], PATIENCE_S)[0]:
            time.sleep(seconds)
            more = self.socket.recv(piece)
            if not more:
                return got
            got += more
        raise TimeoutError(f"still open; read {len(got)} bytes")

    def reset(self) -> None:
        """Gone without a word: RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class WebSocketPeer(Peer):
    """A peer after its handshake."""

    def __init__(self, server: DeskServer, path: bytes = CUSTOMER, *, narrow: bool = False) -> None:
        super().__init__(server, narrow=narrow)
        self.send(HANDSHAKE % path)
        answer = self.read(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 101 "):
            raise ConnectionRefusedError(answer)

    def frame(self, data: str | bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True) -> None:
        """Send one frame."""
        self.send(framed(data, opcode, fin=fin))

    def closed_with(self) -> int:
        """The code of the close frame at the end of what the server says, which is answered; 1006 without one."""
        said = self.read(b"\x88")
        with contextlib.suppress(ConnectionError):
            self.frame(b"", Opcode.CLOSE)
        found = re.search(rb"\x88[\x02-\x7d](..)", said + self.read(), re.DOTALL)
        return Close.parse(found[1]).code if found else 1006


def framed(data: str | bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True) -> bytes:
    """A masked frame."""
    payload = data.encode() if isinstance(data, str) else data
    return Frame(opcode, payload, fin).serialize(mask=True)


class Meter:
    """What a server process uses, from /proc and /metrics."""

    def __init__(self, server: DeskServer) -> None:
        if server.process is None:
            raise ValueError("not started")
        self._server = server
        self._proc = Path("/proc") / str(server.process.pid)
        (self._proc / "clear_refs").write_text("5")  # VmHWM from here on
        self._rss_before = self._status("VmRSS")
        self._cpu_before = self._cpu()
        self._cut_before = self._numbers(CUT)

    def _status(self, name: str) -> int:
        found = re.search(rf"{name}:\s+(\d+) kB", (self._proc / "status").read_text())
        if found is None:
            raise LookupError(name)
        return int(found[1])

    def _cpu(self) -> float:
        fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def grown_mib(self) -> float:
        """The most memory since the meter was made, above what there was then."""
        return (self._status("VmHWM") - self._rss_before) / 1024

    @property
    def cpu_s(self) -> float:
        """Processor time since the meter was made."""
        return self._cpu() - self._cpu_before

    @property
    def files(self) -> int:
        """Open files but those of the database, whose threads open theirs when each is first needed."""
        names = [os.readlink(file) for file in (self._proc / "fd").iterdir()]
        return sum("deskwire.db" not in name for name in names)

    def _numbers(self, name: str) -> dict[str, float]:
        with urllib.request.urlopen(f"{self._server.url}/metrics", timeout=PATIENCE_S) as answer:
            text = answer.read().decode()
        lines = re.findall(rf"^{name}(?:{{\w+=\"([^\"]*)\"}})? (\S+)$", text, re.MULTILINE)
        return {label: float(value) for label, value in lines}

    def metric(self, name: str, label: str = "") -> float:
        """A number of /metrics, 0 where there is none yet."""
        return self._numbers(f"deskwire_{name}").get(label, 0)

    def cut(self, reason: str) -> float:
        """How many connections broke this bound since the meter was made."""
        return self._numbers(CUT).get(reason, 0) - self._cut_before.get(reason, 0)

    def sockets_are_gone(self) -> bool:
        """No WebSocket is left."""
        return self.metric("connections", "websocket") == 0


def eventually(fits: Callable[[], bool]) -> None:
    """Wait until it is so. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_S
    while not fits():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)


def texts(said: bytes) -> list[str]:
    """The whole text frames in what a server said."""
    client = ClientProtocol(parse_uri("ws://localhost/"), state=State.OPEN, max_size=None)
    client.receive_data(said)
    frames = [event for event in client.events_received() if isinstance(event, Frame)]
    return [bytes(frame.data).decode() for frame in frames if frame.opcode is Opcode.TEXT]
