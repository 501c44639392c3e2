"""A desk behind a proxy, and the doctor who looks at both."""

import copy
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Place, Result
from tests.cli.test_doctor import Report
from tests.conftest import stopped_well
from tests.proxy.proxies import Proxy
from tests.support.office import open_office
from tests.support.server import DeskServer, free_port


class Practice(Place):
    """Where the doctor of a desk works: in a process of its own, which trusts the proxy's certificate."""

    def __init__(self, desk: DeskServer, certificate: Path) -> None:
        super().__init__(desk.data.parent)
        self.data = desk.data
        self.environment = {**desk.environment, "SSL_CERT_FILE": str(certificate)}

    def call(self, *arguments: str, **settings: str) -> Result:
        """Not in this process: it has read whom it trusts."""
        return self.run(*arguments, **settings)


Look = Callable[..., Report]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """For localhost, signed by itself, good for a season."""
    directory = tmp_path_factory.mktemp("season")
    cert, key = directory / "cert.pem", directory / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj /CN=localhost"
    files = ["-keyout", str(key), "-out", str(cert)]
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    subprocess.run([*command.split(), "-addext", names, *files], check=True, capture_output=True)
    return cert, key


@pytest.fixture(scope="package")
def trusting(certificate: tuple[Path, Path]) -> Iterator[None]:
    """People in this process trust it too."""
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(certificate[0])
    yield
    del os.environ["SSL_CERT_FILE"]
    if before is not None:
        os.environ["SSL_CERT_FILE"] = before


@pytest.fixture(scope="package")
def port() -> int:
    """Where the proxies listen, one after the other."""
    return free_port()


@pytest.fixture(scope="package")
def desk(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[DeskServer]:
    """Set up as the documents say for one behind a proxy."""
    settings = {
        "DESKWIRE_PUBLIC_URL": f"https://localhost:{port}",
        "DESKWIRE_FORWARDED_ALLOW_IPS": "127.0.0.1",
    }
    data = tmp_path_factory.mktemp("desk") / "data"
    data.mkdir(mode=0o700)
    running = DeskServer(data, **settings).migrate()
    running.database.chmod(0o600)
    running.start()
    office = open_office(running.store)
    office.worker("Boss", "administrator")
    yield running
    stopped_well(running)


@pytest.fixture
def look(desk: DeskServer, certificate: tuple[Path, Path]) -> Look:
    """The doctor's report; "--quick" and settings as asked for."""

    def report(*options: str, **settings: str) -> Report:
        return Report(Practice(desk, certificate[0]), *options, **settings)

    return report


def seen_from(proxy: Proxy, desk: DeskServer) -> DeskServer:
    """The desk as people reach it."""
    front = copy.copy(desk)
    front.url, front.ws = proxy.url, proxy.url.replace("https:", "wss:")
    return front
