"""From which language a message is translated, and the running vote over a ticket's messages."""

import pytest

from server.domain.language import Guess
from server.domain.translation import Heard, Languages, source_of, vote

FRENCH = Guess("fr", 0.95, 9)
NOTHING = Guess(None, 0.0, 1)
FOREIGN = Guess(None, 0.0, 9, foreign=True)


@pytest.mark.parametrize(
    ("guess", "known", "chosen", "source"),
    [
        (FRENCH, "en", False, "fr"),
        (NOTHING, "en", False, "en"),
        (FOREIGN, "en", False, None),
        (FOREIGN, "en", True, "en"),
        (FOREIGN, None, False, None),
        (FRENCH, "en", True, "en"),
    ],
)
def test_the_source_of_a_message(guess: Guess, known: str | None, chosen: bool, source: str | None) -> None:
    """What is clearly in a language that nobody here knows is not translated from another one."""
    assert source_of(guess, known, chosen=chosen, others=["nl"]) == source


def test_a_message_votes_once_and_in_its_place() -> None:
    """They may come again, or in disorder."""
    languages = Languages("en", False, [])
    plausible = Guess("fr", 0.6, 4)
    _lang, heard = vote(languages, [], 7, plausible)
    assert vote(languages, heard, 7, plausible) == ("en", heard), "two of them would have changed it"
    assert vote(languages, heard, 8, plausible)[0] == "fr"
    late, heard = vote(languages, [Heard(5, "fr", 0.6, 4), Heard(9, "nl", 0.6, 4)], 3, plausible)
    assert (late, [one.seq for one in heard]) == ("en", [3, 5, 9])
