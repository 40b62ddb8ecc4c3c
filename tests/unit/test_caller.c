/* Who calls, which groups that is in, and what groups outside the configuration open. */
#include <bakery/caller.h>

#include <check.h>
#include <string.h>

#include "fake_wire.h"
#include "support.h"

Suite *caller_suite(void);

DEFINE_AUTO_PTR(bakery_caller, bakery_caller_free)

#define IDENTITY(account, who) \
        ANSWERED("GetCallerIdentity", "<Arn>arn:aws:" who "</Arn><UserId>AIDA</UserId><Account>" account "</Account>")
#define IN(name) "<member><GroupName>" name "</GroupName><Arn>arn:aws:iam::111111111111:group/" name "</Arn></member>"
#define GROUPS(groups, rest) ANSWERED("ListGroupsForUser", "<Groups>" groups "</Groups>" rest)
#define MORE "<IsTruncated>true</IsTruncated><Marker>m1</Marker>"
#define ATTACHED(arns) ANSWERED("ListAttachedGroupPolicies", "<AttachedPolicies>" arns "</AttachedPolicies>")
#define AN_ARN(arn) "<member><PolicyName>p</PolicyName><PolicyArn>" arn "</PolicyArn></member>"
#define INLINE(names) ANSWERED("ListGroupPolicies", "<PolicyNames>" names "</PolicyNames>")
#define POLICY(document)           \
        ANSWERED("GetGroupPolicy", \
                 "<GroupName>g</GroupName><PolicyName>p</PolicyName><PolicyDocument>" document "</PolicyDocument>")
#define STATEMENT(effect, action, resource) \
        "{\"Statement\":[{\"Effect\":\"" effect "\",\"Action\":\"" action "\",\"Resource\":" resource "}]}"
#define OLD "arn:aws:iam::777777777777:role/Old"
#define OWN_POLICY "arn:aws:iam::111111111111:policy/Own"

static const struct fake_reply usual[] = {
        REPLY("GetCallerIdentity", NULL, 200, IDENTITY("111111111111", "iam::111111111111:user/team/ann")),
        REPLY("ListGroupsForUser", "Marker=m1", 200, GROUPS(IN("Legacy"), "")),
        REPLY("ListGroupsForUser", NULL, 200, GROUPS(IN("mYTeamProdAdmin"), MORE)),
        REPLY("ListAttachedGroupPolicies", NULL, 200, ATTACHED("")),
        REPLY("ListGroupPolicies", NULL, 200, INLINE("<member>p</member>")),
        REPLY("GetGroupPolicy", NULL, 200, POLICY(STATEMENT("Allow", "sts:Assume*", "[\"" OLD "\",\"" OLD "\"]"))),
};

