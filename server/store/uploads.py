"""Statements about uploads: bytes on their way in, until they are a file, refused or given up."""

from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, case, func, select, update

from server.domain.people import Side
from server.store.tables import uploads

State = Literal["receiving", "checking", "held", "done", "refused", "cancelled"]
"""held: it waits for the virus scanner."""
ENDED: Final = ("done", "refused", "cancelled")


class UploadRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``uploads``. ``received``: bytes that survive a power cut. ``holder``: the request that may add some."""

    id: str
    company_id: str
    ticket_id: str
    role: Side
    uploader_id: str
    client_id: str
    name: str
    size: int
    received: int
    state: State
    holder: str | None
    original_of: str | None
    code: str | None
    reason: str | None
    message: str | None
    created_at: int
    changed_at: int


def add(conn: Connection, record: UploadRecord) -> None:
    """A new upload."""
    conn.execute(uploads.insert().values(msgspec.structs.asdict(record)))


def get(conn: Connection, upload_id: str) -> UploadRecord | None:
    """The upload with this id; who may know of it is the caller's to check."""
    row = conn.execute(select(uploads).where(uploads.c.id == upload_id)).one_or_none()
    return UploadRecord(**row._mapping) if row else None


def by_client_id(conn: Connection, ticket_id: str, uploader_id: str, client_id: str) -> UploadRecord | None:
    """What this person began with this client_id."""
    row = conn.execute(
        select(uploads).where(
            uploads.c.ticket_id == ticket_id, uploads.c.uploader_id == uploader_id, uploads.c.client_id == client_id
        )
    ).one_or_none()
    return UploadRecord(**row._mapping) if row else None


def hold(conn: Connection, upload_id: str, holder: str) -> None:
    """From now on only this request adds bytes."""
    conn.execute(update(uploads).where(uploads.c.id == upload_id).values(holder=holder))


def received(conn: Connection, upload_id: str, holder: str, size: int, now: int) -> bool:
    """So many bytes are stored. False: another request has taken over, or it is no longer received."""
    changed = conn.execute(
        update(uploads)
        .where(uploads.c.id == upload_id, uploads.c.holder == holder, uploads.c.state == "receiving")
        .values(received=size, changed_at=now)
    )
    return changed.rowcount == 1


def step(conn: Connection, upload_id: str, before: tuple[State, ...], after: State, now: int, **more: Any) -> bool:
    """From one of the states to another. False: somebody was faster."""
    changed = conn.execute(
        update(uploads)
        .where(uploads.c.id == upload_id, uploads.c.state.in_(before))
        .values(state=after, changed_at=now, holder=None, **more)
    )
    return changed.rowcount == 1


def sent_since(conn: Connection, uploader_id: str, since: int) -> int:
    """Bytes that this person sent, or said he would: of what was refused or given up, those that came."""
    counted = case((uploads.c.state.in_(("refused", "cancelled")), uploads.c.received), else_=uploads.c.size)
    total = conn.execute(
        select(func.coalesce(func.sum(counted), 0)).where(
            uploads.c.uploader_id == uploader_id, uploads.c.created_at > since
        )
    )
    return int(total.scalar_one())


def under_way(conn: Connection, uploader_id: str) -> int:
    """How many uploads of this person are not over."""
    query = select(func.count()).where(uploads.c.uploader_id == uploader_id, uploads.c.state.not_in(ENDED))
    return int(conn.execute(query).scalar_one())


def waiting(conn: Connection, after: str, limit: int) -> list[UploadRecord]:
    """Uploads that are whole and have no verdict yet, those behind this id."""
    query = (
        select(uploads)
        .where(uploads.c.state.in_(("checking", "held")), uploads.c.id > after)
        .order_by(uploads.c.id)
        .limit(limit)
    )
    return [UploadRecord(**row._mapping) for row in conn.execute(query)]


def give_up(conn: Connection, state: State, before: int, after: State, now: int, **more: Any) -> int:
    """End those that have not changed since; returns how many."""
    ended = conn.execute(
        update(uploads)
        .where(uploads.c.state == state, uploads.c.changed_at < before)
        .values(state=after, changed_at=now, holder=None, **more)
    )
    return ended.rowcount


def living(conn: Connection, upload_ids: list[str]) -> set[str]:
    """Those of them that are not over."""
    query = select(uploads.c.id).where(uploads.c.id.in_(upload_ids), uploads.c.state.not_in(ENDED))
    return set(conn.execute(query).scalars())


def forget(conn: Connection, before: int) -> int:
    """Delete the rows of uploads that ended before; what became files stays. Returns how many."""
    gone = conn.execute(uploads.delete().where(uploads.c.state.in_(ENDED), uploads.c.changed_at < before))
    return gone.rowcount
