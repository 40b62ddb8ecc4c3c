"""What the tests of deploying stand on: accounts of their own for each test, and people with no more rights than it takes."""

import contextlib
import itertools
import json
import os
import tempfile
import time

from flow.world import RUN_TIMEOUT_S, Person, Proxy, World, expect
from sandbox import clients, launcher, seed

# What deploying takes. Stacks act with the rights of whoever deploys them, which the sandbox does not ask for.
STACKS = ["cloudformation:" + action for action in (
    "ContinueUpdateRollback", "CreateChangeSet", "DeleteChangeSet", "DeleteStack", "DescribeChangeSet",
    "DescribeStackEvents", "DescribeStacks", "ExecuteChangeSet", "GetTemplate", "ListChangeSets", "ListStackResources",
    "RollbackStack", "UpdateTerminationProtection")]
TEMPLATES = ["s3:" + action for action in (
    "CreateBucket", "GetObject", "ListBucket", "PutBucketOwnershipControls", "PutBucketPolicy", "PutBucketPublicAccessBlock", "PutBucketVersioning",
    "PutEncryptionConfiguration", "PutObject")]
PEOPLE = ["iam:GetAccountSummary", "iam:GetGroup", "iam:ListGroups", "iam:ListRoles"]
DEPLOYER = "BakeryDeployer"

_numbers = itertools.count(1)


def allow(*actions: str) -> dict:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


