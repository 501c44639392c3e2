"""Statements about translation: what is known of a ticket's languages, what was said, and what was made of it."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    Text,
    bindparam,
    cast,
    delete,
    exists,
    insert,
    literal,
    null,
    select,
    update,
)

from server.domain.ticket import View
from server.domain.translation import READ_LANGUAGES, Heard, Languages, Made
from server.store import dialect
from server.store.prepared import Prepared, as_json, from_json
from server.store.tables import events, outbox, technicians, tickets
from server.store.tables import ticket_languages as readers

AUTHOR: Final = "translator"
"""author_id of what machines made."""
CATCH_UP: Final = "catch_up"
"""Kind of outbox rows: bring a ticket up to date, because a language came or was corrected."""
CATCH_UP_MESSAGES: Final = 100
"""So many of a ticket's last messages are translated for somebody who reads another language."""


# --- a ticket's languages -------------------------------------------------------------------------------------------


class TicketLanguages(msgspec.Struct, frozen=True):
    """A ticket, as far as translating goes."""

    id: str
    company_id: str
    subject: str
    translate: bool
    languages: Languages
    heard: list[Heard]
    heard_as_stored: str | None = None
    """the same, letter by letter: what follows from it holds as long as it stands there"""


_asked: Final = dialect.given("asked", id=String())
_t: Final = tickets.c
_ticket: Final = select(
    *(_t.id, _t.company_id, _t.subject, _t.translate, _t.language, _t.language_chosen),
    cast(_t.language_heard, Text),  # letter by letter, as it is compared (store/translated)
).select_from(tickets)
_of_tickets: Final = Prepared(_ticket.join(_asked, _asked.c.id == _t.id))
_locked: Final = Prepared(_ticket.where(_t.id == bindparam("ticket")).with_for_update(key_share=True))


def of_tickets(conn: Connection, ticket_ids: Iterable[str]) -> dict[str, TicketLanguages]:
    """For what the server does by itself, and after it was looked whether somebody may. By id."""
    return _ticket_languages(conn, _of_tickets(conn, asked=dialect.rows((one,) for one in {*ticket_ids})))


def of_ticket(conn: Connection, ticket_id: str) -> TicketLanguages:
    """``of_tickets`` for one that is there."""
    return of_tickets(conn, [ticket_id])[ticket_id]


def locked(conn: Connection, ticket_id: str) -> TicketLanguages:
    """``of_ticket``; it stays so until the transaction ends (``tickets.lock``)."""
    return _ticket_languages(conn, _locked(conn, ticket=ticket_id))[ticket_id]


def _ticket_languages(conn: Connection, rows: list[tuple[Any, ...]]) -> dict[str, TicketLanguages]:
    read = read_languages_of(conn, [row[0] for row in rows])
    return {row[0]: ticket_languages(row, read.get(row[0], [])) for row in rows}


def ticket_languages(row: Sequence[Any], read: list[str]) -> TicketLanguages:
    """A ticket's columns in the order of ``of_tickets``, with the languages of those who opened it, the last first."""
    ticket_id, company_id, subject, translate, lang, chosen, heard = row
    return TicketLanguages(
        id=ticket_id,
        company_id=company_id,
        subject=subject,
        translate=bool(translate),
        languages=Languages(lang, bool(chosen), read),
        heard=msgspec.convert(from_json(heard) or [], list[Heard]),
        heard_as_stored=heard,
    )


_read: Final = Prepared(
    select(readers.c.ticket_id, readers.c.lang)
    .join(_asked, _asked.c.id == readers.c.ticket_id)
    .order_by(readers.c.read_at.desc(), readers.c.lang)
)


def read_languages_of(conn: Connection, ticket_ids: list[str]) -> dict[str, list[str]]:
    """Languages of the technicians who opened each ticket, the last ones first."""
    found: dict[str, list[str]] = {}
    for ticket_id, lang in _read(conn, asked=dialect.rows((one,) for one in ticket_ids)) if ticket_ids else []:
        found.setdefault(ticket_id, []).append(lang)
    return {ticket_id: langs[:READ_LANGUAGES] for ticket_id, langs in found.items()}


def read_languages(conn: Connection, ticket_id: str) -> list[str]:
    """``read_languages_of`` one ticket."""
    return read_languages_of(conn, [ticket_id]).get(ticket_id, [])


def is_read(conn: Connection, company_id: str, ticket_id: str, lang: str, now: int) -> None:
    """A technician who reads this language has opened the ticket."""
    new = dialect.insert(conn, readers).values(ticket_id=ticket_id, lang=lang, company_id=company_id, read_at=now)
    same = [readers.c.ticket_id, readers.c.lang]
    conn.execute(new.on_conflict_do_update(index_elements=same, set_={"read_at": now}))


def set_language(conn: Connection, ticket_id: str, lang: str, *, chosen: bool) -> None:
    """The customer's language from here on."""
    conn.execute(update(tickets).where(tickets.c.id == ticket_id).values(language=lang, language_chosen=chosen))


def set_subjects(conn: Connection, ticket_id: str, subjects: dict[str, str]) -> None:
    """What is made of the subject from here on, by language."""
    conn.execute(update(tickets).where(_t.id == ticket_id).values(subjects=subjects or null()))


_set_heard: Final = Prepared(
    update(tickets).where(_t.id == bindparam("ticket")).values(language_heard=bindparam("heard"))
)


def set_heard(conn: Connection, ticket_id: str, heard: list[Heard]) -> None:
    """What the running vote remembers."""
    _set_heard(conn, ticket=ticket_id, heard=heard_as_json(heard))


def heard_as_json(heard: list[Heard]) -> str | None:
    """As it is stored."""
    return as_json(msgspec.to_builtins(heard))


