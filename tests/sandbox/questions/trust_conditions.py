"""Conditions of trust and identity policies: session name, source identity, tags, principal, variables."""

import json
from types import SimpleNamespace

from ..asking import BAKERY, BURGER, World, contains, equal, refused
from . import kit

DENIED = ("AccessDenied", "AccessDeniedException")
USERNAME = "${aws:username}"


def _statement(action: str, condition: dict | None = None) -> dict:
    return kit.trust(kit.root_of(BAKERY), condition, action)["Statement"][0]


def _trusts(t) -> dict[str, dict]:
    own_name = {"StringEquals": {"sts:RoleSessionName": USERNAME}}
    own_source = {"StringEquals": {"sts:SourceIdentity": USERNAME}}
    few_tags = {"ForAllValues:StringEquals": {"aws:TagKeys": ["Project"]}}
    only_alice = {"ArnEquals": {"aws:PrincipalArn": t.alice.Arn}}
    from_role = {"ArnEquals": {"aws:PrincipalArn": kit.role_arn(BURGER, t.world.name("open"))}}
    old = {**kit.policy(_statement("sts:AssumeRole", own_name)), "Version": "2008-10-17"}
    return {
        "open": kit.policy(_statement("sts:AssumeRole")),
        "named": kit.policy(_statement("sts:AssumeRole", own_name)),
        "old": old,
        "source": kit.policy(_statement("sts:AssumeRole"), _statement("sts:SetSourceIdentity", own_source)),
        "tagged": kit.policy(_statement("sts:AssumeRole"), _statement("sts:TagSession", few_tags)),
        "untagged": kit.policy(_statement("sts:AssumeRole", {"Null": {"aws:TagKeys": "true"}})),
        "person": kit.policy(_statement("sts:AssumeRole", only_alice)),
        "denying": kit.policy(_statement("sts:AssumeRole"), {**_statement("sts:AssumeRole", only_alice),
                                                             "Effect": "Deny"}),
        "chained": kit.policy({**_statement("sts:AssumeRole", from_role),
                               "Principal": {"AWS": kit.root_of(BURGER)}}),
        "inner": kit.policy({**_statement(["sts:AssumeRole", "sts:SetSourceIdentity"]),
                             "Principal": {"AWS": kit.root_of(BURGER)}}),
        "extern": kit.policy(_statement("sts:AssumeRole")),
    }


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(world=world, iam=world.root("iam", BURGER))
    everything = kit.policy(kit.allow(["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]))
    t.alice = world.user("alice", policy=everything, path="/people/")
    only_assume = kit.policy(kit.allow("sts:AssumeRole", Condition={"StringEquals": {"sts:RoleSessionName": USERNAME}}))
    t.bob = world.user("bob", policy=only_assume)
    for word, trust in _trusts(t).items():
        t.iam.create_role(RoleName=world.name(word), AssumeRolePolicyDocument=json.dumps(trust))
        t.iam.put_role_policy(RoleName=world.name(word), PolicyName="on",
                              PolicyDocument=json.dumps(kit.policy(kit.allow("sts:*"))))
    return t


def _assume(t, word: str, user=None, session_name: str = "session", sts=None, **options) -> dict:
    sts = sts or t.world.of(user or t.alice, "sts")
    return sts.assume_role(RoleArn=kit.role_arn(BURGER, t.world.name(word)), RoleSessionName=session_name, **options)


def ask_session_name_that_is_the_user_name(t):
    _assume(t, "named", session_name=t.alice.UserName)


def ask_session_name_of_someone_else_is_denied(t):
    with refused(*DENIED):
        _assume(t, "named", session_name=t.bob.UserName)


def ask_variables_need_the_new_policy_version(t):
    with refused(*DENIED):
        _assume(t, "old", session_name=t.alice.UserName)


def ask_session_name_condition_in_the_callers_policy(t):
    _assume(t, "open", t.bob, t.bob.UserName)
    with refused(*DENIED):
        _assume(t, "open", t.bob, "other")


def ask_source_identity_is_kept_and_answered(t):
    answer = _assume(t, "source", SourceIdentity=t.alice.UserName)
    equal(answer["SourceIdentity"], t.alice.UserName)


def ask_source_identity_of_someone_else_is_denied(t):
    with refused(*DENIED):
        _assume(t, "source", SourceIdentity="mallory")


def ask_source_identity_needs_the_trust_to_allow_it(t):
    with refused(*DENIED):
        _assume(t, "open", SourceIdentity=t.alice.UserName)


def ask_source_identity_needs_the_caller_to_be_allowed(t):
    with refused(*DENIED):
        _assume(t, "source", t.bob, t.bob.UserName, SourceIdentity=t.bob.UserName)


def ask_source_identity_cannot_be_changed_later(t):
    first = _assume(t, "source", SourceIdentity=t.alice.UserName)["Credentials"]
    with refused(*DENIED):
        _assume(t, "inner", sts=t.world.of_session(first, "sts"), SourceIdentity="mallory")
    equal(_assume(t, "inner", sts=t.world.of_session(first, "sts"))["SourceIdentity"], t.alice.UserName)


def ask_allowed_session_tag(t):
    _assume(t, "tagged", Tags=[{"Key": "Project", "Value": "x"}])


def ask_other_session_tag_is_denied(t):
    with refused(*DENIED):
        _assume(t, "tagged", Tags=[{"Key": "Team", "Value": "x"}])


def ask_request_without_tags_has_no_TagKeys(t):
    _assume(t, "untagged")


def ask_session_tag_needs_the_caller_to_be_allowed(t):
    with refused(*DENIED):
        _assume(t, "tagged", t.bob, t.bob.UserName, Tags=[{"Key": "Project", "Value": "x"}])


def ask_PrincipalArn_of_the_user(t):
    _assume(t, "person")
    with refused(*DENIED):
        _assume(t, "person", t.bob, t.bob.UserName)


def ask_Deny_in_the_trust_wins(t):
    with refused(*DENIED):
        _assume(t, "denying")
    _assume(t, "denying", t.bob, t.bob.UserName)


def ask_PrincipalArn_of_a_session_is_that_of_its_role(t):
    first = _assume(t, "open")["Credentials"]
    _assume(t, "chained", sts=t.world.of_session(first, "sts"))
    other = _assume(t, "extern")["Credentials"]
    with refused(*DENIED):
        _assume(t, "chained", sts=t.world.of_session(other, "sts"))


def ask_session_policy_narrows_the_role(t):
    narrow = json.dumps(kit.policy(kit.allow("iam:ListRoles")))
    session = _assume(t, "open", Policy=narrow)["Credentials"]
    with refused(*DENIED):
        _assume(t, "chained", sts=t.world.of_session(session, "sts"))


def ask_denial_names_caller_action_and_role(t):
    try:
        _assume(t, "ghost")
    except t.world.of(t.alice, "sts").exceptions.ClientError as denial:
        message = denial.response["Error"]["Message"]
        contains(message, f"User: {t.alice.Arn} is not authorized to perform: sts:AssumeRole on resource: ")
        return
    raise AssertionError("accepted")
