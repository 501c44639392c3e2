"""What somebody who is signed in does to the own account: password, second factor, API tokens."""

from sqlalchemy import Connection

from server.accounts import bearer, changes, throttle, totp
from server.accounts.passwords import Passwords, check_strength
from server.bus.control import PersonChanged
from server.clock import Clock
from server.errors import BadInput, NotFound, Refused, Unauthenticated
from server.settings import Settings
from server.store import technicians as table
from server.store.base import Store, Tx
from server.store.technicians import Account, TokenRecord


class OwnAccount:
    """The caller has shown who it is: ``technician_id`` is never taken from what a client says."""

    def __init__(self, store: Store, settings: Settings, clock: Clock, passwords: Passwords) -> None:
        self.store = store
        self.settings = settings
        self.clock = clock
        self.passwords = passwords

    # --- password ---------------------------------------------------------------------------------------------------

    async def change_password(self, technician_id: str, session_hash: str, current: str, new: str) -> None:
        """Replace the password; every session but this one ends. Raises BadInput, TooMany."""
        account = await self._prove(technician_id, current, field="current")
        person = account.technician
        if new == current:
            raise BadInput("The new password is the old one.", field="new")
        check_strength(new, person.email, person.name, person.public_name)
        hashed = await self.passwords.hash(new)

        def unit(tx: Tx) -> None:
            table.set_password(tx.conn, person.id, hashed, one_time_since=None)
            changes.end_other_sessions(tx, person.id, keep=session_hash)

        await self.store.write(unit)

    async def _prove(self, technician_id: str, password: str, field: str) -> Account:
        """The password once more, so that a borrowed session is not enough. Raises BadInput, TooMany."""
        key, now = throttle.password_key(technician_id), self.clock()

        def begin(tx: Tx) -> Account:
            throttle.check(tx.conn, key, now)
            throttle.count(tx.conn, key, now)
            return _account(tx.conn, technician_id)

        account = await self.store.write(begin)
        if not await self.passwords.verify(account.password_hash, password):
            raise BadInput("This is not your present password.", field=field)
        await self.store.write(lambda tx: throttle.clear(tx.conn, key))
        return account

    # --- second factor ----------------------------------------------------------------------------------------------

    async def start_totp(self, technician_id: str) -> tuple[str, str]:
        """A secret for an authenticator, plain and as a URI. It counts once a code of it was confirmed."""
        secret = totp.new_secret()

        def unit(tx: Tx) -> str:
            account = _account(tx.conn, technician_id)
            if account.totp_secret is not None:
                raise Refused("totp_on", "The second factor is on already; switch it off first.")
            table.set_totp_pending(tx.conn, technician_id, secret)
            return account.technician.email

        email = await self.store.write(unit)
        return secret, totp.uri(secret, email, self.settings.url.partition("://")[2])

    async def confirm_totp(self, technician_id: str, code: str) -> None:
        """Switch the second factor on. Raises BadInput for a wrong code, Refused when none was started."""
        now = self.clock()

        def unit(tx: Tx) -> None:
            account = _account(tx.conn, technician_id)
            if account.totp_pending is None:
                raise Refused("totp_not_started", "Ask for a new secret first.")
            step = totp.matching_step(account.totp_pending, code, now, last_step=0)
            if step is None:
                raise BadInput("This code does not match. Is the clock of your phone right?", field="code")
            table.set_totp(tx.conn, technician_id, account.totp_pending, step)

        await self.store.write(unit)

    async def stop_totp(self, technician_id: str, password: str) -> None:
        """Switch the second factor off. Raises BadInput for a wrong password, TooMany."""
        await self._prove(technician_id, password, field="password")
        await self.store.write(lambda tx: table.set_totp(tx.conn, technician_id, None, 0))

    # --- API tokens -------------------------------------------------------------------------------------------------

    async def new_token(self, technician_id: str, name: str) -> tuple[str, str]:
        """A bearer token that can do what this person can; returns its id and the token, which is shown once."""
        token, now = bearer.new_token(), self.clock()
        hashed = bearer.hash_of(token)
        return await self.store.write(lambda tx: table.add_token(tx.conn, technician_id, name, hashed, now)), token

    async def tokens(self, technician_id: str) -> list[TokenRecord]:
        """This person's tokens, oldest first."""
        return await self.store.read(lambda conn: table.tokens_of(conn, technician_id))

    async def revoke_token(self, technician_id: str, token_id: str) -> None:
        """The token stops working, on open sockets too. Raises NotFound when this person has no such token."""

        def unit(tx: Tx) -> None:
            removed = table.remove_token(tx.conn, technician_id, token_id)
            if removed is None:
                raise NotFound
            changes.announce(tx, PersonChanged(technician_id, ended_credentials=[removed]))

        await self.store.write(unit)


def _account(conn: Connection, technician_id: str) -> Account:
    account = table.by_id(conn, technician_id)
    if account is None or account.disabled:
        raise Unauthenticated
    return account
