"""What IAM refuses and ministack accepts: taken names, malformed policies, quotas, entities that are still in use.

Pages: the API page of each action (Errors), and "IAM and AWS STS quotas" of the IAM user guide for the numbers.
"""

import re

from . import patchpoints, policy_documents
from .answers import Answer, as_json_text, iam_error, param

GROUPS_PER_USER = 10
ACCESS_KEYS_PER_USER = 2
MANAGED_POLICIES_PER_ENTITY = 10
GROUPS_PER_ACCOUNT = 300
POLICIES_PER_ACCOUNT = 1500
POLICY_VERSIONS = 5
SESSION_RANGE_S = range(3600, 43201)

# action: (parameter that holds the document, characters allowed without white space, word in the sentence)
POLICY_SIZES = {
    "CreatePolicy": ("PolicyDocument", 6144, "PolicySize"),
    "CreatePolicyVersion": ("PolicyDocument", 6144, "PolicySize"),
    "PutUserPolicy": ("PolicyDocument", 2048, "UserPolicySize"),
    "PutGroupPolicy": ("PolicyDocument", 5120, "GroupPolicySize"),
    "PutRolePolicy": ("PolicyDocument", 10240, "RolePolicySize"),
    "CreateRole": ("AssumeRolePolicyDocument", 2048, "ACLSizePerRole"),
    "UpdateAssumeRolePolicy": ("PolicyDocument", 2048, "ACLSizePerRole"),
}
TRUST_ACTIONS = ("CreateRole", "UpdateAssumeRolePolicy")

# action: (parameter that holds the name, longest name)
NEW_NAMES = {
    "CreateUser": ("UserName", 64),
    "CreateGroup": ("GroupName", 128),
    "CreateRole": ("RoleName", 64),
    "CreatePolicy": ("PolicyName", 128),
}
NAME_PATTERN = re.compile(r"[\w+=,.@-]+", re.ASCII)


def _iam():
    return patchpoints.module("services.iam")


def _limit_exceeded(message: str) -> Answer:
    return iam_error(409, "LimitExceeded", message)


def _delete_conflict(reason: str) -> Answer:
    return iam_error(409, "DeleteConflict", f"Cannot delete entity, must {reason} first.")


def _taken_name(action: str, name: str) -> str | None:
    """An existing name equal but for case: "Names are not distinguished by case" (CreateGroup, CreateRole ...)."""
    iam = _iam()
    stores = {
        "CreateUser": iam._users, "CreateGroup": iam._groups, "CreateRole": iam._roles,
    }
    if action in stores:
        existing = list(stores[action])
    else:
        existing = [arn.rsplit("/", 1)[-1] for arn in iam._policies]
    return next((other for other in existing if other.lower() == name.lower()), None)


def _check_name(action: str):
    name_param, longest = NEW_NAMES[action]
    noun = action.removeprefix("Create")

    def check(original, params):
        name = param(params, name_param)
        if not NAME_PATTERN.fullmatch(name) or len(name) > longest:
            field = name_param[0].lower() + name_param[1:]
            return iam_error(400, "ValidationError",
                             f"1 validation error detected: Value at '{field}' failed to satisfy constraint: Member "
                             f"must match [\\w+=,.@-]+ and have length less than or equal to {longest}")
        if _taken_name(action, name):
            return iam_error(409, "EntityAlreadyExists", f"{noun} with name {name} already exists.")
        return original(params)

    return check


def _check_document(action: str):
    document_param, allowed, quota = POLICY_SIZES[action]

    def check(original, params):
        document = param(params, document_param)
        found = policy_documents.problem(document, is_trust=action in TRUST_ACTIONS)
        if found:
            return iam_error(400, "MalformedPolicyDocument", found)
        if policy_documents.size(document) > allowed:
            return _limit_exceeded(f"Cannot exceed quota for {quota}: {allowed}")
        return original(params)

    return check


