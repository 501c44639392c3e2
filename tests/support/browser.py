"""A real Chromium, and windows in it: each is one person's browser, with cookies and storage of its own.

Nobody has to look for what goes wrong: errors on the console, exceptions and violations of the page's policy are kept
in ``Window.troubles``, and the fixture that gave the window fails the test for them.
"""

import contextlib
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, WebError, async_playwright, expect

PATIENCE_MS: Final = 15_000
"""How long to wait for what a person would see; two cores are shared by two browsers' worth of processes."""

expect.set_options(timeout=PATIENCE_MS)

ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

REPORT_VIOLATIONS: Final = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violated: ${event.effectiveDirective} by ${event.blockedURI} ${event.sample}`));
"""

ALL_TEXT: Final = """
() => {
  const texts = [document.title];
  const walk = (root) => {
    texts.push(root.textContent);
    for (const element of root.querySelectorAll("*")) {
      for (const { value } of element.attributes) texts.push(value);
      if ("value" in element) texts.push(String(element.value));
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document.documentElement);
  return texts.join("\\n");
}
"""

SETTINGS: Final[dict[str, Any]] = {"locale": "en-US", "viewport": {"width": 1440, "height": 900}}

EXPECTED: Final = (
    # whoever is not signed in is told so by a status, and Chromium writes every 401 on the console
    r"status of 401 .*/api/v1/me$",
)


def executable() -> str:
    """Where Chromium is. Raises FileNotFoundError: a test that quietly does not run proves nothing."""
    path = Path(os.environ.get("CHROMIUM") or "/usr/bin/chromium")
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: run scripts/test-tools, or set CHROMIUM to where it is")
    return str(path)


@contextlib.asynccontextmanager
async def chromium(**options: Any) -> AsyncIterator[Browser]:
    """One browser process for all windows. ``options``: others of Playwright's ``launch``."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS), **options)
        try:
            yield browser
        finally:
            await browser.close()


class Window:
    """One person's browser with one page in it. ``settings`` are those of a Playwright context: locale, viewport …"""

    context: BrowserContext
    page: Page

    def __init__(self) -> None:
        self.troubles: list[str] = []
        self.received: list[str] = []
        """Every frame that came over a socket."""
        self._expected = list(EXPECTED)

    async def start(self, browser: Browser, **settings: Any) -> None:
        """With nothing remembered from anybody else."""
        self.context = await browser.new_context(**{**SETTINGS, **settings})
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.on("console", self._said)
        self.context.on("weberror", self._thrown)
        await self.context.add_init_script(REPORT_VIOLATIONS)
        await self.new_tab()

    async def new_tab(self) -> Page:
        """Another tab of this browser; it is the one that is looked at from now on."""
        self.page = await self.context.new_page()
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._received))
        return self.page

    def _received(self, frame: str | bytes) -> None:
        self.received.append(frame if isinstance(frame, str) else frame.decode())

    def expect_trouble(self, pattern: str) -> None:
        """What a test provokes on purpose is no trouble: a cut connection, a frame that is refused."""
        self._expected.append(pattern)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"{message.text} {message.location['url']}")

    def _thrown(self, error: WebError) -> None:
        self._note(f"uncaught: {error.error}")

    def _note(self, trouble: str) -> None:
        if not any(re.search(pattern, trouble) for pattern in self._expected):
            self.troubles.append(trouble)

    async def all_text(self) -> str:
        """Every text of the page, shadow trees included, shown or not."""
        return str(await self.page.evaluate(ALL_TEXT))

    async def close(self) -> None:
        """The whole browser of this person."""
        await self.context.close()
