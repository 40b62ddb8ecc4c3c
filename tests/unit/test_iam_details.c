/* A whole account's IAM, page after page. */
#include "aws/iam_details.h"

#include <check.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "fake_wire.h"

Suite *iam_details_suite(void);

#define PAGE(text)                                                                            \
        "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>" text \
        "</GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>"
#define MORE(marker) "<IsTruncated>true</IsTruncated><Marker>" marker "</Marker>"
#define INLINE(list, name, document)                                                   \
        "<" list "><member><PolicyName>" name "</PolicyName><PolicyDocument>" document \
        "</PolicyDocument></member></" list ">"
#define ATTACHED(name)                                                                           \
        "<AttachedManagedPolicies><member><PolicyName>" name "</PolicyName><PolicyArn>arn:" name \
        "</PolicyArn></member></AttachedManagedPolicies>"
#define USER                                                                                                                            \
        "<member><UserName>ann</UserName><UserId>AIDA1</UserId><Arn>arn:ann</Arn><Path>/p/</Path><CreateDate>"                          \
        "2026-11-22T10:00:00Z</CreateDate><GroupList><member>G1</member><member>G2</member></GroupList>" INLINE(                        \
                "UserPolicyList", "in", "%7B%7D")                                                                                       \
                ATTACHED(                                                                                                               \
                        "At") "<PermissionsBoundary><PermissionsBoundaryArn>arn:b</PermissionsBoundaryArn></PermissionsBoundary><Tags>" \
                              "<member><Key>k</Key><Value>v</Value></member></Tags></member>"
#define GROUP                                                                                              \
        "<member><GroupName>G1</GroupName><GroupId>AGPA1</GroupId><Arn>arn:G1</Arn><Path>/</Path>" INLINE( \
                "GroupPolicyList", "in", "%5B1%5D") ATTACHED("At") "</member>"
#define ROLE                                                                                                    \
        "<member><RoleName>R</RoleName><RoleId>AROA1</RoleId><Arn>arn:R</Arn><Path>/</Path>"                    \
        "<AssumeRolePolicyDocument>%7B%22t%22%3A1%7D</AssumeRolePolicyDocument>" INLINE("RolePolicyList", "in", \
                                                                                        "%5B2%5D")              \
                ATTACHED(                                                                                       \
                        "At") "<RoleLastUsed><LastUsedDate>2026-11-22T10:00:01Z</LastUsedDate></RoleLastUsed></member>"
#define POLICY(arn)                                                                                              \
        "<member><PolicyName>P</PolicyName><PolicyId>ANPA1</PolicyId><Arn>" arn "</Arn><Path>/</Path>"           \
        "<DefaultVersionId>v2</DefaultVersionId><AttachmentCount>3</AttachmentCount><PolicyVersionList><member>" \
        "<Document>%22old%22</Document><VersionId>v1</VersionId><IsDefaultVersion>false</IsDefaultVersion>"      \
        "</member><member><Document>%22new%22</Document><VersionId>v2</VersionId></member></PolicyVersionList></member>"

#define OUR_POLICY "arn:aws:iam::111111111111:policy/P"
#define AWS_POLICY "arn:aws-cn:iam::aws:policy/P"

static void add(struct buf *said, const char *text)
{
        bakery__buf_format(said, "%s ", text ? text : "-");
}

