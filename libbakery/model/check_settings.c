/* The check of what the levels say together: what is weak, what has no effect, what a pattern would catch too much of.
 */
#include <string.h>

#include "model/checking.h"
#include "model/names.h"

static const bakery_group *next_group_of_type(const bakery_config *config, const bakery_access_type *type, size_t *env)
{
        while (*env < config->n_environments) {
                const bakery_environment *environment = &config->environments[(*env)++];
                const bakery_group *group = bakery_environment_find_group(environment, type->name);

                if (group)
                        return group;
        }
        return NULL;
}

static bool lacks_mfa(const bakery_group *group)
{
        return group->settings.require_mfa != SAID_YES;
}

static bool lacks_session_name(const bakery_group *group)
{
        return group->settings.require_session_name != SAID_YES;
}

enum { NAMED_AT_MOST = 5 };

/* "NonProd, Prod and 3 more": the environments in which the type's group is so. Gives how many. */
static size_t list_environments(const bakery_config *config, const bakery_access_type *type,
                                bool (*is_so)(const bakery_group *), struct buf *names)
{
        const bakery_group *group;
        size_t n = 0;

        for (size_t env = 0; (group = next_group_of_type(config, type, &env));) {
                if (!is_so(group) || !*group->environment->name)
                        continue;
                if (n < NAMED_AT_MOST)
                        bakery__buf_format(names, "%s%s", n ? ", " : "", group->environment->name);
                n++;
        }
        if (n > NAMED_AT_MOST)
                bakery__buf_format(names, " and %zu more", n - NAMED_AT_MOST);
        return n;
}

/* Old files load unchanged, and are told what new files have by default. */
static void warn_where(struct checking *in, const bakery_access_type *type, bool (*is_so)(const bakery_group *),
                       const char *rule, const char *what, const char *hint)
{
        AUTO_CLEAR(buf) names = { .max = 4096 };

        if (list_environments(in->config, type, is_so, &names) == 0)
                return;
        if (names.no_memory) {
                in->no_memory = true;
                return;
        }

        struct finding *finding = bakery__warning(in, rule, type->place, "access type \"%s\" can be entered %s in %s",
                                                  type->name, what, names.at);
        bakery__hint(in, finding, "%s", hint);
}

static void check_used(struct checking *in, const bakery_access_type *type)
{
        size_t env = 0;

        if (!next_group_of_type(in->config, type, &env))
                bakery__warning(in, "unused-access-type", type->place, "no environment has access type \"%s\"",
                                type->name);
}

static void check_weak_types(struct checking *in)
{
        for (size_t i = 0; i < in->config->n_access_types; i++) {
                const bakery_access_type *type = &in->config->access_types[i];

                if (!*type->name) /* refused: there is no name to tell it by */
                        continue;
                if (bakery__has_groups(in->config))
                        check_used(in, type);
                warn_where(in, type, lacks_mfa, "no-mfa", "without MFA",
                           "set RequireMfa: true, in Defaults for all of them");
                warn_where(in, type, lacks_session_name, "no-session-name", "under any session name",
                           "set RequireSessionName: true, so that CloudTrail shows who it was");
        }
}

/* Whether some group under a level (of the environment, of the type; NULL: any) asks for MFA, or does not. */
static bool some_group(const bakery_config *config, const bakery_environment *environment,
                       const bakery_access_type *type, bool with_mfa)
{
        for (size_t i = 0; i < config->n_environments; i++) {
                const bakery_environment *each = &config->environments[i];

                for (size_t k = 0; k < each->n_groups; k++) {
                        const bakery_group *group = &each->groups[k];
                        bool under = (!environment || environment == each) && (!type || type == group->access_type);

                        if (under && lacks_mfa(group) != with_mfa)
                                return true;
                }
        }
        return false;
}

static void check_effect(struct checking *in, const struct settings *level, const bakery_environment *environment,
                         const bakery_access_type *type)
{
        bool with = some_group(in->config, environment, type, true);
        bool without = some_group(in->config, environment, type, false);

        if (level->mfa_max_age_s > 0 && !with) {
                struct finding *finding = bakery__warning(in, "no-effect", level->mfa_max_age_place,
                                                          "MfaMaxAge has no effect where nothing requires MFA");

                bakery__hint(in, finding, "add RequireMfa: true");
        }
        if (level->require_mfa == SAID_NO && with && !without) {
                struct finding *finding = bakery__warning(in, "no-effect", level->require_mfa_place,
                                                          "RequireMfa: false has no effect: another level requires it");

                bakery__hint(in, finding, "it is on when any level says so");
        }
}

