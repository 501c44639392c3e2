"""Worker processes that are killed, stopped, too large, or whose model is broken: what they had in hand is tried once
more, the others are served, and nobody who asks gets anything but an answer."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvloop
from structlog.testing import capture_logs

from server.backends import open_translator
from server.domain.language import Guess
from server.settings import Settings
from server.translation import crew, process
from server.translation.base import Options, Outcome
from server.translation.breaker import MOST_REST_S
from server.translation.engine import Engine
from server.translation.orders import LENGTH, MESSAGES, Answer, Loaded, Loading, Order, Terms, Translate, frame
from server.translation.process import Process, command, environment
from tests.support.server import alive, until
from tests.translation import conftest
from tests.translation.models import shifted

SLOW = "a sentence for the slow model"
"""Through en-de it is under way long enough to be hit."""


@pytest.fixture
async def engine(engines: Callable[..., Engine]) -> Engine:
    """One whose process a test may hurt; it has started."""
    made = engines(deadline_seconds=60)
    await made.start()
    assert len(made.pids) == 1
    return made


async def in_hand(engine: Engine, *texts: str) -> list[asyncio.Task[Outcome]]:
    """These texts, in the hands of the process."""
    tasks = [asyncio.create_task(engine.translate(text, "en", "de")) for text in texts]
    await conftest.until(lambda: engine._crew.backlog._jobs)
    await conftest.until(lambda: engine.pids and not engine.waiting)
    return tasks


async def test_killed_once_and_nobody_notices(engine: Engine) -> None:
    """B-23: all that was in hand comes out, from the next process."""
    texts = [f"{SLOW} {letter}" for letter in "abc"]
    tasks = await in_hand(engine, *texts)
    (pid,) = engine.pids
    os.kill(pid, signal.SIGKILL)
    assert [outcome.text for outcome in await asyncio.gather(*tasks)] == [shifted(text, 3) for text in texts]
    assert engine.pids != [pid]


async def test_killed_twice_over_the_same_text(engine: Engine) -> None:
    """It fails; the next text does not."""
    (task,) = await in_hand(engine, SLOW)
    first = engine.pids
    os.kill(first[0], signal.SIGKILL)
    await conftest.until(lambda: engine.pids and engine.pids != first and not engine.waiting)
    os.kill(engine.pids[0], signal.SIGKILL)
    outcome = await task
    assert (outcome.status, outcome.reason) == ("failed", "engine")
    assert (await engine.translate("hello", "en", "fr")).text == shifted("hello", 1)


async def test_stopped_and_replaced(engines: Callable[..., Engine]) -> None:
    """One that hangs gets a part of the deadline; what is left is enough for the next."""
    engine = engines(deadline_seconds=15, nice=0)  # three seconds for the next: less is little on a busy machine
    await engine.start()
    await engine.translate("what is loaded already", "en", "de")
    (task,) = await in_hand(engine, SLOW)
    (pid,) = engine.pids
    os.kill(pid, signal.SIGSTOP)
    assert (await task).text == shifted(SLOW, 3)
    assert not alive(pid)


async def test_killed_while_it_has_nothing_to_do(engine: Engine) -> None:
    os.kill(engine.pids[0], signal.SIGKILL)
    assert (await engine.translate("hello", "en", "fr")).text == shifted("hello", 1)
    guess = await engine.detect("bonjour, je ne peux pas entrer", ["en", "fr"])
    assert guess
    assert guess.lang == "fr"


async def test_killed_while_it_tells_languages_apart(engine: Engine) -> None:
    """The next process is asked the same once more."""
    (pid,) = engine.pids
    os.kill(pid, signal.SIGSTOP)
    task = asyncio.create_task(engine.detect("bonjour, je ne peux pas entrer", ["en", "fr"]))
    await conftest.until(lambda: engine._guesses._running and not engine._crew._idle)
    os.kill(pid, signal.SIGKILL)
    guess = await task
    assert guess
    assert guess.lang == "fr"
    assert engine.pids != [pid]


async def test_a_language_that_nobody_could_be_asked_for(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is something else than a text that says nothing."""
    nothing = await engine.detect("4711", ["en", "fr"])
    assert nothing == Guess(None, 0.0, 0)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    os.kill(engine.pids[0], signal.SIGKILL)
    assert await engine.detect("bonjour, je ne peux pas entrer", ["en", "fr"]) is None
    impatient = Engine(engine._packages, Options(deadline_seconds=0))
    assert await impatient.detect("bonjour, je ne peux pas entrer", ["en", "fr"]) is None
    await impatient.close()


