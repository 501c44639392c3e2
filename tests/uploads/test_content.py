"""Content decides (G-45): real files under their names and under all others, and what must not get through."""

import subprocess
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from server.domain.files import CONVERTIBLE, TYPES, file_type
from server.errors import FileRefused
from server.uploads import sniff
from server.uploads.source import UNPACKED_BYTES, Budget, Source
from tests.uploads.corpus.archives import FILES, LOG, rar4, rar5
from tests.uploads.corpus.hostile import HOSTILE
from tests.uploads.corpus.hostile.archives import nested
from tests.uploads.corpus.real import REAL
from tests.uploads.corpus.sample import Sample
from tests.uploads.corpus.tools import needs

ALIKE = [{".txt", ".log", ".cfg"}, {".ppt", ".pps"}, {".pptx", ".ppsx"}]
"""Types whose content is the same, or differs in nothing but how it is opened."""
EVERY = [*TYPES, *CONVERTIBLE]


def refusal(path: Path, extension: str) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        sniff.examine(path, extension)
    return refused.value


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the file is while it is looked at; its name says nothing."""
    return tmp_path / "upload"


@pytest.mark.parametrize("sample", REAL, ids=repr)
def test_a_real_file_is_taken_under_its_own_name(place: Path, sample: Sample) -> None:
    place.write_bytes(sample.data)
    kind = file_type(sample.extension)
    assert sniff.examine(place, sample.extension) == sniff.Examined(sample.extension, kind.media_type, kind.family)


@pytest.mark.parametrize("sample", REAL, ids=repr)
def test_a_real_file_is_refused_under_every_other_name(place: Path, sample: Sample) -> None:
    place.write_bytes(sample.data)
    same = next((names for names in ALIKE if sample.extension in names), {sample.extension})
    for extension in EVERY:
        if extension in same:
            sniff.examine(place, extension)
        else:
            assert refusal(place, extension).code == "file_content", extension


def test_the_corpus_has_every_type_from_more_than_one_producer() -> None:
    for extension in EVERY:
        assert len([sample for sample in REAL if sample.extension == extension]) >= 2, extension


@pytest.mark.parametrize("sample", HOSTILE, ids=repr)
def test_a_hostile_file_is_refused_for_what_it_is(place: Path, sample: Sample) -> None:
    place.write_bytes(sample.data)
    refused = refusal(place, sample.extension)
    assert (refused.code, refused.reason) == ("file_content", sample.reason), refused.message
    assert refused.message.endswith(".")


def test_there_is_enough_that_is_hostile() -> None:
    assert len(HOSTILE) >= 60
    assert len(set(map(repr, HOSTILE))) == len(HOSTILE)


@pytest.mark.parametrize("extension", EVERY)
def test_nothing_at_all_is_refused(place: Path, extension: str) -> None:
    place.touch()
    assert refusal(place, extension).code == "file_empty"


@pytest.mark.parametrize("extension", EVERY)
@pytest.mark.parametrize("data", [b"\0", b"\xff\xd8\xff\xe0\0", b"PK\x03\x04", b"%PDF-", b"II*\0", b"GIF89a"], ids=repr)
def test_a_beginning_is_no_file(place: Path, extension: str, data: bytes) -> None:
    place.write_bytes(data)
    assert refusal(place, extension).code == "file_content"


@pytest.mark.parametrize("pack", [rar4, rar5], ids=["version 4", "version 5"])
def test_our_rar_archives_are_such(tmp_path: Path, place: Path, pack: Callable[[dict[str, bytes]], bytes]) -> None:
    """An independent program unpacks them to what was put in."""
    # bsdtar 3.6 now and then writes without end for an empty file of version 5: so none here, and a limit
    files = {name: data for name, data in FILES.items() if data}
    place.write_bytes(pack(files))
    command = ["prlimit", "--fsize=1000000", needs("bsdtar"), "-x", "-f", str(place), "-C", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert {name: (tmp_path / name).read_bytes() for name in files} == files


def test_an_archive_is_looked_at_as_deep_as_people_pack(place: Path) -> None:
    place.write_bytes(nested(3))
    sniff.examine(place, ".zip")
    place.write_bytes(nested(4))
    assert refusal(place, ".zip").reason == "bomb"


def test_looking_takes_the_same_memory_for_any_size(place: Path) -> None:
    peaks = []
    for times in (40, 400):
        place.write_bytes(LOG * times)
        tracemalloc.start()
        sniff.examine(place, ".log")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert place.stat().st_size > 50_000_000
    assert peaks[1] < peaks[0] + 100_000


def test_work_is_counted(place: Path) -> None:
    """No file can cause more work than its budget: it is refused when that is used up."""
    place.write_bytes(LOG * 40)
    with place.open("rb") as file:
        source = Source(file, Budget(steps=20))
        with pytest.raises(FileRefused) as refused:
            list(source.chunks())
    assert refused.value.reason == "effort"
    budget = Budget()
    budget.unpack(UNPACKED_BYTES)
    with pytest.raises(FileRefused) as refused:
        budget.unpack(1)
    assert refused.value.reason == "bomb"
