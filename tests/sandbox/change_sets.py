"""Change sets: those of nested stacks, states that refuse one, tokens, pages, property values.

Pages: CreateChangeSet (IncludeNestedStacks, ClientToken), DescribeChangeSet (ParentChangeSetId, RootChangeSetId,
IncludePropertyValues, NextToken), ExecuteChangeSet, "Change sets for nested stacks".
"""

import copy
import json
import uuid
import xml.etree.ElementTree as ElementTree

from . import nested_stacks, patchpoints
from .answers import Answer, body_text, cloudformation_error, element_text, param, parse_body, with_body, with_tree

NO_CHANGES = "didn't contain changes"
UPDATABLE = {
    "CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE",
    "UPDATE_FAILED",
}
PARENT, ROOT = "ParentChangeSetId", "RootChangeSetId"
CHILDREN = "_child_change_sets"
CREATE_TOKEN, EXECUTE_TOKEN = "_client_token", "_execute_token"


def _cloudformation():
    return patchpoints.module("services.cloudformation")


def _resolve_stack(name: str) -> dict | None:
    return patchpoints.module("services.cloudformation.handlers")._resolve_stack(name)


def _find(params: dict) -> dict | None:
    stack = _resolve_stack(param(params, "StackName"))
    stack_name = stack["StackName"] if stack else param(params, "StackName")
    find = patchpoints.module("services.cloudformation.changesets")._find_change_set
    return find(param(params, "ChangeSetName"), stack_name)[1]


# ---- CreateChangeSet ----

def _refused_by_state(params: dict) -> Answer | None:
    """ministack makes a change set in any state; CloudFormation only where an operation could follow."""
    stack = _resolve_stack(param(params, "StackName"))
    kind = param(params, "ChangeSetType") or "UPDATE"
    if stack is None or stack["StackStatus"] == "DELETE_COMPLETE":
        return None
    status = stack["StackStatus"]
    if kind == "CREATE" and status != "REVIEW_IN_PROGRESS":
        return cloudformation_error("ValidationError", f"Stack [{stack['StackName']}] already exists and cannot be "
                                    f"created again with the changeSet [{param(params, 'ChangeSetName')}].")
    if kind == "UPDATE" and status not in UPDATABLE:
        return cloudformation_error(
            "ValidationError", f"Stack:{stack['StackId']} is in {status} state and can not be updated.")
    return None


def _repeated(params: dict) -> Answer | None:
    """ "A unique identifier for this CreateChangeSet request": the same token gives the same change set again."""
    token = param(params, "ClientToken")
    existing = _find(params) if token else None
    if existing is None or existing.get(CREATE_TOKEN) != token:
        return None
    text = (f"<CreateChangeSetResult><Id>{existing['ChangeSetId']}</Id>"
            f"<StackId>{existing['StackId']}</StackId></CreateChangeSetResult>")
    return patchpoints.module("services.cloudformation.helpers")._xml(200, "CreateChangeSetResponse", text)


def _keep_stack_id(before: dict | None, answer: Answer) -> Answer:
    """A second CREATE change set belongs to the same REVIEW_IN_PROGRESS stack; ministack makes a new one."""
    if before is None or before["StackStatus"] != "REVIEW_IN_PROGRESS":
        return answer
    old_id, new_id = before["StackId"], element_text(answer, "StackId")
    if old_id == new_id:
        return answer
    cloudformation = _cloudformation()
    stack = cloudformation._stacks[before["StackName"]]
    inherited = {name: value for name, value in before.items()
                 if name in ("ParentId", "RootId", nested_stacks.PARENT_NAME, nested_stacks.LOGICAL_ID)}
    stack.update(inherited, StackId=old_id, CreationTime=before["CreationTime"])
    cloudformation._stack_events.pop(new_id, None)
    cloudformation._change_sets[element_text(answer, "Id")]["StackId"] = old_id
    return with_body(answer, body_text(answer).replace(new_id, old_id))


def _create(original, params) -> Answer:
    refused = _repeated(params) or _refused_by_state(params)
    if refused:
        return refused
    before = _resolve_stack(param(params, "StackName"))
    answer = original(params)
    if answer[0] != 200:
        return answer
    answer = _keep_stack_id(before, answer)
    change_set = _cloudformation()._change_sets[element_text(answer, "Id")]
    change_set[CREATE_TOKEN] = param(params, "ClientToken")
    if _may_hold_nested_changes(change_set):
        _Planner(original, change_set, param(params, "IncludeNestedStacks").lower() == "true").plan()
    return answer


