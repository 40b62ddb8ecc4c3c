"""Condition keys of AssumeRole that ministack leaves out of trust and identity policies.

Pages: "IAM and AWS STS condition context keys", "AWS global condition context keys", "Pass session tags in AWS STS",
"Monitor and control actions taken with assumed roles" (source identity).
"""

import contextvars
import dataclasses
import re

from . import mfa, patchpoints, policy_variables
from .answers import param

# The query parameters of the STS request in hand: ministack's evaluator is given only a few of them.
REQUEST: contextvars.ContextVar[dict] = contextvars.ContextVar("sandbox_sts_request", default={})

TRANSITIVE_KEY = re.compile(r"TransitiveTagKeys\.member\.\d+$")


def sts_context(params: dict) -> dict:
    """The condition keys that an AssumeRole request carries; an absent parameter leaves its key absent."""
    keys = {
        "sts:rolesessionname": param(params, "RoleSessionName"),
        "sts:externalid": param(params, "ExternalId"),
        "sts:sourceidentity": param(params, "SourceIdentity"),
    }
    transitive = [param(params, name) for name in params if TRANSITIVE_KEY.match(name)]
    if transitive:
        keys["sts:transitivetagkeys"] = transitive
    return {name: value for name, value in keys.items() if value}


def role_arn_of_session(session_arn: str) -> str:
    """aws:PrincipalArn is "the ARN of the role that was assumed", path and all, not that of the session."""
    account, resource = session_arn.split(":")[4:6]
    role_name = resource.split("/")[1]
    role = patchpoints.module("services.iam")._roles.get_scoped(account, None, role_name)
    return role["Arn"] if role else session_arn


def _resolve_condition_key(original):
    def resolve(key, context):
        value = original(key, context)
        name = key.lower()
        if name == "aws:principalarn" and value and ":assumed-role/" in value:
            return role_arn_of_session(value)
        if name == "aws:tagkeys" and value == []:
            return None
        return value

    return resolve


def _evaluate_trust_policy(original):
    def evaluate(document, caller_arn, context=None):
        if context is None:
            return original(document, caller_arn, context)
        full = dataclasses.replace(context, service_context={**context.service_context, **sts_context(REQUEST.get())})
        return original(policy_variables.in_trust_policy(document, full), caller_arn, full)

    return evaluate


def _mfa_context(params: dict) -> dict:
    """A request that carries a valid code is one with MFA, for every policy it is held against."""
    caller = patchpoints.module("core.iam_evaluator").caller_arn()
    if mfa.is_valid_code(caller, param(params, "SerialNumber"), param(params, "TokenCode")):
        return {"aws:multifactorauthpresent": "true", "aws:multifactorauthage": "0"}
    return {}


def _request_tag_context(original):
    """The same keys for identity policies: the group's policy may pin sts:RoleSessionName too."""

    def context(service, iam_action, body, params):
        found = original(service, iam_action, body, params)
        if service != "sts":
            return found
        return {**found, **sts_context(params), **_mfa_context(params)}

    return context


def install() -> None:
    evaluator = patchpoints.module("core.iam_evaluator")
    actions = patchpoints.module("core.iam_actions")
    patchpoints.replace("core.iam_evaluator", "_resolve_condition_key",
                        _resolve_condition_key(evaluator._resolve_condition_key))
    patchpoints.replace("core.iam_evaluator", "evaluate_trust_policy",
                        _evaluate_trust_policy(evaluator.evaluate_trust_policy))
    patchpoints.replace("core.iam_actions", "request_tag_context",
                        _request_tag_context(actions.request_tag_context))
