"""Files and a real clamd (C-19): nothing can be read before the verdict; without one they wait, or pass with a mark."""

import asyncio
import contextlib
import io
import os
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from server.desk import policies, receiving, uploading
from server.desk.accepting import Pending
from server.desk.uploading import New, Standing
from server.domain.ids import new_id
from server.domain.people import Customer
from server.errors import FileRefused, NotFound
from server.settings import Settings
from server.store import uploads
from server.store.base import Announcement
from server.store.sqlite import SqliteStore
from server.uploads.disk import Disk
from server.uploads.scan import Infected, Scanner, ScannerDown, TooLargeToScan
from tests.desk.workshop import Workshop
from tests.support.clamd import EICAR, NAME, STREAM_MAX, Clamd
from tests.support.database import new_database
from tests.support.office import open_office
from tests.support.server import DeskServer
from tests.uploads.chat import chat, log, problem


@pytest.fixture(scope="module")
def running() -> Iterator[Clamd]:
    made = Clamd().start()
    yield made
    made.close()


@pytest.fixture
def mortal() -> Iterator[Clamd]:
    """One that may be killed."""
    made = Clamd().start()
    yield made
    made.close()


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk()
    yield made
    made.close()


def archive(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("log/app.log", data)
    return out.getvalue()


BAD = {"plain.txt": EICAR, "app.log": EICAR, "settings.cfg": EICAR, "logs.zip": archive(EICAR)}


# --- the scanner by itself ----------------------------------------------------------------------------------------


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


async def test_what_it_says_of_files(running: Clamd, disk: Disk, tmp_path: Path) -> None:
    scanner = Scanner(running.address, disk)
    assert "ClamAV" in await scanner.ping()
    await scanner.scan(written(tmp_path / "clean", log(1_900_000)))
    await scanner.scan(written(tmp_path / "one", b"x"))
    for data in (EICAR, archive(EICAR)):
        with pytest.raises(Infected, match=NAME):
            await scanner.scan(written(tmp_path / "bad", data))
    with pytest.raises(TooLargeToScan):
        await scanner.scan(written(tmp_path / "large", os.urandom(STREAM_MAX + 1)))


async def test_it_is_asked_over_tcp_too(running: Clamd, disk: Disk, tmp_path: Path) -> None:
    """Through a relay: clamd's own TCP socket knows no free ports."""
    relays: list[asyncio.Task[None] | None] = []

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relays.append(asyncio.current_task())
        there, back = await asyncio.open_unix_connection(str(running.socket))

        async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError):
                while data := await source.read(65_536):
                    target.write(data)
                    await target.drain()
                target.write_eof()

        try:
            await asyncio.gather(pass_on(reader, back), pass_on(there, writer))
        finally:
            writer.close()
            back.close()

    async def ended() -> None:
        """Nothing is left of the relays: whatever comes after this test is not told of them."""
        for task in filter(None, relays):
            task.cancel()
        await asyncio.gather(*filter(None, relays), return_exceptions=True)

    async with await asyncio.start_server(relay, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        scanner = Scanner(f"tcp://127.0.0.1:{port}", disk)
        await scanner.scan(written(tmp_path / "clean", log(500_000)))
        with pytest.raises(Infected):
            await scanner.scan(written(tmp_path / "bad", EICAR))
        await ended()


@pytest.mark.parametrize("answer", [b"", b"\0", b"hello", b"stream: OK", b"UNKNOWN COMMAND\0", b"x" * 200_000])
async def test_somebody_else_at_its_address_is_no_scanner(disk: Disk, tmp_path: Path, answer: bytes) -> None:
    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(answer)
        writer.close()

    path = tmp_path / "socket"
    async with await asyncio.start_unix_server(stranger, path):
        with pytest.raises(ScannerDown):
            await Scanner(f"unix:{path}", disk).scan(written(tmp_path / "clean", log(500_000)))


async def test_nobody_at_its_address(disk: Disk, tmp_path: Path) -> None:
    for address in (f"unix:{tmp_path}/nothing", "tcp://127.0.0.1:1"):
        with pytest.raises(ScannerDown):
            await Scanner(address, disk).scan(written(tmp_path / "clean", b"x"))
        with pytest.raises(ScannerDown):
            await Scanner(address, disk).ping()


# --- over HTTP ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scanning(running: Clamd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """A server with this scanner."""
    own = DeskServer(tmp_path_factory.mktemp("scanning"), DESKWIRE_CLAMD=running.address).migrate().start()
    yield own
    own.stop()


@pytest.mark.parametrize("name", BAD)
async def test_the_test_virus_is_never_served(scanning: DeskServer, name: str) -> None:
    """U-02: plain, renamed and in an archive, whole and in pieces."""
    async with chat(scanning, open_office(scanning.store)) as talk:
        assert (await talk.ada.policy())["scanner"] is True
        told = problem(await talk.ada.send(name, BAD[name]), 422, "file_infected")
        assert NAME in told["message"]
        upload = await talk.ada.begun(name, len(BAD[name]))
        await talk.ada.go_on(upload, 0, BAD[name][:20])
        problem(await talk.ada.go_on(upload, 20, BAD[name][20:]), 422, "file_infected")
        problem(await talk.lena.send(name, BAD[name]), 422, "file_infected")
        problem(await talk.ada.get(upload), 404, "not_found")
        assert await talk.lena.files() == []
        assert not (scanning.data / "files" / talk.office.company).exists()
        clean = await talk.ada.sent("app.log", log(5_000))
        assert (await talk.lena.files())[0]["scanned"] is True
        assert (await talk.lena.get(clean)).content == log(5_000)


# --- while it is away -----------------------------------------------------------------------------------------------

Opens = Callable[..., Awaitable["Desk"]]


class Desk:
    """A desk with a scanner, and Ada with a ticket at it."""

    def __init__(self, shop: Workshop, ada: Customer, ticket: str) -> None:
        self.shop = shop
        self.ada = ada
        self.ticket = ticket

    async def send(self, name: str, data: bytes) -> Standing:
        async def body() -> AsyncIterator[bytes]:
            yield data

        new = New(f"{new_id()[-8:]}-0000-4000-8000-000000000000", name, len(data))
        return await receiving.receive_whole(self.shop.desk, self.ada, self.ticket, new, body())

    async def standing(self, sent: Standing) -> Standing:
        return await uploading.standing(self.shop.desk, self.ada, self.ticket, sent.upload.id)


@pytest.fixture
async def opens(tmp_path: Path) -> AsyncIterator[Opens]:
    opened: list[Workshop] = []

    async def open_one(clamd: Clamd, **more: str) -> Desk:
        settings = Settings(data_dir=str(tmp_path), clamd=clamd.address, **more)  # type: ignore[arg-type]
        new_database(settings.database_path)
        told: list[Announcement] = []
        shop = await Workshop.on(SqliteStore(settings.database_path, told.extend), settings, told)
        opened.append(shop)
        await shop.desk.filing.parts.make_directory()
        ticket = await shop.ticket(await shop.portal("Acme"))
        return Desk(shop, ticket.customer, ticket.ticket.id)

    yield open_one
    for shop in opened:
        await shop.close()


async def test_files_wait_for_the_scanner(mortal: Clamd, opens: Opens) -> None:
    """The default: held, readable by nobody, decided when the scanner is back."""
    desk = await opens(mortal)
    mortal.stop()
    clean, bad = await desk.send("app.log", log(1_000)), await desk.send("bad.txt", EICAR)
    assert (clean.upload.state, bad.upload.state) == ("held", "held")
    desk.shop.take()
    pending = Pending(desk.shop.desk)
    await pending.step()
    assert (await desk.standing(clean)).upload.state == "held"
    for sent in (clean, bad):
        with pytest.raises(NotFound):
            await policies.file(desk.shop.desk, desk.ada, desk.ticket, sent.upload.id)
    assert desk.shop.take() == []
    mortal.start()
    await pending.step()
    decided = await desk.standing(clean)
    assert (decided.upload.state, decided.event is not None) == ("done", True)
    file = await policies.file(desk.shop.desk, desk.ada, desk.ticket, clean.upload.id)
    assert file.scanned is True
    refused = await desk.standing(bad)
    assert (refused.upload.state, refused.upload.code) == ("refused", "file_infected")
    with pytest.raises(NotFound):
        await policies.file(desk.shop.desk, desk.ada, desk.ticket, bad.upload.id)
    assert await desk.shop.desk.filing.parts.found() == []
    assert [kept.key async for kept in desk.shop.desk.filing.storage.kept()] == [file.key]


async def test_or_they_pass_with_a_visible_mark(mortal: Clamd, opens: Opens) -> None:
    desk = await opens(mortal, scanner_down="pass")
    mortal.stop()
    sent = await desk.send("app.log", log(1_000))
    assert sent.upload.state == "done"
    assert sent.event is not None
    assert sent.event.data is not None
    assert sent.event.data["file"]["scanned"] is False
    mortal.start()
    with pytest.raises(FileRefused):
        await desk.send("bad.txt", EICAR)
    again = await desk.send("app.log", log(1_000))
    assert again.event is not None
    assert again.event.data is not None
    assert again.event.data["file"]["scanned"] is True


async def test_a_scanner_that_dies_while_it_scans(mortal: Clamd, opens: Opens) -> None:
    desk = await opens(mortal)
    mortal.freeze()
    sending = asyncio.ensure_future(desk.send("app.log", log(1_900_000)))
    (upload,) = [one async for one in _checking(desk)]
    mortal.stop()
    assert (await sending).upload.state == "held"
    mortal.start()
    await Pending(desk.shop.desk).step()
    file = await policies.file(desk.shop.desk, desk.ada, desk.ticket, upload)
    assert file.scanned is True


async def _checking(desk: Desk) -> AsyncIterator[str]:
    """The upload that is being looked at, once there is one."""
    async with asyncio.timeout(20):
        while True:
            waiting = await desk.shop.store.read(lambda conn: uploads.waiting(conn, "", 10))
            if waiting:
                yield waiting[0].id
                return
            await asyncio.sleep(0.02)


async def test_a_file_that_is_too_large_for_it(running: Clamd, opens: Opens) -> None:
    """Held it would wait for ever: it is refused, or passes with the mark."""
    large = os.urandom(1_500_000).hex().encode()
    desk = await opens(running)
    with pytest.raises(FileRefused) as refused:
        await desk.send("large.txt", large)
    assert refused.value.code == "file_not_scanned"


async def test_a_file_that_is_too_large_for_it_may_pass(running: Clamd, opens: Opens) -> None:
    large = os.urandom(1_500_000).hex().encode()
    sent = await (await opens(running, scanner_down="pass")).send("large.txt", large)
    assert sent.event is not None
    assert sent.event.data is not None
    assert sent.event.data["file"]["scanned"] is False
