#include <check.h>

#include "model/policy_eval.h"
#include "support.h"

Suite *policy_eval_suite(void);

#define SHOP "arn:aws:iam::222222222222:role/Shop-Prod-Admin"

static const struct {
        const char *pattern, *text;
        bool fold_case, fits;
} wildcards[] = {
        { "", "", false, true },
        { "", "a", false, false },
        { "*", "", false, true },
        { "*", "anything", false, true },
        { "a*c", "abbc", false, true },
        { "a*c", "abbcd", false, false },
        { "a*b*c", "aXbYbZc", false, true },
        { "*-Prod-Admin", "Shop-Prod-Admin", false, true },
        { "*-Prod-Admin", "Shop-Prod-Admin2", false, false },
        { "a?c", "abc", false, true },
        { "a?c", "ac", false, false },
        { "??", "a", false, false },
        { "sts:assumerole", "sts:AssumeRole", true, true },
        { "sts:assumerole", "sts:AssumeRole", false, false },
        { "STS:A*", "sts:AssumeRole", true, true },
        { "a**", "a", false, true },
};

START_TEST(wildcards_match)
{
        ck_assert_msg(bakery__wildcard_match(wildcards[_i].pattern, wildcards[_i].text, wildcards[_i].fold_case) ==
                              wildcards[_i].fits,
                      "%s, %s", wildcards[_i].pattern, wildcards[_i].text);
}
END_TEST

/* What is known of the request; nothing of aws:SourceIp, and that there is no aws:TokenIssueTime. */
static const struct policy_key keys[] = {
        { "aws:username", "alice" },         { "aws:MultiFactorAuthPresent", "true" },
        { "aws:MultiFactorAuthAge", "100" }, { "sts:RoleSessionName", "alice" },
        { "aws:TokenIssueTime", NULL },
};

#define ALLOW(rest) "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\"," rest "}}"
#define ASSUME "\"Action\":\"sts:AssumeRole\","
#define IF(condition) ALLOW(ASSUME "\"Resource\":\"*\",\"Condition\":{" condition "}")
#define AND_DENY(deny) \
        "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},{\"Effect\":\"Deny\"," deny "}]}"

