"""A file goes out: to those who may see its ticket now, as an attachment, in ranges, under its name in any script."""

import io
import os
import re
from functools import partial
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from server.http.ranges import NotSatisfiable, Span, disposition, matches, wanted
from server.store import technicians
from server.store.files import key_of
from tests.support.office import Office
from tests.support.people import http
from tests.uploads.chat import Chat, Side, chat, log, problem

DATA = bytes(log(100_000))


def picture(size: tuple[int, int] = (1200, 600), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind)
    return out.getvalue()


async def test_an_attachment_that_nothing_in_our_origin_can_run(talk: Chat) -> None:
    file = await talk.ada.sent("app.log", DATA)
    for side in (talk.ada, talk.lena):
        answer = await side.get(file)
        assert answer.status_code == 200
        assert answer.content == DATA
        headers = answer.headers
        assert headers["content-disposition"] == "attachment; filename=\"app.log\"; filename*=UTF-8''app.log"
        assert headers["content-type"] == "text/plain"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert headers["cache-control"] == "private, no-store"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["content-length"] == str(len(DATA))
        assert headers["accept-ranges"] == "bytes"


async def test_a_head_is_a_get_without_its_body(talk: Chat) -> None:
    file = await talk.ada.sent("app.log", DATA)
    got = await talk.ada.get(file)
    head = await talk.ada.client.head(f"{talk.ada.base}/files/{file}")
    assert (head.status_code, head.content) == (200, b"")
    assert {**head.headers, "date": ""} == {**got.headers, "date": ""}


async def test_a_picture_is_shown_and_has_a_small_one(talk: Chat) -> None:
    file = await talk.ada.sent("scherm.png", picture())
    (told,) = await talk.lena.files()
    assert (told["width"], told["height"], told["thumbnail"]) == (1200, 600, True)
    shown = await talk.lena.get(file, "/picture")
    assert shown.headers["content-disposition"].startswith("inline; ")
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert Image.open(io.BytesIO(shown.content)).size == (1200, 600)
    small = await talk.lena.get(file, "/thumbnail")
    assert small.headers["x-content-type-options"] == "nosniff"
    assert Image.open(io.BytesIO(small.content)).size == (480, 240)
    assert small.headers["etag"] != shown.headers["etag"]
    text = await talk.ada.sent("app.log", DATA)
    problem(await talk.ada.get(text, "/picture"), 404, "not_found")
    problem(await talk.ada.get(text, "/thumbnail"), 404, "not_found")


async def test_the_original_of_a_smaller_picture_is_a_file_of_its_own(talk: Chat) -> None:
    small = await talk.ada.sent("photo.jpeg", picture(kind="JPEG"))
    original = await talk.ada.sent("photo.jpeg", picture((2400, 1200), "JPEG"), original_of=small)
    assert [(one["id"], one["original_of"]) for one in await talk.lena.files()] == [(small, None), (original, small)]
    problem(await talk.ada.send("a.png", picture(), original_of="0" * 32), 404, "not_found")


# --- ranges -----------------------------------------------------------------------------------------------------------


async def test_a_range(talk: Chat) -> None:
    file = await talk.ada.sent("app.log", DATA)
    etag = (await talk.ada.get(file)).headers["etag"]
    for header, span in (
        ("bytes=0-9", (0, 10)),
        ("bytes=99990-", (99_990, 10)),
        ("bytes=-10", (99_990, 10)),
        ("bytes=99990-200000", (99_990, 10)),
        ("bytes=0-", (0, 100_000)),
        ("bytes=-200000", (0, 100_000)),
        ("bytes=500-500", (500, 1)),
    ):
        for more in ({}, {"if-range": etag}):
            answer = await talk.ada.get(file, range=header, **more)
            start, length = span
            assert answer.status_code == 206, header
            assert answer.content == DATA[start : start + length]
            assert answer.headers["content-range"] == f"bytes {start}-{start + length - 1}/100000"
            assert answer.headers["content-length"] == str(length)
            assert answer.headers["content-disposition"].startswith("attachment")


