"""Caddy with the lines of docs/operations.md carries everything; of spoilt ones the doctor says what to take out."""

import re
from pathlib import Path

import httpx2
import pytest

from tests.proxy.chat import at_its_own_host, over_sockets, without_socket
from tests.proxy.conftest import Look, seen_from
from tests.proxy.proxies import Caddy
from tests.support.office import open_office
from tests.support.server import DeskServer

pytestmark = pytest.mark.usefixtures("trusting")


@pytest.fixture
def caddy(tmp_path: Path, certificate: tuple[Path, Path], port: int) -> Caddy:
    """Not started."""
    return Caddy(tmp_path / "caddy", certificate, port)


def inside(text: str, *lines: str) -> str:
    """With these lines in the block of reverse_proxy."""
    found = re.sub(
        r"(reverse_proxy 127.0.0.1:\d+)$", lambda m: "\n".join([f"{m[1]} {{", *lines, "}"]), text, flags=re.M
    )
    assert found != text
    return found


async def test_a_whole_chat_through_the_printed_lines(caddy: Caddy, desk: DeskServer) -> None:
    """With a portal's host name before them, as the documents say."""
    name = "caddy.example.com"
    with caddy.before(f"https://{name}:{caddy.port}, {caddy.config(desk)}"):
        front, office = seen_from(caddy, desk), open_office(desk.store)
        await over_sockets(front, office)
        await without_socket(front, office)
        await at_its_own_host(front, office, name)
        async with httpx2.AsyncClient() as client:
            assert (await client.get(f"{caddy.url}/metrics")).status_code == 403


def test_the_doctor_is_content_with_the_printed_lines(caddy: Caddy, desk: DeskServer, look: Look) -> None:
    with caddy.before(caddy.config(desk)):
        report = look("--quick")
    assert [one for one in report.findings if one["level"] != "ok"] == []
    (seen,) = [one["text"] for one in report.findings if one["check"] == "client address"]
    assert seen == "seen as 127.0.0.2, which a visitor cannot choose"


FAULTS = {
    "no upgrade": (
        ["header_up -Upgrade", "header_up -Connection"],
        "websocket",
        "take out header_up lines for Upgrade",
    ),
    "a Host of its own": (["header_up Host {upstream_hostport}"], "host", "take out header_up Host"),
    "visitors' own word": (
        ["header_up X-Forwarded-For {header.X-Forwarded-For}"],
        "client address",
        "take out header_up lines for X-Forwarded-For",
    ),
    "bodies are collected": (["buffer_requests"], "request buffering", "buffer_requests"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_named(caddy: Caddy, desk: DeskServer, look: Look, name: str) -> None:
    """X-10: and the printed lines are what is left when the named ones are taken out."""
    lines, check, words = FAULTS[name]
    with caddy.before(inside(caddy.config(desk), *lines)):
        complaint = look("--quick").complaint(check)
    assert words in complaint


def test_small_bodies_only(caddy: Caddy, desk: DeskServer, look: Look) -> None:
    text = caddy.config(desk).replace("reverse_proxy", "request_body {\nmax_size 1MB\n}\nreverse_proxy")
    with caddy.before(text):
        complaint = look("--quick").complaint("body size")
    assert "request_body { max_size 32MB }" in complaint
    with caddy.before(text.replace("1MB", "32MB")):
        assert look("--quick").level("body size") == "ok"


def test_a_proxy_without_patience(caddy: Caddy, desk: DeskServer, look: Look) -> None:
    """C-03: answers are cut, sockets are not; Caddy counts only the header of an answer."""
    with caddy.before(inside(caddy.config(desk), "transport http {", "response_header_timeout 3s", "}")):
        report = look(ping_seconds="1", heartbeat_seconds="1")
    assert "response_header_timeout 75s" in report.complaint("long answers")
    assert "cut off after 3 s" in report.complaint("long answers")
    assert report.level("quiet sockets") == "ok"
