"""Statements about technicians: the account, access to companies, sessions, API tokens.

Secrets are stored as hashes only, except TOTP secrets, which have to be computed with.
"""

from collections.abc import Collection
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, String, delete, func, select, update

from server.domain.ids import new_id
from server.domain.people import Availability, Role, Technician
from server.store import dialect
from server.store.tables import access, api_tokens, queues, sessions, technicians


class Account(msgspec.Struct, frozen=True):
    """A technician with what only accounts/ may look at."""

    technician: Technician
    password_hash: str
    must_change_password: bool
    one_time_since: int | None
    """when its one-time password was made; None: it has one of its owner's own"""
    totp_secret: str | None
    totp_pending: str | None
    totp_last_step: int
    disabled: bool


class SessionRecord(msgspec.Struct, frozen=True):
    """A console session with its account."""

    account: Account
    created_at: int
    seen_at: int
    expires_at: int


class TokenRecord(msgspec.Struct, frozen=True):
    """An API token without the token."""

    id: str
    name: str
    created_at: int
    used_at: int | None


# --- accounts -------------------------------------------------------------------------------------------------------


def by_email(conn: Connection, email: str) -> Account | None:
    """The account with this address, in the spelling of ``accounts.passwords.normal_email``."""
    row = conn.execute(select(technicians).where(technicians.c.email == email)).one_or_none()
    return _account(row, _companies(conn, [row.id])[row.id]) if row else None


_asked: Final = dialect.given("asked", id=String())
_known: Final = select(technicians).join(_asked, _asked.c.id == technicians.c.id)
_may_see: Final = select(access).join(_asked, _asked.c.id == access.c.technician_id)
_known_sessions: Final = select(sessions).join(_asked, _asked.c.id == sessions.c.hash)
_known_tokens: Final = select(api_tokens).join(_asked, _asked.c.id == api_tokens.c.hash)


def by_ids(conn: Connection, ids: list[str]) -> list[Account | None]:
    """The account with each id."""
    asked = {"asked": dialect.rows((one,) for one in set(ids))}
    rows = conn.execute(_known, asked).all()
    companies = _companies(conn, [row.id for row in rows])
    accounts = {row.id: _account(row, companies[row.id]) for row in rows}
    return [accounts.get(technician_id) for technician_id in ids]


def by_id(conn: Connection, technician_id: str) -> Account | None:
    """The account with this id."""
    return by_ids(conn, [technician_id])[0]


def present(conn: Connection, ids: list[str]) -> dict[str, Technician]:
    """Those of these technicians whose account is not disabled."""
    found = by_ids(conn, ids)
    return {one.technician.id: one.technician for one in found if one is not None and not one.disabled}


def with_access(conn: Connection, ids: set[str], company_id: str) -> list[str]:
    """Those of these technicians who may see this company."""
    if not ids:
        return []
    query = select(access.c.technician_id).where(access.c.technician_id.in_(ids), access.c.company_id == company_id)
    return sorted(conn.execute(query).scalars())


def working(conn: Connection, ids: set[str], company_id: str) -> set[str]:
    """Those of these technicians who may see this company, and whose account is not disabled."""
    here = technicians.c.id.in_(with_access(conn, ids, company_id)) & technicians.c.disabled.is_(False)
    return set(conn.execute(select(technicians.c.id).where(here)).scalars())


def name(conn: Connection, technician_id: str) -> str:
    """What colleagues call this person."""
    return str(conn.execute(select(technicians.c.name).where(technicians.c.id == technician_id)).scalar_one())


def all_accounts(conn: Connection) -> list[Account]:
    """Every account, by address."""
    rows = conn.execute(select(technicians).order_by(technicians.c.email)).all()
    companies = _companies(conn, [row.id for row in rows])
    return [_account(row, companies[row.id]) for row in rows]


def administrators(conn: Connection) -> int:
    """How many administrators can sign in."""
    active = (technicians.c.role == "administrator") & technicians.c.disabled.is_(False)
    return conn.execute(select(func.count()).select_from(technicians).where(active)).scalar_one()


def add(conn: Connection, *, email: str, name: str, public_name: str, role: Role, password_hash: str, now: int) -> str:
    """A new account that has to change its password; returns its id. It sees no company yet and is away."""
    technician_id = new_id()
    conn.execute(
        technicians.insert().values(
            id=technician_id,
            email=email,
            name=name,
            public_name=public_name,
            role=role,
            password_hash=password_hash,
            must_change_password=True,
            availability="away",
            disabled=False,
            created_at=now,
            present_at=now,
            present_until=now,
            absent_since=now,
        )
    )
    return technician_id


def set_password(conn: Connection, technician_id: str, password_hash: str, *, one_time_since: int | None) -> None:
    """Replace the password, by a one-time password that counts from then on, or by one of its owner's own (None)."""
    must_change = one_time_since is not None
    _update(
        conn,
        technician_id,
        password_hash=password_hash,
        must_change_password=must_change,
        one_time_since=one_time_since,
    )


