"""Imports point down (.importlinter), and the contracts notice when one does not."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT = Path(sys.executable).with_name("lint-imports")


def lint(place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINT, "--no-cache"], cwd=place, capture_output=True, text=True, timeout=120, check=False)


def test_every_module_stands_in_its_layer() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("domain/words.py", "from server.store import tickets", "Imports point down"),
        ("channels/limits.py", "from server.http import pages", "Imports point down"),
        ("errand.py", "", "Imports point down"),
        ("http/health.py", "from server.bus.memory import MemoryBus", "Only app.py"),
        ("desk/steps.py", "import starlette.requests", "Use cases know no web framework"),
        ("domain/ticket.py", "import asyncio", "Rules are pure"),
        ("store/search.py", "from server.protocol import rest", "Stores know rows"),
        ("translation/engine.py", "import ctranslate2", "Only what runs in the process of the models"),
        ("protocol/customer.py", "from server.protocol.technician import Note", "What customers get"),
    ],
    ids=lambda value: value if value.endswith(".py") else "",
)
def test_a_wrong_import_is_found(tmp_path: Path, module: str, line: str, contract: str) -> None:
    shutil.copytree(ROOT / "server", tmp_path / "server", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    with (tmp_path / "server" / module).open("a") as file:
        file.write(f"\n{line}\n")
    result = lint(tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    assert re.search(f"^{contract}.* BROKEN", result.stdout, re.MULTILINE), result.stdout + result.stderr
