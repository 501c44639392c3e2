"""Addresses and methods that are none: one shape for every error, and the headers that every answer has."""

import re

import httpx2
import msgspec
import pytest

from server.http.routes import ROUTES
from server.protocol.rest import Problem
from tests.support.office import Office
from tests.support.server import DeskServer

PATHS = sorted({route.path for route in ROUTES})
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


def ask(server: DeskServer, method: str, path: str, **headers: str) -> httpx2.Response:
    with httpx2.Client(verify=False) as client:
        return client.request(method, server.url + path, headers=headers)


def problem(answer: httpx2.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    told = msgspec.json.decode(answer.content, type=Problem)
    assert told.code == code
    assert told.message.endswith(".")


@pytest.mark.parametrize(
    "path",
    [
        *("/nothing", "/api", "/api/v1", "/api/v1/", "/api/v2/tickets", "/api/v1/tickets/", "/API/V1/TICKETS"),
        *("//", "/p/", "/p//", "/p/a/b", "/w/", "/ws/v1/customer", "/ws/v1/console", "/ws/v2/console", "/admin"),
        *("/.env", "/.git/config", "/server/app.py", "/%00", "/%ff%fe", "/..%2f..%2fetc/passwd", "/static"),
        *("/static/", "/static/nothing.js", "/w/%2e%2e", "/w/no-such-portal", "/" + "a" * 8000),
        *("/console//", "/console/x", "/metrics/", "/favicon.ico", "/robots.txt", "/api/v1/portals/NO SUCH"),
    ],
)
def test_an_address_that_is_none(server: DeskServer, path: str) -> None:
    problem(ask(server, "GET", path), 404, "not_found")


@pytest.mark.parametrize("path", PATHS)
def test_a_method_that_an_address_does_not_take(server: DeskServer, office: Office, path: str) -> None:
    """405 with all that is allowed, however many routes share the address."""
    takes = {route.method for route in ROUTES if route.path == path}
    allowed = takes | ({"HEAD"} if "GET" in takes else set())
    for method in METHODS:
        if method not in allowed:
            answer = ask(server, method, _filled(path, office))
            assert set(answer.headers["allow"].split(", ")) >= allowed
            if method != "HEAD":
                problem(answer, 405, "method_not_allowed")


def _filled(path: str, office: Office) -> str:
    return re.sub(r"{\w+}", "0" * 32, path.replace("{portal}", office.portal))


def test_static_files_are_for_reading(server: DeskServer) -> None:
    answer = ask(server, "POST", "/static/manifest.json")
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD"


def test_a_head_is_a_get_without_its_body(server: DeskServer, office: Office) -> None:
    for path in ("/healthz", f"/api/v1/portals/{office.portal}", f"/p/{office.portal}", "/console", "/api/v1/me"):
        got, head = ask(server, "GET", path), ask(server, "HEAD", path)
        assert (head.status_code, head.content) == (got.status_code, b"")
        assert {**head.headers, "date": ""} == {**got.headers, "date": ""}


@pytest.mark.parametrize("host", ["[", "[::1", "a b", "evil.example", "127.0.0.1:x", "127.0.0.1:99999", "", "\xff"])
def test_any_host_is_answered(server: DeskServer, office: Office, host: str) -> None:
    """A Host header is what a client types; nothing is built from it, and nothing breaks on it."""
    paths = ("/console", f"/p/{office.portal}", f"/w/{office.portal}", "/", "/api/v1/me", "/static/manifest.json")
    with httpx2.Client(verify=False) as client:
        for path in paths:
            for method in ("GET", "POST"):
                answer = client.request(method, server.url + path, headers=[(b"host", host.encode("latin-1"))])
                assert answer.status_code < 500, (path, answer.text)
                assert "evil" not in answer.text + str(answer.headers)


ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_security_headers(server: DeskServer, office: Office, path: str) -> None:
    url = _filled(path, office)
    if path.endswith("/changes") and "{portal}" in path:
        url += "?seconds=0"  # a stream
    for method in ("GET", "POST"):
        headers = ask(server, method, url).headers
        policy = headers["content-security-policy"]
        if path == "/w/{portal}.js":
            assert headers["cross-origin-resource-policy"] in ("cross-origin", "same-origin")
            headers["cross-origin-resource-policy"] = "same-origin"
        assert {name: headers[name] for name in ALWAYS} == ALWAYS
        assert policy.startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "server" not in headers
        assert "x-powered-by" not in headers
        assert "strict-transport-security" not in headers, "this server speaks plain HTTP"
        if path.startswith("/api/"):
            assert headers["cache-control"] == "no-store"
