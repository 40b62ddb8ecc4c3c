"""How a test reaches the states that deploy must find its way out of, and the ways out."""

import copy
import json
from types import SimpleNamespace

from ..asking import BAKERY, World, contains, equal, refused
from . import kit


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(world=world, taken=world.name("taken"), iam=world.root("iam"),
                        cloudformation=world.root("cloudformation"))
    t.trust = kit.trust(kit.root_of(BAKERY))
    t.iam.create_role(RoleName=t.taken, AssumeRolePolicyDocument=json.dumps(t.trust))
    return t


def _with_failure(t, resources: dict) -> dict:
    """The same resources and one that fails after all of them."""
    return kit.template({**resources, "Bad": {**kit.role(t.taken, t.trust), "DependsOn": list(resources)}})


def _run(t, stack: str, kind: str, body: dict, **options) -> str:
    """Make and execute a change set; the status in which the stack comes to rest."""
    made = kit.change_set(t.cloudformation, stack, "run-" + kind.lower(), kind, body, **options)
    t.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"])
    return kit.rest(t.cloudformation, made["StackId"])["StackStatus"]


def ask_CREATE_FAILED_when_nothing_is_to_be_done_on_failure(t):
    body = _with_failure(t, {"G": kit.group(t.world.name("g1"))})
    equal(_run(t, t.world.name("created"), "CREATE", body, OnStackFailure="DO_NOTHING"), "CREATE_FAILED")


def ask_CREATE_FAILED_is_deleted_and_created_anew(t):
    stack = t.cloudformation.describe_stacks(StackName=t.world.name("created"))["Stacks"][0]
    equal(kit.delete(t.cloudformation, stack["StackId"])["StackStatus"], "DELETE_COMPLETE")
    again = kit.create(t.cloudformation, stack["StackName"], kit.template({"G": kit.group(t.world.name("g1"))}))
    equal(again["StackStatus"], "CREATE_COMPLETE")
    equal(again["StackId"] != stack["StackId"], True)


def ask_UPDATE_FAILED_is_rolled_back_by_RollbackStack(t):
    name, group = t.world.name("updated"), t.world.name("g2")
    kit.create(t.cloudformation, name, kit.template({"G": kit.group(group)}))
    body = _with_failure(t, {"G": kit.group(group, "sqs:*")})
    equal(_run(t, name, "UPDATE", body, OnStackFailure="DO_NOTHING"), "UPDATE_FAILED")
    t.cloudformation.rollback_stack(StackName=name)
    equal(kit.rest(t.cloudformation, name)["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
    document = t.iam.get_group_policy(GroupName=group, PolicyName="inline")["PolicyDocument"]
    contains(json.dumps(document), "s3:ListAllMyBuckets")


def ask_UPDATE_ROLLBACK_FAILED_when_the_old_state_cannot_be_restored(t):
    t.stuck, policy = t.world.name("stuck"), t.world.name("p3")
    arn = t.iam.create_policy(PolicyName=policy, PolicyDocument=json.dumps(kit.policy(kit.allow("s3:*"))))
    arn = arn["Policy"]["Arn"]
    group = kit.group(t.world.name("g3"))
    before = copy.deepcopy(group)
    before["Properties"]["ManagedPolicyArns"] = [arn]
    kit.create(t.cloudformation, t.stuck, kit.template({"G": before}))
    t.iam.detach_group_policy(GroupName=t.world.name("g3"), PolicyArn=arn)
    t.iam.delete_policy(PolicyArn=arn)
    equal(_run(t, t.stuck, "UPDATE", _with_failure(t, {"G": group})), "UPDATE_ROLLBACK_FAILED")


def ask_UPDATE_ROLLBACK_FAILED_refuses_a_change_set(t):
    with refused("ValidationError"):
        kit.change_set(t.cloudformation, t.stuck, "next", "UPDATE", kit.template({"T": kit.topic()}))


def ask_ContinueUpdateRollback_that_skips_the_resource(t):
    t.cloudformation.continue_update_rollback(StackName=t.stuck, ResourcesToSkip=["G"])
    equal(kit.rest(t.cloudformation, t.stuck)["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")


def ask_ROLLBACK_FAILED_when_a_new_group_has_a_member(t):
    group, user = t.world.name("g4"), t.world.name("u4")
    t.iam.create_user(UserName=user)
    member = {"Type": "AWS::IAM::UserToGroupAddition", "DeletionPolicy": "Retain",
              "Properties": {"GroupName": {"Ref": "G"}, "Users": [user]}}
    body = _with_failure(t, {"G": kit.group(group), "Member": member})
    equal(_run(t, t.world.name("undeletable"), "CREATE", body), "ROLLBACK_FAILED")
    equal(len(t.iam.get_group(GroupName=group)["Users"]), 1)


def ask_IMPORT_COMPLETE(t):
    group = {**kit.group(t.world.name("g5")), "DeletionPolicy": "Retain"}
    t.iam.create_group(GroupName=t.world.name("g5"))
    wanted = {"ResourceType": "AWS::IAM::Group", "LogicalResourceId": "G",
              "ResourceIdentifier": {"GroupName": t.world.name("g5")}}
    body = kit.template({"G": group})
    equal(_run(t, t.world.name("adopted"), "IMPORT", body, ResourcesToImport=[wanted]), "IMPORT_COMPLETE")
