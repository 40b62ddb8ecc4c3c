"""users: memberships as code, one-time passwords, the end of sessions, the rotation of keys."""

import json
import os
import re
import stat
import time

from botocore.exceptions import ClientError

from flow.world import CONFIG, SHOP_ADMIN, Person, Result, Terminal, World, expect, expect_in
from sandbox import seed

BURGER_IDS = ("222222222222", "333333333333", "444444444444", "555555555555", "666666666666")
TEAM_ADMIN = "MyTeamAwsBakeryAdmin"
SELF_SERVICE = "MyTeamAwsBakeryReadOnly"
DEPLOYER_MAY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["iam:PutRolePolicy", "iam:DeleteRolePolicy"], "Resource": "*"}]}
TRUSTS_BAKERY = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}}]}


def iam_of(world: World, account: str = seed.BAKERY_ACCOUNT):
    return seed.clients.root(world.sandbox, "iam", account)


def config_with(world: World, name: str, *lines: str) -> str:
    path = os.path.join(world.folder, name + ".yml")
    with open(path, "w") as file:
        file.write(CONFIG + "DeployerRole: BakeryDeployer\n" + "\n".join(lines) + "\n")
    return path


def make_deployers(world: World) -> None:
    """Once: the roles that revoking goes through."""
    for account in BURGER_IDS:
        iam = iam_of(world, account)
        try:
            iam.create_role(RoleName="BakeryDeployer", AssumeRolePolicyDocument=json.dumps(TRUSTS_BAKERY))
        except iam.exceptions.EntityAlreadyExistsException:
            continue
        iam.put_role_policy(RoleName="BakeryDeployer", PolicyName="Own", PolicyDocument=json.dumps(DEPLOYER_MAY))


class Admin:
    """An administrator of the Bakery account, who shows MFA once."""

    def __init__(self, world: World, name: str):
        self.person = world.person(TEAM_ADMIN, name=name)
        self._code = ("--mfa-code", self.person.code())

    def run(self, config: str, *arguments: str) -> Result:
        done = self.person.run("-c", config, "users", *arguments, *self._code)
        self._code = ()
        return done


def groups_of(world: World, user: str) -> set:
    return {group["GroupName"] for group in iam_of(world).list_groups_for_user(UserName=user)["Groups"]}


def changes_of(done: Result) -> list:
    return [(change["action"], change["user"], change.get("group"), change["reason"])
            for change in json.loads(done.out)["changes"]]


def test_memberships_as_code(world: World):
    admin = Admin(world, "ursula-users")
    world.person("MyTeamNonProdReadOnly", mfa=False, name="bob-users")
    world.person("MyTeamProdAdmin", mfa=False, name="carol-users")
    world.person("MyTeamProdAdmin", mfa=False, name="dora-users")
    iam_of(world).create_group(GroupName="Handmade-users")
    iam_of(world).add_user_to_group(GroupName="Handmade-users", UserName="bob-users")
    config = config_with(
        world, "memberships", "ExpectedAdmins: [ursula-users]", "Users:",
        "  - { Name: ann-users, Groups: [MyTeamProdReadOnly, MyTeamAwsBakeryReadOnly], Until: 2999-01-31 }",
        "  - { Name: bob-users, Groups: [MyTeamProdReadOnly] }",
        "  - { Name: carol-users, Groups: [MyTeamProdAdmin], Until: 2020-01-31 }")

    done = admin.run(config, "plan", "-o", "json", "--exit-code")
    expect(done.code == 6, done)
    wanted = [("remove", "bob-users", "MyTeamNonProdReadOnly", "unlisted"),
              ("remove", "carol-users", "MyTeamProdAdmin", "ended"),
              ("create", "ann-users", None, "wanted"),
              ("add", "ann-users", "MyTeamProdReadOnly", "wanted"),
              ("add", "ann-users", "MyTeamAwsBakeryReadOnly", "wanted"),
              ("add", "bob-users", "MyTeamProdReadOnly", "wanted")]
    expect(changes_of(done) == wanted, done)
    expect({"user": "dora-users", "groups": ["MyTeamProdAdmin"]} in json.loads(done.out)["unknown"], done)

    pruned = admin.run(config, "plan", "-o", "json", "--prune")
    expect(("remove", "dora-users", "MyTeamProdAdmin", "unknown") in changes_of(pruned), pruned)
    expect(not any(user == "ursula-users" for _, user, _, _ in changes_of(pruned)), pruned)

    refused = admin.run(config, "apply", "--yes")
    expect(refused.code == 2 and groups_of(world, "carol-users") == {"MyTeamProdAdmin"}, refused)
    expect_in("--passwords FILE", refused.err)

    passwords = os.path.join(world.folder, "passwords")
    done = admin.run(config, "apply", "--yes", "--passwords", passwords, "-v")
    expect(done.code == 0, done)
    expect_in("6 of 6 changes are made", done.out)
    with open(passwords) as file:
        user, password = file.read().rstrip("\n").split("\t")
    expect(user == "ann-users" and len(password) == 24, user)
    expect(password not in done.out + done.err, "the password is shown")
    expect(stat.S_IMODE(os.stat(passwords).st_mode) == 0o600)
    expect(iam_of(world).get_login_profile(UserName="ann-users")["LoginProfile"]["PasswordResetRequired"])
    expect(groups_of(world, "ann-users") == {"MyTeamProdReadOnly", "MyTeamAwsBakeryReadOnly"})
    expect(groups_of(world, "bob-users") == {"MyTeamProdReadOnly", "Handmade-users"})
    expect(groups_of(world, "carol-users") == set() and groups_of(world, "dora-users") == {"MyTeamProdAdmin"})

    done = admin.run(config, "plan", "--exit-code")
    expect(done.code == 0, done)
    expect_in("nothing to do", done.out)


