#include "role.h"

#include <stdlib.h>
#include <string.h>

#include "ui/tty.h"

enum { REGION_BYTES = 256 };

static int fail_and_free(bakery_error *err)
{
        int code = cli_fail(err);

        bakery_error_free(err);
        return code;
}

/* The names that are wrong are told as the walk over grants tells them: with the nearest one. */
static int check_names(const struct options *options, const bakery_config *config)
{
        bakery_grant_filter filter = BAKERY_GRANT_FILTER_INIT;
        bakery_grants *grants = NULL;
        bakery_error *err = NULL;

        filter.environment = options->environment;
        filter.access_type = options->access_type;
        filter.account = options->account;
        if (bakery_grants_new(config, &filter, &grants, &err) == BAKERY_OK) {
                bakery_grants_free(grants);
                return EXIT_DONE;
        }
        bool hinted = bakery_error_hint(err) != NULL;
        int code = fail_and_free(err);
        if (!hinted)
                fprintf(stderr, "  hint: bakery-cli roles lists what there is\n");
        return code;
}

static void list_access_types(const bakery_environment *environment)
{
        for (size_t i = 0; i < bakery_environment_group_count(environment); i++)
                fprintf(stderr, "%s %s", i ? "," : "",
                        bakery_access_type_name(bakery_group_access_type(bakery_environment_group(environment, i))));
}

static int fail_no_group(const struct options *options, const bakery_environment *environment)
{
        fprintf(stderr, "bakery-cli: %s has no access type %s\n  hint: it has", options->environment,
                options->access_type);
        list_access_types(environment);
        fputc('\n', stderr);
        return EXIT_USAGE;
}

enum { LISTED_AT_MOST = 20 };

/* Nothing is chosen for the person: the first account is mostly the wrong one. */
static int fail_which_account(const bakery_environment *environment)
{
        size_t n = bakery_environment_account_count(environment);

        fprintf(stderr, "bakery-cli: %s has %zu accounts: which one?\n  hint: --account",
                bakery_environment_name(environment), n);
        for (size_t i = 0; i < n && i < LISTED_AT_MOST; i++) {
                const bakery_account *account = bakery_environment_account(environment, i);
                bool by_name = bakery_environment_find_account(environment, bakery_account_name(account)) != NULL;

                fprintf(stderr, "%s %s", i ? "," : "",
                        by_name ? bakery_account_name(account) : bakery_account_id(account));
        }
        fprintf(stderr, "%s; or DefaultAccount in config.yml\n", n > LISTED_AT_MOST ? " ..." : "");
        return EXIT_USAGE;
}

static int find_account(const struct options *options, const bakery_environment *environment, struct role *role)
{
        if (!options->account) {
                role->account = bakery_environment_default_account(environment);
                return role->account ? EXIT_DONE : fail_which_account(environment);
        }
        role->account = bakery_environment_find_account(environment, options->account);
        if (role->account)
                return EXIT_DONE;
        return cli_usage("name it by its id", "several accounts of %s are called %s", options->environment,
                         options->account);
}

static int find_in_config(const struct options *options, struct role *role)
{
        int code = check_names(options, role->config);

        if (code)
                return code;

        const bakery_environment *environment = bakery_config_find_environment(role->config, options->environment);
        role->group = bakery_environment_find_group(environment, options->access_type);
        if (!role->group)
                return fail_no_group(options, environment);
        code = find_account(options, environment, role);
        if (code)
                return code;

        bakery_error *err = NULL;
        if (bakery_group_role_arn(role->group, role->account, &role->arn, &err) != BAKERY_OK)
                return fail_and_free(err);
        return EXIT_DONE;
}

static int load_config(const struct options *options, struct role *role)
{
        int code = EXIT_FAILED;

        role->report = bakery_report_new();
        role->config = role->report ? cli_load_config(options, role->report, &code) : NULL;
        return role->config ? EXIT_DONE : code;
}

