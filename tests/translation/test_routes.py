"""From one language to another, directly or through English."""

from server.translation.base import Pair
from server.translation.routes import languages, route, targets


def pair(source: str, target: str) -> Pair:
    return Pair(source, target, "1.0", f"translate-{source}_{target}", 0, 0)


FR_EN, EN_FR, EN_NL, NL_DE = pair("fr", "en"), pair("en", "fr"), pair("en", "nl"), pair("nl", "de")
PAIRS = [FR_EN, EN_FR, EN_NL, NL_DE]


def test_the_direct_pair_first_then_english_in_between() -> None:
    assert route(PAIRS, "fr", "en") == [FR_EN]
    assert route(PAIRS, "fr", "nl") == [FR_EN, EN_NL]
    assert route([*PAIRS, pair("fr", "nl")], "fr", "nl") == [pair("fr", "nl")]


def test_no_way_without_both_legs_or_over_another_language() -> None:
    assert route(PAIRS, "nl", "fr") == []
    assert route(PAIRS, "en", "de") == []
    assert route(PAIRS, "fr", "fr") == []


def test_what_can_be_reached() -> None:
    assert targets(PAIRS, "fr") == {"en", "nl"}
    assert targets(PAIRS, "de") == set()
    assert languages(PAIRS) == {"fr", "en", "nl", "de"}
