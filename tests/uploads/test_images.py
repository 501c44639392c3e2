"""Pictures are drawn anew, in a process that has bounds: what comes out, and what becomes of the process."""

import asyncio
import io
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from server.domain.files import CONVERTIBLE, MAX_PIXELS, file_type
from server.errors import Busy, FileRefused
from server.uploads import drawing, images, sniff
from server.uploads.images import Pictures, Redrawn
from tests.uploads.corpus import pictures as corpus
from tests.uploads.corpus.hostile import PIXELS
from tests.uploads.corpus.hostile.pictures import wide_png
from tests.uploads.corpus.sample import Sample

EVERY = [*corpus.PICTURES, *corpus.CONVERTIBLE]
TRACES = (
    corpus.SECRET.encode(),
    b"Exif\0",
    b"GPS",
    b"xmpmeta",
    b"ICC_PROFILE",
    b"iCCP",
    b"Maker",
    b"ftypmp42",
    b"SEFT",
)
OTHERS = {"one pixel", "profile", "bilevel", "fax", "pages", "sixteen bits", "floating point", "big end first"}
"""Do not show the drawing in its colours; other tests look at them."""
BECOME_PNG = {"webp: lossless", "webp: transparent", "avif: transparent", "heic: transparent"}


@pytest.fixture(scope="module")
async def pictures() -> AsyncIterator[Pictures]:
    """One process for the tests that do it no harm."""
    running = Pictures()
    yield running
    await running.close()


@pytest.fixture
async def fragile() -> AsyncIterator[Pictures]:
    """A process of the test's own, which is soon given up."""
    running = Pictures(seconds=2)
    yield running
    await running.close()


async def redrawn(pictures: Pictures, data: bytes, extension: str, place: Path, most: int = MAX_PIXELS) -> Redrawn:
    source = place / "upload"
    source.write_bytes(data)
    return await pictures.redraw(source, extension, place, most)


def opened(drawn: Redrawn) -> Image.Image:
    """The picture: it is what its extension says."""
    return Image.open(io.BytesIO(drawn.file.read_bytes()), formats=[drawing.FORMATS[drawn.extension]])


def thumbnail(drawn: Redrawn) -> Image.Image:
    return Image.open(io.BytesIO(drawn.thumbnail.read_bytes()), formats=["WEBP"])


