"""A real server on loopback, with its own data directory: one process, or a supervisor with its workers."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


def until(fits: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for what nobody tells us."""
    deadline = time.monotonic() + seconds
    while not fits():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether the process runs. One that has ended, and that nobody has asked for yet, does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _translates(pid: int) -> bool:
    """Whether this is ``deskwire translator``."""
    try:
        return b"\0translator\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


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

    @property
    def several(self) -> bool:
        """Whether it is started with workers."""
        return "--workers" in self.options or self.environment.get("DESKWIRE_WORKERS", "1") != "1"

    def migrate(self) -> "DeskServer":
        """Make the database."""
        self.data.mkdir(parents=True, exist_ok=True)
        url = self.environment.get("DESKWIRE_DATABASE_URL")
        if url:
            postgres.run(lambda: postgres_store.upgrade(url))
        else:
            migrate.upgrade(self.database)
        return self

    def start(self, timeout_s: float = 90) -> "DeskServer":
        """Returns when it answers; of several workers, when all do."""
        started = len(self.events("all workers serve"))
        with (self.data / "server.log").open("ab") as log:
            # under nohup we would pass on that SIGHUP means nothing
            deaf = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            hearing = ("env", "--default-signal=HUP") if deaf else ()
            command = [*hearing, *self.before, sys.executable, "-m", *self.program, "serve", *self.options]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + timeout_s
        while not self.answers() or (self.several and len(self.events("all workers serve")) == started):
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.log()[-4000:]}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"the server does not answer:\n{self.log()[-4000:]}")
            time.sleep(0.02)
        return self

    def answers(self, path: str = "/healthz") -> bool:
        """Whether somebody serves at its address."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=1):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended by itself."""
        return self.process is not None and self.process.poll() is None

    def workers(self) -> list[int]:
        """Process ids of its workers, those included that come or go; none where it serves alone."""
        return [pid for pid in self._children() if not _translates(pid)]

    def worker_of(self, port: int) -> int:
        """The worker that has the other end of a connection that was made from this port, as the system knows it."""
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ends = (f"0100007F:{self.port:04X}", f"0100007F:{port:04X}")
        (inode,) = [row[9] for row in rows if (row[1], row[2]) == ends]
        for pid in self.workers():
            for link in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                    if str(link.readlink()) == f"socket:[{inode}]":
                        return pid
        raise LookupError("no worker has this connection")

    def translators(self) -> list[int]:
        """Process ids of those that translate for several workers: one, or none."""
        return [pid for pid in self._children() if _translates(pid)]

    def _children(self) -> list[int]:
        if self.process is None:
            return []
        pid = self.process.pid
        try:
            return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except FileNotFoundError:
            return []

    def log(self) -> str:
        """What it has written so far."""
        file = self.data / "server.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def events(self, name: str) -> list[dict[str, Any]]:
        """Lines of the log with this event."""
        lines = [json.loads(line) for line in self.log().splitlines() if line.startswith("{") and line.endswith("}")]
        return [line for line in lines if line.get("event") == name]

    def freeze(self) -> None:
        """It keeps its connections and does nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        self._signal(signal.SIGCONT)

    def hang_up(self) -> None:
        """SIGHUP: a restart that nobody should notice."""
        self._signal(signal.SIGHUP)

    def kill(self) -> None:
        """kill -9 of all its processes: the normal way to stop."""
        workers = self.workers()
        self._end(signal.SIGKILL)
        for pid in workers:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
            until(lambda pid=pid: not alive(pid))  # type: ignore[misc]

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
