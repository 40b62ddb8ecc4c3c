"""What the flow tests stand on: a sandbox with deployed templates, a counting proxy, and people who run bakery-cli."""

import collections
import contextlib
import dataclasses
import http.client
import http.server
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import tempfile
import termios
import threading
import time
import urllib.parse

from sandbox import launcher, seed, totp

CONFIG = """\
TeamName: MyTeam
BillingCode: BC1
BakeryAccount: "111111111111"
Region: us-east-1
Defaults:
  RequireMfa: true
  MfaMaxAge: 43200
  RequireSessionName: true
  SourceIdentity: true
  SessionTags: [Reason]
Environments:
  - Environment: NonProd
    Accounts:
      - { Id: "222222222222", Name: Shop }
      - { Id: "333333333333", Name: Stg }
  - Environment: Prod
    MaxSessionDuration: 14400
    Accounts:
      - { Id: "444444444444", Name: Main }
  - Environment: Lab
    DefaultAccount: Lab1
    AccessTypes: [Admin]
    Accounts:
      - { Id: "555555555555", Name: Lab1 }
      - { Id: "666666666666", Name: Lab2 }
AccessTypes:
  - { Type: Admin, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }
  - { Type: ReadOnly, PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }
"""
BURGERS = ("Shop=222222222222:NonProd", "Stg=333333333333:NonProd", "Main=444444444444:Prod", "Lab1=555555555555:Lab")
READ_OWN_GROUPS = "MyTeamAwsBakeryReadOnly"
SHOP_ADMIN = ("--env", "NonProd", "--type", "Admin", "--account", "Shop")
SHOP_ADMIN_ARN = "arn:aws:iam::222222222222:role/Shop-NonProd-Admin"
OPEN_ROLE_ARN = "arn:aws:iam::222222222222:role/Open"
RUN_TIMEOUT_S = 300  # of a machine that is busy; no test waits for it to be over
OF_ONE_CONNECTION = ("connection", "content-length", "date", "server", "transfer-encoding")


class Failed(Exception):
    """A test's expectation that does not hold."""


class Skipped(Exception):
    """What a test needs is not on this machine."""


def expect(condition, *told) -> None:
    if not condition:
        raise Failed(" ".join(str(each) for each in told) or "expectation failed")


def expect_in(piece: str, text: str) -> None:
    expect(piece in text, f"{piece!r} is not in {text!r}")


@dataclasses.dataclass
class Result:
    code: int
    out: str
    err: str


