"""What the check-admin stack needs: a function with its own `bootstrap`, SNS, a rule, a permission."""

import io
import json
import zipfile
from types import SimpleNamespace

from ..asking import BAKERY, World, contains, equal
from ..clients import REGION
from . import kit

EXECUTABLE = 0o100755 << 16
START_S = 60

BOOTSTRAP = """#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
    headers=$(mktemp)
    event=$(curl -sS -D "$headers" "$api/next")
    id=$(grep -i lambda-runtime-aws-request-id "$headers" | tr -d '[:space:]' | cut -d: -f2)
    curl -sS -X POST "$api/$id/response" -d "{\\"echo\\":$event}"
done
"""


def _zip() -> bytes:
    buffer = io.BytesIO()
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = EXECUTABLE
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, BOOTSTRAP)
    return buffer.getvalue()


def prepare(world: World) -> SimpleNamespace:
    name = world.name("lambda-role")
    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    world.root("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(kit.policy(statement)))
    return SimpleNamespace(world=world, function=world.name("function"), role=kit.role_arn(BAKERY, name),
                           functions=world.root("lambda"))


def ask_CreateFunction_with_provided_al2023(t):
    t.functions.create_function(FunctionName=t.function, Runtime="provided.al2023", Role=t.role, Handler="bootstrap",
                                Code={"ZipFile": _zip()}, Timeout=10)
    t.functions.get_waiter("function_active_v2").wait(
        FunctionName=t.function, WaiterConfig={"Delay": 1, "MaxAttempts": START_S})


def ask_Invoke_runs_the_bootstrap(t):
    answer = t.functions.invoke(FunctionName=t.function, Payload=b'{"a":1}')
    equal(answer.get("FunctionError"), None)
    equal(json.loads(answer["Payload"].read()), {"echo": {"a": 1}})


def ask_SNS_Publish(t):
    sns = t.world.root("sns")
    arn = sns.create_topic(Name=t.world.name("topic"))["TopicArn"]
    equal(bool(sns.publish(TopicArn=arn, Message="hi")["MessageId"]), True)


def ask_PutRule_and_PutTargets(t):
    events = t.world.root("events")
    name = t.world.name("rule")
    events.put_rule(Name=name, ScheduleExpression="rate(1 day)")
    target = {"Id": "1", "Arn": f"arn:aws:lambda:{REGION}:{BAKERY}:function:{t.function}"}
    equal(events.put_targets(Rule=name, Targets=[target])["FailedEntryCount"], 0)


def _check_stack(t, bucket: str) -> dict:
    function = {"FunctionName": t.world.name("checked"), "Runtime": "provided.al2023", "Handler": "bootstrap",
                "Role": t.role, "Code": {"S3Bucket": bucket, "S3Key": "code.zip"}}
    target = {"Id": "1", "Arn": {"Fn::GetAtt": ["F", "Arn"]}}
    permission = {"FunctionName": {"Ref": "F"}, "Action": "lambda:InvokeFunction",
                  "Principal": "events.amazonaws.com", "SourceArn": {"Fn::GetAtt": ["E", "Arn"]}}
    return kit.template({
        "F": {"Type": "AWS::Lambda::Function", "Properties": function},
        "E": {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 day)", "Targets": [target]}},
        "P": {"Type": "AWS::Lambda::Permission", "Properties": permission},
    })


def ask_function_rule_and_permission_in_one_stack(t):
    bucket = t.world.name("code-")
    s3 = t.world.root("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="code.zip", Body=_zip())
    stack = kit.create(t.world.root("cloudformation"), t.world.name("check"), _check_stack(t, bucket))
    equal(stack["StackStatus"], "CREATE_COMPLETE")
    found = t.functions.get_function(FunctionName=t.world.name("checked"))["Configuration"]["FunctionArn"]
    contains(found, t.world.name("checked"))
