"""Signatures: secrets, keys, clock and credential scope."""

import datetime
import urllib.error
import urllib.request
from types import SimpleNamespace
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .. import clients
from ..asking import World, contains, equal, refused
from . import kit

CALL = "Action=GetCallerIdentity&Version=2011-06-15"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


def prepare(world: World) -> SimpleNamespace:
    return SimpleNamespace(world=world, user=world.user("signer", policy=kit.policy(kit.allow("*"))))


def _with_secret(t, service: str, secret: str):
    return clients.client(t.world.endpoint, service, t.user.AccessKeyId, secret)


def _send_signed(t, service: str = "sts", region: str = clients.REGION, clock_off_s: int = 0) -> tuple[int, str]:
    """GetCallerIdentity signed by hand for this scope and by this clock; HTTP status and body."""
    request = AWSRequest("POST", t.world.endpoint + "/", data=CALL, headers=FORM)
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=clock_off_s)
    signer = botocore.auth.SigV4Auth(Credentials(t.user.AccessKeyId, t.user.SecretAccessKey), service, region)
    with mock.patch.object(botocore.auth, "get_current_datetime",
                           lambda remove_tzinfo=True: now.replace(tzinfo=None) if remove_tzinfo else now):
        signer.add_auth(request)
    ready = request.prepare()
    plain = urllib.request.Request(ready.url, data=CALL.encode(), headers=dict(ready.headers), method="POST")
    try:
        with urllib.request.urlopen(plain, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


def _must_not_match(t, **how) -> None:
    status, body = _send_signed(t, **how)
    equal(status, 403)
    contains(body, "SignatureDoesNotMatch")


def ask_wrong_secret_for_STS(t):
    last = "A" if t.user.SecretAccessKey[-1] != "A" else "B"
    with refused("SignatureDoesNotMatch"):
        _with_secret(t, "sts", t.user.SecretAccessKey[:-1] + last).get_caller_identity()


def ask_wrong_secret_for_CloudFormation(t):
    with refused("SignatureDoesNotMatch"):
        _with_secret(t, "cloudformation", "x" * 40).list_stacks()


def ask_wrong_secret_for_S3(t):
    with refused("SignatureDoesNotMatch"):
        _with_secret(t, "s3", "x" * 40).list_buckets()


def ask_unknown_key(t):
    sts = clients.client(t.world.endpoint, "sts", "AKIAIOSFODNN7EXAMPLE", t.user.SecretAccessKey)
    with refused("InvalidClientTokenId"):
        sts.get_caller_identity()


def ask_request_signed_by_hand_is_accepted(t):
    equal(_send_signed(t)[0], 200)


def ask_scope_with_no_region_of_AWS(t):
    _must_not_match(t, region="xx-nowhere-9")


def ask_clock_one_hour_behind(t):
    _must_not_match(t, clock_off_s=-3600)


def ask_clock_one_hour_ahead(t):
    _must_not_match(t, clock_off_s=3600)


def ask_scope_of_another_service(t):
    _must_not_match(t, service="iam")
