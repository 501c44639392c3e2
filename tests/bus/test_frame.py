"""The signed wire form: what was sealed comes back, and nothing else is believed."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.bus.frame import LARGEST, Rejected, Seal
from server.store.base import Announcement

KEY = secrets.token_hex(32)
US, THEM = Seal(KEY, "one"), Seal(KEY, "one")

announcements = st.builds(
    Announcement,
    topic=st.text(st.characters(exclude_categories=["Cs"]), max_size=100),
    seq=st.integers(0, 2**64 - 1),
    frame=st.binary(max_size=2_000),
)


def reason(seal: Seal, message: bytes) -> str:
    with pytest.raises(Rejected) as caught:
        seal.open(message)
    return caught.value.reason


@given(announcements)
def test_others_read_what_was_sealed_and_the_sender_knows_its_own(told: Announcement) -> None:
    message = US.close(told)
    assert THEM.open(message) == told
    assert US.open(message) is None


@given(announcements, st.data())
def test_no_byte_can_be_changed(told: Announcement, data: st.DataObject) -> None:
    message = bytearray(THEM.close(told))
    at = data.draw(st.integers(0, len(message) - 1))
    message[at] ^= data.draw(st.integers(1, 255))
    assert reason(US, bytes(message)) in ("garbage", "forged", "foreign_epoch")


@given(announcements, st.data())
def test_a_message_cannot_be_cut_or_grow(told: Announcement, data: st.DataObject) -> None:
    message = THEM.close(told)
    assert reason(US, message[: data.draw(st.integers(0, len(message) - 1))]) in ("garbage", "forged")
    assert reason(US, message + data.draw(st.binary(min_size=1))) == "forged"


@given(st.binary(max_size=200))
def test_garbage_is_refused(noise: bytes) -> None:
    assert reason(US, noise) in ("garbage", "forged", "foreign_epoch")


def test_another_installation_is_not_believed() -> None:
    told = Announcement("control", 0, b"{}")
    assert reason(US, Seal(secrets.token_hex(32), "one").close(told)) == "forged"


def test_a_process_from_before_a_restore_is_not_believed() -> None:
    told = Announcement("control", 0, b"{}")
    assert reason(US, Seal(KEY, "another").close(told)) == "foreign_epoch"


def test_the_largest_message_is_that_large() -> None:
    room = LARGEST - len(THEM.close(Announcement("a", 1, b"")))
    largest = THEM.close(Announcement("a", 1, b"x" * room))
    assert len(largest) == LARGEST
    assert US.open(largest) is not None
    assert reason(US, largest + b"x") == "huge"
    with pytest.raises(Rejected):
        THEM.close(Announcement("a", 1, b"x" * (room + 1)))


def test_a_topic_too_long_for_its_length_field_is_refused() -> None:
    with pytest.raises(Rejected):
        THEM.close(Announcement("a" * 70_000, 1, b""))
