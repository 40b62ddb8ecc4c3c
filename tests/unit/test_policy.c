#include "model/policy.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

Suite *policy_suite(void);

static char *printed(struct json *json)
{
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };
        char *taken = NULL;

        ck_assert_int_eq(bakery__json_print(json, JSON_COMPACT, &text, "policy", NULL), BAKERY_OK);
        ck_assert_int_eq(bakery__buf_take(&text, "policy", &taken, NULL, NULL), BAKERY_OK);
        return taken;
}

#define ROOT "{\"AWS\":\"arn:aws:iam::111111111111:root\"}"
#define TRUST(statements) "{\"Version\":\"2012-10-17\",\"Statement\":[" statements "]}"
#define LET_IN(action) "{\"Effect\":\"Allow\",\"Principal\":" ROOT ",\"Action\":\"" action "\""
#define IDENTITY ",\"Condition\":{\"StringEquals\":{\"sts:SourceIdentity\":\"${aws:username}\"}}}"
#define TAGS ",\"Condition\":{\"ForAllValues:StringEquals\":{\"aws:TagKeys\":[\"Reason\",\"Ticket\"]}}}"
#define ROLE "\"arn:aws:iam::222222222222:role/Main-Prod-Admin\""
#define MAY(action) "{\"Effect\":\"Allow\",\"Action\":\"" action "\",\"Resource\":[" ROLE "]"

/* What Defaults and the access type say; the trust policy of the role, and the policy of the group. */
static const struct {
        const char *defaults, *type, *trust, *group;
} documents[] = {
        { "", "", TRUST(LET_IN("sts:AssumeRole") "}"), TRUST(MAY("sts:AssumeRole") "}") },
        { "RequireMfa: true", "",
          TRUST(LET_IN("sts:AssumeRole") ",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}}"),
          TRUST(MAY("sts:AssumeRole") "}") },
        { "RequireMfa: true, MfaMaxAge: 3600", "",
          TRUST(LET_IN("sts:AssumeRole") ",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"},"
                                         "\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"3600\"}}}"),
          TRUST(MAY("sts:AssumeRole") "}") },
        { "MfaMaxAge: 3600", "", TRUST(LET_IN("sts:AssumeRole") "}"), TRUST(MAY("sts:AssumeRole") "}") },
        { "RequireSessionName: true", "",
          TRUST(LET_IN("sts:AssumeRole") ",\"Condition\":{\"StringEquals\":{\"sts:RoleSessionName\":"
                                         "\"${aws:username}\"}}}"),
          TRUST(MAY("sts:AssumeRole") "}") },
        { "RequireMfa: true, RequireSessionName: true", "",
          TRUST(LET_IN("sts:AssumeRole") ",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"},"
                                         "\"StringEquals\":{\"sts:RoleSessionName\":\"${aws:username}\"}}}"),
          TRUST(MAY("sts:AssumeRole") "}") },
        { "RequireSessionName: true, MfaMaxAge: 3600", "", /* without MFA its age would let nobody in */
          TRUST(LET_IN("sts:AssumeRole") ",\"Condition\":{\"StringEquals\":{\"sts:RoleSessionName\":"
                                         "\"${aws:username}\"}}}"),
          TRUST(MAY("sts:AssumeRole") "}") },
        { "SourceIdentity: true", "", TRUST(LET_IN("sts:AssumeRole") "}," LET_IN("sts:SetSourceIdentity") IDENTITY),
          TRUST(MAY("sts:AssumeRole") "}," MAY("sts:SetSourceIdentity") IDENTITY) },
        { "SessionTags: [Reason, Ticket]", "", TRUST(LET_IN("sts:AssumeRole") "}," LET_IN("sts:TagSession") TAGS),
          TRUST(MAY("sts:AssumeRole") "}," MAY("sts:TagSession") TAGS) },
        { "SourceIdentity: true, SessionTags: [Reason, Ticket]", "",
          TRUST(LET_IN("sts:AssumeRole") "}," LET_IN("sts:SetSourceIdentity") IDENTITY "," LET_IN("sts:TagSession")
                        TAGS),
          TRUST(MAY("sts:AssumeRole") "}," MAY("sts:SetSourceIdentity") IDENTITY "," MAY("sts:TagSession") TAGS) },
        /* Machines come in without MFA and user name, by a statement of their own. */
        { "RequireMfa: true", "MachinePrincipals: [\"arn:aws:iam::111111111111:role/ci\"]",
          TRUST(LET_IN(
                  "sts:AssumeRole") ",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}}},"
                                    "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"arn:aws:iam::111111111111:role/ci\"]},"
                                    "\"Action\":\"sts:AssumeRole\"}"),
          TRUST(MAY("sts:AssumeRole") "}") },
        { "", "MachinePrincipals: []", TRUST(LET_IN("sts:AssumeRole") "}"), TRUST(MAY("sts:AssumeRole") "}") },
};

