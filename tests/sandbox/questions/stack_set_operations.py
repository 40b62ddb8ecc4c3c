"""What deploy --stack-set does: mappings by account, updates, failures, stacks that exist already, removal."""

import json
from types import SimpleNamespace

from ..asking import BAKERY, BURGER, OTHER_BURGER, World, contains, equal, refused
from ..clients import REGION
from . import kit


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(world=world, name=world.name("set"), suffix=world.name("-"), imported=world.name("imported"),
                        cloudformation=world.root("cloudformation"), iam=world.root("iam", BURGER))
    t.trust = kit.trust(kit.root_of(BAKERY))
    t.body = _body(t, "Shop")
    return t


def _body(t, name: str, **properties) -> dict:
    """The account's name comes from a mapping keyed by its id, so that one template serves all accounts."""
    names = {account: {"Name": name + number + t.suffix} for number, account in
             (("A", BURGER), ("B", OTHER_BURGER))}
    own_name = {"Fn::FindInMap": ["Accounts", {"Ref": "AWS::AccountId"}, "Name"]}
    return kit.template({"R": kit.role(own_name, t.trust, **properties)}, Mappings={"Accounts": names})


def _finish(t, operation_id: str) -> str:
    while True:
        found = t.cloudformation.describe_stack_set_operation(StackSetName=t.name, OperationId=operation_id)
        if found["StackSetOperation"]["Status"] != "RUNNING":
            return found["StackSetOperation"]["Status"]


def _update(t, body: dict) -> str:
    made = t.cloudformation.update_stack_set(StackSetName=t.name, TemplateBody=json.dumps(body),
                                             Capabilities=kit.CAPABILITIES)
    return _finish(t, made["OperationId"])


def ask_one_template_names_its_role_by_account(t):
    t.cloudformation.create_stack_set(StackSetName=t.name, TemplateBody=json.dumps(t.body), ClientRequestToken="one",
                                      Capabilities=kit.CAPABILITIES)
    made = t.cloudformation.create_stack_instances(StackSetName=t.name, Accounts=[BURGER, OTHER_BURGER],
                                                   Regions=[REGION])
    equal(_finish(t, made["OperationId"]), "SUCCEEDED")
    t.iam.get_role(RoleName="ShopA" + t.suffix)
    t.world.root("iam", OTHER_BURGER).get_role(RoleName="ShopB" + t.suffix)


def ask_same_token_gives_the_same_set_and_another_is_refused(t):
    request = {"StackSetName": t.name, "TemplateBody": json.dumps(t.body), "Capabilities": kit.CAPABILITIES}
    t.cloudformation.create_stack_set(**request, ClientRequestToken="one")
    with refused("NameAlreadyExistsException"):
        t.cloudformation.create_stack_set(**request, ClientRequestToken="two")


def ask_the_set_tells_its_tags_and_roles(t):
    name, role = t.name + "told", kit.role_arn(BAKERY, "Admin")
    t.cloudformation.create_stack_set(StackSetName=name, TemplateBody=json.dumps(t.body), AdministrationRoleARN=role,
                                      ExecutionRoleName="Exec", ManagedExecution={"Active": True},
                                      Tags=[{"Key": "K", "Value": "V"}], Capabilities=kit.CAPABILITIES)
    found = t.cloudformation.describe_stack_set(StackSetName=name)["StackSet"]
    equal((found["AdministrationRoleARN"], found["ExecutionRoleName"]), (role, "Exec"))
    equal((found["ManagedExecution"], found["Tags"]), ({"Active": True}, [{"Key": "K", "Value": "V"}]))
    t.cloudformation.delete_stack_set(StackSetName=name)


def ask_UpdateStackInstances_reaches_those_that_are_there(t):
    made = t.cloudformation.update_stack_instances(StackSetName=t.name, Accounts=[BURGER], Regions=[REGION])
    equal(_finish(t, made["OperationId"]), "SUCCEEDED")
    results = t.cloudformation.list_stack_set_operation_results(StackSetName=t.name, OperationId=made["OperationId"])
    equal([result["Account"] for result in results["Summaries"]], [BURGER])
    with refused("StackInstanceNotFoundException"):
        t.cloudformation.update_stack_instances(StackSetName=t.name, Accounts=[BURGER], Regions=["eu-west-1"])


