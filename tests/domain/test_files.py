"""Who may send what (G-40 to G-48), and what becomes of names. The tables here are written from the specification."""

import itertools
import unicodedata
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.devices import DeviceClass
from server.domain.files import (
    ALL,
    CONVERTIBLE,
    NAME_CHARS,
    PROGRAMS,
    TYPES,
    Extension,
    FileRules,
    SenderRules,
    accept,
    allowed,
    check_name,
    check_size,
    clean_name,
    converts,
    file_type,
    max_bytes,
    renamed,
)
from server.domain.people import Side
from server.domain.portal import PortalSettings
from server.errors import FileRefused, TooLarge

TWENTY = ".jpeg .png .gif .bmp .tiff .pdf .doc .docx .odt .xls .xlsx .ppt .pptx .pps .ppsx .log .cfg .rar .zip .txt"
FIVE = ".jpeg .png .gif .bmp .tiff"
WHO: dict[tuple[Side, DeviceClass], str] = {
    ("customer", "windows"): TWENTY,
    ("customer", "macos"): TWENTY,
    ("customer", "linux"): TWENTY,
    ("customer", "chromeos"): TWENTY,
    ("customer", "android"): TWENTY,
    ("customer", "ios"): FIVE,
    ("customer", "unknown"): FIVE,
    ("technician", "windows"): TWENTY,
    ("technician", "macos"): TWENTY,
    ("technician", "linux"): TWENTY,
    ("technician", "chromeos"): TWENTY,
    ("technician", "android"): TWENTY,
    ("technician", "ios"): TWENTY,
    ("technician", "unknown"): TWENTY,
}
MEDIA = {
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".tiff": "image/tiff",
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".pps": "application/vnd.ms-powerpoint",
    ".ppsx": "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
    ".log": "text/plain",
    ".cfg": "text/plain",
    ".rar": "application/vnd.rar",
    ".zip": "application/zip",
    ".txt": "text/plain",
}
DEFAULTS = FileRules()
MIB = 1_048_576


def refusal(name: str, types: tuple[str, ...] = ALL) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        check_name(name, types)
    return refused.value


def test_every_kind_of_sender_is_in_the_table() -> None:
    assert set(WHO) == set(itertools.product(get_args(Side), get_args(DeviceClass)))


@pytest.mark.parametrize(("side", "device"), WHO, ids=" ".join)
def test_who_sends_what_by_default(side: Side, device: DeviceClass) -> None:
    """G-40, G-41, G-42, G-46: in the order of the specification, which is what people are told."""
    assert " ".join(allowed(DEFAULTS, side, device)) == WHO[side, device]


@pytest.mark.parametrize("extension", TWENTY.split())
@pytest.mark.parametrize(("side", "device"), WHO, ids=" ".join)
def test_each_type_from_each_sender(side: Side, device: DeviceClass, extension: str) -> None:
    types = allowed(DEFAULTS, side, device)
    for name in (f"a{extension}", f"A B{extension.upper()}"):
        if extension in WHO[side, device].split():
            assert check_name(name, types) == extension
        else:
            refused = refusal(name, types)
            assert (refused.code, refused.types) == ("file_type_not_allowed", types)
            assert WHO[side, device] in refused.message


def test_media_types() -> None:
    assert {extension: file_type(extension).media_type for extension in TWENTY.split()} == MEDIA
    assert list(TYPES) == TWENTY.split()


@pytest.mark.parametrize(
    ("name", "extension"), [("a.jpg", ".jpeg"), ("a.JPG", ".jpeg"), ("a.tif", ".tiff"), ("a.TIF", ".tiff")]
)
def test_common_variants(name: str, extension: str) -> None:
    """G-45"""
    assert check_name(name, allowed(DEFAULTS, "customer", "ios")) == extension


@pytest.mark.parametrize("name", ["a.heic", "a.HEIF", "a.webp", "a.avif"])
def test_pictures_of_phones_are_taken_where_both_of_their_targets_are(name: str) -> None:
    """G-45: no list gets longer by it."""
    assert check_name(name, (".jpeg", ".png")) in CONVERTIBLE
    for types in ((".jpeg",), (".png",), (".gif", ".pdf"), ()):
        assert not converts(types)
        assert refusal(name, types).types == types


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "",
        ".png",
        "png",
        "a.",
        "a.png.",
        "a.exe",
        "a.svg",
        "a.html",
        "a.docm",
        "a.jpeg2",
        "a.p ng",
        "a.png ",
        "a.рng",
    ],
)
def test_what_is_no_type_is_refused_with_the_list(name: str) -> None:
    assert refusal(name).message == f"This type of file cannot be sent here. Allowed: {TWENTY}"


