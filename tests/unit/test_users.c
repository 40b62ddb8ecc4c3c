/* Users as code: what is planned, what goes over the wire, and what a failure leaves undone. */
#include "access/users.h"

#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "access/users_report.h"
#include "fake_wire.h"
#include "formats/base64.h"
#include "support.h"

Suite *users_suite(void);

#define REFUSED(code) "<ErrorResponse><Error><Code>" code "</Code></Error></ErrorResponse>"
#define BASE OWN ENVIRONMENTS TYPES "AdminGroups: MyTeamProdAdmin\nExpectedAdmins: [boss]\n"

/* An account, "G1 G2|ann:G1,G2 bob:": its groups, and its users with theirs. */
static void write_account(struct buf *into, const char *account)
{
        const char *bar = strchr(account, '|');

        bakery__buf_text(into, "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>"
                               "<UserDetailList>");
        for (const char *at = bar + 1; *at; at += strspn(at, " ")) {
                size_t name = strcspn(at, ":");

                bakery__buf_format(into, "<member><UserName>%.*s</UserName><Arn>a</Arn><GroupList>", (int)name, at);
                for (at += name + 1; *at && *at != ' '; at += *at == ',') {
                        size_t len = strcspn(at, ", ");

                        bakery__buf_format(into, "<member>%.*s</member>", (int)len, at);
                        at += len;
                }
                bakery__buf_text(into, "</GroupList></member>");
        }
        bakery__buf_text(into, "</UserDetailList><GroupDetailList>");
        for (const char *at = account; at < bar; at += strspn(at, " ")) {
                size_t len = strcspn(at, " |");

                bakery__buf_format(into, "<member><GroupName>%.*s</GroupName><Arn>a</Arn></member>", (int)len, at);
                at += len;
        }
        bakery__buf_text(into, "</GroupDetailList></GetAccountAuthorizationDetailsResult>"
                               "</GetAccountAuthorizationDetailsResponse>");
}

enum { RULES = 8 };

/* IAM, as a test wants it. The wire comes first: the rest is found by it. */
struct iam {
        struct fake_wire wire;
        struct buf account;
        struct buf report;
        const char *caller; /* "user/ann" */
        struct {
                const char *piece; /* of the request's body */
                struct fake_answer answer;
                unsigned times; /* 0: always */
        } rules[RULES];
        unsigned used[RULES];
        struct buf wrote; /* "AddUserToGroup ann MyTeamProdAdmin\n" for each request that changes something */
        char password[100];
};

static void end_iam(struct iam *iam)
{
        bakery__buf_clear(&iam->account);
        bakery__buf_clear(&iam->report);
        bakery__buf_clear(&iam->wrote);
        fake_end(&iam->wire);
}
DEFINE_AUTO_CLEAR(iam, end_iam)

static const char *value_of(const char *body, const char *name, char *ret, size_t size)
{
        const char *at = strstr(body, name);
        size_t len = at ? strcspn(at + strlen(name), "&") : 0;

        snprintf(ret, size, "%.*s", (int)len, at ? at + strlen(name) : "");
        return ret;
}

static void keep_write(struct iam *iam, const char *body)
{
        char action[64], user[64], group[64];

        value_of(body, "Action=", action, sizeof action);
        if (strncmp(action, "Get", 3) == 0 || strncmp(action, "Generate", 8) == 0)
                return;
        value_of(body, "GroupName=", group, sizeof group);
        bakery__buf_format(&iam->wrote, "%s %s%s%s\n", action, value_of(body, "UserName=", user, sizeof user),
                           *group ? " " : "", group);
        if (strstr(body, "Password="))
                value_of(body, "Password=", iam->password, sizeof iam->password);
}

static const struct fake_answer *choose(struct fake_wire *wire)
{
        static struct fake_answer answer;
        static char text[400];
        struct iam *iam = (struct iam *)wire;
        const char *body = wire->last.body;
        char action[64];

        keep_write(iam, body);
        for (size_t i = 0; i < RULES; i++)
                if (iam->rules[i].piece && strstr(body, iam->rules[i].piece) &&
                    (!iam->rules[i].times || iam->used[i] < iam->rules[i].times)) {
                        iam->used[i]++;
                        return &iam->rules[i].answer;
                }
        answer = (struct fake_answer){ .status = 200, .body = text };
        value_of(body, "Action=", action, sizeof action);
        if (strcmp(action, "GetAccountAuthorizationDetails") == 0)
                answer.body = iam->account.at;
        else if (strcmp(action, "GetCredentialReport") == 0)
                answer.body = iam->report.at;
        else if (strcmp(action, "GenerateCredentialReport") == 0)
                answer.body = "<GenerateCredentialReportResponse><GenerateCredentialReportResult><State>COMPLETE"
                              "</State></GenerateCredentialReportResult></GenerateCredentialReportResponse>";
        else if (strcmp(action, "GetCallerIdentity") == 0)
                snprintf(
                        text, sizeof text,
                        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:%s</Arn>"
                        "<UserId>U</UserId><Account>%s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
                        iam->caller ? iam->caller : "user/root-of-all", "111111111111");
        else
                snprintf(text, sizeof text, "<%sResponse/>", action);
        return &answer;
}

