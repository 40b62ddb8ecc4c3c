/* default-credential-provider-chain and profile-provider: files, variables and recorded traffic become credentials. */
#include <bakery/chain.h>

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws/keys.h"
#include "world.h"

/* The suites say what their own client says; ours says it so. */
static const struct {
        const char *name, *says;
} refusals[] = {
        { "eks_pod_identity_no_token_file", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: open " },
        { "imds_default_chain_error", "the instance has no role" },
        { "imds_disabled", "switched off by AWS_EC2_METADATA_DISABLED" },
        { "imds_no_iam_role", "the instance has no role" },
        { "imds_token_fail", "switched off (HTTP 403)" },
        { "profile_overrides_web_identity", "credential_source Environment: there are no keys in the environment" },
        { "sso_no_token_file", "dace00cba5f8355ec9d274ceb2bcebdfbeed0e12.json: there is no SSO token" },
        { "web_identity_source_profile_no_env", "web_identity_token_file is there, role_arn is missing" },
        { "web_identity_token_invalid_jwt", "InvalidIdentityToken: No OpenIDConnect provider found" },
        { "credential_process_invalid", "the output of echo: the output is no JSON object" },
        { "empty_config", "there are no credentials" },
        { "invalid_config", "config:2: Property did not have a name" },
        { "sso_token", "its sso_session is for tokens, not keys" },
};

static const struct {
        const char *name, *reason;
} left_out[] = {
        { "credential_process", "its command is a pipe, and no shell is run" },
        { "credential_process_failure", "its command is a word of a shell (exit), and no shell is run" },
};

static const char *refusal_of(const char *name)
{
        for (size_t i = 0; i < N_ELEMENTS(refusals); i++)
                if (strcmp(refusals[i].name, name) == 0)
                        return refusals[i].says;
        return "(a sentence that this runner does not know)";
}

/* nftw() has no context. */
static const char *copy_from, *copy_to;

/* The recordings have the token in the root folder; ours is elsewhere. */
static void copy_file(const char *from, const char *to)
{
        static const char token[] = "/token.jwt";
        AUTO_FREE char *text = read_text("/", from);
        FILE *file = fopen(to, "w");

        if (!file)
                abort();
        for (const char *rest = text; *rest;) {
                const char *found = strstr(rest, token);
                int len = found ? (int)(found - rest) : (int)strlen(rest);

                fprintf(file, "%.*s", len, rest);
                if (found)
                        fprintf(file, "%s%s", copy_to, token);
                rest += len + (found ? (int)strlen(token) : 0);
        }
        fclose(file);
        chmod(to, 0600);
}

static int copy_entry(const char *path, const struct stat *about, int kind, struct FTW *ftw)
{
        char to[4096];

        (void)about;
        (void)ftw;
        snprintf(to, sizeof to, "%s%s", copy_to, path + strlen(copy_from));
        if (kind == FTW_D)
                mkdir(to, 0700);
        else
                copy_file(path, to);
        return 0;
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *ftw)
{
        (void)about;
        (void)kind;
        (void)ftw;
        return remove(path);
}

static void set_variables(struct world *world, const cJSON *variables, const char *root)
{
        static const char *const paths[] = { "HOME", "AWS_WEB_IDENTITY_TOKEN_FILE",
                                             "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" };
        const cJSON *variable;

        cJSON_ArrayForEach(variable, variables)
        {
                char path[4096];
                bool is_path = false;

                for (size_t i = 0; i < N_ELEMENTS(paths); i++)
                        is_path |= strcmp(variable->string, paths[i]) == 0;
                snprintf(path, sizeof path, "%s%s", is_path ? root : "", variable->valuestring);
                world_set(world, variable->string, path);
        }
}

static bool same_text(const char *ours, const cJSON *object, const char *name)
{
        return strcmp(ours ? ours : "", text_of(object, name)) == 0;
}

static const char *compare_keys(const bakery_credentials *keys, const cJSON *wanted)
{
        const cJSON *expiry = member(wanted, "expiry");

        if (!same_text(bakery_credentials_access_key_id(keys), wanted, "access_key_id") ||
            !same_text(bakery_credentials_secret_access_key(keys), wanted, "secret_access_key") ||
            !same_text(bakery_credentials_session_token(keys), wanted, "session_token"))
                return "other keys";
        if (bakery_credentials_expiration_s(keys) != (expiry ? (int64_t)expiry->valuedouble : 0))
                return "another end of the keys";
        return NULL;
}

static void judge(struct tally *tally, struct world *world, const char *name, const cJSON *result)
{
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        const cJSON *ok = member(result, "Ok");
        char difference[WORLD_DIFFERENCE_BYTES + 100] = "";
        bakery_chain_options options = BAKERY_CHAIN_OPTIONS_INIT;

        options.no_metadata = strcmp(tally->suite, "profile-provider") == 0; /* it knows profiles, and nothing else */
        bakery_status st = bakery_chain_resolve(world_client(world), &options, &keys, &err);

        if (st && (ok || !strstr(bakery_error_message(err), refusal_of(name))))
                snprintf(difference, sizeof difference, "refused: %s; %s", bakery_error_message(err),
                         world->difference);
        else if (!st && !ok)
                snprintf(difference, sizeof difference, "accepted");
        else if (!st && compare_keys(keys, ok))
                snprintf(difference, sizeof difference, "%s", compare_keys(keys, ok));
        else
                snprintf(difference, sizeof difference, "%s",
                         !*world->difference && world_has_more(world) ? "asks less than was recorded"
                                                                      : world->difference);
        count(tally, name, difference);
}

static void run(struct tally *tally, const char *folder, const char *name)
{
        char root[] = "/tmp/bakery-conformance-XXXXXX", from[5000];
        AUTO_CLEAR(world) world = { .events = NULL };
        cJSON *test = read_json(folder, "test-case.json"), *variables = read_json(folder, "env.json"), *traffic = NULL;

        snprintf(from, sizeof from, "%s/http-traffic.json", folder);
        if (access(from, R_OK) == 0)
                traffic = read_json(folder, "http-traffic.json");
        if (traffic)
                world.events = member(traffic, "events")->child;
        snprintf(from, sizeof from, "%s/fs", folder);
        if (!mkdtemp(root))
                abort();
        copy_from = from;
        copy_to = root;
        if (access(from, R_OK) == 0)
                nftw(from, copy_entry, 8, FTW_PHYS);
        set_variables(&world, variables, root);
        judge(tally, &world, name, member(test, "result"));
        nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
        cJSON_Delete(test);
        cJSON_Delete(variables);
        cJSON_Delete(traffic);
}

static int run_suite(const char *folder, const char *suite)
{
        struct tally tally = { .suite = suite };
        struct dirent **entries = NULL;
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", folder, suite);
        const int n = scandir(path, &entries, NULL, alphasort);
        for (int i = 0; i < n; i++) {
                const char *reason = NULL;

                for (size_t k = 0; k < N_ELEMENTS(left_out); k++)
                        if (strcmp(left_out[k].name, entries[i]->d_name) == 0)
                                reason = left_out[k].reason;
                snprintf(path, sizeof path, "%s/%s/%s", folder, suite, entries[i]->d_name);
                if (reason)
                        leave_out(&tally, entries[i]->d_name, reason);
                else if (entries[i]->d_name[0] != '.')
                        run(&tally, path, entries[i]->d_name);
                free(entries[i]);
        }
        free(entries);
        return finish(&tally);
}

int main(int argc, char **argv)
{
        if (argc != 2) {
                fprintf(stderr, "usage: %s <folder of profile>\n", argv[0]);
                return 2;
        }
        int first = run_suite(argv[1], "default-credential-provider-chain");
        int second = run_suite(argv[1], "profile-provider");
        return first ? first : second;
}
