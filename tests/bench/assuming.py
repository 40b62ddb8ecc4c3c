"""The sections on a role's credentials: from the cache, and from STS over TLS."""

import os
import shutil
import subprocess
import sys
import urllib.parse

from measuring import Program, found, print_table

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wire"))

from certificates import Certificates  # noqa: E402
from scenarios import http  # noqa: E402
from server import Server  # noqa: E402

ROLE_ARN = "arn:aws:iam::100000000001:role/acct000001-Env001-Admin"
SERIAL = "arn:aws:iam::999999999999:mfa/ann"
SESSION = "<Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>" \
          f"<SessionToken>{'t' * 800}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
RESULTS = {
    "GetCallerIdentity": "<Arn>arn:aws:iam::999999999999:user/ann</Arn><UserId>U</UserId><Account>999999999999</Account>",
    "GetSessionToken": SESSION,
    "AssumeRole": SESSION + "<AssumedRoleUser><Arn>arn:aws:sts::100000000001:assumed-role/acct000001-Env001-Admin/bench"
                            "</Arn><AssumedRoleId>A:bench</AssumedRoleId></AssumedRoleUser>",
}
SENT_BY_BOTH = ("authorization", "content-type", "x-amz-date", "x-amz-security-token")

HIT = """\
## Credentials from a fresh cache

What stands behind `credential_process`: a session that was fetched before. The role is named by its ARN, or by environment, \
access type and account of a configuration of 1,000 accounts. boto3 keeps no sessions between runs; the AWS CLI does.
"""

COLD = """\
## Credentials from STS

One AssumeRole over TLS, from nothing: no cache, a new connection, the certificate checked. The server is a scripted one on \
this machine; its time is in the wall time of all rows. curl sends the very request that bakery-cli has sent, signature included.
"""


class Sts(Server):
    """Answers each action with all that it asks for."""

    def next_reply(self, request):
        action = urllib.parse.parse_qs(request.body.decode())["Action"][0]
        with self.lock:
            self.requests.append(request)
        return [http(200, f"<{action}Response><{action}Result>{RESULTS[action]}</{action}Result></{action}Response>".encode())]


class Stage:
    """A home folder with the settings of all tools, before a server."""

    def __init__(self, tools, certificates, server):
        self.server, self.authorities = server, certificates.path("ca.pem")
        self.cache = os.path.join(tools.folder, "home", ".cache")
        self.environment = {
            "HOME": os.path.join(tools.folder, "home"), "PATH": os.environ["PATH"], "AWS_CA_BUNDLE": self.authorities,
            "AWS_ENDPOINT_URL": f"https://127.0.0.1:{server.port}", "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",  # what Python knows
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        }
        os.makedirs(os.path.join(self.environment["HOME"], ".aws"))
        with open(os.path.join(self.environment["HOME"], ".aws", "config"), "w", encoding="utf-8") as file:
            file.write(f"[profile role]\nrole_arn = {ROLE_ARN}\nrole_session_name = bench\ncredential_source = Environment\n")

    def run(self, command):
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")

    def forget(self):
        shutil.rmtree(self.cache, ignore_errors=True)

    def curl_command(self):
        """What was sent last, as curl's arguments."""
        request = self.server.requests[-1]
        headers = [word for name in SENT_BY_BOTH if name in request.headers
                   for word in ("-H", f"{name}: {request.headers[name]}")]
        return ["-q", "-sS", "-f", "--http1.1", "--cacert", self.authorities, *headers, "--data-binary", request.body.decode(),
                self.environment["AWS_ENDPOINT_URL"] + "/"]


def print_hit(tools, stage):
    by_arn = [tools.cli, "credentials", "--role-arn", ROLE_ARN]
    by_name = [tools.cli, "--config", tools.large_config((1, 1000, 9)), "credentials", "--env", "Env001", "--type", "Admin",
               "--account", "acct000001", "--mfa-serial", SERIAL]
    programs = [
        Program("an empty C program", [tools.empty]),
        Program("`bakery-cli credentials`, by ARN", by_arn, stage.environment),
        Program("`bakery-cli credentials`, by name", by_name, stage.environment),
        Program.peer("`aws configure list`, the role by ARN", "aws", "configure", "list", "--profile", "role",
                     environment=stage.environment, slow=True),
    ]
    # They are in the cache from here on.
    stage.run(by_arn)
    stage.run([*by_name, "--mfa-code", "123456"])
    if not programs[-1].missing:
        stage.run(programs[-1].command)
    asked = len(stage.server.requests)

    print(HIT)
    print_table(tools, programs, 2 if tools.quick else 300)
    if len(stage.server.requests) != asked:
        sys.exit("what was to come from a cache was asked of the server")


def print_cold(tools, stage):
    ours = [tools.cli, "credentials", "--role-arn", ROLE_ARN, "--session-name", "bench"]
    stage.forget()
    stage.run(ours)
    asked = len(stage.server.requests)
    assume_role = ["sts", "assume-role", "--role-arn", ROLE_ARN, "--role-session-name", "bench"]
    programs = [
        Program("an empty C program", [tools.empty]),
        Program("`bakery-cli credentials`", ours, stage.environment, before=stage.forget),
        Program.peer("curl, the same request", "curl", *stage.curl_command(), environment=stage.environment),
        Program("boto3", [sys.executable, os.path.join(HERE, "assume_with_boto3.py"), ROLE_ARN], stage.environment, slow=True),
        Program.peer("`aws sts assume-role`", "aws", *assume_role, environment=stage.environment, slow=True),
    ]

    print(COLD)
    measured = print_table(tools, programs, 2 if tools.quick else 100)
    calls = sum(each.runs for name, each in measured.items() if name != programs[0].name)
    if len(stage.server.requests) - asked != calls:
        sys.exit(f"{calls} runs, and {len(stage.server.requests) - asked} requests")
    if programs[2].name in measured:
        us, curl = measured[programs[1].name], measured[programs[2].name]
        print(f"bakery-cli / curl: CPU {us.cpu_us / curl.cpu_us:.2f}, wall {us.wall_us / curl.wall_us:.2f}, "
              f"peak {us.memory_kib / curl.memory_kib:.2f}.\n", flush=True)


def print_sections(tools):
    if not found("openssl"):
        print("## Credentials\n\nNot measured: openssl, which makes the server's certificate, is not installed.\n")
        return
    folder = os.path.join(tools.folder, "certificates")
    os.mkdir(folder)
    certificates = Certificates(folder)
    with Sts([], certificates.server_context("good")) as server:
        stage = Stage(tools, certificates, server)
        print_hit(tools, stage)
    with Sts([], certificates.server_context("good")) as server:
        stage.server = server
        stage.environment["AWS_ENDPOINT_URL"] = f"https://127.0.0.1:{server.port}"
        print_cold(tools, stage)
