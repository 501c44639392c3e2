"""Statements about who translates: a lease for each living process, and whether anybody wants it."""

from typing import Final

import msgspec
from sqlalchemy import Connection, delete, literal, select

from server.store import dialect
from server.store.tables import installation, portals, translators

ABLE: Final = "able"
"""Name of a fact about the installation: what could be translated when a translator last looked."""


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
    return [TranslatorRecord(row.id, row.host, msgspec.convert(row.pairs, list[Pair]), row.until) for row in rows]


def learned(conn: Connection, now: int) -> bool:
    """Whether those who live can anything that could not be done when somebody last asked. That is remembered here."""
    pairs = sorted({pair for one in living(conn, now) for pair in one.pairs})
    able = msgspec.json.encode(pairs).decode()
    before = conn.execute(select(installation.c.value).where(installation.c.name == ABLE)).scalar_one_or_none()
    if able == before:
        return False
    new = dialect.insert(conn, installation).values(name=ABLE, value=able)
    conn.execute(new.on_conflict_do_update(index_elements=[installation.c.name], set_={"value": able}))
    return before is not None and not {*pairs} <= {*msgspec.json.decode(before, type=list[Pair])}


def wanted(conn: Connection) -> bool:
    """Whether any portal translates."""
    switched_on = select(literal(1)).where(portals.c.settings["translation"].as_boolean()).limit(1)
    return conn.execute(switched_on).first() is not None
