"""TLS, proxy, and the way through the public address to a WebSocket."""

import email.utils
import json
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from server.cli import lock
from server.cli.doctor.finding import Finding, bad, ok, warn
from server.origin import LOOPBACK
from server.protocol import close
from server.settings import Settings

SECONDS = 10
CLOCK_SECONDS = 5
PROXY_HELP = "The proxy must pass Upgrade and Connection on: docs/operations.md, Behind a proxy."


def check(settings: Settings) -> list[Finding]:
    """What can be seen from here. The public address is asked only while the server runs."""
    findings = [*_tls(settings), *_proxy(settings)]
    if not lock.running(settings):
        text = f"no server runs on {settings.data}, so {settings.url} was not asked"
        return [*findings, warn("address", text, "Start it and run the doctor again.")]
    reached = list(_reach(settings.url))
    findings += reached
    if all(finding.level != "fail" for finding in reached):
        findings.append(_websocket(settings.url))
    return findings


def _tls(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.url)
    if settings.tls:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_cert, settings.tls_key)
        except (OSError, ssl.SSLError) as error:
            yield bad("tls", f"certificate or key: {error}", "Give PEM files that belong together.")
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


def _proxy(settings: Settings) -> Iterator[Finding]:
    """A public address that this process does not speak itself means that something stands in between."""
    behind = bool(settings.public_url) and urlsplit(settings.public_url).scheme == "https" and not settings.tls
    if behind and not settings.forwarded_allow_ips:
        yield warn(
            "proxy",
            "every visitor seems to come from the proxy's address, so limits per address hit all of them at once",
            "Set forwarded_allow_ips to the proxy's address, e.g. 127.0.0.1, and let it set X-Forwarded-For.",
        )


def _reach(url: str) -> Iterator[Finding]:
    try:
        answer = httpx2.get(f"{url}/healthz", timeout=SECONDS, trust_env=False)
    except httpx2.HTTPError as error:
        advice = "Check name, port, firewall and certificate; the setting is public_url."
        yield bad("address", f"{url} does not answer: {error}", advice)
        return
    if answer.status_code != httpx2.codes.OK:
        advice = "Does the proxy pass requests on to Deskwire, and public_url name this desk?"
        yield bad("address", f"{url}/healthz answers {answer.status_code}", advice)
        return
    yield ok("address", f"{url} answers")
    theirs = email.utils.parsedate_tz(answer.headers.get("date", ""))
    if theirs is not None:
        drift = abs(email.utils.mktime_tz(theirs) - time.time())
        if drift > CLOCK_SECONDS:
            advice = "Let both machines follow a time server: timedatectl set-ntp true"
            yield warn("clock at the address", f"{drift:.0f} s away from this machine's", advice)


def _websocket(url: str) -> Finding:
    """Open the customers' socket through the public address and say something that is no hello."""
    target = "ws" + url.removeprefix("http") + "/ws/v1/customer"
    try:
        with connect(target, origin=Origin(url), proxy=None, open_timeout=SECONDS, close_timeout=1) as socket:
            socket.send(json.dumps({"type": "ping"}))
            socket.recv(timeout=SECONDS)
    except InvalidStatus as error:
        return bad("websocket", f"{target} is refused with {error.response.status_code}", PROXY_HELP)
    except ConnectionClosed as error:
        code = error.rcvd.code if error.rcvd else 1006
        if code in (close.NO_HELLO, close.BAD_FRAME):
            return ok("websocket", f"{target} opens and answers")
        return bad("websocket", f"{target} was closed with {code}", PROXY_HELP)
    except (OSError, WebSocketException) as error:
        return bad("websocket", f"{target}: {error}", PROXY_HELP)
    return bad("websocket", f"{target} answers, but not like Deskwire", "Does public_url name this desk?")
