"""Administrator: the set-up in the console, in the words of those who set a desk up."""

import re

from playwright.async_api import Locator, expect

from tests.browser.technician import Technician


class Administrator(Technician):
    """A technician with the role administrator."""

    async def choose_password(self, one_time: str, password: str) -> None:
        """The first sign-in, with what the command line has printed."""
        await self.sign_in(password=one_time)
        await self.page.get_by_role("textbox", name="One-time password").fill(one_time)
        await self.page.get_by_role("textbox", name="New password", exact=True).fill(password)
        await self.page.get_by_role("textbox", name="New password, once more").fill(password)
        await self.page.get_by_role("button", name="Change password").click()

    async def administrate(self, place: str) -> None:
        """Go to a section of the set-up."""
        if not await self.places.is_visible():
            await self.page.get_by_role("link", name="Administration").click()
        await self.places.get_by_role("link", name=place, exact=True).click()

    @property
    def places(self) -> Locator:
        """Where one can go."""
        return self.page.get_by_role("navigation", name="Administration")

    @property
    def thing(self) -> Locator:
        """What is open."""
        return self.page.get_by_role("region", name="Settings")

    def field(self, label: str) -> Locator:
        """A field of what is open, required or not."""
        return self.thing.get_by_label(re.compile(rf"^{re.escape(label)}( English)?( \*)?$"))

    def listed(self, name: str) -> Locator:
        """A row of the section's list."""
        return self.page.locator("section.rows").get_by_role("link", name=re.compile(rf"^{re.escape(name)}\b"))

    async def page_of(self, heading: str) -> None:
        """Another page of the settings of what is open."""
        await self.thing.get_by_role("link", name=heading).click()

    async def begin(self, place: str) -> None:
        """A new thing of a section."""
        await self.administrate(place)
        await self.page.locator("section.rows").get_by_role("link", name="Add", exact=True).click()

    async def add(self, name: str) -> None:
        """Press the button below what was filled in; the new thing is listed and open."""
        await self.thing.get_by_role("button", name="Add", exact=True).click()
        await expect(self.thing.get_by_role("heading", name=name, level=2)).to_be_visible()
        await expect(self.listed(name)).to_be_visible()

    async def shown_once(self, heading: str) -> str:
        """What a dialog says once; it is closed."""
        await expect(self.page.get_by_role("dialog", name=heading)).to_be_visible()
        secret = await self.page.locator("dw-admin-once pre").inner_text()
        await self.page.get_by_role("button", name="Done").click()
        return secret.strip()

    async def save_changes(self) -> None:
        """And nothing is left to be saved."""
        await self.thing.get_by_role("button", name="Save").click()
        await expect(self.thing.get_by_role("button", name="Save")).to_be_hidden()
