#include "access/enter.h"

#include <string.h>

#include <bakery/sts.h>

#include "base/buf.h"

enum { ARN_MAX_BYTES = 2048, SESSION_S = 3600 };

bakery_status bakery__enter_bakery(const struct aws_access *aws, const char *account_id, struct caller *ret_caller,
                                   bakery_error **err)
{
        bakery_identity identity = BAKERY_IDENTITY_INIT;
        AUTO_CLEAR(caller) caller = { 0 };
        bakery_status st = bakery_sts_get_caller_identity(aws->client, aws->keys, aws->region, &identity, err);

        if (!st)
                st = bakery__caller_parse(identity.arn, &caller, err);
        bakery_identity_clear(&identity);
        if (st)
                return st;
        if (strcmp(caller.account, account_id) != 0) {
                bakery__fail(err, BAKERY_ERR_CREDENTIALS, "these keys (%s) are of account %s, and the users are in %s",
                             bakery_credentials_source(aws->keys), caller.account, account_id);
                bakery__error_hint(err, "name a profile of the Bakery account with --profile");
                return BAKERY_ERR_CREDENTIALS;
        }
        if (ret_caller) {
                bakery__caller_clear(ret_caller);
                *ret_caller = caller;
                caller = (struct caller){ 0 };
        }
        return BAKERY_OK;
}

bakery_status bakery__enter_burger(const struct aws_access *aws, const bakery_account *account,
                                   const char *deployer_role, const char *session_name, bakery_credentials **ret,
                                   bakery_error **err)
{
        AUTO_CLEAR(buf) arn = { .max = ARN_MAX_BYTES };
        bakery_assume_role role = BAKERY_ASSUME_ROLE_INIT;

        bakery__buf_format(&arn, "arn:%s:iam::%s:role/%s", bakery_config_partition(account->environment->config),
                           account->id, deployer_role + (*deployer_role == '/'));
        bakery_status st = bakery__buf_status(&arn, "the ARN of the deployer role", err);
        if (st)
                return st;
        role.role_arn = arn.at;
        role.role_session_name = session_name;
        role.duration_s = SESSION_S;
        role.region = aws->region;
        return bakery_sts_assume_role(aws->client, aws->keys, &role, ret, err);
}
