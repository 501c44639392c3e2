"""Every type from every kind of device and from both sides, through HTTP; written from the feature list."""

from functools import cache

import pytest

from tests.support.office import Office
from tests.support.server import DeskServer
from tests.uploads.chat import chat, problem
from tests.uploads.corpus.real import REAL
from tests.uploads.corpus.sample import Sample

PICTURES = {".jpeg", ".png", ".gif", ".bmp", ".tiff"}
TWENTY = PICTURES | {
    *(".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ppt", ".pptx", ".pps", ".ppsx"),
    *(".log", ".cfg", ".rar", ".zip", ".txt"),
}
DEVICES = {
    "windows": TWENTY,
    "macos": TWENTY,
    "linux": TWENTY,
    "chromeos": TWENTY,
    "android": TWENTY,
    "ios": PICTURES,
    "unknown": PICTURES,
}
MEDIA = {
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".tiff": "image/tiff",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".txt": "text/plain",
}
ALIASES = {".jpeg": (".jpg", ".JPG", ".JPEG"), ".tiff": (".tif", ".TIFF"), ".txt": (".TXT",), ".png": (".PNG",)}
CONVERTED = {".heic", ".webp", ".avif"}
NEVER = (".exe", ".js", ".html", ".svg", ".docm", ".sh", ".mp4", ".7z", ".eml", "")


@cache
def sample(extension: str) -> Sample:
    """A real file of this type, the smallest in the corpus."""
    return min((one for one in REAL if one.extension == extension), key=lambda one: len(one.data))


@pytest.mark.parametrize("device", DEVICES)
async def test_what_a_customer_sends(server: DeskServer, office: Office, device: str) -> None:
    """G-40, G-41, G-42, G-45, G-46: his list, in any case and under the common aliases; everything else names it."""
    async with chat(server, office, device) as talk:
        told = await talk.ada.policy()
        assert told["device_class"] == device
        assert set(told["types"]) == DEVICES[device]
        expected: dict[str, str] = {}
        for extension in sorted(TWENTY):
            for ending in (extension, *ALIASES.get(extension, ())):
                answer = await talk.ada.send(f"file{ending}", sample(extension).data)
                if extension in DEVICES[device]:
                    assert answer.status_code == 200, (ending, answer.text)
                    expected[f"file{ending}"] = extension
                else:
                    assert set(problem(answer, 422, "file_type_not_allowed")["types"]) == DEVICES[device]
        for extension in NEVER:
            problem(await talk.ada.send(f"file{extension}", b"hello"), 422, "file_type_not_allowed")
        seen = {file["name"]: file["media_type"] for file in await talk.lena.files()}
        assert set(seen) == set(expected)
        for name, extension in expected.items():
            assert seen[name] == MEDIA.get(extension, seen[name])


@pytest.mark.parametrize("device", DEVICES)
async def test_what_a_technician_sends(server: DeskServer, office: Office, device: str) -> None:
    """G-40, G-46: the twenty types, whatever the customer's device; what it cannot show is a link to download."""
    async with chat(server, office, device) as talk:
        told = await talk.lena.policy()
        assert told["device_class"] is None
        assert set(told["types"]) == TWENTY
        for extension in sorted(TWENTY):
            file = await talk.lena.sent(f"file{extension}", sample(extension).data)
            got = await talk.ada.get(file)
            assert got.headers["content-disposition"].startswith("attachment; ")
            if extension not in PICTURES:
                assert got.content == sample(extension).data
        for extension in NEVER:
            problem(await talk.lena.send(f"file{extension}", b"hello"), 422, "file_type_not_allowed")


@pytest.mark.parametrize("device", DEVICES)
async def test_pictures_that_phones_make(server: DeskServer, office: Office, device: str) -> None:
    """G-45: HEIC, WebP and AVIF become JPEG or PNG, and are called so."""
    async with chat(server, office, device) as talk:
        for extension in sorted(CONVERTED):
            await talk.ada.sent(f"photo{extension}", sample(extension).data)
        for file in await talk.lena.files():
            assert file["name"] in ("photo.jpeg", "photo.png")
            assert file["media_type"] == MEDIA[file["name"].removeprefix("photo")]
            shown = await talk.lena.get(file["id"], "/picture")
            assert shown.content.startswith((b"\xff\xd8\xff", b"\x89PNG"))
        assert len(await talk.lena.files()) == 3
