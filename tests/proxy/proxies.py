"""nginx and Caddy from the system's packages, with the configuration that docs/operations.md prints, or a spoilt one.

Never the system's service: own configuration, own directory, own port on loopback, ended with the test.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import ClassVar

from tests.support.server import DeskServer, free_port

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"
START_S = 10.0


def printed(language: str) -> str:
    """The block of this language in the section Behind a proxy."""
    section = DOCUMENT.read_text().split("\n## Behind a proxy\n")[1].split("\n## ")[0]
    (block,) = re.findall(rf"```{language}\n(.*?)```", section, re.S)
    return str(block)


def replaced(text: str, old: str, new: str) -> str:
    """What stands in the documents exactly once, as it has to be here."""
    assert text.count(old) == 1, f"the documents have {old!r} {text.count(old)} times"
    return text.replace(old, new)


class Proxy:
    """A proxy in front of a desk, between ``with`` and its end. Its log is in ``<directory>/proxy.log``."""

    program: ClassVar[str]

    def __init__(self, directory: Path, certificate: tuple[Path, Path], port: int = 0) -> None:
        self.path = shutil.which(self.program, path=f"{os.environ['PATH']}:/usr/sbin")
        if self.path is None:
            raise FileNotFoundError(f"{self.program} is missing: run scripts/test-tools")
        self.directory = directory
        self.certificate = certificate
        self.port = port or free_port()
        self.url = f"https://localhost:{self.port}"
        self.text = ""
        self._process: subprocess.Popen[bytes] | None = None

    def config(self, desk: DeskServer) -> str:
        """As printed, on our port, with our certificate, in front of this desk."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """To run it with ``self.text``."""
        raise NotImplementedError

    def before(self, text: str) -> "Proxy":
        """With this configuration."""
        self.text = text
        return self

    def __enter__(self) -> "Proxy":
        self.directory.mkdir(exist_ok=True)
        log = self.directory / "proxy.log"
        environment = {**os.environ, "HOME": str(self.directory), "XDG_DATA_HOME": str(self.directory)}
        with log.open("ab") as out:
            self._process = subprocess.Popen(self.command(), stdout=out, stderr=out, env=environment)
        deadline = time.monotonic() + START_S
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return self
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{self.program} did not start:\n{log.read_text()}\n{self.text}") from None
                time.sleep(0.02)

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_S)


class Nginx(Proxy):
    """nginx in the foreground."""

    program = "nginx"

    def config(self, desk: DeskServer) -> str:
        """See Proxy."""
        cert, key = self.certificate
        text = replaced(printed("nginx"), "listen 443 ssl;", f"listen 127.0.0.1:{self.port} ssl;")
        text = replaced(text, "/etc/ssl/desk.example.com/fullchain.pem", str(cert))
        text = replaced(text, "/etc/ssl/desk.example.com/privkey.pem", str(key))
        return replaced(text, "http://127.0.0.1:8000", desk.url)

    def command(self) -> list[str]:
        """Everything that it writes is in our directory."""
        here = self.directory
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "\n".join(f"{kind}_temp_path {here}/{kind};" for kind in kinds)
        user = "user root;" if os.geteuid() == 0 else ""
        file = here / "nginx.conf"
        file.write_text(
            f"daemon off; pid {here}/pid; worker_processes 1; error_log {here}/error.log; {user}\n"
            f"events {{}}\nhttp {{ access_log off;\n{temporary}\n{self.text}\n}}\n"
        )
        return [str(self.path), "-e", str(here / "error.log"), "-p", str(here), "-c", str(file)]


class Caddy(Proxy):
    """Caddy, told to get no certificate and to open no port for its own administration."""

    program = "caddy"

    def config(self, desk: DeskServer) -> str:
        """See Proxy."""
        cert, key = self.certificate
        site = f"{self.url} {{\n    bind 127.0.0.1\n    tls {cert} {key}"
        text = replaced(printed("caddy"), "desk.example.com {", site)
        return replaced(text, "127.0.0.1:8000", f"127.0.0.1:{desk.port}")

    def command(self) -> list[str]:
        """With the options of a whole file."""
        file = self.directory / "Caddyfile"
        file.write_text(f"{{\n    admin off\n    auto_https off\n    skip_install_trust\n}}\n{self.text}")
        return [str(self.path), "run", "--config", str(file), "--adapter", "caddyfile"]