async def test_a_file_that_changed_since_is_sent_whole(talk: Chat) -> None:
    file = await talk.ada.sent("app.log", DATA)
    for other in ('"another"', 'W/"x"', "Sun, 22 Nov 2026 05:54:10 GMT"):
        answer = await talk.ada.get(file, range="bytes=0-9", **{"if-range": other})
        assert (answer.status_code, answer.content) == (200, DATA)


async def test_what_is_no_single_range_is_the_whole_file(talk: Chat) -> None:
    file = await talk.ada.sent("app.log", DATA)
    for header in ("bytes=0-9,20-29", "bytes=a-b", "bytes=-", "bytes=9-0", "items=0-9", "bytes 0-9", "bytes=0-9" * 500):
        answer = await talk.ada.get(file, range=header)
        assert (answer.status_code, answer.content) == (200, DATA), header


async def test_a_range_behind_the_end(talk: Chat) -> None:
    file = await talk.ada.sent("app.log", DATA)
    for header in ("bytes=100000-", "bytes=100000-100001", "bytes=-0", f"bytes={10**17}-"):
        answer = await talk.ada.get(file, range=header)
        problem(answer, 416, "bad_input")
        assert answer.headers["content-range"] == "bytes */100000"


async def test_who_has_it_already_is_told_so(talk: Chat) -> None:
    file = await talk.ada.sent("app.log", DATA)
    etag = (await talk.ada.get(file)).headers["etag"]
    for header in (etag, f'"x", {etag}', "*", f"W/{etag}"):
        answer = await talk.ada.get(file, **{"if-none-match": header})
        assert (answer.status_code, answer.content) == (304, b""), header
    assert (await talk.ada.get(file, **{"if-none-match": '"x"'})).status_code == 200


@given(header=st.text(max_size=60), size=st.integers(0, 10**12))
def test_any_text_is_a_range_or_none(header: str, size: int) -> None:
    _within(header, size)


@given(st.from_regex(r"bytes=[0-9]{0,18}-[0-9]{0,18}", fullmatch=True), st.integers(0, 10**12))
def test_any_range_lies_within_the_file(header: str, size: int) -> None:
    _within(header, size)


def _within(header: str, size: int) -> None:
    try:
        span = wanted(header, None, '"x"', size)
    except NotSatisfiable:
        return
    assert span is None or (0 <= span.start < size and 0 < span.length <= size - span.start)


def test_a_hostile_header_is_read_once() -> None:
    """15.2.2: what was quadratic elsewhere (CVE-2025-62727) would not end within the time of a test here."""
    assert wanted("bytes=" + ",".join(f"{n}-" for n in range(1_000_000)), None, '"x"', 100) is None
    assert wanted("bytes=" + "0" * 10**7, None, '"x"', 100) is None
    assert wanted("bytes=0-0", None, '"x"', 1) == Span(0, 1)
    assert not matches(None, '"x"')


# --- names ------------------------------------------------------------------------------------------------------------