/* One line of all that an entity has. */
static bakery_status describe(const struct iam_entity *entity, void *context, bakery_error **err)
{
        static const char *const kinds[] = { [IAM_USER] = "user", [IAM_GROUP] = "group", [IAM_ROLE] = "role" };
        struct buf *said = context;

        (void)err;
        add(said, kinds[entity->kind]);
        add(said, entity->name);
        add(said, entity->path);
        add(said, entity->arn);
        add(said, entity->id);
        add(said, entity->boundary);
        add(said, entity->trust);
        bakery__buf_format(said, "%lld %lld", (long long)entity->created_s, (long long)entity->last_used_s);
        for (size_t i = 0; i < entity->tag_count; i++)
                bakery__buf_format(said, " tag:%s=%s", entity->tags[i].key, entity->tags[i].value);
        for (size_t i = 0; i < entity->group_count; i++)
                bakery__buf_format(said, " in:%s", entity->groups[i]);
        for (size_t i = 0; i < entity->inline_policy_count; i++)
                bakery__buf_format(said, " inline:%s=%s", entity->inline_policies[i].name,
                                   entity->inline_policies[i].document);
        for (size_t i = 0; i < entity->attached_policy_count; i++)
                bakery__buf_format(said, " attached:%s=%s", entity->attached_policies[i].name,
                                   entity->attached_policies[i].arn);
        bakery__buf_char(said, '\n');
        return BAKERY_OK;
}

static bakery_status describe_policy(const struct iam_managed_policy *policy, void *context, bakery_error **err)
{
        (void)err;
        bakery__buf_format(context, "policy %s %s %s %s %s %u\n", policy->name, policy->arn, policy->id,
                           policy->default_version, policy->document, policy->attachment_count);
        return BAKERY_OK;
}

static bakery_status describe_aws_policy(const struct iam_managed_policy *policy, void *context, bakery_error **err)
{
        bakery__buf_text(context, "aws ");
        return describe_policy(policy, context, err);
}

static const char everything[] = PAGE(
        "<UserDetailList>" USER "</UserDetailList><GroupDetailList>" GROUP "</GroupDetailList><RoleDetailList>" ROLE
        "</RoleDetailList><Policies>" POLICY(OUR_POLICY) POLICY(AWS_POLICY) "</Policies>");

#define USER_LINE \
        "user ann /p/ arn:ann AIDA1 arn:b - 1795341600 0 tag:k=v in:G1 in:G2 inline:in={} attached:At=arn:At\n"
#define GROUP_LINE "group G1 / arn:G1 AGPA1 - - 0 0 inline:in=[1] attached:At=arn:At\n"
#define ROLE_LINE "role R / arn:R AROA1 - {\"t\":1} 0 1795341601 inline:in=[2] attached:At=arn:At\n"
#define POLICY_LINE "policy P " OUR_POLICY " ANPA1 v2 \"new\" 3\n"
#define AWS_POLICY_LINE "aws policy P " AWS_POLICY " ANPA1 v2 \"new\" 3\n"
#define ASKED "Action=GetAccountAuthorizationDetails&Version=2010-05-08"

static const struct {
        struct iam_details details;
        const char *form, *said;
} askings[] = {
        { { describe, describe, describe, describe_policy, describe_aws_policy, NULL },
          ASKED "&Filter.member.1=User&Filter.member.2=Group&Filter.member.3=Role&Filter.member.4=LocalManagedPolicy"
                "&Filter.member.5=AWSManagedPolicy&MaxItems=80",
          GROUP_LINE USER_LINE ROLE_LINE POLICY_LINE AWS_POLICY_LINE },
        { { .user = describe }, ASKED "&Filter.member.1=User&MaxItems=200", USER_LINE },
        { { .group = describe, .user = describe },
          ASKED "&Filter.member.1=User&Filter.member.2=Group&MaxItems=200",
          GROUP_LINE USER_LINE },
        { { .role = describe }, ASKED "&Filter.member.1=Role&MaxItems=80", ROLE_LINE },
        { { .policy = describe_policy }, ASKED "&Filter.member.1=LocalManagedPolicy&MaxItems=80", POLICY_LINE },
        { { .aws_policy = describe_aws_policy },
          ASKED "&Filter.member.1=AWSManagedPolicy&MaxItems=80",
          AWS_POLICY_LINE },
};

