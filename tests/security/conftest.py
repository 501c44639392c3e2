"""Two companies that have nothing to do with each other."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.security.town import Company, found
from tests.support.server import DeskServer


@pytest.fixture(scope="module")
async def acme(server: DeskServer) -> Company:
    """The company whose things are asked for."""
    return await found(server, "Acme")


@pytest.fixture(scope="module")
async def globex(server: DeskServer) -> Company:
    """The company of those who ask."""
    return await found(server, "Globex")


@pytest.fixture(scope="module")
async def client(server: DeskServer) -> AsyncIterator[httpx2.AsyncClient]:
    """A client for plain requests; without TLS it needs no certificates, which take 20 ms to load."""
    async with httpx2.AsyncClient(base_url=server.url, timeout=20, verify=False) as one:
        yield one
