"""AssumeRole and GetSessionToken as STS limits them: MFA, durations, chaining, source identity, names.

Pages: AssumeRole, GetSessionToken, DecodeAuthorizationMessage (STS API reference), "Roles terms and concepts" (role
chaining), "Secure API access with MFA" (what a session knows of MFA).
"""

import base64
import binascii
import contextvars
import json
import re
import time

from . import mfa, patchpoints, trust
from .answers import Answer, body_text, element_text, iam_error, param, query_params, sts_error, with_body

SHORTEST_S = 900
LONGEST_S = {"AssumeRole": 43200, "GetSessionToken": 129600}
CHAINED_LONGEST_S = 3600
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
MFA_CODE = re.compile(r"\d{6}")
PASSED_MFA_AT = "MfaAt"
SOURCE_IDENTITY = "SourceIdentity"

# When the request in hand carried a valid MFA code: the time of it.
_mfa_passed_at: contextvars.ContextVar[float | None] = contextvars.ContextVar("sandbox_mfa", default=None)


class Refused(Exception):
    """An STS request that ends with this answer."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(message)
        self.answer = sts_error(status, code, message)


def _sts():
    return patchpoints.module("services.sts")


def _constraint(value: str, field: str, constraint: str) -> Refused:
    return Refused(400, "ValidationError",
                   f"1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: "
                   f"Member must {constraint}")


class Request:
    """One AssumeRole or GetSessionToken, and who sent it."""

    def __init__(self, params: dict, headers: dict, query: dict):
        self.params = params
        self.action = param(params, "Action")
        self.access_key = patchpoints.module("core.router").extract_access_key_id(headers, query)
        self.region = patchpoints.module("core.router").extract_region(headers, query)
        self.session = _sts()._sessions.get(self.access_key)
        self.caller_arn = self._find_caller(headers, query)

    def _find_caller(self, headers: dict, query: dict) -> str:
        identity = _sts()._caller_identity(headers, query)
        return identity["userArn"] if isinstance(identity, dict) else ""

    def get(self, name: str) -> str:
        return param(self.params, name)

    @property
    def on_resource(self) -> str:
        return f" on resource: {self.get('RoleArn')}" if self.action == "AssumeRole" else ""

    def not_authorized(self, action: str) -> Refused:
        return Refused(403, "AccessDenied",
                       f"User: {self.caller_arn} is not authorized to perform: {action}{self.on_resource}")


def _find_role(role_arn: str) -> dict | None:
    parts = role_arn.split(":")
    if len(parts) < 6:
        return None
    return patchpoints.module("services.iam")._roles.get_scoped(parts[4], None, role_arn.rsplit("/", 1)[-1])


def _check_names(request: Request) -> None:
    if request.action != "AssumeRole":
        return
    name = request.get("RoleSessionName")
    if not SESSION_NAME.fullmatch(name):
        raise _constraint(name, "roleSessionName", "satisfy regular expression pattern: [\\w+=,.@-]* and have length "
                          "greater than or equal to 2 and less than or equal to 64")
    source_identity = request.get(SOURCE_IDENTITY)
    if source_identity and (not SESSION_NAME.fullmatch(source_identity) or source_identity.startswith("aws:")):
        raise _constraint(source_identity, "sourceIdentity", "satisfy regular expression pattern: [\\w+=,.@-]*")


def _check_duration(request: Request) -> None:
    text = request.get("DurationSeconds")
    if not text:
        return
    if not re.fullmatch(r"\d+", text):
        raise Refused(400, "MalformedInput", "DurationSeconds is not a number")
    duration_s = int(text)
    if duration_s < SHORTEST_S:
        raise _constraint(text, "durationSeconds", f"have value greater than or equal to {SHORTEST_S}")
    if duration_s > LONGEST_S[request.action]:
        raise _constraint(text, "durationSeconds", f"have value less than or equal to {LONGEST_S[request.action]}")
    if request.action == "AssumeRole":
        _check_role_duration(request, duration_s)


def _check_role_duration(request: Request, duration_s: int) -> None:
    """ "Role chaining limits your session to a maximum of one hour"; STS counts every temporary credential so."""
    if request.session and duration_s > CHAINED_LONGEST_S:
        raise Refused(400, "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for "
                      "roles assumed by role chaining.")
    role = _find_role(request.get("RoleArn"))
    if role and duration_s > int(role["MaxSessionDuration"]):
        raise Refused(400, "ValidationError",
                      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")


def _check_caller(request: Request) -> None:
    if request.action == "AssumeRole" and request.caller_arn.endswith(":root"):
        raise Refused(403, "AccessDenied", "Roles may not be assumed by root accounts.")
    if request.action == "AssumeRole" and _find_role(request.get("RoleArn")) is None:
        if request.get("RoleArn").startswith("arn:"):
            raise request.not_authorized("sts:AssumeRole")


def _check_mfa(request: Request) -> float | None:
    """The time at which this request passed MFA; None when it carries no code."""
    serial, code = request.get("SerialNumber"), request.get("TokenCode")
    if not serial and not code:
        return None
    if not serial or not code:
        raise Refused(403, "AccessDenied", "MultiFactorAuthentication failed, must provide both MFA serial number "
                      "and one time pass code.")
    if not MFA_CODE.fullmatch(code):
        raise _constraint(code, "tokenCode", "satisfy regular expression pattern: [\\d]{6}")
    device = mfa.device_of(request.caller_arn, serial)
    if device is None or not mfa.use_code(device, code):
        raise Refused(403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.")
    return time.time()


def _check_source_identity(request: Request) -> None:
    """Both sides must allow sts:SetSourceIdentity, and a session's source identity can never be changed."""
    wanted = request.get(SOURCE_IDENTITY)
    inherited = (request.session or {}).get(SOURCE_IDENTITY)
    if inherited and wanted and wanted != inherited:
        raise request.not_authorized("sts:SetSourceIdentity")
    if wanted:
        _check_extra_action(request, "sts:SetSourceIdentity")


