"""Fills a sandbox for tests and for the demo: users with keys and MFA devices, group members, deployed templates.

Everything is done as the root of the account concerned, so that nothing under test has to run as root.
Python code uses the functions; shell scripts use `python -m sandbox.seed` or `python tests/sandbox/seed.py`.
"""

import argparse
import dataclasses
import json
import os
import sys
import time

if not __package__:
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    __package__ = "sandbox"

from botocore.exceptions import ClientError  # noqa: E402

from . import clients, totp  # noqa: E402

BAKERY_ACCOUNT = "111111111111"
CAPABILITIES = ["CAPABILITY_NAMED_IAM"]
INLINE_TEMPLATE_BYTES = 51200
WAIT_S = 300
POLL_S = 0.2

# Older than any code a test will send, so that enabling a device uses up none of them.
ENABLING_STEPS = (-4, -3)


@dataclasses.dataclass
class User:
    """A user as the caller needs it: names of the fields are those of the IAM API."""

    UserName: str
    Arn: str
    AccessKeyId: str
    SecretAccessKey: str
    SerialNumber: str = ""
    Base32StringSeed: str = ""

    def client(self, endpoint: str, service: str, region: str = clients.REGION):
        return clients.client(endpoint, service, self.AccessKeyId, self.SecretAccessKey, region=region)

    def code(self, step_offset: int = 0) -> str:
        """The MFA code of this half minute, or of the one before (-1) or after (+1): three that STS takes now."""
        return totp.code_now(self.Base32StringSeed, step_offset)


def create_user(endpoint: str, name: str, account: str = BAKERY_ACCOUNT, path: str = "/", groups: tuple = (),
                policy: dict | None = None, with_mfa: bool = False) -> User:
    """Make a user with an access key; add it to groups that exist; give it an inline policy and an MFA device."""
    iam = clients.root(endpoint, "iam", account)
    arn = iam.create_user(UserName=name, Path=path)["User"]["Arn"]
    for group in groups:
        iam.add_user_to_group(GroupName=group, UserName=name)
    if policy:
        iam.put_user_policy(UserName=name, PolicyName="seeded", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    user = User(name, arn, key["AccessKeyId"], key["SecretAccessKey"])
    if with_mfa:
        add_mfa_device(endpoint, user, account)
    return user


def add_mfa_device(endpoint: str, user: User, account: str = BAKERY_ACCOUNT) -> None:
    """Make and enable a virtual device; its seed is then in `user`."""
    iam = clients.root(endpoint, "iam", account)
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=user.UserName)["VirtualMFADevice"]
    user.SerialNumber = device["SerialNumber"]
    user.Base32StringSeed = device["Base32StringSeed"].decode()
    first, second = (user.code(step) for step in ENABLING_STEPS)
    iam.enable_mfa_device(UserName=user.UserName, SerialNumber=user.SerialNumber,
                          AuthenticationCode1=first, AuthenticationCode2=second)


