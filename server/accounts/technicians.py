"""Technicians at the door: who somebody is, sign-in and sessions.

What a person does to the own account stands in ``own``, what an administrator does to others in desk/administration.
There is one way in for every door: each asks ``session`` or ``by_api_token``, so that a disabled account is out
everywhere.
"""

from typing import Final

import msgspec
from sqlalchemy import Connection

from server.accounts import bearer, changes, throttle, totp
from server.accounts.own import OwnAccount
from server.accounts.passwords import Passwords, normal_email
from server.clock import Clock, now_ms
from server.domain.people import Technician
from server.errors import Refused, Unauthenticated
from server.settings import Settings
from server.store import technicians as table
from server.store.base import Store, Tx
from server.store.technicians import Account, SessionRecord

TOUCH_MS: Final = 60_000
"""``seen_at`` and ``used_at`` are written at most this often: reading is not worth a write each time."""
WRONG: Final = "The e-mail address, the password or the code is wrong."
CODE_REQUIRED: Final = "code_required"
TOO_OLD: Final = "password_expired"
REFUSALS: Final = {
    CODE_REQUIRED: "Type the six digits of your authenticator.",
    TOO_OLD: "This one-time password has expired. Ask an administrator for another one.",
}
"""Told to whoever knows the password only."""
DAY_MS: Final = 86_400_000


class Session(msgspec.Struct, frozen=True):
    """A signed-in browser. ``hash`` names the session; only the browser knows its cookie."""

    hash: str
    technician: Technician
    must_change_password: bool
    created_at: int


