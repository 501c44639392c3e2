"""Statements about notices that portals show now, and about those who wait for news of them."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, not_, or_, select, update

from server.domain.notice import Written
from server.domain.portal import PortalSettings
from server.store import dialect
from server.store.tables import notice_portals, notice_translations, notice_waits, notices, portals, tickets


class NoticeRecord(msgspec.Struct, frozen=True):
    """A notice as those see it who show it."""

    id: str
    company_id: str
    name: str
    lang: str
    text: str
    texts: dict[str, str]
    expires_at: int | None
    visitors: int

    @property
    def written(self) -> Written:
        """What somebody has written."""
        return Written(self.lang, self.text, self.texts)


_columns = [notices.c[name] for name in NoticeRecord.__struct_fields__]


def _lasts(now: int) -> ColumnElement[bool]:
    return or_(notices.c.expires_at.is_(None), notices.c.expires_at > now)


def shown(conn: Connection, portal_id: str, now: int) -> list[NoticeRecord]:
    """What this portal shows, newest first."""
    query = (
        select(*_columns)
        .join(notice_portals, notice_portals.c.notice_id == notices.c.id)
        .where(notice_portals.c.portal_id == portal_id, _lasts(now))
        .order_by(notices.c.created_at.desc(), notices.c.id)
    )
    return [NoticeRecord(*row) for row in conn.execute(query)]


def of_companies(conn: Connection, company_ids: frozenset[str], now: int) -> list[tuple[NoticeRecord, list[str]]]:
    """What some portal of these companies shows, newest first, with the addresses of those portals."""
    query = (
        select(*_columns, portals.c.slug)
        .join(notice_portals, notice_portals.c.notice_id == notices.c.id)
        .join(portals, portals.c.id == notice_portals.c.portal_id)
        .where(notices.c.company_id.in_(sorted(company_ids)), _lasts(now))
        .order_by(notices.c.created_at.desc(), notices.c.id, portals.c.slug)
    )
    found: dict[str, tuple[NoticeRecord, list[str]]] = {}
    for *fields, slug in conn.execute(query):
        record = NoticeRecord(*fields)
        found.setdefault(record.id, (record, []))[1].append(slug)
    return list(found.values())


def current(conn: Connection, now: int) -> list[NoticeRecord]:
    """All that have not expired."""
    return [NoticeRecord(*row) for row in conn.execute(select(*_columns).where(_lasts(now)))]


def waited_for_in_vain(conn: Connection, now: int) -> list[str]:
    """Those that somebody still waits for, though they are over, or are shown at his portal no more."""
    query = select(notice_waits.c.notice_id).distinct().where(_in_vain(now))
    return list(conn.execute(_of_waits(query)).scalars())


def _in_vain(now: int) -> ColumnElement[bool]:
    of_his_portal = and_(
        notice_portals.c.notice_id == notice_waits.c.notice_id, notice_portals.c.portal_id == tickets.c.portal_id
    )
    return not_(and_(_lasts(now), exists().where(of_his_portal)))


def _of_waits(query: Select[Any]) -> Select[Any]:
    return query.join(tickets, tickets.c.id == notice_waits.c.ticket_id).join(
        notices, notices.c.id == notice_waits.c.notice_id
    )


# --- who waits for news -----------------------------------------------------------------------------------------------


def wait(conn: Connection, company_id: str, notice_id: str, ticket_id: str, now: int) -> bool:
    """The ticket's customer waits for news. False: he does already."""
    values = {"notice_id": notice_id, "ticket_id": ticket_id, "company_id": company_id, "at": now}
    return conn.execute(dialect.insert(conn, notice_waits).values(**values).on_conflict_do_nothing()).rowcount == 1


def waits(conn: Connection, notice_id: str, ticket_id: str) -> bool:
    """Whether the ticket's customer waits for news."""
    mine = and_(notice_waits.c.notice_id == notice_id, notice_waits.c.ticket_id == ticket_id)
    return conn.execute(select(notice_waits.c.at).where(mine)).first() is not None


