"""What is translated into what. Pure: a message, who wrote it, what people read, and what a machine takes it for."""

from collections.abc import Collection, Sequence
from typing import Final, Literal

import msgspec

from server.domain.language import CONFIDENT, CONFIDENT_WORDS, PLAUSIBLE, Guess, settled

State = Literal["done", "skipped", "failed"]
READ_LANGUAGES: Final = 4
"""Into so many languages of the desk a ticket is translated at most: those of whoever opened it last."""
HEARD: Final = 3
"""Messages that the running vote remembers; more change nothing (``settled``)."""


class Languages(msgspec.Struct, frozen=True):
    """What is known of a ticket's languages."""

    customer: str | None
    """What the customer reads and writes, as far as it is known."""
    chosen: bool
    """Somebody said so: no vote changes it any more."""
    readers: Sequence[str]
    """What technicians who opened the ticket read."""


class Heard(msgspec.Struct, frozen=True, array_like=True):
    """One voice of the running vote: a message of the customer, by its number, and what it was taken for."""

    seq: int
    lang: str
    confidence: float
    words: int


class Made(msgspec.Struct, frozen=True):
    """The last translation of a text into a language."""

    id: str
    source: str | None
    state: State
    reason: str | None
    visible: bool
    """The customer has it too."""

    def says(self, source: str | None, state: State, reason: str | None, *, visible: bool) -> bool:
        """Whether this is what somebody is about to say."""
        return (self.source, self.state, self.reason) == (source, state, reason) and self.visible >= visible


def vote(languages: Languages, heard: Sequence[Heard], seq: int, guess: Guess) -> tuple[str | None, list[Heard]]:
    """(the customer's language, what is remembered) after a message of his. Messages may come again, or in disorder."""
    if languages.chosen or guess.lang is None or guess.confidence < PLAUSIBLE or seq in {one.seq for one in heard}:
        return languages.customer, list(heard)
    voices = sorted([*heard, Heard(seq, guess.lang, guess.confidence, guess.words)], key=lambda one: one.seq)[-HEARD:]
    said = [Guess(one.lang, one.confidence, one.words) for one in voices]
    return settled(languages.customer, said), voices


def source_of(guess: Guess, known: str | None, *, chosen: bool, others: Collection[str]) -> str | None:
    """The language of one message: what its author is known to write, unless the message clearly says otherwise. None:
    one that nobody here knows.

    Against what somebody has chosen only the language of the ``others`` counts: people do write to each other in it.
    """
    if known is None:
        return guess.lang if guess.confidence >= PLAUSIBLE else None
    if guess.foreign and not chosen:
        return None
    clear = guess.lang is not None and guess.confidence >= CONFIDENT and guess.words >= CONFIDENT_WORDS
    return guess.lang if clear and (not chosen or guess.lang in others) else known


def targets(languages: Languages, *, by_customer: bool) -> dict[str, bool]:
    """Into which languages a message goes, and whether the customer gets that: only what technicians said to him."""
    wanted = dict.fromkeys(languages.readers, False)
    if not by_customer and languages.customer is not None:
        wanted[languages.customer] = True
    return wanted


def is_open(lang: str, source: str | None, known: str | None, made: Made | None, *, visible: bool) -> bool:
    """Whether there is still something to say about a text and this language.

    Who is known to write the reader's language needs no translation, and no word about it; but one that was made
    while another language was known is taken back.
    """
    if made is None:
        return not lang == source == known
    if made.source != source or visible > made.visible:
        return True
    return made.state != "done" and made.reason != "same_language"
