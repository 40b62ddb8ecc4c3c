#include "model/settings.h"

#include <bakery/group.h>
#include <check.h>
#include <string.h>

#include "support.h"

Suite *settings_suite(void);

/*
 * What each level says, and what then holds for the group. The levels are the insides of YAML flow mappings;
 * what holds is shown as "mfa age duration name identity boundary path | session tags | tags".
 */
static const struct {
        const char *defaults, *environment, *type, *holds;
} cases[] = {
        { "", "", "", "- 0 3600 - - - / | |" },

        /* Flags: on when any level says so. */
        { "RequireMfa: true", "", "", "mfa 0 3600 - - - / | |" },
        { "", "RequireMfa: true", "", "mfa 0 3600 - - - / | |" },
        { "", "", "RequireMfa: true", "mfa 0 3600 - - - / | |" },
        { "RequireMfa: true", "RequireMfa: false", "RequireMfa: false", "mfa 0 3600 - - - / | |" },
        { "RequireMfa: false", "RequireMfa: true", "", "mfa 0 3600 - - - / | |" },
        { "RequireMfa: false", "", "RequireMfa: true", "mfa 0 3600 - - - / | |" },
        { "RequireMfa: false", "RequireMfa: false", "RequireMfa: false", "- 0 3600 - - - / | |" },
        { "RequireSessionName: true", "RequireSessionName: false", "", "- 0 3600 name - - / | |" },
        { "", "RequireSessionName: true", "RequireSessionName: false", "- 0 3600 name - - / | |" },
        { "", "", "SourceIdentity: true", "- 0 3600 - identity - / | |" },
        { "SourceIdentity: true", "SourceIdentity: false", "SourceIdentity: false", "- 0 3600 - identity - / | |" },

        /* Numbers: the smallest that is said. */
        { "MaxSessionDuration: 7200", "", "", "- 0 7200 - - - / | |" },
        { "MaxSessionDuration: 7200", "MaxSessionDuration: 3600", "MaxSessionDuration: 43200", "- 0 3600 - - - / | |" },
        { "MaxSessionDuration: 7200", "", "MaxSessionDuration: 14400", "- 0 7200 - - - / | |" },
        { "", "MaxSessionDuration: 14400", "MaxSessionDuration: 7200", "- 0 7200 - - - / | |" },
        { "", "", "MaxSessionDuration: 43200", "- 0 43200 - - - / | |" },
        { "RequireMfa: true, MfaMaxAge: 3600", "MfaMaxAge: 900", "MfaMaxAge: 7200", "mfa 900 3600 - - - / | |" },
        { "RequireMfa: true, MfaMaxAge: 3600", "", "", "mfa 3600 3600 - - - / | |" },
        { "RequireMfa: true", "", "MfaMaxAge: 7200", "mfa 7200 3600 - - - / | |" },
        { "MfaMaxAge: 3600", "", "", "- 0 3600 - - - / | |" }, /* without MFA no age */

        /* The boundary and the path: the nearest level. */
        { "RolePath: /d/", "", "", "- 0 3600 - - - /d/ | |" },
        { "RolePath: /d/", "RolePath: /e/", "", "- 0 3600 - - - /e/ | |" },
        { "RolePath: /d/", "RolePath: /e/", "RolePath: /t/", "- 0 3600 - - - /t/ | |" },
        { "RolePath: /d/", "", "RolePath: /", "- 0 3600 - - - / | |" },
        { "PermissionsBoundary: \"arn:aws:iam::aws:policy/D\"", "", "",
          "- 0 3600 - - arn:aws:iam::aws:policy/D / | |" },
        { "PermissionsBoundary: \"arn:aws:iam::aws:policy/D\"", "PermissionsBoundary: \"arn:aws:iam::aws:policy/E\"",
          "", "- 0 3600 - - arn:aws:iam::aws:policy/E / | |" },
        { "PermissionsBoundary: \"arn:aws:iam::aws:policy/D\"", "PermissionsBoundary: \"arn:aws:iam::aws:policy/E\"",
          "PermissionsBoundary: \"arn:aws:iam::aws:policy/T\"", "- 0 3600 - - arn:aws:iam::aws:policy/T / | |" },

        /* Tags and session tags: merged, the nearest holds. */
        { "Tags: { A: d, B: d, C: d }", "Tags: { B: e, C: e, E: e }", "Tags: { C: t, T: t }",
          "- 0 3600 - - - / | | A=d B=e C=t E=e T=t" },
        { "", "Tags: { B: e }", "", "- 0 3600 - - - / | | B=e" },
        { "Tags: { a: d }", "", "Tags: { A: t }", "- 0 3600 - - - / | | A=t" },
        { "SessionTags: [X, Y]", "SessionTags: [Y, Z]", "SessionTags: [X, W]", "- 0 3600 - - - / | X Y Z W |" },
        { "", "", "SessionTags: [T]", "- 0 3600 - - - / | T |" },
        { "SessionTags: [T, T]", "", "", "- 0 3600 - - - / | T |" },
        { "SessionTags: []", "", "", "- 0 3600 - - - / | |" },
};

