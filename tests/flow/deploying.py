"""The Bakery account's stack is made, changed, and left alone when nothing changes."""

import json
import os
import subprocess

from flow.kitchen import STACKS, TEMPLATES, Kitchen, allow
from flow.world import RUN_TIMEOUT_S, Skipped, World, expect, expect_in

GROUPS = ["MyTeamAwsBakeryAdmin", "MyTeamAwsBakeryReadOnly", "MyTeamNonProdAdmin", "MyTeamNonProdReadOnly",
          "MyTeamProdAdmin", "MyTeamProdReadOnly"]
TAGS = {"Environment": "Prod", "Billing Code": "BC1", "Application": "Bakery", "Server Name": "Bakery",
        "Launched By": "iam_user", "ManagedBy": "bakery"}


def test_first_deployment(world: World):
    kitchen = Kitchen(world)
    cook = kitchen.cook()
    done = cook.run("deploy", "bakery", "--yes")
    expect(done.code != 0 and kitchen.stack() is None, done)
    expect_in("--create-bucket", done.err)
    done = cook.run("deploy", "bakery", "--yes", "--create-bucket")
    expect(done.code == 0, done)
    expect_in("BakeryAccount is deployed", done.out)
    expect(kitchen.groups() == GROUPS, kitchen.groups())
    expect(kitchen.granted("MyTeamProdAdmin") == [f"arn:aws:iam::{kitchen.account(2)}:role/Shop-Prod-Admin"])
    stack = kitchen.stack()
    expect(stack["EnableTerminationProtection"], "no termination protection")
    expect({tag["Key"]: tag["Value"] for tag in stack["Tags"]} == TAGS, stack["Tags"])


def test_bucket_is_private_versioned_and_encrypted(world: World):
    kitchen = Kitchen(world)
    kitchen.deployed()
    s3 = kitchen.root("s3")
    expect(s3.get_bucket_versioning(Bucket=kitchen.bucket)["Status"] == "Enabled")
    block = s3.get_public_access_block(Bucket=kitchen.bucket)["PublicAccessBlockConfiguration"]
    expect(len(block) == 4 and all(block.values()), block)
    rules = s3.get_bucket_encryption(Bucket=kitchen.bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    expect(rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], rules)


def test_nothing_to_do(world: World):
    kitchen = Kitchen(world)
    cook = kitchen.deployed()
    before = kitchen.contents()
    other = kitchen.cook()
    for who, arguments in ((cook, ("deploy", "bakery")), (other, ("deploy", "bakery", "--yes")), (cook, ("plan",)),
                           (cook, ("plan", "--exit-code"))):
        done = who.run(*arguments)
        expect(done.code == 0, arguments, done)
        expect_in("nothing to do", done.out)
        expect(kitchen.change_sets() == [], kitchen.change_sets())
    expect(kitchen.contents() == before, before, kitchen.contents())


def test_new_account(world: World):
    kitchen = Kitchen(world)
    cook = kitchen.deployed()
    kitchen.member("alice", "MyTeamNonProdAdmin")
    kitchen.write(Environments=[kitchen.environment("NonProd", Dev=1, Stg=3), kitchen.environment("Prod", Shop=2)])
    done = cook.run("plan")
    expect(done.code == 0, done)
    expect_in(f"+ alice (MyTeamNonProdAdmin) gain Stg-NonProd-Admin in {kitchen.account(3)}", done.out)
    expect("Shop" not in done.out and "REPLACED" not in done.out and kitchen.change_sets() == [], done)
    expect(len(kitchen.granted("MyTeamNonProdAdmin")) == 1, "a plan changed something")
    expect(cook.run("plan", "--exit-code").code == 6)
    done = cook.run("deploy", "--yes")
    expect(done.code == 0, done)
    expect(len(kitchen.granted("MyTeamNonProdAdmin")) == 2, kitchen.granted("MyTeamNonProdAdmin"))
    members = kitchen.root("iam").get_group(GroupName="MyTeamNonProdAdmin")["Users"]
    expect([user["UserName"] for user in members] == ["alice"], members)


def test_people_are_not_known_without_the_right(world: World):
    kitchen = Kitchen(world)
    kitchen.deployed()
    kitchen.write(Environments=[kitchen.environment("NonProd", Dev=1, Stg=3), kitchen.environment("Prod", Shop=2)])
    done = kitchen.cook(policy=allow(*STACKS, *TEMPLATES)).run("plan")
    expect(done.code == 0, done)
    expect_in("members of MyTeamNonProdAdmin gain Stg-NonProd-Admin", done.out)
    expect_in("iam:GetGroup", done.out)


def test_broadening_is_refused_on_request(world: World):
    kitchen = Kitchen(world)
    cook = kitchen.deployed()
    kitchen.write(Environments=[kitchen.environment("NonProd", Dev=1, Stg=3), kitchen.environment("Prod", Shop=2)])
    for command in (("plan",), ("deploy", "--yes")):
        done = cook.run(*command, "--fail-on-broadening")
        expect(done.code == 6, command, done)
        expect_in("more than before", done.err)
        expect(kitchen.change_sets() == [] and kitchen.status() == "CREATE_COMPLETE", command)
    expect(cook.run("deploy", "--yes").code == 0)
    kitchen.write(Environments=[kitchen.environment("NonProd", Dev=1), kitchen.environment("Prod", Shop=2)])
    done = cook.run("deploy", "--yes", "--fail-on-broadening")
    expect(done.code == 0, done)
    expect(len(kitchen.granted("MyTeamNonProdAdmin")) == 1, "the grant is still there")


