"""Functions, pseudo parameters, conditions and parameters of templates."""

from types import SimpleNamespace

from ..asking import BAKERY, World, equal, refused
from . import kit
from ..clients import REGION

PREFIX = [{"ParameterKey": "Prefix", "ParameterValue": "abc"}]


def prepare(world: World) -> SimpleNamespace:
    suffix = world.name("x")
    trust = kit.trust({"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"})
    own_role = {
        "Type": "AWS::IAM::Role", "DeletionPolicy": "Retain",
        "Properties": {
            "RoleName": {"Fn::Sub": "${Prefix}-${AWS::Region}-" + suffix},
            "MaxSessionDuration": {"Fn::If": ["Long", 7200, {"Ref": "AWS::NoValue"}]},
            "AssumeRolePolicyDocument": trust,
        },
    }
    body = kit.template(
        {"R": own_role, "No": {**kit.topic(world.name("never")), "Condition": "Prod"}},
        Parameters={"Prefix": {"Type": "String", "AllowedPattern": "[a-z]+"},
                    "Env": {"Type": "String", "Default": "dev", "AllowedValues": ["dev", "prod"]}},
        Mappings={"Map": {"dev": {"v": "mapped-dev"}, "prod": {"v": "mapped-prod"}}},
        Conditions={"Prod": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}, "Long": {"Fn::Not": [{"Condition": "Prod"}]}},
        Outputs={
            "M": {"Value": {"Fn::FindInMap": ["Map", {"Ref": "Env"}, "v"]}},
            "J": {"Value": {"Fn::Join": [":", [{"Ref": "AWS::AccountId"}, {"Ref": "AWS::StackName"},
                                               {"Ref": "AWS::URLSuffix"}]]}},
            "S": {"Value": {"Fn::Select": ["1", {"Fn::Split": [",", "a,b,c"]}]}},
        })
    return SimpleNamespace(stack=world.name("functions"), body=body, role=f"abc-{REGION}-{suffix}",
                           yaml_topic=world.name("yaml"), iam=world.root("iam"),
                           cloudformation=world.root("cloudformation"))


def ask_functions_and_pseudo_parameters(t):
    stack = kit.create(t.cloudformation, t.stack, t.body, Parameters=PREFIX)
    equal(stack["StackStatus"], "CREATE_COMPLETE")
    equal(kit.outputs(stack), {"M": "mapped-dev", "J": f"{BAKERY}:{t.stack}:amazonaws.com", "S": "b"})
    found = t.iam.get_role(RoleName=t.role)["Role"]
    equal(found["MaxSessionDuration"], 7200)
    equal(found["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"], kit.root_of(BAKERY))


def ask_resource_with_a_false_condition_is_absent(t):
    resources = t.cloudformation.describe_stack_resources(StackName=t.stack)["StackResources"]
    equal([resource["LogicalResourceId"] for resource in resources], ["R"])


def ask_DeletionPolicy_Retain_keeps_the_role(t):
    stack_id = t.cloudformation.describe_stacks(StackName=t.stack)["Stacks"][0]["StackId"]
    equal(kit.delete(t.cloudformation, stack_id)["StackStatus"], "DELETE_COMPLETE")
    equal(t.iam.get_role(RoleName=t.role)["Role"]["RoleName"], t.role)


def ask_missing_parameter_is_refused(t):
    with refused("ValidationError"):
        kit.create(t.cloudformation, t.stack + "b", t.body)


def ask_value_outside_AllowedValues_is_refused(t):
    with refused("ValidationError"):
        kit.create(t.cloudformation, t.stack + "c", t.body,
                   Parameters=[*PREFIX, {"ParameterKey": "Env", "ParameterValue": "zzz"}])


def ask_value_against_AllowedPattern_is_refused(t):
    with refused("ValidationError"):
        kit.create(t.cloudformation, t.stack + "d", t.body,
                   Parameters=[{"ParameterKey": "Prefix", "ParameterValue": "ABC9"}])


def ask_YAML_with_short_forms(t):
    body = "\n".join([
        "AWSTemplateFormatVersion: '2010-09-09'", "Resources:", "  T:", "    Type: AWS::SNS::Topic",
        "    Properties:", "      TopicName: !Sub '" + t.yaml_topic + "-${AWS::AccountId}'",
        "Outputs:", "  O:", "    Value: !GetAtt T.TopicName", ""])
    stack = kit.create(t.cloudformation, t.stack + "y", body)
    equal(kit.outputs(stack), {"O": f"{t.yaml_topic}-{BAKERY}"})
