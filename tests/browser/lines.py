"""Lines between a window and the server that a test can spoil."""

import re

from playwright.async_api import WebSocketRoute

from tests.support.browser import Window


class SlowLine:
    """Holds back what the server says to a window, as a slow line does."""

    def __init__(self) -> None:
        self._held: list[str | bytes] | None = None
        self._page: WebSocketRoute | None = None

    @classmethod
    async def of(cls, window: Window) -> "SlowLine":
        """From the next connection on."""
        line = cls()
        await window.page.route_web_socket(re.compile("/ws/"), line._connect)
        return line

    def _connect(self, page: WebSocketRoute) -> None:
        self._page = page
        page.connect_to_server().on_message(self._said)

    def _said(self, frame: str | bytes) -> None:
        if self._held is not None:
            self._held.append(frame)
        elif self._page is not None:
            self._page.send(frame)

    def hold(self) -> None:
        """From now on."""
        self._held = []

    def release(self) -> None:
        """Everything in order, and no longer."""
        held, self._held = self._held or [], None
        for frame in held:
            self._said(frame)
