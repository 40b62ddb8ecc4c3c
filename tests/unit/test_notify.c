/* Telling a channel: where the webhook stands, what is posted, and that a failure is one. */
#include <bakery/admin_check.h>

#include <check.h>
#include <string.h>

#include "access/admin_check.h"
#include "access/notify.h"
#include "fake_wire.h"
#include "support.h"

Suite *notify_suite(void);

#define HOOK "https://hooks.example.com/services/T0/B0/CANARYhook"
#define OKAY ANSWER(200, NULL, "ok")

static bakery_admin_watch *watch_of(const char *hook)
{
        bakery_admin_watch *watch = calloc(1, sizeof *watch);

        ck_assert(bakery__secret_set(&watch->hook, bakery__span(hook)));
        return watch;
}

/* Nobody was found, or one who should not be there. */
static const bakery_admin_check nobody = { .n_users = 3 };
static bakery_admin one = { .name = "a<b" };
static const bakery_admin_check somebody = { .admins = &one, .n_admins = 1, .n_unexpected = 1, .n_users = 3 };
static struct past_end past = { "a", "g", "2020-01-01" };
static const bakery_admin_check ended = { .past_ends = &past, .n_past_ends = 1, .n_users = 3 };

START_TEST(posts_in_the_shape_that_the_channel_knows)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { OKAY } };
        AUTO_PTR(bakery_admin_watch) watch = watch_of(HOOK);
        AUTO_CLEAR(json) got = { 0 };
        AUTO_CLEAR(json) want = { 0 };

        watch->channel = "#ops";
        ck_assert_int_eq(bakery_admin_check_post(fake_client(&wire), NULL, watch, &somebody, NULL), BAKERY_OK);
        ck_assert_str_eq(wire.last.method, "POST");
        ck_assert_str_eq(wire.last.url, HOOK);
        ck_assert_str_eq(fake_header(&wire, "Content-Type"), "application/json; charset=utf-8");
        ck_assert_uint_eq(wire.last.header_count, 1); /* nothing of ours: it is not signed */
        ck_assert(!wire.last.bypass_proxy);
        parse_json(wire.last.body, &got);
        parse_json("{\"channel\":\"#ops\",\"attachments\":[{\"title\":\":burger: Bakery Alert\","
                   "\"fallback\":\"Bakery: the check of the admins\",\"color\":\"warning\",\"text\":"
                   "\"1 unexpected admin, 0 memberships past the end, 3 users looked at.\\n- a&lt;b: ; no MFA device"
                   "\\nGroups watched: \",\"mrkdwn_in\":[]}]}",
                   &want);
        ck_assert_msg(bakery__json_equal(got.root, want.root), "%s", wire.last.body);
}
END_TEST

START_TEST(the_colour_says_whether_all_is_good)
{
        static const struct {
                const bakery_admin_check *check;
                const char *color;
        } colors[] = { { &nobody, "good" }, { &somebody, "warning" }, { &ended, "warning" } };

        for (size_t i = 0; i < N_ELEMENTS(colors); i++) {
                AUTO_CLEAR(fake_wire) wire = { .answers = { OKAY } };
                AUTO_PTR(bakery_admin_watch) watch = watch_of(HOOK);
                AUTO_CLEAR(json) got = { 0 };

                ck_assert_int_eq(bakery_admin_check_post(fake_client(&wire), NULL, watch, colors[i].check, NULL),
                                 BAKERY_OK);
                parse_json(wire.last.body, &got);
                ck_assert_str_eq(bakery__json_text_of(json_at(&got, "attachments/0/color")), colors[i].color);
                ck_assert_ptr_null(json_at(&got, "channel"));
        }
}
END_TEST

/* That the check failed is told as well, escaped. */
START_TEST(a_failure_is_told)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { OKAY } };
        AUTO_PTR(bakery_admin_watch) watch = watch_of(HOOK);
        AUTO_PTR(bakery_error) failure = NULL;
        AUTO_CLEAR(json) got = { 0 };

        bakery__fail(&failure, BAKERY_ERR_NOT_FOUND, "no group \"<!channel>\"");
        bakery__error_hint(&failure, "look & see");
        ck_assert_int_eq(bakery_admin_check_post_failure(fake_client(&wire), NULL, watch, failure, NULL), BAKERY_OK);
        parse_json(wire.last.body, &got);
        ck_assert_str_eq(bakery__json_text_of(json_at(&got, "attachments/0/text")),
                         "The admins could not be checked: no group \"&lt;!channel&gt;\"\nlook &amp; see");
        ck_assert_str_eq(bakery__json_text_of(json_at(&got, "attachments/0/color")), "warning");
}
END_TEST

