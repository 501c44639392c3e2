"""A real clamd of this test's own, whose one signature is the harmless text that all scanners call a virus."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""In two halves, so that no scanner finds this file itself. https://www.eicar.org"""
NAME = "Deskwire.Test.Eicar.UNOFFICIAL"
STREAM_MAX = 2_000_000

CONFIG = """
Foreground yes
LocalSocket {socket}
DatabaseDirectory {database}
PidFile {directory}/clamd.pid
LogFile {directory}/clamd.log
StreamMaxLength {stream_max}
MaxThreads 4
"""


def program() -> str:
    """Where it is; a test without it is skipped, in CI it fails."""
    found = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        if os.environ.get("CI"):
            raise RuntimeError("clamd is missing: scripts/test-tools")
        pytest.skip("clamd is missing: scripts/test-tools")
    return found


class Clamd:
    """Listens on a socket in a directory of its own, which is gone afterwards."""

    def __init__(self) -> None:
        self._program = program()
        self.directory = Path(tempfile.mkdtemp(prefix="deskwire-clamd-"))
        self.socket = self.directory / "clamd.ctl"
        self.address = f"unix:{self.socket}"
        database = self.directory / "database"
        database.mkdir()
        (database / "test.ndb").write_text(f"Deskwire.Test.Eicar:0:*:{EICAR.hex()}\n")
        self._config = self.directory / "clamd.conf"
        self._config.write_text(
            CONFIG.format(socket=self.socket, database=database, directory=self.directory, stream_max=STREAM_MAX)
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Clamd":
        """Returns when it answers."""
        command = [self._program, "--config-file", str(self._config)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = self.directory / "clamd.log"
                raise RuntimeError(f"clamd did not start: {log.read_text() if log.exists() else 'no log'}")
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(str(self.socket))
                line.sendall(b"zPING\0")
                return line.recv(16) == b"PONG\0"
        except OSError:
            return False

    def freeze(self) -> None:
        """From now on it hears and says nothing."""
        self._signal(signal.SIGSTOP)

    def stop(self) -> None:
        """kill -9."""
        if self.process is not None:
            self._signal(signal.SIGKILL)
            self.process.wait()
            self.process = None
        self.socket.unlink(missing_ok=True)

    def close(self) -> None:
        """Leave nothing behind."""
        self.stop()
        shutil.rmtree(self.directory)

    def _signal(self, number: signal.Signals) -> None:
        if self.process is None:
            raise RuntimeError("it does not run")
        self.process.send_signal(number)
