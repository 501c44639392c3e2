"""Two desks on one database, as two processes would be, each with a translator that is simple enough to be certain."""

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from server.desk import languages, messages, opening, reading, shapes, steps
from server.desk.interpreting import Interpreter
from server.desk.messages import Written
from server.desk.opening import OpenedTicket
from server.domain.language import Guess
from server.domain.people import Technician
from server.domain.ticket import Step
from server.protocol import codec
from server.protocol.rest import OpenTicket
from server.store import portals, technicians, tickets
from server.store.base import Announcement
from server.store.portals import PortalRecord
from server.store.tables import outbox
from server.store.tickets import TicketRecord
from server.translation.base import Outcome, Pair
from tests.desk.replicas import Transcript, decoded
from tests.desk.workshop import SOURCE, Workshop

WORDS = {"bonjour": "fr", "merci": "fr", "hello": "en", "thanks": "en", "goedemorgen": "nl"}
KNOWN = ("en", "fr", "nl")
PAIRS = [Pair(a, b, "1", f"{a}-{b}", 0, 0) for a in KNOWN for b in KNOWN if a != b]


def clear(text: str) -> Guess:
    """What a text says clearly: by its first word that we know; a number says nothing."""
    found = next((WORDS[word] for word in text.lower().split() if word in WORDS), None)
    return Guess(found, 0.95, 5) if found else Guess(None, 0.0, 0)


class Dictionary:
    """Translates "bonjour" into English as "<fr>en: bonjour". ``fails``: outcomes to give instead, one after the other.
    ``deaf``: so many times more nobody can be asked for a language.

    While ``gate`` is closed everybody waits.
    """

    def __init__(self) -> None:
        self.on_pairs: Callable[[], None] = lambda: None
        self.pairs = list(PAIRS)
        self.waiting = 0
        self.asked: Counter[tuple[str, str, str]] = Counter()
        self.fails: list[Outcome] = []
        self.deaf = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.reached = asyncio.Event()

    async def start(self) -> None:
        return

    async def close(self) -> None:
        return

    async def detect(self, text: str, candidates: Collection[str]) -> Guess | None:
        if self.deaf:
            self.deaf -= 1
            return None
        guess = clear(text)
        return guess if guess.lang in candidates else Guess(None, 0.0, guess.words, foreign=guess.lang is not None)

    async def translate(self, text: str, source: str, target: str, *, urgent: bool = True) -> Outcome:
        self.asked[text, source, target] += 1
        self.reached.set()
        await self.gate.wait()
        if self.fails:
            return self.fails.pop(0)
        if (source, target) not in {(pair.source, pair.target) for pair in self.pairs}:
            return Outcome("skipped", source=source, reason="no_pair")
        return Outcome("done", f"<{source}>{target}: {text}", source, "en" if "via" in text else None)


