"""The process that translates, with faults planted into it, and with somebody who writes down what its models get.

A sentence with "hang" in it makes it hang, one with "grow" takes ever more memory; nothing is loaded while there is a
file ``held``. Run like the real one; the second argument names the file for what is noted, ``held`` is
beside it.
"""

import json
import os
import runpy
import signal
import sys
import time
from pathlib import Path
from typing import Any, Final

import ctranslate2

from server.translation import identifier

real: Final = ctranslate2.Translator
load: Final = identifier.load
MIB: Final = 1_048_576
PIECE_MIB: Final = 16
GROWS_MIB: Final = 2_048


def note(**told: Any) -> None:
    with open(sys.argv[2], "a") as file:
        file.write(json.dumps(told) + "\n")


def held(what: str) -> None:
    if Path(sys.argv[2]).with_name("held").exists():
        note(waits=what)
    while Path(sys.argv[2]).with_name("held").exists():
        time.sleep(0.01)


def load_identifier(directory: Path) -> Any:
    held("languages")
    return load(directory)


def grow() -> None:
    """Ever more memory that is really there, until somebody ends it; a machine survives it where nobody does."""
    hoard = []
    for _ in range(GROWS_MIB // PIECE_MIB):
        hoard.append(b"x" * (PIECE_MIB * MIB))
        time.sleep(PIECE_MIB / 1_000)


class Translator:
    """In place of the library's."""

    def __init__(self, path: str, **options: Any) -> None:
        held("model")
        self._real = real(path, **options)
        note(loaded=path, **options, omp=os.environ["OMP_NUM_THREADS"])

    def translate_batch(self, sources: list[list[str]], **options: Any) -> Any:
        note(batch=len(sources), beam=options["beam_size"])
        words = " ".join("".join(source) for source in sources)
        if "hang" in words:
            signal.pause()
        if "grow" in words:
            grow()
        return self._real.translate_batch(sources, **options)


if __name__ == "__main__":
    ctranslate2.Translator = Translator
    identifier.load = load_identifier
    runpy.run_module("server.translation.worker", run_name="__main__")
