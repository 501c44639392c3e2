"""The promise of base.Store, on every backend: what is answered is stored, what is refused never was."""

import asyncio
import gc
import random
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from server.errors import Busy, Refused, StorageFull
from server.store import dialect, tickets, transcript
from server.store.base import Announcement, Store, Tx
from server.store.tables import installation
from tests.store.conftest import WITH_SMALL_DISKS, Backend, Told, a_ticket, names, put

BIG = secrets.token_hex(500_000)
"""PostgreSQL packs what repeats itself."""


async def together(store: Store, units: list[Callable[[Tx], Any]]) -> list[Any]:
    """The outcomes of units that were written at once."""
    return await asyncio.gather(*(store.write(unit) for unit in units), return_exceptions=True)


async def test_what_is_written_at_once_is_stored_and_announced_once(store: Store, told: Told) -> None:
    wanted = [f"unit-{number:03}" for number in range(200)]  # more than one group, or all connections, hold
    answers = await together(store, [lambda tx, name=name: put(tx, name) for name in wanted])  # type: ignore[misc]
    assert answers == wanted
    assert sorted(told.topics) == wanted
    assert sorted(await names(store)) == wanted


async def test_announcements_come_before_the_answers(backend: Backend) -> None:
    """Who reads an answer has a socket that has heard of it already."""
    order: list[str] = []

    def on_commit(announcements: list[Announcement]) -> None:
        order.extend(f"told {announcement.topic}" for announcement in announcements)

    store = backend.open(on_commit)

    async def write(name: str) -> None:
        await store.write(lambda tx: put(tx, name))
        order.append(f"answered {name}")

    await asyncio.gather(*(write(f"unit-{number}") for number in range(40)))
    await store.close()
    for number in range(40):
        assert order.index(f"told unit-{number}") < order.index(f"answered unit-{number}")


async def test_a_failing_unit_does_not_spoil_its_neighbours(store: Store, told: Told) -> None:
    def breaks_a_constraint(tx: Tx) -> None:
        put(tx, "twice")
        put(tx, "twice")

    def is_refused_after_writing(tx: Tx) -> None:
        put(tx, "refused")
        raise Refused("some_rule", "No.")

    def has_a_bug(tx: Tx) -> None:
        put(tx, "bug")
        raise ZeroDivisionError

    def only_looks_and_refuses(tx: Tx) -> None:
        tx.announce("looked", 1, b"{}")
        raise Refused("other_rule", "No.")

    answers = await together(
        store,
        [
            lambda tx: put(tx, "a"),
            breaks_a_constraint,
            lambda tx: put(tx, "b"),
            is_refused_after_writing,
            has_a_bug,
            only_looks_and_refuses,
            lambda tx: put(tx, "c"),
        ],
    )
    kinds = [answer if isinstance(answer, str) else type(answer).__name__ for answer in answers]
    assert kinds == ["a", "IntegrityError", "b", "Refused", "ZeroDivisionError", "Refused", "c"]
    assert sorted(await names(store)) == ["a", "b", "c"]
    assert sorted(told.topics) == ["a", "b", "c"]


async def test_a_refusal_after_a_write_leaves_nothing(store: Store, told: Told) -> None:
    def unit(tx: Tx) -> None:
        put(tx, "half")
        raise Refused("some_rule", "No.")

    with pytest.raises(Refused, match="No"):
        await store.write(unit)
    assert await names(store) == []
    assert told.topics == []


async def test_units_that_lock_see_each_other(store: Store) -> None:
    """As if each had run alone: counters are raised without a hole."""
    await store.write(lambda tx: put(tx, "counter"))

    def raise_counter(tx: Tx) -> int:
        dialect.exclusive(tx.conn, "counter")
        now = int(tx.conn.execute(select(installation.c.value)).scalar_one()) + 1
        tx.conn.execute(update(installation).values(value=str(now)))
        return now

    assert sorted(await together(store, [raise_counter] * 100)) == list(range(1, 101))


async def test_a_cancelled_caller_leaves_its_write_done(backend: Backend, told: Told) -> None:
    store = backend.open(told)
    write = asyncio.create_task(store.write(lambda tx: put(tx, "left behind")))
    await asyncio.sleep(0)
    write.cancel()
    with pytest.raises(asyncio.CancelledError):
        await write
    await store.close()  # which waits for it
    assert await stored_names(backend) == ["left behind"]
    assert told.topics == ["left behind"]


async def stored_names(backend: Backend) -> list[str]:
    """What a program that starts later finds."""
    later = backend.open(lambda _told: None)
    try:
        return await names(later)
    finally:
        await later.close()


