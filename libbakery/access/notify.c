#include "access/notify.h"

#include <string.h>

#include "access/admin_check.h"
#include "aws/ssm.h"
#include "base/fs.h"
#include "formats/json.h"
#include "formats/uri.h"

enum { HOOK_MAX_BYTES = 4096, HOOK_ANSWER_MAX_BYTES = 10000, MESSAGE_MAX_BYTES = 64 << 10, REASON_MAX_BYTES = 60 };

/* Finding it. */

static bakery_status keep(struct secret *secret, struct span text, const char *where, bakery_error **err)
{
        text = bakery__span_trim(text);
        if (text.len == 0)
                return bakery__fail(err, BAKERY_ERR_CONFIG, "the webhook of the admin check is empty: %s", where);
        return bakery__secret_set(secret, text) ? BAKERY_OK : bakery__fail_memory(err);
}

static bakery_status of_variable(bakery_client *client, const char *name, struct secret *ret_url, bakery_error **err)
{
        const char *value = bakery__client_getenv(client, name);

        if (value)
                return keep(ret_url, bakery__span(value), name, err);
        bakery__fail(err, BAKERY_ERR_CONFIG, "the webhook of the admin check is to be in %s, which is not set", name);
        bakery__error_hint(err, "SlackChannelHookUrl of the configuration names the variable");
        return BAKERY_ERR_CONFIG;
}

static bakery_status of_file(const char *config_path, const char *name, struct secret *ret_url, bakery_error **err)
{
        AUTO_FREE char *path = bakery__fs_beside(config_path ? config_path : "", name);
        AUTO_CLEAR(buf) text = { .max = HOOK_MAX_BYTES, .secret = true };

        if (!path)
                return bakery__fail_memory(err);
        bakery_status st = bakery__fs_read(path, &text, err);
        return st ? bakery__wrap(err, st, "the webhook of the admin check")
                  : keep(ret_url, (struct span){ text.at ? text.at : "", text.len }, path, err);
}

static bakery_status of_parameter(const struct aws_access *aws, const char *name, struct secret *ret_url,
                                  bakery_error **err)
{
        AUTO_CLEAR(secret) value = { 0 };
        bakery_status st = bakery__ssm_parameter(aws, name, &value, err);

        return st ? bakery__wrap(err, st, "the webhook of the admin check")
                  : keep(ret_url, bakery__span(bakery__secret_reveal(&value)), name, err);
}

bakery_status bakery__webhook_find(const struct aws_access *aws, const struct secret *hook, const char *config_path,
                                   struct secret *ret_url, bakery_error **err)
{
        const char *text = bakery__secret_reveal(hook);

        if (!*text) {
                bakery__fail(err, BAKERY_ERR_CONFIG, "there is no webhook to post to");
                bakery__error_hint(err, "set SlackChannelHookUrl in the configuration, as env:NAME, file:PATH or "
                                        "ssm:/NAME");
                return BAKERY_ERR_CONFIG;
        }
        if (bakery__str_starts(text, HOOK_OF_VARIABLE))
                return of_variable(aws->client, text + strlen(HOOK_OF_VARIABLE), ret_url, err);
        if (bakery__str_starts(text, HOOK_OF_FILE))
                return of_file(config_path, text + strlen(HOOK_OF_FILE), ret_url, err);
        if (bakery__str_starts(text, HOOK_OF_SSM))
                return of_parameter(aws, text + strlen(HOOK_OF_SSM), ret_url, err);
        return keep(ret_url, bakery__span(text), "SlackChannelHookUrl", err);
}

/* Posting to it. */

static bakery_status check_url(const struct secret *url, bool *ret_here, bakery_error **err)
{
        struct uri uri;

        /* What is wrong with it is not told in detail: pieces of it would be. */
        if (bakery__uri_split(bakery__span(bakery__secret_reveal(url)), &uri, NULL)) {
                bakery__fail(err, BAKERY_ERR_CONFIG, "the webhook of the admin check is no URL");
                bakery__error_hint(err, "it begins with https://; look for blanks and quotes in it");
                return BAKERY_ERR_CONFIG;
        }
        *ret_here = bakery__uri_is_loopback(uri.host);
        if (!*ret_here && !bakery__span_is(uri.scheme, "https"))
                return bakery__fail(err, BAKERY_ERR_CONFIG,
                                    "the webhook of the admin check is http://, where all can read it: https:// is "
                                    "needed");
        return BAKERY_OK;
}

