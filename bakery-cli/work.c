#include "work.h"

#include <stdio.h>
#include <stdlib.h>

#include "ui/tty.h"

enum { REGION_BYTES = 64 };

int work_load(const struct options *options, struct work *work)
{
        int code = EXIT_FAILED;

        work->report = bakery_report_new();
        work->config = work->report ? cli_load_config(options, work->report, &code) : NULL;
        return work->config ? EXIT_DONE : code;
}

/* Where members must show MFA to assume a role, the Bakery's own admins must show it to do anything. */
static bool asks_for_mfa(const bakery_config *config)
{
        for (size_t i = 0; i < bakery_config_environment_count(config); i++) {
                const bakery_environment *environment = bakery_config_environment(config, i);

                for (size_t k = 0; k < bakery_environment_group_count(environment); k++)
                        if (bakery_group_requires_mfa(bakery_environment_group(environment, k)))
                                return true;
        }
        return false;
}

static bool wants_mfa(const struct options *options, const bakery_config *config)
{
        if (options->mfa || options->mfa_code || options->mfa_serial)
                return true;
        return !options->no_mfa && asks_for_mfa(config);
}

bakery_session work_session(const struct options *options, const struct work *work)
{
        bakery_session request = BAKERY_SESSION_INIT;

        request.chain.profile = options->profile;
        request.chain.ask = tty_ask;
        request.show_mfa = wants_mfa(options, work->config);
        request.config = work->config;
        request.mfa_serial = options->mfa_serial;
        request.mfa_code = options->mfa_code;
        request.region = work->region;
        return request;
}

static int resolve_keys(const struct options *options, struct work *work)
{
        const bakery_session request = work_session(options, work);
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (bakery_session_resolve(work->client, &request, &work->keys, &err) != BAKERY_OK)
                code = cli_fail(err);
        bakery_error_free(err);
        return code;
}

int work_open(const struct options *options, struct work *work)
{
        int code = cli_find_region(options, &work->region);
        const char *region = work->region ? work->region : bakery_config_region(work->config);
        char global[REGION_BYTES];

        /* IAM is one for a whole partition. */
        snprintf(global, sizeof global, "%s-global", bakery_config_partition(work->config));
        if (!code)
                work->client = cli_patient_client(options, region ? region : global, &code);
        return code;
}

int work_resolve(const struct options *options, struct work *work)
{
        int code = work_open(options, work);

        return code ? code : resolve_keys(options, work);
}

int work_begin(const struct options *options, struct work *work)
{
        int code = work_load(options, work);

        return code ? code : work_resolve(options, work);
}

void work_clear(struct work *work)
{
        bakery_credentials_free(work->keys);
        cli_client_free(work->client);
        bakery_free(work->region);
        bakery_config_free(work->config);
        bakery_report_free(work->report);
}
