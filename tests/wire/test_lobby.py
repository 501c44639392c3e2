"""Who is let in: connections in all and of one address, sockets, and handshakes; and a process without files left."""

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.channels.limits import Admission
from server.settings import Settings
from server.wire.lobby import Lobby
from tests.cli.conftest import Place
from tests.wire.conftest import Start
from tests.wire.raw import CUSTOMER, HANDSHAKE, PATIENCE_S, Meter, Peer, WebSocketPeer, eventually
from tests.wire.test_http import HEALTH, HOST, OK

TOO_MANY = re.compile(rb"HTTP/1\.1 503 .*\r\nretry-after: [1-9][0-9]*\r\n", re.DOTALL | re.IGNORECASE)


@pytest.fixture
def silent() -> Iterator[list[Peer]]:
    """Connections that say nothing, closed at the end."""
    peers: list[Peer] = []
    yield peers
    for peer in peers:
        peer.socket.close()


# --- connections ----------------------------------------------------------------------------------------------------


def test_an_address_has_so_many_connections_that_wait(start: Start, silent: list[Peer]) -> None:
    server = start(connections_per_address="10")
    meter = Meter(server)
    sockets = [WebSocketPeer(server) for _ in range(20)]  # these have asked, and wait no more
    eventually(lambda: meter.metric("connections", "websocket") == 20)
    silent += sockets
    silent += [Peer(server) for _ in range(9)]
    assert meter.metric("connections", "http") == 10  # with who asks
    last = Peer(server)
    silent.append(last)
    with Peer(server) as refused:
        assert TOO_MANY.match(refused.read())
    last.send(HEALTH)
    assert OK in last.read(b'"ok"}')  # and it is not kept: half the room is for those to come
    assert last.read() == b""
    with Peer(server) as peer:
        peer.send(HEALTH)
        assert OK in peer.read(b'"ok"}')
    assert meter.cut("address") == 1


def test_a_request_that_was_begun_counts_again(start: Start, silent: list[Peer]) -> None:
    """Or one answered request would buy a place to drip in."""
    server = start(connections_per_address="10", keep_alive_seconds="60")
    meter = Meter(server)
    for _ in range(5):
        peer = Peer(server)
        silent.append(peer)
        peer.send(HEALTH)
        assert OK in peer.read(b'"ok"}')
        peer.send(b"GET ")
    silent += [Peer(server) for _ in range(5)]
    with Peer(server) as refused:
        assert TOO_MANY.match(refused.read())
    silent.pop().reset()
    eventually(lambda: meter.metric("connections", "http") == 10)


def test_connections_in_all(start: Start, silent: list[Peer]) -> None:
    server = start(connections="20")
    silent += [WebSocketPeer(server) for _ in range(20)]
    with Peer(server) as refused:
        assert TOO_MANY.match(refused.read())
    for peer in silent[:5]:
        peer.reset()
    eventually(lambda: Meter(server).metric("connections", "websocket") == 15)


def test_a_process_that_may_open_few_files_lives(start: Start, silent: list[Peer]) -> None:
    """Connections leave files for the database: nothing fails, and those who are refused are told."""
    server = start("prlimit", "--nofile=256")
    silent.extend(Peer(server) for _ in range(400))
    refused = [peer for peer in silent if TOO_MANY.match(peer.said_so_far())]
    assert len(refused) >= 400 - 256 + 100
    for peer in silent:
        peer.reset()
    silent.clear()
    with Peer(server) as peer:
        peer.send(b"GET /readyz HTTP/1.1\r\n" + HOST + b"\r\n")
        assert OK in peer.read(b'"ok"}')


def test_addresses_count_as_networks_and_proxies_do_not() -> None:
    lobby = Lobby(Settings(connections_per_address=2, forwarded_allow_ips="192.0.2.1,198.51.100.0/24"))
    one, same, other = map(lobby.counts_as, ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"))
    assert one == same != other
    assert [lobby.enter(name) for name in (one, same, one, other)] == [True, True, False, True]
    lobby.leave(one)
    assert not lobby.stay(one)
    assert lobby.enter(one)
    for proxy in ("192.0.2.1", "198.51.100.7", None):
        name = lobby.counts_as(proxy)
        assert all(lobby.enter(name) for _ in range(10))
        lobby.leave(name)


def connected(port: int) -> socket.socket:
    """As soon as somebody listens: the address is told a moment before."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def test_a_tls_handshake_has_a_time_too(ready: Place, certificate: tuple[Path, Path]) -> None:
    """No protocol of ours knows of a connection before its handshake is done."""
    cert, key = certificate
    server = ready.start("serve", "--tls-cert", str(cert), "--tls-key", str(key), first_byte_seconds="1")
    with connected(int(server.url.rpartition(":")[2])) as peer:
        peer.send(b"\x16\x03\x01")
        assert peer.recv(1) == b""


# --- sockets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("sockets", b"full"),
        ("sockets_per_address", b"address"),
        ("handshakes_per_second", b"handshakes"),
        ("handshakes_per_second_address", b"handshakes_address"),
    ],
)
def test_a_socket_too_many_is_refused_before_it_is_accepted(
    start: Start, silent: list[Peer], setting: str, reason: bytes
) -> None:
    server = start(**{setting: "1"})
    answer = b""
    while not answer.startswith(b"HTTP/1.1 503 "):
        silent.append(Peer(server))
        silent[-1].send(HANDSHAKE % CUSTOMER)
        answer = silent[-1].read(b"\r\n\r\n")
    assert TOO_MANY.match(answer)
    assert (answer + silent[-1].read()).endswith(b"\r\n\r\n" + reason)
    assert len(silent) - 1 >= (10 if setting == "handshakes_per_second_address" else 1)


def test_those_who_are_refused_together_do_not_come_back_together() -> None:
    admission = Admission(Settings(sockets=1))
    assert admission.enter("192.0.2.1") is None
    found = [full.retry_after for _ in range(100) if (full := admission.enter("192.0.2.2")) is not None]
    assert len(found) == 100
    assert len(set(found)) > 3


def test_one_network_counts_as_one_address() -> None:
    admission = Admission(Settings(sockets_per_address=2))
    assert admission.enter("2001:db8::1") is None
    assert admission.enter("2001:db8::2") is None
    full = admission.enter("2001:db8::3")
    assert full is not None
    assert full.reason == "address"
    admission.leave("2001:db8::1", None)
    assert admission.enter("2001:db8::4") is None
