"""The demo phrasebook, on the way of any package: what it is, what it knows, and that it knows what it does not."""

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from phrasebook import sources

from server.translation import phrasebook
from server.translation.base import Options, Outcome
from server.translation.engine import Engine
from server.translation.install import install

MOST_BYTES = 800_000
RIGHT = 0.8
"""Of the sentences that were held out, this share comes out exactly as it should."""
HELD_OUT = Path(__file__).parent / "held_out"
"""The first lines of what ``phrasebook.train`` leaves as held-out.tsv."""

FIRST_MINUTE = [
    ("en", "fr", "Hello, my printer does not work", "Bonjour, mon imprimante ne fonctionne pas"),
    ("en", "fr", "I cannot log in.", "Je n'arrive pas à me connecter."),
    ("en", "fr", "I can’t log in", "Je n'arrive pas à me connecter"),
    ("en", "fr", "The invoice is wrong.", "La facture est fausse."),
    ("en", "fr", "thank you, it works now", "merci, ça fonctionne maintenant"),
    ("en", "fr", "I forgot my password.", "J'ai oublié mon mot de passe."),
    ("en", "fr", "HELLO, MY PRINTER DOES NOT WORK", "BONJOUR, MON IMPRIMANTE NE FONCTIONNE PAS"),
    ("en", "fr", "My order ACME-1503 has not arrived.", "Ma commande ACME-1503 n'est pas arrivée."),
    ("en", "fr", "Hello Ada, thank you for your message.", "Bonjour Ada, merci pour votre message."),
    ("fr", "en", "C'est une HP LaserJet 400", "It is a HP LaserJet 400"),
    ("fr", "en", "Bonjour, comment puis-je vous aider ?", "Hello, how can I help you?"),
    ("fr", "en", "Avez-vous redémarré votre ordinateur ?", "Have you tried restarting your computer?"),
    ("fr", "en", "Un instant, s'il vous plaît", "One moment please"),
    ("fr", "en", "Pouvez-vous m'envoyer une capture d'écran ?", "Can you send me a screenshot?"),
    ("fr", "en", "ca marche maintenant", "it works now"),
    ("fr", "en", "Votre commande ACME-1503 arrivera demain.", "Your order ACME-1503 will arrive tomorrow."),
]
UNKNOWN = [
    ("en", "fr", "Quantum entanglement puzzles even experienced physicists."),
    ("en", "fr", "asdf qwer zxcv"),
    ("fr", "en", "Les oiseaux migrent vers le sud avant l'hiver."),
]


@pytest.fixture(scope="session")
async def phrases(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    """A translator that has the phrasebook and nothing else."""
    packages = tmp_path_factory.mktemp("phrasebook")
    phrasebook.install_missing(packages)
    running = Engine(packages, Options())
    await running.start()
    yield running
    await running.close()


def test_the_packages_are_what_the_manifest_says() -> None:
    told: dict[str, Any] = json.loads((phrasebook.HOME / "MANIFEST.json").read_text())
    assert {(one["from"], one["to"]) for one in told["packages"]} == {("en", "fr"), ("fr", "en")}
    assert set(told["made_with"]) == {"python", "torch", "ctranslate2", "sentencepiece", "numpy"}
    for one in told["packages"]:
        content = (phrasebook.HOME / one["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == one["sha256"]
        assert len(content) == one["bytes"] <= MOST_BYTES
        assert {"seed", "steps", "corpus_sha256", "cpu_s"} <= set(one)


def test_the_packages_were_made_from_the_sentences_that_stand_here() -> None:
    """What is changed in scripts/phrasebook reaches nobody before scripts/train-phrasebook has made them anew."""
    told: dict[str, Any] = json.loads((phrasebook.HOME / "MANIFEST.json").read_text())
    assert told["sources_sha256"] == sources.sha256()


def test_only_what_is_missing_is_installed(tmp_path: Path) -> None:
    """Whoever has a better model of a pair keeps it."""
    first, second = phrasebook.manifest().packages
    kept = install(phrasebook.HOME / first.file, tmp_path)
    assert phrasebook.install_missing(tmp_path) == [second]
    assert phrasebook.install_missing(tmp_path) == []
    assert (tmp_path / kept.directory).is_dir()


@pytest.mark.parametrize(("source", "target", "text", "expected"), FIRST_MINUTE)
async def test_what_is_typed_in_the_first_minute(
    phrases: Engine, source: str, target: str, text: str, expected: str
) -> None:
    assert await phrases.translate(text, source, target) == Outcome("done", expected, source=source)


@pytest.mark.parametrize(("source", "target"), [("en", "fr"), ("fr", "en")])
async def test_sentences_that_were_never_practised(phrases: Engine, source: str, target: str) -> None:
    """Other words in known patterns; kept out of the training."""
    lines = (HELD_OUT / f"{source}.tsv").read_text("utf-8").splitlines()
    pairs = [tuple(line.split("\t")) for line in lines]
    outcome = await phrases.translate("\n".join(one for one, _ in pairs), source, target)
    assert outcome.status == "done"
    wrong = [
        (original, came, wanted)
        for (original, wanted), came in zip(pairs, outcome.text.splitlines(), strict=True)
        if came != wanted
    ]
    assert len(wrong) <= (1 - RIGHT) * len(pairs), wrong


@pytest.mark.parametrize(("source", "target", "text"), UNKNOWN)
async def test_what_it_does_not_know_stays_as_it_is(phrases: Engine, source: str, target: str, text: str) -> None:
    """Better the original than fluent nonsense."""
    assert await phrases.translate(text, source, target) == Outcome("failed", source=source, reason="bad_output")
