"""Requests signed in the query, and sessions that are over."""

import time
import urllib.error
import urllib.request
from types import SimpleNamespace

from ..asking import World, contains, equal, refused
from ..control import EXPIRE_PATH
from . import kit


def prepare(world: World) -> SimpleNamespace:
    user = world.user("presigner", policy=kit.policy(kit.allow("*")))
    return SimpleNamespace(world=world, user=user, sts=world.of(user, "sts"))


def _get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


def _presigned(t, expires_s: int = 60) -> str:
    return t.sts.generate_presigned_url("get_caller_identity", ExpiresIn=expires_s, HttpMethod="GET")


def ask_presigned_GetCallerIdentity(t):
    status, body = _get(_presigned(t))
    equal(status, 200)
    contains(body, t.user.Arn)


def ask_changed_presigned_request(t):
    status, body = _get(_presigned(t).replace("X-Amz-Expires=60", "X-Amz-Expires=61"))
    equal(status, 403)
    contains(body, "SignatureDoesNotMatch")


def ask_presigned_request_with_a_wrong_scope(t):
    status, body = _get(_presigned(t).replace("%2Fsts%2F", "%2Fiam%2F"))
    equal(status, 403)
    contains(body, "SignatureDoesNotMatch")


def ask_session_token_counts_in_a_presigned_request(t):
    t.session = t.sts.get_session_token(DurationSeconds=900)["Credentials"]
    url = t.world.of_session(t.session, "sts").generate_presigned_url("get_caller_identity", HttpMethod="GET")
    equal(_get(url)[0], 200)
    bogus = t.world.of_session({**t.session, "SessionToken": "bogus"}, "sts")
    equal(_get(bogus.generate_presigned_url("get_caller_identity", HttpMethod="GET"))[0], 403)


def ask_expired_session(t):
    request = urllib.request.Request(t.world.endpoint + EXPIRE_PATH, method="POST")
    urllib.request.urlopen(request, timeout=60).read()
    time.sleep(0.1)
    with refused("ExpiredToken", "ExpiredTokenException"):
        t.world.of_session(t.session, "sts").get_caller_identity()
