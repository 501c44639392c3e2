"""Packages from files into the directory of packages, and out of it again. A running translator notices by itself.

A file is unpacked beside its place, only what is needed of it, tried in a process of its own, and then renamed: what
the translator sees is whole, and what it does not want never gets in.
"""

import fcntl
import hashlib
import lzma
import os
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from server.errors import BadInput
from server.translation import inquiry
from server.translation.base import Pair
from server.translation.orders import Fault, Scan, Scanned, Translate, Translated

SUFFIX: Final = ".argosmodel"
NEEDED: Final = re.compile(r"metadata\.json|sentencepiece\.model|bpe\.model|README\.md|LICENSE[\w.-]*|model/[\w.-]+")
"""The rest of a package is for programs that split sentences otherwise."""
MOST_BYTES: Final = 2 * 1024**3
"""Unpacked; packages of the Argos index have 60 to 300 MB."""
MOST_FILES: Final = 5_000
PIECE: Final = 1_048_576
TRIAL: Final = "Hello."
DAMAGED: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, RuntimeError, ValueError),  # cut off; encrypted or packed in a way that nobody knows; nonsense
)
HIDDEN: Final = "."
"""What begins with it is no package yet, or no more."""


class Codes(msgspec.Struct, frozen=True):
    """Of the metadata of a package."""

    from_code: str | None = None
    to_code: str | None = None


def install(file: Path, packages: Path, sha256: str | None = None, of: tuple[str, str] | None = None) -> Pair:
    """Make the pair in this file the one that is used; an older or newer package of the same pair goes. Blocks.

    ``of``: from which language to which it has to be. Raises BadInput, whose message says what is
    wrong with the file, and NoWorker.
    """
    if sha256 is not None and checksum(file) != sha256.lower():
        raise BadInput(f"{file.name} is not what it should be: its SHA-256 is {checksum(file)}, not {sha256}.")
    with _alone(packages):
        place = Path(tempfile.mkdtemp(prefix=HIDDEN, dir=packages))
        try:
            _unpack(file, place / "package")
            pair = _tried(place, file.name)
            if of is not None and of != (pair.source, pair.target):
                raise BadInput(f"{file.name} is {pair.source}-{pair.target}, and not {'-'.join(of)}.")
            name = _free_name(packages, pair)
            os.rename(place / "package", packages / name)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        for old in _directories(packages, pair.source, pair.target):
            if old != name:
                _drop(packages, old)
        return msgspec.structs.replace(pair, directory=name)


def remove(packages: Path, source: str, target: str) -> bool:
    """Take a pair away, in all versions; whether there was one. Blocks."""
    with _alone(packages):
        found = _directories(packages, source, target)
        for name in found:
            _drop(packages, name)
        return bool(found)


def has(packages: Path, source: str, target: str) -> bool:
    """Whether there is a package of this pair, of whatever version."""
    return bool(_directories(packages, source, target))


def checksum(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _alone(packages: Path) -> Iterator[None]:
    """One command at a time; what one that was killed has left behind goes."""
    packages.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (packages / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for left in packages.glob(f"{HIDDEN}*/"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def _unpack(file: Path, place: Path) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            members = _members(archive, file.name)
            if sum(member.file_size for member in members.values()) > shutil.disk_usage(place.parent).free:
                raise BadInput(f"There is not enough room on the disk for {file.name}.")
            for name, member in members.items():
                (place / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _write(archive, member, place / name)
    except DAMAGED as error:
        raise BadInput(f"{file.name} is damaged, or no package: {error}") from None
    except OSError as error:
        raise BadInput(f"{file.name} cannot be unpacked: {error.strerror or error}.") from None


def _members(archive: zipfile.ZipFile, file: str) -> dict[str, zipfile.ZipInfo]:
    """What is needed, by its path in the package. Everything in the archive has to be harmless, needed or not."""
    found: dict[str, zipfile.ZipInfo] = {}
    tops: set[str] = set()
    listed = archive.infolist()
    if len(listed) > MOST_FILES or sum(member.file_size for member in listed) > MOST_BYTES:
        raise BadInput(f"{file} is too large for a package.")
    for member in listed:
        path = PurePosixPath(member.filename)
        if not _is_harmless(member, path):
            raise BadInput(f"{file} is no package: {member.filename!r} leads out of it.")
        tops.add(path.parts[0] if path.parts else "")
        inside = "/".join(path.parts[1:])
        if member.is_dir() or not NEEDED.fullmatch(inside):
            continue
        if inside in found:
            raise BadInput(f"{file} is no package: {inside} is in it twice.")
        found[inside] = member
    if len(tops) != 1 or "metadata.json" not in found:
        raise BadInput(f"{file} is no package: a package is one directory with metadata.json in it.")
    return found


def _is_harmless(member: zipfile.ZipInfo, path: PurePosixPath) -> bool:
    """A file or a directory, somewhere below."""
    plain = stat.S_IFMT(member.external_attr >> 16) in (0, stat.S_IFREG, stat.S_IFDIR)
    return plain and not path.is_absolute() and ".." not in path.parts and "\\" not in member.filename


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    """On the disk when this returns. zipfile gives no more bytes than the archive says, and looks at their checksum."""
    with archive.open(member) as source, path.open("xb") as target:
        shutil.copyfileobj(source, target, PIECE)
        target.flush()
        os.fsync(target.fileno())


def _tried(place: Path, file: str) -> Pair:
    """What it is, after a sentence went through it."""
    scanned, translated = inquiry.ask(place, Scan(), Translate("package", 0, [TRIAL]))
    if not isinstance(scanned, Scanned) or not scanned.pairs:
        why = scanned.wrong.get("package", "it is empty") if isinstance(scanned, Scanned) else "it cannot be read"
        raise BadInput(f"{file} cannot be used: {why}.")
    if not isinstance(translated, Translated):
        what = translated.what if isinstance(translated, Fault) else "no answer"
        raise BadInput(f"{file} cannot be used: its model does not work here ({what}).")
    return scanned.pairs[0]


def _free_name(packages: Path, pair: Pair) -> str:
    """As argostranslate names them; with a number where that is taken."""
    version = re.sub(r"[^0-9A-Za-z]+", "_", pair.version)[:32] or "0"
    name = wanted = f"translate-{pair.source}_{pair.target}-{version}"
    number = 1
    while (packages / name).exists():
        number += 1
        name = f"{wanted}-{number}"
    return name


def _directories(packages: Path, source: str, target: str) -> list[str]:
    """Where there is a package of this pair, of whatever version and in whatever state."""
    found = []
    for one in packages.glob("[!.]*/metadata.json"):
        try:
            said = msgspec.json.decode(one.read_bytes(), type=Codes)
        except (OSError, msgspec.MsgspecError):
            continue  # the translator does not use it either
        if (said.from_code, said.to_code) == (source, target):
            found.append(one.parent.name)
    return found


def _drop(packages: Path, name: str) -> None:
    """Out of sight at once; then piece by piece."""
    gone = packages / f"{HIDDEN}{name}.{os.getpid()}"
    os.rename(packages / name, gone)
    shutil.rmtree(gone)
