"""The life of a change set, from CREATE to the one without changes."""

import json
from types import SimpleNamespace

from ..asking import BAKERY, World, contains, equal, refused
from . import kit

FAST = {"Delay": 1, "MaxAttempts": 30}


def prepare(world: World) -> SimpleNamespace:
    group, role, topic = world.name("group"), world.name("role"), world.name("topic")
    first = kit.template({"G": kit.group(group), "R": kit.role(role, kit.trust(kit.root_of(BAKERY)))})
    second = kit.template({"G": kit.group(group, "sns:Publish"), "T": kit.topic(topic)})
    return SimpleNamespace(stack=world.name("sets"), first=first, second=second,
                           cloudformation=world.root("cloudformation"))


def ask_CREATE_set_lists_what_it_adds(t):
    made = kit.change_set(t.cloudformation, t.stack, "c1", "CREATE", t.first)
    equal(made["Status"], "CREATE_COMPLETE")
    equal(kit.changes(made), [("Add", "G"), ("Add", "R")])


def ask_stack_waits_in_REVIEW_IN_PROGRESS(t):
    stack = t.cloudformation.describe_stacks(StackName=t.stack)["Stacks"][0]
    equal(stack["StackStatus"], "REVIEW_IN_PROGRESS")


def ask_execute_and_wait_with_the_SDK_waiter(t):
    t.cloudformation.execute_change_set(StackName=t.stack, ChangeSetName="c1")
    t.cloudformation.get_waiter("stack_create_complete").wait(StackName=t.stack, WaiterConfig=FAST)


def ask_UPDATE_set_lists_Add_Modify_and_Remove(t):
    made = kit.change_set(t.cloudformation, t.stack, "c2", "UPDATE", t.second)
    equal(kit.changes(made), [("Add", "T"), ("Modify", "G"), ("Remove", "R")])


def ask_ListChangeSets(t):
    listed = t.cloudformation.list_change_sets(StackName=t.stack)["Summaries"]
    contains([entry["ChangeSetName"] for entry in listed], "c2")


def ask_execute_the_update(t):
    t.cloudformation.execute_change_set(StackName=t.stack, ChangeSetName="c2")
    t.cloudformation.get_waiter("stack_update_complete").wait(StackName=t.stack, WaiterConfig=FAST)


def ask_set_without_changes_is_FAILED_with_the_reason(t):
    made = kit.change_set(t.cloudformation, t.stack, "c3", "UPDATE", t.second)
    equal(made["Status"], "FAILED")
    contains(made["StatusReason"], "didn't contain changes")


def ask_waiter_of_change_sets_and_DeleteChangeSet(t):
    made = t.cloudformation.create_change_set(
        StackName=t.stack, ChangeSetName="c4", ChangeSetType="UPDATE", TemplateBody=json.dumps(t.first),
        Capabilities=kit.CAPABILITIES)
    waiter = t.cloudformation.get_waiter("change_set_create_complete")
    waiter.wait(ChangeSetName=made["Id"], WaiterConfig=FAST)
    t.cloudformation.delete_change_set(ChangeSetName=made["Id"])


def ask_UpdateStack_without_updates_is_refused(t):
    with refused("ValidationError"):
        kit.update(t.cloudformation, t.stack, t.second)


def ask_CREATE_set_on_an_existing_stack_is_refused(t):
    with refused("ValidationError", "AlreadyExistsException"):
        kit.change_set(t.cloudformation, t.stack, "c5", "CREATE", t.first)


def ask_executing_an_unknown_set_is_refused(t):
    with refused("ChangeSetNotFound", "ChangeSetNotFoundException"):
        t.cloudformation.execute_change_set(StackName=t.stack, ChangeSetName="nope")
