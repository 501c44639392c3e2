"""Translations in the transcript: who gets which, exactly once, whatever happens to those who make them.

On SQLite and PostgreSQL in turn, with two desks on one database, as two processes would be.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, select, update

from server.bus import topics
from server.desk import announce, languages, messages, reading, searching, steps
from server.desk.indexing import Indexer
from server.desk.interpreting import GIVES_UP
from server.desk.messages import Written
from server.desk.sweeping import UNTRANSLATED_MS, Sweeper
from server.domain.ticket import Step
from server.errors import BadInput
from server.protocol.shared import Message
from server.store import presence, translators
from server.store.tables import outbox
from server.store.translators import TranslatorRecord
from server.translation.base import Outcome, Reason
from tests.desk.bureau import PAIRS, Bureau, made, newest
from tests.desk.replicas import decoded
from tests.desk.workshop import Workshop


@pytest.fixture
async def bureau(two_shops: tuple[Workshop, Workshop]) -> AsyncIterator[Bureau]:
    opened = await Bureau(*two_shops).settle()
    yield opened
    await opened.one.kill()  # before their shops are closed: a translator that finds it closed ends with an error
    await opened.two.kill()


async def test_each_side_reads_its_own_language(bureau: Bureau) -> None:
    bureau.one.open()
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    asked = await bureau.ada(ticket, "merci")
    answered = await bureau.says(bureau.lena, ticket, "hello")
    await bureau.done()
    staff, customer = await bureau.staff(ticket), await bureau.customer(ticket)
    first = staff[0]["id"]
    assert sorted(made(staff), key=str) == sorted(
        [
            (None, "en", "<fr>en: 1234"),
            (first, "en", "<fr>en: bonjour"),
            (asked, "en", "<fr>en: merci"),
            (answered, "fr", "<en>fr: hello"),
        ],
        key=str,
    )
    assert made(customer) == [(answered, "fr", "<en>fr: hello")]


async def test_translations_make_nobody_read_or_wait(bureau: Bureau) -> None:
    """They are no news: unread, last activity and who waits for an answer stay as the message left them."""
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    bureau.shop.clock.now += 1_000
    await bureau.says(bureau.lena, ticket, "hello")
    bureau.shop.clock.now += 1_000
    await bureau.ada(ticket, "merci")
    before = await bureau.record(ticket)
    bureau.shop.clock.now += 60_000
    bureau.one.open()
    await bureau.done()
    after = await bureau.record(ticket)
    assert after.staff_seq > before.staff_seq
    for name in ("last_activity_at", "waiting_since", "unread", "customer_unread"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.list_seq == before.list_seq + 1, "of the subject alone lists are told"


async def test_what_was_told_is_what_a_reader_finds(bureau: Bureau) -> None:
    """Old snapshot + events = fresh snapshot: lines, the customer's language, and that of who is in the chat."""
    bureau.one.open()
    ticket = await bureau.opened("hello", lang="en")
    await bureau.done()
    staff, customer = await bureau.replicas(ticket)
    bureau.told()
    await bureau.joins(bureau.lena, ticket)
    await bureau.ada(ticket, "bonjour")
    await bureau.ada(ticket, "merci")
    await bureau.says(bureau.lena, ticket, "hello")
    await bureau.done()
    for told in bureau.told():
        for replica, topic in ((staff, topics.staff(ticket.ticket.id)), (customer, topics.customer(ticket.ticket.id))):
            if told.topic == topic and told.seq:
                replica.apply(decoded(told.frame))
    fresh_staff, fresh_customer = await bureau.replicas(ticket)
    assert (staff.lines, staff.language) == (fresh_staff.lines, fresh_staff.language)
    assert (customer.lines, customer.language) == (fresh_customer.lines, fresh_customer.language)
    assert (customer.language, customer.reader) == ("fr", "en")
    assert fresh_customer.reader == "en"
    await steps.take_step(bureau.desk, bureau.lena, ticket.ticket.id, Step.END_CHAT)
    assert (await bureau.customer(ticket))[-1]["reader"] is None


