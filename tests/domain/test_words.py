"""What search compares (C-35): accents, case, width and punctuation do not count; the same for text and question."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.words import search_text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Émile's ACME-12", "emile s acme 12"),
        ("  Printer\toffline\n again ", "printer offline again"),
        ("STRASSE Straße", "strasse strasse"),
        ("Ёлка ёлка", "елка елка"),
        ("İstanbul", "istanbul"),
        ("ﬁle ＡＢＣ ½", "file abc 1 2"),
        ("naïve/co-op, (R2D2)", "naive co op r2d2"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("東京 ｶﾅ", "東京 カナ"),
        ("a_b\u200bc\u00add", "a b c d"),
        ("'; DROP TABLE tickets --", "drop table tickets"),
        ('"near" AND NOT* ^x', "near and not x"),
        ("\ue000mark\ue001", "mark"),
        ("😀 !?", ""),
        ("", ""),
    ],
)
def test_words(text: str, words: str) -> None:
    assert search_text(text) == words


@given(st.text())
def test_nothing_but_words_and_single_blanks_is_left(text: str) -> None:
    result = search_text(text)
    assert result == " ".join(result.split(" ")).strip()
    assert all(char == " " or char.isalnum() for char in result)


@given(st.text())
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert search_text(search_text(text)) == search_text(text)


@given(st.text(), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_how_a_text_was_composed_does_not_matter(text: str, form: str) -> None:
    assert search_text(unicodedata.normalize(form, text)) == search_text(text)  # type: ignore[arg-type]


@given(st.text(), st.text())
def test_words_on_both_sides_of_a_blank_are_looked_at_alone(left: str, right: str) -> None:
    assert search_text(f"{left} {right}") == f"{search_text(left)} {search_text(right)}".strip()
