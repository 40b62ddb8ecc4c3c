"""The events of an update, and what its clean-up leaves behind.

Pages: "View stack events", "Update behaviors of stack resources". ministack writes UPDATE_... for every resource of the
template. CloudFormation is silent on a resource that does not change, creates one that is new (CREATE_...), and tells
the removal of one that is gone; where that removal fails, the resource leaves the stack and stays in its service, so
that adding it again collides.
"""

import contextlib
import contextvars
import functools
from typing import Callable

from . import patchpoints

STACK = "AWS::CloudFormation::Stack"
SILENT_WHEN_UNCHANGED = ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")


class Update:
    """One update in progress: what the stack held before, and what its new template and parameters are."""

    def __init__(self, before: dict, find_new: Callable[[], tuple[dict, dict]]):
        self.stack_id = before["StackId"]
        self.stack_name = before["StackName"]
        self._before = before
        self._find_new = find_new
        self.held = set(before.get("_resources", {}))

    @functools.cached_property
    def unchanged(self) -> set[str]:
        """Resources that are defined alike before and after; a nested stack is always looked into."""
        old = self._resolved(self._before.get("_template") or {}, self._before.get("_resolved_params") or {})
        new = self._resolved(*self._find_new())
        return {logical_id for logical_id in old.keys() & new.keys()
                if old[logical_id] == new[logical_id] and new[logical_id].get("Type") != STACK}

    def _resolved(self, template: dict, params: dict) -> dict:
        resolve = patchpoints.module("services.cloudformation.changesets")._resolve_props_for_diff
        return resolve(template, params, self.stack_name, self.stack_id).get("Resources", {})


_current: contextvars.ContextVar[Update | None] = contextvars.ContextVar("sandbox_update", default=None)


@contextlib.contextmanager
def during(update: Update | None):
    """Events of this stack are those of the update as long as the block runs."""
    mark = _current.set(update)
    try:
        yield
    finally:
        _current.reset(mark)


def drop_failed_cleanups(stack: dict) -> None:
    """Take what could not be deleted out of the stack."""
    defined = (stack.get("_template") or {}).get("Resources", {})
    for logical_id, resource in list(stack.get("_resources", {}).items()):
        if resource.get("ResourceStatus") == "DELETE_FAILED" and logical_id not in defined:
            del stack["_resources"][logical_id]


def _add_event(original):
    def add(stack_id, stack_name, logical_id, resource_type, status, *rest, **named):
        update = _current.get()
        if update and update.stack_id == stack_id and logical_id != stack_name:
            if status in SILENT_WHEN_UNCHANGED and logical_id in update.unchanged:
                return
            if status.startswith("UPDATE_") and logical_id not in update.held:
                status = status.replace("UPDATE_", "CREATE_")
        original(stack_id, stack_name, logical_id, resource_type, status, *rest, **named)

    return add


def _delete_resource(original):
    """The clean-up runs while the stack is still in UPDATE_IN_PROGRESS; ministack tells only of its failures."""

    def delete(resource_type, physical_id, props, stack_name=None, logical_id=None):
        stack = patchpoints.module("services.cloudformation")._stacks.get(stack_name)
        if stack is None or stack["StackStatus"] != "UPDATE_IN_PROGRESS":
            return original(resource_type, physical_id, props, stack_name, logical_id)
        add = patchpoints.module("services.cloudformation.stacks")._add_event
        place = (stack["StackId"], stack_name, logical_id, resource_type)
        add(*place, "DELETE_IN_PROGRESS", "", physical_id)
        original(resource_type, physical_id, props, stack_name, logical_id)
        add(*place, "DELETE_COMPLETE", "", physical_id)

    return delete


def _deploy(original):
    """For stacks that are not nested; nested_stacks does the same for the others."""

    async def deploy(stack_name, stack_id, template, params, disable_rollback, tags, is_update=False,
                     previous_stack=None, **named):
        stack = patchpoints.module("services.cloudformation")._stacks[stack_name]
        update = None
        if is_update and previous_stack and previous_stack.get("Tags") == stack.get("Tags"):
            before = {**previous_stack, "StackId": stack_id, "StackName": stack_name}
            update = Update(before, lambda: (template, params))
        with during(update):
            await original(stack_name, stack_id, template, params, disable_rollback, tags, is_update=is_update,
                           previous_stack=previous_stack, **named)
        if stack["StackStatus"] == "UPDATE_COMPLETE":
            drop_failed_cleanups(stack)

    return deploy


def install() -> None:
    stacks = patchpoints.module("services.cloudformation.stacks")
    patchpoints.replace("services.cloudformation.stacks", "_add_event", _add_event(stacks._add_event))
    patchpoints.replace("services.cloudformation.stacks", "_delete_resource",
                        _delete_resource(stacks._delete_resource))
    for module_name in ("services.cloudformation.handlers", "services.cloudformation.changesets"):
        original = patchpoints.module(module_name)._deploy_stack_async
        patchpoints.replace(module_name, "_deploy_stack_async", _deploy(original))
