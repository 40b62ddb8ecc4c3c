/* As JSON: groups with what they grant, and people with their groups, so that people x roles are never written out. */
#include <string.h>

#include "access/json.h"
#include "base/time.h"

/* Where a thing of the access stands in the lists that are printed; SIZE_MAX: the view leaves it out. */
struct places {
        size_t *accounts, *groups;
};

static void clear_places(struct places *places)
{
        free(places->accounts);
        free(places->groups);
}
DEFINE_AUTO_CLEAR(places, clear_places)

struct writing {
        const struct access_print *print;
        struct json *json;
        struct places places;
};

static bool is_shown(const struct access_print *print, const struct access_group *group)
{
        return !group->group || bakery__view_has_group(print->view, group->group);
}

/* A role that is asked for shows its account alone. */
static bool is_account_shown(const struct access_print *print, const bakery_account *account)
{
        const bakery_access *access = print->access;

        if (!bakery__view_has_account(print->view, account))
                return false;
        for (size_t i = 0; i < access->n_ranges; i++) {
                const struct role_range *range = &access->ranges[i];

                if (range->group->environment == account->environment &&
                    bakery__view_has_role(print->view, range, (size_t)(account - account->environment->accounts)))
                        return true;
        }
        return false;
}

static void put_accounts(struct writing *writing, struct cJSON *root)
{
        const bakery_config *config = writing->print->access->config;
        struct cJSON *list = bakery__json_array(writing->json, root, "accounts");
        size_t at = 0, shown = 0;

        for (size_t i = 0; i < config->n_environments; i++) {
                const bakery_environment *environment = &config->environments[i];

                for (size_t k = 0; k < environment->n_accounts; k++, at++) {
                        const bakery_account *account = &environment->accounts[k];

                        writing->places.accounts[at] = SIZE_MAX;
                        if (!is_account_shown(writing->print, account))
                                continue;
                        writing->places.accounts[at] = shown++;
                        struct cJSON *entry = bakery__json_object(writing->json, list, NULL);
                        bakery__json_text(writing->json, entry, "id", account->id);
                        bakery__json_text(writing->json, entry, "name", account->name);
                        bakery__json_number(writing->json, entry, "environment", (long long)i);
                }
        }
}

static void put_run(struct writing *writing, struct cJSON *runs, size_t type, size_t first, size_t count)
{
        struct cJSON *run = bakery__json_array(writing->json, runs, NULL);

        bakery__json_number(writing->json, run, NULL, (long long)type);
        bakery__json_number(writing->json, run, NULL, (long long)first);
        bakery__json_number(writing->json, run, NULL, (long long)count);
}

/* The accounts of one range that are in the set, neighbours together. */
static void put_runs_of(struct writing *writing, struct cJSON *runs, const struct role_set *set,
                        const struct role_range *range)
{
        const bakery_config *config = writing->print->access->config;
        size_t n = range->group->environment->n_accounts,
               type = (size_t)(range->group->access_type - config->access_types);
        size_t first = 0, count = 0;

        for (size_t role = bakery__role_set_next(set, range->first_role); role < range->first_role + n;
             role = bakery__role_set_next(set, role + 1)) {
                size_t account = role - range->first_role;
                size_t place = writing->places.accounts[range->first_account + account];

                if (place == SIZE_MAX || !bakery__view_has_role(writing->print->view, range, account))
                        continue;
                if (count > 0 && place == first + count) {
                        count++;
                        continue;
                }
                if (count > 0)
                        put_run(writing, runs, type, first, count);
                first = place;
                count = 1;
        }
        if (count > 0)
                put_run(writing, runs, type, first, count);
}

static void put_set(struct writing *writing, struct cJSON *object, const char *key, const struct role_set *set)
{
        const bakery_access *access = writing->print->access;

        if (bakery__role_set_next(set, 0) == SIZE_MAX)
                return;
        struct cJSON *runs = bakery__json_array(writing->json, object, key);
        for (size_t i = 0; i < access->n_ranges; i++)
                put_runs_of(writing, runs, set, &access->ranges[i]);
}

static void put_rights(struct writing *writing, struct cJSON *object, const struct rights *rights)
{
        put_set(writing, object, "grants", rights->allow);
        put_set(writing, object, "may_grant", rights->may_allow);
        put_set(writing, object, "denies", rights->deny);
        put_set(writing, object, "may_deny", rights->may_deny);
}

static void put_flag(struct writing *writing, struct cJSON *object, const char *key, bool value)
{
        if (value)
                bakery__json_bool(writing->json, object, key, true);
}

/* What the roles of the group ask for. */
static void put_demands(struct writing *writing, struct cJSON *object, const bakery_group *group)
{
        const bakery_config *config = writing->print->access->config;

        bakery__json_number(writing->json, object, "environment", group->environment - config->environments);
        bakery__json_number(writing->json, object, "access_type", group->access_type - config->access_types);
        bakery__json_bool(writing->json, object, "mfa", bakery_group_requires_mfa(group) != 0);
        bakery__json_number(writing->json, object, "mfa_max_age_s", bakery_group_mfa_max_age_s(group));
        bakery__json_bool(writing->json, object, "session_name", bakery_group_requires_session_name(group) != 0);
        bakery__json_number(writing->json, object, "max_session_duration_s",
                            bakery_group_max_session_duration_s(group));
        bakery__json_text(writing->json, object, "role_path", bakery_group_role_path(group));
}

