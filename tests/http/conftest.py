"""Who sets an office up over HTTP."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.support.office import Office
from tests.support.people import http
from tests.support.server import DeskServer


@pytest.fixture
async def admin(server: DeskServer, office: Office) -> AsyncIterator[httpx2.AsyncClient]:
    """Olga, an administrator of this office and of all others."""
    async with http(server, office.worker("Olga", "administrator").token) as client:
        yield client