# --- which language ---------------------------------------------------------------------------------------------------


async def test_the_messages_say_which_language_it_is(bureau: Bureau) -> None:
    """B-22: the page was Dutch, he writes French: one line tells both, and what was said is translated from French."""
    bureau.one.open()
    ticket = await bureau.opened("4711", lang="nl")
    await bureau.joins(bureau.lena, ticket)
    answered = await bureau.says(bureau.lena, ticket, "hello")
    await bureau.done()
    assert (answered, "nl", "<en>nl: hello") in made(await bureau.customer(ticket))
    asked = await bureau.ada(ticket, "bonjour")
    await bureau.done()
    lines = await bureau.customer(ticket)
    [found] = [line for line in lines if line["kind"] == "language"]
    assert (found["lang"], found["author"]) == ("fr", {"role": "system", "name": "", "id": None})
    assert made(lines)[-1] == (answered, "fr", "<en>fr: hello")
    staff = await bureau.staff(ticket)
    assert (asked, "en", "<fr>en: bonjour") in made(staff)
    assert newest(staff)[staff[0]["id"], "en"] == "<fr>en: 4711"
    for junk in ("48213", "ok", "👍", "https://example.com/x"):
        await bureau.ada(ticket, junk)
    await bureau.done()
    assert (await bureau.details(ticket))["language"] == "fr"


async def test_what_a_person_says_no_message_changes(bureau: Bureau) -> None:
    """B-22: either side corrects the language; translations from the wrong one are followed by others."""
    bureau.one.open()
    ticket = await bureau.opened("4711", lang="fr")
    await bureau.joins(bureau.lena, ticket)
    await bureau.done()
    first = (await bureau.staff(ticket))[0]["id"]
    assert newest(await bureau.staff(ticket))[first, "en"] == "<fr>en: 4711"
    await languages.set_customers(bureau.desk, bureau.lena, ticket.ticket.id, "nl-BE")
    await bureau.done()
    assert newest(await bureau.staff(ticket))[first, "en"] == "<nl>en: 4711"
    await bureau.ada(ticket, "bonjour")
    await bureau.done()
    assert (await bureau.details(ticket))["language"] == "nl"
    told = await languages.customer_speaks(bureau.desk, ticket.customer, ticket.ticket.id, "en")
    assert told.language == "en"
    await bureau.done()
    staff = await bureau.staff(ticket)
    assert newest(staff)[first, "en"] == "same_language"
    assert [line["author"]["role"] for line in staff if line["kind"] == "language"] == ["technician", "customer"]
    with pytest.raises(BadInput):
        await languages.customer_speaks(bureau.desk, ticket.customer, ticket.ticket.id, "1")


async def test_whoever_opens_the_ticket_reads_all_of_it(bureau: Bureau) -> None:
    """What was said before is translated for the next technician too; what he reads, what he writes."""
    bureau.one.open()
    ticket = await bureau.opened("bonjour", subject="merci")
    await bureau.joins(bureau.lena, ticket)
    answered = await bureau.says(bureau.lena, ticket, "hello")
    await bureau.done()
    assert not [lang for _of, lang, _text in made(await bureau.staff(ticket)) if lang == "nl"]
    bureau.shop.clock.now += 1
    await bureau.looks(bureau.max, ticket)
    await bureau.looks(bureau.max, ticket)
    await bureau.done()
    first = (await bureau.staff(ticket))[0]["id"]
    dutch = {(of, text) for of, lang, text in made(await bureau.staff(ticket)) if lang == "nl"}
    assert dutch == {(None, "<fr>nl: merci"), (first, "<fr>nl: bonjour"), (answered, "<en>nl: hello")}
    assert (await bureau.details(ticket))["languages"] == ["nl", "en"]
    assert [lang for _of, lang, _text in made(await bureau.customer(ticket))] == ["fr"]


