"""TLS, and whether the public address leads here: over HTTP, and to a WebSocket."""

import email.utils
import json
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpx2
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from server.cli import lock, tls
from server.cli.doctor import lines, outside, proxy
from server.cli.doctor.finding import AS_ITS_USER, Finding, bad, ok, warn
from server.cli.doctor.secret import installation_secret
from server.origin import LOOPBACK
from server.protocol import close
from server.settings import Settings

CLOCK_SECONDS: Final = 5
DAY_S: Final = 86_400
SOON_DAYS: Final = 14
"""A certificate is renewed when a third of its time is left; one with so little, or with a quarter, was not."""
HOPS: Final = 5
ANOTHER_ORIGIN: Final = b"origin"
"""How a door refuses one (channels/door)."""


def check(settings: Settings, *, quick: bool) -> list[Finding]:
    """What can be seen from here. The public address is asked only while the server runs."""
    findings = list(_tls(settings))
    try:
        running = lock.running(settings)
    except OSError as error:
        text = f"whether a server runs cannot be seen: {lock.path(settings)}: {error.strerror}"
        return [*findings, *_unnamed(settings), warn("address", text, AS_ITS_USER)]
    if not running:
        text = f"no server runs on {settings.data}, so {settings.url} was not asked"
        return [*findings, *_unnamed(settings), warn("address", text, "Start it and run the doctor again.")]
    reached = list(_reach(settings.url))
    findings += reached
    if any(finding.level == "fail" for finding in reached):
        return [*findings, *_unnamed(settings)]
    through = _websocket(settings.url)
    findings.append(through)
    secret = installation_secret(settings)
    if not settings.public_url or through.level == "fail" or not secret:
        return [*findings, *_unnamed(settings)]
    return [*findings, *proxy.check(settings, secret, quick=quick)]


def _tls(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.url)
    wrong = tls.fault(settings)
    if wrong:
        yield bad("tls", wrong.removesuffix("."), "Give PEM files that belong together, and that this user may read.")
        return
    if parts.scheme == "https":
        yield ok("tls", f"{settings.url}: cookies are Secure and bound to this host")
    elif parts.hostname in LOOPBACK:
        yield ok("tls", f"{settings.url} is reached from this machine only; elsewhere sign-in needs HTTPS")
    elif settings.insecure_http:
        advice = "Use HTTPS outside a network that you trust: passwords and chats travel readable."
        yield warn("tls", f"{settings.url} without TLS, allowed by insecure_http", advice)
    else:
        advice = (
            "Set public_url to the https:// address of the proxy, or tls_cert and tls_key;"
            " in a trusted network insecure_http."
        )
        yield bad("tls", f"{settings.url} is plain HTTP, so nobody can sign in", advice)


def _unnamed(settings: Settings) -> Iterator[Finding]:
    """Nobody could be asked. An https address that we do not speak ourselves means that something stands before it."""
    behind = bool(settings.public_url) and urlsplit(settings.public_url).scheme == "https" and not settings.tls
    if behind and not settings.forwarded_allow_ips:
        yield warn(
            "client address",
            "no proxy is named, so every visitor may seem to come from its address, and limits hit all at once",
            f"{lines.trust('127.0.0.1')} (or where the proxy connects from)\n{lines.FORWARDED}",
        )


# --- HTTP -------------------------------------------------------------------------------------------------------------


def _reach(url: str) -> Iterator[Finding]:
    target = f"{url}/healthz"
    try:
        answer = outside.get(target)
        if answer.is_redirect:
            yield _elsewhere(url, target, answer)
            return
    except httpx2.HTTPError as error:
        advice = "Check name, port, firewall and certificate; the setting is public_url."
        yield bad("address", f"{url} does not answer: {error}", advice)
        return
    if answer.status_code != httpx2.codes.OK:
        advice = "Does the proxy pass requests on to Deskwire, and public_url name this desk?"
        yield bad("address", f"{url}/healthz answers {answer.status_code}", advice)
        return
    yield ok("address", f"{url} answers")
    if url.startswith("https:"):
        yield certificate(_certificate(url), time.time())
    theirs = email.utils.parsedate_tz(answer.headers.get("date", ""))
    if theirs is not None:
        drift = abs(email.utils.mktime_tz(theirs) - time.time())
        if drift > CLOCK_SECONDS:
            advice = "Let both machines follow a time server: timedatectl set-ntp true"
            yield warn("clock at the address", f"{drift:.0f} s away from this machine's", advice)


def _elsewhere(url: str, target: str, answer: httpx2.Response) -> Finding:
    """Follow a redirect to its end, or until it comes back."""
    visited = [target]
    while answer.is_redirect and len(visited) <= HOPS:
        target = urljoin(target, answer.headers.get("location", ""))
        if target in visited:
            return bad("address", f"{target} sends visitors round in a circle", lines.NO_REDIRECT)
        visited.append(target)
        answer = outside.get(target)
    parts = urlsplit(target)
    advice = f"Set public_url to the address that people end at: {parts.scheme}://{parts.netloc}"
    return bad("address", f"{url} sends visitors on to {target}", advice)


def _certificate(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    with (
        socket.create_connection((host, port), timeout=outside.SECONDS) as plain,
        outside.trusted().wrap_socket(plain, server_hostname=host) as secured,
    ):
        return dict(secured.getpeercert() or {})


def certificate(found: dict[str, Any], now: float) -> Finding:
    """How long it is good for."""
    begins, ends = (ssl.cert_time_to_seconds(found[name]) for name in ("notBefore", "notAfter"))
    left = ends - now
    text = f"good until {time.strftime('%Y-%m-%d', time.gmtime(ends))}, {left / DAY_S:.0f} more days"
    if left < min(SOON_DAYS * DAY_S, (ends - begins) / 4):
        advice = "Renew it, and find out why that did not happen by itself: certbot renew, or Caddy's log."
        return warn("certificate", text, advice)
    return ok("certificate", text)


# --- WebSocket --------------------------------------------------------------------------------------------------------


def _websocket(url: str) -> Finding:
    """Open the customers' socket through the public address and say something that is no hello."""
    target = "ws" + url.removeprefix("http") + "/ws/v1/customer"
    try:
        with outside.sockets(url, "/ws/v1/customer") as opened:
            opened.send(json.dumps({"type": "ping"}))
            opened.recv(timeout=outside.SECONDS)
    except InvalidStatus as error:
        if error.response.body == ANOTHER_ORIGIN:
            text = f"the Deskwire that {target} leads to has another address as its public_url"
            return bad("websocket", text, "Give both the same settings; the proxy must not change the header Origin.")
        return bad("websocket", f"{target} is refused with {error.response.status_code}", lines.UPGRADE)
    except ConnectionClosed as error:
        code = error.rcvd.code if error.rcvd else 1006
        if code in (close.NO_HELLO, close.BAD_FRAME):
            return ok("websocket", f"{target} opens and answers")
        return bad("websocket", f"{target} was closed with {code}", lines.UPGRADE)
    except (OSError, WebSocketException) as error:
        return bad("websocket", f"{target}: {error}", lines.UPGRADE)
    return bad("websocket", f"{target} answers, but not like Deskwire", "Does public_url name this desk?")
