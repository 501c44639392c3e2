"""The portal's form (B-31, B-32): every setting of every field, with everything people leave in it."""

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.portal import FIELDS, FieldName, FieldSetting, PortalSettings, check_fields
from server.errors import BadInput

HIDDEN, SHOWN, REQUIRED = FieldSetting(shown=False), FieldSetting(), FieldSetting(required=True)
BLANKS = [None, "", " ", "\t\u00a0\u2003"]


def settings(**fields: FieldSetting) -> PortalSettings:
    return msgspec.convert(
        {"fields": {name: msgspec.to_builtins(value) for name, value in fields.items()}}, PortalSettings
    )


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_blank_is_nothing(name: FieldName, blank: str | None) -> None:
    assert check_fields(settings(**{name: SHOWN}), {name: blank})[name] is None
    with pytest.raises(BadInput) as error:
        check_fields(settings(**{name: REQUIRED}), {name: blank})
    assert error.value.field == name


@pytest.mark.parametrize("name", FIELDS)
def test_what_is_typed_is_kept_without_blanks_around_it_where_the_field_is_shown(name: FieldName) -> None:
    for setting in (SHOWN, REQUIRED):
        assert check_fields(settings(**{name: setting}), {name: "  Ada B.\n"})[name] == "Ada B."


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("setting", [HIDDEN, FieldSetting(shown=False, required=True), None], ids=repr)
def test_a_field_that_is_not_shown_is_neither_taken_nor_missed(name: FieldName, setting: FieldSetting | None) -> None:
    """Somebody who sends it all the same gets nothing into the ticket."""
    portal = settings(**({name: setting} if setting else {}))
    assert check_fields(portal, {name: "planted"}) == dict.fromkeys(FIELDS)
    assert check_fields(portal, {}) == dict.fromkeys(FIELDS)


@pytest.mark.parametrize("states", list(itertools.product([HIDDEN, SHOWN, REQUIRED], repeat=4)), ids=lambda _s: "")
def test_every_form(states: tuple[FieldSetting, ...]) -> None:
    portal = settings(**dict(zip(FIELDS, states, strict=True)))
    filled: dict[FieldName, str | None] = {name: f"my {name}" for name in FIELDS}
    assert check_fields(portal, filled) == {
        name: f"my {name}" if state.shown else None for name, state in zip(FIELDS, states, strict=True)
    }
    first_missing = next((name for name, state in zip(FIELDS, states, strict=True) if state is REQUIRED), None)
    if first_missing is not None:
        with pytest.raises(BadInput) as error:
            check_fields(portal, {})
        assert error.value.field == first_missing


@given(st.dictionaries(st.sampled_from(FIELDS), st.none() | st.text()))
def test_whatever_is_typed_every_field_is_answered_for(given_fields: dict[FieldName, str | None]) -> None:
    kept = check_fields(settings(**dict.fromkeys(FIELDS, SHOWN)), given_fields)
    assert tuple(kept) == FIELDS
    assert all(value is None or (value and value == value.strip()) for value in kept.values())


def test_a_portal_asks_for_a_name_unless_told_otherwise() -> None:
    with pytest.raises(BadInput) as error:
        check_fields(PortalSettings(), {"email": "ada@example.com"})
    assert error.value.field == "name"
    assert check_fields(PortalSettings(), {"name": "Ada", "company_code": "C-9"})["company_code"] is None


def test_settings_survive_being_stored_and_old_ones_get_the_defaults() -> None:
    portal = PortalSettings(origins=["https://www.example.com"], identity_secrets=["x" * 32])
    assert msgspec.convert(msgspec.to_builtins(portal), PortalSettings) == portal
    assert msgspec.convert({}, PortalSettings) == PortalSettings()


@pytest.mark.parametrize("accent", ["red", "#2456C9", "#2456c9;--x:1", "#2456c9\n", "url(//evil)"])
def test_an_accent_is_a_colour_and_nothing_else(accent: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"accent": accent}, PortalSettings)


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*",
        "http:",
        "https://a.example; script-src *",
        "https://a.example https://b.example",
        "https://a.example,https://b.example",
        "https://a.example/path",
        "https://a.example\nx: y",
        "javascript:alert(1)",
        "'self'",
        "null",
        "",
    ],
)
def test_an_origin_that_may_embed_the_widget_is_one_origin_and_nothing_else(origin: str) -> None:
    """It becomes part of a Content-Security-Policy."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"origins": [origin]}, PortalSettings)


@pytest.mark.parametrize(
    "origin",
    [
        "https://www.example.com",
        "http://localhost:8001",
        "http://127.0.0.1:8001",
        "https://[::1]:8443",
        "https://xn--bcher-kva.example",
    ],
)
def test_an_origin_is_scheme_host_and_port(origin: str) -> None:
    assert msgspec.convert({"origins": [origin]}, PortalSettings).origins == [origin]


@pytest.mark.parametrize("secrets", [[""], ["short"], ["x" * 32] * 3], ids=["empty", "short", "three"])
def test_secrets_of_identities_are_long_and_at_most_two(secrets: list[str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"identity_secrets": secrets}, PortalSettings)
