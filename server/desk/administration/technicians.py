"""Technicians: accounts, what they may see, and new passwords. One administrator who can sign in always stays."""

from typing import Final

import msgspec
from sqlalchemy import Connection

from server.accounts import changes
from server.accounts.passwords import Passwords, normal_email, one_time_password
from server.bus.control import PersonChanged
from server.desk import languages
from server.desk.administration import editing
from server.desk.administration.editing import Editor
from server.desk.administration.noun import TableNoun, picture_must_be_there
from server.desk.desk import Desk
from server.domain.language import base
from server.domain.people import Technician
from server.domain.set_up import must, refuse
from server.errors import NotFound
from server.protocol.administration import TechnicianDraft, TechnicianItem
from server.store import dialect, portals, queues
from server.store import technicians as accounts
from server.store.base import Tx
from server.store.set_up import Rows, Values, drop
from server.store.tables import api_tokens
from server.store.tables import technicians as table


class Technicians(TableNoun[TechnicianDraft, TechnicianItem]):
    """Whoever is disabled, or may see less, is out at once and everywhere."""

    name = "technician"
    plural = "technicians"
    draft = TechnicianDraft
    item = TechnicianItem
    fixed = ()
    rows = Rows(table, table.c.name)

    def called(self, item: TechnicianItem) -> str:
        """The address: names are there twice."""
        return item.email

    def items(self, conn: Connection, company_id: str | None) -> list[TechnicianItem]:
        """Who may see a company, or everybody."""
        return [one for one in super().items(conn, None) if company_id is None or company_id in one.companies]

    def check(self, conn: Connection, draft: TechnicianDraft, before: TechnicianItem | None, _now: int) -> None:
        """Nobody else has the address, and what it points at is there."""
        holder = accounts.by_email(conn, normal_email(draft.email))
        if holder is not None and (before is None or holder.technician.id != before.id):
            raise refuse("name_taken", "email")
        known = all(portals.company_exists(conn, company) for company in draft.companies)
        must(known, "no_company", "companies")
        must(draft.language is None or base(draft.language), "no_language", "language")
        picture_must_be_there(conn, draft.picture, "picture")

    def values(self, conn: Connection, draft: TechnicianDraft) -> Values:
        """Address and language in the one spelling that is looked up."""
        language = base(draft.language) if draft.language else None
        return {**super().values(conn, draft), "email": normal_email(draft.email), "language": language}

    def first(self, now: int) -> Values:
        """Away, and without a password: whoever adds somebody gives one in the same transaction."""
        gone = {"present_at": now, "present_until": now, "absent_since": now}
        return {"created_at": now, "password_hash": "", "must_change_password": True, "availability": "away", **gone}

    def written(self, tx: Tx, item_id: str, draft: TechnicianDraft) -> None:
        """Whose tickets the person may see."""
        accounts.set_access(tx.conn, item_id, frozenset(draft.companies))

    def change(self, tx: Tx, before: TechnicianItem, draft: TechnicianDraft, version: int, now: int) -> bool:
        """As for all, and open consoles are looked at again."""
        if draft.disabled or draft.role != "administrator":
            _another_administrator(tx.conn, before)
        if not super().change(tx, before, draft, version, now):
            return False
        if draft.language is not None and draft.language != before.language:
            languages.is_own(tx, before.id, languages.checked(draft.language), now)
        if draft.disabled != before.disabled:
            changes.end_all_sessions(tx, before.id, access=True)
        else:
            changes.announce(tx, PersonChanged(before.id, access=True))
        return True

    def more(self, conn: Connection, rows: list[Values]) -> dict[str, Values]:
        """Whose tickets they see, and whether there is a second factor."""
        seen = accounts.companies_of(conn, [row["id"] for row in rows])
        return {
            row["id"]: {"companies": seen.get(row["id"], []), "second_factor": row["totp_secret"] is not None}
            for row in rows
        }

    def remove(self, tx: Tx, item: TechnicianItem) -> None:
        """For somebody who has never had a ticket; everybody else is disabled, and keeps the name on what he wrote."""
        _another_administrator(tx.conn, item)
        changes.end_all_sessions(tx, item.id, access=True)
        super().remove(tx, item)

    def removing(self, tx: Tx, item_id: str) -> None:
        """What belongs to the person alone."""
        drop(tx.conn, api_tokens.c.technician_id, item_id)
        accounts.set_access(tx.conn, item_id, frozenset())
        queues.remove(tx.conn, "technician", item_id)


TECHNICIANS: Final = Technicians()


class Password(msgspec.Struct, frozen=True):
    """One that counts until the first sign-in. Hashing takes too long for a transaction, so it comes before."""

    plain: str
    hash: str


async def new(passwords: Passwords) -> Password:
    """A one-time password."""
    plain = one_time_password()
    return Password(plain, await passwords.hash(plain))


async def add(desk: Desk, administrator: Technician, draft: TechnicianDraft) -> TechnicianItem:
    """An administrator adds somebody; the answer has the one-time password."""
    password, now = await new(desk.technicians.passwords), desk.clock()
    return await desk.store.write(lambda tx: added(tx, editing.administrator(tx, administrator), draft, password, now))


async def new_password(desk: Desk, administrator: Technician, technician_id: str) -> TechnicianItem:
    """An administrator replaces a forgotten password; all sessions end. The answer has the one-time password."""
    password, now = await new(desk.technicians.passwords), desk.clock()
    return await desk.store.write(
        lambda tx: with_password(tx, editing.administrator(tx, administrator), technician_id, password, now)
    )


def added(tx: Tx, editor: Editor, draft: TechnicianDraft, password: Password, now: int) -> TechnicianItem:
    """``add``, by whomever."""
    item: TechnicianItem = editing.added(tx, TECHNICIANS, editor, draft, now)
    accounts.set_password(tx.conn, item.id, password.hash, one_time_since=now)
    return msgspec.structs.replace(item, one_time_password=password.plain)


def with_password(tx: Tx, editor: Editor, technician_id: str, password: Password, now: int) -> TechnicianItem:
    """``new_password``, by whomever."""
    item = TECHNICIANS.get(tx.conn, technician_id)
    if item is None:
        raise NotFound
    accounts.set_password(tx.conn, item.id, password.hash, one_time_since=now)
    changes.end_all_sessions(tx, item.id)
    editing.tell(tx, TECHNICIANS, editor, item, item, now, also={"password": [None, "one-time"]})
    return msgspec.structs.replace(item, one_time_password=password.plain)


def _another_administrator(conn: Connection, item: TechnicianItem) -> None:
    """There is one besides this one, also while two go at the same time. Raises Refused."""
    if item.role != "administrator" or item.disabled:
        return
    dialect.exclusive(conn, "administrators")
    if accounts.administrators(conn) <= 1:
        raise refuse("last_administrator")