/* Where it stands. */

#define VARIABLE "HOOK=" HOOK

static const struct {
        const char *hook, *environment, *file; /* file: what it holds */
        bakery_status st;
        const char *says; /* NULL: posted to HOOK */
} places[] = {
        { HOOK, NULL, NULL, BAKERY_OK, NULL },
        { "env:HOOK", VARIABLE, NULL, BAKERY_OK, NULL },
        { "env:HOOK", "HOOK=  " HOOK "\n", NULL, BAKERY_OK, NULL },
        { "file:hook", NULL, HOOK, BAKERY_OK, NULL },
        { "file:hook", NULL, "\n " HOOK "\r\n", BAKERY_OK, NULL },
        { "", NULL, NULL, BAKERY_ERR_CONFIG, "there is no webhook to post to" },
        { "env:HOOK", "OTHER=1", NULL, BAKERY_ERR_CONFIG, "is to be in HOOK, which is not set" },
        { "env:HOOK", "HOOK= ", NULL, BAKERY_ERR_CONFIG, "is to be in HOOK, which is not set" },
        { "file:hook", NULL, " \n", BAKERY_ERR_CONFIG, "the webhook of the admin check is empty: " },
        { "file:elsewhere", NULL, HOOK, BAKERY_ERR_IO, "the webhook of the admin check: open " },
        { "http://hooks.example.com/CANARY", NULL, NULL, BAKERY_ERR_CONFIG, "https:// is needed" },
        { "http://127.0.0.1.example.com/CANARY", NULL, NULL, BAKERY_ERR_CONFIG, "https:// is needed" },
        { "ftp://hooks.example.com/CANARY", NULL, NULL, BAKERY_ERR_CONFIG, "is no URL" },
        { "CANARY", NULL, NULL, BAKERY_ERR_CONFIG, "is no URL" },
        { "https://me:CANARY@hooks.example.com/", NULL, NULL, BAKERY_ERR_CONFIG, "is no URL" },
        { "\"https://hooks.example.com/CANARY\"", NULL, NULL, BAKERY_ERR_CONFIG, "is no URL" },
        { "https://hooks.example.com/ CANARY", NULL, NULL, BAKERY_ERR_CONFIG, "is no URL" },
        { "env:HOOK", "HOOK=file:CANARY", NULL, BAKERY_ERR_CONFIG, "is no URL" },
};

START_TEST(finds_the_webhook)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { OKAY }, .environment = { places[_i].environment } };
        AUTO_PTR(bakery_admin_watch) watch = watch_of(places[_i].hook);
        AUTO_PTR(bakery_error) err = NULL;
        char *folder = new_folder();
        AUTO_FREE char *config = path_to(folder, "config.yml"), *file = path_to(folder, "hook");

        watch->config_path = config;
        if (places[_i].file)
                write_text(file, places[_i].file);
        bakery_status st = bakery_admin_check_post(fake_client(&wire), NULL, watch, &nobody, &err);
        remove_folder(folder);
        ck_assert_msg(st == places[_i].st, "%s: %s", places[_i].hook, bakery_error_message(err));
        ck_assert_uint_eq(wire.requests, places[_i].says ? 0 : 1);
        if (places[_i].says)
                ck_says(err, places[_i].says);
        else
                ck_assert_str_eq(wire.last.url, HOOK);
}
END_TEST

