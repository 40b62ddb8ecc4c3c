"""StackSets into two burger accounts."""

import json
from types import SimpleNamespace

from ..asking import BURGER, OTHER_BURGER, World, equal
from ..clients import REGION
from . import kit


def prepare(world: World) -> SimpleNamespace:
    return SimpleNamespace(world=world, name=world.name("set"), topic=world.name("topic"),
                           cloudformation=world.root("cloudformation"))


def ask_CreateStackSet(t):
    body = kit.template({"T": kit.topic(t.topic)})
    made = t.cloudformation.create_stack_set(StackSetName=t.name, TemplateBody=json.dumps(body),
                                             Capabilities=kit.CAPABILITIES)
    equal(made["StackSetId"].startswith(t.name + ":"), True)


def ask_CreateStackInstances(t):
    made = t.cloudformation.create_stack_instances(StackSetName=t.name, Accounts=[BURGER, OTHER_BURGER],
                                                   Regions=[REGION])
    t.operation = made["OperationId"]


def ask_ListStackInstances(t):
    instances = t.cloudformation.list_stack_instances(StackSetName=t.name)["Summaries"]
    equal(sorted((instance["Account"], instance["Region"], instance["Status"]) for instance in instances),
          [(BURGER, REGION, "CURRENT"), (OTHER_BURGER, REGION, "CURRENT")])


def ask_resource_exists_in_the_burger(t):
    topics = t.world.root("sns", BURGER).list_topics()["Topics"]
    equal(any(topic["TopicArn"].endswith(":" + t.topic) for topic in topics), True)


def ask_ListStackSetOperations(t):
    operations = t.cloudformation.list_stack_set_operations(StackSetName=t.name)["Summaries"]
    equal([(operation["OperationId"], operation["Action"], operation["Status"]) for operation in operations],
          [(t.operation, "CREATE", "SUCCEEDED")])
