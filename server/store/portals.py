"""Statements about companies, portals, ticket keys and queues."""

from typing import Final

import msgspec
from sqlalchemy import Connection, String, delete, select, update

from server.domain.devices import DeviceClass
from server.domain.ids import new_id
from server.domain.portal import PortalSettings
from server.store import dialect, queues, translation
from server.store.tables import AnyRow, companies, key_prefixes, portals, tickets
from server.store.tables import queues as queue_table


class PortalRecord(msgspec.Struct, frozen=True):
    """A portal with its company and the queue its tickets wait in."""

    id: str
    slug: str
    name: str
    company_id: str
    company: str
    key_prefix: str
    queue_id: str
    settings: PortalSettings
    disabled: bool
    schedule_id: str | None
    fallback_team_id: str | None


_asked: Final = dialect.given("asked", id=String())
_select_portal = (
    select(
        portals.c.id,
        portals.c.slug,
        portals.c.name,
        portals.c.company_id,
        companies.c.name.label("company"),
        portals.c.key_prefix,
        queue_table.c.id.label("queue_id"),
        portals.c.settings,
        portals.c.disabled,
        portals.c.schedule_id,
        portals.c.fallback_team_id,
    )
    .join(companies, companies.c.id == portals.c.company_id)
    .join(queue_table, (queue_table.c.kind == "portal") & (queue_table.c.owner_id == portals.c.id))
)
_several: Final = _select_portal.join(_asked, _asked.c.id == portals.c.id)
_company_names: Final = (
    select(companies.c.id, companies.c.name).join(_asked, _asked.c.id == companies.c.id).order_by(companies.c.slug)
)


def _record(row: AnyRow) -> PortalRecord:
    values = dict(row._mapping)
    values["settings"] = msgspec.convert(values["settings"], PortalSettings)
    return PortalRecord(**values)


def by_slug(conn: Connection, slug: str) -> PortalRecord | None:
    """The portal of this address."""
    row = conn.execute(_select_portal.where(portals.c.slug == slug)).one_or_none()
    return _record(row) if row else None


def by_id(conn: Connection, portal_id: str) -> PortalRecord | None:
    """The portal with this id."""
    row = conn.execute(_select_portal.where(portals.c.id == portal_id)).one_or_none()
    return _record(row) if row else None


def of_ticket(conn: Connection, ticket_id: str) -> tuple[DeviceClass, PortalSettings]:
    """(device that the ticket was opened with, settings of its portal)."""
    row = conn.execute(
        select(tickets.c.device_class, portals.c.settings)
        .join(portals, portals.c.id == tickets.c.portal_id)
        .where(tickets.c.id == ticket_id)
    ).one()
    return row.device_class, msgspec.convert(row.settings, PortalSettings)


def several(conn: Connection, ids: list[str]) -> list[PortalRecord]:
    """The portals with these ids, which are known to be there."""
    rows = conn.execute(_several, {"asked": dialect.rows((one,) for one in set(ids))})
    found = {row.id: _record(row) for row in rows}
    return [found[portal_id] for portal_id in ids]


def all_portals(conn: Connection) -> list[PortalRecord]:
    """Every portal, by address."""
    return [_record(row) for row in conn.execute(_select_portal.order_by(portals.c.slug))]


def add_company(conn: Connection, slug: str, name: str, now: int) -> str:
    """A new company; returns its id."""
    company_id = new_id()
    conn.execute(companies.insert().values(id=company_id, slug=slug, name=name, created_at=now))
    return company_id


def company_by_slug(conn: Connection, slug: str) -> AnyRow | None:
    """id, slug and name of a company."""
    return conn.execute(
        select(companies.c.id, companies.c.slug, companies.c.name).where(companies.c.slug == slug)
    ).one_or_none()


def company_exists(conn: Connection, company_id: str) -> bool:
    """Whether there is a company with this id."""
    return conn.execute(select(companies.c.id).where(companies.c.id == company_id)).first() is not None


def drop_prefixes(conn: Connection, company_id: str) -> None:
    """The company goes. IntegrityError where a portal or a ticket has one of its key prefixes."""
    conn.execute(delete(key_prefixes).where(key_prefixes.c.company_id == company_id))


def all_companies(conn: Connection) -> list[AnyRow]:
    """id, slug and name of every company, by slug."""
    return list(conn.execute(select(companies.c.id, companies.c.slug, companies.c.name).order_by(companies.c.slug)))


def ensure_prefix(conn: Connection, company_id: str, prefix: str) -> bool:
    """The prefix counts keys of this company. False: of another one."""
    conn.execute(
        dialect.insert(conn, key_prefixes).values(prefix=prefix, company_id=company_id).on_conflict_do_nothing()
    )
    owner = select(key_prefixes.c.company_id).where(key_prefixes.c.prefix == prefix)
    return str(conn.execute(owner).scalar_one()) == company_id


def company_names(conn: Connection, asked: list[frozenset[str]]) -> list[list[tuple[str, str]]]:
    """(id, name) of each of these companies, by slug."""
    ids = dialect.rows((one,) for one in frozenset().union(*asked))
    named = [(row.id, row.name) for row in conn.execute(_company_names, {"asked": ids})]
    return [[(company_id, name) for company_id, name in named if company_id in some] for some in asked]


def add_portal(
    conn: Connection, company_id: str, slug: str, name: str, key_prefix: str, settings: PortalSettings, now: int
) -> str:
    """A new portal with its queue; returns its id. The prefix must be free or the company's own (ValueError)."""
    if not ensure_prefix(conn, company_id, key_prefix):
        raise ValueError(f"The key prefix {key_prefix} belongs to another company.")
    portal_id = new_id()
    conn.execute(
        portals.insert().values(
            id=portal_id,
            company_id=company_id,
            slug=slug,
            name=name,
            key_prefix=key_prefix,
            settings=msgspec.to_builtins(settings),
            created_at=now,
        )
    )
    queues.ensure(conn, company_id, "portal", portal_id)
    return portal_id


def settings_of(conn: Connection, portal_id: str) -> PortalSettings:
    """All that is set about a portal, secrets included."""
    stored = conn.execute(select(portals.c.settings).where(portals.c.id == portal_id)).scalar_one()
    return msgspec.convert(stored, PortalSettings)


def settings_of_companies(conn: Connection, company_ids: frozenset[str]) -> dict[str, PortalSettings]:
    """Portal id -> settings, of all portals of these companies."""
    query = select(portals.c.id, portals.c.settings).where(portals.c.company_id.in_(sorted(company_ids)))
    return {row.id: msgspec.convert(row.settings, PortalSettings) for row in conn.execute(query)}


def set_settings(conn: Connection, portal_id: str, settings: PortalSettings) -> None:
    """Replace a portal's settings. Its open tickets learn whether they are translated."""
    before = by_id(conn, portal_id)
    conn.execute(update(portals).where(portals.c.id == portal_id).values(settings=msgspec.to_builtins(settings)))
    if before is not None and settings.translation != before.settings.translation:
        translation.switch(conn, portal_id, on=settings.translation)


def next_key_no(conn: Connection, prefix: str) -> int:
    """Count the prefix up; part of the transaction that makes the ticket, so that keys have no holes."""
    return int(
        conn.execute(
            update(key_prefixes)
            .where(key_prefixes.c.prefix == prefix)
            .values(last_no=key_prefixes.c.last_no + 1)
            .returning(key_prefixes.c.last_no)
        ).scalar_one()
    )
