#include "deploy/damage.h"

#include <stdio.h>
#include <string.h>

#include "formats/arn.h"
#include "model/names.h"

#define DEPLOY_BAKERY "bakery-cli plan shows what puts it right, bakery-cli deploy bakery does it"
#define DEPLOY_BURGERS "bakery-cli deploy burgers puts it right"

enum { ID_DIGITS = 12, NAMES_SHOWN = 5 };

struct looking {
        const bakery_config *config;
        const struct facts *deployed, *live;
        const char *file;
        bakery_report *report;
        struct arena arena;
        struct map octal; /* accounts of the configuration, by what their id gives when it is read as an octal number */
        struct map told;  /* accounts that were told already */
};

static void clear_looking(struct looking *in)
{
        bakery__map_clear(&in->octal);
        bakery__map_clear(&in->told);
        bakery__arena_clear(&in->arena);
}
DEFINE_AUTO_CLEAR(looking, clear_looking)

static void find(struct looking *in, bakery_severity severity, const char *rule, struct place place, const char *hint,
                 const char *format, ...) BAKERY__PRINTF(6, 7);

static void find(struct looking *in, bakery_severity severity, const char *rule, struct place place, const char *hint,
                 const char *format, ...)
{
        va_list args;

        va_start(args, format);
        struct finding *finding = bakery__report_vadd(in->report, severity, rule, in->file, place, format, args);
        va_end(args);
        bakery__report_hint(in->report, finding, "%s", hint);
}

/* Whether the key was new. */
static bool mark(struct looking *in, struct map *map, struct span key, const void *value)
{
        enum map_result result = bakery__map_add(map, key, (void *)(uintptr_t)value, NULL);

        if (result == MAP_NO_MEMORY)
                bakery__report_lose(in->report);
        return result == MAP_ADDED;
}

/* YAML 1.1 takes digits below 8 behind a zero for an octal number; a 9 among them leaves the text as it is. */
static bool is_octal(const char *id)
{
        return id[0] == '0' && id[strspn(id, "01234567")] == '\0';
}

static void collect_octal(struct looking *in)
{
        for (size_t i = 0; i < in->config->n_environments; i++) {
                const bakery_environment *environment = &in->config->environments[i];

                for (size_t k = 0; k < environment->n_accounts; k++) {
                        const bakery_account *account = &environment->accounts[k];

                        if (!is_octal(account->id))
                                continue;
                        const char *read = bakery__arena_format(&in->arena, "%lld", strtoll(account->id, NULL, 8));
                        if (read)
                                mark(in, &in->octal, bakery__span(read), account);
                        else
                                bakery__report_lose(in->report);
                }
        }
}

static bool is_account_id(struct span account)
{
        size_t digits = 0;

        while (digits < account.len && account.at[digits] >= '0' && account.at[digits] <= '9')
                digits++;
        return digits == ID_DIGITS && account.len == ID_DIGITS;
}

/* An ARN that a policy of the group names, whose account is none. */
static void check_account(struct looking *in, const char *group, const char *arn_text)
{
        static const char everywhere[] = "*"; /* with an OrganizationId */
        struct arn arn = { 0 };

        if (bakery__arn_parse(arn_text, &arn, NULL) == BAKERY_OK &&
            (is_account_id(arn.account) || bakery__span_is(arn.account, everywhere)))
                return;

        const bakery_account *account = arn.account.at ? bakery__map_get(&in->octal, arn.account) : NULL;
        if (!mark(in, &in->told, arn.account.at ? arn.account : bakery__span(arn_text), arn_text))
                return;
        if (account)
                find(in, BAKERY_SEVERITY_ERROR, "octal-account", account->place, DEPLOY_BAKERY,
                     "account %s stands in the policies of %s as %.*s, read as an octal number: nobody can assume its "
                     "roles",
                     account->id, group, (int)arn.account.len, arn.account.at);
        else
                find(in, BAKERY_SEVERITY_ERROR, "no-account", (struct place){ 0 }, DEPLOY_BAKERY,
                     "the policies of %s name %s, which is of no account", group, arn_text);
}

