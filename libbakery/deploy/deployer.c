#include "deploy/deployer.h"

#include <bakery/sts.h>

#include "base/buf.h"

enum { SESSION_S = 3600 }; /* the most that a chained role gets */

bakery_status bakery__deployer_assume(bakery_client *client, const bakery_credentials *keys,
                                      const bakery_account *account, const char *role_name, const char *region,
                                      bakery_credentials **ret_session, bakery_error **err)
{
        const bakery_config *config = account->environment->config;
        AUTO_CLEAR(buf) arn = { .max = 2048 };
        bakery_assume_role role = BAKERY_ASSUME_ROLE_INIT;

        bakery__buf_format(&arn, "arn:%s:iam::%s:role/%s", bakery_config_partition(config), account->id,
                           role_name[0] == '/' ? role_name + 1 : role_name);
        bakery_status st = bakery__buf_status(&arn, "the ARN of the deployer role", err);
        if (st)
                return st;
        role.role_arn = arn.at;
        role.role_session_name = "bakery-deploy";
        role.duration_s = SESSION_S;
        role.region = region ? region : bakery_config_region(config);
        st = bakery_sts_assume_role(client, keys, &role, ret_session, err);
        if (!st)
                return BAKERY_OK;
        bakery__wrap(err, st, "the deployer role");
        if (st == BAKERY_ERR_DENIED)
                bakery__error_hint(err, "deploy burger_deployer.json, which bakery-cli generate writes, into %s",
                                   account->id);
        return st;
}