START_TEST(a_parameter_holds_the_webhook)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(200, NULL, "{\"Parameter\":{\"Value\":\"" HOOK "\\n\"}}"), OKAY } };
        AUTO_PTR(bakery_admin_watch) watch = watch_of("ssm:/bakery/slack");
        AUTO_PTR(bakery_credentials) keys = fake_keys();

        ck_assert_int_eq(bakery_admin_check_post(fake_client(&wire), keys, watch, &nobody, NULL), BAKERY_OK);
        ck_assert_uint_eq(wire.requests, 2);
        ck_assert_str_eq(wire.last.url, HOOK);
        ck_assert_ptr_null(fake_header(&wire, "Authorization"));
}
END_TEST

START_TEST(a_parameter_that_is_not_there_is_told)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(400, NULL, "{\"__type\":\"ParameterNotFound\"}") } };
        AUTO_PTR(bakery_admin_watch) watch = watch_of("ssm:/bakery/slack");
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_int_eq(bakery_admin_check_post(fake_client(&wire), keys, watch, &nobody, &err), BAKERY_ERR_NOT_FOUND);
        ck_says(err, "the webhook of the admin check: the parameter /bakery/slack");
}
END_TEST

START_TEST(this_machine_may_be_told_in_the_clear)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { OKAY } };
        AUTO_PTR(bakery_admin_watch) watch = watch_of("http://127.0.0.1:8080/hook");

        ck_assert_int_eq(bakery_admin_check_post(fake_client(&wire), NULL, watch, &nobody, NULL), BAKERY_OK);
        ck_assert_str_eq(wire.last.url, "http://127.0.0.1:8080/hook");
        ck_assert(wire.last.bypass_proxy);
}
END_TEST

#define BROKEN                                              \
        {                                                   \
                .fails = BAKERY_ERR_NETWORK, .unsent = true \
        }

/* What comes back. The old tool logged a refusal, and was content. */
static const struct {
        struct fake_answer answers[8];
        unsigned requests;
        const char *says, *hints; /* NULL: it was taken */
} answers[] = {
        { { OKAY }, 1, NULL, NULL },
        { { ANSWER(204, NULL, NULL) }, 1, NULL, NULL },
        { { ANSWER(500, NULL, ""), OKAY }, 2, NULL, NULL },
        { { ANSWER(429, "Retry-After: 1", ""), ANSWER(503, NULL, ""), OKAY }, 3, NULL, NULL },
        { { BROKEN, OKAY }, 2, NULL, NULL },
        { { BROKEN }, 3, "the webhook of the admin check: the wire broke", NULL },
        { { ANSWER(500, NULL, "<html>CANARY</html>") }, 3, "refused the message: HTTP 500", "nobody was told" },
        { { ANSWER(404, NULL, "channel_not_found") },
          1,
          "refused the message: HTTP 404, channel_not_found",
          "look at the webhook" },
        { { ANSWER(403, NULL, " invalid_token\n") }, 1, "HTTP 403, invalid_token", NULL },
        { { ANSWER(400, NULL, "CANARYhook") }, 1, "HTTP 400", NULL },
        { { ANSWER(400, NULL, "a_word_that_is_much_longer_than_any_that_slack_would_ever_answer_with") },
          1,
          "HTTP 400",
          NULL },
        { { ANSWER(302, "Location: https://elsewhere.example.com/CANARY", "") }, 1, "HTTP 302", "it redirects" },
        { { ANSWER(199, NULL, "") }, 1, "HTTP 199", NULL },
};

START_TEST(only_what_was_taken_is_a_success)
{
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_PTR(bakery_admin_watch) watch = watch_of(HOOK);
        AUTO_PTR(bakery_error) err = NULL;

        memcpy(wire.answers, answers[_i].answers, sizeof wire.answers);
        bakery_status st = bakery_admin_check_post(fake_client(&wire), NULL, watch, &nobody, &err);
        ck_assert_uint_eq(wire.requests, answers[_i].requests);
        ck_assert_int_eq(st, answers[_i].says ? BAKERY_ERR_NETWORK : BAKERY_OK);
        if (answers[_i].says)
                ck_says(err, answers[_i].says);
        else
                ck_assert_ptr_null(err);
        if (answers[_i].hints)
                ck_hints(err, answers[_i].hints);
        if (answers[_i].requests == 1 && answers[_i].says)
                ck_assert_ptr_null(strstr(bakery_error_message(err), "much_longer"));
}
END_TEST

/* A wire on which each request takes all the time that it has, and a clock that shows it. */
static unsigned told_ms;