class Kitchen:
    """A Bakery account, its burgers, a configuration of them, and people who run bakery-cli with it."""

    def __init__(self, world: World, sandbox: str | None = None, endpoint: str | None = None, **settings):
        self.number = next(_numbers)
        self.cli, self.sandbox = world.cli, sandbox or world.sandbox
        self.endpoint = endpoint or sandbox or world.endpoint
        self.folder = tempfile.mkdtemp(prefix="kitchen", dir=world.folder)
        self.config = os.path.join(self.folder, "config.yml")
        self.bakery = self.account(0)
        self.bucket = f"bakery-templates-{self.number}"
        self._people = itertools.count(1)
        self.settings = {
            "TeamName": "MyTeam", "BillingCode": "BC1", "BakeryAccount": self.bakery, "Region": "us-east-1",
            "TemplateBucket": self.bucket,
            "AccessTypes": [{"Type": name, "PolicyArn": f"arn:aws:iam::aws:policy/{policy}"}
                            for name, policy in (("Admin", "AdministratorAccess"), ("ReadOnly", "ReadOnlyAccess"))],
            "Environments": [self.environment("NonProd", Dev=1), self.environment("Prod", Shop=2)], **settings}
        self.write()

    def account(self, number: int) -> str:
        """Its id: accounts of the sandbox come into being when somebody names them."""
        return f"7{self.number:03d}{number:08d}"

    def environment(self, name: str, /, **accounts: int) -> dict:
        return {"Environment": name,
                "Accounts": [{"Id": self.account(number), "Name": of} for of, number in accounts.items()]}

    def write(self, **settings) -> None:
        """The configuration, with those settings from now on. JSON is YAML."""
        self.settings.update(settings)
        with open(self.config, "w") as file:
            json.dump({key: value for key, value in self.settings.items() if value is not None}, file, indent=1)

    def root(self, service: str, account: str | None = None):
        return clients.root(self.sandbox, service, account or self.bakery)

    def cook(self, *groups: str, account: str | None = None, policy: dict | None = None) -> Person:
        """Who may deploy what, in the Bakery account if nothing else is said; an IAM user."""
        policy = policy or allow(*STACKS, *TEMPLATES, *PEOPLE, "sts:AssumeRole")
        name = f"cook{next(self._people)}"
        return Person(self, seed.create_user(self.sandbox, name, account or self.bakery, groups=groups, policy=policy))

    def member(self, name: str, group: str) -> None:
        iam = self.root("iam")
        with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_user(UserName=name)
        iam.add_user_to_group(GroupName=group, UserName=name)

    def deployer(self, number: int, policy: dict | None = None) -> None:
        """The role in a burger that the Bakery account deploys with."""
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {
            "AWS": f"arn:aws:iam::{self.bakery}:root"}}]}
        iam = self.root("iam", self.account(number))
        iam.create_role(RoleName=DEPLOYER, AssumeRolePolicyDocument=json.dumps(trust))
        iam.put_role_policy(RoleName=DEPLOYER, PolicyName="Deploy",
                            PolicyDocument=json.dumps(policy or allow(*STACKS, *TEMPLATES, "iam:GetAccountSummary", "iam:ListRoles")))

    # What is in the accounts.

    def stack(self, name: str = "BakeryAccount", account: str | None = None) -> dict | None:
        cloudformation = self.root("cloudformation", account)
        with contextlib.suppress(cloudformation.exceptions.ClientError):
            return cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        return None

    def status(self, name: str = "BakeryAccount", account: str | None = None) -> str | None:
        stack = self.stack(name, account)
        return stack and stack["StackStatus"]

    def change_sets(self, name: str = "BakeryAccount", account: str | None = None) -> list[str]:
        """Of a stack, and of those nested in it."""
        cloudformation = self.root("cloudformation", account)
        names = [stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]
                 if stack["StackName"] == name or stack["StackName"].startswith(name + "-")]
        return [found["ChangeSetName"] for each in names
                for found in cloudformation.list_change_sets(StackName=each)["Summaries"]
                if found["ExecutionStatus"] in ("AVAILABLE", "UNAVAILABLE")]

    def groups(self) -> list[str]:
        return sorted(group["GroupName"] for group in self.root("iam").list_groups()["Groups"])

    def roles(self, number: int) -> list[str]:
        roles = self.root("iam", self.account(number)).list_roles()["Roles"]
        return sorted(role["RoleName"] for role in roles if role["RoleName"] != DEPLOYER)

    def granted(self, group: str) -> list[str]:
        """The roles that members of the group may assume."""
        iam, found = self.root("iam"), []
        for policy in iam.list_attached_group_policies(GroupName=group)["AttachedPolicies"]:
            version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
            document = iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)
            for statement in document["PolicyVersion"]["Document"]["Statement"]:
                if statement["Effect"] == "Allow" and statement["Action"] == "sts:AssumeRole":
                    resources = statement["Resource"]
                    found += [resources] if isinstance(resources, str) else resources
        return sorted(found)

    def contents(self) -> tuple:
        """All that deploying could have written, to compare."""
        s3 = self.root("s3")
        buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"] if bucket["Name"] == self.bucket]
        keys = [each["Key"] for bucket in buckets for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        cloudformation = self.root("cloudformation")
        stacks = [(stack["StackName"], stack["StackStatus"]) for stack in cloudformation.describe_stacks()["Stacks"]]
        return buckets, keys, sorted(stacks), self.change_sets(), self.groups()

    def until(self, status: str, name: str = "BakeryAccount", account: str | None = None) -> None:
        deadline = time.monotonic() + RUN_TIMEOUT_S
        while self.status(name, account) != status:
            expect(time.monotonic() < deadline, f"{name} did not come to {status}: {self.status(name, account)}")
            time.sleep(0.1)

    def deployed(self, cook: Person | None = None) -> Person:
        """The Bakery account's stack is there; the cook who did it."""
        cook = cook or self.cook()
        done = cook.run("deploy", "bakery", "--yes", "--create-bucket")
        expect(done.code == 0, done)
        return cook


@contextlib.contextmanager
def slow(world: World, pace_s: float = 0.5, **settings):
    """A kitchen in a sandbox of its own, in which every resource takes its time."""
    with launcher.running(pace_s=pace_s) as endpoint:
        yield Kitchen(world, sandbox=endpoint, **settings)


__all__ = ["DEPLOYER", "Kitchen", "PEOPLE", "Proxy", "STACKS", "TEMPLATES", "allow", "slow"]
