"""Bounds on what people may send, with where each number comes from. Settings may tighten rates, never these shapes."""

from typing import Final

TEXT_CHARS: Final = 8_000
"""Characters of one chat message (Zulip allows 10,000; a screen of log is about 8,000)."""
TEXT_BYTES: Final = 32_768
"""UTF-8 bytes of one chat message: 8,000 characters of four bytes."""
SUBJECT_CHARS: Final = 300
NAME_CHARS: Final = 300
EMAIL_CHARS: Final = 254
"""RFC 5321 leaves 254 for an address."""
FRAME_BYTES: Final = 65_536
"""One WebSocket message (Centrifugo's limit)."""
HELLO_BYTES: Final = 8_192
"""The first message of a socket, before we know who it is."""
PAGE_EVENTS: Final = 100
PAGE_BYTES: Final = 262_144
RESUME_EVENTS: Final = 1_000
"""Further behind than this a client gets a fresh snapshot instead of what it missed."""
SNAPSHOT_EVENTS: Final = 50
LIST_PAGE: Final = 200
"""Most rows of the ticket list in one page."""
MY_TICKETS: Final = 100
"""Of somebody's own tickets in one page; a console watches as many of them."""
COUNT_CAP: Final = 1_000
"""All and Completed are counted up to here and then shown as "1,000+"."""
OPEN_COUNT_CAP: Final = 10_000
"""New and Active are counted up to here: once a second, while they change, and each takes a look at its index entry."""
AHEAD_CAP: Final = 1_000
"""Those who wait before somebody are counted up to here: so many, or more."""
SEARCH_CHARS: Final = 2
"""Fewer characters than this are not searched (G-06)."""
SEARCH_RESULTS: Final = 50
UPLOADS_UNDER_WAY: Final = 20
"""Files of one person that are on their way at once; each may leave a part on the disk for a day."""

ONLY: Final = 1_000
"""Queues, or people, of a part of the list: a person in every team of a large desk sees no more."""
