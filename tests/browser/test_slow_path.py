"""C-03: where no WebSocket gets through a customer chats over HTTP, nothing is lost or doubled, the desk sees it."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Final

import pytest
from playwright.async_api import Locator, expect

from server.domain.portal import PortalSettings
from tests.browser.customer import Visitor
from tests.browser.people import People
from tests.browser.site import Shopper, running_site
from tests.browser.technician import Technician
from tests.support.office import Office, open_office
from tests.support.server import DeskServer

FAILED = r"WebSocket connection to .* failed"
"""What Chromium itself writes on the console for each."""

NO_SOCKETS: Final = """
(() => {
  const Real = WebSocket;
  window.WebSocket = class extends EventTarget {
    constructor(url) {
      super();
      if (window.socketsWork) return new Real(url);
      setTimeout(() => {
        this.dispatchEvent(new Event("error"));
        this.onclose?.(new CloseEvent("close", { code: 1006 }));
      });
    }
    send() { throw new Error("not open"); }
    close() {}
  };
})();
"""
"""A browser whose every socket fails until the page's ``socketsWork`` is set."""

SLOW = "Slow connection: messages arrive a little later."


class Proxy:
    """In front of the server, as some stand in offices: passes everything, but knows no Upgrade until it may."""

    def __init__(self, server: DeskServer) -> None:
        self.upgrades = False
        self.refused = 0
        self._server = server

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """The address in front."""
        listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with listener:
            yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError), contextlib.closing(writer):
            head = await reader.readuntil(b"\r\n\r\n")
            if re.search(rb"\r\nUpgrade: websocket\r\n", head, re.IGNORECASE) and not self.upgrades:
                self.refused += 1
                writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                await writer.drain()
                return
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._server.port)
            far_writer.write(head)
            with contextlib.closing(far_writer):
                ways = {asyncio.create_task(_pass(reader, far_writer)), asyncio.create_task(_pass(far_reader, writer))}
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


class ProxiedVisitor(Visitor):
    """A customer who comes to the portal through a proxy."""

    front: str

    @property
    def address(self) -> str:
        """The portal's page, at the proxy."""
        return f"{self.front}/p/{self.office.portal}"


async def lines(conversation: Locator) -> list[str]:
    """Everything of the form "line 1", from top to bottom."""
    return re.findall(r"line \d+", await conversation.inner_text())


async def all_agree(ada: Visitor, lena: Technician, last: int) -> None:
    """Both have read line 1 to line ``last``: once each, in this order."""
    for window in (ada, lena):
        await window.hears(f"line {last}")
        assert await lines(window.conversation) == [f"line {n}" for n in range(1, last + 1)]


async def look_again(visitor: Visitor) -> None:
    """The browser says that the network is back: what is not pushed is looked up now rather than in 25 s."""
    await visitor.page.evaluate("dispatchEvent(new Event('online'))")


async def takes(lena: Technician, key: str) -> None:
    """From the shared list into the chat."""
    await lena.open(key)
    await lena.act("Assign to me")
    await lena.act("Join chat")


def source(lena: Technician) -> Locator:
    """Where the ticket came from."""
    return lena.page.get_by_role("region", name="Source")


async def test_a_whole_chat_without_a_socket(server: DeskServer, office: Office, people: People) -> None:
    """C-03, C-12, G-17: place, join, both ways, read, reload, end and go on; then sockets work again."""
    bob = await people.visitor(server, office)
    bobs = await bob.open_ticket("Bob's printer", name="Bob Noyce")

    ada = await people.join(Visitor(server, office))
    await ada.context.add_init_script(NO_SOCKETS)
    await ada.visit()
    key = await ada.open_ticket()
    await expect(ada.page.get_by_text(SLOW)).to_be_visible()
    await expect(ada.stands("1 person is waiting before you")).to_be_visible()
    await ada.say("line 1")

    lena = await people.technician(server, office.worker("Lena"))
    await lena.open(bobs)
    await lena.act("Assign to me")
    await expect(lena.my(bobs)).to_be_visible()
    await look_again(ada)
    await expect(ada.stands("You are next")).to_be_visible()
    await takes(lena, key)
    await expect(ada.stands("Lena of support is here")).to_be_visible()
    await lena.hears("line 1")
    await expect(source(lena).get_by_text("Slow path (no WebSocket)")).to_be_visible(timeout=60_000)
    await expect(source(lena).get_by_text("deskwire doctor")).to_be_visible()
    await lena.say("line 2")
    await ada.hears("line 2")
    await expect(lena.conversation.get_by_text("Read")).to_be_visible()
    for n in (3, 4, 5):
        await ada.say(f"line {n}")
    await all_agree(ada, lena, 5)
    await look_again(ada)
    await expect(ada.conversation.get_by_text("Read")).to_be_visible()

    await ada.page.reload()
    await expect(ada.page.get_by_text(SLOW)).to_be_visible()
    await all_agree(ada, lena, 5)
    await ada.end_chat()
    await lena.hears("Ada Byron ended the chat")
    await ada.page.get_by_role("button", name="Continue the chat").click()
    await lena.hears("Ada Byron continued the chat")
    await lena.act("Join chat")
    await lena.say("line 6")
    await all_agree(ada, lena, 6)
    assert ada.received == []

    await ada.page.evaluate("window.socketsWork = true")
    await ada.say("line 7")
    await look_again(ada)
    await ada.say("line 8")
    await expect(ada.page.get_by_text(SLOW)).to_be_hidden()
    await ada.say("line 9")
    await lena.hears("line 9")
    await lena.say("line 10")
    await all_agree(ada, lena, 10)
    assert any('"welcome"' in frame for frame in ada.received)
    assert any("line 10" in frame for frame in ada.received)
    await ada.page.reload()
    await all_agree(ada, lena, 10)


