"""A worker process for a moment: what commands ask of the libraries without importing them. Blocks; needs no loop."""

import io
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from server.errors import DeskwireError
from server.translation.orders import LENGTH, MESSAGES, Answer, Loaded, Loading, Message, Order, Terms, frame, length
from server.translation.process import START_S, command, environment

MEMORY_MIB: Final = 1_024


class NoWorker(DeskwireError):
    """The process that holds models does not do here what it should."""


def ask(packages: Path, *orders: Order) -> list[Answer]:
    """The answers to these orders. Raises NoWorker."""
    terms = Terms(str(packages), beam=1, threads=1, memory_mib=MEMORY_MIB)
    with tempfile.TemporaryDirectory(prefix="deskwire-") as home:
        try:
            ended = subprocess.run(  # noqa: S603 - this very Python
                command(terms),
                input=b"".join(frame(order) for order in orders),
                env=environment(terms, home),
                capture_output=True,
                timeout=START_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NoWorker(f"The process that holds models does not answer within {START_S:g} seconds.") from None
    answers = [one for one in _messages(ended.stdout) if not isinstance(one, Loading | Loaded)]
    if len(answers) != len(orders) + 1:
        said = ended.stderr.decode(errors="replace").strip().splitlines()
        why = said[-1] if said else f"exit code {ended.returncode}"
        raise NoWorker(f"The process that holds models has ended: {why}")
    return answers[1:]


def _messages(data: bytes) -> list[Message]:
    """All whole frames."""
    pipe, found = io.BytesIO(data), []
    while len(head := pipe.read(LENGTH.size)) == LENGTH.size:
        try:
            found.append(MESSAGES.decode(pipe.read(length(head))))
        except (ValueError, msgspec.MsgspecError):
            return found
    return found
