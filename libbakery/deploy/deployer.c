#include "deploy/deployer.h"

#include "access/enter.h"

bakery_status bakery__deployer_assume(bakery_client *client, const bakery_credentials *keys,
                                      const bakery_account *account, const char *role_name, const char *region,
                                      bakery_credentials **ret_session, bakery_error **err)
{
        const bakery_config *config = account->environment->config;
        const struct aws_access aws = { client, keys, region ? region : bakery_config_region(config) };
        bakery_status st = bakery__enter_burger(&aws, account, role_name, "bakery-deploy", ret_session, err);

        if (!st)
                return BAKERY_OK;
        bakery__wrap(err, st, "the deployer role");
        if (st == BAKERY_ERR_DENIED)
                bakery__error_hint(err, "deploy burger_deployer.json, which bakery-cli generate writes, into %s",
                                   account->id);
        return st;
}
