"""What `aws sso login` and `aws login` left on disk is renewed over real HTTP, once for all, and botocore reads it."""

import base64
import collections
import contextlib
import datetime
import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
import time

from flow.world import World, expect, expect_in

AT_ONCE = 20
LOGIN_SESSION = "arn:aws:iam::111111111111:user/ann"
CONFIG = f"""\
[profile sso]
sso_session = corp
sso_account_id = 222222222222
sso_role_name = Read
region = us-east-1
[sso-session corp]
sso_region = us-east-1
sso_start_url = https://d-1.awsapps.com/start
[profile login]
login_session = {LOGIN_SESSION}
region = us-east-1
"""
# Of this test alone: openssl ecparam -name prime256v1 -genkey -noout
KEY = """\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIFg3rL3dqQ6VbehkFj6JwvWpN7cg8cYfhGtVzsUm9SoJoAoGCCqGSM49
AwEHoUQDQgAE+rEH89l3tFFqUEhvzZJG+o86RS6UtUMQjPt+4kaSYHcBGWtI2QKE
4/8sQwrLDOU5xUwxQa6qFzI1TyTPqnLlEw==
-----END EC PRIVATE KEY-----
"""
READ_WITH_BOTOCORE = f"""
import botocore.session
from botocore.credentials import LoginCredentialFetcher
from botocore.tokens import SSOTokenProvider
from botocore.utils import JSONFileCache, LoginTokenLoader, get_login_token_cache_directory

print(SSOTokenProvider(botocore.session.Session(profile="sso")).load_token().get_frozen_token().token)
loader = LoginTokenLoader(JSONFileCache(get_login_token_cache_directory()))
print(LoginCredentialFetcher("{LOGIN_SESSION}", loader, None).load_cached_credentials()["access_key"])
"""
WHO = ("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:user/ann</Arn>"
       "<UserId>AIDA</UserId><Account>111111111111</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")


def in_seconds(seconds: int) -> str:
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")


class Services:
    """The token services, the portal that makes keys of a token, and STS, at one address."""

    def __init__(self):
        self.requests = collections.Counter()
        self.proofs, self.refuses = [], False
        services, lock = self, threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                token = self.headers["x-amz-sso_bearer_token"]
                keys = {"accessKeyId": "ASIA" + token, "secretAccessKey": "CANARYkey", "sessionToken": "CANARYsession",
                        "expiration": int((time.time() + 3600) * 1000)}
                self.answer("keys", 200, json.dumps({"roleCredentials": keys}))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/":
                    return self.answer("sts", 200, WHO)
                time.sleep(0.3)
                services.proofs.append(self.headers["DPoP"])
                if services.refuses:
                    return self.answer(self.path, 400, '{"error": "invalid_grant", "error_description": "no"}')
                return self.answer(self.path, 200, json.dumps(self.renewed(json.loads(body))))

            def renewed(self, request):
                if self.path == "/token":
                    return {"accessToken": "NEW", "expiresIn": 3600, "refreshToken": "CANARYnext",
                            "old": request["refreshToken"]}
                keys = {"accessKeyId": "ASIANEW", "secretAccessKey": "CANARYkey", "sessionToken": "CANARYsession"}
                return {"accessToken": keys, "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": "CANARYnext"}

            def answer(self, name, status, body):
                with lock:
                    services.requests[name] += 1
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = AT_ONCE * 2

        self._server = Server(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def write(path: str, text: str) -> str:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o600)
    return path


def sso_file(person) -> str:
    return os.path.join(person.home, ".aws/sso/cache", hashlib.sha1(b"corp").hexdigest() + ".json")


def login_file(person) -> str:
    return os.path.join(person.home, ".aws/login/cache", hashlib.sha256(LOGIN_SESSION.encode()).hexdigest() + ".json")


@contextlib.contextmanager
def signed_in(world: World):
    """A person whose token and session are over, and the services that may renew them."""
    person, services = world.person(mfa=False), Services()
    write(os.path.join(person.home, ".aws/config"), CONFIG)
    write(sso_file(person), json.dumps({
        "startUrl": "https://d-1.awsapps.com/start", "region": "us-east-1", "accessToken": "OLD",
        "expiresAt": in_seconds(-60), "clientId": "client", "clientSecret": "CANARYclient",
        "registrationExpiresAt": in_seconds(86400), "refreshToken": "CANARYrefresh"}))
    write(login_file(person), json.dumps({
        "accessToken": {"accessKeyId": "ASIAOLD", "secretAccessKey": "CANARYold", "sessionToken": "CANARYold",
                        "accountId": "111111111111", "expiresAt": in_seconds(-60)},
        "tokenType": "aws_sigv4", "clientId": "arn:aws:signin:::devtools/same-device", "refreshToken": "CANARYrefresh",
        "idToken": "CANARYid", "dpopKey": KEY}))
    services.environment = {"AWS_ENDPOINT_URL": services.endpoint, "AWS_ACCESS_KEY_ID": None,
                            "AWS_SECRET_ACCESS_KEY": None}
    try:
        yield person, services
    finally:
        services.close()


def run_many(world: World, person, services: Services, profile: str) -> None:
    processes = [subprocess.Popen([world.cli, "whoami", "--profile", profile],
                                  env=person.environment(**services.environment), stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(AT_ONCE)]
    ends = [process.communicate(timeout=60) for process in processes]
    expect({process.returncode for process in processes} == {0}, {err for _, err in ends})


def test_of_many_one_renews_and_botocore_reads_it(world: World):
    with signed_in(world) as (person, services):
        run_many(world, person, services, "sso")
        run_many(world, person, services, "login")
        expect(services.requests["/token"] == 1, services.requests)
        expect(services.requests["/v1/token"] == 1, services.requests)
        expect(services.requests["sts"] == 2 * AT_ONCE, services.requests)
        for path in sso_file(person), login_file(person):
            expect(os.stat(path).st_mode & 0o7777 == 0o600, path)
            expect(os.listdir(os.path.dirname(path)) == [os.path.basename(path)], os.listdir(os.path.dirname(path)))
        read = subprocess.run([sys.executable, "-c", READ_WITH_BOTOCORE], env=person.environment(**services.environment),
                              capture_output=True, text=True)
        expect(read.stdout.split() == ["NEW", "ASIANEW"], read.stdout, read.stderr)


def test_a_session_is_renewed_with_a_proof(world: World):
    with signed_in(world) as (person, services):
        done = person.run("whoami", "-v", "--profile", "login", env=services.environment)
        expect(done.code == 0, done.err)
        expect_in("the login session is renewed", done.err)
        header, claims, signature = (base64.urlsafe_b64decode(part + "==") for part in services.proofs[0].split("."))
        expect(json.loads(header)["typ"] == "dpop+jwt", header)
        expect(json.loads(claims)["htu"] == services.endpoint + "/v1/token", claims)
        expect(abs(json.loads(claims)["iat"] - time.time()) < 60, claims)
        expect(len(signature) == 64, len(signature))


def test_a_refusal_names_the_way_back_and_no_secret(world: World):
    for profile, hint in ("sso", "run: aws sso login --sso-session corp"), ("login", "run: aws login --profile login"):
        with signed_in(world) as (person, services):
            services.refuses = True
            done = person.run("whoami", "-v", "--profile", profile, env=services.environment)
            expect(done.code == 4, done)
            expect_in("invalid_grant", done.err)
            expect_in(hint, done.err)
            expect("CANARY" not in done.out + done.err and "PRIVATE KEY" not in done.err, done.err)