def visitor(conn: Connection, notice_id: str) -> None:
    """One more waits, of whom nothing else is known."""
    conn.execute(update(notices).where(notices.c.id == notice_id).values(visitors=notices.c.visitors + 1))


def waiting(conn: Connection, notice_ids: list[str]) -> dict[str, int]:
    """How many wait for news of each, with a ticket or without one."""
    waits = select(func.count()).where(notice_waits.c.notice_id == notices.c.id).scalar_subquery()
    rows = conn.execute(select(notices.c.id, notices.c.visitors + waits).where(notices.c.id.in_(notice_ids)))
    return {row[0]: row[1] for row in rows}


def tickets_waiting(conn: Connection, notice_id: str, now: int) -> list[str]:
    """Tickets of those who wait, and do not wait in vain; locked."""
    return _waiting(conn, and_(notice_waits.c.notice_id == notice_id, not_(_in_vain(now))), None)


def tickets_waiting_in_vain(conn: Connection, notice_id: str, now: int, most: int) -> list[str]:
    """Tickets of the others, at most so many; locked."""
    return _waiting(conn, and_(notice_waits.c.notice_id == notice_id, _in_vain(now)), most)


def _waiting(conn: Connection, wanted: ColumnElement[bool], most: int | None) -> list[str]:
    query = _of_waits(select(notice_waits.c.ticket_id)).where(wanted).order_by(notice_waits.c.ticket_id).limit(most)
    return list(conn.execute(query.with_for_update(key_share=True, of=tickets)).scalars())


def told(conn: Connection, notice_id: str, ticket_id: str) -> bool:
    """This customer waits no longer. False: he did not."""
    mine = and_(notice_waits.c.notice_id == notice_id, notice_waits.c.ticket_id == ticket_id)
    return conn.execute(delete(notice_waits).where(mine)).rowcount == 1


def leave(conn: Connection, ticket_id: str) -> list[str]:
    """This customer waits for no news any more; returns the notices."""
    mine = delete(notice_waits).where(notice_waits.c.ticket_id == ticket_id).returning(notice_waits.c.notice_id)
    return list(conn.execute(mine).scalars())


# --- in other languages -----------------------------------------------------------------------------------------------


def translations(conn: Connection, notice_ids: list[str]) -> dict[tuple[str, str], tuple[str, str | None]]:
    """(notice, language) -> (what it was made from, text)."""
    columns = (notice_translations.c[name] for name in ("notice_id", "lang", "original", "text"))
    rows = conn.execute(select(*columns).where(notice_translations.c.notice_id.in_(notice_ids)))
    return {(row.notice_id, row.lang): (row.original, row.text) for row in rows}


def forget_failed(conn: Connection) -> None:
    """What could not be translated is missing again."""
    conn.execute(delete(notice_translations).where(notice_translations.c.text.is_(None)))


def put_translation(conn: Connection, notice_id: str, lang: str, original: str, text: str | None) -> bool:
    """What a machine made of it, in place of what it made before. False: the notice says something else now."""
    query = select(*_columns).where(notices.c.id == notice_id)
    for row in conn.execute(query.with_for_update(key_share=True)):
        record = NoticeRecord(*row)
        if record.written.mark == original:
            key, values = {"notice_id": notice_id, "lang": lang}, {"original": original, "text": text}
            put = dialect.insert(conn, notice_translations).values(company_id=record.company_id, **key, **values)
            conn.execute(put.on_conflict_do_update(index_elements=[*key], set_=values))
            return True
    return False


def settings_of_portals(conn: Connection, notice_id: str) -> list[PortalSettings]:
    """Of the portals that show it."""
    query = select(portals.c.settings).join(notice_portals, notice_portals.c.portal_id == portals.c.id)
    found = conn.execute(query.where(notice_portals.c.notice_id == notice_id)).scalars()
    return [msgspec.convert(settings, PortalSettings) for settings in found]
