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

from server.desk import announce, languages, to_translate
from server.desk.to_translate import Said, Work
from server.domain import translation as rules
from server.domain.ids import new_id
from server.domain.language import Guess
from server.metrics import TRANSLATION_SECONDS, TRANSLATIONS
from server.store import outbox, tickets, transcript, translation
from server.store.base import Store, Tx
from server.store.transcript import Actor, EventRecord
from server.store.translated import Translated
from server.store.translation import Original, TicketLanguages
from server.translation.base import Outcome, Translator

TRANSLATOR: Final = Actor("system", translation.AUTHOR, "", "")
SYSTEM: Final = Actor("system", None, "", "")
MAY_PASS: Final = ("busy", "engine")
"""Failures that another attempt may not have."""
AT_ONCE: Final = 8
"""Texts of one ticket that are brought up to date at the same time."""


class Translating:
    """The use cases of a translator. ``final``: this attempt is the last one, what fails stays failed."""

    def __init__(self, store: Store, clock: Callable[[], int], engine: Translator) -> None:
        self._store = store
        self._clock = clock
        self._engine = engine

    async def message(self, rows: list[int], work: Work | None, *, final: bool, gives_up: bool = False) -> float | None:
        """Translate a message and strike it off the outbox; else the seconds before which it is not to be tried again.

        ``gives_up``: it is said to have failed, without another look at what may have killed whoever looked.
        """
        if work is None or not work.ticket.translate:
            await self._store.write(lambda tx: outbox.done(tx.conn, rows), patient=True)
            return None
        guess = None if gives_up else await self._guess(work)
        heard = to_translate.after_vote(work, guess) if guess else work
        said = await self._say(heard, guess, urgent=True)
        done = final or (guess is not None and not _may_pass(said))
        now = self._clock()
        written = await self._at_once(rows, work, said, now) if done else None
        if written is None:
            written = await self._under_lock(rows if done else [], heard, said, now, final=final)
        if _count(written):
            TRANSLATION_SECONDS.observe(max(0, now - work.original.at) / 1000)
        return None if done else _rest_s(said)

    async def _at_once(self, rows: list[int], work: Work, said: Said, now: int) -> list[Outcome] | None:
        """The quick way, where nothing is as it rarely is; None: it is to be done under the ticket's lock."""
        translated = _translated(rows, work, said, now)
        stored = await self._store.record(translated, announce.event_frames) if translated else None
        return None if stored is None else list(said.outcomes.values())

    async def _under_lock(self, rows: list[int], work: Work, said: Said, now: int, *, final: bool) -> list[Outcome]:
        def unit(tx: Tx) -> list[Outcome]:
            ticket = _hear(tx, work, said.guess, now)
            outbox.done(tx.conn, rows)
            return _put(tx, msgspec.structs.replace(work, ticket=ticket), said, now, final=final)

        return await self._store.write(unit, patient=True)

    async def ticket(self, rows: list[int], ticket_id: str, *, final: bool) -> float | None:
        """Bring a ticket up to date, subject first; else the seconds before which the rest is not to be tried again."""
        works = await self._store.read(lambda conn: to_translate.of_ticket(conn, ticket_id))
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(work: Work) -> float | None:
            async with gate:
                said = await self._say(work, await self._guess(work), urgent=False)
            if said.outcomes:
                now = self._clock()
                _count(await self._store.write(lambda tx: _put_locked(tx, work, said, now, final=final), patient=True))
            return _rest_s(said) if _may_pass(said) else None

        rests = [rest_s for rest_s in await asyncio.gather(*(one(work) for work in works)) if rest_s is not None]
        if rests and not final:
            return max(rests)
        await self._store.write(lambda tx: outbox.done(tx.conn, rows), patient=True)
        return None

    async def _guess(self, work: Work) -> Guess | None:
        """What a text is written in: of the languages that translators and people here know. None: that failed."""
        ticket = work.ticket.languages
        known = {lang for pair in self._engine.pairs for lang in (pair.source, pair.target)}
        candidates = known | {*ticket.readers, ticket.customer or "en", work.original.technician or "en"}
        return await self._engine.detect(work.original.text, sorted(candidates))

    async def _say(self, work: Work, guess: Guess | None, *, urgent: bool) -> Said:
        """Translate into every language that is missing, all at the same time. Without a guess all of it fails: taken
        for what its author mostly writes, it would be translated from the wrong language now and then.
        """
        if guess is None:
            return to_translate.failed(work)
        source = to_translate.source_of(work, guess)
        missing = to_translate.missing_of(work, source)
        outcomes = await asyncio.gather(*(self._translate(work.original, source, lang, urgent) for lang in missing))
        return Said(guess, source, dict(zip(missing, outcomes, strict=True)))

    async def _translate(self, original: Original, source: str | None, lang: str, urgent: bool) -> Outcome:
        if source is None:
            return Outcome("skipped", reason="unknown_language")
        if source == lang:
            return Outcome("skipped", source=source, reason="same_language")
        return await self._engine.translate(original.text, source, lang, urgent=urgent)


