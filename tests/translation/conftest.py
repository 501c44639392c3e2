"""Small real models, and one translator that has them, for all tests that do no harm to it."""

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server import piped
from server.translation import process
from server.translation.base import Options
from server.translation.engine import Engine
from server.translation.orders import Terms
from tests.translation.models import package

SLOW_LAYERS = 48
"""A short sentence takes a tenth of a second and more."""


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Packages by pair: what shifts letters, one that is slow, one that goes round in circles."""
    into = tmp_path_factory.mktemp("models")
    return {
        "en-fr": package(into, "en", "fr", 1),
        "fr-en": package(into, "fr", "en", -1),
        "en-nl": package(into, "en", "nl", 2),
        "en-de": package(into, "en", "de", 3, layers=SLOW_LAYERS),
        "en-xl": package(into, "en", "xl", loops=True),
    }


@pytest.fixture(scope="session")
def packages(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them installed: only for reading."""
    directory = tmp_path_factory.mktemp("translation") / "packages"
    for file in files.values():
        zipfile.ZipFile(file).extractall(directory)
    return directory


@pytest.fixture(scope="session")
async def engine(packages: Path) -> AsyncIterator[Engine]:
    """Shared: leave its processes alone."""
    running = Engine(packages, Options())
    await running.start()
    yield running
    await running.close()


@pytest.fixture
async def engines(packages: Path) -> AsyncIterator[Callable[..., Engine]]:
    """Translators of a test's own, with options, which it may hurt."""
    made: list[Engine] = []

    def make(directory: Path = packages, **options: float) -> Engine:
        made.append(Engine(directory, Options(**options)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        await one.close()


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], list[dict[str, Any]]]:
    """Processes are those of ``planted``; what they have noted."""
    file = tmp_path / "notes"

    def command(terms: Terms) -> list[str]:
        return [*piped.command("tests.translation.planted", msgspec.json.encode(terms).decode()), str(file)]

    monkeypatch.setattr(process, "command", command)
    return lambda: [json.loads(line) for line in file.read_text().splitlines()]


async def until(what: Callable[[], object]) -> None:
    """Wait for something to become true; the test's own time limit ends it."""
    while not what():  # noqa: ASYNC110 - states of processes ring no bell
        await asyncio.sleep(0.005)
