"""Important messages and opening hours on open pages: they come, go and change by themselves; what they offer works."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from playwright.async_api import Locator, expect

from server.clock import now_ms
from server.domain.portal import PortalSettings
from tests.browser.bureau import TRANSLATES, bureau
from tests.browser.customer import Visitor
from tests.browser.people import People
from tests.conftest import stopped_well
from tests.support.clock import Ahead
from tests.support.office import Office, open_office
from tests.support.people import http
from tests.support.server import DeskServer

ADMIN = "/api/v1/admin"
HOSTILE = (
    "**Mail** is slow <img src=x onerror=alert(1)>\n\n- since [nine](https://status.example.com/)\n"
    "- [not here](javascript:alert(1)) <script>alert(2)</script>"
)


async def made(admin: httpx2.AsyncClient, noun: str, draft: dict[str, Any]) -> str:
    answer = await admin.post(f"{ADMIN}/{noun}", json=draft)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def put(admin: httpx2.AsyncClient, path: str, **changes: Any) -> None:
    item = (await admin.get(f"{ADMIN}/{path}")).json()
    draft = {name: value for name, value in item.items() if name not in ("id", "version", "identity_secrets")}
    draft = {name: value for name, value in draft.items() if name not in ("created_at", "waiting")}
    answer = await admin.put(f"{ADMIN}/{path}", json=draft | changes)
    assert answer.status_code == 200, answer.text


def important(visitor: Visitor) -> Locator:
    return visitor.face.get_by_role("region", name="Important messages")


async def has_room_to_write(visitor: Visitor) -> None:
    """On a phone on its side: what stands above scrolls, the conversation and the field are there."""
    await expect(visitor.page.get_by_role("button", name="Copy link")).to_be_visible()
    desk = visitor.page.viewport_size
    assert desk is not None
    await visitor.page.set_viewport_size({"width": 740, "height": 360})
    field, said = await visitor.composer.bounding_box(), await visitor.conversation.bounding_box()
    assert field is not None
    assert said is not None
    assert field["y"] + field["height"] <= 360
    assert said["height"] >= 40
    await visitor.page.set_viewport_size(desk)


async def test_b_50_b_51_b_52_a_notice_comes_to_open_pages_and_frees_the_queue(
    server: DeskServer, office: Office, people: People
) -> None:
    draft = {"company": office.company, "portals": [office.portal_id], "name": "Outage", "lang": "en", "text": HOSTILE}
    lena = await people.technician(server, office.worker("Lena"))
    visitor, ada, bob = [await people.visitor(server, office) for _ in range(3)]
    await ada.open_ticket(name="Ada")
    await bob.open_ticket(name="Bob")
    await expect(bob.stands("1 person is waiting before you")).to_be_visible()
    await visitor.field("Subject").fill("I was typing")

    async with http(server, office.worker("Olga", "administrator").token) as admin:
        notice = await made(admin, "notices", draft)
        for one in (visitor, ada, bob):
            await expect(important(one).get_by_text("is slow <img src=x onerror=alert(1)>")).to_be_visible()
        await expect(important(ada).locator("strong")).to_have_text("Mail")
        await expect(important(ada).get_by_role("listitem")).to_have_count(2)
        await expect(important(ada).get_by_role("link")).to_have_count(1)
        link = important(ada).get_by_role("link", name="nine")
        assert await link.get_attribute("href") == "https://status.example.com/"
        assert "noopener" in (await link.get_attribute("rel") or "")
        assert await important(ada).locator("img, script").count() == 0
        await expect(visitor.field("Subject")).to_have_value("I was typing")
        await has_room_to_write(bob)

        await important(visitor).get_by_role("button", name="This is my problem").click()
        await expect(important(visitor).get_by_text("Noted.")).to_be_visible()
        await important(ada).get_by_role("button", name="This is my problem").click()
        await expect(important(ada).get_by_text("You wait for news of this")).to_be_visible()
        await expect(ada.face.get_by_text("You wait for news", exact=True)).to_be_visible()
        await expect(bob.stands("You are next")).to_be_visible()
        assert (await admin.get(f"{ADMIN}/notices/{notice}")).json()["waiting"] == 2
        told = lena.page.locator("dw-desk-news")
        await expect(told.locator("summary")).to_contain_text("1 important message")
        await expect(told.locator("summary")).to_contain_text("2 wait for news")
        await expect(lena.row("Ada")).to_contain_text("Waits for news")

        await put(admin, f"notices/{notice}", text="Mail is back.", expires_at=now_ms() + 3_000)
        await ada.hears("There is news of the important message")
        await expect(important(ada).get_by_text("Mail is back.")).to_be_visible()
        for one in (visitor, ada, bob):  # it is over by itself
            await expect(important(one)).to_be_hidden()
        await ada.face.get_by_role("button", name="Continue the chat").click()
        await expect(ada.stands("You are next")).to_be_visible()
        await expect(lena.row("Ada")).not_to_contain_text("Waits for news")
        await expect(bob.stands("1 person is waiting before you")).to_be_visible()


async def test_b_50_a_notice_in_another_language_says_so_and_shows_what_was_written(
    tmp_path: Path, people: People
) -> None:
    """Made by the demo models, beside an open page, which stays where it is."""
    server = bureau(tmp_path)
    try:
        office = open_office(server.database, TRANSLATES)
        draft = {"company": office.company, "portals": [office.portal_id], "name": "Printers", "lang": "en"}
        camille = await people.visitor(server, office, locale="fr-FR")
        said = camille.face.get_by_role("region", name="Messages importants").get_by_role("article")
        async with http(server, office.worker("Olga", "administrator").token) as admin:
            await made(admin, "notices", draft | {"text": "The printer does not work."})
        translated = said.locator(":scope[lang=fr]")
        await expect(translated).to_contain_text("imprimante ne fonctionne pas")
        await expect(translated.locator("small", has_text="Traduction automatique (anglais)")).to_be_visible()
        await said.get_by_role("button", name="Voir l’original").click()
        await expect(said.locator(":scope[lang=en]")).to_contain_text("The printer does not work.")
        await expect(said.locator("small", has_text="Original en anglais")).to_be_visible()
        await said.get_by_role("button", name="Voir la traduction").click()
        await expect(translated).to_contain_text("imprimante ne fonctionne pas")
    finally:
        stopped_well(server)


async def test_b_60_b_61_b_63_an_open_page_closes_and_says_when_it_opens_where_the_reader_is(
    server: DeskServer, people: People
) -> None:
    office = open_office(server.store, PortalSettings())
    visitor = await people.visitor(server, office, timezone_id="Asia/Kolkata")
    ada = await people.visitor(server, office)
    await ada.open_ticket(name="Ada")
    await visitor.field("Subject").fill("I was typing")
    opens = (datetime.now(UTC) + timedelta(days=2)).replace(minute=30)
    hours = {"from_day": opens.weekday(), "from_time": opens.strftime("%H:%M")}
    hours |= {"to_day": opens.weekday(), "to_time": "24:00"}
    draft = {"company": office.company, "name": "Hours", "time_zone": "UTC", "hours": [hours]}
    async with http(server, office.worker("Olga", "administrator").token) as admin:
        schedule = await made(admin, "schedules", draft)
        await put(admin, f"portals/{office.portal_id}", schedule=schedule)
        there = opens.astimezone(ZoneInfo("Asia/Kolkata"))
        said = visitor.face.get_by_text(re.compile(rf"We open again: .*{there:%A}.*{there:%d}".replace(" 0", " ")))
        await expect(said).to_be_visible()
        await expect(said).to_contain_text(f"{there:%I:%M}")
        await expect(visitor.field("Subject")).to_be_hidden()
        await expect(visitor.face.get_by_text("With a key from one of us")).to_be_visible()
        await ada.hears("The portal has closed.")
        await expect(ada.face.get_by_text("You keep your place in the queue.")).to_be_visible()
        await ada.say("I am still here")
        await ada.hears("I am still here")

        await put(
            admin,
            f"schedules/{schedule}",
            hours=[{"from_day": 0, "from_time": "00:00", "to_day": 6, "to_time": "24:00"}],
        )
        await expect(said).to_be_hidden()
        await expect(visitor.field("Subject")).to_have_value("I was typing")


MINUTE_MS = 60_000


@pytest.fixture
def early(tmp_path: Path) -> Iterator[tuple[DeskServer, Ahead]]:
    """A server of its own, whose clock is put forward."""
    running = DeskServer(tmp_path).migrate()
    clock = Ahead(tmp_path / "clock")
    running.program = ("tests.support.clock", str(clock.path))
    yield running.start(), clock
    stopped_well(running)


async def test_b_60_b_63_an_open_page_closes_and_opens_at_the_moment_by_itself(
    early: tuple[DeskServer, Ahead], people: People
) -> None:
    """Nobody changes anything when the minute comes. The clock is put to shortly before it, and runs."""
    server, clock = early
    office = open_office(server.store, PortalSettings())
    closes = (clock.now() // MINUTE_MS + 2) * MINUTE_MS
    begins, ends = (datetime.fromtimestamp(at / 1_000, UTC) for at in (closes + MINUTE_MS, closes))
    hours = {"from_day": begins.weekday(), "from_time": begins.strftime("%H:%M")}
    hours |= {"to_day": ends.weekday(), "to_time": ends.strftime("%H:%M")}
    draft = {"company": office.company, "name": "Closed for a minute", "time_zone": "UTC", "hours": [hours]}
    visitor, ada = [await people.visitor(server, office) for _ in range(2)]
    await ada.open_ticket(name="Ada")
    await visitor.field("Subject").fill("I was typing")
    closed = visitor.face.get_by_text("We are closed now")
    async with http(server, office.worker("Olga", "administrator").token) as admin:
        schedule = await made(admin, "schedules", draft)
        await put(admin, f"portals/{office.portal_id}", schedule=schedule)
        clock.put_to(closes - 3_000)
        await put(admin, f"schedules/{schedule}", name="Somebody looks at the clock")
        assert (await admin.get(f"/api/v1/portals/{office.portal}")).json()["closes_at"] == closes
        await expect(closed).to_be_visible()
        await expect(visitor.field("Subject")).to_be_hidden()
        await ada.hears("The portal has closed.")
        clock.put_to(closes + MINUTE_MS - 3_000)
        await put(admin, f"schedules/{schedule}", name="And once more")
        assert (await admin.get(f"/api/v1/portals/{office.portal}")).json()["opens_at"] == closes + MINUTE_MS
        await expect(closed).to_be_hidden()
        await expect(visitor.field("Subject")).to_have_value("I was typing")