class Office:
    """One process: a desk, and its translator."""

    def __init__(self, shop: Workshop) -> None:
        self.shop = shop
        self.engine = Dictionary()
        self.interpreter = Interpreter(
            shop.store, shop.clock, self.engine, host="here", can=lambda: True, hears=lambda: True
        )
        self._loops: list[asyncio.Task[None]] = []

        def on_commit(told: list[Announcement]) -> None:
            shop.told.extend(told)
            for one in told:
                self.interpreter.hear(one)

        shop.store.on_commit = on_commit

    def open(self) -> None:
        """The translator begins."""
        self._loops = [asyncio.create_task(loop()) for loop in self.interpreter.loops.values()]

    async def freeze(self) -> None:
        """It takes nothing more and renews nothing; what it has in its hands it goes on with."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops = []

    async def kill(self) -> None:
        """Without a word to anybody."""
        await self.freeze()
        await self.interpreter._tasks.close()

    async def idle(self) -> None:
        """Until it has nothing in its hands, and nothing could be taken."""
        free = outbox.c.lease_until == (0 if self._loops else -1)
        query = select(outbox.c.id).where(
            outbox.c.kind.in_(("translate", "catch_up")), free | (outbox.c.lease_owner == self.interpreter.id)
        )

        def looked(conn: Connection) -> bool:
            return conn.execute(query).first() is not None

        async with asyncio.timeout(20):
            while len(self.interpreter.held) > 0 or await self.shop.store.read(looked):  # noqa: ASYNC110 - a database
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        await self.kill()
        await self.interpreter.close()
        await self.shop.close()


class Bureau:
    """Ada writes French at a portal that translates; Lena reads English, Max Dutch."""

    def __init__(self, one: Workshop, two: Workshop) -> None:
        self.one = Office(one)
        self.two = Office(two)
        self.shop = one
        self.desk = one.desk
        self._numbers: Counter[tuple[str, str]] = Counter()

    async def settle(self) -> "Bureau":
        self.portal = await self.shop.portal("Acme", translation=True)
        self.plain = await self.shop.portal("Plain")
        companies = (self.portal.company_id, self.plain.company_id)
        self.lena = await self.person("Lena", "en", *companies)
        self.max = await self.person("Max", "nl", *companies)
        return self

    async def person(self, name: str, lang: str | None, *companies: str) -> Technician:
        """A technician who reads this language."""
        technician = await self.shop.technician(name, *companies)
        if lang:
            await self.shop.store.write(lambda tx: technicians.set_language(tx.conn, technician.id, lang))
        return await self.shop.person(technician.id)

    async def opened(
        self, words: str = "bonjour", lang: str | None = "fr", portal: PortalRecord | None = None, subject: str = "1234"
    ) -> OpenedTicket:
        """A ticket of Ada's."""
        form = OpenTicket(str(uuid.uuid4()), subject, words, name="Ada", lang=lang)
        return await opening.open_ticket(self.desk, portal or self.portal, None, form, SOURCE)

    async def looks(self, technician: Technician, opened: OpenedTicket) -> None:
        """Somebody opens the ticket in the console."""
        page = await reading.staff_page(self.desk, technician, opened.ticket.id, None, None)
        await languages.opens(self.desk, technician, page.ticket)

    async def joins(self, technician: Technician, opened: OpenedTicket) -> None:
        """Somebody takes the ticket, and is in the chat."""
        await self.looks(technician, opened)
        for step in (Step.ASSIGN, Step.JOIN):
            await steps.take_step(self.desk, technician, opened.ticket.id, step)

    async def ada(self, opened: OpenedTicket, text: str) -> str:
        """Ada writes; the event's id."""
        written = self._written(opened.customer.id, opened, text)
        return (await messages.customer_writes(self.desk, opened.customer, opened.ticket.id, written)).id

    async def says(self, technician: Technician, opened: OpenedTicket, text: str) -> str:
        """A technician writes; the event's id."""
        written = self._written(technician.id, opened, text)
        return (await messages.technician_writes(self.desk, technician, opened.ticket.id, written)).id

    def _written(self, person: str, opened: OpenedTicket, text: str) -> Written:
        """As a socket sends it, with a number: PostgreSQL takes it the quick way."""
        self._numbers[person, opened.ticket.id] += 1
        return Written(str(uuid.uuid4()), text, "a" * 32, self._numbers[person, opened.ticket.id])

    # --- time, and what is found --------------------------------------------------------------------------------------

    async def waiting(self) -> int:
        """What is left for translators."""
        query = select(outbox.c.id).where(outbox.c.kind.in_(("translate", "catch_up")))
        return await self.shop.store.read(lambda conn: len(conn.execute(query).all()))

    async def done(self) -> None:
        """Until nothing is left."""
        async with asyncio.timeout(20):
            while await self.waiting():  # noqa: ASYNC110 - other tasks, and a database
                await asyncio.sleep(0.01)

    async def leases_run_out(self) -> None:
        """So much later."""
        await self.shop.store.write(lambda tx: tx.conn.execute(update(outbox).values(lease_until=0)))
        for office in (self.one, self.two):
            office.interpreter.ring()

    async def staff(self, opened: OpenedTicket) -> list[dict[str, Any]]:
        """The transcript as technicians have it; its numbers have no holes."""
        page = await reading.staff_page(self.desk, self.lena, opened.ticket.id, 0, None, whole=True)
        numbered = reading.staff_numbered(page.events)
        assert [line.seq for line in numbered] == [*range(1, page.tail + 1)]
        return [decoded(codec.encode(line.event)) for line in numbered]

    async def customer(self, opened: OpenedTicket) -> list[dict[str, Any]]:
        """The transcript as Ada has it; its numbers have no holes."""
        page = await reading.customer_page(self.desk, opened.customer, opened.ticket.id, 0, None, whole=True)
        numbered = reading.customer_numbered(page.events)
        assert [line.seq for line in numbered] == [*range(1, page.tail + 1)]
        return [decoded(codec.encode(line.event)) for line in numbered]

    async def until(self, fits: Callable[[list[dict[str, Any]]], bool], opened: OpenedTicket) -> None:
        """Until the transcript fits."""
        async with asyncio.timeout(20):
            while not fits(await self.staff(opened)):  # noqa: ASYNC110 - other tasks, and a database
                await asyncio.sleep(0.01)

    def told(self) -> list[Announcement]:
        """What was announced since the last call."""
        return self.one.shop.take() + self.two.shop.take()

    async def record(self, opened: OpenedTicket) -> TicketRecord:
        """The ticket as it is stored."""
        return await self.shop.store.read(lambda conn: tickets.unscoped(conn, opened.ticket.id))

    async def replicas(self, opened: OpenedTicket) -> tuple[Transcript, Transcript]:
        """What a technician and the customer know who open the ticket now."""
        staff = await reading.staff_page(self.desk, self.lena, opened.ticket.id, None, None)
        own = await reading.customer_page(self.desk, opened.customer, opened.ticket.id, None, None)
        pages = (
            (shapes.details(staff.ticket, staff.answers), reading.staff_numbered(staff.events), staff),
            (shapes.customer_ticket(own.ticket), reading.customer_numbered(own.events), own),
        )
        found = []
        for ticket, lines, page in pages:
            told = {"ticket": ticket, "events": lines, "tail": page.tail, "read": page.read}
            plain = msgspec.to_builtins(told)
            plain["ticket"] = plain["ticket"].get("summary", {}) | plain["ticket"]
            found.append(Transcript(plain))
        return found[0], found[1]

    async def set_translation(self, portal: PortalRecord, *, on: bool) -> None:
        """As the command line does, whom nobody hears; the next look finds it."""
        settings = msgspec.structs.replace(portal.settings, translation=on)
        await self.shop.store.write(lambda tx: portals.set_settings(tx.conn, portal.id, settings))
        self.one.interpreter.ring()

    async def details(self, opened: OpenedTicket) -> dict[str, Any]:
        """The ticket as technicians see it."""
        record = await reading.ticket(self.desk, self.lena, opened.ticket.id)
        return decoded(codec.encode(await reading.details(self.desk, record)))


def made(lines: list[dict[str, Any]]) -> list[tuple[str | None, str, str]]:
    """(of, language, text or reason) of each translation."""
    return [(one["of"], one["lang"], one["text"] or one["reason"]) for one in lines if one["kind"] == "translation"]


def newest(lines: list[dict[str, Any]]) -> dict[tuple[str | None, str], str]:
    """What counts: the last one of each text and language."""
    return {(of, lang): text for of, lang, text in made(lines)}