def _check_session_duration(original, params):
    value = param(params, "MaxSessionDuration")
    if value and (not value.isdigit() or int(value) not in SESSION_RANGE_S):
        return iam_error(400, "ValidationError",
                         f"1 validation error detected: Value '{value}' at 'maxSessionDuration' failed to satisfy "
                         "constraint: Member must have value between 3600 and 43200")
    return original(params)


def _quota(store_name: str, allowed: int, quota: str):
    def check(original, params):
        if len(getattr(_iam(), store_name)) >= allowed:
            return _limit_exceeded(f"Cannot exceed quota for {quota}: {allowed}")
        return original(params)

    return check


def _check_groups_of_user(original, params):
    user = param(params, "UserName")
    memberships = [name for name, group in _iam()._groups.items() if user in group["Users"]]
    if len(memberships) >= GROUPS_PER_USER and param(params, "GroupName") not in memberships:
        return _limit_exceeded(f"Cannot exceed quota for GroupsPerUser: {GROUPS_PER_USER}")
    return original(params)


def _check_keys_of_user(original, params):
    user = param(params, "UserName")
    keys = [key for key in _iam()._access_keys.values() if key["UserName"] == user]
    if len(keys) >= ACCESS_KEYS_PER_USER:
        return _limit_exceeded(f"Cannot exceed quota for AccessKeysPerUser: {ACCESS_KEYS_PER_USER}")
    return original(params)


def _is_missing_policy(arn: str) -> bool:
    """A policy of the account that does not exist. Of the policies of AWS ministack knows only the common ones."""
    return not arn.startswith("arn:aws:iam::aws:policy/") and arn not in _iam()._policies


def _no_such_policy(arn: str) -> str:
    return f"Policy {arn} does not exist or is not attachable."


def _check_attachments(store_name: str, name_param: str):
    def check(original, params):
        if _is_missing_policy(param(params, "PolicyArn")):
            return iam_error(404, "NoSuchEntity", _no_such_policy(param(params, "PolicyArn")))
        entity = getattr(_iam(), store_name).get(param(params, name_param))
        attached = entity["AttachedPolicies"] if entity else []
        if len(attached) >= MANAGED_POLICIES_PER_ENTITY and param(params, "PolicyArn") not in attached:
            noun = name_param.removesuffix("Name")
            return _limit_exceeded(f"Cannot exceed quota for PoliciesPer{noun}: {MANAGED_POLICIES_PER_ENTITY}")
        return original(params)

    return check


def _check_versions(original, params):
    policy = _iam()._policies.get(param(params, "PolicyArn"))
    if policy and len(policy.get("Versions", {})) >= POLICY_VERSIONS:
        return _limit_exceeded(f"A managed policy can have up to {POLICY_VERSIONS} versions. Before you create a "
                               "new version, you must delete an existing version.")
    return original(params)


def _delete_group(original, params):
    """DeleteGroup: "The group must not contain any users or have any attached policies"."""
    iam, name = _iam(), param(params, "GroupName")
    group = iam._groups.get(name)
    if group and group["Users"]:
        return _delete_conflict("remove users from group")
    if group and group["AttachedPolicies"]:
        return _delete_conflict("detach all policies")
    if group and iam._group_inline_policies.get(name):
        return _delete_conflict("delete policies")
    return original(params)


def _delete_user(original, params):
    """DeleteUser: everything attached to the user goes first (page: DeleteUser)."""
    iam, name = _iam(), param(params, "UserName")
    if name in iam._users:
        if any(name in group["Users"] for group in iam._groups.values()):
            return _delete_conflict("remove users from group")
        if any(device.get("User") == name for device in iam._mfa_devices.values()):
            return _delete_conflict("deactivate MFA device")
        if iam._user_inline_policies.get(name):
            return _delete_conflict("delete policies")
        if name in iam._login_profiles:
            return _delete_conflict("delete login profile")
    return original(params)


