"""Deleting stacks: a group with members, deleted stacks, termination protection."""

from types import SimpleNamespace

from ..asking import BAKERY, World, equal, refused
from . import kit


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(stack=world.name("deleting"), group=world.name("group"), role=world.name("role"),
                        user=world.name("user"), iam=world.root("iam"), cloudformation=world.root("cloudformation"))
    body = kit.template({"G": kit.group(t.group), "R": kit.role(t.role, kit.trust(kit.root_of(BAKERY)))})
    t.stack_id = kit.create(t.cloudformation, t.stack, body)["StackId"]
    t.iam.create_user(UserName=t.user)
    return t


def ask_user_joins_a_group_of_the_stack(t):
    t.iam.add_user_to_group(GroupName=t.group, UserName=t.user)


def ask_group_with_members_makes_DELETE_FAILED(t):
    equal(kit.delete(t.cloudformation, t.stack_id)["StackStatus"], "DELETE_FAILED")
    failed = kit.failures(t.cloudformation, t.stack_id, "DELETE_FAILED")
    equal(failed[-1], ("G", "Cannot delete entity, must remove users from group first."))


def ask_second_delete_succeeds_once_the_group_is_empty(t):
    t.iam.remove_user_from_group(GroupName=t.group, UserName=t.user)
    equal(kit.delete(t.cloudformation, t.stack_id)["StackStatus"], "DELETE_COMPLETE")


def ask_role_is_gone(t):
    with refused("NoSuchEntity"):
        t.iam.get_role(RoleName=t.role)


def ask_group_is_gone(t):
    with refused("NoSuchEntity"):
        t.iam.get_group(GroupName=t.group)


def ask_deleted_stack_is_not_found_by_name(t):
    with refused("ValidationError"):
        t.cloudformation.describe_stacks(StackName=t.stack)


def ask_termination_protection_refuses_the_delete(t):
    kit.create(t.cloudformation, t.stack + "p", kit.template({"T": kit.topic()}), EnableTerminationProtection=True)
    with refused("ValidationError"):
        t.cloudformation.delete_stack(StackName=t.stack + "p")
