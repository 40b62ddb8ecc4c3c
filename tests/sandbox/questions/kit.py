"""Templates, policies and waits that the topics share."""

import json
import time

CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
WAIT_S = 300


def policy(*statements: dict) -> dict:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action, resource="*", **more) -> dict:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: str, condition: dict | None = None, action="sts:AssumeRole") -> dict:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action}
    if condition:
        statement["Condition"] = condition
    return policy(statement)


def root_of(account: str) -> str:
    return f"arn:aws:iam::{account}:root"


def role_arn(account: str, name: str) -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def template(resources: dict, **sections) -> dict:
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources, **sections}


def group(name: str, action="s3:ListAllMyBuckets") -> dict:
    inline = {"PolicyName": "inline", "PolicyDocument": policy(allow(action))}
    return {"Type": "AWS::IAM::Group", "Properties": {"GroupName": name, "Policies": [inline]}}


def role(name: str, trust_policy: dict, **properties) -> dict:
    return {"Type": "AWS::IAM::Role",
            "Properties": {"RoleName": name, "AssumeRolePolicyDocument": trust_policy, **properties}}


def managed_policy(name: str, document: dict, **properties) -> dict:
    return {"Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"ManagedPolicyName": name, "PolicyDocument": document, **properties}}


def topic(name: str | None = None) -> dict:
    return {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name} if name else {}}


def nested(url: str, **parameters) -> dict:
    properties = {"TemplateURL": url}
    if parameters:
        properties["Parameters"] = parameters
    return {"Type": "AWS::CloudFormation::Stack", "Properties": properties}


def put_template(s3, bucket: str, key: str, body: dict) -> str:
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(body))
    return f"https://s3.amazonaws.com/{bucket}/{key}"


def rest(cloudformation, stack: str) -> dict:
    """The stack once it has come to rest."""
    deadline = time.monotonic() + WAIT_S
    while True:
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        if not found["StackStatus"].endswith("IN_PROGRESS") or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def create(cloudformation, name: str, body, **options) -> dict:
    text = body if isinstance(body, str) else json.dumps(body)
    options.setdefault("Capabilities", CAPABILITIES)
    stack_id = cloudformation.create_stack(StackName=name, TemplateBody=text, **options)["StackId"]
    return rest(cloudformation, stack_id)


def update(cloudformation, name: str, body: dict, **options) -> dict:
    cloudformation.update_stack(StackName=name, TemplateBody=json.dumps(body), Capabilities=CAPABILITIES, **options)
    return rest(cloudformation, name)


def delete(cloudformation, stack_id: str) -> dict:
    cloudformation.delete_stack(StackName=stack_id)
    return rest(cloudformation, stack_id)


def change_set(cloudformation, stack: str, name: str, kind: str, body: dict, **options) -> dict:
    """Make a change set, and describe it once it is made."""
    made = cloudformation.create_change_set(
        StackName=stack, ChangeSetName=name, ChangeSetType=kind, TemplateBody=json.dumps(body),
        Capabilities=CAPABILITIES, **options)
    while True:
        found = cloudformation.describe_change_set(ChangeSetName=made["Id"])
        if found["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            return found
        time.sleep(0.1)


def changes(described: dict) -> list[tuple[str, str]]:
    """(action, logical id) of each change, sorted."""
    listed = [change["ResourceChange"] for change in described.get("Changes", [])]
    return sorted((change["Action"], change["LogicalResourceId"]) for change in listed)


def change_of(described: dict, logical_id: str) -> dict:
    return next(change["ResourceChange"] for change in described["Changes"]
                if change["ResourceChange"]["LogicalResourceId"] == logical_id)


def outputs(stack: dict) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def failures(cloudformation, stack_id: str, status: str) -> list[tuple[str, str]]:
    """(logical id, reason) of the events with this status, newest first."""
    events = cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]
    return [(event["LogicalResourceId"], event.get("ResourceStatusReason", ""))
            for event in events if event["ResourceStatus"] == status]
