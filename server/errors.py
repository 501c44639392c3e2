"""Every error that a client can see, each with a stable wire code.

::

    DeskwireError
    ├── BadInput          bad_input        400  malformed or out of bounds; nothing was done
    ├── Unauthenticated   unauthenticated  401  who are you?
    ├── Forbidden         forbidden        403  this door is closed to this kind of caller (role, origin, CSRF)
    ├── NotFound          not_found        404  unknown and out of reach look alike
    ├── Refused           <the rule>       409  a rule of domain/ says no; the code names the rule
    ├── Conflict          conflict         409  same client_id, other body
    ├── ResendFrom        resend_from      409  a message arrived before its predecessor
    ├── WrongOffset       offset           409  an upload goes on elsewhere than this request did; carries the offset
    ├── TooLarge          too_large        413  more bytes than are taken
    ├── FileRefused       file_<what>      422  a file's name or content is not taken; the other side sees nothing
    ├── TooMany           too_many         429  a rate limit; carries retry_after
    ├── Busy              busy             503  try again; nothing was done
    └── StorageFull       storage_full     507  the disk is full; nothing was done

A code never changes its meaning. The message is for people and may change.
"""

from collections.abc import Mapping
from typing import ClassVar


class DeskwireError(Exception):
    """Base of all expected errors."""

    code: str = "error"
    status: ClassVar[int] = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadInput(DeskwireError):
    """``reason`` and ``values`` say the message of a set-up in every language (domain/set_up.py)."""

    code = "bad_input"
    status = 400

    def __init__(
        self,
        message: str,
        field: str | None = None,
        reason: str | None = None,
        values: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.field = field
        self.reason = reason
        self.values = values


class Unauthenticated(DeskwireError):
    code = "unauthenticated"
    status = 401

    def __init__(self, message: str = "Sign in first.") -> None:
        super().__init__(message)


class Forbidden(DeskwireError):
    code = "forbidden"
    status = 403

    def __init__(self, message: str = "This is not open to you.") -> None:
        super().__init__(message)


class NotFound(DeskwireError):
    """Unknown, or out of this caller's reach: the answer is the same, so that ids cannot be probed."""

    code = "not_found"
    status = 404

    def __init__(self, message: str = "There is no such thing, or it is not yours to see.") -> None:
        super().__init__(message)


class Refused(DeskwireError):
    """A rule of domain/ says no. ``code`` is the rule's name, ``who`` the person it names (already_assigned).

    ``field``: what of a form it is about; ``reason`` and ``values`` as of BadInput.
    """

    status = 409

    def __init__(
        self,
        rule: str,
        message: str,
        who: str | None = None,
        field: str | None = None,
        reason: str | None = None,
        values: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = rule
        self.who = who
        self.field = field
        self.reason = reason
        self.values = values


class Conflict(DeskwireError):
    code = "conflict"
    status = 409

    def __init__(self, message: str = "This client_id was used for something else.") -> None:
        super().__init__(message)


class ResendFrom(DeskwireError):
    """``n`` is ahead of what was stored: send again from ``resend_from``."""

    code = "resend_from"
    status = 409

    def __init__(self, resend_from: int) -> None:
        super().__init__(f"Messages before this one are missing; send again from {resend_from}.")
        self.resend_from = resend_from


class WrongOffset(DeskwireError):
    """So many bytes of an upload are stored: go on from ``offset``."""

    code = "offset"
    status = 409

    def __init__(self, offset: int) -> None:
        super().__init__(f"Of this upload {offset} bytes are stored; go on from there.")
        self.offset = offset


class TooLarge(DeskwireError):
    code = "too_large"
    status = 413


class FileRefused(DeskwireError):
    """A file's name or content is not taken.

    ``rule`` is the code: file_type_not_allowed (``types`` names what is), file_name_hides_type, file_empty, or
    file_content, whose ``reason`` is one of ``server.domain.files.Reason``.
    """

    status = 422

    def __init__(self, rule: str, message: str, reason: str | None = None, types: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = rule
        self.reason = reason
        self.types = types


class TooMany(DeskwireError):
    code = "too_many"
    status = 429

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"Too many at once; try again in {max(1, round(retry_after))} s.")
        self.retry_after = retry_after


class Busy(DeskwireError):
    code = "busy"
    status = 503

    def __init__(self, message: str = "The server is busy; try again in a moment.") -> None:
        super().__init__(message)


class StorageFull(DeskwireError):
    code = "storage_full"
    status = 507

    def __init__(self) -> None:
        super().__init__("The server's disk is full; nothing was stored.")
