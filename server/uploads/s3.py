"""Files in a bucket, over obstore: S3 and whatever speaks like it. Several hosts need this.

Credentials, region and endpoint come from the environment, in the names that AWS's own tools use (AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL …), or from the machine's role.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import S3Store

from server.domain.ids import new_id
from server.errors import Busy, NotFound
from server.uploads.storage import Kept, checked

log = structlog.get_logger(__name__)

READ_BYTES: Final = 1_048_576
"""Asked for at once: each request is short, so a slow reader cannot keep one open until it times out."""
PART_BYTES: Final = 5 * 1_048_576
"""The least that S3 takes as a part."""
PARTS_AT_ONCE: Final = 2
REQUEST_SECONDS: Final = 60
RETRY_SECONDS: Final = 10


class S3Storage:
    """A bucket, and what keys in it begin with."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._name = f"{parts.netloc}{parts.path}"
        self._store = S3Store(
            bucket=parts.netloc,
            prefix=parts.path.strip("/") or None,
            client_options={"timeout": timedelta(seconds=REQUEST_SECONDS), "allow_http": True},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
        )

    async def keep(self, key: str, file: Path) -> None:
        """See Storage. An object is there whole or not at all."""
        with _translated():
            await obstore.put_async(
                self._store, checked(key), file, chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE
            )

    @asynccontextmanager
    async def open(self, key: str) -> AsyncIterator["S3File"]:
        """See Storage."""
        with _translated():
            about = await obstore.head_async(self._store, checked(key))
        yield S3File(self._store, key, about["size"])

    async def delete(self, key: str) -> None:
        """See Storage."""
        with _translated():
            await obstore.delete_async(self._store, checked(key))

    async def kept(self) -> AsyncIterator[Kept]:
        """See Storage."""
        listing = obstore.list(self._store, chunk_size=1_000)
        while True:
            with _translated():
                try:
                    objects = await anext(listing)
                except StopAsyncIteration:
                    return
            for one in objects:
                yield Kept(one["path"], one["size"], int(one["last_modified"].timestamp() * 1000))

    async def look(self) -> str:
        """See Storage."""
        key = f"look-{new_id()}"
        with _translated():
            await obstore.put_async(self._store, key, b"deskwire")
            found = await (await obstore.get_async(self._store, key)).bytes_async()
            await obstore.delete_async(self._store, key)
        if bytes(found) != b"deskwire":
            raise Busy("What was written is not what is read.")
        return f"bucket {self._name}"

    def close(self) -> None:
        """See Storage."""


class S3File:
    """See Opened."""

    def __init__(self, store: S3Store, key: str, size: int) -> None:
        self._store = store
        self._key = key
        self.size = size

    async def pieces(self, start: int, length: int) -> AsyncIterator[bytes]:
        """See Opened."""
        if start + length > self.size:
            raise EOFError(f"{start + length - self.size} bytes are missing")
        for begin in range(start, start + length, READ_BYTES):
            end = min(begin + READ_BYTES, start + length)
            with _translated():
                piece = await obstore.get_range_async(self._store, self._key, start=begin, end=end)
            yield bytes(piece)


@contextmanager
def _translated() -> Iterator[None]:
    """Obstore's errors in our words; what they say may name the bucket, and goes to the log only."""
    try:
        yield
    except FileNotFoundError:
        raise NotFound from None
    except BaseError as error:
        log.warning("the storage of files failed", error=str(error)[:500])
        raise Busy("The storage of files does not answer; try again in a moment.") from None
