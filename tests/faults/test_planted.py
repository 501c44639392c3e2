"""Bugs planted into real servers, each run under the fault that reveals it: the checker finds every one (X-2).

And the same faults on a server without a bug, where it finds nothing.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.checker import check
from tests.faults.planted import BUGS
from tests.faults.scenes import REVEALED_BY, SCENES
from tests.support.postgres import Postgres

pytestmark = pytest.mark.faults

FOUND: set[str] = set()


@pytest.fixture(scope="module", autouse=True)
def score() -> Iterator[None]:
    """The mutation score, at the end."""
    yield
    print(f"\nplanted bugs found: {len(FOUND)} of {len(BUGS)}")


def test_each_bug_has_its_scene() -> None:
    assert set(REVEALED_BY) == set(BUGS)


@pytest.mark.parametrize("bug", BUGS)
async def test_the_checker_finds_it(bug: str, own: Postgres, tmp_path: Path) -> None:
    """By a verdict that is about it, among others."""
    scene, verdict = REVEALED_BY[bug]
    violations = check(await SCENES[scene](tmp_path, bug, own))
    assert any(violation.startswith(verdict) for violation in violations), violations or "found nothing"
    FOUND.add(bug)
    print(f"{bug}: {len(violations)} violations, such as: {violations[0]}")


@pytest.mark.parametrize("scene", ["a message is overtaken", "Redis away at the end", "one writer is slow"])
async def test_the_same_without_a_bug(scene: str, own: Postgres, tmp_path: Path) -> None:
    """Of the other scenes test_failpoints and test_nemeses have more; the long form plays all of them."""
    assert check(await SCENES[scene](tmp_path, "", own)) == []