def switch(conn: Connection, portal_id: str, *, on: bool) -> None:
    """A portal translates from here on, or does not any more; so do its open tickets, for those who have them."""
    is_open = (tickets.c.portal_id == portal_id) & (tickets.c.view != View.COMPLETED.value)
    conn.execute(update(tickets).where(is_open).values(translate=on))
    if not on:
        return
    t, p = tickets.c, technicians.c
    assigned = (
        select(t.id, p.language, t.company_id, literal(0))
        .join_from(tickets, technicians, p.id == t.assignee_id)
        .where(is_open, p.language.is_not(None))
    )
    columns = ["ticket_id", "lang", "company_id", "read_at"]
    conn.execute(dialect.insert(conn, readers).from_select(columns, assigned).on_conflict_do_nothing())
    catch_up_all(conn, is_open)


def catch_up_all(conn: Connection, which: Any = None) -> int:
    """Leave it to the translators to bring open tickets up to date; returns how many."""
    read = exists().where(readers.c.ticket_id == tickets.c.id)
    some = tickets.c.translate & (tickets.c.view != View.COMPLETED.value) & read
    rows = select(literal(CATCH_UP), tickets.c.company_id, tickets.c.id).where(some if which is None else some & which)
    return conn.execute(insert(outbox).from_select(["kind", "company_id", "ticket_id"], rows)).rowcount


# --- what has waited for too long -----------------------------------------------------------------------------------


def fold(conn: Connection, before: int, now: int, limit: int) -> int:
    """Messages that wait since before then wait no longer one by one: their tickets are brought up to date as a whole.

    So without translators a ticket leaves one row, and not one for each message. Returns how many were folded.
    """
    waited = exists().where(events.c.id == outbox.c.event_id, events.c.at < before)
    free = outbox.c.lease_until < now
    some = select(outbox.c.id).where(outbox.c.kind == "translate", free, waited).limit(limit)
    gone = conn.execute(delete(outbox).where(outbox.c.id.in_(some), free).returning(outbox.c.ticket_id)).scalars().all()
    there = exists().where(outbox.c.kind == CATCH_UP, outbox.c.ticket_id == tickets.c.id)
    rows = select(literal(CATCH_UP), tickets.c.company_id, tickets.c.id).where(
        tickets.c.id.in_({*gone}), tickets.c.translate, ~there
    )
    conn.execute(insert(outbox).from_select(["kind", "company_id", "ticket_id"], rows))
    return len(gone)


def let_rest(conn: Connection, now: int) -> None:
    """What nobody works on waits for no translator any more; who opens such a ticket is its first reader again."""
    resting = select(tickets.c.id).where((tickets.c.view == View.COMPLETED.value) | (~tickets.c.translate))
    gone = conn.execute(
        delete(outbox)
        .where(outbox.c.kind == CATCH_UP, outbox.c.lease_until < now, outbox.c.ticket_id.in_(resting))
        .returning(outbox.c.ticket_id)
    )
    conn.execute(delete(readers).where(readers.c.ticket_id.in_({*gone.scalars()})))


# --- what was said, and what was made of it -------------------------------------------------------------------------


class Original(msgspec.Struct, frozen=True):
    """A text that may have to be translated. ``of`` is None for the ticket's subject."""

    of: str | None
    seq: int
    at: int
    text: str
    by_customer: bool
    technician: str | None
    """The language of the technician who wrote it, as far as it is known."""


_messages: Final = (
    select(events.c.id, events.c.staff_seq, events.c.at, events.c.body, events.c.author_role, technicians.c.language)
    .select_from(events.outerjoin(technicians, technicians.c.id == events.c.author_id))
    .where(events.c.kind == "message")
)
_these: Final = Prepared(_messages.join(_asked, _asked.c.id == events.c.id))


def messages(conn: Connection, event_ids: Iterable[str]) -> dict[str, Original]:
    """Those of these that are messages, by id."""
    found = map(original, _these(conn, asked=dialect.rows((one,) for one in event_ids)))
    return {one.of: one for one in found if one.of is not None}


def last_messages(conn: Connection, ticket_id: str) -> list[Original]:
    """The last messages, in order."""
    query = _messages.where(events.c.ticket_id == ticket_id).order_by(events.c.staff_seq.desc())
    return [original(row) for row in reversed(conn.execute(query.limit(CATCH_UP_MESSAGES)).all())]


def original(row: Sequence[Any]) -> Original:
    """A message's columns in the order of ``messages``."""
    event_id, seq, at, text, role, language = row
    return Original(event_id, seq, at, text, role == "customer", language)


def made_since(conn: Connection, ticket_id: str, staff_seq: int) -> dict[str | None, dict[str, Made]]:
    """The last translation of each text into each language, of those made after a number."""
    return _made(conn, ticket_id, events.c.staff_seq > staff_seq)


def made_of_subject(conn: Connection, ticket_id: str) -> dict[str, Made]:
    """The last translation of the subject into each language. Looks through the whole transcript."""
    return _made(conn, ticket_id, events.c.data["of"].as_string().is_(None)).get(None, {})


def _made(conn: Connection, ticket_id: str, which: ColumnElement[bool]) -> dict[str | None, dict[str, Made]]:
    rows = conn.execute(
        select(events.c.id, events.c.data, events.c.customer_seq)
        .where(events.c.ticket_id == ticket_id, events.c.kind == "translation", which)
        .order_by(events.c.staff_seq)
    )
    made: dict[str | None, dict[str, Made]] = {}
    for row in rows:
        data, visible = row.data, row.customer_seq is not None
        one = Made(row.id, data["source"], data["state"], data["reason"], visible)
        made.setdefault(data["of"], {})[data["lang"]] = one
    return made
