"""Stacks as the Python tool made them: they are updated in place, its damage is told, members keep their groups."""

import json
import os

from flow.kitchen import Kitchen
from flow.world import World, expect, expect_in
from sandbox import seed

# Where and how it deployed: always there, its bucket's root, its tags, YAML.
REGION = "ap-southeast-2"
TAGS = [{"Key": "Environment", "Value": "Prod"}, {"Key": "Application", "Value": "Bakery"},
        {"Key": "Server Name", "Value": "Bakery"}, {"Key": "Launched By", "Value": "iam_user"}]
BURGER_TAGS = [{"Key": "Environment", "Value": "Prod"}, {"Key": "Billing Code", "Value": "BC1"},
               {"Key": "Application", "Value": "Bakery"}, {"Key": "Launched By", "Value": "iam_user"}]

STACK = """\
---
AWSTemplateFormatVersion: "2010-09-09"
Description: "The groups of the Bakery account"

Parameters:

  TeamName:
    Description: "In front of all names"
    Type: String
    Default: MyTeam

  CloudFormationS3Bucket:
    Type: String
    Default: bakery-cloudformation-deployment

Resources:

  BakeryAccount:
    Type: "AWS::CloudFormation::Stack"
    Properties:
      TemplateURL: !Sub "https://s3.amazonaws.com/${CloudFormationS3Bucket}/bakery_account.yml"
      Parameters:
        TeamName: !Ref TeamName

  BakeryEnvironment:
    Type: "AWS::CloudFormation::Stack"
    Properties:
      TemplateURL: !Sub "https://s3.amazonaws.com/${CloudFormationS3Bucket}/bakery_env.yml"
"""
ACCOUNT = """\
---
AWSTemplateFormatVersion: "2010-09-09"

Parameters:

  TeamName:
    Type: String

Resources:

  BakeryAdminsGroup:
    Type: "AWS::IAM::Group"
    Properties:
      GroupName: !Sub '${TeamName}AwsBakeryAdmin'
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/AdministratorAccess

  BakeryUsersGroup:
    Type: "AWS::IAM::Group"
    Properties:
      GroupName: !Sub '${TeamName}AwsBakeryReadOnly'
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/IAMReadOnlyAccess

  BakeryUsersPolicy:
    Type: "AWS::IAM::ManagedPolicy"
    DependsOn: BakeryUsersGroup
    Properties:
      Description: This policy will allow group members to manage their passwords and MFA devices
      ManagedPolicyName: !Sub '${TeamName}AwsBakeryReadOnly'
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action:
              - iam:ChangePassword
              - iam:ListAccessKeys
            Resource:
              - !Join [ ":", [ "arn:aws:iam:", !Ref "AWS::AccountId", "user/${aws:username}" ] ]
      Groups:
        - !Ref BakeryUsersGroup
"""
GROUP = """\

  Group{both}:
    Type: AWS::IAM::Group
    Properties:
      GroupName: MyTeam{both}

  Policy{both}:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: MyTeam{both}
      Description: This policy allows to assume a role
      Groups:
        - !Ref Group{both}
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: sts:AssumeRole
            Resource:
"""
ROLE = """\

  Role{type}:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
        - Effect: Allow
          Principal:
            AWS: !Sub "arn:aws:iam::${{BakeryAccount}}:root"
          Action: sts:AssumeRole
      RoleName: !Sub "${{AccountName}}-${{Environment}}-{type}"
      ManagedPolicyArns:
      - {policy}
"""
BURGER = """\
---
AWSTemplateFormatVersion: "2010-09-09"
Description: "Burger stack"

Parameters:

  BakeryAccount:
    Type: String
    Default: {bakery}

  AccountName:
    Type: String

  Environment:
    Type: String
    AllowedValues:
    - NonProd
    - Prod
    - Mgmt

Resources:
"""


