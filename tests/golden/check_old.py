"""The templates of the old tool's configuration have the logical ids, types, names, parameters, grants and trust that
deployed stacks have. Said here once more, apart from the golden files, which a rewrite would change along with a
mistake: CloudFormation replaces or refuses what has another logical id or name.

    check_old.py BAKERY_CLI CONFIG
"""
import json
import pathlib
import subprocess
import sys
import tempfile

cli, config = sys.argv[1:]
failures = []


def check(what, found, expected):
    if found != expected:
        failures.append(f"{what}:\n  - {json.dumps(expected)}\n  + {json.dumps(found)}")


with tempfile.TemporaryDirectory() as folder:
    subprocess.run([cli, "--config", config, "generate", "--out", folder], check=True, capture_output=True)
    files = {path.stem: json.loads(path.read_text()) for path in pathlib.Path(folder).iterdir()}

check("files", sorted(files), ["bakery_account", "bakery_env", "bakery_stack", "burger_account", "check_admin_access"])


def check_resources(template, types):
    found = {name: resource["Type"] for name, resource in files[template]["Resources"].items()}
    check(f"{template}: logical ids and types", found, types)


def properties(template, logical_id):
    return files[template]["Resources"][logical_id]["Properties"]


def check_property(template, logical_id, name, expected):
    check(f"{template}: {logical_id}.{name}", properties(template, logical_id).get(name), expected)


# bakery_stack
check_resources("bakery_stack", {"BakeryAccount": "AWS::CloudFormation::Stack",
                                 "BakeryEnvironment": "AWS::CloudFormation::Stack"})
parameters = files["bakery_stack"]["Parameters"]
check("bakery_stack: the old parameters", [name in parameters for name in ("TeamName", "CloudFormationS3Bucket")],
      [True, True])
for name, parameter in parameters.items():
    # A stack is updated in place with the parameters it has: any other must do without a value.
    if name != "CloudFormationS3Bucket":
        check(f"bakery_stack: parameter {name} has a default", "Default" in parameter, True)
check_property("bakery_stack", "BakeryAccount", "Parameters", {"TeamName": {"Ref": "TeamName"}})
check_property("bakery_stack", "BakeryEnvironment", "Parameters", None)
for logical_id, file in (("BakeryAccount", "bakery_account.json"), ("BakeryEnvironment", "bakery_env.json")):
    url = properties("bakery_stack", logical_id)["TemplateURL"]["Fn::Sub"]
    check(f"bakery_stack: {logical_id} is made of", url.split("}")[-1], file)

# bakery_account
check_resources("bakery_account", {"BakeryAdminsGroup": "AWS::IAM::Group", "BakeryUsersGroup": "AWS::IAM::Group",
                                   "BakeryUsersPolicy": "AWS::IAM::ManagedPolicy"})
check("bakery_account: parameters", list(files["bakery_account"]["Parameters"]), ["TeamName"])
for logical_id, name, policy in (("BakeryAdminsGroup", "${TeamName}AwsBakeryAdmin", "AdministratorAccess"),
                                 ("BakeryUsersGroup", "${TeamName}AwsBakeryReadOnly", "IAMReadOnlyAccess")):
    check_property("bakery_account", logical_id, "GroupName", {"Fn::Sub": name})
    check_property("bakery_account", logical_id, "ManagedPolicyArns",
                   [{"Fn::Sub": f"arn:${{AWS::Partition}}:iam::aws:policy/{policy}"}])
check_property("bakery_account", "BakeryUsersPolicy", "ManagedPolicyName", {"Fn::Sub": "${TeamName}AwsBakeryReadOnly"})
check_property("bakery_account", "BakeryUsersPolicy", "Description",
               "This policy will allow group members to manage their passwords and MFA devices")
check_property("bakery_account", "BakeryUsersPolicy", "Groups", [{"Ref": "BakeryUsersGroup"}])
denied = [statement for statement in properties("bakery_account", "BakeryUsersPolicy")["PolicyDocument"]["Statement"]
          if statement["Effect"] != "Allow"]
check("bakery_account: an old configuration gets no Deny", denied, [])