static const struct {
        struct fake_reply first[4];
        bakery_status status;
        const char *says; /* "user|groups|other roles by their groups", or a piece of the error */
        const char *log;  /* NULL: no warning */
} callers[] = {
        { { { 0 } }, BAKERY_OK, "ann|mYTeamProdAdmin Legacy|" OLD " by Legacy", NULL },
        { { REPLY("ListGroupsForUser", NULL, 200, GROUPS("", "")) }, BAKERY_OK, "ann||", NULL },
        /* Nobody who could be in a group. */
        { { REPLY("GetCallerIdentity", NULL, 200, IDENTITY("111111111111", "sts::111111111111:assumed-role/Ops/ann")) },
          BAKERY_ERR_CREDENTIALS,
          "these keys (test) are of arn:aws:sts::111111111111:assumed-role/Ops/ann, and only users are in groups",
          NULL },
        { { REPLY("GetCallerIdentity", NULL, 200, IDENTITY("111111111111", "iam::111111111111:root")) },
          BAKERY_ERR_CREDENTIALS,
          "and only users are in groups",
          NULL },
        { { REPLY("GetCallerIdentity", NULL, 200, IDENTITY("111111111111", "sts::111111111111:federated-user/ann")) },
          BAKERY_ERR_CREDENTIALS,
          "and only users are in groups",
          NULL },
        { { REPLY("GetCallerIdentity", NULL, 200, IDENTITY("999999999999", "iam::999999999999:user/ann")) },
          BAKERY_ERR_CREDENTIALS,
          "are of account 999999999999, and the users are in 111111111111",
          NULL },
        { { REPLY("GetCallerIdentity", NULL, 403, FAILED("ExpiredToken")) },
          BAKERY_ERR_CREDENTIALS,
          "ExpiredToken",
          NULL },
        /* Without the groups nothing can be said; a list that is cut off is no list. */
        { { REPLY("ListGroupsForUser", NULL, 403, FAILED("AccessDenied")) }, BAKERY_ERR_DENIED, "AccessDenied", NULL },
        { { REPLY("ListGroupsForUser", "Marker=m1", 403, FAILED("AccessDenied")) },
          BAKERY_ERR_DENIED,
          "AccessDenied",
          NULL },
        { { REPLY("ListGroupsForUser", "Marker=m1", 200, GROUPS("", MORE)) },
          BAKERY_ERR_NETWORK,
          "the marker did not advance",
          NULL },
        /* What a group may not tell hides nothing else. */
        { { REPLY("ListAttachedGroupPolicies", NULL, 403, FAILED("AccessDenied")) },
          BAKERY_OK,
          "ann|mYTeamProdAdmin Legacy|" OLD " by Legacy",
          "warning what the group Legacy grants could not be read" },
        { { REPLY("GetGroupPolicy", NULL, 404, FAILED("NoSuchEntity")) },
          BAKERY_OK,
          "ann|mYTeamProdAdmin Legacy|",
          "warning what the group Legacy grants could not be read" },
        { { REPLY("GetGroupPolicy", NULL, 200, POLICY("{")) },
          BAKERY_OK,
          "ann|mYTeamProdAdmin Legacy|",
          "warning what the group Legacy grants could not be read" },
        { { REPLY("ListAttachedGroupPolicies", NULL, 200, ATTACHED(AN_ARN(OWN_POLICY))),
            REPLY("GetPolicy", NULL, 403, FAILED("AccessDenied")) },
          BAKERY_OK,
          "ann|mYTeamProdAdmin Legacy|" OLD " by Legacy",
          "warning what the group Legacy grants could not be read" },
        { { { "Action=ListAttachedGroupPolicies&", NULL, { .fails = BAKERY_ERR_NETWORK } } },
          BAKERY_ERR_NETWORK,
          "the wire broke",
          NULL },
        /* Only what is named, and allowed. */
        { { REPLY("GetGroupPolicy", NULL, 200, POLICY(STATEMENT("Deny", "sts:AssumeRole", "\"" OLD "\""))) },
          BAKERY_OK,
          "ann|mYTeamProdAdmin Legacy|",
          NULL },
        { { REPLY("GetGroupPolicy", NULL, 200, POLICY(STATEMENT("Allow", "iam:PassRole", "\"" OLD "\""))) },
          BAKERY_OK,
          "ann|mYTeamProdAdmin Legacy|",
          NULL },
        { { REPLY("GetGroupPolicy", NULL, 200,
                  POLICY(STATEMENT("Allow", "*",
                                   "[\"*\",\"" OLD
                                   "*\",\"arn:aws:iam::7:role/${aws:username}\",\"arn:aws:s3:::b\"]"))) },
          BAKERY_OK,
          "ann|mYTeamProdAdmin Legacy|",
          NULL },
};

static char *text_of(const bakery_caller *caller)
{
        struct buf text = { .max = 1 << 16 };

        bakery__buf_format(&text, "%s|", bakery_caller_user(caller));
        for (size_t i = 0; i < bakery_caller_group_count(caller); i++)
                bakery__buf_format(&text, "%s%s", i ? " " : "", bakery_caller_group(caller, i));
        bakery__buf_char(&text, '|');
        for (size_t i = 0; i < bakery_caller_other_role_count(caller); i++)
                bakery__buf_format(&text, "%s%s by %s", i ? " " : "", bakery_caller_other_role(caller, i),
                                   bakery_caller_other_role_group(caller, i));
        return text.at;
}

