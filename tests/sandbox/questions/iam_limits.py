"""Names without case, quotas, and entities that are still in use."""

import json
from types import SimpleNamespace

from ..asking import BAKERY, World, equal, refused
from . import kit

TAKEN = "EntityAlreadyExists"
LIMIT = "LimitExceeded"


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(world=world, iam=world.root("iam"), cloudformation=world.root("cloudformation"),
                        group=world.name("Group"), user=world.name("User"), role=world.name("Role"),
                        policy=world.name("Policy"), trust=json.dumps(kit.trust(kit.root_of(BAKERY))),
                        document=json.dumps(kit.policy(kit.allow("s3:*"))))
    t.iam.create_group(GroupName=t.group)
    t.iam.create_user(UserName=t.user)
    t.iam.create_role(RoleName=t.role, AssumeRolePolicyDocument=t.trust)
    t.arn = t.iam.create_policy(PolicyName=t.policy, PolicyDocument=t.document)["Policy"]["Arn"]
    return t


def _big_policy(characters: int) -> str:
    arn = "arn:aws:iam::222222222222:role/Shop-NonProd-Admin"
    arns = [arn] * (characters // len(arn))
    return json.dumps(kit.policy(kit.allow("sts:AssumeRole", arns)))


def ask_group_name_equal_but_for_case(t):
    with refused(TAKEN):
        t.iam.create_group(GroupName=t.group.upper())


def ask_user_name_equal_but_for_case(t):
    with refused(TAKEN):
        t.iam.create_user(UserName=t.user.upper())


def ask_role_name_equal_but_for_case(t):
    with refused(TAKEN):
        t.iam.create_role(RoleName=t.role.upper(), AssumeRolePolicyDocument=t.trust)


def ask_policy_name_equal_but_for_case(t):
    with refused(TAKEN):
        t.iam.create_policy(PolicyName=t.policy.upper(), PolicyDocument=t.document)


def ask_group_name_equal_but_for_case_in_a_stack(t):
    stack = kit.create(t.cloudformation, t.world.name("case"), kit.template({"G": kit.group(t.group.lower())}))
    equal(stack["StackStatus"], "ROLLBACK_COMPLETE")


def ask_role_name_of_65_characters(t):
    with refused("ValidationError"):
        t.iam.create_role(RoleName="r" * 65, AssumeRolePolicyDocument=t.trust)


def ask_policy_over_6144_characters(t):
    with refused(LIMIT):
        t.iam.create_policy(PolicyName=t.policy + "big", PolicyDocument=_big_policy(6400))


def ask_white_space_does_not_count(t):
    spaced = json.dumps(json.loads(_big_policy(5000)), indent=40)
    equal(len(spaced) > 6144, True)
    t.iam.create_policy(PolicyName=t.policy + "spaced", PolicyDocument=spaced)


def ask_inline_group_policy_over_5120_characters(t):
    with refused(LIMIT):
        t.iam.put_group_policy(GroupName=t.group, PolicyName="big", PolicyDocument=_big_policy(5500))


def ask_trust_policy_over_2048_characters(t):
    many = kit.trust(BAKERY)
    many["Statement"][0]["Principal"]["AWS"] = [kit.root_of(BAKERY)] * 70
    with refused(LIMIT):
        t.iam.update_assume_role_policy(RoleName=t.role, PolicyDocument=json.dumps(many))


def ask_eleventh_managed_policy_on_a_group(t):
    for number in range(11):
        name = f"{t.policy}-{number}"
        arn = t.iam.create_policy(PolicyName=name, PolicyDocument=t.document)["Policy"]["Arn"]
        if number < 10:
            t.iam.attach_group_policy(GroupName=t.group, PolicyArn=arn)
    with refused(LIMIT):
        t.iam.attach_group_policy(GroupName=t.group, PolicyArn=arn)


def ask_eleventh_group_of_a_user(t):
    for number in range(11):
        t.iam.create_group(GroupName=f"{t.group}-{number}")
    for number in range(10):
        t.iam.add_user_to_group(GroupName=f"{t.group}-{number}", UserName=t.user)
    with refused(LIMIT):
        t.iam.add_user_to_group(GroupName=f"{t.group}-10", UserName=t.user)


def ask_third_access_key_of_a_user(t):
    t.iam.create_access_key(UserName=t.user)
    t.iam.create_access_key(UserName=t.user)
    with refused(LIMIT):
        t.iam.create_access_key(UserName=t.user)


def ask_sixth_version_of_a_policy(t):
    for _ in range(4):
        t.iam.create_policy_version(PolicyArn=t.arn, PolicyDocument=t.document)
    with refused(LIMIT):
        t.iam.create_policy_version(PolicyArn=t.arn, PolicyDocument=t.document)


def ask_MaxSessionDuration_over_12_hours(t):
    with refused("ValidationError"):
        t.iam.create_role(RoleName=t.role + "x", AssumeRolePolicyDocument=t.trust, MaxSessionDuration=43201)


def ask_identity_policy_with_a_principal(t):
    with refused("MalformedPolicyDocument"):
        t.iam.create_policy(PolicyName=t.policy + "y", PolicyDocument=t.trust)


def ask_attaching_a_policy_that_does_not_exist(t):
    with refused("NoSuchEntity"):
        t.iam.attach_user_policy(UserName=t.user, PolicyArn=t.arn + "-none")


def ask_user_in_a_group_cannot_be_deleted(t):
    for key in t.iam.list_access_keys(UserName=t.user)["AccessKeyMetadata"]:
        t.iam.delete_access_key(UserName=t.user, AccessKeyId=key["AccessKeyId"])
    with refused("DeleteConflict"):
        t.iam.delete_user(UserName=t.user)


def ask_group_with_a_policy_cannot_be_deleted(t):
    with refused("DeleteConflict"):
        t.iam.delete_group(GroupName=t.group)
