"""Marker, MaxItems and IsTruncated for the lists of IAM: ministack always answers with everything.

Pages: ListUsers, GetGroup, GetAccountAuthorizationDetails ... The page is cut out of ministack's whole answer.
"""

import base64
import binascii
import xml.etree.ElementTree as ElementTree

from . import patchpoints
from .answers import Answer, iam_error, param, parse_body, with_tree

DEFAULT_PAGE = 100
LARGEST_PAGE = 1000

# action: the lists of its answer that are paged as if they were one
PAGED_LISTS = {
    "GetAccountAuthorizationDetails": ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"],
    "GetGroup": ["Users"],
    "ListAccessKeys": ["AccessKeyMetadata"],
    "ListAccountAliases": ["AccountAliases"],
    "ListAttachedGroupPolicies": ["AttachedPolicies"],
    "ListAttachedRolePolicies": ["AttachedPolicies"],
    "ListAttachedUserPolicies": ["AttachedPolicies"],
    "ListEntitiesForPolicy": ["PolicyGroups", "PolicyUsers", "PolicyRoles"],
    "ListGroupPolicies": ["PolicyNames"],
    "ListGroups": ["Groups"],
    "ListGroupsForUser": ["Groups"],
    "ListMFADevices": ["MFADevices"],
    "ListPolicies": ["Policies"],
    "ListPolicyVersions": ["Versions"],
    "ListRolePolicies": ["PolicyNames"],
    "ListRoles": ["Roles"],
    "ListUserPolicies": ["PolicyNames"],
    "ListUsers": ["Users"],
    "ListVirtualMFADevices": ["VirtualMFADevices"],
}


def encode_marker(position: int) -> str:
    return base64.b64encode(str(position).encode()).decode()


def decode_marker(marker: str) -> int:
    """The position a marker stands for; ValueError for one that this service did not hand out."""
    try:
        return int(base64.b64decode(marker, validate=True).decode()) if marker else 0
    except (binascii.Error, UnicodeDecodeError):
        raise ValueError(marker) from None


def _page_bounds(params: dict) -> tuple[int, int]:
    wanted = int(param(params, "MaxItems") or DEFAULT_PAGE)
    if not 1 <= wanted <= LARGEST_PAGE:
        raise ValueError(wanted)
    first = decode_marker(param(params, "Marker"))
    return first, first + wanted


def _cut(result: ElementTree.Element, namespace: str, lists: list[str], first: int, end: int) -> int:
    """Remove every member outside first..end from the lists of the result; how many members there were."""
    position = 0
    for name in lists:
        box = result.find(namespace + name)
        for member in list(box if box is not None else []):
            if not first <= position < end:
                box.remove(member)
            position += 1
    return position


def _mark(result: ElementTree.Element, namespace: str, total: int, end: int) -> None:
    for name in ("IsTruncated", "Marker"):
        for element in result.findall(namespace + name):
            result.remove(element)
    ElementTree.SubElement(result, namespace + "IsTruncated").text = "true" if total > end else "false"
    if total > end:
        ElementTree.SubElement(result, namespace + "Marker").text = encode_marker(end)


def _paged(action: str):
    def answer_page(original, params) -> Answer:
        try:
            first, end = _page_bounds(params)
        except ValueError:
            return iam_error(400, "ValidationError", "Invalid Marker or MaxItems.")
        whole = {name: value for name, value in params.items() if name not in ("MaxItems", "Marker")}
        answer = original(whole)
        if answer[0] != 200:
            return answer
        root, namespace = parse_body(answer)
        result = root.find(f"{namespace}{action}Result")
        total = _cut(result, namespace, PAGED_LISTS[action], first, end)
        _mark(result, namespace, total, end)
        return with_tree(answer, root)

    return answer_page


def install() -> None:
    for action in PAGED_LISTS:
        patchpoints.wrap_iam_action(action, _paged(action))
