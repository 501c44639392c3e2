"""What a check found."""

from typing import Final, Literal

import msgspec

AS_ITS_USER: Final = "Run the doctor as the user that runs Deskwire (sudo -u deskwire …)."


class Finding(msgspec.Struct, frozen=True):
    """One fact. ``advice`` says what to change and is empty where all is well."""

    check: str
    level: Literal["ok", "warn", "fail"]
    text: str
    advice: str = ""


def ok(check: str, text: str) -> Finding:
    """As it should be."""
    return Finding(check, "ok", text)


def warn(check: str, text: str, advice: str) -> Finding:
    """Works, but somebody should know."""
    return Finding(check, "warn", text, advice)


def bad(check: str, text: str, advice: str) -> Finding:
    """Does not work."""
    return Finding(check, "fail", text, advice)