START_TEST(tells_what_is_asked_for)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, everything) } };
        AUTO_CLEAR(buf) said = { .max = 1 << 16 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        struct iam_details details = askings[_i].details;

        details.context = &said;
        bakery_status st = bakery__iam_details(&aws, &details, &err);
        ck_assert_msg(st == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_str_eq(wire.last.body, askings[_i].form);
        ck_assert_str_eq(said.at, askings[_i].said);
        ck_assert_uint_eq(wire.last.max_body_bytes, 8 << 20);
}
END_TEST

START_TEST(turns_pages)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, PAGE("<RoleDetailList>" ROLE "</RoleDetailList>" MORE("m/1"))),
                              ANSWER(200, NULL, PAGE(MORE("m2"))),
                              ANSWER(200, NULL, PAGE("<UserDetailList>" USER "</UserDetailList>")) } };
        AUTO_CLEAR(buf) said = { .max = 1 << 16 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct iam_details details = { .user = describe, .role = describe, .context = &said };

        ck_assert_int_eq(bakery__iam_details(&aws, &details, NULL), BAKERY_OK);
        ck_assert_uint_eq(wire.requests, 3);
        ck_assert_str_eq(said.at, ROLE_LINE USER_LINE);
        ck_assert_str_eq(wire.last.body, ASKED "&Filter.member.1=User&Filter.member.2=Role&MaxItems=80&Marker=m2");
}
END_TEST

/* An audit that leaves out what it cannot read would say that all is well. */
static const struct {
        const char *body, *says;
} broken[] = {
        { PAGE("<UserDetailList><member><Arn>a</Arn></member></UserDetailList>"), "it lacks the name or the ARN" },
        { PAGE("<UserDetailList><member><UserName>u</UserName><Arn>a</Arn><UserPolicyList><member><PolicyName>p"
               "</PolicyName></member></UserPolicyList></member></UserDetailList>"),
          "it lacks PolicyDocument" },
        { PAGE("<UserDetailList><member><UserName>u</UserName><Arn>a</Arn><UserPolicyList><member><PolicyDocument>p"
               "</PolicyDocument></member></UserPolicyList></member></UserDetailList>"),
          "it lacks the name of a policy" },
        { PAGE("<GroupDetailList><member><GroupName>u</GroupName><Arn>a</Arn><AttachedManagedPolicies><member>"
               "<PolicyName>p</PolicyName></member></AttachedManagedPolicies></member></GroupDetailList>"),
          "it lacks the name or the ARN of a policy" },
        { PAGE("<RoleDetailList><member><RoleName>u</RoleName><Arn>a</Arn></member></RoleDetailList>"),
          "it lacks AssumeRolePolicyDocument" },
        { PAGE("<Policies><member><PolicyName>p</PolicyName><Arn>a</Arn><DefaultVersionId>v9</DefaultVersionId>"
               "<PolicyVersionList><member><VersionId>v1</VersionId><Document>x</Document></member>"
               "</PolicyVersionList></member></Policies>"),
          "it lacks Document" },
        { PAGE("<UserDetailList/>"
               "<IsTruncated>true</IsTruncated>"),
          "it lacks the Marker of the next page" },
};

START_TEST(leaves_nothing_out)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, broken[_i].body) } };
        AUTO_CLEAR(buf) said = { .max = 1 << 16 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct iam_details details = {
                describe, describe, describe, describe_policy, describe_aws_policy, &said
        };

        ck_assert_int_eq(bakery__iam_details(&aws, &details, &err), BAKERY_ERR_NETWORK);
        ck_says(err, broken[_i].says);
        ck_assert_uint_eq(said.len, 0);
}
END_TEST

static bakery_status stop(const struct iam_entity *entity, void *context, bakery_error **err)
{
        ++*(unsigned *)context;
        return bakery__fail(err, BAKERY_ERR_CANCELLED, "enough of %s", entity->name);
}