static bakery_client *client_of(struct iam *iam, const char *account)
{
        iam->account.max = iam->report.max = iam->wrote.max = 1 << 20;
        iam->wire.choose = choose;
        write_account(&iam->account, account);
        return fake_client(&iam->wire);
}

/* "- bob G ended; + ann; + ann G 2027-01-31 | note | ?dora G,H" */
static char *plan_text(const bakery_users_plan *plan)
{
        static const char *const reasons[] = { "", " ended", " unlisted", " unknown" };
        struct buf text = { .max = 1 << 16 };

        bakery__buf_text(&text, "");
        for (size_t i = 0; i < bakery_users_plan_count(plan); i++) {
                bakery_users_change change = { .size = sizeof change };

                bakery_users_plan_at(plan, i, &change);
                bakery__buf_format(&text, "%s%s %s%s%s%s", i ? "; " : "",
                                   change.action == BAKERY_USERS_REMOVE ? "-" : "+", change.user,
                                   change.group ? " " : "", change.group ? change.group : "", reasons[change.reason]);
                if (change.until)
                        bakery__buf_format(&text, " %s", change.until);
        }
        for (size_t i = 0; i < bakery_users_plan_note_count(plan); i++)
                bakery__buf_format(&text, " | %s", bakery_users_plan_note(plan, i));
        for (size_t i = 0; i < plan->n_unknown; i++) {
                bakery__buf_format(&text, " ?%s", plan->unknown[i].user);
                for (size_t k = 0; k < plan->unknown[i].n_groups; k++)
                        bakery__buf_format(&text, "%s%s", k ? "," : " ", plan->unknown[i].groups[k]);
        }
        return text.at;
}

#define ALL_GROUPS "MyTeamProdAdmin MyTeamAwsBakeryAdmin MyTeamAwsBakeryReadOnly Handmade|"
#define PA "MyTeamProdAdmin"
#define BA "MyTeamAwsBakeryAdmin"
#define BR "MyTeamAwsBakeryReadOnly"

static const struct {
        const char *users, *account;
        bool prune;
        const char *plan;
        const char *caller;
} plans[] = {
        { "[{ Name: ann, Groups: [" PA "] }]", ALL_GROUPS "ann:" PA ",Handmade", false, "", NULL },
        { "[{ Name: ann, Groups: [" PA "] }]", ALL_GROUPS "ann:", false, "+ ann " PA, NULL },
        { "[{ Name: ann, Groups: [" PA ", " BR "], Until: 2027-01-31 }]", ALL_GROUPS, false,
          "+ ann 2027-01-31; + ann " PA " 2027-01-31; + ann " BR " 2027-01-31", NULL },
        /* It is 2026-11-22: the last day is a day of membership. */
        { "[{ Name: ann, Groups: [" PA "], Until: 2026-11-22 }]", ALL_GROUPS "ann:" PA, false, "", NULL },
        { "[{ Name: ann, Groups: [" PA "], Until: 2026-11-21 }]", ALL_GROUPS "ann:" PA, false,
          "- ann " PA " ended 2026-11-21", NULL },
        { "[{ Name: ann, Groups: [" PA "], Until: 2026-11-21 }]", ALL_GROUPS, false, "", NULL },
        { "[{ Name: ann, Groups: [" PA "], Until: 2026-11-21 }]", ALL_GROUPS "ann:" PA "," BR ",Handmade", false,
          "- ann " PA " ended 2026-11-21; - ann " BR " unlisted", NULL },
        /* Whoever leaves comes first, whatever the order of names; names have no case. */
        { "[{ Name: ann, Groups: [" PA "] }, { Name: zoe, Groups: [" PA "] }]", ALL_GROUPS "ZOE:" PA "," BR, false,
          "- ZOE " BR " unlisted; + ann; + ann " PA, NULL },
        { "[{ Name: ann, Groups: [" PA "] }]", "myteamprodadmin|ann:", false, "+ ann myteamprodadmin", NULL },
        /* Whom it does not name it tells, and takes out when asked; never from other groups. */
        { "[{ Name: ann, Groups: [" PA "] }]", ALL_GROUPS "ann:" PA " dora:" PA ",Handmade," BR " eva:Handmade", false,
          " ?dora " PA "," BR " ?eva", NULL },
        { "[{ Name: ann, Groups: [" PA "] }]", ALL_GROUPS "ann:" PA " dora:" PA ",Handmade eva:Handmade", true,
          "- dora " PA " unknown ?dora " PA " ?eva", NULL },
        /* Expected admins may be in the groups of admins, and in no other. */
        { "[{ Name: ann, Groups: [" PA "] }]", ALL_GROUPS "ann:" PA " boss:" BA "," PA "," BR, true,
          "- boss " BR " unknown ?boss " BA "," PA "," BR, NULL },
        /* The caller leaves last. */
        { "[{ Name: ann, Groups: [" BR "] }, { Name: new, Groups: [" PA "] }]", ALL_GROUPS "ann:" BA "," BR " bob:" BA,
          false,
          "+ new; + new " PA "; - ann " BA " unlisted | you are ann, and would leave " BA
          " yourself: that is done last ?bob " BA,
          "user/team/ann" },
        { "[{ Name: ann, Groups: [" BR "] }]", ALL_GROUPS "ann:" BA "," BR, false,
          "- ann " BA " unlisted | nobody would be left in " BA ", who could mend the Bakery account", NULL },
        { "[{ Name: ann, Groups: [" BR "] }, { Name: bob, Groups: [" BA "] }]",
          ALL_GROUPS "ann:" BA "," BR " bob:", false, "- ann " BA " unlisted; + bob " BA, NULL },
        { "[{ Name: ann, Groups: [" PA "] }, { Name: bob, Groups: [" PA "] }]", "Handmade|ann: bob:", false,
          "+ ann " PA "; + bob " PA " | IAM has no group " PA ": bakery-cli deploy bakery makes it", NULL },
};

