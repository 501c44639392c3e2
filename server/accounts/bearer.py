"""Random secrets that somebody carries: cookies and API tokens. The database keeps their hashes only."""

import hashlib
import secrets
from typing import Final

TOKEN_PREFIX: Final = "dwt_"  # noqa: S105 - no secret: lets people and scanners recognise one


def new_cookie() -> str:
    """256 bits."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """256 bits that one recognises."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What the database keeps. 256 random bits need no slow hash; what a header brings may be any text."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