async def test_with_two_processes_the_other_goes_on(engines: Callable[..., Engine]) -> None:
    engine = engines(workers=2, deadline_seconds=60)
    await engine.start()
    tasks = [asyncio.create_task(engine.translate(f"{SLOW} {letter}", "en", "de")) for letter in "abcd"]
    await conftest.until(lambda: len(engine.pids) == 2)
    os.kill(engine.pids[0], signal.SIGSTOP)
    assert (await engine.translate("hello", "en", "fr")).text == shifted("hello", 1)
    os.kill(engine.pids[0], signal.SIGKILL)
    assert {(await task).status for task in tasks} == {"done"}


async def test_one_that_grows_too_large_is_replaced_after_its_answer(engines: Callable[..., Engine]) -> None:
    engine = engines(memory_mib=-100)  # less than the libraries weigh
    await engine.start()
    (pid,) = engine.pids
    assert (await engine.translate("hello", "en", "fr")).text == shifted("hello", 1)
    await conftest.until(lambda: not alive(pid))
    assert (await engine.translate("hello again", "en", "fr")).text == shifted("hello again", 1)


async def test_one_sentence_that_hangs_costs_no_other_its_translation(
    engines: Callable[..., Engine], planted: Callable[[], list[dict[str, Any]]]
) -> None:
    """It was the first of its batch, and is the first that goes alone."""
    engine = engines(deadline_seconds=15, nice=0)
    await engine.start()
    texts = ["please hang", *(f"not {word}" for word in ("me", "you", "him", "her", "it", "us", "them"))]
    hung, *others = await asyncio.gather(*(engine.translate(text, "en", "fr") for text in texts))
    assert (hung.status, hung.reason) == ("failed", "engine")
    assert [outcome.text for outcome in others] == [shifted(text, 1) for text in texts[1:]]
    assert [one["batch"] for one in planted() if "batch" in one] == [8] + 8 * [1]