static int find_role(const struct options *options, struct role *role)
{
        bool by_name = options->environment || options->access_type || options->account;
        int code;

        if (options->role_arn && by_name)
                return cli_usage("--env, --type and --account name a role of config.yml, --role-arn any role",
                                 "the role is named twice");
        if (options->role_arn) {
                role->arn = strdup(options->role_arn);
                return role->arn ? EXIT_DONE : cli_no_memory();
        }
        if (!options->environment || !options->access_type)
                return cli_usage("name it with --env and --type, or with --role-arn", "which role?");
        code = load_config(options, role);
        return code ? code : find_in_config(options, role);
}

/* More than any session policy: AWS takes 2,048 characters, without white space or with it. */
enum { POLICY_FILE_MAX_BYTES = 64 << 10 };

static char *fail_policy(const char *path)
{
        fputs("bakery-cli: the policy in ", stderr);
        cli_put_harmless(stderr, path);
        fputs(" cannot be read, or is empty, too large or no text\n  hint: --policy takes JSON, or file: and a path\n",
              stderr);
        return NULL;
}

/* A policy of "file:PATH" stands there; PATH may be a pipe. NULL: it cannot be read, which was told. A text that is cut
 * off at a NUL could be another policy. */
static char *read_policy(const char *path)
{
        FILE *file = fopen(path, "re");
        char *text = file ? malloc(POLICY_FILE_MAX_BYTES + 1) : NULL;
        size_t len = text ? fread(text, 1, POLICY_FILE_MAX_BYTES + 1, file) : 0;
        bool is_good = text && !ferror(file) && len > 0 && len <= POLICY_FILE_MAX_BYTES && !memchr(text, '\0', len);

        if (file)
                fclose(file);
        if (is_good) {
                text[len] = '\0';
                return text;
        }
        free(text);
        return fail_policy(path);
}

static int find_policy(const struct options *options, struct role *role)
{
        bool in_file = options->policy && strncmp(options->policy, "file:", 5) == 0;

        if (!options->policy)
                return EXIT_DONE;
        role->policy = in_file ? read_policy(options->policy + 5) : strdup(options->policy);
        if (role->policy)
                return EXIT_DONE;
        return in_file ? EXIT_FAILED : cli_no_memory(); /* what is wrong with a file was told */
}

static int find_tags(const struct options *options, struct role *role)
{
        for (size_t i = 0; i < options->tag_count; i++) {
                size_t key_len = strcspn(options->tags[i], "=");

                role->tag_keys[i] = strndup(options->tags[i], key_len);
                if (!role->tag_keys[i])
                        return cli_no_memory();
                role->tags[role->tag_count++] =
                        (bakery_session_tag){ role->tag_keys[i], options->tags[i] + key_len + 1 };
        }
        if (options->reason)
                role->tags[role->tag_count++] = (bakery_session_tag){ "Reason", options->reason };
        return EXIT_DONE;
}

static bakery_assume request_of(const struct options *options, const struct role *role)
{
        bakery_assume request = BAKERY_ASSUME_INIT;

        request.group = role->group;
        request.account = role->account;
        request.role_arn = role->group ? NULL : role->arn;
        request.chain.profile = options->profile;
        request.chain.ask = tty_ask;
        request.session_name = options->session_name;
        request.duration_s = options->duration_s;
        request.external_id = options->external_id;
        request.policy = role->policy;
        request.policy_arns = options->policy_arns;
        request.policy_arn_count = options->policy_arn_count;
        request.tags = role->tags;
        request.tag_count = role->tag_count;
        request.source_identity = options->source_identity;
        request.region = role->region;
        request.require_mfa = options->mfa;
        request.mfa_serial = options->mfa_serial;
        request.mfa_code = options->mfa_code;
        request.refresh = options->refresh;
        return request;
}

