"""Who sees what: away, of another company, and back again."""

from playwright.async_api import expect

from server.store import technicians
from tests.browser.people import People
from tests.browser.technician import Technician, indexed
from tests.support.office import Office
from tests.support.people import Frame, console, customer, open_ticket
from tests.support.server import DeskServer


async def knows_nothing(technician: Technician, *opened: Frame, since: int = 0) -> None:
    """Neither on the page, shown or hidden, nor in what came over the socket after frame number ``since``."""
    text = await technician.all_text()
    for answer in opened:
        ticket = answer["ticket"]
        for word in (ticket["id"], ticket["key"], ticket["subject"]):
            assert word not in text
            assert not any(word in frame for frame in technician.received[since:])


async def test_away_hides_the_shared_list_and_keeps_my_own(server: DeskServer, office: Office, people: People) -> None:
    """G-02, G-04, C-09: away nothing of the shared list is on the page or on the line; back, the whole backlog is."""
    worker, colleague = office.worker("Lena"), office.worker("Noor")
    lena = await people.technician(server, worker)
    bob = await open_ticket(server, office, name="Bob", subject="Bobsled stuck")
    async with customer(server, office) as ada, console(server, colleague):
        await lena.open(ada.key)
        await lena.act("Assign to me")
        await lena.act("Join chat")
        await expect(lena.row("Bob")).to_be_visible()
        await lena.become("Away")
        since = len(lena.received)
        await expect(lena.page.get_by_role("heading", name="You are away")).to_be_visible()
        await expect(lena.list).to_be_hidden()

        cleo = await open_ticket(server, office, name="Cleo", subject="Cleopatra offline")
        await ada.say(ada.ticket, "Are you still there?")
        await lena.hears("Are you still there?")
        await lena.say("Yes, I am")
        await ada.event("message", text="Yes, I am")
        await expect(lena.my(ada.key)).to_be_visible()
        await knows_nothing(lena, bob, cleo, since=since)

        await indexed(server, colleague, "Cleopatra")
        await _searches_in_vain(lena, "Cleopatra")
        await _searches_in_vain(lena, bob["ticket"]["key"])
        await lena.search("Printer")
        await expect(lena.found(ada.key)).to_be_visible()
        await lena.visit(f"#/tickets/{bob['ticket']['id']}")
        await expect(lena.page.get_by_role("heading", name="This ticket cannot be shown")).to_be_visible()
        assert bob["ticket"]["key"] not in await lena.all_text()

        await lena.lists.get_by_role("button", name="Become available").click()
        for opened in (bob, cleo):
            await expect(lena.row(opened["ticket"]["key"])).to_be_visible()
        await lena.counts("New", 2)
        await lena.counts("Active", 1)


async def _searches_in_vain(lena: Technician, query: str) -> None:
    await lena.search(query)
    await expect(lena.page.get_by_text(f"Nothing found for “{query}”. While you are away")).to_be_visible()


async def test_another_company_sees_nothing(
    server: DeskServer, office: Office, other_office: Office, people: People
) -> None:
    """G-03: not in list, counts, search, nor by the address of the ticket; and nothing is on the line."""
    ours = office.worker("Lena")
    stranger = await people.technician(server, other_office.worker("Max"))
    async with console(server, ours) as lena, customer(server, office, subject="Confidential merger") as ada:
        await lena.watch(ada.ticket)
        await lena.call("assign", ticket=ada.ticket)
        await lena.say(ada.ticket, "Between us", kind="note")
        await open_ticket(server, other_office, name="Otto")
        await expect(stranger.row("Otto")).to_be_visible()
        await stranger.counts("All", 1)

        await indexed(server, ours, "merger")
        await stranger.search("merger")
        await expect(stranger.page.get_by_text("Nothing found for “merger”.")).to_be_visible()
        await stranger.search(ada.key)
        await expect(stranger.page.get_by_text(f"Nothing found for “{ada.key}”.")).to_be_visible()
        await stranger.search("Otto")
        await expect(stranger.found("Otto")).to_be_visible()
        await knows_nothing(stranger, ada.opened)
        await stranger.visit(f"#/tickets/{ada.ticket}")
        await expect(stranger.page.get_by_role("heading", name="This ticket cannot be shown")).to_be_visible()
        text = await stranger.all_text()
        assert not any(word in text for word in (ada.key, "merger", "Between us"))


async def test_of_several_companies_all_are_seen(
    server: DeskServer, office: Office, other_office: Office, people: People
) -> None:
    """G-03: whoever works for two companies has one list of both, and loses one of them the moment it is taken."""
    worker = office.worker("Lena", also=(other_office,))
    lena = await people.technician(server, worker)
    ours, theirs = await open_ticket(server, office), await open_ticket(server, other_office, name="Otto")
    for opened in (ours, theirs):
        await expect(lena.row(opened["ticket"]["key"])).to_be_visible()
    await lena.counts("New", 2)
    await lena.open(theirs["ticket"]["key"])

    office.write(lambda conn: technicians.set_access(conn, worker.id, frozenset({office.company})))
    await expect(lena.row(theirs["ticket"]["key"])).to_be_hidden()
    await expect(lena.page.get_by_role("heading", name="This ticket cannot be shown")).to_be_visible()
    await expect(lena.row(ours["ticket"]["key"])).to_be_visible()
    await lena.counts("New", 1)
