"""Nested stacks that fail: causes are found in the child, nothing is left behind, nothing is hidden."""

import copy
import json
from types import SimpleNamespace

from ..asking import BAKERY, World, contains, equal, refused
from . import kit


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(world=world, stack=world.name("parent"), bucket=world.name("templates-"),
                        group=world.name("group"), gone=world.name("gone"), taken=world.name("taken"),
                        policy=world.name("policy"), user=world.name("user"),
                        s3=world.root("s3"), iam=world.root("iam"), cloudformation=world.root("cloudformation"))
    t.s3.create_bucket(Bucket=t.bucket)
    t.trust = kit.trust(kit.root_of(BAKERY))
    t.iam.create_role(RoleName=t.taken, AssumeRolePolicyDocument=json.dumps(t.trust))
    t.iam.create_user(UserName=t.user)
    t.child = kit.template({
        "Keep": kit.group(t.group),
        "Go": kit.group(t.gone),
        "Policy": kit.managed_policy(t.policy, kit.policy(kit.allow("s3:*")), Groups=[{"Ref": "Go"}]),
    })
    t.version = 0
    return t


def _parent(t, child: dict) -> dict:
    t.version += 1
    return kit.template({"Env": kit.nested(kit.put_template(t.s3, t.bucket, f"v{t.version}.json", child))})


def _child_id(t) -> str:
    events = t.cloudformation.describe_stack_events(StackName=t.stack)["StackEvents"]
    return next(event["PhysicalResourceId"] for event in events
                if event["LogicalResourceId"] == "Env" and event.get("PhysicalResourceId"))


def _broken(t) -> dict:
    broken = copy.deepcopy(t.child)
    broken["Resources"]["Bad"] = {**kit.role(t.taken, t.trust), "DependsOn": "Keep"}
    return broken


def ask_failed_child_names_itself_in_the_parent(t):
    stack = kit.create(t.cloudformation, t.stack, _parent(t, _broken(t)))
    equal(stack["StackStatus"], "ROLLBACK_COMPLETE")
    failed = dict(kit.failures(t.cloudformation, stack["StackId"], "CREATE_FAILED"))
    contains(failed["Env"], "Embedded stack arn:aws:cloudformation:")
    contains(failed["Env"], "was not successfully created: The following resource(s) failed to create: [Bad]")
    t.first = stack["StackId"]


def ask_cause_is_in_the_events_of_the_child(t):
    failed = dict(kit.failures(t.cloudformation, _child_id(t), "CREATE_FAILED"))
    contains(failed["Bad"], "already exists")


def ask_failed_child_leaves_nothing_behind(t):
    with refused("NoSuchEntity"):
        t.iam.get_group(GroupName=t.group)
    equal(kit.delete(t.cloudformation, t.first)["StackStatus"], "DELETE_COMPLETE")


def ask_failed_update_of_a_child_is_taken_back(t):
    equal(kit.create(t.cloudformation, t.stack, _parent(t, t.child))["StackStatus"], "CREATE_COMPLETE")
    broken = _broken(t)
    broken["Resources"]["Keep"] = kit.group(t.group, "kms:*")
    equal(kit.update(t.cloudformation, t.stack, _parent(t, broken))["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
    document = t.iam.get_group_policy(GroupName=t.group, PolicyName="inline")["PolicyDocument"]
    equal("kms" in json.dumps(document), False)
    child = t.cloudformation.describe_stacks(StackName=_child_id(t))["Stacks"][0]
    equal(child["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")


def ask_removed_group_with_a_member_leaves_UPDATE_COMPLETE_and_a_DELETE_FAILED_event(t):
    t.iam.add_user_to_group(GroupName=t.gone, UserName=t.user)
    t.smaller = copy.deepcopy(t.child)
    del t.smaller["Resources"]["Go"], t.smaller["Resources"]["Policy"]
    equal(kit.update(t.cloudformation, t.stack, _parent(t, t.smaller))["StackStatus"], "UPDATE_COMPLETE")
    failed = kit.failures(t.cloudformation, _child_id(t), "DELETE_FAILED")
    equal([logical_id for logical_id, _ in failed], ["Go"])
    contains(failed[0][1], "must remove users from group first")


def ask_its_policy_is_gone_and_the_group_is_an_orphan(t):
    with refused("NoSuchEntity"):
        t.iam.get_policy(PolicyArn=f"arn:aws:iam::{BAKERY}:policy/{t.policy}")
    members = t.iam.get_group(GroupName=t.gone)["Users"]
    equal([member["UserName"] for member in members], [t.user])
    resources = t.cloudformation.list_stack_resources(StackName=_child_id(t))["StackResourceSummaries"]
    equal([resource["LogicalResourceId"] for resource in resources], ["Keep"])


def ask_the_orphan_blocks_adding_the_group_again(t):
    stack = kit.update(t.cloudformation, t.stack, _parent(t, t.child))
    equal(stack["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
    failed = dict(kit.failures(t.cloudformation, _child_id(t), "CREATE_FAILED"))
    contains(failed["Go"], "already exists")


def ask_emptied_and_deleted_the_group_can_be_added_again(t):
    t.iam.remove_user_from_group(GroupName=t.gone, UserName=t.user)
    t.iam.delete_group(GroupName=t.gone)
    equal(kit.update(t.cloudformation, t.stack, _parent(t, t.child))["StackStatus"], "UPDATE_COMPLETE")


def ask_deleting_a_parent_fails_on_a_nested_group_with_members(t):
    t.iam.add_user_to_group(GroupName=t.gone, UserName=t.user)
    stack_id = t.cloudformation.describe_stacks(StackName=t.stack)["Stacks"][0]["StackId"]
    t.child_id = _child_id(t)
    equal(kit.delete(t.cloudformation, stack_id)["StackStatus"], "DELETE_FAILED")
    child = t.cloudformation.describe_stacks(StackName=t.child_id)["Stacks"][0]
    equal(child["StackStatus"], "DELETE_FAILED")
    t.stack_id = stack_id


def ask_deleting_again_once_it_is_empty(t):
    t.iam.remove_user_from_group(GroupName=t.gone, UserName=t.user)
    equal(kit.delete(t.cloudformation, t.stack_id)["StackStatus"], "DELETE_COMPLETE")
    child = t.cloudformation.describe_stacks(StackName=t.child_id)["Stacks"][0]
    equal(child["StackStatus"], "DELETE_COMPLETE")
