"""The pictures in docs/pictures, taken from a demo desk of their own: `make screenshots`.

Makes a data directory in a temporary place, fills it over the HTTP API as customers and technicians would, puts its
clock back so that the desk looks lived in, and takes the pictures with Chromium ($CHROMIUM, or the system's).
"""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import httpx2
import jwt
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright

ROOT: Final = Path(__file__).parents[1]
PICTURES: Final = ROOT / "docs" / "pictures"
MOST_BYTES: Final = 100 * 1024
PASSWORD: Final = "a lantern over the harbour"
CHROMIUM_ARGS: Final = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"]

USER_AGENT: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
PEOPLE: Final = [
    ("nora@example.com", "Nora Weber", "technician"),
    ("lena@example.com", "Lena Fischer", "technician"),
    ("olga@example.com", "Olga Jansen", "administrator"),
]
BEFORE: Final = [
    ("Ben Carter", "Scanner not found", "Windows lists it, the app does not.", 155),
    ("Amina Diallo", "Export stops at 10,000 rows", "The file ends in the middle of a line.", 73),
    ("Joost de Vries", "Licence for a second site", "We open in Utrecht in March. What do we need?", 48),
    ("Анна Ковалёва", "Не приходит код для входа", "Жду уже полчаса, почту проверила.", 26),
    ("Thierry Blanc", "Impossible de joindre le standard", "Le numéro principal sonne occupé depuis ce matin.", 17),
    ("Sofia Lindqvist", "Two screens stay black after the update", "Both in the foyer, the others work.", 11),
]
"""(customer, subject, description, minutes ago), oldest first"""
AFTER: Final = ("Marek Novák", "Invoice shows the wrong address", "Our invoices still go to the old street.", 4)


class Desk:
    """A running demo, and the ways in."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DESKWIRE_")},
            "DESKWIRE_DATA_DIR": str(data),
            "DESKWIRE_PORT": str(_free_port()),
            "DESKWIRE_LOG_LEVEL": "warning",
        }
        self.url = f"http://127.0.0.1:{self.environment['DESKWIRE_PORT']}"
        self.http = httpx2.Client(base_url=self.url, timeout=20, headers={"user-agent": USER_AGENT})

    def command(self, *words: str) -> str:
        """What a command of ours prints."""
        done = subprocess.run(
            [sys.executable, "-m", "server", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"deskwire {' '.join(words)}: {done.stderr}")
        return done.stdout

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve."""
        process = subprocess.Popen([sys.executable, "-m", "server", "serve"], cwd=ROOT, env=self.environment)
        try:
            self._wait(process)
            yield
        finally:
            self.http.close()
            process.terminate()
            process.wait(timeout=30)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < deadline:
            try:
                self.http.get("/healthz")
            except httpx2.TransportError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the server did not start")

    def call(self, method: str, path: str, token: str | None = None, **body: Any) -> dict[str, Any]:
        """One request of the API."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = self.http.request(method, f"/api/v1{path}", json=body, headers=headers)
        answer.raise_for_status()
        return dict(answer.json()) if answer.content else {}

    def token_of(self, email: str) -> str:
        """A new API token of a technician."""
        return _found(r"shown once: (\S+)", self.command("technician", "token", email, "--new", "pictures"))

    def session_of(self, email: str, one_time: str) -> str:
        """The cookie of a signed-in technician who has chosen a password."""
        for path, body in (
            ("sign-in", {"email": email, "password": one_time}),
            ("me/password", {"current": one_time, "new": PASSWORD}),
        ):
            headers = {"x-deskwire": "1", "origin": self.url}
            self.http.post(f"/api/v1/{path}", json=body, headers=headers).raise_for_status()
        cookie = str(self.http.cookies["deskwire_session"])
        self.http.cookies.clear()
        return cookie

    def open(self, token: str | None, name: str, subject: str, description: str) -> str:
        """A customer describes a problem; returns the ticket's id."""
        form = {"subject": subject, "description": description, "name": name, "email": "someone@example.com"}
        opened = self.call("POST", "/portals/acme/tickets", token, client_id=str(uuid.uuid4()), lang="en", **form)
        return str(opened["ticket"]["id"])

    def put_back(self, ticket: str, minutes: float, waiting: float) -> None:
        """Make a ticket older, and spread its lines over the time since."""
        back, idle = round(minutes * 60_000), round(waiting * 60_000)
        with closing(sqlite3.connect(self.data / "deskwire.db", timeout=10)) as base, base:
            lines = base.execute("SELECT id FROM events WHERE ticket_id = ? ORDER BY staff_seq", (ticket,)).fetchall()
            for place, (line,) in enumerate(lines):
                shift = back - (back - idle) * place // max(1, len(lines) - 1)
                base.execute("UPDATE events SET at = at - ? WHERE id = ?", (shift, line))
            base.execute(
                "UPDATE tickets SET created_at = created_at - ?, queued_at = queued_at - ?,"
                " waiting_since = waiting_since - ?, last_activity_at = last_activity_at - ? WHERE id = ?",
                (back, back, idle, idle, ticket),
            )


