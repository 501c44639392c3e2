"""A small disk that can be filled, and that is gone afterwards, however the test ends. Root may make one."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

MOUNTABLE = os.geteuid() == 0

_GUARD = """
if mount -t tmpfs -o "size=$2m,mode=755" tmpfs "$1"; then
  echo mounted
  read -r _
  umount --lazy "$1"
fi
rmdir "$1"
"""
"""Waits for the end of its input, which comes when the block ends, and also when the test process is killed."""


class Disk:
    """A mounted file system of a few MiB."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"

    def fill(self) -> None:
        """Not one byte is left."""
        with contextlib.suppress(OSError), self._ballast.open("ab", buffering=0) as file:
            for size in (8_192, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"x" * size)

    def make_room(self) -> None:
        """As it was before."""
        self._ballast.unlink(missing_ok=True)


@contextlib.contextmanager
def small_disk(mib: int) -> Iterator[Disk]:
    """For root only (MOUNTABLE)."""
    path = Path(tempfile.mkdtemp(prefix="deskwire-disk-"))
    command = ["sh", "-c", _GUARD, "sh", str(path), str(mib)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as guard:
        try:
            if guard.stdout is None or guard.stdout.readline() != b"mounted\n":
                raise RuntimeError(f"no file system could be mounted on {path}")
            yield Disk(path)
        finally:
            guard.communicate()
