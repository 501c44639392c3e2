"""The model that tells languages apart, unpacked once and for all processes. Runs in the worker process.

Its archive takes a second of a slow processor, whenever a process is started or replaced, beside chats that want the
same processor. Unpacked, it is mapped: that takes a twentieth, and several processes have it in memory once.
"""

import json
import os
import shutil
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

NAME: Final = "py3langid-"
ARRAYS: Final = ("nb_ptc", "nb_pc", "tk_nextmove", "tk_row", "tk_output")
CLASSES: Final = "classes.json"


def load(directory: Path) -> LanguageIdentifier:
    """From what was unpacked into this directory; else from the archive, and then it is unpacked for the next one."""
    unpacked = directory / f"{NAME}{version('py3langid')}"
    with suppress(OSError, ValueError):  # not there yet, or damaged
        return _read(unpacked)
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    with suppress(OSError):  # a full disk, a directory that may not be written: it only takes longer
        _write(identifier, unpacked)
    return identifier


def _read(unpacked: Path) -> LanguageIdentifier:
    classes = json.loads((unpacked / CLASSES).read_bytes())
    found: dict[str, Any] = {
        name: np.asarray(np.load(unpacked / f"{name}.npy", mmap_mode="r", allow_pickle=False)) for name in ARRAYS
    }
    return LanguageIdentifier(
        found["nb_ptc"],
        found["nb_pc"],
        classes,
        memoryview(found["tk_nextmove"]),
        found["tk_output"].tolist(),
        norm_probs=True,
        tk_row=found["tk_row"].tolist(),
    )


def _write(identifier: LanguageIdentifier, unpacked: Path) -> None:
    """All or nothing; what was unpacked of other versions, or by somebody who did not come to the end, goes."""
    mine = unpacked.with_name(f"{unpacked.name}.{os.getpid()}")
    unpacked.parent.mkdir(exist_ok=True)
    for old in unpacked.parent.glob(f"{NAME}*"):
        shutil.rmtree(old, ignore_errors=True)
    mine.mkdir()
    try:
        for name in ARRAYS:
            with open(mine / f"{name}.npy", "xb") as file:
                np.save(file, np.asarray(getattr(identifier, name)), allow_pickle=False)
                _keep(file)
        with open(mine / CLASSES, "xb") as file:
            file.write(json.dumps(identifier.nb_classes).encode())
            _keep(file)
        mine.rename(unpacked)
    finally:
        shutil.rmtree(mine, ignore_errors=True)


def _keep(file: BinaryIO) -> None:
    """What has its final name is whole, even after a power cut: no sum tells zeros from an array."""
    file.flush()
    os.fsync(file.fileno())
