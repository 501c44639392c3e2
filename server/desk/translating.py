"""From a message to its translations: what it is taken for, what is missing, and how that gets into the transcript.

The original is long delivered when this begins. A translation is an event like any other, with its own number; its
``client_id`` follows from the text, the language and the translation before it, so that of two translators who do the
same thing, or of one that does it twice, exactly one is heard.
"""

import asyncio
import uuid
from collections.abc import Callable
from typing import Final

import msgspec
from sqlalchemy import Connection

from server.desk import announce, languages
from server.domain import translation as rules
from server.domain.language import Guess
from server.domain.translation import Made
from server.metrics import TRANSLATION_SECONDS, TRANSLATIONS
from server.store import outbox, tickets, transcript, translation
from server.store.base import Store, Tx
from server.store.tables import AnyRow
from server.store.transcript import Actor
from server.store.translation import Original, TicketLanguages
from server.translation.base import Outcome, Translator

TRANSLATOR: Final = Actor("system", translation.AUTHOR, "", "")
SYSTEM: Final = Actor("system", None, "", "")
MAY_PASS: Final = ("busy", "engine")
"""Failures that another attempt may not have."""
AT_ONCE: Final = 8
"""Texts of one ticket that are brought up to date at the same time."""


class Work(msgspec.Struct, frozen=True):
    """A text, and all that decides into what it is translated."""

    ticket: TicketLanguages
    original: Original
    made: dict[str, Made]
    """by language"""


class Said(msgspec.Struct, frozen=True):
    """What translators say about a text: what they take it for, and what they made of it."""

    guess: Guess
    source: str | None
    outcomes: dict[str, Outcome]


class Translating:
    """The use cases of a translator. ``final``: this attempt is the last one, what fails stays failed."""

    def __init__(self, store: Store, clock: Callable[[], int], engine: Translator) -> None:
        self._store = store
        self._clock = clock
        self._engine = engine

    async def message(self, rows: list[int], work: Work | None, *, final: bool, gives_up: bool = False) -> bool:
        """Translate a message and strike it off the outbox; False: it is to be tried again.

        ``gives_up``: it is said to have failed, without another look at what may have killed whoever looked.
        """
        if work is None or not work.ticket.translate:
            await self._store.write(lambda tx: outbox.done(tx.conn, rows))
            return True
        guess = Guess(None, 0.0, 0) if gives_up else await self._guess(work)
        work = _after_vote(work, guess)
        said = _given_up(work, guess) if gives_up else await self._say(work, guess, urgent=True)
        done = final or not any(outcome.reason in MAY_PASS for outcome in said.outcomes.values())
        now = self._clock()

        def unit(tx: Tx) -> list[Outcome]:
            ticket = _hear(tx, work, guess, now)
            if done:
                outbox.done(tx.conn, rows)
            return _put(tx, msgspec.structs.replace(work, ticket=ticket), said, now, final=final)

        written = _count(await self._store.write(unit))
        if written:
            TRANSLATION_SECONDS.observe(max(0, now - work.original.at) / 1000)
        return done

    async def ticket(self, rows: list[int], ticket_id: str, *, final: bool) -> bool:
        """Bring a ticket up to date, subject first; False: some of it is to be tried again."""
        works = await self._store.read(lambda conn: _of_ticket(conn, ticket_id))
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(work: Work) -> bool:
            async with gate:
                said = await self._say(work, await self._guess(work), urgent=False)
            if said.outcomes:
                _count(await self._store.write(lambda tx: _put_locked(tx, work, said, self._clock(), final=final)))
            return not any(outcome.reason in MAY_PASS for outcome in said.outcomes.values())

        whole = all(await asyncio.gather(*(one(work) for work in works)))
        if whole or final:
            await self._store.write(lambda tx: outbox.done(tx.conn, rows))
        return whole or final

    async def _guess(self, work: Work) -> Guess:
        """What a text is written in: of the languages that translators and people here know."""
        ticket = work.ticket.languages
        known = {lang for pair in self._engine.pairs for lang in (pair.source, pair.target)}
        candidates = known | {*ticket.readers, ticket.customer or "en", work.original.technician or "en"}
        return await self._engine.detect(work.original.text, sorted(candidates))

    async def _say(self, work: Work, guess: Guess, *, urgent: bool) -> Said:
        """Translate into every language that is missing, all at the same time."""
        source = _source(work, guess)
        missing = _missing(work, source)
        outcomes = await asyncio.gather(*(self._translate(work.original, source, lang, urgent) for lang in missing))
        return Said(guess, source, dict(zip(missing, outcomes, strict=True)))

    async def _translate(self, original: Original, source: str | None, lang: str, urgent: bool) -> Outcome:
        if source is None:
            return Outcome("skipped", reason="unknown_language")
        if source == lang:
            return Outcome("skipped", source=source, reason="same_language")
        return await self._engine.translate(original.text, source, lang, urgent=urgent)


