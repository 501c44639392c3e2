"""Where connections wait that are not being answered: how many in all, and of one address.

Addresses are counted as networks (of IPv6 the /64), as for sign-in. A proxy that is believed about addresses brings
everybody's connections and is counted in all only; it has limits of its own.
"""

import resource
from collections import Counter
from typing import Final

from uvicorn.middleware.proxy_headers import _TrustedHosts

from server.accounts.throttle import network_of
from server.settings import Settings

SPARE_FILES: Final = 128
"""Open files that connections leave for the database, its log and whatever else."""


class Lobby:
    """Counts, and says no."""

    def __init__(self, settings: Settings) -> None:
        soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        room = settings.connections if soft == resource.RLIM_INFINITY else soft - SPARE_FILES
        self.most = max(1, min(settings.connections, room))
        """Connections in all; never so many that no file could be opened any more."""
        self._of_one = settings.connections_per_address
        self._proxies = _TrustedHosts(settings.forwarded_allow_ips)
        self._waiting: Counter[str] = Counter()

    def counts_as(self, address: str | None) -> str | None:
        """The name under which an address is counted; None: not at all."""
        return None if address is None or address in self._proxies else network_of(address)

    def enter(self, name: str | None) -> bool:
        """A connection waits from now on; False when its address has too many that do."""
        return self._enter(name, self._of_one)

    def stay(self, name: str | None) -> bool:
        """As ``enter``, for one that was answered and may ask again: half the room is kept for those to come."""
        return self._enter(name, self._of_one // 2)

    def _enter(self, name: str | None, most: int) -> bool:
        if name is not None:
            if self._waiting[name] >= most:
                return False
            self._waiting[name] += 1
        return True

    def leave(self, name: str | None) -> None:
        """It waits no more."""
        if name is not None:
            self._waiting[name] -= 1
            if self._waiting[name] <= 0:
                del self._waiting[name]