def _may_hold_nested_changes(change_set: dict) -> bool:
    """Also when the parent's own template is unchanged: that of a nested stack may differ."""
    if change_set["ChangeSetType"] not in ("CREATE", "UPDATE"):
        return False
    return change_set["Status"] != "FAILED" or _is_empty(change_set)


def _is_empty(change_set: dict) -> bool:
    return change_set["Status"] == "FAILED" and NO_CHANGES in change_set["StatusReason"]


class _Planner:
    """Finds what a change set would do to the stacks nested in its stack."""

    def __init__(self, original, change_set: dict, include_nested: bool):
        self.original = original
        self.change_set = change_set
        self.include_nested = include_nested
        self.stack = _cloudformation()._stacks[change_set["StackName"]]
        self.template = change_set["_template"]
        self.engine = patchpoints.module("services.cloudformation.engine")
        self.conditions = self.engine._evaluate_conditions(self.template, change_set["_resolved_params"])

    def plan(self) -> None:
        self.change_set["IncludeNestedStacks"] = self.include_nested
        nested = self._nested_resources()
        if not nested:
            return
        was_empty = _is_empty(self.change_set)
        children = {}
        for logical_id in nested:
            child = self._plan_child(logical_id) if self.include_nested else None
            self._show(logical_id, child)
            children[logical_id] = child
        self.change_set[CHILDREN] = [child["ChangeSetId"] for child in children.values() if child]
        self._set_status(was_empty, [child for child in children.values() if child])

    def _nested_resources(self) -> list[str]:
        return [
            logical_id for logical_id, resource in self.template.get("Resources", {}).items()
            if resource.get("Type") == nested_stacks.STACK and self._condition_holds(resource)
        ]

    def _condition_holds(self, resource: dict) -> bool:
        return self.conditions.get(resource.get("Condition"), True)

    def _set_status(self, was_empty: bool, children: list[dict]) -> None:
        failed = next((child for child in children if child["Status"] == "FAILED"), None)
        if failed:
            self._fail(f"Nested change set {failed['ChangeSetId']} was not successfully created: Currently in FAILED.")
        elif was_empty and self.include_nested and not any(child["Changes"] for child in children):
            self.change_set["Changes"] = []
        else:
            self.change_set.update(Status="CREATE_COMPLETE", ExecutionStatus="AVAILABLE", StatusReason="")

    def _fail(self, reason: str) -> None:
        self.change_set.update(Status="FAILED", ExecutionStatus="UNAVAILABLE", StatusReason=reason)

    def _show(self, logical_id: str, child: dict | None) -> None:
        """A nested stack is always listed, as Modify when nothing about it is known to change."""
        change = self._change_of(logical_id)
        if change is None:
            resource = self.stack["_resources"].get(logical_id, {})
            change = {
                "Action": "Modify", "LogicalResourceId": logical_id, "ResourceType": nested_stacks.STACK,
                "PhysicalResourceId": resource.get("PhysicalResourceId", ""), "Replacement": "False",
                "Scope": ["Properties"],
                "Details": [{"Target": {"Attribute": "Properties", "RequiresRecreation": "Never"},
                             "Evaluation": "Dynamic", "ChangeSource": "Automatic"}],
            }
            self.change_set["Changes"].append({"ResourceChange": change})
        if child:
            change["ChangeSetId"] = child["ChangeSetId"]
            change["PhysicalResourceId"] = child["StackId"]

    def _change_of(self, logical_id: str) -> dict | None:
        for change in self.change_set["Changes"]:
            if change["ResourceChange"]["LogicalResourceId"] == logical_id:
                return change["ResourceChange"]
        return None

    def _resolved_properties(self, logical_id: str) -> dict:
        """Property values as far as they are known before anything ran."""
        raw = copy.deepcopy(self.template["Resources"][logical_id].get("Properties", {}))
        try:
            return self.engine._resolve_refs(
                raw, self.stack["_resources"], self.change_set["_resolved_params"], self.conditions,
                self.template.get("Mappings", {}), self.stack["StackName"], self.stack["StackId"])
        except Exception:
            return raw

    def _child_name(self, logical_id: str) -> tuple[str, str]:
        """Name of the child's stack, and the type its change set must have."""
        resource = self.stack["_resources"].get(logical_id)
        if resource:
            lookup = patchpoints.module("services.cloudformation.provisioners")._nested_stack_lookup_name
            return lookup(resource["PhysicalResourceId"]), "UPDATE"
        reserved = nested_stacks.reserved_child(self.stack["StackName"], logical_id)
        if reserved:
            return reserved["StackName"], "CREATE"
        return f"{self.stack['StackName']}-{logical_id}-{nested_stacks.random_suffix()}", "CREATE"

    def _plan_child(self, logical_id: str) -> dict:
        name, kind = self._child_name(logical_id)
        change_set_name = f"{self.change_set['ChangeSetName']}-{logical_id}-{nested_stacks.random_suffix()}"
        params = self._child_request(name, change_set_name, kind, self._resolved_properties(logical_id))
        answer = _create(self.original, params)
        if answer[0] != 200:
            return self._failed_child(name, change_set_name, kind, element_text(answer, "Message"))
        child = _cloudformation()._change_sets[element_text(answer, "Id")]
        child.update({PARENT: self.change_set["ChangeSetId"],
                      ROOT: self.change_set.get(ROOT, self.change_set["ChangeSetId"])})
        if _is_empty(child):
            child.update(Status="CREATE_COMPLETE", ExecutionStatus="AVAILABLE", StatusReason="")
        if kind == "CREATE":
            self._adopt(_cloudformation()._stacks[name], logical_id)
        return child

    def _child_request(self, name: str, change_set_name: str, kind: str, props: dict) -> dict:
        params = {
            "StackName": [name], "ChangeSetName": [change_set_name[:128]], "ChangeSetType": [kind],
            "TemplateURL": [str(props.get("TemplateURL", ""))], "IncludeNestedStacks": ["true"],
        }
        for number, (key, value) in enumerate((props.get("Parameters") or {}).items(), start=1):
            params[f"Parameters.member.{number}.ParameterKey"] = [key]
            params[f"Parameters.member.{number}.ParameterValue"] = [
                value if isinstance(value, str) else json.dumps(value)]
        for number, capability in enumerate(self.change_set["Capabilities"], start=1):
            params[f"Capabilities.member.{number}"] = [capability]
        return params

    def _adopt(self, stack: dict, logical_id: str) -> None:
        stack.update({
            nested_stacks.PARENT_NAME: self.stack["StackName"], nested_stacks.LOGICAL_ID: logical_id,
            "ParentId": self.stack["StackId"], "RootId": nested_stacks.root_id(self.stack),
        })

    def _failed_child(self, name: str, change_set_name: str, kind: str, reason: str) -> dict:
        """The cause of a failure stands in the child's change set; the root only says that a nested one failed."""
        prefix = self.change_set["ChangeSetId"].rsplit(":changeSet/", 1)[0]
        stack = _resolve_stack(name)
        child = {
            **self.change_set, "Changes": [], "Parameters": [], "Tags": [], "Status": "FAILED",
            "ExecutionStatus": "UNAVAILABLE", "StatusReason": reason, "ChangeSetName": change_set_name,
            "ChangeSetId": f"{prefix}:changeSet/{change_set_name}/{uuid.uuid4()}", "ChangeSetType": kind,
            "StackName": name, "StackId": stack["StackId"] if stack else f"{prefix}:stack/{name}/{uuid.uuid4()}",
            "_template": {}, "_template_body": "{}", "_resolved_params": {}, CHILDREN: [],
            PARENT: self.change_set["ChangeSetId"], ROOT: self.change_set.get(ROOT, self.change_set["ChangeSetId"]),
        }
        _cloudformation()._change_sets[child["ChangeSetId"]] = child
        return child


