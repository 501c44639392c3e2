"""`deskwire` with a fault inside: ``python -m tests.faults.launch [OPTIONS] serve …``.

    --failpoint NAME:K|FILE   dies there, see failpoints.py
    --bug NAME                has it, see planted.py
    --too-late SECONDS        publishes nothing that has waited for Redis for longer

Patches the real modules in its own process and then runs the real command line. Nothing of this is in the product.
"""

import sys

from server.__main__ import main
from server.bus import outgoing
from tests.faults import failpoints, planted

OPTIONS = ("--failpoint", "--bug", "--too-late")


def prepare(arguments: list[str]) -> list[str]:
    """Take our own options from the front; what is left belongs to deskwire."""
    while arguments and arguments[0] in OPTIONS:
        option, value, *arguments = arguments
        if option == "--failpoint":
            name, _, last = value.partition(":")
            failpoints.arm(name, last)
        elif option == "--bug":
            planted.plant(value)
        else:
            planted.replace(outgoing, "TOO_LATE", float(value))
    return arguments


if __name__ == "__main__":
    main(args=prepare(sys.argv[1:]), prog_name="deskwire")
