"""Which device a request comes from (G-17): real user agents, the lies that tablets tell, bots, garbage."""

import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.devices import Device, DeviceClass, Hints, classify

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
MAC_SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Safari/605.1.15"
)
LINUX_CHROME = f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/126.0.0.0 Safari/537.36"
LINUX_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

CORPUS = [
    # Windows
    (
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/126.0.0.0 Safari/537.36",
        Device("windows", "Windows 10", "Chrome 126.0"),
    ),
    (
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.87",
        Device("windows", "Windows 10", "Edge 126.0"),
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
        Device("windows", "Windows 10", "Firefox 128.0"),
    ),
    (
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/124.0.0.0 Safari/537.36 OPR/110.0.0.0",
        Device("windows", "Windows 10", "Opera 110.0"),
    ),
    (
        "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
        Device("windows", "Windows 7", "IE 11.0"),
    ),
    # macOS
    (MAC_SAFARI, Device("macos", "Mac OS X 10.15", "Safari 17.5")),
    (
        f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Chrome/126.0.0.0 Safari/537.36",
        Device("macos", "Mac OS X 10.15", "Chrome 126.0"),
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Firefox/128.0",
        Device("macos", "Mac OS X 10.15", "Firefox 128.0"),
    ),
    # Linux and its distributions, BSD
    (LINUX_CHROME, Device("linux", "Linux", "Chrome 126.0")),
    (LINUX_FIREFOX, Device("linux", "Linux", "Firefox 128.0")),
    (
        "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
        Device("linux", "Ubuntu", "Firefox 127.0"),
    ),
    (
        "Mozilla/5.0 (X11; Fedora; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
        Device("linux", "Fedora", "Firefox 127.0"),
    ),
    (
        "Mozilla/5.0 (X11; U; Linux x86_64; en-US; rv:1.9.1.3) Gecko/20091020 Linux Mint/8 (Helena) Firefox/3.5.3",
        Device("linux", "Linux Mint 8", "Firefox 3.5"),
    ),
    (
        "Mozilla/5.0 (X11; NetBSD amd64; rv:127.0) Gecko/20100101 Firefox/127.0",
        Device("linux", "NetBSD", "Firefox 127.0"),
    ),
    # ChromeOS
    (
        f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/126.0.0.0 Safari/537.36",
        Device("chromeos", "Chrome OS 14541.0", "Chrome 126.0"),
    ),
    # Android
    (
        f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36",
        Device("android", "Android 10", "Chrome Mobile 126.0"),
    ),
    (
        "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0",
        Device("android", "Android 14", "Firefox Mobile 128.0"),
    ),
    (
        f"Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) {WEBKIT} "
        "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
        Device("android", "Android 14", "Samsung Internet 25.0"),
    ),
    (
        f"Mozilla/5.0 (Linux; Android 10; HD1913) {WEBKIT} Chrome/126.0.6478.122 Mobile Safari/537.36 "
        "EdgA/126.0.2592.80",
        Device("android", "Android 10", "Edge Mobile 126.0"),
    ),
    (
        f"Mozilla/5.0 (Linux; Android 13; SM-A536B Build/TP1A.220624.014; wv) {WEBKIT} "
        "Version/4.0 Chrome/115.0.5790.166 Mobile Safari/537.36",
        Device("android", "Android 13", "Chrome Mobile WebView 115.0"),
    ),
    # iPhone, iPad
    (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", Device("ios", "iOS 17.5", "Mobile Safari 17.5")),
    (f"{IPHONE} CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1", Device("ios", "iOS 17.5", "Chrome Mobile iOS 126.0")),
    (f"{IPHONE} FxiOS/128.0 Mobile/15E148 Safari/605.1.15", Device("ios", "iOS 17.5", "Firefox iOS 128.0")),
    (
        "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/12.1.2 Mobile/15E148 Safari/604.1",
        Device("ios", "iOS 12.5", "Mobile Safari 12.1"),
    ),
    # programs, bots, televisions, nothing
    (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        Device("unknown", "", "Googlebot 2.1"),
    ),
    ("curl/8.5.0", Device("unknown", "", "curl 8.5")),
    ("python-httpx/0.27.0", Device("unknown", "", "")),
    (
        f"Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) {WEBKIT} 76.0.3809.146/6.0 TV Safari/537.36",
        Device("unknown", "Tizen 6.0", "Safari"),
    ),
    ("", Device("unknown", "", "")),
    ("\x01\xff%%$$ <script>alert(1)</script> ';--", Device("unknown", "", "")),
    ("A" * 100_000, Device("unknown", "", "")),
]


@pytest.mark.parametrize(("user_agent", "device"), CORPUS, ids=[ua[:60] or "empty" for ua, _ in CORPUS])
def test_a_real_user_agent_names_its_device(user_agent: str, device: Device) -> None:
    """G-17"""
    assert classify(user_agent) == device


@pytest.mark.parametrize("platform", ["MacIntel", "iPad", ""])
def test_an_ipad_in_desktop_mode_says_macintosh_and_has_a_touch_screen(platform: str) -> None:
    assert classify(MAC_SAFARI, Hints(max_touch_points=5, platform=platform)) == Device("ios", "iPadOS", "Safari 17.5")
    assert classify(MAC_SAFARI, Hints(max_touch_points=0, platform="MacIntel")).device_class == "macos"


@pytest.mark.parametrize("user_agent", [LINUX_CHROME, LINUX_FIREFOX], ids=["Chrome", "Firefox"])
@pytest.mark.parametrize("platform", ["Linux armv81", "Linux armv8l", "Linux armv7l", "Linux aarch64", "Android"])
def test_an_android_tablet_in_desktop_mode_says_linux_and_has_a_touch_screen(user_agent: str, platform: str) -> None:
    device = classify(user_agent, Hints(max_touch_points=5, platform=platform))
    assert (device.device_class, device.os) == ("android", "Android")


@pytest.mark.parametrize(
    ("user_agent", "hints", "device_class"),
    [
        (LINUX_CHROME, Hints(max_touch_points=10, platform="Linux x86_64"), "linux"),
        (LINUX_CHROME, Hints(max_touch_points=0, platform="Linux aarch64"), "linux"),
        (CORPUS[0][0], Hints(max_touch_points=10, platform="Win32"), "windows"),
        (CORPUS[14][0], Hints(max_touch_points=10, platform="Linux armv81"), "chromeos"),
    ],
    ids=["laptop with a touch screen", "ARM board", "Windows tablet", "Chromebook"],
)
def test_a_touch_screen_alone_makes_no_phone(user_agent: str, hints: Hints, device_class: str) -> None:
    assert classify(user_agent, hints).device_class == device_class


def test_a_native_client_declares_its_class_and_a_browser_cannot() -> None:
    hints = Hints(device_class="android", os="Android 15", app="Deskwire 2.1")
    assert classify("okhttp/4.12.0", hints, native=True) == Device("android", "Android 15", "Deskwire 2.1")
    assert classify("okhttp/4.12.0", Hints(device_class="ios"), native=True) == Device("ios", "", "okhttp 4.12")
    assert classify(CORPUS[0][0], hints) == CORPUS[0][1]
    assert classify("", hints).device_class == "unknown"


@given(
    st.text(st.characters(max_codepoint=255), max_size=2_000),
    st.builds(
        Hints,
        max_touch_points=st.integers(0, 256),
        platform=st.text(max_size=64),
        mobile=st.booleans(),
        os=st.text(max_size=64),
    ),
    st.booleans(),
)
def test_any_header_gives_some_device(user_agent: str, hints: Hints, native: bool) -> None:
    assert classify(user_agent, hints, native=native).device_class in typing.get_args(DeviceClass)
