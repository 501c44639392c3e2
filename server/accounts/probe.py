"""The doctor as a caller: it shows that it knows the installation's secret, for two minutes.

What it may ask costs something (a request that waits, a body that is only counted), so nobody else may.
"""

import hmac
from typing import Final

from server.store import installation
from server.store.base import Store

HEADER: Final = "x-deskwire-probe"
LIFE_S: Final = 120
"""Also how far the doctor's clock may be away from the server's."""
LONGEST: Final = 80
"""Characters: seconds since 1970, a dot, 64 hex digits."""


def made(secret: str, now_ms: int) -> str:
    """The header's value, good from now on."""
    until = str(now_ms // 1000 + LIFE_S)
    return f"{until}.{_mac(secret, until)}"


async def known(store: Store, value: str, now_ms: int) -> bool:
    """Whether the doctor of this installation made it, and lately."""
    until, _, mac = value.partition(".")
    if len(value) > LONGEST or not (until.isascii() and until.isdecimal()):
        return False
    if not 0 < int(until) - now_ms // 1000 <= 2 * LIFE_S:
        return False
    secret = await store.read(lambda conn: installation.get(conn, "secret"))
    return hmac.compare_digest(_mac(secret, until).encode(), mac.encode())


def _mac(secret: str, until: str) -> str:
    return installation.Keys(secret).mac("probe", until)
