"""Statements about throttles: what failed how often under a key, and until when the key is blocked."""

import msgspec
from sqlalchemy import Connection, delete, select

from server.store import dialect
from server.store.tables import throttles


class Throttle(msgspec.Struct, frozen=True):
    """How often something failed, and until when it may not be tried again."""

    failures: int = 0
    last_at: int = 0
    blocked_until: int = 0


def get(conn: Connection, key: str) -> Throttle | None:
    """What is remembered under a key. Nobody else looks before this transaction ends: it is read to be changed."""
    dialect.exclusive(conn, f"throttle/{key}")
    row = conn.execute(
        select(throttles.c.failures, throttles.c.last_at, throttles.c.blocked_until).where(throttles.c.key == key)
    ).one_or_none()
    return Throttle(*row) if row else None


def put(conn: Connection, key: str, throttle: Throttle) -> None:
    """Remember under a key."""
    values = msgspec.to_builtins(throttle)
    statement = dialect.insert(conn, throttles).values(key=key, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=[throttles.c.key], set_=values))


def clear(conn: Connection, key: str) -> None:
    """Forget a key."""
    conn.execute(delete(throttles).where(throttles.c.key == key))


def forget(conn: Connection, *, prefix: str, before: int) -> int:
    """Delete keys with this prefix that nothing happened to since; returns how many."""
    stale = throttles.c.key.startswith(prefix, autoescape=True) & (throttles.c.last_at < before)
    return conn.execute(delete(throttles).where(stale)).rowcount