# --- what comes of it -------------------------------------------------------------------------------------------------


def _may_pass(said: Said) -> bool:
    return any(outcome.reason in MAY_PASS for outcome in said.outcomes.values())


def _rest_s(said: Said) -> float:
    return max((outcome.rest_s for outcome in said.outcomes.values()), default=0.0)


def _translated(rows: list[int], work: Work, said: Said, now: int) -> Translated | None:
    """What comes of a message of which nothing was said before; None where it changes the customer's language."""
    if work.made or len(rows) != 1:
        return None
    ticket, heard = work.ticket, work.ticket.heard
    if work.original.by_customer:
        customer, heard = rules.vote(ticket.languages, ticket.heard, work.original.seq, said.guess)
        if customer != ticket.languages.customer:
            return None
    as_json = ticket.heard_as_stored if heard == ticket.heard else translation.heard_as_json(heard)
    missing = to_translate.missing_of(work, said.source)
    events = [_event(work, lang, said, now, visible=visible) for lang, visible in missing.items()]
    return Translated(rows[0], ticket, as_json, events)


def _event(work: Work, lang: str, said: Said, now: int, *, visible: bool) -> EventRecord:
    """A translation that has no numbers yet."""
    outcome = said.outcomes[lang]
    return EventRecord(
        id=new_id(),
        company_id=work.ticket.company_id,
        ticket_id=work.ticket.id,
        staff_seq=0,
        customer_seq=0 if visible else None,
        kind="translation",
        author_role=TRANSLATOR.role,
        author_id=TRANSLATOR.id,
        author_name=TRANSLATOR.name,
        public_name=TRANSLATOR.public_name,
        body=outcome.text,
        data=_data(work, lang, said.source, outcome),
        client_id=_client_id(work, lang, ""),
        at=now,
    )


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
    if not work.ticket.translate or to_translate.source_of(work, said.guess) != said.source:
        return []
    written = []
    for lang, visible in to_translate.missing_of(work, said.source).items():
        outcome = said.outcomes.get(lang)
        if outcome is None or (outcome.reason in MAY_PASS and not final):
            continue
        if _append(tx, work, lang, said.source, outcome, now, visible=visible):
            written.append(outcome)
    return written


def _append(tx: Tx, work: Work, lang: str, source: str | None, outcome: Outcome, now: int, *, visible: bool) -> bool:
    """Write a translation; False where it would say nothing new."""
    before = work.made.get(lang)
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
        data=_data(work, lang, source, outcome),
        client_id=client_id,
    )
    announce.event(tx, event)
    if work.original.of is None:
        _retitle(tx, work.ticket.id, lang, outcome.text)
    return True


def _retitle(tx: Tx, ticket_id: str, lang: str, text: str) -> None:
    """Lists show the subject in this language so, or as it was written where there is no such text (any more)."""
    before = tickets.unscoped(tx.conn, ticket_id)
    subjects = {one: said for one, said in before.subjects.items() if one != lang} | ({lang: text} if text else {})
    if subjects != before.subjects:
        translation.set_subjects(tx.conn, ticket_id, subjects)
        announce.summary(tx, ticket_id, before=before)


def _data(work: Work, lang: str, source: str | None, outcome: Outcome) -> dict[str, str | None]:
    return {
        "of": work.original.of,
        "lang": lang,
        "source": source,
        "state": outcome.status,
        "via": outcome.via,
        "reason": outcome.reason,
    }


def _client_id(work: Work, lang: str, before: str) -> str:
    return str(uuid.uuid5(uuid.UUID(work.original.of or work.ticket.id), f"{lang}/{before}"))


def _count(written: list[Outcome]) -> bool:
    """For metrics, once it is on disk; whether there was anything."""
    for outcome in written:
        TRANSLATIONS.labels(state=outcome.status, reason=outcome.reason or "").inc()
    return bool(written)