# bakery_env: who may assume what
accounts = {"NonProd": [("222222222222", "NonProd"), ("333333333333", "Stg")], "Prod": [("444444444444", "Prod")]}
access_types = {"Admin": "AdministratorAccess", "PowerUser": "PowerUserAccess", "ReadOnly": "ReadOnlyAccess"}
check("bakery_env: parameters", files["bakery_env"].get("Parameters"), None)
expected = {}
for environment, burgers in accounts.items():
    for access_type in access_types:
        both = environment + access_type
        expected["Group" + both] = "AWS::IAM::Group"
        expected["Policy" + both] = "AWS::IAM::ManagedPolicy"
        check_property("bakery_env", "Group" + both, "GroupName", "MyTeam" + both)
        check_property("bakery_env", "Policy" + both, "ManagedPolicyName", "MyTeam" + both)
        check_property("bakery_env", "Policy" + both, "Description", "This policy allows to assume a role")
        check_property("bakery_env", "Policy" + both, "Groups", [{"Ref": "Group" + both}])
        check_property("bakery_env", "Policy" + both, "PolicyDocument", {
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Resource": [f"arn:aws:iam::{number}:role/{name}-{environment}-{access_type}" for number, name in burgers],
            }]})
check_resources("bakery_env", expected)

# burger_account
check_resources("burger_account", {"Role" + access_type: "AWS::IAM::Role" for access_type in access_types})
parameters = files["burger_account"]["Parameters"]
check("burger_account: parameters", sorted(parameters), ["AccountName", "BakeryAccount", "Environment"])
check("burger_account: BakeryAccount.Default", parameters["BakeryAccount"].get("Default"), "111111111111")
check("burger_account: Environment.AllowedValues", parameters["Environment"]["AllowedValues"], ["NonProd", "Prod"])
for access_type, policy in access_types.items():
    check(f"burger_account: Role{access_type}", properties("burger_account", "Role" + access_type), {
        "RoleName": {"Fn::Sub": "${AccountName}-${Environment}-" + access_type},
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${BakeryAccount}:root"}},
                "Action": "sts:AssumeRole",
            }]},
        "ManagedPolicyArns": [f"arn:aws:iam::aws:policy/{policy}"],
    })
check("burger_account: conditions", files["burger_account"].get("Conditions"), None)

# check_admin_access
check_resources("check_admin_access", {
    "CheckAdminAccessRole": "AWS::IAM::Role", "LoggingPolicy": "AWS::IAM::ManagedPolicy",
    "CheckAdminAccess": "AWS::Lambda::Function", "LogGroupCheckAdminAccess": "AWS::Logs::LogGroup",
    "CheckAdminAccessCloudWatchEvent": "AWS::Events::Rule", "CheckAdminAccessPermission": "AWS::Lambda::Permission"})
parameters = files["check_admin_access"]["Parameters"]
old = ["Prefix", "CheckSum", "LambdaS3Bucket", "SlackChannel", "SlackChannelHookUrl", "AdminGroups", "RetentionInDays"]
check("check_admin_access: the old parameters", [name for name in old if name in parameters], old)
for name in set(parameters) - set(old):
    check(f"check_admin_access: the new parameter {name} has a default", "Default" in parameters[name], True)
check("check_admin_access: RetentionInDays.Default", parameters["RetentionInDays"].get("Default"), 30)
check("check_admin_access: AdminGroups.Default", parameters["AdminGroups"].get("Default"),
      "MyTeamProdAdmin,MyTeamProdPowerUser")
check("check_admin_access: the hook is shown nowhere", (parameters["SlackChannelHookUrl"].get("NoEcho"),
                                                        "Default" in parameters["SlackChannelHookUrl"]), (True, False))
for logical_id, name, value in (
        ("CheckAdminAccessRole", "RoleName", "${Prefix}Bakery-CheckAdminAccess"),
        ("LoggingPolicy", "ManagedPolicyName", "${Prefix}CheckAdminAccessLogs"),
        ("CheckAdminAccess", "FunctionName", "${Prefix}CheckAdminAccess"),
        ("CheckAdminAccessCloudWatchEvent", "Name", "${Prefix}CheckAdminAccess"),
        ("LogGroupCheckAdminAccess", "LogGroupName", "/aws/lambda/${Prefix}CheckAdminAccess")):
    check_property("check_admin_access", logical_id, name, {"Fn::Sub": value})
check_property("check_admin_access", "LoggingPolicy", "Description", None)
check_property("check_admin_access", "CheckAdminAccessCloudWatchEvent", "ScheduleExpression", "cron(0 22 * * ? *)")

for template, content in files.items():
    check(f"{template}: outputs", content.get("Outputs"), None)

print(*failures, sep="\n", end="\n" if failures else "")
print(f"{len(failures)} differences from what is deployed")
sys.exit(bool(failures))
