"""nginx with the configuration of docs/operations.md carries everything, and the doctor is content; with a spoilt one
the doctor names the lines, and those lines repair it (C-03, X-10).
"""

import re
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.cli.test_doctor import Report
from tests.conftest import stopped_well
from tests.proxy.chat import at_its_own_host, over_sockets, without_socket
from tests.proxy.conftest import Look, Practice, seen_from
from tests.proxy.proxies import Nginx
from tests.support.office import open_office
from tests.support.server import DeskServer, free_port

pytestmark = pytest.mark.usefixtures("trusting")

THROUGH = ("websocket", "certificate", "client address", "host", "request buffering", "body size")
PATIENCE = ("long answers", "quiet sockets")


@pytest.fixture
def nginx(tmp_path: Path, certificate: tuple[Path, Path], port: int) -> Nginx:
    """Not started."""
    return Nginx(tmp_path / "nginx", certificate, port)


def without(text: str, *directives: str) -> str:
    """Without the lines that begin like these."""
    for directive in directives:
        kept = re.sub(rf"^ *{re.escape(directive)}\b[^\n]*\n", "", text, flags=re.MULTILINE)
        assert kept != text, f"there was no {directive}"
        text = kept
    return text


def inserted(text: str, complaint: str) -> str:
    """With the lines that the doctor named for nginx, where it said, in place of others for the same."""
    places = {"before server": "server {\n", "in server": "server {\n", "in location /": "location / {\n"}
    found = re.findall(r"nginx, (before server|in server|in location /): (.*)", complaint)
    assert found, complaint
    for place, lines in found:
        for line in [lines] if place == "before server" else re.findall(r"[^;]+;", lines):
            words = line.split()
            same = " ".join(words[:2]) if words[0] == "proxy_set_header" else words[0]
            text = re.sub(rf"^ *{same}\s[^\n]*\n", "", text, flags=re.MULTILINE)
            mark = places[place]
            text = text.replace(mark, f"{line}\n{mark}" if place == "before server" else f"{mark}{line}\n", 1)
    return text


# --- as printed -------------------------------------------------------------------------------------------------------


async def test_a_whole_chat_through_the_printed_lines(nginx: Nginx, desk: DeskServer) -> None:
    with nginx.before(nginx.config(desk)):
        front, office = seen_from(nginx, desk), open_office(desk.store)
        await over_sockets(front, office)
        await without_socket(front, office)
        await at_its_own_host(front, office, "nginx.example.com")


def test_the_doctor_is_content_with_the_printed_lines(nginx: Nginx, desk: DeskServer, look: Look) -> None:
    """All of it, half a minute of silence included."""
    with nginx.before(nginx.config(desk)):
        report = look()
    assert [one for one in report.findings if one["level"] != "ok"] == []
    assert {report.level(check) for check in (*THROUGH, *PATIENCE)} == {"ok"}
    (seen,) = [one["text"] for one in report.findings if one["check"] == "client address"]
    assert seen == "seen as 127.0.0.2, which a visitor cannot choose"


def test_what_takes_long_can_be_left_out_and_that_is_said(nginx: Nginx, desk: DeskServer, look: Look) -> None:
    with nginx.before(nginx.config(desk)):
        report = look("--quick")
    assert report.ok
    assert report.level("client address") == "ok"
    assert {report.level(check) for check in PATIENCE} == {"not checked"}
    (said,) = [one["text"] for one in report.findings if one["check"] == "proxy"]
    assert "not looked at (--quick)" in said


def test_metrics_stay_inside(nginx: Nginx, desk: DeskServer) -> None:
    with nginx.before(nginx.config(desk)):
        assert httpx2.get(f"{nginx.url}/metrics").status_code == 403


# --- spoilt -----------------------------------------------------------------------------------------------------------

Spoil = Callable[[str], str]
SET = "proxy_set_header"
FAULTS: dict[str, tuple[Spoil, str, str]] = {
    "no upgrade": (
        lambda text: without(text, f"{SET} Upgrade", f"{SET} Connection", "map"),
        "websocket",
        f"{SET} Upgrade $http_upgrade;",
    ),
    "bodies are collected": (
        lambda text: without(text, "proxy_request_buffering"),
        "request buffering",
        "proxy_request_buffering off;",
    ),
    "small bodies only": (lambda text: without(text, "client_max_body_size"), "body size", "client_max_body_size 32m;"),
    "a Host of its own": (lambda text: without(text, f"{SET} Host"), "host", f"{SET} Host $host;"),
    "visitors' own word": (
        lambda text: without(text, f"{SET} X-Forwarded-For"),
        "client address",
        f"{SET} X-Forwarded-For $remote_addr;",
    ),
    "nobody's word": (
        lambda text: text.replace("X-Forwarded-For   $remote_addr", "X-Forwarded-For ''"),
        "client address",
        f"{SET} X-Forwarded-For $remote_addr;",
    ),
}
"""name: (what is done to the printed lines, the check that must complain, the line that it must name)"""


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_named_and_the_named_lines_repair_it(
    nginx: Nginx, desk: DeskServer, look: Look, name: str
) -> None:
    """X-10: each deliberately broken proxy is named correctly."""
    spoil, check, line = FAULTS[name]
    text = spoil(nginx.config(desk))
    assert text != nginx.config(desk)
    with nginx.before(text):
        complaint = look("--quick").complaint(check)
    assert line in complaint
    assert "Caddy" in complaint
    with nginx.before(inserted(text, complaint)):
        repaired = look("--quick")
    assert repaired.level(check) == "ok"
    assert repaired.ok