def rehash(conn: Connection, technician_id: str, old: str, new: str) -> None:
    """The same password under newer parameters, unless it was changed meanwhile."""
    conn.execute(
        update(technicians)
        .where(technicians.c.id == technician_id, technicians.c.password_hash == old)
        .values(password_hash=new)
    )


def set_availability(conn: Connection, technician_id: str, state: Availability) -> None:
    """Available or away."""
    _update(conn, technician_id, availability=state)


def idle_from(conn: Connection, technician_id: str, now: int) -> None:
    """Somebody has come, or has more or fewer chats than before: whoever did so longest ago is given the next one."""
    _update(conn, technician_id, idle_since=now)


def set_disabled(conn: Connection, technician_id: str, *, disabled: bool) -> None:
    """A disabled account can do nothing; it keeps its name on what it wrote."""
    _update(conn, technician_id, disabled=disabled)


def set_role(conn: Connection, technician_id: str, role: Role) -> None:
    """Technician or administrator."""
    _update(conn, technician_id, role=role)


def set_language(conn: Connection, technician_id: str, lang: str) -> None:
    """What this person reads and writes."""
    _update(conn, technician_id, language=lang)


def set_access(conn: Connection, technician_id: str, companies: frozenset[str]) -> None:
    """Exactly these companies. Whoever loses one leaves its teams; what stays is not touched, nor are its teams."""
    mine = access.c.technician_id == technician_id
    known = set(conn.execute(select(access.c.company_id).where(mine)).scalars())
    conn.execute(delete(access).where(mine, access.c.company_id.in_(known - companies)))
    for company_id in sorted(companies - known):
        conn.execute(access.insert().values(technician_id=technician_id, company_id=company_id))


def companies_of(conn: Connection, technician_ids: list[str]) -> dict[str, list[str]]:
    """Technician -> whose tickets that person may see, in order; of those who may see any."""
    query = select(access).where(access.c.technician_id.in_(technician_ids)).order_by(access.c.company_id)
    found: dict[str, list[str]] = {}
    for row in conn.execute(query):
        found.setdefault(row.technician_id, []).append(row.company_id)
    return found


def lose_company(conn: Connection, company_id: str) -> list[str]:
    """The company goes; returns who might have seen it."""
    conn.execute(delete(queues).where(queues.c.company_id == company_id, queues.c.kind == "technician"))
    gone = delete(access).where(access.c.company_id == company_id).returning(access.c.technician_id)
    return list(conn.execute(gone).scalars())


# --- second factor --------------------------------------------------------------------------------------------------


def set_totp_pending(conn: Connection, technician_id: str, secret: str) -> None:
    """A secret that counts only once a code of it was shown."""
    _update(conn, technician_id, totp_pending=secret)


def set_totp(conn: Connection, technician_id: str, secret: str | None, last_step: int) -> None:
    """Switch the second factor on (or off with None)."""
    _update(conn, technician_id, totp_secret=secret, totp_pending=None, totp_last_step=last_step)


def use_totp_step(conn: Connection, technician_id: str, step: int) -> bool:
    """Use up a time step; False when it or a later one was used before."""
    result = conn.execute(
        update(technicians)
        .where(technicians.c.id == technician_id, technicians.c.totp_last_step < step)
        .values(totp_last_step=step)
    )
    return result.rowcount == 1


# --- sessions -------------------------------------------------------------------------------------------------------


def add_session(
    conn: Connection, *, session: str, technician_id: str, now: int, expires_at: int, ip: str, user_agent: str
) -> None:
    """A new session; ``session`` is the hash of its cookie."""
    conn.execute(
        sessions.insert().values(
            hash=session,
            technician_id=technician_id,
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
            ip=ip,
            user_agent=user_agent,
        )
    )


def by_sessions(conn: Connection, hashes: list[str]) -> list[SessionRecord | None]:
    """The session with each hash, whether it is still valid or not."""
    rows = conn.execute(_known_sessions, {"asked": dialect.rows((one,) for one in set(hashes))}).all()
    found = {
        row.hash: SessionRecord(account, row.created_at, row.seen_at, row.expires_at)
        for row, account in zip(rows, by_ids(conn, [row.technician_id for row in rows]), strict=True)
        if account
    }
    return [found.get(one) for one in hashes]


def session(conn: Connection, session_hash: str) -> SessionRecord | None:
    """``by_sessions`` of one."""
    return by_sessions(conn, [session_hash])[0]


def touch_session(conn: Connection, session_hash: str, now: int) -> None:
    """Somebody was there."""
    conn.execute(update(sessions).where(sessions.c.hash == session_hash).values(seen_at=now))


