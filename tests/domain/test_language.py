"""Tags, and which language somebody writes in after what was heard."""

import pytest

from server.domain.language import Guess, base, name, settled

NOTHING = Guess(None, 0.0, 0)


def heard(*said: tuple[str | None, float, int]) -> list[Guess]:
    return [Guess(*one) for one in said]


@pytest.mark.parametrize(
    ("tag", "lang"),
    [
        *[("fr", "fr"), ("fr-CA", "fr"), ("zh_Hant_TW", "zh"), ("EN-us", "en"), ("fil", "fil")],
        *[("", None), ("x", None), ("english", None), ("f1", None), ("-fr", None), ("фр", None)],
    ],
)
def test_the_base_of_a_tag(tag: str, lang: str | None) -> None:
    assert base(tag) == lang


def test_languages_call_themselves() -> None:
    assert name("fr") == "Français"
    assert name("xx") == "xx"


@pytest.mark.parametrize(
    ("current", "said", "after"),
    [
        ("en", heard(("fr", 0.95, 6)), "fr"),
        ("en", heard(("fr", 0.95, 4)), "en"),
        ("fr", heard(("fr", 0.95, 9), ("en", 0.95, 9)), "fr"),
        ("fr", heard(("fr", 0.95, 9), ("en", 0.95, 9), ("fr", 0.95, 9), ("en", 0.95, 9)), "fr"),
        ("fr", heard(("fr", 0.95, 9), ("en", 0.95, 4), ("en", 0.95, 4)), "fr"),
        ("fr", heard(("fr", 0.95, 9), ("en", 0.95, 9), ("en", 0.95, 4)), "en"),
        ("en", heard(("fr", 0.6, 9)), "en"),
        ("en", heard(("fr", 0.6, 9), ("fr", 0.6, 1)), "fr"),
        ("en", heard(("fr", 0.6, 9), ("en", 0.6, 1), ("fr", 0.6, 1)), "en"),
        ("en", heard(("fr", 0.6, 9), (None, 0.0, 0), ("fr", 0.6, 1)), "fr"),
        ("en", heard(("fr", 0.95, 6), (None, 0.0, 0)), "en"),
        ("en", heard(("fr", 0.49, 6), ("fr", 0.49, 6)), "en"),
        ("en", heard(("nl", 0.6, 4), ("fr", 0.6, 4)), "en"),
        ("en", [], "en"),
        (None, heard(("fr", 0.6, 2)), "fr"),
        (None, [NOTHING], None),
    ],
)
def test_the_running_vote(current: str | None, said: list[Guess], after: str | None) -> None:
    """A declared language gives way at once, one that was heard when another is meant; nothing is no voice."""
    assert settled(current, said) == after
