"""Lines of uvicorn's log that any peer can provoke, as often as it likes. They are counted, not written."""

import logging
from typing import Final

from server.metrics import NOISE

KNOWN: Final = {
    "Invalid HTTP request received.": "http",
    "Unsupported upgrade request.": "upgrade",
    "Invalid UTF-8 sequence received from client.": "utf8",
}


def count(record: logging.LogRecord) -> bool:
    """A filter for logging: False drops the line."""
    kind = KNOWN.get(str(record.msg))
    if kind is None:
        return True
    NOISE.labels(kind=kind).inc()
    return False