async def test_whoever_takes_a_ticket_over_http_reads_it_too(bureau: Bureau) -> None:
    """Without a console that has opened it."""
    bureau.one.open()
    ticket = await bureau.opened("bonjour")
    await steps.take_step(bureau.desk, bureau.lena, ticket.ticket.id, Step.ASSIGN)
    await bureau.done()
    first = (await bureau.staff(ticket))[0]["id"]
    assert newest(await bureau.staff(ticket))[first, "en"] == "<fr>en: bonjour"


async def test_lists_have_the_subject_in_the_languages_of_those_who_opened_the_ticket(bureau: Bureau) -> None:
    """B-22: told as it is stored, and taken back when the customer turns out to write that language."""
    bureau.one.open()
    ticket = await bureau.opened("bonjour", subject="merci")
    assert (await bureau.record(ticket)).subjects == {}
    await bureau.joins(bureau.lena, ticket)
    await bureau.looks(bureau.max, ticket)
    await bureau.done()
    found = {"en": "<fr>en: merci", "nl": "<fr>nl: merci"}
    assert (await bureau.record(ticket)).subjects == found
    for topic in (topics.company_list(ticket.ticket.company_id), topics.person(bureau.lena.id)):
        frames = [decoded(told.frame) for told in bureau.one.shop.told if told.topic == topic]
        assert [frame["ticket"]["subjects"] for frame in frames if "ticket" in frame][-1] == found, topic
    await languages.set_customers(bureau.desk, bureau.lena, ticket.ticket.id, "nl")
    await bureau.done()
    assert (await bureau.record(ticket)).subjects == {"en": "<nl>en: merci"}


async def test_five_languages_are_four(bureau: Bureau) -> None:
    ticket = await bureau.opened()
    for number, lang in enumerate(("en", "nl", "de", "es", "it")):
        bureau.shop.clock.now += 1
        person = await bureau.person(f"Reader{number}", lang, bureau.portal.company_id)
        await bureau.looks(person, ticket)
    assert (await bureau.details(ticket))["languages"] == ["it", "es", "de", "nl"]


async def test_a_technician_who_changes_his_language_reads_his_tickets_in_it(bureau: Bureau) -> None:
    bureau.one.open()
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    await bureau.done()
    changed = await languages.choose_own(bureau.desk, bureau.lena.id, "nl")
    assert changed.language == "nl"
    await bureau.done()
    first = (await bureau.staff(ticket))[0]["id"]
    assert newest(await bureau.staff(ticket))[first, "nl"] == "<fr>nl: bonjour"


# --- what is not translated -------------------------------------------------------------------------------------------


async def test_nothing_happens_where_nothing_is_translated(bureau: Bureau) -> None:
    """B-21: a portal that does not translate costs nothing: no row, no bell; and nobody is told of languages."""
    ticket = await bureau.opened("bonjour", portal=bureau.plain)
    await bureau.joins(bureau.lena, ticket)
    bureau.told()
    await bureau.ada(ticket, "merci")
    await bureau.says(bureau.lena, ticket, "hello")
    assert await bureau.waiting() == 0
    assert announce.TO_TRANSLATE not in bureau.told()
    details = await bureau.details(ticket)
    assert (details["translates"], details["languages"]) == (False, [])


async def test_notes_and_what_is_in_the_same_language(bureau: Bureau) -> None:
    """Notes are for colleagues; who is answered in his own language needs no translation, and hears so."""
    bureau.one.open()
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    note = await messages.technician_notes(
        bureau.desk, bureau.lena, ticket.ticket.id, Written(str(uuid.uuid4()), "hello")
    )
    in_his = await bureau.says(bureau.lena, ticket, "bonjour")
    await bureau.done()
    staff = await bureau.staff(ticket)
    assert note.id not in {of for of, _lang, _text in made(staff)}
    assert made(await bureau.customer(ticket)) == [(in_his, "fr", "same_language")]
    assert newest(staff)[in_his, "en"] == "<fr>en: bonjour"
    other = await bureau.opened("hello", lang="en")
    await bureau.joins(bureau.lena, other)
    await bureau.ada(other, "thanks")
    await bureau.done()
    assert made(await bureau.staff(other)) == []


