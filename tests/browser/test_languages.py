"""English, French, Russian, Dutch as the browser says, or as was chosen; light and dark; motion where it is wanted."""

import json
from typing import Final

import pytest
from playwright.async_api import Route, expect

from tests.browser.administrator import Administrator
from tests.browser.looks import sideways
from tests.browser.people import People
from tests.support.browser import Window
from tests.support.office import Office
from tests.support.people import customer
from tests.support.server import ROOT, DeskServer

NAMES: Final = {"en": "English", "fr": "Français", "ru": "Русский", "nl": "Nederlands"}
TEXTS: Final = {
    language: {
        key: text
        for page in ("common", "portal", "console")
        for key, text in json.loads((ROOT / f"static/locales/{language}/{page}.json").read_text()).items()
    }
    for language in NAMES
}

RUNNING: Final = """
() => {
  const animations = (root) => [
    ...root.getAnimations(),
    ...[...root.querySelectorAll("*")].flatMap((one) => (one.shadowRoot ? animations(one.shadowRoot) : [])),
  ];
  return animations(document)
    .filter((one) => one.playState === "running" && one.effect.getComputedTiming().duration > 1)
    .map((one) => one.animationName ?? one.transitionProperty);
}
"""


async def speaks(window: Window, language: str) -> None:
    """The page says so to screen readers, and no text is only the name of a text."""
    await expect(window.page.locator("html")).to_have_attribute("lang", language)
    untranslated = [word for word in (await window.all_text()).split() if "." in word and word in TEXTS["en"]]
    assert untranslated == []
    await window.page.set_viewport_size({"width": 360, "height": 740})
    assert await sideways(window.page) == []


@pytest.mark.parametrize(("locale", "language"), [("fr-CA", "fr"), ("ru-RU", "ru"), ("nl-BE", "nl"), ("de-DE", "en")])
async def test_the_browsers_language_decides(
    server: DeskServer, office: Office, people: People, locale: str, language: str
) -> None:
    """Form and chat of the customer, sign-in and desk of the technician; a language that is not there is English."""
    texts = TEXTS[language]
    ada = await people.visitor(server, office, locale=locale)
    await expect(ada.page.get_by_role("heading", name=texts["form.title"])).to_be_visible()
    await speaks(ada, language)
    lena = await people.stranger(server, office.worker("Lena"), locale=locale)
    await expect(lena.page.get_by_role("button", name=texts["sign_in.action"])).to_be_visible()
    await speaks(lena, language)
    await lena.come_in()
    await expect(lena.page.get_by_role("heading", name=texts["away.heading"])).to_be_visible()
    await speaks(lena, language)
    async with customer(server, office, lang=language) as someone:
        await lena.page.get_by_role("button", name=texts["away.action"]).click()
        await lena.page.set_viewport_size({"width": 1440, "height": 900})
        await lena.page.get_by_role("row", name=someone.key).click()
        await expect(lena.page.get_by_role("button", name=texts["action.assign"]).first).to_be_visible()
        await speaks(lena, language)


async def test_a_switch_overrides_and_is_remembered(server: DeskServer, office: Office, people: People) -> None:
    """The customer by the menu, the technician by the list on the sign-in page; both after a reload too."""
    ada = await people.visitor(server, office)
    await ada.choose(NAMES["ru"])
    for _ in range(2):
        await expect(ada.page.get_by_role("heading", name=TEXTS["ru"]["form.title"])).to_be_visible()
        await expect(ada.page.locator("html")).to_have_attribute("lang", "ru")
        await ada.page.reload()
    lena = await people.stranger(server, office.worker("Lena"))
    await lena.page.get_by_role("combobox", name="Language").select_option(label=NAMES["fr"])
    for _ in range(2):
        await expect(lena.page.get_by_role("button", name=TEXTS["fr"]["sign_in.action"])).to_be_visible()
        await expect(lena.page.locator("html")).to_have_attribute("lang", "fr")
        await lena.page.reload()


LINES: Final = """
(frame) => {
  const tabs = [...frame.renderRoot.querySelectorAll(".tabs a")].filter((one) => one.checkVisibility());
  const choice = frame.renderRoot.querySelector(".pages").checkVisibility();
  return new Set(tabs.map((one) => one.offsetTop)).size + Number(choice);
}
"""
"""Lines of links to pages, and the field that stands in their place where they do not fit."""


async def test_the_pages_of_a_portals_settings_take_one_line(
    server: DeskServer, office: Office, people: People
) -> None:
    """In every language, from a phone to a desk; 1244 pixels are the fewest with which links are shown."""
    olga = await people.join(Administrator(server, office.worker("Olga", "administrator")))
    await olga.come_in()
    await olga.visit(f"#/admin/portals/{office.portal_id}")
    frame = olga.page.locator("dw-admin-frame")
    for language in NAMES:
        await olga.page.evaluate("(tag) => localStorage.setItem('deskwire:language', tag)", language)
        await olga.page.reload()
        await expect(olga.page.locator("html")).to_have_attribute("lang", language)
        await expect(frame.locator(".tabs, .pages").filter(visible=True)).to_be_visible()
        for width in (360, 800, 1100, 1244, 1440):
            await olga.page.set_viewport_size({"width": width, "height": 900})
            assert await frame.evaluate(LINES) == 1, f"{language}, {width} px"


async def test_that_nothing_is_encrypted_is_said_in_the_readers_language(
    server: DeskServer, office: Office, people: People
) -> None:
    """The server marks the page when it is asked for by another name than loopback's."""
    lena = await people.stranger(server, office.worker("Lena"), locale="fr-FR")
    warning = lena.page.get_by_role("alert")
    await expect(lena.page.get_by_role("button", name=TEXTS["fr"]["sign_in.action"])).to_be_visible()
    await expect(warning).to_be_hidden()

    async def from_elsewhere(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, body=(await answer.text()).replace("<body>", '<body data-insecure="1">'))

    await lena.page.route("**/console", from_elsewhere)
    await lena.page.reload()
    await expect(warning).to_have_text(TEXTS["fr"]["sign_in.insecure"])


async def test_the_look_can_be_chosen_too(server: DeskServer, office: Office, people: People) -> None:
    """Light or dark as the device says, unless somebody chooses."""
    ada = await people.visitor(server, office, color_scheme="dark")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    await expect(ada.field("Subject")).to_be_visible()
    dark = await ada.page.evaluate(ground)
    await ada.choose("Light")
    light = await ada.page.evaluate(ground)
    assert light != dark
    await ada.page.reload()
    assert await ada.page.evaluate(ground) == light


async def test_nothing_moves_for_those_who_asked_for_that(server: DeskServer, office: Office, people: People) -> None:
    """prefers-reduced-motion: not the dots of "is typing", not a drawer, not a colour that fades."""
    still = await people.technician(server, office.worker("Lena"), reduced_motion="reduce")
    lively = await people.technician(server, office.worker("Noor"))
    async with customer(server, office) as ada:
        for lena in (still, lively):
            await lena.open(ada.key)
            await lena.page.set_viewport_size({"width": 800, "height": 700})
        await ada.post("typing", ticket=ada.ticket)
        for lena, moves in ((still, False), (lively, True)):
            await expect(lena.conversation.get_by_text("is typing")).to_be_visible()
            await lena.page.get_by_role("button", name="Details").click()
            assert bool(await lena.page.evaluate(RUNNING)) is moves
