"""Sentences that wait for a worker. Equal ones are one; urgent ones go first; a batch is of one package.

Nothing here waits for anything, and nothing has a clock: who wants a sentence no longer lets go of it, and what nobody
wants is gone.
"""

import asyncio
from math import ceil
from typing import Final

import msgspec

from server.translation.base import Pair, Reason
from server.translation.memo import Key

BATCH: Final = 32
"""Twice as many are only a tenth cheaper each, and the last one waits twice as long."""
PATIENT_BATCH: Final = 8
"""Of what is not urgent, so that what is waits for a quarter of the time."""


class Verdict(msgspec.Struct, frozen=True):
    """A translation; or none because nobody should see it (both None); or why there is none."""

    text: str | None = None
    reason: Reason | None = None


class Job:
    """One sentence for one package, and how many wait for it."""

    def __init__(self, pair: Pair, text: str) -> None:
        self.pair = pair
        self.text = text
        self.wanted = 0
        self.attempts = 0
        self.verdict: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()

    @property
    def key(self) -> Key:
        """What makes two of them equal."""
        return self.pair.directory, self.pair.stamp, self.text


class Full(Exception):
    """As many wait as may."""


Line = dict[Job, None]
"""Jobs in the order in which they came; each may leave from the middle."""


class Backlog:
    """Three lines: what is tried again, what is urgent, the rest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._jobs: dict[Key, Job] = {}
        self._again: Line = {}
        self._urgent: Line = {}
        self._rest: Line = {}

    def __len__(self) -> int:
        return len(self._again) + len(self._urgent) + len(self._rest)

    def want(self, pair: Pair, text: str, urgent: bool) -> Job:
        """The job for this sentence, wanted once more; ``let_go`` of it in any case. Raises Full."""
        job = self._jobs.get((pair.directory, pair.stamp, text))
        if job is None:
            if len(self) >= (self._most if urgent else ceil(self._most / 2)):
                raise Full
            job = Job(pair, text)
            self._jobs[job.key] = job
            (self._urgent if urgent else self._rest)[job] = None
        elif urgent and job in self._rest:
            del self._rest[job]
            self._urgent[job] = None
        job.wanted += 1
        return job

    def let_go(self, job: Job) -> None:
        """One less wants it."""
        job.wanted -= 1
        waited = [line for line in (self._again, self._urgent, self._rest) if job in line]
        if not job.wanted and waited:
            del waited[0][job]
            self._forget(job)

    def take(self, workers: int) -> list[Job]:
        """A share of what waits, for one of so many workers that are free; empty when nothing does.

        What was tried before goes alone: if it ends the process again, it ends it for no other.
        """
        for line, most in ((self._again, 1), (self._urgent, BATCH), (self._rest, PATIENT_BATCH)):
            if line:
                pair = next(iter(line)).pair
                same = [job for job in line if job.pair == pair]
                taken = same[: min(most, ceil(len(same) / workers))]
                for job in taken:
                    del line[job]
                return taken
        return []

    def again(self, job: Job) -> None:
        """A worker died over it, or over another one of its batch."""
        if job.wanted:
            self._again[job] = None
        else:
            self._forget(job)

    def end(self, job: Job, verdict: Verdict) -> None:
        """Tell all who want it."""
        for line in (self._again, self._urgent, self._rest):
            line.pop(job, None)
        self._forget(job)
        if not job.verdict.done():
            job.verdict.set_result(verdict)

    def end_all(self, verdict: Verdict) -> None:
        """Those in the hands of a worker too."""
        for job in list(self._jobs.values()):
            self.end(job, verdict)

    def _forget(self, job: Job) -> None:
        if self._jobs.get(job.key) is job:
            del self._jobs[job.key]
