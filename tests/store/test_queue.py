"""Places in a queue, and that they cost the same however many wait."""

import pytest
from sqlalchemy import Connection, insert, select, text

from server.domain.ids import new_id
from server.domain.limits import AHEAD_CAP
from server.domain.ticket import View
from server.store import lists
from server.store.base import Store, Tx
from server.store.lists import counts
from server.store.queues import _longest, _places, ahead, first_queued_at
from server.store.routing import companies_with_work, owned
from server.store.tables import tickets as table
from tests.store.conftest import a_ticket


def line(tx: Tx, count: int) -> list[str]:
    """So many wait, the last but one more urgent than all others; the first of them has ended the chat."""
    _company, first = a_ticket(tx, "acme")
    row = tx.conn.execute(select(table).where(table.c.id == first)).one()._asdict()
    ids = [new_id() for _ in range(count)]
    tx.conn.execute(
        insert(table),
        [
            row | {"id": one, "client_id": one, "key_no": 100 + i, "queued_at": i, "priority": int(i == count - 2)}
            for i, one in enumerate(ids)
        ],
    )
    tx.conn.execute(table.update().where(table.c.id.in_([first, ids[0]])).values(chat="ended"))
    return ids


async def test_places_are_counted_up_to_a_bound(store: Store) -> None:
    """C-12: the urgent one is next; whoever has so many before him hears just that, and who does not wait nothing."""
    ids = await store.write(lambda tx: line(tx, AHEAD_CAP + 4))
    asked = [ids[-2], ids[1], ids[2], ids[AHEAD_CAP - 1], ids[AHEAD_CAP], ids[-1], ids[0], "unknown", ids[1]]
    places = await store.read(lambda conn: ahead(conn, asked))
    assert places == [0, 1, 2, AHEAD_CAP - 1, AHEAD_CAP, AHEAD_CAP, None, None, 1]


async def test_whether_anything_is_given_is_asked_of_queues(store: Store) -> None:
    """C-07: where nothing is given automatically, a change costs the same however many wait, whatever PostgreSQL
    has counted so far."""
    ids = await store.write(lambda tx: line(tx, 300))

    def look(conn: Connection) -> None:
        company_id = conn.execute(select(table.c.company_id).where(table.c.id == ids[0])).scalar_one()
        before = read_so_far(conn)
        assert companies_with_work(conn, {company_id}, set()) == []
        assert owned(conn, company_id) == []
        assert read_so_far(conn) - before < 10

    await store.read(look)


async def test_views_are_counted_up_to_a_bound(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """G-11: what a change of the list costs ends there, however many wait."""
    ids = await store.write(lambda tx: line(tx, 20))
    company_id = await store.read(
        lambda conn: conn.execute(select(table.c.company_id).where(table.c.id == ids[0])).scalar_one()
    )
    exact = {View.NEW: 21, View.ACTIVE: 0, View.COMPLETED: 0, View.ALL: 21}
    assert await store.read(lambda conn: counts(conn, company_id)) == exact
    monkeypatch.setattr(lists, "OPEN_COUNT_CAP", 7)
    monkeypatch.setattr(lists, "COUNT_CAP", 5)
    assert await store.read(lambda conn: counts(conn, company_id)) == {**exact, View.NEW: 8, View.ALL: 6}


def read_so_far(conn: Connection) -> int:
    """Rows of tickets that this transaction has read. SQLite does not count them: there only the answers are tried."""
    if conn.dialect.name == "sqlite":
        return 0
    counted = "coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)"
    found = conn.execute(text(f"SELECT {counted} FROM pg_stat_xact_user_tables WHERE relname = 'tickets'"))
    return int(found.scalar_one())


async def test_who_is_next_is_found_without_the_others(store: Store) -> None:
    """By an index in the order of the line: nothing is sorted, so that a bound bounds the work as well."""
    ids = await store.write(lambda tx: line(tx, 3))

    def look(conn: Connection) -> list[str]:
        queue_id = conn.execute(select(table.c.queue_id).where(table.c.id == ids[0])).scalar_one()
        assert first_queued_at(conn, queue_id) == 1
        how = "EXPLAIN QUERY PLAN" if conn.dialect.name == "sqlite" else "EXPLAIN"
        if conn.dialect.name != "sqlite":  # of three rows it would read all
            for way in ("seqscan", "bitmapscan", "mergejoin"):
                conn.execute(text(f"SET LOCAL enable_{way} = off"))
        plans = []
        for prepared in (_places, _longest):
            statement = prepared._statement.params(queue=queue_id, asked="[]")  # type: ignore[attr-defined]
            sql = statement.compile(conn, compile_kwargs={"literal_binds": True})
            plans.append("\n".join(str(row) for row in conn.exec_driver_sql(f"{how} {sql}")))
        return plans

    for plan in await store.read(look):
        assert "ix_tickets_queue" in plan
        assert "Sort" not in plan
        assert "TEMP B-TREE FOR ORDER BY" not in plan
