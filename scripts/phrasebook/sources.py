"""What the models were made from, as one checksum: by the one in the manifest a test sees when they are out of date."""

import hashlib
from pathlib import Path
from typing import Final

HOME: Final = Path(__file__).parent
MAKERS: Final = ("corpus.py", "french.py", "grammar.py", "model.py", "patterns.py", "reading.tsv", "train.py")
"""Beside the sentences; pack.py changes no weight."""


def sha256() -> str:
    """Of all of it: names and contents."""
    files = [*sorted((HOME / "corpus").glob("*.txt")), *(HOME / name for name in MAKERS)]
    told = [f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n" for file in files]
    return hashlib.sha256("".join(told).encode()).hexdigest()