def main() -> None:
    """Take all pictures."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.exit("The pictures need Chromium: 'apt-get install chromium', or CHROMIUM=/path/to/chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="deskwire-pictures-") as place:
        desk = Desk(Path(place))
        passwords, secret = set_up(desk)
        with desk.running(), sync_playwright() as playwright:
            ticket, link = fill(desk, secret)
            furnish(desk)
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
            console(desk, browser, desk.session_of(PEOPLE[0][0], passwords[0]), ticket)
            administration(desk, browser, desk.session_of(PEOPLE[2][0], passwords[2]))
            portal(desk, browser, link)
            browser.close()


def set_up(desk: Desk) -> tuple[list[str], str]:
    """A company with a portal and its people; returns their one-time passwords and the secret of identities."""
    desk.command("migrate")
    desk.command("company", "add", "acme", "Acme")
    desk.command("portal", "add", "acme", "--company", "acme", "--name", "Acme support", "--prefix", "ACME")
    passwords = []
    for email, name, role in PEOPLE:
        words = ("technician", "add", email, "--name", name, "--role", role, "--company", "acme")
        passwords.append(_found(r"password: (\S+)", desk.command(*words)))
    return passwords, _found(r"shown once: (\S+)", desk.command("portal", "set", "acme", "--new-identity-secret"))


def fill(desk: Desk, secret: str) -> tuple[str, str]:
    """A morning at the desk; returns the ticket to show and the secret of its resume link."""
    nora, lena = (desk.token_of(email) for email, *_rest in PEOPLE[:2])
    for token in (nora, lena):
        desk.call("PUT", "/me/availability", token, state="available")
    opened = [desk.open(None, *one[:3]) for one in BEFORE]
    for ticket, token in zip(opened, (lena, lena, nora), strict=False):
        desk.call("POST", f"/tickets/{ticket}/assign", token)
        desk.call("POST", f"/tickets/{ticket}/join", token)
    desk.call("POST", f"/tickets/{opened[0]}/close", lena, outcome="resolved")
    desk.call(
        "POST", f"/tickets/{opened[1]}/messages", lena, client_id=str(uuid.uuid4()), text="Which version do you have?"
    )
    ticket, link = conversation(desk, secret, nora)
    newest = desk.open(None, *AFTER[:3])
    for other, (*_words, minutes) in zip([*opened, newest], [*BEFORE, AFTER], strict=True):
        desk.put_back(other, minutes, minutes)
    desk.put_back(ticket, minutes=9, waiting=1)
    return ticket, link


def furnish(desk: Desk) -> None:
    """What an administrator has set up; by the command line, beside the running server."""
    desk.command("portal", "add", "billing", "--company", "acme", "--name", "Acme billing", "--prefix", "BILL")
    words = {
        "title.en": "How can we help you?",
        "title.fr": "Que se passe-t-il ?",
        "welcome.en": "Tell us what happened. Somebody of our team answers you here, usually within minutes.",
        "greeting.en": "Hello {name}, good to have you here. Your number is {key}.",
    }
    desk.command("portal", "set", "acme", *(f"setup.texts.{part}={text}" for part, text in words.items()))


def conversation(desk: Desk, secret: str, me: str) -> tuple[str, str]:
    """Ada's printer. Her name is signed by the company's own site."""
    claims = {"sub": "ada", "name": "Ada Byron", "email": "ada@example.com", "exp": int(time.time()) + 600}
    customer = desk.call("POST", "/portals/acme/identify", jwt=jwt.encode(claims, secret, algorithm="HS256"))["token"]
    ticket = desk.open(
        customer, "Ada", "Printer offline", "Good morning. The printer on the second floor says “offline” since 8:30."
    )

    def says(text: str) -> None:
        desk.call("POST", f"/customer/tickets/{ticket}/messages", customer, client_id=str(uuid.uuid4()), text=text)

    def answers(text: str, kind: str = "messages") -> None:
        desk.call("POST", f"/tickets/{ticket}/{kind}", me, client_id=str(uuid.uuid4()), text=text)

    desk.call("POST", f"/tickets/{ticket}/assign", me)
    desk.call("POST", f"/tickets/{ticket}/join", me)
    answers("Good morning Ada, I am looking at it. Does its display show a network address?")
    says("Yes: 169.254.17.3. Yesterday it began with 10.")
    answers("Fell back to a self-assigned address: no answer from DHCP. Switch port 14 again?", kind="notes")
    answers(
        "Thank you, that helps: it has lost its network. Please unplug the network cable, count to ten, plug it in."
    )
    says("Done. It prints! Was it the cable?")
    link = desk.call("POST", f"/customer/tickets/{ticket}/resume-link", customer)["resume"]
    return ticket, str(link)


def console(desk: Desk, browser: Browser, session: str, ticket: str) -> None:
    """The technician's console with one conversation open."""
    context = _context(browser, width=1440, height=860)
    context.add_cookies([{"name": "deskwire_session", "value": session, "url": desk.url}])
    page = context.new_page()
    page.goto(f"{desk.url}/console#/tickets/{ticket}/details")
    page.get_by_text("Was it the cable?").wait_for()
    page.get_by_text("Sofia Lindqvist").first.wait_for()
    page.wait_for_timeout(2_000)  # what has been read is told once a second
    _settled(page)
    _keep(page.screenshot(), "console.png")
    context.close()


