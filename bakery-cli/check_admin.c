#include <string.h>

#include "work.h"

static int print(const struct options *options, const bakery_admin_check *check)
{
        const bakery_admin_format format = options->output == OUTPUT_JSON ? BAKERY_ADMIN_JSON : BAKERY_ADMIN_TEXT;
        char *text = NULL;
        bakery_error *err = NULL;

        bakery_admin_check_print(check, format, &text, &err);
        return cli_print_made(stdout, text, err);
}

/* Who asks, and of what. */
struct asking {
        const struct options *options;
        const bakery_config *config;
        bakery_client *client;
        const bakery_credentials *keys;
        const bakery_admin_watch *watch;
};

/* Whoever is told by Slack is told of this as well; that it cannot be told is a second line here. */
static int fail_check(const struct asking *in, const bakery_error *failure)
{
        bakery_error *err = NULL;
        const int code = cli_fail(failure);

        if (in->options->slack && bakery_admin_check_post_failure(in->client, in->keys, in->watch, failure, &err))
                (void)cli_fail(err);
        bakery_error_free(err);
        return code;
}

/* The groups of another account may have the same names. */
static int check_account(const struct asking *in)
{
        bakery_identity identity = BAKERY_IDENTITY_INIT;
        bakery_error *err = NULL;
        const char *wanted = bakery_config_bakery_account_id(in->config);
        int code = EXIT_DONE;

        if (bakery_sts_get_caller_identity(in->client, in->keys, NULL, &identity, &err)) {
                code = fail_check(in, err);
        } else if (strcmp(identity.account, wanted) != 0) {
                fprintf(stderr,
                        "bakery-cli: these keys are of account %s, and the Bakery account is %s\n"
                        "  hint: name a profile of the Bakery account with --profile\n",
                        identity.account, wanted);
                code = EXIT_REFUSED;
        }
        bakery_identity_clear(&identity);
        bakery_error_free(err);
        return code;
}

static int check(const struct asking *in)
{
        bakery_admin_check *found = NULL;
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (bakery_admin_check_run(in->client, in->keys, in->watch, &found, &err)) {
                code = fail_check(in, err);
        } else {
                code = print(in->options, found);
                if (in->options->slack && bakery_admin_check_post(in->client, in->keys, in->watch, found, &err))
                        code = cli_fail(err);
                if (code == EXIT_DONE &&
                    bakery_admin_check_unexpected_count(found) + bakery_admin_check_past_end_count(found) > 0)
                        code = EXIT_REFUSED;
        }
        bakery_admin_check_free(found);
        bakery_error_free(err);
        return code;
}

static int run(const struct options *options, char *const *arguments)
{
        struct work work = { 0 };
        bakery_admin_watch *watch = NULL;
        bakery_error *err = NULL;
        int code = work_begin(options, &work);

        (void)arguments;
        if (code == EXIT_DONE && bakery_admin_watch_of_config(work.config, &watch, &err))
                code = cli_fail(err);
        const struct asking asking = { options, work.config, work.client, work.keys, watch };
        if (code == EXIT_DONE)
                code = check_account(&asking);
        if (code == EXIT_DONE)
                code = check(&asking);
        bakery_admin_watch_free(watch);
        bakery_error_free(err);
        work_clear(&work);
        return code;
}

static const struct option_row *const rows[] = { &option_slack, WORK_OPTIONS, NULL };

const struct command cli_check_admin = {
        .name = "check-admin",
        .arguments = "",
        .has_keys = true,
        .last_output = OUTPUT_JSON,
        .about = "who is an admin and not expected to be",
        .details = "Asks IAM who sits in AdminGroups and in Bakery's own admin group, who has\n"
                   "power over the Bakery account by any policy, and whose membership is past\n"
                   "its end. Tells who has an MFA device. Exits 0 when nobody is an admin but\n"
                   "ExpectedAdmins, 6 when somebody is or a membership is past its end.",
        .options = rows,
        .run = run,
};
