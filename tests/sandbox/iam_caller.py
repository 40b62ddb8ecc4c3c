"""What IAM takes from the caller: the user name when none is given, and the ARN that a policy's Resource is held to.

Pages: GetUser, CreateAccessKey, ListMFADevices ... ("If you do not specify a user name, IAM determines the user name
implicitly based on the AWS access key ID signing the request"); "Actions, resources, and condition keys for IAM".
"""

from . import patchpoints
from .answers import param

ACTIONS_WITH_IMPLICIT_USER = (
    "GetUser", "CreateAccessKey", "DeleteAccessKey", "UpdateAccessKey", "ListAccessKeys", "ListMFADevices",
)
MFA_DEVICE_ACTIONS = ("CreateVirtualMFADevice", "DeleteVirtualMFADevice")


def _calling_user() -> str:
    arn = patchpoints.module("core.iam_evaluator").caller_arn()
    return arn.rsplit("/", 1)[-1] if ":user/" in arn else ""


def _with_implicit_user(original, params):
    if not param(params, "UserName") and _calling_user():
        params = {**params, "UserName": [_calling_user()]}
    return original(params)


def _mfa_device_arn(account: str, params: dict) -> str:
    serial = param(params, "SerialNumber")
    if serial:
        return serial
    path = param(params, "Path") or "/"
    return f"arn:aws:iam::{account}:mfa{path}{param(params, 'VirtualMFADeviceName')}"


def _iam_resource(params: dict, account: str, found: str) -> str:
    """ministack builds ARNs from names alone; a user's ARN carries the path, and self-service policies name it."""
    action = param(params, "Action")
    if action in MFA_DEVICE_ACTIONS:
        return _mfa_device_arn(account, params)
    group_name = param(params, "GroupName")
    if group_name:
        group = patchpoints.module("services.iam")._groups.get(group_name)
        return group["Arn"] if group else f"arn:aws:iam::{account}:group/{group_name}"
    user_name = param(params, "UserName")
    if not user_name and action in ACTIONS_WITH_IMPLICIT_USER:
        user_name = _calling_user()
    if not user_name:
        return found
    user = patchpoints.module("services.iam")._users.get(user_name)
    return user["Arn"] if user else f"arn:aws:iam::{account}:user/{user_name}"


def install() -> None:
    for action in ACTIONS_WITH_IMPLICIT_USER:
        patchpoints.wrap_iam_action(action, _with_implicit_user)

    def extract(service, method, path, headers, body, query, region, account):
        found = original(service, method, path, headers, body, query, region, account)
        return _iam_resource(query, account, found) if service == "iam" else found

    original = patchpoints.replace("core.iam_actions", "extract_resource_arn", extract)
