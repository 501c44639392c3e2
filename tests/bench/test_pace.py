"""The driver's timer. In a process of its own: the system has only one timer, and pytest's time-outs use it too."""

import subprocess
import sys

from bench.figures import ROOT

STOPPED = """
import asyncio, signal
from bench.driver.pace import Pace

async def main():
    sent = []
    pace = Pace(10.0, sent.append)
    pace.start()
    pace.stop()
    pace._ring()  # as the loop does for a signal that had come before
    print(sent, signal.getitimer(signal.ITIMER_REAL)[0])

asyncio.run(main())
"""


def test_who_has_stopped_sets_no_timer() -> None:
    """Its signal would end the process: nobody handles it any more."""
    ended = subprocess.run([sys.executable, "-c", STOPPED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[0] 0.0"
