"""Whatever the bytes are: an answer or a refusal, never another error, never endless work."""

import asyncio
import functools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.domain.files import CONVERTIBLE, MAX_PIXELS, TYPES
from server.errors import FileRefused
from server.uploads import sniff
from server.uploads.images import Pictures, Redrawn
from server.uploads.source import AGAIN, STEPS, Budget
from tests.uploads.corpus import pictures as corpus
from tests.uploads.corpus.hostile import HOSTILE
from tests.uploads.corpus.real import REAL
from tests.uploads.corpus.sample import Sample

EVERY = [*TYPES, *CONVERTIBLE]
SMALL = 300_000
much = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@functools.cache
def of(extension: str) -> list[Sample]:
    """Files of the type, and what tried to pass for one. Large ones are left out: they differ only in length."""
    return [sample for sample in [*REAL, *HOSTILE] if sample.extension == extension and 0 < len(sample.data) < SMALL]


@st.composite
def mutated(draw: Any, extension: str) -> bytes:
    """A file of the corpus in which some bytes are others, are missing, come twice, or come from another file."""
    data = bytearray(draw(st.sampled_from(of(extension))).data)
    for _ in range(draw(st.integers(1, 6))):
        start = _place(draw, len(data))
        length = draw(st.sampled_from([1, 2, 4, 8, 100, 5000]))
        match draw(st.sampled_from(["change", "number", "drop", "double", "cut", "other"])):
            case "change":
                data[start : start + length] = draw(st.binary(min_size=1, max_size=8))
            case "number":  # lengths and offsets like to be these
                data[start : start + 4] = draw(
                    st.sampled_from([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\1\0\0\0"])
                )
            case "drop":
                del data[start : start + length]
            case "double":
                data[start:start] = data[start : start + length]
            case "cut":
                del data[max(1, start) :]
            case _:
                other = draw(st.sampled_from(of(draw(st.sampled_from(EVERY))))).data
                data[start : start + length] = other[:length]
    return bytes(data) or b"\0"


def _place(draw: Any, size: int) -> int:
    """Anywhere, but more often near the beginning and the end, where the structure is."""
    near = [st.integers(0, min(size, 200)), st.integers(max(0, size - 200), size), st.integers(0, size)]
    place: int = draw(st.one_of(near))
    return place


def look(path: Path, extension: str, data: bytes, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether it is taken. Nothing but FileRefused may be raised; the budget was never exceeded by more than a step."""
    budgets = list[Budget]()

    class Counted(Budget):
        def __init__(self, *bounds: int) -> None:
            super().__init__(*bounds)
            assert self.steps <= STEPS + AGAIN * (len(data) >> 12)
            budgets.append(self)

    refused: FileRefused | None = None
    path.write_bytes(data)
    monkeypatch.setattr("server.uploads.source.Budget", Counted)
    try:
        sniff.examine(path, extension)
    except FileRefused as error:
        refused = error
    if refused:
        assert refused.code == ("file_content" if data else "file_empty")
        assert (refused.reason is None) == (not data)
        return False
    assert len(budgets) == 1, "archives inside share the budget"
    assert budgets[0].steps >= 0 <= budgets[0].unpacked
    return True


@pytest.mark.parametrize("extension", EVERY)
def test_files_that_were_tampered_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extension: str) -> None:
    @much
    @given(mutated(extension))
    def tampered(data: bytes) -> None:
        look(tmp_path / "upload", extension, data, monkeypatch)

    tampered()


@pytest.mark.parametrize("extension", EVERY)
def test_random_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extension: str) -> None:
    """Also behind a beginning that is right."""

    @much
    @given(
        st.one_of(st.just(b""), st.sampled_from(of(extension)).map(lambda sample: sample.data[:40])),
        st.binary(max_size=600),
    )
    def random(start: bytes, rest: bytes) -> None:
        look(tmp_path / "upload", extension, start + rest, monkeypatch)

    random()


PACKED = [".docx", ".xlsx", ".pptx", ".ppsx", ".odt", ".zip", ".rar", ".pdf", ".png", ".gif", ".jpeg", ".webp"]


@pytest.mark.parametrize("extension", PACKED)
def test_every_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extension: str) -> None:
    """What says where it ends is no longer whole when anything is missing."""
    samples = [sample for sample in REAL if sample.extension == extension and sample.title not in LONGER]
    sample = min(samples, key=lambda sample: len(sample.data))
    size = len(sample.data)
    lengths = {*range(1, min(size, 64)), *range(max(1, size - 64), size)}
    taken = [cut for cut in lengths if look(tmp_path / "upload", extension, sample.data[:cut], monkeypatch)]
    # the line end behind a PDF, and the byte that makes a part of WebP even, say nothing
    spare = extension == ".webp" or sample.data.endswith(b"%%EOF\n")
    assert taken in ([], [size - 1] if spare else [])


LONGER = ("zeros behind", "version 4 without an end")


UNCOMPRESSED = (".bmp", ".tiff")
"""Bytes put into the middle of these become points of the picture, and stay what they are."""
PICTURES = [extension for extension in EVERY if extension in CONVERTIBLE or TYPES[extension].family == "image"]


@pytest.mark.parametrize("extension", PICTURES)
def test_pictures_that_were_tampered_with(tmp_path: Path, extension: str) -> None:
    """The process answers to everything: it draws or refuses, and keeps no file of what it refused."""
    with asyncio.Runner() as runner:
        pictures = Pictures()

        @settings(much, max_examples=25)
        @given(mutated(extension))
        def tampered(data: bytes) -> None:
            source = tmp_path / "upload"
            source.write_bytes(data)
            drawn = runner.run(_drawn(pictures, source, extension))
            files = sorted(path.name for path in tmp_path.iterdir())
            assert files == (["upload", "upload.picture", "upload.thumbnail"] if drawn else ["upload"])
            if drawn:
                if extension not in UNCOMPRESSED:
                    assert corpus.SECRET.encode() not in drawn.file.read_bytes()
                assert sniff.examine(drawn.file, drawn.extension).picture
                drawn.file.unlink()
                drawn.thumbnail.unlink()

        tampered()
        runner.run(pictures.close())


async def _drawn(pictures: Pictures, source: Path, extension: str) -> Redrawn | None:
    try:
        return await pictures.redraw(source, extension, source.parent, MAX_PIXELS)
    except FileRefused:
        return None
