"""What the doctor makes of a certificate's dates, and of the address that a request arrived with."""

import ssl
import time

import pytest

from server.cli.doctor.address import certificate
from server.cli.doctor.finding import Finding
from server.cli.doctor.outside import STRANGER
from server.cli.doctor.proxy import address
from server.http.probe import Seen
from server.settings import Settings
from tests.cli.conftest import Place
from tests.cli.test_doctor import Report
from tests.support.server import free_port

DAY_S = 86_400
NOW = ssl.cert_time_to_seconds("Nov 22 12:00:00 2026 GMT")


def lasting(days: float, left: float) -> Finding:
    """A certificate for so many days, with so many of them left."""

    def written(seconds: float) -> str:
        return time.strftime("%b %d %H:%M:%S %Y GMT", time.gmtime(seconds))

    ends = NOW + left * DAY_S
    return certificate({"notBefore": written(ends - days * DAY_S), "notAfter": written(ends)}, NOW)


@pytest.mark.parametrize(("days", "left"), [(90, 31), (90, 15), (45, 12), (6, 2), (365, 14.1)])
def test_a_certificate_that_was_renewed_in_time(days: float, left: float) -> None:
    assert lasting(days, left).level == "ok"


@pytest.mark.parametrize(("days", "left"), [(90, 13), (365, 1), (45, 11), (6, 1), (90, -1)])
def test_a_certificate_that_should_have_been_renewed(days: float, left: float) -> None:
    found = lasting(days, left)
    assert found.level == "warn"
    assert "certbot renew" in found.advice
    assert "good until 2026-" in found.text or "good until 2027-" in found.text


PROXY = "192.0.2.1"
VISITOR = "198.51.100.9"


@pytest.mark.parametrize(
    ("seen", "forwarded", "settings", "level", "words"),
    [
        (VISITOR, [VISITOR], {}, "ok", "cannot choose"),
        (VISITOR, [STRANGER, f"{VISITOR}:4711"], {}, "ok", "cannot choose"),
        ("2001:db8::9", ["[2001:db8::9]:4711"], {}, "ok", "cannot choose"),
        ("2001:db8::9", ["2001:db8::9"], {}, "ok", "cannot choose"),
        (STRANGER, [STRANGER, VISITOR], {}, "fail", "proxy_set_header X-Forwarded-For $remote_addr;"),
        (VISITOR, [STRANGER], {}, "ok", "without a proxy"),
        (PROXY, [STRANGER], {"tls_cert": "x", "tls_key": "x"}, "ok", "without a proxy"),
        (PROXY, [STRANGER, VISITOR], {}, "warn", f"DESKWIRE_FORWARDED_ALLOW_IPS={PROXY}"),
        (PROXY, [VISITOR], {"forwarded_allow_ips": "::1"}, "warn", f"DESKWIRE_FORWARDED_ALLOW_IPS=::1,{PROXY}"),
        (PROXY, [STRANGER], {}, "warn", "proxy_set_header X-Forwarded-For $remote_addr;"),
        (PROXY, [], {}, "warn", "proxy_set_header X-Forwarded-For $remote_addr;"),
    ],
)
def test_where_a_visitor_seems_to_come_from(
    seen: str, forwarded: list[str], settings: dict[str, str], level: str, words: str
) -> None:
    """We are the visitor, and claim to be somebody else."""
    found = address(Settings(**settings), Seen(seen, forwarded, "desk.example.com"), VISITOR)  # type: ignore[arg-type]
    assert found.level == level
    assert words in f"{found.text} -> {found.advice}"
    if level == "warn" and STRANGER in forwarded and VISITOR in forwarded:
        assert "proxy_set_header" not in found.advice, "the proxy does its part"


def test_a_public_address_without_a_proxy(place: Place) -> None:
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    place.start("demo", "--serve", port=port, public_url=url)
    report = Report(place, "--quick", port=port, public_url=url)
    assert {one["level"] for one in report.findings} == {"ok"}
    (told,) = [one["text"] for one in report.findings if one["check"] == "client address"]
    assert told.endswith("without a proxy in between")