def test_a_proxy_without_patience(nginx: Nginx, desk: DeskServer, look: Look) -> None:
    """C-03: it cuts quiet sockets and long answers, and both are said, with the line that lets them be."""
    impatient = nginx.config(desk).replace("proxy_read_timeout 75s", "proxy_read_timeout 3s")
    with nginx.before(impatient):
        report = look()
    for check in PATIENCE:
        assert "cut off after 3 s" in report.complaint(check)
        assert "proxy_read_timeout 75s;" in inserted(impatient, report.complaint(check))
    assert "504" in report.complaint("long answers")


def test_addresses_that_are_appended_are_as_good(nginx: Nginx, desk: DeskServer, look: Look) -> None:
    """What a visitor claims stands before what the proxy adds, and is not believed."""
    appended = nginx.config(desk).replace(
        "X-Forwarded-For   $remote_addr", "X-Forwarded-For $proxy_add_x_forwarded_for"
    )
    with nginx.before(appended):
        report = look("--quick")
    assert "seen as 127.0.0.2" in next(one["text"] for one in report.findings if one["check"] == "client address")


def test_a_circle_of_redirects(nginx: Nginx, desk: DeskServer, look: Look) -> None:
    """As when another proxy in front ends TLS, and this one sends everybody to https."""
    circle = re.sub(r"proxy_pass [^;]+;", f"return 301 {nginx.url}$request_uri;", nginx.config(desk))
    with nginx.before(circle):
        complaint = look("--quick").complaint("address")
    assert "round in a circle" in complaint
    assert "return 301" in complaint


def test_a_redirect_to_another_name(nginx: Nginx, desk: DeskServer, look: Look) -> None:
    plain = free_port()
    sending_on = f"server {{ listen 127.0.0.1:{plain}; return 301 {nginx.url}$request_uri; }}"
    with nginx.before(nginx.config(desk) + sending_on):
        report = look("--quick", public_url=f"http://localhost:{plain}")
    assert f"Set public_url to the address that people end at: {nginx.url}" in report.complaint("address")


def test_a_proxy_that_nobody_named(nginx: Nginx, certificate: tuple[Path, Path], port: int, tmp_path: Path) -> None:
    """Everybody seems to come from it; the setting that is printed is the one that repairs it."""
    url = {"DESKWIRE_PUBLIC_URL": f"https://localhost:{port}"}
    other = DeskServer(tmp_path / "other", **url).migrate().start()
    try:
        with nginx.before(nginx.config(other)):
            complaint = Report(Practice(other, certificate[0]), "--quick").complaint("client address")
            assert "every visitor seems to come from 127.0.0.1" in complaint
            (setting,) = re.findall(r"DESKWIRE_FORWARDED_ALLOW_IPS=(\S+)", complaint)
            stopped_well(other)
            other.environment["DESKWIRE_FORWARDED_ALLOW_IPS"] = setting
            other.start()
            assert Report(Practice(other, certificate[0]), "--quick").level("client address") == "ok"
    finally:
        stopped_well(other)


@pytest.mark.parametrize(
    ("same_address", "check", "words"),
    [(True, "proxy", "does not know this installation"), (False, "websocket", "another address as its public_url")],
)
def test_another_desk_behind_the_proxy(
    nginx: Nginx, desk: DeskServer, look: Look, tmp_path: Path, same_address: bool, check: str, words: str
) -> None:
    settings = {"DESKWIRE_PUBLIC_URL": nginx.url} if same_address else {}
    other = DeskServer(tmp_path / "other", **settings).migrate().start()
    try:
        with nginx.before(nginx.config(other)):
            assert words in look("--quick").complaint(check)
    finally:
        stopped_well(other)


def test_a_proxy_that_lets_not_every_path_pass(nginx: Nginx, desk: DeskServer, look: Look) -> None:
    closed = nginx.config(desk).replace(
        "location = /metrics", "location /api/v1/probe { deny all; } location = /metrics"
    )
    with nginx.before(closed):
        complaint = look("--quick").complaint("proxy")
    assert "403" in complaint
    assert "every path" in complaint


def test_a_proxy_that_knows_no_large_uploads(nginx: Nginx, desk: DeskServer, look: Look) -> None:
    """It cuts the connection instead of answering; the doctor does not mistake it for something else."""
    cut = nginx.config(desk).replace(
        "client_max_body_size 32m;", "client_max_body_size 1m; error_page 413 @cut; location @cut { return 444; }"
    )
    with nginx.before(cut):
        assert "client_max_body_size 32m;" in look("--quick").complaint("body size")


def test_nothing_behind_the_proxy(nginx: Nginx, desk: DeskServer, look: Look) -> None:
    text = nginx.config(desk).replace(desk.url, f"http://127.0.0.1:{free_port()}")
    with nginx.before(text):
        assert "answers 502" in look("--quick").complaint("address")