static void check_effects(struct checking *in)
{
        const bakery_config *config = in->config;

        check_effect(in, &config->defaults, NULL, NULL);
        for (size_t i = 0; i < config->n_environments; i++)
                check_effect(in, &config->environments[i].level, &config->environments[i], NULL);
        for (size_t i = 0; i < config->n_access_types; i++)
                check_effect(in, &config->access_types[i].level, NULL, &config->access_types[i]);
}

static void check_pattern_path(struct checking *in, const bakery_group *group)
{
        if (strcmp(bakery__role_path(group), "/") != 0)
                return;

        struct finding *finding = bakery__mistake(in, "organization-path", bakery__place_of_key(in, "OrganizationId"),
                                                  "OrganizationId needs a RolePath for %s", group->name);
        bakery__hint(in, finding,
                     "give Defaults a RolePath of its own, as /bakery/: roles are named by a pattern under it");
}

/* "<path>|-<Environment>-<Type>": what the pattern of a group says beyond the partition. */
static char *pattern_key(struct arena *arena, const char *path, const char *suffix)
{
        return bakery__arena_format(arena, "%s|%s", path, suffix);
}

static bool add_patterns(struct checking *in, struct map *patterns, struct arena *arena)
{
        for (size_t i = 0; i < in->config->n_environments; i++) {
                const bakery_environment *environment = &in->config->environments[i];

                for (size_t k = 0; k < environment->n_groups; k++) {
                        bakery_group *group = &environment->groups[k];
                        const char *suffix =
                                bakery__arena_format(arena, "-%s-%s", environment->name, group->access_type->name);
                        char *key = suffix ? pattern_key(arena, bakery__role_path(group), suffix) : NULL;

                        check_pattern_path(in, group);
                        if (!key || bakery__map_add(patterns, bakery__span(key), group, NULL) == MAP_NO_MEMORY)
                                return false;
                }
        }
        return true;
}

static void report_caught(struct checking *in, const bakery_account *account, const char *role,
                          const bakery_group *group)
{
        struct finding *finding = bakery__mistake(
                in, "organization-pattern", account->name_place,
                "role %s would be granted to %s too: its name ends as that group's pattern does", role, group->name);

        bakery__hint(in, finding,
                     "rename the account, the environment or the access type, or give them another RolePath");
}

/* The groups whose pattern fits a role of this path that ends so: "*" also passes the slashes of a longer path. */
static bool check_ending(struct checking *in, const struct map *patterns, const bakery_group *own,
                         const bakery_account *account, const char *role, const char *ending)
{
        const char *path = bakery__role_path(own);
        AUTO_CLEAR(buf) key = { .max = 8192 };

        for (const char *slash = path; slash; slash = strchr(slash + 1, '/')) {
                key.len = 0;
                bakery__buf_format(&key, "%.*s|%s", (int)(slash - path) + 1, path, ending);
                const bakery_group *caught = key.at ? bakery__map_get(patterns, bakery__span(key.at)) : NULL;

                if (caught && caught != own)
                        report_caught(in, account, role, caught);
        }
        return !key.no_memory;
}

/* A pattern *-Prod-Admin catches the role Stg-Non-Prod-Admin too. Each ending of each role is looked up. */
static bool check_role_against(struct checking *in, const struct map *patterns, const bakery_group *own,
                               const bakery_account *account)
{
        AUTO_CLEAR(buf) role = { .max = 4096 };

        bakery__put_role_name(&role, own, account);
        for (const char *at = role.at; at && (at = strchr(at, '-')); at++)
                if (!check_ending(in, patterns, own, account, role.at, at))
                        return false;
        return !role.no_memory;
}

static bool check_patterns(struct checking *in)
{
        AUTO_CLEAR(map) patterns = { 0 };
        AUTO_CLEAR(arena) arena = { 0 };

        if (!add_patterns(in, &patterns, &arena))
                return false;
        for (size_t i = 0; i < in->config->n_environments; i++) {
                const bakery_environment *environment = &in->config->environments[i];

                for (size_t k = 0; k < environment->n_groups; k++)
                        for (size_t a = 0; a < environment->n_accounts; a++)
                                if (!check_role_against(in, &patterns, &environment->groups[k],
                                                        &environment->accounts[a]))
                                        return false;
        }
        return true;
}

void bakery__check_settings(struct checking *in)
{
        check_weak_types(in);
        check_effects(in);
        if (in->config->organization_id && !check_patterns(in))
                in->no_memory = true;
}
