"""Every private name of ministack that the sandbox reads or replaces.

ministack has no plug-in interface, so the sandbox works on its private tables. That holds only for the exact version
written here: with another version, or with one of the names gone, `require()` ends the start with one sentence.
"""

import importlib
import importlib.metadata
from types import ModuleType
from typing import Any, Callable

VERSION = "1.5.33"

PRIVATE_NAMES = {
    "ministack.app": ["app", "main", "AUTH"],
    "ministack.core.responses": ["get_account_id", "get_region", "new_uuid", "now_iso", "request_scope"],
    "ministack.core.router": ["extract_access_key_id", "extract_region"],
    "ministack.core.iam_actions": ["extract_resource_arn", "request_tag_context"],
    "ministack.core.iam_evaluator": [
        "EvalContext", "_action_matches", "_conditions_met", "_first_match", "_principal_keys",
        "_resolve_condition_key", "_resource_matches", "caller_arn", "enforce", "evaluate_trust_policy",
        "parse_policy_document", "resolve_principal",
    ],
    "ministack.services.iam": [
        "_IAM_HANDLERS", "_access_keys", "_error", "_group_inline_policies", "_groups", "_login_profiles",
        "_mfa_devices", "_policies", "_roles", "_user_inline_policies", "_users", "handle_request",
    ],
    "ministack.services.sts": ["_caller_identity", "_error", "_principal_keys", "_sessions", "_xml", "handle_request"],
    "ministack.services.s3": [
        "_bucket_owner_account", "_error", "_foreign_bucket_allows", "_parse_bucket_key", "handle_request",
    ],
    "ministack.services.organizations": [
        "_DISPATCH", "_accounts", "_ensure_org", "_json", "_orgs", "_public_account", "error_response_json",
    ],
    "ministack.services.cloudformation": ["_change_sets", "_stack_events", "_stacks"],
    "ministack.services.cloudformation.changesets": [
        "_IMPORT_LOOKUPS", "_deploy_stack_async", "_find_change_set", "_resolve_props_for_diff", "_sdk_error",
    ],
    "ministack.services.cloudformation.engine": [
        "_evaluate_conditions", "_resolve_refs", "_topological_sort", "_validate_template_statics",
    ],
    "ministack.services.cloudformation.handlers": [
        "_ACTION_HANDLERS", "_deploy_stack_async", "_resolve_stack",
    ],
    "ministack.services.cloudformation.helpers": [
        "TEMPLATE_BODY_MAX_BYTES", "_error", "_page", "_resolve_document", "_xml",
    ],
    "ministack.services.cloudformation.provisioners": [
        "_RESOURCE_HANDLERS", "_RETAINING_POLICIES", "_delete_resource", "_nested_stack_lookup_name",
        "_physical_name", "_provision_resource", "_update_resource",
    ],
    "ministack.services.cloudformation.stacks": [
        "_add_event", "_delete_resource", "_provision_resource", "_resource_policy", "_runs_on_worker_thread",
        "_update_resource",
    ],
}


def require_version() -> None:
    """End the start with one sentence unless exactly this ministack is installed. Imports nothing of it."""
    try:
        found = importlib.metadata.version("ministack")
    except importlib.metadata.PackageNotFoundError:
        raise SystemExit(f"sandbox: ministack {VERSION} is not installed: pip install -r requirements.txt") from None
    if found != VERSION:
        raise SystemExit(f"sandbox: needs ministack {VERSION}, found {found}: pip install -r requirements.txt")


def require() -> None:
    """End the start with one sentence unless this is the ministack the patches were written for."""
    require_version()
    for module_name, names in PRIVATE_NAMES.items():
        missing = [name for name in names if not hasattr(importlib.import_module(module_name), name)]
        if missing:
            raise SystemExit(f"sandbox: {module_name} of ministack {VERSION} has no {', '.join(missing)}")
    if not module("app").AUTH:
        raise SystemExit("sandbox: ministack was imported before AUTH=true was set")


def module(name: str) -> ModuleType:
    """A module of ministack by its name without the leading package, e.g. `services.iam`."""
    full_name = f"ministack.{name}"
    if full_name not in PRIVATE_NAMES:
        raise KeyError(f"{full_name} is not in PRIVATE_NAMES")
    return importlib.import_module(full_name)


def replace(module_name: str, name: str, new: Any) -> Any:
    """Put `new` in the place of a private name and return what was there."""
    if name not in PRIVATE_NAMES[f"ministack.{module_name}"]:
        raise KeyError(f"{module_name}.{name} is not in PRIVATE_NAMES")
    target = module(module_name)
    old = getattr(target, name)
    setattr(target, name, new)
    return old


def _wrap_entry(table: dict, key: str, wrapper: Callable) -> None:
    original = table[key]

    def wrapped(*arguments):
        return wrapper(original, *arguments)

    table[key] = wrapped


def wrap_iam_action(action: str, wrapper: Callable) -> None:
    """`wrapper(original, params)` answers the IAM action from now on."""
    _wrap_entry(module("services.iam")._IAM_HANDLERS, action, wrapper)


def wrap_cloudformation_action(action: str, wrapper: Callable) -> None:
    """`wrapper(original, params)` answers the CloudFormation action from now on."""
    _wrap_entry(module("services.cloudformation.handlers")._ACTION_HANDLERS, action, wrapper)


def wrap_organizations_action(action: str, wrapper: Callable) -> None:
    """`wrapper(original, payload)` answers the Organizations action from now on."""
    _wrap_entry(module("services.organizations")._DISPATCH, action, wrapper)