static bakery_config *config_with(const char *users)
{
        char text[2000];

        snprintf(text, sizeof text, BASE "Users: %s\n", users);
        return config_of(text);
}

START_TEST(plans_what_differs)
{
        AUTO_CLEAR(iam) iam = { .caller = plans[_i].caller };
        AUTO_PTR(bakery_config) config = config_with(plans[_i].users);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_users_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        bakery_users_options options = BAKERY_USERS_OPTIONS_INIT;

        options.prune = plans[_i].prune;
        bakery_status st =
                bakery_users_plan_make(client_of(&iam, plans[_i].account), keys, config, &options, &plan, &err);
        ck_assert_msg(st == BAKERY_OK, "%d: %s", _i, bakery_error_message(err));
        AUTO_FREE char *text = plan_text(plan);
        ck_assert_msg(strcmp(text, plans[_i].plan) == 0, "%d:\n%s\nnot\n%s", _i, text, plans[_i].plan);
}
END_TEST

START_TEST(plans_nothing_for_others)
{
        AUTO_CLEAR(iam)
        iam = { .rules = { { "GetCallerIdentity",
                             ANSWER(200, NULL,
                                    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:"
                                    "iam::999999999999:user/x</Arn><UserId>U</UserId><Account>999999999"
                                    "999</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"),
                             0 } } };
        AUTO_PTR(bakery_config) none = config_of(BASE);
        AUTO_PTR(bakery_config) config = config_with("[{ Name: ann, Groups: [" PA "] }]");
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_users_plan) plan = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        bakery_client *client = client_of(&iam, ALL_GROUPS);
        bakery_users_options small = { .size = 1 };

        ck_assert_int_eq(bakery_users_plan_make(client, keys, none, NULL, &plan, &err), BAKERY_ERR_CONFIG);
        ck_says(err, "has no Users");
        ck_assert_int_eq(bakery_users_plan_make(client, keys, config, &small, &plan, &err), BAKERY_ERR_ARGUMENT);
        ck_assert_uint_eq(iam.wire.requests, 0);
        ck_assert_int_eq(bakery_users_plan_make(client, keys, config, NULL, &plan, &err), BAKERY_ERR_CREDENTIALS);
        ck_says(err, "are of account 999999999999, and the users are in 111111111111");
        ck_assert_uint_eq(iam.wire.requests, 1);
        ck_assert_ptr_null(plan);
}
END_TEST

/* Carrying out. */

static char told[1000];

static void tell_change(const bakery_users_change *change, void *context)
{
        static const char *const states[] = { "?", "done", "failed", "skipped" };
        size_t used = strlen(told);

        (void)context;
        ck_assert_int_eq(change->error != NULL, change->state == BAKERY_USERS_FAILED);
        snprintf(told + used, sizeof told - used, "%s%s %s %s", used ? "; " : "", change->user,
                 change->group ? change->group : "new", states[change->state]);
}

