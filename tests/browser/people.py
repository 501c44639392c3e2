"""People in a test, each with a window of his own."""

from typing import Any, TypeVar

from playwright.async_api import Browser

from tests.browser.customer import Visitor
from tests.browser.technician import Technician
from tests.support.browser import Window
from tests.support.office import Office, Worker
from tests.support.server import DeskServer

SomeWindow = TypeVar("SomeWindow", bound=Window)


class People:
    """Opens windows for people, and knows all of them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.windows: list[Window] = []

    async def visitor(self, server: DeskServer, office: Office, **settings: Any) -> Visitor:
        """A customer on the portal page of this office."""
        visitor = await self.join(Visitor(server, office), **settings)
        await visitor.visit()
        return visitor

    async def technician(
        self, server: DeskServer, worker: Worker, *, available: bool = True, **settings: Any
    ) -> Technician:
        """A technician who is signed in (not by the form: that has a test of its own)."""
        technician = await self.join(Technician(server, worker), **settings)
        await technician.come_in()
        if available:
            await technician.become_available()
        return technician

    async def stranger(self, server: DeskServer, worker: Worker, **settings: Any) -> Technician:
        """A technician before the sign-in form."""
        technician = await self.join(Technician(server, worker), **settings)
        await technician.visit()
        return technician

    async def join(self, window: SomeWindow, **settings: Any) -> SomeWindow:
        """Anybody else, with a window before an empty page."""
        self.windows.append(window)
        await window.start(self._browser, **settings)
        return window

    async def leave(self) -> None:
        """Everybody closes the browser."""
        for window in self.windows:
            await window.close()
