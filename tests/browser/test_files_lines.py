"""Files over bad lines: cut and reloaded in the middle, offline, a server without room, a scanner that is away."""

import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Request, Route, expect

from tests.browser.lines import Commuter, Tunnel
from tests.browser.people import People
from tests.browser.sending import Sender, log, picture, text
from tests.browser.test_files import in_chat, pair
from tests.support.browser import Window
from tests.support.office import Office, open_office
from tests.support.server import DeskServer

CUT: Final = r"net::ERR_|WebSocket connection to"
"""What Chromium itself writes on the console while there is no way to the server."""
PIECE: Final = 1_048_576


def offsets(window: Window) -> list[int]:
    """Where each piece of a file begins that this window sends from now on."""
    found: list[int] = []

    def sent(request: Request) -> None:
        if request.method == "PATCH":
            found.append(int(request.headers["upload-offset"]))

    window.page.on("request", sent)
    return found


@pytest.fixture
async def tunnel(server: DeskServer) -> AsyncIterator[tuple[Tunnel, str]]:
    """A line to the server that can be cut; and its address."""
    line = Tunnel(server)
    async with line.running() as front:
        yield line, front


async def test_cut_in_the_middle_it_goes_on_where_it_was(
    server: DeskServer, office: Office, people: People, tunnel: tuple[Tunnel, str]
) -> None:
    """G-44, C-01: the line breaks within a piece; it goes on at what has arrived, and nothing is stored twice."""
    line, front = tunnel
    ada = await people.join(Commuter(server, office, front))
    ada.expect_trouble(CUT)
    await ada.visit()
    left, right = await in_chat(ada, await people.technician(server, office.worker("Lena")))
    content = text(2 * PIECE + 500_000)
    begun = offsets(ada)
    line.cut_after = 700_000
    await left.choose(log("long.log", content))
    await left.says("long.log", "No connection. It goes on by itself.")
    line.blocked = False
    await right.has("long.log")
    name, saved = await right.saved("long.log")
    assert (name, hashlib.sha256(saved).digest()) == ("long.log", hashlib.sha256(content).digest())
    assert begun == sorted(set(begun))
    assert [offset for offset in begun if offset % PIECE > 0] != []
    await left.has("long.log")


class Gate:
    """The first piece of a file arrives, the next hangs; those of a later page come through once it is ``open``."""

    def __init__(self) -> None:
        self.open = False
        self._pieces = 0

    @classmethod
    async def before(cls, window: Window) -> "Gate":
        """Stands there from now on."""
        gate = cls()
        await window.page.route("**/uploads/*", gate._handle)
        return gate

    async def _handle(self, route: Route) -> None:
        self._pieces += route.request.method == "PATCH"
        if self.open or route.request.method != "PATCH" or self._pieces == 1:
            await route.continue_()


async def test_reloaded_in_the_middle_it_goes_on(server: DeskServer, office: Office, people: People) -> None:
    """What has arrived is not sent again, what waits to be looked at waits on, and what was written is kept."""
    ada, lena = await pair(server, office, people)
    ada.person.expect_trouble(CUT)
    content = text(2 * PIECE + 10)
    await ada.person.composer.fill("half a sen")
    gate = await Gate.before(ada.person)
    await ada.choose(log("long.log", content))
    await ada.says("long.log", re.compile("Sending: (4[0-9]|50)%"))
    await ada.paste(picture())
    await ada.says("Screenshot", "Ready to send")
    gate.open = True
    begun = offsets(ada.person)
    await ada.person.page.reload()
    await lena.has("long.log")
    assert begun == [PIECE, 2 * PIECE]
    assert (await lena.saved("long.log"))[1] == content
    await ada.says("Screenshot", "Ready to send")
    await expect(ada.on_its_way("Screenshot").locator("img")).to_have_js_property("naturalWidth", 640)
    await expect(ada.person.composer).to_have_value("half a sen")
    await ada.face.get_by_role("button", name=re.compile("^Send: Screenshot")).click()
    await lena.has("Screenshot")


async def test_where_the_browser_keeps_no_files_it_says_so(server: DeskServer, office: Office, people: People) -> None:
    """After a reload the file has to be chosen again, and the half that had arrived is nobody's file."""
    ada, lena = await pair(server, office, people)
    ada.person.expect_trouble(CUT)
    await ada.person.page.evaluate("void Object.defineProperty(window, 'indexedDB', { value: undefined })")
    gate = await Gate.before(ada.person)
    content = text(PIECE + 10)
    await ada.choose(log("long.log", content))
    await ada.says("long.log", re.compile("Sending: (9[0-9]|100)%"))
    gate.open = True
    await ada.person.page.reload()
    await ada.says("long.log", "The page was closed in the middle. To send this file, choose it again.")
    async with ada.person.page.expect_file_chooser() as asked:
        await ada.act("Choose again", "long.log")
    await (await asked.value).set_files([log("long.log", content)])
    await lena.has("long.log")
    assert (await lena.saved("long.log"))[1] == content
    await expect(ada.face.get_by_role("list", name="Files on their way")).to_have_count(0)


