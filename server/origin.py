"""Cookies and origins: what a browser tells of itself, the same for HTTP and for sockets."""

import functools
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlsplit

SESSION_COOKIE: Final = "deskwire_session"
CUSTOMER_COOKIE: Final = "deskwire_customer"
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
MOST_PORTALS: Final = 20
"""Portals whose cookies are looked at; a browser keeps about as many of us as it likes."""
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def cookie_name(name: str, *, secure: bool) -> str:
    """``__Host-`` binds a cookie to our host and path, but browsers take it over TLS only."""
    return f"__Host-{name}" if secure else name


def customer_cookie(portal: str) -> str:
    """Each portal has a cookie of its own: a customer of two of them is two customers."""
    return f"{CUSTOMER_COOKIE}_{portal}"


def customer_cookies(headers: Mapping[str, str], url: str) -> list[str]:
    """The values of all portals' cookies, for requests that name a ticket and no portal."""
    wanted = cookie_name(f"{CUSTOMER_COOKIE}_", secure=url.startswith("https:"))
    pairs = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
    return [value for key, _, value in pairs if key.startswith(wanted) and value][:MOST_PORTALS]


def cookie(headers: Mapping[str, str], name: str, url: str) -> str | None:
    """The value of our cookie. ``url``: our public address; over TLS only the name that nobody else can set counts.

    Otherwise a page of a sibling domain could plant its own chat's cookie, and a visitor would write into that chat.
    Others may share our host (cookies know no ports) and name theirs as they like, so one odd cookie must not hide
    ours, as it does in http.cookies.
    """
    wanted = cookie_name(name, secure=url.startswith("https:"))
    for part in headers.get("cookie", "").split(";"):
        key, _, value = part.strip().partition("=")
        if key == wanted and value:
            return value
    return None


def bearer(header: str) -> str | None:
    """The token of an Authorization header."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


@functools.cache
def origin_of(url: str) -> str:
    """The origin of an address as browsers write it: lower case, punycode, no default port."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name.encode("idna").decode()
    port = "" if parts.port in (None, DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def same_origin(origin: str, url: str, host: str) -> bool:
    """Whether the Origin is, to the letter, one of our own addresses.

    That is the public one, or on loopback the one that was asked for, as localhost and 127.0.0.1 are one machine, and
    its port may be a forwarded one.
    """
    ours = origin_of(url)
    scheme, _, authority = ours.partition("://")
    if origin == ours:
        return True
    return _on_loopback(authority) and _on_loopback(host) and origin == f"{scheme}://{host}"


def portal_origin(origin: str, url: str, host: str, portals: Collection[str]) -> bool:
    """Whether the Origin is, to the letter, the host name of a portal, and that is what was asked for.

    Scheme and port are those of our public address. The console and its cookies stay there. Some proxies pass the name
    on without its port (nginx's ``$host``); what counts is what the browser says of its page.
    """
    scheme, _, authority = origin_of(url).partition("://")
    port, name = authority.rpartition("]")[2].partition(":")[2], host_name(host)
    ours = f"{name}:{port}" if port else name
    return name in portals and host.lower() in (ours, name) and origin == f"{scheme}://{ours}"


def host_name(host: str) -> str:
    """The name in a Host header, without its port."""
    return host.lower().partition(":")[0]


def _on_loopback(authority: str) -> bool:
    try:
        return urlsplit(f"//{authority}").hostname in LOOPBACK
    except ValueError:
        return False
