"""The Procfile, as a platform runs it: by a shell, with PORT and WEB_CONCURRENCY in the environment."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Place
from tests.support.server import ROOT, DeskServer, until
from tests.support.valkey import Valkey

LINES = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


@pytest.mark.parametrize("workers", ["", "2"])
def test_it_migrates_and_serves(tmp_path: Path, valkey: Valkey, workers: str) -> None:
    place = Place(tmp_path)
    server = DeskServer(place.data)
    environment = place.environment | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PORT": str(server.port),
        "DESKWIRE_REDIS_URL": valkey.url,
    }
    if workers:
        environment["WEB_CONCURRENCY"] = workers
    subprocess.run(["sh", "-c", LINES["release"]], env=environment, check=True, stdout=subprocess.DEVNULL)
    with (place.data / "server.log").open("ab") as log:
        server.process = subprocess.Popen(
            ["sh", "-c", f"exec {LINES['web']}"], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        until(server.answers)
        until(lambda: len(server.workers()) == int(workers or 0))
        assert server.stop() in (0, -signal.SIGTERM)
    finally:
        server.kill()
