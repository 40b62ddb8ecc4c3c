#include "credentials/fetch.h"

static unsigned at_most(unsigned value, unsigned limit)
{
        return value < limit ? value : limit;
}

static bakery_status send_once(bakery_client *client, const struct fetch *fetch, bakery_http_answer *answer,
                               bakery_error **err)
{
        const bakery_client_options *options = bakery__client_options(client);
        bool sent = true;

        bakery__http_answer_clear(answer);
        *answer = bakery__http_answer(FETCH_MAX_BODY_BYTES);
        bakery_status st = bakery__client_transport(
                client,
                &(bakery_http_request){
                        .size = sizeof(bakery_http_request),
                        .method = fetch->method,
                        .url = fetch->url,
                        .headers = fetch->headers,
                        .header_count = fetch->header_count,
                        .connect_timeout_ms = at_most(options->connect_timeout_ms, fetch->timeout_ms),
                        .total_timeout_ms = at_most(options->total_timeout_ms, fetch->timeout_ms),
                        .max_body_bytes = FETCH_MAX_BODY_BYTES,
                        .bypass_proxy = fetch->bypass_proxy,
                },
                answer, &sent, err);
        if (st)
                return bakery__wrap(err, st, "%s", fetch->what);
        bakery__client_log(client, BAKERY_LOG_DEBUG, "%s %s: HTTP %d", fetch->what, fetch->method, answer->status);
        return BAKERY_OK;
}

/* How often to try after what came of it. */
static unsigned attempts_for(const bakery_client_options *options, const struct fetch *fetch, bakery_status st,
                             const bakery_http_answer *answer)
{
        if (st == BAKERY_ERR_NETWORK)
                return fetch->reach_attempts ? fetch->reach_attempts : options->max_attempts;
        if (st || answer->status < 500)
                return 1;
        return fetch->reach_attempts > options->max_attempts ? fetch->reach_attempts : options->max_attempts;
}

bakery_status bakery__fetch(bakery_client *client, const struct fetch *fetch, bakery_http_answer *answer,
                            bakery_error **err)
{
        const bakery_client_options *options = bakery__client_options(client);

        for (unsigned tried = 1;; tried++) {
                bakery_status st = send_once(client, fetch, answer, err);

                if (tried >= attempts_for(options, fetch, st, answer))
                        return st;
                st = bakery__client_wait(client,
                                         bakery__retry_wait_ms(RETRY_TRANSIENT, tried, options->retry_base_ms,
                                                               options->retry_cap_ms, bakery__client_random(client)),
                                         err);
                if (st)
                        return st;
        }
}

struct span bakery__fetch_text(const bakery_http_answer *answer)
{
        return bakery__span_trim(bakery__http_body(answer));
}
