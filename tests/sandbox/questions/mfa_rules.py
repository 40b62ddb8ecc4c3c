"""Codes are used once, pairs are complete, and roles of roles know nothing of MFA."""

import json
from types import SimpleNamespace

from ..asking import BAKERY, BURGER, World, equal, refused
from . import kit


def prepare(world: World) -> SimpleNamespace:
    iam = world.root("iam", BURGER)
    t = SimpleNamespace(world=world, plain=world.name("plain"), strict=world.name("strict"), young=world.name("young"))
    t.user = world.user("mfa", policy=kit.policy(kit.allow("sts:*")), with_mfa=True)
    present = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    trusts = {
        t.plain: kit.trust(kit.root_of(BAKERY)),
        t.strict: kit.policy(
            kit.trust(kit.root_of(BAKERY), present)["Statement"][0],
            kit.trust(kit.role_arn(BURGER, t.plain), present)["Statement"][0]),
        t.young: kit.trust(kit.root_of(BAKERY), {**present, "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}),
    }
    for name in (t.plain, t.strict, t.young):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trusts[name]), MaxSessionDuration=43200)
    iam.put_role_policy(RoleName=t.plain, PolicyName="on", PolicyDocument=json.dumps(kit.policy(kit.allow("sts:*"))))
    t.sts = world.of(t.user, "sts")
    return t


def _assume(t, sts, name: str, **options) -> dict:
    arn = kit.role_arn(BURGER, name)
    return sts.assume_role(RoleArn=arn, RoleSessionName="session", **options)["Credentials"]


def ask_a_code_is_taken_once(t):
    code = {"SerialNumber": t.user.SerialNumber, "TokenCode": t.user.code(0)}
    t.session = t.sts.get_session_token(**code)["Credentials"]
    with refused("AccessDenied"):
        t.sts.get_session_token(**code)


def ask_the_next_code_is_taken(t):
    _assume(t, t.sts, t.strict, SerialNumber=t.user.SerialNumber, TokenCode=t.user.code(1))


def ask_code_that_is_not_six_digits_is_a_ValidationError(t):
    with refused("ValidationError"):
        t.sts.get_session_token(SerialNumber=t.user.SerialNumber, TokenCode="12345a")


def ask_serial_without_code_is_denied(t):
    with refused("AccessDenied"):
        t.sts.get_session_token(SerialNumber=t.user.SerialNumber)


def ask_code_in_AssumeRole_counts_for_the_callers_own_policy_too(t):
    present = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    user = t.world.user("strict", policy=kit.policy(kit.allow("sts:AssumeRole", Condition=present)), with_mfa=True)
    with refused("AccessDenied"):
        _assume(t, t.world.of(user, "sts"), t.plain)
    _assume(t, t.world.of(user, "sts"), t.plain, SerialNumber=user.SerialNumber, TokenCode=user.code(0))


def ask_session_with_MFA_is_young_enough(t):
    _assume(t, t.world.of_session(t.session, "sts"), t.young)


def ask_role_from_a_session_lasts_one_hour_at_most(t):
    with refused("ValidationError"):
        _assume(t, t.world.of_session(t.session, "sts"), t.plain, DurationSeconds=7200)


def ask_role_from_a_plain_key_may_last_longer(t):
    _assume(t, t.sts, t.plain, DurationSeconds=43200)


def ask_role_session_carries_no_MFA_into_the_next_role(t):
    first = _assume(t, t.world.of_session(t.session, "sts"), t.plain)
    with refused("AccessDenied"):
        _assume(t, t.world.of_session(first, "sts"), t.strict)


def ask_GetSessionToken_from_a_session_is_denied(t):
    with refused("AccessDenied"):
        t.world.of_session(t.session, "sts").get_session_token()


def ask_root_may_not_assume_a_role(t):
    with refused("AccessDenied"):
        _assume(t, t.world.root("sts"), t.plain)


def ask_session_name_with_a_colon_is_a_ValidationError(t):
    with refused("ValidationError"):
        t.sts.assume_role(RoleArn=kit.role_arn(BURGER, t.plain), RoleSessionName="a:b")


def ask_DecodeAuthorizationMessage_refuses_what_it_cannot_read(t):
    with refused("InvalidAuthorizationMessageException"):
        t.sts.decode_authorization_message(EncodedMessage="nonsense")


def ask_device_can_be_deactivated_and_deleted(t):
    iam = t.world.root("iam")
    with refused("DeleteConflict"):
        iam.delete_virtual_mfa_device(SerialNumber=t.user.SerialNumber)
    iam.deactivate_mfa_device(UserName=t.user.UserName, SerialNumber=t.user.SerialNumber)
    iam.delete_virtual_mfa_device(SerialNumber=t.user.SerialNumber)
    equal(iam.list_mfa_devices(UserName=t.user.UserName)["MFADevices"], [])
