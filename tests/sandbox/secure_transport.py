"""aws:SecureTransport is true: the sandbox stands for AWS, which the tools under test reach over TLS alone.

A bucket that refuses plain requests, as every well-kept one does, would otherwise refuse all that is sent here.
"""

from . import patchpoints

KEY = "aws:securetransport"


def _resolve_condition_key(original):
    return lambda key, context: "true" if key.lower() == KEY else original(key, context)


def install() -> None:
    original = patchpoints.module("core.iam_evaluator")._resolve_condition_key
    patchpoints.replace("core.iam_evaluator", "_resolve_condition_key", _resolve_condition_key(original))
