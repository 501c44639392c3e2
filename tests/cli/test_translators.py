"""``deskwire translator`` beside several workers: one for all of them, replaced when it dies, and others elsewhere."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from server import backends
from server.cli import child
from server.cli.companion import Companion
from server.domain.portal import PortalSettings
from server.settings import Settings
from server.store import technicians
from server.translation import phrasebook
from tests.cli.conftest import Crew, Place
from tests.cli.test_workers import metric
from tests.support.office import Office, Worker, open_office
from tests.support.people import Console, Customer, console, customer, open_ticket
from tests.support.server import ROOT, DeskServer, alive, until

WORDS = ("Hello", "I cannot log in.", "My printer does not work.", "Thank you, it works now.")


IMPORTED = """
import sys
import click
from server.__main__ import main
main.get_command(click.Context(main), "translator")
import server.desk.interpreting
print(*sys.modules)
"""


def translating(server: DeskServer) -> tuple[Office, Worker]:
    """A portal that translates, and Lena, who reads French."""
    office = open_office(server.store, PortalSettings(translation=True))
    lena = office.worker("Lena")
    office.write(lambda conn: technicians.set_language(conn, lena.id, "fr"))
    return office, lena


def install(server: DeskServer) -> None:
    phrasebook.install_missing(server.data / "translation" / "packages")


async def translated(person: Console | Customer, ids: list[str], seconds: float = 60) -> None:
    """Until each of these has a translation."""
    wanted = set(ids)
    async with asyncio.timeout(seconds):
        while missing := wanted - {of for of, _state in told(person)}:
            person._arrived.clear()
            if missing == wanted - {of for of, _state in told(person)}:
                await person._arrived.wait()


def told(person: Console | Customer) -> list[tuple[str, str]]:
    """(of, state) of every translation of a message that came."""
    events = [frame["event"] for frame in person.of("event")]
    return [(one["of"], one["state"]) for one in events if one["kind"] == "translation" and one["of"]]


async def test_workers_share_a_translator_that_may_die(crew: Crew) -> None:
    """B-23, C-24: it comes with the first pair, and again after it was frozen; both sides have each translation once.

    Chat goes on meanwhile: a translator that is frozen, or gone, holds up nobody.
    """
    server = crew(worker_silence_seconds="3")
    office, lena = translating(server)
    assert server.translators() == []
    install(server)
    until(lambda: len(server.translators()) == 1)
    until(lambda: metric(server, "deskwire_translators") == 1)
    opened = await open_ticket(server, office, lang="en", description=WORDS[0])
    async with customer(server, office, opened=opened) as ada, console(server, lena) as desk:
        await desk.watch(ada.ticket)
        for step in ("assign", "join"):
            await desk.call(step, ticket=ada.ticket)
        asked = [(await ada.say(ada.ticket, words))["id"] for words in WORDS]
        answered = [(await desk.say(ada.ticket, "Bonjour"))["id"]]
        await translated(desk, asked + answered)
        await translated(ada, answered)

        [first] = server.translators()
        os.kill(first, signal.SIGSTOP)
        asked += [(await ada.say(ada.ticket, words))["id"] for words in WORDS]
        until(lambda: first not in server.translators())
        asked += [(await ada.say(ada.ticket, words))["id"] for words in WORDS]
        answered.append((await desk.say(ada.ticket, "Merci"))["id"])
        until(lambda: server.translators() not in ([], [first]))
        await translated(desk, asked + answered)
        await translated(ada, answered)
        for person, of in ((desk, asked + answered), (ada, answered)):
            pages = await person.watch(ada.ticket)
            events = [
                line["event"] for page in pages for line in page["events"] if line["event"]["kind"] == "translation"
            ]
            assert Counter(one["of"] for one in events) >= Counter(of)
            assert max(Counter((one["of"], one["lang"]) for one in events).values()) == 1
            assert {one["state"] for one in events if one["of"]} == {"done"}  # its subject is nothing that a demo knows
    assert metric(server, "deskwire_translations_total") >= len(asked + answered)
    assert [line["pid"] for line in server.events("the translator does not answer and is killed")] == [first]
    assert [line["how"] for line in server.events("the translator died")] == ["ended by SIGKILL"]
    [second] = server.translators()
    workers = server.workers()
    assert server.stop() == 0
    assert not any(alive(pid) for pid in (second, *workers))


class Fallen:
    """A translator that has just died, so many seconds after it began to serve; None: it never did."""

    name, pid, leaving = "translator", 4711, False

    def __init__(self, served_s: float | None) -> None:
        self.served_at = None if served_s is None else time.monotonic() - served_s

    def hear(self) -> None:
        pass

    def is_too_late(self, _settings: Settings, *, looks: bool) -> bool:
        return looks

    def ended(self) -> str:
        return "ended by SIGKILL"


def test_one_that_dies_at_once_is_started_ever_more_slowly(tmp_path: Path) -> None:
    """One that has served for a while is not, or the killed of a whole day would count against the last."""
    companion = Companion(Settings(), str(tmp_path))
    with capture_logs() as logs:
        for served_s in (None, 1.0, 9.0, 11.0, 1.0, *[None] * 7):
            companion._child = Fallen(served_s)  # type: ignore[assignment]
            companion.step(looks=False, wanted=True)
            companion.step(looks=False, wanted=True)
            assert companion.child is None
    pauses = [one["again_in_s"] for one in logs]
    assert pauses == [1, 2, 4, 0.5, 1, 2, 4, 8, 16, 32, 60, 60]


def test_it_stands_back_from_its_first_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it imports would hold up chats more than much of what it does later."""
    monkeypatch.setattr(backends, "can_translate", lambda _settings: True)
    monkeypatch.setattr(child, "program", lambda: [sys.executable, "-c", "import signal; signal.pause()", "--"])
    companion = Companion(Settings(translation_nice=12), str(tmp_path))
    companion.step(looks=False, wanted=True)
    begun = companion.child
    assert begun is not None
    assert os.getpriority(os.PRIO_PROCESS, begun.pid) == max(6, os.getpriority(os.PRIO_PROCESS, 0))
    assert os.sched_getscheduler(begun.pid) == os.SCHED_BATCH
    begun.kill()
    until(lambda: begun.ended() is not None)


