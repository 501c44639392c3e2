"""``deskwire translate``: pairs from files and from an index that is served on loopback."""

import functools
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Place
from tests.translation.models import package


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: Any) -> None:
        """Not into the output of the tests."""


class Index:
    """A directory that is served, with an index of packages."""

    def __init__(self, directory: Path, address: str) -> None:
        self.directory = directory
        self.address = address
        self.entries: list[dict[str, Any]] = []

    @property
    def setting(self) -> dict[str, str]:
        (self.directory / "index.json").write_text(json.dumps(self.entries))
        return {"translation_index_url": f"{self.address}/index.json"}

    def add(self, source: str, target: str, version: str, **more: Any) -> Path:
        file = package(self.directory, source, target, version=version)
        entry = {"from_code": source, "to_code": target, "package_version": version, "type": "translate"}
        self.entries.append(entry | {"links": [f"{self.address}/{file.name}"]} | more)
        return file


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    directory = tmp_path / "index"
    directory.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(directory)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Index(directory, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def said(place: Place, *arguments: str, **settings: str) -> str:
    """Output of a command that has to succeed."""
    result = place.call("translate", *arguments, **settings)
    assert result.code == 0, result
    return result.out


def listed(place: Place) -> list[list[str]]:
    return [line.split()[:2] for line in said(place, "list").splitlines()[1:] if "→" in line]


def test_pairs_come_from_an_index_and_go_again(place: Place, index: Index) -> None:
    """The newest version unless another is named; the checksum that the index gives is looked at."""
    index.add("en", "fr", "1.9")
    file = index.add("en", "fr", "1.10")
    index.entries[-1]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    index.add("fr", "en", "1.0", links=["ftp://example.com/x", f"{index.address}/missing"])
    index.entries[-1]["links"].append(f"{index.address}/translate-fr_en-1_0.argosmodel")
    available = said(place, "list", "--available", **index.setting)
    assert [line.split()[:2] for line in available.splitlines()[1:]] == [
        ["en-fr", "1.9"],
        ["en-fr", "1.10"],
        ["fr-en", "1.0"],
    ]
    assert said(place, "list") == "None yet.\n"
    text = said(place, "install", "en-fr", **index.setting)
    assert "Installed English → Français, version 1.10. SHA-256 " + index.entries[1]["sha256"] in text
    assert "missing" not in said(place, "install", "fr-en", **index.setting)
    assert listed(place) == [["en-fr", "1.10"], ["fr-en", "1.0"]]
    assert "Through English" not in said(place, "list")
    said(place, "install", "en-fr", "--version", "1.9", **index.setting)
    assert listed(place) == [["en-fr", "1.9"], ["fr-en", "1.0"]]
    assert said(place, "remove", "en-fr") == "Removed en-fr.\n"
    assert listed(place) == [["fr-en", "1.0"]]


def test_a_pair_from_a_file(place: Place, tmp_path: Path) -> None:
    file = package(tmp_path, "en", "fr")
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    text = said(place, "install", str(file), "--sha256", checksum)
    assert text == (
        f"Installed English → Français, version 1.0. SHA-256 {checksum}\n"
        "For what is said the other way, fr-en is missing.\n"
    )
    assert listed(place) == [["en-fr", "1.0"]]
    (place.data / "translation" / "packages" / "broken").mkdir()
    assert "broken is not used: it is no package" in place.call("translate", "list").err


def test_what_is_reached_through_english_is_listed(place: Place, tmp_path: Path) -> None:
    for source, target in (("fr", "en"), ("en", "nl")):
        said(place, "install", str(package(tmp_path, source, target)))
    assert "Through English: fr-nl.\n" in said(place, "list")


def test_odd_entries_of_an_index_make_the_others_no_worse(
    place: Place, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a pair is fetched even where something in this directory is called so."""
    index.add("en", "fr", "1.0", sha256="")
    odd: list[Any] = [{"from_code": "en", "to_code": "nl", "package_version": 1.9, "links": None}, "nothing", 7]
    index.entries += odd
    monkeypatch.chdir(tmp_path)
    (tmp_path / "en-fr").mkdir()
    assert [line.split()[0] for line in said(place, "list", "--available", **index.setting).splitlines()[1:]] == [
        "en-fr"
    ]
    said(place, "install", "en-fr", **index.setting)
    assert listed(place) == [["en-fr", "1.0"]]


def test_a_link_that_holds_another_pair_replaces_nothing(place: Place, index: Index, tmp_path: Path) -> None:
    said(place, "install", str(package(tmp_path, "en", "nl", version="1.0")))
    other = index.add("en", "nl", "1.9")
    index.entries[-1] |= {"from_code": "en", "to_code": "fr", "links": [f"{index.address}/{other.name}"]}
    assert "is en-nl, and not en-fr" in place.refused("translate", "install", "en-fr", **index.setting)
    assert listed(place) == [["en-nl", "1.0"]]


def test_what_cannot_be_installed_is_one_sentence(place: Place, index: Index, tmp_path: Path) -> None:
    index.add("en", "fr", "1.0", sha256="0" * 64)
    index.add("en", "nl", "1.0", links=["ftp://example.com/x"])
    index.add("en", "de", "1.0", links=[f"{index.address}/missing"])
    (tmp_path / "x.argosmodel").write_text("no archive")

    def refused(*arguments: str) -> str:
        return place.refused("translate", *arguments, **index.setting)

    assert "SHA-256" in refused("install", "en-fr")
    assert "begins with https://" in refused("install", "en-nl")
    assert "missing answers 404" in refused("install", "en-de")
    assert "no package for fr-en" in refused("install", "fr-en")
    assert "no version 2.0 of en-fr; it has 1.0" in refused("install", "en-fr", "--version", "2.0")
    assert "neither a pair" in refused("install", "french")
    assert "no file" in refused("install", str(tmp_path / "y.argosmodel"))
    assert "x.argosmodel is damaged, or no package" in refused("install", str(tmp_path / "x.argosmodel"))
    assert "en-fr is not installed" in refused("remove", "en-fr")
    assert "write it as fr-en" in refused("remove", "french")
    address = {"translation_index_url": f"{index.address}/translate-en_fr-1_0.argosmodel"}
    assert "is no index of packages" in place.refused("translate", "install", "en-fr", **address)
    assert "cannot be fetched" in place.refused(
        "translate", "install", "en-fr", translation_index_url="http://127.0.0.1:1/index.json"
    )
    assert "cannot be fetched" in place.refused("translate", "install", "en-fr", translation_index_url="ftp://x/y")
    assert said(place, "list") == "None yet.\n"