class Disk:
    """Where ``planted`` loads from: at once, or not at all."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def stop(self) -> None:
        self._file.touch()

    def go_on(self) -> None:
        self._file.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "held")


async def test_what_loads_slowly_is_not_taken_for_what_hangs(
    engines: Callable[..., Engine], planted: Callable[[], list[dict[str, Any]]], disk: Disk
) -> None:
    """On a slow disk no process would ever live for long enough, and nothing be translated. Whoever asked is told that
    it is busy, and the next one finds what was loaded meanwhile.
    """
    engine = engines(deadline_seconds=1)
    await engine.start()
    pids = engine.pids
    disk.stop()
    assert await engine.detect("bonjour, je ne peux pas entrer", ["en", "fr"]) is None
    disk.go_on()
    while (guess := await engine.detect("bonjour, je ne peux pas entrer", ["en", "fr"])) is None:
        pass
    assert guess.lang == "fr"
    disk.stop()
    assert (await engine.translate("hello", "en", "fr")).reason == "busy"
    disk.go_on()
    while (outcome := await engine.translate("hello", "en", "fr")).reason == "busy":
        pass
    assert outcome.text == shifted("hello", 1)
    assert [one["waits"] for one in planted() if "waits" in one] == ["languages", "model"]
    assert engine.pids == pids


async def test_what_never_ends_loading_is_replaced(
    engines: Callable[..., Engine],
    planted: Callable[[], list[dict[str, Any]]],
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process, "LOAD_S", 0.1)
    engine = engines(deadline_seconds=60)
    await engine.start()
    disk.stop()
    outcome = await engine.translate("hello", "en", "fr")
    assert (outcome.status, outcome.reason) == ("failed", "engine")
    assert [one["waits"] for one in planted()] == ["model", "model"]
    disk.go_on()
    monkeypatch.undo()
    assert (await engine.translate("hello", "en", "fr")).text == shifted("hello", 1)


async def test_what_eats_memory_is_replaced(
    engines: Callable[..., Engine], planted: Callable[[], list[dict[str, Any]]]
) -> None:
    """Long before the machine has none left; it is tried once more, and the next text is translated."""
    engine = engines(memory_mib=-100, deadline_seconds=60)
    await engine.start()
    with capture_logs() as logs:
        outcome = await engine.translate("let me grow", "en", "fr")
    assert (outcome.status, outcome.reason) == ("failed", "engine")
    assert [one["batch"] for one in planted() if "batch" in one] == [1, 1]
    assert [one["why"] for one in logs if "why" in one] == ["it took more memory than it may"] * 2
    assert (await engine.translate("hello", "en", "fr")).text == shifted("hello", 1)


async def test_models_go_first_when_the_system_has_no_memory_left(engine: Engine) -> None:
    [pid] = engine.pids
    with open(f"/proc/{pid}/oom_score_adj") as file:  # noqa: ASYNC230 - the kernel answers at once
        assert file.read() == "1000\n"


async def test_a_model_that_is_too_large_is_told_of_once(engines: Callable[..., Engine]) -> None:
    """It is loaded for every batch, which is slow for ever, and works."""
    engine = engines(memory_mib=-100)
    await engine.start()
    with capture_logs() as logs:
        for word in ("one", "two", "three", "four"):
            assert (await engine.translate(f"number {word}", "en", "fr")).status == "done"
            await conftest.until(lambda: not engine.pids)
    told = [one for one in logs if "translation_memory_mib" in one]
    assert [(one["log_level"], one["package"], one["translation_memory_mib"]) for one in told] == [
        ("warning", "translate-en_fr-1_0", -100)
    ]


@pytest.mark.parametrize(("memory_mib", "loads"), [(256, "fr nl"), (-100, "fr nl fr")])
def test_what_there_is_no_memory_for_is_unloaded(
    packages: Path, tmp_path: Path, planted: Callable[[], list[dict[str, Any]]], memory_mib: int, loads: str
) -> None:
    terms = Terms(str(packages), 1, 1, memory_mib)
    orders = [Translate(f"translate-en_{lang}-1_0", 0, ["hello"]) for lang in ("fr", "nl", "fr")]
    subprocess.run(
        process.command(terms),
        env=environment(terms, str(tmp_path)),
        input=b"".join(frame(order) for order in orders),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    loaded = [Path(one["loaded"]).parent.name for one in planted() if "loaded" in one]
    assert loaded == [f"translate-en_{lang}-1_0" for lang in loads.split()]


async def test_settings_arrive_where_they_count(
    packages: Path, tmp_path: Path, planted: Callable[[], list[dict[str, Any]]]
) -> None:
    (tmp_path / "translation").mkdir()
    (tmp_path / "translation" / "packages").symlink_to(packages)
    settings = Settings(
        data_dir=str(tmp_path),
        translators=3,
        translation_beam=4,
        translation_threads=2,
        translation_memory_mib=300,
        translation_nice=5,
        translation_queue=77,
        translation_deadline_seconds=66,
    )
    engine = open_translator(settings)
    assert isinstance(engine, Engine)
    assert engine._options == Options(3, 4, 2, 300, 5, 77, 66)
    assert (len(engine._crew._processes), engine._crew.backlog._most) == (3, 77)
    await engine.start()
    assert (await engine.translate("hello", "en", "fr")).status == "done"
    assert {os.getpriority(os.PRIO_PROCESS, pid) for pid in engine.pids} == {max(5, os.getpriority(os.PRIO_PROCESS, 0))}
    await engine.close()
    loaded, batch = planted()
    assert (loaded["inter_threads"], loaded["intra_threads"], loaded["omp"]) == (1, 2, "2")
    assert batch["beam"] == 4


@pytest.fixture
def asks(monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """What processes are asked from now on."""
    found: list[Order] = []
    ask = Process.ask

    async def noted(process: Process, order: Order, within_s: float) -> Answer:
        found.append(order)
        return await ask(process, order, within_s)

    monkeypatch.setattr(Process, "ask", noted)
    return found


async def test_what_cannot_be_started_is_not_started_without_end(
    engines: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch, asks: list[Order]
) -> None:
    """Twice at once; then it gets a rest, here a long one."""
    monkeypatch.setattr(crew, "START_REST_S", 60)
    engine = engines(deadline_seconds=2)
    await engine.start()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    os.kill(engine.pids[0], signal.SIGKILL)
    await conftest.until(lambda: not engine.pids)
    asks.clear()
    assert (await engine.translate("hello", "en", "fr")).reason == "engine"
    assert (await engine.translate("hello again", "en", "fr")).reason == "busy"
    assert len(asks) == 2


@pytest.fixture
def damaged(packages: Path, tmp_path: Path) -> Path:
    """All packages, of which en-nl was good when it was installed."""
    directory = tmp_path / "packages"
    shutil.copytree(packages, directory, ignore=shutil.ignore_patterns(".*"))
    (directory / "translate-en_nl-1_0" / "model" / "model.bin").write_bytes(b"\x06\x00\x00\x00" + b"\xff" * 64)
    return directory


async def test_a_broken_model_harms_no_other_and_gets_a_rest(
    damaged: Path, engines: Callable[..., Engine], asks: list[Order]
) -> None:
    """After three texts it is not even tried; whoever asks hears for how long."""
    engine = engines(damaged)
    await engine.start()
    for word in ("one", "two", "three"):
        outcome = await engine.translate(f"number {word}", "en", "nl")
        assert (outcome.status, outcome.reason) == ("failed", "engine")
        assert (await engine.translate(f"number {word}", "en", "fr")).status == "done"
    (pair,) = [pair for pair in engine.pairs if pair.target == "nl"]
    before = len(asks)
    outcome = await engine.translate("number four", "en", "nl")
    assert outcome.reason == "engine"
    assert 0 < outcome.rest_s <= engine._crew.rest_s(pair) + 1 <= MOST_REST_S + 1
    assert len(asks) == before


async def test_a_packages_directory_without_libraries_that_work(
    packages: Path, engines: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that cannot start: there are no pairs, and whoever asks is told at once."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    engine = engines(packages)
    await engine.start()
    assert engine.pairs == []
    assert (await engine.translate("hello", "en", "fr")).reason == "no_pair"


async def test_a_fault_of_ours_costs_one_text(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is logged, and the next text is translated."""

    async def faulty(*_: object) -> None:
        raise ValueError("planted")

    monkeypatch.setattr(Process, "ask", faulty)
    assert (await engine.translate("hello", "en", "fr")).reason == "engine"
    monkeypatch.undo()
    assert (await engine.translate("hello", "en", "fr")).text == shifted("hello", 1)


