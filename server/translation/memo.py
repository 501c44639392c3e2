"""Sentences that were translated before, up to a number of characters: greetings, canned answers, the same again."""

from collections import OrderedDict
from typing import Final

Key = tuple[str, int, str]
"""The package, its stamp, and what its model gets."""

MOST_CHARS: Final = 2_000_000
"""At most some 8 MiB. Stand-ins make sentences equal that only differ in a number."""
OVERHEAD: Final = 200
"""Of an entry with its key, counted in characters."""


class Memo:
    """The latest used stay. None is remembered too: a model that says nonsense says it again."""

    def __init__(self, most: int = MOST_CHARS) -> None:
        self._most = most
        self._size = 0
        self._known: OrderedDict[Key, str | None] = OrderedDict()

    def __contains__(self, key: Key) -> bool:
        return key in self._known

    def __getitem__(self, key: Key) -> str | None:
        self._known.move_to_end(key)
        return self._known[key]

    def __setitem__(self, key: Key, text: str | None) -> None:
        if key in self._known:
            self._size -= _size(key, self._known.pop(key))
        self._known[key] = text
        self._size += _size(key, text)
        while self._size > self._most:
            self._size -= _size(*self._known.popitem(last=False))


def _size(key: Key, text: str | None) -> int:
    return OVERHEAD + len(key[2]) + len(text or "")
