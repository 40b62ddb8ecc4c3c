"""The table: what the server does, and what a person must get. Numbers in names are those of tests/faults.md."""

import contextlib
import dataclasses
import os
from typing import Callable

from server import CLOSE, HANG, RESET, Drip, FullListener, Server, Tunnel, closed_port

IDENTITY = (b"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:user/Ann</Arn><UserId>U"
            b"</UserId><Account>111111111111</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")


def http(status, body=b"", *headers, length=None):
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body) if length is None else length}",
             "x-amzn-RequestId: r-1", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def refusal(code):
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>".encode()


def chunked(*pieces):
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(pieces)


GOOD = [http(200, IDENTITY)]
HEADERS_ONLY = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
LOCAL = "http://127.0.0.1:{port}"
SECURE = "https://127.0.0.1:{port}"
AWS = "https://sts.us-east-1.amazonaws.com"


@dataclasses.dataclass
class Scenario:
    name: str
    replies: list = dataclasses.field(default_factory=lambda: [GOOD])
    action: str = "whoami"
    endpoint: str = LOCAL
    options: list = dataclasses.field(default_factory=list)
    environment: dict = dataclasses.field(default_factory=dict)
    certificate: str = None  # TLS with it
    old_tls: bool = False
    greeting: bytes = b""  # what the server says before it is asked

    # What must come of it; None and (): anything.
    status: str = None
    account: str = None
    http: int = None
    sent: int = None
    body: str = None
    message: tuple = ()
    hint: tuple = ()
    warning: tuple = ()
    log: tuple = ()
    never: tuple = ()
    requests: int = None
    connections: int = None
    signed: bool = True
    check: Callable = None
    ports: dict = dataclasses.field(default_factory=dict)

    @contextlib.contextmanager
    def set_up(self, stage):
        tls = stage.certificates.server_context(self.certificate, self.old_tls) if self.certificate else None
        with Server(self.replies, tls, greeting=self.greeting) as server:
            yield server

    def afterwards(self, _stage):
        return []


class Proxied(Scenario):
    """The server is a proxy; behind it, at {behind}, stands one that is AWS."""

    @contextlib.contextmanager
    def set_up(self, stage):
        with Server([GOOD], stage.certificates.server_context("good")) as behind:
            self.replies = [[Tunnel(behind.port) if step == "tunnel" else step for step in reply] for reply in self.replies]
            with Server(self.replies) as proxy:
                yield proxy


class Unreachable(Scenario):
    """Nobody takes the connection."""

    @contextlib.contextmanager
    def set_up(self, stage):
        with closed_port() as closed, FullListener() as full:
            self.ports["closed"] = closed
            self.ports["full"] = full.port
            yield None


class TwoAddresses(Scenario):
    """localhost is ::1, where nothing answers, and 127.0.0.1, where AWS does."""

    @contextlib.contextmanager
    def set_up(self, stage):
        with Server(self.replies) as server, FullListener("::1", server.port):
            yield server


class OfProfile(Scenario):
    """Keys and settings are those of a profile."""

    settings = ""

    @contextlib.contextmanager
    def set_up(self, stage):
        path = stage.certificates.path(f"config-{abs(hash(self.name))}")
        with open(path, "w", encoding="utf-8") as file:
            file.write("[profile dev]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = CANARYsecret/+\n"
                       "aws_session_token = CANARYtoken==\n" + self.settings.format(folder=stage.folder))
        self.environment = {**self.environment, "AWS_CONFIG_FILE": path}
        self.options = ["--profile", "dev", *self.options]
        with super().set_up(stage) as server:
            yield server


def of_profile(name, settings, **more):
    scenario = OfProfile(name, **more)
    scenario.settings = settings
    return scenario


class KeyLog(Scenario):
    def afterwards(self, stage):
        return [] if os.path.exists(stage.certificates.path("keys.log")) else ["no key log: the warning is for nothing"]