static bakery_config *config_of_case(int i)
{
        AUTO_CLEAR(buf) text = { .max = 10000 };

        bakery__buf_format(
                &text,
                OWN "Defaults: { %s }\n"
                    "Environments: [{ Environment: Prod, Accounts: [{ Id: \"222222222222\", Name: Main }], %s }]\n"
                    "AccessTypes: [{ Type: Admin, " ADMIN_POLICY ", %s }]\n",
                cases[i].defaults, cases[i].environment, cases[i].type);
        return config_of(text.at);
}

START_TEST(which_level_holds)
{
        AUTO_PTR(bakery_config) config = config_of_case(_i);
        const bakery_group *group =
                bakery_environment_find_group(bakery_config_find_environment(config, "Prod"), "Admin");
        const char *boundary = bakery_group_permissions_boundary(group);
        AUTO_CLEAR(buf) shown = { .max = 1000 };

        bakery__buf_format(&shown, "%s %u %u %s %s %s %s |", bakery_group_requires_mfa(group) ? "mfa" : "-",
                           bakery_group_mfa_max_age_s(group), bakery_group_max_session_duration_s(group),
                           bakery_group_requires_session_name(group) ? "name" : "-",
                           bakery_group_allows_source_identity(group) ? "identity" : "-", boundary ? boundary : "-",
                           bakery_group_role_path(group));
        for (size_t i = 0; i < bakery_group_session_tag_count(group); i++)
                bakery__buf_format(&shown, " %s", bakery_group_session_tag(group, i));
        bakery__buf_text(&shown, " |");
        for (size_t i = 0; i < group->settings.n_tags; i++)
                bakery__buf_format(&shown, " %s=%s", group->settings.tags[i].key, group->settings.tags[i].value);
        ck_assert_msg(strcmp(shown.at, cases[_i].holds) == 0, "{%s} {%s} {%s}: %s", cases[_i].defaults,
                      cases[_i].environment, cases[_i].type, shown.at);
}
END_TEST

/* Of what is merged, the level that won says where it stands. */
START_TEST(the_place_is_of_the_level_that_holds)
{
        struct settings far = { .require_mfa = SAID_YES,
                                .require_mfa_place = { 1, 1 },
                                .mfa_max_age_s = 900,
                                .mfa_max_age_place = { 2, 1 },
                                .role_path = "/f/",
                                .role_path_place = { 3, 1 },
                                .permissions_boundary = "f",
                                .boundary_place = { 4, 1 } };
        struct settings near = { .require_mfa = SAID_NO,
                                 .require_mfa_place = { 11, 1 },
                                 .mfa_max_age_s = 1000,
                                 .mfa_max_age_place = { 12, 1 },
                                 .role_path = "/n/",
                                 .role_path_place = { 13, 1 } };
        AUTO_CLEAR(arena) arena = { 0 };
        struct settings both;

        ck_assert(bakery__settings_merge(&near, &far, &arena, &both));
        ck_assert_uint_eq(both.require_mfa_place.line, 1);
        ck_assert_uint_eq(both.mfa_max_age_place.line, 2);
        ck_assert_uint_eq(both.role_path_place.line, 13);
        ck_assert_uint_eq(both.boundary_place.line, 4);
}
END_TEST

Suite *settings_suite(void)
{
        Suite *suite = suite_create("settings");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, which_level_holds, 0, (int)N_ELEMENTS(cases));
        tcase_add_test(tcase, the_place_is_of_the_level_that_holds);
        suite_add_tcase(suite, tcase);
        return suite;
}
