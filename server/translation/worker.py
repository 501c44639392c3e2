"""The process that holds models. Run by ``crew``; reads orders from stdin and answers on stdout, one after the other.

Models come from somewhere, texts from anybody, and both meet libraries written in C++: so it may grow, hang or die, and
nothing else does with it. It knows no secrets, may not use the network, and ends when its parent does.
"""

import ctypes
import logging
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from server.translation.detect import Detector
from server.translation.model import Model
from server.translation.orders import (
    TOO_MUCH,
    Answer,
    Detect,
    Detected,
    Fault,
    Loaded,
    Loading,
    Message,
    Order,
    Ready,
    Scan,
    Scanned,
    Terms,
    Translate,
    Translated,
    frame,
    read,
)
from server.translation.packages import MODEL, installed
from server.translation.shelf import Shelf

MIB: Final = 1_048_576
LIBRARIES_MIB: Final = 128
"""What the process weighs with its libraries and without a model: 118 MiB measured."""
MARGIN_MIB: Final = 512
"""On top of twice the memory that is allowed, which a model may need for a moment while it is loaded."""
LOOK_S: Final = 0.1
"""How often the process looks at how much it has: at 2 GiB a second, 200 MiB pass unseen."""
LOADED: Final = 1.5
"""Memory of a loaded model for each byte on disk: 100 MiB for 61 measured."""
UNPACKED: Final = "languages"
"""Directory beside the packages: the model that tells languages apart."""
PR_SET_PDEATHSIG: Final = 1
NETWORK: Final = (
    "socket.bind",
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyaddr",
    "socket.gethostbyname",
    "socket.getnameinfo",
    "socket.sendmsg",
    "socket.sendto",
)


class Worker:
    """Terms, and what is loaded by and by."""

    def __init__(self, terms: Terms, tell: Callable[[Message], None]) -> None:
        self._terms = terms
        self._tell = tell
        self._packages = Path(terms.packages)
        self._shelf: Shelf[Model] = Shelf((terms.memory_mib + LIBRARIES_MIB) * MIB, memory)
        self._detector = Detector(self._packages.parent / UNPACKED, self._loading)

    def carry_out(self, order: Order) -> Answer:
        """What an order comes to. The libraries raise nearly everything over a damaged model."""
        try:
            match order:
                case Scan():
                    return Scanned(*installed(self._packages))
                case Detect():
                    return Detected([self._detector.guess(one.text, one.candidates) for one in order.several])
                case Translate():
                    texts = self._model(order.directory, order.stamp).translate(order.texts)
                    return Translated(texts, full=self._shelf.full)
        except Exception as error:  # noqa: BLE001 - told to the engine, which logs it; its words could be somebody's
            return Fault(type(error).__name__)

    def _model(self, directory: str, stamp: int) -> Model:
        place = self._packages / directory
        weight = int((place / MODEL).stat().st_size * LOADED)

        def load() -> Model:
            with self._loading():
                return Model(place, self._terms.beam, self._terms.threads)

        return self._shelf.get(directory, stamp, weight, load)

    @contextmanager
    def _loading(self) -> Iterator[None]:
        """Whoever waits is told, and waits for longer."""
        self._tell(Loading())
        yield
        self._tell(Loaded())


def memory() -> int:
    """Bytes of this process that are really there; where the system does not say, the most that there ever were."""
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def limit(terms: Terms) -> None:
    """Bounds that this process cannot lift again, and no network, whatever the libraries think of."""
    for kind, bound in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 64)):
        resource.setrlimit(kind, (bound, bound))
    go_first()
    threading.Thread(target=watch, args=((2 * terms.memory_mib + MARGIN_MIB) * MIB,), daemon=True).start()
    sys.addaudithook(_no_network)
    logging.getLogger("argostranslate.utils").setLevel(logging.WARNING)  # it logs every text


def watch(most: int) -> None:
    """End the process as soon as more bytes than this are really there.

    Not a bound on addresses (RLIMIT_AS): ctranslate2 packs matrices for Intel's MKL, which reserves 13 to 18 MB for
    each and uses a fraction of it, 840 MB for a model of base size. The libraries let this thread run while they work.
    """
    try:
        while memory() <= most:
            time.sleep(LOOK_S)
    finally:  # also when nobody can tell any more
        os._exit(TOO_MUCH)


def go_first() -> None:
    """Where the whole system runs out of memory, it ends this process, and not the database."""
    with suppress(OSError):  # there is no such file, or a stricter one, elsewhere
        Path("/proc/self/oom_score_adj").write_text("1000")


def _no_network(event: str, _: tuple[Any, ...]) -> None:
    if event in NETWORK:
        raise PermissionError(f"{event}: translation happens on this machine")


def end_with_parent() -> None:
    """Even while this process is stopped or busy: then it would not notice that nobody asks any more."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main(terms: Terms, orders: BinaryIO, answers: BinaryIO) -> None:
    """Until the orders end."""

    def tell(message: Message) -> None:
        answers.write(frame(message))
        answers.flush()

    limit(terms)
    worker = Worker(terms, tell)
    answer: Answer = Ready()
    while True:
        tell(answer)
        order = read(orders)
        if order is None:
            return
        answer = worker.carry_out(order)


if __name__ == "__main__":
    end_with_parent()
    code = 1
    try:
        out = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)  # whatever a library prints is no answer
        main(msgspec.json.decode(sys.argv[1], type=Terms), sys.stdin.buffer, out)
        code = 0
    finally:
        os._exit(code)  # threads of the libraries may keep an ordinary exit waiting for ever
