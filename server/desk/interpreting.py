"""The loop of a process that translates: takes what waits by lease, in two lanes, and says that it lives.

    outbox "translate"  ──► live lane     messages, as they are written            ─┐
    outbox "catch_up"   ──► second lane   tickets that somebody new reads           ├──► Translating ──► transcript
    translators         ◄── keep          a lease every few seconds, and what it can ┘

A lease that ran out means that its holder is gone: whoever else translates takes the row. Nothing runs, and no model
is loaded, before some portal wants translations.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from math import ceil
from typing import Final

import msgspec
import structlog

from server.bus import topics
from server.bus.control import Gap, ToTranslate, TranslatorsChanged, control_of
from server.clock import Clock
from server.desk import to_translate
from server.desk.interpreting_notices import NoticeInterpreter
from server.desk.to_translate import Work
from server.desk.translating import Translating
from server.domain.ids import new_id
from server.errors import DeskwireError
from server.metrics import TRANSLATIONS_WAITING
from server.protocol import codec
from server.store import leasing, outbox, presence, translation, translators
from server.store.base import Announcement, Store, Tx
from server.store.outbox import Taken
from server.store.translators import Pair, TranslatorRecord
from server.tasks import Tasks
from server.translation.base import Translator

log = structlog.get_logger(__name__)

LEASE_MS: Final = 15_000
BEAT_S: Final = 4.0
"""Leases are renewed well before they run out; what no bell told of is found so late."""
LOOK_S: Final = 1.0
"""The same while no bell can be heard."""
LIVE: Final = 64
"""Messages in the works at once: two batches of the engine."""
AT_A_LOOK: Final = 8
"""Messages taken at a look (``TOGETHER_S``) for each process of models: 160 a second, the most that one makes with
models of base size. When they were away hundreds wait, small models would be done with them at once, and each that
comes back is work between two originals: for the database and for whoever shows it.
"""
BEHIND: Final = 2
"""Tickets that are brought up to date at once."""
ATTEMPTS: Final = 3
"""Then a failure stands."""
GIVES_UP: Final = 6
"""Who took it so often has died of it."""
TOGETHER_S: Final = 0.05
"""The first message is taken at once; those that follow so soon are taken together: looking costs more than waiting.
Of twice as many at once originals would notice more: who comes right after a look waits for what follows it.
"""
PAUSE_MS: Final = 3_000
"""Before another attempt; each time as much longer."""


class Job(msgspec.Struct, frozen=True):
    """Rows of the outbox that are one piece of work."""

    rows: list[int]
    ticket_id: str
    attempts: int
    work: Work | None = None
    """of a message, what there is to do"""


class Interpreter:
    """Run its ``loops``; ``close`` before the store."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        engine: Translator,
        *,
        host: str,
        can: Callable[[], bool],
        hears: Callable[[], bool],
        at_once: int = LIVE,
    ) -> None:
        """``can``: whether there is anything to translate with; ``hears``: whether other processes are heard now;
        ``at_once``: messages taken at a look.
        """
        self.id = new_id()
        self.notices = NoticeInterpreter(store, clock, engine)
        self.loops = {
            "translator": self.keep,
            "translations": self.run_live,
            "older translations": self.run_behind,
            "notices in other languages": self.run_notices,
        }
        self._can = can
        self._hears = hears
        self._store = store
        self._clock = clock
        self._engine = engine
        self._host = host
        self._tasks = Tasks()
        self.held: set[int] = set()
        """rows of the outbox in the works here"""
        self._started = asyncio.Event()
        self._news = asyncio.Event()
        """what the engine can has changed"""
        self._pairs: list[Pair] | None = None
        """what it could when others were last told"""
        self._translating = Translating(store, clock, engine)
        ends = (self._let_go, self._tasks)
        self.live = Lane(leasing.KIND, LIVE, at_once, self._take_messages, self._message, *ends)
        self.behind = Lane(translation.CATCH_UP, BEHIND, BEHIND, self._take_tickets, self._ticket, *ends)
        engine.on_pairs = self._news.set

    def hear(self, told: Announcement) -> None:
        """Something on ``control``."""
        self.notices.hear(told)
        control = control_of(told.frame)
        if isinstance(control, Gap):
            self.ring()
        elif isinstance(control, ToTranslate):
            self._ring(self.behind if control.behind else self.live)

    def ring(self) -> None:
        """There may be something to do, of either kind."""
        self._ring(self.live)
        self._ring(self.behind)

    def _ring(self, lane: "Lane") -> None:
        if not self._started.is_set():
            self._news.set()
        lane.ring()

    async def run_live(self) -> None:
        """For ever: messages."""
        await self._started.wait()
        await self.live.run()

    async def run_behind(self) -> None:
        """For ever: tickets that have to catch up."""
        await self._started.wait()
        await self.behind.run()

    async def run_notices(self) -> None:
        """For ever: notices in the languages of their portals."""
        await self._started.wait()
        await self.notices.run()

    async def keep(self) -> None:
        """For ever: begin when translations are wanted, then renew what is held, and say what can be translated."""
        while True:
            self._news.clear()
            if not self._started.is_set() and self._can() and await self._store.read(translators.wanted):
                await self._engine.start()
                self._started.set()
                log.info("translating", pairs=len(self._engine.pairs))
            if self._started.is_set():
                await self._beat()
                self.ring()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S if self._hears() else LOOK_S):
                    await self._news.wait()

    async def close(self) -> None:
        """Give back what is not done, and go."""
        await self._tasks.close()
        await self._engine.close()
        if not self._started.is_set():
            return
        try:
            await self._store.write(self._leave)
        except DeskwireError as error:
            log.warning("leases of a translator run out by themselves", code=error.code)

    # --- what others see of it --------------------------------------------------------------------------------------

    async def _beat(self) -> None:
        """Renew what is held. Where something was learned, be it while nobody ran, what could not be translated is
        looked at again.
        """
        pairs = sorted({Pair(one.source, one.target, one.version) for one in self._engine.pairs})
        changed = pairs != self._pairs

        def unit(tx: Tx) -> int:
            now = presence.now_ms(tx.conn, self._clock)
            translators.forget(tx.conn, now)
            translators.register(tx.conn, TranslatorRecord(self.id, self._host, pairs, now + LEASE_MS))
            outbox.renew(tx.conn, self.id, sorted(self.held), now + LEASE_MS)
            if translators.learned(tx.conn, now):
                translation.catch_up_all(tx.conn)
            if changed:
                _tell(tx)
            return outbox.waiting(tx.conn, leasing.KIND)

        TRANSLATIONS_WAITING.set(await self._store.write(unit, patient=True))
        self._pairs = pairs

    def _leave(self, tx: Tx) -> None:
        outbox.release(tx.conn, self.id)
        translators.leave(tx.conn, self.id)
        _tell(tx)

    # --- work -------------------------------------------------------------------------------------------------------

    async def _take_messages(self, limit: int) -> list[Job]:
        leased = await self._store.lease(self.id, self._clock, LEASE_MS, limit)
        works = await to_translate.messages(self._store, leased)
        rows = [one.row for one in leased]
        return self._hold([Job([row.id], row.ticket_id, row.attempts, works.get(row.id)) for row in rows])

    async def _take_tickets(self, limit: int) -> list[Job]:
        def unit(tx: Tx) -> list[Job]:
            now = presence.now_ms(tx.conn, self._clock)
            rows = outbox.take(tx.conn, translation.CATCH_UP, self.id, now, LEASE_MS, limit)
            tickets = sorted({row.ticket_id for row in rows})
            if tickets:
                rows += outbox.take_others(tx.conn, translation.CATCH_UP, self.id, now, LEASE_MS, tickets)
            return [_together([row for row in rows if row.ticket_id == ticket_id]) for ticket_id in tickets]

        return self._hold(await self._store.write(unit, patient=True))

    def _hold(self, jobs: list[Job]) -> list[Job]:
        """Their leases are renewed from here on."""
        self.held |= {row for job in jobs for row in job.rows}
        return jobs

    async def _message(self, job: Job) -> None:
        final, gives_up = job.attempts >= ATTEMPTS, job.attempts >= GIVES_UP
        rest_s = await self._translating.message(job.rows, job.work, final=final, gives_up=gives_up)
        if rest_s is not None:
            await self._put_off(job, rest_s)

    async def _ticket(self, job: Job) -> None:
        if job.attempts >= GIVES_UP:
            log.error("a ticket is not brought up to date: whoever tried has died of it", ticket=job.ticket_id)
            await self._store.write(lambda tx: outbox.done(tx.conn, job.rows))
            return
        rest_s = await self._translating.ticket(job.rows, job.ticket_id, final=job.attempts >= ATTEMPTS)
        if rest_s is not None:
            await self._put_off(job, rest_s)

    async def _put_off(self, job: Job, rest_s: float) -> None:
        """Past a rest of the languages too: or all attempts were made before anybody tries."""
        pause = max(PAUSE_MS * job.attempts, ceil(rest_s * 1_000))

        def unit(tx: Tx) -> None:
            outbox.put_off(tx.conn, self.id, job.rows, presence.now_ms(tx.conn, self._clock) + pause)

        await self._store.write(unit, patient=True)

    def _let_go(self, job: Job) -> None:
        self.held -= {*job.rows}


