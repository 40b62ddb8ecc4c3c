"""The admin check as a function: deployed by its template, invoked, telling a channel of Slack."""

import base64
import glob
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile

from flow.channel import SECRET, Channel
from flow.check_admin import auditor, config_with
from flow.world import World, expect, expect_in
from sandbox import seed

BUCKET = "bakery-functions"
MAKE_ZIP = os.path.join(os.path.dirname(__file__), "../../scripts/make-lambda-zip")
UPLOAD_MAX_BYTES = 50 << 20
ANSWER_TIMEOUT_S = 120
END_TIMEOUT_S = 60


def deploy(world: World, channel: Channel, prefix: str, *lines: str) -> str:
    """Deploys it as a person does, an admin of the Bakery account; the name of the function."""
    hook = ["SlackChannelHookUrl: env:HOOK"] if channel.url else []
    config = config_with(world, prefix, f"Prefix: {prefix}", f"TemplateBucket: {BUCKET}", *hook,
                         *lines)
    admin = world.person("MyTeamAwsBakeryAdmin")
    done = admin.run("deploy", "check-admin", "--yes", "--mfa-code", admin.code(), "--create-bucket", "--function-zip",
                     world.zip, env={"BAKERY_CONFIG": config, "HOOK": channel.url})
    expect(done.code == 0, done)
    expect(SECRET not in done.out + done.err, done)
    return prefix + "CheckAdminAccess"


def invoke(world: World, function: str):
    """The error, None when there is none, the answer, and the log."""
    client = seed.clients.root(world.sandbox, "lambda", seed.BAKERY_ACCOUNT)
    answer = client.invoke(FunctionName=function, Payload=b'{"source":"aws.events"}', LogType="Tail")
    log = base64.b64decode(answer.get("LogResult", "")).decode()
    return answer.get("FunctionError"), json.loads(answer["Payload"].read()), log


def test_the_channel_hears_of_an_admin(world: World):
    world.person("MyTeamProdAdmin", mfa=False, name="grace-admin")
    world.person("MyTeamProdAdmin", name="heidi-admin")
    with Channel() as channel:
        function = deploy(world, channel, "Told", "AdminGroups: [MyTeamProdAdmin]", 'SlackChannel: "#ops"',
                          "ExpectedAdmins: [heidi-admin]",
                          "Users: [{ Name: grace-admin, Groups: [MyTeamProdAdmin], Until: 2020-01-31 }]")
        for _ in range(2):  # the second one is served by the process of the first
            error, answer, log = invoke(world, function)
            expect(error is None, answer, log)
        expect(len(channel.messages) == 2, channel.messages)
        expect_in("grace-admin: MyTeamProdAdmin; no MFA device, until 2020-01-31", channel.text)
        expect_in("grace-admin is still in MyTeamProdAdmin", channel.text)
        expect("heidi-admin" not in channel.text, channel.text)
        expect(channel.messages[0]["channel"] == "#ops", channel.messages)
        expect([end["user"] for end in answer["past_end"]] == ["grace-admin"], answer)
        expect(SECRET not in json.dumps(answer) + log, answer, log)


def test_a_failing_channel_is_a_failed_invocation(world: World):
    with Channel() as channel:
        channel.answer = (404, b"no_team")
        function = deploy(world, channel, "Mute", "AdminGroups: [MyTeamProdAdmin]")
        error, answer, log = invoke(world, function)
        expect(error, answer, log)
        expect_in("HTTP 404, no_team", answer["errorMessage"])
        expect(answer["errorType"] == "Bakery.network", answer)
        expect(SECRET not in json.dumps(answer) + log, answer, log)

        channel.answer = (200, b"ok")
        error, answer, log = invoke(world, function)
        expect(error is None, "one failed invocation ends all", answer, log)


def test_a_group_that_is_not_there_is_a_failed_invocation_and_the_channel_hears_of_it(world: World):
    with Channel() as channel:
        function = deploy(world, channel, "Misspelt", "AdminGroups: [MyTeamProdAdmins]")
        error, answer, log = invoke(world, function)
        expect(error, answer, log)
        expect_in('there is no group "MyTeamProdAdmins"', answer["errorMessage"])
        expect_in("The admins could not be checked", channel.text)


def test_without_a_webhook_nobody_is_told(world: World):
    with Channel() as channel:
        channel.url = ""
        function = deploy(world, channel, "Hookless", "AdminGroups: [MyTeamProdAdmin]")
        error, answer, log = invoke(world, function)
        expect(error, answer, log)
        expect_in("there is no webhook to post to", answer["errorMessage"])


def test_the_zip_is_the_same_each_time(world: World):
    again = os.path.join(world.folder, "again.zip")
    program = os.path.join(os.path.dirname(world.zip), "bakery-cli-lambda")
    os.utime(program)
    subprocess.run([sys.executable, MAKE_ZIP, program, again], check=True)
    with open(world.zip, "rb") as one, open(again, "rb") as other:
        expect(one.read() == other.read(), "two zips of one program differ")
    expect(os.path.getsize(again) < UPLOAD_MAX_BYTES, "Lambda takes no zip of", os.path.getsize(again))


