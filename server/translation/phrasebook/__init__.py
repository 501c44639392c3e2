"""Two small models that came with the program: a demo, English to French and back, for what help desks say.

Made by ``scripts/train-phrasebook`` from sentences of our own; ``MANIFEST.json`` says with what and how. They are
installed like any other package: what a newcomer sees is what full models do, only for fewer sentences.
"""

from pathlib import Path
from typing import Final

import msgspec

from server.translation import install

HOME: Final = Path(__file__).parent


class Packed(msgspec.Struct, frozen=True, rename={"source": "from", "target": "to"}):
    """One package; the manifest says more about it."""

    file: str
    version: str
    bytes: int
    sha256: str
    source: str
    target: str


class Manifest(msgspec.Struct, frozen=True):
    """What is in the directory."""

    packages: list[Packed]


def manifest() -> Manifest:
    """What belongs to the phrasebook."""
    return msgspec.json.decode((HOME / "MANIFEST.json").read_bytes(), type=Manifest)


def install_missing(packages: Path) -> list[Packed]:
    """Install what no package of the same pair is there for, and say what that was: full models stay. Blocks.

    Raises BadInput, NoWorker.
    """
    missing = [one for one in manifest().packages if not install.has(packages, one.source, one.target)]
    for one in missing:
        install.install(HOME / one.file, packages, one.sha256)
    return missing
