"""Somebody else's web site: a page that includes the widget by one line, under a strict policy of its own."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.async_api import Browser, FrameLocator, Locator, Page, expect

from tests.browser.customer import Visitor
from tests.support.office import Office
from tests.support.server import DeskServer

OPEN_SHADOWS = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (init) { return attach.call(this, { ...init, mode: "open" }); };
"""
"""The loader keeps its button in a closed shadow root, which nobody but a person can look into."""


SHOP = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main><h1>Shop</h1></main>"""


class Site:
    """A site of static pages on http://localhost, which for a browser is another site than http://127.0.0.1."""

    def __init__(self, listener: ThreadingHTTPServer) -> None:
        self.origin = f"http://localhost:{listener.server_port}"
        self.pages: dict[str, tuple[str, str]] = {}
        """path -> policy, content"""


@contextmanager
def running_site() -> Iterator[Site]:
    """Serves until left."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            policy, content = site.pages.get(self.path, ("default-src 'none'", ""))
            self.send_response(200 if content else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-security-policy", policy)
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("localhost", 0), Handler) as listener:
        site = Site(listener)
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        try:
            yield site
        finally:
            listener.shutdown()
            thread.join()


class Shopper(Visitor):
    """A visitor of that site, who may open the chat in its corner."""

    def __init__(self, server: DeskServer, office: Office, site: Site) -> None:
        super().__init__(server, office)
        self.site = site
        self.requests: list[str] = []

    async def start(self, browser: Browser, **settings: Any) -> None:
        """As a window starts, with an eye on what is requested."""
        await super().start(browser, **settings)
        await self.context.add_init_script(OPEN_SHADOWS)
        self.context.on("request", lambda request: self.requests.append(request.url))

    async def visit(self, fragment: str = "", origin: str | None = None) -> None:
        """Go to the shop (under another of its names). Its policy allows our script and our frame, and nothing else."""
        policy = f"default-src 'none'; script-src {self.server.url}; frame-src {self.server.url}"
        line = f'<script src="{self.server.url}/w/{self.office.portal}.js" async></script>'
        self.site.pages[f"/{self.office.portal}"] = (policy, SHOP + line)
        await self.page.goto(f"{origin or self.site.origin}/{self.office.portal}{fragment}")
        await expect(self.launcher).to_be_visible()

    @property
    def launcher(self) -> Locator:
        """The round button."""
        return self.page.get_by_role("button", name=re.compile(r"^Chat( \(\d+\))?$"))

    @property
    def panel(self) -> Locator:
        """The frame behind it."""
        return self.page.get_by_title("Chat", exact=True).and_(self.page.locator("iframe"))

    @property
    def face(self) -> Page | FrameLocator:
        """What is in the frame."""
        return self.panel.content_frame

    async def open_widget(self) -> None:
        """Press the round button."""
        await self.launcher.click()
        await expect(self.panel).to_be_visible()

    async def call(self, script: str) -> None:
        """What a script of the site does: Deskwire.open() …"""
        await self.page.evaluate(script)
