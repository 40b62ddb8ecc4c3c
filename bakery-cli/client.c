#include "client.h"

#include <stdlib.h>
#include <string.h>

#include "signals.h"

enum { WARNINGS_KEPT = 8, PATIENT_ATTEMPTS = 10 };

/* Several floors may come by the same file, and find the same wrong with it. */
static bool was_told(const char *text)
{
        static char *told[WARNINGS_KEPT];

        for (size_t i = 0; i < WARNINGS_KEPT; i++) {
                if (!told[i]) {
                        told[i] = strdup(text);
                        return false;
                }
                if (strcmp(told[i], text) == 0)
                        return true;
        }
        return false;
}

static void print_log(bakery_log_level level, const char *text, void *context)
{
        const struct options *options = context;

        if (level == BAKERY_LOG_WARNING ? was_told(text) : !options->verbose)
                return;
        fprintf(stderr, "bakery-cli: %s%s\n", level == BAKERY_LOG_WARNING ? "warning: " : "", text);
}

static bakery_client *make_client(const struct options *options, const char *region, unsigned throttled_attempts,
                                  int *ret_code)
{
        bakery_client_options how = BAKERY_CLIENT_OPTIONS_INIT;
        bakery_client *client = NULL;
        bakery_error *err = NULL;

        how.region = region;
        how.throttled_attempts = throttled_attempts;
        how.log = print_log;
        how.log_context = (void *)(uintptr_t)options; /* given back to us as it is, and only read */
        if (bakery_client_new(&how, &client, &err) != BAKERY_OK)
                *ret_code = cli_fail(err);
        else
                signals_catch(client);
        bakery_error_free(err);
        return client;
}

bakery_client *cli_client(const struct options *options, const char *region, int *ret_code)
{
        return make_client(options, region, 0, ret_code);
}

bakery_client *cli_patient_client(const struct options *options, const char *region, int *ret_code)
{
        return make_client(options, region, PATIENT_ATTEMPTS, ret_code);
}

void cli_client_free(bakery_client *client)
{
        signals_catch(NULL); /* a signal must not cancel what is gone */
        bakery_client_free(client);
}

static bool is_set(const char *variable)
{
        const char *value = secure_getenv(variable);

        return value && value[strspn(value, " \t\r\n")] != '\0';
}

int cli_find_region(const struct options *options, char **ret_region)
{
        const char *named = options->region                ? options->region
                            : is_set("AWS_REGION")         ? secure_getenv("AWS_REGION")
                            : is_set("AWS_DEFAULT_REGION") ? secure_getenv("AWS_DEFAULT_REGION")
                                                           : NULL;
        int code = EXIT_DONE;
        bakery_error *err = NULL;

        if (named) {
                *ret_region = strdup(named);
                return EXIT_DONE;
        }
        bakery_client *client = cli_client(options, NULL, &code);
        if (client && bakery_chain_region(client, options->profile, ret_region, &err) != BAKERY_OK)
                code = cli_fail(err);
        cli_client_free(client);
        bakery_error_free(err);
        return code;
}
