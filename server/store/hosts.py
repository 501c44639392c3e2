"""Statements about the host names whose first page is a portal."""

from sqlalchemy import Connection, delete, select

from server.store.tables import portal_hosts as table
from server.store.tables import portals


def of(conn: Connection, portal_ids: list[str]) -> dict[str, list[str]]:
    """Portal -> its hosts, in order, of those that have some."""
    query = select(table.c.portal_id, table.c.host).where(table.c.portal_id.in_(portal_ids)).order_by(table.c.host)
    found: dict[str, list[str]] = {}
    for row in conn.execute(query):
        found.setdefault(row.portal_id, []).append(row.host)
    return found


def portal_of(conn: Connection, host: str) -> str | None:
    """The id of the portal that this host shows."""
    return conn.execute(select(table.c.portal_id).where(table.c.host == host)).scalar_one_or_none()


def all_slugs(conn: Connection) -> dict[str, str]:
    """Host -> address of its portal."""
    query = select(table.c.host, portals.c.slug).join(portals, portals.c.id == table.c.portal_id)
    return {row.host: row.slug for row in conn.execute(query)}


def put(conn: Connection, company_id: str, portal_id: str, hosts: list[str]) -> None:
    """Exactly these. IntegrityError where another portal has one."""
    conn.execute(delete(table).where(table.c.portal_id == portal_id))
    for host in hosts:
        conn.execute(table.insert().values(host=host, company_id=company_id, portal_id=portal_id))
