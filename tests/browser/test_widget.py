"""The widget on somebody else's site: silent until it is wanted, at home under a strict policy, deaf to strangers."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import jwt
import msgspec
import pytest
from playwright.async_api import Route, expect

from server.domain.portal import PortalSettings
from tests.browser.people import People
from tests.browser.site import Shopper, Site, running_site
from tests.support.accounts import PASSWORD, REQUIRED
from tests.support.office import Office, open_office
from tests.support.people import Console, console
from tests.support.server import DeskServer

SECRET = "a secret that is known to shop and desk"
NO_STORAGE = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("not here", "SecurityError"); } });
"""


class SecureDesk(DeskServer):
    """A server that speaks TLS itself, as one that other people's sites embed has to."""

    def __init__(self, data: Path, cert: Path, key: Path) -> None:
        super().__init__(data, DESKWIRE_TLS_CERT=str(cert), DESKWIRE_TLS_KEY=str(key))
        self.url = self.url.replace("http:", "https:")
        self.ws = self.ws.replace("ws:", "wss:")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The shop."""
    with running_site() as running:
        yield running


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, certificate: tuple[Path, Path]) -> Iterator[DeskServer]:
    """A server behind TLS, trusted by everybody in these tests."""
    with pytest.MonkeyPatch.context() as trust:
        trust.setenv("SSL_CERT_FILE", str(certificate[0]))
        running = SecureDesk(tmp_path_factory.mktemp("secure"), *certificate).migrate().start()
        yield running
        running.stop()


@pytest.fixture
def shop_office(desk: DeskServer, site: Site) -> Office:
    """A company whose widget the shop may embed."""
    return open_office(desk.database, PortalSettings(origins=[site.origin], identity_secrets=[SECRET]))


@pytest.fixture
async def ada(desk: DeskServer, shop_office: Office, site: Site, people: People) -> Shopper:
    """A customer who looks at the shop."""
    shopper = await people.join(Shopper(desk, shop_office, site), ignore_https_errors=True)
    await shopper.visit()
    return shopper


@pytest.fixture
async def lena(desk: DeskServer, shop_office: Office) -> AsyncIterator[Console]:
    """A technician, without a window."""
    async with console(desk, shop_office.worker("Lena")) as technician:
        await technician.call("list", view="new")
        yield technician


async def answer(lena: Console, text: str) -> str:
    """Take the newest ticket and say something; returns its id."""
    ticket = str((await lena.next("ticket", lambda frame: frame["fresh"]))["ticket"]["id"])
    await lena.watch(ticket)
    await lena.call("assign", ticket=ticket)
    await lena.call("join", ticket=ticket)
    await lena.say(ticket, text)
    return ticket


async def test_nothing_happens_before_the_click(ada: Shopper) -> None:
    """C-26, C-27, X-12: one script is all that is requested; nothing is stored, and the page is left alone."""
    ours = [url for url in ada.requests if url.startswith(ada.server.url)]
    assert ours == [f"{ada.server.url}/w/{ada.office.portal}.js"]
    assert len(ada.page.frames) == 1
    assert await ada.context.cookies() == []
    assert await ada.page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert (
        await ada.page.evaluate("Object.keys(window).filter((name) => name.includes('eskwire')).join()") == "Deskwire"
    )


async def test_a_chat_in_the_corner(ada: Shopper, lena: Console) -> None:
    """G-01, G-35, C-04: written and answered; an answer to the closed panel is counted; a reload keeps the chat."""
    await ada.open_widget()
    await expect(ada.field("Your name")).to_be_visible()
    key = await ada.open_ticket()
    ticket = await answer(lena, "Hello from the desk")
    await ada.hears("Hello from the desk")
    await ada.say("Hello from the shop")
    await lena.event("message", text="Hello from the shop")

    await ada.face.get_by_role("button", name="Close the chat window").click()
    await expect(ada.panel).to_be_hidden()
    await expect(ada.launcher).to_be_focused()
    await lena.say(ticket, "Are you there?")
    await expect(ada.page.get_by_role("button", name="Chat (1)")).to_be_visible()

    await ada.page.reload()
    await ada.open_widget()
    await ada.hears("Are you there?")
    assert await ada.key() == key
    await expect(ada.page.get_by_role("button", name="Chat", exact=True)).to_be_visible()
    assert await ada.page.evaluate("localStorage.length") == 0


async def test_a_cookie_of_this_site_only(ada: Shopper, lena: Console) -> None:
    """C-17: in another site's frame too the browser keeps who the customer is where no script can read it."""
    await ada.open_widget()
    await ada.open_ticket()
    await answer(lena, "Hello")
    await ada.hears("Hello")
    [cookie] = await ada.context.cookies()
    assert cookie["name"].startswith("__Host-deskwire_customer_")
    assert cookie["httpOnly"]
    assert cookie["secure"]
    assert cookie["partitionKey"] == "http://localhost"
    await expect(ada.face.get_by_text("This browser does not keep anything")).to_be_hidden()


