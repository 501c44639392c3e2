"""docs/operations.md says what is so: every setting with its default, every command, every check.

The words of a set-up stand in docs/administration.md.
"""

import re
from pathlib import Path
from typing import Any

import click
import pytest

from server.__main__ import main
from server.settings import PREFIX, Settings, load
from tests.cli.conftest import Place

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "operations.md").read_text()
ALL = TEXT + (DOCS / "administration.md").read_text()


def section(title: str) -> str:
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def written(value: Any) -> str:
    """A default as the table writes it."""
    if value == "":
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def test_every_setting_is_listed_with_its_variable_and_default() -> None:
    defaults = {name: getattr(Settings(), name) for name in Settings.__struct_fields__}
    expected = [[f"`{name}`", f"`{PREFIX}{name.upper()}`", written(value)] for name, value in defaults.items()]
    listed = [row[:3] for row in rows("Settings")]
    assert listed == expected, "docs/operations.md lists the settings in the order of server/settings.py"
    assert all(len(row[3]) > 5 for row in rows("Settings"))


def test_the_listed_defaults_are_values_that_settings_take() -> None:
    given = {row[1].strip("`"): row[2].strip("`") for row in rows("Settings") if row[2] != "–"}
    assert load(given) == Settings()


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command, here = group.get_command(context, name), (*path, name)
        found += commands(command, here) if isinstance(command, click.Group) else [here]
    return found


@pytest.mark.parametrize("command", commands(main), ids=" ".join)
def test_every_command_is_mentioned(command: tuple[str, ...]) -> None:
    assert all(re.search(rf"\b{re.escape(word)}\b", ALL) for word in command)


def test_every_command_that_an_example_runs_exists() -> None:
    known = commands(main)
    used = re.findall(
        r"(?:^|/)deskwire ((?:[a-z-]+ ?){1,2})", "\n".join(re.findall(r"```\w*\n(.*?)```", ALL, re.S)), re.M
    )
    assert used
    for words in used:
        names = tuple(words.split())
        assert names in known or names[:1] in known, f"deskwire {words}"


def test_every_check_of_the_doctor_is_in_the_table(place: Place) -> None:
    server = place.start("demo", "--serve")
    report = place.call("doctor", port=server.url.rpartition(":")[2]).out
    listed = {name.strip() for row in rows("The doctor") for name in row[0].split(",")}
    found = {line[6:].split("  ")[0].strip() for line in report.splitlines()}
    assert found
    assert found <= listed


def test_links_inside_the_page_lead_somewhere() -> None:
    titles = {title.lower().replace(" ", "-") for title in re.findall(r"^## (.+)$", TEXT, re.M)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) == titles
