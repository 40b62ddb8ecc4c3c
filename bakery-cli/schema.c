#include "cli.h"

static int run(const struct options *options, char *const *arguments)
{
        char *text = NULL;
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        (void)options;
        (void)arguments;
        if (bakery_schema_json(&text, &err) == BAKERY_OK)
                cli_print(text);
        else
                code = cli_fail(err);
        bakery_free(text);
        bakery_error_free(err);
        return code;
}

const struct command cli_schema = {
        .name = "schema",
        .arguments = "",
        .last_output = OUTPUT_JSON, /* the schema is JSON, either way */
        .about = "print the JSON Schema of config.yml",
        .details = "Prints the JSON Schema of the configuration, so that editors complete and check\n"
                   "it as it is written. With the YAML language server:\n\n"
                   "  # yaml-language-server: $schema=bakery-schema.json",
        .run = run,
};
