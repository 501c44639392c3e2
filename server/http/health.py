"""Health and metrics, for load balancers and monitoring."""

import asyncio
import hmac
import shutil
from typing import Final

import msgspec
import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from server import metrics as measured
from server.errors import Busy, DeskwireError, NotFound, StorageFull
from server.http.routing import Call, Endpoint, Permission, problem
from server.origin import bearer
from server.store import installation

log = structlog.get_logger(__name__)

MIB: Final = 1024 * 1024
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")
"""Headers that a proxy adds."""


class Health(msgspec.Struct):
    """``ok``."""

    status: str


async def healthz(_call: Call) -> Health:
    """Whether the process is alive."""
    return Health("ok")


async def readyz(call: Call) -> Response | Health:
    """Whether it can serve: the database answers (and its file is still there), and the disk has room."""
    settings = call.desk.settings
    try:
        await call.desk.store.read(lambda conn: installation.get(conn, "epoch"))
        if not settings.database_url:
            settings.database_path.stat()  # a deleted file can be read for as long as it is open
        if shutil.disk_usage(settings.data).free < settings.min_free_mib * MIB:
            raise StorageFull
    except (DeskwireError, SQLAlchemyError, OSError) as error:
        log.warning("not ready", error=type(error).__name__)
        return problem(Busy("Not ready: the database does not answer, or the disk is full. The log says more."))
    return Health("ok")


async def metrics(call: Call) -> Response:
    """Prometheus metrics, for loopback and for bearers of metrics_token. A proxy on this machine is not loopback."""
    settings = call.desk.settings
    token = bearer(call.request.headers.get("authorization", "")) or ""
    by_token = bool(settings.metrics_token) and hmac.compare_digest(token.encode(), settings.metrics_token.encode())
    forwarded = any(name in call.request.headers for name in FORWARDED)
    local = call.address in ("127.0.0.1", "::1") and not forwarded and not settings.metrics_token
    if not settings.metrics or not (by_token or local):
        raise NotFound
    measured.TASKS.set(len(asyncio.all_tasks()))
    return Response(measured.page(), headers={"content-type": CONTENT_TYPE_LATEST})


ROUTES: list[Endpoint] = [
    Endpoint(method="GET", path="/healthz", permission=Permission.PUBLIC, handler=healthz, public_document=False),
    Endpoint(method="GET", path="/readyz", permission=Permission.PUBLIC, handler=readyz, public_document=False),
    Endpoint(method="GET", path="/metrics", permission=Permission.PUBLIC, handler=metrics, public_document=False),
]
"""Every route of this module."""
