/* The awsQuery protocol: what goes out, and every shape in which an answer may come. */
#include "aws/query.h"

#include <check.h>
#include <string.h>

#include "fake_wire.h"

Suite *query_suite(void);

static bakery_status send_query(struct fake_wire *wire, struct query *query, struct arena *arena,
                                const struct xml_node **ret_result, bakery_error **err)
{
        if (!wire->client)
                fake_client(wire);
        return bakery__query_send(wire->client, query, arena, ret_result, err);
}

START_TEST(encodes_a_form)
{
        AUTO_CLEAR(query) query = bakery__query(&bakery__sts, "AssumeRole", NULL);

        bakery__query_text(&query, "Text", "a b+c&d=e/\xc3\xbc~%");
        bakery__query_text(&query, "Empty", "");
        bakery__query_text(&query, "Missing", NULL);
        bakery__query_number(&query, "Number", 18446744073709551615u);
        bakery__query_number(&query, "Zero", 0);
        bakery__query_flag(&query, "On", true);
        bakery__query_flag(&query, "Off", false);
        bakery__query_member(&query, "Tags", 0, ".Key", "k");
        bakery__query_member(&query, "Tags", 0, ".Value", NULL);
        bakery__query_member(&query, "List", 9, "", "v");
        ck_assert_str_eq(query.form.at,
                         "Action=AssumeRole&Version=2011-06-15&Text=a%20b%2Bc%26d%3De%2F%C3%BC~%25&Empty="
                         "&Number=18446744073709551615&On=true&Off=false&Tags.member.1.Key=k"
                         "&List.member.10=v");
}
END_TEST

START_TEST(a_form_that_is_too_large_is_not_sent)
{
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_CLEAR(query) query = bakery__query(&bakery__cloudformation, "CreateStack", NULL);
        AUTO_CLEAR(buf) large = { .max = 4 << 20 };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct xml_node *result = NULL;

        bakery__buf_repeat(&large, 'x', 3 << 20);
        bakery__query_text(&query, "TemplateBody", large.at);
        ck_assert_int_eq(send_query(&wire, &query, &arena, &result, &err), BAKERY_ERR_LIMIT);
        ck_says(err, "the request is larger than");
        ck_assert_uint_eq(wire.requests, 0);
}
END_TEST

START_TEST(each_service_has_its_version)
{
        static const struct {
                const struct query_service *service;
                const char *form;
        } versions[] = { { &bakery__sts, "Action=A&Version=2011-06-15" },
                         { &bakery__iam, "Action=A&Version=2010-05-08" },
                         { &bakery__cloudformation, "Action=A&Version=2010-05-15" } };

        for (size_t i = 0; i < N_ELEMENTS(versions); i++) {
                AUTO_CLEAR(query) query = bakery__query(versions[i].service, "A", NULL);

                ck_assert_str_eq(query.form.at, versions[i].form);
        }
}
END_TEST

/* Nothing is signed without keys; the request has no trace of a signature. */
START_TEST(an_unsigned_call_has_no_signature)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, "<AResponse/>") } };
        AUTO_CLEAR(query) query = bakery__query(&bakery__sts, "A", NULL);
        AUTO_CLEAR(arena) arena = { 0 };
        const struct xml_node *result = NULL;

        ck_assert_int_eq(send_query(&wire, &query, &arena, &result, NULL), BAKERY_OK);
        ck_assert_ptr_null(fake_header(&wire, "Authorization"));
        ck_assert_ptr_null(fake_header(&wire, "X-Amz-Date"));
        ck_assert_ptr_null(fake_header(&wire, "X-Amz-Security-Token"));
        ck_assert_uint_eq(wire.last.header_count, 1);
}
END_TEST

#define NS " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\""

/* Answers of one meaning: <AResult> holds <Text>x&y</Text>. */
static const char *const answers[] = {
        "<AResponse><AResult><Text>x&amp;y</Text></AResult></AResponse>",
        "<AResponse" NS "><AResult><Text>x&amp;y</Text></AResult><ResponseMetadata/></AResponse>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<AResponse>\n <AResult>\n  <Text>x&amp;y</Text>\n</AResult></AResponse>\n",
        "<s:AResponse xmlns:s=\"urn:other\"><s:AResult><s:Text s:q='1'>x&#38;y</s:Text></s:AResult></s:AResponse>",
        "<AResponse><AResult><Text><![CDATA[x&y]]></Text></AResult></AResponse>",
        "<AResponse><AResult><Text>x<!-- no -->&amp;<!-- no -->y</Text></AResult></AResponse>",
        "<AResponse><New><Text>no</Text></New><AResult><New/><Text>x&amp;y</Text><Text>later</Text></AResult></AResponse>",
        "<AResponse><Text>x&amp;y</Text></AResponse>", /* an action without a result element */
        "\xef\xbb\xbf<AResponse><AResult><Text>x&amp;y</Text></AResult></AResponse>",
};