static char shown[100];

static void show_password(const char *user, const char *password, void *context)
{
        (void)context;
        ck_assert_str_eq(user, "new");
        snprintf(shown, sizeof shown, "%s", password);
}

#define PLAN_USERS                                                                                             \
        "[{ Name: ann, Groups: [" PA "] }, { Name: new, Groups: [" PA ", " BR "] }, { Name: old, Groups: [" PA \
        "], Until: 2020-01-01 }]"
#define PLAN_ACCOUNT ALL_GROUPS "ann: old:" PA
#define ALL_WRITES                                                                                       \
        "RemoveUserFromGroup old " PA "\nCreateUser new\nCreateLoginProfile new\nAddUserToGroup ann " PA \
        "\nAddUserToGroup new " PA "\nAddUserToGroup new " BR "\n"
#define ALL_DONE "old " PA " done; new new done; ann " PA " done; new " PA " done; new " BR " done"

static const struct {
        const char *piece; /* what is answered otherwise, in so many of its requests */
        struct fake_answer answer;
        unsigned times;
        const char *wrote, *told;
        bakery_status st;
        const char *says;
        bool shows_password;
} applied[] = {
        { NULL, { .status = 0 }, 0, ALL_WRITES, ALL_DONE, BAKERY_OK, NULL, true },
        /* The answers to first tries were lost, or somebody was faster: what is wanted is there. */
        { "RemoveUserFromGroup", ANSWER(404, NULL, REFUSED("NoSuchEntity")), 0, ALL_WRITES, ALL_DONE, BAKERY_OK, NULL,
          true },
        { "CreateLoginProfile", ANSWER(409, NULL, REFUSED("EntityAlreadyExists")), 0, ALL_WRITES, ALL_DONE, BAKERY_OK,
          NULL, true },
        { "CreateUser", ANSWER(409, NULL, REFUSED("EntityAlreadyExists")), 0, ALL_WRITES, ALL_DONE, BAKERY_OK, NULL,
          true },
        /* IAM does not know a new user everywhere at once. */
        { "CreateLoginProfile", ANSWER(404, NULL, REFUSED("NoSuchEntity")), 1,
          "RemoveUserFromGroup old " PA
          "\nCreateUser new\nCreateLoginProfile new\nCreateLoginProfile new\nAddUserToGroup ann " PA
          "\nAddUserToGroup new " PA "\nAddUserToGroup new " BR "\n",
          ALL_DONE, BAKERY_OK, NULL, true },
        { "UserName=new&GroupName=" PA, ANSWER(404, NULL, REFUSED("NoSuchEntity")), 1,
          "RemoveUserFromGroup old " PA "\nCreateUser new\nCreateLoginProfile new\nAddUserToGroup ann " PA
          "\nAddUserToGroup new " PA "\nAddUserToGroup new " PA "\nAddUserToGroup new " BR "\n",
          ALL_DONE, BAKERY_OK, NULL, true },
        /* One who was there before is not waited for. */
        { "UserName=ann&GroupName=" PA, ANSWER(404, NULL, REFUSED("NoSuchEntity")), 0, ALL_WRITES,
          "old " PA " done; new new done; ann " PA " failed; new " PA " done; new " BR " done", BAKERY_ERR_NOT_FOUND,
          "1 of 5 changes failed", true },
        /* What fails is told, the rest is done; who could not be made joins nothing. */
        { "RemoveUserFromGroup", ANSWER(403, NULL, REFUSED("AccessDenied")), 0, ALL_WRITES,
          "old " PA " failed; new new done; ann " PA " done; new " PA " done; new " BR " done", BAKERY_ERR_DENIED,
          "1 of 5 changes failed", true },
        { "CreateUser", ANSWER(409, NULL, REFUSED("LimitExceeded")), 0,
          "RemoveUserFromGroup old " PA "\nCreateUser new\nAddUserToGroup ann " PA "\n",
          "old " PA " done; new new failed; ann " PA " done; new " PA " skipped; new " BR " skipped", BAKERY_ERR_AWS,
          "1 of 5 changes failed, and 2 were not begun", false },
        { "CreateLoginProfile", ANSWER(400, NULL, REFUSED("PasswordPolicyViolation")), 0, ALL_WRITES,
          "old " PA " done; new new failed; ann " PA " done; new " PA " done; new " BR " done", BAKERY_ERR_AWS,
          "1 of 5 changes failed", false },
        { "CreateUser",
          { .fails = BAKERY_ERR_NETWORK, .cancels = true },
          0,
          "RemoveUserFromGroup old " PA "\nCreateUser new\n",
          "old " PA " done; new new failed; ann " PA " skipped; new " PA " skipped; new " BR " skipped",
          BAKERY_ERR_CANCELLED,
          "3 of 5 changes were not begun",
          false },
};

