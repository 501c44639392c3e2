"""Logos of portals and faces of technicians: drawn anew, small, and kept in the database.

Whoever knows the id may look at one: they stand on public pages.
"""

from typing import Final

from server.desk.administration import editing
from server.desk.desk import Desk
from server.domain.ids import is_id, new_id
from server.domain.people import Technician
from server.domain.set_up import wrong
from server.errors import Busy, NotFound
from server.store import pictures
from server.store.base import Tx
from server.store.pictures import Picture
from server.uploads.images import THUMBNAIL_TYPE

MOST_BYTES: Final = 1_048_576
LEAST_PIXELS: Final = 80
"""Each way (B-33)."""
SIDE: Final = 256
MOST_PIXELS: Final = 16_000_000
PATIENCE_S: Final = 1.0
BEGINNINGS: Final = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpeg", b"RIFF": ".webp"}


async def add(desk: Desk, technician: Technician, content: bytes) -> str:
    """An administrator brings a picture; returns its id. Raises BadInput, FileRefused, Busy, StorageFull."""
    extension = next((kind for begin, kind in BEGINNINGS.items() if content.startswith(begin)), None)
    if extension is None:
        raise wrong("picture_type", None)
    small, now = await _drawn(desk, content, extension), desk.clock()

    def unit(tx: Tx) -> str:
        editing.administrator(tx, technician)
        return pictures.add(tx.conn, THUMBNAIL_TYPE, small, now)

    return await desk.store.write(unit)


async def look(desk: Desk, picture_id: str) -> Picture:
    """Raises NotFound."""
    found = await desk.store.read(lambda conn: pictures.get(conn, picture_id)) if is_id(picture_id) else None
    if found is None:
        raise NotFound
    return found


async def _drawn(desk: Desk, content: bytes, extension: str) -> bytes:
    """Small, and nothing but pixels. What is needed on the way lies where uploads do, and is swept with them."""
    filing, name = desk.filing, new_id()
    async with filing.parts.take(name, PATIENCE_S, make=True) as part:
        if part is None:
            raise Busy
        try:
            await part.write(content)
            drawn = await filing.checks.small(part.path, extension, MOST_PIXELS, SIDE)
            if min(drawn.width, drawn.height) < LEAST_PIXELS:
                raise wrong("picture_size", None, side=str(LEAST_PIXELS))
            return await filing.disk.run(drawn.thumbnail.read_bytes)
        finally:
            await filing.parts.discard(name)
