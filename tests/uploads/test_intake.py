"""A file comes in: in one request or in many, exactly once, within its bounds; and a refused one leaves nothing."""

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from server.desk.uploading import NETWORK
from server.domain.files import MIB, FileRules, SenderRules
from server.domain.portal import PortalSettings
from server.store import portals, technicians, throttles
from tests.support.accounts import REQUIRED, opened, registered
from tests.support.disk import MOUNTABLE, small_disk
from tests.support.office import Office, open_office
from tests.support.people import Frame, console, customer, http
from tests.support.server import DeskServer
from tests.uploads.chat import Answer, Chat, Side, chat, log, problem


def stored(server: DeskServer, office: Office) -> list[Path]:
    """What this company has on the disk."""
    directory = server.data / "files" / office.company
    return sorted(directory.iterdir()) if directory.is_dir() else []


def parts(server: DeskServer) -> set[str]:
    """Uploads that have a part on the disk."""
    return {path.name for path in (server.data / "files" / "incoming").iterdir()}


async def test_a_file_goes_both_ways_and_both_sides_see_it_at_once(talk: Chat) -> None:
    """G-43, G-46: the other side gets a link in the chat; its bytes are those that were sent."""
    async with customer(talk.server, talk.office, opened=talk.opened) as ada, console(talk.server, talk.worker) as lena:
        await lena.watch(talk.ticket)
        data = log(10_000)
        client_id = str(uuid.uuid4())
        answer = (await talk.ada.send("app.log", data, client_id)).json()
        seen = await lena.event("file")
        assert seen["event"]["id"] == answer["event"]
        assert seen["event"]["author"]["role"] == "customer"
        assert seen["event"]["client_id"] == client_id
        assert seen["event"]["file"] == {
            "id": answer["id"],
            "name": "app.log",
            "media_type": "text/plain",
            "size": 10_000,
            "width": None,
            "height": None,
            "thumbnail": False,
            "scanned": None,
            "original_of": None,
        }
        mine = await ada.event("file")
        assert (mine["seq"], mine["event"]["id"]) == (answer["seq"], answer["event"])
        assert (await talk.lena.get(answer["id"])).content == data
        back = (await talk.lena.send("manual.txt", log(300))).json()
        got = await ada.event("file")
        assert got["event"]["id"] == back["event"]
        assert got["event"]["author"] == {"role": "technician", "name": "Lena of support", "id": None}
        assert (await talk.ada.get(back["id"])).content == log(300)


async def test_a_file_in_pieces(talk: Chat) -> None:
    data = log(1_000_000)
    upload = await talk.ada.begun("app.log", len(data))
    states = []
    for start in range(0, len(data), 300_000):
        answer = await talk.ada.go_on(upload, start, data[start : start + 300_000])
        assert answer.status_code == 200
        assert answer.json()["offset"] == min(start + 300_000, len(data))
        states.append(answer.json()["state"])
    assert states == ["receiving", "receiving", "receiving", "done"]
    assert (await talk.lena.get(upload)).content == data


async def test_a_body_of_unknown_length_is_taken(talk: Chat) -> None:
    """Chunked transfer, as programs send what they are still making."""
    data = log(50_000)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(data), 7_000):
            yield data[start : start + 7_000]

    upload = await talk.ada.begun("app.log", len(data))
    assert (await talk.ada.go_on(upload, 0, pieces())).json()["state"] == "done"
    problem(await talk.ada.send("app.log", pieces()), 400, "bad_input")


async def test_the_offset_is_the_one_that_is_stored(talk: Chat) -> None:
    upload = await talk.ada.begun("app.log", 1000)
    assert problem(await talk.ada.go_on(upload, 1, b"a"), 409, "offset")["offset"] == 0
    await talk.ada.go_on(upload, 0, log(400))
    for wrong in (0, 399, 401, 1000, 2**50):
        assert problem(await talk.ada.go_on(upload, wrong, b"a"), 409, "offset")["offset"] == 400
    assert (await talk.ada.standing(upload))["offset"] == 400
    assert (await talk.ada.go_on(upload, 400, log(1000)[400:])).json()["state"] == "done"
    for header in ("", "x", "-1", "1e3", "0x10", "٣", "9" * 17):
        headers = {b"upload-offset": header.encode()}
        answer = await talk.ada.client.patch(f"{talk.ada.base}/uploads/{upload}", content=b"a", headers=headers)
        problem(answer, 400, "bad_input")