async def test_a_proxy_that_knows_no_upgrade(server: DeskServer, office: Office, people: People) -> None:
    """C-03: refused upgrades lead to HTTP, upgrades that pass lead back; both write all the time, while it changes."""
    proxy = Proxy(server)
    async with proxy.running() as front:
        ada = ProxiedVisitor(server, office)
        ada.front = front
        ada.expect_trouble(FAILED)
        await people.join(ada)
        await ada.visit()
        key = await ada.open_ticket()
        await expect(ada.page.get_by_text(SLOW)).to_be_visible()
        assert proxy.refused >= 4, "three attempts, and one more when HTTP had answered"
        lena = await people.technician(server, office.worker("Lena"))
        await takes(lena, key)
        await expect(ada.stands("Lena of support is here")).to_be_visible()

        async def writes(person: Visitor | Technician, name: str) -> None:
            for n in range(20):
                await person.say(f"{name} {n}")

        async def changes() -> None:
            await ada.hears("Lena 3")
            proxy.upgrades = True
            await look_again(ada)
            await expect(ada.page.get_by_text(SLOW)).to_be_hidden()

        await asyncio.gather(writes(ada, "Ada"), writes(lena, "Lena"), changes())
        await ada.hears("Lena 19")
        await lena.hears("Ada 19")
        said = [await window.conversation.inner_text() for window in (ada, lena)]
        for name in ("Ada", "Lena"):
            for text in said:
                assert re.findall(rf"^{name} \d+$", text, re.MULTILINE) == [f"{name} {n}" for n in range(20)]
        orders = [re.findall(r"^(?:Ada|Lena) \d+$", text, re.MULTILINE) for text in said]
        assert orders[0] == orders[1]
        assert any('"welcome"' in frame for frame in ada.received)


async def test_offline_on_the_slow_path(server: DeskServer, office: Office, people: People) -> None:
    """C-06: without any network what is written is kept, as with a socket; back online everything is there once."""
    ada = await people.join(Visitor(server, office))
    await ada.context.add_init_script(NO_SOCKETS)
    ada.expect_trouble(r"ERR_INTERNET_DISCONNECTED")
    await ada.visit()
    key = await ada.open_ticket()
    lena = await people.technician(server, office.worker("Lena"))
    await takes(lena, key)
    await ada.say("line 1")
    await lena.hears("line 1")
    await ada.context.set_offline(True)
    await expect(ada.page.get_by_text("You are offline. Your messages are kept")).to_be_visible()
    await lena.say("line 2")
    await ada.say("line 3")
    await ada.context.set_offline(False)
    said = ada.conversation.get_by_text("line 2")
    await expect(said).to_be_visible(timeout=60_000)  # a connection that did not last comes back more slowly
    await lena.hears("line 3")
    await expect(ada.page.get_by_text(SLOW)).to_be_visible()
    assert sorted(await lines(ada.conversation)) == ["line 1", "line 2", "line 3"]
    assert await lines(ada.conversation) == await lines(lena.conversation)


async def test_the_widget_does_without_sockets_too(server: DeskServer, people: People) -> None:
    """C-03: in a frame on somebody else's site, with the token in storage where the cookie does not come back."""
    with running_site() as site:
        office = open_office(server.store, PortalSettings(origins=[site.origin]))
        ada = await people.join(Shopper(server, office, site))
        await ada.context.add_init_script(NO_SOCKETS)
        await ada.visit()
        await ada.open_widget()
        key = await ada.open_ticket()
        await expect(ada.face.get_by_text(SLOW)).to_be_visible()
        lena = await people.technician(server, office.worker("Lena"))
        await takes(lena, key)
        await lena.say("line 1")
        await ada.hears("line 1")
        await ada.say("line 2")
        await all_agree(ada, lena, 2)


LANGUAGES: Final = {
    "fr-FR": "Connexion lente",
    "nl-NL": "Trage verbinding",
    "ru-RU": "Медленное соединение",
}


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_it_is_said_in_the_readers_language(
    server: DeskServer, office: Office, people: People, locale: str
) -> None:
    ada = await people.visitor(server, office)
    await ada.open_ticket()
    link = await ada.resume_link()
    phone = await people.join(Visitor(server, office), locale=locale, viewport={"width": 360, "height": 740})
    await phone.context.add_init_script(NO_SOCKETS)
    await phone.page.goto(link)
    await expect(phone.page.get_by_text(LANGUAGES[locale])).to_be_visible()
    assert await phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
