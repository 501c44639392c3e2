"""Side effects that a transaction left to be done: taken by lease, done at least once, then removed."""

from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Integer, String, bindparam, delete, func, select, update

from server.store import dialect, sqlite_indexing
from server.store.prepared import Prepared
from server.store.sqlite_rows import driver
from server.store.tables import outbox

_add = Prepared(
    outbox.insert().values(
        kind=bindparam("kind"),
        company_id=bindparam("company_id"),
        ticket_id=bindparam("ticket_id"),
        event_id=bindparam("event_id"),
    )
)
_free = (
    select(outbox.c.id)
    .where(outbox.c.kind == bindparam("kind"), outbox.c.lease_until < bindparam("before"))
    .order_by(outbox.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_take = Prepared(
    update(outbox)
    .where(outbox.c.id.in_(_free), outbox.c.lease_until < bindparam("now", type_=BigInteger))
    .values(
        lease_owner=bindparam("owner", type_=String),
        lease_until=bindparam("until", type_=BigInteger),
        attempts=outbox.c.attempts + 1,
    )
    .returning(outbox.c.id, outbox.c.company_id, outbox.c.ticket_id, outbox.c.event_id, outbox.c.attempts)
)
_oldest = (
    select(outbox.c.id)
    .where(outbox.c.kind == bindparam("kind"))
    .order_by(outbox.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_remove = Prepared(delete(outbox).where(outbox.c.id.in_(_oldest)).returning(outbox.c.ticket_id, outbox.c.event_id))
_asked = dialect.given("asked", id=BigInteger())
_done = Prepared(delete(outbox).where(outbox.c.id.in_(select(_asked.c.id))))


class Taken(NamedTuple):
    """A row that is leased."""

    id: int
    company_id: str
    ticket_id: str
    event_id: str | None
    attempts: int


class Left(NamedTuple):
    """What a row points at."""

    ticket_id: str
    event_id: str | None


def add(conn: Connection, kind: str, company_id: str, ticket_id: str, event_id: str | None = None) -> None:
    """Leave something to be done for this ticket, or for one event of it."""
    _add(conn, kind=kind, company_id=company_id, ticket_id=ticket_id, event_id=event_id)


def take(conn: Connection, kind: str, owner: str, now: int, lease_ms: int, limit: int) -> list[Taken]:
    """Lease up to ``limit`` rows that nobody holds (or whose holder is gone), oldest first."""
    rows = _take(conn, kind=kind, before=now, now=now, owner=owner, until=now + lease_ms, most=limit)
    return sorted(map(Taken._make, rows))


def remove(conn: Connection, kind: str, limit: int) -> list[Left]:
    """Take the oldest rows out, for work that is done in this transaction: if it fails, they are where they were."""
    if conn.dialect.name == "sqlite":
        return [Left(*row) for row in sqlite_indexing.remove(driver(conn), kind, limit)]
    return [Left(*row) for row in _remove(conn, kind=kind, most=limit)]


def done(conn: Connection, ids: list[int]) -> None:
    """These are done."""
    if ids:
        _done(conn, asked=dialect.rows((one,) for one in ids))


def pending(conn: Connection, kind: str) -> bool:
    """Whether anything of this kind is left."""
    return conn.execute(select(outbox.c.id).where(outbox.c.kind == kind).limit(1)).first() is not None


def waiting(conn: Connection, kind: str) -> int:
    """How many of this kind are left."""
    return int(conn.execute(select(func.count()).select_from(outbox).where(outbox.c.kind == kind)).scalar_one())


# --- leases of those who take their time ------------------------------------------------------------------------------


def take_others(conn: Connection, kind: str, owner: str, now: int, lease_ms: int, ticket_ids: list[str]) -> list[Taken]:
    """Lease what else waits for these tickets: it is one piece of work."""
    free = (
        select(outbox.c.id)
        .where(outbox.c.kind == kind, outbox.c.ticket_id.in_(ticket_ids), outbox.c.lease_until < now)
        .with_for_update(skip_locked=True)  # two who wait for what the other has just taken would wait for ever
    )
    rows = conn.execute(
        update(outbox)
        .where(outbox.c.id.in_(free), outbox.c.lease_until < now)
        .values(lease_owner=owner, lease_until=now + lease_ms, attempts=outbox.c.attempts + 1)
        .returning(outbox.c.id, outbox.c.company_id, outbox.c.ticket_id, outbox.c.event_id, outbox.c.attempts)
    )
    return [Taken(*row) for row in rows]


def renew(conn: Connection, owner: str, ids: list[int], until: int) -> None:
    """These are still in the works; those that somebody else has taken meanwhile are not.

    What is being struck off right now needs no lease any more, and is not waited for.
    """
    mine = select(outbox.c.id).where(outbox.c.id.in_(ids), outbox.c.lease_owner == owner)
    held = mine.with_for_update(skip_locked=True)
    conn.execute(update(outbox).where(outbox.c.id.in_(held)).values(lease_until=until))


def put_off(conn: Connection, owner: str, ids: list[int], until: int) -> None:
    """Nobody takes these before then."""
    mine = (outbox.c.id.in_(ids)) & (outbox.c.lease_owner == owner)
    conn.execute(update(outbox).where(mine).values(lease_owner=None, lease_until=until))


def release(conn: Connection, owner: str) -> None:
    """Whatever this owner has, anybody may take, as if it had not been taken."""
    free = {"lease_owner": None, "lease_until": 0, "attempts": outbox.c.attempts - 1}
    conn.execute(update(outbox).where(outbox.c.lease_owner == owner).values(**free))
