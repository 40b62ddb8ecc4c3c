#include <stdio.h>
#include <time.h>

#include "work.h"

/* The group that is asked about; NULL with the reason printed. Names that are wrong are told with the nearest one. */
static const bakery_group *find_group(const struct options *options, const bakery_config *config, int *ret_code)
{
        bakery_grant_filter filter = BAKERY_GRANT_FILTER_INIT;
        bakery_grants *grants = NULL;
        bakery_error *err = NULL;
        const bakery_group *group = NULL;

        filter.environment = options->environment;
        filter.access_type = options->access_type;
        filter.account = options->account;
        if (bakery_grants_new(config, &filter, &grants, &err) != BAKERY_OK)
                *ret_code = cli_fail(err);
        else
                group = bakery_environment_find_group(bakery_config_find_environment(config, options->environment),
                                                      options->access_type);
        if (!group && !err)
                *ret_code = cli_usage("bakery-cli roles lists what there is", "%s has no access type %s",
                                      options->environment, options->access_type);
        bakery_grants_free(grants);
        bakery_error_free(err);
        return group;
}

static const char *const marks[] = {
        [BAKERY_SEVERITY_NOTE] = "    ",
        [BAKERY_SEVERITY_WARNING] = "?   ",
        [BAKERY_SEVERITY_ERROR] = "no  ",
};

static void print_text(const bakery_report *found)
{
        for (size_t i = 0; i < bakery_report_count(found); i++) {
                printf("%s%s\n", marks[bakery_report_severity(found, i)], bakery_report_message(found, i));
                if (bakery_report_hint(found, i))
                        printf("      hint: %s\n", bakery_report_hint(found, i));
        }
        if (bakery_report_count_of(found, BAKERY_SEVERITY_ERROR) +
                    bakery_report_count_of(found, BAKERY_SEVERITY_WARNING) ==
            0)
                puts("    nothing that can be seen from here stands in the way");
}

static int print_json(const bakery_report *found)
{
        bakery_error *err = NULL;
        char *text = NULL;

        bakery_report_print(found, BAKERY_REPORT_JSON, &text, &err);
        return cli_print_made(stdout, text, err);
}

static int print(const struct options *options, const bakery_report *found)
{
        int code = EXIT_DONE;

        if (options->output == OUTPUT_JSON)
                code = print_json(found);
        else
                print_text(found);
        return code || bakery_report_count_of(found, BAKERY_SEVERITY_ERROR) == 0 ? code : EXIT_REFUSED;
}

static int explain(const struct options *options, const struct work *work, const bakery_group *group)
{
        bakery_explain_request request = BAKERY_EXPLAIN_INIT;
        bakery_report *found = bakery_report_new();
        bakery_error *err = NULL;
        int code;

        request.group = group;
        if (options->account)
                request.account = bakery_environment_find_account(bakery_group_environment(group), options->account);
        request.user = options->user;
        request.keys = work->keys;
        request.now_s = time(NULL);
        request.region = work->region;
        if (!found)
                code = cli_no_memory();
        else if (bakery_explain(work->client, &request, found, &err) != BAKERY_OK)
                code = cli_fail(err);
        else
                code = print(options, found);
        bakery_report_free(found);
        bakery_error_free(err);
        return code;
}

static int run(const struct options *options, char *const *arguments)
{
        struct work work = { 0 };

        (void)arguments;
        if (!options->environment || !options->access_type)
                return cli_usage("name it with --env and --type", "which role?");
        if (options->offline && !options->user)
                return cli_usage("name a user of the configuration with --user", "--offline knows no caller");

        const bakery_group *group = NULL;
        int code = work_load(options, &work);
        if (!code)
                group = find_group(options, work.config, &code);
        if (!code && !options->offline)
                code = work_resolve(options, &work);
        if (!code)
                code = explain(options, &work, group);
        work_clear(&work);
        return code;
}

static bool set_offline(struct options *options, const char *argument)
{
        (void)argument;
        options->offline = true;
        return true;
}

static const struct option_row option_offline = { "offline", 0, NULL, "ask nothing of AWS: by the Users of config.yml",
                                                  set_offline };

static const struct option_row *const own_options[] = { &option_env,  &option_type,    &option_account,
                                                        &option_user, &option_offline, WORK_OPTIONS,
                                                        NULL };

const struct command cli_explain = {
        .name = "explain",
        .arguments = "",
        .has_keys = true,
        .last_output = OUTPUT_JSON,
        .about = "why a role can or cannot be assumed, and what helps",
        .details = "Says which group grants a role, whether the caller (or --user) is in it, and\n"
                   "what the role asks for. Exits 6 when something stands in the way.",
        .options = own_options,
        .run = run,
};
