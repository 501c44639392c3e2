"""Texts as editors, servers and terminals write them."""

import codecs
from typing import Final

from tests.uploads.corpus.archives import LOG
from tests.uploads.corpus.sample import Sample

DUTCH: Final = "Geachte helpdesk,\r\nhet scherm blijft zwart na de update; één keer ging het goed.\r\n" * 20
RUSSIAN: Final = "Здравствуйте!\nПосле обновления экран чёрный. Ошибка 0x80070005 — «доступ запрещён».\n" * 20
WINDOWS: Final = RUSSIAN.replace("—", "-").encode("cp1251")
CONFIG: Final = b"[server]\nhost = 10.0.0.1 ; not <html>\n# a comment\npath = C:\\Program Files\\App\n"
COLORED: Final = b"\x1b[32mINFO\x1b[0m started\r\n\x1b[1;31mERROR\x1b[0m failed\x1b[K\n" * 50

TEXTS: Final = [
    Sample("ASCII", ".log", lambda: LOG),
    Sample("UTF-8", ".txt", RUSSIAN.encode),
    Sample("UTF-8 with a mark", ".txt", lambda: codecs.BOM_UTF8 + RUSSIAN.encode()),
    Sample("UTF-16, little end first", ".log", lambda: codecs.BOM_UTF16_LE + RUSSIAN.encode("utf-16-le")),
    Sample("UTF-16, big end first", ".txt", lambda: codecs.BOM_UTF16_BE + RUSSIAN.encode("utf-16-be")),
    Sample("UTF-16 without a mark", ".log", lambda: DUTCH.encode("utf-16-le")),
    Sample("UTF-16 without a mark, Russian", ".log", lambda: RUSSIAN.encode("utf-16-le")),
    Sample("UTF-16 without a mark, big end first", ".cfg", lambda: DUTCH.encode("utf-16-be")),
    Sample("Latin-1", ".txt", lambda: DUTCH.encode("latin-1")),
    Sample("Windows-1251", ".log", lambda: WINDOWS),
    Sample("code page 866", ".log", lambda: "Доступ запрещен\r\n".encode("cp866") * 20),
    Sample("one letter", ".txt", lambda: b"a"),
    Sample("one letter, Latin-1", ".txt", lambda: b"\xe9"),
    Sample("blank lines", ".txt", lambda: b"\r\n \t\r\n"),
    Sample("configuration", ".cfg", lambda: CONFIG),
    Sample("configuration as XML", ".cfg", lambda: b'<?xml version="1.0"?>\n<!-- ours -->\n<configuration a="1"/>\n'),
    Sample("configuration as JSON", ".cfg", lambda: b'{"level": 3, "page": "<html>"}'),
    Sample("coloured", ".log", lambda: COLORED),
    Sample("end of a DOS file", ".txt", lambda: b"C:\\>dir\r\n\x1a"),
    Sample("form feeds", ".txt", lambda: b"page 1\x0cpage 2\x0c"),
    Sample("a log that quotes a page", ".log", lambda: LOG + b"body: <html><script>alert(1)</script></html>\n" + LOG),
    Sample("a log that begins with an address", ".log", lambda: b"<10.0.0.1> GET / 200\n" + LOG),
    Sample("cut in the middle of a letter", ".log", lambda: RUSSIAN.encode()[:-2]),
    Sample("more than one piece", ".log", lambda: LOG * 8),
    Sample("more than one piece, UTF-16", ".log", lambda: codecs.BOM_UTF16_LE + (RUSSIAN * 200).encode("utf-16-le")),
    Sample("colours at the seams", ".log", lambda: b"ab" + b"\x1b[0m" * 200_000),
    Sample("colours at the seams, UTF-16", ".log", lambda: ("\ufeffab" + "\x1b[0m" * 100_000).encode("utf-16-le")),
]
