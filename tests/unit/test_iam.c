/* Lists of IAM, page after page. */
#include "aws/iam.h"

#include <check.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "fake_wire.h"

Suite *iam_suite(void);

#define PAGE(users, rest) \
        "<ListUsersResponse><ListUsersResult><Users>" users "</Users>" rest "</ListUsersResult></ListUsersResponse>"
#define USER(name) "<member><Path>/</Path><UserName>" name "</UserName></member>"
#define MORE(marker) "<IsTruncated>true</IsTruncated><Marker>" marker "</Marker>"

static bakery_status list_users(bakery_client *client, const bakery_credentials *keys, iam_each *each, void *context,
                                bakery_error **err)
{
        return bakery__iam_list(&(struct aws_access){ client, keys, NULL }, IAM_USERS, NULL, each, context, err);
}

/* Joins the names with blanks. */
static bakery_status keep(const struct iam_entry *entry, void *context, bakery_error **err)
{
        struct buf *names = context;

        (void)err;
        if (names->len > 0)
                bakery__buf_char(names, ' ');
        bakery__buf_text(names, entry->name);
        return BAKERY_OK;
}

static const struct {
        struct fake_answer answers[8];
        const char *names; /* that came before the end, or the error */
        unsigned requests;
        const char *says; /* NULL: no error */
} walks[] = {
        { { ANSWER(200, NULL, PAGE("", "<IsTruncated>false</IsTruncated>")) }, "", 1, NULL },
        { { ANSWER(200, NULL, PAGE(USER("a") USER("b"), "")) }, "a b", 1, NULL },
        { { ANSWER(200, NULL, PAGE(USER("a") USER("b"), "<IsTruncated>false</IsTruncated><Marker>m</Marker>")) },
          "a b",
          1,
          NULL },
        { { ANSWER(200, NULL, PAGE(USER("a") "<member/>" USER("b"), "")) }, "a", 1, "it lacks the name of an entry" },
        { { ANSWER(200, NULL, PAGE(USER(""), "")) }, "", 1, "it lacks the name of an entry" },
        { { ANSWER(200, NULL, PAGE(USER("a"), MORE("m/1"))), ANSWER(200, NULL, PAGE("", MORE("m2"))),
            ANSWER(200, NULL, PAGE(USER("b"), "")) },
          "a b",
          3,
          NULL },
        { { ANSWER(200, NULL, "<ListUsersResponse/>") }, "", 1, NULL },
        { { ANSWER(200, NULL, PAGE(USER("a"), MORE("m1"))), ANSWER(200, NULL, PAGE(USER("b"), MORE("m1"))) },
          "a b",
          2,
          "ListUsers: the marker did not advance" },
        { { ANSWER(200, NULL, PAGE(USER("a"), MORE("m1"))), ANSWER(200, NULL, PAGE(USER("b"), MORE("m2"))),
            ANSWER(200, NULL, PAGE(USER("c"), MORE("m3"))), ANSWER(200, NULL, PAGE(USER("d"), MORE("m3"))) },
          "a b c d",
          4,
          "ListUsers: the marker did not advance" },
        { { ANSWER(200, NULL, PAGE(USER("a"), "<IsTruncated>true</IsTruncated>")) },
          "a",
          1,
          "unexpected answer from iam (HTTP 200, request id none): it lacks the Marker of the next page" },
        { { ANSWER(200, NULL, PAGE(USER("a"), MORE(""))) }, "a", 1, "it lacks the Marker of the next page" },
        { { ANSWER(200, NULL, PAGE(USER("a"), MORE("m1"))), ANSWER(403, NULL,
                                                                   "<ErrorResponse><Error><Code>AccessDenied"
                                                                   "</Code></Error></ErrorResponse>") },
          "a",
          2,
          "AccessDenied" },
        { { ANSWER(200, NULL, PAGE(USER("a"), MORE("m1"))), ANSWER(200, NULL, "<html/>") },
          "a",
          2,
          "unexpected answer from iam" },
        { { ANSWER(200, NULL, PAGE(USER("a"), MORE("m1"))), ANSWER(503, NULL, ""),
            ANSWER(200, NULL, PAGE(USER("b"), "")) },
          "a b",
          3,
          NULL },
};

