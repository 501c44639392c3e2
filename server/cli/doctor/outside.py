"""The way through the public address, as a visitor takes it, with the doctor's proof in its hand."""

import functools
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

import httpx2
import msgspec
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from server.accounts import probe
from server.clock import now_ms
from server.http.probe import PATH, Seen

SECONDS: Final = 10
BESIDE: Final = "127.0.0.2"
"""Another address of this machine: a proxy on it comes from 127.0.0.1, and a visitor has to be told from it."""
STRANGER: Final = "203.0.113.7"
"""Nobody's address (RFC 5737): what a visitor may claim to be."""


@functools.cache
def trusted() -> ssl.SSLContext:
    """Whom this machine trusts, its own authorities included."""
    return ssl.create_default_context()


def get(url: str) -> httpx2.Response:
    """One request; redirects are shown and not followed."""
    return httpx2.get(url, timeout=SECONDS, trust_env=False, verify=trusted())


def sockets(url: str, path: str, **headers: str) -> ClientConnection:
    """A WebSocket at the public address."""
    target = "ws" + url.removeprefix("http") + path
    context = trusted() if url.startswith("https:") else None
    return connect(
        target,
        origin=Origin(url),
        proxy=None,
        ssl=context,
        additional_headers=headers,
        open_timeout=SECONDS,
        close_timeout=1,
    )


class Outside:
    """Asks ``http/probe`` through the public address."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self._secret = secret
        self.address = ""
        """ours, as the first machine on the way sees it"""

    def seen(self, wait: float = 0) -> Seen:
        """How a request arrives that claims to come from somebody else. Raises HTTPError."""
        headers = {**self.proof(), "x-forwarded-for": STRANGER}
        with self._client(SECONDS + wait) as client:
            answer = client.get(PATH, params={"wait": wait}, headers=headers)
            stream = answer.extensions.get("network_stream")
            if stream is not None:
                self.address = stream.get_extra_info("client_addr")[0]
        return _told(answer)

    def sent(self, pieces: Iterable[bytes], length: int) -> Seen:
        """How a body arrives. Raises HTTPError."""
        headers = {**self.proof(), "content-length": str(length), "content-type": "application/octet-stream"}
        with self._client(SECONDS * 2) as client:
            return _told(client.put(PATH, content=pieces, headers=headers))

    def proof(self) -> dict[str, str]:
        """Good for two minutes."""
        return {probe.HEADER: probe.made(self._secret, now_ms())}

    def _client(self, seconds: float) -> httpx2.Client:
        transport = httpx2.HTTPTransport(verify=trusted(), local_address=_beside(self.url))
        return httpx2.Client(base_url=self.url, transport=transport, timeout=seconds, trust_env=False)


def _told(answer: httpx2.Response) -> Seen:
    answer.raise_for_status()
    return msgspec.json.decode(answer.content, type=Seen)


@functools.cache
def _beside(url: str) -> str | None:
    """Where the proxy is on this machine, and the system lets us come from another of its addresses."""
    try:
        if not ipaddress.ip_address(socket.gethostbyname(urlsplit(url).hostname or "")).is_loopback:
            return None
        with socket.socket() as trial:
            trial.bind((BESIDE, 0))
    except OSError:
        return None
    return BESIDE
