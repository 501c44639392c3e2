"""The driver's other end: starts the process, gives orders, takes answers."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from bench.driver import orders
from bench.driver.orders import Answer, Returned, Talked

ROOT = Path(__file__).parents[1]


class DriverError(Exception):
    """An order could not be carried out."""


class Driver:
    """Clients in a process of their own."""

    def __init__(self, nice: int = 0) -> None:
        """``nice``: from that of the bench; below 0 where clients would be elsewhere, and what is measured is not to
        contain how long they wait for a processor here; only root may.
        """
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.driver"],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.pid = self._process.pid
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, self.pid, os.getpriority(os.PRIO_PROCESS, 0) + nice)

    def do(self, order: orders.AnyOrder) -> Answer:
        """Carry this out. Raises DriverError."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("started without pipes")
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise DriverError(f"the driver ended with {self._process.wait()}")
        answer = msgspec.json.decode(line, type=Answer)
        if answer.failed:
            raise DriverError(f"{type(order).__name__}: {answer.failed}")
        return answer

    def hush(self, patience_s: float = 10.0) -> tuple[Answer, Talked]:
        """End what was begun; what became of it."""
        answer = self.do(orders.Hush(patience_s))
        if answer.talked is None:
            raise DriverError("nothing was said")
        return answer, answer.talked

    def cut(self, missed: int) -> tuple[Answer, Returned]:
        """Cut everybody; how they came back."""
        answer = self.do(orders.Cut(missed))
        if answer.returned is None:
            raise DriverError("nobody came back")
        return answer, answer.returned

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.do(orders.Leave())
        else:
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(timeout=30)
