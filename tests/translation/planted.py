"""The process that translates, with faults planted into it, and with somebody who writes down what its models get.

A sentence with "hang" in it makes it hang, one with "grow" wants more memory than it may have; nothing is loaded while
there is a file ``held``. Run like the real one; the second argument names the file for what is noted, ``held`` is
beside it.
"""

import json
import os
import resource
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


class Translator:
    """In place of the library's."""

    def __init__(self, path: str, **options: Any) -> None:
        held("model")
        self._real = real(path, **options)
        addresses = resource.getrlimit(resource.RLIMIT_AS)[0]
        note(loaded=path, **options, omp=os.environ["OMP_NUM_THREADS"], addresses=addresses)

    def translate_batch(self, sources: list[list[str]], **options: Any) -> Any:
        note(batch=len(sources), beam=options["beam_size"])
        words = " ".join("".join(source) for source in sources)
        if "hang" in words:
            signal.pause()
        if "grow" in words:
            bytearray(resource.getrlimit(resource.RLIMIT_AS)[0] % (1 << 40))
        return self._real.translate_batch(sources, **options)


if __name__ == "__main__":
    ctranslate2.Translator = Translator
    identifier.load = load_identifier
    runpy.run_module("server.translation.worker", run_name="__main__")
