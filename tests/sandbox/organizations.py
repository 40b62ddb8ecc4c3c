"""Organizations: CreateOrganization, and ListAccounts in pages of at most 20 (page: ListAccounts).

One thing is not as on AWS: CreateAccount with an e-mail address of 12 digits (222222222222@example.com) makes the
account with that id, so that a test can list the very accounts it uses.
"""

import json
import re

from . import patchpoints
from .paging import decode_marker, encode_marker

LARGEST_PAGE = 20
WANTED_ID = re.compile(r"(\d{12})@")


def _organizations():
    return patchpoints.module("services.organizations")


def _create_organization(payload: dict):
    organizations = _organizations()
    if "self" in organizations._orgs:
        return organizations.error_response_json(
            "AlreadyInOrganizationException", "The AWS account is already a member of an organization.", 400)
    organizations._ensure_org()
    organizations._orgs["self"]["FeatureSet"] = payload.get("FeatureSet", "ALL")
    return organizations._json(200, {"Organization": dict(organizations._orgs["self"])})


def _list_accounts(original, payload: dict):
    """ "MaxResults: valid range 1 to 20"; a page may hold fewer, and only a missing NextToken ends the list."""
    organizations = _organizations()
    organizations._ensure_org()
    accounts = [organizations._public_account(account) for account in organizations._accounts.values()]
    wanted = payload.get("MaxResults") or LARGEST_PAGE
    try:
        first = decode_marker(payload.get("NextToken") or "")
    except ValueError:
        first = None
    if first is None or not 1 <= wanted <= LARGEST_PAGE:
        return organizations.error_response_json(
            "InvalidInputException", "You specified an invalid value for MaxResults or NextToken.", 400)
    answer = {"Accounts": accounts[first:first + wanted]}
    if first + wanted < len(accounts):
        answer["NextToken"] = encode_marker(first + wanted)
    return organizations._json(200, answer)


def _create_account(original, payload: dict):
    answer = original(payload)
    wanted = WANTED_ID.match(payload.get("Email") or "")
    if answer[0] != 200 or wanted is None:
        return answer
    new_id = wanted.group(1)
    status = json.loads(answer[2])["CreateAccountStatus"]
    accounts = _organizations()._accounts
    account = accounts.pop(status["AccountId"])
    account.update(Id=new_id, Arn=account["Arn"].rsplit("/", 1)[0] + "/" + new_id)
    accounts[new_id] = account
    return _organizations()._json(200, {"CreateAccountStatus": {**status, "AccountId": new_id}})


def install() -> None:
    _organizations()._DISPATCH["CreateOrganization"] = _create_organization
    patchpoints.wrap_organizations_action("CreateAccount", _create_account)
    patchpoints.wrap_organizations_action("ListAccounts", _list_accounts)
