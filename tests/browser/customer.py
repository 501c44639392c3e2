"""Visitor: a customer in a real browser, on the portal page or in the widget's frame, in the words of a customer."""

import re
from typing import Any

from playwright.async_api import FrameLocator, Locator, Page, expect

from tests.support.browser import Window
from tests.support.office import Office
from tests.support.server import DeskServer


class Visitor(Window):
    """A customer. ``face`` is where our part of the page is."""

    def __init__(self, server: DeskServer, office: Office) -> None:
        super().__init__()
        self.server = server
        self.office = office

    @property
    def face(self) -> Page | FrameLocator:
        """The page; in a widget its frame."""
        return self.page

    @property
    def address(self) -> str:
        """The portal's page."""
        return f"{self.server.url}/p/{self.office.portal}"

    async def visit(self, fragment: str = "") -> None:
        """Go to the portal."""
        await self.page.goto(self.address + fragment)

    # --- the form ------------------------------------------------------------------------------------------------

    def field(self, label: str) -> Locator:
        """A field of the form by its label, required or not."""
        return self.face.get_by_role("textbox", name=re.compile(rf"^{label}( \(optional\))?$"))

    async def describe(self, subject: str = "Printer offline", text: str = "It will not print", **person: Any) -> None:
        """Fill in the form: ``name``, ``email``, ``company`` and ``company_code`` where given."""
        labels = {"name": "Your name", "email": "E-mail address", "company": "Company", "company_code": "Company code"}
        for part, value in {"name": "Ada Byron", **person}.items():
            await self.field(labels[part]).fill(value)
        await self.field("Subject").fill(subject)
        await self.field("Description").fill(text)

    async def send_form(self) -> None:
        """Press the button below the form."""
        await self.face.get_by_role("button", name="Start the chat").click()

    async def open_ticket(
        self, subject: str = "Printer offline", text: str = "It will not print", **person: Any
    ) -> str:
        """From the form to the chat; returns the ticket's key."""
        await self.describe(subject, text, **person)
        await self.send_form()
        return await self.key()

    # --- the chat ------------------------------------------------------------------------------------------------

    async def key(self) -> str:
        """The key of the ticket on the screen."""
        heading = self.face.get_by_role("heading", level=1, name=self.office.prefix)
        await expect(heading).to_be_visible()
        return (await heading.inner_text()).split()[0]

    @property
    def conversation(self) -> Locator:
        """What was said."""
        return self.face.get_by_role("region", name="Conversation")

    @property
    def composer(self) -> Locator:
        """The field to write in."""
        return self.face.get_by_role("textbox", name="Message")

    def stands(self, text: str) -> Locator:
        """Where the ticket stands: "You are next" …"""
        return self.face.get_by_role("status").filter(has_text=text)

    async def say(self, text: str) -> None:
        """Write and press Enter."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def hears(self, text: str) -> None:
        """A line of the conversation shows this."""
        await expect(self.conversation.get_by_text(text).first).to_be_visible()

    async def choose(self, item: str) -> None:
        """An action of the menu."""
        await self.face.get_by_role("button", name="Menu").click()
        await (
            self.face.get_by_role("menuitem", name=item).or_(self.face.get_by_role("menuitemradio", name=item)).click()
        )

    async def end_chat(self) -> None:
        """End it, and answer the question whether to."""
        await self.choose("End chat")
        await self.answers("End this chat?", "End chat")

    async def answers(self, question: str, answer: str) -> None:
        """Press a button of the dialog that asks this."""
        await expect(self.face.get_by_role("dialog", name=question)).to_be_visible()
        await self.face.get_by_role("button", name=answer).click()

    async def resume_link(self) -> str:
        """The link of "you can leave"; this browser may write to its clipboard."""
        await self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await self.face.get_by_role("button", name="Copy link").click()
        await expect(self.face.get_by_role("button", name="Copied")).to_be_visible()
        return str(await self.page.evaluate("navigator.clipboard.readText()"))
