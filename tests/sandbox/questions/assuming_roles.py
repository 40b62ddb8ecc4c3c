"""From a user of the Bakery account into roles of a burger account, and every refusal on the way."""

from types import SimpleNamespace

from botocore.config import Config

from .. import clients
from ..asking import BAKERY, BURGER, World, contains, equal, refused
from . import kit

DENIED = ("AccessDenied", "AccessDeniedException")
BAD_TOKEN = ("InvalidClientTokenId", "InvalidToken", "UnrecognizedClientException")


def prepare(world: World) -> SimpleNamespace:
    enter = kit.policy(kit.allow("sts:AssumeRole", f"arn:aws:iam::{BURGER}:role/*"))
    t = SimpleNamespace(world=world, alice=world.user("alice", policy=enter), nobody=world.user("nobody"))
    t.cloudformation, t.iam = world.root("cloudformation", BURGER), world.root("iam", BURGER)
    return t


def _roles(t) -> dict:
    own_root = kit.root_of(BAKERY)
    read = {"PolicyName": "read", "PolicyDocument": kit.policy(kit.allow(["iam:ListUsers", "iam:GetRole"]))}
    trusts = {
        "ok": kit.trust(own_root),
        "user": kit.trust(t.alice.Arn),
        "stranger": kit.trust(kit.root_of("999999999999")),
        "mfa": kit.trust(own_root, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        "age": kit.trust(own_root, {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}),
        "external": kit.trust(own_root, {"StringEquals": {"sts:ExternalId": "s3cret"}}),
    }
    more = {"ok": {"MaxSessionDuration": 3600, "Policies": [read]}}
    return {name.capitalize(): kit.role(t.world.name(name), trust, **more.get(name, {}))
            for name, trust in trusts.items()}


def _assume(t, user, word: str, **options) -> dict:
    arn = kit.role_arn(BURGER, t.world.name(word))
    return t.world.of(user, "sts").assume_role(RoleArn=arn, RoleSessionName="session", **options)["Credentials"]


def ask_deploy_roles_into_the_burger_account(t):
    stack = kit.create(t.cloudformation, t.world.name("roles"), kit.template(_roles(t)))
    equal(stack["StackStatus"], "CREATE_COMPLETE")
    equal(t.iam.get_role(RoleName=t.world.name("ok"))["Role"]["Arn"], kit.role_arn(BURGER, t.world.name("ok")))


def ask_role_of_the_burger_is_not_seen_in_the_bakery(t):
    with refused("NoSuchEntity"):
        t.world.root("iam").get_role(RoleName=t.world.name("ok"))


def ask_GetCallerIdentity_of_the_user(t):
    identity = t.world.of(t.alice, "sts").get_caller_identity()
    equal((identity["Account"], identity["Arn"]), (BAKERY, t.alice.Arn))


def ask_AssumeRole_and_act_in_the_burger(t):
    t.session = _assume(t, t.alice, "ok")
    identity = t.world.of_session(t.session, "sts").get_caller_identity()
    equal(identity["Account"], BURGER)
    contains(identity["Arn"], f":assumed-role/{t.world.name('ok')}/session")


def ask_role_session_may_do_what_its_role_may(t):
    t.world.of_session(t.session, "iam").list_users()


def ask_role_session_is_denied_what_its_role_is_not_allowed(t):
    with refused(*DENIED):
        t.world.of_session(t.session, "iam").list_roles()


def ask_session_key_with_a_wrong_token_is_refused(t):
    with refused(*BAD_TOKEN):
        t.world.of_session({**t.session, "SessionToken": "bogus"}, "sts").get_caller_identity()


def ask_session_key_without_token_is_refused(t):
    with refused(*BAD_TOKEN):
        t.world.of_session({**t.session, "SessionToken": None}, "sts").get_caller_identity()


def ask_user_without_sts_AssumeRole_is_denied(t):
    with refused(*DENIED):
        _assume(t, t.nobody, "ok")


def ask_trust_in_a_user_lets_that_user_in(t):
    _assume(t, t.alice, "user")


def ask_trust_in_another_account_is_denied(t):
    with refused(*DENIED):
        _assume(t, t.alice, "stranger")


def ask_role_with_MFA_is_denied_without(t):
    with refused(*DENIED):
        _assume(t, t.alice, "mfa")


def ask_role_with_a_limit_on_MFA_age_is_denied_without(t):
    with refused(*DENIED):
        _assume(t, t.alice, "age")


def ask_wrong_external_id_is_denied(t):
    with refused(*DENIED):
        _assume(t, t.alice, "external", ExternalId="bad")


def ask_missing_external_id_is_denied(t):
    with refused(*DENIED):
        _assume(t, t.alice, "external")


def ask_right_external_id(t):
    _assume(t, t.alice, "external", ExternalId="s3cret")


def ask_duration_over_MaxSessionDuration_is_refused(t):
    with refused("ValidationError"):
        _assume(t, t.alice, "ok", DurationSeconds=7200)


def ask_duration_under_900_is_refused(t):
    unchecked = clients.CONFIG.merge(Config(parameter_validation=False))
    sts = clients.client(t.world.endpoint, "sts", t.alice.AccessKeyId, t.alice.SecretAccessKey, config=unchecked)
    with refused("ValidationError"):
        sts.assume_role(RoleArn=kit.role_arn(BURGER, t.world.name("ok")), RoleSessionName="session",
                        DurationSeconds=100)


def ask_role_that_does_not_exist_is_denied(t):
    with refused(*DENIED):
        _assume(t, t.alice, "ghost")


def ask_chained_role_over_one_hour_is_refused(t):
    arn = kit.role_arn(BURGER, t.world.name("ok"))
    with refused("ValidationError", "AccessDenied"):
        t.world.of_session(t.session, "sts").assume_role(RoleArn=arn, RoleSessionName="session", DurationSeconds=7200)
