"""500 hostile texts through every field, read on both pages and in a saved transcript: text, and nothing but text."""

import re
from typing import Any, Final

import pytest
from playwright.async_api import expect
from sqlalchemy import Connection

from server.domain.portal import FieldSetting, PortalSettings
from server.store import tables
from tests.browser.customer import Visitor
from tests.browser.hostile import packed, payloads
from tests.browser.people import People
from tests.browser.technician import Technician, indexed
from tests.support.browser import Window
from tests.support.office import Office, Worker, open_office
from tests.support.people import Customer, Frame, console, customer, open_ticket
from tests.support.server import DeskServer

ALARM: Final = "window.ran = (number) => console.error(`text number ${number} ran`);"

INJECTED: Final = """
() => {
  const never = new Set(["script", "style", "iframe", "frame", "img", "image", "object", "embed", "video", "audio",
    "math", "base", "meta", "link", "marquee", "template", "xss", "details", "animate", "source"]);
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.closest("head")) continue;
      const bad = [...element.attributes].filter(({ name, value }) => /^on|^srcdoc$|^is$/.test(name)
        || (/^(href|src|action|formaction|xlink:href)$/.test(name) && !/^(https?:|mailto:|#|[/])/.test(value)));
      if (never.has(element.localName) || bad.length) found.push(element.outerHTML.slice(0, 200));
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document);
  return found;
}
"""
"""Elements and attributes that none of our pages has; a link leads to the web, to mail, or stays here."""

ALL: Final = payloads()
LINES: Final = packed(ALL, 280)
"""For fields of one line."""
MESSAGES: Final = packed(ALL, 2_000, "\n")


async def harmless(window: Window, *expected: str) -> None:
    """These texts are on the page as they were written, and nothing came to life."""
    text = await window.all_text()
    missing = [one for one in expected if one not in text]
    assert missing == []
    assert await window.page.evaluate(INJECTED) == []
    assert window.troubles == []


async def on_alarm(window: Window) -> None:
    """Hears of every script that runs, and of every dialog, from the next page on."""
    await window.context.add_init_script(ALARM)
    window.context.on("dialog", lambda dialog: window.troubles.append(f"a dialog: {dialog.message}"))


def rename(office: Office, worker: Worker) -> None:
    """Company, portal and technician too are called what administrators may be tricked into typing."""

    def work(conn: Connection) -> None:
        for table, id_, names in (
            (tables.companies, office.company, {"name": LINES[0]}),
            (tables.portals, office.portal_id, {"name": LINES[1]}),
            (tables.technicians, worker.id, {"name": LINES[2], "public_name": LINES[3]}),
        ):
            conn.execute(table.update().where(table.c.id == id_).values(**names))

    office.write(work)


@pytest.fixture
def hostile_office(server: DeskServer) -> Office:
    """A portal with every field there is."""
    settings = PortalSettings(fields={name: FieldSetting() for name in ("name", "email", "company", "company_code")})
    return open_office(server.database, settings)


