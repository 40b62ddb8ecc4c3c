/* Reading IAM: the Bakery account as a whole, and the roles of burger accounts one by one. */
#include <string.h>

#include "access/compare.h"
#include "access/enter.h"
#include "access/live.h"
#include "aws/client.h"
#include "aws/keys.h"
#include "model/names.h"

enum { ARN_MAX_BYTES = 4096 };

struct reading {
        bakery_client *client;
        const bakery_config *config;
        const bakery_access_read_request *request;
        const char *deployer_role;
        struct caller caller;
        bakery_access *access;
};

static void clear_reading(struct reading *reading)
{
        bakery__caller_clear(&reading->caller);
        bakery_access_free(reading->access);
}
DEFINE_AUTO_CLEAR(reading, clear_reading)

static bakery_status check(struct reading *reading, bakery_error **err)
{
        const bakery_access_read_request *request = reading->request;

        if (request->size < sizeof *request)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "a bakery_access_read_request of %zu bytes is none: begin with "
                                    "BAKERY_ACCESS_READ_INIT",
                                    request->size);
        reading->deployer_role =
                request->deployer_role ? request->deployer_role : reading->config->raw.config->deployer_role;
        if (!request->roles || reading->deployer_role)
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_ARGUMENT,
                     "the roles of burger accounts are read through a deployer role, and none "
                     "is named");
        bakery__error_hint(err, "DeployerRole in config.yml names it");
        return BAKERY_ERR_ARGUMENT;
}

static struct aws_access access_of(const struct reading *reading)
{
        return (struct aws_access){ reading->client, reading->request->keys, reading->request->region };
}

static bakery_status read_account(struct reading *reading, bakery_error **err)
{
        const struct aws_access aws = access_of(reading);
        AUTO_CLEAR(iam_account) account = { .policies = { 0 } };
        bakery_status st = bakery__account_read(&aws, &account, err);

        if (!st)
                st = bakery__account_complete(&aws, &account, err);
        return st ? st
                  : bakery__access_from_account(reading->config, &account, reading->request->now_s, &reading->access,
                                                err);
}

/* What one account refuses says nothing about the others. */
static bool ends_all(bakery_status st)
{
        return st == BAKERY_ERR_MEMORY || st == BAKERY_ERR_CANCELLED || st == BAKERY_ERR_SYSTEM;
}

static bakery_status differ(struct reading *reading, bakery_difference_kind kind, const bakery_group *group,
                            const bakery_account *account, const char *says, bakery_error **err)
{
        const struct difference difference = { .kind = kind, .role_group = group, .account = account };
        AUTO_CLEAR(buf) role = { .max = ARN_MAX_BYTES };

        bakery__buf_text(&role, "");
        if (group)
                bakery__put_role_name(&role, group, account);
        if (role.no_memory)
                return bakery__fail_memory(err);
        return bakery__access_differ(reading->access, &difference, err, "%s%s%s (%s)%s", role.at, group ? " in " : "",
                                     account->name, account->id, says);
}

/* Groups grant roles by their ARN, in which the path stands, and names of roles are unique without it. */
static bool has_arn(const struct iam_entity *role, const bakery_group *group, const bakery_account *account)
{
        AUTO_CLEAR(buf) arn = { .max = ARN_MAX_BYTES };

        bakery__put_role_arn(&arn, group, account);
        return arn.no_memory || strcmp(arn.at, role->arn) == 0;
}

static bakery_status compare_role(struct reading *reading, const struct aws_access *burger, const bakery_group *group,
                                  const bakery_account *account, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_CLEAR(buf) name = { .max = ARN_MAX_BYTES };
        AUTO_PTR(bakery_error) reason = NULL;
        struct iam_entity role;

        bakery__put_role_name(&name, group, account);
        if (name.no_memory)
                return bakery__fail_memory(err);
        bakery_status st = bakery__iam_get_role(burger, name.at, &arena, &role, &reason);
        if (!st && !has_arn(&role, group, account))
                return differ(reading, BAKERY_DIFFERENCE_MISSING_ROLE, group, account, " has another path", err);
        if (!st)
                return bakery__trust_compare(reading->access, group, account, role.trust, err);
        if (st == BAKERY_ERR_NOT_FOUND)
                return differ(reading, BAKERY_DIFFERENCE_MISSING_ROLE, group, account, " does not exist", err);
        if (ends_all(st))
                return bakery__fail(err, st, "%s", bakery_error_message(reason));
        return differ(reading, BAKERY_DIFFERENCE_UNREADABLE, group, account, " could not be read", err);
}

static bakery_status read_burger(struct reading *reading, const bakery_account *account, bakery_error **err)
{
        AUTO_PTR(bakery_credentials) session = NULL;
        AUTO_PTR(bakery_error) reason = NULL;
        const struct aws_access bakery = access_of(reading);
        bakery_status st =
                bakery__enter_burger(&bakery, account, reading->deployer_role, reading->caller.name, &session, &reason);

        if (ends_all(st))
                return bakery__fail(err, st, "%s", bakery_error_message(reason));
        if (st) {
                bakery__client_log(reading->client, BAKERY_LOG_INFO, "%s", bakery_error_message(reason));
                return differ(reading, BAKERY_DIFFERENCE_UNREADABLE, NULL, account,
                              ": its roles could not be read, for want of the deployer role", err);
        }

        const struct aws_access burger = { reading->client, session, reading->request->region };
        for (size_t i = 0; i < account->environment->n_groups && !st; i++)
                st = compare_role(reading, &burger, &account->environment->groups[i], account, err);
        return st;
}

static bakery_status read_burgers(struct reading *reading, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < reading->config->n_environments && !st; i++) {
                const bakery_environment *environment = &reading->config->environments[i];

                for (size_t k = 0; k < environment->n_accounts && !st; k++)
                        st = read_burger(reading, &environment->accounts[k], err);
        }
        return st;
}

bakery_status bakery_access_read(bakery_client *client, const bakery_config *config,
                                 const bakery_access_read_request *request, bakery_access **ret_access,
                                 bakery_error **err)
{
        AUTO_CLEAR(reading) reading = { .client = client, .config = config, .request = request };

        bakery__error_clear(err);
        const struct aws_access aws = access_of(&reading);
        bakery_status st = check(&reading, err);
        if (!st)
                st = bakery__enter_bakery(&aws, bakery_config_bakery_account_id(config), &reading.caller, err);
        if (!st)
                st = read_account(&reading, err);
        if (!st && request->roles)
                st = read_burgers(&reading, err);
        if (!st)
                *ret_access = STEAL(reading.access);
        return st;
}
