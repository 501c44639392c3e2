"""Loaded models, within an amount of memory: what was not used for the longest time makes room. Pure."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

M = TypeVar("M")


class Shelf(Generic[M]):
    """By directory and stamp."""

    def __init__(self, most: int, weigh: Callable[[], int]) -> None:
        """``weigh``: the memory of the whole process, as it is and not as it should be."""
        self._most = most
        self._weigh = weigh
        self._models: OrderedDict[tuple[str, int], M] = OrderedDict()

    def get(self, directory: str, stamp: int, weight: int, load: Callable[[], M]) -> M:
        """The model that is there, or that ``load`` gives; then another one of this directory goes in any case."""
        key = (directory, stamp)
        if key not in self._models:
            for old in [old for old in self._models if old[0] == directory]:
                del self._models[old]
            self._make_room(weight, left=0)
            self._models[key] = load()
        self._models.move_to_end(key)
        return self._models[key]

    @property
    def full(self) -> bool:
        """Whether it is too much with only the latest one on it, too."""
        self._make_room(0, left=1)
        return self._weigh() > self._most

    def _make_room(self, weight: int, left: int) -> None:
        while len(self._models) > left and self._weigh() + weight > self._most:
            self._models.popitem(last=False)
