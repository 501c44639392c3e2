"""Whatever a model answers, lines stay lines and what is protected comes out as it went in."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.translation.segments import SENTENCE_CHARS, prose, split
from server.translation.sentence import Held, Sentence

PROTECTED = [
    *("ACME-1503", "https://example.com/a?b=1", "ada@example.com", "`x = 1`", "/etc/hosts", "{name}", "@ada", "48213"),
    *("12:30", "3", "2026-11-22", "$1,500.50", "1 500,50 €", "snake_case", "report.pdf", "😀", "👩‍💻", "v2.3.1"),
    *("+32 2 555 01 23", "C:\\Users\\ada", "<b>", "%(count)s", "os.path.join()", "X1", "X9", "iPhone", ":-)"),
]
WORDS = ["hello", "Printer", "l'écran", "does", "not", "Привет", "它不工作", "PLEASE", "HELP", "a", "e.g.", "R&D", "no"]
BETWEEN = [
    " ",
    " ",
    " ",
    ", ",
    ". ",
    "! ",
    " (",
    ") ",
    "\n",
    "\n\n",
    "\n- ",
    "\r\n",
    ": ",
    "… ",
    " – ",
    "\n> ",
    "\n1. ",
]
TEXTS = st.lists(st.sampled_from([*WORDS, *PROTECTED]), max_size=25).flatmap(
    lambda words: st.lists(st.sampled_from(BETWEEN), min_size=len(words), max_size=len(words)).map(
        lambda blanks: "".join(word + blank for word, blank in zip(words, blanks, strict=True))
    )
)
ANSWERS = st.lists(
    st.sampled_from([*"aé X123 9,.\n😀<>*⁇▁@/:", "X1", "X2", "3", "word", "ACME-1503"]), max_size=12
).map("".join)

unhurried = settings(deadline=None)


def original(piece: str | Sentence) -> str:
    if isinstance(piece, str):
        return piece
    return "".join(part.text if isinstance(part, Held) else part for part in piece.pieces)


def protected_in(text: str) -> list[str]:
    """Everything that stays, as the pieces name it."""
    return [
        part.text
        for piece in split(text)
        if isinstance(piece, Sentence)
        for part in piece.pieces
        if isinstance(part, Held)
    ]


def put_together(text: str, answer: str, all_stand_ins: bool) -> str:
    """As the engine does it, with a model that always says the same."""
    out = []
    for piece in split(text):
        if isinstance(piece, str):
            out.append(piece)
            continue
        whole = piece.answered(answer, all_stand_ins)
        parts: list[str | Held | Sentence] = [whole] if whole else piece.parts()
        out += [part if isinstance(part, str) else part.text for part in parts]
    return "".join(out)


@unhurried
@given(st.one_of(TEXTS, st.text()))
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(original(piece) for piece in split(text)) == text


@unhurried
@given(TEXTS, ANSWERS, st.booleans())
def test_what_is_protected_survives_any_answer(text: str, answer: str, all_stand_ins: bool) -> None:
    """B-23: each as often as before, and no line more or less."""
    out = put_together(text, answer, all_stand_ins)
    assert len(out.splitlines()) == len(text.splitlines())
    for one in set(protected_in(text)):
        assert out.count(one) >= Counter(protected_in(text))[one], (one, out)


@unhurried
@given(st.lists(st.sampled_from(PROTECTED), min_size=1, max_size=12), ANSWERS, st.booleans())
def test_strings_that_were_put_in_come_out(words: list[str], answer: str, all_stand_ins: bool) -> None:
    """B-23, said without asking our own expression what it protects."""
    text = " and the ".join(words)
    out = put_together(text, answer, all_stand_ins)
    for one in set(words):
        assert out.count(one) >= words.count(one), (one, out)


@unhurried
@given(TEXTS, st.booleans())
def test_an_answer_that_repeats_the_question_changes_nothing_but_blanks(text: str, all_stand_ins: bool) -> None:
    for piece in split(text):
        if isinstance(piece, Sentence) and (asked := piece.asked(all_stand_ins)):
            answered = piece.answered(asked, all_stand_ins)
            assert answered is not None
            assert Counter(protected_of(answered)) == Counter(protected_of(piece))
            assert answered.text.split() == answered.text.strip().split()


def protected_of(sentence: Sentence) -> list[str]:
    return [part.text for part in sentence.pieces if isinstance(part, Held)]


@unhurried
@given(st.text(st.sampled_from("ab .,;\n" + "x" * 20), min_size=500, max_size=2_000))
def test_no_sentence_is_longer_than_models_bear(text: str) -> None:
    assert all(len(original(piece)) <= SENTENCE_CHARS for piece in split(text) if isinstance(piece, Sentence))


def sentences(text: str, all_stand_ins: bool = False) -> list[str]:
    return [piece.asked(all_stand_ins) for piece in split(text) if isinstance(piece, Sentence)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello. It broke! Why?", ["Hello.", "It broke!", "Why?"]),
        ("it broke. please help", ["it broke.", "please help"]),
        ("Mr. Smith, e.g. the one of ca. 40 years.", ["Mr. Smith, e.g. the one of ca. 40 years."]),
        ("« C'est cassé ! » Merci.", ["« C'est cassé ! »", "Merci."]),
        ("它不工作。谢谢！", ["它不工作。", "谢谢！"]),
        ("See https://example.com/a. Thanks.", ["See X1.", "Thanks."]),
        ("(02) 555-0123 is my number", ["X1 is my number"]),
        ("Use {one. two} for this.", ["Use X1 for this."]),
        ("Thanks 😀 it works", ["Thanks", "it works"]),
        ("**Important**: restart", ["Important", "restart"]),
        ("  - one\n  2) two\n# Three\n[ ] four", ["one", "two", "Three", "four"]),
        ("> what you said\nwhat I say", ["what I say"]),
        ("```\nnot this\n```\nbut this", ["but this"]),
        ("~~~\nnot ```this\n~~~\nbut this", ["but this"]),
        ("It’s “done”… now", ['It\'s "done"...', "now"]),
        ("I have 3 of 48213, at 12:30", ["I have 3 of X1, at X2"]),
        ("HELP ME WITH USB ORD-1 NOW", ["Help me with usb X1 now"]),
        ("USB", ["USB"]),
        ("48213", []),
        ("😀 👍🏽\n\n---", []),
        ("a", []),
        ("", []),
    ],
)
def test_what_the_model_gets(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_models_that_copy_stand_ins_get_no_numbers() -> None:
    assert sentences("I have 3 of ORD-1", all_stand_ins=True) == ["I have X1 of X2"]


def test_a_sentence_of_keys_is_translated_in_parts() -> None:
    """There are nine stand-ins."""
    (piece,) = split("use " + " or ".join(f"KEY-{number}" for number in range(10)))
    assert isinstance(piece, Sentence)
    assert piece.asked(all_stand_ins=False) == ""
    assert [part.text for part in piece.parts() if isinstance(part, Sentence)] == ["use", *["or"] * 9]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("Ma commande X1 de 3 n'est pas là.", "Ma commande ACME-1503 de 3 n'est pas là."),
        ("De 3, la commande X1", "De 3, la commande ACME-1503"),
        ("Ma commande de 3", None),
        ("Ma commande X1 X1 de 3", None),
        ("Ma commande X1 de 4", None),
        ("Ma commande X1 de 3 ou ada@example.com", None),
        ("Ma commande X12 de 3", None),
        ("Ma commande ACME-1503 de 3", None),
    ],
)
def test_an_answer_has_to_hold_what_was_protected(answer: str, text: str | None) -> None:
    (piece,) = split("My order ACME-1503 of 3 is not here.")
    assert isinstance(piece, Sentence)
    answered = piece.answered(answer, all_stand_ins=False)
    assert (answered.text if answered else None) == text


def test_what_was_shouted_is_shouted() -> None:
    """But not what is protected."""
    (piece,) = split("PLEASE HELP WITH ord-1 NOW")
    assert isinstance(piece, Sentence)
    answered = piece.answered("Aidez-moi avec X1, s'il vous plaît", all_stand_ins=False)
    assert answered is not None
    assert answered.text == "AIDEZ-MOI AVEC ord-1, S'IL VOUS PLAÎT"


def test_prose_is_what_remains() -> None:
    text = prose(split("Hello ACME-1503\n> quoted\n`code` works 😀 at https://example.com"))
    assert re.findall(r"\w+", text) == ["Hello", "works", "at"]
