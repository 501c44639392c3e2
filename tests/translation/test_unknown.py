"""Names and other words that a small model has never seen."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.translation.base import Options
from server.translation.engine import Engine
from server.translation.install import install
from server.translation.unknown import veiled
from tests.translation.models import package, shifted

KNOWN = frozenset("it is a my does not work hello the l imprimante with please".split())  # noqa: SIM905


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It is a printer.", "It is a X1."),
        ("Hello Ada", "Hello X1"),
        ("Hello Ada Lovelace, my HP-UX does not work", "Hello X1, my X2 does not work"),
        ("My X1 does not work", "My X1 does not work"),
        ("It is a HP X1 not the X2", "It is a X1 not the X2"),
        ("l'imprimante X2 VPN X1", "l'imprimante X1"),
        ("it does not work", "it does not work"),
        ("all of this is strange", None),
        ("", ""),
    ],
)
def test_what_the_model_gets(text: str, shown: str | None) -> None:
    found = veiled(text, KNOWN)
    assert (found.text if found else None) == shown
    if found:
        assert found.lifted(found.text) == text


def test_too_many_for_nine() -> None:
    assert veiled("my " + " is it Bob not my ".join(["please"] * 11), KNOWN) is None


@pytest.mark.parametrize("answer", ["Bonjour", "Bonjour X1 X1", "Bonjour X12", "Bonjour Ada"])
def test_an_answer_has_to_hold_them(answer: str) -> None:
    found = veiled("Hello Ada", KNOWN)
    assert found is not None
    assert found.lifted(answer) is None


@settings(deadline=None)
@given(st.lists(st.sampled_from([*KNOWN, "Ada", "HP", "x", "X1", "X2", "X9", ",", "-", "'", ".", " "]), max_size=30))
def test_back_again_it_is_what_it_was(words: list[str]) -> None:
    text = " ".join(words)
    found = veiled(text, KNOWN)
    assert found is None or found.lifted(found.text) == text


async def test_through_a_package_that_says_what_it_knows(tmp_path: Path) -> None:
    """A model that shifts letters would shift those of a name."""
    known = sorted(KNOWN)
    install(package(tmp_path, "en", "fr", all_stand_ins=True, known_words=known), tmp_path / "packages")
    engine = Engine(tmp_path / "packages", Options())
    await engine.start()
    try:
        outcome = await engine.translate("it is a HP LaserJet 400, please", "en", "fr")
        assert outcome.text == f"{shifted('it is a', 1)} HP LaserJet 400, {shifted('please', 1)}"
        assert (await engine.translate("nothing of that is known", "en", "fr")).reason == "bad_output"
    finally:
        await engine.close()
