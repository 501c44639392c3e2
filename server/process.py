"""What a process is told by the one that started it, in variables of the environment that are no settings; and how far
it stands back behind the others.

The variables are read before anything else is imported: metrics are made at import, and belong to a worker by its
number.
"""

import os
import sys
from contextlib import suppress
from typing import Final

NAME_VARIABLE: Final = "DESKWIRE_WORKER"
"""A worker's number, the lowest that no living worker has; or ``translator``."""
INHERITED_VARIABLE: Final = "DESKWIRE_INHERITED"
"""Open files that a process which restarts in place leaves to itself: the listening socket, the lock."""
MOST_NICE: Final = 19
VARIABLES: Final = (NAME_VARIABLE, INHERITED_VARIABLE)

NAME: Final = os.environ.get(NAME_VARIABLE, "")
"""Empty where one process serves alone, and in commands."""


def stand_back(nice: int, pid: int = 0) -> None:
    """Let those who chat have the processors first; 0: be like them. ``pid``: another process, that has just begun.

    A process of this kind takes no processor away from another one by waking up (SCHED_BATCH); with 19 it gives its own
    to anybody who wants it, at once (SCHED_IDLE).
    """
    if nice == 0:
        return
    with suppress(OSError):  # a container may forbid it: then it runs like the others, and nobody ends over it
        os.setpriority(os.PRIO_PROCESS, pid, max(nice, os.getpriority(os.PRIO_PROCESS, pid)))
        if sys.platform == "linux":
            os.sched_setscheduler(pid, os.SCHED_IDLE if nice == MOST_NICE else os.SCHED_BATCH, os.sched_param(0))