class Inherited:
    """Accounts that the tool before filled: with ids as it read them, and groups of the first environments alone."""

    def __init__(self, world: World, read_as=lambda number: number, groups_of: int | None = None, **settings):
        self.kitchen = Kitchen(world, Region=REGION, TemplateBucket=None, **settings)
        self.bucket = f"bakery-cloudformation-deployment-{self.kitchen.number}"
        self.read_as, self.environments = read_as, self.kitchen.settings["Environments"][:groups_of]
        self.s3 = seed.clients.root(self.kitchen.sandbox, "s3", self.kitchen.bakery, REGION)
        self.s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self._make_bakery()
        for environment in self.kitchen.settings["Environments"]:
            for account in environment["Accounts"]:
                self._make_burger(environment["Environment"], account)
        self.cook = self.kitchen.cook()

    def run(self, *arguments: str):
        """As people are used to: the bucket in a variable."""
        return self.cook.run(*arguments, env={"bakery_cf_bucket": self.bucket})

    def cloudformation(self, account: str | None = None):
        return seed.clients.root(self.kitchen.sandbox, "cloudformation", account or self.kitchen.bakery, REGION)

    def _make_bakery(self) -> None:
        for name, text in (("bakery_account.yml", ACCOUNT), ("bakery_env.yml", self._environment_template())):
            self.s3.put_object(Bucket=self.bucket, Key=name, Body=text.encode())
        self._make(self.kitchen.bakery, "BakeryAccount", STACK, TAGS, CloudFormationS3Bucket=self.bucket)

    def _environment_template(self) -> str:
        text = '---\nAWSTemplateFormatVersion: "2010-09-09"\n\nResources:\n'
        for environment in self.environments:
            for each in self.kitchen.settings["AccessTypes"]:
                text += GROUP.format(both=environment["Environment"] + each["Type"])
                for account in environment["Accounts"]:
                    text += (f"              - arn:aws:iam::{self.read_as(account['Id'])}:role/"
                             f"{account['Name']}-{environment['Environment']}-{each['Type']}\n")
        return text

    def _make_burger(self, environment: str, account: dict) -> None:
        text = BURGER.format(bakery=self.kitchen.bakery)
        for each in self.kitchen.settings["AccessTypes"]:
            text += ROLE.format(type=each["Type"], policy=each["PolicyArn"])
        self._make(account["Id"], "BurgerAccount", text, BURGER_TAGS, AccountName=account["Name"],
                   Environment=environment)

    def _make(self, account: str, name: str, text: str, tags: list, **parameters: str) -> None:
        cloudformation = self.cloudformation(account)
        cloudformation.create_stack(StackName=name, TemplateBody=text, Tags=tags, Capabilities=["CAPABILITY_NAMED_IAM"],
                                    Parameters=[{"ParameterKey": key, "ParameterValue": value}
                                                for key, value in parameters.items()])
        status = seed.wait_for_stack(cloudformation, name)
        expect(status == "CREATE_COMPLETE", name, status)


def ids_of(kitchen: Kitchen) -> dict:
    """What IAM knows groups and policies by: another id is another thing."""
    iam = kitchen.root("iam")
    groups = {group["GroupName"]: group["GroupId"] for group in iam.list_groups()["Groups"]}
    policies = {policy["PolicyName"]: policy["PolicyId"] for policy in iam.list_policies(Scope="Local")["Policies"]}
    return {**groups, **{"policy " + name: id for name, id in policies.items()}}


def resources_of(done) -> list[dict]:
    return json.loads(done.out)["resources"]


def test_the_bakery_is_updated_in_place(world: World):
    inherited = Inherited(world)
    kitchen = inherited.kitchen
    kitchen.member("alice", "MyTeamNonProdAdmin")
    before, grants = ids_of(kitchen), kitchen.granted("MyTeamNonProdAdmin")
    done = inherited.run("plan")
    expect(done.code == 0, done)
    expect("REPLACED" not in done.out and " - " not in done.out, done.out)
    plan = inherited.run("--output", "json", "plan")
    for resource in resources_of(plan):
        expect(resource["action"] == "Modify" and resource.get("replacement", "False") == "False", resource)
    expect(not any(each["kind"].startswith("grant-") for each in json.loads(plan.out)["differences"]), plan.out)
    done = inherited.run("deploy", "--yes")
    expect(done.code == 0, done)
    expect(ids_of(kitchen) == before, before, ids_of(kitchen))
    expect(kitchen.granted("MyTeamNonProdAdmin") == grants, grants)
    members = kitchen.root("iam").get_group(GroupName="MyTeamNonProdAdmin")["Users"]
    expect([user["UserName"] for user in members] == ["alice"], members)
    stack = inherited.cloudformation().describe_stacks(StackName="BakeryAccount")["Stacks"][0]
    expect(stack["EnableTerminationProtection"] and stack["StackStatus"] == "UPDATE_COMPLETE", stack)
    expect({"Key": "ManagedBy", "Value": "bakery"} in stack["Tags"], stack["Tags"])
    expect_in("nothing to do", inherited.run("deploy", "--yes").out)