def _check_tags(request: Request) -> None:
    """ministack holds sts:TagSession against the trust policy only; the caller's own policy must allow it too."""
    if request.get("Tags.member.1.Key"):
        _check_identity(request, "sts:TagSession")


def _check_extra_action(request: Request, action: str) -> None:
    _check_identity(request, action)
    evaluator = patchpoints.module("core.iam_evaluator")
    role = _find_role(request.get("RoleArn"))
    context = evaluator.EvalContext(
        principal_arn=request.caller_arn, principal_type="User", principal_account=request.caller_arn.split(":")[4],
        action=action, resource_arn=request.get("RoleArn"), region=request.region,
        principal_keys=_caller_keys(request),
    )
    if not evaluator.evaluate_trust_policy(role["AssumeRolePolicyDocument"], request.caller_arn, context):
        raise request.not_authorized(action)


def _check_identity(request: Request, action: str) -> None:
    evaluator = patchpoints.module("core.iam_evaluator")
    tag_context = patchpoints.module("core.iam_actions").request_tag_context
    context = tag_context("sts", "sts:AssumeRole", b"", request.params)
    if evaluator.enforce(request.access_key, action, "sts", request.region, request.get("RoleArn"), context):
        raise request.not_authorized(action)


def _caller_keys(request: Request) -> dict:
    resolve = patchpoints.module("core.iam_evaluator").resolve_principal
    principal = resolve(request.access_key, request.caller_arn.split(":")[4])
    return getattr(principal, "keys", {})


