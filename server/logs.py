"""Structured logs: text on a terminal, JSON elsewhere. No message text, no tokens, no query strings, ever."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from server import process
from server.metrics import FAULTS_OF_PEERS
from server.settings import Settings

_SECRET = re.compile(r"(?<![\w-])(dwt_)?([0-9a-f]{64}|[\w-]{43})(?![\w-])|eyJ[\w-]+\.[\w-]+\.[\w-]+")
"""Tokens and cookies of ours (256 bits in hex or base64), and JWTs."""

_FAULTS_OF_PEERS = {
    "ASGI callable returned without completing handshake.": "refused",  # uvicorn's word for a handshake that we refuse
    "Invalid HTTP request received.": "http",
    "Invalid UTF-8 sequence received from client.": "utf8",
    "Unsupported upgrade request.": "upgrade",
}
"""Lines of uvicorn that a stranger could fill the log with. They are counted instead, under these names."""


def _redact(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A last net: whatever looks like a token is not written."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _SECRET.sub("[redacted]", value)
    return event


def _numbered(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Which of several workers says it."""
    if process.NAME:
        event.setdefault("worker", int(process.NAME) if process.NAME.isdigit() else process.NAME)
    return event


def _not_of_peers(record: logging.LogRecord) -> bool:
    fault = _FAULTS_OF_PEERS.get(record.getMessage())
    if fault is not None:
        FAULTS_OF_PEERS.labels(fault=fault).inc()
    return fault is None


def configure(settings: Settings) -> None:
    """Send structlog and the standard library's logging through one pipe to stderr."""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _numbered,
        structlog.processors.format_exc_info,
        _redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    render: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=not as_json)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # libraries are heard from WARNING on, whatever the level: below it they print frames, headers and query strings
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger("server").setLevel(level)
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").addFilter(_not_of_peers)