def _refuse_in_template(resource_type: str, check) -> None:
    """`check(props)` raises what IAM would say when a stack creates or updates such a resource."""
    handler = patchpoints.module("services.cloudformation.provisioners")._RESOURCE_HANDLERS[resource_type]
    create, update = handler["create"], handler["update"]

    def checked_create(logical_id, props, stack_name):
        check(props, is_new=True)
        return create(logical_id, props, stack_name)

    def checked_update(physical_id, old, new, *rest, **named):
        check(new, is_new=False)
        return update(physical_id, old, new, *rest, **named)

    handler.update(create=checked_create, update=checked_update)


def _check_taken(action: str, name_property: str, props: dict) -> None:
    """ministack's own handlers overwrite a role or policy that exists; IAM refuses it."""
    name = props.get(name_property)
    taken = _taken_name(action, name) if name else None
    if taken:
        noun = action.removeprefix("Create")
        raise ValueError(f"{noun} with name {name} already exists. (Service: Iam, Status Code: 409)")


def _check_template_role(props: dict, is_new: bool) -> None:
    if is_new:
        _check_taken("CreateRole", "RoleName", props)
    arns = props.get("ManagedPolicyArns") or []
    if len(arns) > MANAGED_POLICIES_PER_ENTITY:
        raise ValueError(f"Cannot exceed quota for PoliciesPerRole: {MANAGED_POLICIES_PER_ENTITY}")
    for arn in filter(_is_missing_policy, arns):
        raise ValueError(f"{_no_such_policy(arn)} (Service: Iam, Status Code: 404)")
    for policy in props.get("Policies") or []:
        _check_template_document(policy.get("PolicyDocument"), "PutRolePolicy")
    _check_template_document(props.get("AssumeRolePolicyDocument"), "CreateRole")


def _check_template_user(props: dict, is_new: bool) -> None:
    if is_new:
        _check_taken("CreateUser", "UserName", props)


def _check_template_policy(props: dict, is_new: bool) -> None:
    if is_new:
        _check_taken("CreatePolicy", "ManagedPolicyName", props)
    _check_template_document(props.get("PolicyDocument"), "CreatePolicy")
    for group in props.get("Groups") or []:
        attached = (_iam()._groups.get(group) or {}).get("AttachedPolicies", [])
        if is_new and len(attached) >= MANAGED_POLICIES_PER_ENTITY:
            raise ValueError(f"Cannot exceed quota for PoliciesPerGroup: {MANAGED_POLICIES_PER_ENTITY}")


def _check_template_document(document, action: str) -> None:
    text = as_json_text(document or {})
    found = policy_documents.problem(text, is_trust=action in TRUST_ACTIONS)
    if found:
        raise ValueError(f"{found} (Service: Iam, Status Code: 400)")
    _, allowed, quota = POLICY_SIZES[action]
    if policy_documents.size(text) > allowed:
        raise ValueError(f"Cannot exceed quota for {quota}: {allowed} (Service: Iam, Status Code: 409)")


def install() -> None:
    wrap = patchpoints.wrap_iam_action
    for action in POLICY_SIZES:
        wrap(action, _check_document(action))
    for action in NEW_NAMES:
        wrap(action, _check_name(action))
    wrap("CreateRole", _check_session_duration)
    wrap("UpdateRole", _check_session_duration)
    wrap("CreateGroup", _quota("_groups", GROUPS_PER_ACCOUNT, "GroupsPerAccount"))
    wrap("CreatePolicy", _quota("_policies", POLICIES_PER_ACCOUNT, "PoliciesPerAccount"))
    wrap("CreatePolicyVersion", _check_versions)
    wrap("AddUserToGroup", _check_groups_of_user)
    wrap("CreateAccessKey", _check_keys_of_user)
    wrap("AttachGroupPolicy", _check_attachments("_groups", "GroupName"))
    wrap("AttachUserPolicy", _check_attachments("_users", "UserName"))
    wrap("AttachRolePolicy", _check_attachments("_roles", "RoleName"))
    wrap("DeleteGroup", _delete_group)
    wrap("DeleteUser", _delete_user)
    _refuse_in_template("AWS::IAM::Role", _check_template_role)
    _refuse_in_template("AWS::IAM::User", _check_template_user)
    _refuse_in_template("AWS::IAM::ManagedPolicy", _check_template_policy)