def ok(name, **more):
    return Scenario(name, status="ok", account="111111111111", **more)


def fails(name, *message, **more):
    return Scenario(name, status="network", message=message, **more)


def good_answers():
    yield ok("a plain answer", requests=1, connections=1)
    yield ok("a chunked answer", replies=[[chunked(b"%x\r\n" % len(IDENTITY), IDENTITY, b"\r\n0\r\n\r\n")]], requests=1)
    yield ok("100 Continue first", replies=[[b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD[0]]], requests=1)
    yield ok("an answer until the end of the connection", requests=1,
             replies=[[b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + IDENTITY, CLOSE]])
    yield ok("one connection for five calls", options=["--calls", "5"], requests=5, connections=1)
    yield ok("one TLS connection for five calls", endpoint=SECURE, certificate="good", options=["--calls", "5"], requests=5,
             connections=1)
    yield ok("a connection that was closed in between", options=["--calls", "2"], requests=2, connections=2,
             replies=[[http(200, IDENTITY, "Connection: close"), CLOSE]])
    yield ok("a connection that ended silently in between", options=["--calls", "2"], requests=2, connections=2,
             replies=[[GOOD[0], CLOSE]])
    yield ok("the request, as it is", check=lambda request: request.method == "POST" and request.target == "/" and
             request.body == b"Action=GetCallerIdentity&Version=2011-06-15" and
             request.headers["x-amz-security-token"] == "CANARYtoken==")
    yield Scenario("a large request goes out at once", action="large", status="ok", requests=1,
                   replies=[[http(200, b"<DecodeAuthorizationMessageResponse><DecodeAuthorizationMessageResult><DecodedMessage>m"
                                       b"</DecodedMessage></DecodeAuthorizationMessageResult></DecodeAuthorizationMessageResponse>")]])
    yield ok("a GET after a POST", action="post-then-get", endpoint=LOCAL + "/x", signed=False, requests=2, connections=1,
             check=lambda request: request.method == "POST" or
             (request.body == b"" and not {"authorization", "content-type", "content-length"} & set(request.headers)))
    yield ok("a path below the endpoint", endpoint=LOCAL + "/a/b/", check=lambda request: request.target == "/a/b/")


def broken_answers():
    """Row 51. A call that may be made again is; one that carries an MFA code is not."""
    kinds = {
        "RST mid-body": ([HEADERS_ONLY + b"<Get", RESET], "sts at 127.0.0.1:"),
        "RST before headers": ([RESET], "sts at 127.0.0.1:"),
        "FIN before headers": ([CLOSE], "Empty reply from server"),
        "FIN mid-header": ([b"HTTP/1.1 200 OK\r\nConte", CLOSE], "broke off in its header"),
        "Content-Length too long": ([http(200, IDENTITY, length=5000), CLOSE], "bytes remaining to read"),
        "chunked garbage": ([chunked(b"zz\r\n<Get", b"\r\n"), CLOSE], "sts at 127.0.0.1:"),
        "chunked without an end": ([chunked(b"5\r\n<Get>\r\n"), CLOSE], "sts at 127.0.0.1:"),
        "no HTTP at all": ([b"SSH-2.0-OpenSSH_9.2\r\n", CLOSE], "sts at 127.0.0.1:"),
    }
    for kind, (steps, words) in kinds.items():
        yield ok(f"51 {kind}, then a good answer", replies=[steps, steps, GOOD], requests=3, log=("try 2 failed",))
        yield fails(f"51 {kind}, each time", words, replies=[steps], requests=3)
        yield fails(f"51 {kind}, with an MFA code", replies=[steps], action="mfa", requests=1)
    yield ok("51 500, then a good answer", replies=[[http(500, refusal("InternalFailure"))], GOOD], requests=2)
    yield fails("51 Content-Length too short", "unexpected answer from sts (HTTP 200, request id r-1)", requests=1,
                replies=[[http(200, IDENTITY, length=20), CLOSE]])
    yield Scenario("44 a body that is too large", replies=[[http(200, b"x" * (3 << 20))]], status="limit", requests=1,
                   message=("the answer is larger",))
    yield Scenario("44 a body without an end", replies=[[b"HTTP/1.1 200 OK\r\n\r\n"] + [b"x" * 65536] * 64 + [HANG]],
                   status="limit", requests=1)
    yield Scenario("44 a header that is too large", status="limit", requests=1, message=("the header of the answer is larger",),
                   replies=[[http(200, IDENTITY, *[f"X-{i}: {'y' * 1000}" for i in range(90)])]])
    yield Scenario("44 a smaller limit", action="get", options=["--max-body", "100"], signed=False, status="limit", body="",
                   endpoint=LOCAL + "/", replies=[[http(200, b"x" * 101)]])
    yield fails("43 HTML", "unexpected answer from sts (HTTP 502, request id r-1)", requests=3,
                replies=[[http(502, b"<html><body>Bad Gateway<br></body></html>")]], http=502, hint=("a proxy",))
    yield fails("43 nothing in it", "unexpected answer from sts (HTTP 200, request id r-1)", replies=[[http(200)]], requests=1)