async def test_what_is_clearly_in_another_language_is_not_translated_from_the_wrong_one(bureau: Bureau) -> None:
    """The browser said English, the customer writes Dutch, and nobody here knows Dutch: until a pair does."""
    bureau.one.engine.pairs = [pair for pair in PAIRS if "nl" not in (pair.source, pair.target)]
    bureau.one.open()
    ticket = await bureau.opened("goedemorgen", lang="en")
    await bureau.looks(await bureau.person("Remy", "fr", bureau.portal.company_id), ticket)
    await bureau.done()
    first = (await bureau.staff(ticket))[0]["id"]
    assert newest(await bureau.staff(ticket))[first, "fr"] == "unknown_language"
    assert not bureau.one.engine.asked["goedemorgen", "en", "fr"]
    bureau.one.engine.pairs = list(PAIRS)
    bureau.one.engine.on_pairs()
    await bureau.until(lambda lines: newest(lines)[first, "fr"] == "<nl>fr: goedemorgen", ticket)


async def test_an_unknown_language_and_a_missing_pair(bureau: Bureau) -> None:
    """The original has to do, and everybody can see why; with the pair installed it is made up for."""
    bureau.one.engine.pairs = []
    bureau.one.open()
    unknown = await bureau.opened("4711", lang=None)
    missing = await bureau.opened("bonjour")
    for ticket in (unknown, missing):
        await bureau.looks(bureau.lena, ticket)
    await bureau.done()
    assert {text for _of, _lang, text in made(await bureau.staff(unknown))} == {"unknown_language"}
    assert {text for _of, _lang, text in made(await bureau.staff(missing))} == {"no_pair"}
    bureau.one.engine.pairs = list(PAIRS)
    bureau.one.engine.on_pairs()
    first = (await bureau.staff(missing))[0]["id"]
    await bureau.until(lambda lines: newest(lines)[first, "en"] == "<fr>en: bonjour", missing)


async def test_pairs_that_came_while_nobody_ran_are_made_up_for(bureau: Bureau) -> None:
    """Once: who starts with what there was before leaves tickets alone."""
    bureau.one.engine.pairs = [pair for pair in PAIRS if pair.source != "fr"]
    bureau.one.open()
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    await bureau.done()
    first = (await bureau.staff(ticket))[0]["id"]
    assert newest(await bureau.staff(ticket))[first, "en"] == "no_pair"
    await bureau.one.kill()
    await bureau.one.interpreter.close()
    bureau.two.open()  # it has all
    await bureau.until(lambda lines: newest(lines)[first, "en"] == "<fr>en: bonjour", ticket)
    await bureau.done()
    assert not await bureau.two.shop.store.write(lambda tx: translators.learned(tx.conn, bureau.two.shop.clock()))


async def test_a_portal_is_switched_on_and_off(bureau: Bureau) -> None:
    """B-21: open tickets follow; a closed one does when it is opened again."""
    bureau.one.open()
    running = await bureau.opened("bonjour", portal=bureau.plain)
    closed = await bureau.opened("merci", portal=bureau.plain)
    for ticket in (running, closed):
        await bureau.joins(bureau.lena, ticket)
    await steps.take_step(bureau.desk, bureau.lena, closed.ticket.id, Step.CLOSE)
    await bureau.set_translation(bureau.plain, on=True)
    await bureau.done()
    first = (await bureau.staff(running))[0]["id"]
    assert newest(await bureau.staff(running)) == {(None, "en"): "<fr>en: 1234", (first, "en"): "<fr>en: bonjour"}
    assert not (await bureau.details(closed))["translates"]
    await steps.take_step(bureau.desk, bureau.lena, closed.ticket.id, Step.REOPEN)
    assert (await bureau.details(closed))["translates"]
    await bureau.set_translation(bureau.plain, on=False)
    late = await bureau.ada(running, "merci")
    await bureau.done()
    assert late not in {of for of, _lang in newest(await bureau.staff(running))}


# --- exactly once, whatever happens -----------------------------------------------------------------------------------


