"""What the SQLite store does beyond the contract: groups, pragmas, and a start that fails clearly."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError, IntegrityError

from server.errors import Busy, Refused
from server.store import sqlite_writer
from server.store.base import Store, Tx
from server.store.sqlite import SqliteStore, engine_for
from server.store.sqlite_gathering import ENOUGH, GATHER_S, TRY, Gathering
from server.store.sqlite_writer import BATCH, PATIENT, Job, OneOfMany, Unit, Writer
from server.store.tables import streams
from tests.store.conftest import Backend, Sqlite, Told, names, put


class Gate:
    """A unit that keeps the writer busy, so that what is written meanwhile waits in one group."""

    def __init__(self, store: Store) -> None:
        self._started = threading.Event()
        self._open = threading.Event()
        self._task = asyncio.create_task(store.write(self._unit))

    def _unit(self, _tx: Tx) -> None:
        self._started.set()
        self._open.wait(10)

    async def closed(self) -> "Gate":
        await asyncio.to_thread(self._started.wait, 10)
        return self

    async def open(self) -> None:
        self._open.set()
        await self._task


async def group(store: Store, units: list[Callable[[Tx], Any]]) -> list[Any]:
    """The outcomes of units that were written as one group."""
    gate = await Gate(store).closed()
    tasks = [asyncio.create_task(store.write(unit)) for unit in units]
    await asyncio.sleep(0)  # all of them are waiting now
    await gate.open()
    return await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def backend(sqlite_backend: Sqlite) -> Backend:
    """A file, here."""
    return sqlite_backend


@pytest.fixture
async def sqlite_store(store: Store) -> SqliteStore:
    """The store of the contract, as what it is."""
    assert isinstance(store, SqliteStore)
    return store


def count(store: SqliteStore, what: str) -> list[str]:
    """Grows by one at each begin, commit or rollback of the writer."""
    seen: list[str] = []
    event.listen(store._writer_engine, what, lambda *_args: seen.append(what))
    return seen


async def test_a_group_is_stored_and_announced_in_the_order_in_which_it_came(store: Store, told: Told) -> None:
    wanted = [f"unit-{number:03}" for number in range(200)]  # more than one group holds
    answers = await group(store, [lambda tx, name=name: put(tx, name) for name in wanted])  # type: ignore[misc]
    assert answers == wanted
    assert told.topics == wanted
    assert await names(store) == wanted


async def test_what_waits_is_committed_together(sqlite_store: SqliteStore) -> None:
    """A durable COMMIT costs a disk's flush: 640 writes must not cost 640."""
    commits = count(sqlite_store, "commit")
    await group(sqlite_store, [lambda tx, n=n: put(tx, str(n)) for n in range(BATCH * 10)])  # type: ignore[misc]
    assert len(commits) == 11  # the gate, and ten full groups


async def test_who_is_patient_lets_others_by(sqlite_store: SqliteStore, told: Told) -> None:
    """B-23: what was said is stored before what machines made of something, and waits for no commit of theirs."""
    gate = await Gate(sqlite_store).closed()
    commits = count(sqlite_store, "commit")
    tasks = [asyncio.create_task(sqlite_store.write(lambda tx: put(tx, "translation"), patient=True))]
    tasks += [asyncio.create_task(sqlite_store.write(lambda tx, n=n: put(tx, str(n)))) for n in range(3)]  # type: ignore[misc]
    await asyncio.sleep(0)  # all of them are waiting now
    await gate.open()
    await asyncio.gather(*tasks)
    assert told.topics == ["0", "1", "2", "translation"]
    assert len(commits) == 3


