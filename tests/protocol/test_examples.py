"""docs/protocol.md tells the truth: its requests are sent, its clients chat with a real server, its tables are full."""

import asyncio
import contextlib
import itertools
import json
import re
import subprocess
import sys
import typing
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server import errors
from server.channels import door
from server.channels.customer import CustomerDoor
from server.channels.technician import TechnicianDoor
from server.domain import files, limits, ticket
from server.http.routes import ROUTES
from server.protocol import close, customer, technician
from server.settings import Settings
from tests.support.office import Office, open_office
from tests.support.people import console
from tests.support.server import ROOT, DeskServer

DOCUMENT = (ROOT / "docs/protocol.md").read_text()
BLOCKS: dict[str, str] = dict(re.findall(r'^```\w+ title="(.+?)"\n(.*?)^```$', DOCUMENT, re.M | re.S))


# --- requests ---------------------------------------------------------------------------------------------------------


def run_curl(title: str, office: Office, server: DeskServer, **known: str) -> list[dict[str, Any]]:
    """Run a block of shell as it stands there, at this test's portal. Returns the answers."""
    script = BLOCKS[title].replace("/portals/demo/", f"/portals/{office.portal}/")
    environment = {**server.environment, "DESK": server.url, **known}
    done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, env=environment, check=True)
    return list(answers_in(done.stdout))


def answers_in(text: str) -> Iterator[dict[str, Any]]:
    while text := text.strip():
        answer, end = json.JSONDecoder().raw_decode(text)
        yield answer
        text = text[end:]


def test_the_requests_of_the_five_minutes(server: DeskServer, office: Office) -> None:
    lena = office.worker("Lena")
    [opened] = run_curl("open a ticket", office, server)
    assert opened.keys() == json.loads(BLOCKS["answer"]).keys()
    assert opened["ticket"].keys() == json.loads(BLOCKS["answer"])["ticket"].keys()
    assert opened["ticket"]["subject"] == "The printer is on fire"

    known = {"TICKET": opened["ticket"]["id"], "TOKEN": opened["token"], "STAFF": lena.token}
    [sent] = run_curl("write a message", office, server, **known)
    [again] = run_curl("write a message", office, server, **known)
    assert sent == again == {"id": sent["id"], "seq": 2}

    _, assigned, joined, answered = run_curl("assign, join, answer", office, server, **known)
    assert assigned["summary"]["assignee"]["name"] == "Lena"
    assert joined["summary"]["chat"] == "joined"
    assert answered["seq"] > 2

    [listed] = run_curl("list events", office, server, **known)
    texts = [line["event"]["text"] for line in listed["events"] if line["event"]["kind"] == "message"]
    assert texts == [
        "Since this morning. What shall I do?",
        "It is a LaserWriter.",
        "Please unplug it. I am on my way.",
    ]
    assert [line["seq"] for line in listed["events"]] == list(range(1, listed["tail"] + 1))


def test_the_session_of_an_app_with_files(server: DeskServer, office: Office, tmp_path: Path) -> None:
    """G-44, X-4: open with a declared device, send a screenshot at once and in pieces, read it, go on elsewhere."""
    file, copy = tmp_path / "screen.png", tmp_path / "copy.png"
    Image.effect_noise((300, 200), 90).save(file)
    [opened] = run_curl("open a ticket from an app", office, server)
    known = {"TICKET": opened["ticket"]["id"], "TOKEN": opened["token"], "FILE": str(file), "COPY": str(copy)}
    [policy] = run_curl("what may be sent", office, server, **known)
    assert policy["device_class"] == "ios"
    assert ".png" in policy["types"]
    assert ".pdf" not in policy["types"]

    [sent] = run_curl("send a file", office, server, **known)
    [again] = run_curl("send a file", office, server, **known)
    assert sent == again
    assert sent["state"] == "done"
    first, last = run_curl("send a file in pieces", office, server, **known)
    assert (first["offset"], first["state"]) == (1000, "receiving")
    assert (last["offset"], last["state"]) == (file.stat().st_size, "done")
    assert last["seq"] == sent["seq"] + 1

    assert run_curl("download a file", office, server, SENT=last["id"], **known) == []
    with Image.open(copy) as large, Image.open(f"{copy}.small") as small:
        assert large.size == small.size == (300, 200)

    [handover] = run_curl("make a key", office, server, **known)
    [joined] = run_curl("join by the key", office, server, KEY=handover["key"], **known)
    [elsewhere] = run_curl("what may be sent", office, server, **(known | {"TOKEN": joined["token"]}))
    assert elsewhere["device_class"] == "android"