def test_a_password_is_shown_on_a_terminal_once(world: World):
    admin = Admin(world, "vera-users")
    config = config_with(world, "terminal", "ExpectedAdmins: [vera-users]",
                         "Users: [{ Name: tess-users, Groups: [MyTeamProdReadOnly] }]")
    admin.run(config)  # shows MFA
    terminal = Terminal(admin.person, "-c", config, "users", "apply")
    terminal.wait_for("Change this? [y/N]")
    terminal.type("y\n")
    expect(terminal.end() == 0, terminal.text)
    shown = re.findall(r"tess-users: one-time password (\S{24})\r\n", terminal.text)
    expect(len(shown) == 1, terminal.text)
    expect(groups_of(world, "tess-users") == {"MyTeamProdReadOnly"})

    done = admin.run(config, "password", "tess-users", "--yes", "--passwords", os.path.join(world.folder, "second"))
    expect(done.code == 0, done)
    with open(os.path.join(world.folder, "second")) as file:
        expect(shown[0] not in file.read(), "the same password twice")
    done = admin.run(config, "password", "nobody-users", "--yes", "--passwords", os.path.join(world.folder, "third"))
    expect(done.code == 2 and "NoSuchEntity" in done.err, done)
    expect(not os.path.exists(os.path.join(world.folder, "third")), "an empty file is left")


def test_the_report(world: World):
    admin = Admin(world, "rita-users")
    iam = iam_of(world)
    world.person("MyTeamProdAdmin", name="late-users")
    world.person(mfa=False, name="open-users")
    iam.create_login_profile(UserName="open-users", Password="Some-Long-Password-1")
    config = config_with(world, "report",
                         "Users: [{ Name: late-users, Groups: [MyTeamProdAdmin], Until: 2020-01-31 }]")
    done = admin.run(config, "report", "-o", "json")
    expect(done.code == 6, done)
    users = {user["user"]: user for user in json.loads(done.out)["users"]}
    expect(users["late-users"]["findings"] == ["past-end"] and users["late-users"]["mfa"], users["late-users"])
    expect(users["open-users"]["findings"] == ["no-mfa"] and users["open-users"]["password"], users["open-users"])
    expect(users["rita-users"]["findings"] == [] and len(users["rita-users"]["keys"]) == 1, users["rita-users"])
    done = admin.run(config, "report", "--max-key-age", "0")
    expect(done.code == 2, done)


def session_of(person: Person, *more: str) -> dict:
    done = person.run("credentials", *SHOP_ADMIN, *more)
    expect(done.code == 0, done)
    return json.loads(done.out)


def works(world: World, session: dict) -> bool:
    client = seed.clients.client(world.sandbox, "iam", session["AccessKeyId"], session["SecretAccessKey"],
                                 session["SessionToken"])
    try:
        client.list_roles()
    except ClientError as error:
        expect(error.response["Error"]["Code"] == "AccessDenied", error)
        return False
    return True