async def test_patience_has_an_end(sqlite_store: SqliteStore, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that never rests takes some of the patient along, a few at a time."""
    monkeypatch.setattr(sqlite_writer, "PATIENCE_S", 0.0)
    gate = await Gate(sqlite_store).closed()
    tasks = [
        asyncio.create_task(sqlite_store.write(lambda tx, n=n: put(tx, f"later-{n}"), patient=True))  # type: ignore[misc]
        for n in range(PATIENT + 1)
    ]
    tasks += [asyncio.create_task(sqlite_store.write(lambda tx, n=n: put(tx, str(n)))) for n in range(BATCH + 1)]  # type: ignore[misc]
    await asyncio.sleep(0)
    await gate.open()
    await asyncio.gather(*tasks)
    assert told.topics.index(f"later-{PATIENT - 1}") == BATCH + PATIENT - 1
    assert told.topics[-2:] == [str(BATCH), f"later-{PATIENT}"]


def translation(what: object) -> OneOfMany:
    """Says itself."""
    future = asyncio.get_running_loop().create_future()
    return OneOfMany(lambda _raw, several: several, what, what, lambda _result: [], future, patient=True)


async def test_what_machines_say_waits_for_company(backend: Sqlite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of what a translation costs is its commit: a full group is written, or what others of the patient join."""
    monkeypatch.setattr(sqlite_writer, "LINGER_S", 60.0)
    groups: asyncio.Queue[list[object]] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def settle(jobs: list[Job]) -> None:
        loop.call_soon_threadsafe(groups.put_nowait, [job.result for job in jobs])

    writer = Writer(engine_for(backend.path, write=True).connect(), settle)

    def say(what: object) -> None:
        writer.put(translation(what))

    def do(what: object, *, patient: bool) -> None:
        writer.put(Unit(lambda _tx: what, loop.create_future(), patient=patient))

    say(0)
    do("urgent", patient=False)
    assert await groups.get() == ["urgent"]
    do("due", patient=True)
    assert await groups.get() == [0, "due"]
    for n in range(PATIENT):
        say(n)
    assert await groups.get() == [*range(PATIENT)]
    say("the last one")
    await asyncio.to_thread(writer.close)
    assert await groups.get() == ["the last one"]


async def test_who_waits_for_company_does_not_wait_long(backend: Sqlite) -> None:
    settled = asyncio.Event()
    loop = asyncio.get_running_loop()
    writer = Writer(
        engine_for(backend.path, write=True).connect(), lambda _jobs: loop.call_soon_threadsafe(settled.set)
    )
    writer.put(translation("alone"))
    await settled.wait()
    await asyncio.to_thread(writer.close)


class Waits:
    """How long groups of so many jobs waited for more, a moment after each other."""

    def __init__(self) -> None:
        self.now = 0.0
        self._slept = 0.0
        self._gathering = Gathering(lambda: self.now, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self._slept += seconds
        self.now += seconds

    def group(self, jobs: int, others: int = 0, pause: float = 0.0001) -> bool:
        self.now += pause
        before = self._slept
        self._gathering.wait(others)
        self._gathering.wrote(jobs)
        return self._slept > before

    def machines(self, jobs: int) -> None:
        """A group of patient ones: nobody asks whether it should wait."""
        self._gathering.wrote(jobs)


def test_a_group_waits_for_more_only_while_that_pays() -> None:
    """Who writes one thing after the other waits for nobody, but for one try in so many; nor does who comes alone."""
    waits = Waits()
    assert sum(waits.group(1) for _ in range(1 + TRY * 4)) == 4
    while not waits.group(3):
        pass
    assert [waits.group(jobs) for jobs in (3, 3, 1, 1, 1)] == [True, True, True, False, False]
    while not waits.group(3):
        pass
    assert not waits.group(3, others=ENOUGH)
    assert not waits.group(3, pause=GATHER_S * 2)
    assert waits.group(3)


def test_people_who_chat_wait_for_nobody() -> None:
    """One who comes shortly after another is no stream of them, nor is one behind what machines had to say."""
    waits = Waits()
    assert not any(waits.group(1, pause=GATHER_S * (2 if n % (TRY - 1) == 0 else 0.5)) for n in range(TRY * 8))
    while not waits.group(1):
        pass
    waits.machines(3)
    assert not any(waits.group(1) for _ in range(TRY - 1))


async def test_a_store_that_closes_finishes_what_was_patient(sqlite_store: SqliteStore, told: Told) -> None:
    gate = await Gate(sqlite_store).closed()
    task = asyncio.create_task(sqlite_store.write(lambda tx: put(tx, "later"), patient=True))
    await asyncio.sleep(0)
    closing = asyncio.create_task(sqlite_store.close())
    await gate.open()
    await asyncio.gather(task, closing)
    assert told.topics == ["later"]


async def test_who_only_looks_and_refuses_costs_the_others_nothing(sqlite_store: SqliteStore) -> None:
    runs: list[int] = []

    def unit(tx: Tx, number: int) -> None:
        runs.append(number)
        if number % 2:
            raise Refused("some_rule", "No.")
        put(tx, str(number))

    rollbacks = count(sqlite_store, "rollback")
    await group(sqlite_store, [lambda tx, n=n: unit(tx, n) for n in range(10)])  # type: ignore[misc]
    assert runs == list(range(10))
    assert rollbacks == []


@pytest.mark.usefixtures("impatient")
async def test_a_lock_is_waited_for_once_per_group(backend: Sqlite, told: Told) -> None:
    """Waiting 5 s for each of 64 units in turn would hold up everybody for minutes."""
    sqlite_store = SqliteStore(backend.path, told)
    with backend.locked():
        begins = count(sqlite_store, "begin")
        writes = [asyncio.create_task(sqlite_store.write(lambda tx: put(tx, "never"))) for _ in range(20)]
        answers = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Busy] * 20
    assert len(begins) <= 2  # whoever came first, and the other nineteen
    await sqlite_store.close()


async def test_a_busy_of_the_unit_itself_is_its_own(sqlite_store: SqliteStore, told: Told) -> None:
    def unit(tx: Tx) -> None:
        put(tx, "half")
        raise Busy

    answers = await group(sqlite_store, [lambda tx: put(tx, "a"), unit, lambda tx: put(tx, "b")])
    assert [answer if isinstance(answer, str) else type(answer) for answer in answers] == ["a", Busy, "b"]
    assert told.topics == ["a", "b"]


async def test_a_commit_that_fails_announces_nothing(sqlite_store: SqliteStore, told: Told) -> None:
    """The units ran well; what they wrote breaks a key that is looked at only at the end."""

    def unit(tx: Tx) -> None:
        tx.conn.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        nothing = {"company_id": "nobody", "ticket_id": "nothing", "author_id": "", "stream": "", "last_n": 1}
        tx.conn.execute(streams.insert().values(**nothing))
        tx.announce("never", 1, b"{}")

    answers = await group(sqlite_store, [lambda tx: put(tx, "a"), unit, lambda tx: put(tx, "b")])
    assert [answer if isinstance(answer, str) else type(answer) for answer in answers] == ["a", IntegrityError, "b"]
    assert told.topics == ["a", "b"]


async def test_connections_are_durable_and_strict(sqlite_store: SqliteStore) -> None:
    """Pitfalls 49, 50, 52: a commit survives a power cut, keys hold, and readers cannot write."""

    def pragmas(conn: Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "query_only")
        return {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names}

    full = 2
    assert await sqlite_store.write(lambda tx: pragmas(tx.conn)) == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "query_only": 0,
    }
    assert await sqlite_store.read(pragmas) == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "query_only": 1,
    }


