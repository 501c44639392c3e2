"""Technician: the console in a real browser, in the words of those who sit before it."""

import asyncio
import re
from pathlib import Path

from playwright.async_api import Locator, expect

from tests.support.browser import PATIENCE_MS, Window
from tests.support.office import PASSWORD, Worker
from tests.support.people import http
from tests.support.server import DeskServer

ACTIONS = ("Assign to me", "Take over", "Join chat", "Unassign", "End chat", "Close ticket", "Reopen")


class Technician(Window):
    """A technician at a desk (the window is wide) unless the window's settings say otherwise."""

    def __init__(self, server: DeskServer, worker: Worker) -> None:
        super().__init__()
        self.server = server
        self.worker = worker

    # --- coming and going -----------------------------------------------------------------------------------------

    async def visit(self, fragment: str = "") -> None:
        """Go to the console."""
        await self.page.goto(f"{self.server.url}/console{fragment}")

    async def sign_in(self, email: str | None = None, password: str = PASSWORD) -> None:
        """By e-mail and password, through the form."""
        await self.page.get_by_role("textbox", name="E-mail").fill(email or self.worker.email)
        await self.page.get_by_role("textbox", name="Password").fill(password)
        await self.page.get_by_role("button", name="Sign in").click()

    async def come_in(self) -> None:
        """Signed in already: the session is made without the form."""
        answer = await self.context.request.post(
            f"{self.server.url}/api/v1/sign-in",
            data={"email": self.worker.email, "password": PASSWORD},
            headers={"X-Deskwire": "1"},
        )
        assert answer.ok, await answer.text()
        await self.visit()

    async def become(self, state: str) -> None:
        """Available or Away, by the menu in the top bar."""
        await self.page.get_by_role("button", name=re.compile("^Availability")).click()
        await self.page.get_by_role("menuitemradio", name=state).click()
        await expect(self.page.get_by_role("button", name=f"Availability: {state}")).to_be_visible()
        await self.page.mouse.move(0, 0)  # under a resting pointer the list does not move

    async def become_available(self) -> None:
        """And see the list."""
        await self.become("Available")
        await expect(self.list).to_be_visible()

    # --- lists ----------------------------------------------------------------------------------------------------

    @property
    def lists(self) -> Locator:
        """The left side."""
        return self.page.get_by_role("region", name="Lists")

    @property
    def list(self) -> Locator:
        """The shared list."""
        return self.page.get_by_role("grid", name="Tickets")

    def row(self, text: str) -> Locator:
        """A row of the shared list that shows this."""
        return self.list.get_by_role("row", name=re.compile(rf"{re.escape(text)}\b"))

    @property
    def mine(self) -> Locator:
        """My tickets."""
        return self.page.get_by_role("list", name=re.compile("^My tickets"))

    def my(self, text: str) -> Locator:
        """One of my tickets that shows this."""
        return self.mine.get_by_role("link", name=re.compile(rf"{re.escape(text)}\b"))

    async def view(self, name: str) -> None:
        """All, New, Active or Completed."""
        await self.page.get_by_role("group", name="Views").get_by_role("button", name=name).click()

    async def counts(self, view: str, count: int) -> None:
        """The number at a view."""
        views = self.page.get_by_role("group", name="Views")
        await expect(views.get_by_role("button", name=re.compile(rf"^{view} {count:,}$"))).to_be_visible()

    # --- one ticket -----------------------------------------------------------------------------------------------

    async def open(self, key: str) -> None:
        """Choose it in the shared list."""
        await self.row(key).click()
        await expect(self.page.get_by_role("heading", level=1, name=re.compile(rf"{key}\b"))).to_be_visible()

    async def act(self, action: str) -> None:
        """A button of the details pane."""
        await self.actions.get_by_role("button", name=action, exact=True).click()

    @property
    def actions(self) -> Locator:
        """What can be done now."""
        return self.page.get_by_role("region", name="Actions")

    async def may(self, *actions: str) -> None:
        """Exactly these actions are offered."""
        for action in ACTIONS:
            button = self.actions.get_by_role("button", name=action, exact=True)
            await (expect(button).to_be_visible() if action in actions else expect(button).to_be_hidden())

    @property
    def ticket(self) -> Locator:
        """The open ticket: header, conversation, and the field to write in."""
        return self.page.get_by_role("region", name="Ticket", exact=True)

    @property
    def composer(self) -> Locator:
        """The field to write in."""
        return self.ticket.get_by_role("textbox")

    @property
    def conversation(self) -> Locator:
        """What was said."""
        return self.page.get_by_role("region", name="Conversation")

    async def say(self, text: str) -> None:
        """Reply to the customer."""
        await self._write("Reply", text)

    async def note(self, text: str) -> None:
        """Write something for the team only."""
        await self._write("Note", text)

    async def _write(self, mode: str, text: str) -> None:
        await self.page.get_by_role("group", name="What you write").get_by_role("button", name=mode).click()
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def hears(self, text: str) -> None:
        """A line of the conversation shows this."""
        await expect(self.conversation.get_by_text(text).first).to_be_visible()

    async def told(self, text: str | re.Pattern[str]) -> None:
        """A short message at the edge."""
        await expect(self.page.get_by_role("status").filter(has_text=text)).to_be_visible()

    async def undo(self) -> None:
        """The way back that a short message offers."""
        await self.page.get_by_role("button", name=re.compile("^Undo")).click()

    async def save(self, form: str, *, notes: bool) -> tuple[str, str]:
        """A transcript from the menu, as HTML, text or JSON: the file's name and what is in it."""
        await self.ticket.get_by_role("button", name="Menu").click()
        async with self.page.expect_download() as saving:
            kind = self.page.get_by_role("group", name=f"Transcript {'with' if notes else 'without'} notes")
            await kind.get_by_role("menuitem", name=f"Save as {form}").click()
        file = await saving.value
        return file.suggested_filename, await asyncio.to_thread(Path(await file.path()).read_text)

    async def search(self, query: str) -> None:
        """Look for it."""
        await self.page.get_by_role("link", name="Search").click()
        await self.page.get_by_role("searchbox", name="Search").fill(query)

    def found(self, text: str) -> Locator:
        """A search result that shows this."""
        return self.page.get_by_role("list", name="Results").get_by_role("link").filter(has_text=text)


async def indexed(server: DeskServer, worker: Worker, word: str) -> None:
    """What is written can be found a moment later, not at once: search text is a side effect of the message."""
    async with asyncio.timeout(PATIENCE_MS / 1000), http(server, worker.token) as client:
        while not (await client.get("/api/v1/search", params={"q": word})).json()["hits"]:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
