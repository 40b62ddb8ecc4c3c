"""IncludeNestedStacks: a change set for each nested stack, read and executed from the root."""

import copy
import json
from types import SimpleNamespace

from ..asking import World, contains, equal, refused
from . import kit


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(world=world, stack=world.name("root"), bucket=world.name("templates-"),
                        one=world.name("one"), two=world.name("two"), added=world.name("added"),
                        s3=world.root("s3"), iam=world.root("iam"), cloudformation=world.root("cloudformation"))
    t.s3.create_bucket(Bucket=t.bucket)
    t.children = {"First": kit.template({"G": kit.group(t.one)}), "Second": kit.template({"G": kit.group(t.two)})}
    t.parent = kit.template({name: kit.nested(_upload(t, name, body)) for name, body in t.children.items()})
    return t


def _upload(t, name: str, body: dict, version: int = 1) -> str:
    return kit.put_template(t.s3, t.bucket, f"v{version}/{name}.json", body)


def _make(t, name: str, kind: str, body: dict, **options) -> dict:
    return kit.change_set(t.cloudformation, t.stack, name, kind, body, IncludeNestedStacks=True, **options)


def _child(t, described: dict, logical_id: str) -> dict:
    change_set_id = kit.change_of(described, logical_id)["ChangeSetId"]
    return t.cloudformation.describe_change_set(ChangeSetName=change_set_id)


def _execute(t, name: str) -> dict:
    t.cloudformation.execute_change_set(StackName=t.stack, ChangeSetName=name)
    return kit.rest(t.cloudformation, t.stack)


def ask_new_children_have_change_sets_of_type_CREATE(t):
    t.created = _make(t, "c1", "CREATE", t.parent)
    equal(kit.changes(t.created), [("Add", "First"), ("Add", "Second")])
    child = _child(t, t.created, "First")
    equal((child["Status"], kit.changes(child)), ("CREATE_COMPLETE", [("Add", "G")]))


def ask_child_names_its_parent_and_root_change_set(t):
    child = _child(t, t.created, "First")
    root_id = t.created["ChangeSetId"]
    equal((child["ParentChangeSetId"], child["RootChangeSetId"]), (root_id, root_id))
    equal(t.created["IncludeNestedStacks"], True)


def ask_announced_child_is_in_REVIEW_IN_PROGRESS_below_its_parent(t):
    t.announced = _child(t, t.created, "First")["StackId"]
    stack = t.cloudformation.describe_stacks(StackName=t.announced)["Stacks"][0]
    equal((stack["StackStatus"], stack["ParentId"]), ("REVIEW_IN_PROGRESS", t.created["StackId"]))


def ask_template_of_a_child_change_set(t):
    child_id = kit.change_of(t.created, "First")["ChangeSetId"]
    body = t.cloudformation.get_template(ChangeSetName=child_id, TemplateStage="Original")["TemplateBody"]
    equal(json.loads(body) if isinstance(body, str) else body, t.children["First"])


def ask_child_cannot_be_executed_or_deleted_alone(t):
    child = _child(t, t.created, "First")
    with refused("ValidationError", "InvalidChangeSetStatus"):
        t.cloudformation.execute_change_set(ChangeSetName=child["ChangeSetId"])
    with refused("ValidationError", "InvalidChangeSetStatus"):
        t.cloudformation.delete_change_set(ChangeSetName=child["ChangeSetId"])


def ask_executing_the_root_makes_the_announced_children(t):
    equal(_execute(t, "c1")["StackStatus"], "CREATE_COMPLETE")
    stack = t.cloudformation.describe_stacks(StackName=t.announced)["Stacks"][0]
    equal(stack["StackStatus"], "CREATE_COMPLETE")
    resource = t.cloudformation.describe_stack_resource(StackName=t.stack, LogicalResourceId="First")
    equal(resource["StackResourceDetail"]["PhysicalResourceId"], t.announced)


