"""Which installed pairs lead from one language to another: one, or two with English between them. Pure."""

from collections.abc import Iterable
from typing import Final, Protocol, TypeVar

PIVOT: Final = "en"
ALSO: Final = {"pt": "pb", "pb": "pt", "zh": "zt", "zt": "zh", "no": "nb"}
"""Who reads one gets along with the other: whose browser says pt-BR or zh-TW is known as pt or zh, while the package
may be that of pb or zt."""


class Leg(Protocol):
    """What has a language to come from and one to go to."""

    @property
    def source(self) -> str:
        """The language it reads."""

    @property
    def target(self) -> str:
        """The language it writes."""


L = TypeVar("L", bound=Leg)


def route(pairs: Iterable[L], source: str, target: str) -> list[L]:
    """The direct pair, else the two over English, else nothing. Where a language has no pair, its other kind serves."""
    known = {(pair.source, pair.target): pair for pair in pairs}
    if alike(known.values(), source, target):
        return []
    read, written = {pair.source for pair in known.values()}, {pair.target for pair in known.values()}
    source, target = _of(read, source), _of(written, target)
    if (source, target) in known:
        return [known[source, target]]
    legs = [known.get((source, PIVOT)), known.get((PIVOT, target))]
    found = [leg for leg in legs if leg is not None]
    return found if len(found) == 2 else []


def alike(pairs: Iterable[Leg], source: str, target: str) -> bool:
    """Whether who reads the one can read the other as it is: the same, or its other kind, and no pair between them."""
    if ALSO.get(source) != target:
        return source == target
    return not any((pair.source, pair.target) == (source, target) for pair in pairs)


def _of(known: set[str], lang: str) -> str:
    also = ALSO.get(lang, lang)
    return lang if lang in known or also not in known else also


def targets(pairs: Iterable[Leg], source: str) -> set[str]:
    """The languages that one can be translated into."""
    pairs = list(pairs)
    return {pair.target for pair in pairs if route(pairs, source, pair.target)}