START_TEST(walks_pages)
{
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_CLEAR(buf) names = { .max = 1 << 16 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;

        memcpy(wire.answers, walks[_i].answers, sizeof wire.answers);
        bakery_status st = list_users(fake_client(&wire), keys, keep, &names, &err);
        ck_assert_msg((st == BAKERY_OK) == (walks[_i].says == NULL), "%d: %s", _i, bakery_error_message(err));
        ck_assert_str_eq(names.at ? names.at : "", walks[_i].names);
        ck_assert_uint_eq(wire.requests, walks[_i].requests);
        if (walks[_i].says)
                ck_says(err, walks[_i].says);
}
END_TEST

START_TEST(sends_the_marker)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, PAGE(USER("a"), MORE("m/1+="))),
                              ANSWER(200, NULL, PAGE(USER("b"), "")) } };
        AUTO_CLEAR(buf) names = { .max = 1 << 16 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();

        list_users(fake_client(&wire), keys, keep, &names, NULL);
        ck_assert_str_eq(wire.last.body, "Action=ListUsers&Version=2010-05-08&Marker=m%2F1%2B%3D");
}
END_TEST

/* Markers that go in a circle: each differs from the one before. */
static char circle_body[512];

static const struct fake_answer *in_a_circle(struct fake_wire *wire)
{
        static struct fake_answer answer = { .status = 200, .body = circle_body };

        ck_assert_uint_lt(wire->requests, 100);
        snprintf(circle_body, sizeof circle_body, PAGE(USER("a"), MORE("m%u")), 5 + wire->requests % 3);
        return &answer;
}

START_TEST(markers_in_a_circle_end)
{
        AUTO_CLEAR(fake_wire) wire = { .choose = in_a_circle };
        AUTO_CLEAR(buf) names = { .max = 1 << 16 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(list_users(fake_client(&wire), keys, keep, &names, &err), BAKERY_ERR_NETWORK);
        ck_says(err, "the marker did not advance");
}
END_TEST

enum { PAGES = 1000, USERS_A_PAGE = 100 };

static char *page_body;

static const struct fake_answer *one_of_a_thousand(struct fake_wire *wire)
{
        static struct fake_answer answer = { .status = 200 };
        AUTO_CLEAR(buf) body = { .max = 1 << 20 };

        free(page_body);
        bakery__buf_text(&body, "<ListUsersResponse><ListUsersResult><Users>");
        for (unsigned i = 0; i < USERS_A_PAGE; i++)
                bakery__buf_format(&body, USER("user-%u"), (wire->requests - 1) * USERS_A_PAGE + i);
        bakery__buf_text(&body, "</Users>");
        if (wire->requests < PAGES)
                bakery__buf_format(&body, MORE("m%u"), wire->requests);
        bakery__buf_text(&body, "</ListUsersResult></ListUsersResponse>");
        ck_assert_int_eq(bakery__buf_take(&body, "page", &page_body, NULL, NULL), BAKERY_OK);
        answer.body = page_body;
        return &answer;
}

struct counted {
        unsigned names;
        size_t early, most; /* bytes of the heap: after some pages, and ever since */
};

static bakery_status count(const struct iam_entry *entry, void *context, bakery_error **err)
{
        struct counted *counted = context;
        char want[32];

        (void)err;
        snprintf(want, sizeof want, "user-%u", counted->names);
        if (strcmp(entry->name, want) != 0) /* Check's words cost a write each */
                ck_abort_msg("%s, not %s", entry->name, want);
        counted->names++;
#ifndef __SANITIZE_ADDRESS__
        size_t now = mallinfo2().uordblks;
        if (counted->names <= 10 * USERS_A_PAGE)
                counted->early = now > counted->early ? now : counted->early;
        counted->most = now > counted->most ? now : counted->most;
#endif
        return BAKERY_OK;
}

START_TEST(a_thousand_pages_take_the_memory_of_one)
{
        AUTO_CLEAR(fake_wire) wire = { .choose = one_of_a_thousand };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        struct counted counted = { 0 };
        bakery_client_options options = fake_options(&wire);

        options.region = "us-east-1";
        options.log = NULL; /* which the test would keep */
        ck_assert_msg(list_users(fake_client_with(&wire, &options), keys, count, &counted, &err) == BAKERY_OK, "%s",
                      bakery_error_message(err));
        ck_assert_uint_eq(wire.requests, PAGES);
        ck_assert_uint_eq(counted.names, PAGES * USERS_A_PAGE);
        ck_assert_msg(counted.most <= counted.early + 65536, "%zu bytes, then %zu", counted.early, counted.most);
        free(page_body);
        page_body = NULL;
}
END_TEST

static bakery_status stop_at_b(const struct iam_entry *entry, void *context, bakery_error **err)
{
        ++*(unsigned *)context;
        return *entry->name == 'b' ? bakery__fail(err, BAKERY_ERR_CANCELLED, "enough") : BAKERY_OK;
}

START_TEST(a_callback_can_end_the_walk)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, PAGE(USER("a") USER("b") USER("c"), MORE("m"))) } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        unsigned told = 0;

        ck_assert_int_eq(list_users(fake_client(&wire), keys, stop_at_b, &told, &err), BAKERY_ERR_CANCELLED);
        ck_says(err, "enough");
        ck_assert_uint_eq(told, 2);
        ck_assert_uint_eq(wire.requests, 1);
}
END_TEST