static void check_trust(struct looking *in, const struct fact_role *role)
{
        const char *bakery = bakery_config_bakery_account_id(in->config);

        for (size_t i = 0; i < role->n_trust; i++) {
                struct arn arn;

                if (bakery__arn_parse(role->trust[i].principal, &arn, NULL) || is_account_id(arn.account))
                        continue;
                find(in, BAKERY_SEVERITY_ERROR, "octal-account", (struct place){ 0 }, DEPLOY_BURGERS,
                     "role %s trusts account %.*s, which is none: the Bakery account is %s", role->arn,
                     (int)arn.account.len, arn.account.at, bakery);
        }
}

/* The group of the configuration as it is deployed: by name, or by logical id when the name was cut. */
static const struct fact_group *deployed_group(const struct looking *in, const bakery_group *group)
{
        const struct fact_group *found = bakery__facts_group(in->deployed, group->name);

        for (size_t i = 0; i < in->deployed->n_groups && !found; i++)
                if (bakery__str_equal(in->deployed->groups[i]->logical_id, group->logical_id))
                        found = in->deployed->groups[i];
        return found;
}

/* The old tool wrote names into YAML as they were: what stood behind " #" was a comment. */
static void check_name(struct looking *in, const bakery_group *group, const struct fact_group *deployed)
{
        if (!bakery__str_equal_nocase(group->name, deployed->name))
                find(in, BAKERY_SEVERITY_ERROR, "cut-name", group->environment->place, DEPLOY_BAKERY,
                     "group %s is deployed as %s: the tool before cut names at \" #\"", group->name, deployed->name);
}

static void check_role_names(struct looking *in, const bakery_group *group, const struct fact_group *deployed)
{
        AUTO_CLEAR(buf) ending = { .max = 1024 };

        bakery__buf_format(&ending, "-%s-%s", group->environment->name, group->access_type->name);
        if (bakery__buf_status(&ending, "a name", NULL))
                bakery__report_lose(in->report);
        for (size_t i = 0; i < deployed->n_grants && ending.at; i++) {
                const char *arn = deployed->grants[i].role_arn;
                size_t len = strlen(arn);

                if (len >= ending.len && strcmp(arn + len - ending.len, ending.at) == 0)
                        continue;
                find(in, BAKERY_SEVERITY_ERROR, "cut-name", group->environment->place, DEPLOY_BAKERY,
                     "the policies of %s name %s, which does not end in %s: the tool before cut names at \" #\"",
                     group->name, arn, ending.at);
                return; /* once for the group */
        }
}

static bool was_octal(const struct looking *in, const bakery_account *account)
{
        char read[24];

        snprintf(read, sizeof read, "%lld", strtoll(account->id, NULL, 8));
        return is_octal(account->id) && bakery__map_get(&in->told, bakery__span(read));
}

static void check_missing(struct looking *in, const bakery_group *group, const struct fact_group *deployed)
{
        AUTO_CLEAR(map) granted = { 0 };
        AUTO_CLEAR(buf) arn = { .max = 4096 }, missing = { .max = 1 << 16 };
        const bakery_environment *environment = group->environment;
        size_t n = 0;

        for (size_t i = 0; i < deployed->n_grants; i++)
                mark(in, &granted, bakery__span(deployed->grants[i].role_arn), deployed);
        for (size_t i = 0; i < environment->n_accounts; i++) {
                const bakery_account *account = &environment->accounts[i];

                arn.len = 0;
                bakery__put_role_arn(&arn, group, account);
                if (!arn.at || bakery__map_get(&granted, (struct span){ arn.at, arn.len }) || was_octal(in, account))
                        continue;
                if (n++ < NAMES_SHOWN)
                        bakery__buf_format(&missing, "%s%s (%s)", n > 1 ? ", " : "", account->id, account->name);
        }
        if (arn.no_memory || missing.no_memory)
                bakery__report_lose(in->report);
        else if (n > 0)
                find(in, BAKERY_SEVERITY_WARNING, "missing-account", environment->place, DEPLOY_BAKERY,
                     "the policies of %s lack %zu of %zu accounts: %s%s", deployed->name, n, environment->n_accounts,
                     missing.at, n > NAMES_SHOWN ? " ..." : "");
}

static void check_group(struct looking *in, const bakery_group *group)
{
        const struct fact_group *deployed = deployed_group(in, group);

        if (!deployed)
                return;
        check_name(in, group, deployed);
        if (in->config->organization_id) /* named by pattern */
                return;
        check_role_names(in, group, deployed);
        check_missing(in, group, deployed);
}

