"""What every table must look like: whose data it holds stands in each row, and the database keeps companies apart."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Column, Connection, ForeignKeyConstraint, Table, insert, update
from sqlalchemy.exc import IntegrityError

from server.domain.ids import new_id
from server.store import outbox as side_effects
from server.store import search
from server.store.base import Store, Tx
from server.store.scope import StaffScope
from server.store.tables import (
    customers,
    events,
    files,
    handovers,
    metadata,
    outbox,
    portals,
    streams,
    tickets,
    uploads,
)
from server.store.tables import search as index
from tests.store.conftest import a_ticket

INSTALLATION = {"installation", "companies", "technicians", "sessions", "api_tokens", "throttles", "translators"}
"""Not one company's: technicians may see several, and sign in to the installation."""
INSTALLATION |= {"pictures", "audit"}
"""Logos and faces are public. The audit log outlives companies, and tells of technicians as well."""

TABLES = [table for table in metadata.sorted_tables if table.name not in INSTALLATION]
COMPANY_TABLES = {table.name for table in TABLES}


def names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_row_says_whose_it_is(table: Table) -> None:
    assert "company_id" in names(table)
    assert not table.c.company_id.nullable


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_between_rows_of_companies_carry_the_company(table: Table) -> None:
    """A row of one company cannot point at a row of another, whatever the program does."""
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint) and constraint.referred_table.name in COMPANY_TABLES:
            assert "company_id" in [column.name for column in constraint.columns], constraint.name
    for column in table.columns:
        if points_at_a_company_row(column):
            assert column.foreign_keys, f"{table.name}.{column.name} points at nothing"


def points_at_a_company_row(column: Column[Any]) -> bool:
    """By its name. Search index and outbox are copies of what was locked or read (store/tables.py).

    A ticket keeps the name of its issue type, which may go.
    """
    owner = column.name.removesuffix("_id")
    free = {(table, column) for table in ("search", "outbox") for column in ("ticket_id", "event_id")}
    free.add(("tickets", "issue_type_id"))
    return owner != column.name and f"{owner}s" in COMPANY_TABLES and (column.table.name, column.name) not in free


def stolen(table: Table, **values: object) -> Callable[[Tx, dict[str, str]], None]:
    """A row of company ``mine`` that points at what belongs to ``theirs``."""

    def work(tx: Tx, ids: dict[str, str]) -> None:
        tx.conn.execute(insert(table).values({name: ids.get(str(value), value) for name, value in values.items()}))

    return work


def moved(**values: object) -> Callable[[Tx, dict[str, str]], None]:
    """My ticket, pointing at what belongs to ``theirs``."""

    def work(tx: Tx, ids: dict[str, str]) -> None:
        new = {name: ids.get(str(value), value) for name, value in values.items()}
        tx.conn.execute(update(tickets).where(tickets.c.id == ids["my ticket"]).values(new))

    return work


CROSSINGS = {
    "event in their ticket": stolen(
        events,
        id=new_id(),
        company_id="mine",
        ticket_id="their ticket",
        staff_seq=1,
        kind="message",
        author_role="customer",
        author_name="",
        public_name="",
        body="",
        at=0,
    ),
    "stream of their ticket": stolen(
        streams, company_id="mine", ticket_id="their ticket", author_id="x", stream="s", last_n=1
    ),
    "file in their ticket": stolen(
        files,
        id=new_id(),
        company_id="mine",
        ticket_id="their ticket",
        name="",
        media_type="",
        size=0,
        sha256="",
        created_at=0,
    ),
    "upload into their ticket": stolen(
        uploads,
        id=new_id(),
        company_id="mine",
        ticket_id="their ticket",
        role="customer",
        uploader_id="x",
        client_id="one",
        name="",
        size=0,
        received=0,
        state="receiving",
        created_at=0,
        changed_at=0,
    ),
    "key to their ticket": stolen(
        handovers, company_id="mine", ticket_id="their ticket", hash="", role="customer", expires_at=0
    ),
    "customer of their portal": stolen(
        customers, id=new_id(), company_id="mine", portal_id="their portal", verified=False, created_at=0
    ),
    "portal with their prefix": stolen(
        portals, id=new_id(), company_id="mine", slug="new", name="", key_prefix="THEIRS", settings={}, created_at=0
    ),
    "ticket moved to their queue": moved(queue_id="their queue"),
    "ticket given their key prefix": moved(key_prefix="THEIRS", key_no=99),
    "ticket of their customer": moved(customer_id="their customer"),
}


@pytest.mark.parametrize("crossing", CROSSINGS)
async def test_the_database_refuses_rows_that_cross_companies(store: Store, crossing: str) -> None:
    def two_companies(tx: Tx) -> dict[str, str]:
        mine, my_ticket = a_ticket(tx, "mine")
        theirs, their_ticket = a_ticket(tx, "theirs")
        row = tx.conn.execute(tickets.select().where(tickets.c.id == their_ticket)).one()
        return {
            "mine": mine,
            "my ticket": my_ticket,
            "theirs": theirs,
            "their ticket": their_ticket,
            "their portal": row.portal_id,
            "their queue": row.queue_id,
            "their customer": row.customer_id,
        }

    ids = await store.write(two_companies)
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await store.write(lambda tx: CROSSINGS[crossing](tx, ids))


async def test_a_row_of_the_index_that_crosses_companies_is_found_by_nobody(store: Store) -> None:
    """Nor does what is left to do for a ticket that is gone stand in anybody's way."""

    def cross(tx: Tx) -> tuple[str, str]:
        (mine, my_ticket), (theirs, their_ticket) = a_ticket(tx, "mine"), a_ticket(tx, "theirs")
        row = {"company_id": mine, "event_id": "", "at": 0, "text": "secret"}
        tx.conn.execute(insert(index), [row | {"ticket_id": their_ticket}, row | {"ticket_id": "gone"}])
        left = {"kind": "search", "company_id": mine, "event_id": None}
        tx.conn.execute(insert(outbox), [left | {"ticket_id": one} for one in (my_ticket, "gone")])
        search.index(tx.conn, side_effects.remove(tx.conn, "search", 10))
        return mine, theirs

    mine, theirs = await store.write(cross)

    def found(*companies: str) -> Callable[[Connection], int]:
        scope = StaffScope("x", frozenset(companies), available=True)
        return lambda conn: len(search.find(conn, scope, "secret", 10))

    assert [await store.read(found(*one)) for one in ((mine,), (theirs,), (mine, theirs))] == [0, 0, 0]
