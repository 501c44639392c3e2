"""Redis between processes: whether it answers, what the bus may do there, how quick it is, and who may listen.

Nothing here is a failure: while Redis is away, processes look at the database instead.
"""

import re
import socket
import ssl
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from server import backends
from server.bus import probe
from server.bus.redis import channels
from server.cli.doctor.finding import Finding, ok, warn
from server.cli.doctor.secret import installation_secret
from server.origin import LOOPBACK
from server.settings import Settings
from server.store.installation import Keys

AWAY: Final = "meanwhile each process looks at the database once a second: slower, and nothing is lost"
OLDEST: Final = (6, 2)
"""Rights on channels came with it. Every Valkey is newer."""
SLOW_MS: Final = 5.0
MIB: Final = 1_048_576
HARD_BYTES: Final = 8 * MIB
"""As much as a process may have waiting for Redis (bus/outgoing)."""
SOFT_BYTES: Final = MIB
IDLE_S: Final = 10
"""The bus's own heartbeat comes every 2 s, and may be late."""

NEW_USER: Final = f"ACL SETUSER deskwire on >a-long-password -@all {probe.GRANT}"


def check(settings: Settings) -> list[Finding]:
    """All of them; nothing without redis_url."""
    if not settings.redis_url:
        return []
    secret = installation_secret(settings)
    name = backends.name_on_bus(Keys(secret)) if secret else "doctor"
    try:
        facts = probe.facts(settings.redis_url, channels(name))
    except (RedisError, OSError) as error:
        reason, advice = explained(settings.redis_url, error)
        return [warn("redis", f"{where(settings.redis_url)} {reason}; {AWAY}", advice)]
    return [_server(settings, facts), *_rights(settings, facts), *_pace(facts), *_listeners(settings, facts)]


def where(url: str) -> str:
    """The address as people are told of it, without its password."""
    parts = urlsplit(url)
    return parts.path if parts.scheme == "unix" else f"{parts.hostname or '127.0.0.1'}:{parts.port or 6379}"


def explained(url: str, error: BaseException) -> tuple[str, str]:
    """(what keeps it from answering, what to do)"""
    causes = list(_causes(error))
    tls = "If it speaks TLS there, redis_url begins with rediss://, else with redis://."
    for kinds, reason, advice in (
        (NoPermissionError, f"refuses to let the user in: {error}", _for_login(url)),
        (AuthenticationError, "refuses the user or the password", "Correct both in redis_url: redis://user:password@…"),
        (socket.gaierror, "has a name that is not known", "Correct the name in redis_url, or the DNS."),
        (
            ssl.SSLCertVerificationError,
            f"has a certificate that is not trusted: {causes[-1]}",
            "Use the name that is in the certificate; name an authority of your own by ?ssl_ca_certs=/path/ca.pem.",
        ),
        (ssl.SSLError, f"does not speak TLS as expected: {causes[-1]}", tls),
        (ConnectionRefusedError, "refuses connections", "Is it running? Compare port and bind in its configuration."),
        (FileNotFoundError, "does not exist", "Is it running? Compare unixsocket in its configuration."),
        (PermissionError, "may not be opened", "Add the user that runs Deskwire to its group; unixsocketperm 770."),
        (TimeoutError, "does not answer in time", f"Does a firewall drop the connection? {tls}"),
    ):
        if any(isinstance(cause, kinds) for cause in causes):
            return reason, advice
    if "unknown command" in str(error).lower():
        return "is older than version 6", "Install Redis 6.2 or newer, or Valkey."
    return f"does not answer as expected: {error}", f"Its log may say more. {tls}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what is behind it: the library wraps what the system said."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _for_login(url: str) -> str:
    number = urlsplit(url).path.strip("/")
    if number:
        return f"Leave out the database number (/{number}) in redis_url: the bus stores nothing."
    return grant(url)


def grant(url: str) -> str:
    """The line that gives the bus what it needs, and takes nothing else away but other channels."""
    user = urlsplit(url).username or "default"
    return f"ACL SETUSER {user} {probe.GRANT}"


