"""Statements about translation: who translates, which languages are read in a ticket, what a portal's setting means."""

import msgspec
from sqlalchemy import Connection, delete, select, update

from server.store import dialect
from server.store.tables import ticket_languages, tickets, translators


class Pair(msgspec.Struct, frozen=True, order=True, array_like=True):
    """What a translator can: from one language to another."""

    source: str
    target: str
    version: str


class TranslatorRecord(msgspec.Struct, frozen=True):
    """A process that translates."""

    id: str
    host: str
    pairs: list[Pair]
    until: int


# --- who translates -------------------------------------------------------------------------------------------------


def register(conn: Connection, record: TranslatorRecord) -> None:
    """This process translates, and will until then; what it can may have changed."""
    values = {"host": record.host, "pairs": msgspec.to_builtins(record.pairs), "until": record.until}
    new = dialect.insert(conn, translators).values(id=record.id, **values)
    conn.execute(new.on_conflict_do_update(index_elements=[translators.c.id], set_=values))


def leave(conn: Connection, translator_id: str) -> None:
    """This process translates no more."""
    conn.execute(delete(translators).where(translators.c.id == translator_id))


def forget(conn: Connection, now: int) -> None:
    """Those who did not say that they would leave."""
    conn.execute(delete(translators).where(translators.c.until <= now))


def living(conn: Connection, now: int) -> list[TranslatorRecord]:
    """Who translates now."""
    rows = conn.execute(select(translators).where(translators.c.until > now).order_by(translators.c.id))
    return [msgspec.convert(dict(row._mapping), TranslatorRecord) for row in rows]


# --- what a ticket needs --------------------------------------------------------------------------------------------


def is_read(conn: Connection, company_id: str, ticket_id: str, lang: str, now: int) -> None:
    """A technician who reads this language has opened the ticket."""
    new = dialect.insert(conn, ticket_languages).values(
        ticket_id=ticket_id, lang=lang, company_id=company_id, read_at=now
    )
    same = [ticket_languages.c.ticket_id, ticket_languages.c.lang]
    conn.execute(new.on_conflict_do_update(index_elements=same, set_={"read_at": now}))


def set_language(conn: Connection, ticket_id: str, lang: str) -> None:
    """The customer's language from here on; what was heard before counts no more."""
    conn.execute(update(tickets).where(tickets.c.id == ticket_id).values(language=lang, language_votes=None))
