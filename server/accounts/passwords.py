"""Passwords: what may be one, and how it is hashed. Nothing here knows accounts or the database."""

import asyncio
import base64
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from server.errors import BadInput, Busy

T = TypeVar("T")

MIN_CHARS: Final = 12
MAX_CHARS: Final = 128
MEMORY_KIB: Final = 47_104
"""argon2id m=46 MiB t=1 p=1: OWASP's first choice (Password Storage Cheat Sheet); about 40 ms here."""
AT_ONCE: Final = 4
"""Hashes at the same time: 4 x 46 MiB is the most that a flood of sign-ins can take."""
WAITING: Final = 64
"""Hashes that may wait for a thread; beyond that the answer is busy."""

WORST: Final = frozenset(
    """
    123456789012 1234567890123 12345678901234 123456789123 123456789abc 1234567890ab 0123456789ab 0987654321098
    112233445566 111122223333 123123123123 123321123321 147258369147 159753159753 1q2w3e4r5t6y 1qaz2wsx3edc
    1qazxsw23edc q1w2e3r4t5y6 qwertyuiop12 qwertyuiop123 qwerty123456 qwerty1234567 qwertyuiopas qwertyasdfgh
    qwertyuiopasdfghjkl qazwsxedcrfv zaq12wsxcde3 zxcvbnmasdfg asdfghjkl123 asdfghjklqwe abcd12345678 abc123456789
    abcdefg12345 a12345678901 a1b2c3d4e5f6 aa1234567890 password1234 password12345 password123456 password2024
    password2025 password2026 passwordpassword mypassword123 newpassword1 newpassword123 p@ssw0rd1234 p@ssword1234
    passw0rd1234 changeme1234 changemenow1 letmein12345 letmeinplease welcome12345 welcome123456 administrator
    administrator1 admin1234567 admin12345678 adminadmin12 superadmin123 rootroot1234 iloveyou1234 iloveyouforever
    trustno1trustno1 sunshine1234 princess1234 football1234 baseball1234 superman1234 batman123456 starwars1234
    dragon123456 monkey123456 master123456 michael12345 jennifer1234 charlie12345 liverpool123 manchester12
    helpdesk1234 helpdesk2025 support12345 supportsupport technician12 secret123456 topsecret123 default12345
    test12345678 testtesttest guest1234567 temporary123 temppassword summer202512 winter202512 correcthorsebatterystaple
    """.split()  # noqa: SIM905 - a hundred quoted words would be no list to read
)
"""Of the leaked lists, what is long enough to pass the length rule. Runs and repetitions are found by rule."""


def normal_email(email: str) -> str:
    """The one spelling under which an address is stored and looked up."""
    return unicodedata.normalize("NFC", email.strip()).lower()


def check_strength(password: str, *own: str) -> None:
    """Raises BadInput for what guessers try first. ``own``: the account's address and names."""
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        raise BadInput(f"A password has {MIN_CHARS} to {MAX_CHARS} characters.", field="new")
    plain = _plain(password)
    if plain in WORST or _is_run(plain) or _is_repetition(plain):
        raise BadInput("This password is one of the first that others would try. Choose another one.", field="new")
    rest = plain
    for word in sorted(_words_of(own), key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < MIN_CHARS // 2:
        raise BadInput("A password must not be made of your name or e-mail address.", field="new")


def one_time_password() -> str:
    """Four groups of four, without letters that look alike: 79 bits, good until the first sign-in."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


class Passwords:
    """Hashes and verifies in threads of its own, so that neither the event loop nor the other threads wait for it."""

    def __init__(self, memory_kib: int = MEMORY_KIB) -> None:
        self._hasher = argon2.PasswordHasher(time_cost=1, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._waiting = 0
        random = [base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (16, 32)]
        self._nobody = f"$argon2id$v=19$m={memory_kib},t=1,p=1${random[0]}${random[1]}"

    async def hash(self, password: str) -> str:
        """The hash to store."""
        return await self._run(lambda: self._hasher.hash(_normal(password)))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether it is the password. ``None`` (nobody has this account) does the same work and is never right."""
        return await self._run(lambda: self._verify(stored or self._nobody, password)) and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, _normal(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        future.add_done_callback(self._finished)
        return await asyncio.shield(future)

    def _finished(self, _: "asyncio.Future[T]") -> None:
        self._waiting -= 1


def _normal(password: str) -> str:
    """Keyboards send the same letter in different ways (NIST 800-63B 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _plain(password: str) -> str:
    return _normal(password).casefold().replace(" ", "").replace("-", "").replace("_", "").replace(".", "")


def _words_of(own: tuple[str, ...]) -> set[str]:
    words = {"deskwire"}
    for text in own:
        local, _, domain = text.partition("@")
        words |= {_plain(part) for part in (text, local, domain.partition(".")[0], *local.split())}
    return {word for word in words if len(word) >= 3}


def _is_run(text: str) -> bool:
    """abcdefgh…, 98765…, also around the corner from 9 to 0."""
    digits = "01234567890123456789" * 7
    letters = "abcdefghijklmnopqrstuvwxyz" * 6
    return any(text in row or text in row[::-1] for row in (digits, letters))


def _is_repetition(text: str) -> bool:
    """aaaaaaaaaaaa, abcabcabcabc: fewer than four different characters, or a short piece again and again."""
    return len(set(text)) < 4 or any(
        (text[:size] * (len(text) // size + 1)).startswith(text) for size in range(1, len(text) // 3 + 1)
    )
