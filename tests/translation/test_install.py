"""Packages into the directory and out of it; files that want something else are refused, and leave nothing behind."""

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from server.errors import BadInput
from server.translation import install as module
from server.translation.inquiry import NoWorker
from server.translation.install import checksum, has, install, remove
from tests.translation.models import package

TOP = "translate-en_fr-1_0"
Change = Callable[[zipfile.ZipFile], None]


def repacked(file: Path, into: Path, *, but: str = "", add: Change | None = None, top: str = TOP) -> Path:
    """A copy without one member, with others."""
    copy = into / "copy.argosmodel"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            if not but or but not in member.filename:
                target.writestr(member.filename.replace(TOP, top), source.read(member))
        if add:
            add(target)
    return copy


def writes(name: str, data: bytes = b"x", mode: int = 0) -> Change:
    def add(archive: zipfile.ZipFile) -> None:
        member = zipfile.ZipInfo(name)
        member.external_attr = mode << 16
        archive.writestr(member, data)

    return add


def left(directory: Path) -> list[str]:
    """What is there, but for the lock."""
    return sorted(one.name for one in directory.glob("*") if one.name != ".lock")


def test_a_package_is_there_as_a_whole_and_replaces_others_of_its_pair(files: dict[str, Path], tmp_path: Path) -> None:
    """The same again, an older one, a newer one: what was installed last is what is used."""
    directory = tmp_path / "packages"
    extra = repacked(files["en-fr"], tmp_path, add=writes(f"{TOP}/stanza/en.pt"))
    assert install(extra, directory, checksum(extra)).directory == TOP
    assert sorted(one.name for one in (directory / TOP).iterdir()) == ["metadata.json", "model", "sentencepiece.model"]
    install(files["en-nl"], directory)
    assert install(files["en-fr"], directory).directory == f"{TOP}-2"
    older = install(package(tmp_path, "en", "fr", version="0.9"), directory)
    assert left(directory) == [older.directory, "translate-en_nl-1_0"]
    assert has(directory, "en", "fr")
    assert remove(directory, "en", "fr")
    assert not remove(directory, "en", "fr")
    assert left(directory) == ["translate-en_nl-1_0"]


@pytest.mark.parametrize(
    ("add", "says"),
    [
        (writes("../outside"), "leads out of it"),
        (writes(f"{TOP}/../../outside"), "leads out of it"),
        (writes("/etc/outside"), "leads out of it"),
        (writes(f"{TOP}\\..\\outside"), "leads out of it"),
        (writes(f"{TOP}/model/link", b"/etc/passwd", stat.S_IFLNK | 0o777), "leads out of it"),
        (writes(f"{TOP}/pipe", b"", stat.S_IFIFO | 0o777), "leads out of it"),
        (writes("another/README.md"), "one directory"),
        (writes(f"{TOP}/metadata.json", b"{}"), "twice"),
    ],
    ids=["up", "up from within", "absolute", "backslashes", "link", "pipe", "two directories", "twice"],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archives_that_lead_elsewhere(files: dict[str, Path], tmp_path: Path, add: Change, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        install(repacked(files["en-fr"], tmp_path, add=add), tmp_path / "packages")
    assert left(tmp_path / "packages") == []
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize(
    ("but", "says"),
    [("metadata.json", "metadata.json"), ("sentencepiece.model", "no sentencepiece"), ("model.bin", "no package")],
)
def test_packages_that_lack_something(files: dict[str, Path], tmp_path: Path, but: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        install(repacked(files["en-fr"], tmp_path, but=but), tmp_path / "packages")
    assert left(tmp_path / "packages") == []


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({"from_code": "../x"}, "from one language"),
        ({"type": "sbd"}, "from one language"),
        ({"from_code": None}, "from one language"),
        ([1, 2], "it is no package"),
    ],
)
def test_metadata_of_something_else(files: dict[str, Path], tmp_path: Path, metadata: object, says: str) -> None:
    if isinstance(metadata, dict):
        metadata = {"from_code": "en", "to_code": "fr", "package_version": "1.0"} | metadata
    add = writes(f"{TOP}/metadata.json", json.dumps(metadata).encode())
    with pytest.raises(BadInput, match=says):
        install(repacked(files["en-fr"], tmp_path, but="metadata.json", add=add), tmp_path / "packages")
    assert left(tmp_path / "packages") == []


def test_a_model_that_does_not_work_never_gets_in(files: dict[str, Path], tmp_path: Path) -> None:
    """It is tried before it is used; whatever it does to the process that tries it."""
    for data in (b"", b"\x06\x00\x00\x00" + b"\xff" * 200):
        add = writes(f"{TOP}/model/model.bin", data)
        with pytest.raises((BadInput, NoWorker)):
            install(repacked(files["en-fr"], tmp_path, but="model.bin", add=add), tmp_path / "packages")
    assert left(tmp_path / "packages") == []


def test_a_package_from_before_2021(files: dict[str, Path], tmp_path: Path) -> None:
    add = writes(f"{TOP}/bpe.model")
    with pytest.raises(BadInput, match=r"before 2021"):
        install(repacked(files["en-fr"], tmp_path, but="sentencepiece", add=add), tmp_path / "packages")


def test_files_that_are_none(files: dict[str, Path], tmp_path: Path) -> None:
    whole = files["en-fr"].read_bytes()
    file = tmp_path / "x.argosmodel"
    for data in (b"", b"no archive", whole[: len(whole) // 2], whole[:100] + b"\xff" * 200 + whole[300:]):
        file.write_bytes(data)
        with pytest.raises(BadInput, match=r"x\.argosmodel"):
            install(file, tmp_path / "packages")
    assert left(tmp_path / "packages") == []


def test_a_wrong_checksum(files: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="SHA-256"):
        install(files["en-fr"], tmp_path / "packages", "0" * 64)
    assert left(tmp_path / "packages") == []


def test_more_than_a_package_has(files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what the archive says, and by what comes out of it when that is a lie."""
    monkeypatch.setattr(module, "MOST_BYTES", 1_000)
    with pytest.raises(BadInput, match="too large"):
        install(files["en-fr"], tmp_path / "packages")
    monkeypatch.undo()
    lying = bytearray(repacked(files["en-fr"], tmp_path, add=writes(f"{TOP}/README.md", b"a" * 5_000)).read_bytes())
    size = (5_000).to_bytes(4, "little")
    at = lying.rindex(f"{TOP}/README.md".encode()) - 22
    assert lying[at : at + 4] == size
    lying[at : at + 4] = (10).to_bytes(4, "little")
    (tmp_path / "lying.argosmodel").write_bytes(lying)
    with pytest.raises(BadInput, match="damaged"):
        install(tmp_path / "lying.argosmodel", tmp_path / "packages")
    assert left(tmp_path / "packages") == []


def test_what_a_killed_command_has_left_is_cleaned_up(files: dict[str, Path], tmp_path: Path) -> None:
    directory = tmp_path / "packages"
    (directory / ".abandoned" / "package").mkdir(parents=True)
    install(files["en-fr"], directory)
    assert sorted(one.name for one in directory.iterdir()) == [".lock", TOP]
