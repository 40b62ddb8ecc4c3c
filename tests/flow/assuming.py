"""assume, credentials, whoami, logout: what is printed, and what is asked of AWS."""

import configparser
import json
import os

from flow.world import OPEN_ROLE_ARN, SHOP_ADMIN, SHOP_ADMIN_ARN, World, expect, expect_in
from sandbox import clients

OPEN = ("--role-arn", OPEN_ROLE_ARN, "--region", "us-east-1")
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def who(world: World, key: str, secret: str, token: str) -> str:
    sts = clients.client(world.sandbox, "sts", key, secret, token)
    return sts.get_caller_identity()["Arn"]


def test_role_of_the_configuration(world: World):
    person = world.person("MyTeamNonProdAdmin")
    done = person.run("assume", *SHOP_ADMIN, "--format", "json", "--mfa-code", person.code())
    expect(done.code == 0, done.err)
    said = json.loads(done.out)
    expect(said["version"] == 1 and said["role_arn"] == SHOP_ADMIN_ARN, said)
    expect((said["environment"], said["account"], said["access_type"]) == ("NonProd", "Shop", "Admin"), said)
    expect(said["region"] == "us-east-1", said)
    arn = who(world, said["access_key_id"], said["secret_access_key"], said["session_token"])
    expect(arn == f"arn:aws:sts::222222222222:assumed-role/Shop-NonProd-Admin/{person.user.UserName}", arn)


def test_one_code_serves_all_roles(world: World):
    person = world.person("MyTeamNonProdAdmin", "MyTeamProdReadOnly", "MyTeamLabAdmin")
    expect(person.run("credentials", *SHOP_ADMIN, "--mfa-code", person.code()).code == 0)
    for role in (("--env", "Prod", "--type", "ReadOnly"), ("--env", "Lab", "--type", "Admin")):
        done = person.run("credentials", *role)
        expect(done.code == 0, done.err)
    expect(world.proxy.actions["GetSessionToken"] == 1 and world.proxy.actions["AssumeRole"] == 3, world.proxy.actions)
    expect(world.proxy.actions["GetCallerIdentity"] == 1, world.proxy.actions)


def test_cold_path_of_a_known_user_is_one_call(world: World):
    person = world.person(mfa=False)
    person.run("credentials", *OPEN)
    world.reset()
    done = person.run("credentials", *OPEN, "--refresh")
    expect(done.code == 0, done.err)
    expect(dict(world.proxy.actions) == {"AssumeRole": 1}, world.proxy.actions)


def test_a_cached_answer_asks_nobody(world: World):
    person = world.person(mfa=False)
    first = person.run("credentials", *OPEN)
    world.reset()
    second = person.run("credentials", *OPEN)
    expect(first.out == second.out and second.code == 0 and not world.proxy.actions, world.proxy.actions)
    expect(first.out != person.run("credentials", *OPEN, "--refresh").out)


def test_other_inputs_are_other_sessions(world: World):
    person = world.person(mfa=False)
    seen = set()
    for more in ((), ("--duration", "900"), ("--external-id", "x1"), ("--session-name", "other"),
                 ("--policy", POLICY), ("--policy-arn", READ_ONLY), ("--policy-arn", READ_ONLY, "--policy-arn", ADMINISTRATOR),
                 ("--region", "eu-west-1")):
        done = person.run("credentials", *OPEN, *more)
        expect(done.code == 0, more, done.err)
        key = json.loads(done.out)["AccessKeyId"]
        expect(key not in seen, more, "gave the session of another request")
        seen.add(key)


def test_managed_session_policies(world: World):
    person = world.person(mfa=False)
    seen = []
    world.proxy.rewrite = lambda body: seen.append(body) or body
    for arguments, words in ((("--policy-arn", "ReadOnlyAccess"), "no managed policy's ARN"),
                             (("--policy-arn", READ_ONLY) * 11, "is no POLICY for --policy-arn"),
                             (("--policy-arn", ""), "is no POLICY for --policy-arn")):
        done = person.run("credentials", *OPEN, *arguments)
        expect(done.code == 2, done)
        expect_in(words, done.err)
    expect(not seen, "AWS was asked")


def test_reason_and_source_identity(world: World):
    person = world.person("MyTeamNonProdAdmin")
    person.log_in()
    done = person.run("credentials", *SHOP_ADMIN, "--reason", "ticket 12", "--source-identity", person.user.UserName)
    expect(done.code == 0, done.err)


def test_formats(world: World):
    person = world.person(mfa=False)
    sh = person.run("assume", *OPEN)
    expect_in("export AWS_ACCESS_KEY_ID='ASIA", sh.out)
    expect_in("unset AWS_PROFILE\n", sh.out)
    expect_in("unset BAKERY_ENVIRONMENT\n", sh.out)
    expect_in(f"export BAKERY_ROLE_ARN='{OPEN_ROLE_ARN}'", sh.out)
    fish = person.run("assume", *OPEN, env={"SHELL": "/usr/bin/fish"})
    expect_in("set -gx AWS_ACCESS_KEY_ID 'ASIA", fish.out)
    powershell = person.run("assume", *OPEN, "--format", "powershell")
    expect_in("$Env:AWS_ACCESS_KEY_ID = 'ASIA", powershell.out)
    expect_in("Remove-Item Env:AWS_PROFILE -ErrorAction Ignore\n", powershell.out)
    lines = dict(line.split("=", 1) for line in person.run("assume", *OPEN, "--format", "env").out.splitlines())
    ini = configparser.ConfigParser()
    ini.read_string(person.run("assume", *OPEN, "--format", "ini").out)
    process = json.loads(person.run("assume", *OPEN, "--format", "credential-process").out)
    expect(lines["AWS_SESSION_TOKEN"] == ini["Open"]["aws_session_token"] == process["SessionToken"])
    expect(process["Version"] == 1 and process["Expiration"] == lines["AWS_CREDENTIAL_EXPIRATION"], process)