async def test_without_cookies_the_token_is_kept_by_the_frame(server: DeskServer, people: People, site: Site) -> None:
    """C-17: a cookie that does not come back is replaced by a token in the frame's own storage."""
    neighbour = site.origin.replace("localhost", "127.0.0.1")  # for a browser one site with the server: storage works
    ada = await people.join(Shopper(server, open_office(server.database, PortalSettings(origins=[neighbour])), site))
    await ada.context.route("**/api/v1/portals/**", without_cookies)
    await ada.visit(origin=neighbour)
    await ada.open_widget()
    key = await ada.open_ticket()
    assert await ada.context.cookies() == []
    await ada.page.reload()
    await ada.open_widget()
    assert await ada.key() == key
    await expect(ada.face.get_by_text("This browser does not keep anything")).to_be_hidden()


async def test_an_account_where_no_cookie_comes_back(server: DeskServer, people: People, site: Site) -> None:
    """S-02, C-17: whoever registers is signed in by the second try, since the first one has made the account."""
    neighbour = site.origin.replace("localhost", "127.0.0.1")
    office = open_office(server.database, msgspec.structs.replace(REQUIRED, origins=[neighbour]))
    ada = await people.join(Shopper(server, office, site))
    await ada.context.route("**/api/v1/portals/**", without_cookies)
    await ada.visit(origin=neighbour)
    await ada.open_widget()
    await ada.face.get_by_role("button", name="No account yet? Create one").click()
    for label, text in {"Your name": "Ada", "E-mail address": "ada@example.com", "Password": PASSWORD}.items():
        await ada.face.get_by_label(label, exact=True).fill(text)
    await ada.face.get_by_role("button", name="Create an account", exact=True).click()
    await expect(ada.field("Description")).to_be_visible()
    await ada.page.reload()
    await ada.open_widget()
    await expect(ada.field("Description")).to_be_visible()
    ways = [request.rpartition("/")[2] for request in ada.requests if request.endswith(("/register", "/sign-in"))]
    assert ways == ["register", "sign-in"]


async def without_cookies(route: Route) -> None:
    """The answer as a browser sees it that takes no cookies."""
    asked = route.request
    if asked.url.endswith("/changes"):  # has no end, and no cookies
        await route.continue_()
        return
    async with httpx2.AsyncClient() as client:
        answer = await client.request(
            asked.method, asked.url, headers=await asked.all_headers(), content=asked.post_data_buffer
        )
    headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
    await route.fulfill(status=answer.status_code, headers=headers, body=answer.content)


async def test_without_any_storage_the_link_is_the_way_back(server: DeskServer, site: Site, people: People) -> None:
    """C-17: over plain HTTP a frame on another site may keep nothing; the chat works and says how to come back."""
    office = open_office(server.database, PortalSettings(origins=[site.origin]))
    ada = await people.join(Shopper(server, office, site))
    await ada.context.add_init_script(NO_STORAGE)
    await ada.visit()
    await ada.open_widget()
    key = await ada.open_ticket()
    await expect(ada.face.get_by_text("This browser does not keep anything")).to_be_visible()
    await ada.say("Hello")
    link = await ada.resume_link()
    elsewhere = await people.visitor(server, office)
    await elsewhere.page.goto("about:blank")
    await elsewhere.page.goto(link)
    assert await elsewhere.key() == key
    await elsewhere.hears("Hello")


async def test_a_cookie_where_the_page_is_our_own(server: DeskServer, office: Office, people: People) -> None:
    """C-17: on the portal page too no script can read what proves who the customer is."""
    ada = await people.visitor(server, office)
    await ada.open_ticket()
    [cookie] = await ada.context.cookies()
    assert cookie["name"] == f"deskwire_customer_{office.portal}"
    assert cookie["httpOnly"]
    kept = await ada.page.evaluate("JSON.stringify(localStorage) + document.cookie")
    assert cookie["value"] not in kept
    assert "token" not in kept


def identity(**claims: object) -> str:
    """What the shop's server signs for a customer who is logged in there."""
    return jwt.encode({"sub": "customer-7", "exp": int(time.time()) + 600, **claims}, SECRET, "HS256")


