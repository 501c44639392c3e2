"""The command line as people use it: real processes on a data directory of their own."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import httpx2
import pytest
from click.testing import CliRunner

from server.__main__ import main
from tests.support.postgres import Postgres
from tests.support.server import DeskServer
from tests.support.valkey import Valkey

COMMAND = [sys.executable, "-m", "server"]
START_SECONDS = 30


class Result(NamedTuple):
    """What a finished command said."""

    code: int
    out: str
    err: str


class Server:
    """A running ``deskwire serve`` (or ``demo --serve``)."""

    def __init__(self, environment: dict[str, str], arguments: tuple[str, ...]) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self.url = ""
        self._started = threading.Event()
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()
        if not self._started.wait(START_SECONDS) or not self.url:
            self.stop(signal.SIGKILL)
            raise AssertionError("the server did not start:\n" + "".join(self.lines))

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            self.lines.append(line)
            if line.startswith("{") and json.loads(line).get("event") == "started":
                self.url = json.loads(line)["url"]
                self._started.set()
        self._started.set()
        stream.close()

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def client(self, verify: bool = True) -> httpx2.Client:
        """Retries while the socket is bound and does not listen yet."""
        return httpx2.Client(base_url=self.url, transport=httpx2.HTTPTransport(retries=5, verify=verify), timeout=30)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(30)
        self._reader.join(30)
        return code


class Place:
    """A data directory, the commands that run on it, and its servers."""

    def __init__(self, directory: Path) -> None:
        self.data = directory / "data"
        self.database = self.data / "deskwire.db"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("DESKWIRE_")}
        self.environment |= {"DESKWIRE_DATA_DIR": str(self.data), "DESKWIRE_LOG_FORMAT": "json"}
        self.servers: list[Server] = []

    def run(self, *arguments: str, **settings: str) -> Result:
        """One command in a process of its own; keyword arguments are settings."""
        process = subprocess.run(
            [*COMMAND, *arguments],
            env=self._environment(settings),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Result(process.returncode, process.stdout, process.stderr)

    def call(self, *arguments: str, **settings: str) -> Result:
        """One command in this process: half a second less than one of its own."""
        environment: dict[str, str | None] = {name: None for name in os.environ if name.startswith("DESKWIRE_")}
        environment.update(self._environment(settings))
        result = CliRunner(env=environment).invoke(main, arguments, prog_name="deskwire")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Result(result.exit_code, result.stdout, result.stderr)

    def done(self, *arguments: str, **settings: str) -> str:
        """Output of a command that has to succeed."""
        result = self.call(*arguments, **settings)
        assert result.code == 0, result
        assert "Traceback" not in result.err, result
        return result.out

    def refused(self, *arguments: str, **settings: str) -> str:
        """The sentence of a command that has to fail."""
        result = self.call(*arguments, **settings)
        assert result.code != 0, result
        assert "Error: " in result.err, result
        return result.err

    def start(self, *arguments: str, **settings: str) -> Server:
        """A server on a free port."""
        self.servers.append(Server(self._environment({"port": "0"} | settings), arguments or ("serve",)))
        return self.servers[-1]

    def _environment(self, settings: dict[str, str]) -> dict[str, str]:
        return self.environment | {f"DESKWIRE_{name.upper()}": value for name, value in settings.items()}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """An empty installation."""
    place = Place(tmp_path)
    yield place
    for server in place.servers:
        server.stop(signal.SIGKILL)


@pytest.fixture
def ready(place: Place) -> Place:
    """An installation with a database and nothing in it."""
    assert place.call("migrate").code == 0
    return place


@pytest.fixture(scope="package")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """What workers hear each other by."""
    running = Valkey(tmp_path_factory.mktemp("valkey")).start()
    yield running
    running.kill()


Crew = Callable[..., DeskServer]


@pytest.fixture
def crew(tmp_path: Path, valkey: Valkey, postgres: Postgres) -> Iterator[Crew]:
    """Starts two workers on a PostgreSQL database of this test's own; keyword arguments are settings."""
    running: list[DeskServer] = []

    def start(**settings: str) -> DeskServer:
        defaults = {"workers": "2", "redis_url": valkey.url, "database_url": postgres.migrated()}
        environment = {f"DESKWIRE_{name.upper()}": value for name, value in (defaults | settings).items()}
        server = DeskServer(tmp_path / f"server-{len(running)}", **environment)
        server.data.mkdir()
        running.append(server)
        return server.start()

    yield start
    for server in running:
        server.kill()


def password_in(text: str) -> str:
    """The one-time password that a command printed."""
    line = next(line for line in text.splitlines() if "assword" in line)
    return line.split()[-1]


def sign_in(client: httpx2.Client, email: str, password: str) -> dict[str, Any]:
    """Over HTTP; the client keeps the cookie."""
    answer = client.post("/api/v1/sign-in", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    signed_in: dict[str, Any] = answer.json()
    return signed_in