async def test_the_end_waits_for_nothing(engine: Engine) -> None:
    """What is under way fails, and the process is gone."""
    (task,) = await in_hand(engine, SLOW)
    (pid,) = engine.pids
    await engine.close()
    assert (await task).reason == "engine"
    assert not alive(pid)


PARENT = """
import asyncio, sys
from pathlib import Path
from server.translation.base import Options
from server.translation.engine import Engine
async def main():
    engine = Engine(Path(sys.argv[1]), Options())
    await engine.start()
    print(engine.pids[0], file=sys.stderr, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


def test_it_ends_with_its_parent_even_while_it_is_stopped(packages: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(packages)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert parent.stderr is not None
    pid = int(parent.stderr.readline())
    os.kill(pid, signal.SIGSTOP)
    parent.kill()
    parent.wait()
    parent.stderr.close()
    until(lambda: not alive(pid))


def worker(packages: Path, tmp_path: Path, *before: str) -> subprocess.Popen[bytes]:
    """The process as it is, with its error output."""
    terms = Terms(str(packages), 1, 1, 256)
    return subprocess.Popen(
        [*before, *command(terms)],
        env=environment(terms, str(tmp_path)) | {"ARGOS_DEBUG": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def answers(data: bytes) -> list[object]:
    found: list[object] = []
    while data:
        (size,) = LENGTH.unpack(data[: LENGTH.size])
        found.append(MESSAGES.decode(data[LENGTH.size : LENGTH.size + size]))
        data = data[LENGTH.size + size :]
    return [one for one in found if not isinstance(one, Loading | Loaded)]


def test_nothing_that_somebody_wrote_is_printed(packages: Path, tmp_path: Path) -> None:
    """The library logs every text when it is asked to; here it may not, nor do faults hold one."""
    orders = [Translate("translate-en_fr-1_0", 0, ["my secret is hidden"]), Translate("missing", 0, ["my secret"])]
    process = worker(packages, tmp_path)
    out, err = process.communicate(b"".join(frame(order) for order in orders))
    assert process.returncode == 0
    assert msgspec.to_builtins(answers(out)[1])["texts"] == [shifted("my secret is hidden", 1)]
    assert msgspec.to_builtins(answers(out)[2])["what"] == "FileNotFoundError"
    assert b"secret" not in err


def test_a_server_is_not_copied_to_start_one(packages: Path) -> None:
    """B-23: a fork makes the event loop late for everybody; uvloop's own way of starting processes is one."""
    forks: list[str] = []
    os.register_at_fork(before=lambda: forks.append("fork"))

    async def start() -> list[int]:
        engine = Engine(packages, Options())
        try:
            await engine.start()
            return engine.pids
        finally:
            await engine.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert len(runner.run(start())) == 1
    assert forks == []


async def test_models_stand_back_where_others_want_the_processors(engines: Callable[..., Engine]) -> None:
    """B-23: chat goes first, by as much as the setting says."""
    engine = engines(nice=3)
    await engine.start()
    [pid] = engine.pids
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, pid) == max(mine, 3)
    assert os.sched_getscheduler(pid) == os.SCHED_BATCH
    patient = engines(nice=19)
    await patient.start()
    assert os.sched_getscheduler(patient.pids[0]) == os.SCHED_IDLE