def _principal_keys(original):
    """aws:MultiFactorAuthPresent and -Age, aws:SourceIdentity.

    A plain access key has no MFA key at all; temporary credentials have it, true only when GetSessionToken was given
    a code: "the temporary credentials returned by AssumeRole do not include MFA information in the context".
    """

    def keys_of(credential):
        keys = original(credential)
        session = _sts()._sessions.get(credential.access_key_id) or {}
        passed_at = _mfa_passed_at.get() or session.get(PASSED_MFA_AT)
        if passed_at:
            keys["aws:multifactorauthpresent"] = "true"
            keys["aws:multifactorauthage"] = str(int(time.time() - passed_at))
        if session.get(SOURCE_IDENTITY):
            keys["aws:sourceidentity"] = session[SOURCE_IDENTITY]
        return keys

    return keys_of


def _check(request: Request) -> float | None:
    _check_names(request)
    _check_duration(request)
    _check_caller(request)
    passed_at = _check_mfa(request)
    if request.action == "AssumeRole":
        _check_source_identity(request)
        _check_tags(request)
    return passed_at


def _remember(request: Request, answer: Answer, passed_at: float | None) -> Answer:
    """Keep with the new session what later requests of it are judged by."""
    session = _sts()._sessions[element_text(answer, "AccessKeyId")]
    if request.action == "GetSessionToken":
        session[PASSED_MFA_AT] = passed_at
        return answer
    source_identity = request.get(SOURCE_IDENTITY) or (request.session or {}).get(SOURCE_IDENTITY)
    if not source_identity:
        return answer
    session[SOURCE_IDENTITY] = source_identity
    element = f"<SourceIdentity>{source_identity}</SourceIdentity></AssumeRoleResult>"
    return with_body(answer, body_text(answer).replace("</AssumeRoleResult>", element))


def decode_authorization_message(params: dict) -> Answer:
    """The sandbox encodes no messages of its own; it decodes base64 of JSON, which a test can make."""
    encoded = param(params, "EncodedMessage")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
        json.loads(decoded)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return sts_error(400, "InvalidAuthorizationMessageException", "Message is not valid")
    text = decoded.replace("&", "&amp;").replace("<", "&lt;")
    action = "DecodeAuthorizationMessage"
    result = f"<{action}Result><DecodedMessage>{text}</DecodedMessage></{action}Result>"
    return _sts()._xml(200, f"{action}Response", result, ns="sts")


def _sts_handler(original):
    async def handle(method, path, headers, body, query):
        params = query_params(method, body, query)
        action = param(params, "Action")
        if action == "DecodeAuthorizationMessage":
            return decode_authorization_message(params)
        if action not in LONGEST_S:
            return await original(method, path, headers, body, query)
        request = Request(params, headers, query)
        request_mark = trust.REQUEST.set(params)
        mfa_mark = _mfa_passed_at.set(None)
        try:
            passed_at = _check(request)
            _mfa_passed_at.set(passed_at)
            answer = await original(method, path, headers, body, query)
        except Refused as refused:
            return refused.answer
        finally:
            _mfa_passed_at.reset(mfa_mark)
            trust.REQUEST.reset(request_mark)
        return _remember(request, answer, passed_at) if answer[0] == 200 else answer

    return handle


def _iam_handler(original):
    """GetSessionToken: "You cannot call any IAM API operations unless MFA authentication information is included"."""

    async def handle(method, path, headers, body, query):
        access_key = patchpoints.module("core.router").extract_access_key_id(headers, query)
        session = _sts()._sessions.get(access_key) or {}
        if session.get("PrincipalType") == "User" and not session.get(PASSED_MFA_AT):
            return iam_error(403, "InvalidClientTokenId", "The security token included in the request is invalid")
        return await original(method, path, headers, body, query)

    return handle


def install() -> None:
    sts = _sts()
    patchpoints.replace("services.sts", "handle_request", _sts_handler(sts.handle_request))
    iam = patchpoints.module("services.iam")
    patchpoints.replace("services.iam", "handle_request", _iam_handler(iam.handle_request))
    keys_of = _principal_keys(patchpoints.module("core.iam_evaluator")._principal_keys)
    patchpoints.replace("core.iam_evaluator", "_principal_keys", keys_of)
    patchpoints.replace("services.sts", "_principal_keys", keys_of)
