"""The AWS CLI itself against the sandbox."""

import json
import os
import subprocess
import sys
import tempfile
import time
from types import SimpleNamespace

from ..asking import BAKERY, BURGER, World, contains, equal
from ..clients import REGION, ROOT_SECRET
from . import kit

AWS = (sys.executable, "-m", "awscli")  # the first line of the script "aws" cannot hold a path with a space


def prepare(world: World) -> SimpleNamespace:
    t = SimpleNamespace(world=world, home=tempfile.TemporaryDirectory(), user=world.name("cli"),
                        stack=world.name("cli-stack"), role=world.name("cli-role"), group=world.name("cli-group"))
    t.arn = kit.role_arn(BURGER, t.role)
    return t


def _environment(t, key: str, secret: str, token: str = "") -> dict[str, str]:
    """Nothing but these keys: no file of the person who runs the test is read."""
    found = {"PATH": os.environ["PATH"], "HOME": t.home.name, "AWS_ACCESS_KEY_ID": key,
             "AWS_SECRET_ACCESS_KEY": secret, "AWS_DEFAULT_REGION": REGION, "AWS_PAGER": ""}
    if token:
        found["AWS_SESSION_TOKEN"] = token
    return found


def _aws(t, keys: tuple, *arguments: str) -> subprocess.CompletedProcess:
    command = [*AWS, "--endpoint-url", t.world.endpoint, "--output", "json", *arguments]
    return subprocess.run(command, env=_environment(t, *keys), capture_output=True, text=True)


def _answer(ended: subprocess.CompletedProcess):
    if ended.returncode:
        raise AssertionError(ended.stderr.strip())
    return json.loads(ended.stdout) if ended.stdout.strip().startswith("{") else ended.stdout


def _root(account: str) -> tuple[str, str]:
    return account, ROOT_SECRET


def _file(t, name: str, body: dict) -> str:
    path = os.path.join(t.home.name, name)
    with open(path, "w") as file:
        json.dump(body, file)
    return path


def ask_iam_create_user_and_create_access_key(t):
    made = _answer(_aws(t, _root(BAKERY), "iam", "create-user", "--user-name", t.user))
    equal(made["User"]["Arn"], f"arn:aws:iam::{BAKERY}:user/{t.user}")
    key = _answer(_aws(t, _root(BAKERY), "iam", "create-access-key", "--user-name", t.user))["AccessKey"]
    t.keys = (key["AccessKeyId"], key["SecretAccessKey"])
    may_enter = json.dumps(kit.policy(kit.allow("sts:AssumeRole", t.arn)))
    _answer(_aws(t, _root(BAKERY), "iam", "put-user-policy", "--user-name", t.user, "--policy-name", "enter",
                 "--policy-document", may_enter))


def ask_cloudformation_deploy_creates_a_stack(t):
    body = kit.template({"R": kit.role(t.role, kit.trust(kit.root_of(BAKERY))), "G": kit.group(t.group)})
    t.template = _file(t, "template.json", body)
    text = _answer(_aws(t, _root(BURGER), "cloudformation", "deploy", "--stack-name", t.stack, "--template-file",
                        t.template, "--capabilities", "CAPABILITY_NAMED_IAM"))
    contains(text, f"Successfully created/updated stack - {t.stack}")


def ask_cloudformation_deploy_finds_no_changes(t):
    time.sleep(1)  # the CLI names its change sets by the second
    text = _answer(_aws(t, _root(BURGER), "cloudformation", "deploy", "--stack-name", t.stack, "--template-file",
                        t.template, "--capabilities", "CAPABILITY_NAMED_IAM", "--no-fail-on-empty-changeset"))
    contains(text, "No changes to deploy")


def ask_sts_assume_role_and_get_caller_identity(t):
    made = _answer(_aws(t, t.keys, "sts", "assume-role", "--role-arn", t.arn, "--role-session-name", t.user))
    session = made["Credentials"]
    keys = (session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    identity = _answer(_aws(t, keys, "sts", "get-caller-identity"))
    equal(identity["Arn"], f"arn:aws:sts::{BURGER}:assumed-role/{t.role}/{t.user}")


def ask_refused_role_ends_with_AccessDenied(t):
    ended = _aws(t, t.keys, "sts", "assume-role", "--role-arn", t.arn + "x", "--role-session-name", t.user)
    equal(ended.returncode != 0, True)
    contains(ended.stderr, "(AccessDenied)")


def ask_cloudformation_wait_delete(t):
    _answer(_aws(t, _root(BURGER), "cloudformation", "delete-stack", "--stack-name", t.stack))
    _answer(_aws(t, _root(BURGER), "cloudformation", "wait", "stack-delete-complete", "--stack-name", t.stack))
