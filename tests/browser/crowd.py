"""50,000 tickets of two companies, written straight into a database, and the order in which they stand."""

from typing import Any, Final

import msgspec
from sqlalchemy import Connection, insert, select, update

from server.store import tables
from tests.support.office import Office, Worker

HALF: Final = 25_000
FIRST_AT: Final = 1_700_000_000_000
NAMES: Final = ("Ada", "Béla", "Chloé", "Dmitri", "Эмма", "Fatima", "Gül", "Hồ")
STATES: Final = (
    ("open", "new", None),
    ("in_progress", "active", 0),
    ("in_progress", "active", 1),
    ("done", "completed", 1),
    ("reopened", "active", 0),
)
"""status, view, and which of two technicians has it"""


class Ranked(msgspec.Struct):
    """What a ticket is sorted by."""

    id: str
    key: str
    time: int
    number: tuple[str, int]
    customer: str
    company: str
    status: str
    assignee: str
    view: str


def fill(office: Office, other: Office, workers: tuple[Worker, Worker]) -> list[Ranked]:
    """Copies the one ticket that each office has; returns all tickets, the two included."""
    return [ranked for half in (office, other) for ranked in half.write(lambda conn: _half(conn, half, workers))]  # noqa: B023 - called at once


def _half(conn: Connection, office: Office, workers: tuple[Worker, Worker]) -> list[Ranked]:
    [original] = conn.execute(select(tables.tickets).where(tables.tickets.c.company_id == office.company)).mappings()
    rows = [dict(original)] + [_copy(dict(original), n, workers) for n in range(2, HALF + 1)]
    conn.execute(insert(tables.tickets), rows[1:])
    conn.execute(update(tables.key_prefixes).where(tables.key_prefixes.c.prefix == office.prefix).values(last_no=HALF))
    conn.execute(update(tables.companies).where(tables.companies.c.id == office.company).values(list_seq=HALF))
    name = conn.execute(select(tables.companies.c.name).where(tables.companies.c.id == office.company)).scalar_one()
    return [_ranked(row, name, workers) for row in rows]


def _copy(row: dict[str, Any], n: int, workers: tuple[Worker, Worker]) -> dict[str, Any]:
    status, view, assignee = STATES[n * 7 % len(STATES)]
    name = f"{NAMES[n * 11 % len(NAMES)]} {n * 7_919 % HALF:05}"
    return {
        **row,
        "id": f"{row['id'][:24]}{n:08x}",
        "client_id": f"00000000-0000-4000-8000-{n:012x}",
        "key_no": n,
        "customer_name": name,
        "customer_sort": name.casefold(),
        "created_at": FIRST_AT + n * 104_729 % (HALF * 1_000),
        "status": status,
        "view": view,
        "assignee_id": None if assignee is None else workers[assignee].id,
        "list_seq": n,
    }


def _ranked(row: dict[str, Any], company: str, workers: tuple[Worker, Worker]) -> Ranked:
    names = {worker.id: worker.name for worker in workers}
    return Ranked(
        id=row["id"],
        key=f"{row['key_prefix']}-{row['key_no']}",
        time=row["created_at"],
        number=(row["key_prefix"], row["key_no"]),
        customer=row["customer_sort"],
        company=company,
        status=row["status"],
        assignee=names.get(row["assignee_id"], ""),
        view=row["view"],
    )


def ordered(crowd: list[Ranked], column: str, *, descending: bool) -> list[str]:
    """Keys from the first row to the last. Equal ones stand by id."""
    field = {"key": "number"}.get(column, column)
    ranked = sorted(crowd, key=lambda one: (getattr(one, field), one.id), reverse=descending)
    return [one.key for one in ranked]
