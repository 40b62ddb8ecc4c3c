#include "client.h"
#include "ui/json.h"

static void print_json(size_t count)
{
        struct json_out json = { .out = stdout };

        json_begin(&json, NULL, '{');
        json_number(&json, "version", 1);
        json_number(&json, "removed", count);
        json_end(&json, '}');
}

static int run(const struct options *options, char *const *arguments)
{
        bakery_error *err = NULL;
        size_t count = 0;
        int code = EXIT_DONE;
        bakery_client *client = cli_client(options, NULL, &code);

        (void)arguments;
        if (!client)
                return code;
        if (bakery_cache_clear(client, NULL, &count, &err) != BAKERY_OK)
                code = cli_fail(err);
        else if (options->output == OUTPUT_JSON)
                print_json(count);
        else
                printf("%zu session%s removed\n", count, count == 1 ? "" : "s");
        bakery_error_free(err);
        cli_client_free(client);
        return code;
}

const struct command cli_logout = {
        .name = "logout",
        .arguments = "",
        .last_output = OUTPUT_JSON,
        .about = "remove the cached sessions",
        .details = "Removes the sessions that bakery-cli keeps, those of roles and the one that\n"
                   "carries MFA. What was given to other programs works until it ends; what other\n"
                   "tools keep is left alone.",
        .run = run,
};
