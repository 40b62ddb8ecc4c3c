"""Lists that come in pages."""

import json
from types import SimpleNamespace

from ..asking import BAKERY, World, equal
from . import kit

MANY_STACKS = 105


def prepare(world: World) -> SimpleNamespace:
    iam = world.root("iam")
    trust = json.dumps(kit.trust(kit.root_of(BAKERY)))
    document = json.dumps(kit.policy(kit.allow("s3:*")))
    for number in range(7):
        iam.create_user(UserName=world.name(f"u{number}-"))
        iam.create_group(GroupName=world.name(f"g{number}-"))
    for number in range(4):
        iam.create_role(RoleName=world.name(f"r{number}-"), AssumeRolePolicyDocument=trust, Path="/paged/")
        iam.create_policy(PolicyName=world.name(f"p{number}-"), PolicyDocument=document)
    for number in range(5):
        iam.add_user_to_group(GroupName=world.name("g0-"), UserName=world.name(f"u{number}-"))
    return SimpleNamespace(world=world, iam=iam, cloudformation=world.root("cloudformation"))


def collect(operation, key: str, given: str = "Marker", returned: str = "Marker", **request) -> tuple[list, int]:
    """All items, and the number of pages they came in."""
    items, pages, mark = [], 0, None
    while pages == 0 or mark:
        answer = operation(**request, **({given: mark} if mark else {}))
        items += answer[key]
        pages += 1
        mark = answer.get(returned)
    return items, pages


def _must_page(operation, key: str, **request) -> None:
    items, pages = collect(operation, key, MaxItems=3, **request)
    whole = operation(MaxItems=1000, **request)[key]
    equal(len(items), len(whole))
    equal(pages > 1, True)


def _must_page_stacks(operation, key: str, **request) -> None:
    items, pages = collect(operation, key, "NextToken", "NextToken", **request)
    equal((len(items) > 100, pages > 1), (True, True))


def ask_ListUsers(t):
    _must_page(t.iam.list_users, "Users")


def ask_ListGroups(t):
    _must_page(t.iam.list_groups, "Groups")


def ask_ListRoles_below_a_path(t):
    _must_page(t.iam.list_roles, "Roles", PathPrefix="/paged/")


def ask_ListPolicies_of_the_account(t):
    _must_page(t.iam.list_policies, "Policies", Scope="Local")


def ask_GetGroup_pages_its_users(t):
    users, pages = collect(t.iam.get_group, "Users", GroupName=t.world.name("g0-"), MaxItems=2)
    equal((len(users), pages), (5, 3))


def ask_GetAccountAuthorizationDetails_pages_over_all_its_lists(t):
    answer = t.iam.get_account_authorization_details(MaxItems=3)
    count = sum(len(answer[key]) for key in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"))
    equal((count, answer["IsTruncated"]), (3, True))


def ask_DescribeStackEvents(t):
    name = t.world.name("events")
    kit.create(t.cloudformation, name, kit.template({f"T{number}": kit.topic() for number in range(60)}))
    _must_page_stacks(t.cloudformation.describe_stack_events, "StackEvents", StackName=name)


def ask_ListStacks(t):
    body = json.dumps(kit.template({"T": kit.topic()}))
    for number in range(MANY_STACKS):
        t.cloudformation.create_stack(StackName=t.world.name(f"s{number}-"), TemplateBody=body)
    _must_page_stacks(t.cloudformation.list_stacks, "StackSummaries")


def ask_DescribeStacks(t):
    _must_page_stacks(t.cloudformation.describe_stacks, "Stacks")
