"""Technicians by e-mail address, as the command line knows them; what is done stands in ``technicians``."""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from server.accounts.passwords import Passwords, normal_email
from server.clock import Clock, now_ms
from server.desk.administration import editing, technicians
from server.desk.administration.editing import COMMAND_LINE
from server.desk.administration.technicians import TECHNICIANS
from server.desk.languages import checked
from server.domain.limits import EMAIL_CHARS, NAME_CHARS
from server.domain.people import Role
from server.errors import BadInput, NotFound
from server.protocol.administration import TechnicianDraft, TechnicianItem
from server.store import portals
from server.store import technicians as table
from server.store.base import Store, Tx
from server.store.technicians import Account

FIELDS: Final = TechnicianDraft.__struct_fields__


class Roster:
    """What somebody at the command line does to accounts. The audit log says so."""

    def __init__(self, store: Store, clock: Clock = now_ms, passwords: Passwords | None = None) -> None:
        self.store = store
        self.clock = clock
        self.passwords = passwords or Passwords()

    async def add(
        self, email: str, name: str, public_name: str, role: Role = "technician", companies: tuple[str, ...] = ()
    ) -> str:
        """A new account with access to these companies (slugs); returns its one-time password."""
        email, name, public_name = _checked_email(email), _checked_name(name), _checked_name(public_name)
        password, now = await technicians.new(self.passwords), self.clock()

        def unit(tx: Tx) -> None:
            seen = sorted(_company_ids(tx.conn, companies))
            draft = TechnicianDraft(email=email, name=name, public_name=public_name, role=role, companies=seen)
            technicians.added(tx, COMMAND_LINE, draft, password, now)

        await self.store.write(unit)
        return password.plain

    async def new_password(self, email: str) -> str:
        """Replace a forgotten password by a one-time password, and end all sessions; returns it."""
        password, now = await technicians.new(self.passwords), self.clock()

        def unit(tx: Tx) -> None:
            technicians.with_password(tx, COMMAND_LINE, _existing(tx.conn, email).technician.id, password, now)

        await self.store.write(unit)
        return password.plain

    async def set_access(self, email: str, give: tuple[str, ...] = (), take: tuple[str, ...] = ()) -> Account:
        """Give and take access to companies (slugs); returns the account as it is now."""

        def companies(conn: Connection, item: TechnicianItem) -> dict[str, Any]:
            seen = (set(item.companies) | _company_ids(conn, give)) - _company_ids(conn, take)
            return {"companies": sorted(seen)}

        return await self._change(email, companies)

    async def set_role(self, email: str, role: Role) -> Account:
        """Make somebody an administrator, or a technician again."""
        return await self._change(email, lambda _conn, _item: {"role": role})

    async def set_disabled(self, email: str, *, disabled: bool) -> Account:
        """Shut an account out at once and everywhere, or let it in again."""
        return await self._change(email, lambda _conn, _item: {"disabled": disabled})

    async def set_language(self, email: str, lang: str) -> Account:
        """What somebody reads and writes."""
        tag = checked(lang)
        return await self._change(email, lambda _conn, _item: {"language": tag})

    async def totp_off(self, email: str) -> Account:
        """For somebody who lost the authenticator."""
        now = self.clock()

        def unit(tx: Tx) -> Account:
            account = _existing(tx.conn, email)
            before = TECHNICIANS.get(tx.conn, account.technician.id)
            table.set_totp(tx.conn, account.technician.id, None, 0)
            after = TECHNICIANS.get(tx.conn, account.technician.id)
            editing.tell(tx, TECHNICIANS, COMMAND_LINE, before, after, now)
            return _existing(tx.conn, email)

        return await self.store.write(unit)

    async def technician_id(self, email: str) -> str:
        """The id behind an address. Raises NotFound."""
        return await self.store.read(lambda conn: _existing(conn, email).technician.id)

    async def _change(self, email: str, wanted: Callable[[Connection, TechnicianItem], dict[str, Any]]) -> Account:
        """``wanted``: the fields that are different from now on."""
        now = self.clock()

        def unit(tx: Tx) -> Account:
            technician_id = _existing(tx.conn, email).technician.id
            item = TECHNICIANS.get(tx.conn, technician_id)
            if item is None:
                raise NotFound
            kept = {name: getattr(item, name) for name in FIELDS}
            draft = msgspec.convert(kept | wanted(tx.conn, item), TechnicianDraft)
            editing.changed(tx, TECHNICIANS, COMMAND_LINE, technician_id, draft, None, now)
            return _existing(tx.conn, email)

        return await self.store.write(unit)


def _existing(conn: Connection, email: str) -> Account:
    account = table.by_email(conn, normal_email(email))
    if account is None:
        raise NotFound(f"There is no technician {email}.")
    return account


def _company_ids(conn: Connection, slugs: tuple[str, ...]) -> set[str]:
    ids = set()
    for slug in slugs:
        company = portals.company_by_slug(conn, slug)
        if company is None:
            raise NotFound(f"There is no company {slug}.")
        ids.add(company.id)
    return ids


def _checked_email(email: str) -> str:
    email = normal_email(email)
    local, _, domain = email.partition("@")
    if not (local and domain) or "@" in domain or len(email) > EMAIL_CHARS or len(email.split()) != 1:
        raise BadInput(f"{email!r} is no e-mail address.", field="email")
    return email


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_CHARS:
        raise BadInput(f"A name has 1 to {NAME_CHARS} characters.", field="name")
    return name
