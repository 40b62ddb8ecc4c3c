"""What CloudFormation and IAM refuse at once, and stacks that fail."""

import json
from types import SimpleNamespace

from ..asking import BAKERY, World, contains, equal, refused
from . import kit

INSUFFICIENT = "InsufficientCapabilitiesException"


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(stack=world.name("refused"), role=world.name("role"), bad_role=world.name("bad"),
                        group=world.name("group"), iam=world.root("iam"), cloudformation=world.root("cloudformation"))
    t.trust = kit.trust(kit.root_of(BAKERY))
    t.body = kit.template({"R": kit.role(t.role, t.trust)})
    t.dangling = kit.template({"T": kit.topic({"Ref": "Nope"})})
    return t


def ask_no_capability(t):
    with refused(INSUFFICIENT):
        kit.create(t.cloudformation, t.stack, t.body, Capabilities=[])


def ask_CAPABILITY_IAM_is_not_enough_for_a_name(t):
    with refused(INSUFFICIENT):
        kit.create(t.cloudformation, t.stack, t.body, Capabilities=["CAPABILITY_IAM"])


def ask_no_capability_for_a_change_set(t):
    with refused(INSUFFICIENT):
        t.cloudformation.create_change_set(StackName=t.stack, ChangeSetName="x", ChangeSetType="CREATE",
                                           TemplateBody=json.dumps(t.body))


def ask_template_over_51200_bytes_inline(t):
    big = kit.template({"T": {"Type": "AWS::SNS::Topic", "Metadata": {"x": "y" * 51300}}})
    with refused("ValidationError"):
        kit.create(t.cloudformation, t.stack, big)


def ask_template_that_is_no_template(t):
    with refused("ValidationError"):
        kit.create(t.cloudformation, t.stack, '{"a":')


def ask_template_without_Resources(t):
    with refused("ValidationError"):
        t.cloudformation.validate_template(TemplateBody='{"AWSTemplateFormatVersion":"2010-09-09"}')


def ask_dangling_Ref_in_ValidateTemplate(t):
    with refused("ValidationError"):
        t.cloudformation.validate_template(TemplateBody=json.dumps(t.dangling))


def ask_dangling_Ref_in_CreateStack(t):
    with refused("ValidationError"):
        kit.create(t.cloudformation, t.stack, t.dangling)


def ask_unknown_resource_type(t):
    with refused("ValidationError"):
        kit.create(t.cloudformation, t.stack, kit.template({"T": {"Type": "AWS::No::Such"}}))


def ask_circular_dependency(t):
    circle = kit.template({"T": {**kit.topic(), "DependsOn": "V"}, "V": {**kit.topic(), "DependsOn": "T"}})
    with refused("ValidationError"):
        kit.create(t.cloudformation, t.stack, circle)


def ask_taken_role_name_rolls_the_stack_back(t):
    t.iam.create_role(RoleName=t.role, AssumeRolePolicyDocument=json.dumps(t.trust))
    body = kit.template({"G": kit.group(t.group), "R": {**kit.role(t.role, t.trust), "DependsOn": "G"}})
    stack = kit.create(t.cloudformation, t.stack, body)
    equal(stack["StackStatus"], "ROLLBACK_COMPLETE")
    failed = dict(kit.failures(t.cloudformation, stack["StackId"], "CREATE_FAILED"))
    contains(failed["R"], "already exists")
    with refused("NoSuchEntity"):
        t.iam.get_group(GroupName=t.group)


def ask_stack_in_ROLLBACK_COMPLETE_cannot_be_updated(t):
    with refused("ValidationError"):
        kit.update(t.cloudformation, t.stack, t.body)


def ask_OnFailure_DELETE_deletes_the_failed_stack(t):
    made = t.cloudformation.create_stack(StackName=t.stack + "h", TemplateBody=json.dumps(t.body),
                                         Capabilities=kit.CAPABILITIES, OnFailure="DELETE")
    equal(kit.rest(t.cloudformation, made["StackId"])["StackStatus"], "DELETE_COMPLETE")


def ask_malformed_trust_policy_fails_the_stack(t):
    malformed = {"Version": "2012-10-17", "Statement": [{"Effect": "Maybe", "Action": "x"}]}
    stack = kit.create(t.cloudformation, t.stack + "k", kit.template({"R": kit.role(t.bad_role, malformed)}))
    equal(stack["StackStatus"], "ROLLBACK_COMPLETE")


def ask_malformed_trust_policy_in_CreateRole(t):
    with refused("MalformedPolicyDocument"):
        t.iam.create_role(RoleName=t.bad_role,
                          AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Maybe"}]}')
