"""Who watches which chat in this process; and how whoever started the process learns that it serves."""

import os
from collections.abc import Hashable
from pathlib import Path
from typing import Final, Generic, TypeVar

READY: Final = "BENCH_READY"
"""A directory: each process leaves a file with its number when it serves."""

S = TypeVar("S", bound=Hashable)


class Rooms(Generic[S]):
    """Chats and the sockets in them."""

    def __init__(self) -> None:
        self._sockets: dict[str, set[S]] = {}

    def of(self, ticket: str) -> list[S]:
        """Who watches it."""
        return list(self._sockets.get(ticket, ()))

    def join(self, ticket: str, socket: S) -> bool:
        """Whether it is the first here."""
        sockets = self._sockets.setdefault(ticket, set())
        sockets.add(socket)
        return len(sockets) == 1

    def leave(self, tickets: set[str], socket: S) -> None:
        """From all of these."""
        for ticket in tickets:
            self._sockets[ticket].discard(socket)


def ready() -> None:
    """This process serves."""
    (Path(os.environ[READY]) / str(os.getpid())).touch()
