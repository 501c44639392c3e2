"""PostgreSQL goes away under a real server while people write: nobody is cut, nothing is lost (P-01, P-02, P-03)."""

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, QueuePool, func, select, text

from server.store.base import Tx
from server.store.postgres import Pools, PostgresStore
from server.store.tables import installation
from tests.faults.cast import Cast, chats, count, people
from tests.support.office import open_office, written
from tests.support.people import console, customer, http, open_ticket
from tests.support.postgres import Postgres
from tests.support.relay import relay
from tests.support.server import DeskServer

pytestmark = pytest.mark.faults

RESTARTS = 5
SEED = 43


@pytest.fixture(scope="module")
def own() -> Iterator[Postgres]:
    """A server that may be treated badly."""
    running = Postgres(own=True)
    yield running
    running.stop()


@pytest.fixture
def desk(own: Postgres, tmp_path: Path) -> Iterator[DeskServer]:
    """``deskwire serve`` on it."""
    running = DeskServer(tmp_path / "data", DESKWIRE_DATABASE_URL=own.migrated()).migrate().start()
    yield running
    running.kill()


def connections(own: Postgres, desk: DeskServer) -> dict[str, int]:
    """The server's connections by state."""
    name = str(desk.store).partition("?")[0].rpartition("/")[2]
    query = (
        "SELECT state, count(*) FROM pg_stat_activity"
        f" WHERE datname = '{name}' AND application_name = 'deskwire' GROUP BY state"
    )
    return {str(state): int(number) for state, number in own.ask(query)}


async def back_to_size(own: Postgres, desk: DeskServer) -> None:
    """Nothing is left in the middle of something, and no more connections than are kept."""
    async with asyncio.timeout(20):
        while True:
            states = await asyncio.to_thread(connections, own, desk)
            if set(states) <= {"idle"} and sum(states.values()) <= Pools().most:
                return
            await asyncio.sleep(0.1)


async def survived(cast: Cast, own: Postgres, desk: DeskServer) -> None:
    """The checker finds nothing; nobody's socket was closed."""
    run = await cast.verdict()
    assert count(run, "acked") == len(cast.members) * cast.messages
    lost = [line for participant in run.participants for line in participant.lines("disconnected")]
    # who asks over HTTP does not wait as long as a database may be away
    closed = [line for line in lost if line["error"] != "ReadTimeout"]
    assert not closed, "a socket was closed although only the database was away"
    await back_to_size(own, desk)


@pytest.mark.timeout(180)
async def test_restarts_under_load(own: Postgres, desk: DeskServer, tmp_path: Path) -> None:
    """P-01: five crashes of PostgreSQL."""
    dice = random.Random(SEED)
    with people(tmp_path, desk, messages=40, pause_s=0.5, seed=SEED) as cast:
        await chats(cast, 4)
        for _ in range(RESTARTS):
            await asyncio.sleep(dice.uniform(0.3, 1.2))
            await asyncio.to_thread(own.restart)
        await survived(cast, own, desk)


@pytest.mark.timeout(180)
async def test_ended_backends_under_load(own: Postgres, desk: DeskServer, tmp_path: Path) -> None:
    """P-02: all connections of the server are ended every 200 ms."""
    name = str(desk.store).partition("?")[0].rpartition("/")[2]
    end_all = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE datname = '{name}' AND application_name = 'deskwire'"
    )
    with people(tmp_path, desk, messages=40, pause_s=0.4, seed=SEED) as cast:
        await chats(cast, 4)
        ended = 0
        for _ in range(40):
            ended += len(await asyncio.to_thread(own.ask, end_all))
            await asyncio.sleep(0.2)
        assert ended > 40
        await survived(cast, own, desk)


async def test_a_lock_on_one_ticket_holds_up_that_ticket_only(own: Postgres, desk: DeskServer) -> None:
    """P-03: the message waits, and is stored when the lock is gone; others go on meanwhile, and no socket closes."""
    office = open_office(desk.store)
    worker = office.worker("Lena")
    try:
        held, free = [await open_ticket(desk, office, name=name) for name in ("Held", "Free")]
        async with (
            console(desk, worker) as lena,
            customer(desk, office, opened=held) as waiting,
            customer(desk, office, opened=free) as other,
        ):
            for one in (held, free):
                await lena.watch(one["ticket"]["id"])
            with locked(desk, held["ticket"]["id"]):
                late = asyncio.create_task(waiting.say(held["ticket"]["id"], "I wait"))
                for n in range(30):
                    await asyncio.wait_for(other.say(free["ticket"]["id"], f"I go on {n}"), 2)
                await lena.event("message", ticket=free["ticket"]["id"], text="I go on 29")
                assert not late.done()
                # longer than one attempt for the lock
                await asyncio.wait([late], timeout=6)
                assert not late.done()
            assert (await late)["type"] == "ack"
            await lena.event("message", ticket=held["ticket"]["id"], text="I wait")
    finally:
        desk.kill()


