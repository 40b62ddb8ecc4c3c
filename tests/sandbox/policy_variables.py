"""Policy variables such as ${aws:username}, which ministack takes literally.

Page: "IAM policy elements: Variables and tags". They count in Resource and in Condition values, only in a policy with
Version 2012-10-17; a variable that the request cannot fill makes its pattern match nothing.
"""

import dataclasses
import json
import re

from . import patchpoints

VARIABLE = re.compile(r"\$\{([^{}]+)\}")
LITERALS = {"*": "*", "?": "?", "$": "$"}
MATCHES_NOTHING = "\0"
VERSION_WITH_VARIABLES = "2012-10-17"
LITERAL_MARK = "_variables_are_literal"


def substitute(text: str, context) -> str:
    """The text with every variable filled from the request; what cannot be filled matches nothing."""
    unknown = []

    def fill(match: re.Match) -> str:
        name, _, default = (part.strip() for part in match.group(1).partition(","))
        if name in LITERALS:
            return LITERALS[name]
        value = patchpoints.module("core.iam_evaluator")._resolve_condition_key(name, context)
        if value is None and default:
            return default.strip("'")
        if value is None or isinstance(value, list):
            unknown.append(name)
            return ""
        return str(value)

    filled = VARIABLE.sub(fill, text)
    return MATCHES_NOTHING if unknown else filled


def _in_conditions(conditions: dict, context) -> dict:
    filled = {}
    for operator, keys in (conditions or {}).items():
        if isinstance(keys, dict):
            keys = {key: _in_values(values, context) for key, values in keys.items()}
        filled[operator] = keys
    return filled


def _in_values(values, context):
    if isinstance(values, str):
        return substitute(values, context)
    if isinstance(values, list):
        return [substitute(value, context) if isinstance(value, str) else value for value in values]
    return values


def _in_statement(statement, context):
    if getattr(statement, LITERAL_MARK, False):
        return statement
    return dataclasses.replace(
        statement,
        resources=[substitute(resource, context) for resource in statement.resources],
        not_resources=[substitute(resource, context) for resource in statement.not_resources],
        conditions=_in_conditions(statement.conditions, context),
    )


def _first_match(context, statements, effect):
    """ministack's own search, on statements whose variables are filled."""
    evaluator = patchpoints.module("core.iam_evaluator")
    for statement in statements:
        if statement.effect != effect:
            continue
        if not evaluator._action_matches(context.action, statement.actions, statement.not_actions):
            continue
        filled = _in_statement(statement, context)
        if (evaluator._resource_matches(context.resource_arn, filled.resources, filled.not_resources)
                and evaluator._conditions_met(filled.conditions, context)):
            return statement
    return None


def _as_document(document) -> dict | None:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return None
    return document if isinstance(document, dict) else None


def in_trust_policy(document, context):
    """A trust policy with the variables of its conditions filled; it has no Resource."""
    policy = _as_document(document)
    if policy is None or policy.get("Version") != VERSION_WITH_VARIABLES:
        return document
    statements = policy.get("Statement", [])
    if isinstance(statements, dict):
        statements = [statements]
    filled = [
        {**statement, "Condition": _in_conditions(statement.get("Condition"), context)}
        for statement in statements if isinstance(statement, dict)
    ]
    return {**policy, "Statement": filled}


def _mark_old_documents(original):
    """A policy of Version 2008-10-17, the default, has no variables."""

    def parse(document):
        statements = original(document)
        policy = _as_document(document)
        if policy is not None and policy.get("Version") != VERSION_WITH_VARIABLES:
            for statement in statements:
                setattr(statement, LITERAL_MARK, True)
        return statements

    return parse


def install() -> None:
    evaluator = patchpoints.module("core.iam_evaluator")
    patchpoints.replace("core.iam_evaluator", "_first_match", _first_match)
    patchpoints.replace("core.iam_evaluator", "parse_policy_document",
                        _mark_old_documents(evaluator.parse_policy_document))
