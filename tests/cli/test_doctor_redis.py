"""The doctor on Redis: healthy, away in each of the ways in which it can be, and set up so that it hurts (X-10)."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.bus import probe
from server.cli.doctor import redis as doctor
from server.settings import Settings
from tests.bus.tunnel import Tunnel
from tests.cli.conftest import Place
from tests.cli.test_doctor import Report
from tests.support.server import free_port
from tests.support.valkey import Valkey

CHECKS = ("redis", "redis rights", "redis latency", "redis access", "redis client-output-buffer-limit")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """For tests that leave it as it was."""
    running = Valkey(tmp_path_factory.mktemp("valkey")).start()
    yield running
    running.stop()


def admin(valkey: Valkey, *words: str) -> None:
    """One command of the server's owner."""
    valkey.admin.execute_command(*words)  # type: ignore[no-untyped-call]


def test_a_healthy_valkey(ready: Place, shared: Valkey) -> None:
    report = Report(ready, redis_url=shared.url)
    assert report.ok
    for check in CHECKS:
        assert report.level(check) == "ok", check
    (text,) = [one["text"] for one in report.findings if one["check"] == "redis"]
    assert text.startswith("Valkey ")
    (text,) = [one["text"] for one in report.findings if one["check"] == "redis latency"]
    assert "99 of 100" in text
    assert shared.channels() == set(), "it leaves nothing behind"


def test_one_process_needs_none(ready: Place) -> None:
    assert Report(ready).level("redis") == "not checked"


def test_a_place_without_a_database_asks_redis_all_the_same(place: Place, shared: Valkey) -> None:
    assert Report(place, redis_url=shared.url).level("redis") == "ok"


def test_over_a_unix_socket(ready: Place, shared: Valkey) -> None:
    report = Report(ready, redis_url=f"unix://{shared.socket}")
    assert {report.level(check) for check in CHECKS} == {"ok"}


# --- away -------------------------------------------------------------------------------------------------------------


def away(place: Place, url: str) -> str:
    """The complaint about a Redis that cannot be used: never a failure, because nothing is lost."""
    report = Report(place, redis_url=url)
    assert report.ok
    assert report.level("redis rights") == "not checked"
    complaint = report.complaint("redis")
    assert "slower, and nothing is lost" in complaint
    assert "very-secret" not in complaint
    return complaint


def test_nobody_listens(ready: Place) -> None:
    port = free_port()
    complaint = away(ready, f"redis://:very-secret@127.0.0.1:{port}")
    assert f"127.0.0.1:{port} refuses connections" in complaint
    assert "Is it running?" in complaint


def test_a_name_that_nobody_knows(ready: Place) -> None:
    assert "Correct the name in redis_url" in away(ready, "redis://:very-secret@redis.invalid:6379")


def test_no_socket_file(ready: Place, tmp_path: Path) -> None:
    assert "Compare unixsocket" in away(ready, f"unix://{tmp_path}/nothing.sock")


def test_a_wrong_password(ready: Place, shared: Valkey) -> None:
    assert "redis://user:password@" in away(ready, shared.url.replace("//", "//desk:very-secret@"))


def test_no_password_where_one_is_asked_for(ready: Place, tmp_path: Path) -> None:
    own = Valkey(tmp_path).start()
    admin(own, "CONFIG", "SET", "requirepass", "very-secret")
    complaint = away(ready, own.url)
    own.kill()
    assert "refuses the user or the password" in complaint


def test_a_server_that_hangs(ready: Place, tmp_path: Path) -> None:
    own = Valkey(tmp_path).start()
    own.freeze()
    complaint = away(ready, own.url)
    own.kill()
    assert "does not answer in time" in complaint


def test_tls_where_there_is_none(ready: Place, shared: Valkey) -> None:
    assert "redis://" in away(ready, shared.url.replace("redis:", "rediss:"))


