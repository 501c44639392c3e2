"""``deskwire serve --workers N`` as processes: who serves, who is replaced, what is refused, and how all of it ends."""

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import connect

from server.cli.supervisor import LONGEST_PAUSE_S, pause_after
from tests.cli.conftest import Crew, Place
from tests.support.office import open_office
from tests.support.people import console, customer
from tests.support.postgres import Postgres
from tests.support.server import DeskServer, alive, until
from tests.support.valkey import Valkey

NEVER_WHOLE = b"POST /api/v1/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{"


def metric(server: DeskServer, name: str) -> float:
    """The sum of all series of this name."""
    text = httpx2.get(f"{server.url}/metrics").text
    return sum(float(line.split()[-1]) for line in text.splitlines() if re.match(rf"{name}[ {{]", line))


def files_of(pid: int) -> int:
    """Network sockets that a process has open."""
    links = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    return sum(link.startswith("socket:") for link in links)


# --- what is refused ----------------------------------------------------------------------------------------------


def test_several_workers_need_redis(ready: Place) -> None:
    answer = ready.refused("serve", workers="2", port="0")
    assert "2 workers need Redis" in answer
    assert "DESKWIRE_REDIS_URL" in answer
    assert "2 workers need Redis" in ready.refused("demo", "--serve", "--workers", "2")
    assert "workers" in ready.refused("serve", workers="0")


def test_several_workers_on_sqlite_are_warned_and_work(ready: Place, valkey: Valkey) -> None:
    server = ready.start("serve", "--workers", "2", redis_url=valkey.url)
    assert "2 workers on SQLite wait for each other's writes" in server.text
    with server.client() as client:
        assert client.get("/readyz").status_code == 200
    assert server.stop() == 0
    assert "Traceback" not in server.text


def test_connections_are_counted_for_all_workers_and_one_that_takes_over(ready: Place, postgres: Postgres) -> None:
    answer = ready.refused("serve", workers="30", redis_url="redis://localhost", database_url=postgres.migrated())
    assert "30 workers, and one that takes over from another, with 15 + 4 each want 589" in answer


def test_workers_that_cannot_start_end_everything_with_one_sentence(ready: Place) -> None:
    """No crash loop: what both workers stumble over is said once, and the command fails."""
    (ready.data / "files").write_text("in the way of a directory")
    answer = ready.run("serve", workers="2", redis_url="redis://127.0.0.1:1", port="0")
    assert answer.code == 1, answer
    sentences = [line for line in answer.err.splitlines() if line.startswith("Error: ")]
    assert sentences == ["Error: A worker ended with code 3 before it could serve. The log says more."]
    assert answer.err.count("a worker starts") == 2


# --- who serves ---------------------------------------------------------------------------------------------------


async def test_all_workers_serve_and_hear_each_other(crew: Crew) -> None:
    """Connections reach both; a chat goes on whoever has which socket."""
    server = crew()
    first, second = server.workers()
    before = files_of(first), files_of(second)
    opened = [await connect(f"{server.ws}/ws/v1/customer") for _ in range(60)]
    until(lambda: files_of(first) > before[0] and files_of(second) > before[1])
    for one in opened:
        await one.close()
    office = open_office(server.store)
    lena = office.worker("Lena")
    for number in range(6):
        async with console(server, lena) as desk, customer(server, office) as ada:
            await desk.watch(ada.ticket)
            await desk.call("assign", ticket=ada.ticket)
            await desk.call("join", ticket=ada.ticket)
            await desk.say(ada.ticket, f"hello {number}")
            await ada.event("message", text=f"hello {number}")


async def test_what_workers_count_is_added_up_and_survives_them(crew: Crew) -> None:
    server = crew()
    for _ in range(20):
        assert httpx2.get(f"{server.url}/healthz").status_code == 200
    counted = metric(server, "deskwire_requests_total")
    assert counted >= 20
    assert (metric(server, "deskwire_workers"), metric(server, "deskwire_worker_starts_total")) == (2, 2)
    opened = [await connect(f"{server.ws}/ws/v1/customer") for _ in range(10)]
    until(lambda: metric(server, "deskwire_sockets") == 10)
    for pid in server.workers():
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: not alive(pid))  # type: ignore[misc]
        until(lambda: metric(server, "deskwire_workers") == 2)
    assert metric(server, "deskwire_requests_total") > counted, "a death takes nothing back"
    assert metric(server, "deskwire_worker_starts_total") == 4
    assert metric(server, "deskwire_sockets") == 0, "what a dead worker had open is not open"
    for one in opened:
        await one.close()


# --- who is replaced ----------------------------------------------------------------------------------------------


def test_a_killed_worker_is_replaced(crew: Crew) -> None:
    server = crew()
    killed, other = server.workers()
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(server.workers()) == 2 and killed not in server.workers())
    assert other in server.workers()
    until(lambda: metric(server, "deskwire_workers") == 2)
    (died,) = server.events("a worker died")
    assert (died["pid"], died["how"]) == (killed, "ended by SIGKILL")


def test_a_worker_that_gives_no_sign_of_life_is_replaced(crew: Crew) -> None:
    """Pitfall 11: frozen, it is killed after worker_silence_seconds, and not before."""
    server = crew(worker_silence_seconds="2")
    frozen, other = server.workers()
    os.kill(frozen, signal.SIGSTOP)
    until(lambda: frozen not in server.workers())
    assert [line["pid"] for line in server.events("a worker does not answer and is killed")] == [frozen]
    until(lambda: len(server.workers()) == 2 and other in server.workers())