@contextmanager
def locked(desk: DeskServer, ticket: str) -> Iterator[None]:
    """Somebody holds the ticket's row."""
    holding, enough = threading.Event(), threading.Event()

    def hold(conn: Connection) -> None:
        conn.execute(text("SELECT 1 FROM tickets WHERE id = :id FOR UPDATE"), {"id": ticket})
        holding.set()
        enough.wait(60)

    thread = threading.Thread(target=lambda: written(desk.store, hold))
    thread.start()
    assert holding.wait(10)
    try:
        yield
    finally:
        enough.set()
        thread.join()


async def test_a_server_that_starts_before_its_database(own: Postgres, tmp_path: Path) -> None:
    """It says that it waits, and serves as soon as PostgreSQL is there."""
    desk = DeskServer(tmp_path / "data", DESKWIRE_DATABASE_URL=own.migrated())
    desk.data.mkdir()
    await asyncio.to_thread(own.control, "-m", "fast", "stop")
    starting = asyncio.create_task(asyncio.to_thread(desk.start))
    try:
        async with asyncio.timeout(20):
            while "waiting up to 60 s" not in await asyncio.to_thread(log_of, desk):  # noqa: ASYNC110 - a file
                await asyncio.sleep(0.05)
        await asyncio.to_thread(own.restart)
        await starting
        async with http(desk) as client:
            assert (await client.get("/readyz")).status_code == 200
    finally:
        await asyncio.to_thread(desk.kill)


async def test_a_database_that_goes_away_during_the_start(own: Postgres, tmp_path: Path) -> None:
    """It had answered; then the look at its tables gets no answer, and is taken once more."""
    async with relay(own.migrated()) as between:
        desk = DeskServer(tmp_path / "data", DESKWIRE_DATABASE_URL=between.url)
        desk.data.mkdir()
        between.lose_answer_to(b"alembic_version")
        try:
            await asyncio.to_thread(desk.start)
            assert between.lost == 1
        finally:
            await asyncio.to_thread(desk.kill)


def log_of(desk: DeskServer) -> str:
    """Empty as long as there is none."""
    return desk.log() if (desk.data / "server.log").exists() else ""


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"DESKWIRE_DATABASE_URL": "postgresql+asyncpg://x@/x?host=/nowhere"}, "PostgreSQL did not answer for 1 s"),
        ({"DESKWIRE_DATABASE_CONNECTIONS": "500"}, "Set max_connections = 510 in postgresql.conf"),
    ],
)
def test_a_start_that_cannot_work_says_why(own: Postgres, tmp_path: Path, more: dict[str, str], sentence: str) -> None:
    environment = {"DESKWIRE_DATABASE_URL": own.url, "DESKWIRE_DATABASE_WAIT_SECONDS": "1", **more}
    desk = DeskServer(tmp_path / "data", **environment)
    desk.data.mkdir()
    with pytest.raises(RuntimeError, match="ended with 1") as ended:
        desk.start()
    assert sentence in str(ended.value)
    assert "Traceback" not in str(ended.value)


async def test_cancelling_at_any_moment_leaves_no_connection_behind(own: Postgres) -> None:
    """Pitfall 44: 2,000 callers that go away while their transaction runs."""
    url = own.migrated()
    store = PostgresStore(url, lambda _told: None)
    dice = random.Random(SEED)

    def unit(tx: Tx, number: int) -> None:
        tx.conn.execute(installation.insert().values(name=f"unit-{number}", value=""))

    async def call(number: int) -> None:
        if number % 2:
            await store.write(lambda tx: unit(tx, number))
        else:
            await store.read(lambda conn: conn.execute(select(func.count()).select_from(installation)).scalar_one())

    tasks: list[asyncio.Task[None]] = []
    for number in range(2_000):
        tasks.append(asyncio.create_task(call(number)))
        if dice.random() < 0.3:
            await asyncio.sleep(dice.uniform(0, 0.004))
        dice.choice([task for task in tasks[-40:] if not task.done()] or tasks).cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(task.cancelled() for task in tasks) > 500
    await store.write(lambda tx: unit(tx, -1))
    while store._running:
        await asyncio.wait(store._running)
    pool = store.engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0
    busy = "SELECT state FROM pg_stat_activity WHERE application_name = 'deskwire' AND state <> 'idle'"
    assert await asyncio.to_thread(own.ask, busy, url) == []
    await store.close()
