"""Why a set-up is refused: every reason has a name, and a text in every language of the console."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.desk.administration.notices import MOST
from server.domain.set_up import SENTENCES, must, refuse, wrong
from server.errors import BadInput

ROOT = Path(__file__).parents[2]
REFUSE = ("must", "wrong", "refuse")
OURS = [*(ROOT / "server/desk/administration").glob("*.py"), ROOT / "server/desk/inviting.py"]
"""Modules in which a set-up is changed: what they refuse goes to administrators."""
PLAIN = ("roster.py",)
"""Of the command line, which speaks English."""
CONSOLE = {"needed", "form", "email", "too_large", "file_content"}
"""Reasons of the console's own, and codes that say enough."""


def calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node


def named(file: Path) -> set[str]:
    """The reasons that a module names."""
    if "from server.domain.set_up import" not in file.read_text():
        return set()
    found = [(name, call.args[1 if name == "must" else 0]) for name, call in calls(file) if name in REFUSE]
    return {str(ast.literal_eval(argument)) for _, argument in found}


def texts(language: str) -> dict[str, str]:
    catalog = json.loads((ROOT / f"static/locales/{language}/admin.json").read_text())
    return {key.removeprefix("refused."): text for key, text in catalog.items() if key.startswith("refused.")}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def test_every_reason_is_used_and_every_refusal_has_one() -> None:
    modules = [*(ROOT / "server").rglob("*.py")]
    assert set().union(*map(named, modules)) == set(SENTENCES)
    plain = {file.name for file in OURS for name, _ in calls(file) if name in ("BadInput", "Refused")}
    assert plain == set(PLAIN), "a refusal in English only"


@pytest.mark.parametrize("language", ["en", "fr", "nl", "ru"])
def test_the_console_says_all_of_them(language: str) -> None:
    said = texts(language)
    assert set(said) == set(SENTENCES) | CONSOLE
    for reason, sentence in SENTENCES.items():
        assert placeholders(said[reason]) == placeholders(sentence), reason
        assert language != "en" or said[reason] == sentence, "one wording, here and on the command line"


def test_a_refusal_carries_what_its_text_names() -> None:
    taken = refuse("host_taken", "hosts", code="name_taken", host="a.example")
    assert (taken.code, taken.reason, taken.field, taken.values) == (
        "name_taken",
        "host_taken",
        "hosts",
        {"host": "a.example"},
    )
    assert taken.message == "a.example shows another portal."
    assert wrong("fixed", "slug").message == "This cannot be changed later."
    must(condition=True, reason="fixed", field="slug")
    with pytest.raises(BadInput, match=r"^a\.example is named twice\.$"):
        must(condition=False, reason="host_twice", field="hosts", host="a.example")
    assert str(MOST) in SENTENCES["too_many_notices"]