def wait_for_stack(cloudformation, stack_id: str) -> str:
    """The status in which the stack comes to rest."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        status = cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]
        if not status.endswith("_IN_PROGRESS"):
            return status
        time.sleep(POLL_S)
    raise TimeoutError(f"{stack_id} is still {status} after {WAIT_S} s")


def _first_failure(cloudformation, stack_id: str) -> str:
    """The earliest failed event of a resource, also inside nested stacks."""
    events = cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]
    for event in reversed(events):
        if event["ResourceStatus"].endswith("_FAILED"):
            return f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
    return "no failed event"


def _stack_exists(cloudformation, name: str) -> bool:
    try:
        cloudformation.describe_stacks(StackName=name)
    except cloudformation.exceptions.ClientError:
        return False
    return True


def deploy_stack(endpoint: str, account: str, name: str, template_path: str, parameters: dict[str, str],
                 bucket: str | None = None, region: str = clients.REGION) -> str:
    """Create or update one stack and wait; its status. Parameters that the template does not declare are left out."""
    with open(template_path, encoding="utf-8") as file:
        body = file.read()
    declared = json.loads(body).get("Parameters", {})
    cloudformation = clients.root(endpoint, "cloudformation", account, region)
    request = {
        "StackName": name,
        "Capabilities": CAPABILITIES,
        "Parameters": [{"ParameterKey": key, "ParameterValue": value}
                       for key, value in parameters.items() if key in declared],
    }
    request.update(_template_source(endpoint, account, template_path, body, bucket))
    if _stack_exists(cloudformation, name):
        stack_id = cloudformation.update_stack(**request)["StackId"]
    else:
        stack_id = cloudformation.create_stack(**request)["StackId"]
    status = wait_for_stack(cloudformation, stack_id)
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise RuntimeError(f"{name} in {account}: {status}: {_first_failure(cloudformation, stack_id)}")
    return status


def _template_source(endpoint: str, account: str, path: str, body: str, bucket: str | None) -> dict:
    """Inline as long as CloudFormation takes it, else through the bucket."""
    if len(body.encode()) <= INLINE_TEMPLATE_BYTES:
        return {"TemplateBody": body}
    if not bucket:
        raise RuntimeError(f"{path} is over {INLINE_TEMPLATE_BYTES} bytes: name a bucket")
    put_file(endpoint, account, bucket, path)
    return {"TemplateURL": f"https://s3.amazonaws.com/{bucket}/{os.path.basename(path)}"}


def put_file(endpoint: str, account: str, bucket: str, path: str) -> None:
    """Upload a file under its own name; the bucket is made when it is missing."""
    s3 = clients.root(endpoint, "s3", account)
    if bucket not in [existing["Name"] for existing in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=bucket)
    with open(path, "rb") as file:
        s3.put_object(Bucket=bucket, Key=os.path.basename(path), Body=file.read())


@dataclasses.dataclass
class Burger:
    """One burger account, written Name=ACCOUNT:ENVIRONMENT on the command line."""

    name: str
    account: str
    environment: str

    @classmethod
    def parse(cls, text: str) -> "Burger":
        name, equals, rest = text.partition("=")
        account, colon, environment = rest.partition(":")
        if not (name and equals and colon and environment and account.isdigit() and len(account) == 12):
            raise argparse.ArgumentTypeError(f"{text!r} is not Name=ACCOUNT:ENVIRONMENT, "
                                             "e.g. Shop=222222222222:NonProd")
        return cls(name, account, environment)


def deploy_folder(endpoint: str, folder: str, team: str, bucket: str, burgers: list[Burger], prefix: str = "",
                  bakery_account: str = BAKERY_ACCOUNT) -> dict[str, str]:
    """Deploy what `bakery-cli generate` wrote: the burgers first, then the Bakery account. Status by stack."""
    done = {}
    for burger in burgers:
        parameters = {"BakeryAccount": bakery_account, "AccountName": burger.name, "Environment": burger.environment}
        template = os.path.join(folder, "burger_account.json")
        label = f"{burger.account}/{prefix}BurgerAccount"
        done[label] = deploy_stack(endpoint, burger.account, f"{prefix}BurgerAccount", template, parameters, bucket)
    for name in sorted(os.listdir(folder)):
        if name.endswith(".json"):
            put_file(endpoint, bakery_account, bucket, os.path.join(folder, name))
    parameters = {"TeamName": team, "CloudFormationS3Bucket": bucket}
    template = os.path.join(folder, "bakery_stack.json")
    label = f"{bakery_account}/{prefix}BakeryAccount"
    done[label] = deploy_stack(endpoint, bakery_account, f"{prefix}BakeryAccount", template, parameters, bucket)
    return done


# ---- command line ----

def _key_value(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return key, value


def _run_user(arguments) -> None:
    policy = None
    if arguments.policy:
        with open(arguments.policy, encoding="utf-8") as file:
            policy = json.load(file)
    user = create_user(arguments.endpoint, arguments.name, arguments.account, arguments.path, arguments.group,
                       policy, arguments.mfa)
    _print(dataclasses.asdict(user), arguments.format)


def _print(values: dict, form: str) -> None:
    if form == "json":
        print(json.dumps(values, indent=2))
        return
    for key, value in values.items():
        print(f"{key}={value}")


def _run_member(arguments) -> None:
    iam = clients.root(arguments.endpoint, "iam", arguments.account)
    action = iam.remove_user_from_group if arguments.remove else iam.add_user_to_group
    for group in arguments.group:
        action(GroupName=group, UserName=arguments.name)


def _run_code(arguments) -> None:
    print(totp.code_now(arguments.seed, arguments.step))


def _run_stack(arguments) -> None:
    status = deploy_stack(arguments.endpoint, arguments.account, arguments.name, arguments.template,
                          dict(arguments.parameter), arguments.bucket, arguments.region)
    print(f"{arguments.account}/{arguments.name} {status}")


def _run_folder(arguments) -> None:
    done = deploy_folder(arguments.endpoint, arguments.folder, arguments.team, arguments.bucket, arguments.burger,
                         arguments.prefix, arguments.account)
    for stack, status in done.items():
        print(f"{stack} {status}")


def _add_command(commands, name: str, run, help_text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(run=run)
    if name != "code":
        parser.add_argument("--account", default=BAKERY_ACCOUNT, help="account id (default: %(default)s)")
    return parser


def _add_user_commands(commands) -> None:
    user = _add_command(commands, "user", _run_user, "make an IAM user with an access key, and print what it got")
    user.add_argument("name")
    user.add_argument("--path", default="/", help="IAM path of the user (default: %(default)s)")
    user.add_argument("--group", action="append", default=[], help="an existing group to put the user in; repeatable")
    user.add_argument("--policy", metavar="FILE", help="JSON policy to put on the user")
    user.add_argument("--mfa", action="store_true", help="give the user an enabled virtual MFA device")
    user.add_argument("--format", choices=("json", "env"), default="json",
                      help="json, or lines KEY=VALUE (default: %(default)s)")
    member = _add_command(commands, "member", _run_member, "put a user in groups, or take the user out")
    member.add_argument("name")
    member.add_argument("--group", action="append", required=True, help="an existing group; repeatable")
    member.add_argument("--remove", action="store_true", help="take the user out instead")
    code = _add_command(commands, "code", _run_code, "print the six digits that an MFA device with this seed shows")
    code.add_argument("seed", help="Base32StringSeed as `user --mfa` printed it")
    code.add_argument("--step", type=int, choices=(-1, 0, 1), default=0,
                      help="the half minute before, this one or the next; STS takes all three, each once")


def _add_stack_commands(commands) -> None:
    stack = _add_command(commands, "stack", _run_stack, "create or update one stack and wait for its end")
    stack.add_argument("name")
    stack.add_argument("template", help="template file (JSON)")
    stack.add_argument("--parameter", action="append", type=_key_value, default=[], metavar="KEY=VALUE")
    stack.add_argument("--bucket", help="bucket for a template over 51,200 bytes; made when missing")
    stack.add_argument("--region", default=clients.REGION, help="region of the stack (default: %(default)s)")
    folder = _add_command(commands, "folder", _run_folder,
                          "deploy a folder that `bakery-cli generate` wrote: burgers first, then the Bakery account")
    folder.add_argument("folder")
    folder.add_argument("--team", required=True, help="parameter TeamName")
    folder.add_argument("--prefix", default="", help="prefix of the stack names")
    folder.add_argument("--bucket", default="bakery-templates", help="bucket for the templates (default: %(default)s)")
    folder.add_argument("--burger", action="append", type=Burger.parse, default=[], metavar="NAME=ACCOUNT:ENVIRONMENT",
                        help="a burger account to deploy to, e.g. Shop=222222222222:NonProd; repeatable")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox.seed", description="Fill a running sandbox for a test or the demo.")
    parser.add_argument("--endpoint", metavar="URL", default=os.environ.get("AWS_ENDPOINT_URL"),
                        help="the sandbox, http://127.0.0.1:PORT (default: AWS_ENDPOINT_URL)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_user_commands(commands)
    _add_stack_commands(commands)
    arguments = parser.parse_args()
    if not arguments.endpoint and arguments.run is not _run_code:
        parser.error("--endpoint is missing")
    return arguments


def main() -> int:
    arguments = parse_arguments()
    try:
        arguments.run(arguments)
    except (RuntimeError, TimeoutError, OSError, ValueError, ClientError) as failure:
        print(f"seed: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