class Lane:
    """Takes jobs of one kind as long as some wait, a few at a look and a few at once; what one of them suffers is its
    own affair.
    """

    def __init__(
        self,
        kind: str,
        most: int,
        at_once: int,
        take: Callable[[int], Awaitable[list[Job]]],
        work: Callable[[Job], Awaitable[None]],
        let_go: Callable[[Job], None],
        tasks: Tasks,
    ) -> None:
        self._kind = kind
        self._most = most
        self._at_once = at_once
        self._take = take
        self._work = work
        self._let_go = let_go
        self._tasks = tasks
        self._running = 0
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """There may be some."""
        self._bell.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            try:
                await self._start_some()
            except DeskwireError:
                self._bell.set()  # it is still to be done
                raise
            await asyncio.sleep(TOGETHER_S)

    async def _start_some(self) -> None:
        some = min(self._at_once, self._most - self._running)
        if not some:
            return  # whoever is done rings
        jobs = await self._take(some)
        for job in jobs:
            self._running += 1
            self._tasks.spawn(self._run(job), f"outbox {self._kind}")
        if self._running < self._most and sum(len(job.rows) for job in jobs) >= some:
            self.ring()  # there may be more

    async def _run(self, job: Job) -> None:
        try:
            await self._work(job)
        except DeskwireError as error:
            log.info("a translation is tried again when its lease has run out", kind=self._kind, code=error.code)
        finally:
            self._let_go(job)
            full, self._running = self._running == self._most, self._running - 1
            if full:
                self.ring()


def _together(rows: list[Taken]) -> Job:
    return Job([row.id for row in rows], rows[0].ticket_id, max(row.attempts for row in rows))


def _tell(tx: Tx) -> None:
    tx.announce(topics.CONTROL, 0, codec.encode(TranslatorsChanged()))