static int find_region(const struct options *options, struct role *role)
{
        int code = cli_find_region(options, &role->region);

        if (!code && !role->region && role->config && bakery_config_region(role->config))
                role->region = strdup(bakery_config_region(role->config));
        return code;
}

/* Field 4 of the ARN, which was checked by then. */
static const char *account_of_arn(const char *arn)
{
        for (int colons = 0; *arn && colons < 4; arn++)
                colons += *arn == ':';
        return arn;
}

static void name_account(struct role *role)
{
        snprintf(role->account_id, sizeof role->account_id, "%s", account_of_arn(role->arn));
        snprintf(role->account_name, sizeof role->account_name, "%s",
                 role->account ? bakery_account_name(role->account) : role->account_id);
}

/* Where nobody names a region: that of the partition's own endpoint, as the AWS CLI does for the roles of profiles. */
static void name_client_region(const struct role *role, char *into, size_t size_bytes)
{
        const char *partition = strchr(role->arn, ':');
        size_t len = partition ? strcspn(partition + 1, ":") : 0;

        if (role->region)
                snprintf(into, size_bytes, "%s", role->region);
        else
                snprintf(into, size_bytes, "%.*s-global", (int)len, partition ? partition + 1 : "");
}

/* The client goes as soon as there is a session: its connections are not for a program that we run. */
static int get_session(const struct options *options, struct role *role)
{
        char client_region[REGION_BYTES];
        bakery_assume request = request_of(options, role);
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        name_client_region(role, client_region, sizeof client_region);
        bakery_client *client = cli_client(options, client_region, &code);
        if (code)
                return code;
        if (bakery_assume_role_cached(client, &request, &role->credentials, &err) != BAKERY_OK)
                code = fail_and_free(err);
        cli_client_free(client);
        return code;
}

int role_assume(const struct options *options, struct role *role)
{
        int code = find_role(options, role);

        if (!code)
                code = find_policy(options, role);
        if (!code)
                code = find_tags(options, role);
        if (!code)
                code = find_region(options, role);
        if (!code)
                code = get_session(options, role);
        if (code)
                return code;
        name_account(role);
        when_print(bakery_credentials_expiration_s(role->credentials), role->expiration);
        return EXIT_DONE;
}

void role_clear(struct role *role)
{
        bakery_credentials_free(role->credentials);
        bakery_config_free(role->config);
        bakery_report_free(role->report);
        free(role->arn);
        bakery_free(role->region);
        free(role->policy);
        for (size_t i = 0; i < TAGS_AT_MOST; i++)
                free(role->tag_keys[i]);
}

void role_variables(const struct role *role, struct variable ret[ROLE_VARIABLES])
{
        const bakery_credentials *keys = role->credentials;
        const bakery_group *group = role->group;
        const struct variable variables[ROLE_VARIABLES] = {
                { "AWS_ACCESS_KEY_ID", bakery_credentials_access_key_id(keys) },
                { "AWS_SECRET_ACCESS_KEY", bakery_credentials_secret_access_key(keys) },
                { "AWS_SESSION_TOKEN", bakery_credentials_session_token(keys) },
                { "AWS_CREDENTIAL_EXPIRATION", role->expiration },
                { "AWS_ACCOUNT_ID", role->account_id }, /* SDKs take it for that of the keys */
                { "AWS_REGION", role->region },
                { "AWS_DEFAULT_REGION", role->region },
                { "BAKERY_ENVIRONMENT", group ? bakery_environment_name(bakery_group_environment(group)) : NULL },
                { "BAKERY_ACCOUNT", role->account_name },
                { "BAKERY_ACCESS_TYPE", group ? bakery_access_type_name(bakery_group_access_type(group)) : NULL },
                { "BAKERY_ROLE_ARN", role->arn },
                { "AWS_PROFILE", NULL },
                { "AWS_DEFAULT_PROFILE", NULL },
                { "AWS_SECURITY_TOKEN", NULL },
        };

        memcpy(ret, variables, sizeof variables);
}
