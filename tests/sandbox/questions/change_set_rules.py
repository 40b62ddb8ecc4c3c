"""Change sets: tokens, states that refuse them, property values, pages, imports, drift of groups."""

import json
from types import SimpleNamespace

from ..asking import BAKERY, World, contains, equal, refused
from . import kit


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(world=world, stack=world.name("rules"), group=world.name("group"), orphan=world.name("orphan"),
                        taken=world.name("taken"), iam=world.root("iam"), cloudformation=world.root("cloudformation"))
    t.trust = kit.trust(kit.root_of(BAKERY))
    t.body = kit.template({"G": kit.group(t.group)})
    return t


def _create_set(t, name: str, token: str) -> dict:
    return t.cloudformation.create_change_set(
        StackName=t.stack, ChangeSetName=name, ChangeSetType="CREATE", TemplateBody=json.dumps(t.body),
        Capabilities=kit.CAPABILITIES, ClientToken=token)


def ask_same_ClientToken_gives_the_same_change_set(t):
    t.made = _create_set(t, "c1", "token-1")
    again = _create_set(t, "c1", "token-1")
    equal((again["Id"], again["StackId"]), (t.made["Id"], t.made["StackId"]))


def ask_same_name_with_another_token_is_refused(t):
    with refused("AlreadyExistsException"):
        _create_set(t, "c1", "token-2")


def ask_second_CREATE_set_belongs_to_the_same_stack(t):
    equal(_create_set(t, "c2", "token-3")["StackId"], t.made["StackId"])
    listed = t.cloudformation.list_change_sets(StackName=t.stack)["Summaries"]
    equal(sorted(entry["ChangeSetName"] for entry in listed), ["c1", "c2"])


def ask_sets_of_a_stack_are_listed_by_its_id_too(t):
    listed = t.cloudformation.list_change_sets(StackName=t.made["StackId"])["Summaries"]
    equal(sorted(entry["ChangeSetName"] for entry in listed), ["c1", "c2"])


def ask_executing_twice_with_one_token_is_one_execution(t):
    request = {"StackName": t.stack, "ChangeSetName": "c2", "ClientRequestToken": "run-1"}
    t.cloudformation.execute_change_set(**request)
    t.cloudformation.execute_change_set(**request)
    equal(kit.rest(t.cloudformation, t.stack)["StackStatus"], "CREATE_COMPLETE")


def ask_events_carry_the_ClientRequestToken(t):
    events = t.cloudformation.describe_stack_events(StackName=t.stack)["StackEvents"]
    done = [event for event in events if event["ResourceStatus"] == "CREATE_COMPLETE"]
    equal({event.get("ClientRequestToken") for event in done}, {"run-1"})


def ask_property_values_before_and_after(t):
    body = kit.template({"G": kit.group(t.group, "sqs:*")})
    made = kit.change_set(t.cloudformation, t.stack, "c3", "UPDATE", body)
    described = t.cloudformation.describe_change_set(ChangeSetName=made["ChangeSetId"], IncludePropertyValues=True)
    change = kit.change_of(described, "G")
    contains(change["BeforeContext"], "s3:ListAllMyBuckets")
    contains(change["AfterContext"], "sqs:*")


def ask_many_changes_come_in_pages(t):
    body = kit.template({f"T{number}": kit.topic() for number in range(120)})
    first = kit.change_set(t.cloudformation, t.stack, "c4", "UPDATE", body)
    second = t.cloudformation.describe_change_set(ChangeSetName=first["ChangeSetId"], NextToken=first["NextToken"])
    equal(len(first["Changes"]) + len(second["Changes"]), 121)
    equal("NextToken" in second, False)


def ask_UPDATE_set_on_a_rolled_back_stack_is_refused(t):
    t.iam.create_role(RoleName=t.taken, AssumeRolePolicyDocument=json.dumps(t.trust))
    body = kit.template({"R": kit.role(t.taken, t.trust)})
    failed = kit.create(t.cloudformation, t.stack + "f", body)
    equal(failed["StackStatus"], "ROLLBACK_COMPLETE")
    for kind in ("UPDATE", "CREATE"):
        with refused("ValidationError", "AlreadyExistsException"):
            kit.change_set(t.cloudformation, t.stack + "f", "c1", kind, body)


def ask_existing_group_is_imported(t):
    t.iam.create_group(GroupName=t.orphan)
    body = kit.template({"G": kit.group(t.group), "O": {
        "Type": "AWS::IAM::Group", "DeletionPolicy": "Retain", "Properties": {"GroupName": t.orphan}}})
    made = kit.change_set(t.cloudformation, t.stack, "c5", "UPDATE", body, ImportExistingResources=True)
    contains(kit.changes(made), ("Import", "O"))
    t.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"])
    equal(kit.rest(t.cloudformation, t.stack)["StackStatus"], "UPDATE_COMPLETE")


def ask_termination_protection_by_its_own_call(t):
    t.cloudformation.update_termination_protection(StackName=t.stack, EnableTerminationProtection=True)
    with refused("ValidationError"):
        t.cloudformation.delete_stack(StackName=t.stack)