class Technicians:
    """Sign-in, sessions and bearers. ``own`` is what somebody who is in can do to the own account."""

    def __init__(
        self, store: Store, settings: Settings, clock: Clock = now_ms, passwords: Passwords | None = None
    ) -> None:
        self.store = store
        self.settings = settings
        self.clock = clock
        self.passwords = passwords or Passwords()
        self.own = OwnAccount(store, settings, clock, self.passwords)

    # --- in ---------------------------------------------------------------------------------------------------------

    async def sign_in(
        self, email: str, password: str, code: str | None, address: str, user_agent: str
    ) -> tuple[str, Session]:
        """A new session; returns its cookie and itself.

        Raises Unauthenticated (one text, whatever was wrong), Refused code_required or password_expired (the password
        was right), TooMany, Busy.
        """
        email = normal_email(email)
        started = self.clock()
        attempt = await self.store.write(lambda tx: throttle.begin(tx.conn, email, address, started))
        account = await self.store.read(lambda conn: table.by_email(conn, email))
        right = await self.passwords.verify(account.password_hash if account else None, password)
        if account is None or not right or account.disabled:
            raise Unauthenticated(WRONG)
        now = self.clock()
        cookie = bearer.new_cookie()

        def unit(tx: Tx) -> Session | str:
            """The session, or why there is none: what was counted must stay even then, so nothing is raised."""
            fresh = table.by_id(tx.conn, account.technician.id)
            if fresh is None or fresh.disabled or fresh.password_hash != account.password_hash:
                return WRONG
            refusal = TOO_OLD if self._expired(fresh, now) else _check_code(tx.conn, fresh, code, now)
            throttle.right_password(tx.conn, attempt, now)
            if refusal is not None:
                return refusal
            throttle.remember(tx.conn, attempt, now)
            return self._new_session(tx.conn, fresh, cookie, now, address, user_agent)

        outcome = await self.store.write(unit)
        if isinstance(outcome, str):
            raise Refused(outcome, REFUSALS[outcome]) if outcome in REFUSALS else Unauthenticated(WRONG)
        await self._refresh_hash(account, password)
        return cookie, outcome

    async def session(self, cookie: str | None) -> Session:
        """The session of this cookie; asking for it counts as activity. Raises Unauthenticated."""
        if not cookie:
            raise Unauthenticated
        return await self.session_by_hash(bearer.hash_of(cookie))

    async def session_by_hash(self, session_hash: str) -> Session:
        """As ``session``, for a socket that looks again. Raises Unauthenticated."""
        found = await self.store.ask(table.by_sessions, session_hash)
        now = self.clock()
        if found is None or not self._lives(found, now):
            raise Unauthenticated
        if now - found.seen_at >= TOUCH_MS:
            await self.store.write(lambda tx: table.touch_session(tx.conn, session_hash, now))
        return _session(session_hash, found.account, found.created_at)

    async def by_api_token(self, token: str) -> Technician:
        """Whom a bearer token speaks for. Raises Unauthenticated."""
        found = await self.store.ask(table.by_tokens, bearer.hash_of(token))
        if found is None or found[1].disabled:
            raise Unauthenticated
        record, account = found
        now = self.clock()
        if now - (record.used_at or 0) >= TOUCH_MS:
            await self.store.write(lambda tx: table.touch_token(tx.conn, record.id, now))
        return account.technician

    async def technician(self, technician_id: str) -> Technician | None:
        """The technician with this id, unless the account is disabled."""
        account = await self.store.ask(table.by_ids, technician_id)
        return None if account is None or account.disabled else account.technician

    async def look(self, ids: list[str], hashes: list[str], *, touch: bool) -> tuple[dict[str, Technician], set[str]]:
        """(technicians as they are now, sessions and tokens that still count) for everybody whose console is open.

        ``touch``: an open console counts as activity; write that down.
        """
        now = self.clock()

        def query(conn: Connection) -> tuple[dict[str, Technician], set[str], set[str]]:
            sessions = table.living_sessions(conn, hashes, now=now, seen_after=now - self._idle_ms)
            return table.present(conn, ids), sessions, table.living_tokens(conn, hashes)

        found, sessions, tokens = await self.store.read(query)
        if touch and sessions:
            await self.store.write(lambda tx: table.touch_sessions(tx.conn, sorted(sessions), now))
        return found, sessions | tokens

    # --- out --------------------------------------------------------------------------------------------------------

    async def sign_out(self, session: Session) -> None:
        """End this session."""
        await self.store.write(lambda tx: changes.end_session(tx, session.technician.id, session.hash))

    async def sign_out_cookie(self, cookie: str) -> None:
        """End the session of a cookie that is being replaced, if there is one."""
        session_hash = bearer.hash_of(cookie)

        def unit(tx: Tx) -> None:
            found = table.session(tx.conn, session_hash)
            if found is not None:
                changes.end_session(tx, found.account.technician.id, session_hash)

        await self.store.write(unit)

    async def sign_out_everywhere(self, technician_id: str) -> None:
        """End every session of this person, this one included."""
        await self.store.write(lambda tx: changes.end_all_sessions(tx, technician_id))

    async def sweep(self) -> int:
        """Forget sessions and throttles that no longer count; returns how many."""
        now = self.clock()

        def unit(tx: Tx) -> int:
            gone = table.forget_sessions(tx.conn, expired_at=now, seen_before=now - self._idle_ms)
            return gone + throttle.sweep(tx.conn, now)

        return await self.store.write(unit)

    # --- inside -----------------------------------------------------------------------------------------------------

    @property
    def _idle_ms(self) -> int:
        return self.settings.session_idle_minutes * 60_000

    def _expired(self, account: Account, now: int) -> bool:
        since = account.one_time_since
        return since is not None and now - since >= self.settings.one_time_password_days * DAY_MS

    def _lives(self, found: SessionRecord, now: int) -> bool:
        return now < found.expires_at and now - found.seen_at < self._idle_ms and not found.account.disabled

    def _new_session(
        self, conn: Connection, account: Account, cookie: str, now: int, address: str, user_agent: str
    ) -> Session:
        table.add_session(
            conn,
            session=bearer.hash_of(cookie),
            technician_id=account.technician.id,
            now=now,
            expires_at=now + self.settings.session_hours * 3_600_000,
            ip=address,
            user_agent=user_agent,
        )
        return _session(bearer.hash_of(cookie), account, now)

    async def _refresh_hash(self, account: Account, password: str) -> None:
        old = account.password_hash
        if self.passwords.outdated(old):
            new = await self.passwords.hash(password)
            await self.store.write(lambda tx: table.rehash(tx.conn, account.technician.id, old, new))


def _check_code(conn: Connection, account: Account, code: str | None, now: int) -> str | None:
    """None when the second factor is off or right; else why not. Raises TooMany after too many wrong codes."""
    if account.totp_secret is None:
        return None
    if code is None:
        return CODE_REQUIRED
    key = throttle.code_key(account.technician.id)
    throttle.check(conn, key, now)
    step = totp.matching_step(account.totp_secret, code, now, account.totp_last_step)
    if step is None or not table.use_totp_step(conn, account.technician.id, step):
        throttle.count_code(conn, key, now)
        return WRONG
    throttle.clear(conn, key)
    return None


def _session(session_hash: str, account: Account, created_at: int) -> Session:
    return Session(session_hash, account.technician, account.must_change_password, created_at)