START_TEST(reads_answers)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, answers[_i]) } };
        AUTO_CLEAR(query) query = bakery__query(&bakery__sts, "A", NULL);
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct xml_node *result = NULL;

        ck_assert_msg(send_query(&wire, &query, &arena, &result, &err) == BAKERY_OK, "%s: %s", answers[_i],
                      bakery_error_message(err));
        ck_assert_str_eq(bakery__xml_text(result, "Text"), "x&y");
}
END_TEST

#define ID "x-amzn-requestid: r-7"

/* Answers that no AWS gives: the sentence is one, whatever the reason. */
static const struct {
        int status;
        const char *headers, *body, *says;
} unexpected[] = {
        { 200, ID, NULL, "(HTTP 200, request id r-7)" },
        { 200, ID, "", "(HTTP 200, request id r-7)" },
        { 200, NULL, " \n", "(HTTP 200, request id none)" },
        { 200, ID, "<AResponse><AResult><Text>x", "(HTTP 200, request id r-7)" },
        { 200, ID, "<html><head><title>Sign in</title></head><body><p>CANARY</body></html>",
          "(HTTP 200, request id r-7)" },
        { 200, ID, "<html/>", "(HTTP 200, request id r-7)" },
        { 200, NULL, "<BResponse><ResponseMetadata><RequestId>r-8</RequestId></ResponseMetadata></BResponse>",
          "(HTTP 200, request id r-8)" },
        { 200, ID, "<AResponseX/>", "(HTTP 200, request id r-7)" },
        { 200, ID, "<AResult/>", "(HTTP 200, request id r-7)" },
        { 200, "x-amz-request-id: r-9", "{\"AResponse\":{}}", "(HTTP 200, request id r-9)" },
        { 200, ID, "<!DOCTYPE AResponse><AResponse/>", "(HTTP 200, request id r-7)" },
        { 200, ID, "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><AResponse>&x;</AResponse>", "(HTTP 200" },
        { 200, ID,
          "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]><AResponse>&b;</AResponse>",
          "(HTTP 200" },
        { 200, ID, "\xff\xfe<", "(HTTP 200" },
        { 502, ID, "<html><body><h1>502 Bad Gateway</h1></body></html>", "(HTTP 502, request id r-7)" },
        { 502, NULL, "", "(HTTP 502, request id none)" },
        { 400, NULL, "{\"__type\":\"ValidationException\",\"message\":\"CANARY\"}", "(HTTP 400, request id none)" },
        { 403, "x-amz-request-id: r-9", "Forbidden", "(HTTP 403, request id r-9)" },
        { 400, ID, "<ErrorResponse><Error><Message>no code</Message></Error></ErrorResponse>",
          "(HTTP 400, request id r-7)" },
        { 400, ID, "<ErrorResponse><Error><Code></Code></Error></ErrorResponse>", "(HTTP 400, request id r-7)" },
        { 404, NULL, "<ErrorResponse><RequestId>r-6</RequestId></ErrorResponse>", "(HTTP 404, request id r-6)" },
        { 418, NULL, NULL, "(HTTP 418" },
        { 0, NULL, NULL, "(HTTP 0" }, /* a transport that forgot the status */
};

START_TEST(says_that_an_answer_is_unexpected)
{
        AUTO_CLEAR(fake_wire)
        wire = { .answers = { ANSWER(unexpected[_i].status, unexpected[_i].headers, unexpected[_i].body) } };
        AUTO_CLEAR(query) query = bakery__query(&bakery__sts, "A", NULL);
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct xml_node *result = NULL;

        ck_assert_int_eq(send_query(&wire, &query, &arena, &result, &err), BAKERY_ERR_NETWORK);
        ck_says(err, "unexpected answer from sts (HTTP ");
        ck_says(err, unexpected[_i].says);
        ck_hints(err, "sign-in page");
        ck_assert_str_eq(bakery_error_aws_service(err), "sts");
        ck_assert_str_eq(bakery_error_aws_action(err), "A");
        ck_assert_ptr_null(bakery_error_aws_code(err));
        ck_assert_int_eq(bakery_error_http_status(err), unexpected[_i].status);
        ck_assert_ptr_null(result);
}
END_TEST

START_TEST(refuses_what_is_nested_too_deep)
{
        AUTO_CLEAR(buf) body = { .max = 1 << 20 };
        AUTO_CLEAR(query) query = bakery__query(&bakery__sts, "A", NULL);
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct xml_node *result = NULL;

        for (int i = 0; i < 100000; i++)
                bakery__buf_text(&body, "<AResult>");
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, ID, body.at) } };
        ck_assert_int_eq(send_query(&wire, &query, &arena, &result, &err), BAKERY_ERR_NETWORK);
        ck_says(err, "unexpected answer from sts (HTTP 200, request id r-7)");
}
END_TEST