/* "name|arn|path|user|status|since|password" of each entry. */
static bakery_status describe(const struct iam_entry *entry, void *context, bakery_error **err)
{
        const char *texts[] = { entry->name, entry->arn, entry->path, entry->user, entry->status };
        struct buf *said = context;

        (void)err;
        for (size_t i = 0; i < N_ELEMENTS(texts); i++)
                bakery__buf_format(said, "%s|", texts[i] ? texts[i] : "-");
        bakery__buf_format(said, "%lld|%lld;", (long long)entry->since_s, (long long)entry->password_last_used_s);
        return BAKERY_OK;
}

#define NAMES "<PolicyNames><member>p,1</member><member>p2</member></PolicyNames>"
#define ATTACHED                                                                                               \
        "<AttachedPolicies><member><PolicyName>P</PolicyName><PolicyArn>arn:aws:iam::aws:policy/P</PolicyArn>" \
        "</member></AttachedPolicies>"
#define DATE "<CreateDate>2026-11-22T10:00:00Z</CreateDate>"

static const struct {
        enum iam_list list;
        const char *of, *form; /* what is asked */
        const char *body, *entries;
} lists[] = {
        { IAM_USERS, "/team/", "Action=ListUsers&Version=2010-05-08&PathPrefix=%2Fteam%2F",
          "<Users><member><UserName>ann</UserName><Arn>arn:aws:iam::111111111111:user/team/ann</Arn><Path>/team/</Path>" DATE
          "<PasswordLastUsed>2026-11-22T10:00:01Z</PasswordLastUsed></member></Users>",
          "ann|arn:aws:iam::111111111111:user/team/ann|/team/|ann|-|1795341600|1795341601;" },
        { IAM_GROUPS, NULL, "Action=ListGroups&Version=2010-05-08",
          "<Groups><member><GroupName>G</GroupName>" DATE "</member></Groups>", "G|-|-|-|-|1795341600|0;" },
        { IAM_ROLES, "/", "Action=ListRoles&Version=2010-05-08&PathPrefix=%2F",
          "<Roles><member><RoleName>R</RoleName><Path>/</Path></member></Roles>", "R|-|/|-|-|0|0;" },
        { IAM_GROUPS_OF_USER, "ann", "Action=ListGroupsForUser&Version=2010-05-08&UserName=ann",
          "<Groups><member><GroupName>G</GroupName></member></Groups>", "G|-|-|-|-|0|0;" },
        { IAM_MEMBERS_OF_GROUP, "g&h", "Action=GetGroup&Version=2010-05-08&GroupName=g%26h",
          "<Group><GroupName>g</GroupName></Group><Users><member><UserName>a</UserName></member></Users>",
          "a|-|-|a|-|0|0;" },
        { IAM_USER_POLICIES, "ann", "Action=ListUserPolicies&Version=2010-05-08&UserName=ann", NAMES,
          "p,1|-|-|-|-|0|0;p2|-|-|-|-|0|0;" },
        { IAM_GROUP_POLICIES, "G", "Action=ListGroupPolicies&Version=2010-05-08&GroupName=G", NAMES,
          "p,1|-|-|-|-|0|0;p2|-|-|-|-|0|0;" },
        { IAM_ROLE_POLICIES, "R", "Action=ListRolePolicies&Version=2010-05-08&RoleName=R", NAMES,
          "p,1|-|-|-|-|0|0;p2|-|-|-|-|0|0;" },
        { IAM_ATTACHED_USER_POLICIES, "ann", "Action=ListAttachedUserPolicies&Version=2010-05-08&UserName=ann",
          ATTACHED, "P|arn:aws:iam::aws:policy/P|-|-|-|0|0;" },
        { IAM_ATTACHED_GROUP_POLICIES, "G", "Action=ListAttachedGroupPolicies&Version=2010-05-08&GroupName=G", ATTACHED,
          "P|arn:aws:iam::aws:policy/P|-|-|-|0|0;" },
        { IAM_ATTACHED_ROLE_POLICIES, "R", "Action=ListAttachedRolePolicies&Version=2010-05-08&RoleName=R", ATTACHED,
          "P|arn:aws:iam::aws:policy/P|-|-|-|0|0;" },
        { IAM_ACCESS_KEYS, "ann", "Action=ListAccessKeys&Version=2010-05-08&UserName=ann",
          "<AccessKeyMetadata><member><UserName>ann</UserName><AccessKeyId>AKIA1</AccessKeyId><Status>Inactive</Status>" DATE
          "</member></AccessKeyMetadata>",
          "AKIA1|-|-|ann|Inactive|1795341600|0;" },
        { IAM_MFA_DEVICES, NULL, "Action=ListMFADevices&Version=2010-05-08",
          "<MFADevices><member><UserName>ann</UserName><SerialNumber>s</SerialNumber><EnableDate>2026-11-22T10:00:00Z"
          "</EnableDate></member></MFADevices>",
          "s|-|-|ann|-|1795341600|0;" },
        { IAM_VIRTUAL_MFA_DEVICES, "Assigned",
          "Action=ListVirtualMFADevices&Version=2010-05-08&AssignmentStatus=Assigned",
          "<VirtualMFADevices><member><SerialNumber>s</SerialNumber><EnableDate>2026-11-22T10:00:00Z</EnableDate>"
          "<User><UserName>ann</UserName></User></member></VirtualMFADevices>",
          "s|-|-|ann|-|1795341600|0;" },
};