def ask_executed_child_is_listed_as_executed(t):
    listed = t.cloudformation.list_change_sets(StackName=t.announced)["Summaries"]
    equal([each["ExecutionStatus"] for each in listed], ["EXECUTE_COMPLETE"])


def ask_parent_tells_the_child_before_it_is_made(t):
    events = t.cloudformation.describe_stack_events(StackName=t.stack)["StackEvents"]
    told = [event for event in events if event["LogicalResourceId"] == "First"
            and event.get("ResourceStatusReason") == "Resource creation Initiated"]
    equal([event["PhysicalResourceId"] for event in told], [t.announced])


def ask_nothing_changed_is_FAILED_without_changes(t):
    made = _make(t, "c2", "UPDATE", t.parent)
    equal(made["Status"], "FAILED")
    contains(made["StatusReason"], "didn't contain changes")
    t.cloudformation.delete_change_set(ChangeSetName=made["ChangeSetId"])


def ask_unchanged_child_is_Modify_with_an_empty_change_set(t):
    t.changed = copy.deepcopy(t.children["First"])
    t.changed["Resources"]["H"] = kit.group(t.added)
    t.next = copy.deepcopy(t.parent)
    t.next["Resources"]["First"] = kit.nested(_upload(t, "First", t.changed, 2))
    made = _make(t, "c3", "UPDATE", t.next)
    equal(kit.changes(made), [("Modify", "First"), ("Modify", "Second")])
    equal(kit.changes(_child(t, made, "First")), [("Add", "H")])
    equal(kit.changes(_child(t, made, "Second")), [])


def ask_executed_update_reaches_the_child(t):
    equal(_execute(t, "c3")["StackStatus"], "UPDATE_COMPLETE")
    equal(t.iam.get_group(GroupName=t.added)["Group"]["GroupName"], t.added)


def ask_child_with_the_same_URL_and_new_content_is_seen(t):
    t.changed["Resources"]["H"] = kit.group(t.added, "sqs:*")
    _upload(t, "First", t.changed, 2)
    made = _make(t, "c4", "UPDATE", t.next)
    equal(kit.changes(_child(t, made, "First")), [("Modify", "H")])
    t.cloudformation.delete_change_set(ChangeSetName=made["ChangeSetId"])


def ask_deleting_the_root_set_deletes_the_children(t):
    made = _make(t, "c5", "UPDATE", t.next)
    child_id = kit.change_of(made, "First")["ChangeSetId"]
    t.cloudformation.delete_change_set(ChangeSetName=made["ChangeSetId"])
    with refused("ChangeSetNotFound", "ChangeSetNotFoundException"):
        t.cloudformation.describe_change_set(ChangeSetName=child_id)


def ask_failure_of_a_child_set_is_told_in_the_child(t):
    broken = copy.deepcopy(t.next)
    broken["Resources"]["Second"] = kit.nested(f"https://s3.amazonaws.com/{t.bucket}/none.json")
    made = _make(t, "c6", "UPDATE", broken)
    equal(made["Status"], "FAILED")
    contains(made["StatusReason"], "was not successfully created: Currently in FAILED.")
    child_id = made["StatusReason"].split()[3]
    child = t.cloudformation.describe_change_set(ChangeSetName=child_id)
    equal(child["Status"], "FAILED")
    contains(child["StatusReason"], "Template not found")


def ask_without_IncludeNestedStacks_the_children_have_no_sets(t):
    made = kit.change_set(t.cloudformation, t.stack, "c7", "UPDATE", t.next)
    equal(kit.changes(made), [("Modify", "First"), ("Modify", "Second")])
    equal("ChangeSetId" in kit.change_of(made, "First"), False)


def ask_removed_child_is_listed_as_Remove(t):
    smaller = copy.deepcopy(t.next)
    del smaller["Resources"]["Second"]
    contains(kit.changes(_make(t, "c8", "UPDATE", smaller)), ("Remove", "Second"))
