"""What peers send does not reach the log: no query strings, and no line for each malformed request."""

from tests.support.server import DeskServer
from tests.wire.conftest import Start
from tests.wire.raw import HANDSHAKE, Peer
from tests.wire.test_http import HOST

SECRET = "a-secret-in-a-query"
CUSTOMER = f"/ws/v1/customer?token={SECRET}".encode()


def ask(server: DeskServer, request: bytes) -> bytes:
    """The beginning of the answer, however the connection goes on."""
    with Peer(server) as peer:
        peer.send(request)
        return peer.read(b"\r\n\r\n")


def test_no_query_string_is_written(start: Start) -> None:
    """Over HTTP and on sockets: answered, accepted, refused for each reason, malformed, at the most talkative level."""
    server = start(log_level="debug", sockets="1")
    query = f"?token={SECRET}".encode()
    for path, status in ((b"/healthz", b"200"), (b"/api/v1/me", b"401"), (b"/nowhere", b"404")):
        assert ask(server, b"GET " + path + query + b" HTTP/1.1\r\n" + HOST + b"\r\n").split()[1] == status
    assert ask(server, b"GET /healthz" + query + b" HTTP/9.9\r\n\r\n").split()[1] == b"400"
    handshake = HANDSHAKE % CUSTOMER
    for request, status in (
        (handshake.replace(b"Upgrade: websocket", b"Upgrade: h2c"), b"404"),
        (handshake.replace(b"Version: 13", b"Version: 1"), b"400"),
        (handshake.replace(b"\r\n\r\n", b"\r\nOrigin: https://evil.example\r\n\r\n"), b"403"),
    ):
        assert ask(server, request).split()[1] == status, request
    with Peer(server) as peer:
        peer.send(handshake)
        assert peer.read(b"\r\n\r\n").split()[1] == b"101"
        assert ask(server, handshake).split()[1] == b"503"
    assert SECRET not in server.log()


def test_faults_of_peers_are_counted_instead_of_written(strict: DeskServer) -> None:
    before = len(strict.log())
    for request in (b"\x00\r\n\r\n", (HANDSHAKE % CUSTOMER).replace(b"websocket", b"h2c")):
        for _ in range(50):
            ask(strict, request)
    assert len(strict.log()) == before