def refusals():
    """Rows 49 and 50."""
    for status in (301, 302, 307, 308):
        yield fails(f"49 {status} to another host", f"redirects (HTTP {status})", "127.0.0.1:", "not followed", requests=1,
                    http=status, replies=[[http(status, b"", "Location: http://127.0.0.1:1/x")]])
    yield Scenario("50 Throttling each time", status="aws", message=("Throttling",), hint=("throttled, 3 times",), requests=3,
                   replies=[[http(400, refusal("Throttling"))]])
    yield ok("50 Throttling twice", replies=[[http(400, refusal("Throttling"))]] * 2 + [GOOD], requests=3)
    yield fails("50 429", "HTTP 429", replies=[[http(429)]], hint=("throttled",), requests=3)
    yield Scenario("50 SlowDown", status="aws", message=("SlowDown",), replies=[[http(503, refusal("SlowDown"))]], requests=3,
                   hint=("throttled",))
    yield Scenario("50 one try only, when asked", status="aws", replies=[[http(400, refusal("Throttling"))]], requests=1,
                   options=["--attempts", "1"])
    yield Scenario("63 a region that is switched off", status="aws", hint=("another region",), requests=1,
                   replies=[[http(403, refusal("RegionDisabledException"))]])
    yield Scenario("64 keys that have expired", status="credentials", hint=("sign in",), requests=1,
                   replies=[[http(403, refusal("ExpiredToken"))]])
    skewed = [http(403, refusal("SignatureDoesNotMatch"), "Date: Wed, 21 Oct 2015 07:28:00 GMT")]
    yield ok("72 a clock that is off", replies=[skewed, GOOD], requests=2, warning=("fast",))
    yield Scenario("72 a clock that stays off", replies=[skewed], requests=2, status="credentials")
    yield Scenario("73 no Date", replies=[[http(403, refusal("RequestTimeTooSkewed"))]], status="aws", requests=1,
                   hint=("system clock",))