async def test_a_commit_is_there_for_others_at_once(backend: Sqlite, store: Store) -> None:
    await store.write(lambda tx: put(tx, "seen"))
    with sqlite3.connect(backend.path) as other:
        assert other.execute("SELECT name FROM installation").fetchall() == [("seen",)]
    other.close()


@pytest.mark.parametrize("content", [b"this is no database, whatever its name says" * 100, b"\0" * 4096])
async def test_a_file_that_is_no_database_fails_the_start(tmp_path: Path, told: Told, content: bytes) -> None:
    """And not the first write, much later, in a thread whose death nobody hears."""
    path = tmp_path / "broken.db"
    path.write_bytes(content)
    with pytest.raises((sqlite3.DatabaseError, DBAPIError, Busy)):
        SqliteStore(path, told)


async def test_two_stores_on_one_file_take_turns(backend: Backend, told: Told) -> None:
    """The command line writes while the server runs: counters have no holes and nobody fails."""
    command_line = backend.open(told)
    store = backend.open(told)
    one = [command_line.write(lambda tx, n=n: put(tx, f"one-{n}")) for n in range(50)]  # type: ignore[misc]
    two = [store.write(lambda tx, n=n: put(tx, f"two-{n}")) for n in range(50)]  # type: ignore[misc]
    await asyncio.gather(*one, *two)
    await command_line.close()
    await store.close()
    assert isinstance(backend, Sqlite)
    with sqlite3.connect(backend.path) as other:
        places = [int(value) for (value,) in other.execute("SELECT value FROM installation ORDER BY value")]
    other.close()
    assert places == list(range(100))
