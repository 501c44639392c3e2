"""`deskwire` with a fault inside: ``python -m tests.faults.launch [--failpoint NAME:K] [--bug NAME] serve …``.

Patches the real modules in its own process and then runs the real command line. Nothing of this is in the product.
"""

import sys

from server.__main__ import main
from tests.faults import failpoints, planted


def prepare(arguments: list[str]) -> list[str]:
    """Take our own options from the front; what is left belongs to deskwire."""
    while arguments and arguments[0] in ("--failpoint", "--bug"):
        option, value, *arguments = arguments
        if option == "--failpoint":
            name, _, passage = value.partition(":")
            failpoints.arm(name, int(passage))
        else:
            planted.plant(value)
    return arguments


if __name__ == "__main__":
    main(args=prepare(sys.argv[1:]), prog_name="deskwire")
