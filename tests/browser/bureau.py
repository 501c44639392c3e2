"""A server that translates with the demo models, and people of two languages."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playwright.async_api import Locator, expect
from sqlalchemy import Connection, select

from server.clock import now_ms
from server.desk.administration.canned_replies import CannedReplies
from server.desk.translating import TRANSLATOR
from server.domain.portal import PortalSettings
from server.protocol.administration import CannedReplyDraft
from server.store import technicians, transcript, translation
from server.store.base import Tx
from server.store.tables import tickets
from server.translation import phrasebook
from tests.browser.customer import Visitor
from tests.browser.technician import Technician
from tests.support.office import Office, Worker, open_office
from tests.support.people import console
from tests.support.server import DeskServer
from tests.support.switch import switch_translation

TRANSLATES: Final = PortalSettings(translation=True)
PATIENT: Final = {"DESKWIRE_TRANSLATION_DEADLINE_SECONDS": "60"}
"""A translator that is held still for a moment is not replaced."""


def bureau(data: Path) -> DeskServer:
    """A running server with the phrasebook, English to French and back."""
    running = DeskServer(data, **PATIENT)
    phrasebook.install_missing(data / "translation" / "packages")
    running.migrate()
    open_office(running.database, TRANSLATES)  # translators start where a portal wants them
    return running.start()


def reads(office: Office, worker: Worker, lang: str) -> Worker:
    """This technician reads and writes that language."""
    office.write(lambda conn: technicians.set_language(conn, worker.id, lang))
    return worker


def switch(office: Office, *, on: bool) -> None:
    """The command line says whether the portal translates."""
    office.write(lambda conn: switch_translation(Tx(conn), office, on=on))


def canned(office: Office, title: str, **texts: str) -> None:
    """A reply that somebody has written in these languages."""
    draft = CannedReplyDraft(company=office.company, category="Replies", title=title, texts=texts)
    office.write(lambda conn: CannedReplies().add(Tx(conn), draft, now_ms()))


async def translates(server: DeskServer, worker: Worker) -> None:
    """Returns when open pages have been told so."""
    async with asyncio.timeout(30), console(server, worker, available=False) as desk:
        if not desk.of("welcome")[0]["languages"]:
            await desk.find(lambda frame: frame["type"] == "languages" and frame["languages"], 0)


@contextlib.contextmanager
def still(server: DeskServer) -> Iterator[None]:
    """The models think about nothing, until left."""
    workers = [
        pid for pid in server.workers() if b"server.translation.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert workers, "nobody translates"
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)


def forge(office: Office, key: str, lang: str, text: str) -> None:
    """What a model that has gone mad makes of a ticket's subject and of its first message."""

    def work(conn: Connection) -> None:
        prefix, number = key.rsplit("-", 1)
        query = select(tickets.c.id).where(tickets.c.key_prefix == prefix, tickets.c.key_no == int(number))
        ticket = conn.execute(query).scalar_one()
        [first] = transcript.after(conn, ticket, "staff", 0, 1)
        for of in (None, first.id):
            data = {"of": of, "lang": lang, "source": "en", "state": "done", "via": None, "reason": None}
            transcript.append(
                conn,
                company_id=office.company,
                ticket_id=ticket,
                kind="translation",
                actor=TRANSLATOR,
                now=now_ms(),
                visible=False,
                body=text,
                data=data,
            )
        translation.set_subjects(conn, ticket, {lang: text})

    office.write(work)


def bubble(window: Visitor | Technician, text: str) -> Locator:
    """The message in which this stands, with its mark."""
    return window.conversation.locator(".bubble").filter(has_text=text)


async def marked(window: Visitor | Technician, text: str, mark: str) -> None:
    """Below the message in which this stands, that is said."""
    await expect(bubble(window, text).locator(".mark").filter(has_text=mark)).to_be_visible()


async def turn(window: Visitor | Technician, text: str, button: str) -> None:
    """Press what is offered below the message in which this stands."""
    await bubble(window, text).get_by_role("button", name=button, exact=True).click()
