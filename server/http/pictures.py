"""Logos and faces over HTTP: administrators bring them, everybody may look at them."""

from typing import Final

from starlette.responses import Response

from server.desk.administration import pictures
from server.errors import BadInput, Busy, FileRefused, NotFound, StorageFull, TooLarge
from server.http.administration import ADMIN
from server.http.routing import Call, Endpoint, Permission, read_body
from server.protocol.administration import Picture

SAFE: Final = {
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "public, max-age=31536000, immutable",
    "content-disposition": "inline",
}


async def bring(call: Call) -> Picture:
    """A PNG, JPEG or WebP of at most 1 MiB and at least 80 x 80 pixels; it is kept in 256 x 256 or less."""
    content = await read_body(call.request, pictures.MOST_BYTES)
    return Picture(await pictures.add(call.desk, call.technician, content))


async def look(call: Call) -> Response:
    """A logo or a face. What an id shows never changes."""
    picture = await pictures.look(call.desk, call.path("picture"))
    return Response(picture.bytes, media_type=picture.media_type, headers=SAFE)


ROUTES: list[Endpoint] = [
    Endpoint(
        method="POST",
        path=f"{ADMIN}/pictures",
        permission=Permission.ADMINISTRATOR,
        handler=bring,
        bytes_in=True,
        answer=Picture,
        status=201,
        errors=(BadInput, FileRefused, TooLarge, Busy, StorageFull),
    ),
    Endpoint(
        method="GET",
        path="/pictures/{picture}",
        permission=Permission.PUBLIC,
        handler=look,
        public_document=False,
        errors=(NotFound,),
        media=("image/webp",),
    ),
]
"""Every route of this module."""
