"""What a refusal says: every code of the server has words, in every language, on the pages that may meet it.

Codes of the set-up have reasons, and a test of their own (tests/domain/test_set_up.py).
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from server.accounts.technicians import CODE_REQUIRED
from server.domain.ticket import RULES
from server.errors import DeskwireError

ROOT: Final = Path(__file__).parents[1]
ANOTHER: Final = ROOT / "server/uploads/drawing.py"
"""Has a Refused of its own, whose reasons are those of a file."""
OWN_WORDS: Final = ("static/portal/account/words.ts", "static/shared/files/words.ts")
"""Parts with tables of their own: code -> key of their catalog, whose keys the compiler checks."""

EVERYBODY: Final = {
    *("bad_input", "unauthenticated", "forbidden", "not_found", "conflict", "too_large", "too_many", "busy"),
    *("storage_full", "day_quota", "too_many_uploads", "file_empty", "file_infected", "file_name_hides_type"),
    *("file_fault", "chat_ended", "ticket_done", "cannot_share", "too_many_shares"),
}
CUSTOMERS: Final = {
    *("chat_running", "email_taken", "key_invalid", "not_waiting", "portal_closed", "portal_disabled"),
    *("sharing_off", "sign_in_instead", "sign_in_required", "tell_later_off", "way_closed", "wrong_password"),
}
TECHNICIANS: Final = {
    *RULES,
    *("keys_off", "not_available", "tls_required", "too_many_keys", "totp_not_started", "totp_on"),
}
PAGES: Final = {
    # asked for the second factor; files that are not taken, with what is; answers to programs
    *(CODE_REQUIRED, "file_content", "file_type_not_allowed", "file_not_scanned"),
    *("error", "offset", "resend_from", "superseded", "upload_cancelled", "upload_done"),
}
"""Codes upon which a page does something, or says something else than what the code is called."""


def kinds(of: type[DeskwireError] = DeskwireError) -> Iterator[type[DeskwireError]]:
    yield of
    for kind in of.__subclasses__():
        yield from kinds(kind)


def raised() -> Iterator[str]:
    """What a module names in ``Refused("…", …)``, or ``FileRefused``."""
    for file in {*(ROOT / "server").rglob("*.py")} - {ANOTHER}:
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(ast.Name("Refused" | "FileRefused"), [ast.Constant(str() as code), *_]):
                    yield code


def catalogs(language: str, *names: str) -> set[str]:
    """Codes for which there is an ``error.<code>``, or an entry in one of the tables."""
    texts: set[str] = set()
    for name in names:
        texts |= json.loads((ROOT / f"static/locales/{language}/{name}.json").read_text()).keys()
    tables = "".join((ROOT / path).read_text() for path in OWN_WORDS)
    return {key.removeprefix("error.") for key in texts} | set(re.findall(r'^  (\w+): "\w+\.\w+",$', tables, re.M))


def test_it_is_known_who_meets_which_code() -> None:
    codes = {kind.code for kind in kinds() if "code" in kind.__dict__} | {*raised(), *RULES, CODE_REQUIRED}
    assert codes == EVERYBODY | CUSTOMERS | TECHNICIANS | PAGES


@pytest.mark.parametrize("language", ["en", "fr", "nl", "ru"])
def test_each_of_them_has_words(language: str) -> None:
    assert catalogs(language, "common", "portal") >= EVERYBODY | CUSTOMERS
    assert catalogs(language, "common", "console") >= EVERYBODY | TECHNICIANS
