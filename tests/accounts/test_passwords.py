"""What may be a password, and how it is hashed."""

import asyncio
import threading

import pytest

from server.accounts.passwords import (
    AT_ONCE,
    WAITING,
    WORST,
    Passwords,
    check_strength,
    normal_email,
    one_time_password,
)
from server.errors import BadInput, Busy
from tests.accounts.conftest import CountingPasswords

OWN = ("lena.young@example.com", "Lena Young", "Lena")


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "elevenchars",
        "x" * 129,
        "password1234",
        "Password1234",
        "Pass-word-1234",
        "correct horse battery staple",
        "123456789012",
        "890123456789",
        "987654321098",
        "abcdefghijklmnop",
        "zyxwvutsrqponm",
        "aaaaaaaaaaaaaaa",
        "abababababab",
        "xyz1xyz1xyz1",
        "lena.young@example.com",
        "LenaYoungLena",
        "Lena.Young.1",
        "example-lena-12",
        "deskwire-lena",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_strength(password, *OWN)
    assert refused.value.field == "new"


@pytest.mark.parametrize(
    "password",
    [
        "a quiet river in spring",
        "twelve chars",
        "пароль из шести слов",
        "日本語のとても長いパスワード",
        "Lena likes mountain tea",
    ],
)
def test_length_counts_and_not_composition(password: str) -> None:
    check_strength(password, *OWN)


def test_every_listed_password_is_long_enough_to_matter() -> None:
    assert all(len(word) >= 12 and word == word.casefold() for word in WORST)


def test_one_time_passwords_pass_the_rules_and_differ() -> None:
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        check_strength(password)


@pytest.mark.parametrize("typed", ["Lena@Example.COM", "  lena@example.com ", "lena@example.com"])
def test_an_address_has_one_spelling(typed: str) -> None:
    assert normal_email(typed) == "lena@example.com"


async def test_a_hash_is_argon2id_with_our_parameters_and_never_the_same_twice() -> None:
    passwords = Passwords()
    first, second = await passwords.hash("a quiet river"), await passwords.hash("a quiet river")
    assert first.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert first != second
    assert await passwords.verify(first, "a quiet river")
    assert not await passwords.verify(first, "a quiet rivers")


async def test_keyboards_that_compose_letters_differently_type_the_same_password() -> None:
    passwords = CountingPasswords()
    stored = await passwords.hash("caf\u00e9 au bord du lac")
    assert await passwords.verify(stored, "cafe\u0301 au bord du lac")


async def test_nobody_costs_the_same_hash_and_is_never_right() -> None:
    passwords = CountingPasswords()
    assert not await passwords.verify(None, "anything")
    real = await passwords.hash("anything")
    dummy = passwords.verified[0]
    assert dummy.split("$")[:4] == real.split("$")[:4]
    assert [len(part) for part in dummy.split("$")] == [len(part) for part in real.split("$")]
    assert not passwords.outdated(dummy)


async def test_a_damaged_hash_lets_nobody_in() -> None:
    assert not await CountingPasswords().verify("not a hash", "anything")


async def test_at_most_four_hashes_at_once_and_a_bounded_queue() -> None:
    running, most = 0, 0
    lock, gate = threading.Lock(), threading.Event()
    all_busy = threading.Event()

    class Slow(Passwords):
        def _verify(self, stored: str, password: str) -> bool:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
                if running == AT_ONCE:
                    all_busy.set()
            gate.wait(30)
            with lock:
                running -= 1
            return False

    passwords = Slow(8)
    waiting = [asyncio.ensure_future(passwords.verify(None, "x")) for _ in range(WAITING)]
    await asyncio.to_thread(all_busy.wait, 30)
    with pytest.raises(Busy):
        await passwords.verify(None, "one too many")
    gate.set()
    assert await asyncio.gather(*waiting) == [False] * WAITING
    assert most == AT_ONCE
    assert not await passwords.verify(None, "room again")
