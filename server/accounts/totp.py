"""The second factor: time-based one-time codes (RFC 6238) as pure functions."""

import hmac

import pyotp

STEP_SECONDS = 30
DRIFT = 1
"""Steps before and after the present one that count: phones' clocks differ."""


def new_secret() -> str:
    """160 bits in base 32."""
    return pyotp.random_base32()


def uri(secret: str, email: str, host: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=f"Deskwire {host}")


def matching_step(secret: str, code: str, now_ms: int, last_step: int) -> int | None:
    """The time step that this code belongs to, if it is near and later than ``last_step``; else None."""
    totp = pyotp.TOTP(secret)
    present = now_ms // 1000 // STEP_SECONDS
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        right = hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), code.encode())
        if right and step > last_step:
            found = step
    return found