async def test_two_translators_make_each_translation_once(bureau: Bureau) -> None:
    """B-23: both take what waits, and both bring the same tickets up to date."""
    tickets = [await bureau.opened(f"bonjour {number}") for number in range(6)]
    for ticket in tickets:
        await bureau.joins(bureau.lena, ticket)
        for number in range(4):
            await bureau.ada(ticket, f"merci {number}")
            await bureau.says(bureau.lena, ticket, f"hello {number}")
    bureau.one.open()
    bureau.two.open()
    await bureau.done()
    for ticket in tickets:
        staff, customer = await bureau.staff(ticket), await bureau.customer(ticket)
        keys = [(of, lang) for of, lang, _text in made(staff)]
        assert len(keys) == len(set(keys)) == 1 + 5 + 4
        assert len(made(customer)) == 4


async def test_what_a_dead_translator_held_is_taken_over(bureau: Bureau) -> None:
    """It had everything in its hands, and said nothing more; what it says after all changes nothing."""
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    bureau.one.engine.gate.clear()
    bureau.one.open()
    await asyncio.wait_for(bureau.one.engine.reached.wait(), 20)
    await bureau.one.freeze()
    await bureau.leases_run_out()
    bureau.two.open()
    await bureau.done()
    before = await bureau.staff(ticket)
    assert sorted(text for _of, _lang, text in made(before)) == ["<fr>en: 1234", "<fr>en: bonjour"]
    bureau.one.engine.gate.set()
    await bureau.one.idle()
    assert bureau.one.engine.asked
    assert await bureau.staff(ticket) == before


async def test_what_waits_for_a_translator_in_vain_has_a_bound(bureau: Bureau) -> None:
    """B-23: an hour later one row for each open ticket, and none for closed ones. Whoever reads on reads all of it."""
    kept, closed = [await bureau.opened("bonjour") for _ in range(2)]
    for ticket in (kept, closed):
        await bureau.joins(bureau.lena, ticket)
        for _ in range(3):
            await bureau.ada(ticket, "merci")
    await steps.take_step(bureau.desk, bureau.lena, closed.ticket.id, Step.CLOSE)
    sweeper, waiting = Sweeper(bureau.desk), await bureau.waiting()
    await sweeper.untranslated()
    assert await bureau.waiting() == waiting - 1 == 2 * 4 + 1, "young ones wait on; somebody has read the closed one"
    for _ in range(2):
        await bureau.ada(kept, "merci")
        bureau.shop.clock.now += UNTRANSLATED_MS + 1
        await sweeper.untranslated()
        assert await bureau.waiting() == 1

    bureau.one.open()
    await bureau.done()
    assert len(made(await bureau.staff(kept))) == 1 + 4 + 2
    assert made(await bureau.staff(closed)) == []
    await bureau.looks(bureau.lena, closed)
    await bureau.done()
    assert len(made(await bureau.staff(closed))) == 1 + 4


async def test_where_a_translator_is_nothing_is_forgotten(bureau: Bureau) -> None:
    """One that is too slow has less to do, and closed tickets get theirs too."""
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    for _ in range(3):
        await bureau.ada(ticket, "merci")
    await steps.take_step(bureau.desk, bureau.lena, ticket.ticket.id, Step.CLOSE)
    bureau.shop.clock.now += UNTRANSLATED_MS + 1
    busy = TranslatorRecord("busy", "elsewhere", [], 2 * bureau.shop.clock.now)
    await bureau.shop.store.write(lambda tx: translators.register(tx.conn, busy))
    await Sweeper(bureau.desk).untranslated()
    assert await bureau.waiting() == 1
    bureau.one.open()
    await bureau.done()
    assert len(made(await bureau.staff(ticket))) == 1 + 4


