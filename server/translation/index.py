"""The list of packages that can be fetched, in the form of the Argos index, and fetching one. Blocks.

Only commands use the network, when somebody tells them to; what translates never does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx2
import msgspec

from server.errors import BadInput, DeskwireError
from server.translation.base import newness

TIMEOUT: Final = httpx2.Timeout(30, connect=10)
INDEX_BYTES: Final = 8 * 1024**2
PACKAGE_BYTES: Final = 1024**3
SCHEMES: Final = ("http", "https")


class Unreachable(DeskwireError):
    """An address does not give what it should."""


class Offer(msgspec.Struct, frozen=True):
    """An entry of the index; the metadata of a package, and where it is."""

    from_code: str = ""
    to_code: str = ""
    package_version: str = ""
    type: str = "translate"
    links: list[str] = []
    sha256: str | None = None
    """Our own addition; the Argos index has none."""


def offers(address: str) -> list[Offer]:
    """What there is, sorted, newest last. Raises Unreachable, BadInput."""
    try:
        found = msgspec.json.decode(b"".join(_pieces(address, INDEX_BYTES)), type=list[msgspec.Raw])
    except msgspec.MsgspecError as error:
        raise BadInput(f"{address} is no index of packages: {error}.") from None
    understood = [one for one in map(_offer, found) if one is not None]
    translating = [one for one in understood if one.type == "translate"]
    return sorted(translating, key=lambda one: (one.from_code, one.to_code, newness(one.package_version)))


def _offer(entry: msgspec.Raw) -> Offer | None:
    """None for what is written otherwise than we know: it does not make the others useless."""
    try:
        return msgspec.json.decode(entry, type=Offer)
    except msgspec.MsgspecError:
        return None


def choose(found: list[Offer], source: str, target: str, version: str | None) -> Offer:
    """The newest package of a pair, or the one with this version. Raises BadInput."""
    of_pair = [one for one in found if (one.from_code, one.to_code) == (source, target)]
    if not of_pair:
        raise BadInput(f"The index has no package for {source}-{target}.")
    if version is None:
        return of_pair[-1]
    for one in of_pair:
        if one.package_version == version:
            return one
    there = ", ".join(one.package_version for one in of_pair)
    raise BadInput(f"The index has no version {version} of {source}-{target}; it has {there}.")


def fetch(offer: Offer, into: Path) -> None:
    """Write the package to ``into``, from the first link that gives it. Raises Unreachable."""
    links = [link for link in offer.links if urlsplit(link).scheme in SCHEMES]
    if not links:
        raise BadInput(f"The index gives no address of {offer.from_code}-{offer.to_code} that begins with https://.")
    for number, link in enumerate(links, 1):
        try:
            with into.open("wb") as file:
                for piece in _pieces(link, PACKAGE_BYTES):
                    file.write(piece)
        except Unreachable:
            if number == len(links):
                raise
        else:
            return


def _pieces(address: str, most: int) -> Iterator[bytes]:
    """The body, as it comes."""
    size = 0
    with _explained(address), httpx2.stream("GET", address, timeout=TIMEOUT, follow_redirects=True) as response:
        response.raise_for_status()
        for piece in response.iter_bytes():
            size += len(piece)
            if size > most:
                raise Unreachable(f"{address} gives more than {most // 1024**2} MiB.")
            yield piece


@contextmanager
def _explained(address: str) -> Iterator[None]:
    try:
        yield
    except httpx2.HTTPStatusError as error:
        raise Unreachable(f"{address} answers {error.response.status_code}.") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Unreachable(f"{address} cannot be fetched: {str(error) or type(error).__name__}.") from None
