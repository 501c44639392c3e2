"""Programs, pages and scripts under other names, and texts that are none."""

import zlib
from typing import Final

from server.uploads.source import CHUNK
from tests.uploads.corpus.archives import LOG
from tests.uploads.corpus.hostile.parts import ELF, EXE, PAGE_HTML, SHELL, SVG, everywhere, of
from tests.uploads.corpus.texts import RUSSIAN

ANY: Final = (".jpeg", ".pdf", ".doc", ".docx", ".odt", ".zip", ".rar", ".txt")
"""One type of each way of looking."""


NO_TEXT: Final = tuple(extension for extension in ANY if extension != ".txt")

PROGRAMS: Final = [
    *everywhere("mismatch", EXE, "a Windows program", NO_TEXT),
    *everywhere("mismatch", ELF, "a Linux program", NO_TEXT),
    *everywhere("mismatch", PAGE_HTML, "a page", NO_TEXT),
    *everywhere("mismatch", SVG, "SVG", (*NO_TEXT, ".png", ".gif", ".bmp", ".tiff", ".webp", ".heic")),
    *everywhere("mismatch", SHELL, "a script", NO_TEXT),
    *everywhere("binary", EXE, "a Windows program", (".txt", ".log", ".cfg")),
    *everywhere("binary", ELF, "a Linux program", (".txt", ".log", ".cfg")),
    *everywhere("active", PAGE_HTML, "a page", (".txt", ".log", ".cfg")),
    *everywhere("active", SVG, "SVG", (".txt", ".log", ".cfg")),
    *everywhere("active", SHELL, "a script", (".txt", ".log", ".cfg")),
]

TEXTS: Final = [
    *of(
        "active",
        ".txt",
        {
            "a page after blanks": lambda: b"\r\n \t" * 9000 + PAGE_HTML,
            "a page after a comment": lambda: b"<!-- " + b"x" * 5000 + b" -->\n<HTML >",
            "a page behind a mark": lambda: b"\xef\xbb\xbf<Html\n>",
            "a page in UTF-16": lambda: b"\xff\xfe" + PAGE_HTML.decode().encode("utf-16-le"),
            "a page in UTF-16 without a mark": lambda: PAGE_HTML.decode().encode("utf-16-be"),
            "a comment that does not end": lambda: b"<!-- <html> " + b"x" * 500,
            "XHTML": lambda: (
                b'<?xml version="1.0"?><x:html xmlns:x="http://www.w3.org/1999/xhtml"><x:script/></x:html>'
            ),
            "SVG as XML": lambda: (
                b'<?xml version="1.0"?>\n<!-- a --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN">' + SVG
            ),
            "an old page": lambda: b"<TABLE background=javascript:alert(1)>",
            "PHP": lambda: b"<?php system($_GET['c']); ?>",
            "a server page": lambda: b'<%@ Page Language="C#" %>',
            "a batch file": lambda: b"@ECHO OFF\r\ndel /q *.*\r\n",
            "a batch file with remarks": lambda: b"@rem mine\r\n:: ours\r\n@echo off\r\n",
            "a PowerShell script": lambda: b"#Requires -RunAsAdministrator\r\nRemove-Item C:\\ -Recurse",
            "a Visual Basic script": lambda: b'Set sh = CreateObject("WScript.Shell")\r\nsh.Run "calc"\r\n',
            "a JScript": lambda: b'var sh = new ActiveXObject("WScript.Shell");',
            "a Windows Script File": lambda: b"<job><script language='JScript'>1</script></job>",
            "an HTML application": lambda: b"<hta:application id='a'><html>",
            "a link file": lambda: b"[InternetShortcut]\r\nURL=file://evil/a.exe\r\n",
            "a starter": lambda: b"[Desktop Entry]\nExec=sh -c id\n",
        },
    ),
    *of(
        "binary",
        ".log",
        {
            "random bytes": lambda: zlib.compress(LOG)[2:],
            "zeros": lambda: bytes(4096),
            "one zero": lambda: LOG + b"\0" + LOG,
            "a zero at the end": lambda: LOG + b"\0",
            "a zero far behind": lambda: LOG * 20 + b"\0" + LOG,
            "a bell at the seam": lambda: (b"x" * (CHUNK - 1) + b"\x07").ljust(2 * CHUNK, b"x"),
            "a bell at the seam, UTF-16": lambda: ("\ufeff" + "x" * (CHUNK // 2 - 9) + "\x07" + "x" * CHUNK).encode(
                "utf-16-le"
            ),
            "a command to the terminal": lambda: LOG + b"\x1b]0;owned\x07" + LOG,
            "backspaces": lambda: b"rm\x08\x08ls\n",
            "control characters in UTF-16": lambda: b"\xff\xfe" + (RUSSIAN + "\x07").encode("utf-16-le"),
        },
    ),
    *of("broken", ".log", {"half a character": lambda: b"\xff\xfe" + RUSSIAN.encode("utf-16-le") + b"a"}),
    *of(
        "mismatch",
        ".txt",
        {
            "RTF": lambda: b"{\\rtf1\\ansi hello}",
            "a PDF of letters": lambda: b"%PDF-1.4\n",
            "PostScript": lambda: b"%!PS\n",
        },
    ),
]
