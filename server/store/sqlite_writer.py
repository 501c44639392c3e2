"""The thread that writes to SQLite: it takes what waits, and commits it together (docs/decisions/0003).

What waits is of two kinds: units, one function each, and what many ask for in the same words (messages, translations),
of which those that stand next to each other are written by one call of one function.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, Final

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from server.errors import Busy, DeskwireError, StorageFull
from server.metrics import WRITES_APART
from server.store.base import Announcement, Tx
from server.store.sqlite_gathering import Gathering
from server.store.sqlite_rows import driver

log = structlog.get_logger(__name__)

BATCH: Final = 64
"""Most jobs in one COMMIT: 64 cost 1.7 times one on a quiet disk, and the first of them does not wait long."""
PATIENT: Final = 8
"""Most patient jobs in one COMMIT: what is urgent waits for them, if it comes right after they have begun."""
LINGER_S: Final = 0.01
"""Of many that nobody waits for, the first waits for others: a commit is half of what each costs, and who comes during
one waits for its end."""
PATIENCE_S = 0.05
"""Who has been patient for so long goes along with the next group, or a busy writer would never come to it."""

Together = Callable[[sqlite3.Connection, Sequence[Any]], Sequence[Any]]
"""Writes several of a kind; the result of each, in their order."""


def translated(error: Exception) -> Exception:
    """SQLite's own errors that a client should understand."""
    cause = error.orig if isinstance(error, DBAPIError) else error  # prepared statements speak to the bare driver
    if isinstance(cause, sqlite3.OperationalError):
        text = str(cause)
        if "full" in text or "disk I/O" in text:
            return StorageFull()
        if "locked" in text or "busy" in text:
            return Busy()
    return error


class Job:
    """What waits for the writer, and what has come of it."""

    __slots__ = ("error", "future", "patient_since", "result")

    def __init__(self, future: "asyncio.Future[Any]", *, patient: bool) -> None:
        self.future = future
        self.patient_since = time.monotonic() if patient else None
        self.result: Any = None
        self.error: Exception | None = None

    def announcements(self) -> list[Announcement]:
        """What is to be told, once it is on disk."""
        raise NotImplementedError


class Unit(Job):
    """A function of a transaction."""

    __slots__ = ("_told", "_unit")

    def __init__(self, unit: Callable[[Tx], Any], future: "asyncio.Future[Any]", *, patient: bool) -> None:
        super().__init__(future, patient=patient)
        self._unit = unit
        self._told: list[Announcement] = []

    def run(self, conn: Connection, raw: sqlite3.Connection, *, alone: bool) -> None:
        """Once more, if need be. Raises what the others of its transaction must not outlive."""
        tx = Tx(conn)
        changes = raw.total_changes
        try:
            self.result = self._unit(tx)
        except DeskwireError as error:
            if raw.total_changes != changes or alone:
                raise
            self.error = error  # it only looked: the others need no rollback
        else:
            self._told = tx.announcements

    def announcements(self) -> list[Announcement]:
        return self._told if self.error is None else []


class OneOfMany(Job):
    """What is written by ``together`` with its neighbours. No two of the same ``key`` may be: each would not know of
    the other. ``announce``: what to tell of a result other than None."""

    __slots__ = ("_announce", "key", "together", "what")

    def __init__(
        self,
        together: Together,
        what: object,
        key: Hashable,
        announce: Callable[[Any], list[Announcement]],
        future: "asyncio.Future[Any]",
        *,
        patient: bool,
    ) -> None:
        super().__init__(future, patient=patient)
        self.together = together
        self.what = what
        self.key = key
        self._announce = announce

    def announcements(self) -> list[Announcement]:
        if self.error is not None or self.result is None:
            return []
        try:
            return self._announce(self.result)
        except Exception:  # it is on disk: who listens finds it by its number, and the others are told
            log.exception("of something that is stored could not be told")
            return []