NO_NETWORK = """
import sys
from server.translation.orders import Terms
from server.translation.worker import limit
import socket, urllib.request
limit(Terms("/nowhere", 1, 1, 256))
for attempt in (
    lambda: socket.create_connection(("127.0.0.1", 1)),
    lambda: socket.getaddrinfo("localhost", 1),
    lambda: urllib.request.urlopen("http://127.0.0.1:1/"),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 1)),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b"x"], [], 0, ("127.0.0.1", 1)),
    lambda: socket.gethostbyname("localhost"),
    lambda: socket.gethostbyaddr("127.0.0.1"),
    lambda: socket.getnameinfo(("127.0.0.1", 1), 0),
):
    try:
        attempt()
    except PermissionError:
        continue
    except Exception as error:
        if "on this machine" in str(error):
            continue
        raise
    sys.exit(1)
"""


def test_the_process_may_not_use_the_network() -> None:
    """X-1, whatever its libraries think of."""
    done = subprocess.run([sys.executable, "-c", NO_NETWORK], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


QUIET = """
import logging, sys
from server.translation.orders import Terms
from server.translation.worker import limit
import argostranslate.utils
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
library = logging.getLogger("argostranslate.utils")
library.info("somebody's text, before")
limit(Terms("/nowhere", 1, 1, 256))
library.info("somebody's text")
library.warning("what goes wrong")
"""


def test_the_library_does_not_log_texts() -> None:
    """By itself it does, each of them."""
    done = subprocess.run([sys.executable, "-c", QUIET], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["somebody's text, before", "what goes wrong"], done.stderr


ALONE = """
import asyncio, socket, sys
from pathlib import Path
from server.translation import phrasebook
from server.translation.base import Options
from server.translation.engine import Engine
async def main():
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    except OSError as error:
        print(error.errno)
    engine = Engine(Path(sys.argv[1]), Options())
    await engine.start()
    print((await engine.translate("bonjour", "fr", "nl")).text)
    print((await engine.detect("bonjour, je ne peux pas entrer", ["en", "fr"])).lang)
    await engine.close()
    phrasebook.install_missing(Path(sys.argv[2]))
    phrases = Engine(Path(sys.argv[2]), Options())
    await phrases.start()
    print((await phrases.translate("thank you, it works now", "en", "fr")).text)
    await phrases.close()
asyncio.run(main())
"""


def alone() -> list[str]:
    """What runs a command in a network namespace of its own, without even a loopback. A system that allows none skips
    the test; in CI it fails.
    """
    cut = ["unshare", "--map-root-user", "--net"]
    if shutil.which(cut[0]) is None or subprocess.run([*cut, "true"], capture_output=True, check=False).returncode:
        why = "this system allows no network namespaces"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    return cut


def test_everything_works_with_the_network_cut_off(packages: Path, tmp_path: Path) -> None:
    """X-1, the phrasebook too: errno 101, the network is unreachable."""
    done = subprocess.run(
        [*alone(), sys.executable, "-c", ALONE, str(packages), str(tmp_path / "phrases")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stdout.splitlines() if "[" not in line]
    assert said == ["101", shifted("bonjour", 1), "fr", "merci, ça fonctionne maintenant"]


def test_a_pair_is_installed_from_a_file_with_the_network_cut_off(files: dict[str, Path], tmp_path: Path) -> None:
    """X-1"""
    told = []
    for arguments in (["install", str(files["en-fr"])], ["list"]):
        done = subprocess.run(
            [*alone(), sys.executable, "-m", "server", "translate", *arguments],
            env=os.environ | {"DESKWIRE_DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told.append(done.stdout)
    assert told[0].startswith("Installed English → Français, version 1.0.")
    assert "en-fr" in told[1]
    assert [one.name for one in (tmp_path / "translation" / "packages").glob("translate-*")] == ["translate-en_fr-1_0"]


@pytest.mark.parametrize(("ci", "ends"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_where_there_are_no_namespaces(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ci: str, ends: type[BaseException]
) -> None:
    """Nobody is to believe that this was tested where it was not."""
    refused = tmp_path / "unshare"
    refused.write_text("#!/bin/sh\nexit 1\n")
    refused.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("CI", ci)
    with pytest.raises((pytest.skip.Exception, pytest.fail.Exception)) as ended:
        alone()
    assert ended.type is ends