async def test_more_bytes_than_announced_are_not_taken(talk: Chat) -> None:
    upload = await talk.ada.begun("app.log", 1000)
    problem(await talk.ada.go_on(upload, 0, log(1001)), 400, "bad_input")
    assert (await talk.ada.standing(upload))["state"] == "receiving"
    answer = await talk.ada.go_on(upload, 0, log(1000))
    assert answer.json()["state"] == "done"


async def test_the_same_again_is_the_same_file(talk: Chat) -> None:
    """C-05: a request whose answer got lost is repeated without fear; with another content it is a conflict."""
    client_id = str(uuid.uuid4())
    first = await talk.ada.send("app.log", log(500), client_id)
    again = await talk.ada.send("app.log", log(500), client_id)
    assert first.json() == again.json()
    begun = await talk.ada.begin("app.log", 500, client_id)
    assert begun.json() == first.json()
    problem(await talk.ada.begin("app.log", 501, client_id), 409, "conflict")
    problem(await talk.ada.begin("other.log", 500, client_id), 409, "conflict")
    assert len(await talk.lena.files()) == 1


async def test_the_same_file_from_a_hundred_requests_at_once_is_one(talk: Chat) -> None:
    client_id, data = str(uuid.uuid4()), log(200_000)
    answers = await asyncio.gather(*(talk.ada.send("app.log", data, client_id) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(await talk.lena.files()) == 1
    assert len(stored(talk.server, talk.office)) == 1
    assert answers[0].json()["id"] not in parts(talk.server)


async def test_a_client_id_that_was_a_message_is_no_file(talk: Chat) -> None:
    client_id = str(uuid.uuid4())
    body = {"client_id": client_id, "text": "hello"}
    assert (await talk.ada.client.post(f"{talk.ada.base}/messages", json=body)).status_code == 200
    problem(await talk.ada.send("app.log", log(10), client_id), 409, "conflict")
    assert stored(talk.server, talk.office) == []


async def test_an_upload_that_was_given_up(talk: Chat) -> None:
    upload = await talk.ada.begun("app.log", 1000)
    await talk.ada.go_on(upload, 0, log(500))
    path = f"{talk.ada.base}/uploads/{upload}"
    assert (await talk.ada.client.delete(path)).status_code == 204
    assert (await talk.ada.client.delete(path)).status_code == 204
    assert (await talk.ada.standing(upload))["state"] == "cancelled"
    assert upload not in parts(talk.server)
    problem(await talk.ada.go_on(upload, 500, log(500)), 409, "upload_cancelled")
    sent = await talk.ada.sent("app.log", log(10))
    problem(await talk.ada.client.delete(f"{talk.ada.base}/uploads/{sent}"), 409, "upload_done")


async def test_a_refused_file_says_why_and_the_other_side_sees_nothing(talk: Chat) -> None:
    """G-47: the answer names what is allowed; in the chat, on the disk and on the other side there is nothing."""
    async with console(talk.server, talk.worker) as lena:
        await lena.watch(talk.ticket)
        told = problem(await talk.ada.send("setup.exe", b"MZ"), 422, "file_type_not_allowed")
        assert ".jpeg" in told["message"]
        assert told["types"] == (await talk.ada.policy())["types"]
        program = await talk.ada.send("photo.jpeg", b"MZ" + bytes(500))
        assert problem(program, 422, "file_content")["reason"] == "mismatch"
        problem(await talk.ada.send("photo.exe.txt", b"hello"), 422, "file_name_hides_type")
        problem(await talk.ada.send("empty.txt", b""), 422, "file_empty")
        in_pieces = await talk.ada.begun("a.pdf", 100)
        problem(await talk.ada.go_on(in_pieces, 0, log(100)), 422, "file_content")
        standing = await talk.ada.standing(in_pieces)
        assert (standing["state"], standing["code"]) == ("refused", "file_content")
        problem(await talk.ada.go_on(in_pieces, 0, log(100)), 422, "file_content")
        await lena.settled()
        assert [frame for frame in lena.of("event") if frame["event"]["kind"] == "file"] == []
    assert stored(talk.server, talk.office) == []
    assert in_pieces not in parts(talk.server)


async def test_names_are_cleaned(talk: Chat) -> None:
    """G-45: bidi tricks, paths and control characters do not reach the other side, whichever way the name comes."""
    for name, shown in (
        ("a\x00b\r\nSet-Cookie c.txt", "ab Set-Cookie c.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("\u202etxt.gpj.log", "txt.gpj.log"),
        ("снимок экрана.txt", "снимок экрана.txt"),
        ("a" * 300 + ".txt", "a" * 146 + ".txt"),
    ):
        whole = await talk.ada.sent(name, log(10))
        in_pieces = await talk.ada.begun(name, 10)
        assert (await talk.ada.go_on(in_pieces, 0, log(10))).json()["state"] == "done"
        told = {one["id"]: one["name"] for one in await talk.lena.files()}
        assert (told[whole], told[in_pieces]) == (shown, shown)


async def test_search_finds_names_of_files(talk: Chat) -> None:
    """C-35."""
    word = f"w{uuid.uuid4().hex}"
    await talk.ada.sent(f"{word}.log", log(10))
    hits: list[Frame] = []
    async with asyncio.timeout(20):
        while not hits:
            hits = (await talk.lena.client.get("/api/v1/search", params={"q": word})).json()["hits"]
    assert hits[0]["ticket"]["id"] == talk.ticket


async def test_files_stand_in_every_transcript(talk: Chat) -> None:
    """C-36."""
    await talk.ada.sent("app.log", log(12_345))
    for side in (talk.ada, talk.lena):
        text = (await side.client.get(f"{side.base}/transcript?format=text")).text
        assert "Ada Byron: [file] app.log (12,345 bytes)" in text
        assert "app.log" in (await side.client.get(f"{side.base}/transcript?format=html")).text
        told = (await side.client.get(f"{side.base}/transcript?format=json")).json()
        assert [line["event"]["file"]["name"] for line in told["events"] if line["event"]["kind"] == "file"] == [
            "app.log"
        ]


async def test_a_file_waits_for_an_answer_as_a_message_does(talk: Chat) -> None:
    async with console(talk.server, talk.worker) as lena:
        await talk.ada.sent("app.log", log(10))
        rows = (await lena.call("mine"))["rows"]
        assert [(row["hint"]["waiting_since"] is not None, row["hint"]["unread"]) for row in rows] == [(True, 2)]
        await talk.lena.sent("answer.txt", log(10))
        rows = (await lena.call("mine"))["rows"]
        assert [row["hint"]["waiting_since"] for row in rows] == [None]


# --- who may send, now ------------------------------------------------------------------------------------------------


async def sent_while(side: Side, happens: Callable[[], Awaitable[object]]) -> tuple[str, Answer]:
    """A file before whose last bytes something happens; (upload, answer)."""
    data = log(300_000)
    upload = await side.begun("a.txt", len(data))
    waits = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield data[:200_000]
        await waits.wait()
        yield data[200_000:]

    sending = asyncio.ensure_future(side.go_on(upload, 0, slowly()))
    await side.reached(upload, 1)
    await happens()
    waits.set()
    return upload, await sending


async def test_the_rules_of_writing_are_the_rules_of_sending(talk: Chat) -> None:
    """C-13: only the technician in the chat sends; a customer until the chat has ended."""
    other = talk.office.worker("Omar")
    talk.office.write(lambda conn: technicians.set_availability(conn, other.id, "available"))
    async with http(talk.server, other.token) as omar:
        query = {"name": "a.txt", "client_id": str(uuid.uuid4())}
        problem(await omar.put(f"{talk.lena.base}/files", params=query, content=b"a"), 409, "not_assigned_to_you")
        told = (await omar.get(f"{talk.lena.base}/upload-policy")).json()
        assert (told["may_send"], told["why_not"]) == (False, "not_assigned_to_you")
    assert (await talk.ada.policy())["may_send"]
    begun = await talk.ada.begun("a.txt", 100)
    await talk.lena.client.post(f"{talk.lena.base}/end-chat")
    assert (await talk.ada.policy())["why_not"] == "chat_ended"
    problem(await talk.ada.send("a.txt", b"a"), 409, "chat_ended")
    problem(await talk.lena.send("a.txt", b"a"), 409, "chat_ended")
    problem(await talk.ada.go_on(begun, 0, log(100)), 409, "chat_ended")
    await talk.ada.client.post(f"{talk.ada.base}/resume-chat")
    assert (await talk.ada.go_on(begun, 0, log(100))).json()["state"] == "done"


async def test_the_chat_is_looked_at_again_when_the_file_is_whole(talk: Chat) -> None:
    """It ended while the last bytes were on their way: the file is refused, and nothing of it is left."""

    async def ended() -> None:
        assert (await talk.lena.client.post(f"{talk.lena.base}/end-chat")).status_code == 200

    upload, answer = await sent_while(talk.ada, ended)
    problem(answer, 409, "chat_ended")
    assert (await talk.ada.standing(upload))["state"] == "refused"
    assert await talk.lena.files() == []
    assert stored(talk.server, talk.office) == []


async def test_a_technician_who_has_lost_his_rights_sends_nothing_any_more(talk: Chat) -> None:
    async def out() -> None:
        talk.office.write(lambda conn: technicians.set_access(conn, talk.worker.id, frozenset()))

    problem((await sent_while(talk.lena, out))[1], 404, "not_found")
    assert await talk.ada.files() == []
    assert stored(talk.server, talk.office) == []


async def test_a_customer_whose_account_is_disabled_sends_nothing_any_more(server: DeskServer) -> None:
    """It is looked at again when the file is whole: the request began while he was let in."""
    rules = FileRules(customers={"unknown": SenderRules(types=[".txt"])})
    office = open_office(server.store, msgspec.structs.replace(REQUIRED, files=rules))
    session = await registered(server, office, "Ada")
    ticket = (await opened(server, office, session["token"])).json()["ticket"]["id"]
    async with (
        http(server, session["token"]) as hers,
        http(server, office.worker("Olga", "administrator").token) as admin,
    ):

        async def out() -> None:
            draft = {"company": office.company, "email": "ada@example.com", "name": "Ada", "disabled": True}
            answer = await admin.put(f"/api/v1/admin/customers/{session['account']}", json=draft)
            assert answer.status_code == 200, answer.text

        _, answer = await sent_while(Side(hers, f"/api/v1/customer/tickets/{ticket}"), out)
    problem(answer, 401, "unauthenticated")
    assert stored(server, office) == []


async def test_the_other_side_knows_nothing_of_an_upload(talk: Chat) -> None:
    upload = await talk.ada.begun("a.txt", 100)
    for side, other in ((talk.ada, talk.lena), (talk.lena, talk.ada)):
        mine = await side.begun("b.txt", 100)
        path = f"{other.base}/uploads/{mine}"
        for answer in (
            await other.client.get(path),
            await other.client.delete(path),
            await other.client.patch(path, content=b"a", headers={"upload-offset": "0"}),
            await other.get(mine),
        ):
            problem(answer, 404, "not_found")
    problem(await talk.ada.get(upload), 404, "not_found")
    assert (await talk.ada.standing(upload))["state"] == "receiving"


# --- how much ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(server: DeskServer) -> Office:
    """A portal that takes little."""
    of_windows = SenderRules(max_bytes=2 * MIB, image_max_bytes=10_000, types=[".png", ".txt"])
    rules = FileRules(customers={"windows": of_windows}, customer_day_bytes=3 * MIB)
    return open_office(server.store, PortalSettings(files=rules))


async def test_sizes_are_the_portals(server: DeskServer, small: Office) -> None:
    """G-48."""
    async with chat(server, small) as talk:
        told = await talk.ada.policy()
        assert (told["max_bytes"], told["image_max_bytes"], told["types"]) == (2 * MIB, 10_000, [".png", ".txt"])
        problem(await talk.ada.begin("a.txt", 2 * MIB + 1), 413, "too_large")
        problem(await talk.ada.begin("a.png", 10_001), 413, "too_large")
        problem(await talk.ada.begin("a.log", 10), 422, "file_type_not_allowed")
        await talk.ada.begun("a.txt", 2 * MIB)
        assert (await talk.lena.policy())["max_bytes"] == 25 * MIB
        assert (await talk.lena.begin("a.log", 25 * MIB)).status_code == 201


async def test_what_a_customer_sends_counts_for_his_address(talk: Chat) -> None:
    """Only a customer's: technicians work from one office all day."""

    def whole_at() -> int:
        known = talk.office.write(lambda conn: throttles.get(conn, f"{NETWORK}127.0.0.1"))
        return known.blocked_until if known else 0

    await talk.ada.begun("a.txt", MIB)
    of_ada = whole_at()
    assert of_ada > 0
    await talk.lena.begun("b.txt", MIB)
    assert whole_at() == of_ada
    await talk.ada.sent("c.txt", log(1000))
    assert whole_at() > of_ada


async def test_a_customer_has_so_much_a_day(server: DeskServer, small: Office) -> None:
    async with chat(server, small) as talk:
        await talk.ada.sent("a.txt", log(2 * MIB))
        problem(await talk.ada.begin("b.txt", MIB + 1), 409, "day_quota")
        begun = await talk.ada.begun("c.txt", MIB)
        problem(await talk.ada.begin("d.txt", 1), 409, "day_quota")
        await talk.ada.go_on(begun, 0, log(1000))
        await talk.ada.client.delete(f"{talk.ada.base}/uploads/{begun}")
        problem(await talk.ada.begin("e.txt", MIB), 409, "day_quota")  # what came has come
        await talk.ada.begun("f.txt", MIB - 1000)
        small.write(lambda conn: conn.exec_driver_sql("UPDATE uploads SET created_at = created_at - 86400001"))
        await talk.ada.begun("g.txt", 2 * MIB)
        await talk.lena.sent("h.txt", log(2 * MIB))
        await talk.lena.sent("i.txt", log(2 * MIB))


async def test_many_at_once_do_not_get_around_the_quota(server: DeskServer, small: Office) -> None:
    async with chat(server, small) as talk:
        answers = await asyncio.gather(*(talk.ada.begin(f"{n}.txt", MIB) for n in range(12)))
        assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 9


async def test_so_many_uploads_may_be_under_way(talk: Chat) -> None:
    begun = [await talk.ada.begun(f"{n}.txt", 10) for n in range(20)]
    problem(await talk.ada.begin("more.txt", 10), 409, "too_many_uploads")
    assert (await talk.ada.go_on(begun[0], 0, log(10))).json()["state"] == "done"
    await talk.ada.begun("more.txt", 10)


async def test_rules_that_change_count_at_once(talk: Chat) -> None:
    rules = FileRules(customers={"windows": SenderRules(types=[".png"])})
    talk.office.write(lambda conn: portals.set_settings(conn, talk.office.portal_id, PortalSettings(files=rules)))
    assert (await talk.ada.policy())["types"] == [".png"]
    problem(await talk.ada.begin("a.txt", 10), 422, "file_type_not_allowed")


# --- a full disk ------------------------------------------------------------------------------------------------------


async def test_a_disk_with_too_little_room_refuses_early(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free // MIB
    own = DeskServer(tmp_path / "data", DESKWIRE_MIN_FREE_MIB=str(free + 1_000)).migrate().start()
    try:
        async with chat(own, open_office(own.store)) as talk:
            problem(await talk.ada.begin("a.txt", 10), 507, "storage_full")
            problem(await talk.ada.send("a.txt", b"a"), 507, "storage_full")
            assert parts(own) == set()
    finally:
        own.stop()


@pytest.mark.skipif(not MOUNTABLE, reason="only root may mount a small disk")
async def test_a_disk_that_gets_full_in_the_middle_loses_nothing() -> None:
    """S-02: what was acknowledged stays; with room again the upload goes on where it was."""
    with small_disk(48) as disk:
        own = DeskServer(disk.path / "data").migrate().start()
        try:
            async with chat(own, open_office(own.store)) as talk:
                data = log(12 * MIB)
                upload = await talk.ada.begun("a.log", len(data))
                full, room = asyncio.Event(), asyncio.Event()

                async def slowly() -> AsyncIterator[bytes]:
                    yield data[: 5 * MIB]
                    full.set()
                    await room.wait()
                    yield data[5 * MIB :]

                sending = asyncio.ensure_future(talk.ada.go_on(upload, 0, slowly()))
                await full.wait()
                await talk.ada.reached(upload, 4 * MIB)
                disk.fill()
                room.set()
                problem(await sending, 507, "storage_full")
                offset = (await talk.ada.standing(upload))["offset"]
                assert offset >= 4 * MIB
                problem(await talk.ada.go_on(upload, offset, data[offset:]), 507, "storage_full")
                disk.make_room()
                answer = await talk.ada.go_on(upload, offset, data[offset:])
                assert answer.json()["state"] == "done", answer.text
                assert (await talk.lena.get(upload)).content == data
        finally:
            own.stop()