static bakery_users_plan *plan_of(struct iam *iam, const bakery_config *config, const bakery_credentials *keys)
{
        bakery_users_plan *plan = NULL;

        ck_assert_int_eq(bakery_users_plan_make(iam->wire.client, keys, config, NULL, &plan, NULL), BAKERY_OK);
        return plan;
}

START_TEST(applies_what_it_can)
{
        AUTO_CLEAR(iam)
        iam = { .rules = { { applied[_i].piece, applied[_i].answer, applied[_i].times } } };
        AUTO_PTR(bakery_config) config = config_with(PLAN_USERS);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_users_apply how = BAKERY_USERS_APPLY_INIT;
        bakery_client *client = client_of(&iam, PLAN_ACCOUNT);
        AUTO_PTR(bakery_users_plan) plan = plan_of(&iam, config, keys);

        told[0] = shown[0] = '\0';
        how.on_change = tell_change;
        how.on_password = show_password;
        bakery_status st = bakery_users_plan_apply(client, keys, plan, &how, &err);
        ck_assert_msg(st == applied[_i].st, "%d: %s", _i, bakery_error_message(err));
        ck_assert_msg(strcmp(iam.wrote.at, applied[_i].wrote) == 0, "%d: %s", _i, iam.wrote.at);
        ck_assert_str_eq(told, applied[_i].told);
        ck_assert_int_eq(*shown != '\0', applied[_i].shows_password);
        if (st)
                ck_says(err, applied[_i].says);
        ck_assert(!iam.wire.log.at || !*shown || !strstr(iam.wire.log.at, shown));
}
END_TEST

/* The password of somebody who was made by another meanwhile is another's. */
START_TEST(a_password_that_is_not_ours_is_not_shown)
{
        AUTO_CLEAR(iam)
        iam = { .rules = { { "CreateUser", ANSWER(409, NULL, REFUSED("EntityAlreadyExists")), 0 },
                           { "CreateLoginProfile", ANSWER(409, NULL, REFUSED("EntityAlreadyExists")), 0 } } };
        AUTO_PTR(bakery_config) config = config_with(PLAN_USERS);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_users_apply how = BAKERY_USERS_APPLY_INIT;
        bakery_users_change change = { .size = sizeof change };
        bakery_client *client = client_of(&iam, PLAN_ACCOUNT);
        AUTO_PTR(bakery_users_plan) plan = plan_of(&iam, config, keys);

        shown[0] = '\0';
        how.on_password = show_password;
        ck_assert_int_eq(bakery_users_plan_apply(client, keys, plan, &how, &err), BAKERY_ERR_AWS);
        ck_assert_str_eq(shown, "");
        bakery_users_plan_at(plan, 1, &change);
        ck_says(change.error, "new was made, but has no password that is known");
        ck_hints(change.error, "bakery-cli users password new");
        ck_assert_str_eq(iam.wrote.at, ALL_WRITES);

        /* A second time only what waits is done, and nothing does. */
        unsigned requests = iam.wire.requests;
        ck_assert_int_eq(bakery_users_plan_apply(client, keys, plan, &how, &err), BAKERY_OK);
        ck_assert_uint_eq(iam.wire.requests, requests + 1);
}
END_TEST

START_TEST(nobody_is_made_when_nobody_can_be_told)
{
        AUTO_CLEAR(iam) iam = { .caller = NULL };
        AUTO_PTR(bakery_config) config = config_with(PLAN_USERS);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_users_apply how = BAKERY_USERS_APPLY_INIT;
        bakery_client *client = client_of(&iam, PLAN_ACCOUNT);
        AUTO_PTR(bakery_users_plan) plan = plan_of(&iam, config, keys);
        unsigned requests = iam.wire.requests;

        ck_assert_int_eq(bakery_users_plan_apply(client, keys, plan, &how, &err), BAKERY_ERR_ARGUMENT);
        ck_says(err, "nobody to tell their passwords to");
        ck_assert_uint_eq(iam.wire.requests, requests);

        how.no_passwords = 1;
        ck_assert_int_eq(bakery_users_plan_apply(client, keys, plan, &how, &err), BAKERY_OK);
        ck_assert_ptr_null(strstr(iam.wrote.at, "CreateLoginProfile"));
        ck_assert_ptr_nonnull(strstr(iam.wrote.at, "CreateUser new\nAddUserToGroup ann"));
}
END_TEST

/* Passwords. */

static bool has_one_of(const char *text, const char *characters)
{
        return strpbrk(text, characters) != NULL;
}