/* A refusal in every form is the same struct. */
static const char *const refusals[] = {
        "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>1 &lt; 2</Message></Error>"
        "<RequestId>r-1</RequestId></ErrorResponse>",
        "<ErrorResponse" NS "><Error><Code>ValidationError</Code><Message>1 &lt; 2</Message></Error><RequestId>r-1"
        "</RequestId></ErrorResponse>",
        "<Response><Errors><Error><Code>ValidationError</Code><Message>1 &lt; 2</Message></Error></Errors><RequestID>r-1"
        "</RequestID></Response>",
        "<Response><Errors><Error><Code>ValidationError</Code><Message>1 &lt; 2</Message></Error><Error><Code>Second"
        "</Code></Error></Errors><RequestID>r-1</RequestID></Response>",
        "<?xml version=\"1.0\"?>\n<Error><Code>ValidationError</Code><Message>1 &lt; 2</Message><Resource>/</Resource>"
        "<RequestId>r-1</RequestId><HostId>h</HostId></Error>",
        "<e:ErrorResponse xmlns:e=\"urn:e\"><e:Error><e:New/><e:Message><![CDATA[1 < 2]]></e:Message><e:Code>Validation"
        "<!-- -->Error</e:Code></e:Error><e:RequestId>r-1</e:RequestId></e:ErrorResponse>",
        "<ErrorResponse><Error><Code>ValidationError</Code><Message>1 &lt; 2</Message><RequestId>r-1</RequestId></Error>"
        "</ErrorResponse>",
};

START_TEST(reads_refusals)
{
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(400, "x-amzn-requestid: other", refusals[_i]) } };
        AUTO_CLEAR(query) query = bakery__query(&bakery__sts, "A", NULL);
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct xml_node *result = NULL;

        ck_assert_int_eq(send_query(&wire, &query, &arena, &result, &err), BAKERY_ERR_AWS);
        ck_assert_str_eq(bakery_error_message(err), "sts A: ValidationError: 1 < 2 (request id r-1)");
        ck_assert_str_eq(bakery_error_aws_code(err), "ValidationError");
        ck_assert_str_eq(bakery_error_aws_request_id(err), "r-1");
        ck_assert_int_eq(bakery_error_http_status(err), 400);
        ck_assert_int_eq(bakery_error_status(err), BAKERY_ERR_AWS);
}
END_TEST

/* What a program branches on, by code. */
static const struct {
        const char *code;
        bakery_status status;
} statuses[] = {
        { "AccessDenied", BAKERY_ERR_DENIED },
        { "AccessDeniedException", BAKERY_ERR_DENIED },
        { "UnauthorizedOperation", BAKERY_ERR_DENIED },
        { "ExpiredToken", BAKERY_ERR_CREDENTIALS },
        { "ExpiredTokenException", BAKERY_ERR_CREDENTIALS },
        { "InvalidClientTokenId", BAKERY_ERR_CREDENTIALS },
        { "UnrecognizedClientException", BAKERY_ERR_CREDENTIALS },
        { "InvalidAccessKeyId", BAKERY_ERR_CREDENTIALS },
        { "InvalidToken", BAKERY_ERR_CREDENTIALS },
        { "SignatureDoesNotMatch", BAKERY_ERR_CREDENTIALS },
        { "InvalidSignatureException", BAKERY_ERR_CREDENTIALS },
        { "MissingAuthenticationToken", BAKERY_ERR_CREDENTIALS },
        { "AuthFailure", BAKERY_ERR_CREDENTIALS },
        { "RegionDisabledException", BAKERY_ERR_AWS },
        { "MalformedPolicyDocument", BAKERY_ERR_AWS },
        { "NoSuchEntity", BAKERY_ERR_NOT_FOUND },
        { "accessdenied", BAKERY_ERR_AWS },
};

START_TEST(a_code_has_its_status)
{
        AUTO_CLEAR(buf) body = { .max = 1000 };
        AUTO_CLEAR(query) query = bakery__query(&bakery__iam, "A", NULL);
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct xml_node *result = NULL;

        bakery__buf_format(&body, "<ErrorResponse><Error><Code>%s</Code></Error></ErrorResponse>", statuses[_i].code);
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(403, NULL, body.at) } };
        ck_assert_msg(send_query(&wire, &query, &arena, &result, &err) == statuses[_i].status, "%s: %s",
                      statuses[_i].code, bakery_error_message(err));
        ck_says(err, "no reason given (request id none)");
}
END_TEST

