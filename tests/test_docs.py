"""The documents are true where a program can tell: links, commands, dependencies, numbers, forbidden words."""

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from server.settings import Settings

ROOT: Final = Path(__file__).parents[1]
DECISIONS: Final = ROOT / "docs" / "decisions"
DOCUMENTS: Final = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LOCKS: Final = [*sorted(ROOT.glob("requirements*.lock")), ROOT / "package-lock.json"]
PARTS: Final = ("Status:", "## Context", "## Decision", "## Consequences")
SCREEN: Final = 50
"""Most lines of a decision, tables aside."""
PICTURE_BYTES: Final = 300 * 1024

HEAVY: Final = re.compile(r"^(?:torch|stanza|spacy|minisbd|sacremoses|onnxruntime|nvidia-[a-z0-9-]+)\b", re.MULTILINE)
FENCE: Final = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING: Final = re.compile(r"^#+ +(.*)$", re.MULTILINE)
FORBIDDEN: Final = {
    "a path of somebody's machine": re.compile(r"(?<![\w.])/(work|root|tmp|home|Users)/"),
    "the address of a registry": re.compile(r"https?://[^ \"]*(?:/simple/|/packages/|/-/[^ ]*\.tgz)"),
    "an address of a private network": re.compile(r"\b(?:10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+\b"),
}


def name(file: Path) -> str:
    """The path from the root."""
    return file.relative_to(ROOT).as_posix()


@cache
def prose(file: Path) -> str:
    """A document without its blocks of code."""
    return FENCE.sub("", file.read_text())


def anchors(file: Path) -> set[str]:
    """What may stand behind ``#``: each heading as GitHub names it."""
    found = set()
    for heading in HEADING.findall(prose(file)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-"))
    return found


def broken(file: Path) -> list[str]:
    """Links of a document that lead nowhere inside the repository."""
    wrong = []
    for link in LINK.findall(prose(file)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        inside = target.exists() and target.is_relative_to(ROOT)
        if not inside or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("file", DOCUMENTS, ids=name)
def test_links_inside_the_repository_resolve(file: Path) -> None:
    """Files and headings."""
    assert broken(file) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    """The check itself."""
    assert anchors(ROOT / "README.md") >= {"two-commands", "what-is-promised-and-how-it-is-proven"}
    file = tmp_path / "x.md"
    file.write_text("[a](nowhere.md) [b](#no-heading) [c](https://example.com)\n```\n[d](gone.md)\n```\n")
    assert broken(file) == ["nowhere.md", "#no-heading"]


def targets() -> set[str]:
    """Targets of the Makefile."""
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("file", DOCUMENTS, ids=name)
def test_commands_that_are_named_exist(file: Path) -> None:
    """``make …`` is a target of the Makefile, ``scripts/…`` a file, ``npm run …`` a script of package.json."""
    text = file.read_text()
    in_code = "\n".join(re.findall(r"`([^`\n]+)`", text) + FENCE.findall(text))
    assert set(re.findall(r"(?:^|\s)make ([a-z-]+)", in_code, re.MULTILINE)) <= targets()
    assert [path for path in set(re.findall(r"\bscripts/[\w.-]*\w", text)) if not (ROOT / path).exists()] == []
    scripts = json.loads((ROOT / "package.json").read_text())["scripts"]
    assert set(re.findall(r"npm run (?:--silent )?([a-z-]+)", in_code)) <= set(scripts)


def test_readme_names_the_two_commands() -> None:
    """What somebody types first."""
    assert {"run", "test"} <= set(re.findall(r"^make ([a-z]+)", (ROOT / "README.md").read_text(), re.MULTILINE))


def dependencies() -> set[str]:
    """What pyproject.toml and package.json ask for, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    package = json.loads((ROOT / "package.json").read_text())
    python = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    for extra in project["project"].get("optional-dependencies", {}).values():
        python += extra
    names = {re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0] for requirement in python}
    return names | set(package.get("dependencies", {})) | set(package.get("devDependencies", {}))


def test_every_dependency_has_its_line_and_no_other_has() -> None:
    """docs/decisions/0002 says of each package why it earns its place."""
    text = (DECISIONS / "0002-dependencies.md").read_text()
    listed = re.findall(r"^\| `([^`]+)` \| .{10,} \|$", text, re.MULTILINE)
    assert len(listed) == len(set(listed)), "a package has two lines"
    assert set(listed) == dependencies()


def test_decisions_are_numbered_listed_and_one_screen_long() -> None:
    """Status, context, decision, consequences; none missing between the first and the last number."""
    files = sorted(DECISIONS.glob("[0-9]*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    assert re.findall(r"\]\((\d{4}[^)]*)\)", (DECISIONS / "README.md").read_text()) == [file.name for file in files]
    for file in files:
        text = file.read_text()
        assert [part for part in PARTS if f"\n{part}" not in text] == [], file.name
        assert text.startswith(f"# {file.name[:4]} "), file.name
        assert len([line for line in text.splitlines() if not line.startswith("|")]) <= SCREEN, file.name


def test_numbers_of_settings_in_the_architecture_are_the_defaults() -> None:
    """Where a setting is named with a number, it is the number of server/settings.py."""
    named = re.findall(r"`([a-z_]+)` ([0-9]+)\b", (ROOT / "docs" / "architecture.md").read_text())
    defaults = {key: getattr(Settings(), key) for key in Settings.__struct_fields__}
    assert {key for key, _ in named} >= {"inbox_frames", "outbox_frames"}
    wrong = [(key, value) for key, value in named if key in defaults and int(value) != defaults[key]]
    assert wrong == []


@pytest.mark.parametrize("file", [*DOCUMENTS, *LOCKS], ids=name)
def test_nothing_that_belongs_to_a_machine(file: Path) -> None:
    """No paths, registries or private addresses."""
    text = file.read_text()
    assert {what: found for what, pattern in FORBIDDEN.items() if (found := pattern.findall(text))} == {}


def test_what_must_not_be_there_is_found() -> None:
    """The check itself."""
    planted = "see /home/ada/x, https://mirror.example/simple/x, 192.168.1.4"
    assert all(pattern.search(planted) for pattern in FORBIDDEN.values())


@pytest.mark.parametrize("file", [one for one in LOCKS if one.suffix == ".lock"], ids=name)
def test_locks_leave_out_what_is_never_imported(file: Path) -> None:
    """scripts/excludes.txt: torch, CUDA and other splitters of sentences, 3 GB of them."""
    text = file.read_text()
    assert "\nargostranslate==" in text
    assert HEAVY.findall(text) == []


def test_pictures_are_there_and_small() -> None:
    """Made by `make screenshots`, and curves by `python -m bench.plot`; each is shown somewhere."""
    shown: set[Path] = set()
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        text = document.read_text()
        found = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
        found += re.findall(r"<img src=\"([^\"]+)\"[^>]* alt=\"[^\"]+\"", text)
        shown |= {(document.parent / picture).resolve() for picture in found if "pictures/" in picture}
    assert {*(ROOT / "docs" / "pictures").iterdir()} == shown
    assert {picture.name for picture in shown if picture.stat().st_size > PICTURE_BYTES} == set()