def administration(desk: Desk, browser: Browser, session: str) -> None:
    """A portal's own words and colours, as an administrator sets them."""
    context = _context(browser, width=1440, height=860)
    context.add_cookies([{"name": "deskwire_session", "value": session, "url": desk.url}])
    page = context.new_page()
    page.goto(f"{desk.url}/console#/admin/portals")
    page.get_by_role("link", name="Acme support").click()
    page.get_by_role("link", name="Look and words").click()
    page.get_by_role("group", name="Language of the texts").wait_for()
    _settled(page)
    _keep(page.screenshot(), "administration.png")
    context.close()


def portal(desk: Desk, browser: Browser, link: str) -> None:
    """The same conversation on the customer's phone, by the resume link."""
    context = _context(browser, width=390, height=780)
    page = context.new_page()
    page.goto(f"{desk.url}/p/acme#resume={link}")
    page.get_by_text("Was it the cable?").wait_for()
    _settled(page)
    _keep(page.screenshot(), "portal.png")
    context.close()


def _context(browser: Browser, width: int, height: int) -> BrowserContext:
    return browser.new_context(
        viewport={"width": width, "height": height},
        locale="en-GB",
        timezone_id=_where_it_is_ten(),
        color_scheme="light",
        reduced_motion="reduce",
    )


def _where_it_is_ten() -> str:
    """A time zone in which it is ten in the morning (Etc/GMT-3 is three hours ahead of UTC)."""
    ahead = (10 - time.gmtime().tm_hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


def _settled(page: Any) -> None:
    """Nothing moves any more: two pictures in a row are the same."""
    before = b""
    for _ in range(20):
        now = page.screenshot()
        if now == before:
            return
        before = now
        page.wait_for_timeout(200)


def _keep(picture: bytes, name: str) -> None:
    """With 256 colours, of which a page of ours needs no more: a third of the bytes, and nothing to be seen."""
    small = BytesIO()
    with Image.open(BytesIO(picture)) as image:
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    if small.tell() > MOST_BYTES:
        raise RuntimeError(f"{name} has {small.tell()} bytes, more than {MOST_BYTES}")
    (PICTURES / name).write_bytes(small.getvalue())
    print(f"docs/pictures/{name}: {small.tell() // 1024} KiB")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"no {pattern!r} in: {text}")
    return match[1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
