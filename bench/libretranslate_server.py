"""LibreTranslate as it comes, without its splitter of sentences, whose models it would fetch from the network.

Run by the Python of an environment that has it (pip install libretranslate): see ``bench.translation``. Each text is
one sentence, so nothing is missing but the time of splitting.
"""

from argostranslate import sbd


def whole(_: object, text: str) -> list[str]:
    """The text as its only sentence."""
    return [text]


if __name__ == "__main__":
    sbd.MiniSBDSentencizer.split_sentences = whole
    from libretranslate.main import main  # type: ignore[import-not-found]

    main()
