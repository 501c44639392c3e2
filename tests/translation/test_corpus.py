"""The sentences that the phrasebook was made from: right French, slots filled, the same ones each time."""

import itertools
import random
import re

import pytest
from phrasebook.corpus import FOLDER, sentences, tidy, typed
from phrasebook.french import elided, plural_of, with_determiner
from phrasebook.grammar import Bound, Grammar, Lang, Pair
from phrasebook.patterns import Noun, Pattern, slots

WRONG_FRENCH = re.compile(
    r"(?<![-\w])(?:je|ne|me|se|te|le|la|de|que|ma|sa|ce) [aeiouéèê]\w|\b(?:de|à) les? (?![a-zé]+(?:er|ir|re)\b)|  "
)


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return Grammar(FOLDER)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("je ai la imprimante", "j'ai l'imprimante"),
        ("ma adresse et ma commande", "mon adresse et ma commande"),
        ("parce que il ne arrive pas", "parce qu'il n'arrive pas"),
        ("si il y a, je y vais", "s'il y a, j'y vais"),
        ("envoyez-le à Anna", "envoyez-le à Anna"),
        ("le haut de la page", "le haut de la page"),
        ("essayez de le ouvrir", "essayez de l'ouvrir"),
        ("quel que soit le réseau", "quel que soit le réseau"),
    ],
)
def test_vowels_that_meet(written: str, right: str) -> None:
    assert elided(written) == right


@pytest.mark.parametrize(
    ("determiner", "word", "gender", "right"),
    [
        ("mon", "imprimante", "f", "mon imprimante"),
        ("mon", "facture", "f", "ma facture"),
        ("ce", "ordinateur", "m", "cet ordinateur"),
        ("du", "écran", "m", "de l'écran"),
        ("du", "fichier", "m", "du fichier"),
        ("au", "page", "f", "à la page"),
        ("le nouveau", "écran", "m", "le nouvel écran"),
        ("le nouveau", "adresse", "f", "la nouvelle adresse"),
        ("ce vieux", "appareil", "m", "ce vieil appareil"),
        ("un autre", "image", "f", "une autre image"),
    ],
)
def test_articles_and_adjectives(determiner: str, word: str, gender: str, right: str) -> None:
    assert elided(with_determiner(determiner, word, "f" if gender == "f" else "m")) == right


def test_plurals() -> None:
    assert [plural_of(word) for word in ("fichier", "tableau", "prix", "signal", "boîte mail")] == [
        "fichiers",
        "tableaux",
        "prix",
        "signaux",
        "boîtes mail",
    ]


@pytest.mark.parametrize("source", ["en", "fr"])
def test_every_pattern_can_be_written(grammar: Grammar, source: Lang) -> None:
    """No slot without a section, no form that a verb has not."""
    rng = random.Random(1)
    device = next(one for one in grammar.sections["device"].entries if isinstance(one, Noun))
    for section in grammar.sections.values():
        for entry in section.entries:
            if isinstance(entry, Pattern):
                texts = (*entry.english, *entry.french)
                speaks_of_it = any(slot.name == "it" for text in texts for slot in slots(text))
                pair = grammar.write(entry, Bound({"it": device} if speaks_of_it else {}), rng, source)
                assert not re.search(r"[{}|*@]", "".join(pair)), entry


def test_all_ways_of_a_pattern_say_the_same(grammar: Grammar) -> None:
    """What stands on one side only would be lost, or invented."""

    def said(text: str) -> set[str]:
        return {slot.name for slot in slots(text) if not slot.choice}

    for section in grammar.sections.values():
        for entry in section.entries:
            if isinstance(entry, Pattern):
                assert {frozenset(said(text) - {"it"}) for text in (*entry.english, *entry.french)} == {
                    frozenset(said(entry.english[0]) - {"it"})
                }, entry


@pytest.mark.parametrize("source", ["en", "fr"])
def test_sentences_look_like_sentences(source: Lang) -> None:
    pairs = list(itertools.islice(sentences(source, 7), 3000))
    french = [pair.target if source == "en" else pair.source for pair in pairs]
    assert [text for text in french if WRONG_FRENCH.search(text)] == []
    assert [text for pair in pairs for text in pair if not re.fullmatch(r"\S.*[.?!:]", text)] == []
    assert pairs[:50] == list(itertools.islice(sentences(source, 7), 50)), "the same seed, the same sentences"


def test_only_the_source_is_untidy() -> None:
    """The target follows the source's first letter and its full stop, and nothing else."""
    rng, pair = random.Random(3), tidy(Pair("my screen is not working", "mon écran ne marche pas"))
    seen = [typed(pair, "en", rng) for _ in range(300)]
    assert len({one.source for one in seen}) > 5
    plain = {one.target for one in seen if "X" not in one.target}
    assert {text.rstrip(".").lower() for text in plain} == {"mon écran ne marche pas"}
    assert all(one.source[0].isupper() == one.target[0].isupper() for one in seen)
