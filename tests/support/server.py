"""A real server process on loopback, with its own data directory."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from server.store import migrate
from server.store import postgres as postgres_store
from tests.support import postgres

ROOT = Path(__file__).parents[2]

ROOMY = {
    "DESKWIRE_TICKETS_PER_ADDRESS_HOUR": "100000",
    "DESKWIRE_SOCKETS_PER_ADDRESS": "1000",
    "DESKWIRE_SOCKETS_PER_TECHNICIAN": "1000",
    "DESKWIRE_CONNECTIONS_PER_ADDRESS": "10000",
    "DESKWIRE_HANDSHAKES_PER_SECOND_ADDRESS": "10000",
    "DESKWIRE_CUSTOMER_BURST": "10000",
    "DESKWIRE_TECHNICIAN_BURST": "10000",
    "DESKWIRE_REQUESTS_PER_SECOND_ADDRESS": "100000",
    "DESKWIRE_REQUESTS_PER_SECOND_CALLER": "100000",
    "DESKWIRE_LOG_FORMAT": "json",
    "DESKWIRE_MIN_FREE_MIB": "0",
}
"""All tests share one address, and are in a hurry."""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class DeskServer:
    """`deskwire serve`. Its log is in ``<data>/server.log``."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws = f"ws://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DESKWIRE_")},
            **ROOMY,
            "DESKWIRE_DATA_DIR": str(data),
            "DESKWIRE_PORT": str(self.port),
            **environment,
        }
        self.before: tuple[str, ...] = ()
        """What the command is run by: ("prlimit", "--nofile=256")."""
        self.program: tuple[str, ...] = ("server",)
        """The module that is run, with its own arguments."""
        self.options: tuple[str, ...] = ()
        """Of `serve`: ("--workers", "3")."""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.data / "deskwire.db"

    @property
    def store(self) -> Path | str:
        """Its SQLite file, or the address of its PostgreSQL database."""
        return self.environment.get("DESKWIRE_DATABASE_URL") or self.database

    def migrate(self) -> "DeskServer":
        """Make the database."""
        self.data.mkdir(parents=True, exist_ok=True)
        url = self.environment.get("DESKWIRE_DATABASE_URL")
        if url:
            postgres.run(lambda: postgres_store.upgrade(url))
        else:
            migrate.upgrade(self.database)
        return self

    def start(self, timeout_s: float = 30) -> "DeskServer":
        """Returns when it answers."""
        with (self.data / "server.log").open("ab") as log:
            command = [*self.before, sys.executable, "-m", *self.program, "serve", *self.options]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + timeout_s
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.log()[-4000:]}")
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                    return self
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def log(self) -> str:
        """What it has written so far."""
        return (self.data / "server.log").read_text(errors="replace")

    def freeze(self) -> None:
        """It keeps its connections and does nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """kill -9: the normal way to stop."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(how)
        code = self.process.wait(timeout=30)
        self.process = None
        return code

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)
