"""Nested stacks from templates in S3."""

import json
from types import SimpleNamespace

from ..asking import World, contains, equal, refused
from . import kit


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(bucket=world.name("templates-"), stack=world.name("parent"), group=world.name("group"),
                        topic=world.name("topic"), policy=world.name("policy"), absent=world.name("absent"),
                        iam=world.root("iam"), s3=world.root("s3"), cloudformation=world.root("cloudformation"))
    t.s3.create_bucket(Bucket=t.bucket)
    t.child = kit.template(
        {"G": kit.group(t.group), "T": kit.topic({"Ref": "TopicName"})},
        Parameters={"TopicName": {"Type": "String"}},
        Outputs={"Topic": {"Value": {"Ref": "T"}}, "Group": {"Value": {"Ref": "G"}}})
    url = kit.put_template(t.s3, t.bucket, "c/child.json", t.child)
    publish = kit.policy(kit.allow("sns:Publish", {"Fn::GetAtt": ["S", "Outputs.Topic"]}))
    t.parent = kit.template(
        {
            "S": kit.nested(url, TopicName=t.topic),
            "P": kit.managed_policy(t.policy, publish, Groups=[{"Fn::GetAtt": ["S", "Outputs.Group"]}]),
        },
        Outputs={"Topic": {"Value": {"Fn::GetAtt": ["S", "Outputs.Topic"]}}})
    t.parent_url = kit.put_template(t.s3, t.bucket, "parent.json", t.parent)
    return t


def ask_create_from_TemplateURL(t):
    t.cloudformation.create_stack(StackName=t.stack, TemplateURL=t.parent_url, Capabilities=kit.CAPABILITIES)
    stack = kit.rest(t.cloudformation, t.stack)
    equal(stack["StackStatus"], "CREATE_COMPLETE")
    equal(kit.outputs(stack)["Topic"].rsplit(":", 1)[-1], t.topic)


def ask_nested_stack_is_listed_with_ParentId_and_RootId(t):
    stacks = t.cloudformation.describe_stacks()["Stacks"]
    parent = next(stack for stack in stacks if stack["StackName"] == t.stack)
    child = next(stack for stack in stacks if stack["StackName"].startswith(t.stack + "-"))
    equal((child.get("ParentId"), child.get("RootId")), (parent["StackId"], parent["StackId"]))


def ask_group_of_the_nested_stack_is_in_IAM(t):
    equal(t.iam.get_group(GroupName=t.group)["Group"]["GroupName"], t.group)


def ask_policy_of_the_parent_is_on_the_nested_group(t):
    attached = t.iam.list_attached_group_policies(GroupName=t.group)["AttachedPolicies"]
    equal([policy["PolicyName"] for policy in attached], [t.policy])


def ask_TemplateURL_of_a_missing_object_is_refused(t):
    with refused("ValidationError"):
        t.cloudformation.create_stack(StackName=t.absent, Capabilities=kit.CAPABILITIES,
                                      TemplateURL=f"https://s3.amazonaws.com/{t.bucket}/none.json")


def ask_parent_updates_the_nested_stack_by_a_virtual_hosted_URL(t):
    t.child["Resources"]["G"] = kit.group(t.group, ["s3:GetObject", "sqs:SendMessage"])
    kit.put_template(t.s3, t.bucket, "c/child2.json", t.child)
    t.parent["Resources"]["S"]["Properties"]["TemplateURL"] = f"https://{t.bucket}.s3.amazonaws.com/c/child2.json"
    equal(kit.update(t.cloudformation, t.stack, t.parent)["StackStatus"], "UPDATE_COMPLETE")
    document = t.iam.get_group_policy(GroupName=t.group, PolicyName="inline")["PolicyDocument"]
    contains(json.dumps(document), "sqs:SendMessage")


def ask_deleting_the_parent_deletes_the_nested_stack(t):
    stack_id = t.cloudformation.describe_stacks(StackName=t.stack)["Stacks"][0]["StackId"]
    equal(kit.delete(t.cloudformation, stack_id)["StackStatus"], "DELETE_COMPLETE")
    with refused("NoSuchEntity"):
        t.iam.get_group(GroupName=t.group)
