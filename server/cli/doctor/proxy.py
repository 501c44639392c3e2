"""What a proxy does to requests, bodies, long answers and quiet sockets on their way to us. All of it is tried."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import urlsplit

import httpx2
import msgspec
from websockets.exceptions import ConnectionClosed, WebSocketException

from server.cli.doctor import lines
from server.cli.doctor.finding import Finding, bad, ok, warn
from server.cli.doctor.outside import STRANGER, Outside, sockets
from server.desk.waiting import LONGEST_S
from server.http.probe import Seen
from server.settings import Settings

MIB: Final = 1_048_576
LARGEST_BYTES: Final = 25 * MIB
"""The largest file."""
PIECE: Final = 65_536
PAUSE_S: Final = 1.0
HOLD_S: Final = 35
"""A quiet socket is watched no longer than that."""
SPARE_S: Final = 5


def check(settings: Settings, secret: str, *, quick: bool) -> list[Finding]:
    """What a visitor's requests go through. Two of the checks have to wait, up to half a minute, side by side."""
    outside = Outside(settings.url, secret)
    try:
        seen = outside.seen()
    except (httpx2.HTTPError, msgspec.DecodeError) as error:
        return [_unknown(settings, error)]
    found = [address(settings, seen, outside.address), *_host(settings, seen)]
    looks: tuple[Callable[[Settings, Outside], Finding], ...] = (_streams, _size)
    if quick:
        found.append(ok("proxy", "long answers and quiet sockets were not looked at (--quick)"))
    else:
        looks += (_waits, _quiet)
    with ThreadPoolExecutor() as pool:
        return [*found, *pool.map(lambda look: look(settings, outside), looks)]


def _unknown(settings: Settings, error: Exception) -> Finding:
    status = error.response.status_code if isinstance(error, httpx2.HTTPStatusError) else 0
    if status == httpx2.codes.NOT_FOUND:
        text = f"{settings.url} does not know this installation"
        advice = (
            "Does it lead to another Deskwire, or to one that was started before an upgrade? Is its clock minutes away?"
        )
        return bad("proxy", text, advice)
    return warn("proxy", f"what it does could not be seen: {error}", "Does it let every path and method pass?")


# --- addresses --------------------------------------------------------------------------------------------------------


def address(settings: Settings, seen: Seen, own: str) -> Finding:
    """Whether we know where visitors come from, and whether they may choose. ``own``: where we come from."""
    check = "client address"
    forwarded = [_host_of(name) for name in seen.forwarded]
    if seen.address == STRANGER:
        text = "visitors may claim any address, and so get round every limit for one address"
        return bad(check, text, lines.FORWARDED)
    if seen.address in forwarded:
        return ok(check, f"seen as {seen.address}, which a visitor cannot choose")
    if forwarded == [STRANGER] and (settings.tls or seen.address == own):
        return ok(check, f"seen as {seen.address}, without a proxy in between")
    text = f"every visitor seems to come from {seen.address}, so limits per address hit all of them at once"
    trust = lines.trust(",".join(part for part in (settings.forwarded_allow_ips, seen.address) if part))
    known = [name for name in forwarded if name != STRANGER]
    return warn(check, text, trust if known else f"{lines.FORWARDED}\n{trust}")


def _host_of(name: str) -> str:
    """Without a port, as uvicorn takes it."""
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0] if name.count(":") == 1 else name


def _host(settings: Settings, seen: Seen) -> Iterator[Finding]:
    ours, theirs = urlsplit(settings.url).hostname, urlsplit(f"//{seen.host}").hostname
    if ours != theirs:
        yield warn("host", f"requests for {ours} arrive as requests for {seen.host}", lines.HOST)
    else:
        yield ok("host", seen.host)


# --- bodies -----------------------------------------------------------------------------------------------------------


def _streams(_settings: Settings, outside: Outside) -> Finding:
    """Half of a body, a pause, the other half: do we see the pause?"""

    def halves() -> Iterator[bytes]:
        yield bytes(PIECE)
        time.sleep(PAUSE_S)
        yield bytes(PIECE)

    check = "request buffering"
    try:
        seen = outside.sent(halves(), 2 * PIECE)
    except httpx2.HTTPError as error:
        return warn(check, f"a body of {2 * PIECE // 1024} KiB does not get through: {error}", lines.BODY)
    if seen.spread_ms < PAUSE_S * 500:
        text = "bodies are collected first, so a broken upload begins anew and slow ones are cut by time-outs"
        return warn(check, text, lines.STREAM)
    return ok(check, "bodies arrive as they are sent")


def _size(_settings: Settings, outside: Outside) -> Finding:
    check, wanted = "body size", f"{LARGEST_BYTES // MIB} MiB"
    try:
        outside.sent((bytes(PIECE) for _ in range(LARGEST_BYTES // PIECE)), LARGEST_BYTES)
    except httpx2.HTTPStatusError as error:
        if error.response.status_code == httpx2.codes.REQUEST_ENTITY_TOO_LARGE:
            return bad(check, f"files of {wanted} do not get through: the proxy takes less", lines.BODY)
        return warn(check, f"files of {wanted} are answered with {error.response.status_code}", lines.BODY)
    except httpx2.TimeoutException:
        return warn(check, f"{wanted} took too long to send from here", "Is the line that slow? Try from another one.")
    except httpx2.HTTPError as error:
        return bad(check, f"files of {wanted} do not get through: {error}", lines.BODY)
    return ok(check, f"{wanted} get through")


# --- patience ---------------------------------------------------------------------------------------------------------


def _waits(_settings: Settings, outside: Outside) -> Finding:
    """As pages without a socket wait for the next event (C-03)."""
    check, began = "long answers", time.monotonic()
    try:
        outside.seen(LONGEST_S)
    except httpx2.HTTPError as error:
        text = f"cut off after {time.monotonic() - began:.0f} s of {LONGEST_S}: {error}"
        return warn(check, text, lines.SILENCE)
    return ok(check, f"may take {LONGEST_S} s")


def _quiet(settings: Settings, outside: Outside) -> Finding:
    """As an open chat in which nobody writes: pings, and nothing else."""
    check = "quiet sockets"
    wanted = min(HOLD_S, max(settings.ping_seconds, settings.heartbeat_seconds) + SPARE_S)
    began = time.monotonic()
    try:
        with sockets(outside.url, "/ws/v1/customer", **outside.proof()) as socket:
            socket.recv(timeout=wanted)
    except TimeoutError:
        return ok(check, f"stay open; looked at for {wanted} s")
    except ConnectionClosed:
        text = f"cut off after {time.monotonic() - began:.0f} s; pings come every {settings.ping_seconds} s"
        return bad(check, text, lines.SILENCE)
    except (OSError, WebSocketException) as error:
        return bad(check, f"do not open: {error}", lines.UPGRADE)
    return ok(check, "stay open")
