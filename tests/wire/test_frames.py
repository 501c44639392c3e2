"""What a WebSocket peer may send, in literal bytes: no socket, no time that passes."""

import pytest
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.uri import parse_uri

from server.protocol import close
from server.wire.frames import CONTROL_BURST, FRAGMENTS, FRAMES_PER_SECOND, CountedFrames
from tests.wire.raw import framed


def opened(max_size: int = 65_536) -> CountedFrames:
    """A connection after its handshake."""
    server = CountedFrames(max_size=max_size)
    client = ClientProtocol(parse_uri("ws://localhost/"))
    client.send_request(client.connect())
    server.receive_data(b"".join(client.data_to_send()))
    [request] = server.events_received()
    assert isinstance(request, Request)
    server.send_response(server.accept(request))
    server.data_to_send()
    assert server.state is State.OPEN
    return server


def heard(server: CountedFrames, data: bytes) -> int:
    """How many frames were taken."""
    server.receive_data(data)
    return sum(isinstance(event, Frame) for event in server.events_received())


def code(server: CountedFrames) -> int | None:
    """With what the connection was failed."""
    return None if server.close_sent is None else server.close_sent.code


def message(fragments: int) -> bytes:
    """One message in so many fragments."""
    last = fragments - 1
    opcodes = [Opcode.TEXT, *[Opcode.CONT] * last]
    return b"".join(framed("x", opcode, fin=at == last) for at, opcode in enumerate(opcodes))


def test_a_message_of_as_many_fragments_as_allowed() -> None:
    server = opened()
    assert heard(server, message(FRAGMENTS) + message(FRAGMENTS)) == 2 * FRAGMENTS
    assert code(server) is None


def test_one_fragment_too_many_and_nothing_behind_it_is_looked_at() -> None:
    server = opened()
    assert heard(server, message(FRAGMENTS + 1) + framed("later")) == FRAGMENTS
    assert code(server) == close.POLICY
    assert heard(server, framed("later still")) == 0


def test_empty_fragments_are_fragments() -> None:
    server = opened()
    assert heard(server, framed("", fin=False) + framed("", Opcode.CONT, fin=False) * 100) == FRAGMENTS
    assert code(server) == close.POLICY


def test_control_frames_have_a_bound_of_their_own() -> None:
    for opcode in (Opcode.PING, Opcode.PONG):
        server = opened()
        assert heard(server, framed("?", opcode) * CONTROL_BURST) == CONTROL_BURST
        assert code(server) is None
        assert heard(server, framed("?", opcode) * 10) == 0
        assert code(server) == close.POLICY
        answers = b"".join(server.data_to_send()).count(b"\x8a\x01?")
        assert answers == (CONTROL_BURST if opcode is Opcode.PING else 0)


def test_frames_in_all() -> None:
    server = opened()
    assert heard(server, framed("{}") * (FRAMES_PER_SECOND + 1)) == FRAMES_PER_SECOND
    assert code(server) == close.FLOOD


def test_whoever_waits_may_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("server.rates.time.monotonic", lambda: now)
    server = opened()
    for second in range(20):
        now = float(second)
        assert heard(server, framed("?", Opcode.PING) * 10 + framed("{}") * 100) == 110
    assert code(server) is None


def test_a_ping_between_fragments_does_not_count_as_one() -> None:
    server = opened()
    first, rest = framed("x", fin=False), framed("x", Opcode.CONT, fin=False)
    assert heard(server, first + rest * (FRAGMENTS - 2) + framed("", Opcode.PING) * 5) == FRAGMENTS - 1 + 5
    assert heard(server, framed("x", Opcode.CONT)) == 1
    assert code(server) is None


def test_a_message_that_is_not_whole_is_known() -> None:
    server = opened()
    whole = framed("hello")
    steps = [(whole[:3], True), (whole[3:], False), (framed("x", fin=False), True), (framed("", Opcode.PING), True)]
    assert not server.in_message
    for data, inside in [*steps, (framed("x", Opcode.CONT), False)]:
        server.receive_data(data)
        assert server.in_message is inside


def test_before_the_handshake_is_answered_there_is_no_close_frame() -> None:
    server = CountedFrames(max_size=65_536)
    client = ClientProtocol(parse_uri("ws://localhost/"))
    client.send_request(client.connect())
    server.receive_data(b"".join(client.data_to_send()))
    server.events_received()
    server.receive_data(framed("?", Opcode.PING) * 100)
    assert server.parser_exc is not None
    assert server.close_sent is None


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_a_text_travels_as_the_library_sends_it(size: int) -> None:
    """Sizes in 7, 16 and 64 bits."""
    ours, theirs = opened(), opened()
    theirs.send_text(b"x" * size)
    assert ours.text(b"x" * size) == b"".join(theirs.data_to_send())


def test_no_text_follows_a_close_frame() -> None:
    """Neither after ours nor after theirs."""
    ours, theirs = opened(), opened()
    ours.send_close(1000)
    theirs.receive_data(framed(b"\x03\xe8", Opcode.CLOSE))
    for server in (ours, theirs):
        with pytest.raises(InvalidState):
            server.text(b"words")


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535])
def test_a_whole_text_needs_no_parser(size: int) -> None:
    """It is what the parser would have read; between two of them the parser reads on."""
    server, parsed = opened(), opened()
    data = framed("x" * size)
    parsed.receive_data(data)
    [frame] = parsed.events_received()
    assert isinstance(frame, Frame)
    for _ in range(2):
        assert server.whole_text(data) == frame.data
        assert heard(server, framed("words")) == 1
    assert code(server) is None


def not_whole() -> dict[str, bytes]:
    """What the parser has to look at."""
    text = framed("words")
    return {
        "nothing": b"",
        "the begin of one": text[:-1],
        "a header alone": text[:2],
        "two of them": text + text,
        "a fragment": framed("words", fin=False),
        "bytes": framed(b"words", Opcode.BINARY),
        "a ping": framed(b"", Opcode.PING),
        "a close": framed(b"\x03\xe8", Opcode.CLOSE),
        "compressed": bytes((text[0] | 0x40,)) + text[1:],
        "not masked": Frame(Opcode.TEXT, b"words").serialize(mask=False),
        "a size in 64 bits": framed("x" * 65_536),
    }


@pytest.mark.parametrize("what", not_whole())
def test_anything_else_is_left_to_the_parser(what: str) -> None:
    assert opened().whole_text(not_whole()[what]) is None


def test_a_text_that_is_too_large_is_left_to_the_parser() -> None:
    assert opened(5).whole_text(framed("words")) == b"words"
    assert opened(4).whole_text(framed("words")) is None


def test_a_text_within_a_message_is_left_to_the_parser() -> None:
    """After a fragment, or after the begin of a frame, it is something else than it looks like."""
    for begin in (framed("one", fin=False), framed("one")[:3]):
        server = opened()
        server.receive_data(begin)
        assert server.whole_text(framed("two")) is None


def test_after_a_close_frame_nothing_is_a_text() -> None:
    server = opened()
    server.send_close(1000)
    assert server.whole_text(framed("words")) is None


def test_whole_texts_are_counted_with_all_others() -> None:
    """The first one too many is the parser's, which fails the connection."""
    server, data = opened(), framed("words")
    taken = [server.whole_text(data) is not None for _ in range(2 * FRAMES_PER_SECOND)]
    assert FRAMES_PER_SECOND <= sum(taken) < len(taken)
    server.receive_data(data)
    assert code(server) == close.FLOOD