START_TEST(a_password_has_each_kind_and_is_another_each_time)
{
        char last[32] = "";

        for (unsigned i = 0; i < 500; i++) {
                AUTO_CLEAR(secret) password = { 0 };

                ck_assert_int_eq(bakery__password_make(&password, NULL), BAKERY_OK);
                const char *text = bakery__secret_reveal(&password);
                ck_assert_uint_eq(strlen(text), 24);
                ck_assert(has_one_of(text, "abcdefghijkmnopqrstuvwxyz") && has_one_of(text, "23456789"));
                ck_assert(has_one_of(text, "ABCDEFGHJKLMNPQRSTUVWXYZ") && has_one_of(text, "!#%+=_-"));
                ck_assert(!has_one_of(text, "0O1lI"));
                ck_assert_str_ne(text, last);
                snprintf(last, sizeof last, "%s", text);
        }
}
END_TEST

static const struct {
        struct fake_answer create, update;
        const char *wrote;
        bakery_status st;
} given[] = {
        { ANSWER(200, NULL, "<CreateLoginProfileResponse/>"), { .status = 0 }, "CreateLoginProfile new\n", BAKERY_OK },
        { ANSWER(409, NULL, REFUSED("EntityAlreadyExists")), ANSWER(200, NULL, "<UpdateLoginProfileResponse/>"),
          "CreateLoginProfile new\nUpdateLoginProfile new\n", BAKERY_OK },
        { ANSWER(409, NULL, REFUSED("EntityAlreadyExists")), ANSWER(403, NULL, REFUSED("AccessDenied")),
          "CreateLoginProfile new\nUpdateLoginProfile new\n", BAKERY_ERR_DENIED },
        { ANSWER(404, NULL, REFUSED("NoSuchEntity")),
          { .status = 0 },
          "CreateLoginProfile new\n",
          BAKERY_ERR_NOT_FOUND },
};

START_TEST(gives_a_new_password)
{
        AUTO_CLEAR(iam)
        iam = { .rules = { { "CreateLoginProfile", given[_i].create, 0 },
                           { "UpdateLoginProfile", given[_i].update, 0 } } };
        AUTO_PTR(bakery_config) config = config_of(BASE);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_client *client = client_of(&iam, ALL_GROUPS);

        shown[0] = '\0';
        ck_assert_int_eq(bakery_users_set_password(client, keys, config, "new", show_password, NULL, &err),
                         given[_i].st);
        ck_assert_str_eq(iam.wrote.at, given[_i].wrote);
        ck_assert_ptr_nonnull(strstr(iam.wire.last.body, "PasswordResetRequired=true"));
        ck_assert_int_eq(*shown != '\0', given[_i].st == BAKERY_OK);
        ck_assert_int_eq(bakery_users_set_password(client, keys, config, "a*", show_password, NULL, &err),
                         BAKERY_ERR_ARGUMENT);
}
END_TEST

/* The report. */

#define HEADER                                                                                   \
        "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed," \
        "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"  \
        "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date\n"
#define LINE(user, password, mfa, key_1, made_1, key_2, made_2)                                          \
        user ",arn,2020-01-01T00:00:00Z," password ",2026-11-20T10:00:00Z,N/A," mfa "," key_1 "," made_1 \
             ",2026-11-22T01:00:00Z," key_2 "," made_2 ",N/A\n"

static void write_report(struct buf *into, const char *csv)
{
        bakery__buf_text(into, "<GetCredentialReportResponse><GetCredentialReportResult><Content>");
        bakery__base64_encode(into, bakery__span(csv));
        bakery__buf_text(into, "</Content><GeneratedTime>2026-11-22T09:00:00Z</GeneratedTime>"
                               "</GetCredentialReportResult></GetCredentialReportResponse>");
}

