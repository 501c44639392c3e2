"""What a client keeps of what it did and saw."""

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any, TextIO


class Journal:
    """Lines of JSON, each on disk before the next thing happens. ``at``: seconds of a clock that processes share."""

    def __init__(self, path: str) -> None:
        self._file: TextIO = Path(path).open("a", encoding="utf-8")  # noqa: SIM115 - open as long as the process

    def write(self, what: str, **facts: Any) -> None:
        self._file.write(json.dumps({"what": what, "at": round(time.monotonic(), 4), **facts}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def digest(text: str) -> str:
    """What the journal keeps of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