START_TEST(reads_the_caller)
{
        AUTO_PTR(bakery_config) config = config_of(OWN ENVIRONMENTS TYPES);
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_caller) caller = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        size_t n_first = 0;

        for (; n_first < N_ELEMENTS(callers[_i].first) && callers[_i].first[n_first].action; n_first++)
                wire.replies[n_first] = callers[_i].first[n_first];
        memcpy(wire.replies + n_first, usual, sizeof usual);
        bakery_status st = bakery_caller_read(fake_client(&wire), config, keys, NULL, &caller, &err);
        ck_assert_msg(st == callers[_i].status, "%s: %s", bakery_status_name(st), bakery_error_message(err));
        const char *warning = wire.log.at ? strstr(wire.log.at, "warning") : NULL;
        ck_assert_msg(!warning == !callers[_i].log, "the log: %s", wire.log.at);
        if (callers[_i].log)
                ck_assert_ptr_nonnull(strstr(wire.log.at, callers[_i].log));
        if (st) {
                ck_assert_ptr_null(caller);
                ck_says(err, callers[_i].says);
                if (st == BAKERY_ERR_DENIED)
                        ck_hints(err, "members of MyTeamAwsBakeryReadOnly may read IAM");
                else if (wire.requests == 1 && !strstr(callers[_i].says, "ExpiredToken"))
                        ck_hints(err, "--profile");
                return;
        }
        AUTO_FREE char *text = text_of(caller);
        ck_assert_str_eq(text, callers[_i].says);
        ck_assert_int_eq(bakery_caller_is_in(caller, "MyTeamProdAdmin"), bakery_caller_group_count(caller) > 0);
        ck_assert_int_eq(bakery_caller_is_in(caller, "MyTeamProd"), 0);
}
END_TEST

/* More groups and roles than there is room for at first. */
START_TEST(reads_many_groups)
{
        enum { MANY = 40 };
        AUTO_PTR(bakery_config) config = config_of(OWN ENVIRONMENTS TYPES);
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_caller) caller = NULL;
        AUTO_CLEAR(buf) groups = { .max = 1 << 16 };
        AUTO_CLEAR(buf) policy = { .max = 1 << 16 };
        const char *between = "";

        bakery__buf_text(&groups, "<ListGroupsForUserResponse><ListGroupsForUserResult><Groups>");
        bakery__buf_text(&policy, "<GetGroupPolicyResponse><GetGroupPolicyResult><PolicyDocument>"
                                  "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Resource\":[");
        for (int i = 0; i < MANY; i++, between = ",") {
                bakery__buf_format(&groups, "<member><GroupName>G%d</GroupName><Arn>arn:g</Arn></member>", i);
                bakery__buf_format(&policy, "%s\"arn:aws:iam::777777777777:role/R%d\"", between, i);
        }
        bakery__buf_text(&groups, "</Groups></ListGroupsForUserResult></ListGroupsForUserResponse>");
        bakery__buf_text(&policy, "]}}</PolicyDocument></GetGroupPolicyResult></GetGroupPolicyResponse>");
        memcpy(wire.replies, usual, sizeof usual);
        wire.replies[1] = (struct fake_reply)REPLY("ListGroupsForUser", NULL, 200, groups.at);
        wire.replies[5] = (struct fake_reply)REPLY("GetGroupPolicy", NULL, 200, policy.at);
        ck_assert_int_eq(bakery_caller_read(fake_client(&wire), config, keys, NULL, &caller, NULL), BAKERY_OK);
        ck_assert_uint_eq(bakery_caller_group_count(caller), MANY);
        ck_assert_str_eq(bakery_caller_group(caller, MANY - 1), "G39");
        ck_assert_uint_eq(bakery_caller_other_role_count(caller), MANY);
        ck_assert_str_eq(bakery_caller_other_role(caller, MANY - 1), "arn:aws:iam::777777777777:role/R39");
        ck_assert_str_eq(bakery_caller_other_role_group(caller, MANY - 1), "G0");
}
END_TEST

Suite *caller_suite(void)
{
        Suite *suite = suite_create("caller");
        TCase *tests = tcase_create("all");

        tcase_add_loop_test(tests, reads_the_caller, 0, N_ELEMENTS(callers));
        tcase_add_test(tests, reads_many_groups);
        suite_add_tcase(suite, tests);
        return suite;
}
