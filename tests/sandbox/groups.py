"""AWS::IAM::Group and AWS::IAM::UserToGroupAddition for CloudFormation: ministack has neither.

Pages: AWS::IAM::Group, AWS::IAM::UserToGroupAddition (CloudFormation template reference). Every step goes through the
IAM API handlers, so that what IAM refuses (a taken name, a group that still has members) fails the stack.
"""

from . import patchpoints
from .answers import Answer, as_json_text, as_params, must_succeed

GROUP = "AWS::IAM::Group"
ADDITION = "AWS::IAM::UserToGroupAddition"


def _call(action: str, **values: str) -> Answer:
    handlers = patchpoints.module("services.iam")._IAM_HANDLERS
    return must_succeed(handlers[action](as_params(**values)))


def _attributes(name: str) -> dict:
    return {"Arn": patchpoints.module("services.iam")._groups[name]["Arn"]}


def _inline_policies(props: dict) -> dict[str, str]:
    return {policy["PolicyName"]: as_json_text(policy["PolicyDocument"]) for policy in props.get("Policies") or []}


def _managed_policies(props: dict) -> set[str]:
    return set(props.get("ManagedPolicyArns") or [])


def _put_policies(name: str, props: dict) -> None:
    for policy_name, document in _inline_policies(props).items():
        _call("PutGroupPolicy", GroupName=name, PolicyName=policy_name, PolicyDocument=document)


def _generated_name(stack_name: str, logical_id: str) -> str:
    return patchpoints.module("services.cloudformation.provisioners")._physical_name(
        stack_name, logical_id, max_len=128)


def _create(logical_id: str, props: dict, stack_name: str) -> tuple[str, dict]:
    name = props.get("GroupName") or _generated_name(stack_name, logical_id)
    _call("CreateGroup", GroupName=name, Path=props.get("Path", "/"))
    try:
        _put_policies(name, props)
        for arn in sorted(_managed_policies(props)):
            _call("AttachGroupPolicy", GroupName=name, PolicyArn=arn)
    except ValueError:
        _delete(name, props)
        raise
    return name, _attributes(name)


def _delete(name: str, props: dict) -> None:
    """Take away what this resource put in, then the group; DeleteGroup refuses a group that still has members."""
    if name not in patchpoints.module("services.iam")._groups:
        return
    _take_away(name, set(_inline_policies(props)), _managed_policies(props))
    _call("DeleteGroup", GroupName=name)


def _take_away(name: str, inline: set[str], managed: set[str]) -> None:
    """Remove these policies as far as they are still there: somebody may have been faster."""
    iam = patchpoints.module("services.iam")
    for policy_name in inline & set(iam._group_inline_policies.get(name) or {}):
        _call("DeleteGroupPolicy", GroupName=name, PolicyName=policy_name)
    for arn in managed & set(iam._groups[name]["AttachedPolicies"]):
        _call("DetachGroupPolicy", GroupName=name, PolicyArn=arn)


def _update(physical_id: str, old: dict, new: dict, stack_name: str, logical_id: str | None = None):
    if _is_renamed(physical_id, old, new):
        created = _create(logical_id or physical_id, new, stack_name)
        _delete(physical_id, old)
        return created
    _move(physical_id, new.get("Path", "/"))
    _take_away(physical_id, set(_inline_policies(old)) - set(_inline_policies(new)),
               _managed_policies(old) - _managed_policies(new))
    _put_policies(physical_id, new)
    for arn in _managed_policies(new) - _managed_policies(old):
        _call("AttachGroupPolicy", GroupName=physical_id, PolicyArn=arn)
    return physical_id, _attributes(physical_id)


def _is_renamed(physical_id: str, old: dict, new: dict) -> bool:
    """GroupName is the only property with "Update requires: Replacement"."""
    if new.get("GroupName"):
        return new["GroupName"] != physical_id
    return bool(old.get("GroupName"))


def _move(name: str, path: str) -> None:
    """Path has "Update requires: No interruption"; the ARN follows it."""
    group = patchpoints.module("services.iam")._groups[name]
    account = group["Arn"].split(":")[4]
    group.update(Path=path, Arn=f"arn:aws:iam::{account}:group{path}{name}")


def _import(identifier: dict) -> tuple[str, dict]:
    name = identifier["GroupName"]
    return name, _attributes(name)


def _import_problem(name: str) -> str | None:
    if name in patchpoints.module("services.iam")._groups:
        return None
    sdk_error = patchpoints.module("services.cloudformation.changesets")._sdk_error
    return sdk_error(f"The group with name {name} cannot be found.", "Iam", 404)


def _for_each_user(action: str, props: dict) -> None:
    for user in props.get("Users") or []:
        _call(action, GroupName=props["GroupName"], UserName=user)


def _create_addition(logical_id: str, props: dict, stack_name: str) -> tuple[str, dict]:
    _for_each_user("AddUserToGroup", props)
    return f"{stack_name}-{logical_id}", {}


def _update_addition(physical_id: str, old: dict, new: dict, stack_name: str) -> tuple[str, dict]:
    _for_each_user("RemoveUserFromGroup", old)
    _for_each_user("AddUserToGroup", new)
    return physical_id, {}


def _delete_addition(physical_id: str, props: dict) -> None:
    _for_each_user("RemoveUserFromGroup", props)


def _tell_tables_of_names() -> None:
    """Tables of ministack that describe AWS::IAM::Role (which property is its name) learn of groups too."""
    provisioners = patchpoints.module("services.cloudformation.provisioners")
    for table in list(vars(provisioners).values()):
        if not isinstance(table, dict) or "AWS::IAM::Role" not in table:
            continue
        if table["AWS::IAM::Role"] == {"name": "RoleName"}:
            table[GROUP] = {"name": "GroupName"}
        elif table["AWS::IAM::Role"] == ("RoleName", "Path"):
            table[GROUP] = ("GroupName",)


def install() -> None:
    handlers = patchpoints.module("services.cloudformation.provisioners")._RESOURCE_HANDLERS
    handlers[GROUP] = {
        "create": _create, "update": _update, "update_with_logical_id": True, "delete": _delete, "import": _import,
    }
    handlers[ADDITION] = {"create": _create_addition, "update": _update_addition, "delete": _delete_addition}
    lookups = patchpoints.module("services.cloudformation.changesets")._IMPORT_LOOKUPS
    lookups[GROUP] = (("GroupName",), _import_problem)
    _tell_tables_of_names()
