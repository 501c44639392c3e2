"""Where nemeses strike: the people, their servers, what stands behind them, and the dice."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.faults.cast import Cast
from tests.support.postgres import Postgres
from tests.support.server import DeskServer
from tests.support.valkey import Valkey


@dataclass
class Battlefield:
    """What may be struck. ``long``: a strike takes as long as the worst day that was thought of."""

    cast: Cast
    servers: Sequence[DeskServer]
    dice: Random
    valkey: Valkey | None = None
    postgres: Postgres | None = None
    long: bool = False

    def seconds(self, short: float, long: float) -> float:
        """How long a strike lasts."""
        return long if self.long else short

    def redis(self) -> Valkey:
        """It."""
        if self.valkey is None:
            raise LookupError("no Redis here")
        return self.valkey

    def database(self) -> Postgres:
        """It."""
        if self.postgres is None:
            raise LookupError("no PostgreSQL here")
        return self.postgres


Nemesis = Callable[[Battlefield], Awaitable[None]]
"""A strike; it ends with all of it well again."""


def name_of(nemesis: Nemesis) -> str:
    """As it is printed."""
    return nemesis.__name__.replace("_", " ")
