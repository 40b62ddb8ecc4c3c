#include "model/shards.h"

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "model/limits.h"
#include "model/policy.h"
#include "support.h"

Suite *shards_suite(void);

enum { MANAGED_MAX = 6144, INLINE_MAX = 5120, MANAGED_AT_MOST = 10 };

static bakery_config *config_of_many(const char *more, int n, const char *name_format)
{
        AUTO_FREE char *text = large_text(more, n, name_format);

        return config_of(text);
}

static const bakery_group *admins(const bakery_config *config)
{
        return bakery_environment_group(bakery_config_environment(config, 0), 0);
}

/* What IAM counts: the document as it is emitted, without white space. */
static size_t true_size(const bakery_group *group, size_t i)
{
        AUTO_CLEAR(json) json = { 0 };
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };

        bakery__policy_of_group(&json, NULL, NULL, group, &group->shards[i]);
        ck_assert_int_eq(bakery__json_print(&json, JSON_COMPACT, &text, "policy", NULL), BAKERY_OK);
        return text.len;
}

/* Settings that make the document grow otherwise, and the names of the accounts. */
static const struct {
        const char *more, *name_format;
} shapes[] = {
        { "", "acct%04d" },
        { "", "a%d" },
        { "Defaults: { SourceIdentity: true }\n", "acct%04d" },
        { "Defaults: { SessionTags: [Reason, Ticket] }\n", "acct%04d" },
        { "Defaults: { SourceIdentity: true, SessionTags: [Reason], RolePath: /a/rather/long/path/ }\n", "acct%04d" },
        { "Region: us-gov-west-1\n", "a-name-of-forty-characters-%013d" },
};

static const int account_counts[] = { 1, 2, 50, 109, 110, 250, 280 };

START_TEST(sizes_are_those_of_the_documents)
{
        for (size_t k = 0; k < N_ELEMENTS(account_counts); k++) {
                AUTO_PTR(bakery_config)
                config = config_of_many(shapes[_i].more, account_counts[k], shapes[_i].name_format);
                const bakery_group *group = admins(config);
                size_t named = 0;

                for (size_t i = 0; i < bakery_group_policy_count(group); i++) {
                        size_t max = bakery_group_policy_is_inline(group, i) ? INLINE_MAX : MANAGED_MAX;

                        ck_assert_uint_eq(bakery_group_policy_size(group, i), true_size(group, i));
                        ck_assert_uint_le(bakery_group_policy_size(group, i), max);
                        ck_assert_uint_eq(group->shards[i].first, named);
                        named += bakery_group_policy_account_count(group, i);
                }
                ck_assert_uint_eq(named, (size_t)account_counts[k]);
        }
}
END_TEST

/* A policy is full: with the first account of the next one it would be too large. */
START_TEST(policies_are_filled)
{
        AUTO_PTR(bakery_config) config = config_of_many(shapes[_i].more, 280, "acct%04d");
        const bakery_group *group = admins(config);

        for (size_t i = 0; i + 1 < group->n_shards; i++) {
                struct shard larger = group->shards[i];
                AUTO_CLEAR(json) json = { 0 };
                AUTO_CLEAR(buf) text = { .max = 1 << 20 };

                larger.count++;
                bakery__policy_of_group(&json, NULL, NULL, group, &larger);
                bakery__json_print(&json, JSON_COMPACT, &text, "policy", NULL);
                ck_assert_uint_gt(text.len, MANAGED_MAX);
        }
}
END_TEST

/* With names as real ones are 109 fit a policy and 1,090 ten of them; the eleventh is inline. */
static const struct {
        int n_accounts;
        size_t n_policies;
        bool has_inline;
} fills[] = {
        { 1, 1, false },     { 109, 1, false },  { 110, 2, false },
        { 1090, 10, false }, { 1091, 11, true }, { 1181, 11, true },
};

static const char typical[] = "burger%04d";

