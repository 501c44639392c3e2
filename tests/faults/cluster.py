"""Several servers on one PostgreSQL and one Valkey, as many machines would be: what is to be hurt."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.postgres import Postgres
from tests.support.server import DeskServer
from tests.support.valkey import Valkey


class Cluster:
    """Its parts, each of which may be killed, frozen and started again."""

    def __init__(self, folder: Path, postgres: Postgres, *, servers: int, **environment: str) -> None:
        self.folder = folder
        self.valkey = Valkey(folder)
        self.postgres = postgres
        self.database = self.postgres.migrated()
        self._environment = environment
        self.servers = [self.another(f"server-{number}") for number in range(servers)]

    def another(self, name: str, **environment: str) -> DeskServer:
        """One more server of this cluster, not started."""
        (self.folder / name).mkdir(exist_ok=True)
        return DeskServer(
            self.folder / name,
            DESKWIRE_DATABASE_URL=self.database,
            DESKWIRE_REDIS_URL=self.valkey.url,
            **self._environment,
            **environment,
        )

    def start(self) -> None:
        """Everything."""
        self.valkey.start()
        with ThreadPoolExecutor() as together:
            list(together.map(DeskServer.start, self.servers))

    def close(self) -> None:
        """End it, however it stands; all but PostgreSQL."""
        for server in self.servers:
            server.kill()
        self.valkey.kill()
