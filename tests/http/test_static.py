"""The bundled files: cached for ever by their hash, asked for again without one; and nothing beside them is served."""

import gzip
import json
import re
import socket

import httpx2
import pytest

from server.http.pages import DIST
from server.http.static import HASHED
from tests.support.server import DeskServer

FIRST_KIB = {"loader": 3, "widget": 25, "portal": 25, "console": 120}
"""What somebody waits for, compressed."""
LATE_KIB = {"loader": 0, "widget": 10, "portal": 10, "console": 20}
"""What is loaded at one press or word."""
FOREVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def hashed() -> str:
    return next(file.name for file in DIST.iterdir() if file.name.startswith("console-") and file.suffix == ".js")


def get(server: DeskServer, path: str, **headers: str) -> httpx2.Response:
    with httpx2.Client(verify=False) as client:
        return client.get(f"{server.url}/static/{path}", headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_every_hashed_file_may_be_kept_for_ever(server: DeskServer) -> None:
    for file in DIST.iterdir():
        answer = get(server, file.name)
        if re.search("-[A-Z0-9]{8}[.](js|css)$", file.name):
            assert answer.headers["cache-control"] == FOREVER
        elif not file.name.startswith("."):
            assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["manifest.json", "console.js", "a-short.js", "x-abcdefgh.js", "x-ABCDEFGH", "-AAAAAAAA/x.js"]
)
def test_a_name_without_a_hash_is_asked_for_again(name: str) -> None:
    assert not HASHED.search(name)


def test_who_has_a_file_is_told_so(server: DeskServer, hashed: str) -> None:
    first = get(server, hashed)
    again = get(server, hashed, if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == FOREVER
    assert again.headers["etag"] == first.headers["etag"]
    since = get(server, hashed, if_modified_since=first.headers["last-modified"])
    assert since.status_code == 304
    assert get(server, hashed, if_none_match='"other"').status_code == 200


def test_a_range_is_a_part_and_many_ranges_are_no_burden(server: DeskServer, hashed: str) -> None:
    whole = get(server, hashed).content
    assert get(server, hashed, range="bytes=0-9").content == whole[:10]
    assert get(server, hashed, range="bytes=999999999-").status_code == 416
    many = ",".join(f"{start}-{start + 1}" for start in range(0, 4000, 3))
    assert get(server, hashed, range=f"bytes={many}").status_code in (200, 206, 400, 416)


TRAVERSALS = [
    "../manifest.json",
    "../../pyproject.toml",
    "..%2f..%2fpyproject.toml",
    "%2e%2e/%2e%2e/pyproject.toml",
    "%2e%2e%2f%2e%2e%2fpyproject.toml",
    "..%5c..%5cpyproject.toml",
    "....//....//pyproject.toml",
    "..%252f..%252fpyproject.toml",
    "..%c0%af..%c0%afpyproject.toml",
    "/etc/passwd",
    "//etc/passwd",
    "%2fetc%2fpasswd",
    "../../../../../../../../etc/passwd",
    "..;/..;/pyproject.toml",
    "manifest.json%00.js",
    "%00",
    "./../../pyproject.toml",
    "file:///etc/passwd",
    "C:%5cWindows%5cwin.ini",
    "../../.git/config",
    "a" * 5000,
    "a/" * 2000,
]


@pytest.mark.parametrize("path", TRAVERSALS, ids=lambda path: path[:40])
def test_nothing_outside_is_served(server: DeskServer, path: str) -> None:
    """On a bare socket: clients tidy such paths up before they send them."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        head = f"GET /static/{path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        heard = b""
        while more := connection.recv(65_536):
            heard += more
    assert heard.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400", b"HTTP/1.1 414")), heard[:200]
    assert b"root:" not in heard
    assert b"[project]" not in heard


def needed(name: str, found: dict[str, int]) -> dict[str, int]:
    """File -> compressed bytes, of this one and of all that it cannot run without."""
    if name not in found:
        content = (DIST / name).read_bytes()
        found[name] = len(gzip.compress(content, 9))
        for imported in re.findall(rb'(?:from|import)\s*"\./([\w.-]+)"', content):
            needed(imported.decode(), found)
    return found


@pytest.mark.parametrize("page", FIRST_KIB)
def test_nobody_waits_for_more_than_was_promised(page: str) -> None:
    """C-26: a page with everything that it imports, and each part that it loads later beyond that."""
    entry = json.loads((DIST / "manifest.json").read_text())[page]
    first = needed(entry["js"], {})
    assert set(first) == {entry["js"], *entry["imports"]}, "these are what the page is told to load at once"
    style = len(gzip.compress((DIST / entry["css"]).read_bytes(), 9)) if entry["css"] else 0
    assert 0 < (sum(first.values()) + style) / 1024 <= FIRST_KIB[page]
    scripts = b"".join((DIST / name).read_bytes() for name in first)
    for late in re.findall(rb'import\("\./([\w.-]+)"\)', scripts):
        beyond = {name: size for name, size in needed(late.decode(), {}).items() if name not in first}
        assert sum(beyond.values()) / 1024 <= LATE_KIB[page], f"{late.decode()} of {page}"