async def test_a_signed_name_is_verified_and_a_typed_one_is_not(
    ada: Shopper, desk: DeskServer, shop_office: Office, people: People
) -> None:
    """B-11, B-12: the mark stands beside the name that the shop has signed, and beside no other."""
    lena = await people.technician(desk, shop_office.worker("Lena"), ignore_https_errors=True)
    await ada.open_widget()
    typed = await ada.open_ticket(subject="Typed", name="Grace Hopper")
    await expect(lena.row(typed)).to_contain_text("Grace Hopper")
    await expect(lena.row(typed).get_by_text("Verified identity")).to_have_count(0)

    await ada.call(f"Deskwire.identify({identity(name='Grace Hopper')!r})")
    await expect(ada.face.get_by_text("You are writing as Grace Hopper")).to_be_visible()
    await expect(ada.field("Your name")).to_be_hidden()
    await ada.field("Subject").fill("Signed")
    await ada.field("Description").fill("It will not print")
    await ada.send_form()
    signed = await ada.key()
    await expect(lena.row(signed).get_by_text("Verified identity")).to_be_attached()
    await lena.open(signed)
    await expect(lena.ticket.get_by_text("Verified identity")).to_be_attached()
    await lena.open(typed)
    await expect(lena.ticket.get_by_text("Verified identity")).to_have_count(0)


async def test_a_forged_name_is_no_name(ada: Shopper) -> None:
    """B-12: signed with another secret it counts for nothing, and the customer goes on without it."""
    ada.expect_trouble(r"status of 403 .*/identify$")
    await ada.open_widget()
    await expect(ada.field("Subject")).to_be_visible()
    forged = jwt.encode({"sub": "x", "exp": int(time.time()) + 600, "name": "Boss"}, "z" * 32, "HS256")
    async with ada.page.expect_response("**/identify") as asked:
        await ada.call(f"Deskwire.identify({forged!r})")
    assert (await asked.value).status == 403
    await expect(ada.field("Your name")).to_be_visible()
    assert "Boss" not in await ada.page.frames[1].content()


async def test_the_site_opens_and_closes_it(desk: DeskServer, shop_office: Office, site: Site, people: People) -> None:
    """G-35: open, close and toggle by script; also what was asked before the script had arrived."""
    ada = await people.join(Shopper(desk, shop_office, site), ignore_https_errors=True)
    await ada.context.add_init_script("if (self === top) window.Deskwire = [['open']];")
    await ada.visit()
    await expect(ada.field("Subject")).to_be_visible()
    await ada.call("Deskwire.close()")
    await expect(ada.panel).to_be_hidden()
    await ada.call("Deskwire.toggle()")
    await expect(ada.panel).to_be_visible()
    await ada.call("Deskwire.toggle()")
    await expect(ada.panel).to_be_hidden()
    await ada.call("Deskwire.open()")
    await ada.field("Subject").press("Escape")
    await expect(ada.panel).to_be_hidden()
    await expect(ada.launcher).to_be_focused()


async def test_a_site_that_is_not_named_cannot_embed_it(server: DeskServer, site: Site, people: People) -> None:
    """G-35: the browser refuses the frame, whatever the site does."""
    office = open_office(server.database, PortalSettings(origins=["https://shop.example"]))
    thief = await people.join(Shopper(server, office, site))
    thief.expect_trouble("frame-ancestors")
    await thief.visit()
    async with thief.page.expect_event("console", lambda message: "frame-ancestors" in message.text):
        await thief.launcher.click()
    await thief.page.frames[1].wait_for_url("chrome-error://chromewebdata/")


async def test_strangers_are_not_heard(ada: Shopper, site: Site) -> None:
    """Messages count only between loader and app, with exact origins, both ways."""
    await ada.open_widget()
    await expect(ada.field("Subject")).to_be_visible()
    requests = len(ada.requests)
    app = ada.page.frames[1]
    forged = {"deskwire": "identify", "jwt": identity(name="Boss")}
    for origin, source in (("https://evil.example", "parent"), (site.origin, "window"), ("null", "parent")):
        await app.evaluate(
            "([data, origin, source]) => dispatchEvent(new MessageEvent('message',"
            " { data, origin, source: source === 'parent' ? parent : window }))",
            [forged, origin, source],
        )
    # to the page: from itself, and from a frame of another origin inside it
    await ada.page.evaluate("postMessage({ deskwire: 'close' }, '*')")
    await ada.page.evaluate("postMessage({ deskwire: 'unread', count: 7 }, '*')")
    await ada.page.evaluate("new Promise((resolve) => setTimeout(resolve))")
    await expect(ada.panel).to_be_visible()
    await expect(ada.page.get_by_role("button", name="Chat", exact=True)).to_be_visible()
    await expect(ada.field("Your name")).to_be_visible()
    assert not any("identify" in url for url in ada.requests[requests:])
    # the same words from the right mouth are heard
    await ada.call(f"Deskwire.identify({forged['jwt']!r})")
    await expect(ada.face.get_by_text("You are writing as Boss")).to_be_visible()