START_TEST(accounts_fill_policies)
{
        AUTO_PTR(bakery_config) config = config_of_many("", fills[_i].n_accounts, typical);
        const bakery_group *group = admins(config);
        size_t last = group->n_shards - 1;

        ck_assert_msg(group->n_shards == fills[_i].n_policies, "%d accounts: %zu policies, the first of %zu",
                      fills[_i].n_accounts, group->n_shards, group->shards[0].count);
        ck_assert_int_eq(bakery_group_policy_is_inline(group, last), fills[_i].has_inline);
        ck_assert_int_eq(group->shards[last].logical_id == NULL, fills[_i].has_inline);
}
END_TEST

START_TEST(the_first_policy_keeps_the_old_names)
{
        static const struct {
                const char *name, *logical_id;
        } wanted[] = {
                { "MyTeamProdAdmin", "PolicyProdAdmin" },
                { "MyTeamProdAdmin2", "PolicyProdAdmin2" },
                { "MyTeamProdAdmin3", "PolicyProdAdmin3" },
        };
        AUTO_PTR(bakery_config) config = config_of_many("", 300, typical);
        const bakery_group *group = admins(config);

        ck_assert_uint_eq(group->n_shards, 3);
        for (size_t i = 0; i < 3; i++) {
                ck_assert_str_eq(group->shards[i].name, wanted[i].name);
                ck_assert_str_eq(group->shards[i].logical_id, wanted[i].logical_id);
        }
}
END_TEST

START_TEST(an_account_that_is_appended_changes_the_last_policy_only)
{
        AUTO_PTR(bakery_config) before = config_of_many("", 250, typical);
        AUTO_PTR(bakery_config) after = config_of_many("", 251, typical);

        for (size_t i = 0; i < 3; i++) {
                const struct shard *a = &admins(before)->shards[i], *b = &admins(after)->shards[i];

                ck_assert_uint_eq(a->first, b->first);
                ck_assert_uint_eq(a->count + (i == 2), b->count);
                ck_assert_str_eq(a->name, b->name);
        }
}
END_TEST

static bool loads(const char *more, int n)
{
        AUTO_FREE char *text = large_text(more, n, "acct%04d");
        AUTO_PTR(bakery_config) config = NULL;

        return bakery_config_load_text(text, strlen(text), "config.yml", NULL, &config, NULL) == BAKERY_OK;
}

/* As many as it says fit, and not one more. */
static const int starts[] = { 1, 100, 109, 600, 1150 };

START_TEST(headroom_is_true)
{
        for (size_t k = 0; k < 5; k++) { /* shapes whose names are of one length */
                const char *more = shapes[k].more;

                if (!loads(more, starts[_i])) /* beyond what this shape takes at all */
                        continue;
                AUTO_PTR(bakery_config) config = config_of_many(more, starts[_i], "acct%04d");
                int room = (int)bakery_group_headroom(admins(config));

                ck_assert_msg(loads(more, starts[_i] + room), "%d + %d accounts do not fit (%s)", starts[_i], room,
                              more);
                ck_assert_msg(!loads(more, starts[_i] + room + 1), "%d + %d + 1 accounts fit (%s)", starts[_i], room,
                              more);
        }
}
END_TEST

/* Each length of names leaves another rest in the last policy. */
START_TEST(headroom_is_true_to_the_character)
{
        for (int length = 5; length <= 53; length++) { /* shorter ones have too few digits */
                char format[20];

                snprintf(format, sizeof format, "n%%0%dd", length - 1);
                AUTO_PTR(bakery_config) config = config_of_many("", 1, format);
                int room = (int)bakery_group_headroom(admins(config));

                for (int more = 0; more < 2; more++) {
                        AUTO_FREE char *text = large_text("", 1 + room + more, format);
                        AUTO_PTR(bakery_config) larger = NULL;
                        bakery_status st =
                                bakery_config_load_text(text, strlen(text), "config.yml", NULL, &larger, NULL);

                        ck_assert_msg((st == BAKERY_OK) == !more, "%d accounts with names of %d", 1 + room + more,
                                      length);
                }
        }
}
END_TEST