/* The list that the tool before wrote, whatever its configuration said. */
static bool has_old_list(const struct fact_texts *environments)
{
        static const char *const old[] = { "NonProd", "Prod", "Mgmt" };

        for (size_t i = 0; i < environments->count && i < N_ELEMENTS(old); i++)
                if (strcmp(environments->at[i], old[i]) != 0)
                        return false;
        return environments->count == N_ELEMENTS(old);
}

static void check_environments(struct looking *in)
{
        const struct fact_texts *allowed = &in->deployed->environments;

        for (size_t i = 0; i < in->config->n_environments && has_old_list(allowed); i++) {
                const bakery_environment *environment = &in->config->environments[i];
                size_t k = 0;

                while (k < allowed->count && strcmp(allowed->at[k], environment->name) != 0)
                        k++;
                if (k == allowed->count)
                        find(in, BAKERY_SEVERITY_WARNING, "environment-not-allowed", environment->place, DEPLOY_BURGERS,
                             "no Burger account of environment %s was ever deployed: the template of the tool before "
                             "allows NonProd, Prod and Mgmt only",
                             environment->name);
        }
}

static void find_orphan(struct looking *in, const struct fact_group *group)
{
        AUTO_CLEAR(buf) members = { .max = 1 << 16 };

        for (size_t i = 0; i < group->members.count && i < NAMES_SHOWN; i++)
                bakery__buf_format(&members, "%s%s", i ? ", " : "", group->members.at[i]);
        if (group->members.count > NAMES_SHOWN)
                bakery__buf_format(&members, " and %zu more", group->members.count - NAMES_SHOWN);
        if (members.no_memory)
                bakery__report_lose(in->report);
        find(in, BAKERY_SEVERITY_WARNING, "orphan-group", (struct place){ 0 },
             "take its members out and delete it: while it is there no stack can make a group of that name",
             "group %s is in IAM, but in no stack and not in the configuration; it allows %zu roles; members: %s",
             group->name, group->n_grants, members.at ? members.at : "none");
}

static void check_orphans(struct looking *in)
{
        const char *team = bakery_config_team_name(in->config);

        for (size_t i = 0; in->live && i < in->live->n_groups; i++) {
                const struct fact_group *group = in->live->groups[i];

                if (bakery__str_starts(group->name, team) && !bakery__config_has_group(in->config, group->name) &&
                    !bakery__facts_group(in->deployed, group->name))
                        find_orphan(in, group);
        }
}

static void check_function(struct looking *in, const struct fact_function *function)
{
        const char *first = function->admin_groups + strspn(function->admin_groups, " ");

        if (first > function->admin_groups && *first)
                find(in, BAKERY_SEVERITY_ERROR, "unwatched-group", (struct place){ 0 },
                     "bakery-cli deploy check-admin puts it right",
                     "function %s never watched group %.*s: a blank stands in front of its name", function->name,
                     (int)strcspn(first, ","), first);
}

bakery_status bakery__damage_find(const bakery_config *config, const struct facts *deployed, const struct facts *live,
                                  const char *file, bakery_report *report, bakery_error **err)
{
        AUTO_CLEAR(looking)
        in = { .config = config, .deployed = deployed, .live = live, .file = file, .report = report };

        collect_octal(&in);
        for (size_t i = 0; i < deployed->n_groups; i++)
                for (size_t k = 0; k < deployed->groups[i]->n_grants; k++)
                        check_account(&in, deployed->groups[i]->name, deployed->groups[i]->grants[k].role_arn);
        for (size_t i = 0; i < deployed->n_roles; i++)
                check_trust(&in, deployed->roles[i]);
        for (size_t i = 0; i < config->n_environments; i++)
                for (size_t k = 0; k < config->environments[i].n_groups; k++)
                        check_group(&in, &config->environments[i].groups[k]);
        check_environments(&in);
        check_orphans(&in);
        for (size_t i = 0; i < deployed->n_functions; i++)
                check_function(&in, deployed->functions[i]);
        /* Damage is no mistake of the configuration: only a hole in the report is told as a failure. */
        return bakery__report_status(report, NULL) == BAKERY_ERR_MEMORY ? bakery__fail_memory(err) : BAKERY_OK;
}