NAMES = {
    "report.pdf": "report.pdf",
    "naïve café.txt": "naive cafe.txt",
    "Скриншот экрана.png": "file.png",
    "屏幕截图 2026.png": "2026.png",
    "لقطة شاشة.png": "file.png",
    "😀.txt": "file.txt",
    'a"b\\c;d%e.txt': "a_b_c_d_e.txt",
    "ﬁle.txt": "file.txt",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_in_all_scripts(name: str) -> None:
    """RFC 6266: the true name in filename*, and one that every program can read."""
    header = disposition("attachment", name)
    found = re.fullmatch(r"attachment; filename=\"([^\"\\]+)\"; filename\*=UTF-8''([A-Za-z0-9._~%-]+)", header)
    assert found is not None, header
    assert found[1] == NAMES[name]
    assert unquote(found[2]) == name


@given(st.text(min_size=1, max_size=150))
def test_no_name_breaks_out_of_the_header(name: str) -> None:
    header = disposition("attachment", name.encode("utf-8", "replace").decode())
    assert re.fullmatch(r"attachment; filename=\"[ -!#-\[\]-~]+\"; filename\*=UTF-8''[A-Za-z0-9._~%-]*", header)


async def test_a_name_in_another_script_arrives(talk: Chat) -> None:
    file = await talk.ada.sent("Скриншот экрана.png", picture())
    header = (await talk.lena.get(file)).headers["content-disposition"]
    assert unquote(header.partition("UTF-8''")[2]) == "Скриншот экрана.png"


# --- who may see it ---------------------------------------------------------------------------------------------------


async def test_only_those_who_see_the_ticket_now(talk: Chat, other_office: Office) -> None:
    """Another company, another customer, somebody who is away or was disabled: as if there were no such file."""
    file = await talk.ada.sent("a.png", picture())
    own = await talk.ada.get(file)
    assert own.status_code == 200
    nora, omar = other_office.worker("Nora"), talk.office.worker("Omar")
    for worker in (nora, omar):
        talk.office.write(partial(technicians.set_availability, technician_id=worker.id, state="available"))
    async with (
        chat(talk.server, talk.office) as eve,
        chat(talk.server, other_office) as foreign,
        http(talk.server, nora.token) as noras,
        http(talk.server, omar.token) as omars,
        http(talk.server) as nobody,
    ):
        strangers = [
            Side(eve.ada.client, talk.ada.base),
            Side(foreign.ada.client, talk.ada.base),
            Side(foreign.lena.client, talk.lena.base),
            Side(noras, talk.lena.base),
            Side(foreign.lena.client, foreign.lena.base),
            Side(foreign.ada.client, foreign.ada.base),
        ]
        for what in ("", "/picture", "/thumbnail"):
            for stranger in strangers:
                problem(await stranger.get(file, what), 404, "not_found")
                head = await stranger.client.head(f"{stranger.base}/files/{file}{what}")
                assert head.status_code == 404
            problem(await Side(nobody, talk.ada.base).get(file, what), 401, "unauthenticated")
        colleague = Side(omars, talk.lena.base)
        assert (await colleague.get(file)).status_code == 200
        talk.office.write(lambda conn: technicians.set_availability(conn, omar.id, "away"))
        problem(await colleague.get(file), 404, "not_found")
        talk.office.write(lambda conn: technicians.set_availability(conn, omar.id, "available"))
        talk.office.write(lambda conn: technicians.set_access(conn, omar.id, frozenset()))
        problem(await colleague.get(file), 404, "not_found")
        talk.office.write(lambda conn: technicians.set_disabled(conn, omar.id, disabled=True))
        problem(await colleague.get(file), 401, "unauthenticated")
    assert (await talk.ada.get(file)).status_code == 200


async def test_a_file_of_a_closed_ticket_is_still_there_for_both(talk: Chat) -> None:
    file = await talk.ada.sent("app.log", DATA)
    await talk.lena.client.post(f"{talk.lena.base}/close", json={})
    for side in (talk.ada, talk.lena):
        assert (await side.get(file)).content == DATA


async def test_bytes_that_are_lost_look_like_a_file_that_never_was(talk: Chat) -> None:
    """And the log says so."""
    file = await talk.ada.sent("app.log", DATA)
    (talk.server.data / "files" / key_of(talk.office.company, file)).unlink()
    problem(await talk.ada.get(file), 404, "not_found")
    assert file in [line for line in talk.server.log().splitlines() if "missing" in line][-1]


async def test_the_name_never_reaches_the_disk(talk: Chat) -> None:
    await talk.ada.sent("unmistakable name.log", DATA)
    names = [name for _, folders, files in os.walk(talk.server.data) for name in (*folders, *files)]
    assert not [name for name in names if "unmistakable" in name]