def files(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def lives(process: int | None) -> bool:
    return Path(f"/proc/{process}").exists()


def color(image: Image.Image, x: int = 40, y: int = 20) -> tuple[int, int, int]:
    found = image.convert("RGBA").getpixel((x, y))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def near(found: tuple[int, int, int], wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("sample", EVERY, ids=repr)
async def test_only_pixels_come_through(pictures: Pictures, tmp_path: Path, sample: Sample) -> None:
    """G-45: no word of EXIF, GPS, XMP, comments, profiles, appendices; a name that does not lie."""
    drawn = await redrawn(pictures, sample.data, sample.extension, tmp_path)
    if sample.extension in CONVERTIBLE:
        assert drawn.extension == (".png" if repr(sample) in BECOME_PNG else ".jpeg")
    else:
        assert drawn.extension == sample.extension
    assert drawn.media_type == file_type(drawn.extension).media_type
    assert sniff.examine(drawn.file, drawn.extension).picture
    for file in (drawn.file, drawn.thumbnail):
        data = file.read_bytes()
        assert [trace for trace in TRACES if trace in data] == []
    assert opened(drawn).size == (drawn.width, drawn.height)
    assert files(tmp_path) == ["upload", drawn.file.name, drawn.thumbnail.name]


@pytest.mark.parametrize("sample", [sample for sample in EVERY if sample.title not in OTHERS], ids=repr)
async def test_the_picture_still_shows_what_it_did(pictures: Pictures, tmp_path: Path, sample: Sample) -> None:
    drawn = await redrawn(pictures, sample.data, sample.extension, tmp_path)
    for image in (opened(drawn), thumbnail(drawn)):
        wanted = corpus.drawing().convert("L" if sample.title.startswith("gray") else "RGB").resize(image.size)
        for x in (80, 240):
            for y in (20, 180):
                assert near(color(image, x, y), color(wanted, x, y))
        if "transparent" in sample.title:
            alpha = image.convert("RGBA").getchannel("A")
            assert (alpha.getpixel((20, 20)), alpha.getpixel((300, 150))) == (0, 255)


@pytest.mark.parametrize("title", ["sixteen bits", "floating point", "big end first"])
async def test_more_bits_become_eight(pictures: Pictures, tmp_path: Path, title: str) -> None:
    sample = next(sample for sample in EVERY if sample.title == title)
    drawn = await redrawn(pictures, sample.data, sample.extension, tmp_path)
    shades = [color(opened(drawn), 100, y)[0] for y in (2, 100, 197)]
    assert shades == sorted(shades)
    assert (shades[0] < 10, 110 < shades[1] < 145, shades[2] > 245) == (True, True, True)


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_a_picture_stands_upright(pictures: Pictures, tmp_path: Path, orientation: int) -> None:
    """However the phone was held, and without the mark that said so; never turned twice."""
    turned, mark = corpus.turned(orientation), corpus.exif(orientation)
    for kind, extension in (
        ("JPEG", ".jpeg"),
        ("PNG", ".png"),
        ("TIFF", ".tiff"),
        ("WEBP", ".webp"),
        ("AVIF", ".avif"),
    ):
        drawn = await redrawn(pictures, corpus.saved(turned, kind, exif=mark), extension, tmp_path)
        assert (drawn.width, drawn.height) == corpus.SIZE, kind
        assert near(color(opened(drawn)), corpus.LEFT_TOP), kind
        assert near(color(thumbnail(drawn)), corpus.LEFT_TOP), kind
    drawn = await redrawn(pictures, corpus.heic(turned, exif=mark), ".heic", tmp_path)
    assert near(color(opened(drawn)), corpus.LEFT_TOP)


async def test_colours_stay_right_without_their_profile(pictures: Pictures, tmp_path: Path) -> None:
    """The profile of the picture has red and green changed: drawn anew, the pixels are."""
    drawn = await redrawn(
        pictures, corpus.saved(corpus.drawing(), "PNG", icc_profile=corpus.wide_gamut()), ".png", tmp_path
    )
    red, green, _ = color(opened(drawn))
    assert green > 180 > 100 > red
    nonsense = corpus.saved(corpus.drawing(), "PNG", icc_profile=b"no profile at all")
    assert near(color(opened(await redrawn(pictures, nonsense, ".png", tmp_path))), corpus.LEFT_TOP)


async def test_a_large_picture_has_a_small_one(pictures: Pictures, tmp_path: Path) -> None:
    large = corpus.drawing().resize((3000, 200))
    drawn = await redrawn(pictures, corpus.saved(large, "JPEG"), ".jpeg", tmp_path)
    assert (drawn.width, drawn.height) == (3000, 200)
    assert thumbnail(drawn).size == (480, 32)


async def test_an_animation_stays_one(pictures: Pictures, tmp_path: Path) -> None:
    drawn = await redrawn(pictures, corpus.animation(comment=corpus.SECRET.encode()), ".gif", tmp_path)
    image, before = opened(drawn), Image.open(io.BytesIO(corpus.animation()))
    assert (image.n_frames, image.info["duration"], image.info["loop"]) == (5, 200, 0)  # type: ignore[attr-defined]
    for number in range(5):
        image.seek(number)
        before.seek(number)
        assert image.convert("RGB").tobytes() == before.convert("RGB").tobytes()


async def test_pages_stay_pages(pictures: Pictures, tmp_path: Path) -> None:
    drawn = await redrawn(pictures, corpus.scan(), ".tiff", tmp_path)
    image, before = opened(drawn), Image.open(io.BytesIO(corpus.scan()))
    assert image.n_frames == 3  # type: ignore[attr-defined]
    for number in range(3):
        image.seek(number)
        before.seek(number)
        assert image.tobytes() == before.tobytes()


@pytest.mark.parametrize("sample", PIXELS, ids=repr)
async def test_what_shows_when_it_is_decoded(pictures: Pictures, tmp_path: Path, sample: Sample) -> None:
    """It looks well from outside. The process lives on, and leaves no files."""
    (tmp_path / "upload").write_bytes(sample.data)
    sniff.examine(tmp_path / "upload", sample.extension)
    before = pictures.pid
    with pytest.raises(FileRefused) as refused:
        await redrawn(pictures, sample.data, sample.extension, tmp_path)
    assert (refused.value.code, refused.value.reason) == ("file_content", sample.reason), refused.value.message
    assert pictures.pid == before or before is None
    assert files(tmp_path) == ["upload"]


async def test_each_portal_has_its_number_of_pixels(pictures: Pictures, tmp_path: Path) -> None:
    plain = corpus.saved(corpus.drawing(), "PNG")
    await redrawn(pictures, plain, ".png", tmp_path, most=64_000)
    with pytest.raises(FileRefused) as refused:
        await redrawn(pictures, plain, ".png", tmp_path, most=63_999)
    assert refused.value.reason == "pixels"


async def test_a_bomb_costs_this_process_nothing(pictures: Pictures, tmp_path: Path) -> None:
    """While a picture of 16 million pixels is drawn, the loop turns, and memory is where it was."""
    await redrawn(pictures, corpus.saved(corpus.drawing(), "PNG"), ".png", tmp_path)
    before, turns = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
    work = asyncio.create_task(redrawn(pictures, flat(4_000), ".png", tmp_path))
    while not work.done():
        await asyncio.sleep(0)
        turns += 1
    assert (await work).width == 4_000
    assert turns > 100
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 51_200, "in KiB"


def flat(side: int) -> bytes:
    """A square PNG of one colour: some kilobytes."""
    return wide_png(side, side, corpus.zlib_rows(side))


async def test_the_process_has_bounds_and_no_secrets(
    fragile: Pictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKWIRE_DATABASE_URL", "postgresql+asyncpg://a:secret@b/c")
    await redrawn(fragile, corpus.jpeg(), ".jpeg", tmp_path)
    place = Path(f"/proc/{fragile.pid}")
    assert "DESKWIRE" not in (place / "environ").read_text()
    assert len(list((place / "fd").iterdir())) == 3
    bounds = {line[:25].strip(): line[25:].split()[:2] for line in (place / "limits").read_text().splitlines()}
    assert bounds["Max address space"] == [str((256 << 20) + 20 * MAX_PIXELS), str(1536 << 20)]
    assert bounds["Max file size"] == [str(256 << 20)] * 2
    assert bounds["Max core file size"] == ["0", "0"]
    assert drawing.CPU_SECONDS <= int(bounds["Max cpu time"][0]) <= drawing.CPU_SECONDS + 10


async def test_too_little_memory_is_an_answer(fragile: Pictures, tmp_path: Path) -> None:
    """The bound holds: libraries that want more get an error, and the process goes on."""
    await redrawn(fragile, corpus.jpeg(), ".jpeg", tmp_path)
    process = fragile.pid
    assert process is not None
    used = int((Path(f"/proc/{process}") / "statm").read_text().split()[0]) * resource.getpagesize()
    # the least that the order allows is taken away from below: what is there, and 20 MiB
    resource.prlimit(process, resource.RLIMIT_DATA, (used + (20 << 20), used + (20 << 20)))
    with pytest.raises(FileRefused) as refused:
        await redrawn(fragile, flat(4_000), ".png", tmp_path)
    assert refused.value.reason == "pixels"
    assert fragile.pid == process


async def test_a_process_that_hangs_is_replaced(fragile: Pictures, tmp_path: Path) -> None:
    await redrawn(fragile, corpus.jpeg(), ".jpeg", tmp_path)
    stuck = fragile.pid
    assert stuck is not None
    os.kill(stuck, signal.SIGSTOP)
    with pytest.raises(FileRefused) as refused:
        await redrawn(fragile, corpus.jpeg(), ".jpeg", tmp_path)
    assert refused.value.reason == "effort"
    assert not lives(stuck)
    await redrawn(fragile, corpus.jpeg(), ".jpeg", tmp_path)
    assert fragile.pid not in (None, stuck)


async def test_a_process_that_died_is_replaced(fragile: Pictures, tmp_path: Path) -> None:
    """Nobody notices: whatever it died of, this picture may be innocent."""
    await redrawn(fragile, corpus.jpeg(), ".jpeg", tmp_path)
    for stop in (signal.SIGCONT, signal.SIGSTOP):  # killed while it waits, and in the middle
        process = fragile.pid
        assert process is not None
        os.kill(process, stop)
        work = asyncio.create_task(redrawn(fragile, corpus.jpeg(), ".jpeg", tmp_path))
        os.kill(process, signal.SIGKILL)
        assert (await work).width == corpus.SIZE[0]
        assert fragile.pid != process


async def started(pictures: Pictures) -> int:
    """The number of the process, as soon as there is one."""
    while (process := pictures.pid) is None:  # noqa: ASYNC110 - nobody is told of it
        await asyncio.sleep(0)
    return process


async def test_a_picture_that_kills_is_refused(fragile: Pictures, tmp_path: Path) -> None:
    """A process that ends over its first picture."""
    work = asyncio.create_task(redrawn(fragile, corpus.jpeg(), ".jpeg", tmp_path))
    process = await started(fragile)
    os.kill(process, signal.SIGKILL)
    with pytest.raises(FileRefused) as refused:
        await work
    assert refused.value.reason == "effort"
    await redrawn(fragile, corpus.jpeg(), ".jpeg", tmp_path)


async def test_who_gives_up_waiting_leaves_nothing(fragile: Pictures, tmp_path: Path) -> None:
    await redrawn(fragile, corpus.jpeg(), ".jpeg", tmp_path)
    stuck = fragile.pid
    assert stuck is not None
    os.kill(stuck, signal.SIGSTOP)
    work = asyncio.create_task(redrawn(fragile, corpus.jpeg(), ".jpeg", tmp_path))
    await asyncio.sleep(0.05)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not lives(stuck)
    assert files(tmp_path) == ["upload"]
    assert (await redrawn(fragile, corpus.jpeg(), ".jpeg", tmp_path)).width == corpus.SIZE[0]


async def test_the_queue_is_bounded(fragile: Pictures, tmp_path: Path) -> None:
    await redrawn(fragile, corpus.jpeg(), ".jpeg", tmp_path)
    assert fragile.pid is not None
    os.kill(fragile.pid, signal.SIGSTOP)
    work = [asyncio.create_task(fragile.redraw(tmp_path / "upload", ".jpeg", tmp_path, MAX_PIXELS)) for _ in range(33)]
    with pytest.raises(Busy):
        await work[images.WAITING]
    for task in work:
        task.cancel()
    done = await asyncio.gather(*work, return_exceptions=True)
    assert len([error for error in done if isinstance(error, asyncio.CancelledError)]) == images.WAITING


async def test_it_starts_when_it_is_needed_and_ends_with_us(tmp_path: Path) -> None:
    keeper = Pictures()
    assert keeper.pid is None
    await keeper.close()
    await redrawn(keeper, corpus.jpeg(), ".jpeg", tmp_path)
    process = keeper.pid
    await keeper.close()
    await keeper.close()
    assert keeper.pid is None
    assert not lives(process)


def test_it_ends_when_whoever_started_it_is_gone() -> None:
    command = [sys.executable, "-m", "server.uploads.drawing"]
    assert subprocess.run(command, input=b"", capture_output=True, timeout=60, check=True).stdout == b""
