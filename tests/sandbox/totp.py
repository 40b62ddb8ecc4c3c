"""Time-based one-time passwords (RFC 6238) as a virtual MFA device makes them: six digits, 30 seconds, SHA-1."""

import base64
import hashlib
import hmac
import struct
import time

STEP_S = 30
DIGITS = 6


def current_step(now: float | None = None) -> int:
    """The number of the 30-second step that `now` (default: the clock) lies in."""
    return int(time.time() if now is None else now) // STEP_S


def code_at(seed_base32: str, step: int) -> str:
    """The code that the device with this seed shows in the given step."""
    padded = seed_base32 + "=" * (-len(seed_base32) % 8)
    key = base64.b32decode(padded)
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset:offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10 ** DIGITS).zfill(DIGITS)


def code_now(seed_base32: str, step_offset: int = 0) -> str:
    """The code of this step, or of a step before (-1) or after (+1) it."""
    return code_at(seed_base32, current_step() + step_offset)