class Writer:
    """The thread. ``settle`` gets each group when it is on disk, or has failed; it is called in that thread."""

    def __init__(self, conn: Connection, settle: Callable[[list[Job]], object]) -> None:
        self._conn = conn
        self._settle = settle
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._gathering = Gathering()
        self._patient: deque[Job] = deque()
        """the thread's own: what it took and has let others pass"""
        self._thread = threading.Thread(target=self._write_forever, name="sqlite-write", daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        """Write it in the next group."""
        self._jobs.put(job)

    def close(self) -> None:
        """Finish what was put, and wait for that."""
        self._jobs.put(None)
        self._thread.join()

    def _write_forever(self) -> None:
        with self._conn as conn:
            stopping = False
            while not stopping:
                jobs, stopping = self._take_what_waits()
                if jobs:
                    run(conn, jobs)
                    self._settle(jobs)
                    self._gathering.wrote(len(jobs))

    def _take_what_waits(self) -> tuple[list[Job], bool]:
        """A group; whether it is the last one. Patient ones are in it where nobody else is, or for their patience."""
        jobs: list[Job] = []
        while len(jobs) < BATCH:
            try:
                job = self._jobs.get(block=not jobs, timeout=self._linger_s())
            except queue.Empty:
                break
            if job is None:
                return [*jobs, *self._patient], True
            (jobs if job.patient_since is None else self._patient).append(job)
            if len(jobs) == 1:
                self._gathering.wait(self._jobs.qsize())
        if not jobs or self._is_impatient():
            jobs += [self._patient.popleft() for _ in range(min(PATIENT, len(self._patient)))]
        return jobs, False

    def _linger_s(self) -> float | None:
        """How long those that are patient wait for company, if nothing is urgent; None: there are none."""
        if not self._patient:
            return None
        first = self._patient[0]
        alone = len(self._patient) < PATIENT and all(isinstance(job, OneOfMany) for job in self._patient)
        left_s = (first.patient_since or 0) + LINGER_S - time.monotonic()
        return max(0.0, left_s) if alone else 0.0

    def _is_impatient(self) -> bool:
        since = self._patient[0].patient_since if self._patient else None
        return since is not None and time.monotonic() - since > PATIENCE_S


def run(conn: Connection, jobs: list[Job]) -> None:
    """All in one transaction; where that fails, each in its own, so that one cannot spoil the others."""
    try:
        _run_together(conn, jobs)
        return
    except Exception as error:  # noqa: BLE001 - whatever it was, it is met again or not in a transaction of its own
        if isinstance(translated(error), Busy) and not isinstance(error, Busy):
            for job in jobs:  # somebody else's lock: waiting for it once more for each would hold up all others
                job.error = translated(error)
            return
        if len(jobs) > 1:
            WRITES_APART.labels(of="all", error=type(error).__name__).inc(len(jobs))
    for job in jobs:
        job.result, job.error = None, None
        try:
            _run_together(conn, [job])
        except Exception as error:  # noqa: BLE001 - it belongs to the caller, who gets it
            job.error = translated(error)


def _run_together(conn: Connection, jobs: list[Job]) -> None:
    raw = driver(conn)
    units = any(isinstance(job, Unit) for job in jobs)
    try:
        with conn.begin() if units else _bare(raw):
            run_each(conn, raw, jobs)
    finally:
        if raw.in_transaction:  # a COMMIT that failed leaves it open, and no other could begin
            raw.rollback()


@contextlib.contextmanager
def _bare(raw: sqlite3.Connection) -> Iterator[None]:
    """A transaction without Core, whose own costs as much as three messages."""
    raw.execute("BEGIN IMMEDIATE")
    yield
    commit(raw)


def commit(raw: sqlite3.Connection) -> None:
    """From here on it survives a power cut."""
    raw.execute("COMMIT")


def run_each(conn: Connection, raw: sqlite3.Connection, jobs: list[Job]) -> None:
    """In the order in which they came, in the transaction that has begun."""
    neighbours: list[OneOfMany] = []
    for job in jobs:
        if neighbours and not _goes_with(job, neighbours):
            _run_neighbours(raw, neighbours)
            neighbours = []
        if isinstance(job, OneOfMany):
            neighbours.append(job)
        elif isinstance(job, Unit):
            job.run(conn, raw, alone=len(jobs) == 1)
    if neighbours:
        _run_neighbours(raw, neighbours)


def _goes_with(job: Job, neighbours: list[OneOfMany]) -> bool:
    return (
        isinstance(job, OneOfMany)
        and job.together is neighbours[0].together
        and all(job.key != other.key for other in neighbours)
    )


def _run_neighbours(raw: sqlite3.Connection, jobs: list[OneOfMany]) -> None:
    results = jobs[0].together(raw, [job.what for job in jobs])
    for job, result in zip(jobs, results, strict=True):
        job.result = result
