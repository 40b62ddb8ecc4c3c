"""An update reaches IAM, and a failed one is taken back."""

import copy
import json
from types import SimpleNamespace

from ..asking import BAKERY, OTHER_BURGER, World, contains, equal, refused
from . import kit


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(stack=world.name("updates"), group=world.name("group"), role=world.name("role"),
                        dropped=world.name("dropped"), policy=world.name("policy"), taken=world.name("taken"),
                        iam=world.root("iam"), cloudformation=world.root("cloudformation"))
    own_root = kit.trust(kit.root_of(BAKERY))
    t.first = {
        "G": kit.group(t.group), "R": kit.role(t.role, own_root), "K": kit.role(t.dropped, own_root),
        "M": kit.managed_policy(t.policy, kit.policy(kit.allow("s3:*")), Groups=[{"Ref": "G"}]),
    }
    t.second = copy.deepcopy(t.first)
    del t.second["K"]
    t.second["G"] = kit.group(t.group, "sqs:*")
    t.second["R"] = kit.role(t.role, kit.trust(kit.root_of(OTHER_BURGER)), MaxSessionDuration=7200)
    deny = {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}
    t.second["M"]["Properties"]["PolicyDocument"] = kit.policy(deny)
    return t


def _group_policy(t) -> str:
    return json.dumps(t.iam.get_group_policy(GroupName=t.group, PolicyName="inline")["PolicyDocument"])


def ask_create(t):
    equal(kit.create(t.cloudformation, t.stack, kit.template(t.first))["StackStatus"], "CREATE_COMPLETE")


def ask_update(t):
    equal(kit.update(t.cloudformation, t.stack, kit.template(t.second))["StackStatus"], "UPDATE_COMPLETE")


def ask_trust_policy_is_applied(t):
    contains(json.dumps(t.iam.get_role(RoleName=t.role)["Role"]["AssumeRolePolicyDocument"]), OTHER_BURGER)


def ask_MaxSessionDuration_is_applied(t):
    equal(t.iam.get_role(RoleName=t.role)["Role"]["MaxSessionDuration"], 7200)


def ask_inline_group_policy_is_applied(t):
    contains(_group_policy(t), "sqs")


def ask_managed_policy_has_a_new_default_version(t):
    arn = f"arn:aws:iam::{BAKERY}:policy/{t.policy}"
    version = t.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = t.iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    contains(json.dumps(document), "ec2")


def ask_removed_role_is_gone(t):
    with refused("NoSuchEntity", "NoSuchEntityException"):
        t.iam.get_role(RoleName=t.dropped)


def ask_failed_update_is_rolled_back(t):
    trust = kit.trust(kit.root_of(BAKERY))
    t.iam.create_role(RoleName=t.taken, AssumeRolePolicyDocument=json.dumps(trust))
    broken = copy.deepcopy(t.second)
    broken["G"] = kit.group(t.group, "kms:*")
    broken["Z"] = {**kit.role(t.taken, trust), "DependsOn": "G"}
    equal(kit.update(t.cloudformation, t.stack, kit.template(broken))["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
    contains(_group_policy(t), "sqs")
