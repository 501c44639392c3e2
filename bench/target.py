"""Something that is measured: started on loopback, filled with chats, stopped again. And what it has used."""

from collections.abc import Callable, Mapping

import msgspec

from bench import processes
from bench.driver.orders import ChatPlan, SeatPlan


class Cost(msgspec.Struct):
    """Processor seconds."""

    server: float = 0.0
    store: float = 0.0
    broker: float = 0.0

    def __sub__(self, before: "Cost") -> "Cost":
        return Cost(self.server - before.server, self.store - before.store, self.broker - before.broker)

    @property
    def all(self) -> float:
        """Together."""
        return self.server + self.store + self.broker


class Crowd(msgspec.Struct):
    """Who connects, and who talks with whom."""

    seats: list[SeatPlan]
    chats: list[ChatPlan]


class Target:
    """A server with what it needs. ``workers``: how many of its processes serve."""

    def __init__(self, name: str, workers: int = 1) -> None:
        self.name = name
        self.workers = workers
        self.store: list[int] = []
        self.broker: list[int] = []

    @property
    def port(self) -> int:
        """On loopback."""
        raise NotImplementedError

    @property
    def root(self) -> int:
        """The server's first process."""
        raise NotImplementedError

    def start(self) -> None:
        """Returns when all its workers serve."""
        raise NotImplementedError

    def stop(self) -> None:
        """In order."""
        raise NotImplementedError

    def chats(self, count: int, per_console: int = 1, history: int = 20, *, available: bool = False) -> Crowd:
        """So many chats in its database, with so many messages each. Before it is started."""
        raise NotImplementedError

    def cost(self) -> Cost:
        """So far."""
        return Cost(processes.cpu_s([self.root]), processes.cpu_s(self.store), processes.cpu_s(self.broker))

    def memory_kib(self) -> int:
        """Of the server alone."""
        return processes.memory_kib([self.root])


Contenders = Mapping[str, Callable[[], Target]]
"""Who is measured one after the other, by name."""
