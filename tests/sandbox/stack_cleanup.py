"""The clean-up at the end of an update, for stacks that are not nested.

Page: "Update behaviors of stack resources" and "View stack events" (UPDATE_COMPLETE_CLEANUP_IN_PROGRESS): a resource
whose deletion fails does not fail the update; it leaves the stack and stays behind. ministack keeps it in the stack,
and adding it again would then not collide with what is left, as it does on AWS.
"""

from . import nested_stacks, patchpoints


def _deploy(original):
    async def deploy(stack_name, *arguments, **named):
        await original(stack_name, *arguments, **named)
        stack = patchpoints.module("services.cloudformation")._stacks.get(stack_name)
        if stack and stack["StackStatus"] == "UPDATE_COMPLETE":
            nested_stacks.drop_failed_cleanups(stack)

    return deploy


def install() -> None:
    for module_name in ("services.cloudformation.handlers", "services.cloudformation.changesets"):
        original = patchpoints.module(module_name)._deploy_stack_async
        patchpoints.replace(module_name, "_deploy_stack_async", _deploy(original))
