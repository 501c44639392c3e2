"""A workshop of this test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.desk.workshop import Workshop


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Workshop]:
    """A desk on a new database."""
    opened = await Workshop.open(tmp_path)
    yield opened
    await opened.close()
