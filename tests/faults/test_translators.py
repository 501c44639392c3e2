"""Translators are killed and frozen while people write in two languages: chat is as whole as without them."""

import asyncio
import contextlib
import os
import random
import signal
from pathlib import Path

import pytest

from server.domain.portal import PortalSettings
from server.store import technicians
from server.translation import phrasebook
from tests.faults.battlefield import Battlefield
from tests.faults.cast import people
from tests.faults.cluster import Cluster
from tests.faults.test_nemeses import SEED, each_in_turn, field_of, survived
from tests.support.office import open_office
from tests.support.postgres import Postgres

pytestmark = pytest.mark.faults


async def one_of(field: Battlefield) -> int:
    """A translator, as soon as there is one."""
    async with asyncio.timeout(60):
        while not (pids := field.servers[0].translators()):  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.05)
    return field.dice.choice(pids)


async def kill_a_translator(field: Battlefield) -> None:
    """kill -9; the supervisor starts another."""
    pid = await one_of(field)
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(60):
        while field.servers[0].translators() in ([], [pid]):  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.05)


async def freeze_a_translator(field: Battlefield) -> None:
    """SIGSTOP, wherever it stands, and on again: what it held is not its any more, and nothing comes twice."""
    pid = await one_of(field)
    os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(field.seconds(4, 60))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


@pytest.mark.timeout(300)
async def test_translators_that_die(own: Postgres, tmp_path: Path) -> None:
    """B-23, V1 to V10: with two workers and a translator that is killed and frozen."""
    print(f"seed {SEED}")
    crew = await asyncio.to_thread(Cluster, tmp_path, own, servers=1)
    crew.servers[0].options = ("--workers", "2")
    try:
        await asyncio.to_thread(phrasebook.install_missing, crew.servers[0].data / "translation" / "packages")
        await asyncio.to_thread(crew.start)
        office = open_office(crew.servers[0].store, PortalSettings(translation=True))
        lena = office.worker("Lena")
        office.write(lambda conn: technicians.set_language(conn, lena.id, "fr"))
        with people(tmp_path / "people", *crew.servers, pause_s=0.6, seed=SEED, stay_s=8) as cast:
            cast.greeting = "Hello. "
            for _ in range(2):
                await cast.chat(office, lena, [])
            cast.start()
            field = field_of(crew, cast, random.Random(SEED).randint(1, 1000))
            await each_in_turn(field, [kill_a_translator, freeze_a_translator])
            await each_in_turn(field, [kill_a_translator, freeze_a_translator])
            cast.enough()
            await cast.quiet()
            await cast.records.all_done(90)
            await survived(cast)
    finally:
        await asyncio.to_thread(crew.close)
