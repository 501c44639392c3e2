"""What an administrator does to other people's accounts: add, disable, access, role, a new one-time password."""

from collections.abc import Callable

from sqlalchemy import Connection

from server.accounts import changes
from server.accounts.passwords import Passwords, normal_email, one_time_password
from server.bus.control import PersonChanged
from server.clock import Clock, now_ms
from server.domain.limits import EMAIL_CHARS, NAME_CHARS
from server.domain.people import Role
from server.errors import BadInput, NotFound, Refused
from server.store import portals
from server.store import technicians as table
from server.store.base import Store, Tx
from server.store.technicians import Account


class Roster:
    """Accounts by e-mail address, as administrators know them."""

    def __init__(self, store: Store, clock: Clock = now_ms, passwords: Passwords | None = None) -> None:
        self.store = store
        self.clock = clock
        self.passwords = passwords or Passwords()

    async def accounts(self) -> list[Account]:
        """Everybody, by address."""
        return await self.store.read(table.all_accounts)

    async def add(
        self, email: str, name: str, public_name: str, role: Role = "technician", companies: tuple[str, ...] = ()
    ) -> str:
        """A new account with access to these companies (slugs); returns its one-time password."""
        email = _checked_email(email)
        name, public_name = _checked_name(name), _checked_name(public_name)
        password = one_time_password()
        hashed = await self.passwords.hash(password)
        now = self.clock()

        def unit(tx: Tx) -> None:
            if table.by_email(tx.conn, email) is not None:
                raise Refused("email_taken", f"There is a technician {email} already.")
            technician_id = table.add(
                tx.conn,
                email=email,
                name=name,
                public_name=public_name,
                role=role,
                password_hash=hashed,
                now=now,
            )
            table.set_access(tx.conn, technician_id, _company_ids(tx.conn, companies))

        await self.store.write(unit)
        return password

    async def new_password(self, email: str) -> str:
        """Replace a forgotten password by a one-time password, and end all sessions; returns it."""
        password = one_time_password()
        hashed = await self.passwords.hash(password)

        def change(tx: Tx, account: Account) -> None:
            table.set_password(tx.conn, account.technician.id, hashed, must_change=True)
            changes.end_all_sessions(tx, account.technician.id)

        await self._change(email, change)
        return password

    async def set_access(self, email: str, give: tuple[str, ...] = (), take: tuple[str, ...] = ()) -> Account:
        """Give and take access to companies (slugs); returns the account as it is now."""

        def change(tx: Tx, account: Account) -> None:
            person = account.technician
            companies = (person.companies | _company_ids(tx.conn, give)) - _company_ids(tx.conn, take)
            table.set_access(tx.conn, person.id, companies)
            changes.announce(tx, PersonChanged(person.id, access=True))

        return await self._change(email, change)

    async def set_role(self, email: str, role: Role) -> Account:
        """Make somebody an administrator, or a technician again."""

        def change(tx: Tx, account: Account) -> None:
            table.set_role(tx.conn, account.technician.id, role)
            changes.announce(tx, PersonChanged(account.technician.id, access=True))

        return await self._change(email, change)

    async def set_disabled(self, email: str, *, disabled: bool) -> Account:
        """Shut an account out at once and everywhere, or let it in again."""

        def change(tx: Tx, account: Account) -> None:
            table.set_disabled(tx.conn, account.technician.id, disabled=disabled)
            changes.end_all_sessions(tx, account.technician.id, access=True)

        return await self._change(email, change)

    async def totp_off(self, email: str) -> Account:
        """For somebody who lost the authenticator."""

        def change(tx: Tx, account: Account) -> None:
            table.set_totp(tx.conn, account.technician.id, None, 0)

        return await self._change(email, change)

    async def technician_id(self, email: str) -> str:
        """The id behind an address. Raises NotFound."""
        return await self.store.read(lambda conn: _existing(conn, email).technician.id)

    async def _change(self, email: str, change: Callable[[Tx, Account], None]) -> Account:
        def unit(tx: Tx) -> Account:
            change(tx, _existing(tx.conn, email))
            return _existing(tx.conn, email)

        return await self.store.write(unit)


def _existing(conn: Connection, email: str) -> Account:
    account = table.by_email(conn, normal_email(email))
    if account is None:
        raise NotFound(f"There is no technician {email}.")
    return account


def _company_ids(conn: Connection, slugs: tuple[str, ...]) -> frozenset[str]:
    ids = set()
    for slug in slugs:
        company = portals.company_by_slug(conn, slug)
        if company is None:
            raise NotFound(f"There is no company {slug}.")
        ids.add(company.id)
    return frozenset(ids)


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
