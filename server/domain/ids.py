"""Opaque identifiers and the shape of what people may type as one."""

import re
import secrets
import time

ID_PATTERN = "^[0-9a-f]{32}$"
"""Pattern of every id that the server makes."""

_ID = re.compile(ID_PATTERN)


def new_id() -> str:
    """32 hex digits: 48 bits of milliseconds, so that an index grows at its end, and 80 random bits.

    An id is a name, never a permission.
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def is_id(text: str) -> bool:
    """Whether the text has the shape of an id."""
    return _ID.fullmatch(text) is not None