START_TEST(a_callback_can_end_it)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, PAGE("<UserDetailList>" USER USER "</UserDetailList>" MORE("m"))) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        unsigned told = 0;
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        const struct iam_details details = { .user = stop, .context = &told };

        ck_assert_int_eq(bakery__iam_details(&aws, &details, &err), BAKERY_ERR_CANCELLED);
        ck_says(err, "enough of ann");
        ck_assert_uint_eq(told, 1);
        ck_assert_uint_eq(wire.requests, 1);
}
END_TEST

enum { USERS = 5000, A_PAGE = 100 };

/* 5,000 users in 50 pages, with what users have. */
static char *page_body;

static const struct fake_answer *one_of_fifty(struct fake_wire *wire)
{
        static struct fake_answer answer = { .status = 200 };
        AUTO_CLEAR(buf) body = { .max = 4 << 20 };

        free(page_body);
        bakery__buf_text(&body, "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>"
                                "<UserDetailList>");
        for (unsigned i = 0; i < A_PAGE; i++)
                bakery__buf_format(&body,
                                   "<member><UserName>user-%u</UserName><Arn>arn:aws:iam::111111111111:user/u</Arn>"
                                   "<GroupList><member>A</member><member>B</member></GroupList>" INLINE(
                                           "UserPolicyList", "in", "%%7B%%7D") "</member>",
                                   (wire->requests - 1) * A_PAGE + i);
        bakery__buf_text(&body, "</UserDetailList>");
        if (wire->requests * A_PAGE < USERS)
                bakery__buf_format(&body, MORE("m%u"), wire->requests);
        bakery__buf_text(&body, "</GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>");
        ck_assert_int_eq(bakery__buf_take(&body, "page", &page_body, NULL, NULL), BAKERY_OK);
        answer.body = page_body;
        return &answer;
}

struct counted {
        unsigned users;
        size_t early, most; /* bytes of the heap: in the first pages, and ever since */
};

static bakery_status count(const struct iam_entity *user, void *context, bakery_error **err)
{
        struct counted *counted = context;
        char want[32];

        (void)err;
        snprintf(want, sizeof want, "user-%u", counted->users);
        if (strcmp(user->name, want) != 0 || user->group_count != 2 || user->inline_policy_count != 1)
                ck_abort_msg("%s, not %s", user->name, want);
        counted->users++;
#ifndef __SANITIZE_ADDRESS__
        size_t now = mallinfo2().uordblks;
        if (counted->users <= 10 * A_PAGE)
                counted->early = now > counted->early ? now : counted->early;
        counted->most = now > counted->most ? now : counted->most;
#endif
        return BAKERY_OK;
}

START_TEST(five_thousand_users_take_the_memory_of_a_page)
{
        AUTO_CLEAR(fake_wire) wire = { .choose = one_of_fifty };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        struct counted counted = { 0 };
        bakery_client_options options = fake_options(&wire);

        options.region = "us-east-1";
        options.log = NULL; /* which the test would keep */
        const struct aws_access aws = { fake_client_with(&wire, &options), keys, NULL };
        const struct iam_details details = { .user = count, .context = &counted };
        ck_assert_msg(bakery__iam_details(&aws, &details, &err) == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_uint_eq(counted.users, USERS);
        ck_assert_msg(counted.most <= counted.early + 65536, "%zu bytes, then %zu", counted.early, counted.most);
        free(page_body);
        page_body = NULL;
}
END_TEST

Suite *iam_details_suite(void)
{
        Suite *suite = suite_create("iam_details");
        TCase *tcase = tcase_create("details");

        tcase_set_timeout(tcase, 60);
        tcase_add_loop_test(tcase, tells_what_is_asked_for, 0, (int)N_ELEMENTS(askings));
        tcase_add_test(tcase, turns_pages);
        tcase_add_loop_test(tcase, leaves_nothing_out, 0, (int)N_ELEMENTS(broken));
        tcase_add_test(tcase, a_callback_can_end_it);
        tcase_add_test(tcase, five_thousand_users_take_the_memory_of_a_page);
        suite_add_tcase(suite, tcase);
        return suite;
}
