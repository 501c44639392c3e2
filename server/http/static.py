"""The bundled front end under /static. The bundler puts a hash of the content into names, so browsers ask once."""

import os
import re
from typing import Final

from starlette.responses import Response
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

HASHED: Final = re.compile(r"-[0-9A-Z]{8}\.\w+$")
FOREVER: Final = "public, max-age=31536000, immutable"
ASK: Final = "no-cache"


class Bundle(StaticFiles):
    """Files of static/dist; those with a hash in their name never change."""

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, or 304, and how long a browser may keep it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = FOREVER if HASHED.search(os.fspath(full_path)) else ASK
        return response
