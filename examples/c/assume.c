/*
 * Assumes a role and asks AWS who that is: the account and the ARN of the session.
 *
 *      make assume && ./assume arn:aws:iam::222222222222:role/Dev-NonProd-Admin
 *
 * The keys are found as the AWS CLI finds them. The session is kept where bakery-cli keeps its own, so that the next
 * run assumes nothing. A role that wants MFA takes request.require_mfa, and somebody to ask: request.chain.ask.
 */
#include <stdio.h>

#include <bakery/bakery.h>

static void print_warning(bakery_log_level level, const char *text, void *context)
{
        (void)context;
        if (level == BAKERY_LOG_WARNING)
                fprintf(stderr, "assume: warning: %s\n", text);
}

static bakery_status print_identity(bakery_client *client, const bakery_credentials *keys, bakery_error **err)
{
        bakery_identity identity = BAKERY_IDENTITY_INIT;
        bakery_status st = bakery_sts_get_caller_identity(client, keys, NULL, &identity, err);

        if (st == BAKERY_OK)
                printf("account  %s\narn      %s\n", identity.account, identity.arn);
        bakery_identity_clear(&identity);
        return st;
}

static bakery_status enter(bakery_client *client, const char *role_arn, bakery_error **err)
{
        bakery_assume request = BAKERY_ASSUME_INIT;
        bakery_credentials *session = NULL;

        request.role_arn = role_arn;

        bakery_status st = bakery_assume_role_cached(client, &request, &session, err);
        if (st == BAKERY_OK)
                st = print_identity(client, session, err);
        bakery_credentials_free(session); /* and wiped */
        return st;
}

int main(int argc, char **argv)
{
        bakery_client_options options = BAKERY_CLIENT_OPTIONS_INIT;
        bakery_client *client = NULL;
        bakery_error *err = NULL;

        if (argc != 2) {
                fputs("usage: assume ROLE_ARN\n", stderr);
                return 2;
        }
        options.log = print_warning;

        bakery_status st = bakery_client_new(&options, &client, &err);
        if (st == BAKERY_OK)
                st = enter(client, argv[1], &err);

        if (err)
                fprintf(stderr, "assume: %s\n", bakery_error_message(err));
        if (bakery_error_hint(err))
                fprintf(stderr, "  %s\n", bakery_error_hint(err));
        bakery_error_free(err);
        bakery_client_free(client);
        return st == BAKERY_OK ? 0 : 1;
}