def living_sessions(conn: Connection, hashes: list[str], *, now: int, seen_after: int) -> set[str]:
    """Those of these sessions that still count."""
    return set(
        conn.execute(
            select(sessions.c.hash).where(
                sessions.c.hash.in_(hashes), sessions.c.expires_at > now, sessions.c.seen_at > seen_after
            )
        ).scalars()
    )


def touch_sessions(conn: Connection, hashes: list[str], now: int) -> None:
    """Somebody is there, in all of these."""
    conn.execute(update(sessions).where(sessions.c.hash.in_(hashes)).values(seen_at=now))


def end_session(conn: Connection, session_hash: str) -> bool:
    """False when it had ended before."""
    return conn.execute(delete(sessions).where(sessions.c.hash == session_hash)).rowcount == 1


def end_sessions(conn: Connection, technician_id: str, keep: str | None = None) -> list[str]:
    """End all sessions of an account but one; returns the hashes of those that ended."""
    ended = delete(sessions).where(sessions.c.technician_id == technician_id)
    if keep is not None:
        ended = ended.where(sessions.c.hash != keep)
    return list(conn.execute(ended.returning(sessions.c.hash)).scalars())


def forget_sessions(conn: Connection, *, expired_at: int, seen_before: int) -> int:
    """Delete what no longer counts; returns how many."""
    stale = (sessions.c.expires_at <= expired_at) | (sessions.c.seen_at < seen_before)
    return conn.execute(delete(sessions).where(stale)).rowcount


# --- API tokens -----------------------------------------------------------------------------------------------------


def add_token(conn: Connection, technician_id: str, name: str, token_hash: str, now: int) -> str:
    """A new token; returns its id."""
    token_id = new_id()
    conn.execute(
        api_tokens.insert().values(id=token_id, hash=token_hash, technician_id=technician_id, name=name, created_at=now)
    )
    return token_id


def by_tokens(conn: Connection, hashes: list[str]) -> list[tuple[TokenRecord, Account] | None]:
    """The token with each hash and whom it speaks for."""
    rows = conn.execute(_known_tokens, {"asked": dialect.rows((one,) for one in set(hashes))}).all()
    accounts = by_ids(conn, [row.technician_id for row in rows])
    found = {row.hash: (_token(row), account) for row, account in zip(rows, accounts, strict=True) if account}
    return [found.get(one) for one in hashes]


def tokens_of(conn: Connection, technician_id: str) -> list[TokenRecord]:
    """The tokens of an account, oldest first."""
    rows = conn.execute(select(api_tokens).where(api_tokens.c.technician_id == technician_id).order_by(api_tokens.c.id))
    return [_token(row) for row in rows]


def touch_token(conn: Connection, token_id: str, now: int) -> None:
    """Somebody used it."""
    conn.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(used_at=now))


def remove_token(conn: Connection, technician_id: str, token_id: str) -> str | None:
    """The hash of the removed token; None when this account has no such token."""
    gone = delete(api_tokens).where(api_tokens.c.technician_id == technician_id, api_tokens.c.id == token_id)
    return conn.execute(gone.returning(api_tokens.c.hash)).scalar_one_or_none()


def living_tokens(conn: Connection, hashes: Collection[str]) -> set[str]:
    """Those of these hashes that are tokens."""
    return set(conn.execute(select(api_tokens.c.hash).where(api_tokens.c.hash.in_(hashes))).scalars())


# --- rows to records ------------------------------------------------------------------------------------------------


def _companies(conn: Connection, ids: list[str]) -> dict[str, frozenset[str]]:
    """What each of these technicians has access to."""
    found: dict[str, set[str]] = {technician_id: set() for technician_id in ids}
    for row in conn.execute(_may_see, {"asked": dialect.rows((one,) for one in found)}):
        found[row.technician_id].add(row.company_id)
    return {technician_id: frozenset(companies) for technician_id, companies in found.items()}


def _account(row: Row[Any], companies: frozenset[str]) -> Account:
    return Account(
        technician=_technician(row, companies),
        password_hash=row.password_hash,
        must_change_password=row.must_change_password,
        one_time_since=row.one_time_since,
        totp_secret=row.totp_secret,
        totp_pending=row.totp_pending,
        totp_last_step=row.totp_last_step,
        disabled=row.disabled,
    )


def _technician(row: Row[Any], companies: frozenset[str]) -> Technician:
    return Technician(
        id=row.id,
        email=row.email,
        name=row.name,
        public_name=row.public_name,
        role=row.role,
        availability=row.availability,
        companies=companies,
        totp=row.totp_secret is not None,
        absent_since=row.absent_since,
        language=row.language,
    )


def _token(row: Row[Any]) -> TokenRecord:
    return TokenRecord(row.id, row.name, row.created_at, row.used_at)


def _update(conn: Connection, technician_id: str, **values: object) -> None:
    conn.execute(update(technicians).where(technicians.c.id == technician_id).values(**values))