def slow_servers():
    """Row 52: both limits are named."""
    short = ["--connect-ms", "777", "--total-ms", "1000"]
    limits = ("777 ms to connect, 30000 ms at less than 100 bytes a second, and 1000 ms in all",)
    yield fails("52 never answers", *limits, replies=[[HANG]], options=short, requests=3, hint=("network",))
    yield fails("52 never answers, with an MFA code", *limits, replies=[[HANG]], options=short, requests=1, action="mfa")
    yield fails("52 a drip of headers", *limits, replies=[[Drip(GOOD[0], 0.02)]], options=short, requests=3)
    yield fails("52 a drip of the body", *limits, replies=[[HEADERS_ONLY, Drip(IDENTITY, 0.02)]], options=short, requests=3)
    slow = ["--connect-ms", "2000", "--total-ms", "9000", "--low-speed-ms", "900", "--attempts", "1"]
    for name, reply in (("the body", [HEADERS_ONLY, Drip(IDENTITY, 0.1)]), ("headers", [Drip(GOOD[0], 0.1)]), ("nothing", [HANG])):
        yield fails(f"52 too slow: {name}", "2000 ms to connect, 900 ms at less than 100 bytes a second, and 9000 ms in all",
                    "Operation too slow", replies=[reply], options=slow, requests=1, hint=("network",))
    yield fails("52 TLS that is never spoken", "777 ms to connect", endpoint="https://127.0.0.1:{port}", replies=[[HANG]],
                options=short, signed=False, connections=3)


    yield Scenario("79 cancelled while it waits for an answer", replies=[[HANG]], options=["--cancel-after-ms", "300"],
                   status="cancelled", message=("cancelled",), requests=1)
    yield Scenario("79 cancelled between two calls", options=["--cancel-after-ms", "50", "--calls", "1000000"],
                   status="cancelled", message=("cancelled",))


def unreachable():
    """Row 53."""
    short = ["--connect-ms", "150", "--total-ms", "400"]
    yield Unreachable("53 refused", endpoint="http://127.0.0.1:{closed}", status="network", hint=("look at the network",),
                      message=("sts at 127.0.0.1:", "Connection refused"), log=("try 2 failed",))
    yield Unreachable("53 refused, with an MFA code", endpoint="http://127.0.0.1:{closed}", status="network", action="mfa",
                      log=("try 2 failed",))
    yield Unreachable("53 a black hole", endpoint="http://127.0.0.1:{full}", options=short, status="network",
                      message=("150 ms to connect, ", " and 400 ms in all"), log=("try 2 failed",))
    yield Unreachable("53 a black hole, with an MFA code", endpoint="http://127.0.0.1:{full}", options=short, action="mfa",
                      status="network", log=("try 2 failed",))
    # A label of 64 letters is no name for any resolver, so that none is asked.
    yield Unreachable("53 a name that is none", endpoint="https://" + "x" * 64 + ".example", status="network", action="mfa",
                      message=("sts at xxxx", "Could not resolve host"), hint=("look at the region",), log=("try 2 failed",))
    if has_ipv6():
        yield TwoAddresses("53 an IPv6 black hole", endpoint="http://localhost:{port}", status="ok", account="111111111111",
                           options=["--connect-ms", "600000", "--total-ms", "600000"], requests=1)


def has_ipv6():
    try:
        with FullListener("::1"), open("/etc/hosts", encoding="utf-8") as hosts:
            return any(line.split()[:1] == ["::1"] and "localhost" in line.split() for line in hosts)
    except OSError:
        return False