# --- what there is to do ----------------------------------------------------------------------------------------------


def messages(conn: Connection, rows: list[AnyRow]) -> dict[int, Work]:
    """What rows of the outbox come to, by their ids; nothing for what is no message.

    Only for who takes a message once more something may have been made of it. Where it was after all, that counts.
    """
    originals = translation.messages(conn, [row.event_id for row in rows])
    of_tickets = translation.of_tickets(conn, [row.ticket_id for row in rows])
    works = {}
    for row in rows:
        if original := originals.get(row.event_id):
            made = translation.made_since(conn, row.ticket_id, original.seq) if row.attempts > 1 else {}
            works[row.id] = Work(of_tickets[row.ticket_id], original, made.get(row.event_id, {}))
    return works


def _of_ticket(conn: Connection, ticket_id: str) -> list[Work]:
    """The subject and the last messages; nothing where nothing is translated any more."""
    ticket = translation.of_ticket(conn, ticket_id)
    if not ticket.translate:
        return []
    messages = translation.last_messages(conn, ticket_id)
    first = messages[0].seq if messages else 0
    made = translation.made_since(conn, ticket_id, first)
    subject = Original(None, 0, 0, ticket.subject, by_customer=True, technician=None)
    works = [Work(ticket, message, made.get(message.of, {})) for message in messages]
    return [Work(ticket, subject, translation.made_of_subject(conn, ticket_id)), *works]


def _known(work: Work) -> str | None:
    """What the author of a text is known to write."""
    return work.ticket.languages.customer if work.original.by_customer else work.original.technician


def _source(work: Work, guess: Guess) -> str | None:
    ticket, by_customer = work.ticket.languages, work.original.by_customer
    others = [*ticket.readers, *([] if by_customer or ticket.customer is None else [ticket.customer])]
    return rules.source_of(guess, _known(work), chosen=by_customer and ticket.chosen, others=others)


def _missing(work: Work, source: str | None) -> dict[str, bool]:
    """Languages about which something is still to be said, and whether the customer gets that."""
    targets = rules.targets(work.ticket.languages, by_customer=work.original.by_customer)
    return {
        lang: visible
        for lang, visible in targets.items()
        if rules.is_open(lang, source, _known(work), work.made.get(lang), visible=visible)
    }


def _after_vote(work: Work, guess: Guess) -> Work:
    """As it will be when this message has been heard."""
    if not work.original.by_customer:
        return work
    ticket = work.ticket
    customer, _heard = rules.vote(ticket.languages, ticket.heard, work.original.seq, guess)
    voted = msgspec.structs.replace(ticket.languages, customer=customer)
    return msgspec.structs.replace(work, ticket=msgspec.structs.replace(ticket, languages=voted))


def _given_up(work: Work, guess: Guess) -> Said:
    source = _source(work, guess)
    return Said(guess, source, {lang: Outcome("failed", reason="engine") for lang in _missing(work, source)})


