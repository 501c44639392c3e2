"""Which files may be sent by whom: types, sizes, names. What is in a file stands in ``server/uploads``.

A type is named by its extension with the dot, in small letters: ``.jpeg``. A *convertible* picture (HEIC, WebP, AVIF)
is taken where JPEG and PNG are, and stored as one of the two: no list gets longer by it.
"""

import unicodedata
from collections.abc import Sequence
from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import Meta

from server.domain.devices import DeviceClass
from server.domain.people import Side
from server.errors import FileRefused, TooLarge

Family = Literal["image", "document", "archive", "text"]
Extension = Literal[
    ".jpeg",
    ".png",
    ".gif",
    ".bmp",
    ".tiff",
    ".pdf",
    ".doc",
    ".docx",
    ".odt",
    ".xls",
    ".xlsx",
    ".ppt",
    ".pptx",
    ".pps",
    ".ppsx",
    ".log",
    ".cfg",
    ".rar",
    ".zip",
    ".txt",
]
"""The twenty types, in the order in which people are told of them (G-40)."""

Reason = Literal[
    "mismatch",
    "broken",
    "active",
    "macros",
    "disguise",
    "bomb",
    "climbs",
    "locked",
    "binary",
    "pixels",
    "effort",
]
"""Why a content is refused.

mismatch: it is something else than the name says · broken: damaged or cut off · active: a program, a script or a page
under another name · macros · disguise: a second thing hides in it · bomb: it unpacks to too much · climbs: it unpacks
to places outside · locked: a password keeps it from being looked at · binary: a text that is none · pixels: a picture
of too many · effort: looking at it takes too long.
"""


class FileType(msgspec.Struct, frozen=True):
    """A type that can be sent."""

    family: Family
    media_type: str
    aliases: tuple[str, ...] = ()


_MS: Final = "application/vnd.ms-"
_OPEN: Final = "application/vnd.openxmlformats-officedocument."
TYPES: Final[dict[str, FileType]] = {
    ".jpeg": FileType("image", "image/jpeg", (".jpg",)),
    ".png": FileType("image", "image/png"),
    ".gif": FileType("image", "image/gif"),
    ".bmp": FileType("image", "image/bmp"),
    ".tiff": FileType("image", "image/tiff", (".tif",)),
    ".pdf": FileType("document", "application/pdf"),
    ".doc": FileType("document", "application/msword"),
    ".docx": FileType("document", _OPEN + "wordprocessingml.document"),
    ".odt": FileType("document", "application/vnd.oasis.opendocument.text"),
    ".xls": FileType("document", _MS + "excel"),
    ".xlsx": FileType("document", _OPEN + "spreadsheetml.sheet"),
    ".ppt": FileType("document", _MS + "powerpoint"),
    ".pptx": FileType("document", _OPEN + "presentationml.presentation"),
    ".pps": FileType("document", _MS + "powerpoint"),
    ".ppsx": FileType("document", _OPEN + "presentationml.slideshow"),
    ".log": FileType("text", "text/plain"),
    ".cfg": FileType("text", "text/plain"),
    ".rar": FileType("archive", "application/vnd.rar"),
    ".zip": FileType("archive", "application/zip"),
    ".txt": FileType("text", "text/plain"),
}

CONVERTIBLE: Final[dict[str, FileType]] = {
    ".heic": FileType("image", "image/heic", (".heif",)),
    ".webp": FileType("image", "image/webp"),
    ".avif": FileType("image", "image/avif"),
}
"""Pictures that phones make and many programs cannot open: they become JPEG, or PNG where that keeps more."""

ALL: Final[tuple[Extension, ...]] = get_args(Extension)
PICTURES: Final = tuple(extension for extension in ALL if TYPES[extension].family == "image")
"""What customers on iOS send, and whoever's device is not known (G-41, G-45)."""
DEFAULT_TYPES: Final[dict[DeviceClass, tuple[Extension, ...]]] = {
    "windows": ALL,
    "macos": ALL,
    "linux": ALL,
    "chromeos": ALL,
    "android": ALL,
    "ios": PICTURES,
    "unknown": PICTURES,
}

