"""Logos and faces: what is taken, what becomes of it, and who may look at it."""

import io

import httpx2
import pytest
from PIL import Image
from sqlalchemy import Connection

from server.store import pictures
from tests.support.office import Office
from tests.support.people import http
from tests.support.server import DeskServer

ADMIN = "/api/v1/admin"


def drawn(kind: str, width: int, height: int) -> bytes:
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (width, height), "teal").save(made, kind, exif=exif)
    return made.getvalue()


@pytest.mark.parametrize(("kind", "size"), [("PNG", (80, 80)), ("JPEG", (800, 400)), ("WEBP", (300, 1200))])
async def test_a_picture_becomes_small_and_says_nothing_of_its_origin(
    server: DeskServer, admin: httpx2.AsyncClient, kind: str, size: tuple[int, int]
) -> None:
    """B-33"""
    made = await admin.post(f"{ADMIN}/pictures", content=drawn(kind, *size))
    assert made.status_code == 201, made.text
    async with httpx2.AsyncClient(base_url=server.url) as anybody:
        shown = await anybody.get(f"/pictures/{made.json()['id']}")
    assert shown.headers["content-type"] == "image/webp"
    assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.headers["content-security-policy"]
    with Image.open(io.BytesIO(shown.content)) as image:
        assert max(image.size) == min(256, max(size))
        assert not image.getexif()
    assert b"taken at home" not in shown.content


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "bad_input"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 400, "bad_input"),
        (drawn("GIF", 100, 100), 400, "bad_input"),
        (drawn("PNG", 79, 200), 400, "bad_input"),
        (drawn("PNG", 100, 100)[:90], 422, "file_content"),
        (b"RIFF" + bytes(100), 422, "file_content"),
        (b"\x89PNG\r\n\x1a\n" + bytes(1_048_576), 413, "too_large"),
    ],
)
async def test_what_is_no_picture_of_that_kind_is_refused(
    admin: httpx2.AsyncClient, content: bytes, status: int, code: str
) -> None:
    answer = await admin.post(f"{ADMIN}/pictures", content=content)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_only_administrators_bring_pictures_and_only_those_that_are_there_are_used(
    server: DeskServer, admin: httpx2.AsyncClient, office: Office
) -> None:
    async with http(server, office.worker("Tom").token) as tom:
        assert (await tom.post(f"{ADMIN}/pictures", content=drawn("PNG", 99, 99))).status_code == 404
    draft = {"email": "pia@example.com", "name": "Pia", "public_name": "Pia", "picture": "0" * 32}
    answer = await admin.post(f"{ADMIN}/technicians", json=draft)
    assert (answer.status_code, answer.json()["field"]) == (400, "picture")
    assert (await admin.get(f"/pictures/{'0' * 32}")).status_code == 404
    assert (await admin.get("/pictures/..%2F..%2Fetc%2Fpasswd")).status_code == 404


async def test_what_nobody_points_at_is_swept_after_a_day(admin: httpx2.AsyncClient, office: Office) -> None:
    face, logo, spare = [
        (await admin.post(f"{ADMIN}/pictures", content=drawn("PNG", 90, 90))).json()["id"] for _ in "123"
    ]
    draft = {"email": f"{face}@example.com", "name": "Pia", "public_name": "Pia", "picture": face}
    assert (await admin.post(f"{ADMIN}/technicians", json=draft)).status_code == 201
    portal = (await admin.get(f"{ADMIN}/portals/{office.portal_id}")).json()
    changed = {name: value for name, value in portal.items() if name not in ("id", "version", "identity_secrets")}
    changed["setup"]["logo"] = logo
    assert (await admin.put(f"{ADMIN}/portals/{office.portal_id}", json=changed)).status_code == 200

    def swept(conn: Connection) -> list[bool]:
        pictures.sweep(conn, 2**62)
        return [pictures.exists(conn, one) for one in (face, logo, spare)]

    assert office.write(swept) == [True, True, False]