static const struct {
        const char *csv, *account, *users;
        unsigned max_days;
        const char *found; /* "ann:no-mfa,old-key bob:" */
} reports[] = {
        { HEADER LINE("ann", "true", "true", "true", "2026-08-24T10:00:00Z", "false", "N/A"), ALL_GROUPS "ann:", "[]",
          0, "ann:" },
        /* 91 days, of which 90 are allowed; an inactive key grows as old as it likes. */
        { HEADER LINE("ann", "true", "true", "true", "2026-08-23T10:00:00Z", "false", "2020-01-01T00:00:00Z"),
          ALL_GROUPS "ann:", "[]", 0, "ann:old-key" },
        { HEADER LINE("ann", "true", "true", "false", "2020-01-01T00:00:00Z", "true", "2026-11-10T00:00:00Z"),
          ALL_GROUPS "ann:", "[]", 11, "ann:old-key" },
        { HEADER LINE("ann", "true", "false", "false", "N/A", "false", "N/A")
                  LINE("bob", "false", "false", "false", "N/A", "false", "N/A"),
          ALL_GROUPS "ann: bob:", "[]", 0, "ann:no-mfa bob:" },
        { HEADER LINE("ann", "false", "false", "false", "N/A", "false", "N/A"), ALL_GROUPS "ann:" PA,
          "[{ Name: Ann, Groups: [" PA "], Until: 2026-11-21 }]", 0, "ann:past-end" },
        { HEADER, ALL_GROUPS "ann:Handmade", "[{ Name: ann, Groups: [" PA "], Until: 2026-11-21 }]", 0, "ann:*" },
        { HEADER, ALL_GROUPS "ann:" PA, "[{ Name: ann, Groups: [" PA "], Until: 2026-11-22 }]", 0, "ann:*" },
        /* The root user is in no list; who was deleted is in the credential report alone. */
        { HEADER LINE("<root_account>", "true", "false", "true", "2020-01-01T00:00:00Z", "false", "N/A")
                  LINE("gone", "true", "false", "false", "N/A", "false", "N/A"),
          ALL_GROUPS "zoe:", "[]", 0, "<root_account>:no-mfa,old-key zoe:*" },
};

static char *report_text(const bakery_users_report *report)
{
        struct buf text = { .max = 1 << 16 };

        for (size_t i = 0; i < bakery_users_report_count(report); i++) {
                bakery_users_entry entry = { .size = sizeof entry };

                bakery_users_report_at(report, i, &entry);
                bakery__buf_format(&text, "%s%s:%s", i ? " " : "", entry.user, entry.is_reported ? "" : "*");
                if (entry.findings & BAKERY_USERS_NO_MFA)
                        bakery__buf_text(&text, "no-mfa");
                if (entry.findings & BAKERY_USERS_OLD_KEY)
                        bakery__buf_format(&text, "%sold-key", entry.findings & BAKERY_USERS_NO_MFA ? "," : "");
                if (entry.findings & BAKERY_USERS_PAST_END)
                        bakery__buf_text(&text, "past-end");
        }
        return text.at;
}

START_TEST(reports_what_is_past_its_limit)
{
        AUTO_CLEAR(iam) iam = { .caller = NULL };
        AUTO_PTR(bakery_config) config = config_with(reports[_i].users);
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_users_report *report = NULL;
        bakery_users_report_options options = BAKERY_USERS_REPORT_OPTIONS_INIT;
        bakery_client *client = client_of(&iam, reports[_i].account);

        write_report(&iam.report, reports[_i].csv);
        options.max_key_age_days = reports[_i].max_days;
        bakery_status st = bakery_users_report_make(client, keys, config, &options, &report, &err);
        ck_assert_msg(st == BAKERY_OK, "%d: %s", _i, bakery_error_message(err));
        AUTO_FREE char *text = report_text(report);
        ck_assert_msg(strcmp(text, reports[_i].found) == 0, "%d: %s", _i, text);
        ck_assert_int_eq(bakery_users_report_finding_count(report) > 0, strchr(text, '-') != NULL);
        ck_assert_int_eq(bakery_users_report_made_s(report), FAKE_NOW_S - 3600);
        bakery_users_report_free(report);
}
END_TEST