class Runtime:
    """The runtime API, for one invocation; after that it lets the function wait."""

    def __init__(self):
        self.asked_s = self.answered_s = None
        self.path = self.answer = None
        self.answered = threading.Event()
        runtime, end = self, threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if runtime.asked_s:
                    end.wait()
                    return
                runtime.asked_s = time.monotonic()
                body = b"{}"
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", "id-1")
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + runtime.limit_ms))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                runtime.answer = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                runtime.path, runtime.answered_s = self.path, time.monotonic()
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()
                runtime.answered.set()

            def log_message(self, *_):
                pass

        self.limit_ms = 60000
        self._end, self._server = end, http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._end.set()
        self._server.shutdown()
        self._server.server_close()


def unpack(world: World) -> str:
    """What Lambda has in /var/task, and nothing else."""
    folder = os.path.join(world.folder, "task")
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(world.zip) as archive:
        archive.extractall(folder)
        for entry in archive.infolist():
            os.chmod(os.path.join(folder, entry.filename), entry.external_attr >> 16 & 0o777)
    return folder


def start(folder: str, environment: dict, log) -> subprocess.Popen:
    """As root in a system that has nothing but the files of the zip, and so no sh: what `bootstrap` does is done here."""
    if os.geteuid() != 0:
        return subprocess.Popen([os.path.join(folder, "bootstrap")], env=environment, cwd="/", stderr=log)
    loader = os.path.basename(glob.glob(os.path.join(folder, "lib", "ld-*"))[0])
    return subprocess.Popen([f"/lib/{loader}", "--library-path", "/lib", "/bakery-cli"], env=environment, stderr=log,
                            preexec_fn=lambda: (os.chroot(folder), os.chdir("/")))


def peak_memory_kb(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def ends(process: subprocess.Popen) -> bool:
    try:
        process.wait(END_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    return True


def run_once(world: World, limit_ms: int = 60000, endpoint: str | None = None, is_silent: bool = False) -> tuple[Runtime, Channel, float, int]:
    """One invocation over a webhook with TLS; when it began, and the memory it took in kB."""
    folder, runtime, keys = unpack(world), Runtime(), auditor(world).user
    runtime.limit_ms = limit_ms
    with Channel(world.folder) as channel:
        channel.is_silent = is_silent
        shutil.copy(channel.certificate, os.path.join(folder, "channel.pem"))
        environment = {
            "AWS_LAMBDA_RUNTIME_API": runtime.address, "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": endpoint or world.sandbox, "AWS_ACCESS_KEY_ID": keys.AccessKeyId,
            "AWS_SECRET_ACCESS_KEY": keys.SecretAccessKey, "BAKERY_ADMIN_GROUPS": "MyTeamProdAdmin",
            "BAKERY_SLACK_HOOK_URL": channel.url,
            "SSL_CERT_FILE": "/channel.pem" if os.geteuid() == 0 else os.path.join(folder, "channel.pem"),
        }
        with open(os.path.join(world.folder, "function.log"), "w+") as log:
            began_s = time.monotonic()
            process = start(folder, environment, log)
            answered = runtime.answered.wait(ANSWER_TIMEOUT_S)
            memory_kb = peak_memory_kb(process.pid)
            process.send_signal(signal.SIGTERM)
            expect(ends(process), "SIGTERM does not end it while it waits for an invocation")
            runtime.close()
            log.seek(0)
            said = log.read()
        expect(answered, "no answer", said)
        expect(SECRET not in said and keys.SecretAccessKey not in said, said)
        return runtime, channel, began_s, memory_kb


def test_it_needs_nothing_but_the_zip(world: World):
    runtime, channel, began_s, memory_kb = run_once(world)
    expect(runtime.path.endswith("/invocation/id-1/response"), runtime.path, runtime.answer)
    expect(runtime.answer["watched"] == ["MyTeamProdAdmin"], runtime.answer)
    expect(len(channel.messages) == 1, channel.messages)
    print(f"       cold start: {1000 * (runtime.asked_s - began_s):.0f} ms until it asks for the first invocation, "
          f"{1000 * (runtime.answered_s - began_s):.0f} ms until the answer; {memory_kb / 1024:.1f} MB; "
          f"zip {os.path.getsize(world.zip) / 1e6:.1f} MB")


def test_an_invocation_that_runs_out_of_time_says_so(world: World):
    world.proxy.delay_s = 4
    runtime, channel, _, _ = run_once(world, limit_ms=6000, endpoint=world.endpoint)
    expect(runtime.path.endswith("/invocation/id-1/error"), runtime.path, runtime.answer)
    expect_in("the invocation ran out of time", runtime.answer["errorMessage"])
    expect_in("The admins could not be checked", channel.text)


def test_a_channel_that_never_answers_is_a_failed_invocation_before_lambda_kills_it(world: World):
    runtime, channel, _, _ = run_once(world, limit_ms=7000, is_silent=True)
    expect(runtime.path.endswith("/invocation/id-1/error"), runtime.path, runtime.answer)
    expect_in("the invocation ran out of time", runtime.answer["errorMessage"])
    expect(len(channel.messages) == 2, channel.messages)
