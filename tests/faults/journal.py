"""What a client keeps of what it did and saw, and who looks over its shoulder meanwhile."""

import hashlib
import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any, TextIO


class Journal:
    """Lines of JSON, each on disk before the next thing happens. ``at``: seconds of a clock that processes share."""

    def __init__(self, path: str) -> None:
        self._file: TextIO = Path(path).open("a", encoding="utf-8")  # noqa: SIM115 - until close

    def write(self, what: str, **facts: Any) -> None:
        self._file.write(json.dumps({"what": what, "at": round(time.monotonic(), 4), **facts}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Nothing comes any more."""
        self._file.close()


class Counting:
    """How often each thing stands in a journal so far. Reads only what has come since the last look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_to = 0
        self._counts: Counter[str] = Counter()

    def look(self) -> Counter[str]:
        """Until now."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._read_to)
                new = file.read()
            whole = new[: new.rfind(b"\n") + 1]
            self._read_to += len(whole)
            self._counts.update(line.split(b'"', 4)[3].decode() for line in whole.splitlines())
        return self._counts


def digest(text: str) -> str:
    """What the journal keeps of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
