"""A chat of this test's own, at the server that all share."""

from collections.abc import AsyncIterator

import pytest

from tests.support.office import Office
from tests.support.server import DeskServer
from tests.uploads.chat import Chat, chat


@pytest.fixture
async def talk(server: DeskServer, office: Office) -> AsyncIterator[Chat]:
    """Ada, at a computer, and Lena, in the chat."""
    async with chat(server, office) as made:
        yield made
