"""Health and metrics, for load balancers and monitoring."""

import hmac

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.responses import Response

from server.errors import Busy, DeskwireError, NotFound, StorageFull
from server.http.routing import Call, Endpoint, Permission, problem
from server.origin import bearer
from server.store.sqlite import free_mib


class Health(msgspec.Struct):
    """``ok``."""

    status: str


async def healthz(_call: Call) -> Health:
    """Whether the process is alive."""
    return Health("ok")


async def readyz(call: Call) -> Response | Health:
    """Whether it can serve: the database answers and the disk has room."""
    settings = call.desk.settings
    try:
        await call.desk.store.read(lambda conn: conn.execute(text("SELECT 1")).scalar_one())
        if free_mib(settings.data) < settings.min_free_mib:
            raise StorageFull
    except DeskwireError as error:
        return problem(Busy(f"Not ready: {error.message}"))
    return Health("ok")


async def metrics(call: Call) -> Response:
    """Prometheus metrics, for loopback and for bearers of metrics_token."""
    settings = call.desk.settings
    token = bearer(call.request.headers.get("authorization", "")) or ""
    by_token = bool(settings.metrics_token) and hmac.compare_digest(token.encode(), settings.metrics_token.encode())
    local = call.address in ("127.0.0.1", "::1") and not settings.metrics_token
    if not settings.metrics or not (by_token or local):
        raise NotFound
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})


ROUTES: list[Endpoint] = [
    Endpoint(method="GET", path="/healthz", permission=Permission.PUBLIC, handler=healthz, public_document=False),
    Endpoint(method="GET", path="/readyz", permission=Permission.PUBLIC, handler=readyz, public_document=False),
    Endpoint(method="GET", path="/metrics", permission=Permission.PUBLIC, handler=metrics, public_document=False),
]
"""Every route of this module."""