MIB: Final = 1_048_576
FILE_BYTES: Final = 25 * MIB
"""What a mail server takes, so what people have learnt to expect."""
IMAGE_BYTES: Final = 10 * MIB
MAX_PIXELS: Final = 40_000_000
"""Wider times high. A phone's 12 and a camera's 36 megapixels pass."""
PIXELS_CEILING: Final = 64_000_000
"""More than this no portal can allow: the process that decodes pictures has memory for so many."""
CUSTOMER_DAY_BYTES: Final = 200 * MIB
NAME_CHARS: Final = 150

FileBytes = Annotated[int, Meta(ge=1, le=4096 * MIB)]
ImageBytes = Annotated[int, Meta(ge=1, le=64 * MIB)]


class SenderRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one kind of sender may send. ``types`` left out: the default of that kind."""

    types: list[Extension] | None = None
    max_bytes: FileBytes = FILE_BYTES
    image_max_bytes: ImageBytes = IMAGE_BYTES


class FileRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A portal's rules (G-48), stored as JSON in its settings: what is not said has its default."""

    technicians: SenderRules = SenderRules()
    customers: dict[DeviceClass, SenderRules] = msgspec.field(default_factory=dict)
    max_pixels: Annotated[int, Meta(ge=1, le=PIXELS_CEILING)] = MAX_PIXELS
    customer_day_bytes: Annotated[int, Meta(ge=0)] = CUSTOMER_DAY_BYTES
    """What one customer may send within a day."""


def sender_rules(rules: FileRules, side: Side, device_class: DeviceClass) -> SenderRules:
    """The rules for this sender; a technician's do not depend on the device, neither side's (G-46)."""
    return rules.technicians if side == "technician" else rules.customers.get(device_class, SenderRules())


def allowed(rules: FileRules, side: Side, device_class: DeviceClass) -> tuple[Extension, ...]:
    """The types that this sender may send, in the order of TYPES."""
    said = sender_rules(rules, side, device_class).types
    if said is None:
        return ALL if side == "technician" else DEFAULT_TYPES[device_class]
    return tuple(extension for extension in ALL if extension in said)


def accept(types: Sequence[str], side: Side, device_class: DeviceClass) -> str:
    """The list as an ``accept`` attribute: media types for phones, which know no extensions, and the extensions.

    Most systems do not offer a picture that is not asked for. iOS turns HEIC into JPEG by itself where HEIC is not.
    """
    asked = converts(types) and (side == "technician" or device_class not in ("ios", "unknown"))
    convertible = CONVERTIBLE if asked else ()
    shown = [*types, *convertible]
    media = dict.fromkeys(_EVERY[extension].media_type for extension in shown)
    names = [name for extension in shown for name in (extension, *_EVERY[extension].aliases)]
    return ",".join([*media, *names])


def converts(types: Sequence[str]) -> bool:
    """Whether convertible pictures are taken: both of what they may become has to be allowed."""
    return ".jpeg" in types and ".png" in types


def file_type(extension: str) -> FileType:
    """The type of a canonical extension, convertible ones included."""
    return _EVERY[extension]


def max_bytes(rules: FileRules, side: Side, device_class: DeviceClass, extension: str) -> int:
    """The largest file of this type that this sender may send."""
    of_sender = sender_rules(rules, side, device_class)
    is_image = file_type(extension).family == "image"
    return min(of_sender.image_max_bytes, of_sender.max_bytes) if is_image else of_sender.max_bytes


def check_size(size: int, limit: int) -> None:
    """Raises FileRefused for nothing at all, TooLarge for more than the limit."""
    if size <= 0:
        raise FileRefused("file_empty", "This file is empty.")
    if size > limit:
        raise TooLarge(f"This file is too large; at most {_size_text(limit)}.")


