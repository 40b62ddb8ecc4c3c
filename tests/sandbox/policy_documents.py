"""What IAM refuses as MalformedPolicyDocument, and how it counts the size of a policy."""

import json

KNOWN_VERSIONS = ("2012-10-17", "2008-10-17")
STATEMENT_ELEMENTS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}


def size(document: str) -> int:
    """The characters IAM counts: "IAM doesn't count white space" (page: IAM and AWS STS quotas)."""
    return sum(1 for character in document if not character.isspace())


def problem(document: str, is_trust: bool = False) -> str | None:
    """Why IAM would refuse this document, or None. A trust policy names principals and no resources."""
    try:
        policy = json.loads(document)
    except ValueError:
        return "This policy contains invalid Json"
    if not isinstance(policy, dict):
        return "Syntax errors in policy."
    if policy.get("Version", KNOWN_VERSIONS[0]) not in KNOWN_VERSIONS:
        return "The policy must contain a valid version string"
    statements = policy.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        return "Syntax errors in policy."
    for statement in statements:
        found = _statement_problem(statement, is_trust)
        if found:
            return found
    return None


def _statement_problem(statement, is_trust: bool) -> str | None:
    if not isinstance(statement, dict) or set(statement) - STATEMENT_ELEMENTS:
        return "Syntax errors in policy."
    if statement.get("Effect") not in ("Allow", "Deny"):
        return "Syntax errors in policy."
    if not _has_one_of(statement, "Action", "NotAction"):
        return "Policy statement must contain actions."
    if not isinstance(statement.get("Condition", {}), dict):
        return "Syntax errors in policy."
    if is_trust:
        return _trust_statement_problem(statement)
    if "Principal" in statement or "NotPrincipal" in statement:
        return "Policy document should not specify a principal."
    if not _has_one_of(statement, "Resource", "NotResource"):
        return "Policy statement must contain resources."
    return None


def _trust_statement_problem(statement: dict) -> str | None:
    if "Resource" in statement or "NotResource" in statement:
        return "Has prohibited field Resource"
    if not statement.get("Principal"):
        return "Missing required field Principal"
    return None


def _has_one_of(statement: dict, one: str, other: str) -> bool:
    """Exactly one of the two elements is there and is not empty."""
    return bool(statement.get(one)) != bool(statement.get(other))
