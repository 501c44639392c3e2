"""One Chromium for all browser tests; each person in a test has a window of his own, and no window may have trouble."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.browser.people import People
from tests.support.browser import chromium


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The process that all windows share."""
    async with chromium() as running:
        yield running


@pytest.fixture
async def people(browser: Browser) -> AsyncIterator[People]:
    """Opens windows. After the test: no error on any console, no exception, no violation of a page's policy."""
    everybody = People(browser)
    yield everybody
    troubles = [trouble for window in everybody.windows for trouble in window.troubles]
    await everybody.leave()
    assert troubles == []