def proxies():
    """Rows 31 and 54."""
    through = {"HTTPS_PROXY": "http://127.0.0.1:{port}"}
    plain = {"http_proxy": "http://127.0.0.2:{other}", "HTTP_PROXY": "http://127.0.0.2:{other}",
             "ALL_PROXY": "http://127.0.0.2:{other}"}

    def connects(request):
        return (request.method == "CONNECT" and request.target == "sts.us-east-1.amazonaws.com:443" and
                "authorization" not in request.headers and "x-amz-security-token" not in request.headers)

    yield Proxied("54 through a proxy", [[b"HTTP/1.1 200 OK\r\n\r\n", "tunnel"]], endpoint=AWS, environment=through, signed=False,
                  check=connects, status="ok", account="111111111111", requests=1)
    hints = {407: "the proxy answered", 403: "a sign-in page", 413: "the proxy answered", 414: "the proxy answered"}
    for status, hint in hints.items():
        yield Proxied(f"54 {status} by the proxy", [[http(status, b"<html>no</html>"), CLOSE]], endpoint=AWS, environment=through,
                      signed=False, check=connects, status="network", http=status, hint=(hint,), requests=1,
                      message=(f"unexpected answer from sts (HTTP {status}",))
    yield Proxied("54 503 by the proxy", [[http(503), CLOSE], [b"HTTP/1.1 200 OK\r\n\r\n", "tunnel"]], endpoint=AWS,
                  environment=through, signed=False, status="ok", requests=2)
    yield Proxied("54 a proxy that redirects", [[http(302, b"", "Location: http://127.0.0.1:1/"), CLOSE]], endpoint=AWS,
                  environment=through, signed=False, status="network", message=("redirects (HTTP 302)",), requests=1)
    yield Proxied("54 a proxy that hangs up", [[CLOSE]], endpoint=AWS, environment=through, signed=False, status="network",
                  action="mfa", log=("try 2 failed",), requests=3)
    yield fails("54 413 on the way", "HTTP 413", replies=[[http(413, b"<html>")]], hint=("the proxy answered",), requests=1)
    yield Unreachable("54 a proxy that is not there", endpoint=AWS, status="network", message=("Connection refused",),
                      environment={"HTTPS_PROXY": "http://127.0.0.1:{closed}"}, hint=("HTTPS_PROXY",))
    unusable = "the URL of the proxy cannot be used"
    for name, url, message in (("of no kind", "ftp://localhost:1", "ftp://localhost:1"),
                               ("of no kind, with a password", "ftp://ann:CANARYpassword@localhost:1", unusable),
                               ("of no kind, longer than what libcurl says of it", f"ftp://ann:CANARY{300 * 'x'}@localhost", unusable),
                               ("that is no URL", "http://ann:CANARYpassword@bad host:99999", unusable)):
        yield Unreachable("54 a proxy " + name, endpoint=AWS, status="network", environment={"HTTPS_PROXY": url}, message=(message,),
                          hint=("HTTPS_PROXY",))
    yield ok("31 this machine is reached without the proxy", environment=plain, requests=1)
    yield ok("31 so too over TLS", endpoint=SECURE, certificate="good", requests=1,
             environment={"HTTPS_PROXY": "http://127.0.0.2:{other}", "all_proxy": "http://127.0.0.2:{other}"})
    yield Scenario("31 metadata goes past the proxy", action="get", endpoint="http://127.0.0.1:{port}/latest/meta-data/", signed=False,
                   replies=[[http(200, b"role")]], options=["--bypass-proxy", "1"], environment=plain, status="ok", body="role",
                   requests=1)
    yield Scenario("31 and other plain requests through it", action="get", endpoint="http://127.0.0.1:{port}/x", signed=False,
                   environment={"http_proxy": "http://127.0.0.1:{port}"}, replies=[[http(200, b"proxied")]], status="ok",
                   body="proxied", check=lambda request: request.target.startswith("http://127.0.0.1:"))
    yield Scenario("31 but not where NO_PROXY says so", action="get", endpoint="http://127.0.0.1:{port}/x", signed=False,
                   environment={**plain, "NO_PROXY": "127.0.0.1"}, replies=[[http(200, b"direct")]], status="ok", body="direct")
    yield Scenario("31 HTTP_PROXY may be a header of CGI", action="get", endpoint="http://127.0.0.1:{port}/x", signed=False,
                   environment={"HTTP_PROXY": "http://127.0.0.2:{other}"}, replies=[[http(200, b"direct")]], status="ok",
                   body="direct")


