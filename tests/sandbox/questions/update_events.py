"""Events of an update: silent on what is unchanged, CREATE for what is new, DELETE for what goes; orphans."""

from types import SimpleNamespace

from ..asking import World, contains, equal, refused
from . import kit


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(stack=world.name("flat"), kept=world.name("kept"), gone=world.name("gone"),
                        user=world.name("user"), iam=world.root("iam"), cloudformation=world.root("cloudformation"))
    t.new = world.name("new")
    t.both = kit.template({"Keep": kit.group(t.kept), "Go": kit.group(t.gone)})
    t.one = kit.template({"Keep": kit.group(t.kept)})
    kit.create(t.cloudformation, t.stack, t.both)
    t.iam.create_user(UserName=t.user)
    t.iam.add_user_to_group(GroupName=t.gone, UserName=t.user)
    return t


def _events(t) -> list[tuple[str, str]]:
    """(logical id, status) of the resources, newest first."""
    events = t.cloudformation.describe_stack_events(StackName=t.stack)["StackEvents"]
    return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in events
            if event["LogicalResourceId"] != t.stack]


def ask_new_resource_is_created_and_an_unchanged_one_is_silent(t):
    before = len(_events(t))
    body = kit.template({**t.both["Resources"], "New": kit.group(t.new)})
    equal(kit.update(t.cloudformation, t.stack, body)["StackStatus"], "UPDATE_COMPLETE")
    new_events = _events(t)[:-before]
    equal(new_events, [("New", "CREATE_COMPLETE"), ("New", "CREATE_IN_PROGRESS")])


def ask_removed_resource_is_told(t):
    equal(kit.update(t.cloudformation, t.stack, t.both)["StackStatus"], "UPDATE_COMPLETE")
    equal(_events(t)[:2], [("New", "DELETE_COMPLETE"), ("New", "DELETE_IN_PROGRESS")])


def ask_update_completes_with_a_DELETE_FAILED_event(t):
    equal(kit.update(t.cloudformation, t.stack, t.one)["StackStatus"], "UPDATE_COMPLETE")
    failed = kit.failures(t.cloudformation, t.stack, "DELETE_FAILED")
    equal([logical_id for logical_id, _ in failed], ["Go"])


def ask_group_left_the_stack_and_stays_in_IAM(t):
    resources = t.cloudformation.list_stack_resources(StackName=t.stack)["StackResourceSummaries"]
    equal([resource["LogicalResourceId"] for resource in resources], ["Keep"])
    equal(len(t.iam.get_group(GroupName=t.gone)["Users"]), 1)


def ask_adding_it_again_collides(t):
    equal(kit.update(t.cloudformation, t.stack, t.both)["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
    failed = dict(kit.failures(t.cloudformation, t.stack, "CREATE_FAILED"))
    contains(failed["Go"], "already exists")


def ask_existing_group_can_be_imported_back(t):
    retained = {**kit.group(t.gone), "DeletionPolicy": "Retain"}
    body = kit.template({"Keep": kit.group(t.kept), "Go": retained})
    made = kit.change_set(t.cloudformation, t.stack, "back", "UPDATE", body, ImportExistingResources=True)
    equal(kit.changes(made), [("Import", "Go")])
    t.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"])
    equal(kit.rest(t.cloudformation, t.stack)["StackStatus"], "UPDATE_COMPLETE")


def ask_group_with_its_member_is_still_not_deletable(t):
    with refused("DeleteConflict"):
        t.iam.delete_group(GroupName=t.gone)