# --- what comes of it -------------------------------------------------------------------------------------------------


def _hear(tx: Tx, work: Work, guess: Guess, now: int) -> TicketLanguages:
    """Let a message of the customer's count in the vote on his language. Returns the ticket, locked, as it is now."""
    ticket = translation.locked(tx.conn, work.ticket.id)
    if not work.original.by_customer:
        return ticket
    customer, heard = rules.vote(ticket.languages, ticket.heard, work.original.seq, guess)
    if heard != ticket.heard:
        translation.set_heard(tx.conn, ticket.id, heard)
    if customer is None or customer == ticket.languages.customer:
        return ticket
    languages.change(tx, ticket.id, customer, SYSTEM, now, chosen=False)
    return translation.of_ticket(tx.conn, ticket.id)


def _put_locked(tx: Tx, work: Work, said: Said, now: int, *, final: bool) -> list[Outcome]:
    ticket = translation.locked(tx.conn, work.ticket.id)
    return _put(tx, msgspec.structs.replace(work, ticket=ticket), said, now, final=final)


def _put(tx: Tx, work: Work, said: Said, now: int, *, final: bool) -> list[Outcome]:
    """Write what is not written yet; returns that. The ticket is locked, and in ``work`` as it is now.

    Languages may have changed since the text was looked at. What does not fit any more is left away: whoever changed
    them has left a note in the outbox, and the ticket is looked at again.
    """
    if not work.ticket.translate or _source(work, said.guess) != said.source:
        return []
    written = []
    for lang, visible in _missing(work, said.source).items():
        outcome = said.outcomes.get(lang)
        if outcome is None or (outcome.reason in MAY_PASS and not final):
            continue
        if _append(tx, work, lang, said.source, outcome, now, visible=visible):
            written.append(outcome)
    return written


def _append(tx: Tx, work: Work, lang: str, source: str | None, outcome: Outcome, now: int, *, visible: bool) -> bool:
    """Write a translation; False where it would say nothing new."""
    before, of = work.made.get(lang), work.original.of
    if before is not None and before.says(source, outcome.status, outcome.reason, visible=visible):
        return False
    client_id = _client_id(work, lang, before.id if before else "")
    other = transcript.by_client_id(tx.conn, work.ticket.id, translation.AUTHOR, client_id)
    if other is not None:  # somebody else was faster
        if outcome.status != "done" or (other.data or {})["state"] == "done":
            return False
        client_id = _client_id(work, lang, other.id)
    event = transcript.append(
        tx.conn,
        company_id=work.ticket.company_id,
        ticket_id=work.ticket.id,
        kind="translation",
        actor=TRANSLATOR,
        now=now,
        visible=visible,
        quiet=True,
        body=outcome.text,
        data={
            "of": of,
            "lang": lang,
            "source": source,
            "state": outcome.status,
            "via": outcome.via,
            "reason": outcome.reason,
        },
        client_id=client_id,
    )
    announce.event(tx, event)
    if of is None:
        _retitle(tx, work.ticket.id, lang, outcome.text)
    return True


def _retitle(tx: Tx, ticket_id: str, lang: str, text: str) -> None:
    """Lists show the subject in this language so, or as it was written where there is no such text (any more)."""
    before = tickets.unscoped(tx.conn, ticket_id)
    subjects = {one: said for one, said in before.subjects.items() if one != lang} | ({lang: text} if text else {})
    if subjects != before.subjects:
        translation.set_subjects(tx.conn, ticket_id, subjects)
        announce.summary(tx, ticket_id, before=before)


def _client_id(work: Work, lang: str, before: str) -> str:
    return str(uuid.uuid5(uuid.UUID(work.original.of or work.ticket.id), f"{lang}/{before}"))


def _count(written: list[Outcome]) -> bool:
    """For metrics, once it is on disk; whether there was anything."""
    for outcome in written:
        TRANSLATIONS.labels(state=outcome.status, reason=outcome.reason or "").inc()
    return bool(written)
