"""``deskwire translator``: translates for all workers, on this host; started by ``serve --workers``, or by hand.

It takes what waits in the database, like those of other hosts, and needs Redis only to hear of it at once.
"""

import asyncio
import signal
from typing import Final

import click
import structlog

from server import backends, logs, process
from server.bus import topics
from server.cli.channel import Channel
from server.cli.common import LIBRARIES, await_database, check_schema, fail, load_settings
from server.desk.bell import Bell
from server.loops import Loops
from server.settings import Settings
from server.store import installation
from server.store.base import Announcement, Tx
from server.tasks import Tasks
from server.translation.base import Translator

log = structlog.get_logger(__name__)

LIFE_S: Final = 1.0


@click.command()
@click.option("--channel", type=int, hidden=True, help="socket pair with the supervisor")
def translator(channel: int | None) -> None:
    """Translate what customers and technicians write, for all servers of this installation."""
    supervisor = Channel(channel) if channel is not None else None
    try:
        settings = load_settings()
        process.stand_back(settings.translator_nice)
        await_database(settings, tell=None if supervisor is None else lambda _line: None)
        check_schema(settings, settings.database_wait_seconds)
        engine = checked(settings)
    except click.ClickException as error:
        if supervisor is not None:
            supervisor.fail(error.message)
        raise
    logs.configure(settings)
    asyncio.run(run(settings, engine, supervisor))


def checked(settings: Settings) -> Translator:
    """What translates; ends the command where nothing can."""
    if not settings.redis_url:
        fail(
            "A translator of its own needs Redis to hear of messages: set DESKWIRE_REDIS_URL. One server without other"
            " workers translates by itself."
        )
    if not settings.translators:
        fail("The setting translators is 0: nothing is translated on this host.")
    engine = backends.open_translator(settings)
    if engine is None:
        fail(f"The libraries for translating are not installed. {LIBRARIES}")
    return engine


async def run(settings: Settings, engine: Translator, supervisor: Channel | None) -> None:
    """Until told to end."""
    ended = asyncio.Event()
    _on_end(ended, supervisor)
    store = backends.open_store_aside(settings, on_commit=lambda _announcements: None)

    def prepare(tx: Tx) -> tuple[str, str]:
        return installation.get(tx.conn, "epoch"), installation.get(tx.conn, "secret")

    epoch, secret = await store.write(prepare)
    bus = backends.open_bus(settings, installation.Keys(secret), epoch)
    bell = Bell(bus.publish)

    def on_commit(announcements: list[Announcement]) -> None:
        bus.publish(bell.take(announcements))

    store.on_commit = on_commit
    interpreter = backends.open_interpreter(settings, store, engine, lambda: bus.healthy)
    bus.on_message = interpreter.hear
    bus.on_gap = lambda _topic: interpreter.ring()
    bus.subscribe(topics.CONTROL)
    tasks = Tasks()
    loops = Loops(tasks)
    for name, loop in interpreter.loops.items():
        loops.add(name, loop)
    if supervisor is not None:
        tasks.spawn(_live(supervisor), "life")
    log.info("translator started", database=settings.database)
    await ended.wait()
    await tasks.close()
    await interpreter.close()
    await store.close()
    await bus.close()
    log.info("translator stopped")


def _on_end(ended: asyncio.Event, supervisor: Channel | None) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if supervisor is not None:
        loop.add_signal_handler(signal.SIGHUP, lambda: None)  # it is the supervisor's to say

        def end(_goes_on: bool) -> None:
            loop.call_soon_threadsafe(ended.set)

        supervisor.end = end


async def _live(supervisor: Channel) -> None:
    while True:
        supervisor.live()
        await asyncio.sleep(LIFE_S)