def test_nobody_to_ask(world: World):
    kitchen = Kitchen(world)
    cook = kitchen.cook()
    done = cook.run("deploy", "bakery", "--create-bucket")
    expect(done.code == 6, done)
    expect_in("--yes", done.err)
    expect(kitchen.stack() is None and kitchen.groups() == [], kitchen.contents())


def test_a_stack_for_each_environment(world: World):
    kitchen = Kitchen(world, Layout="PerEnvironment")
    cook = kitchen.deployed()
    resources = kitchen.root("cloudformation").describe_stack_resources(StackName="BakeryAccount")["StackResources"]
    nested = sorted(resource["LogicalResourceId"] for resource in resources)
    expect(nested == ["BakeryAccount", "BakeryEnvironmentNonProd", "BakeryEnvironmentProd"], nested)
    expect(kitchen.groups() == GROUPS, kitchen.groups())
    expect_in("nothing to do", cook.run("deploy", "--yes").out)
    kitchen.write(Environments=[kitchen.environment("NonProd", Dev=1), kitchen.environment("Prod", Shop=2, Till=3)])
    done = cook.run("plan")
    expect_in("~ BakeryEnvironmentProd/PolicyProdAdmin", done.out)
    expect("NonProd" not in done.out, done.out)
    kitchen.write(Environments=[kitchen.environment("Prod", Shop=2), kitchen.environment("Lab", Lab1=4)])
    done = cook.run("deploy", "--yes")
    expect(done.code == 0, done)
    expect("MyTeamNonProdAdmin" not in kitchen.groups() and "MyTeamLabAdmin" in kitchen.groups(), kitchen.groups())


def test_large_template_goes_through_the_bucket(world: World):
    kitchen = Kitchen(world)
    statement = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::bucket-{i:03}/*"}
                 for i in range(30)]
    types = [{"Type": f"Type{i}", "InlinePolicy": {"Version": "2012-10-17", "Statement": statement}}
             for i in range(20)]
    kitchen.write(AccessTypes=types, Environments=[kitchen.environment("NonProd", Dev=1)])
    cook = kitchen.cook(account=kitchen.account(1))
    kitchen.root("s3").create_bucket(Bucket=kitchen.bucket)
    share = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{kitchen.account(1)}:root"},
        "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{kitchen.bucket}", f"arn:aws:s3:::{kitchen.bucket}/*"]}]}
    kitchen.root("s3").put_bucket_policy(Bucket=kitchen.bucket, Policy=json.dumps(share))
    done = cook.run("deploy", "burger", "Dev", "--yes")
    expect(done.code == 0, done)
    expect(len(kitchen.roles(1)) == 20, kitchen.roles(1))
    keys = [each["Key"] for each in kitchen.root("s3").list_objects_v2(Bucket=kitchen.bucket)["Contents"]]
    expect(len(keys) == 1 and keys[0].endswith("/burger_account.json"), keys)
    expect_in("nothing to do", cook.run("deploy", "burger", "Dev", "--yes").out)


def test_events_as_JSON(world: World):
    kitchen = Kitchen(world)
    cook = kitchen.cook()
    done = cook.run("--output", "json", "deploy", "bakery", "--yes", "--create-bucket")
    expect(done.code == 0, done)
    events = [json.loads(line) for line in done.out.splitlines()]
    expect(all(event["version"] == 1 for event in events), done.out)
    kinds = {event["event"] for event in events}
    expect({"step", "resource", "stack"} <= kinds, kinds)
    made = [event["physical_id"] for event in events if event.get("status") == "CREATE_COMPLETE"
            and event.get("resource_type") == "AWS::IAM::Group"]
    expect(sorted(made) == GROUPS, made)
    expect(events[-1]["event"] == "stack" and events[-1]["status"] == "CREATE_COMPLETE", events[-1])
    done = cook.run("--output", "json", "plan")
    expect(json.loads(done.out)["action"] == "nothing", done)


def test_no_secret_in_what_is_printed(world: World):
    kitchen = Kitchen(world)
    cook = kitchen.cook()
    runs = [cook.run("-v", *arguments) for arguments in (
        ("plan", "--create-bucket"), ("--output", "json", "deploy", "--yes"), ("deploy", "--yes"), ("destroy", "bakery"),
        ("deploy", "burger", "Dev", "--yes"))]
    for done in runs:
        expect(cook.user.SecretAccessKey not in done.out + done.err, done)
    expect_in("HTTP 200", runs[0].err)
    for folder, _, names in os.walk(cook.home):
        for name in names:
            with open(os.path.join(folder, name), errors="replace") as file:
                expect(cook.user.SecretAccessKey not in file.read(), name)


def test_the_example_deploys(world: World):
    program = os.path.join(os.path.dirname(world.cli), "..", "examples", "deploy")
    if not os.path.exists(program):
        raise Skipped("examples are not built: -Dexamples=true")
    kitchen = Kitchen(world)
    cook = kitchen.deployed()
    kitchen.write(Environments=[kitchen.environment("NonProd", Dev=1), kitchen.environment("Prod", Shop=2, Till=3)])
    for arguments, grants in (((), 1), (("--yes",), 2)):
        done = subprocess.run([program, kitchen.config, *arguments], env=cook.environment(), capture_output=True,
                              text=True, timeout=RUN_TIMEOUT_S)
        expect(done.returncode == 0, done)
        expect_in("Till-Prod-Admin", done.stdout)
        expect(len(kitchen.granted("MyTeamProdAdmin")) == grants and kitchen.change_sets() == [], arguments, done)
    expect_in("resources done", done.stdout)
    expect_in("PolicyProdAdmin UPDATE_COMPLETE", done.stdout)