static bakery_config *config_saying(const char *own, const char *defaults, const char *type)
{
        AUTO_CLEAR(buf) text = { .max = 10000 };

        bakery__buf_format(
                &text, OWN "%sDefaults: { %s }\n" ENVIRONMENTS "AccessTypes: [{ Type: Admin, " ADMIN_POLICY ", %s }]\n",
                own, defaults, type);
        return config_of(text.at);
}

START_TEST(documents_are)
{
        AUTO_PTR(bakery_config) config = config_saying("", documents[_i].defaults, documents[_i].type);
        const bakery_group *group = bakery_environment_group(bakery_config_environment(config, 0), 0);
        AUTO_CLEAR(json) trust = { 0 };
        AUTO_CLEAR(json) policy = { 0 };

        bakery__policy_of_trust(&trust, NULL, NULL, group, bakery__put_bakery_root);
        AUTO_FREE char *trust_text = printed(&trust);
        ck_assert_str_eq(trust_text, documents[_i].trust);

        bakery__policy_of_group(&policy, NULL, NULL, group, &group->shards[0]);
        AUTO_FREE char *group_text = printed(&policy);
        ck_assert_str_eq(group_text, documents[_i].group);
}
END_TEST

/* A pattern is always bound to the organization, with or without other conditions. */
START_TEST(a_pattern_is_bound_to_the_organization)
{
        AUTO_PTR(bakery_config)
        config = config_saying("OrganizationId: o-a1b2c3d4e5\n",
                               "RolePath: /bakery/, SourceIdentity: true, SessionTags: [Reason]", "");
        const bakery_group *group = bakery_environment_group(bakery_config_environment(config, 0), 0);
        AUTO_CLEAR(json) policy = { 0 };

        bakery__policy_of_group(&policy, NULL, NULL, group, &group->shards[0]);
        for (int i = 0; i < 3; i++) {
                char path[100];

                snprintf(path, sizeof path, "Statement/%d/Resource", i);
                ck_assert_str_eq(bakery__json_text_of(json_at(&policy, path)),
                                 "arn:aws:iam::*:role/bakery/*-Prod-Admin");
                snprintf(path, sizeof path, "Statement/%d/Condition/StringEquals/aws:ResourceOrgID", i);
                ck_assert_str_eq(bakery__json_text_of(json_at(&policy, path)), "o-a1b2c3d4e5");
        }
        ck_assert_str_eq(
                bakery__json_text_of(json_at(&policy, "Statement/1/Condition/StringEquals/sts:SourceIdentity")),
                "${aws:username}");
        ck_assert_ptr_nonnull(json_at(&policy, "Statement/2/Condition/ForAllValues:StringEquals"));
        ck_assert_ptr_null(json_at(&policy, "Statement/3"));
}
END_TEST

START_TEST(a_policy_names_the_accounts_of_its_shard)
{
        AUTO_FREE char *text = large_text("", 5, "n%d");
        AUTO_PTR(bakery_config) config = config_of(text);
        const bakery_group *group = bakery_environment_group(bakery_config_environment(config, 0), 0);
        AUTO_CLEAR(json) policy = { 0 };

        bakery__policy_of_group(&policy, NULL, NULL, group, &(struct shard){ .first = 1, .count = 2 });
        ck_assert_str_eq(bakery__json_text_of(json_at(&policy, "Statement/0/Resource/0")),
                         "arn:aws:iam::000000000002:role/n1-Prod-Admin");
        ck_assert_str_eq(bakery__json_text_of(json_at(&policy, "Statement/0/Resource/1")),
                         "arn:aws:iam::000000000003:role/n2-Prod-Admin");
        ck_assert_ptr_null(json_at(&policy, "Statement/0/Resource/2"));
}
END_TEST

Suite *policy_suite(void)
{
        Suite *suite = suite_create("policy");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, documents_are, 0, (int)N_ELEMENTS(documents));
        tcase_add_test(tcase, a_pattern_is_bound_to_the_organization);
        tcase_add_test(tcase, a_policy_names_the_accounts_of_its_shard);
        suite_add_tcase(suite, tcase);
        return suite;
}