START_TEST(headroom_counts_the_longest_name)
{
        AUTO_PTR(bakery_config)
        config = config_of(OWN "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: x },"
                               "{ Id: \"333333333333\", Name: a-much-longer-name-than-that }] }]\n" TYPES);
        AUTO_PTR(bakery_config)
        shorter = config_of(OWN "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: x },"
                                "{ Id: \"333333333333\", Name: y }] }]\n" TYPES);

        ck_assert_uint_lt(bakery_group_headroom(admins(config)), bakery_group_headroom(admins(shorter)));
}
END_TEST

START_TEST(too_many_accounts_are_refused)
{
        AUTO_FREE char *text = large_text("", 3000, typical);
        AUTO_FREE char *found = findings_in(text);

        ck_assert_msg(strstr(found, "error too-many-accounts"), "%s", found);
        ck_assert_msg(strstr(found, "environment \"Prod\" has 3000 accounts"), "%s", found);
}
END_TEST

START_TEST(a_pattern_names_them_all)
{
        AUTO_PTR(bakery_config)
        config = config_of_many("OrganizationId: o-a1b2c3d4e5\nDefaults: { RolePath: /bakery/ }\n", 3000, typical);
        const bakery_group *group = admins(config);

        ck_assert_uint_eq(bakery_group_policy_count(group), 1);
        ck_assert_uint_eq(bakery_group_policy_account_count(group, 0), 3000);
        ck_assert_uint_eq(bakery_group_policy_size(group, 0), true_size(group, 0));
        ck_assert_uint_eq(bakery_group_headroom(group), SIZE_MAX);
        ck_assert(!bakery_group_policy_is_inline(group, 0));
}
END_TEST

/* A group whose settings alone fill the policy has room for nobody, and says so. */
START_TEST(settings_may_leave_no_room)
{
        AUTO_CLEAR(buf) more = { .max = 100000 };

        bakery__buf_text(&more, "Defaults: { SessionTags: [");
        for (int i = 0; i < 50; i++) /* as many, and as long, as may be */
                bakery__buf_format(&more, "%sa-session-tag-of-128-characters-%096d", i ? ", " : "", i);
        bakery__buf_text(&more, "] }\n");
        AUTO_FREE char *text = large_text(more.at, 2, typical);
        AUTO_FREE char *found = findings_in(text);
        ck_assert_msg(strstr(found, "2 accounts, and 0 fit"), "%s", found);
}
END_TEST

Suite *shards_suite(void)
{
        Suite *suite = suite_create("shards");
        TCase *tcase = tcase_create("shards");

        tcase_set_timeout(tcase, 60);
        tcase_add_loop_test(tcase, sizes_are_those_of_the_documents, 0, (int)N_ELEMENTS(shapes));
        tcase_add_loop_test(tcase, policies_are_filled, 0, 5);
        tcase_add_loop_test(tcase, accounts_fill_policies, 0, (int)N_ELEMENTS(fills));
        tcase_add_test(tcase, the_first_policy_keeps_the_old_names);
        tcase_add_test(tcase, an_account_that_is_appended_changes_the_last_policy_only);
        tcase_add_loop_test(tcase, headroom_is_true, 0, (int)N_ELEMENTS(starts));
        tcase_add_test(tcase, headroom_is_true_to_the_character);
        tcase_add_test(tcase, headroom_counts_the_longest_name);
        tcase_add_test(tcase, too_many_accounts_are_refused);
        tcase_add_test(tcase, a_pattern_names_them_all);
        tcase_add_test(tcase, settings_may_leave_no_room);
        suite_add_tcase(suite, tcase);
        return suite;
}
