"""A sandbox whose stacks take their time."""

import json
import time
from types import SimpleNamespace

from .. import launcher
from ..asking import BURGER, OTHER_BURGER, World, contains, equal, refused
from ..clients import REGION
from . import kit

PACE_S = 2
RESOURCES = 3


def prepare(world: World) -> SimpleNamespace:
    return SimpleNamespace(stack=world.name("slow"))


def ask_resources_come_one_by_one_while_the_server_answers(t):
    body = kit.template({
        f"T{number}": {**kit.topic(), **({"DependsOn": f"T{number - 1}"} if number else {})}
        for number in range(RESOURCES)})
    with launcher.running(pace_s=PACE_S) as endpoint:
        cloudformation = World(endpoint).root("cloudformation")
        started = time.monotonic()
        request = {"StackName": t.stack, "TemplateBody": json.dumps(body)}
        stack_id = cloudformation.create_stack(**request)["StackId"]
        seen = _counts_until_rest(cloudformation, stack_id)
        equal(time.monotonic() - started >= RESOURCES * PACE_S, True)
    for count in range(RESOURCES):
        contains(seen, count)


def ask_one_operation_of_a_stack_set_at_a_time(t):
    body = json.dumps(kit.template({"T": kit.topic()}))
    with launcher.running(pace_s=PACE_S) as endpoint:
        cloudformation = World(endpoint).root("cloudformation")
        cloudformation.create_stack_set(StackSetName=t.stack, TemplateBody=body)
        request = {"StackSetName": t.stack, "Regions": [REGION]}
        cloudformation.create_stack_instances(Accounts=[BURGER], **request)
        with refused("OperationInProgressException"):
            cloudformation.create_stack_instances(Accounts=[OTHER_BURGER], **request)


def _counts_until_rest(cloudformation, stack_id: str) -> set[int]:
    """How many resources were complete each time somebody looked."""
    seen = set()
    while cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"].endswith("IN_PROGRESS"):
        events = cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]
        seen.add(sum(event["ResourceStatus"] == "CREATE_COMPLETE" for event in events))
        time.sleep(0.05)
    return seen
