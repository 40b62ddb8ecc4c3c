"""Virtual MFA devices with real one-time passwords; ministack makes devices but takes any code.

Pages: CreateVirtualMFADevice, EnableMFADevice, ResyncMFADevice, AssumeRole and GetSessionToken (SerialNumber,
TokenCode), "Resynchronize virtual and hardware MFA devices" for how far a clock may be off.
"""

import base64
import hmac
import secrets

from . import patchpoints, totp
from .answers import Answer, body_text, element_text, iam_error, param, with_body

SEED_BYTES = 40
SIGN_IN_STEPS = (-1, 0, 1)
ENABLE_STEPS = range(-6, 3)
USED = "_used_steps"


def device_of(user_arn: str, serial: str) -> dict | None:
    """The device with this serial number, if it is enabled for the user who calls."""
    if ":user/" not in user_arn:
        return None
    account = user_arn.split(":")[4]
    device = patchpoints.module("services.iam")._mfa_devices.get_scoped(account, None, serial)
    if device is None or device["User"] != user_arn.rsplit("/", 1)[-1]:
        return None
    return device


def _step_of(device: dict, code: str) -> int | None:
    """The step whose code this is, give or take one from now; a code that was used once is none."""
    now = totp.current_step()
    for step in (now + offset for offset in SIGN_IN_STEPS):
        expected = totp.code_at(device["Base32StringSeed"], step)
        if step not in device.get(USED, ()) and hmac.compare_digest(expected.encode(), code.encode()):
            return step
    return None


def is_valid_code(user_arn: str, serial: str, code: str) -> bool:
    """Whether `use_code` would take the code; it stays unused."""
    device = device_of(user_arn, serial)
    return device is not None and _step_of(device, code) is not None


def use_code(device: dict, code: str) -> bool:
    """Accept a code once."""
    step = _step_of(device, code)
    if step is None:
        return False
    device.setdefault(USED, set()).add(step)
    return True


def _use_two_codes(device: dict, first: str, second: str) -> bool:
    """Two codes in a row, as EnableMFADevice and ResyncMFADevice ask for them."""
    now = totp.current_step()
    seed = device["Base32StringSeed"]
    for step in (now + offset for offset in ENABLE_STEPS):
        if totp.code_at(seed, step) == first and totp.code_at(seed, step + 1) == second:
            device.setdefault(USED, set()).update((step, step + 1))
            return True
    return False


def _create_device(original, params) -> Answer:
    """The answer carries the seed as base64 of its base32 text, since the API's type is a blob."""
    answer = original(params)
    if answer[0] != 200:
        return answer
    seed = base64.b32encode(secrets.token_bytes(SEED_BYTES)).decode()
    serial = element_text(answer, "SerialNumber")
    patchpoints.module("services.iam")._mfa_devices[serial]["Base32StringSeed"] = seed
    blob = base64.b64encode(seed.encode()).decode()
    old = element_text(answer, "Base32StringSeed")
    return with_body(answer, body_text(answer).replace(old, blob))


def _enable_device(original, params) -> Answer:
    device = patchpoints.module("services.iam")._mfa_devices.get(param(params, "SerialNumber"))
    if device and device["User"] is None:
        first, second = param(params, "AuthenticationCode1"), param(params, "AuthenticationCode2")
        if not _use_two_codes(device, first, second):
            return iam_error(403, "InvalidAuthenticationCode", "Authentication code for device is not valid.")
    return original(params)


def _resync_device(original, params) -> Answer:
    device = patchpoints.module("services.iam")._mfa_devices.get(param(params, "SerialNumber"))
    if device and device["User"] == param(params, "UserName"):
        first, second = param(params, "AuthenticationCode1"), param(params, "AuthenticationCode2")
        if not _use_two_codes(device, first, second):
            return iam_error(403, "InvalidAuthenticationCode", "Authentication code for device is not valid.")
    return original(params)


def install() -> None:
    patchpoints.wrap_iam_action("CreateVirtualMFADevice", _create_device)
    patchpoints.wrap_iam_action("EnableMFADevice", _enable_device)
    patchpoints.wrap_iam_action("ResyncMFADevice", _resync_device)
