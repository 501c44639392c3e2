"""Customers who sign in with a password (S-01, S-02): sign-in, registration, links with which a password is chosen.

Whoever signs in at a portal gets the token of a customer, like anybody else; the account stands behind it.

No answer tells whether an address has an account, with one exception: whoever registers at a portal that allows it
learns that the address is taken. Without e-mail there is no other place to say it; attempts are throttled.
"""

import secrets
from collections.abc import Callable
from typing import Final

import msgspec

from server.accounts import throttle
from server.accounts.bearer import hash_of
from server.accounts.customers import Customers, hashed
from server.accounts.passwords import Passwords, check_strength, normal_email
from server.clock import Clock, now_ms
from server.domain.devices import DeviceClass
from server.domain.people import Customer
from server.errors import NotFound, Refused, Unauthenticated
from server.store import customer_accounts as table
from server.store.base import Store, Tx
from server.store.customer_accounts import Account
from server.store.portals import PortalRecord

WRONG: Final = "The e-mail address or the password is wrong."
LINK_MS: Final = 7 * 86_400_000
"""How long a link with which somebody chooses a password can be used."""


class Browser(msgspec.Struct, frozen=True):
    """From where somebody comes. ``entering``: what else is done in the transaction in which he comes in."""

    address: str
    device_class: DeviceClass | None
    entering: Callable[[Tx, Customer], None] | None = None


