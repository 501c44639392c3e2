"""The signed wire form of an announcement, for a bus that leaves the process. Knows no Redis.

    MAC       version  sender   epoch    seq      length of topic  topic   frame
    16 bytes  1        8        8        8        2                UTF-8   as it was encoded; never looked into

The MAC is a keyed blake2b over everything behind it. 0.8 µs to seal and 0.9 µs to open 400 bytes.
"""

import hashlib
import hmac
import secrets
from struct import Struct
from typing import Final, Literal

from server.store.base import Announcement

LARGEST: Final = 262_144
"""Bytes of a message; the largest frame has 64 KiB."""

Reason = Literal["huge", "garbage", "forged", "foreign_epoch"]

_VERSION: Final = 1
_MAC: Final = 16
_HEAD: Final = Struct(">B8s8sQH")
_SHORTEST: Final = _MAC + _HEAD.size
_LONGEST_TOPIC: Final = 0xFFFF


class Rejected(Exception):
    """Not a message of this installation."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Seal:
    """Writes and reads the wire form for one process of one installation."""

    def __init__(self, key: str, epoch: str) -> None:
        self._keyed = hashlib.blake2b(key=bytes.fromhex(key), digest_size=_MAC)
        self._epoch = hashlib.blake2b(epoch.encode(), digest_size=8).digest()
        self._sender = secrets.token_bytes(8)

    @property
    def sender(self) -> str:
        """This process among those that share a bus."""
        return self._sender.hex()

    def close(self, told: Announcement) -> bytes:
        """The message for the others. Raises Rejected(huge)."""
        topic = told.topic.encode()
        if len(topic) > _LONGEST_TOPIC or _SHORTEST + len(topic) + len(told.frame) > LARGEST:
            raise Rejected("huge")
        body = b"".join((_HEAD.pack(_VERSION, self._sender, self._epoch, told.seq, len(topic)), topic, told.frame))
        return self._mac(body) + body

    def open(self, message: bytes) -> Announcement | None:
        """What another process said; None for a copy of one's own message. Raises Rejected."""
        if len(message) > LARGEST:
            raise Rejected("huge")
        if len(message) < _SHORTEST:
            raise Rejected("garbage")
        version, sender, epoch, seq, length = _HEAD.unpack_from(message, _MAC)
        frame_at = _SHORTEST + length
        if version != _VERSION or len(message) < frame_at:
            raise Rejected("garbage")
        if sender == self._sender:
            return None
        if epoch != self._epoch:
            raise Rejected("foreign_epoch")
        if not hmac.compare_digest(self._mac(message[_MAC:]), message[:_MAC]):
            raise Rejected("forged")
        return Announcement(message[_SHORTEST:frame_at].decode(), seq, message[frame_at:])

    def _mac(self, body: bytes) -> bytes:
        keyed = self._keyed.copy()
        keyed.update(body)
        return keyed.digest()