async def test_every_field_of_a_ticket(server: DeskServer, hostile_office: Office, people: People) -> None:
    """G-16, S-34: subject, name, company, code, e-mail and description in list, details and conversation."""
    worker = hostile_office.worker("Lena")
    rename(hostile_office, worker)
    lena = await people.technician(server, worker, available=False)
    await on_alarm(lena)
    codes = [text for text in ALL if len(text) <= 64 and text.strip() == text]
    forms = [
        {
            "subject": line,
            "name": LINES[i - 1].strip(),
            "company": LINES[i - 2].strip(),
            "company_code": codes[i * len(codes) // len(LINES)],
            "email": re.sub(r"[\s@]", "", ALL[i * len(ALL) // len(LINES)]) + "@example.com",
            "description": LINES[i - 3],
        }
        for i, line in enumerate(LINES)
    ]
    opened = [await open_ticket(server, hostile_office, **form) for form in forms]
    await lena.page.reload()
    await lena.become_available()
    await _scrolls_through(lena, len(forms))
    for form, answer in zip(forms, opened, strict=True):
        await _looks_at(lena, form, answer)


async def _scrolls_through(lena: Technician, count: int) -> None:
    """The whole list, screen by screen."""
    await lena.counts("All", count)
    await lena.list.focus()
    for _ in range(count // 5):
        await harmless(lena)
        await lena.page.keyboard.press("PageDown")
        rows = await lena.list.get_by_role("row").count()
        if await lena.list.get_by_role("row").nth(rows - 1).get_attribute("aria-rowindex") == str(count + 1):
            break
    await harmless(lena, LINES[0])


async def _looks_at(lena: Technician, form: dict[str, str], answer: Frame) -> None:
    ticket = answer["ticket"]
    await lena.page.evaluate("(hash) => { location.hash = hash }", f"#/tickets/{ticket['id']}")
    await expect(lena.page.get_by_role("heading", level=1, name=re.compile(rf"^{ticket['key']} "))).to_be_visible()
    await expect(lena.page.get_by_role("region", name="Source")).to_be_visible()
    await harmless(lena, *form.values())


async def test_both_sides_of_a_conversation(server: DeskServer, hostile_office: Office, people: People) -> None:
    """S-46, C-36: messages of both, notes, names in system lines; the same in a transcript that was saved."""
    worker = hostile_office.worker("Lena")
    rename(hostile_office, worker)
    form: dict[str, Any] = {"subject": LINES[4], "name": LINES[5].strip(), "description": MESSAGES[0]}
    ada = await people.visitor(server, hostile_office)
    lena = await people.technician(server, worker)
    for window in (ada, lena):
        await on_alarm(window)
    async with console(server, worker) as desk, customer(server, hostile_office, **form) as person:
        await desk.watch(person.ticket)
        await desk.call("assign", ticket=person.ticket)
        await desk.call("join", ticket=person.ticket)
        for text in MESSAGES:
            await person.say(person.ticket, text)
            await desk.say(person.ticket, text)
            await desk.say(person.ticket, text, kind="note")
        await _reads_as_customer(ada, person)
        await _reads_as_technician(lena, person, form)
        for notes in (True, False):
            await _opens_the_transcript(people, lena, notes=notes)
        await indexed(server, worker, "ran")
        await _searches(lena)


async def _reads_as_customer(ada: Visitor, person: Customer) -> None:
    """Comes by the resume link, reads, writes through the page, and begins another ticket with a hostile draft."""
    await ada.page.goto("about:blank")
    await ada.visit(f"#resume={person.opened['resume']}")
    await ada.hears(MESSAGES[-1].splitlines()[-1])
    await harmless(ada, *MESSAGES, LINES[1], LINES[4])
    await ada.say(MESSAGES[0])
    await person.event("message", text=MESSAGES[0])
    await ada.choose("New request")
    for label in ("Your name", "Company", "Company code", "Subject", "Description"):
        await ada.field(label).fill(LINES[6])
    await ada.page.reload()
    await expect(ada.field("Subject")).to_have_value(LINES[6])
    await harmless(ada, LINES[6])


async def _reads_as_technician(lena: Technician, person: Customer, form: dict[str, str]) -> None:
    await lena.visit(f"#/mine/{person.ticket}")
    await lena.page.reload()
    await lena.hears(MESSAGES[-1].splitlines()[-1])
    await harmless(lena, *MESSAGES, LINES[0], LINES[2], form["subject"], form["name"])
    await lena.note(MESSAGES[0])
    await lena.say(MESSAGES[1])
    await person.event("message", text=MESSAGES[1])
    await harmless(lena)


async def _opens_the_transcript(people: People, lena: Technician, *, notes: bool) -> None:
    """As a file from the disk, where no policy of ours protects anybody."""
    _name, content = await lena.save("HTML", notes=notes)
    reader = await people.join(Window())
    await on_alarm(reader)
    await reader.page.route("http://file.example/", lambda route: route.fulfill(body=content, content_type="text/html"))
    await reader.page.goto("http://file.example/")
    await harmless(reader, *(line for text in MESSAGES for line in text.split("\n")), LINES[4])
    assert ("(note)" in content) is notes


async def _searches(lena: Technician) -> None:
    """What is looked for and what is found."""
    for query in (LINES[0][:200].strip(), "ran", "<script>ran"):
        await lena.search(query)
        await expect(
            lena.page.get_by_role("status").filter(has_text=re.compile("result|Nothing found"))
        ).to_be_visible()
        await harmless(lena, query)
