"""Uploads over bad networks: cut anywhere, begun again, taken over by a newer connection, survived by no server."""

import asyncio
import contextlib
import signal
import socket
import struct
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest
from starlette.requests import ClientDisconnect

from server.desk import policies, receiving, uploading
from server.desk.accepting import Pending
from server.desk.sweeping import Sweeper
from server.desk.uploading import New
from server.domain.files import MIB
from server.domain.people import Customer
from server.errors import Refused, StorageFull, WrongOffset
from server.settings import Settings
from server.store import throttles, uploads
from server.store.base import Announcement
from server.store.postgres import PostgresStore
from server.store.sqlite import SqliteStore
from server.uploads.parts import Parts
from tests.desk.workshop import Workshop, code_of
from tests.support.database import new_database
from tests.support.office import open_office
from tests.support.server import DeskServer
from tests.uploads.chat import Chat, chat, log, problem


class Line:
    """A request that announces the whole rest of an upload, brings some of it, and may be cut without a word."""

    def __init__(self, talk: Chat, upload: str, offset: int, whole: bytes) -> None:
        head = (
            f"PATCH {talk.ada.base}/uploads/{upload} HTTP/1.1\r\nHost: 127.0.0.1:{talk.server.port}\r\n"
            f"Authorization: Bearer {talk.opened['token']}\r\n"
            f"Upload-Offset: {offset}\r\nContent-Length: {len(whole) - offset}\r\n\r\n"
        )
        self._rest = whole[offset:]
        self._socket = socket.create_connection(("127.0.0.1", talk.server.port), timeout=10)
        self._socket.sendall(head.encode())

    def bring(self, count: int) -> None:
        self._socket.sendall(self._rest[:count])

    def cut(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()


async def test_cut_at_each_tenth_and_resumed(talk: Chat) -> None:
    """U-01: whatever was stored is kept, and the file is whole in the end."""
    whole = log(1_000_003)
    upload = await talk.ada.begun("app.log", len(whole))
    for tenth in range(1, 10):
        offset = (await talk.ada.standing(upload))["offset"]
        line = await asyncio.to_thread(Line, talk, upload, offset, whole)
        await asyncio.to_thread(line.bring, tenth * len(whole) // 10 - offset)
        line.cut()
    offset = (await talk.ada.standing(upload))["offset"]
    answer = await talk.ada.go_on(upload, offset, whole[offset:])
    while answer.json().get("code") == "offset":  # the last line that was cut has brought something meanwhile
        offset = (await talk.ada.standing(upload))["offset"]
        answer = await talk.ada.go_on(upload, offset, whole[offset:])
    assert answer.json()["state"] == "done"
    assert (await talk.lena.get(upload)).content == whole
    assert len(await talk.lena.files()) == 1


async def test_cut_once_at_any_tenth(talk: Chat) -> None:
    """What a line brought is stored within a second; a request from the beginning is told where to go on."""
    whole = log(300_007)

    async def upload_with_a_cut(tenth: int) -> None:
        upload = await talk.ada.begun("app.log", len(whole))
        brought = tenth * len(whole) // 10
        line = await asyncio.to_thread(Line, talk, upload, 0, whole)
        await asyncio.to_thread(line.bring, brought)
        await talk.ada.reached(upload, brought)
        line.cut()
        if brought:
            assert problem(await talk.ada.go_on(upload, 0, whole), 409, "offset")["offset"] == brought
        assert (await talk.ada.go_on(upload, brought, whole[brought:])).json()["state"] == "done"
        assert (await talk.lena.get(upload)).content == whole

    await asyncio.gather(*(upload_with_a_cut(tenth) for tenth in range(10)))
    assert len(await talk.lena.files()) == 10


async def test_a_whole_file_that_was_cut_is_sent_again(talk: Chat) -> None:
    whole, client_id = log(500_000), str(uuid.uuid4())

    async def breaks() -> AsyncIterator[bytes]:
        yield whole[:200_000]
        raise ConnectionError

    query = {"name": "app.log", "client_id": client_id}
    with contextlib.suppress(Exception):
        headers = {"content-length": str(len(whole))}
        await talk.ada.client.put(f"{talk.ada.base}/files", params=query, content=breaks(), headers=headers)
    assert (await talk.ada.send("app.log", whole, client_id)).json()["state"] == "done"
    (file,) = await talk.lena.files()
    assert (await talk.lena.get(file["id"])).content == whole


async def test_a_newer_request_takes_over_from_one_that_hangs(talk: Chat) -> None:
    """A phone changes its network: the old connection is silent and still open."""
    whole = log(1_000_000)
    upload = await talk.ada.begun("app.log", len(whole))
    hangs = asyncio.Event()

    async def silent() -> AsyncIterator[bytes]:
        yield whole[:400_000]
        await hangs.wait()
        yield whole[400_000:]

    old = asyncio.ensure_future(talk.ada.go_on(upload, 0, silent()))
    await talk.ada.reached(upload, 400_000)
    assert (await talk.ada.go_on(upload, 400_000, whole[400_000:])).json()["state"] == "done"
    hangs.set()
    problem(await old, 409, "superseded")
    assert (await talk.lena.get(upload)).content == whole


async def test_of_two_requests_at_once_one_wins(talk: Chat) -> None:
    for _ in range(5):
        whole = log(600_000)
        upload = await talk.ada.begun("app.log", len(whole))
        answers = await asyncio.gather(*(talk.ada.go_on(upload, 0, whole) for _ in range(2)))
        done = [answer for answer in answers if answer.status_code == 200]
        assert done
        for answer in answers:
            told = answer.json()
            assert told.get("state") == "done" or told["code"] in ("superseded", "offset")
        assert (await talk.lena.get(upload)).content == whole
    assert len(await talk.lena.files()) == 5


# --- servers that die -------------------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Iterator[DeskServer]:
    """A server that may be killed."""
    running = DeskServer(tmp_path / "data").migrate().start()
    yield running
    running.kill()


@pytest.mark.faults
async def test_a_server_that_is_killed_keeps_what_it_said_was_stored(own: DeskServer) -> None:
    """kill -9 in the middle: the next server goes on at the stored offset."""
    async with chat(own, open_office(own.store)) as talk:
        whole = log(9_000_000)
        upload = await talk.ada.begun("app.log", len(whole))
        never = asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield whole[:6_000_000]
            await never.wait()

        sending = asyncio.ensure_future(talk.ada.go_on(upload, 0, slowly()))
        await talk.ada.reached(upload, 4_194_304)
        stored = (await talk.ada.standing(upload))["offset"]
        own.kill()
        sending.cancel()
        own.start()
        offset = (await talk.ada.standing(upload))["offset"]
        assert offset >= stored
        assert (await talk.ada.go_on(upload, offset, whole[offset:])).json()["state"] == "done"
        assert (await talk.lena.get(upload)).content == whole


@pytest.mark.faults
async def test_a_server_that_is_stopped_keeps_what_came(tmp_path: Path) -> None:
    """SIGTERM in the middle: nothing is an error, and what came is stored."""
    own = DeskServer(tmp_path / "data", DESKWIRE_GRACEFUL_SECONDS="1").migrate().start()
    async with chat(own, open_office(own.store)) as talk:
        whole = log(1_000_000)
        upload = await talk.ada.begun("app.log", len(whole))
        line = await asyncio.to_thread(Line, talk, upload, 0, whole)
        await asyncio.to_thread(line.bring, 400_000)
        await talk.ada.reached(upload, 400_000)
        assert await asyncio.to_thread(own.stop) in (0, -signal.SIGTERM)
        line.cut()
        assert '"level": "error"' not in own.log(), own.log()[-4000:]
        own.start()
        assert (await talk.ada.standing(upload))["offset"] == 400_000
        assert (await talk.ada.go_on(upload, 400_000, whole[400_000:])).json()["state"] == "done"
    assert await asyncio.to_thread(own.stop) in (0, -signal.SIGTERM)


@pytest.mark.faults
async def test_an_upload_that_was_whole_when_the_server_died_is_decided_by_the_next(own: DeskServer) -> None:
    async with chat(own, open_office(own.store)) as talk:
        whole = log(100_000)
        upload = await talk.ada.begun("app.log", len(whole))
        await talk.ada.go_on(upload, 0, whole[:-1])
        own.kill()
        part = own.data / "files" / "incoming" / upload
        part.write_bytes(whole)  # as it is between the last byte and the verdict
        change = "UPDATE uploads SET received = size, state = 'checking', holder = NULL WHERE id = ?"
        talk.office.write(lambda conn: conn.exec_driver_sql(change, (upload,)))
        own.start()
        await talk.ada.became(upload, "done")
        assert (await talk.lena.get(upload)).content == whole
        assert not part.exists()
        assert len(await talk.lena.files()) == 1


async def test_the_last_byte_came_and_the_answer_did_not(talk: Chat) -> None:
    """A request without bytes at the end decides an upload that lacks nothing."""
    whole = log(1_000)
    upload = await talk.ada.begun("app.log", len(whole))
    line = await asyncio.to_thread(Line, talk, upload, 0, whole + b"more, which never comes")
    await asyncio.to_thread(line.bring, len(whole))
    await talk.ada.reached(upload, len(whole))
    line.cut()
    assert (await talk.ada.go_on(upload, len(whole), b"")).json()["state"] == "done"
    assert (await talk.lena.get(upload)).content == whole


# --- several processes ------------------------------------------------------------------------------------------------


class Crew:
    """Two desks on one database and one directory, as two workers of a host are; and one on another host."""

    def __init__(self, first: Workshop, second: Workshop, elsewhere: Workshop) -> None:
        self.first, self.second, self.elsewhere = first, second, elsewhere


@pytest.fixture(params=["sqlite", "postgres"])
async def crew(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Crew]:
    database = tmp_path / "deskwire.db"
    url = request.getfixturevalue("postgres").migrated() if request.param == "postgres" else ""
    if not url:
        new_database(database)
    made = []
    for place in ("here", "here", "there"):
        told: list[Announcement] = []
        store = PostgresStore(url, told.extend) if url else SqliteStore(database, told.extend)
        made.append(await Workshop.on(store, Settings(data_dir=str(tmp_path / place)), told))
    for one in made:
        await one.desk.filing.parts.make_directory()
    yield Crew(*made)
    for one in made:
        await one.close()


async def ada_in(shop: Workshop) -> tuple[Customer, str]:
    """A customer with a ticket."""
    portal = await shop.portal("Acme")
    opened = await shop.ticket(portal)
    return opened.customer, opened.ticket.id


async def test_the_same_file_at_two_workers_at_once_is_one(crew: Crew) -> None:
    ada, ticket = await ada_in(crew.first)
    new = New(str(uuid.uuid4()), "a.log", 100_000)
    desks = [crew.first.desk, crew.second.desk] * 10
    begun = await asyncio.gather(*(uploading.begin(desk, ada, ticket, new) for desk in desks))
    assert len({one.upload.id for one in begun}) == 1
    whole = log(100_000)
    sends = [receiving.receive_whole(desk, ada, ticket, new, in_pieces(whole)) for desk in desks[:6]]
    ended = await asyncio.gather(*sends)
    assert len({one.event.id for one in ended if one.event}) == 1


async def test_what_somebody_may_send_in_a_day_is_counted_over_all_tickets_at_once(crew: Crew) -> None:
    portal = await crew.first.portal("Acme")
    opened = await crew.first.ticket(portal)
    tickets = [await crew.first.ticket(portal, opened.customer) for _ in range(12)]
    desks = [crew.first.desk, crew.second.desk] * 6
    begins = [
        uploading.begin(desk, opened.customer, one.ticket.id, New(str(uuid.uuid4()), "a.log", 25 * MIB))
        for desk, one in zip(desks, tickets, strict=True)
    ]
    assert sorted(await asyncio.gather(*map(code_of, begins))) == ["day_quota"] * 4 + ["ok"] * 8


async def test_an_address_has_so_much_a_day_whoever_asks(crew: Crew) -> None:
    """One ticket after the other, each as somebody else, does not help. Signed names are not counted."""
    desks, office = (crew.first.desk, crew.second.desk), "192.0.2.7"
    for desk in desks:
        desk.settings = msgspec.structs.replace(desk.settings, upload_mib_per_address_day=50)

    async def sends(mib: int, network: str = office, *, verified: bool = False) -> list[str]:
        """What somebody new is told who sends one file, to two workers at once."""
        ada, ticket = await ada_in(crew.first)
        new = New(str(uuid.uuid4()), "a.log", mib * MIB, network=network)
        person = msgspec.structs.replace(ada, verified=verified)
        return await asyncio.gather(*(code_of(uploading.begin(desk, person, ticket, new)) for desk in desks))

    told = [await sends(15) for _ in range(4)]
    assert told == [["ok", "ok"]] * 3 + [["day_quota", "day_quota"]]
    assert await sends(5) == ["ok", "ok"]
    assert await sends(25, verified=True) == ["ok", "ok"]
    assert await sends(25, "192.0.2.8") == ["ok", "ok"]
    for shop in (crew.first, crew.second):
        shop.clock.now += uploading.DAY_MS // 2
    assert await sends(20) == ["ok", "ok"]
    assert await sends(6) == ["day_quota", "day_quota"]
    assert await sends(5) == ["ok", "ok"]
    crew.first.clock.now += uploading.DAY_MS + 1
    await Sweeper(crew.first.desk).rows()
    assert await crew.first.store.read(lambda conn: throttles.get(conn, f"{uploading.NETWORK}{office}")) is None


async def begun(shop: Workshop, ada: Customer, ticket: str, size: int) -> str:
    """The id of a new upload."""
    standing = await uploading.begin(shop.desk, ada, ticket, New(str(uuid.uuid4()), "a.log", size))
    return standing.upload.id


async def in_pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_what_a_line_brought_before_it_broke_is_kept(crew: Crew) -> None:
    """Also what came within the last second: the next line begins behind it."""
    ada, ticket = await ada_in(crew.first)
    whole = log(100_000)
    upload = await begun(crew.first, ada, ticket, len(whole))

    async def breaks() -> AsyncIterator[bytes]:
        yield whole[:70_000]
        raise ClientDisconnect

    with pytest.raises(ClientDisconnect):
        await receiving.receive(crew.first.desk, ada, ticket, upload, 0, breaks())
    standing = await receiving.receive(crew.second.desk, ada, ticket, upload, 70_000, in_pieces(whole[70_000:]))
    assert standing.upload.state == "done"


async def test_where_the_room_has_gone_no_byte_is_taken(crew: Crew) -> None:
    """There was room when the upload began; the database keeps what is left."""
    ada, ticket = await ada_in(crew.first)
    upload = await begun(crew.first, ada, ticket, 1000)
    parts = crew.first.desk.filing.parts
    free_mib = await parts.room() // MIB
    full = Parts(parts.path(upload).parent, crew.first.desk.filing.disk, min_free_mib=free_mib * 2)
    crew.first.desk.filing.parts = full
    with pytest.raises(StorageFull):
        await receiving.receive(crew.first.desk, ada, ticket, upload, 0, in_pieces(log(1000)))
    assert (await uploading.standing(crew.first.desk, ada, ticket, upload)).upload.received == 0
    crew.first.desk.filing.parts = parts
    standing = await receiving.receive(crew.first.desk, ada, ticket, upload, 0, in_pieces(log(1000)))
    assert standing.upload.state == "done"


async def test_another_worker_of_the_host_goes_on(crew: Crew) -> None:
    ada, ticket = await ada_in(crew.first)
    whole = log(100_000)
    upload = await begun(crew.first, ada, ticket, len(whole))
    states = []
    for shop, start in ((crew.first, 0), (crew.second, 40_000), (crew.first, 80_000)):
        piece = whole[start : start + 40_000]
        standing = await receiving.receive(shop.desk, ada, ticket, upload, start, in_pieces(piece))
        states.append(standing.upload.state)
    assert states == ["receiving", "receiving", "done"]
    file = await policies.file(crew.second.desk, ada, ticket, upload)
    assert file.size == len(whole)


async def test_a_request_at_another_worker_takes_over(crew: Crew) -> None:
    """What happens to a request that hangs, whichever process has it."""
    ada, ticket = await ada_in(crew.first)
    whole = log(100_000)
    upload = await begun(crew.first, ada, ticket, len(whole))

    async def silent() -> AsyncIterator[bytes]:
        yield whole[:40_000]
        while True:
            await asyncio.sleep(0.05)
            yield b""

    async def reached() -> None:
        while True:
            row = await crew.second.store.read(lambda conn: uploads.get(conn, upload))
            if row is not None and row.received == 40_000:
                return
            await asyncio.sleep(0.05)

    old = asyncio.ensure_future(receiving.receive(crew.first.desk, ada, ticket, upload, 0, silent()))
    async with asyncio.timeout(20):
        await reached()
    new = await receiving.receive(crew.second.desk, ada, ticket, upload, 40_000, in_pieces(whole[40_000:]))
    assert new.upload.state == "done"
    with pytest.raises(Refused, match="Another request"):
        await old


async def test_on_another_host_it_begins_again(crew: Crew) -> None:
    """A part lives on the host that began it; elsewhere the answer is offset 0, and the upload goes on from there."""
    ada, ticket = await ada_in(crew.first)
    whole = log(100_000)
    upload = await begun(crew.first, ada, ticket, len(whole))
    await receiving.receive(crew.first.desk, ada, ticket, upload, 0, in_pieces(whole[:40_000]))
    with pytest.raises(WrongOffset) as wrong:
        await receiving.receive(crew.elsewhere.desk, ada, ticket, upload, 40_000, in_pieces(whole[40_000:]))
    assert wrong.value.offset == 0
    standing = await receiving.receive(crew.elsewhere.desk, ada, ticket, upload, 0, in_pieces(whole))
    assert standing.upload.state == "done"


async def test_two_workers_look_at_an_undecided_upload_once(crew: Crew) -> None:
    ada, ticket = await ada_in(crew.first)
    whole = log(50_000)
    upload = await begun(crew.first, ada, ticket, len(whole))
    await receiving.receive(crew.first.desk, ada, ticket, upload, 0, in_pieces(whole[:-1]))
    crew.first.desk.filing.parts.path(upload).write_bytes(whole)
    await crew.first.store.write(lambda tx: uploads.step(tx.conn, upload, ("receiving",), "checking", 0))
    desks = [shop.desk for shop in (crew.first, crew.second) for _ in range(5)]
    await asyncio.gather(*(Pending(desk).step() for desk in desks))
    await asyncio.gather(*(Pending(desk).step() for desk in desks))
    standing = await uploading.standing(crew.second.desk, ada, ticket, upload)
    assert standing.upload.state == "done"
    told = [one for shop in (crew.first, crew.second) for one in shop.take() if b'"file"' in one.frame]
    assert len([one for one in told if one.topic.endswith("/customer")]) == 1
