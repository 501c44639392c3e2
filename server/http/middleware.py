"""What every HTTP answer gets: security headers, a count, and a clean 500. Pure ASGI: sockets pass untouched."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect

from server.domain.ids import new_id
from server.metrics import REQUESTS
from server.protocol import codec
from server.protocol.rest import Problem

log = structlog.get_logger(__name__)

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]

HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Set where a handler has not said otherwise."""

METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
"""Told apart in metrics; a label must not be what a client types."""


class Secure:
    """Wraps all routes."""

    def __init__(self, app: App, *, tls: bool) -> None:
        self._app = app
        self._tls = tls

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """One request, or anything else untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if self._tls:
                    headers.setdefault("strict-transport-security", "max-age=31536000")
                if scope["path"].startswith("/api/"):
                    headers.setdefault("cache-control", "no-store")
                method = scope["method"] if scope["method"] in METHODS else "other"
                REQUESTS.labels(method=method, status=str(message["status"])).inc()
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            return  # it left while it was sending: nobody is there to be answered
        except Exception:  # the outermost place: the client gets an id that stands in the log
            fault = new_id()[-12:]
            log.exception("a request failed", fault=fault, method=scope["method"], path=scope["path"])
            if started:
                raise
            body = codec.encode(Problem("fault", f"Something went wrong on our side ({fault})."))
            headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
            await send_with_headers({"type": "http.response.start", "status": 500, "headers": headers})
            await send({"type": "http.response.body", "body": body})