static const struct fake_answer *never_answer(struct fake_wire *wire)
{
        static const struct fake_answer silence = { .fails = BAKERY_ERR_NETWORK };

        told_ms += wire->last.total_timeout_ms;
        wire->now_s += (wire->last.total_timeout_ms + 999) / 1000;
        return &silence;
}

static const struct {
        unsigned total_ms, webhook_ms, requests, told_ms;
        const char *says;
} silences[] = {
        { 0, 0, 1, 30000, "took no message within 30 s" },
        { 0, 7500, 1, 7500, "took no message within 8 s" },
        { 20000, 0, 2, 30000, "took no message within 30 s" },
        { 10000, 0, 3, 30000, "took no message within 30 s" },
        { 5000, 0, 3, 15000, "the webhook of the admin check: the wire broke" },
};

START_TEST(silence_has_an_end)
{
        AUTO_CLEAR(fake_wire) wire = { .choose = never_answer, .now_s = FAKE_NOW_S };
        AUTO_PTR(bakery_admin_watch) watch = watch_of(HOOK);
        AUTO_PTR(bakery_error) err = NULL;
        bakery_client_options options = fake_options(&wire);

        told_ms = 0;
        options.total_timeout_ms = silences[_i].total_ms;
        options.webhook_timeout_ms = silences[_i].webhook_ms;
        bakery_client *client = fake_client_with(&wire, &options);
        ck_assert_int_eq(bakery_admin_check_post(client, NULL, watch, &nobody, &err), BAKERY_ERR_NETWORK);
        ck_says(err, silences[_i].says);
        ck_assert_uint_eq(wire.requests, silences[_i].requests);
        ck_assert_uint_eq(told_ms, silences[_i].told_ms);
}
END_TEST

/* A clock that is set back gives no more time. */
static const struct fake_answer *set_clock_back(struct fake_wire *wire)
{
        static const struct fake_answer busy = { .status = 503 };

        wire->now_s += wire->requests == 1 ? 20 : -3600;
        return &busy;
}

START_TEST(a_clock_set_back_gives_no_more_time)
{
        AUTO_CLEAR(fake_wire) wire = { .choose = set_clock_back, .now_s = FAKE_NOW_S };
        AUTO_PTR(bakery_admin_watch) watch = watch_of(HOOK);

        ck_assert_int_eq(bakery_admin_check_post(fake_client(&wire), NULL, watch, &nobody, NULL), BAKERY_ERR_NETWORK);
        ck_assert_uint_eq(wire.requests, 3);
        ck_assert_uint_eq(wire.last.total_timeout_ms, 10000);
}
END_TEST

START_TEST(cancelling_ends_it)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { { .status = 500, .cancels = true } } };
        AUTO_PTR(bakery_admin_watch) watch = watch_of(HOOK);

        ck_assert_int_eq(bakery_admin_check_post(fake_client(&wire), NULL, watch, &nobody, NULL), BAKERY_ERR_CANCELLED);
        ck_assert_uint_eq(wire.requests, 1);
}
END_TEST

Suite *notify_suite(void)
{
        Suite *suite = suite_create("notify");
        TCase *tcase = tcase_create("table");

        tcase_add_test(tcase, posts_in_the_shape_that_the_channel_knows);
        tcase_add_test(tcase, the_colour_says_whether_all_is_good);
        tcase_add_test(tcase, a_failure_is_told);
        tcase_add_loop_test(tcase, finds_the_webhook, 0, N_ELEMENTS(places));
        tcase_add_test(tcase, a_parameter_holds_the_webhook);
        tcase_add_test(tcase, a_parameter_that_is_not_there_is_told);
        tcase_add_test(tcase, this_machine_may_be_told_in_the_clear);
        tcase_add_loop_test(tcase, only_what_was_taken_is_a_success, 0, N_ELEMENTS(answers));
        tcase_add_loop_test(tcase, silence_has_an_end, 0, N_ELEMENTS(silences));
        tcase_add_test(tcase, a_clock_set_back_gives_no_more_time);
        tcase_add_test(tcase, cancelling_ends_it);
        suite_add_tcase(suite, tcase);
        return suite;
}
