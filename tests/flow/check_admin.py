"""check-admin: who is found, who is told, and what it ends with."""

import json
import os

from flow.channel import SECRET, Channel
from flow.world import CONFIG, World, expect, expect_in
from sandbox import seed

READS = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["iam:GetAccountAuthorizationDetails", "iam:ListMFADevices"], "Resource": "*"}]}
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def config_with(world: World, name: str, *lines: str) -> str:
    path = os.path.join(world.folder, name + ".yml")
    with open(path, "w") as file:
        file.write(CONFIG + "\n".join(lines) + "\n")
    return path


def auditor(world: World):
    """Somebody who may read what the check reads, and nothing else."""
    person = world.person(mfa=False)
    seed.clients.root(world.sandbox, "iam", seed.BAKERY_ACCOUNT).put_user_policy(
        UserName=person.user.UserName, PolicyName="seeded", PolicyDocument=json.dumps(READS))
    return person


def admins_of(done) -> dict:
    return {admin["user"]: admin for admin in json.loads(done.out)["admins"]}


def test_each_way_to_be_an_admin(world: World):
    alice = world.person("MyTeamProdAdmin", "MyTeamNonProdAdmin", name="alice-admin")
    seed.create_user(world.sandbox, "bob-admin", policy=EVERYTHING)
    iam = seed.clients.root(world.sandbox, "iam", seed.BAKERY_ACCOUNT)
    iam.create_user(UserName="carol-admin")
    iam.attach_user_policy(UserName="carol-admin", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.create_group(GroupName="Elders")
    iam.put_group_policy(GroupName="Elders", PolicyName="All", PolicyDocument=json.dumps(EVERYTHING))
    iam.create_user(UserName="dave-admin")
    iam.add_user_to_group(GroupName="Elders", UserName="dave-admin")
    world.person("MyTeamProdReadOnly", name="eve-reader")
    config = config_with(world, "each-way", 'AdminGroups: "MyTeamProdAdmin, MyTeamNonProdAdmin"',
                         "ExpectedAdmins: [Dave-Admin]",
                         "Users: [{ Name: alice-admin, Groups: [MyTeamProdAdmin], Until: 2020-01-31 }]")

    done = auditor(world).run("-c", config, "-o", "json", "check-admin", "--no-mfa")
    expect(done.code == 6, done)
    found, told = admins_of(done), json.loads(done.out)
    expect({group["name"] for group in found["alice-admin"]["groups"]} == {"MyTeamProdAdmin", "MyTeamNonProdAdmin"}, found)
    expect(found["alice-admin"]["mfa"] and not found["bob-admin"]["mfa"], found)
    expect(found["alice-admin"]["until"] == "2020-01-31", found)
    expect(found["bob-admin"]["policies"] == ["seeded"], found)
    expect(found["carol-admin"]["policies"] == ["AdministratorAccess"], found)
    expect(found["dave-admin"]["groups"] == [{"name": "Elders", "watched": False, "policy": "All"}], found)
    expect(found["dave-admin"]["expected"] and not found["alice-admin"]["expected"], found)
    expect("eve-reader" not in found, found)
    expect(told["past_end"] == [{"user": "alice-admin", "group": "MyTeamProdAdmin", "until": "2020-01-31"}], told)
    expect(alice.user.SecretAccessKey not in done.out)


def test_a_misspelt_group_is_an_error(world: World):
    with Channel() as channel:
        config = config_with(world, "misspelt", 'AdminGroups: ["MyTeamProdAdmins"]', "SlackChannelHookUrl: env:HOOK")
        done = auditor(world).run("-c", config, "check-admin", "--no-mfa", "--slack", env={"HOOK": channel.url})
        expect(done.code == 2 and not done.out, done)
        expect_in('there is no group "MyTeamProdAdmins"', done.err)
        expect_in("did you mean MyTeamProdAdmin?", done.err)
        expect_in("could not be checked", channel.text)


def test_the_channel_is_told(world: World):
    world.person("MyTeamProdAdmin", mfa=False, name="frank-admin")
    with Channel() as channel:
        hook = os.path.join(world.folder, "hook")
        with open(hook, "w") as file:
            file.write(channel.url + "\n")
        config = config_with(world, "told", "AdminGroups: MyTeamProdAdmin", 'SlackChannel: "#ops"',
                             "SlackChannelHookUrl: file:hook")
        done = auditor(world).run("-c", config, "check-admin", "--no-mfa", "--slack", "-v")
        expect(done.code == 6, done)
        expect_in("frank-admin: MyTeamProdAdmin; no MFA device", channel.text)
        expect(channel.messages[0]["channel"] == "#ops", channel.messages)
        expect(SECRET not in done.out + done.err, done)


def test_a_message_that_is_not_taken_is_a_failure(world: World):
    with Channel() as channel:
        channel.answer = (404, b"channel_not_found")
        config = config_with(world, "not-taken", "AdminGroups: MyTeamProdAdmin", "SlackChannelHookUrl: env:HOOK")
        done = auditor(world).run("-c", config, "check-admin", "--no-mfa", "--slack", env={"HOOK": channel.url})
        expect(done.code == 5 and len(channel.messages) == 1, done)
        expect_in("HTTP 404, channel_not_found", done.err)
        expect(SECRET not in done.out + done.err, done)


def test_keys_of_another_account(world: World):
    config = config_with(world, "elsewhere", "AdminGroups: MyTeamProdAdmin")
    person = world.person(mfa=False)
    done = person.run("-c", config, "check-admin", "--no-mfa",
                      env={"AWS_ACCESS_KEY_ID": "222222222222", "AWS_SECRET_ACCESS_KEY": "test"})
    expect(done.code == 6 and not done.out, done)
    expect_in("these keys are of account 222222222222", done.err)


def test_who_may_not_read_is_told_so(world: World):
    config = config_with(world, "no-reading", "AdminGroups: MyTeamProdAdmin")
    done = world.person(mfa=False).run("-c", config, "check-admin", "--no-mfa")
    expect(done.code == 4 and not done.out, done)
    expect_in("AccessDenied", done.err)


def test_an_admin_of_the_bakery_account_shows_mfa(world: World):
    config = config_with(world, "by-admin", "AdminGroups: MyTeamProdAdmin")
    admin = world.person("MyTeamAwsBakeryAdmin")
    without = admin.run("-c", config, "check-admin", "--no-mfa")
    expect(without.code == 4, without)
    done = admin.run("-c", config, "-o", "json", "check-admin", "--mfa-code", admin.code())
    expect(done.code == 6, done)
    expect(admins_of(done)[admin.user.UserName]["mfa"], done.out)