static bakery_status send_once(bakery_client *client, const bakery_http_request *request, bakery_http_answer *answer,
                               bakery_error **err)
{
        bool sent = true;

        bakery__http_answer_clear(answer);
        bakery_status st = bakery__client_transport(client, request, answer, &sent, err);
        if (st)
                return bakery__wrap(err, st, "the webhook of the admin check");
        bakery__client_log(client, BAKERY_LOG_DEBUG, "the webhook: HTTP %d", answer->status);
        return BAKERY_OK;
}

static bool is_worth_a_retry(bakery_status st, const bakery_http_answer *answer)
{
        return st == BAKERY_ERR_NETWORK || (!st && (answer->status == 429 || answer->status >= 500));
}

/* Of the time for one message; a clock that is set back meanwhile gives no more than all of it. */
static unsigned time_left_ms(bakery_client *client, int64_t end_ms)
{
        const int64_t left_ms = end_ms - bakery__client_clock_ms(client);
        const unsigned whole_ms = bakery__client_options(client)->webhook_timeout_ms;

        if (left_ms <= 0)
                return 0;
        return left_ms < (int64_t)whole_ms ? (unsigned)left_ms : whole_ms;
}

static bakery_status fail_late(bakery_client *client, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_NETWORK, "the webhook of the admin check took no message within %u s",
                     (bakery__client_options(client)->webhook_timeout_ms + 999) / 1000);
        bakery__error_hint(err, "nobody was told; look whether its host can be reached from here, and answers");
        return BAKERY_ERR_NETWORK;
}

/* A message that came twice does no harm, one that did not come does. */
static bakery_status send(bakery_client *client, bakery_http_request *request, bakery_http_answer *answer,
                          bakery_error **err)
{
        const bakery_client_options *options = bakery__client_options(client);
        const int64_t end_ms = bakery__client_clock_ms(client) + options->webhook_timeout_ms;
        unsigned left_ms = options->webhook_timeout_ms;

        for (unsigned tried = 1;; tried++) {
                if (request->total_timeout_ms > left_ms)
                        request->total_timeout_ms = left_ms;
                bakery_status st = send_once(client, request, answer, err);
                bool again = is_worth_a_retry(st, answer);

                left_ms = time_left_ms(client, end_ms);
                if (again && left_ms == 0)
                        return fail_late(client, err);
                if (!again || tried >= options->max_attempts)
                        return st;
                unsigned wait_ms = bakery__retry_wait_ms(RETRY_THROTTLED, tried, options->retry_base_ms,
                                                         options->retry_cap_ms, bakery__client_random(client));
                st = bakery__client_wait(client, wait_ms < left_ms ? wait_ms : left_ms, err);
                if (st)
                        return st;
                left_ms = time_left_ms(client, end_ms);
                if (left_ms == 0)
                        return fail_late(client, err);
        }
}

/* Slack answers with one word, "channel_not_found". Anything else may hold anything, and is not repeated. */
static bool is_word(struct span text)
{
        for (size_t i = 0; i < text.len; i++)
                if (text.at[i] != '_' && (text.at[i] < 'a' || text.at[i] > 'z'))
                        return false;
        return text.len > 0 && text.len <= REASON_MAX_BYTES;
}

static bakery_status fail_refused(const bakery_http_answer *answer, bakery_error **err)
{
        struct span said = bakery__span_trim(bakery__http_body(answer));

        if (!is_word(said))
                said.len = 0;
        bakery__fail(err, BAKERY_ERR_NETWORK, "the webhook of the admin check refused the message: HTTP %d%s%.*s",
                     answer->status, said.len > 0 ? ", " : "", (int)said.len, said.at);
        if (answer->status >= 300 && answer->status < 400)
                bakery__error_hint(err, "it redirects, which is not followed: write the URL that it leads to");
        else
                bakery__error_hint(err, "nobody was told; look at the webhook and at SlackChannel");
        return BAKERY_ERR_NETWORK;
}

