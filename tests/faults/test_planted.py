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

ATTEMPTS = 4
"""Some bugs show only when two things happen at once, which no seed can order. Without a bug one scene is enough."""
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
    scene, verdicts = REVEALED_BY[bug]
    violations: list[str] = []
    for attempt in range(ATTEMPTS):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        violations = check(await SCENES[scene](folder, bug, own))
        if any(violation.startswith(tuple(verdicts.split())) for violation in violations):
            break
    else:
        pytest.fail(f"found nothing of it in {ATTEMPTS} scenes; the last one showed {violations}")
    FOUND.add(bug)
    print(f"{bug}: {len(violations)} violations, such as: {violations[0]}")


@pytest.mark.parametrize("scene", ["more than the rates allow", "Redis away at the end", "several write at once"])
async def test_the_same_without_a_bug(scene: str, own: Postgres, tmp_path: Path) -> None:
    """Of the other scenes test_failpoints and test_nemeses have more."""
    assert check(await SCENES[scene](tmp_path, "", own)) == []
