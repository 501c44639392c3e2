"""Two processes on one Valkey: what one says the other hears, in order, and nothing else is believed."""

import asyncio
import random
import re
import secrets
import ssl
from pathlib import Path

import pytest
import redis
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from server.bus import link, subscriptions
from server.bus.frame import LARGEST, Seal
from server.bus.redis import RedisBus
from server.errors import BadInput
from server.store.base import Announcement
from tests.bus.conftest import EPOCH, INSTALLATION, KEY, Ear, a_bus
from tests.bus.test_contract import told
from tests.bus.tunnel import Tunnel
from tests.support.server import ROOT
from tests.support.valkey import Valkey

Ears = tuple[Ear, Ear]
CHANNELS = f"deskwire:{INSTALLATION}:"


def rejected(reason: str) -> float:
    return REGISTRY.get_sample_value("deskwire_bus_rejected_total", {"reason": reason}) or 0


def dropped(reason: str) -> float:
    return REGISTRY.get_sample_value("deskwire_bus_dropped_total", {"reason": reason}) or 0


async def wait_for_channels(valkey: Valkey, ear: Ear, wanted: set[str]) -> None:
    """Until Valkey has these subscriptions and no other but heartbeats."""
    full = {CHANNELS + topic for topic in wanted}
    await ear.until(lambda: {name for name in valkey.channels() if not name.startswith(f"{CHANNELS}beat/")} == full)


async def test_the_other_process_hears_everything_in_order(ears: Ears) -> None:
    here, there = ears
    await there.listen("a", "b")
    sent: list[Announcement] = []
    for seq in range(1, 1_001, 4):
        group = [*told("a", seq, seq + 1), *told("b", seq), *told("a", seq + 2, seq + 3), *told("c", seq)]
        here.bus.publish(group)
        sent += [announcement for announcement in group if announcement.topic != "c"]
        if seq % 3 == 0:
            await asyncio.sleep(0)
    await there.until(lambda: len(there.heard) >= len(sent))
    assert there.heard == sent


async def test_any_bytes_reach_the_other_process_unchanged(ears: Ears) -> None:
    here, there = ears
    await there.listen("ticket/ö/staff")
    sent = [
        Announcement("ticket/ö/staff", 2**63, bytes(range(256))),
        Announcement("ticket/ö/staff", 0, b""),
        Announcement("ticket/ö/staff", 1, secrets.token_bytes(200_000)),
    ]
    here.bus.publish(sent)
    await there.until(lambda: len(there.heard) == len(sent))
    assert there.heard == sent


async def test_ones_own_copy_is_dropped(ears: Ears) -> None:
    here, there = ears
    await here.listen("a")
    await there.listen("a")
    here.bus.publish(told("a", 1))
    await there.until(lambda: there.seqs("a") == [1])
    there.bus.publish(told("a", 2))  # comes to us behind the copy of the first
    await here.until(lambda: 2 in here.seqs("a"))
    assert here.seqs("a") == [1, 2]
    assert there.seqs("a") == [1, 2]


async def test_a_subscription_is_a_gap_until_it_is_confirmed(ears: Ears) -> None:
    here, there = ears
    here.bus.subscribe("a")
    assert here.gaps == []
    await here.until(lambda: here.gaps == ["a"])
    there.bus.publish(told("a", 1))
    await here.until(lambda: here.seqs("a") == [1])


