"""Portals: the public doors of a company, all that is set about them, and the secrets that sign identities."""

import secrets
from collections.abc import Callable
from typing import Final

import msgspec
from sqlalchemy import Connection

from server.desk.administration import editing
from server.desk.administration.editing import Editor
from server.desk.administration.noun import TableNoun, company_must_be_there, picture_must_be_there
from server.desk.desk import Desk
from server.domain.people import Technician
from server.domain.portal import PAGE_LANGUAGES, PortalSettings, PortalSetup
from server.domain.set_up import must, refuse
from server.errors import NotFound
from server.origin import host_name, origin_of
from server.protocol.administration import PortalDraft, PortalItem
from server.store import hosts, queues
from server.store import portals as records
from server.store.base import Tx
from server.store.set_up import Rows, Values, drop
from server.store.tables import issue_types, notice_portals, schedules, teams
from server.store.tables import portals as table

SECRETS: Final = 2


class Portals(TableNoun[PortalDraft, PortalItem]):
    """With each come its queue, key prefix and host names. One that had customers can be disabled, and not removed."""

    name = "portal"
    plural = "portals"
    draft = PortalDraft
    item = PortalItem
    rows = Rows(table, table.c.slug)

    def called(self, item: PortalItem) -> str:
        """Its address."""
        return item.slug

    def check(self, conn: Connection, draft: PortalDraft, before: PortalItem | None, _now: int) -> None:
        """All that it points at is the company's, and nobody else has its names."""
        company, setup = draft.company, draft.setup
        company_must_be_there(conn, company)
        known = draft.schedule is None or Rows(schedules).is_of(conn, draft.schedule, company)
        must(known, "no_schedule", "schedule")
        known = draft.fallback_team is None or Rows(teams).is_of(conn, draft.fallback_team, company)
        must(known, "no_team", "fallback_team")
        picture_must_be_there(conn, setup.logo, "setup.logo")
        must(setup.languages, "no_page_language", "setup.languages")
        must(set(setup.languages) <= set(PAGE_LANGUAGES), "untranslated", "setup.languages")
        must(setup.amber_minutes <= setup.red_minutes, "red_before_amber", "setup.red_minutes")
        for host in draft.hosts:
            must(draft.hosts.count(host) == 1, "host_twice", "hosts", host=host)
            if hosts.portal_of(conn, host) not in (None, before.id if before else None):
                raise refuse("host_taken", "hosts", code="name_taken", host=host)
        if not records.ensure_prefix(conn, company, draft.key_prefix):
            raise refuse("prefix_taken", "key_prefix", code="name_taken", prefix=draft.key_prefix)

    def suits(self, draft: PortalDraft, url: str) -> None:
        """No host name is the one where the desk itself is: its first page would be the desk's all the same."""
        own = host_name(origin_of(url).partition("://")[2])
        must(own not in draft.hosts, "host_of_desk", "hosts", host=own)

    def first(self, now: int) -> Values:
        """When it came."""
        return {"created_at": now, "settings": {}}

    def written(self, tx: Tx, item_id: str, draft: PortalDraft) -> None:
        """Settings, whose secrets stay what they were; queue and host names."""
        setup = {name: getattr(draft.setup, name) for name in draft.setup.__struct_fields__}
        kept = records.settings_of(tx.conn, item_id).identity_secrets
        queues.ensure(tx.conn, draft.company, "portal", item_id)
        records.set_settings(tx.conn, item_id, PortalSettings(**setup, identity_secrets=kept))
        hosts.put(tx.conn, draft.company, item_id, draft.hosts)

    def more(self, conn: Connection, rows: list[Values]) -> dict[str, Values]:
        """Host names, and the set-up without secrets."""
        names, found = hosts.of(conn, [row["id"] for row in rows]), {}
        for row in rows:
            setup = dict(row["settings"])
            known = setup.pop("identity_secrets", [])
            found[row["id"]] = {"setup": setup, "identity_secrets": len(known), "hosts": names.get(row["id"], [])}
        return found

    def removing(self, tx: Tx, item_id: str) -> None:
        """What belongs to it alone."""
        hosts.put(tx.conn, "", item_id, [])
        drop(tx.conn, issue_types.c.portal_id, item_id)
        drop(tx.conn, notice_portals.c.portal_id, item_id)
        queues.remove(tx.conn, "portal", item_id)


PORTALS: Final = Portals()


async def new_identity_secret(desk: Desk, technician: Technician, portal_id: str) -> str:
    """Another secret for signed identities; the one before it stays valid. It is returned here and never again."""
    secret, now = new_secret(), desk.clock()
    await desk.store.write(lambda tx: add_secret(tx, editing.administrator(tx, technician), portal_id, secret, now))
    return secret


async def drop_old_identity_secret(desk: Desk, technician: Technician, portal_id: str) -> None:
    """Only the newest stays valid."""
    now = desk.clock()
    await desk.store.write(lambda tx: drop_old_secret(tx, editing.administrator(tx, technician), portal_id, now))


def setup_of(settings: PortalSettings) -> PortalSetup:
    """What of a portal's settings may be looked at."""
    return PortalSetup(**{name: getattr(settings, name) for name in PortalSetup.__struct_fields__})


def new_secret() -> str:
    """256 bits."""
    return secrets.token_urlsafe(32)


def add_secret(tx: Tx, editor: Editor, portal_id: str, secret: str, now: int) -> None:
    """``new_identity_secret``, by whomever."""
    _change_secrets(tx, editor, portal_id, lambda known: [secret, *known][:SECRETS], now)


def drop_old_secret(tx: Tx, editor: Editor, portal_id: str, now: int) -> None:
    """``drop_old_identity_secret``, by whomever."""
    _change_secrets(tx, editor, portal_id, lambda known: known[:1], now)


def _change_secrets(tx: Tx, editor: Editor, portal_id: str, change: Callable[[list[str]], list[str]], now: int) -> None:
    """The audit log says that there is another one, and not which."""
    before = PORTALS.get(tx.conn, portal_id)
    if before is None:
        raise NotFound
    if not PORTALS.rows.change(tx.conn, portal_id, before.version, {}):
        raise refuse("changed_meanwhile")
    settings = records.settings_of(tx.conn, portal_id)
    after = msgspec.structs.replace(settings, identity_secrets=change(settings.identity_secrets))
    records.set_settings(tx.conn, portal_id, after)
    editing.tell(tx, PORTALS, editor, before, PORTALS.get(tx.conn, portal_id), now)
