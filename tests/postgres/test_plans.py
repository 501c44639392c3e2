"""How PostgreSQL carries out the hot path's statements: what is not looked at costs nothing, from the first day."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from server.store import appending, leasing, translated
from server.store.connections import connect
from server.store.postgres import address, arguments


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (appending.STATEMENT, ["text"]),
        (translated.STATEMENT, ["text", "text"]),
        (leasing.STATEMENT, ["text", "bigint", "bigint"]),
    ],
)
async def test_nothing_is_read_but_by_its_key(database: str, statement: str, values: list[str]) -> None:
    """On empty tables that nobody has counted, as on large ones: a plan that is made once is kept."""
    conn = await connect(dsn=address(database), **arguments())
    try:
        await conn.execute(f"PREPARE hot ({', '.join(values)}) AS {statement}")
        [(found,)] = await conn.fetch(f"EXPLAIN (FORMAT JSON) EXECUTE hot ({', '.join('NULL' for _ in values)})")
    finally:
        await conn.close()
    scans = [node for node in nodes(json.loads(found)[0]["Plan"]) if "Scan" in node["Node Type"]]
    tables = [node for node in scans if node["Node Type"] not in ("CTE Scan", "Function Scan", "Subquery Scan")]
    assert {node.get("Relation Name") for node in tables} >= {"tickets", "events"}
    assert [node for node in tables if not node["Node Type"].startswith("Index") or "Index Cond" not in node] == []


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The plan and everything in it."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)