def test_sessions_end_everywhere(world: World):
    make_deployers(world)
    admin = Admin(world, "walter-users")
    eve, frank = world.person("MyTeamNonProdAdmin", name="eve-users"), world.person("MyTeamNonProdAdmin", name="frank-users")
    of_eve, of_frank = session_of(eve, "--mfa-code", eve.code()), session_of(frank, "--mfa-code", frank.code())
    expect(works(world, of_eve) and works(world, of_frank))

    config = config_with(world, "revoke")
    done = admin.run(config, "revoke", "eve-users", "--yes", "-o", "json")
    expect(done.code == 0, done)
    told = json.loads(done.out)
    expect({account["id"]: account["state"] for account in told["accounts"]} ==
           dict.fromkeys((seed.BAKERY_ACCOUNT, *BURGER_IDS), "done"), told)
    by_id = {account["id"]: account for account in told["accounts"]}
    expect(by_id["222222222222"]["roles"] == 2 and by_id["666666666666"]["missing"] == 1, by_id)
    expect(told["uncertain"] == [], told)
    expect(not works(world, of_eve) and works(world, of_frank))

    # The MFA session that it came from is over too; with MFA shown again, a new session works.
    refused = eve.run("credentials", *SHOP_ADMIN, "--refresh")
    expect(refused.code == 4, refused)
    time.sleep(2)
    eve.run("logout")
    expect(works(world, session_of(eve, "--mfa-code", eve.code())))
    expect(not works(world, of_eve))

    undone = admin.run(config, "revoke", "eve-users", "--undo")
    expect(undone.code == 0, undone)
    expect(works(world, of_eve))


def test_sessions_end_through_the_revoker(world: World):
    """By the role that burger_deployer.json makes: with its rights and no others, by MFA, in the name of who asks."""
    admin = Admin(world, "yara-revoker")
    rita, sven = (world.person("MyTeamNonProdAdmin", name=name) for name in ("rita-revoked", "sven-revoked"))
    of_rita, of_sven = session_of(rita, "--mfa-code", rita.code()), session_of(sven, "--mfa-code", sven.code())
    config = config_with(world, "revoker", "RevokerRole: TheRevoker")
    templates = os.path.join(world.folder, "revoker-templates")
    expect(admin.person.run("-c", config, "generate", "--out", templates).code == 0)
    for account in BURGER_IDS:
        seed.deploy_stack(world.sandbox, account, "TheRevokers", os.path.join(templates, "burger_deployer.json"),
                          {"RoleName": "TheDeployer"})
    done = admin.run(config, "revoke", "rita-revoked", "--yes", "-o", "json")
    expect(done.code == 0, done)
    expect(all(account["state"] == "done" for account in json.loads(done.out)["accounts"]), done)
    expect(not works(world, of_rita) and works(world, of_sven))
    undone = admin.run(config, "revoke", "rita-revoked", "--undo")
    expect(undone.code == 0 and works(world, of_rita), undone)

    keys = admin.person.user
    plain = seed.clients.client(world.sandbox, "sts", keys.AccessKeyId, keys.SecretAccessKey, None)
    for name in ("yara-revoker", "another"):
        try:
            plain.assume_role(RoleArn="arn:aws:iam::222222222222:role/TheRevoker", RoleSessionName=name)
        except ClientError as error:
            expect(error.response["Error"]["Code"] == "AccessDenied", error)
        else:
            expect(False, "the revoker is entered without MFA")


def test_revoking_says_where_it_failed(world: World):
    make_deployers(world)
    admin = Admin(world, "xenia-users")
    hans = world.person("MyTeamNonProdAdmin", name="hans-users")
    of_hans = session_of(hans, "--mfa-code", hans.code())
    config = config_with(world, "revoke-failing")
    iam = iam_of(world, "333333333333")
    iam.delete_role_policy(RoleName="BakeryDeployer", PolicyName="Own")
    done = admin.run(config, "revoke", "hans-users", "--yes", "--keys")
    iam.put_role_policy(RoleName="BakeryDeployer", PolicyName="Own", PolicyDocument=json.dumps(DEPLOYER_MAY))
    expect(done.code == 4, done)
    expect_in("333333333333  Stg                      failed: role Stg-NonProd-Admin: ", done.err)
    expect_in("1 access key inactive now", done.err)
    expect_in("in 1 of 6 accounts sessions of hans-users may go on", done.err)
    expect(not works(world, of_hans))
    keys = iam_of(world).list_access_keys(UserName="hans-users")["AccessKeyMetadata"]
    expect([key["Status"] for key in keys] == ["Inactive"], keys)
    expect(admin.run(config, "revoke", "hans-users", "--yes").code == 0)

    misspelt = admin.run(config, "revoke", "hanz-users", "--yes")
    expect(misspelt.code == 2, misspelt)
    expect_in("there is no user hanz-users", misspelt.err)