def test_where_nothing_may_be_sent_the_list_is_no_list() -> None:
    assert refusal("a.png", ()).message == "No files can be sent here."


@pytest.mark.parametrize(
    "program", ["exe", "js", "bat", "scr", "vbs", "ps1", "lnk", "php", "html", "svg", "docm", "jar", "sh", "hta"]
)
@pytest.mark.parametrize("pattern", ["invoice.{}.pdf", "photo.{}.jpeg", "a.{}.b.txt", "a.{}  .txt", "x.{}.tar.zip"])
def test_a_name_that_hides_a_program(program: str, pattern: str) -> None:
    """G-45: double extensions."""
    for name in (pattern.format(program), pattern.format(program.upper())):
        assert refusal(name).code == "file_name_hides_type"


@pytest.mark.parametrize(
    "name",
    [
        "report.v1.2.pdf",
        "www.example.com.pdf",
        "backup.tar.zip",
        "letter.docx.pdf",
        "app.log.txt",
        "exe.txt",
        "js.log",
        "2026.03.04 05.06.png",
        "my.app.log",
    ],
)
def test_dots_alone_hide_nothing(name: str) -> None:
    assert check_name(name, ALL) == f".{name.rpartition('.')[2]}"


def test_no_type_is_a_program() -> None:
    assert not {extension[1:] for extension in (*TYPES, *CONVERTIBLE)} & PROGRAMS


def test_an_accept_attribute_for_browsers_and_phones() -> None:
    assert accept((".jpeg", ".tiff", ".log", ".txt"), "customer", "windows") == (
        "image/jpeg,image/tiff,text/plain,.jpeg,.jpg,.tiff,.tif,.log,.txt"
    )
    assert accept((".jpeg", ".png"), "customer", "ios") == "image/jpeg,image/png,.jpeg,.jpg,.png"
    assert accept((".jpeg", ".png"), "customer", "android") == (
        "image/jpeg,image/png,image/heic,image/webp,image/avif,.jpeg,.jpg,.png,.heic,.heif,.webp,.avif"
    )
    assert accept((".jpeg", ".png"), "technician", "unknown") == accept((".jpeg", ".png"), "customer", "android")


# --- a portal's own rules (G-48) -----------------------------------------------------------------------------------


def test_a_portal_changes_the_list_of_one_class() -> None:
    rules = FileRules(customers={"ios": SenderRules(types=[".txt", ".jpeg"]), "windows": SenderRules(types=[])})
    assert allowed(rules, "customer", "ios") == (".jpeg", ".txt")
    assert allowed(rules, "customer", "windows") == ()
    for device in get_args(DeviceClass):
        assert allowed(rules, "technician", device) == ALL
        if device not in ("ios", "windows"):
            assert allowed(rules, "customer", device) == allowed(DEFAULTS, "customer", device)


def test_a_portal_changes_the_list_of_technicians() -> None:
    rules = FileRules(technicians=SenderRules(types=[".pdf"]))
    assert allowed(rules, "technician", "ios") == (".pdf",)
    assert allowed(rules, "customer", "windows") == ALL


def test_sizes_are_set_for_each_class() -> None:
    rules = FileRules(customers={"ios": SenderRules(max_bytes=5 * MIB, image_max_bytes=7 * MIB)})
    assert max_bytes(rules, "customer", "ios", ".jpeg") == 5 * MIB
    assert (
        max_bytes(rules, "customer", "windows", ".jpeg") == max_bytes(rules, "customer", "windows", ".heic") == 10 * MIB
    )
    assert max_bytes(rules, "customer", "windows", ".pdf") == max_bytes(rules, "technician", "ios", ".pdf") == 25 * MIB
    assert allowed(rules, "customer", "ios") == allowed(DEFAULTS, "customer", "ios")


def test_a_size_at_its_bound() -> None:
    check_size(1, 100)
    check_size(100, 100)
    for size in (0, -1):
        with pytest.raises(FileRefused) as empty:
            check_size(size, 100)
        assert empty.value.code == "file_empty"
    with pytest.raises(TooLarge, match="at most 25 MiB"):
        check_size(25 * MIB + 1, 25 * MIB)
    with pytest.raises(TooLarge, match="at most 100 bytes"):
        check_size(101, 100)