def ask_an_operation_that_has_ended_is_not_stopped(t):
    last = t.cloudformation.list_stack_set_operations(StackSetName=t.name)["Summaries"][0]
    with refused("InvalidOperationException"):
        t.cloudformation.stop_stack_set_operation(StackSetName=t.name, OperationId=last["OperationId"])


def ask_update_reaches_every_account(t):
    equal(_update(t, _body(t, "Shop", MaxSessionDuration=7200)), "SUCCEEDED")
    equal(t.iam.get_role(RoleName="ShopA" + t.suffix)["Role"]["MaxSessionDuration"], 7200)


def ask_failure_in_one_account_is_told_for_that_account(t):
    t.iam.create_role(RoleName="NewA" + t.suffix, AssumeRolePolicyDocument=json.dumps(t.trust))
    equal(_update(t, _body(t, "New")), "FAILED")
    last = t.cloudformation.list_stack_set_operations(StackSetName=t.name)["Summaries"][0]
    results = t.cloudformation.list_stack_set_operation_results(StackSetName=t.name, OperationId=last["OperationId"])
    states = {result["Account"]: result["Status"] for result in results["Summaries"]}
    equal(states, {BURGER: "FAILED", OTHER_BURGER: "SUCCEEDED"})
    instances = t.cloudformation.list_stack_instances(StackSetName=t.name)["Summaries"]
    equal({instance["Account"]: instance["Status"] for instance in instances},
          {BURGER: "OUTDATED", OTHER_BURGER: "CURRENT"})


def ask_set_with_instances_cannot_be_deleted(t):
    with refused("StackSetNotEmptyException"):
        t.cloudformation.delete_stack_set(StackSetName=t.name)


def ask_instances_and_their_roles_are_removed(t):
    made = t.cloudformation.delete_stack_instances(StackSetName=t.name, Accounts=[BURGER, OTHER_BURGER],
                                                   Regions=[REGION], RetainStacks=False)
    equal(_finish(t, made["OperationId"]), "SUCCEEDED")
    with refused("NoSuchEntity"):
        t.iam.get_role(RoleName="ShopA" + t.suffix)


def ask_existing_stack_is_imported_and_then_updated(t):
    body = kit.template({"R": kit.role(t.imported, t.trust)})
    stack_id = kit.create(t.world.root("cloudformation", BURGER), t.imported, body)["StackId"]
    made = t.cloudformation.import_stacks_to_stack_set(StackSetName=t.name, StackIds=[stack_id])
    equal(_finish(t, made["OperationId"]), "SUCCEEDED")
    equal(_update(t, kit.template({"R": kit.role(t.imported, t.trust, MaxSessionDuration=7200)})), "SUCCEEDED")
    equal(t.iam.get_role(RoleName=t.imported)["Role"]["MaxSessionDuration"], 7200)


def ask_eleven_stacks_at_once_are_refused(t):
    with refused("ValidationError"):
        t.cloudformation.import_stacks_to_stack_set(StackSetName=t.name, StackIds=["arn:x"] * 11)


def ask_unknown_set(t):
    with refused("StackSetNotFoundException"):
        t.cloudformation.describe_stack_set(StackSetName="nope")


def ask_empty_set_is_described_and_deleted(t):
    made = t.cloudformation.delete_stack_instances(StackSetName=t.name, Accounts=[BURGER], Regions=[REGION],
                                                   RetainStacks=True)
    equal(_finish(t, made["OperationId"]), "SUCCEEDED")
    described = t.cloudformation.describe_stack_set(StackSetName=t.name)["StackSet"]
    contains(described["TemplateBody"], "MaxSessionDuration")
    t.cloudformation.delete_stack_set(StackSetName=t.name)
    with refused("StackSetNotFoundException"):
        t.cloudformation.describe_stack_set(StackSetName=t.name)
