"""An organization with more accounts than one page holds."""

from types import SimpleNamespace

from ..asking import World, equal
from .paging import collect

MANAGEMENT_ACCOUNT = "999999999999"
MEMBERS = 25


def prepare(world: World) -> SimpleNamespace:
    return SimpleNamespace(world=world, organizations=world.root("organizations", MANAGEMENT_ACCOUNT))


def ask_CreateOrganization(t):
    made = t.organizations.create_organization(FeatureSet="ALL")["Organization"]
    equal(made["MasterAccountId"], MANAGEMENT_ACCOUNT)


def ask_CreateAccount_25_times(t):
    for number in range(MEMBERS):
        made = t.organizations.create_account(AccountName=f"burger{number}", Email=f"burger{number}@example.com")
        equal(made["CreateAccountStatus"]["State"], "SUCCEEDED")


def ask_ListAccounts_in_pages_of_10(t):
    accounts, pages = collect(t.organizations.list_accounts, "Accounts", "NextToken", "NextToken", MaxResults=10)
    equal((len({account["Id"] for account in accounts}), pages), (MEMBERS + 1, 3))


def ask_ListAccounts_in_pages_of_its_own_size(t):
    accounts, pages = collect(t.organizations.list_accounts, "Accounts", "NextToken", "NextToken")
    equal((len(accounts), pages), (MEMBERS + 1, 2))
