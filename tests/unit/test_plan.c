#include "credentials/plan.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "fake_wire.h"

Suite *plan_suite(void);

#define KEYS "aws_access_key_id = A\naws_secret_access_key = CANARY\n"
#define ROLE(source) "role_arn = arn:aws:iam::222222222222:role/R\n" source "\n"

/* Where the profile "a" leads; roles are shown outermost first. */
static const struct {
        const char *text;
        enum plan_source source;
        const char *base, *roles;
        const char *refusal;
} cases[] = {
        { "[profile a]\n" KEYS, PLAN_STATIC, "a", "", NULL },
        { "[profile a]\nregion = eu-west-1\n", PLAN_NOTHING, "a", "", NULL },
        { "[profile a]\n" ROLE("source_profile = b") "[profile b]\n" KEYS, PLAN_STATIC, "b", "a ", NULL },
        { "[profile a]\n" KEYS ROLE("source_profile = b") "[profile b]\n" KEYS, PLAN_STATIC, "b", "a ", NULL },
        { "[profile a]\n" KEYS ROLE("source_profile = a"), PLAN_STATIC, "a", "a ", NULL },
        { "[profile a]\n" ROLE("source_profile = b") "[profile b]\n" ROLE("source_profile = c") "[profile c]\n" KEYS,
          PLAN_STATIC, "c", "a b ", NULL },
        { "[profile a]\n" ROLE("source_profile = b") "[profile b]\n" KEYS ROLE("source_profile = b"), PLAN_STATIC, "b",
          "a ", NULL },
        { "[profile a]\n" ROLE("credential_source = Environment"), PLAN_NAMED, "a", "a ", NULL },
        { "[profile a]\n" ROLE("source_profile = b") "[profile b]\ncredential_process = p\n", PLAN_PROCESS, "b", "a ",
          NULL },
        { "[profile a]\n" ROLE("web_identity_token_file = /t"), PLAN_WEB_IDENTITY, "a", "", NULL },
        { "[profile a]\ncredential_process = p\nsource_profile = b\n", PLAN_PROCESS, "a", "", NULL },
        { "[profile a]\n" KEYS "credential_process = p\n", PLAN_STATIC, "a", "", NULL },
        { "[profile a]\nlogin_session = s\ncredential_process = p\n", PLAN_LOGIN, "a", "", NULL },
        { "[profile a]\nsso_start_url = u\nsso_region = r\nsso_account_id = 1\nsso_role_name = n\n" KEYS, PLAN_SSO, "a",
          "", NULL },
        { "[profile a]\nsso_session = s\nsso_region = r\nsso_account_id = 1\nsso_role_name = n\n[sso-session "
          "s]\nsso_region = r\nsso_start_url = u\n",
          PLAN_SSO, "a", "", NULL },
        { "[profile a]\nsso_session = s\n" KEYS, PLAN_STATIC, "a", "", NULL },
        { "[profile a]\nAWS_Access_Key_Id = A\nAWS_SECRET_ACCESS_KEY = B\n", PLAN_STATIC, "a", "", NULL },

        { .text = "[profile a]\naws_access_key_id = A\n",
          .refusal = "profile \"a\": aws_secret_access_key is missing, aws_access_key_id is there" },
        { .text = "[profile a]\naws_access_key_id =\naws_secret_access_key = CANARY\n",
          .refusal = "profile \"a\": aws_access_key_id is missing" },
        { .text = "[profile a]\n" ROLE(""), .refusal = "role_arn needs source_profile or credential_source" },
        { .text = "[profile a]\n" ROLE("source_profile = b\ncredential_source = Environment"),
          .refusal = "has both source_profile and credential_source" },
        { .text = "[profile a]\n" ROLE("source_profile = bb") "[profile b]\n" KEYS,
          .refusal = "profile \"a\": source_profile \"bb\" is not there" },
        { .text = "[profile a]\n" ROLE("source_profile = b") "[profile b]\nregion = r\n",
          .refusal = "profile \"b\": has no credentials, and profile \"a\" names it as its source_profile" },
        { .text = "[profile a]\n" ROLE("source_profile = a"), .refusal = "goes in circles: a -> a" },
        { .text = "[profile a]\n" ROLE("source_profile = b") "[profile b]\n" ROLE("source_profile = a"),
          .refusal = "profile \"a\": source_profile goes in circles: a -> b -> a" },
        { .text = "[profile a]\n" ROLE("source_profile = b") "[profile b]\n" ROLE(
                  "source_profile = c") "[profile "
                                        "c]\n" ROLE("source_profile = b"),
          .refusal = "goes in circles: a -> b -> c -> b" },
        { .text = "[profile a]\nweb_identity_token_file = /t\n", .refusal = "role_arn is missing" },
        { .text = "[profile a]\nsso_account_id = 1\n", .refusal = "sso_role_name is missing, sso_account_id is there" },
        { .text = "[profile a]\nsso_account_id = 1\nsso_role_name = n\n", .refusal = "sso_region is missing" },
        { .text = "[profile a]\nsso_account_id = 1\nsso_role_name = n\nsso_region = r\n",
          .refusal = "sso_start_url is missing" },
        { .text = "[profile a]\nsso_session = x\n", .refusal = "its sso_session \"x\" is not there" },
        { .text = "[profile a]\nsso_session = s\n[sso-session s]\nsso_start_url = u\n",
          .refusal = "sso_region is missing in its sso-session" },
        { .text = "[profile a]\nsso_session = s\nsso_start_url = v\n[sso-session s]\nsso_region = r\nsso_start_url = "
                  "u\n",
          .refusal = "sso_start_url belongs into [sso-session s]" },
};

