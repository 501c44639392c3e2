"""The small disk: really full, and not left behind even by a test process that is killed."""

import errno
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.disk import MOUNTABLE, small_disk
from tests.support.server import ROOT

pytestmark = pytest.mark.skipif(not MOUNTABLE, reason="only root may mount a disk")

HOLDS_ONE = """
import sys
from tests.support.disk import small_disk
with small_disk(1) as disk:
    print(disk.path, flush=True)
    sys.stdin.read()
"""


def mounted(path: Path) -> bool:
    return str(path) in Path("/proc/self/mounts").read_text()


def test_it_is_full_and_then_gone() -> None:
    with small_disk(1) as disk:
        disk.fill()
        with pytest.raises(OSError, match="No space") as full:
            (disk.path / "file").write_bytes(b"x")
        assert full.value.errno == errno.ENOSPC
        disk.make_room()
        (disk.path / "file").write_bytes(b"x" * 100_000)
    assert not disk.path.exists()


def test_it_goes_with_a_process_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_ONE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        path = Path(holder.stdout.readline().decode().strip())
        assert mounted(path)
        holder.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not mounted(path)
    assert not path.exists()
