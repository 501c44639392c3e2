"""What a file of the corpus is."""

from collections.abc import Callable
from functools import cached_property


class Sample:
    """A file: made once, when it is first looked at. ``title`` is for the name of the test."""

    def __init__(self, title: str, extension: str, make: Callable[[], bytes], reason: str = "") -> None:
        self.title = title
        self.extension = extension
        self.reason = reason
        self._make = make

    def __repr__(self) -> str:
        return f"{self.extension[1:]}: {self.title}"

    @cached_property
    def data(self) -> bytes:
        """The file's bytes."""
        return self._make()
