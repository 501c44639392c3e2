"""Bounds on what one WebSocket may send, each broken by a raw peer against a real server."""

import json

import pytest
from websockets.frames import Opcode

from server.protocol import close
from server.wire.frames import FRAGMENTS
from tests.support.server import DeskServer
from tests.wire.raw import Meter, WebSocketPeer, eventually, framed

MIB = 1024 * 1024


@pytest.mark.parametrize("opcode", [Opcode.PING, Opcode.PONG])
def test_a_flood_of_control_frames_costs_nothing(strict: DeskServer, meter: Meter, opcode: Opcode) -> None:
    """60 MB of pings and nothing read: the answers grew an unbounded worker by 50 MiB."""
    with WebSocketPeer(strict, narrow=True) as peer:
        assert peer.flood(framed(b"x" * 125, opcode) * 1000, 60 * MIB) < 60 * MIB
        eventually(meter.sockets_are_gone)
    assert meter.cut("control") == 1
    assert meter.grown_mib < 5
    assert meter.cpu_s < 1


def test_who_sends_too_many_pings_is_told_why(strict: DeskServer) -> None:
    with WebSocketPeer(strict) as peer:
        peer.send(framed("?", Opcode.PING) * 30)
        assert peer.closed_with() == close.POLICY


def test_a_message_in_empty_fragments_is_cut(strict: DeskServer, meter: Meter) -> None:
    """24 MB of them cost an unbounded worker 12.7 s of its processor, and were never a message."""
    with WebSocketPeer(strict) as peer:
        peer.frame("", fin=False)
        assert peer.flood(framed("", Opcode.CONT, fin=False) * 10_000, 24 * MIB) < 24 * MIB
        eventually(meter.sockets_are_gone)
    assert meter.cut("fragments") == 1
    assert meter.cpu_s < 1
    assert meter.grown_mib < 5


def test_as_many_fragments_as_allowed_are_a_message(strict: DeskServer) -> None:
    hello = json.dumps({"type": "hello", "portal": "nowhere", "token": "none", "client": "a client with long frames"})
    last = FRAGMENTS - 1
    with WebSocketPeer(strict) as peer:
        peer.frame(hello[0], fin=False)
        for letter in hello[1:last]:
            peer.frame(letter, Opcode.CONT, fin=False)
        peer.frame(hello[last:], Opcode.CONT)
        assert peer.closed_with() in (close.NO_HELLO, close.UNAUTHENTICATED)  # it was read


def test_more_frames_than_any_client_sends(strict: DeskServer, meter: Meter) -> None:
    with WebSocketPeer(strict) as peer:
        peer.send(framed("{}") * 300)
        assert peer.closed_with() == close.FLOOD
    assert meter.cut("frames") == 1


@pytest.mark.parametrize(
    ("begun", "more"),
    [
        (framed("x", fin=False), b""),
        (framed("hello")[:4], b""),
        (framed("x", fin=False), framed("", Opcode.CONT, fin=False)),
    ],
    ids=["a fragment", "half a frame", "fragments now and then"],
)
def test_a_message_must_become_whole(strict: DeskServer, meter: Meter, begun: bytes, more: bytes) -> None:
    with WebSocketPeer(strict) as peer:
        peer.send(begun)
        said = peer.drip(more) if more else peer.read()
    assert said.startswith(b"\x88")
    assert meter.cut("assembly") == 1


def test_who_does_not_answer_pings_is_told_and_gone(strict: DeskServer, meter: Meter) -> None:
    """Nobody waits for its goodbye."""
    with WebSocketPeer(strict) as peer:
        assert peer.closed_with() == 1011
        assert peer.read() == b""
    assert meter.cut("pong") == 1


def test_broken_text_is_no_line_in_the_log(strict: DeskServer, meter: Meter) -> None:
    with WebSocketPeer(strict) as peer:
        peer.frame(b"\xff\xfe")
        assert peer.closed_with() == 1007
    assert meter.metric("faults_of_peers_total", "utf8") == 1
    assert "Invalid UTF-8" not in strict.log()