def keys_of(world: World, user: str) -> dict:
    return {key["AccessKeyId"]: key["Status"]
            for key in iam_of(world).list_access_keys(UserName=user)["AccessKeyMetadata"]}


class Holder:
    """A user whose key stands in a profile file, and nowhere else."""

    NO_KEYS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}

    def __init__(self, world: World, name: str):
        self.person = world.person(SELF_SERVICE, name=name)
        self.path = os.path.join(self.person.home, ".aws", "credentials")
        os.makedirs(os.path.dirname(self.path))
        self.write(self.person.user.AccessKeyId, self.person.user.SecretAccessKey)

    def text(self, key: str, secret: str) -> str:
        return (f"# mine\n[default]\naws_access_key_id={key}\naws_secret_access_key = {secret}   ; secret\n\n"
                f"[other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = other\n[again]\r\n"
                f"AWS_ACCESS_KEY_ID = {key}\r\naws_secret_access_key={secret}\r\nregion = eu-west-1")

    def write(self, key: str, secret: str) -> None:
        with open(self.path, "w", newline="") as file:
            file.write(self.text(key, secret))
        os.chmod(self.path, 0o644)

    def read(self) -> tuple[str, str]:
        """The key that stands there now, when all else is as it was."""
        with open(self.path, newline="") as file:
            text = file.read()
        key = re.search(r"\[default\]\naws_access_key_id=(\S+)", text)[1]
        secret = re.search(r"aws_secret_access_key = (\S+)   ;", text)[1]
        expect(text == self.text(key, secret), text)
        expect(stat.S_IMODE(os.stat(self.path).st_mode) == 0o600)
        return key, secret

    def run(self, *arguments: str) -> Result:
        return self.person.run(*arguments, env=self.NO_KEYS)


def test_a_key_is_rotated(world: World):
    holder = Holder(world, "gina-users")
    first = holder.person.user.AccessKeyId
    done = holder.run("users", "rotate-key", "--mfa-code", holder.person.code(), "-v")
    expect(done.code == 0, done)
    second, secret = holder.read()
    expect(keys_of(world, "gina-users") == {first: "Inactive", second: "Active"}, done)
    expect(secret not in done.out + done.err and holder.person.user.SecretAccessKey not in done.out + done.err)
    who = holder.run("whoami", "-o", "json")
    expect(who.code == 0 and "gina-users" in who.out, who)

    done = holder.run("users", "rotate-key", "-o", "json", "--mfa-code", holder.person.code())
    expect(done.code == 0, done)
    third, _ = holder.read()
    expect(keys_of(world, "gina-users") == {second: "Inactive", third: "Active"}, done)
    expect(json.loads(done.out) == {"version": 1, "new": third, "path": holder.path, "deactivated": second,
                                    "deleted": first}, done)

    done = holder.run("users", "rotate-key", "--delete-old", "--mfa-code", holder.person.code())
    expect(done.code == 0 and keys_of(world, "gina-users") == {third: "Active"}, done)


def test_two_keys_are_not_rotated(world: World):
    holder = Holder(world, "ivan-users")
    other = iam_of(world).create_access_key(UserName="ivan-users")["AccessKey"]["AccessKeyId"]
    done = holder.run("users", "rotate-key", "--mfa-code", holder.person.code())
    expect(done.code == 6, done)
    expect_in(f"beside this one {other}, active", done.err)
    expect(holder.person.user.AccessKeyId in open(holder.path).read())
    expect(set(keys_of(world, "ivan-users").values()) == {"Active"})


def test_a_key_of_the_environment_needs_a_file(world: World):
    jane = world.person(SELF_SERVICE, name="jane-users")
    code = ("--mfa-code", jane.code())
    done = jane.run("users", "rotate-key", *code)
    expect(done.code == 2, done)
    expect_in("--to FILE", done.err)
    path = os.path.join(jane.home, "new-key")
    done = jane.run("users", "rotate-key", "--to", path)
    expect(done.code == 0, done)
    expect_in("AWS_ACCESS_KEY_ID of this environment is the old access key", done.err)
    expect(stat.S_IMODE(os.stat(path).st_mode) == 0o600)
    who = jane.run("whoami", "-o", "json", env={**Holder.NO_KEYS, "AWS_SHARED_CREDENTIALS_FILE": path})
    expect(who.code == 0 and "jane-users" in who.out, who)
