"""Virtual MFA devices, one-time passwords, and sessions with and without MFA."""

import json
from types import SimpleNamespace

from .. import totp
from ..asking import BAKERY, BURGER, World, equal, refused
from . import kit


def prepare(world: World) -> SimpleNamespace:
    user = world.user("mfa", policy=kit.policy(kit.allow(["sts:*", "iam:*"])))
    name = world.name("with-mfa")
    with_mfa = kit.trust(kit.root_of(BAKERY), {"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    world.root("iam", BURGER).create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(with_mfa))
    return SimpleNamespace(world=world, user=user, role=kit.role_arn(BURGER, name), iam=world.of(user, "iam"),
                           sts=world.of(user, "sts"), first_step=totp.current_step())


def _code(t, offset: int) -> str:
    """Counted from the start of the topic, so that a new half minute in between changes nothing."""
    return totp.code_at(t.seed, t.first_step + offset)


def _assume(t, sts, **options) -> dict:
    return sts.assume_role(RoleArn=t.role, RoleSessionName="session", **options)["Credentials"]


def ask_CreateVirtualMFADevice_gives_a_usable_seed(t):
    device = t.iam.create_virtual_mfa_device(VirtualMFADeviceName=t.user.UserName)["VirtualMFADevice"]
    t.serial, t.seed = device["SerialNumber"], device["Base32StringSeed"].decode()
    equal(len(_code(t, 0)), 6)


def ask_enabling_with_wrong_codes_is_refused(t):
    with refused("InvalidAuthenticationCode"):
        t.iam.enable_mfa_device(UserName=t.user.UserName, SerialNumber=t.serial, AuthenticationCode1="000000",
                                AuthenticationCode2="111111")


def ask_enabling_with_two_codes_in_a_row(t):
    t.iam.enable_mfa_device(UserName=t.user.UserName, SerialNumber=t.serial, AuthenticationCode1=_code(t, -4),
                            AuthenticationCode2=_code(t, -3))


def ask_ListMFADevices(t):
    devices = t.iam.list_mfa_devices(UserName=t.user.UserName)["MFADevices"]
    equal([device["SerialNumber"] for device in devices], [t.serial])


def ask_AssumeRole_with_a_wrong_code_is_denied(t):
    with refused("AccessDenied"):
        _assume(t, t.sts, SerialNumber=t.serial, TokenCode="000000")


def ask_AssumeRole_with_the_right_code(t):
    _assume(t, t.sts, SerialNumber=t.serial, TokenCode=_code(t, 1))


def ask_AssumeRole_with_a_foreign_device_is_denied(t):
    with refused("AccessDenied"):
        _assume(t, t.sts, SerialNumber=f"arn:aws:iam::{BAKERY}:mfa/other", TokenCode=_code(t, 0))


def ask_GetSessionToken_with_a_wrong_code_is_denied(t):
    with refused("AccessDenied"):
        t.sts.get_session_token(SerialNumber=t.serial, TokenCode="000000")


def ask_GetSessionToken_with_the_right_code(t):
    answer = t.sts.get_session_token(SerialNumber=t.serial, TokenCode=_code(t, 0), DurationSeconds=900)
    t.session = answer["Credentials"]
    equal(t.world.of_session(t.session, "sts").get_caller_identity()["Arn"], t.user.Arn)


def ask_session_with_MFA_enters_a_role_with_MFA(t):
    _assume(t, t.world.of_session(t.session, "sts"))


def ask_session_without_MFA_is_denied_that_role(t):
    t.plain = t.sts.get_session_token(DurationSeconds=900)["Credentials"]
    with refused("AccessDenied"):
        _assume(t, t.world.of_session(t.plain, "sts"))


def ask_session_without_MFA_may_not_call_IAM(t):
    with refused("InvalidClientTokenId", "AccessDenied"):
        t.world.of_session(t.plain, "iam").list_users()