async def test_a_language_that_is_corrected_meanwhile_counts(bureau: Bureau) -> None:
    """A result that comes late is of no language that anybody still believes in: it is dropped, and made anew."""
    ticket = await bureau.opened("4711", lang="fr")
    await bureau.joins(bureau.lena, ticket)
    bureau.one.engine.gate.clear()
    bureau.one.open()
    await asyncio.wait_for(bureau.one.engine.reached.wait(), 20)
    await languages.set_customers(bureau.desk, bureau.lena, ticket.ticket.id, "nl")
    bureau.one.engine.gate.set()
    await bureau.done()
    staff = await bureau.staff(ticket)
    first = staff[0]["id"]
    assert newest(staff)[first, "en"] == "<nl>en: 4711"
    assert [text for of, _lang, text in made(staff) if of == first] == ["<nl>en: 4711"]


@pytest.mark.parametrize("reason", ["busy", "engine"])
async def test_what_fails_for_a_moment_is_tried_again(bureau: Bureau, reason: Reason) -> None:
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    bureau.one.open()
    await bureau.done()
    bureau.one.engine.fails = [Outcome("failed", source="fr", reason=reason)] * 2
    asked = await bureau.ada(ticket, "merci")
    await bureau.one.idle()
    assert asked not in {of for of, _lang, _text in made(await bureau.staff(ticket))}
    for _ in range(2):
        await bureau.leases_run_out()
        await bureau.one.idle()
    assert newest(await bureau.staff(ticket))[asked, "en"] == "<fr>en: merci"


@pytest.mark.parametrize("lang", ["nl", None])
async def test_a_language_that_could_not_be_asked_for_is_asked_again(bureau: Bureau, lang: str | None) -> None:
    """Nothing is said meanwhile: not that the language is unknown, and no translation from what is only supposed."""
    ticket = await bureau.opened("4711", lang=lang)
    await bureau.joins(bureau.lena, ticket)
    bureau.one.open()
    await bureau.done()
    bureau.one.engine.deaf = 2
    asked = await bureau.ada(ticket, "bonjour")
    await bureau.one.idle()
    for _ in range(2):
        assert asked not in {of for of, _lang, _text in made(await bureau.staff(ticket))}
        await bureau.leases_run_out()
        await bureau.one.idle()
    assert [text for of, _lang, text in made(await bureau.staff(ticket)) if of == asked] == ["<fr>en: bonjour"]
    assert (await bureau.details(ticket))["language"] == "fr"


async def test_a_language_that_nobody_can_ever_be_asked_for(bureau: Bureau) -> None:
    """That has failed, like anything else; the next look may find more."""
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    bureau.one.open()
    await bureau.done()
    bureau.one.engine.deaf = 3
    asked = await bureau.ada(ticket, "merci")
    for _ in range(3):
        await bureau.one.idle()
        await bureau.leases_run_out()
    await bureau.done()
    assert newest(await bureau.staff(ticket))[asked, "en"] == "engine"
    await bureau.looks(bureau.max, ticket)
    await bureau.done()
    assert newest(await bureau.staff(ticket))[asked, "en"] == "<fr>en: merci"


@pytest.mark.parametrize("rest_s", [0.0, 600.0])
async def test_no_attempt_is_made_while_the_languages_rest(bureau: Bureau, rest_s: float) -> None:
    """Or all of them would be over before anybody tries again."""
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    bureau.one.open()
    await bureau.done()
    bureau.one.engine.fails = [Outcome("failed", source="fr", reason="engine", rest_s=rest_s)]
    await bureau.ada(ticket, "merci")
    await bureau.one.idle()

    def pause_s(conn: Connection) -> float:
        until: int = conn.execute(select(outbox.c.lease_until).where(outbox.c.kind == "translate")).scalar_one()
        return (until - presence.now_ms(conn, bureau.shop.clock)) / 1_000

    assert (await bureau.shop.store.read(pause_s) > 300) is (rest_s > 300)


