/* Reading IAM: the Bakery account as a whole. */
#include "access/burgers.h"
#include "access/enter.h"
#include "access/live.h"

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

static bakery_status read_burgers(const struct reading *reading, bakery_error **err)
{
        const struct burgers_request request = {
                .client = reading->client,
                .keys = reading->request->keys,
                .region = reading->request->region,
                .deployer_role = reading->deployer_role,
                .session_name = reading->caller.name,
                .workers = reading->request->workers,
        };

        return bakery__access_read_burgers(reading->access, &request, err);
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
