"""Programs of the system that the corpus needs."""

import os
import shutil

import pytest


def needs(program: str) -> str:
    """Its path; without it the test is skipped, and fails where everything has to be there."""
    path = shutil.which(program)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"{program} is missing: make test-tools")
        pytest.skip(f"{program} is missing: make test-tools")
    return path
