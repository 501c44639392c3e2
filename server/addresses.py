"""Whether an address from the settings can be one, before anybody tries to reach it. Pure; it says yes or no.

No sentence about a wrong address repeats it: it may be half of a password.
"""

import re
from typing import Final
from urllib.parse import parse_qsl, urlsplit

DATABASE_OPTIONS: Final = frozenset({"host", "port", "user", "password", "database", "passfile"})
"""What may stand behind the question mark of database_url: all else means nothing to one of the two that read it."""


def is_whole(url: str) -> bool:
    """It can be taken apart, and nothing of it got lost behind a ``#`` of a password."""
    try:
        parts = urlsplit(url)
        return not parts.fragment and parts.port != 0
    except ValueError:
        return False


def foreign_options(url: str) -> list[str]:
    """Options of a database's address that would not do what they say."""
    return sorted({name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)} - DATABASE_OPTIONS)


def is_site(url: str) -> bool:
    """It can be the beginning of every link, and what browsers call the origin of our pages."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna")
        strange = parts.port == 0 or parts.username or parts.query or parts.fragment or parts.path not in ("", "/")
    except ValueError:  # also of a name that cannot be one
        return False
    return url.startswith(("http://", "https://")) and bool(host) and not strange and not re.search(r"\s", url)
