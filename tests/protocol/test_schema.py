"""What is generated from the Structs is fresh, valid, and says what the Structs say."""

import json
import subprocess
import typing
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import limits, ticket
from server.protocol import close, codec, customer, technician
from server.protocol.schema import __main__ as command
from server.protocol.schema import asyncapi, catalog, components, rules, typescript
from tests.protocol.strategies import instances

HERE = Path(__file__).parent


def node(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", HERE / script, *arguments], check=False, capture_output=True, text=True, cwd=command.ROOT
    )


# --- files ------------------------------------------------------------------------------------------------------------


def test_committed_documents_are_fresh() -> None:
    command.check(command.documents())


def test_check_names_what_is_stale(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match=r"docs/a\.json"):
        command.check({"docs/a.json": "{}"})
    command.write({"docs/a.json": "{}"})
    command.check({"docs/a.json": "{}"})
    with pytest.raises(SystemExit, match=r"docs/a\.json"):
        command.check({"docs/a.json": "[]"})


def test_a_file_that_did_not_change_is_not_touched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Otherwise every start would bundle the pages anew."""
    monkeypatch.setattr(command, "ROOT", tmp_path)
    command.write({"a": "same"})
    before = (tmp_path / "a").stat().st_mtime_ns
    command.write({"a": "same"})
    assert (tmp_path / "a").stat().st_mtime_ns == before


# --- AsyncAPI ---------------------------------------------------------------------------------------------------------


def test_asyncapi_is_valid(tmp_path: Path) -> None:
    document = tmp_path / "asyncapi.json"
    document.write_text(asyncapi.document())
    result = node("validate_asyncapi.mjs", str(document))
    assert result.returncode == 0, result.stderr


def test_the_validator_finds_errors(tmp_path: Path) -> None:
    broken = json.loads(asyncapi.document())
    broken["operations"]["customer.send"]["messages"][0]["$ref"] = "#/channels/customer/messages/Nothing"
    document = tmp_path / "asyncapi.json"
    document.write_text(json.dumps(broken))
    assert node("validate_asyncapi.mjs", str(document)).returncode == 1


def test_every_command_says_what_answers_it() -> None:
    """A command with a ``ref`` is answered; one without says “No answer”, or is hello or ping."""
    for channel in asyncapi.CHANNELS:
        frames = {cls.__struct_config__.tag for cls in channel.frames}
        for cls in channel.commands:
            answers = asyncapi.answers(cls)
            assert set(answers) <= frames, cls
            if "ref" in cls.__struct_fields__:
                assert len(answers) == 2, cls
                assert answers[1] == "refused"
            else:
                assert answers or "No answer." in catalog.doc(cls) or cls is technician.Unwatch, cls


def test_nothing_internal_is_in_the_customers_channel() -> None:
    """Notes, sources and colleagues' names are not even described there."""
    document = json.loads(asyncapi.document())
    seen = components.needed_by([components.ref(cls) for cls in typing.get_args(customer.CustomerFrame)])
    assert {"Note", "Details", "Source", "Summary", "Person", "Hint"}.isdisjoint(seen)
    assert "Note" not in document["channels"]["customer"]["messages"]


# --- schemas ----------------------------------------------------------------------------------------------------------


def validator(name: str) -> Any:
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": components.components()}}
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", catalog.structs())
@settings(max_examples=10)
@given(data=st.data())
def test_what_is_encoded_fits_its_schema(name: str, data: st.DataObject) -> None:
    value = json.loads(codec.encode(data.draw(instances(catalog.structs()[name]))))
    validator(name).validate(value)
    if catalog.is_incoming(catalog.structs()[name]):
        assert not validator(name).is_valid(value | {"surprise": 1})


def test_everything_is_described() -> None:
    for name, schema in components.components().items():
        assert schema["title"] == name
        assert schema["description"], name
        assert "``" not in json.dumps(schema), name


# --- TypeScript -------------------------------------------------------------------------------------------------------


def declared(name: str) -> str:
    return typescript.declarations().partition(f"export interface {name} {{\n")[2].partition("\n}")[0]


def test_fields_with_a_default_are_optional_for_the_sender_only() -> None:
    assert "  token?: string | null;" in declared("CustomerHello")
    assert "  after?: Seq | null;" in declared("TechnicianWatch")
    assert "  who: string | null;" in declared("Problem")


def test_names_that_both_audiences_use_carry_the_audience() -> None:
    text = typescript.declarations()
    for name in ("Hello", "Watch", "Send", "Page", "Welcome", "Numbered"):
        assert f"export interface Customer{name} " in text
        assert f"export interface Technician{name} " in text
        assert f"export interface {name} " not in text


def test_the_unions_hold_every_frame() -> None:
    text = typescript.declarations()
    for name, union in {
        "CustomerCommand": customer.CustomerCommand,
        "CustomerFrame": customer.CustomerFrame,
        "CustomerEntry": customer.CustomerEntry,
        "TechnicianCommand": technician.TechnicianCommand,
        "TechnicianFrame": technician.TechnicianFrame,
        "StaffEntry": technician.StaffEntry,
    }.items():
        members = " | ".join(components.name_of(cls) for cls in typing.get_args(union))
        assert f"export type {name} = {members};" in text


def test_the_browser_reads_the_same_tables(tmp_path: Path) -> None:
    """static/shared/rules.ts, run by node, is server/domain/ticket.py, limits.py and the close codes."""
    file = tmp_path / "rules.ts"
    file.write_text(rules.module())
    result = node("rules_as_json.mjs", str(file))
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    for name, table in (("STATUS_AFTER", ticket.STATUS_AFTER), ("CHAT_AFTER", ticket.CHAT_AFTER)):
        for step in ticket.Step:
            for before, after in typing.cast(dict[Any, Any], table)[step].items():
                is_state = isinstance(after, ticket.Status | ticket.Chat)
                assert told[name][step][before] == (after if is_state else {"rule": after})
            assert len(told[name][step]) == len(typing.cast(dict[Any, Any], table)[step])
    assert told["OWNER_STEPS"] == list(ticket.OWNER_STEPS)
    assert told["UNDOABLE"] == list(ticket.UNDOABLE)
    assert told["UNDO_MS"] == ticket.UNDO_MS
    assert told["LIMITS"] == {name: value for name, value in vars(limits).items() if name.isupper()}
    assert told["CLOSE"] == {name: value for name, value in vars(close).items() if name.isupper()}
