"""What is installed, as argostranslate sees it. For the worker process and for commands.

Its own list of a directory fails as a whole when one package is broken, so each is opened by itself here.
"""

from pathlib import Path
from typing import Final

import msgspec
from argostranslate.package import Package

from server.translation.base import Pair, newness

MODEL: Final = Path("model/model.bin")
METADATA: Final = Path("metadata.json")
TOKENIZER: Final = Path("sentencepiece.model")
FORMER: Final = Path("bpe.model")
"""The tokenizer of packages from before 2021."""


class Ours(msgspec.Struct, frozen=True):
    """What our own packages say besides; others do not."""

    all_stand_ins: bool = False
    """Copies stand-ins better than numbers."""
    min_score: float | None = None
    """Below this mean log-probability of a token the model does not know what it says."""
    known_words: frozenset[str] = frozenset()
    """All that it was trained with, in small letters; empty: it copes with others too."""


class Unusable(Exception):
    """Why a directory is no package for us, as a sentence."""


def installed(directory: Path) -> tuple[list[Pair], dict[str, str]]:
    """One package for each pair, the newest; and what is wrong with directories that are none."""
    found: dict[tuple[str, str], Pair] = {}
    wrong: dict[str, str] = {}
    for one in sorted(directory.iterdir()) if directory.is_dir() else []:
        if one.name.startswith(".") or not one.is_dir():
            continue
        try:
            pair = described(one)
        except Unusable as error:
            wrong[one.name] = str(error)
            continue
        known = found.get((pair.source, pair.target))
        if known is None or (newness(known.version), known.stamp) < (newness(pair.version), pair.stamp):
            found[pair.source, pair.target] = pair
    return sorted(found.values()), wrong


def described(directory: Path) -> Pair:
    """What a directory holds. Raises Unusable."""
    try:
        package = Package(directory)
        ours = ours_of(directory)
        size = (directory / MODEL).stat().st_size
        stamp = (directory / METADATA).stat().st_mtime_ns
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise Unusable(f"it is no package: {type(error).__name__}") from None
    if package.type != "translate" or not (_is_code(package.from_code) and _is_code(package.to_code)):
        raise Unusable("it does not translate from one language into another")
    if not (directory / TOKENIZER).is_file():
        former = (directory / FORMER).is_file()
        raise Unusable("it is of a kind from before 2021 (bpe.model)" if former else f"there is no {TOKENIZER} in it")
    return Pair(
        *(package.from_code, package.to_code, str(package.package_version), directory.name, stamp, size),
        all_stand_ins=ours.all_stand_ins,
    )


def ours_of(directory: Path) -> Ours:
    """What is not argostranslate's in the metadata. Raises OSError, ValueError."""
    return msgspec.json.decode((directory / METADATA).read_bytes(), type=Ours)


def _is_code(code: object) -> bool:
    return isinstance(code, str) and code.isascii() and code.isalpha() and code.islower() and 2 <= len(code) <= 3
