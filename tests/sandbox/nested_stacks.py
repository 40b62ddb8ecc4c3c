"""Nested stacks: ParentId and RootId, names and events as CloudFormation gives them, failures that are not hidden.

Pages: DescribeStacks (ParentId, RootId), AWS::CloudFormation::Stack, "Stack failure options". ministack deploys a
nested stack in one go; without this module it leaves the resources of a failed child behind, takes a child for deleted
although a group in it still has members, and writes no event when the clean-up of an update fails.
"""

import contextlib
import contextvars
import secrets
import string
import uuid

from . import patchpoints, update_events
from .answers import Answer, body_text, with_body

STACK = update_events.STACK
PARENT_NAME = "_parent_stack_name"
LOGICAL_ID = "_logical_id"
SUFFIX_LENGTH = 12

# The next identifiers that ministack draws while it creates a child: the end of its name, then its unique id.
_chosen_ids: contextvars.ContextVar[list] = contextvars.ContextVar("sandbox_chosen_ids", default=[])


def _stacks():
    return patchpoints.module("services.cloudformation")._stacks


def _provisioners():
    return patchpoints.module("services.cloudformation.provisioners")


def random_suffix() -> str:
    alphabet = string.ascii_uppercase + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(SUFFIX_LENGTH))


def add_event(stack: dict, logical_id: str, resource_type: str, status: str, reason: str = "", physical_id: str = ""):
    add = patchpoints.module("services.cloudformation.stacks")._add_event
    add(stack["StackId"], stack["StackName"], logical_id, resource_type, status, reason, physical_id)


def _add_stack_event(stack: dict, status: str, reason: str = "") -> None:
    stack["StackStatus"] = status
    stack["StackStatusReason"] = reason
    add_event(stack, stack["StackName"], STACK, status, reason, stack["StackId"])


def reserved_child(parent_name: str, logical_id: str) -> dict | None:
    """The child that a change set announced (REVIEW_IN_PROGRESS) for this resource of the parent."""
    for stack in _stacks().values():
        if (stack.get(PARENT_NAME) == parent_name and stack.get(LOGICAL_ID) == logical_id
                and stack["StackStatus"] == "REVIEW_IN_PROGRESS"):
            return stack
    return None


def root_id(stack: dict) -> str:
    """The StackId at the top of the chain of parents."""
    while stack.get("ParentId"):
        parent = _stacks().get(stack[PARENT_NAME])
        if parent is None:
            return stack["RootId"]
        stack = parent
    return stack["StackId"]


@contextlib.contextmanager
def _choosing_ids(suffix: str, unique_id: str):
    mark = _chosen_ids.set([suffix, unique_id])
    try:
        yield
    finally:
        _chosen_ids.reset(mark)


def _new_uuid(original):
    def new_uuid():
        chosen = _chosen_ids.get()
        return chosen.pop(0) if chosen else original()

    return new_uuid


def _identity_of_new_child(parent: dict, logical_id: str) -> tuple[str, str]:
    """Name and StackId of the child to come: the announced one, or new ones of the form Parent-Logical-RANDOM."""
    reserved = reserved_child(parent["StackName"], logical_id)
    if reserved:
        return reserved["StackName"], reserved["StackId"]
    name = f"{parent['StackName']}-{logical_id}-{random_suffix()}"
    prefix = parent["StackId"].rsplit(":stack/", 1)[0]
    return name, f"{prefix}:stack/{name}/{uuid.uuid4()}"


def _embedded_failure(child: dict, verb: str, failure: Exception) -> ValueError:
    """The parent's sentence names the child, whose own events hold the cause."""
    events = patchpoints.module("services.cloudformation")._stack_events.get(child["StackId"], [])
    failed = [event["LogicalResourceId"] for event in events
              if event["ResourceStatus"].endswith("_FAILED") and event["ResourceType"] != STACK]
    cause = f"The following resource(s) failed to {verb}: [{', '.join(dict.fromkeys(failed))}]." if failed else failure
    return ValueError(f"Embedded stack {child['StackId']} was not successfully {verb}d: {cause}")


def _create(original):
    def create(logical_id, props, parent_name):
        parent = _stacks()[parent_name]
        name, stack_id = _identity_of_new_child(parent, logical_id)
        add_event(parent, logical_id, STACK, "CREATE_IN_PROGRESS", "Resource creation Initiated", stack_id)
        suffix, unique_id = name.rsplit("-", 1)[1], stack_id.rsplit("/", 1)[1]
        try:
            with _choosing_ids(suffix, unique_id):
                result = original(logical_id, props, parent_name)
        except Exception as failure:
            child = _stacks().get(name)
            if child is None:
                raise
            told = _embedded_failure(child, "create", failure)
            if not parent.get("DisableRollback"):
                _delete_child(child)
            raise told from failure
        _stacks()[name][LOGICAL_ID] = logical_id
        return result

    return create


def _update(original):
    def update(physical_id, old, new, parent_name):
        name = _provisioners()._nested_stack_lookup_name(physical_id)
        before = _stacks().get(name)
        try:
            with update_events.during(_update_of(name, before)):
                result = original(physical_id, old, new, parent_name)
        except Exception as failure:
            child = _stacks().get(name)
            if child is None or child is before:
                raise
            raise _embedded_failure(child, "update", failure) from failure
        _finish_update(_stacks()[name], before, _stacks()[parent_name])
        return result

    return update


def _update_of(name: str, before: dict | None) -> update_events.Update | None:
    """ministack puts the new template into the child's record before it writes an event."""
    if before is None:
        return None
    snapshot = {**before, "_resources": dict(before["_resources"])}
    return update_events.Update(snapshot, lambda: (_stacks()[name]["_template"], _stacks()[name]["_resolved_params"]))


