/* assume-role-tests.json: which keys and roles a profile leads to. */
#include <stdio.h>
#include <string.h>

#include "conformance.h"
#include "credentials/plan.h"

/* What the suite's sentences are in ours. */
static const struct {
        const char *theirs, *ours;
} refusals[] = {
        { "profile must contain `source_profile`", "role_arn needs source_profile or credential_source" },
        { "profile contained both source_profile and credential_source",
          "has both source_profile and credential_source" },
        { "profile missing aws_secret_access_key", "\"B\": aws_secret_access_key is missing" },
        { "profile missing aws_access_key_id", "\"B\": aws_access_key_id is missing" },
        { "profile `B` did not contain credential information", "\"B\": has no credentials" },
        { "profile `A` did not contain credential information", "nothing" },
        { "could not find source profile B referenced from A", "\"A\": source_profile \"B\" is not there" },
        { "No profiles were defined", "profile \"A\" is not there" },
        { "profile formed an infinite loop", "goes in circles: A -> B -> A" },
        { "`role_arn` was missing", "role_arn is missing" },
        { "if `sso_role_name` is set, then `sso_account_id` must also be set", "sso_account_id is missing" },
        { "if `sso_account_id` is set, then `sso_role_name` must also be set", "sso_role_name is missing" },
        { "`sso_region` can only be specified in the [sso-session] config when a session name is given",
          "sso_region belongs into [sso-session A]" },
        { "sso-session named `oops` (referenced by profile `A`) was not found",
          "its sso_session \"oops\" is not there" },
};

static const char *refusal_of(const char *theirs)
{
        for (size_t i = 0; i < N_ELEMENTS(refusals); i++)
                if (strcmp(refusals[i].theirs, theirs) == 0)
                        return refusals[i].ours;
        return "(a sentence that this runner does not know)";
}

static void write_sections(struct buf *text, const char *kind, const cJSON *sections)
{
        const cJSON *section, *property;

        cJSON_ArrayForEach(section, sections)
        {
                bakery__buf_format(text, "[%s %s]\n", kind, section->string);
                cJSON_ArrayForEach(property, section)
                        bakery__buf_format(text, "%s = %s\n", property->string, property->valuestring);
        }
}

/* The step of the suite is that of ours: each value it names stands in the profile, and no other one of its kind does.
 */
static bool is_step(const struct ini_section *profile, const struct ini_section *session, const cJSON *wanted)
{
        const cJSON *value;

        cJSON_ArrayForEach(value, wanted)
        {
                const char *ours = bakery__profile_value(profile, value->string);

                if (!ours)
                        ours = bakery__profile_value(session, value->string);
                if (!ours || strcmp(ours, value->valuestring) != 0)
                        return false;
        }
        return true;
}

static bool is_base(const struct plan *plan, const cJSON *step)
{
        static const struct {
                const char *name;
                enum plan_source source;
                const char *prefix; /* of the settings, where the suite drops it */
        } kinds[] = {
                { "AccessKey", PLAN_STATIC, "aws_" },
                { "WebIdentityToken", PLAN_WEB_IDENTITY, "" },
                { "Sso", PLAN_SSO, "" },
        };
        const cJSON *named = member(step, "NamedSource");

        if (named)
                return plan->source == PLAN_NAMED &&
                       strcmp(bakery__profile_value(plan->base, "credential_source"), named->valuestring) == 0;
        for (size_t i = 0; i < N_ELEMENTS(kinds); i++) {
                const cJSON *wanted = member(step, kinds[i].name), *value;

                if (!wanted || plan->source != kinds[i].source)
                        continue;
                if (!*kinds[i].prefix)
                        return is_step(plan->base, plan->sso_session, wanted);
                cJSON_ArrayForEach(value, wanted)
                {
                        char name[100];

                        snprintf(name, sizeof name, "%s%s", kinds[i].prefix, value->string);
                        if (!bakery__str_equal(bakery__profile_value(plan->base, name), value->valuestring))
                                return false;
                }
                return true;
        }
        return false;
}

static const char *compare(const struct plan *plan, const cJSON *chain)
{
        const int n = cJSON_GetArraySize(chain);

        if (n != (int)plan->n_roles + 1)
                return "another number of steps";
        if (!is_base(plan, cJSON_GetArrayItem(chain, 0)))
                return "another source";
        for (int i = 1; i < n; i++)
                if (!is_step(plan->roles[n - 1 - i], NULL, member(cJSON_GetArrayItem(chain, i), "AssumeRole")))
                        return "another role";
        return NULL;
}

static void run(struct tally *tally, const cJSON *test)
{
        const cJSON *input = member(test, "input"), *chain = member(member(test, "output"), "ProfileChain");
        const char *theirs = text_of(member(test, "output"), "Error"), *name = text_of(input, "selected_profile");
        AUTO_CLEAR(profiles) profiles = { .paths = { strdup("config"), strdup("credentials") } };
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };
        AUTO_PTR(bakery_error) err = NULL;
        struct plan plan = { .source = PLAN_NOTHING };
        char difference[1000] = "";

        write_sections(&text, "profile", member(input, "profiles"));
        write_sections(&text, "sso-session", member(input, "sso_sessions"));
        bakery_status st =
                bakery__ini_add(&profiles.ini, INI_CONFIG, "config", bakery__span(text.at ? text.at : ""), &err);
        if (!st) {
                const struct ini_section *profile = bakery__ini_find(&profiles.ini, INI_PROFILE, name);

                st = profile ? bakery__plan_make(&profiles, profile, &plan, &err)
                             : bakery__profiles_fail_missing(&profiles, name, "profile", &err);
        }
        /* That a profile leads to nothing becomes an error only when nothing else is there. */
        const char *said = !st && plan.source == PLAN_NOTHING ? "nothing" : bakery_error_message(err);
        if (*theirs ? !strstr(said, refusal_of(theirs)) : st != BAKERY_OK)
                snprintf(difference, sizeof difference, "\"%s\", not \"%s\"", said, theirs);
        else if (!*theirs && compare(&plan, chain))
                snprintf(difference, sizeof difference, "%s", compare(&plan, chain));
        count(tally, text_of(test, "docs"), difference);
}

int main(int argc, char **argv)
{
        struct tally tally = { .suite = "assume-role" };

        if (argc != 2) {
                fprintf(stderr, "usage: %s <folder of profile>\n", argv[0]);
                return 2;
        }
        cJSON *tests = read_json(argv[1], "assume-role-tests.json");
        const cJSON *test;
        cJSON_ArrayForEach(test, tests) run(&tally, test);
        cJSON_Delete(tests);
        return finish(&tally);
}
