#include <string.h>
#include <time.h>

#include "client.h"
#include "ui/json.h"
#include "ui/tty.h"
#include "ui/when.h"

/* "user/path/alice", "assumed-role/Role/session": the part of an ARN that says who. */
static const char *resource_of(const char *arn)
{
        for (int colons = 0; *arn && colons < 5; arn++)
                colons += *arn == ':';
        return arn;
}

static void print_line(const char *label, const char *value)
{
        printf("%-8s ", label);
        cli_put_harmless(stdout, value);
        putchar('\n');
}

static void print_text(const struct options *options, const bakery_identity *identity, const bakery_credentials *keys)
{
        int64_t end_s = bakery_credentials_expiration_s(keys);
        char left[WHEN_BYTES], end[WHEN_BYTES];
        const char *who = resource_of(identity->arn), *slash = strrchr(who, '/');

        print_line("account", identity->account);
        if (strncmp(who, "assumed-role/", 13) == 0)
                print_line("role", who + 13);
        else /* of IAM with its path, federated, or "root" */
                print_line("user", slash ? slash + 1 : who);
        print_line("arn", identity->arn);
        when_print_left(end_s - (int64_t)time(NULL), left);
        when_print(end_s, end);
        if (end_s > 0)
                printf("%-8s %s (%s)\n", "left", left, end);
        else
                print_line("left", bakery_credentials_session_token(keys) ? "not known" : "no end: a long-lived key");
        if (options->verbose)
                print_line("source", bakery_credentials_source(keys));
}

static void print_json(const bakery_identity *identity, const bakery_credentials *keys)
{
        struct json_out json = { .out = stdout };
        char end[WHEN_BYTES];

        when_print(bakery_credentials_expiration_s(keys), end);
        json_begin(&json, NULL, '{');
        json_number(&json, "version", 1);
        json_text(&json, "account", identity->account);
        json_text(&json, "arn", identity->arn);
        json_text(&json, "user_id", identity->user_id);
        json_text(&json, "expiration", *end ? end : NULL);
        json_text(&json, "source", bakery_credentials_source(keys));
        json_end(&json, '}');
}

static int tell(const struct options *options, bakery_client *client, const char *region)
{
        bakery_chain_options chain = BAKERY_CHAIN_OPTIONS_INIT;
        bakery_identity identity = BAKERY_IDENTITY_INIT;
        bakery_credentials *keys = NULL;
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        chain.profile = options->profile;
        chain.ask = tty_ask;
        bakery_status st = bakery_chain_resolve(client, &chain, &keys, &err);
        if (!st)
                st = bakery_sts_get_caller_identity(client, keys, region, &identity, &err);
        if (st)
                code = cli_fail(err);
        else if (options->output == OUTPUT_JSON)
                print_json(&identity, keys);
        else
                print_text(options, &identity, keys);
        bakery_identity_clear(&identity);
        bakery_credentials_free(keys);
        bakery_error_free(err);
        return code;
}

static int run(const struct options *options, char *const *arguments)
{
        char *region = NULL;
        int code = cli_find_region(options, &region);
        bakery_client *client = code ? NULL : cli_client(options, region ? region : "aws-global", &code);

        (void)arguments;
        if (client)
                code = tell(options, client, region);
        cli_client_free(client);
        bakery_free(region);
        return code;
}

const struct command cli_whoami = {
        .name = "whoami",
        .arguments = "",
        .has_keys = true,
        .last_output = OUTPUT_JSON,
        .about = "whose credentials are in use, and how long",
        .details = "Asks AWS whose credentials the environment, the profile or the machine give:\n"
                   "the account, the user or role, and the time that is left. With -v also where\n"
                   "they come from.",
        .run = run,
};
