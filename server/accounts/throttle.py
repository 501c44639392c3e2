"""Delays for those who guess: 1, 2, 4 … 60 s after each failure, kept in the database, never a hard lock.

An attempt is written down as a failure before it is looked at and taken back when it was right; otherwise a hundred
guesses sent at the same moment would all find the door open.

Three counters watch a sign-in:

- the network (an address, of IPv6 its /64): starts to delay after ten failures, because an office shares one;
- the account, whether it exists or not: delays from the first failure on, from networks that never signed in to it;
- the pair of both, once a sign-in there succeeded: so nobody can keep a technician out from elsewhere.
"""

import hashlib
import ipaddress
from typing import Final

import msgspec
from sqlalchemy import Connection

from server.errors import TooMany
from server.store import throttles as table
from server.store.throttles import Throttle

LONGEST_S: Final = 60
NETWORK_FREE: Final = 10
"""Failures of a network that cost nothing: people of one office mistype too."""
FORGET_MS: Final = 3_600_000
"""After this long without a failure the count starts again."""
KNOWN_MS: Final = 90 * 86_400_000
"""A network that signed in to an account is remembered this long."""
CODE_TRIES: Final = 5
CODE_PAUSE_S: Final = 900
"""Codes have six digits: five tries, then a quarter of an hour. That is 1 in 700 a day for who has the password."""


class Attempt(msgspec.Struct, frozen=True):
    """A sign-in that was written down and is not decided yet."""

    network: str
    account: str
    pair: str
    known: bool


def begin(conn: Connection, email: str, address: str, now: int) -> Attempt:
    """Write the attempt down as a failure. Raises TooMany when it comes too early; then nothing is written."""
    attempt = _attempt(conn, email, address)
    keys = ((attempt.network, NETWORK_FREE), (attempt.pair if attempt.known else attempt.account, 0))
    for key, _ in keys:
        check(conn, key, now)
    for key, free in keys:
        count(conn, key, now, free)
    return attempt


def right_password(conn: Connection, attempt: Attempt, now: int) -> None:
    """Take the failure back, and start the account afresh."""
    state = table.get(conn, attempt.network)
    if state is not None:
        failures = max(0, state.failures - 1)
        blocked = state.blocked_until if failures > NETWORK_FREE else 0
        table.put(conn, attempt.network, Throttle(failures, state.last_at, blocked))
    if attempt.known:
        table.put(conn, attempt.pair, Throttle(last_at=now))
    else:
        clear(conn, attempt.account)


def remember(conn: Connection, attempt: Attempt, now: int) -> None:
    """A sign-in succeeded from this network: the account's delays do not concern it any more."""
    table.put(conn, attempt.pair, Throttle(last_at=now))


def clear(conn: Connection, key: str) -> None:
    """Start afresh."""
    table.clear(conn, key)


def check(conn: Connection, key: str, now: int) -> None:
    """Raises TooMany while the key is blocked."""
    state = table.get(conn, key)
    if state is not None and state.blocked_until > now:
        raise TooMany((state.blocked_until - now) / 1000)


def count(conn: Connection, key: str, now: int, free: int = 0) -> None:
    """One more failure; those beyond ``free`` double the delay."""
    failures = _failures(table.get(conn, key), now) + 1
    over = failures - free
    delay_s = min(LONGEST_S, 2 ** min(over - 1, 10)) if over > 0 else 0
    table.put(conn, key, Throttle(failures, now, now + delay_s * 1000))


def count_code(conn: Connection, key: str, now: int) -> None:
    """One more wrong code; after five, a long pause."""
    failures = _failures(table.get(conn, key), now) + 1
    if failures >= CODE_TRIES:
        table.put(conn, key, Throttle(0, now, now + CODE_PAUSE_S * 1000))
    else:
        table.put(conn, key, Throttle(failures, now, 0))


def code_key(technician_id: str) -> str:
    """Counter of wrong codes."""
    return f"code:{technician_id}"


def password_key(technician_id: str) -> str:
    """Counter of wrong passwords of somebody who is signed in (change of password, switching TOTP off)."""
    return f"password:{technician_id}"


def sweep(conn: Connection, now: int) -> int:
    """Forget what no longer counts; returns how many keys."""
    gone = table.forget(conn, prefix="pair:", before=now - KNOWN_MS)
    for prefix in ("network:", "account:", "code:", "password:", "key:"):
        gone += table.forget(conn, prefix=prefix, before=now - FORGET_MS)
    return gone


def network_of(address: str) -> str:
    """Whom an address counts as: itself, of IPv6 its /64, mapped IPv4 as IPv4."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _attempt(conn: Connection, email: str, address: str) -> Attempt:
    account = hashlib.sha256(email.encode()).hexdigest()  # people type passwords into the wrong field
    network = network_of(address)
    pair = f"pair:{account}:{network}"
    return Attempt(f"network:{network}", f"account:{account}", pair, known=table.get(conn, pair) is not None)


def _failures(state: Throttle | None, now: int) -> int:
    return 0 if state is None or now - state.last_at > FORGET_MS else state.failures
