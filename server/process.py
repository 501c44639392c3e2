"""What a process is told by the one that started it, in variables of the environment that are no settings.

They are read before anything else is imported: metrics are made at import, and belong to a worker by its number.
"""

import os
from typing import Final

NAME_VARIABLE: Final = "DESKWIRE_WORKER"
"""A worker's number, the lowest that no living worker has; or ``translator``."""
INHERITED_VARIABLE: Final = "DESKWIRE_INHERITED"
"""Open files that a process which restarts in place leaves to itself: the listening socket, the lock."""
VARIABLES: Final = (NAME_VARIABLE, INHERITED_VARIABLE)

NAME: Final = os.environ.get(NAME_VARIABLE, "")
"""Empty where one process serves alone, and in commands."""