@pytest.mark.parametrize(
    "rules",
    [
        {"technicians": {"types": [".exe"]}},
        {"customers": {"ios": {"types": [".heic"]}}},
        {"customers": {"phone": {}}},
        {"technicians": {"max_bytes": 0}},
        {"technicians": {"max_bytes": 4097 * MIB}},
        {"technicians": {"image_max_bytes": 65 * MIB}},
        {"max_pixels": 64_000_001},
        {"max_pixels": 0},
        {"customer_day_bytes": -1},
        {"types": []},
    ],
    ids=str,
)
def test_rules_that_make_no_sense_are_refused(rules: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"files": rules}, PortalSettings)


def test_rules_are_stored_with_the_portal() -> None:
    settings = PortalSettings(files=FileRules(customers={"ios": SenderRules(types=[".png"])}, max_pixels=1_000_000))
    assert msgspec.convert(msgspec.to_builtins(settings), PortalSettings) == settings
    assert msgspec.convert({}, PortalSettings).files == DEFAULTS


# --- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("photo.jpeg", "photo.jpeg"),
        ("  снимок  экрана .png ", "снимок экрана.png"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\a\\Desktop\\b.pdf", "b.pdf"),
        ("C:\\fakepath\\b.pdf", "b.pdf"),
        ("..", "file"),
        ("", "file"),
        (" . ", "file"),
        ("\u202e\u200b", "file"),
        (".htaccess", "htaccess"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066a\u2069\u200e\u200f\ufeff.txt", "a.txt"),
        ("a\r\nSet-Cookie: b.txt", "a Set-Cookie_ b.txt"),
        ("a\x00.png\x1b[31m.txt", "a.png[31m.txt"),
        ('a"b<c>d:e|f?g*h.txt', "a_b_c_d_e_f_g_h.txt"),
        ("a\u2028b\u00a0c\u3000d.txt", "a b c d.txt"),
        ("invoice.pdf\u2800\u3164\u2800.exe", "invoice.pdf.exe"),
        ("\ud800a.txt", "a.txt"),
        ("CON.txt", "_CON.txt"),
        ("lpt1.tar.zip", "_lpt1.tar.zip"),
        ("console.txt", "console.txt"),
        ("a.txt...", "a.txt"),
        ("日本語.docx", "日本語.docx"),
        ("مرحبا.pdf", "مرحبا.pdf"),
        ("👍🏽.png", "👍🏽.png"),
    ],
    ids=ascii,
)
def test_a_name_is_made_plain(given: str, clean: str) -> None:
    assert clean_name(given) == clean


def test_a_long_name_keeps_its_ending() -> None:
    assert clean_name("я" * 400 + ".jpeg") == "я" * 145 + ".jpeg"
    assert clean_name("a" * 400) == "a" * 150
    assert clean_name("Dear all. " + "b" * 400) == ("Dear all. " + "b" * 400)[:150]


@given(st.one_of(st.text(), st.text(alphabet="./\\ \u202ea\0:CON"), st.text(min_size=140, max_size=200)))
def test_any_name(name: str) -> None:
    """G-45: whatever it was, the result can be shown, saved and put into a header; and is what it is made of itself."""
    clean = clean_name(name)
    assert 0 < len(clean) <= NAME_CHARS
    assert clean == clean.strip() == clean_name(clean)
    assert not set(clean) & set('/\\<>:"|?*\r\n\0')
    assert not clean.startswith(".")
    assert not clean.endswith(".")
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in clean)
    clean.encode()


@given(st.text(max_size=200), st.sampled_from(ALL))
def test_an_allowed_ending_survives(stem: str, extension: Extension) -> None:
    assert clean_name(f"a{stem}b{extension}").endswith(extension)


@pytest.mark.parametrize(
    ("name", "extension", "wanted"),
    [
        ("IMG_1.HEIC", ".jpeg", "IMG_1.jpeg"),
        ("a.b.webp", ".png", "a.b.png"),
        ("a.jpg", ".jpeg", "a.jpg"),
        ("a.PNG", ".png", "a.PNG"),
    ],
)
def test_a_picture_is_named_for_what_it_became(name: str, extension: str, wanted: str) -> None:
    assert renamed(name, extension) == wanted