# --- clients ----------------------------------------------------------------------------------------------------------


class Chat:
    """A client from the document, in a terminal of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process = process
        self.keyboard = process.stdin
        self.screen = process.stdout
        self.lines: list[str] = []

    async def type(self, text: str) -> None:
        self.keyboard.write(f"{text}\n".encode())
        await self.keyboard.drain()

    async def shows(self, wanted: str) -> None:
        """Wait until a new line says this."""
        async with asyncio.timeout(40):
            while line := (await self.screen.readline()).decode().rstrip("\n"):
                self.lines.append(line)
                if line == wanted:
                    return
        raise AssertionError(f"it ended without {wanted!r}: {self.lines}")


@contextlib.asynccontextmanager
async def client(file: str, folder: Path, server: DeskServer, office: Office) -> AsyncIterator[Chat]:
    (folder / file).write_text(BLOCKS[file])
    command = [sys.executable, "-u"] if file.endswith(".py") else ["node", "--experimental-websocket", "--no-warnings"]
    process = await asyncio.create_subprocess_exec(
        *command,
        folder / file,
        server.url,
        office.portal,
        "On fire",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield Chat(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[DeskServer]:
    """A server that may be killed."""
    running = DeskServer(tmp_path / "data").migrate().start()
    yield running
    running.kill()


@pytest.mark.faults
@pytest.mark.parametrize("file", ["chat.py", "chat.mjs"])
async def test_a_client_chats_and_survives_kill_9(file: str, own_server: DeskServer, tmp_path: Path) -> None:
    """C-01, C-05: what was typed while the server was dead arrives once, in order; nothing is shown twice."""
    office = open_office(own_server.database)
    lena = office.worker("Lena")
    async with client(file, tmp_path, own_server, office) as ada:
        await ada.type("first")
        await ada.shows("Ada: first")
        async with console(own_server, lena) as desk:
            [row] = (await desk.call("list"))["rows"]
            ticket_id = row["ticket"]["id"]
            await desk.call("assign", ticket=ticket_id)
            await desk.call("join", ticket=ticket_id)
            await desk.say(ticket_id, "Unplug it.")
            await ada.shows("Lena of support: Unplug it.")

        own_server.kill()
        await ada.type("second")
        await ada.type("third")
        own_server.start()
        await ada.shows("Ada: third")

        async with console(own_server, lena) as desk:
            pages = await desk.watch(ticket_id)
            said = [line["event"]["text"] for line in pages[0]["events"] if line["event"]["kind"] == "message"]
            assert said == ["On fire", "first", "Unplug it.", "second", "third"]
            await desk.call("end_chat", ticket=ticket_id)
        await ada.shows("Lena of support: *chat_ended*")
        await ada.type("too late")
        await ada.shows("not sent: too late - This chat has ended.")
        shown = [line for line in ada.lines if line.startswith(("Ada", "Lena")) and "*" not in line]
        assert shown == ["Ada: On fire", "Ada: first", "Lena of support: Unplug it.", "Ada: second", "Ada: third"]


@pytest.mark.faults
@pytest.mark.parametrize("file", ["chat.py", "chat.mjs"])
async def test_a_client_that_is_not_known_any_more_stays_away(
    file: str, own_server: DeskServer, tmp_path: Path
) -> None:
    """Close codes from 4500 on: do not come back as you are."""
    office = open_office(own_server.database)
    async with client(file, tmp_path, own_server, office) as ada:
        await ada.type("first")
        await ada.shows("Ada: first")
        own_server.kill()
        office.write(lambda conn: conn.exec_driver_sql("DELETE FROM customer_tokens"))
        own_server.start()
        async with asyncio.timeout(40):
            while "closed for good: 4502" not in (line := (await ada.screen.readline()).decode()):
                assert line, "it ended without saying why"
            ada.keyboard.close()
            await ada.process.wait()


# --- tables and samples -----------------------------------------------------------------------------------------------


def test_every_error_stands_in_the_table() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (\d{3}) \|", DOCUMENT, re.M))
    classes = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, errors.DeskwireError)]
    known = {cls.code: str(cls.status) for cls in classes if cls.code != "error"}
    assert rows == known


def test_every_rule_stands_in_the_table() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| ([A-Z][^|]+?) \|$", DOCUMENT, re.M))
    for rule, sentence in ticket.RULES.items():
        assert told[rule].replace(" (`who`)", "") == sentence


def test_every_reason_of_a_file_stands_in_the_table() -> None:
    (row,) = re.findall(r"^\| `file_content` \|.*`reason`: (.+) \|$", DOCUMENT, re.M)
    assert row.split(", ") == list(typing.get_args(files.Reason))


def test_every_close_code_stands_in_the_table() -> None:
    table = DOCUMENT.partition("## Closing and coming back")[2].partition("\n## ")[0]
    for name, code in vars(close).items():
        if name.isupper() and code >= 4000:
            assert f"| {code} `{name}` |" in table
        elif name.isupper():
            assert str(code) in table


def test_the_limits_are_right() -> None:
    table = DOCUMENT.partition("## Limits")[2].partition("\n## ")[0]
    for number in (
        limits.FRAME_BYTES,
        limits.HELLO_BYTES,
        limits.TEXT_CHARS,
        limits.TEXT_BYTES,
        limits.SUBJECT_CHARS,
        limits.PAGE_EVENTS,
        limits.PAGE_BYTES,
    ):
        assert f"{number:,}" in table
    rates = Settings()
    assert f"customer {rates.customer_burst} at once, then one a second" in table
    assert f"technician {rates.technician_burst} at once, then five a second" in table
    assert f"| {door.COMMAND_BURST} at once, then {door.COMMANDS_PER_SECOND} a second" in table
    assert f"customers {CustomerDoor.watched}, technicians {TechnicianDoor.watched}" in table
    assert f"customers {rates.sockets_per_customer}, technicians {rates.sockets_per_technician}" in table


def test_the_samples_use_fields_that_exist() -> None:
    """Every JSON line with a ``type`` is a command or frame with no invented field."""
    unions = (
        customer.CustomerCommand,
        customer.CustomerFrame,
        technician.TechnicianCommand,
        technician.TechnicianFrame,
    )
    fields: dict[object, set[str]] = defaultdict(lambda: {"type"})
    for cls in itertools.chain.from_iterable(map(typing.get_args, unions)):
        fields[cls.__struct_config__.tag] |= {*cls.__struct_fields__}
    samples = [json.loads(text) for text in re.findall(r"^```json\n(.*?)^```$", DOCUMENT, re.M | re.S)]
    assert len(samples) >= 4
    for sample in samples:
        assert sample.keys() <= fields[sample["type"]]


def test_the_named_routes_exist() -> None:
    document = json.loads((ROOT / "docs/protocol/openapi.json").read_text())
    undocumented = [route.path for route in ROUTES if not route.public_document]  # a stream has no place in OpenAPI
    known = {re.sub(r"{\w+}", "x", path) for path in [*document["paths"], *undocumented]}
    for path in re.findall(r"/api/v1/[\w/${}-]+", DOCUMENT):
        assert re.sub(r"\$?{\w+}|\$\w+|(?<=portals/)demo", "x", path) in known, path