def certificates():
    """Rows 76 to 78."""
    yield ok("76 a good certificate", endpoint=SECURE, certificate="good", requests=1)
    bad = {"future": "certificate is not yet valid", "expired": "certificate has expired", "wrong-host": "no alternative certificate subject name matches",
           "unknown-ca": "unable to get local issuer certificate", "self-signed": "self-signed certificate", "sha1": "digest algorithm too weak"}
    for name, words in bad.items():
        yield fails(f"76 {name}", words, endpoint=SECURE, certificate=name, requests=0,
                    hint=("system clock", "AWS_CA_BUNDLE", "cannot be switched off"))
        yield fails(f"76 {name}, with an MFA code", endpoint=SECURE, certificate=name, requests=0, action="mfa",
                    log=("try 2 failed",))
    yield fails("76 TLS 1.1 only", "sts at 127.0.0.1", endpoint=SECURE, certificate="good", old_tls=True, requests=0,
                hint=("TLS 1.2",))
    yield fails("76 TLS 1.1 only, where the machine allows it", endpoint=SECURE, certificate="good", old_tls=True, requests=0,
                environment={"OPENSSL_CONF": "{folder}/lax.cnf"}, hint=("TLS 1.2",))
    yield fails("76 no TLS at all", "sts at 127.0.0.1", endpoint=SECURE, greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n",
                hint=("TLS 1.2",), requests=0, connections=3)
    yield fails("76 authorities that were not named do not count", "certificate", endpoint=SECURE, certificate="good",
                environment={"AWS_CA_BUNDLE": "{folder}/other-ca.pem", "SSL_CERT_FILE": "{folder}/ca.pem"}, requests=0)
    yield ok("77 SSL_CERT_FILE", endpoint=SECURE, certificate="good", requests=1,
             environment={"AWS_CA_BUNDLE": "", "SSL_CERT_FILE": "{folder}/ca.pem"})
    yield ok("77 SSL_CERT_DIR", endpoint=SECURE, certificate="good", requests=1,
             environment={"AWS_CA_BUNDLE": "", "SSL_CERT_DIR": "{folder}/hashed"})
    yield fails("77 the machine's own authorities, when none are named", "certificate", endpoint=SECURE, certificate="good",
                environment={"AWS_CA_BUNDLE": ""}, requests=0)
    for name, path in {"missing": "{folder}/nowhere.pem", "a folder": "{folder}", "no certificates": "{folder}/key.pem"}.items():
        yield Scenario(f"77 a bundle that is {name}", endpoint=SECURE, certificate="good", environment={"AWS_CA_BUNDLE": path},
                       status="config" if name == "missing" else "network", message=("bakery-wire-",), hint=("AWS_CA_BUNDLE",), requests=0)
    yield ok("77 nobody asks for certificates without TLS", environment={"AWS_CA_BUNDLE": "{folder}/nowhere.pem"}, requests=1)
    for variables in ({"AWS_CA_BUNDLE": ""}, {"AWS_CA_BUNDLE": "", "SSL_CERT_FILE": "{folder}/other-ca.pem"}):
        yield of_profile(f"77 ca_bundle of the profile{' before SSL_CERT_FILE' if len(variables) > 1 else ''}",
                         "ca_bundle = {folder}/ca.pem\n", endpoint=SECURE, certificate="good", environment=variables,
                         status="ok", requests=1)
    yield of_profile("77 AWS_CA_BUNDLE before ca_bundle", "ca_bundle = {folder}/nowhere.pem\n", endpoint=SECURE,
                     certificate="good", status="ok", requests=1)
    yield of_profile("77 a ca_bundle that is missing", "ca_bundle = {folder}/nowhere.pem\n", endpoint=SECURE, certificate="good",
                     environment={"AWS_CA_BUNDLE": ""}, status="config", message=("nowhere.pem",), hint=("ca_bundle",), requests=0)
    yield KeyLog("78 SSLKEYLOGFILE", endpoint=SECURE, certificate="good", environment={"SSLKEYLOGFILE": "{folder}/keys.log"},
                 options=["--calls", "2"], status="ok", warning=("SSLKEYLOGFILE is set",), requests=2)


def scenarios():
    for group in (good_answers, broken_answers, refusals, slow_servers, unreachable, proxies, certificates):
        yield from group()