# ---- ExecuteChangeSet, DeleteChangeSet ----

def _refused_on_child(change_set: dict | None, verb: str) -> Answer | None:
    """ "You must perform operations on the root change set"."""
    if change_set and change_set.get(PARENT):
        return cloudformation_error("ValidationError", f"The change set {change_set['ChangeSetId']} is nested: {verb} "
                                    f"the root change set {change_set[ROOT]} instead.")
    return None


def _execute(original, params) -> Answer:
    change_set = _find(params)
    refused = _refused_on_child(change_set, "execute")
    if refused:
        return refused
    token = param(params, "ClientRequestToken")
    if change_set and token and change_set.get(EXECUTE_TOKEN) == token:
        text = "<ExecuteChangeSetResult></ExecuteChangeSetResult>"
        return patchpoints.module("services.cloudformation.helpers")._xml(200, "ExecuteChangeSetResponse", text)
    answer = original(params)
    if change_set and answer[0] == 200:
        change_set[EXECUTE_TOKEN] = token
        _end_children(change_set)
    return answer


def _end_children(change_set: dict) -> None:
    """What was executed with the root is not available any more."""
    for child_id in change_set.get(CHILDREN, []):
        child = _cloudformation()._change_sets[child_id]
        child["ExecutionStatus"] = "EXECUTE_COMPLETE"
        _end_children(child)