async def test_what_goes_on_failing_has_failed(bureau: Bureau) -> None:
    """Three attempts; nonsense is not tried twice. Everybody can see that the original has to do."""
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    bureau.one.open()
    await bureau.done()
    reasons: list[tuple[Reason, int]] = [("engine", 3), ("bad_output", 1)]
    for reason, attempts in reasons:
        bureau.one.engine.fails = [Outcome("failed", source="fr", reason=reason)] * attempts
        asked = await bureau.ada(ticket, f"merci {reason}")
        for _ in range(attempts):
            await bureau.one.idle()
            await bureau.leases_run_out()
        await bureau.done()
        assert newest(await bureau.staff(ticket))[asked, "en"] == reason
        assert bureau.one.engine.fails == []


async def test_a_message_that_kills_whoever_takes_it_is_left_alone(bureau: Bureau) -> None:
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    bureau.one.open()
    await bureau.done()
    asked_before = sum(bureau.one.engine.asked.values())
    await bureau.one.kill()
    asked = await bureau.ada(ticket, "merci")
    await bureau.shop.store.write(lambda tx: tx.conn.execute(update(outbox).values(attempts=GIVES_UP - 1)))
    bureau.two.open()
    await bureau.done()
    assert newest(await bureau.staff(ticket))[asked, "en"] == "engine"
    assert sum(bureau.two.engine.asked.values()) == 0
    assert sum(bureau.one.engine.asked.values()) == asked_before


async def test_a_translator_that_ends_gives_back_what_it_has(bureau: Bureau) -> None:
    """In order: the next one takes it at once, and nobody counts on the one that has gone."""
    ticket = await bureau.opened("bonjour")
    await bureau.looks(bureau.lena, ticket)
    bureau.one.engine.gate.clear()
    bureau.one.open()
    async with asyncio.timeout(20):
        await bureau.one.engine.reached.wait()
        while not bureau.desk.translators.languages:  # it begins to work and makes itself known in the same moment
            await bureau.desk.translators.look()
    assert bureau.desk.translators.languages == {"en": ["fr", "nl"], "fr": ["en", "nl"], "nl": ["en", "fr"]}
    await bureau.one.kill()
    await bureau.one.interpreter.close()
    await bureau.desk.translators.look()
    assert bureau.desk.translators.languages == {}
    bureau.two.open()
    await bureau.done()
    assert len(made(await bureau.staff(ticket))) == 2


# --- pages, search, downloads -----------------------------------------------------------------------------------------


async def test_a_page_counts_lines_and_not_their_translations(bureau: Bureau) -> None:
    """The last 50 of what people said, and what it means in whatever languages."""
    ticket = await bureau.opened("bonjour 0")
    for number in range(1, 60):
        await bureau.ada(ticket, f"bonjour {number}")
    await bureau.looks(bureau.lena, ticket)
    bureau.one.open()
    await bureau.done()
    pages = [await reading.staff_page(bureau.desk, bureau.lena, ticket.ticket.id, None, None)]
    while pages[-1].more:
        after = pages[-1].events[-1].staff_seq
        pages.append(await reading.staff_page(bureau.desk, bureau.lena, ticket.ticket.id, after, None))
    found = [event for page in pages for event in page.events]
    assert sum(event.kind == "message" for event in found) == 50
    assert pages[0].older
    older, more = await reading.staff_older(bureau.desk, bureau.lena, ticket.ticket.id, found[0].staff_seq)
    texts = [line.event.text for line in older if isinstance(line.event, Message)]
    assert texts == [f"bonjour {number}" for number in range(10)]
    assert not more


async def test_a_search_leads_to_what_was_said(bureau: Bureau) -> None:
    """C-35: each once, whether the words stand in the message, in its translation, or in both."""
    bureau.one.open()
    ticket = await bureau.opened("bonjour", subject="merci beaucoup")
    await bureau.looks(bureau.lena, ticket)
    await bureau.done()
    first = (await bureau.staff(ticket))[0]["id"]
    indexer = Indexer(bureau.desk)
    while await indexer.step():
        pass
    for words, event in (("bonjour", first), ("en bonjour", first), ("en beaucoup", None)):
        found = await searching.find(bureau.desk, bureau.lena, words)
        assert [(hit.ticket.id, hit.event) for hit in found.hits] == [(ticket.ticket.id, event)], words