START_TEST(lists_what_is_asked_for)
{
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_CLEAR(buf) body = { .max = 4096 };
        AUTO_CLEAR(buf) said = { .max = 1000 };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        const char *action = lists[_i].form + strlen("Action=");
        int len = (int)strcspn(action, "&");

        bakery__buf_format(&body, "<%.*sResponse><%.*sResult>%s</%.*sResult></%.*sResponse>", len, action, len, action,
                           lists[_i].body, len, action, len, action);
        wire.answers[0] = (struct fake_answer){ .status = 200, .body = body.at };
        const struct aws_access aws = { fake_client(&wire), keys, NULL };
        bakery_status st = bakery__iam_list(&aws, lists[_i].list, lists[_i].of, describe, &said, &err);
        ck_assert_msg(st == BAKERY_OK, "%s", bakery_error_message(err));
        ck_assert_str_eq(wire.last.body, lists[_i].form);
        ck_assert_str_eq(said.at, lists[_i].entries);
}
END_TEST

Suite *iam_suite(void)
{
        Suite *suite = suite_create("iam");
        TCase *tcase = tcase_create("lists");

        tcase_set_timeout(tcase, 60);
        tcase_add_loop_test(tcase, walks_pages, 0, (int)N_ELEMENTS(walks));
        tcase_add_test(tcase, sends_the_marker);
        tcase_add_test(tcase, markers_in_a_circle_end);
        tcase_add_test(tcase, a_thousand_pages_take_the_memory_of_one);
        tcase_add_test(tcase, a_callback_can_end_the_walk);
        tcase_add_loop_test(tcase, lists_what_is_asked_for, 0, (int)N_ELEMENTS(lists));
        suite_add_tcase(suite, tcase);
        return suite;
}