async def test_a_topic_is_given_up_late_and_can_come_back(
    ears: Ears, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = ears
    await here.listen("a", "b")
    here.bus.unsubscribe("a")
    here.bus.subscribe("a")
    here.bus.unsubscribe("b")
    await here.listen("c")
    await here.listen("d")  # confirmed behind whatever was given up before
    assert CHANNELS + "b" in valkey.channels(), "given up at once: a reload would have to subscribe anew"
    monkeypatch.setattr(subscriptions, "LINGER", 0.0)
    here.bus.subscribe("b")
    here.bus.unsubscribe("b")
    await wait_for_channels(valkey, here, {"a", "c", "d"})
    there.bus.publish([*told("b", 1), *told("a", 1)])
    await here.until(lambda: here.seqs("a") == [1])
    assert here.seqs("b") == []
    await here.listen("b")
    there.bus.publish(told("b", 2))
    await here.until(lambda: here.seqs("b") == [2])


async def test_many_flips_at_once_end_in_the_right_set(
    ears: Ears, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "LINGER", 0.0)
    here, there = ears
    dice = random.Random(7)
    topics = [f"t{number}" for number in range(150)]
    wanted: set[str] = set()

    async def flip(topic: str) -> None:
        for _ in range(dice.randrange(1, 20)):
            if topic in wanted:
                here.bus.unsubscribe(topic)
                wanted.remove(topic)
            else:
                here.bus.subscribe(topic)
                wanted.add(topic)
            await asyncio.sleep(dice.choice([0, 0, 0.001, 0.01, 0.1]))

    await asyncio.gather(*(flip(topic) for topic in topics))
    assert 0 < len(wanted) < len(topics)
    await wait_for_channels(valkey, here, wanted)
    there.bus.publish([announcement for topic in topics for announcement in told(topic, 1)])
    await here.until(lambda: {announcement.topic for announcement in here.heard} >= wanted)
    assert {announcement.topic for announcement in here.heard} == wanted


async def test_what_is_forged_cut_huge_or_noise_is_ignored_and_counted(ears: Ears, valkey: Valkey) -> None:
    here, there = ears
    await here.listen("a")
    real = Seal(KEY, EPOCH).close(Announcement("a", 9, b"real"))
    bad = {
        "forged": [
            Seal(secrets.token_hex(32), EPOCH).close(Announcement("a", 1, b"{}")),
            real[:-1],
            real[:-4] + b"fake",
            bytes(16) + real[16:],
        ],
        "foreign_epoch": [Seal(KEY, "before the restore").close(Announcement("a", 1, b"{}"))],
        "huge": [b"x" * (LARGEST + 1), real + bytes(LARGEST), bytes(5_000_000)],
        "garbage": [b"", b"x", real[:20], b'{"type":"event"}', secrets.token_bytes(15), b"\xff" * 100],
    }
    before = {reason: rejected(reason) for reason in bad}
    for messages in bad.values():
        for message in messages:
            valkey.admin.publish(f"{CHANNELS}a", message)
    there.bus.publish(told("a", 2))
    await here.until(lambda: bool(here.heard))
    assert here.heard == told("a", 2)
    assert {reason: rejected(reason) - before[reason] for reason in bad} == {
        reason: len(messages) for reason, messages in bad.items()
    }
    assert here.bus.healthy


async def test_a_message_is_believed_only_under_the_topic_it_was_sealed_for(ears: Ears, valkey: Valkey) -> None:
    here, there = ears
    await here.listen("a", "b")
    valkey.admin.publish(f"{CHANNELS}a", Seal(KEY, EPOCH).close(Announcement("not subscribed", 1, b"{}")))
    valkey.admin.publish(f"{CHANNELS}a", Seal(KEY, EPOCH).close(Announcement("b", 1, b"{}")))
    there.bus.publish(told("a", 2))
    await here.until(lambda: here.seqs("a") == [2])
    assert [announcement.topic for announcement in here.heard] == ["b", "a"]


async def test_what_is_too_large_is_not_sent_and_counted(ears: Ears) -> None:
    here, there = ears
    await there.listen("a")
    before = dropped("huge")
    here.bus.publish([Announcement("a", 1, b"x" * LARGEST), *told("a", 2)])
    await there.until(lambda: bool(there.heard))
    assert there.seqs("a") == [2]
    assert dropped("huge") - before == 1


async def test_two_installations_share_a_redis_without_a_word(ears: Ears, valkey: Valkey) -> None:
    here, there = ears
    stranger = Ear(a_bus(valkey.url, key=secrets.token_hex(32), installation="ffffffffffff"))
    await stranger.listen("control")
    await here.listen("control")
    before = rejected("forged")
    stranger.bus.publish(told("control", 1))
    there.bus.publish(told("control", 2))
    await here.until(lambda: bool(here.heard))
    await stranger.bus.close()
    assert here.seqs("control") == [2]
    assert stranger.seqs("control") == [1]
    assert rejected("forged") == before


async def test_a_listener_that_fails_does_not_take_the_bus_with_it(valkey: Valkey) -> None:
    here, there = Ear(a_bus(valkey.url)), Ear(a_bus(valkey.url))
    await here.listen("a")

    def fail(_told: object) -> None:
        raise ValueError("a bug of a listener")

    with capture_logs() as logs:
        here.bus.on_message = fail
        here.bus.on_gap = fail
        here.bus.subscribe("b")
        there.bus.publish(told("a", 1))
        await here.until(lambda: len([entry for entry in logs if entry["event"] == "a listener failed"]) == 2)
    Ear.__init__(here, here.bus)
    await here.listen("c")
    there.bus.publish(told("a", 2))
    await here.until(lambda: here.seqs("a") == [2])
    assert here.bus.healthy
    await here.bus.close()
    await there.bus.close()


async def test_it_starts_without_redis_and_finds_it_later(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path)
    with capture_logs() as logs:
        here, there = Ear(a_bus(valkey.url)), Ear(a_bus(valkey.url))
        here.bus.subscribe("a")
        here.bus.publish(told("a", 1))
        assert here.seqs("a") == [1]
        await here.until(lambda: bool(logs))
        assert not here.bus.healthy
        valkey.start()
        try:
            await here.well()
            await there.well()
            assert here.gaps == ["a"]
            there.bus.publish(told("a", 2))
            await here.until(lambda: here.seqs("a") == [1, 2])
            await here.bus.close()
            await there.bus.close()
        finally:
            valkey.kill()
    warnings = [entry for entry in logs if entry["log_level"] == "warning"]
    assert len(warnings) == 2, "each bus complains once, not at each attempt"
    assert all("ConnectionError" in entry["reason"] for entry in warnings)


async def test_it_speaks_over_a_unix_socket(valkey: Valkey) -> None:
    here, there = Ear(a_bus(f"unix://{valkey.socket}")), Ear(a_bus(valkey.url))
    await here.listen("a")
    there.bus.publish(told("a", 1))
    await here.until(lambda: here.seqs("a") == [1])
    await here.bus.close()
    await there.bus.close()


async def test_it_speaks_tls_with_whom_it_trusts_and_nobody_else(
    valkey: Valkey, certificate: tuple[Path, Path]
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    tunnel = Tunnel(valkey, context)
    url = f"rediss://localhost:{await tunnel.open()}"
    with capture_logs() as logs:
        suspicious = Ear(a_bus(url))
        await suspicious.until(lambda: bool(logs))
        assert "CERTIFICATE_VERIFY_FAILED" in logs[0]["reason"]
        await suspicious.bus.close()
    here, there = Ear(a_bus(f"{url}?ssl_ca_certs={certificate[0]}")), Ear(a_bus(valkey.url))
    await here.listen("a")
    there.bus.publish(told("a", 1))
    await here.until(lambda: here.seqs("a") == [1])
    await here.bus.close()
    await there.bus.close()
    await tunnel.close()


async def test_a_wrong_password_is_named_and_never_shown(valkey: Valkey) -> None:
    valkey.admin.acl_setuser("desk", enabled=True, passwords=["+right"])
    with capture_logs() as logs:
        here = Ear(a_bus(valkey.url.replace("//", "//desk:very-wrong@")))
        await here.until(lambda: bool(logs))
        await here.bus.close()
    assert "AuthenticationError" in logs[0]["reason"]
    assert "very-wrong" not in str(logs)


async def test_the_user_that_the_documents_describe_may_do_this_and_no_more(valkey: Valkey) -> None:
    command = re.search(r"^ACL SETUSER .*$", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)
    assert command
    valkey.admin.execute_command(*command[0].split())  # type: ignore[no-untyped-call]
    url = valkey.url.replace("//", "//deskwire:a-long-password@")
    here, there = Ear(a_bus(url)), Ear(a_bus(url))
    await here.listen("ticket/1/staff")
    here.bus.unsubscribe("ticket/1/staff")
    await here.listen("control")
    there.bus.publish(told("control", 1))
    await here.until(lambda: here.seqs("control") == [1])
    await here.bus.close()
    await there.bus.close()
    stranger = redis.Redis.from_url(url)
    for forbidden in (
        ["GET", "x"],
        ["PUBLISH", "elsewhere", "x"],
        ["PSUBSCRIBE", "*"],
        ["FLUSHALL"],
        ["CLIENT", "LIST"],
    ):
        with pytest.raises(redis.exceptions.NoPermissionError):
            stranger.execute_command(*forbidden)  # type: ignore[no-untyped-call]
    stranger.close()


async def test_what_was_said_last_still_goes_out(ears: Ears, valkey: Valkey) -> None:
    _here, there = ears
    leaving = Ear(a_bus(valkey.url))
    await leaving.well()
    await there.listen("a")
    leaving.bus.publish(told("a", *range(1, 2_000)))
    await leaving.bus.close()
    await there.until(lambda: there.seqs("a") == list(range(1, 2_000)))
    assert f"{CHANNELS}a" in valkey.channels()


async def test_a_stop_leaves_no_connection_behind(valkey: Valkey) -> None:
    here = Ear(a_bus(valkey.url))
    await here.listen("a")
    await here.bus.close()
    await here.until(lambda: valkey.channels() == set())
    await here.until(lambda: [c["name"] for c in valkey.admin.client_list() if c["name"].startswith("deskwire")] == [])


@pytest.mark.parametrize("url", ["http://localhost", "localhost:6379", "redis://localhost:port", "redis://h?db=x"])
def test_an_address_that_is_none_is_refused_with_a_clear_sentence(url: str) -> None:
    with pytest.raises(BadInput, match="redis_url"):
        RedisBus(url, key=KEY, installation=INSTALLATION, epoch=EPOCH)


def test_the_driver_never_reconnects_behind_our_back() -> None:
    """A reconnection that nobody hears of is a gap that nobody looks at."""
    options = link._options()
    assert options["retry"].get_retries() == 0
    assert options["retry"]._supported_errors == ()
    assert options["socket_connect_timeout"]
    assert options["socket_timeout"]
