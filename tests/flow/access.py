"""Who can reach what, by IAM: differences that were planted, one's own roles, explanations, and the script to be sourced."""

import contextlib
import json
import os
import subprocess

from sandbox import seed

from flow.world import CONFIG, RUN_TIMEOUT_S, SHOP_ADMIN_ARN, Person, Terminal, World, expect, expect_in

BAKERY, SHOP, MAIN = "111111111111", "222222222222", "444444444444"
DEPLOYER = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{BAKERY}:root"}}]}


def allow(action, resource) -> str:
    return json.dumps({"Version": "2012-10-17",
                       "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]})


def admin_of(world: World) -> Person:
    """An admin of the Bakery account, with an MFA session at hand."""
    if not hasattr(world, "access_admin"):
        world.access_admin = world.person("MyTeamAwsBakeryAdmin")
        world.access_admin.log_in()
    return world.access_admin


def root(world: World, account: str = BAKERY):
    return seed.clients.root(world.sandbox, "iam", account)


def config_with(world: World, name: str, more: str) -> str:
    path = os.path.join(world.folder, name)
    with open(path, "w") as file:
        file.write(CONFIG + more)
    return path


def users_of(world: World, **groups) -> str:
    """The Users of everybody who is there, but for those whose groups are given."""
    iam, lines = root(world), []
    for user in iam.list_users(MaxItems=1000)["Users"]:
        name = user["UserName"]
        has = [group["GroupName"] for group in iam.list_groups_for_user(UserName=name)["Groups"]]
        lines.append(f"  - {{ Name: {name}, Groups: [{', '.join(groups.get(name, has))}] }}\n")
    return "Users:\n" + "".join(lines)


def live(world: World, config: str, *arguments: str) -> dict:
    done = admin_of(world).run("-c", config, "access", "--live", "-o", "json", *arguments)
    expect(done.code == 0, done.err)
    return json.loads(done.out)


def told(report: dict) -> set:
    return {(each["kind"], each["message"]) for each in report["differences"]}


def test_what_is_deployed_is_as_the_configuration_says(world: World):
    report = live(world, world.config)
    expect(report["source"] == "iam", report["source"])
    # The people of these tests have a policy of their own for a role that no configuration makes.
    others = {kind for kind, _ in told(report)} - {"unknown-role"}
    expect(not others, report["differences"])
    groups = {group["name"]: group for group in report["groups"]}
    expect(groups["MyTeamNonProdAdmin"]["grants"] == [[0, 0, 2]], groups["MyTeamNonProdAdmin"])
    expect(groups["MyTeamAwsBakeryAdmin"]["admin"], groups["MyTeamAwsBakeryAdmin"])
    admin = next(user for user in report["users"] if user["name"] == admin_of(world).user.UserName)
    expect(admin["admin"] and admin["admin_via"] == "MyTeamAwsBakeryAdmin", admin)


def test_five_planted_differences_are_found_and_nothing_else(world: World):
    iam = root(world)
    absent, mallory, boss = (world.person(group) if group else world.person()
                             for group in (None, "MyTeamProdReadOnly", None))
    names = [each.user.UserName for each in (absent, mallory, boss)]
    config = config_with(world, "planted.yml", users_of(world, **{
        names[0]: ["MyTeamLabAdmin"], names[1]: ["MyTeamAwsBakeryReadOnly"]}))
    iam.add_user_to_group(GroupName="MyTeamLabAdmin", UserName=names[0])
    iam.remove_user_from_group(GroupName="MyTeamProdReadOnly", UserName=names[1])
    iam.add_user_to_group(GroupName="MyTeamAwsBakeryReadOnly", UserName=names[1])
    before = told(live(world, config))

    iam.remove_user_from_group(GroupName="MyTeamLabAdmin", UserName=names[0])
    iam.add_user_to_group(GroupName="MyTeamProdReadOnly", UserName=names[1])
    iam.put_user_policy(UserName=names[2], PolicyName="boss", PolicyDocument=allow("*", "*"))
    iam.put_group_policy(GroupName="MyTeamProdReadOnly", PolicyName="more",
                         PolicyDocument=allow("sts:AssumeRole", SHOP_ADMIN_ARN))
    iam.put_group_policy(GroupName="MyTeamLabAdmin", PolicyName="gone",
                         PolicyDocument=allow("sts:AssumeRole", "arn:aws:iam::999999999999:role/Gone-Lab-Admin"))
    try:
        found = told(live(world, config)) - before
        checked = admin_of(world).run("-c", config, "access", "--live", "--check", "--user", names[1])
        shown = live(world, config, "--user", names[1])
    finally:
        iam.delete_user_policy(UserName=names[2], PolicyName="boss")
        iam.delete_group_policy(GroupName="MyTeamProdReadOnly", PolicyName="more")
        iam.delete_group_policy(GroupName="MyTeamLabAdmin", PolicyName="gone")
    expect(found == {
        ("missing-member", f"{names[0]} is not in MyTeamLabAdmin"),
        ("extra-member", f"{names[1]} is in MyTeamProdReadOnly"),
        ("extra-admin", f"a policy of the user {names[2]} makes an admin of the Bakery account"),
        ("extra-grant", "MyTeamProdReadOnly grants Admin in Shop (222222222222)"),
        ("unknown-role", "MyTeamLabAdmin grants arn:aws:iam::999999999999:role/Gone-Lab-Admin, which is no role of the "
                         "configuration"),
    }, found)
    expect(checked.code == 6, checked.code, checked.err)
    expect_in("differences between the configuration and IAM", checked.err)
    expect([user["name"] for user in shown["users"]] == [names[1]], shown["users"])


@contextlib.contextmanager
def deployers(world: World):
    for account in (SHOP, "333333333333", MAIN, "555555555555"):
        iam = root(world, account)
        iam.create_role(RoleName="Deployer", AssumeRolePolicyDocument=json.dumps(DEPLOYER))
        iam.put_role_policy(RoleName="Deployer", PolicyName="all", PolicyDocument=allow("*", "*"))
    try:
        yield
    finally:
        for account in (SHOP, "333333333333", MAIN, "555555555555"):
            iam = root(world, account)
            iam.delete_role_policy(RoleName="Deployer", PolicyName="all")
            iam.delete_role(RoleName="Deployer")


def test_trust_that_is_weaker_than_the_configuration(world: World):
    config = config_with(world, "deployer.yml", "DeployerRole: Deployer\n")
    iam = root(world, MAIN)
    trust = iam.get_role(RoleName="Main-Prod-ReadOnly")["Role"]["AssumeRolePolicyDocument"]
    weaker = json.loads(json.dumps(trust))
    del weaker["Statement"][0]["Condition"]
    weaker["Statement"].append({"Effect": "Allow", "Action": "sts:AssumeRole",
                                "Principal": {"AWS": "arn:aws:iam::999999999999:root"}})
    moved = root(world, "555555555555")
    with deployers(world):
        before = told(live(world, config, "--trust"))
        iam.update_assume_role_policy(RoleName="Main-Prod-ReadOnly", PolicyDocument=json.dumps(weaker))
        policies = moved.list_attached_role_policies(RoleName="Lab1-Lab-Admin")["AttachedPolicies"]
        for policy in policies:
            moved.detach_role_policy(RoleName="Lab1-Lab-Admin", PolicyArn=policy["PolicyArn"])
        own = moved.get_role(RoleName="Lab1-Lab-Admin")["Role"]
        moved.delete_role(RoleName="Lab1-Lab-Admin")
        try:
            found = told(live(world, config, "--trust")) - before
            again = {"RoleName": "Lab1-Lab-Admin", "AssumeRolePolicyDocument": json.dumps(own["AssumeRolePolicyDocument"])}
            moved.create_role(Path="/elsewhere/", **again)
            elsewhere = told(live(world, config, "--trust")) - before - found
            moved.delete_role(RoleName="Lab1-Lab-Admin")
            moved.create_role(**again)
            for policy in policies:
                moved.attach_role_policy(RoleName="Lab1-Lab-Admin", PolicyArn=policy["PolicyArn"])
        finally:
            iam.update_assume_role_policy(RoleName="Main-Prod-ReadOnly", PolicyDocument=json.dumps(trust))
    role = f"arn:aws:iam::{MAIN}:role/Main-Prod-ReadOnly"
    # Lab2 was never deployed, and has no deployer role either.
    unread = {message for kind, message in before if kind != "unknown-role"}
    expect(unread == {"Lab2 (666666666666): its roles could not be read, for want of the deployer role"}, unread)
    expect(found == {
        ("trust-without-mfa", f"{role} does not ask for MFA as the configuration does"),
        ("trust-without-name", f"{role} takes other session names than the user's own"),
        ("foreign-trust", f"{role} trusts arn:aws:iam::999999999999:root"),
        ("missing-role", "Lab1-Lab-Admin in Lab1 (555555555555) does not exist"),
    }, found)
    expect(elsewhere == {("missing-role", "Lab1-Lab-Admin in Lab1 (555555555555) has another path")}, elsewhere)


def test_keys_of_another_account_are_refused(world: World):
    user = seed.create_user(world.sandbox, "stranger", account=SHOP)
    done = Person(world, user).run("access", "--live", "--no-mfa")
    expect(done.code == 4, done.code, done.err)
    expect_in("are of account 222222222222, and the users are in 111111111111", done.err)


def test_roles_that_are_mine(world: World):
    iam = root(world)
    iam.create_group(GroupName="Legacy")
    iam.put_group_policy(GroupName="Legacy", PolicyName="old", PolicyDocument=allow(
        ["sts:AssumeRole"], ["arn:aws:iam::777777777777:role/Old-Admin", "arn:aws:iam::*:role/any"]))
    person = world.person("MyTeamProdReadOnly", "MyTeamAwsBakeryReadOnly", "Legacy")
    try:
        listed = person.run("roles", "--mine", "-f", "tsv", "--mfa-code", person.code())
        expect(listed.code == 0, listed.err)
        expect(listed.out.splitlines() == [
            f"Prod\tReadOnly\tMain\t{MAIN}\tyes\tarn:aws:iam::{MAIN}:role/Main-Prod-ReadOnly",
            "-\t-\t-\t-\t-\tarn:aws:iam::777777777777:role/Old-Admin"], listed.out)
        narrowed = person.run("roles", "--mine", "--env", "Lab")
        expect(narrowed.code == 0 and narrowed.out == "", narrowed)
        expect_in("no group of yours grants a role", narrowed.err)
    finally:
        iam.remove_user_from_group(GroupName="Legacy", UserName=person.user.UserName)
        iam.delete_group_policy(GroupName="Legacy", PolicyName="old")
        iam.delete_group(GroupName="Legacy")
    everything = admin_of(world).run("roles", "--mine", "-o", "json")
    expect(len(json.loads(everything.out)["roles"]) == 8, everything.out)


def test_explanations(world: World):
    admin, person = admin_of(world), world.person("MyTeamProdReadOnly", mfa=False)
    name = person.user.UserName
    member = admin.run("explain", "--env", "Prod", "--type", "ReadOnly", "--user", name)
    expect(member.code == 6, member)
    expect_in(f"    {name} is in MyTeamProdReadOnly\n", member.out)
    expect_in(f"no  {name} has no MFA device\n", member.out)
    stranger = admin.run("explain", "--env", "Prod", "--type", "Admin", "--account", "Main", "--user", name)
    expect(stranger.code == 6, stranger)
    expect_in(f"no  {name} is not in MyTeamProdAdmin\n      hint: MyTeamProdAdmin grants this role, and {name} is not in "
              "it: ask for the membership", stranger.out)
    own = admin.run("explain", "--env", "Prod", "--type", "Admin")
    expect(own.code == 0, own)
    expect_in("is in MyTeamAwsBakeryAdmin, whose members can assume every role", own.out)
    nobody = admin.run("explain", "--env", "Prod", "--type", "Admin", "--user", "nobody-at-all")
    expect_in("no  there is no user nobody-at-all in IAM", nobody.out)


# What a shell says after the script: its status, the role, and that no key was shown.
SOURCING = """
source "$HOME/assume.sh" {words}
status_of_script=$?
set +x
printf 'status=%s role=%s key=%s profile=%s\\n' "$status_of_script" "${{BAKERY_ROLE_ARN-none}}" \\
        "${{AWS_ACCESS_KEY_ID#"${{AWS_ACCESS_KEY_ID%%????}}"}}" "${{AWS_PROFILE-none}}"
if (typeset -f 2>/dev/null || declare -f) | grep -q _bakery; then echo 'functions are left'; fi
bakery-cli whoami 2>/dev/null | grep '^role' || true
"""
SHELLS = {"bash": ["bash", "--norc"], "zsh": ["zsh", "-f"]}


def sourced(person: Person, shell: list[str], words: str, answer: str = "", options: str = ""):
    env = person.environment(AWS_PROFILE="none-such" if not words else None)
    env.pop("AWS_PROFILE", None)
    env["PATH"] = os.path.dirname(person.world.cli) + ":" + env["PATH"]
    return subprocess.run([*shell, *options.split(), "-c", SOURCING.format(words=words)], env=env, text=True,
                          input=answer, capture_output=True, timeout=RUN_TIMEOUT_S)


def test_the_script_to_be_sourced(world: World):
    person = world.person("MyTeamNonProdAdmin", "MyTeamProdReadOnly", "MyTeamAwsBakeryReadOnly")
    person.log_in()
    path = os.path.join(person.home, "assume.sh")
    written = person.run("bootstrap-assume", "--out", path)
    expect(written.code == 0, written)
    for name, shell in SHELLS.items():
        for words, answer, options in (("1", "", ""), ("", "1\n", ""), ("1", "", "-x"), ("1", "", "-u"), ("1", "", "-e")):
            done = sourced(person, shell, words, answer, options)
            expect_in(f"status=0 role={SHOP_ADMIN_ARN} ", done.stdout)
            expect_in("role     Shop-NonProd-Admin", done.stdout)
            expect("functions are left" not in done.stdout, name, done.stdout)
            for line in (done.stdout + done.stderr).splitlines():
                expect("SECRET" not in line.upper() or "usage" in line, name, options, line)
                expect("SESSION_TOKEN=" not in line, name, options, line)
        for words, answer, status, says in (
                ("", "\n", 1, "no role was taken"), ("", "", 1, "no role was taken"),
                ("0", "", 1, "there is no role of that number"), ("99", "", 1, "there is no role of that number"),
                ("'$(touch pwned)'", "", 1, "there is no role of that number"),
                ("", "$(touch pwned)\n", 1, "there is no role of that number"),
                ("1 2", "", 1, "usage:")):
            done = sourced(person, shell, words, answer)
            expect_in(f"status={status} role=none ", done.stdout)
            expect_in(says, done.stderr)
        expect_in("usage: source assume.sh", sourced(person, shell, "-h").stdout)
    expect(not os.path.exists("pwned") and not os.path.exists(os.path.join(person.home, "pwned")))


def test_a_role_that_is_refused_leaves_the_shell_as_it_was(world: World):
    person = world.person("MyTeamLabAdmin", "MyTeamAwsBakeryReadOnly")
    listed = person.run("roles", "--mine", "--mfa-code", person.code())
    expect(listed.code == 0, listed.err)
    person.run("bootstrap-assume", "--out", os.path.join(person.home, "assume.sh"))
    for shell in SHELLS.values():
        done = sourced(person, shell, "2")  # Lab2 was never deployed
        expect_in("status=1 role=none ", done.stdout)
        expect_in("hint:", done.stderr)


def test_the_script_asks_for_a_code_on_the_terminal(world: World):
    person = world.person("MyTeamProdReadOnly", "MyTeamAwsBakeryReadOnly")
    path = os.path.join(person.home, "assume.sh")
    person.run("bootstrap-assume", "--out", path)
    terminal = Terminal(person, "roles", "--mine")
    terminal.wait_for("MFA")
    terminal.type(person.code() + "\n")
    expect(terminal.end() == 0, terminal.text)
    expect_in("Main-Prod-ReadOnly", terminal.text)
