"""Cookies and origins: what a browser tells of itself, the same for HTTP and for sockets."""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import urlsplit

SESSION_COOKIE: Final = "deskwire_session"
CUSTOMER_COOKIE: Final = "deskwire_customer"
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def cookie_name(name: str, *, secure: bool) -> str:
    """``__Host-`` binds a cookie to our host and path, but browsers take it over TLS only."""
    return f"__Host-{name}" if secure else name


def cookie(headers: Mapping[str, str], name: str) -> str | None:
    """The value of our cookie under either of its names."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(headers.get("cookie", ""))
    except CookieError:
        return None
    for candidate in (cookie_name(name, secure=True), name):
        if candidate in jar:
            return jar[candidate].value
    return None


def bearer(header: str) -> str | None:
    """The token of an Authorization header."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def same_origin(origin: str, url: str, host: str) -> bool:
    """Whether the Origin is one of our own addresses: the public one, or on loopback the one that was asked for."""
    ours = urlsplit(url)
    try:
        theirs = urlsplit(origin)
        parts = (theirs.scheme, theirs.hostname, theirs.port)
    except ValueError:
        return False
    if theirs.path or theirs.query or theirs.username or not theirs.hostname:
        return False
    if parts == (ours.scheme, ours.hostname, ours.port):
        return True
    return ours.hostname in LOOPBACK and theirs.hostname in LOOPBACK and theirs.netloc == host
