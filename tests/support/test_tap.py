"""The line on which everything is written down: files come out of it as they were sent, whichever way they came."""

from tests.support.server import DeskServer
from tests.support.tap import Tap


def piece(path: str, offset: int, body: bytes) -> bytes:
    """A request, as a browser sends it."""
    head = f"PATCH {path} HTTP/1.1\r\nHost: desk\r\nUpload-Offset: {offset}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def test_files_in_the_order_in_which_they_came(server: DeskServer) -> None:
    """A browser takes whichever connection is free, TCP cuts anywhere, and what broke is sent again."""
    tap = Tap(server)
    earlier, later = tap.line(), tap.line()
    earlier.hears(b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n")
    first = piece("/one", 0, b"PATCH /x HTTP/1.1\r\nfirst")
    for byte in first:
        later.hears(bytes([byte]))
    earlier.hears(piece("/two", 0, b"second")[:-3])
    later.hears(piece("/two", 3, b"ond piece"))
    assert tap.uploads == [b"PATCH /x HTTP/1.1\r\nfirst", b"second piece"]
    assert tap.said.endswith(first + piece("/two", 3, b"ond piece"))
