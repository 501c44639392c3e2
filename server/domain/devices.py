"""Device class, system and browser of a customer, from the user agent and what the page adds.

A hint for people and for the file policy's first answer, never a security boundary.
"""

from typing import Any, Final, Literal

import msgspec
from ua_parser import parse

DeviceClass = Literal["windows", "macos", "linux", "chromeos", "android", "ios", "unknown"]

_LINUX: Final = (
    *("Linux", "Arch Linux", "CentOS", "Debian", "Fedora", "Gentoo", "Kubuntu", "Linux Mint", "Mandriva", "Red Hat"),
    *("Slackware", "SUSE", "openSUSE", "Ubuntu", "Xubuntu", "FreeBSD", "NetBSD", "OpenBSD"),
)
"""ua-parser names the distribution where the browser does."""
_CLASS: Final[dict[str, DeviceClass]] = {
    "Windows": "windows",
    "Mac OS X": "macos",
    **dict.fromkeys(_LINUX, "linux"),
    "Chrome OS": "chromeos",
    "Android": "android",
    "iOS": "ios",
}


class Device(msgspec.Struct, frozen=True):
    """What a technician sees of the customer's device (G-17)."""

    device_class: DeviceClass
    os: str
    browser: str


class Hints(msgspec.Struct, frozen=True):
    """What the page knows and the user agent hides."""

    max_touch_points: int = 0
    platform: str = ""
    mobile: bool = False
    device_class: DeviceClass | None = None
    os: str = ""
    app: str = ""


def _version(part: Any) -> str:
    numbers = [n for n in (part.major, part.minor) if n]
    return " ".join([part.family, ".".join(numbers)]).strip()


def classify(user_agent: str, hints: Hints | None = None, *, native: bool = False) -> Device:
    """The device behind a request.

    ``native``: the caller is an app with a bearer token, whose declared class counts. A browser's does not.
    An iPad in desktop mode says Macintosh but has a touch screen; an Android tablet in desktop mode says Linux but has
    one too and reports an ARM platform or no other sign of a Linux desktop.
    """
    hints = hints or Hints()
    parsed = parse(user_agent[:512])
    family = parsed.os.family if parsed.os else ""
    os = _version(parsed.os) if parsed.os else ""
    browser = _version(parsed.user_agent) if parsed.user_agent else ""
    if native and hints.device_class is not None:
        return Device(hints.device_class, hints.os or os, hints.app or browser)
    found: DeviceClass = _CLASS.get(family, "unknown")
    touch = hints.max_touch_points > 1
    if found == "macos" and touch:
        return Device("ios", "iPadOS", browser)
    if found == "linux" and (hints.platform == "Android" or (touch and _arm(hints.platform))):
        return Device("android", "Android", browser)
    return Device(found, os, browser)


def _arm(platform: str) -> bool:
    """navigator.platform of Android in desktop mode: Linux armv81, Linux aarch64."""
    return platform.lower().startswith(("linux arm", "linux aarch64", "android"))