class CustomerAccounts:
    """Sign-in of customers. Hashing has bounds of its own, so that a flood of customers shuts no technician out."""

    def __init__(self, store: Store, customers: Customers, clock: Clock = now_ms) -> None:
        self._store = store
        self._customers = customers
        self._clock = clock
        self.passwords = Passwords()

    async def sign_in(self, portal: PortalRecord, email: str, password: str, browser: Browser) -> tuple[Customer, str]:
        """(customer, new token). Raises Unauthenticated (one text, whatever was wrong), TooMany, Busy."""
        _check_offered(portal)
        email, started = normal_email(email), self._clock()
        name = f"{portal.company_id}:{email}"
        attempt = await self._store.write(lambda tx: throttle.begin(tx.conn, name, browser.address, started))
        account = await self._store.read(lambda conn: table.by_email(conn, portal.company_id, email))
        right = await self.passwords.verify(account.password_hash if account else None, password)
        if account is None or not right or account.disabled:
            raise Unauthenticated(WRONG)
        token, now = secrets.token_hex(32), self._clock()

        def unit(tx: Tx) -> Customer | None:
            fresh = table.by_id(tx.conn, account.id)
            if fresh is None or fresh.disabled or fresh.password_hash != account.password_hash:
                return None
            throttle.right_password(tx.conn, attempt, now)
            throttle.remember(tx.conn, attempt, now)
            return self._enter(tx, portal, fresh, token, browser, now)

        customer = await self._store.write(unit)
        if customer is None:
            raise Unauthenticated(WRONG)
        return customer, token

    async def register(
        self, portal: PortalRecord, email: str, name: str, password: str, browser: Browser
    ) -> tuple[Customer, str]:
        """A new account, where the portal allows it. Raises BadInput, Refused email_taken, TooMany."""
        if portal.settings.sign_in == "off" or not portal.settings.self_registration:
            raise NotFound
        email, started = normal_email(email), self._clock()
        check_strength(password, email, name)
        taken = f"{portal.company_id}:{email}"
        attempt = await self._store.write(lambda tx: throttle.begin(tx.conn, taken, browser.address, started))
        hash_ = await self.passwords.hash(password)
        token, now = secrets.token_hex(32), self._clock()

        def unit(tx: Tx) -> Customer:
            account_id = table.add(tx.conn, portal.company_id, email, name, hash_, now)
            account = table.by_id(tx.conn, account_id) if account_id else None
            if account is None:
                raise Refused("email_taken", "There is an account with this address. Sign in, or ask for a new link.")
            throttle.right_password(tx.conn, attempt, now)
            return self._enter(tx, portal, account, token, browser, now)

        return await self._store.write(unit), token

    async def choose_password(
        self, portal: PortalRecord, link: str, password: str, browser: Browser
    ) -> tuple[Customer, str]:
        """Follow a link, once: the password is this from now on. Raises NotFound for a link that is none (any more)."""
        link_hash, started = hash_of(link), self._clock()
        account = await self._store.read(lambda conn: table.link(conn, link_hash, started))
        _check_link(account, portal)
        check_strength(password, account.email if account else "", account.name if account else "")
        hash_ = await self.passwords.hash(password)
        token, now = secrets.token_hex(32), self._clock()

        def unit(tx: Tx) -> Customer:
            whose = _check_link(table.take_link(tx.conn, link_hash, now), portal)
            table.set_password(tx.conn, whose.id, hash_)
            table.drop_tokens(tx.conn, whose.id)
            return self._enter(tx, portal, whose, token, browser, now)

        return await self._store.write(unit), token

    async def invited(self, portal: PortalRecord, link: str) -> Account:
        """Whose link this is, to be shown before a password is chosen. Raises NotFound."""
        link_hash, now = hash_of(link), self._clock()
        return _check_link(await self._store.read(lambda conn: table.link(conn, link_hash, now)), portal)

    async def change_password(self, customer: Customer, token: str, current: str, new: str) -> None:
        """Another password; other browsers and apps have to sign in again. Raises Refused wrong_password, TooMany."""
        account = await self._account_of(customer)
        key, now = throttle.password_key(account.id), self._clock()

        def begin(tx: Tx) -> None:
            throttle.check(tx.conn, key, now)
            throttle.count(tx.conn, key, now)

        await self._store.write(begin)
        if not await self.passwords.verify(account.password_hash, current):
            raise Refused("wrong_password", "The current password is wrong.")
        check_strength(new, account.email, account.name)
        hash_ = await self.passwords.hash(new)

        def unit(tx: Tx) -> None:
            throttle.clear(tx.conn, key)
            table.set_password(tx.conn, account.id, hash_)
            table.drop_tokens(tx.conn, account.id, keep=hashed(token))

        await self._store.write(unit)

    async def look(self, tokens: list[str], tickets: list[str]) -> tuple[set[str], set[tuple[str, str]]]:
        """(hashes of tokens that still count, who reads which ticket) for everybody whose page is open."""
        now = self._clock()
        return await self._store.read(
            lambda conn: (table.living(conn, tokens, now), table.readers(conn, tickets)),
        )

    # --- inside ---------------------------------------------------------------------------------------------------

    async def _account_of(self, customer: Customer) -> Account:
        account_id = customer.account_id or ""
        account = await self._store.read(lambda conn: table.by_id(conn, account_id))
        if account is None or account.disabled:
            raise Unauthenticated
        return account

    def _enter(
        self, tx: Tx, portal: PortalRecord, account: Account, token: str, browser: Browser, now: int
    ) -> Customer:
        customer = table.customer(tx.conn, account, portal.id, now)
        if browser.entering is not None:
            browser.entering(tx, customer)
        self._customers.remember(tx, customer, token, now, browser.device_class)
        return customer


def new_link(tx: Tx, account: Account, now: int) -> str:
    """A link with which the account's owner chooses a password; what he had before is void everywhere at once."""
    secret = secrets.token_urlsafe(32)
    table.put_link(tx.conn, account, hash_of(secret), now + LINK_MS)
    table.void_password(tx.conn, account.id)
    table.drop_tokens(tx.conn, account.id)
    return secret


def _check_offered(portal: PortalRecord) -> None:
    if portal.settings.sign_in == "off":
        raise NotFound


def _check_link(account: Account | None, portal: PortalRecord) -> Account:
    if account is None or account.disabled or account.company_id != portal.company_id:
        raise NotFound("This link is not valid any more. Ask for a new one.")
    return account
