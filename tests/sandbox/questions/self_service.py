"""A person with the self-service policy: own keys, own MFA device, nothing of anybody else."""

from types import SimpleNamespace

from .. import totp
from ..asking import World, equal, refused
from . import kit

DENIED = ("AccessDenied", "AccessDeniedException")
OWN = ["arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:user/*/${aws:username}"]


def _policy() -> dict:
    keys = ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys", "iam:GetUser"]
    devices = ["iam:EnableMFADevice", "iam:ListMFADevices"]
    without_mfa = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    return kit.policy(
        kit.allow(keys, OWN),
        kit.allow(devices, OWN),
        kit.allow("iam:DeactivateMFADevice", OWN, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        kit.allow("iam:CreateVirtualMFADevice", "arn:aws:iam::*:mfa/${aws:username}"),
        {"Effect": "Deny", "NotAction": ["iam:*MFADevice*", "iam:GetUser", "sts:*"], "Resource": "*",
         "Condition": without_mfa},
    )


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(world=world, user=world.user("self", policy=_policy(), path="/people/eu/"),
                        other=world.user("other"))
    t.iam, t.sts = world.of(t.user, "iam"), world.of(t.user, "sts")
    return t


def ask_GetUser_without_a_name_is_the_caller(t):
    equal(t.iam.get_user()["User"]["Arn"], t.user.Arn)


def ask_GetUser_of_someone_else_is_denied(t):
    with refused(*DENIED):
        t.iam.get_user(UserName=t.other.UserName)


def ask_device_under_another_name_is_denied(t):
    with refused(*DENIED):
        t.iam.create_virtual_mfa_device(VirtualMFADeviceName=t.other.UserName)


def ask_own_device_is_made_and_enabled(t):
    device = t.iam.create_virtual_mfa_device(VirtualMFADeviceName=t.user.UserName)["VirtualMFADevice"]
    t.user.SerialNumber, t.user.Base32StringSeed = device["SerialNumber"], device["Base32StringSeed"].decode()
    first, second = (totp.code_now(t.user.Base32StringSeed, step) for step in (-4, -3))
    t.iam.enable_mfa_device(UserName=t.user.UserName, SerialNumber=t.user.SerialNumber, AuthenticationCode1=first,
                            AuthenticationCode2=second)


def ask_own_keys_are_denied_without_MFA(t):
    with refused(*DENIED):
        t.iam.list_access_keys()


def ask_own_keys_are_listed_with_MFA(t):
    t.session = t.sts.get_session_token(SerialNumber=t.user.SerialNumber, TokenCode=t.user.code(0))["Credentials"]
    keys = t.world.of_session(t.session, "iam").list_access_keys()["AccessKeyMetadata"]
    equal([key["AccessKeyId"] for key in keys], [t.user.AccessKeyId])


def ask_keys_of_someone_else_are_denied_with_MFA(t):
    with refused(*DENIED):
        t.world.of_session(t.session, "iam").list_access_keys(UserName=t.other.UserName)


def ask_variables_in_Resource_need_the_new_policy_version(t):
    old = {**kit.policy(kit.allow("iam:GetUser", OWN)), "Version": "2008-10-17"}
    user = t.world.user("old", policy=old)
    with refused(*DENIED):
        t.world.of(user, "iam").get_user()


def ask_right_to_fill_one_group_is_no_right_to_fill_another(t):
    allowed, other = t.world.name("allowed"), t.world.name("denied")
    for name in (allowed, other):
        t.world.root("iam").create_group(GroupName=name, Path="/teams/")
    manager = t.world.user("manager", policy=kit.policy(
        kit.allow("iam:AddUserToGroup", f"arn:aws:iam::*:group/teams/{allowed}")))
    iam = t.world.of(manager, "iam")
    iam.add_user_to_group(GroupName=allowed, UserName=t.other.UserName)
    with refused(*DENIED):
        iam.add_user_to_group(GroupName=other, UserName=t.other.UserName)


def ask_removing_the_device_needs_MFA(t):
    gone = {"UserName": t.user.UserName, "SerialNumber": t.user.SerialNumber}
    with refused(*DENIED):
        t.iam.deactivate_mfa_device(**gone)
    t.world.of_session(t.session, "iam").deactivate_mfa_device(**gone)