def check_name(name: str, types: Sequence[str]) -> str:
    """The canonical extension of a name that ``clean_name`` made. Raises FileRefused, naming what is allowed."""
    stem, dot, last = name.rpartition(".")
    extension = _CANONICAL.get(f".{last.lower()}") if dot and stem else None
    if extension is None or not (extension in types or (extension in CONVERTIBLE and converts(types))):
        raise FileRefused("file_type_not_allowed", _not_allowed(types), types=tuple(types))
    hidden = [part for part in stem.lower().split(".")[1:] if part.strip() in PROGRAMS]
    if hidden:
        said = f"The name of this file says .{hidden[-1].strip()} before its ending, as hidden programs do. Rename it."
        raise FileRefused("file_name_hides_type", said)
    return extension


def renamed(name: str, extension: str) -> str:
    """The name of what a convertible picture became: photo.heic -> photo.jpeg."""
    stem, _, last = name.rpartition(".")
    return name if _CANONICAL.get(f".{last.lower()}") == extension else f"{stem}{extension}"


def clean_name(name: str) -> str:
    """A name that can be shown and saved anywhere: one line, no path, nothing invisible, never empty.

    What is invisible (control, format, bidi) goes, what some file system does not take becomes "_", the rest stays in
    its script. A long name is cut in its stem and keeps its ending.
    """
    shown = "".join(map(_shown, unicodedata.normalize("NFC", name)))
    base = " ".join(shown.replace("\\", "/").rpartition("/")[2].split())
    plain = unicodedata.normalize("NFC", base.translate(_NOT_IN_NAMES)).lstrip(". ").rstrip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > _ENDING_CHARS:
        stem, dot, ending = plain, "", ""
    if stem.partition(".")[0].strip().lower() in _DEVICES:
        stem = f"_{stem}"
    kept = stem[: NAME_CHARS - len(dot + ending)].rstrip(". ")
    return f"{kept or 'file'}{dot}{ending}"


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Zs", "Zl", "Zp") or char in "\t\n\r\v\f":
        return " "
    return "" if category in ("Cc", "Cf", "Cs", "Co", "Cn") or char in _BLANK_LETTERS else char


def _not_allowed(types: Sequence[str]) -> str:
    if not types:
        return "No files can be sent here."
    return f"This type of file cannot be sent here. Allowed: {' '.join(types)}"


def _size_text(size: int) -> str:
    return f"{size / MIB:.4g} MiB" if size >= MIB else f"{size} bytes"


_EVERY: Final[dict[str, FileType]] = {**TYPES, **CONVERTIBLE}
_CANONICAL: Final = {name: extension for extension in _EVERY for name in (extension, *_EVERY[extension].aliases)}
_ENDING_CHARS: Final = 16
"""What is longer than this after the last dot is a part of the sentence that somebody used as a name."""
_NOT_IN_NAMES: Final = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
"""What Windows does not take in names."""
_BLANK_LETTERS: Final = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters by their category, and blank to the eye."""
_DEVICES: Final = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)
"""Names that mean a device on Windows, whatever ending follows."""

PROGRAMS: Final = frozenset(
    """
    exe scr pif cpl msi msp mst msix appx dll ocx jar bat cmd ps1 psm1 psd1 vbs vbe js jse mjs ws wsf wsh hta sct lnk
    url scf reg msc chm hlp application gadget library-ms search-ms settingcontent-ms iqy slk xll docm dotm xlsm xltm
    xlam pptm potm ppsm ppam sldm sh bash zsh csh ksh fish command desktop py pyw pyc pyz rb php php3 php4 php5 php7
    php8 phtml phar asp aspx ashx jsp jspx cgi htm html xhtml shtml xht svg svgz mht mhtml swf apk apks ipa dmg pkg deb
    rpm appimage iso img vhd vhdx wasm class elf
    """.split()  # noqa: SIM905 - a hundred quoted words would be no list to read
)
"""Endings of what runs, or is rendered as a page. Not "com", which www.example.com.pdf has, nor others that are words
of log names (app, run, bin)."""