def test_default_account_and_none(world: World):
    person = world.person("MyTeamLabAdmin")
    done = person.run("assume", "--env", "Lab", "--type", "Admin", "--mfa-code", person.code())
    expect_in("export BAKERY_ACCOUNT='Lab1'", done.out)
    done = person.run("assume", "--env", "NonProd", "--type", "Admin")
    expect(done.code == 2 and not done.out, done)
    expect_in("--account Shop, Stg", done.err)


def test_names_that_are_wrong(world: World):
    person = world.person(mfa=False)
    for words, piece in (
            (("--env", "NonPrd", "--type", "Admin"), "NonProd"),
            (("--env", "Lab", "--type", "ReadOnly"), "it has Admin"),
            (("--env", "Prod", "--type", "Admin", "--account", "Mainn"), "Main"),
            (("--env", "Prod"), "--type"),
            (("--env", "Prod", "--role-arn", OPEN_ROLE_ARN), "named twice"),
            (("--role-arn", "arn:aws:iam::1:user/x"), "no role's ARN"),
            ((*OPEN, "--duration", "1x"), "--duration"),
            ((*OPEN, "--duration", "899"), "900"),
            ((*OPEN, "--session-name", "a:b"), "2 to 64"),
            ((*OPEN, "--tag", "x"), "--tag"),
            ((*OPEN, "--tag", "a=1", "--tag", "A=2"), "twice"),
            ((*OPEN, "stray"), "stray")):
        done = person.run("credentials", *words)
        expect(done.code == 2 and not done.out, words, done)
        expect_in(piece, done.err)
        expect_in("\n  hint: ", done.err)
    expect(not world.proxy.actions, world.proxy.actions)


def test_profile_and_config_file(world: World):
    person = world.person(mfa=False)
    os.makedirs(os.path.join(person.home, ".aws"))
    with open(os.path.join(person.home, ".aws", "credentials"), "w") as file:
        file.write(f"[base]\naws_access_key_id = {person.user.AccessKeyId}\n"
                   f"aws_secret_access_key = {person.user.SecretAccessKey}\nregion = eu-west-1\n")
        os.fchmod(file.fileno(), 0o600)
    no_keys = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    done = person.run("--profile", "base", "assume", "--role-arn", OPEN_ROLE_ARN, env=no_keys)
    expect(done.code == 0, done.err)
    expect_in("export AWS_REGION='eu-west-1'", done.out)
    with open(os.path.join(person.home, ".aws", "config"), "w") as file:  # an edit is another source
        file.write("[profile base]\nrole_session_name = x\n")
    again = person.run("--profile", "base", "assume", "--role-arn", OPEN_ROLE_ARN, env=no_keys)
    expect(again.code == 0 and again.out != done.out, again.err)


def test_a_changed_configuration_is_another_request(world: World):
    person = world.person("MyTeamNonProdAdmin")
    person.log_in()
    first = person.run("credentials", *SHOP_ADMIN)
    other = os.path.join(person.home, "config.yml")
    with open(world.config) as file, open(other, "w") as to:
        to.write(file.read().replace("MfaMaxAge: 43200", "MfaMaxAge: 3600"))
    second = person.run("--config", other, "credentials", *SHOP_ADMIN)
    expect(first.code == second.code == 0 and first.out != second.out, second.err)


def test_whoami(world: World):
    person = world.person()
    done = person.run("whoami", "-v")
    expect(done.code == 0, done.err)
    expect_in("account  111111111111\n", done.out)
    expect_in(f"user     {person.user.UserName}\n", done.out)
    expect_in("source   environment\n", done.out)
    said = json.loads(person.run("whoami", "--output", "json").out)
    expect(said["version"] == 1 and said["arn"] == person.user.Arn and said["expiration"] is None, said)
    done = person.run("exec", *OPEN, "--", world.cli, "whoami")
    expect(done.code == 0, done.err)
    expect_in(f"role     Open/{person.user.UserName}\n", done.out)


def test_whoami_says_what_kind_of_caller(world: World):
    person = world.person(mfa=False)
    answer = ("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>%s</Arn><UserId>U</UserId>"
              "<Account>111111111111</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")
    for arn, line in (("arn:aws:iam::111111111111:root", "user     root"),
                      ("arn:aws:iam::111111111111:user/team/ann", "user     ann"),
                      ("arn:aws:sts::111111111111:federated-user/ann", "user     ann"),
                      ("arn:aws:sts::111111111111:assumed-role/Open/ann", "role     Open/ann")):
        world.proxy.answer = {"GetCallerIdentity": (200, (answer % arn).encode())}
        done = person.run("whoami")
        expect_in(f"\n{line}\n", done.out)


def test_logout(world: World):
    person = world.person("MyTeamNonProdAdmin")
    expect(person.run("logout").out == "0 sessions removed\n")
    person.run("credentials", *SHOP_ADMIN, "--mfa-code", person.code())
    stranger = os.path.join(person.cache, "notes.txt")
    open(stranger, "w").close()
    expect(person.run("logout").out == "2 sessions removed\n")
    expect(os.listdir(person.cache) == ["notes.txt"], os.listdir(person.cache))
    expect(json.loads(person.run("logout", "-o", "json").out) == {"version": 1, "removed": 0})


def test_a_user_of_one_letter(world: World):
    person = world.person("MyTeamNonProdAdmin", mfa=False, name="q")
    done = person.run("credentials", *OPEN)
    expect(done.code == 0, done.err)
    done = person.run("credentials", *SHOP_ADMIN)
    expect(done.code == 2, done)
    expect_in("longer name", done.err)
