"""The credential scope of a signature: ministack routes by the service in it and never asks whether it fits.

Page: "Create a signed AWS API request" (credential scope). An API knows its own version, so the Version parameter of
a query request tells which service the caller meant to reach.
"""

import re
import uuid
from urllib.parse import parse_qs

from . import patchpoints

REGION = re.compile(r"(us|eu|ap|sa|ca|me|af|il|mx|cn)(-gov)?-(central|east|west|(north|south)(east|west)?)-\d")
HEADER_SCOPE = re.compile(r"Credential=[^/,]+/\d{8}/([^/]+)/([^/]+)/aws4_request")
QUERY_SCOPE = re.compile(r"[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request")
SERVICE_OF_VERSION = {"2011-06-15": "sts", "2010-05-08": "iam", "2010-05-15": "cloudformation"}
FORM = b"application/x-www-form-urlencoded"


def _header(scope: dict, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key.lower() == name), b"")


def _signed_scope(scope: dict, query: dict) -> tuple[str, str] | None:
    """Region and service of the signature, in the header or (presigned) in the query."""
    match = HEADER_SCOPE.search(_header(scope, b"authorization").decode("latin-1"))
    if match is None and "X-Amz-Credential" in query:
        match = QUERY_SCOPE.fullmatch(query["X-Amz-Credential"][0])
    return match.groups() if match else None


def scope_problem(region: str, service: str, version: str) -> str | None:
    if not REGION.fullmatch(region):
        return f"Credential should be scoped to a valid region, not '{region}'. "
    meant = SERVICE_OF_VERSION.get(version)
    if meant and service != meant:
        return f"Credential should be scoped to correct service: '{meant}'. "
    return None


async def _read_body(receive) -> tuple[bytes, list]:
    """The whole body, and the messages it came in so that they can be given on."""
    messages, body = [], b""
    while True:
        message = await receive()
        messages.append(message)
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body, messages


def _replay(messages: list, receive):
    waiting = list(messages)

    async def next_message():
        return waiting.pop(0) if waiting else await receive()

    return next_message


async def _refuse(send, message: str) -> None:
    text = ("<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code>"
            f"<Message>{message}</Message></Error><RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>")
    headers = [(b"content-type", b"text/xml"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


def _checked_app(original):
    async def app(scope, receive, send):
        if scope["type"] != "http":
            return await original(scope, receive, send)
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        signed = _signed_scope(scope, query)
        if signed is None:
            return await original(scope, receive, send)
        version = query.get("Version", [""])[0]
        if _header(scope, b"content-type").startswith(FORM):
            body, messages = await _read_body(receive)
            receive = _replay(messages, receive)
            version = parse_qs(body.decode("utf-8", "replace")).get("Version", [version])[0]
        problem = scope_problem(*signed, version)
        if problem:
            return await _refuse(send, problem)
        return await original(scope, receive, send)

    return app


def install() -> None:
    patchpoints.replace("app", "app", _checked_app(patchpoints.module("app").app))
