"""What every storage promises, on a directory and on a bucket; and the sweep, which looks at all of it."""

import asyncio
import errno
import io
import os
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest
from PIL import Image

from server import backends
from server.desk import receiving, steps, uploading
from server.desk.sweeping import ORPHAN_MS, Sweeper
from server.desk.uploading import New
from server.domain.ids import new_id
from server.domain.ticket import Step
from server.errors import Busy, NotFound, Refused, StorageFull
from server.settings import Settings
from server.store import uploads
from server.store.files import thumbnail_key
from server.uploads.disk import Disk
from server.uploads.local import LocalStorage
from server.uploads.s3 import S3Storage
from server.uploads.storage import Storage
from tests.desk.workshop import Workshop
from tests.uploads.buckets import bucket
from tests.uploads.chat import log

COMPANY = "c" * 32


class Place(Protocol):
    """Opens storages on one and the same place."""

    def __call__(self) -> Storage: ...


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk()
    yield made
    made.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with bucket() as one:
        yield one


@pytest.fixture(params=["local", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, disk: Disk) -> Place:
    """Each kind of storage in turn, empty."""
    if request.param == "local":
        return lambda: LocalStorage(tmp_path / "files", disk)
    url = f"{request.getfixturevalue('address')}/{new_id()}"
    return lambda: S3Storage(url)


@pytest.fixture
def storage(place: Place) -> Iterator[Storage]:
    made = place()
    yield made
    made.close()


def temporary(directory: Path, data: bytes) -> Path:
    path = directory / new_id()
    path.write_bytes(data)
    return path


async def whole(storage: Storage, key: str, start: int = 0, length: int | None = None) -> bytes:
    async with storage.open(key) as opened:
        pieces = opened.pieces(start, opened.size - start if length is None else length)
        return b"".join([piece async for piece in pieces])


async def keys(storage: Storage) -> list[str]:
    return [kept.key async for kept in storage.kept()]


async def test_what_is_kept_is_there_for_everybody(storage: Storage, place: Place, tmp_path: Path) -> None:
    for size in (1, 262_144, 262_145, 6_000_000):
        data, key = os.urandom(size), f"{COMPANY}/{new_id()}"
        await storage.keep(key, temporary(tmp_path, data))
        other = place()
        async with other.open(key) as opened:
            assert opened.size == size
        assert await whole(other, key) == data
        other.close()


async def test_any_stretch_can_be_read(storage: Storage, tmp_path: Path) -> None:
    data, key = os.urandom(3_000_000), f"{COMPANY}/{new_id()}"
    await storage.keep(key, temporary(tmp_path, data))
    for start, length in ((0, 1), (2_999_999, 1), (1_048_576, 1_048_577), (5, 2_000_000), (0, 3_000_000)):
        assert await whole(storage, key, start, length) == data[start : start + length]
    with pytest.raises(EOFError):
        await whole(storage, key, 2_999_999, 2)


async def test_what_is_not_there_is_not_found(storage: Storage) -> None:
    with pytest.raises(NotFound):
        await whole(storage, f"{COMPANY}/{new_id()}")


async def test_the_same_key_again_takes_the_place_of_the_first(storage: Storage, tmp_path: Path) -> None:
    key = f"{COMPANY}/{new_id()}"
    for data in (b"first", b"second"):
        await storage.keep(key, temporary(tmp_path, data))
        assert await whole(storage, key) == data
    assert await keys(storage) == [key]


async def test_deleting_twice_is_no_error(storage: Storage, tmp_path: Path) -> None:
    key = f"{COMPANY}/{new_id()}"
    await storage.keep(key, temporary(tmp_path, b"data"))
    for _ in range(2):
        await storage.delete(key)
    await storage.delete(f"{'d' * 32}/{new_id()}")
    assert await keys(storage) == []


async def test_everything_is_listed_in_order(storage: Storage, tmp_path: Path) -> None:
    expected = []
    for company in ("b" * 32, "a" * 32):
        for _ in range(3):
            file = new_id()
            for key in (f"{company}/{file}.thumbnail", f"{company}/{file}"):
                await storage.keep(key, temporary(tmp_path, b"data"))
                expected.append(key)
    assert await keys(storage) == sorted(expected)
    sizes = [kept.size async for kept in storage.kept()]
    assert sizes == [4] * 12
    ages = [kept.changed_at async for kept in storage.kept()]
    now = (tmp_path / "now").write_bytes(b"") or (tmp_path / "now").stat().st_mtime * 1000
    assert all(abs(now - age) < 60_000 for age in ages)


@pytest.mark.parametrize("key", ["", "a", "../x", f"{COMPANY}/..", f"{COMPANY}/{'g' * 32}", f"/{COMPANY}/{'0' * 32}"])
async def test_what_is_no_key_is_no_path(storage: Storage, tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        await storage.keep(key, temporary(tmp_path, b"data"))
    with pytest.raises(ValueError, match="no key"):
        await storage.delete(key)
    with pytest.raises(ValueError, match="no key"):
        await whole(storage, key)


async def test_a_look_leaves_nothing(storage: Storage) -> None:
    assert (await storage.look()).startswith(("directory ", "bucket "))
    assert await keys(storage) == []


# --- what only one of them does -------------------------------------------------------------------------------------


async def test_a_directory_has_one_copy_for_us_alone(tmp_path: Path, disk: Disk) -> None:
    storage = LocalStorage(tmp_path / "files", disk)
    key, source = f"{COMPANY}/{new_id()}", temporary(tmp_path, b"data")
    await storage.keep(key, source)
    kept = tmp_path / "files" / key
    assert kept.stat().st_ino == source.stat().st_ino
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def refusing(number: int) -> Callable[[Path, Path], None]:
    """A file system that makes no links, for this reason."""

    def link(_source: Path, _target: Path) -> None:
        raise OSError(number, os.strerror(number))

    return link


async def test_a_full_directory_says_so(tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.uploads.local.os.link", refusing(errno.ENOSPC))
    with pytest.raises(StorageFull):
        await LocalStorage(tmp_path / "files", disk).keep(f"{COMPANY}/{new_id()}", temporary(tmp_path, b"data"))


async def test_without_hard_links_the_part_is_moved(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.uploads.local.os.link", refusing(errno.EPERM))
    storage = LocalStorage(tmp_path / "files", disk)
    key, source = f"{COMPANY}/{new_id()}", temporary(tmp_path, b"data")
    await storage.keep(key, source)
    assert await whole(storage, key) == b"data"
    assert not source.exists()


async def test_a_bucket_that_does_not_answer_is_busy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("server.uploads.s3.RETRY_SECONDS", 0)
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("ENDPOINT_URL", "http://127.0.0.1:1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    storage = S3Storage("s3://nowhere/desk")
    with pytest.raises(Busy):
        await storage.keep(f"{COMPANY}/{new_id()}", temporary(tmp_path, b"data"))
    with pytest.raises(Busy):
        await storage.look()


# --- the whole way, and the sweep -----------------------------------------------------------------------------------


@pytest.fixture(params=["local", "s3"])
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Workshop]:
    """A desk with each kind of storage in turn."""
    made = await Workshop.open(tmp_path)
    if request.param == "s3":
        url = f"{request.getfixturevalue('address')}/{new_id()}"
        settings = Settings(data_dir=str(tmp_path), storage_url=url)
        made.desk.filing.storage = backends.open_storage(settings, made.desk.filing.disk)
    await made.desk.filing.parts.make_directory()
    yield made
    await made.close()


async def in_one(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def sent(shop: Workshop, name: str, data: bytes) -> str:
    """The key of a file that Ada has sent."""
    opened = await shop.ticket(await shop.portal("Acme"))
    new = New(f"{new_id()[:8]}-0000-4000-8000-000000000000", name, len(data))
    ended = await receiving.receive_whole(shop.desk, opened.customer, opened.ticket.id, new, in_one(data))
    assert ended.upload.state == "done"
    return f"{ended.upload.company_id}/{ended.upload.id}"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 300), "green").save(out, "PNG")
    return out.getvalue()


async def test_a_file_is_in_the_storage_and_its_part_is_gone(shop: Workshop) -> None:
    key = await sent(shop, "app.log", log(300_000))
    assert await whole(shop.desk.filing.storage, key) == log(300_000)
    assert await shop.desk.filing.parts.found() == []
    image = await sent(shop, "a.png", picture())
    assert sorted(await keys(shop.desk.filing.storage)) == sorted([key, image, f"{image}.thumbnail"])


async def test_the_sweep_finds_what_has_no_file_and_what_has_no_bytes(shop: Workshop, tmp_path: Path) -> None:
    """U-01: orphans go, after a week; files keep their bytes; files without bytes are reported, and stay."""
    storage, sweeper = shop.desk.filing.storage, Sweeper(shop.desk)
    file, image, lost = (
        await sent(shop, "a.log", log(10)),
        await sent(shop, "a.png", picture()),
        await sent(shop, "lost.log", log(10)),
    )
    orphans = [f"{file[:32]}/{new_id()}", f"{'0' * 32}/{new_id()}", f"{'f' * 32}/{new_id()}.thumbnail"]
    for key in orphans:
        await storage.keep(key, temporary(tmp_path, b"nobody's"))
    await storage.delete(lost)
    await storage.delete(f"{image}.thumbnail")
    real_now = int((tmp_path / "now").write_bytes(b"") or (tmp_path / "now").stat().st_mtime * 1000)
    shop.clock.now = real_now
    found = await sweeper.storage()
    assert (found.deleted, sorted(found.missing)) == (0, sorted([lost, f"{image}.thumbnail"]))
    shop.clock.now = real_now + ORPHAN_MS + 60_000
    found = await sweeper.storage()
    assert (found.deleted, sorted(found.missing)) == (3, sorted([lost, f"{image}.thumbnail"]))
    assert sorted(await keys(storage)) == sorted([file, image])
    assert (await sweeper.storage()).deleted == 0


async def test_the_sweep_ends_what_nobody_goes_on_with(shop: Workshop) -> None:
    """An abandoned upload, a part without an upload, an upload that could not be decided for a week."""
    opened = await shop.ticket(await shop.portal("Acme"))
    ada, ticket = opened.customer, opened.ticket.id
    ids = []
    for n in range(3):
        new = New(f"{n:08}-0000-4000-8000-000000000000", "a.log", 100)
        begun = await uploading.begin(shop.desk, ada, ticket, new)
        ids.append(begun.upload.id)
        await receiving.receive(shop.desk, ada, ticket, begun.upload.id, 0, in_one(log(50)))
    abandoned, held, fresh = ids
    parts, sweeper = shop.desk.filing.parts, Sweeper(shop.desk)
    parts.path(new_id()).write_bytes(b"nobody's")
    await shop.store.write(lambda tx: uploads.step(tx.conn, held, ("receiving",), "held", shop.clock()))

    async def sweep() -> dict[str, str]:
        await sweeper.rows()
        await sweeper.parts()
        rows = {one: await shop.store.read(partial(uploads.get, upload_id=one)) for one in ids}
        return {one: row.state if row else "gone" for one, row in rows.items()}

    assert await sweep() == {abandoned: "receiving", held: "held", fresh: "receiving"}
    assert await parts.found() == sorted(ids)
    shop.clock.now += 86_400_001
    await receiving.receive(shop.desk, ada, ticket, fresh, 50, in_one(log(10)))
    assert await sweep() == {abandoned: "cancelled", held: "held", fresh: "receiving"}
    assert await parts.found() == sorted([held, fresh])
    shop.clock.now += 7 * 86_400_000
    assert await sweep() == {abandoned: "cancelled", held: "refused", fresh: "cancelled"}
    assert await parts.found() == []
    row = await uploading.standing(shop.desk, ada, ticket, held)
    assert row.upload.code == "file_lost"
    shop.clock.now += 31 * 86_400_000
    assert set((await sweep()).values()) == {"gone"}
    file = await sent(shop, "a.log", log(10))
    shop.clock.now += 31 * 86_400_000
    await sweep()
    assert await whole(shop.desk.filing.storage, file) == log(10)


async def test_a_part_that_is_being_received_is_left_alone(shop: Workshop) -> None:
    parts = shop.desk.filing.parts
    upload = new_id()
    async with parts.take(upload, 1, make=True) as part:
        assert part is not None
        await part.write(b"data")
        await Sweeper(shop.desk).parts()
        assert await parts.found() == [upload]
    await Sweeper(shop.desk).parts()
    assert await parts.found() == []


async def test_a_chat_that_ended_leaves_no_bytes(shop: Workshop) -> None:
    """Kept first, told second: when the second step is refused, the first is undone."""
    opened = await shop.ticket(await shop.portal("Acme"))
    ada, ticket = opened.customer, opened.ticket.id
    data = picture()
    new = New("00000000-0000-4000-8000-000000000000", "a.png", len(data))
    begun = await uploading.begin(shop.desk, ada, ticket, new)
    asked, gate = asyncio.Event(), asyncio.Event()

    async def late() -> AsyncIterator[bytes]:
        asked.set()
        yield data
        await gate.wait()

    receives = asyncio.ensure_future(receiving.receive(shop.desk, ada, ticket, begun.upload.id, 0, late()))
    await asked.wait()
    await steps.customer_step(shop.desk, ada, ticket, Step.CUSTOMER_END)
    gate.set()
    with pytest.raises(Refused, match="ended"):
        await receives
    assert await keys(shop.desk.filing.storage) == []
    assert await shop.desk.filing.parts.found() == []


def test_keys_of_a_file_lie_side_by_side() -> None:
    """The sweep relies on it: a thumbnail comes right behind its file in the order of keys."""
    first, second = sorted([new_id(), new_id()])
    assert [f"{COMPANY}/{first}", thumbnail_key(COMPANY, first), f"{COMPANY}/{second}"] == sorted(
        [f"{COMPANY}/{second}", thumbnail_key(COMPANY, first), f"{COMPANY}/{first}"]
    )