static bakery_status plan_of(const char *text, struct profiles *profiles, struct plan *ret, bakery_error **err)
{
        profiles->paths[INI_CONFIG] = strdup("config");
        ck_assert_int_eq(bakery__ini_add(&profiles->ini, INI_CONFIG, "config", bakery__span(text), NULL), BAKERY_OK);
        return bakery__plan_make(profiles, bakery__ini_find(&profiles->ini, INI_PROFILE, "a"), ret, err);
}

START_TEST(leads_to_keys_or_says_why_not)
{
        AUTO_CLEAR(profiles) profiles = { .paths = { NULL } };
        AUTO_CLEAR(buf) roles = { .max = 1000 };
        AUTO_PTR(bakery_error) err = NULL;
        struct plan plan = { .source = PLAN_NOTHING };
        bakery_status st = plan_of(cases[_i].text, &profiles, &plan, &err);

        if (cases[_i].refusal) {
                ck_assert_msg(st == BAKERY_ERR_CREDENTIALS, "%s: accepted", cases[_i].text);
                ck_says(err, cases[_i].refusal);
                ck_assert_ptr_null(plan.base);
                ck_assert_int_eq(
                        bakery__plan_make(&profiles, bakery__ini_find(&profiles.ini, INI_PROFILE, "a"), &plan, NULL),
                        st);
                return;
        }
        ck_assert_msg(st == BAKERY_OK, "%s: %s", cases[_i].text, bakery_error_message(err));
        ck_assert_int_eq(plan.source, cases[_i].source);
        ck_assert_str_eq(plan.base->name, cases[_i].base);
        bakery__buf_text(&roles, "");
        for (size_t i = 0; i < plan.n_roles; i++)
                bakery__buf_format(&roles, "%s ", plan.roles[i]->name);
        ck_assert_str_eq(roles.at, cases[_i].roles);
}
END_TEST

START_TEST(no_profile_leads_to_nothing)
{
        AUTO_CLEAR(profiles) profiles = { .paths = { NULL } };
        struct plan plan = { .source = PLAN_STATIC };

        ck_assert_int_eq(bakery__plan_make(&profiles, NULL, &plan, NULL), BAKERY_OK);
        ck_assert_int_eq(plan.source, PLAN_NOTHING);
}
END_TEST

START_TEST(a_refusal_knows_its_place)
{
        AUTO_CLEAR(profiles) profiles = { .paths = { NULL } };
        AUTO_PTR(bakery_error) err = NULL;
        struct plan plan;

        ck_assert_int_ne(plan_of("[profile x]\n\n[profile a]\naws_access_key_id = A\n", &profiles, &plan, &err), 0);
        ck_assert_str_eq(bakery_error_file(err), "config");
        ck_assert_uint_eq(bakery_error_line(err), 4);
}
END_TEST

/* A chain of n roles and then keys. */
static bakery_status chain_of(int n, bakery_error **err)
{
        AUTO_CLEAR(profiles) profiles = { .paths = { NULL } };
        AUTO_CLEAR(buf) text = { .max = 10000 };
        struct plan plan;

        bakery__buf_text(&text, "[profile a]\n" ROLE("source_profile = p1"));
        for (int i = 1; i < n; i++)
                bakery__buf_format(&text, "[profile p%d]\n" ROLE("source_profile = p%d"), i, i + 1);
        bakery__buf_format(&text, "[profile p%d]\n" KEYS, n);
        return plan_of(text.at, &profiles, &plan, err);
}

START_TEST(a_chain_is_bounded)
{
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(chain_of(PLAN_ROLES_AT_MOST - 1, &err), BAKERY_OK);
        ck_assert_int_eq(chain_of(PLAN_ROLES_AT_MOST, &err), BAKERY_ERR_CREDENTIALS);
        ck_says(err, "roles follow one another");
}
END_TEST

Suite *plan_suite(void)
{
        Suite *suite = suite_create("plan");
        TCase *tcase = tcase_create("plan");

        tcase_add_loop_test(tcase, leads_to_keys_or_says_why_not, 0, (int)N_ELEMENTS(cases));
        tcase_add_test(tcase, no_profile_leads_to_nothing);
        tcase_add_test(tcase, a_refusal_knows_its_place);
        tcase_add_test(tcase, a_chain_is_bounded);
        suite_add_tcase(suite, tcase);
        return suite;
}