def _server(settings: Settings, facts: probe.Facts) -> Finding:
    text = f"{facts.kind.capitalize()} {facts.version} on {where(settings.redis_url)}"
    if facts.mode != "standalone":
        advice = "Name a single server in redis_url. Nothing is stored there, so any small one will do."
        return warn("redis", f"{text} runs as {facts.mode}, which is not supported", advice)
    if facts.role != "master":
        advice = "Name its master in redis_url: what is published at a replica is heard at this replica only."
        return warn("redis", f"{text} is a replica", advice)
    if facts.kind == "redis" and _version(facts.version) < OLDEST:
        return warn("redis", f"{text} knows no rights on channels", "Install Redis 6.2 or newer, or Valkey.")
    return ok("redis", text)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:2])


def _rights(settings: Settings, facts: probe.Facts) -> Iterator[Finding]:
    if facts.forbidden:
        text = f"this user may not {', '.join(facts.forbidden)}; {AWAY}"
        yield warn(
            "redis rights", text, f"{grant(settings.redis_url)}\nThen ACL SAVE, or write it where users are kept."
        )
    else:
        yield ok("redis rights", "everything that the bus needs")


def _pace(facts: probe.Facts) -> Iterator[Finding]:
    if facts.answered_ms:
        text = f"answers in {_spread(facts.answered_ms)}, heard back in {_spread(facts.heard_ms)}"
        if _at(facts.heard_ms, 50) > SLOW_MS:
            yield warn("redis latency", text, "Messages between processes wait for it: run it near them.")
        else:
            yield ok("redis latency", text)
    for name, value in (facts.settings or {}).items():
        yield _cutting(name, value)


def _spread(values: tuple[float, ...]) -> str:
    return f"{_at(values, 50):.1f} ms (99 of 100: {_at(values, 99):.1f})"


def _at(values: tuple[float, ...], percent: int) -> float:
    return values[min(len(values) - 1, len(values) * percent // 100)]


def _cutting(name: str, value: str) -> Finding:
    """A setting for which the server may cut a process off; it comes back, and looks at everything once."""
    check = f"redis {name}"
    if name == "client-output-buffer-limit":
        words = value.split()
        hard, soft = (int(number) for number in words[words.index("pubsub") + 1 : words.index("pubsub") + 3])
        if 0 < hard < HARD_BYTES or 0 < soft < SOFT_BYTES:
            advice = 'CONFIG SET client-output-buffer-limit "pubsub 32mb 8mb 60", and the same in its configuration'
            return warn(check, f"pubsub {hard} {soft}: a process that pauses for a moment is cut off", advice)
        return ok(check, f"pubsub {hard} {soft}")
    number = 0 if value.endswith("%") else int(value)
    if name == "maxmemory-clients" and 0 < number < 4 * HARD_BYTES:
        text = f"{value} bytes for the buffers of all clients: busy processes are cut off"
        return warn(check, text, "CONFIG SET maxmemory-clients 0, and the same in its configuration")
    if name == "timeout" and 0 < number < IDLE_S:
        text = f"{value} s: a quiet connection is cut off before the next heartbeat may come"
        return warn(check, text, "CONFIG SET timeout 0, and the same in its configuration")
    return ok(check, value)


def _listeners(settings: Settings, facts: probe.Facts) -> Iterator[Finding]:
    """What travels is what people write to each other."""
    parts = urlsplit(settings.redis_url)
    if parts.scheme == "unix" or (parts.hostname or "127.0.0.1") in LOOPBACK:
        yield ok("redis access", f"{where(settings.redis_url)} is on this machine")
        return
    if facts.open:
        text = "whoever reaches this port may listen to all chats, without a password"
        yield warn("redis access", text, f"ACL SETUSER default off, and a user of our own:\n{NEW_USER}")
    else:
        yield ok("redis access", "asks for a password")
    if parts.scheme == "redis":
        text = "what people write travels readable to another machine"
        yield warn("redis tls", text, "Use TLS (redis_url begins with rediss://), or a unix socket on this machine.")
    else:
        yield ok("redis tls", "TLS")
