"""The helper that fills a sandbox, as functions and as a command."""

import json
import os
import subprocess
import sys
import tempfile
from types import SimpleNamespace

from .. import seed
from ..asking import BAKERY, BURGER, World, contains, equal, refused
from . import kit

SEED = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "seed.py")
TEAM = "Team"


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(world=world, folder=tempfile.TemporaryDirectory(), prefix=world.name("P"),
                        team=world.name(TEAM), bucket=world.name("bakery-templates-"))
    for name, body in _templates(t).items():
        with open(os.path.join(t.folder.name, name), "w") as file:
            json.dump(body, file)
    return t


def _templates(t) -> dict[str, dict]:
    """What `bakery-cli generate` writes, in small: one environment, one access type."""
    strings = {"Type": "String"}
    group_name = {"Fn::Sub": "${TeamName}NonProdAdmin"}
    assume = kit.policy(kit.allow("sts:AssumeRole", kit.role_arn(BURGER, "Shop-NonProd-Admin")))
    group = {"Type": "AWS::IAM::Group", "Properties": {"GroupName": group_name}}
    url = {"Fn::Sub": "https://s3.amazonaws.com/${CloudFormationS3Bucket}/bakery_env.json"}
    trust = kit.trust({"Fn::Sub": "arn:aws:iam::${BakeryAccount}:root"})
    role = kit.role({"Fn::Sub": "${AccountName}-${Environment}-Admin"}, trust)
    return {
        "bakery_stack.json": kit.template({"BakeryEnvironment": kit.nested(url, TeamName={"Ref": "TeamName"})},
                                          Parameters={"TeamName": strings, "CloudFormationS3Bucket": strings}),
        "bakery_env.json": kit.template(
            {"GroupNonProdAdmin": group,
             "PolicyNonProdAdmin": kit.managed_policy(group_name, assume, Groups=[{"Ref": "GroupNonProdAdmin"}])},
            Parameters={"TeamName": strings}),
        "burger_account.json": kit.template(
            {"RoleAdmin": role},
            Parameters={"BakeryAccount": strings, "AccountName": strings, "Environment": strings}),
    }


def _run(t, *arguments: str) -> str:
    command = [sys.executable, SEED, "--endpoint", t.world.endpoint, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def ask_help_names_every_command(t):
    text = subprocess.run([sys.executable, SEED, "--help"], check=True, capture_output=True, text=True).stdout
    for command in ("user", "member", "code", "stack", "folder"):
        contains(text, command)


def ask_folder_is_deployed_to_the_bakery_and_a_burger(t):
    text = _run(t, "folder", t.folder.name, "--team", t.team, "--prefix", t.prefix, "--bucket", t.bucket,
                "--burger", f"Shop={BURGER}:NonProd")
    equal(text.splitlines(), [f"{BURGER}/{t.prefix}BurgerAccount CREATE_COMPLETE",
                              f"{BAKERY}/{t.prefix}BakeryAccount CREATE_COMPLETE"])


def ask_user_in_a_group_enters_the_burger_role(t):
    made = json.loads(_run(t, "user", t.world.name("alice"), "--group", t.team + "NonProdAdmin", "--mfa"))
    t.user = seed.User(**made)
    t.arn = kit.role_arn(BURGER, "Shop-NonProd-Admin")
    t.world.of(t.user, "sts").assume_role(RoleArn=t.arn, RoleSessionName="session")


def ask_printed_code_is_taken(t):
    code = _run(t, "code", t.user.Base32StringSeed).strip()
    t.world.of(t.user, "sts").get_session_token(SerialNumber=t.user.SerialNumber, TokenCode=code)


def ask_user_taken_out_of_the_group_is_denied(t):
    _run(t, "member", t.user.UserName, "--group", t.team + "NonProdAdmin", "--remove")
    with refused("AccessDenied"):
        t.world.of(t.user, "sts").assume_role(RoleArn=t.arn, RoleSessionName="session")


def ask_wrong_burger_is_told_in_one_line(t):
    command = [sys.executable, SEED, "--endpoint", t.world.endpoint, "folder", t.folder.name, "--team", "T",
               "--burger", "Shop=22:NonProd"]
    ended = subprocess.run(command, capture_output=True, text=True)
    equal(ended.returncode, 2)
    contains(ended.stderr.splitlines()[-1], "is not Name=ACCOUNT:ENVIRONMENT")