async def test_cancelling_at_any_moment_leaks_nothing(backend: Backend, told: Told) -> None:
    """Neither a transaction, nor a thread, nor an exception that nobody looks at (pitfall 44)."""
    complaints: list[Any] = []
    store = backend.open(told)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: complaints.append(context))
    dice = random.Random(44)

    def unit(tx: Tx, number: int) -> None:
        put(tx, f"unit-{number}")
        if number % 7 == 0:
            raise Refused("some_rule", "No.")

    async def write_or_read(number: int) -> None:
        if number % 3:
            await store.write(lambda tx: unit(tx, number))
        else:
            await names(store)

    try:
        tasks = [asyncio.create_task(write_or_read(number)) for number in range(600)]
        for task in tasks:
            if dice.random() < 0.6:
                task.cancel()
            if dice.random() < 0.1:
                await asyncio.sleep(0)
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        await store.write(lambda tx: put(tx, "last"))
        await store.close()
        del tasks, task
        gc.collect()
    finally:
        loop.set_exception_handler(None)
    assert {type(outcome) for outcome in outcomes} <= {type(None), asyncio.CancelledError, Refused}
    assert complaints == []
    stored = await stored_names(backend)
    assert sorted(stored) == sorted(told.topics)
    assert "last" in stored
    for number, outcome in enumerate(outcomes):
        if number % 3 and outcome is None:
            assert f"unit-{number}" in stored
        if number % 21 == 7:
            assert f"unit-{number}" not in stored


async def test_a_read_sees_every_write_that_was_answered(store: Store) -> None:
    async def write_then_look(number: int) -> None:
        await store.write(lambda tx: put(tx, f"unit-{number}"))
        assert f"unit-{number}" in await names(store)

    await asyncio.gather(*(write_then_look(number) for number in range(100)))


async def test_a_read_is_one_snapshot(backend: Backend, store: Store) -> None:
    def look_twice(conn: Connection) -> tuple[int, int]:
        query = select(func.count()).select_from(installation)
        first = conn.execute(query).scalar_one()
        backend.elsewhere(lambda other: put(Tx(other), "meanwhile"))
        return first, conn.execute(query).scalar_one()

    assert await store.read(look_twice) == (0, 0)
    assert await names(store) == ["meanwhile"]


async def test_a_query_cannot_write(store: Store) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"):
        await store.read(lambda conn: conn.execute(installation.insert().values(name="sneaky", value="")))
    assert await names(store) == []


@pytest.mark.parametrize("backend", WITH_SMALL_DISKS, indirect=True)
async def test_a_full_disk_is_said_so_and_costs_nothing_else(backend: Backend, store: Store, told: Told) -> None:
    """Pitfall 54: nothing of the unit is stored, reading goes on, and writing too when there is room again."""
    await store.write(lambda tx: put(tx, "before"))
    await backend.fill(store)
    answers = await together(store, [lambda tx, n=n: put(tx, f"big-{n}", BIG) for n in range(3)])  # type: ignore[misc]
    assert [type(answer) for answer in answers] == [StorageFull] * 3
    assert await names(store) == ["before"]
    await backend.make_room(store)
    await store.write(lambda tx: put(tx, "after", BIG))
    assert await names(store) == ["before", "after"]
    assert told.topics == ["before", "after"]


@pytest.mark.parametrize("backend", WITH_SMALL_DISKS, indirect=True)
async def test_a_full_disk_is_said_so_on_the_path_of_messages_too(backend: Backend, store: Store) -> None:
    """Messages are written by statements of their own, past SQLAlchemy's execution."""
    company, ticket = await store.write(lambda tx: a_ticket(tx, "acme"))
    await backend.fill(store)

    def write(tx: Tx) -> None:
        transcript.append(
            tx.conn,
            company_id=company,
            ticket_id=ticket,
            kind="message",
            actor=transcript.Actor("customer", "0" * 32, "Ada", "Ada"),
            now=0,
            visible=True,
            body=BIG,
        )

    with pytest.raises(StorageFull):
        await store.write(write)
    answers = await asyncio.gather(*(store.write(write) for _ in range(5)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [StorageFull] * 5
    assert await store.read(lambda conn: tickets.tails(conn, [ticket])) == {ticket: (0, 0)}


@pytest.mark.usefixtures("impatient")
async def test_somebody_elses_lock_means_busy_and_nothing_was_done(backend: Backend, told: Told) -> None:
    store = backend.open(told)
    await store.write(lambda tx: put(tx, "before"))
    with backend.locked():
        answers = await asyncio.gather(
            *(store.write(lambda tx, n=n: put(tx, f"late-{n}")) for n in range(5)),  # type: ignore[misc]
            return_exceptions=True,
        )
        assert [type(answer) for answer in answers] == [Busy] * 5
        assert await names(store) == ["before"]
    await store.write(lambda tx: put(tx, "after"))
    assert await names(store) == ["before", "after"]
    assert told.topics == ["before", "after"]
    await store.close()


async def test_closing_finishes_what_was_accepted(backend: Backend, told: Told) -> None:
    store = backend.open(told)
    tasks = [asyncio.create_task(store.write(lambda tx, n=n: put(tx, f"unit-{n}"))) for n in range(100)]  # type: ignore[misc]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*tasks) == [f"unit-{n}" for n in range(100)]
    with pytest.raises(Busy):
        await store.write(lambda tx: put(tx, "too late"))
    with pytest.raises(Busy):
        await names(store)
    await store.close()  # again: nothing to do
    assert sorted(await stored_names(backend)) == sorted(f"unit-{n}" for n in range(100))


async def test_a_listener_that_fails_keeps_nobody_from_the_answer(backend: Backend) -> None:
    """The write is on disk: whoever waits for it must hear so."""

    def on_commit(_announcements: list[Announcement]) -> None:
        raise ZeroDivisionError

    store = backend.open(on_commit)
    async with asyncio.timeout(10):
        assert await store.write(lambda tx: put(tx, "stored")) == "stored"
    assert await names(store) == ["stored"]
    await store.close()
