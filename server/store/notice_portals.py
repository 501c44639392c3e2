"""Statements about where notices are shown."""

from sqlalchemy import Connection, delete, func, or_, select

from server.store.tables import notice_portals, notices


def of(conn: Connection, notice_ids: list[str]) -> dict[str, list[str]]:
    """Notice -> portals that show it, of those that are shown at all."""
    query = select(notice_portals.c.notice_id, notice_portals.c.portal_id)
    found: dict[str, list[str]] = {}
    rows = conn.execute(query.where(notice_portals.c.notice_id.in_(notice_ids)).order_by(notice_portals.c.portal_id))
    for row in rows:
        found.setdefault(row.notice_id, []).append(row.portal_id)
    return found


def put(conn: Connection, company_id: str, notice_id: str, portals: list[str]) -> None:
    """Exactly these."""
    conn.execute(delete(notice_portals).where(notice_portals.c.notice_id == notice_id))
    for portal_id in portals:
        conn.execute(notice_portals.insert().values(notice_id=notice_id, portal_id=portal_id, company_id=company_id))


def shown(conn: Connection, portal_id: str, now: int, but: str | None) -> int:
    """How many notices a portal shows, without one of them."""
    query = (
        select(func.count())
        .select_from(notice_portals.join(notices, notices.c.id == notice_portals.c.notice_id))
        .where(notice_portals.c.portal_id == portal_id, or_(notices.c.expires_at.is_(None), notices.c.expires_at > now))
    )
    return conn.execute(query if but is None else query.where(notices.c.id != but)).scalar_one()