async def test_two_tabs_send_a_file_once(server: DeskServer, office: Office, people: People) -> None:
    """What one tab sends, another one of the same browser does not; it takes it over when that tab is closed."""
    ada, lena = await pair(server, office, people)
    ada.person.expect_trouble(CUT)
    await Gate.before(ada.person)
    content = text(PIECE + 10)
    await ada.choose(log("long.log", content))
    await ada.says("long.log", re.compile("Sending: (9[0-9]|100)%"))
    first = ada.person.page
    await ada.person.new_tab()
    await ada.person.visit()
    await ada.person.hears("joined the chat")
    second = Sender(ada.person)
    await second.choose(log("other.txt", b"From the other tab\n"))
    await lena.has("other.txt")
    await expect(second.on_its_way("long.log")).to_have_count(0)
    await first.close()
    await ada.person.page.reload()
    await lena.has("long.log")
    assert (await lena.saved("long.log"))[1] == content


async def test_offline_it_waits_and_goes_on_by_itself(server: DeskServer, office: Office, people: People) -> None:
    """C-05: both sides may choose files while they are offline."""
    ada, lena = await pair(server, office, people)
    for sender in (ada, lena):
        sender.person.expect_trouble(CUT)
        await sender.clip.click()
        await expect(sender.panel).to_contain_text(".pdf")
        await sender.clip.click()
        await sender.person.context.set_offline(True)
    await ada.drop(log("from Ada.log"))
    await lena.drop(log("from Lena.log"))
    await ada.says("from Ada.log", "No connection. It goes on by itself.")
    await lena.says("from Lena.log", "No connection. It goes on by itself.")
    for sender in (ada, lena):
        await sender.person.context.set_offline(False)
    await ada.has("from Lena.log")
    await lena.has("from Ada.log")
    await ada.has("from Ada.log")


async def test_a_technician_goes_elsewhere_while_a_file_is_on_its_way(
    server: DeskServer, office: Office, people: People
) -> None:
    """Files of one ticket go on while another one is open, and are shown where they belong."""
    ada, lena = await pair(server, office, people)
    other = await people.visitor(server, office)
    key = await other.open_ticket("Another printer")
    held: list[Route] = []

    async def hold(route: Route) -> None:
        if route.request.method == "PATCH" and not held:
            held.append(route)
        else:
            await route.continue_()

    await lena.person.page.route("**/uploads/*", hold)
    await lena.choose(log())
    await lena.says("printer.log", "Sending")
    await lena.person.open(key)
    await expect(lena.on_its_way("printer.log")).to_have_count(0)
    await held[0].continue_()
    await ada.has("printer.log")
    await expect(lena.person.conversation.locator("dw-file")).to_have_count(0)
    await expect(other.conversation.locator("dw-file")).to_have_count(0)


async def test_a_server_without_room_is_waited_out(server: DeskServer, office: Office, people: People) -> None:
    """C-06: storage_full is said as it is; nothing is lost, and nobody has to do anything."""
    ada, lena = await pair(server, office, people)
    ada.person.expect_trouble(r"status of 507")
    problem = '{"code": "storage_full", "message": "The server\'s disk is full; nothing was stored."}'

    async def full(route: Route) -> None:
        await route.fulfill(status=507, body=problem, content_type="application/json")

    await ada.person.page.route("**/uploads", full)
    await ada.choose(log())
    await ada.says("printer.log", "The server has no room for files at the moment. It goes on by itself.")
    await ada.person.page.unroute("**/uploads")
    await lena.has("printer.log")


async def test_a_browser_that_forgets_its_customer_forgets_the_files(
    server: DeskServer, office: Office, people: People
) -> None:
    """C-17: what waits to be sent is nowhere in the browser any more, and never sent."""
    ada, lena = await pair(server, office, people)
    kept = """
      new Promise((resolve, reject) => {
        const asked = indexedDB.open("deskwire");
        asked.onerror = reject;
        asked.onsuccess = () => {
          const all = asked.result.transaction("files").objectStore("files").getAllKeys();
          const keys = () => [...all.result, ...Object.keys(localStorage)];
          all.onsuccess = () => resolve(keys().filter((key) => key.includes("file:")));
        };
      })
    """
    await ada.paste(picture())
    await ada.says("Screenshot", "Ready to send")
    assert len(await ada.person.page.evaluate(kept)) == 2
    await ada.person.choose("Forget this device")
    await ada.person.answers("Forget this device?", "Forget this device")
    await expect(ada.face.get_by_text("This device is forgotten.")).to_be_visible()
    assert await ada.person.page.evaluate(kept) == []
    await expect(lena.person.conversation.locator("dw-file")).to_have_count(0)


@pytest.mark.parametrize("when_down", ["hold", "pass"])
async def test_while_the_virus_scanner_is_away(tmp_path: Path, people: People, when_down: str) -> None:
    """C-19: a file waits, and its sender is told for what; or passes, and both sides see that nobody checked it."""
    clamd = {"DESKWIRE_CLAMD": f"unix:{tmp_path}/nobody", "DESKWIRE_SCANNER_DOWN": when_down}
    server = DeskServer(tmp_path / "data", **clamd).migrate().start()
    try:
        ada, lena = await pair(server, open_office(server.store), people)
        await ada.choose(log())
        if when_down == "hold":
            await ada.says("printer.log", "Waits for the virus scanner, and is sent as soon as it is checked.")
            await ada.person.page.reload()
            await ada.says("printer.log", "Waits for the virus scanner")
            await expect(lena.person.conversation.locator("dw-file")).to_have_count(0)
        else:
            for sender in (ada, lena):
                await expect(await sender.has("printer.log")).to_contain_text("Not checked for viruses")
    finally:
        server.stop()