def _delete(original, params) -> Answer:
    change_set = _find(params)
    refused = _refused_on_child(change_set, "delete")
    if refused:
        return refused
    if change_set:
        _forget_children(change_set)
    return original(params)


def _forget_children(change_set: dict) -> None:
    for child_id in change_set.get(CHILDREN, []):
        child = _cloudformation()._change_sets.pop(child_id, None)
        if child:
            _forget_children(child)


# ---- ListChangeSets ----

def _list(original, params) -> Answer:
    """StackName is "the name or the Amazon Resource Name (ARN) of the stack"; ministack knows the name alone."""
    stack = _resolve_stack(param(params, "StackName"))
    return original({**params, "StackName": [stack["StackName"]]} if stack else params)


# ---- DescribeChangeSet ----

def _describe(original, params) -> Answer:
    change_set = _find(params)
    if change_set is None:
        return original(params)
    page, token, error = patchpoints.module("services.cloudformation.helpers")._page(
        change_set["Changes"], params, "DescribeChangeSet")
    if error:
        return error
    answer = _describe_page(original, params, change_set, page)
    root, namespace = parse_body(answer)
    result = root.find(f"{namespace}DescribeChangeSetResult")
    _add_nested_fields(result, namespace, change_set)
    _add_to_changes(result, namespace, page, _values(change_set, params))
    if token:
        result.append(ElementTree.fromstring(token))
        result[-1].tag = namespace + "NextToken"
    return with_tree(answer, root)


def _describe_page(original, params, change_set: dict, page: list) -> Answer:
    everything, status = change_set["Changes"], change_set["ExecutionStatus"]
    root_set = _cloudformation()._change_sets.get(change_set.get(ROOT, ""))
    if root_set and status == "AVAILABLE":
        change_set["ExecutionStatus"] = root_set["ExecutionStatus"]
    change_set["Changes"] = page
    try:
        return original(params)
    finally:
        change_set.update(Changes=everything, ExecutionStatus=status)


def _add(parent: ElementTree.Element, namespace: str, name: str, text: str) -> None:
    ElementTree.SubElement(parent, namespace + name).text = text


def _add_nested_fields(result: ElementTree.Element, namespace: str, change_set: dict) -> None:
    _add(result, namespace, "IncludeNestedStacks", str(bool(change_set.get("IncludeNestedStacks"))).lower())
    for name in (PARENT, ROOT):
        if change_set.get(name):
            _add(result, namespace, name, change_set[name])


def _values(change_set: dict, params: dict) -> tuple[dict, dict] | None:
    """Properties of all resources before and after, when the caller asked for property values."""
    if param(params, "IncludePropertyValues").lower() != "true":
        return None
    resolve = patchpoints.module("services.cloudformation.changesets")._resolve_props_for_diff
    stack = _cloudformation()._stacks[change_set["StackName"]]
    names = (stack["StackName"], stack["StackId"])
    before = resolve(stack["_template"], stack["_resolved_params"], *names)
    after = resolve(change_set["_template"], change_set["_resolved_params"], *names)
    return before.get("Resources", {}), after.get("Resources", {})


def _add_to_changes(result: ElementTree.Element, namespace: str, page: list, values: tuple | None) -> None:
    members = result.findall(f"{namespace}Changes/{namespace}member/{namespace}ResourceChange")
    for element, change in zip(members, page):
        resource = change["ResourceChange"]
        if resource.get("ChangeSetId"):
            _add(element, namespace, "ChangeSetId", resource["ChangeSetId"])
        if values:
            for name, side in (("BeforeContext", values[0]), ("AfterContext", values[1])):
                _add_context(element, namespace, name, side.get(resource["LogicalResourceId"]))


def _add_context(element: ElementTree.Element, namespace: str, name: str, resource: dict | None) -> None:
    if resource is not None:
        _add(element, namespace, name, json.dumps({"Properties": resource.get("Properties", {})}, default=str))


def install() -> None:
    wrap = patchpoints.wrap_cloudformation_action
    wrap("CreateChangeSet", _create)
    wrap("ExecuteChangeSet", _execute)
    wrap("DeleteChangeSet", _delete)
    wrap("DescribeChangeSet", _describe)
    wrap("ListChangeSets", _list)
