"""docs/behaviour.md keeps its word: every known id has one line, and what is called done names tests that exist.

Reads the tests with ``ast`` and imports none of them.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import pytest

ROOT: Final = Path(__file__).parents[1]
DOCUMENT: Final = ROOT / "docs" / "behaviour.md"

KNOWN: Final = {
    "G": "01-06 10-18 20-36 40-48 50-54",
    "B": "01-08 10-13 20-23 30-33 40-43 50-52 60-63 70-76",
    "S": "01-04 10-24 30-35 40-46 50-53",
    "N": "01-12",
    "R": "01-06 10-14 20-21 30-33",
    "C": "01-37",
    "X": "1-12",
}
"""All ids. One is never given to something else; new ones are added here."""

STATES: Final = ("done", "partly", "planned")
ROW: Final = re.compile(r"^\| *([A-Z]-[0-9]+) *\|(.*)\|$")
ID: Final = re.compile(r"\b[GBSNRCX]-[0-9]{1,3}\b")
ID_IN_NAME: Final = re.compile(r"(?<=_)([gbsnrcx])([0-9]{1,2})(?=_|$)")


class Line(msgspec.Struct, frozen=True):
    """A row of one of the tables."""

    id: str
    what: str
    state: str
    missing: str
    """what a line that is partly done lacks"""
    proofs: tuple[str, ...]


def known_ids() -> list[str]:
    """Every id, in order."""
    found = []
    for group, ranges in KNOWN.items():
        for part in ranges.split():
            first, last = part.split("-")
            width = len(first) if group != "X" else 1
            found += [f"{group}-{number:0{width}}" for number in range(int(first), int(last) + 1)]
    return found


def parsed(text: str) -> list[Line]:
    """The rows of the document. Raises ValueError for one that is no row of ours."""
    lines = []
    for row in text.splitlines():
        match = ROW.match(row)
        if match is None:
            if row.startswith("|") and not row.startswith(("| id ", "| State ", "|--", "| `")):
                raise ValueError(f"not a row: {row}")
            continue
        cells = [cell.strip() for cell in match[2].split("|")]
        if len(cells) != 3:
            raise ValueError(f"{match[1]}: {len(cells) + 1} cells instead of 4")
        what, state, proof = cells
        word, _, missing = state.partition(": ")
        proofs = () if proof == "-" else tuple(part.strip().strip("`") for part in proof.split("<br>"))
        lines.append(Line(match[1], what, word, missing, proofs))
    return lines


@cache
def modules() -> dict[str, ast.Module]:
    """Every Python file of the tests, by its path from the root."""
    files = sorted((ROOT / "tests").rglob("*.py"))
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text()) for file in files}


def provable(module: ast.Module) -> Iterator[str]:
    """What may stand behind ``::``: functions, methods of test classes, and state machines given to pytest."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            methods = [n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
            yield from (f"{node.name}::{method.name}" for method in methods if method.name.startswith("test_"))
        elif isinstance(node, ast.Assign):
            targets = [target for target in node.targets if isinstance(target, ast.Name)]
            yield from (target.id for target in targets if target.id.startswith("Test"))


def wrong_proof(proof: str) -> str | None:
    """Why this is no proof, or None."""
    path, _, name = proof.partition("::")
    if path.endswith(".test.mjs"):
        file = ROOT / path
        if not file.is_file():
            return f"no file {path}"
        return None if f'"{name}"' in file.read_text() else f"no test {name!r} in {path}"
    if path not in modules():
        return f"no file {path}"
    return None if name in set(provable(modules()[path])) else f"no test {name!r} in {path}"


def cited(module: ast.Module) -> Iterator[str]:
    """Ids in the docstrings and in the names of a module's tests."""
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from ID.findall(ast.get_docstring(node) or "")
            if not isinstance(node, ast.Module):
                yield from (f"{group.upper()}-{number}" for group, number in ID_IN_NAME.findall(node.name))


@cache
def document() -> list[Line]:
    """The lines as committed."""
    return parsed(DOCUMENT.read_text())


def test_every_known_id_has_exactly_one_line_in_order() -> None:
    """Nothing is forgotten, doubled or made up."""
    found = [line.id for line in document()]
    doubled = [id_ for id_, count in Counter(found).items() if count > 1]
    assert not doubled, f"more than one line: {doubled}"
    assert set(found) - set(known_ids()) == set(), "unknown ids"
    assert set(known_ids()) - set(found) == set(), "ids without a line"
    assert found == known_ids(), "the lines are not in order"


@pytest.mark.parametrize("line", document(), ids=lambda line: line.id)
def test_a_line_says_what_holds_and_what_proves_it(line: Line) -> None:
    """Done and partly name tests that exist; partly says what is missing; planned claims nothing."""
    assert line.what, "says nothing"
    assert line.state in STATES, f"unknown state {line.state!r}"
    assert bool(line.missing) == (line.state == "partly"), "'partly: …' says what is missing, and nothing else does"
    if line.state == "planned":
        assert not line.proofs, "planned, yet it names a test"
        return
    assert line.proofs, f"{line.state}, but no test proves it"
    assert [problem for proof in line.proofs if (problem := wrong_proof(proof))] == []


@pytest.mark.parametrize("path", sorted(modules()))
def test_tests_cite_known_ids_only(path: str) -> None:
    """A test that cites an id cites one that the document has."""
    if path == "tests/test_behaviour.py":
        return
    assert set(cited(modules()[path])) - {line.id for line in document()} == set()


def test_the_checks_find_what_is_wrong() -> None:
    """The parser and the look-ups meet planted faults."""
    here = "tests/test_behaviour.py::test_the_checks_find_what_is_wrong"
    [line] = parsed(f"| G-10 | Something. | partly: no sound | `{here}`<br>`tests/nowhere.py::test_x` |")
    assert (line.id, line.state, line.missing) == ("G-10", "partly", "no sound")
    assert [wrong_proof(proof) for proof in line.proofs] == [None, "no file tests/nowhere.py"]
    assert wrong_proof("tests/test_behaviour.py::test_nothing") is not None
    assert wrong_proof("tests/test_behaviour.py") is not None
    assert wrong_proof("static/nowhere.test.mjs::x") is not None
    with pytest.raises(ValueError, match="cells"):
        parsed("| G-10 | Something. | done |")
    with pytest.raises(ValueError, match="not a row"):
        parsed("| G10 | Something. | done | - |")
    planted = 'def test_m_g99_x():\n    """G-26 and X-13, not ACME-1."""'
    assert sorted(cited(ast.parse(planted))) == ["G-26", "G-99", "X-13"]