async def test_tls(ready: Place, shared: Valkey, certificate: tuple[Path, Path]) -> None:
    """An authority of one's own is named, or not trusted; a plain client at a TLS port learns what to change."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    tunnel = Tunnel(shared, context)
    url = f"rediss://localhost:{await tunnel.open()}"
    assert "?ssl_ca_certs=" in await beside(away, ready, url)
    assert "rediss://" in await beside(away, ready, url.replace("rediss:", "redis:"))
    report = await beside(Report, ready, redis_url=f"{url}?ssl_ca_certs={certificate[0]}")
    assert report.level("redis") == "ok"
    await tunnel.close()


async def beside(work: Any, *arguments: Any, **settings: Any) -> Any:
    """In a thread: the tunnel lives in this loop."""
    return await asyncio.to_thread(work, *arguments, **settings)


# --- rights -----------------------------------------------------------------------------------------------------------

NEEDED = ("+client|setname", "+subscribe", "+unsubscribe", "+publish")


def user(valkey: Valkey, *rights: str) -> str:
    """The address for a user who has these rights and no others."""
    admin(valkey, "ACL", "SETUSER", "desk", "reset", "on", ">secret", "-@all", "+auth", "+hello", *rights)
    return valkey.url.replace("//", "//desk:secret@")


@pytest.mark.parametrize("missing", [*NEEDED, "&deskwire:*"])
def test_each_right_that_is_missing_is_named_and_the_line_that_is_printed_grants_it(
    ready: Place, shared: Valkey, missing: str
) -> None:
    url = user(shared, *({*NEEDED, "&deskwire:*"} - {missing}))
    report = Report(ready, redis_url=url)
    assert report.ok
    complaint = report.complaint("redis rights")
    assert missing.strip("+&*").partition("|")[0].upper() in complaint.upper()
    line = complaint.partition("-> ")[2].splitlines()[0]
    assert line.startswith("ACL SETUSER desk ")
    admin(shared, *line.split())
    assert Report(ready, redis_url=url).level("redis rights") == "ok"


def test_the_line_is_good_for_a_user_with_nothing_and_for_one_with_all_channels(ready: Place, shared: Valkey) -> None:
    line = doctor.grant("redis://desk@x").split()
    for rights in ([], ["allchannels"]):
        url = user(shared, *rights)
        assert Report(ready, redis_url=url).level("redis rights") == "warn"
        admin(shared, *line)
        report = Report(ready, redis_url=url)
        assert report.level("redis rights") == "ok"
        assert report.level("redis latency") == "ok"
        assert report.level("redis client-output-buffer-limit") == "not checked", "it may not ask, and need not"


def test_the_new_user_that_is_printed_is_enough(ready: Place, shared: Valkey) -> None:
    admin(shared, *doctor.NEW_USER.split())
    report = Report(ready, redis_url=shared.url.replace("//", "//deskwire:a-long-password@"))
    assert report.level("redis rights") == "ok"


def test_a_database_number_that_the_user_may_not_select(ready: Place, shared: Valkey) -> None:
    assert "Leave out the database number (/2)" in away(ready, f"{user(shared, *NEEDED)}/2")


# --- settings, and who may listen -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "value", "good"),
    [
        ("client-output-buffer-limit", "pubsub 65536 32768 10", "pubsub 33554432 8388608 60"),
        ("client-output-buffer-limit", "pubsub 0 524288 10", "pubsub 33554432 8388608 60"),
        ("maxmemory-clients", "1048576", "0"),
        ("timeout", "3", "0"),
    ],
)
def test_settings_that_cut_processes_off(ready: Place, shared: Valkey, setting: str, value: str, good: str) -> None:
    admin(shared, "CONFIG", "SET", setting, value)
    report = Report(ready, redis_url=shared.url)
    admin(shared, "CONFIG", "SET", setting, good)
    assert report.ok
    assert f"CONFIG SET {setting}" in report.complaint(f"redis {setting}")
    assert Report(ready, redis_url=shared.url).level(f"redis {setting}") == "ok"


def test_a_replica(ready: Place, shared: Valkey, tmp_path: Path) -> None:
    own = Valkey(tmp_path).start()
    admin(own, "REPLICAOF", "127.0.0.1", str(shared.port))
    complaint = Report(ready, redis_url=own.url).complaint("redis")
    own.kill()
    assert "Name its master" in complaint


def test_whether_anybody_may_listen_is_tried(shared: Valkey, tmp_path: Path) -> None:
    assert probe.facts(shared.url, "deskwire:x:").open
    own = Valkey(tmp_path).start()
    admin(own, *doctor.NEW_USER.split())
    admin(own, "ACL", "SETUSER", "default", "off")
    closed = probe.facts(own.url.replace("//", "//deskwire:a-long-password@"), "deskwire:x:")
    own.kill()
    assert not closed.open


FACTS = probe.Facts("redis", "7.2.4", "standalone", "master", (), (0.1,) * 50, (0.2,) * 50, None, False)


@pytest.mark.parametrize(
    ("url", "change", "check", "words"),
    [
        ("redis://x", {"mode": "cluster"}, "redis", "Name a single server"),
        ("redis://x", {"version": "6.0.16"}, "redis", "6.2 or newer"),
        ("redis://x", {"heard_ms": (40.0,) * 50}, "redis latency", "run it near"),
        ("redis://redis.example.com", {}, "redis tls", "rediss://"),
        ("rediss://redis.example.com", {"open": True}, "redis access", "ACL SETUSER default off"),
    ],
)
def test_what_no_test_can_do_to_a_server(url: str, change: dict[str, object], check: str, words: str) -> None:
    facts = msgspec.structs.replace(FACTS, **change)
    settings = Settings(redis_url=url)
    found = [doctor._server(settings, facts), *doctor._pace(facts), *doctor._listeners(settings, facts)]
    (wrong,) = [one for one in found if one.level != "ok" and one.check == check]
    assert words in f"{wrong.text} -> {wrong.advice}"


def test_an_older_valkey_is_newer_than_any_redis_without_rights() -> None:
    facts = msgspec.structs.replace(FACTS, kind="valkey", version="1.0")
    assert doctor._server(Settings(redis_url="redis://x"), facts).level == "ok"
