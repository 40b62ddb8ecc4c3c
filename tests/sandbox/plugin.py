"""Hooks every concern of the sandbox into ministack, in the order in which they build on each other."""

from . import (
    bucket_owner, change_sets, control, groups, iam_caller, iam_refusals, mfa, nested_stacks, organizations, pace,
    paging, patchpoints, policy_variables, scope, secure_transport, sessions, stack_sets, templates, trust, update_events,
)

CONCERNS = (
    groups, iam_refusals, iam_caller, mfa, paging, policy_variables, trust, sessions, scope, templates,
    nested_stacks, update_events, change_sets, stack_sets, bucket_owner, secure_transport, organizations,
    control,
)


def install(pace_s: float = 0) -> None:
    """Check ministack's version and private names first, then hook everything in."""
    patchpoints.require()
    for concern in CONCERNS:
        concern.install()
    if pace_s:
        pace.install(pace_s)
