"""A server whose clock a test puts forward: ``python -m tests.support.clock FILE serve …``.

The file says by how much. What waits goes by another clock: only what is stored, shown and reckoned is later.
"""

import mmap
import struct
import sys
import time
from pathlib import Path
from typing import Final

_FORMAT: Final = "<q"


class Ahead:
    """By how many milliseconds the server's clock is ahead of ours."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            path.write_bytes(bytes(struct.calcsize(_FORMAT)))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 0)

    @property
    def ms(self) -> int:
        """How many."""
        return int(struct.unpack_from(_FORMAT, self._shared)[0])

    def now(self) -> int:
        """What the server's clock shows."""
        return time.time_ns() // 1_000_000 + self.ms

    def put_to(self, moment: int) -> None:
        """From now on it shows this, and goes on from there."""
        struct.pack_into(_FORMAT, self._shared, 0, self.ms + moment - self.now())


def _replace(ahead: Ahead) -> None:
    """In this process every question for the time is answered by the other clock."""
    real_ns, real = time.time_ns, time.time
    later = {"time_ns": lambda: real_ns() + ahead.ms * 1_000_000, "time": lambda: real() + ahead.ms / 1_000}
    for name, clock in later.items():
        setattr(time, name, clock)


if __name__ == "__main__":
    from server.__main__ import main

    _replace(Ahead(Path(sys.argv[1])))
    main(args=sys.argv[2:], prog_name="deskwire")
