"""Accounts with chosen ids, and reading them with the rights of a role."""

import json
from types import SimpleNamespace

from ..asking import BAKERY, World, equal, refused
from . import kit

MANAGEMENT_ACCOUNT = "888888888888"
MEMBERS = ("222222222222", "333333333333")


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(world=world, role=world.name("reader"))
    user = world.user("planner", policy=kit.policy(kit.allow("sts:AssumeRole")))
    iam = world.root("iam", MANAGEMENT_ACCOUNT)
    iam.create_role(RoleName=t.role, AssumeRolePolicyDocument=json.dumps(kit.trust(kit.root_of(BAKERY))))
    read = json.dumps(kit.policy(kit.allow("organizations:ListAccounts")))
    iam.put_role_policy(RoleName=t.role, PolicyName="read", PolicyDocument=read)
    arn = kit.role_arn(MANAGEMENT_ACCOUNT, t.role)
    session = world.of(user, "sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]
    t.organizations = world.of_session(session, "organizations")
    return t


def ask_accounts_are_made_with_the_wanted_ids(t):
    root = t.world.root("organizations", MANAGEMENT_ACCOUNT)
    for account in MEMBERS:
        made = root.create_account(AccountName="Burger", Email=f"{account}@example.com")["CreateAccountStatus"]
        equal(made["AccountId"], account)


def ask_role_with_ListAccounts_reads_them(t):
    accounts = t.organizations.list_accounts()["Accounts"]
    equal({account["Id"] for account in accounts}, {MANAGEMENT_ACCOUNT, *MEMBERS})


def ask_role_without_DescribeOrganization_is_denied(t):
    with refused("AccessDeniedException", "AccessDenied"):
        t.organizations.describe_organization()
