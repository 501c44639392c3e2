"""From one language to another, directly or through English."""

from server.translation.base import Pair
from server.translation.routes import alike, route, targets


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


def test_another_kind_of_a_language_serves_where_it_has_no_pair_itself() -> None:
    """pt-BR and zh-TW of a browser are pt and zh here, whatever the package is called."""
    pb_en, en_zt = pair("pb", "en"), pair("en", "zt")
    assert route([pb_en, *PAIRS], "pt", "en") == [pb_en]
    assert route([pb_en, *PAIRS], "pt", "fr") == [pb_en, EN_FR]
    assert route([en_zt, *PAIRS], "fr", "zh") == [FR_EN, en_zt]
    pt_en = pair("pt", "en")
    assert route([pb_en, pt_en], "pt", "en") == [pt_en]
    assert route([pb_en, pair("en", "pb")], "pt", "pb") == []


def test_two_kinds_of_a_language_are_not_translated_into_each_other_over_english() -> None:
    """Who reads one gets along with the other, better than with what comes back from English."""
    over = [pair(*langs) for langs in (("pt", "en"), ("en", "pt"), ("pb", "en"), ("en", "pb"))]
    assert route(over, "pt", "pb") == route(over, "pb", "pt") == []
    assert alike(over, "pt", "pb")
    assert targets(over, "pt") == {"en"}
    directly = pair("zh", "zt")
    assert route([directly], "zh", "zt") == [directly]
    assert not alike([directly], "zh", "zt")
    assert alike([directly], "zt", "zh")
    assert not alike(over, "pt", "en")