class Proxy:
    """Stands before the sandbox: counts the actions that pass, may wait, refuse, or change an answer."""

    def __init__(self, target: str):
        self.actions = collections.Counter()
        self.delay_s = 0.0
        self.answer = None          # (status, body) instead of the sandbox's, by action; or what gives it, or None
        self.rewrite = None         # a function over the body of an answer
        self.lose = {}              # how many answers, by action: the sandbox acts, and nobody hears of it
        self._lock = threading.Lock()
        proxy, netloc = self, urllib.parse.urlsplit(target).netloc

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                action = self._action(body)
                with proxy._lock:
                    proxy.actions[action] += 1
                time.sleep(proxy.delay_s)
                status, answer, *headers = self._instead(action) or self._forward(body)
                if proxy.rewrite:
                    answer = proxy.rewrite(answer)
                if self._is_lost(action):
                    self.close_connection = True
                    return
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.send_response(status)
                    for name, value in headers:
                        self.send_header(name, value)
                    if self.command != "HEAD":
                        self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)

            do_POST = do_PUT = do_GET = do_HEAD = do_DELETE = _pass

            def _action(self, body):
                """Of the query protocol its name; of S3 "S3 PUT /bucket/key"."""
                if self.command == "POST":
                    return urllib.parse.parse_qs(body.decode()).get("Action", ["?"])[0]
                return f"S3 {self.command} {self.path}"

            def _is_lost(self, action):
                with proxy._lock:
                    left = proxy.lose.get(action, 0)
                    proxy.lose[action] = max(0, left - 1)
                return left > 0

            def _instead(self, action):
                answer = (proxy.answer or {}).get(action)
                return answer() if callable(answer) else answer

            def _forward(self, body):
                connection = http.client.HTTPConnection(netloc, timeout=RUN_TIMEOUT_S)
                connection.request(self.command, self.path, body, dict(self.headers))  # the Host that was signed
                answer = connection.getresponse()
                headers = [header for header in answer.getheaders() if header[0].lower() not in OF_ONE_CONNECTION]
                return answer.status, answer.read(), *headers

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 512

        self._server = Server(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()


class Person:
    """An IAM user with a home folder of its own, who runs the CLI."""

    def __init__(self, world: "World", user: seed.User):
        self.world, self.user = world, user
        self.home = os.path.join(world.folder, "home-" + user.UserName)
        os.makedirs(self.home)
        self.cache = os.path.join(self.home, ".cache", "bakery")
        self._steps = iter(())

    def environment(self, **more) -> dict:
        env = {
            "PATH": os.environ["PATH"], "HOME": self.home, "SHELL": "/bin/sh", "AWS_ENDPOINT_URL": self.world.endpoint,
            "AWS_ACCESS_KEY_ID": self.user.AccessKeyId, "AWS_SECRET_ACCESS_KEY": self.user.SecretAccessKey,
            "BAKERY_CONFIG": self.world.config, "AWS_EC2_METADATA_DISABLED": "true",
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if name in os.environ:
                env[name] = os.environ[name]
        env.update(more)
        return {name: value for name, value in env.items() if value is not None}

    def run(self, *arguments: str, env: dict | None = None, **options) -> Result:
        done = subprocess.run([self.world.cli, *arguments], env=self.environment(**(env or {})), text=True,
                              stdin=options.pop("stdin", subprocess.DEVNULL), capture_output=True,
                              timeout=RUN_TIMEOUT_S, **options)
        return Result(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen:
        """The same, to go on meanwhile."""
        return subprocess.Popen([self.world.cli, *arguments], env=self.environment(), text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def code(self) -> str:
        """A code that was not used yet; there are three at a time."""
        while True:
            now = totp.current_step()
            # The last step's code is over with the end of this one: under load that may come before the answer.
            ending = time.time() % 30 > 20
            for step in (now, now + 1) if ending else (now - 1, now, now + 1):
                if step not in self._used:
                    self._used.add(step)
                    return totp.code_at(self.user.Base32StringSeed, step)
            time.sleep(1)

    @property
    def _used(self) -> set:
        return self.__dict__.setdefault("used_steps", set())

    def entries(self, kind: str) -> list[str]:
        """The files of the cache of one kind: role, mfa, user."""
        return sorted(os.path.join(self.cache, name) for name in os.listdir(self.cache)
                      if name.startswith(kind + "-") and "." not in name)

    def log_in(self) -> None:
        """An MFA session is in the cache from now on."""
        done = self.run("credentials", *SHOP_ADMIN, "--mfa-code", self.code())
        expect(done.code == 0, done.err)
        for path in self.entries("role"):
            os.unlink(path)


class Terminal:
    """The CLI in a terminal of its own, and a person who types."""

    def __init__(self, person: Person, *arguments: str, **env):
        self._pid, self.fd = pty.fork()
        if self._pid == 0:
            os.execve(person.world.cli, [person.world.cli, *arguments], person.environment(**env))
        self.text = ""

    def wait_for(self, piece: str, timeout_s: float = RUN_TIMEOUT_S) -> None:
        deadline = time.monotonic() + timeout_s
        while piece not in self.text:
            ready, _, _ = select.select([self.fd], [], [], max(0, deadline - time.monotonic()))
            expect(ready, f"{piece!r} did not come: {self.text!r}")
            try:
                self.text += os.read(self.fd, 4096).decode()
            except OSError:
                expect(False, f"ended before {piece!r}: {self.text!r}")

    def type(self, text: str) -> None:
        self.text = ""
        os.write(self.fd, text.encode())

    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def kill(self, number: int) -> None:
        os.kill(self._pid, number)

    def end(self) -> int:
        """The exit status, once all that was printed has been read."""
        while True:
            try:
                data = os.read(self.fd, 4096)
            except OSError:
                break
            if not data:
                break
            self.text += data.decode()
        _, status = os.waitpid(self._pid, 0)
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)


class World:
    """One sandbox for all tests; people are made as tests need them."""

    def __init__(self, cli: str, folder: str, endpoint: str, zip_path: str | None = None):
        self.zip = zip_path
        self.cli, self.folder, self.sandbox = os.path.abspath(cli), folder, endpoint
        self.proxy = Proxy(endpoint)
        self.endpoint = self.proxy.endpoint
        self.config = os.path.join(folder, "config.yml")
        self._names = 0
        with open(self.config, "w") as file:
            file.write(CONFIG)
        self._deploy()

    def _deploy(self) -> None:
        subprocess.run([self.cli, "--config", self.config, "generate"], check=True, capture_output=True)
        seed.deploy_folder(self.sandbox, os.path.join(self.folder, "build", "templates"), "MyTeam", "bakery-templates",
                           [seed.Burger.parse(burger) for burger in BURGERS])
        self._make_open_role()

    def _make_open_role(self) -> None:
        """A role that asks for nothing, for tests that are not about MFA."""
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {
            "AWS": "arn:aws:iam::111111111111:root"}}]}
        iam = seed.clients.root(self.sandbox, "iam", "222222222222")
        iam.create_role(RoleName="Open", AssumeRolePolicyDocument=json.dumps(trust), MaxSessionDuration=7200)

    def person(self, *groups: str, mfa: bool = True, name: str | None = None) -> Person:
        self._names += 1
        allow = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["sts:AssumeRole", "iam:ListMFADevices"], "Resource": [OPEN_ROLE_ARN, "arn:aws:iam::111111111111:user/*"]}]}
        user = seed.create_user(self.sandbox, name or f"person{self._names}", groups=groups, policy=allow, with_mfa=mfa)
        return Person(self, user)

    def reset(self) -> None:
        self.proxy.actions.clear()
        self.proxy.delay_s, self.proxy.answer, self.proxy.rewrite, self.proxy.lose = 0.0, None, None, {}

    def expire_sessions(self) -> None:
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.sandbox).netloc)
        connection.request("POST", "/_sandbox/expire-sessions")
        expect(connection.getresponse().status == 200)


@contextlib.contextmanager
def made(cli: str, log_path: str, zip_path: str | None = None):
    folder = tempfile.mkdtemp(prefix="bakery-flow-")
    try:
        with launcher.running(log_path=log_path) as endpoint:
            yield World(cli, folder, endpoint, zip_path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


__all__ = ["Failed", "Person", "Skipped", "Terminal", "World", "expect", "expect_in", "made", "signal"]
