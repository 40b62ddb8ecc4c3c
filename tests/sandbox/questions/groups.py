"""AWS::IAM::Group, ManagedPolicy and Role in one stack."""

from types import SimpleNamespace

from ..asking import BAKERY, World, contains, equal
from . import kit


def prepare(world: World) -> SimpleNamespace:
    names = SimpleNamespace(stack=world.name("one"), group=world.name("group"), role=world.name("role"),
                            policy=world.name("policy"))
    assume = kit.policy(kit.allow("sts:AssumeRole", {"Fn::GetAtt": ["R", "Arn"]}))
    body = kit.template(
        {
            "G": kit.group(names.group),
            "MP": kit.managed_policy(names.policy, assume, Groups=[{"Ref": "G"}]),
            "R": kit.role(names.role, kit.trust(kit.root_of(BAKERY)),
                          ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
        },
        Outputs={"GA": {"Value": {"Fn::GetAtt": ["G", "Arn"]}}, "M": {"Value": {"Ref": "MP"}}})
    return SimpleNamespace(names=names, body=body, iam=world.root("iam"), cloudformation=world.root("cloudformation"))


def ask_create_stack_with_group_policy_and_role(t):
    stack = kit.create(t.cloudformation, t.names.stack, t.body)
    equal(stack["StackStatus"], "CREATE_COMPLETE")
    equal(kit.outputs(stack)["GA"], f"arn:aws:iam::{BAKERY}:group/{t.names.group}")


def ask_group_is_in_IAM(t):
    equal(t.iam.get_group(GroupName=t.names.group)["Group"]["GroupName"], t.names.group)


def ask_inline_policy_is_on_the_group(t):
    equal(t.iam.list_group_policies(GroupName=t.names.group)["PolicyNames"], ["inline"])


def ask_managed_policy_is_attached_to_the_group(t):
    attached = t.iam.list_attached_group_policies(GroupName=t.names.group)["AttachedPolicies"]
    equal([policy["PolicyName"] for policy in attached], [t.names.policy])


def ask_policy_of_AWS_is_attached_to_the_role(t):
    attached = t.iam.list_attached_role_policies(RoleName=t.names.role)["AttachedPolicies"]
    equal([policy["PolicyName"] for policy in attached], ["ReadOnlyAccess"])


def ask_stack_resources_are_described(t):
    resources = t.cloudformation.describe_stack_resources(StackName=t.names.stack)["StackResources"]
    equal(len(resources), 3)
    contains([resource["PhysicalResourceId"] for resource in resources], t.names.group)