def test_what_starts_one_imports_no_doors() -> None:
    """It is started again while people chat: a second of a processor instead of two."""
    told = subprocess.run([sys.executable, "-c", IMPORTED], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    modules = set(told.split())
    assert "server.cli.translator" in modules
    heavy = ("server.app", "server.channels", "server.http", "server.cli.doctor", "starlette", "uvicorn", "ctranslate2")
    assert not {one for one in modules if one.startswith(heavy)}


async def test_another_host_translates(crew: Crew) -> None:
    """C-24: with no translator beside the workers, one that was started by hand does it all; it ends in order."""
    server = crew(translators="0")
    office, lena = translating(server)
    install(server)
    environment = server.environment | {"DESKWIRE_TRANSLATORS": "1"}
    with subprocess.Popen(  # noqa: ASYNC220 - it takes a moment, and nothing else runs
        [sys.executable, "-m", "server", "translator"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    ) as elsewhere:
        try:
            until(lambda: metric(server, "deskwire_translators") == 1)
            async with customer(server, office, lang="en") as ada, console(server, lena) as desk:
                await desk.watch(ada.ticket)
                asked = (await ada.say(ada.ticket, "Hello"))["id"]
                await translated(desk, [asked])
        finally:
            elsewhere.terminate()
        said = (elsewhere.communicate(timeout=30)[1]).splitlines()
    assert elsewhere.returncode == 0
    assert json.loads(said[-1])["event"] == "translator stopped"
    assert not any('"level": "error"' in line for line in said)
    assert server.translators() == []
    until(lambda: metric(server, "deskwire_translators") == 0)


def test_a_translator_says_what_it_lacks(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """B-21."""
    assert "deskwire migrate" in place.refused("translator")
    assert place.call("migrate").code == 0
    assert "DESKWIRE_REDIS_URL" in place.refused("translator")
    redis = "redis://127.0.0.1:1"
    assert "setting translators is 0" in place.refused("translator", redis_url=redis, translators="0")
    monkeypatch.setattr("server.translation.base.LIBRARIES", ("no_such_library",))
    said = place.refused("translator", redis_url=redis)
    assert "requirements.lock" in said
    assert "deskwire[translate]" not in said, "it brings 3 GB of CUDA"