/* What a server says is shown harmless, and in full only where it is short. */
START_TEST(a_refusal_cannot_write_to_the_terminal)
{
        static const char body[] = "<ErrorResponse><Error><Code>Bad\xc2\x9b"
                                   "2J</Code><Message>a\nb\xc2\x9b"
                                   "31m</Message></Error><RequestId>\xc2\x85</RequestId></ErrorResponse>";
        AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(400, NULL, body) } };
        AUTO_CLEAR(query) query = bakery__query(&bakery__sts, "A", NULL);
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const struct xml_node *result = NULL;

        ck_assert_int_eq(send_query(&wire, &query, &arena, &result, &err), BAKERY_ERR_AWS);
        for (const char *c = bakery_error_message(err); *c; c++)
                ck_assert_msg((unsigned char)*c >= 0x20 && (unsigned char)*c < 0x7f, "%s", bakery_error_message(err));
        ck_assert_ptr_null(strpbrk(bakery_error_aws_code(err), "\n\xc2\x9b"));
}
END_TEST

/* An answer that is larger than the cap ends it; the wire offers a gigabyte, piece by piece. */
static size_t taken;

static bakery_status endless(void *context, const bakery_http_request *request, int (*cancelled)(void *),
                             void *cancel_context, bakery_http_answer *answer, int *ret_sent, bakery_error **err)
{
        static char piece[1 << 16];

        (void)context, (void)request, (void)cancelled, (void)cancel_context, (void)ret_sent;
        bakery_http_answer_set_status(answer, 200);
        for (taken = 0; taken < 1u << 30; taken += sizeof piece) {
                bakery_status st = bakery_http_answer_add_body(answer, piece, sizeof piece);

                if (st)
                        return bakery__fail(err, st, "too large");
        }
        return BAKERY_OK;
}

START_TEST(a_gigabyte_is_cut_off)
{
        AUTO_CLEAR(fake_wire) wire = { .requests = 0 };
        AUTO_CLEAR(query) query = bakery__query(&bakery__sts, "A", NULL);
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        bakery_client_options options = fake_options(&wire);
        const struct xml_node *result = NULL;

        options.region = "us-east-1";
        options.transport = endless;
        fake_client_with(&wire, &options);
        ck_assert_int_eq(send_query(&wire, &query, &arena, &result, &err), BAKERY_ERR_LIMIT);
        ck_assert_uint_le(taken, 2 << 20);
}
END_TEST

/* Templates come escaped, and may be larger than what everybody else sends. */
START_TEST(a_caller_may_allow_larger_answers)
{
        AUTO_CLEAR(buf) body = { .max = 4 << 20 };
        AUTO_CLEAR(arena) arena = { 0 };
        const struct xml_node *result = NULL;

        bakery__buf_text(&body, "<AResponse><Text>");
        bakery__buf_repeat(&body, 'x', 3 << 20);
        bakery__buf_text(&body, "</Text></AResponse>");
        for (int lifted = 0; lifted <= 1; lifted++) {
                AUTO_CLEAR(fake_wire) wire = { .answers = { ANSWER(200, NULL, body.at) } };
                AUTO_CLEAR(query) query = bakery__query(&bakery__cloudformation, "A", NULL);

                if (lifted)
                        query.answer_max_bytes = 4 << 20;
                ck_assert_int_eq(send_query(&wire, &query, &arena, &result, NULL),
                                 lifted ? BAKERY_OK : BAKERY_ERR_LIMIT);
                ck_assert_uint_eq(wire.last.max_body_bytes, lifted ? 4 << 20 : 1 << 20);
        }
        ck_assert_uint_eq(strlen(bakery__xml_text(result, "Text")), 3 << 20);
}
END_TEST

Suite *query_suite(void)
{
        Suite *suite = suite_create("query");
        TCase *tcase = tcase_create("query");

        tcase_add_test(tcase, encodes_a_form);
        tcase_add_test(tcase, a_form_that_is_too_large_is_not_sent);
        tcase_add_test(tcase, each_service_has_its_version);
        tcase_add_test(tcase, an_unsigned_call_has_no_signature);
        tcase_add_loop_test(tcase, reads_answers, 0, (int)N_ELEMENTS(answers));
        tcase_add_loop_test(tcase, says_that_an_answer_is_unexpected, 0, (int)N_ELEMENTS(unexpected));
        tcase_add_test(tcase, refuses_what_is_nested_too_deep);
        tcase_add_loop_test(tcase, reads_refusals, 0, (int)N_ELEMENTS(refusals));
        tcase_add_loop_test(tcase, a_code_has_its_status, 0, (int)N_ELEMENTS(statuses));
        tcase_add_test(tcase, a_refusal_cannot_write_to_the_terminal);
        tcase_add_test(tcase, a_gigabyte_is_cut_off);
        tcase_add_test(tcase, a_caller_may_allow_larger_answers);
        suite_add_tcase(suite, tcase);
        return suite;
}