static const struct {
        const char *document;
        enum truth allows;
} documents[] = {
        { ALLOW(ASSUME "\"Resource\":\"" SHOP "\""), TRUTH_YES },
        { ALLOW(ASSUME "\"Resource\":[\"arn:aws:iam::1:role/x\",\"" SHOP "\"]"), TRUTH_YES },
        { ALLOW(ASSUME "\"Resource\":\"arn:aws:iam::222222222222:role/shop-prod-admin\""), TRUTH_NO },
        { ALLOW("\"Action\":[\"iam:*\",\"STS:assume*\"],\"Resource\":\"*\""), TRUTH_YES },
        { ALLOW("\"Action\":\"sts:TagSession\",\"Resource\":\"*\""), TRUTH_NO },
        { ALLOW("\"NotAction\":\"iam:*\",\"Resource\":\"*\""), TRUTH_YES },
        { ALLOW("\"NotAction\":[\"iam:*\",\"sts:*\"],\"Resource\":\"*\""), TRUTH_NO },
        { ALLOW(ASSUME "\"NotResource\":\"arn:aws:iam::222222222222:*\""), TRUTH_NO },
        { ALLOW(ASSUME "\"NotResource\":\"arn:aws:iam::333333333333:*\""), TRUTH_YES },
        { ALLOW(ASSUME "\"Resource\":\"arn:aws:iam::*:role/*-Prod-Admin\""), TRUTH_YES },
        { ALLOW(ASSUME "\"Resource\":\"arn:aws:iam::*:role/${aws:username}\""), TRUTH_NO },
        { ALLOW(ASSUME "\"Resource\":\"arn:aws:iam::*:role/${aws:userid}-Prod-Admin\""), TRUTH_MAYBE },
        { ALLOW(ASSUME "\"Resource\":\"arn:aws:iam::*:role/${aws:userid}-Prod-Read\""), TRUTH_NO },
        { ALLOW(ASSUME "\"NotResource\":\"arn:aws:iam::*:role/${aws:userid}-Prod-Admin\""), TRUTH_MAYBE },
        { AND_DENY("\"Action\":\"sts:*\",\"Resource\":\"*\""), TRUTH_NO },
        { AND_DENY("\"NotAction\":\"sts:*\",\"Resource\":\"*\""), TRUTH_YES },
        { AND_DENY(ASSUME "\"Resource\":\"*\",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}}"),
          TRUTH_MAYBE },
        { AND_DENY(ASSUME
                   "\"Resource\":\"*\",\"Condition\":{\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"false\"}}"),
          TRUTH_YES },
        { AND_DENY(ASSUME
                   "\"Resource\":\"*\",\"Condition\":{\"DateLessThan\":{\"aws:TokenIssueTime\":\"2026-01-01\"}}"),
          TRUTH_MAYBE },
        { "{\"Statement\":[]}", TRUTH_NO },
        { "{}", TRUTH_NO },
        { "[]", TRUTH_NO },

        { IF("\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}"), TRUTH_YES },
        { IF("\"Bool\":{\"AWS:multifactorauthpresent\":true}"), TRUTH_YES },
        { IF("\"Bool\":{\"aws:MultiFactorAuthPresent\":\"false\"}"), TRUTH_NO },
        { IF("\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"101\"}"), TRUTH_YES },
        { IF("\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"100\"}"), TRUTH_NO },
        { IF("\"NumericLessThanEquals\":{\"aws:MultiFactorAuthAge\":100}"), TRUTH_YES },
        { IF("\"NumericGreaterThan\":{\"aws:MultiFactorAuthAge\":\"100\"}"), TRUTH_NO },
        { IF("\"NumericGreaterThanEquals\":{\"aws:MultiFactorAuthAge\":\"100\"}"), TRUTH_YES },
        { IF("\"NumericEquals\":{\"aws:MultiFactorAuthAge\":\"100\"}"), TRUTH_YES },
        { IF("\"NumericNotEquals\":{\"aws:MultiFactorAuthAge\":\"100\"}"), TRUTH_NO },
        { IF("\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"soon\"}"), TRUTH_MAYBE },
        { IF("\"StringEquals\":{\"sts:RoleSessionName\":\"${aws:username}\"}"), TRUTH_YES },
        { IF("\"StringEquals\":{\"sts:RoleSessionName\":[\"bob\",\"alice\"]}"), TRUTH_YES },
        { IF("\"StringEquals\":{\"sts:RoleSessionName\":\"Alice\"}"), TRUTH_NO },
        { IF("\"StringEquals\":{\"sts:RoleSessionName\":\"al*\"}"), TRUTH_NO },
        { IF("\"StringEqualsIgnoreCase\":{\"sts:RoleSessionName\":\"Alice\"}"), TRUTH_YES },
        { IF("\"StringLike\":{\"sts:RoleSessionName\":\"al*\"}"), TRUTH_YES },
        { IF("\"StringNotLike\":{\"sts:RoleSessionName\":\"al*\"}"), TRUTH_NO },
        { IF("\"StringNotEquals\":{\"sts:RoleSessionName\":[\"bob\",\"alice\"]}"), TRUTH_NO },
        { IF("\"StringNotEquals\":{\"sts:RoleSessionName\":[\"bob\",\"carol\"]}"), TRUTH_YES },
        { IF("\"StringEquals\":{\"aws:SourceIp\":\"x\"}"), TRUTH_MAYBE },
        { IF("\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}"), TRUTH_MAYBE },
        { IF("\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"},\"Bool\":{\"aws:MultiFactorAuthPresent\":\"false\"}"),
          TRUTH_NO },
        { IF("\"StringEquals\":{\"sts:RoleSessionName\":\"alice\",\"aws:username\":\"bob\"}"), TRUTH_NO },
        { IF("\"StringEquals\":{\"aws:TokenIssueTime\":\"x\"}"), TRUTH_NO },
        { IF("\"StringEqualsIfExists\":{\"aws:TokenIssueTime\":\"x\"}"), TRUTH_YES },
        { IF("\"StringNotEquals\":{\"aws:TokenIssueTime\":\"x\"}"), TRUTH_YES },
        { IF("\"ForAllValues:StringEquals\":{\"aws:TokenIssueTime\":\"x\"}"), TRUTH_YES },
        { IF("\"ForAnyValue:StringNotEquals\":{\"aws:TokenIssueTime\":\"x\"}"), TRUTH_NO },
        { IF("\"Null\":{\"aws:TokenIssueTime\":\"true\"}"), TRUTH_YES },
        { IF("\"Null\":{\"aws:TokenIssueTime\":\"false\"}"), TRUTH_NO },
        { IF("\"Null\":{\"aws:username\":\"true\"}"), TRUTH_NO },
        { IF("\"Null\":{\"aws:SourceIp\":\"true\"}"), TRUTH_MAYBE },
        { IF("\"SomethingNew\":{\"aws:username\":\"alice\"}"), TRUTH_MAYBE },
};

START_TEST(documents_are_judged)
{
        const struct policy_request request = { "sts:AssumeRole", SHOP, keys, N_ELEMENTS(keys) };
        struct policy_says says = { TRUTH_NO, TRUTH_NO };
        AUTO_CLEAR(json) json = { 0 };

        parse_json(documents[_i].document, &json);
        bakery__policy_eval(json.root, &request, &says);
        ck_assert_msg(bakery__policy_allows(&says) == documents[_i].allows, "%s: %d", documents[_i].document,
                      (int)bakery__policy_allows(&says));
}
END_TEST

START_TEST(statements_of_trust_have_no_resource)
{
        const struct policy_request request = { "sts:AssumeRole", NULL, keys, N_ELEMENTS(keys) };
        struct policy_says says = { TRUTH_NO, TRUTH_NO };
        AUTO_CLEAR(json) json = { 0 };

        parse_json(ALLOW("\"Principal\":\"*\",\"Action\":\"sts:AssumeRole\""), &json);
        bakery__policy_eval(json.root, &request, &says);
        ck_assert_int_eq(bakery__policy_allows(&says), TRUTH_YES);
}
END_TEST

Suite *policy_eval_suite(void)
{
        Suite *suite = suite_create("policy_eval");
        TCase *tests = tcase_create("policy_eval");

        tcase_add_loop_test(tests, wildcards_match, 0, N_ELEMENTS(wildcards));
        tcase_add_loop_test(tests, documents_are_judged, 0, N_ELEMENTS(documents));
        tcase_add_test(tests, statements_of_trust_have_no_resource);
        suite_add_tcase(suite, tests);
        return suite;
}
