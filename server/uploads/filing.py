"""Filing: what use cases about files are handed. It holds parts and has no behaviour of its own."""

import msgspec

from server.tasks import Tasks
from server.uploads.checks import Checks
from server.uploads.disk import Disk
from server.uploads.parts import Parts
from server.uploads.storage import Storage


class Filing(msgspec.Struct):
    """The way of a file: ``parts`` -> ``checks`` -> ``storage``. ``tasks``: checks that outlive their requests."""

    disk: Disk
    parts: Parts
    checks: Checks
    storage: Storage
    tasks: Tasks

    async def close(self) -> None:
        """When no request is left."""
        await self.tasks.close()
        await self.checks.close()
        self.storage.close()
        self.disk.close()
