"""What is protected, and what is left to the model."""

import pytest

from server.translation import spans

PROTECTED = [
    "`rm -rf build`",
    "https://example.com/a?b=1&c=%20#top",
    "http://[::1]:8000/x",
    "ftp://files.example.com/a_b.zip",
    "www.example.com",
    "mailto:ada@example.com",
    "ada.lovelace+desk@mail.example.com",
    "example.com",
    "mail.example.co.uk",
    r"C:\Users\ada\report.txt",
    r"\\server\share\x",
    "/etc/hosts",
    "~/.ssh/config",
    "./run.sh",
    "/help",
    "<b>",
    "</div>",
    "&nbsp;",
    "{name}",
    "{{ticket.key}}",
    "${HOME}",
    "$HOME",
    "%(count)s",
    "%s",
    "%1$s",
    "%APPDATA%",
    "@ada",
    "#urgent",
    "print()",
    "os.path.join()",
    "os.path.join",
    "+32 2 555 01 23",
    "(02) 555-0123",
    "0470/12.34.56",
    "550e8400-e29b-41d4-a716-446655440000",
    "aa:bb:cc:dd:ee:ff",
    "ACME-1503",
    "ORD-2026-11",
    "KB5034441",
    "KJHGF-POIUY-MNBVC",
    "0x80070005",
    "v2.3.1",
    "192.168.0.1",
    "192.168.0.0/16",
    "12B",
    "3rd",
    "48213",
    "12:30",
    "24/7",
    "2026-11-22",
    "1,500.50",
    "1 500,50 €",
    "$1,500.00",
    "50 %",
    "-5",
    "snake_case",
    "camelCase",
    "iPhone",
    "report.pdf",
    *("invite.ics", "people.vcf", "slides.odp", "drawing.odg", "agent.deb", "crash.dmp", "System.evtx"),
    *("manual.epub", "rows.tsv", "logs.bz2"),
    *("example.me", "example.ro", "example.gr", "example.ie", "bit.ly", "example.hu", "example.sk", "example.bg"),
    "archive.tar.gz",
    "😀",
    "👍🏽",
    "👩‍💻",
    "🇧🇪",
    "❤️",
    "→",
    ":-)",
    ";)",
    "<3",
    "**",
    "▁",
    "\x00",
    "\ud83d",
]
LEFT = [
    "Hello, my printer does not work.",
    "Is it this and/or that?",
    "Done.Thanks a lot",
    "e-mail",
    "READ-ONLY-MODE and DO-IT-YOURSELF",
    "n'est-ce pas ?",
    "« l'écran »",
    "a 'quoted' \"word\"",
    "Привет, как дела?",
    "它不工作。",
    "R&D (see below): what?",
    "USB and HTTP",
]


@pytest.mark.parametrize("text", PROTECTED)
@pytest.mark.parametrize("around", ["I have {} here.", "{}", "« {} »", "see:\t{}, thanks"])
def test_it_is_one_span_wherever_it_stands(text: str, around: str) -> None:
    """Including the blanks inside it and without the punctuation after it."""
    line = around.format(text)
    start = line.index(text)
    found = [(span.start, span.end) for span in spans.find(line)]
    assert found == [(start, start + len(text))]


@pytest.mark.parametrize("text", LEFT)
def test_words_are_left_to_the_model(text: str) -> None:
    assert list(spans.find(text)) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("3 printers", ["3"]), ("a 10-minute wait", ["10"]), ("page-2-and-back", ["2"]), ("In 2026.", ["2026"])],
)
def test_short_plain_numbers_are_known_as_such(text: str, numbers: list[str]) -> None:
    found = list(spans.find(text))
    assert [text[span.start : span.end] for span in found] == numbers
    assert {span.kind for span in found} == {"number"}


@pytest.mark.parametrize("text", ["ACME-1503", "48213", "12:30", "😀", "snake_case", "`x`", "{name}"])
def test_scripts_without_blanks_do_not_hide_it(text: str) -> None:
    assert [text == f"它{text}了"[span.start : span.end] for span in spans.find(f"它{text}了")] == [True]
