"""Notices: important messages of portals."""

from typing import Final

from sqlalchemy import Connection

from server.desk import notices as news
from server.desk.administration.noun import TableNoun, company_must_be_there
from server.domain.set_up import must, refuse
from server.protocol.administration import Notice, NoticeDraft
from server.store import dialect, notice_portals
from server.store import notices as waits
from server.store.base import Tx
from server.store.set_up import Rows, Values
from server.store.tables import notices as table
from server.store.tables import portals

MOST: Final = 10
"""Notices that a portal shows at a time (B-51)."""


class Notices(TableNoun[NoticeDraft, Notice]):
    """With each notice: where it is shown, and who waits for news of it."""

    name = "notice"
    plural = "notices"
    draft = NoticeDraft
    item = Notice
    rows = Rows(table, table.c.created_at.desc())

    def called(self, item: Notice) -> str:
        """Its name."""
        return item.name

    def check(self, conn: Connection, draft: NoticeDraft, before: Notice | None, now: int) -> None:
        """Portals of this company, of which none shows too many."""
        company_must_be_there(conn, draft.company)
        known = all(Rows(portals).is_of(conn, portal, draft.company) for portal in draft.portals)
        must(known, "no_portal", "portals")
        must(len(draft.portals) == len(set(draft.portals)), "portal_twice", "portals")
        if draft.expires_at is not None and draft.expires_at <= now:
            return
        dialect.exclusive(conn, f"notices {draft.company}")
        for portal in draft.portals:
            if notice_portals.shown(conn, portal, now, but=before.id if before else None) >= MOST:
                raise refuse("too_many_notices", "portals")

    def first(self, now: int) -> Values:
        """When it was written."""
        return {"created_at": now}

    def written(self, tx: Tx, item_id: str, draft: NoticeDraft) -> None:
        """Where it is shown."""
        notice_portals.put(tx.conn, draft.company, item_id, draft.portals)

    def change(self, tx: Tx, before: Notice, draft: NoticeDraft, version: int, now: int) -> bool:
        """Those who wait for news of it are told."""
        changed = super().change(tx, before, draft, version, now)
        if changed:
            news.changed(tx, before, draft, now)
        return changed

    def let_go(self, tx: Tx, item: Notice, now: int) -> bool:
        """It is shown nowhere any more, and they are told, some at a time."""
        notice_portals.put(tx.conn, item.company, item.id, [])
        return news.over(tx, item.id, now)

    def more(self, conn: Connection, rows: list[Values]) -> dict[str, Values]:
        """Where they are shown, and how many wait."""
        ids = [row["id"] for row in rows]
        portals, waiting = notice_portals.of(conn, ids), waits.waiting(conn, ids)
        return {one: {"portals": portals.get(one, []), "waiting": waiting[one]} for one in ids}
