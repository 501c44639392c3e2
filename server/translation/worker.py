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
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from server.translation.detect import Detector
from server.translation.model import Model
from server.translation.orders import (
    Answer,
    Detect,
    Detected,
    Fault,
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

MIB: Final = 1_048_576
LIBRARIES_MIB: Final = 128
"""What the process weighs with its libraries and without a model: 118 MiB measured."""
ADDRESSES_MIB: Final = 1_024
"""Address space besides twice the memory that is allowed: libraries, stacks and buffers that are never touched."""
LOADED: Final = 1.5
"""Memory of a loaded model for each byte on disk: 100 MiB for 61 measured."""
NICE: Final = 5
"""Chat goes first."""
PR_SET_PDEATHSIG: Final = 1
NETWORK: Final = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


class Shelf:
    """Loaded pairs. What was not used for the longest time makes room."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._models: OrderedDict[tuple[str, int], Model] = OrderedDict()

    def model(self, directory: str, stamp: int) -> Model:
        """The pair in this directory; another one with the same name before it is gone."""
        key = (directory, stamp)
        if key not in self._models:
            for old in [old for old in self._models if old[0] == directory]:
                del self._models[old]
            path = Path(self._terms.packages) / directory
            self._make_room(int((path / MODEL).stat().st_size * LOADED))
            self._models[key] = Model(path, self._terms.beam, self._terms.threads)
        self._models.move_to_end(key)
        return self._models[key]

    @property
    def full(self) -> bool:
        """Whether it is too much, although nothing can be given up but the pair that is in use."""
        self._make_room(0, but=1)
        return memory() > self._most

    def _make_room(self, wanted: int, but: int = 0) -> None:
        while len(self._models) > but and memory() + wanted > self._most:
            self._models.popitem(last=False)

    @property
    def _most(self) -> int:
        return (self._terms.memory_mib + LIBRARIES_MIB) * MIB


def memory() -> int:
    """Bytes of this process that are really there."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def carry_out(order: Order, shelf: Shelf, detector: Detector, packages: Path) -> Answer:
    """What an order comes to. The libraries raise nearly everything over a damaged model."""
    try:
        match order:
            case Scan():
                return Scanned(*installed(packages))
            case Detect():
                return Detected(detector.guess(order.prose, order.candidates))
            case Translate():
                texts = shelf.model(order.directory, order.stamp).translate(order.texts)
                return Translated(texts, full=shelf.full)
    except Exception as error:  # noqa: BLE001 - told to the engine, which logs it; its text could hold what somebody wrote
        return Fault(type(error).__name__)


def limit(terms: Terms) -> None:
    """Bounds that this process cannot lift again, and no network, whatever the libraries think of."""
    addresses = (2 * terms.memory_mib + ADDRESSES_MIB) * MIB
    for kind, bound in ((resource.RLIMIT_AS, addresses), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 64)):
        resource.setrlimit(kind, (bound, bound))
    os.nice(NICE)
    sys.addaudithook(_no_network)
    logging.getLogger("argostranslate.utils").setLevel(logging.WARNING)  # it logs every text


def _no_network(event: str, _: tuple[Any, ...]) -> None:
    if event in NETWORK:
        raise PermissionError(f"{event}: translation happens on this machine")


def end_with_parent() -> None:
    """Even while this process is stopped or busy: then it would not notice that nobody asks any more."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main(terms: Terms, orders: BinaryIO, answers: BinaryIO) -> None:
    """Until the orders end."""
    limit(terms)
    shelf, detector = Shelf(terms), Detector()
    answer: Answer = Ready()
    while True:
        answers.write(frame(answer))
        answers.flush()
        order = read(orders)
        if order is None:
            return
        answer = carry_out(order, shelf, detector, Path(terms.packages))


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