static void put_groups(struct writing *writing, struct cJSON *root)
{
        const bakery_access *access = writing->print->access;
        struct cJSON *list = bakery__json_array(writing->json, root, "groups");
        size_t shown = 0;

        for (size_t i = 0; i < access->n_groups; i++) {
                const struct access_group *group = &access->groups[i];

                writing->places.groups[i] = SIZE_MAX;
                if (!is_shown(writing->print, group))
                        continue;
                writing->places.groups[i] = shown++;
                struct cJSON *entry = bakery__json_object(writing->json, list, NULL);
                bakery__json_text(writing->json, entry, "name", group->name);
                if (group->group)
                        put_demands(writing, entry, group->group);
                put_flag(writing, entry, "missing", group->missing);
                put_flag(writing, entry, "admin", group->rights.admin);
                put_rights(writing, entry, &group->rights);
        }
}

static void put_user(struct writing *writing, struct cJSON *list, const struct access_user *user)
{
        const bakery_access *access = writing->print->access;
        struct cJSON *entry = bakery__json_object(writing->json, list, NULL);

        bakery__json_text(writing->json, entry, "name", user->name);
        struct cJSON *groups = bakery__json_array(writing->json, entry, "groups");
        for (size_t i = 0; i < user->n_groups; i++) {
                size_t place = writing->places.groups[user->groups[i] - access->groups];

                if (place != SIZE_MAX)
                        bakery__json_number(writing->json, groups, NULL, (long long)place);
        }
        put_flag(writing, entry, "admin", user->admin);
        bakery__json_optional_text(writing->json, entry, "admin_via", user->admin_via);
        put_flag(writing, entry, "expected_admin", user->expected_admin);
        bakery__json_optional_text(writing->json, entry, "until", user->until);
        put_flag(writing, entry, "ended", user->ended);
        if (user->own)
                put_rights(writing, entry, user->own);
}

static void put_users(struct writing *writing, struct cJSON *root)
{
        const struct access_print *print = writing->print;
        struct cJSON *list = bakery__json_array(writing->json, root, "users");

        for (size_t i = 0; i < print->access->n_users; i++)
                if (bakery__print_has_user(print, &print->access->users[i]))
                        put_user(writing, list, &print->access->users[i]);
}

static void put_time(struct writing *writing, struct cJSON *root)
{
        char as_of[TIME_TEXT_BYTES];

        if (writing->print->access->as_of_s == 0)
                return;
        bakery__time_print(writing->print->access->as_of_s, as_of);
        bakery__json_text(writing->json, root, "as_of", as_of);
}

static void put_names(struct writing *writing, struct cJSON *root)
{
        const bakery_config *config = writing->print->access->config;

        bakery__json_number(writing->json, root, "version", 1);
        bakery__json_text(writing->json, root, "source", writing->print->access->live ? "iam" : "config");
        put_time(writing, root);
        bakery__json_text(writing->json, root, "team", bakery_config_team_name(config));
        bakery__json_text(writing->json, root, "partition", config->partition->id);
        bakery__json_text(writing->json, root, "bakery_account", bakery_config_bakery_account_id(config));

        struct cJSON *environments = bakery__json_array(writing->json, root, "environments");
        for (size_t i = 0; i < config->n_environments; i++)
                bakery__json_text(writing->json, environments, NULL, config->environments[i].name);
        struct cJSON *types = bakery__json_array(writing->json, root, "access_types");
        for (size_t i = 0; i < config->n_access_types; i++)
                bakery__json_text(writing->json, types, NULL, config->access_types[i].name);
}

static void put_difference(struct writing *writing, struct cJSON *list, const struct difference *difference)
{
        const bakery_config *config = writing->print->access->config;
        const bakery_group *group = difference->role_group;
        struct cJSON *entry = bakery__json_object(writing->json, list, NULL);

        bakery__json_text(writing->json, entry, "kind", bakery_difference_name(difference->kind));
        bakery__json_text(writing->json, entry, "message", difference->message);
        bakery__json_optional_text(writing->json, entry, "user", difference->user);
        bakery__json_optional_text(writing->json, entry, "group", difference->group);
        bakery__json_optional_text(writing->json, entry, "role", difference->role_arn);
        bakery__json_optional_text(writing->json, entry, "account",
                                   difference->account ? difference->account->id : NULL);
        if (!group)
                return;
        bakery__json_number(writing->json, entry, "environment", group->environment - config->environments);
        bakery__json_number(writing->json, entry, "access_type", group->access_type - config->access_types);
}

static void put_differences(struct writing *writing, struct cJSON *root)
{
        struct cJSON *list = bakery__json_array(writing->json, root, "differences");

        for (size_t i = 0; i < writing->print->access->n_differences; i++)
                put_difference(writing, list, &writing->print->access->differences[i]);
}

bakery_status bakery__access_json(const struct access_print *print, struct json *json, bakery_error **err)
{
        const bakery_access *access = print->access;
        struct writing writing = { .print = print, .json = json };
        AUTO_CLEAR(places)
        places = {
                .accounts = calloc(access->n_accounts + 1, sizeof *places.accounts),
                .groups = calloc(access->n_groups, sizeof *places.groups),
        };
        struct cJSON *root = bakery__json_root(json);

        if (!places.accounts || !places.groups)
                return bakery__fail_memory(err);
        writing.places = places;
        put_names(&writing, root);
        put_accounts(&writing, root);
        put_groups(&writing, root);
        put_users(&writing, root);
        put_differences(&writing, root);
        return BAKERY_OK;
}

enum { JSON_MAX_BYTES = 1 << 26 };

bakery_status bakery__print_json(struct access_print *print, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        bakery_status st = bakery__access_json(print, &json, err);

        if (st)
                return st;
        print->text.max = JSON_MAX_BYTES;
        st = bakery__json_print(&json, JSON_COMPACT, &print->text, "the report", err);
        bakery__buf_char(&print->text, '\n');
        return st;
}
