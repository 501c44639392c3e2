"""What must come out of a translation exactly as it went in: code, addresses, paths, keys, numbers, emoji. Pure.

A span is found by its looks alone. When in doubt a word is left to the model, except where changing it would hurt: an
address that looks right and is not, a number, an order's key.

The expression looks at each character a bounded number of times (what may repeat is bounded or begins only where a word
does): it runs in the event loop, on texts that anybody may send.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, Literal

import msgspec

Kind = Literal["cut", "number", "word"]

LETTER: Final = "A-Za-z\u00c0-\u024f\u0370-\u052f"
"""Scripts that put blanks between words. In Chinese or Thai a whole sentence would be one run of letters."""
SMALL: Final = "a-z\u00df-\u00f6\u00f8-\u00ff"
"""Small ones of them, as most letters are: words of these, whatever their first letter is, hold nothing."""
EMOJI: Final = (
    "\u00a9\u00ae\u200d\u20e3\u2122\u2139\u2190-\u23ff\u2460-\u24ff\u2500-\u2bff\u3030\u303d\u3297\u3299\ufe0e\ufe0f"
    "\U0001f000-\U0001faff\U000e0000-\U000e007f"
)
"""Pictures, arrows, frames, and what joins them."""
UNSPOKEN: Final = "\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffd-\uffff"
"""Control characters, halves of characters, and what stands for those that got lost."""
LITERAL_DIGITS: Final = 4
"""Numbers of so few digits are copied well by models, and tell them singular from plural."""

_FILES: Final = """
7z apk app avi bak bat bin bmp bz2 cfg cmd conf cpp crt css csv dat db deb dll dmg dmp doc docx dump eml env epub evtx
exe gif go gz heic htm html ico ics img ini iso jar java jpeg jpg js json key kt lnk local lock log lua md mdb mkv mov
mp3 mp4 msg msi odg odp ods odt ogg ost otf p12 pdf pem pfx php png ppt pptx ps1 psd pst py rar rb reg rpm rs rtf sh
sql sqlite svg swift sys tar tgz tif tiff tmp toml ts tsv ttf txt vbs vcf vhd vhdx vsix wav webm webp wmv woff xls xlsm
xlsx xml xz yaml yml zip
"""
_DOMAINS: Final = """
academy ai app at au be bg biz br ca cc ch cloud cn co com cz de dev dk edu es eu fi fr gov gr hu ie in info int io it
jp lu ly me mil net nl no nz online org pl pt ro ru se shop site sk support tech tv ua uk us xyz
"""
ENDINGS: Final = frozenset([*_FILES.split(), *_DOMAINS.split()])
"""What names of files end with, and addresses where no scheme says that they are addresses."""

SPAN: Final = re.compile(
    rf"""
      (?P<prose>  (?:[{LETTER}][{SMALL}]*+\s++)+ | \s+ )
    | (?P<plain>  [{LETTER}]+(?=[\s,;!?]) )
    | (?P<code>   `[^`\n]+` )
    | (?P<url>    (?<![{LETTER}\d])(?:[A-Za-z][A-Za-z0-9+.-]{{0,30}}:// | www\. | (?:mailto|tel|sip):)
                  [^\s<>"“”„«»`]*[^\s<>"“”„«»`.,;:!?'’)\]}}…] )
    | (?P<email>  (?<![\w.+-])[\w.+-]{{1,64}}@[\w-]+(?:\.[\w-]+)+ )
    | (?P<path>   (?<![{LETTER}\d])(?:[A-Za-z]:\\|\\\\)[^\s"<>|*?]*[^\s"<>|*?.,;:!)]
                | (?<![{LETTER}\d/])(?:~|\.{{1,2}})?/[\w.@%+~-]*\w(?:/[\w.@%+~-]*\w)*/? )
    | (?P<tag>    </?[A-Za-z][^<>\n]*> | &(?:[A-Za-z]+|\#\d+); )
    | (?P<blank>  \{{\{{[^{{}}\n]+\}}\}} | \$?\{{[^{{}}\n]+\}} | %\(\w+\)[sd] | %(?:\d\$)?[sd](?!\w)
                | %\w+% | \$[A-Za-z_]\w* )
    | (?P<name>   (?<![\w@\#])[@\#]\w[\w.-]*(?<![.-]) )
    | (?P<call>   (?<![\w.])[A-Za-z_][\w.]{{0,80}}\(\) )
    | (?P<smile>  (?<![\w:;=])(?:[:;=]['-]?[()DPpOo|*3]|<3|\^\^)(?![\w/]) )
    | (?P<emoji>  [{EMOJI}]+ )
    | (?P<phone>  (?<![{LETTER}\d])(?:\+\d|\(?0\d)[\d\ ()./\u00a0-]{{5,25}}\d(?![{LETTER}\d]) )
    | (?P<hex>    (?<![{LETTER}\d])(?:[0-9A-Fa-f]{{8}}(?:-[0-9A-Fa-f]{{4}}){{3}}-[0-9A-Fa-f]{{12}}
                | [0-9A-Fa-f]{{2}}(?:[:-][0-9A-Fa-f]{{2}}){{5}})(?![{LETTER}\d]) )
    | (?P<number> (?<![{LETTER}\d_])[$€£¥₽₹]?[−-]?
                  (?:\d{{1,3}}(?:[\ \u00a0\u202f]\d{{3}})+(?!\d)|\d+)(?:[.,:'’/×-]\d+)*
                  (?:[\ \u00a0\u202f]?[%‰€£₽°])?(?![{LETTER}\d_]|[-_.:/+][A-Z\d_]) )
    | (?P<run>    [{LETTER}\d_]+(?:[-._:/+][{LETTER}\d_]+)* )
    | (?P<mark>   [*_~=|^<>\\\[\]{{}}`•·▪◦‣▁⁇{UNSPOKEN}]+ )
    """,
    re.VERBOSE,
)
CUTS: Final = {"tag", "emoji", "smile", "mark"}
"""A model is never shown these: what stands on either side is translated on its own."""
DIGITS: Final = re.compile(r"\d+")
SEPARATOR: Final = re.compile(r"[-.:/+]")
LICENCE: Final = re.compile(r"[A-Z]{5}(?:-[A-Z]{5}){2,}")
"""A key of letters only, in groups of five. Of four, it may be READ-ONLY-MODE."""


class Span(msgspec.Struct, frozen=True):
    """A stretch of text that stays. ``number``: a plain short one; ``cut``: nothing goes on across it."""

    start: int
    end: int
    kind: Kind


def find(text: str) -> Iterator[Span]:
    """All spans, from left to right; they do not touch each other's characters."""
    for match in SPAN.finditer(text):
        group = match.lastgroup
        if group == "prose":  # most of all text: quickly past
            continue
        if group == "plain":
            if _is_mixed(match[0]):
                yield Span(match.start(), match.end(), "word")
        elif group == "run":
            yield from _in_run(match)
        elif group == "number" and match[0].isdecimal() and len(match[0]) <= LITERAL_DIGITS:
            yield Span(match.start(), match.end(), "number")
        else:
            yield Span(match.start(), match.end(), "cut" if group in CUTS else "word")


def _in_run(match: re.Match[str]) -> Iterator[Span]:
    """A run of letters and digits: a key or a name as a whole, else the numbers in it."""
    if _is_identifier(match[0]):
        yield Span(match.start(), match.end(), "word")
        return
    for digits in DIGITS.finditer(match[0]):
        kind: Kind = "number" if len(digits[0]) <= LITERAL_DIGITS else "word"
        yield Span(match.start() + digits.start(), match.start() + digits.end(), kind)


def _is_identifier(run: str) -> bool:
    """ORD-123, v2.3, snake_case, camelCase, report.pdf, os.path.join; not 10-minute, and/or, done.Thanks."""
    segments = SEPARATOR.split(run)
    if any("_" in segment or _is_mixed(segment) for segment in segments):
        return True
    if any(segment.isdecimal() for segment in segments):
        return segments[-1].isdecimal() or all(segment.isupper() for segment in segments if not segment.isdecimal())
    if LICENCE.fullmatch(run):
        return True
    dotted = run.split(".")
    return len(dotted) > 2 or (len(dotted) == 2 and dotted[1].lower() in ENDINGS)


def _is_mixed(segment: str) -> bool:
    """Letters with digits, or a capital after a small letter."""
    if segment.isalpha() and (segment.islower() or segment.isupper() or segment[1:].islower()):
        return False
    if any(c.isdecimal() for c in segment):
        return not segment.isdecimal()
    return any(a.islower() and b.isupper() for a, b in pairwise(segment))
