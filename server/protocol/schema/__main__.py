"""Command line: write what is generated, or check that what is committed is fresh."""

import argparse
import sys
from pathlib import Path

from server.protocol.schema import asyncapi, golden, rules, typescript

ROOT = Path(__file__).resolve().parents[3]


def types() -> dict[str, str]:
    """What git ignores: path -> text."""
    return {
        "static/shared/protocol.d.ts": typescript.declarations(),
        "static/shared/rules.ts": rules.module(),
    }


def documents() -> dict[str, str]:
    """What is committed: path -> text."""
    return {
        "docs/protocol/asyncapi.json": asyncapi.document(),
        "tests/golden/steps.json": golden.steps(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m server.protocol.schema", description=__doc__)
    parser.add_argument("--types-only", action="store_true", help="only the TypeScript files, which git ignores")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a committed file is stale")
    wanted = parser.parse_args()
    if wanted.check:
        check(documents())
    else:
        write(types() if wanted.types_only else types() | documents())


def write(files: dict[str, str]) -> None:
    """Only what differs, so that a bundle is not made anew for nothing."""
    for path, text in files.items():
        file = ROOT / path
        if not file.exists() or file.read_text() != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)


def check(files: dict[str, str]) -> None:
    """Ends the process with a message when a file is missing or differs."""
    stale = [path for path, text in files.items() if not (ROOT / path).exists() or (ROOT / path).read_text() != text]
    if stale:
        sys.exit(f"Stale: {', '.join(stale)}. Run scripts/generate.")


if __name__ == "__main__":
    main()