START_TEST(prints_for_people_and_programs)
{
        AUTO_CLEAR(iam) iam = { .caller = NULL };
        AUTO_PTR(bakery_config) config = config_with("[{ Name: ann, Groups: [" PA "], Until: 2026-11-21 }]");
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        bakery_users_report *report = NULL;
        bakery_client *client = client_of(&iam, ALL_GROUPS "ann:" PA " dora:" PA " new:");
        AUTO_PTR(bakery_users_plan) plan = plan_of(&iam, config, keys);
        AUTO_FREE char *text = NULL, *json = NULL, *plan_json = NULL, *plan_words = NULL;

        write_report(&iam.report, HEADER LINE("ann", "true", "false", "true", "2026-01-01T00:00:00Z", "false", "N/A")
                                          LINE("dora", "false", "true", "false", "N/A", "false", "N/A"));
        ck_assert_int_eq(bakery_users_report_make(client, keys, config, NULL, &report, NULL), BAKERY_OK);
        ck_assert_int_eq(bakery_users_report_print(report, BAKERY_USERS_TEXT, &text, NULL), BAKERY_OK);
        ck_assert_str_eq(text,
                         "ann                  no MFA     password used 2 days ago; key of 325 days, used today; until "
                         "2026-11-21\n"
                         "  ! signs in with a password and has no MFA device\n"
                         "  ! has a key that is older than 90 days: its owner runs bakery-cli users rotate-key\n"
                         "  ! is in a group although that ended 2026-11-21: bakery-cli users apply\n"
                         "dora                 MFA        no password\n"
                         "new                  newer than the credential report\n"
                         "3 users, 1 with findings; by IAM's credential report of 2026-11-22T09:00:00Z\n");
        ck_assert_int_eq(bakery_users_report_print(report, BAKERY_USERS_JSON, &json, NULL), BAKERY_OK);
        AUTO_CLEAR(json) tree = { 0 };
        parse_json(json, &tree);
        ck_assert_str_eq(bakery__json_text_of(json_at(&tree, "users/0/findings/2")), "past-end");
        ck_assert_str_eq(bakery__json_text_of(json_at(&tree, "users/0/keys/0/made")), "2026-01-01T00:00:00Z");
        ck_assert_ptr_null(json_at(&tree, "users/0/keys/1"));
        ck_assert_int_eq(bakery_users_report_print(report, (bakery_users_format)9, &json, NULL), BAKERY_ERR_ARGUMENT);
        bakery_users_report_free(report);

        ck_assert_int_eq(bakery_users_plan_print(plan, BAKERY_USERS_TEXT, &plan_words, NULL), BAKERY_OK);
        ck_assert_str_eq(plan_words, "1 change in 111111111111\n"
                                     "  - ann                  MyTeamProdAdmin                  ended 2026-11-21\n"
                                     "2 users of IAM that the configuration does not name:\n"
                                     "  ? dora, in MyTeamProdAdmin\n"
                                     "  ? new\n");
        ck_assert_int_eq(bakery_users_plan_print(plan, BAKERY_USERS_JSON, &plan_json, NULL), BAKERY_OK);
        AUTO_CLEAR(json) plan_tree = { 0 };
        parse_json(plan_json, &plan_tree);
        ck_assert_str_eq(bakery__json_text_of(json_at(&plan_tree, "changes/0/reason")), "ended");
        ck_assert_str_eq(bakery__json_text_of(json_at(&plan_tree, "unknown/0/groups/0")), PA);
}
END_TEST

/* Two pages, of which the second is refused: neither a plan nor a report is made of half an account. */
START_TEST(half_an_account_is_none)
{
        static const char first[] =
                ANSWERED("GetAccountAuthorizationDetails",
                         "<GroupDetailList><member><GroupName>" PA "</GroupName><Arn>a</Arn></member></GroupDetailList>"
                         "<IsTruncated>true</IsTruncated><Marker>m1</Marker>");
        AUTO_CLEAR(iam)
        iam = { .rules = { { "Marker=m1", ANSWER(403, NULL, REFUSED("AccessDenied")), 0 },
                           { "Action=GetAccountAuthorizationDetails", ANSWER(200, NULL, first), 0 } } };
        AUTO_PTR(bakery_config) config = config_of(BASE "Users: [{ Name: ann, Groups: [" PA "] }]\n");
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_users_plan *plan = NULL;
        bakery_users_report *report = NULL;
        bakery_client *client = client_of(&iam, "|");

        write_report(&iam.report, HEADER);
        ck_assert_int_eq(bakery_users_plan_make(client, keys, config, NULL, &plan, &err), BAKERY_ERR_DENIED);
        ck_says(err, "AccessDenied");
        ck_assert_int_eq(bakery_users_report_make(client, keys, config, NULL, &report, &err), BAKERY_ERR_DENIED);
        ck_says(err, "AccessDenied");
        ck_assert(!plan && !report);
}
END_TEST

Suite *users_suite(void)
{
        Suite *suite = suite_create("users");
        TCase *tcase = tcase_create("users");

        tcase_add_loop_test(tcase, plans_what_differs, 0, (int)N_ELEMENTS(plans));
        tcase_add_test(tcase, plans_nothing_for_others);
        tcase_add_loop_test(tcase, applies_what_it_can, 0, (int)N_ELEMENTS(applied));
        tcase_add_test(tcase, a_password_that_is_not_ours_is_not_shown);
        tcase_add_test(tcase, nobody_is_made_when_nobody_can_be_told);
        tcase_add_test(tcase, a_password_has_each_kind_and_is_another_each_time);
        tcase_add_loop_test(tcase, gives_a_new_password, 0, (int)N_ELEMENTS(given));
        tcase_add_loop_test(tcase, reports_what_is_past_its_limit, 0, (int)N_ELEMENTS(reports));
        tcase_add_test(tcase, prints_for_people_and_programs);
        tcase_add_test(tcase, half_an_account_is_none);
        suite_add_tcase(suite, tcase);
        return suite;
}