def test_the_burgers_are_updated_in_place(world: World):
    inherited = Inherited(world)
    kitchen = inherited.kitchen
    iam = kitchen.root("iam", kitchen.account(1))
    before = {role["RoleName"]: role["RoleId"] for role in iam.list_roles()["Roles"]}
    cook = kitchen.cook(account=kitchen.account(1))
    plan = cook.run("--output", "json", "plan", "burger", "Dev")
    expect(plan.code == 0, plan)
    for resource in resources_of(plan):
        expect(resource["action"] == "Modify" and resource.get("replacement", "False") == "False", resource)
    done = cook.run("deploy", "burger", "Dev", "--yes")
    expect(done.code == 0, done)
    expect({role["RoleName"]: role["RoleId"] for role in iam.list_roles()["Roles"]} == before)
    expect_in("nothing to do", cook.run("deploy", "burger", "Dev", "--yes").out)


def octal(account: str) -> str:
    """As YAML 1.1 reads digits without quotes."""
    return str(int(account, 8)) if account.startswith("0") and not set(account) & set("89") else account


def test_an_account_id_that_was_read_as_an_octal_number(world: World):
    number = "012345670123"
    access = {"Environments": [{"Environment": "NonProd", "Accounts": [{"Id": number, "Name": "Dev"}]}]}
    inherited = Inherited(world, read_as=octal, **access)
    expect(octal(number) != number and inherited.kitchen.granted("MyTeamNonProdAdmin")[0].split(":")[4] == octal(number))
    done = inherited.run("plan")
    expect(done.code == 0, done)
    expect_in(f"account {number} stands in the policies of MyTeamNonProdAdmin as {octal(number)}, read as an octal", done.out)
    expect_in(f"gain Dev-NonProd-Admin in {number}", done.out)
    done = inherited.run("deploy", "--yes")
    expect(done.code == 0, done)
    expect(inherited.kitchen.granted("MyTeamNonProdAdmin") == [f"arn:aws:iam::{number}:role/Dev-NonProd-Admin"])
    expect("octal" not in inherited.run("plan").out)


def test_an_account_that_is_missing(world: World):
    inherited = Inherited(world)
    kitchen = inherited.kitchen
    kitchen.write(Environments=[kitchen.environment("NonProd", Dev=1, Stg=3), kitchen.environment("Prod", Shop=2)])
    done = inherited.run("plan")
    expect(done.code == 0, done)
    expect_in(f"the policies of MyTeamNonProdAdmin lack 1 of 2 accounts: {kitchen.account(3)} (Stg)", done.out)
    expect_in(f"gain Stg-NonProd-Admin in {kitchen.account(3)}", done.out)


def test_a_group_that_survived_a_deletion(world: World):
    inherited = Inherited(world, groups_of=1)
    inherited.kitchen.root("iam").create_group(GroupName="MyTeamProdAdmin")
    inherited.kitchen.member("alice", "MyTeamProdAdmin")
    done = inherited.run("plan")
    expect(done.code == 6, done)
    expect_in("would make 1 group that account", done.err)
    expect_in("MyTeamProdAdmin", done.err)
    expect_in("survived a deletion", done.err)


def test_the_wrong_region(world: World):
    inherited = Inherited(world)
    done = inherited.run("--region", "eu-west-1", "plan")
    expect(done.code == 6, done)
    expect_in("The old tool always used ap-southeast-2, and this is eu-west-1", done.err)


def test_the_bucket_keeps_what_was_there(world: World):
    inherited = Inherited(world)
    expect(inherited.run("deploy", "--yes").code == 0)
    keys = [each["Key"] for each in inherited.s3.list_objects_v2(Bucket=inherited.bucket)["Contents"]]
    expect("bakery_account.yml" in keys and "bakery_env.yml" in keys, keys)
    ours = [key for key in keys if key.startswith("bakery/")]
    expect(sorted(os.path.basename(key) for key in ours) == ["bakery_account.json", "bakery_env.json"], keys)