def _finish_update(child: dict, before: dict | None, parent: dict) -> None:
    if before:
        child["CreationTime"] = before["CreationTime"]
        child[LOGICAL_ID] = before.get(LOGICAL_ID)
    update_events.drop_failed_cleanups(child)
    if parent["StackStatus"].startswith("UPDATE_ROLLBACK"):
        _add_stack_event(child, "UPDATE_ROLLBACK_COMPLETE")


def _delete(physical_id: str, props: dict) -> None:
    child = _stacks().get(_provisioners()._nested_stack_lookup_name(physical_id))
    if child is None or child["StackStatus"] == "DELETE_COMPLETE":
        return
    failed = _delete_child(child)
    if failed:
        raise ValueError(f"Embedded stack {child['StackId']} was not successfully deleted: "
                         f"The following resource(s) failed to delete: [{', '.join(failed)}].")


def _deletion_order(child: dict) -> list[str]:
    """Dependents first; what the template no longer names goes before all."""
    engine = patchpoints.module("services.cloudformation.engine")
    resources = child.get("_resources", {})
    defined = (child.get("_template") or {}).get("Resources", {})
    ordered = engine._topological_sort(defined, child.get("_conditions", {})) if defined else []
    ordered += [logical_id for logical_id in resources if logical_id not in ordered]
    return [logical_id for logical_id in reversed(ordered) if logical_id in resources]


def _is_retained(child: dict, logical_id: str) -> bool:
    template = child.get("_template") or {}
    policy = patchpoints.module("services.cloudformation.stacks")._resource_policy(
        template.get("Resources", {}).get(logical_id), "DeletionPolicy", child["_resources"],
        child.get("_resolved_params", {}), child.get("_conditions", {}), template.get("Mappings", {}),
        child["StackName"], child["StackId"])
    return policy in _provisioners()._RETAINING_POLICIES


def _delete_child(child: dict) -> list[str]:
    """Delete what the child holds; the logical ids that could not be deleted, which leave it DELETE_FAILED."""
    _add_stack_event(child, "DELETE_IN_PROGRESS")
    failed = []
    for logical_id in _deletion_order(child):
        resource = child["_resources"][logical_id]
        kind, physical_id = resource["ResourceType"], resource["PhysicalResourceId"]
        if _is_retained(child, logical_id):
            add_event(child, logical_id, kind, "DELETE_SKIPPED", "", physical_id)
            del child["_resources"][logical_id]
            continue
        try:
            _provisioners()._delete_resource(kind, physical_id, resource["Properties"], child["StackName"], logical_id)
            del child["_resources"][logical_id]
        except Exception as failure:
            resource.update(ResourceStatus="DELETE_FAILED", ResourceStatusReason=str(failure))
            failed.append(logical_id)
    if failed:
        _add_stack_event(child, "DELETE_FAILED", f"The following resource(s) failed to delete: [{', '.join(failed)}].")
    else:
        _add_stack_event(child, "DELETE_COMPLETE")
    return failed


def _delete_resource(original):
    """ministack calls this for the resources of a nested stack only, and writes no events for them."""

    def delete(resource_type, physical_id, props, stack_name=None, logical_id=None):
        stack = _stacks()[stack_name]
        add_event(stack, logical_id, resource_type, "DELETE_IN_PROGRESS", "", physical_id)
        try:
            original(resource_type, physical_id, props, stack_name, logical_id)
        except Exception as failure:
            add_event(stack, logical_id, resource_type, "DELETE_FAILED", str(failure), physical_id)
            raise
        add_event(stack, logical_id, resource_type, "DELETE_COMPLETE", "", physical_id)

    return delete


def _show_parents(original, params) -> Answer:
    """ParentId and RootId in DescribeStacks and ListStacks."""
    answer = original(params)
    if answer[0] != 200:
        return answer
    text = body_text(answer)
    for stack in _stacks().values():
        if stack.get("ParentId"):
            own = f"<StackId>{stack['StackId']}</StackId>"
            ids = f"<ParentId>{stack['ParentId']}</ParentId><RootId>{root_id(stack)}</RootId>"
            text = text.replace(own, own + ids)
    return with_body(answer, text)


def _delete_stack(original, params) -> Answer:
    """A deleted parent takes along the children that a change set announced and nobody created."""
    stack = patchpoints.module("services.cloudformation.handlers")._resolve_stack(
        params.get("StackName", [""])[0])
    answer = original(params)
    if stack and answer[0] == 200:
        for child in list(_stacks().values()):
            if child.get(PARENT_NAME) == stack["StackName"] and child["StackStatus"] == "REVIEW_IN_PROGRESS":
                _add_stack_event(child, "DELETE_COMPLETE")
    return answer


def install() -> None:
    handlers = _provisioners()._RESOURCE_HANDLERS[STACK]
    handlers.update(create=_create(handlers["create"]), update=_update(handlers["update"]), delete=_delete)
    patchpoints.replace("services.cloudformation.provisioners", "_delete_resource",
                        _delete_resource(_provisioners()._delete_resource))
    patchpoints.replace("core.responses", "new_uuid", _new_uuid(patchpoints.module("core.responses").new_uuid))
    patchpoints.wrap_cloudformation_action("DescribeStacks", _show_parents)
    patchpoints.wrap_cloudformation_action("ListStacks", _show_parents)
    patchpoints.wrap_cloudformation_action("DeleteStack", _delete_stack)