bakery_status bakery__webhook_post(bakery_client *client, const struct secret *url, struct span document,
                                   bakery_error **err)
{
        static const bakery_http_header headers[] = { { "Content-Type", "application/json; charset=utf-8" } };
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(HOOK_ANSWER_MAX_BYTES);
        const bakery_client_options *options = bakery__client_options(client);
        bool is_here = false;
        bakery_status st = check_url(url, &is_here, err);

        if (!st)
                st = send(client,
                          &(bakery_http_request){
                                  .size = sizeof(bakery_http_request),
                                  .method = "POST",
                                  .url = bakery__secret_reveal(url),
                                  .headers = headers,
                                  .header_count = N_ELEMENTS(headers),
                                  .body = document.at,
                                  .body_size_bytes = document.len,
                                  .connect_timeout_ms = options->connect_timeout_ms,
                                  .total_timeout_ms = options->total_timeout_ms,
                                  .low_speed_timeout_ms = options->low_speed_timeout_ms,
                                  .max_body_bytes = HOOK_ANSWER_MAX_BYTES,
                                  .bypass_proxy = is_here,
                          },
                          &answer, err);
        if (st)
                return st;
        if (answer.status < 200 || answer.status >= 300)
                return fail_refused(&answer, err);
        bakery__error_clear(err);
        return BAKERY_OK;
}

/* What is posted: the shape that the old tool's channel knows. https://api.slack.com/reference/messaging/attachments */

static bakery_status write_message(const bakery_admin_watch *watch, const char *text, bool good, struct buf *into,
                                   bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        struct cJSON *root = bakery__json_root(&json);

        bakery__json_optional_text(&json, root, "channel", watch->channel);
        struct cJSON *attachment = bakery__json_object(&json, bakery__json_array(&json, root, "attachments"), NULL);
        bakery__json_text(&json, attachment, "title", ":burger: Bakery Alert");
        bakery__json_text(&json, attachment, "fallback", "Bakery: the check of the admins");
        bakery__json_text(&json, attachment, "color", good ? "good" : "warning");
        bakery__json_text(&json, attachment, "text", text);
        bakery__json_array(&json, attachment, "mrkdwn_in"); /* nothing: an underscore of a name is an underscore */
        return bakery__json_print(&json, JSON_COMPACT, into, "the message", err);
}

static bakery_status post(bakery_client *client, const bakery_credentials *keys, const bakery_admin_watch *watch,
                          struct buf *text, bool good, bakery_error **err)
{
        const struct aws_access aws = { .client = client, .keys = keys };
        AUTO_CLEAR(buf) message = { .max = MESSAGE_MAX_BYTES };
        AUTO_CLEAR(secret) url = { 0 };
        bakery_status st = bakery__buf_status(text, "the message", err);

        if (!st)
                st = write_message(watch, text->at, good, &message, err);
        if (!st)
                st = bakery__webhook_find(&aws, &watch->hook, watch->config_path, &url, err);
        return st ? st : bakery__webhook_post(client, &url, (struct span){ message.at, message.len }, err);
}

bakery_status bakery_admin_check_post(bakery_client *client, const bakery_credentials *keys,
                                      const bakery_admin_watch *watch, const bakery_admin_check *check,
                                      bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = MESSAGE_MAX_BYTES };

        bakery__error_clear(err);
        bakery__admin_check_put_slack(&text, check);
        return post(client, keys, watch, &text, check->n_unexpected + check->n_past_ends == 0, err);
}

bakery_status bakery_admin_check_post_failure(bakery_client *client, const bakery_credentials *keys,
                                              const bakery_admin_watch *watch, const bakery_error *failure,
                                              bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = MESSAGE_MAX_BYTES };
        const char *hint = bakery_error_hint(failure);

        bakery__buf_text(&text, "The admins could not be checked: ");
        bakery__slack_escape(&text, bakery_error_message(failure));
        if (hint)
                bakery__buf_char(&text, '\n');
        bakery__slack_escape(&text, hint ? hint : "");
        bakery__error_clear(err);
        return post(client, keys, watch, &text, false, err);
}
