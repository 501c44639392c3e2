"""The process that translates, with faults planted into it, and with somebody who writes down what its models get.

A sentence with "hang" in it makes it hang, one with "grow" wants more memory than it may have. Run like the real one;
the second argument names the file for what is noted.
"""

import json
import os
import resource
import runpy
import signal
import sys
from typing import Any, Final

import ctranslate2

real: Final = ctranslate2.Translator


def note(**told: Any) -> None:
    with open(sys.argv[2], "a") as file:
        file.write(json.dumps(told) + "\n")


class Translator:
    """In place of the library's."""

    def __init__(self, path: str, **options: Any) -> None:
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
    runpy.run_module("server.translation.worker", run_name="__main__")
