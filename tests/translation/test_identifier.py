"""The model that tells languages apart: unpacked once, the same as in its archive, and never a reason not to start."""

from importlib.metadata import version
from pathlib import Path

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from server.translation import identifier

LINES = ["je ne peux pas entrer", "my printer is broken", "het werkt nu", "не могу войти", "打印机不工作", "Ω", ""]
NAME = f"py3langid-{version('py3langid')}"


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """Where it is once it was loaded."""
    identifier.load(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == [NAME]
    return tmp_path / NAME


def test_a_second_process_needs_no_archive(unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(LanguageIdentifier, "from_model_file")
    identifier.load(unpacked.parent)


def test_it_says_the_same_as_the_archive(unpacked: Path) -> None:
    archive = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    mapped = identifier.load(unpacked.parent)
    assert [mapped.rank(line) for line in LINES] == [archive.rank(line) for line in LINES]


@pytest.mark.parametrize("damaged", ["nb_ptc.npy", "tk_nextmove.npy", "tk_output.npy", "classes.json"])
def test_what_is_damaged_is_unpacked_again(unpacked: Path, damaged: str) -> None:
    whole = (unpacked / damaged).read_bytes()
    (unpacked / damaged).write_bytes(whole[: len(whole) // 2])
    assert identifier.load(unpacked.parent).rank(LINES[0])[0][0] == "fr"
    assert (unpacked / damaged).read_bytes() == whole


def test_another_version_and_half_of_one_go(tmp_path: Path) -> None:
    for old in ("py3langid-0.1", f"{NAME}.4711"):
        (tmp_path / old).mkdir()
        (tmp_path / old / "nb_ptc.npy").touch()
    identifier.load(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == [NAME]


def test_where_nothing_can_be_written_it_works_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "languages").touch()
    assert identifier.load(tmp_path / "languages").rank(LINES[0])[0][0] == "fr"
