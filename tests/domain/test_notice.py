"""What a notice says to whom."""

import pytest

from server.domain.notice import Told, Written, missing, plain, told

ENGLISH = Written("en", "Mail is slow.", {"nl": "Mail is traag.", "pt-BR": "O e-mail está lento."})
MADE = {"fr": "Le courrier est lent.", "nl": "Post is langzaam."}


@pytest.mark.parametrize(
    ("langs", "expected"),
    [
        (["en"], Told("Mail is slow.", "en")),
        (["en-GB", "nl"], Told("Mail is slow.", "en")),
        (["nl-BE"], Told("Mail is traag.", "nl")),  # written before made
        (["pt-BR"], Told("O e-mail está lento.", "pt-BR")),
        (["fr-CA", "nl"], Told("Le courrier est lent.", "fr", machine=True)),
        (["ru", "nl"], Told("Mail is slow.", "en")),  # the original, rather than what somebody else reads
        ([], Told("Mail is slow.", "en")),
    ],
)
def test_b_50_written_then_made_by_a_machine_then_the_original(langs: list[str], expected: Told) -> None:
    assert told(ENGLISH, langs, MADE) == expected


def test_what_nobody_has_written_is_missing_whatever_the_region() -> None:
    assert missing(ENGLISH, ["en-US", "nl", "fr", "fr-CA", "ru"]) == ["fr", "ru"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "**Mail** is *very* slow.\n- see [here](https://a.example)",
            "Mail is very slow.\n- see here (https://a.example)",
        ),
        ("**all *of* it**", "all of it"),
        ("2 * 3 * 4, **open and -1", "2 * 3 * 4, **open and -1"),
    ],
)
def test_a_machine_gets_the_words_without_marks(text: str, expected: str) -> None:
    assert plain(text) == expected