def test_a_supervisor_that_was_frozen_itself_takes_nobody_for_silent(crew: Crew) -> None:
    server = crew(worker_silence_seconds="4")  # who is thawed has so long to speak, also on a busy machine
    workers = server.workers()
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    server.freeze()
    subprocess.run(["sleep", "6"], check=True)
    for pid in workers:
        os.kill(pid, signal.SIGCONT)
    server.thaw()
    until(lambda: httpx2.get(f"{server.url}/healthz").status_code == 200)
    assert server.workers() == workers


def test_a_supervisor_sleeps_while_there_is_nothing_to_do(crew: Crew) -> None:
    """Also when it has heard signals: it falls asleep again and again, which one that turns for ever does not."""
    server = crew()
    killed, _other = server.workers()
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(server.workers()) == 2 and killed not in server.workers())
    until(lambda: metric(server, "deskwire_workers") == 2)
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status")

    def naps() -> int:
        return int(status.read_text().split("\nvoluntary_ctxt_switches:")[1].split()[0])

    before = naps()
    until(lambda: naps() > before + 3)


def test_workers_that_are_killed_before_they_can_serve_are_replaced_too(crew: Crew) -> None:
    """Kills that come faster than workers start, as of a system without memory, leave nobody who serves."""
    server = crew()
    for turn in (1, 2):
        for pid in server.workers():
            os.kill(pid, signal.SIGKILL)
        until(lambda turn=turn: len(server.events("a worker starts")) == 2 + 2 * turn)  # type: ignore[misc]
    until(server.answers)
    until(lambda: metric(server, "deskwire_workers") == 2)
    assert server.events("a worker could not start")


def test_workers_that_die_again_and_again_are_started_ever_more_slowly() -> None:
    pauses = [pause_after(deaths) for deaths in range(8)]
    assert pauses[:4] == [0, 0.5, 1, 2]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_S


def test_a_replacement_that_cannot_start_leaves_the_others_serving(crew: Crew, postgres: Postgres) -> None:
    """Tables that it does not know: the old workers go on, each new one says the sentence and is tried again."""
    server = crew()
    killed, other = server.workers()
    url = server.environment["DESKWIRE_DATABASE_URL"]
    postgres.do("UPDATE alembic_version SET version_num = '9999'", url=url)
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(server.events("a worker could not start")) >= 2)
    first, second = server.events("a worker could not start")[:2]
    assert "newer Deskwire (revision 9999" in first["reason"]
    assert second["again_in_s"] > first["again_in_s"]
    assert server.workers().count(other) == 1
    assert httpx2.get(f"{server.url}/healthz").status_code == 200

    os.kill(other, signal.SIGKILL)
    assert server.process is not None
    assert server.process.wait(30) == 1, "nobody is left to serve, and nobody can be"
    (sentence,) = [line for line in server.log().splitlines() if line.startswith("Error: ")]
    assert "newer Deskwire" in sentence


# --- how it ends --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_them(crew: Crew, how: signal.Signals) -> None:
    server = crew()
    workers = server.workers()
    process = server.process
    assert process is not None
    process.send_signal(how)
    assert process.wait(30) == 0
    assert not any(alive(pid) for pid in workers)
    assert len(server.events("stopped")) == 3
    assert "Traceback" not in server.log()
    assert not server.events("a worker died")


def test_a_service_manager_that_signals_everybody_is_no_second_signal(crew: Crew) -> None:
    server = crew()
    assert server.process is not None
    for pid in (server.process.pid, *server.workers()):
        os.kill(pid, signal.SIGTERM)
    assert server.process.wait(30) == 0
    assert len(server.events("stopped")) == 3


def test_a_worker_that_cannot_end_is_killed(crew: Crew) -> None:
    """Frozen, it hears neither signal nor word; the others do not wait for it."""
    server = crew(graceful_seconds="1")
    frozen, other = server.workers()
    os.kill(frozen, signal.SIGSTOP)
    assert server.stop() == 0
    assert not alive(frozen)
    assert not alive(other)
    assert [line["pid"] for line in server.events("a worker does not answer and is killed")] == [frozen]


def test_a_second_signal_ends_all_of_them_at_once(crew: Crew) -> None:
    server = crew(graceful_seconds="600", body_seconds="600")
    workers = server.workers()
    assert server.process is not None
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        slow.sendall(NEVER_WHOLE)
        until(lambda: metric(server, "deskwire_connections") >= 2)
        server.process.send_signal(signal.SIGTERM)
        until(lambda: not server.answers())
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(30) == -signal.SIGINT
    until(lambda: not any(alive(pid) for pid in workers))
    server.start()


def test_workers_end_when_their_supervisor_is_killed(crew: Crew) -> None:
    """Nobody is left to hold the port or the data directory."""
    server = crew()
    workers = server.workers()
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    until(lambda: not any(alive(pid) for pid in workers))
    server.start()
    assert not set(server.workers()) & set(workers)


def test_a_worker_keeps_the_lock_of_its_dead_supervisor(crew: Crew) -> None:
    """It may still write: a restore must not replace the database under it. Here it waits for the rest of a request."""
    server = crew(graceful_seconds="600", body_seconds="600")
    workers = server.workers()
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        slow.sendall(NEVER_WHOLE)
        until(lambda: metric(server, "deskwire_connections") >= 2)
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        with pytest.raises(RuntimeError, match=r"runs on .* already"):
            server.start()
    until(lambda: not any(alive(pid) for pid in workers))
    server.start()
