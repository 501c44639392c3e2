"""What a translator promises, and the values that go in and come out. Types only; importing it costs nothing."""

import re
from collections.abc import Callable, Collection
from importlib.util import find_spec
from typing import Final, Literal, Protocol

import msgspec

from server.domain.language import Guess

Status = Literal["done", "skipped", "failed"]
Reason = Literal[
    "same_language", "nothing_to_translate", "unknown_language", "no_pair", "busy", "too_long", "bad_output", "engine"
]
"""Skipped: the first four. Failed: the others, of which ``busy`` and ``engine`` may pass."""

LIBRARIES: Final = ("argostranslate", "ctranslate2", "sentencepiece", "py3langid")
"""The extra ``translate``."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of one text."""

    status: Status
    text: str = ""
    """The translation; only when done."""
    source: str | None = None
    """The language it was taken for."""
    via: str | None = None
    """The language in between, when two pairs were chained."""
    reason: Reason | None = None
    """Why there is no translation."""
    rest_s: float = 0.0
    """Before so many seconds have passed nobody tries these languages again, whatever is asked."""


class Pair(msgspec.Struct, frozen=True, order=True):
    """An installed package."""

    source: str
    target: str
    version: str
    directory: str
    """Its name in the directory of packages."""
    stamp: int
    """Changes when the package is replaced, be it by the same version."""
    bytes: int
    """Size of the model on disk."""
    all_stand_ins: bool = False
    """Its model copies stand-ins better than plain numbers."""


class Options(msgspec.Struct, frozen=True):
    """What translating may cost on this host."""

    workers: int = 1
    """Processes that hold models."""
    beam: int = 1
    threads: int = 1
    """Of one process."""
    memory_mib: int = 1024
    """Of one process: beyond it the pair that was not used for the longest time is unloaded."""
    nice: int = 10
    """How far one stands back where others want the processors: chat goes first."""
    queue: int = 1000
    """Sentences that may wait; half of them for what is not urgent."""
    deadline_seconds: float = 20
    """From asking to the outcome."""


class Translator(Protocol):
    """One per process that translates.

    ``translate`` and ``detect`` never raise, whatever the text is and whatever dies meanwhile, and end within the
    deadline. The text keeps its lines; what is protected (``segments``) comes out as it went in.
    """

    on_pairs: Callable[[], None]
    """Called in the event loop whenever ``pairs`` has changed."""

    @property
    def pairs(self) -> list[Pair]:
        """What is installed, one package for each pair; follows the directory by itself within seconds."""
        ...

    @property
    def waiting(self) -> int:
        """Sentences that wait for a worker."""
        ...

    async def start(self) -> None:
        """Returns when ``pairs`` is known, or when the first worker could not be started: it is tried again."""
        ...

    async def close(self) -> None:
        """End the workers. What still waits ends as failed, ``engine``."""
        ...

    async def translate(self, text: str, source: str, target: str, *, urgent: bool = True) -> Outcome:
        """From one base tag to another (``server.domain.language``); through English where there is no direct pair."""
        ...

    async def detect(self, text: str, candidates: Collection[str]) -> Guess | None:
        """The likeliest of the candidates; fewer than two known ones mean that nothing can be said. None: nobody could
        be asked, which may pass.
        """
        ...


def available() -> bool:
    """Whether the extra ``translate`` is installed; imports none of it."""
    return all(find_spec(name) is not None for name in LIBRARIES)


def newness(version: str) -> tuple[int, ...]:
    """For comparing versions of packages: 1.10 is newer than 1.9."""
    return tuple(int(number) for number in re.findall(r"[0-9]+", version))
