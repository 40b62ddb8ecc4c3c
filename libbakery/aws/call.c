#include "aws/call.h"

#include <string.h>

#include "base/arena.h"
#include "base/time.h"
#include "formats/uri.h"

/* A request on its way, through as many tries as it takes. */
struct trip {
        bakery_client *client;
        const struct aws_call *call;
        struct endpoint endpoint;
        struct buf url, path;
        bool on_this_machine;
        bool clock_corrected;
        unsigned taken; /* tokens, for the retry under way */
};

static void clear_trip(struct trip *trip)
{
        bakery__buf_clear(&trip->url);
        bakery__buf_clear(&trip->path);
}
DEFINE_AUTO_CLEAR(trip, clear_trip)

/* AWS_ENDPOINT_URL_CLOUDFORMATION goes before AWS_ENDPOINT_URL, and both before what the profile says of the service
 * and of all; what the program set goes before everything.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
static bakery_status find_url(const bakery_client *client, const char *service, const char **ret_url,
                              bakery_error **err)
{
        const bakery_client_options *options = bakery__client_options(client);
        const char *url = options->endpoint_url;
        AUTO_CLEAR(buf) name = { .max = 128 };

        bakery__buf_text(&name, "AWS_ENDPOINT_URL_");
        for (const char *c = service; *c; c++)
                bakery__buf_char(&name, *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
        if (!name.at)
                return bakery__fail_memory(err);
        if (!url && !bakery__client_env_is_true(client, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") &&
            !bakery__client_setting_is_true(client, "ignore_configured_endpoint_urls")) {
                url = bakery__client_getenv(client, name.at);
                if (!url)
                        url = bakery__client_getenv(client, "AWS_ENDPOINT_URL");
                if (!url)
                        url = bakery__client_setting(client, service, "endpoint_url");
                if (!url)
                        url = bakery__client_setting(client, NULL, "endpoint_url");
        }
        *ret_url = url;
        return url ? bakery__endpoint_check_url(url, options->allow_http, err) : BAKERY_OK;
}

/* A switch of the environment, or of the profile where the environment does not have it. */
static bool is_switched_on(const bakery_client *client, const char *variable, const char *setting)
{
        return bakery__client_getenv(client, variable) ? bakery__client_env_is_true(client, variable)
                                                       : bakery__client_setting_is_true(client, setting);
}

const char *bakery__aws_region(const struct aws_access *aws)
{
        const char *region = aws->region ? aws->region : bakery__client_region(aws->client);

        return region ? region : bakery__client_setting(aws->client, NULL, "region");
}

static bakery_status find_endpoint(struct trip *trip, bakery_error **err)
{
        const bakery_client *client = trip->client;
        const bakery_client_options *options = bakery__client_options(client);
        const struct aws_call *call = trip->call;
        const char *url = NULL;
        bakery_status st = find_url(client, call->service, &url, err);

        if (st) {
                bakery__error_hint(err, ENDPOINT_URL_HINT);
                return bakery__wrap(err, st, "the endpoint of %s", call->service);
        }

        struct endpoint_query query = {
                .service = call->service,
                .region = bakery__aws_region(&(struct aws_access){ .client = trip->client, .region = call->region }),
                .url = url,
                /* Together with a URL it is refused: who asks for FIPS must not be sent elsewhere without a word. */
                .fips = options->use_fips || is_switched_on(client, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
                .dual_stack = !url && (options->use_dual_stack ||
                                       is_switched_on(client, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")),
                .bucket = call->bucket,
        };
        if (!query.region) {
                bakery__fail(err, BAKERY_ERR_ARGUMENT, "%s needs a region, and none is set", call->service);
                bakery__error_hint(err, "set AWS_REGION, Region in config.yml, or --region");
                return BAKERY_ERR_ARGUMENT;
        }
        return bakery__endpoint_resolve(&query, &trip->endpoint, err);
}

static bakery_status write_url(struct trip *trip, bakery_error **err)
{
        const struct aws_call *call = trip->call;

        trip->path.max = trip->url.max = 1 << 20;
        bakery__buf_text(&trip->path, trip->endpoint.path);
        bakery__buf_text(&trip->path, call->path);
        bakery__buf_format(&trip->url, "%s://%s", trip->endpoint.https ? "https" : "http", trip->endpoint.host);
        bakery__buf_add(&trip->url, trip->path.at ? trip->path.at : "", trip->path.len);
        if (call->query)
                bakery__buf_format(&trip->url, "?%s", call->query);
        bakery_status st = bakery__buf_status(&trip->path, "the path of the request", err);
        return st ? st : bakery__buf_status(&trip->url, "the URL of the request", err);
}

static bool is_on_this_machine(const struct trip *trip)
{
        struct uri uri;

        return bakery__uri_split((struct span){ trip->url.at, trip->url.len }, &uri, NULL) == BAKERY_OK &&
               bakery__uri_is_loopback(uri.host);
}

static bakery_status sign(struct trip *trip, bakery_signer *signer, bakery_error **err)
{
        const struct aws_call *call = trip->call;
        bakery_signer_request request = BAKERY_SIGNER_REQUEST_INIT;

        request.method = call->method;
        request.host = trip->endpoint.host;
        request.path = trip->path.at;
        request.query = call->query;
        request.headers = call->headers;
        request.header_count = call->header_count;
        request.body = call->body.at;
        request.body_size_bytes = call->body.len;
        request.region = trip->endpoint.region;
        request.service = trip->endpoint.signing_name;
        request.time_s = bakery__client_now_s(trip->client);
        request.access_key_id = bakery_credentials_access_key_id(call->keys);
        request.secret_access_key = bakery_credentials_secret_access_key(call->keys);
        request.session_token = bakery_credentials_session_token(call->keys);
        return bakery_signer_sign(signer, &request, err);
}

enum { HEADERS_AT_MOST = 24, DEFAULT_MAX_BODY_BYTES = 1 << 20, PROOF_MAX_BYTES = 4096 };

static bakery_status make_proof(const struct trip *trip, struct buf *into, bakery_error **err)
{
        const struct aws_proof *proof = trip->call->proof;
        bakery_status st = proof ? proof->make(proof->context, trip->url.at, into, err) : BAKERY_OK;

        return st ? st : bakery__buf_status(into, proof ? proof->header : "", err);
}

static bakery_status send_once(struct trip *trip, bakery_http_answer *answer, bool *ret_sent, bakery_error **err)
{
        const struct aws_call *call = trip->call;
        const bakery_client_options *options = bakery__client_options(trip->client);
        AUTO_CLEAR(buf) proof = { .max = PROOF_MAX_BYTES };
        bakery_http_header headers[HEADERS_AT_MOST];
        size_t n = 0;
        bakery_signer *signer = NULL;
        bakery_status st = make_proof(trip, &proof, err);

        *ret_sent = false;
        if (!st && call->keys) {
                signer = bakery__client_signer(trip->client, err);
                st = signer ? sign(trip, signer, err) : BAKERY_ERR_MEMORY;
        }
        if (st)
                return st;
        if (call->proof)
                headers[n++] = (bakery_http_header){ call->proof->header, proof.at };
        for (size_t i = 0; i < call->header_count && n < HEADERS_AT_MOST; i++)
                headers[n++] = call->headers[i];
        for (size_t i = 0; signer && i < bakery_signer_header_count(signer) && n < HEADERS_AT_MOST; i++)
                headers[n++] = (bakery_http_header){ bakery_signer_header_name(signer, i),
                                                     bakery_signer_header_value(signer, i) };
        return bakery__client_transport(
                trip->client,
                &(bakery_http_request){
                        .size = sizeof(bakery_http_request),
                        .method = call->method,
                        .url = trip->url.at,
                        .headers = headers,
                        .header_count = n,
                        .body = call->body.at,
                        .body_size_bytes = call->body.len,
                        .connect_timeout_ms = options->connect_timeout_ms,
                        .total_timeout_ms = options->total_timeout_ms,
                        .low_speed_timeout_ms = options->low_speed_timeout_ms,
                        .max_body_bytes = call->max_body_bytes ? call->max_body_bytes : DEFAULT_MAX_BODY_BYTES,
                        /* What may go in the clear because it stays here must not be handed to a proxy. */
                        .bypass_proxy = trip->on_this_machine,
                },
                answer, ret_sent, err);
}

/* What an answer says that is no success. Text is of the arena, or of the answer. */
struct refusal {
        struct arena arena;
        const char *code, *message, *request_id;
        bool understood;
};

static void clear_refusal(struct refusal *refusal)
{
        bakery__arena_clear(&refusal->arena);
}
DEFINE_AUTO_CLEAR(refusal, clear_refusal)

static const char *header_text(const bakery_http_answer *answer, const char *name, struct arena *arena)
{
        struct span value;

        return bakery__http_header(answer, name, &value) ? bakery__arena_copy(arena, value) : NULL;
}

const char *bakery__aws_request_id(const bakery_http_answer *answer, struct arena *arena)
{
        const char *id = header_text(answer, "x-amzn-requestid", arena);

        return id ? id : header_text(answer, "x-amz-request-id", arena); /* S3's spelling */
}

static void read_refusal(const struct aws_call *call, const bakery_http_answer *answer, struct refusal *ret)
{
        ret->understood = call->refusal(answer, &ret->arena, &ret->code, &ret->message, &ret->request_id);
        if (!ret->request_id)
                ret->request_id = bakery__aws_request_id(answer, &ret->arena);
}

/* The codes that say "these keys are no good", in AWS's many words. */
static const char *const credential_codes[] = {
        "ExpiredToken",          "ExpiredTokenException",
        "InvalidClientTokenId",  "UnrecognizedClientException",
        "InvalidAccessKeyId",    "InvalidToken",
        "SignatureDoesNotMatch", "MissingAuthenticationToken",
        "AuthFailure",           "InvalidSignatureException",
};
static const char *const denied_codes[] = { "AccessDenied", "AccessDeniedException", "UnauthorizedOperation" };
static const char *const missing_codes[] = {
        "NoSuchEntity",
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchKey",
        "NotFound",
        "ParameterNotFound",
        "ChangeSetNotFound",
        "StackSetNotFoundException",
        "StackInstanceNotFoundException",
        "StackNotFoundException",
        "OperationNotFoundException",
};

static bool is_one_of(const char *code, const char *const *codes, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (strcmp(codes[i], code) == 0)
                        return true;
        return false;
}

static bakery_status status_of(const char *code)
{
        if (is_one_of(code, credential_codes, N_ELEMENTS(credential_codes)))
                return BAKERY_ERR_CREDENTIALS;
        if (is_one_of(code, denied_codes, N_ELEMENTS(denied_codes)))
                return BAKERY_ERR_DENIED;
        if (is_one_of(code, missing_codes, N_ELEMENTS(missing_codes)))
                return BAKERY_ERR_NOT_FOUND;
        return BAKERY_ERR_AWS;
}

/* What to do about a refusal, where the code alone says it. */
static const struct {
        const char *code, *hint;
} hints[] = {
        { "ExpiredToken", "the credentials have expired: sign in again" },
        { "ExpiredTokenException", "the credentials have expired: sign in again" },
        { "InvalidClientTokenId", "the access key is unknown, switched off, or too new for this region" },
        { "SignatureDoesNotMatch", "the secret access key does not belong to the access key id" },
        { "RegionDisabledException", "STS is not active there: name another region (AWS_REGION), or activate it" },
        { "RequestTimeTooSkewed", "look at the system clock" },
        { "RequestExpired", "look at the system clock" },
        { "RequestInTheFuture", "look at the system clock" },
};

static void add_hint(const char *code, bakery_error **err)
{
        for (size_t i = 0; i < N_ELEMENTS(hints); i++)
                if (strcmp(hints[i].code, code) == 0)
                        bakery__error_hint(err, "%s", hints[i].hint);
}

bool bakery__aws_has_code(const bakery_error *err, const char *code)
{
        const char *said = bakery_error_aws_code(err);

        return said && strcmp(said, code) == 0;
}

static bool is_of_a_proxy(int http_status)
{
        return http_status == 407 || http_status == 413 || http_status == 414;
}

bakery_status bakery__aws_unexpected(const struct aws_refusal *answer, const char *lacks, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_NETWORK, "unexpected answer from %s (HTTP %d, request id %s)%s%s", answer->service,
                     answer->http_status, answer->request_id ? answer->request_id : "none", lacks ? ": it lacks " : "",
                     lacks ? lacks : "");
        bakery__error_hint(err, is_of_a_proxy(answer->http_status)
                                        ? "the proxy answered, not AWS: look at HTTPS_PROXY and NO_PROXY"
                                        : "something between here and AWS may have answered: a proxy, a sign-in page");
        bakery__error_aws(err, answer);
        return BAKERY_ERR_NETWORK;
}

/* A redirect is never followed: the signature is for this host alone. */
static bakery_status fail_redirect(const struct aws_call *call, const bakery_http_answer *answer, bakery_error **err)
{
        struct span to = { "nowhere", 7 }, region;

        bakery__http_header(answer, "location", &to);
        bakery__fail(err, BAKERY_ERR_NETWORK, "%s redirects (HTTP %d) to \"%.*s\", which is not followed",
                     call->service, answer->status, (int)(to.len > 200 ? 200 : to.len), to.at);
        if (bakery__http_header(answer, "x-amz-bucket-region", &region))
                bakery__error_hint(err, "the bucket is in %.*s", (int)region.len, region.at);
        return BAKERY_ERR_NETWORK;
}

static bakery_status fail_refused(const struct aws_call *call, const struct refusal *refusal, bakery_error **err)
{
        bakery_status st = status_of(refusal->code);

        bakery__fail(err, st, "%s %s: %s: %s (request id %s)", call->service, call->action, refusal->code,
                     refusal->message ? refusal->message : "no reason given",
                     refusal->request_id ? refusal->request_id : "none");
        add_hint(refusal->code, err);
        return st;
}

static bakery_status explain(const struct aws_call *call, const bakery_http_answer *answer,
                             const struct refusal *refusal, bakery_error **err)
{
        const struct aws_refusal said = {
                .service = call->service,
                .action = call->action,
                .code = refusal->understood ? refusal->code : NULL,
                .request_id = refusal->request_id,
                .http_status = answer->status,
        };
        bakery_status st;

        if (answer->status >= 300 && answer->status < 400)
                st = fail_redirect(call, answer, err);
        else if (said.code)
                st = fail_refused(call, refusal, err);
        else
                return bakery__aws_unexpected(&said, NULL, err);
        bakery__error_aws(err, &said);
        return st;
}

enum { CLOCK_TOLERANCE_S = 240 };

static bool read_date(const bakery_http_answer *answer, int64_t *ret_s)
{
        struct span date;

        return bakery__http_header(answer, "date", &date) && bakery__time_parse_http(date, ret_s);
}

/* Takes the servers' clock over, once a call. False: there is no Date, or it is no other than ours. */
static bool correct_clock(struct trip *trip, const bakery_http_answer *answer, enum retry_kind kind)
{
        int64_t server_s;

        if (trip->clock_corrected || !read_date(answer, &server_s))
                return false;

        int64_t difference_s = llabs(server_s - bakery__client_now_s(trip->client));
        if (difference_s <= (kind == RETRY_MAYBE_CLOCK ? CLOCK_TOLERANCE_S : 0))
                return false;
        bakery__client_set_clock(trip->client, server_s);
        trip->clock_corrected = true;
        return true;
}

/* Whether to try again after what went wrong, having waited; otherwise *err stays as it is. */
static bool goes_on(struct trip *trip, enum retry_kind kind, unsigned tried, const bakery_http_answer *answer)
{
        const bakery_client_options *options = bakery__client_options(trip->client);

        if (kind == RETRY_CLOCK || kind == RETRY_MAYBE_CLOCK)
                return correct_clock(trip, answer, kind);
        if (kind == RETRY_NEVER ||
            tried >= (kind == RETRY_THROTTLED ? options->throttled_attempts : options->max_attempts))
                return false;
        trip->taken = bakery__client_take(trip->client, kind);
        if (!trip->taken)
                return false;

        unsigned wait_ms = bakery__retry_wait_ms(kind, tried, options->retry_base_ms, options->retry_cap_ms,
                                                 bakery__client_random(trip->client));
        bakery__client_log(trip->client, BAKERY_LOG_DEBUG, "%s %s: try %u failed, again in %u ms", trip->call->service,
                           trip->call->action, tried, wait_ms);
        return bakery__client_wait(trip->client, wait_ms, NULL) == BAKERY_OK;
}

static bool is_success(const bakery_http_answer *answer)
{
        return answer->status >= 200 && answer->status < 300;
}

/*
 * Whether what was sent is used up. A service in trouble may have acted on it; and AccessDenied, unlike a word on the
 * signature or the clock, may be about the MFA code itself.
 */
static bool may_have_acted(enum retry_kind kind, bakery_status st)
{
        return kind == RETRY_TRANSIENT || (kind == RETRY_MAYBE_CLOCK && st == BAKERY_ERR_DENIED);
}

/* One try. *ret_kind says whether another one may help. */
static bakery_status attempt(struct trip *trip, bakery_http_answer *answer, enum retry_kind *ret_kind,
                             bakery_error **err)
{
        const struct aws_call *call = trip->call;
        bool sent = true;
        int64_t server_s;
        bakery_status st = send_once(trip, answer, &sent, err);

        *ret_kind = RETRY_NEVER;
        if (st) {
                if (st == BAKERY_ERR_NETWORK && !(sent && call->once))
                        *ret_kind = RETRY_TRANSIENT;
                return bakery__wrap(err, st, "%s at %s", call->service, trip->endpoint.host);
        }
        bakery__client_log(trip->client, BAKERY_LOG_DEBUG, "%s %s at %s: HTTP %d", call->service, call->action,
                           trip->endpoint.host, answer->status);
        if (read_date(answer, &server_s))
                bakery__client_see_clock(trip->client, server_s);
        if (is_success(answer))
                return BAKERY_OK;

        AUTO_CLEAR(refusal) refusal = { 0 };
        read_refusal(call, answer, &refusal);
        *ret_kind = bakery__retry_kind(call->service, answer->status, refusal.code);
        st = explain(call, answer, &refusal, err);
        if (call->once && may_have_acted(*ret_kind, st))
                *ret_kind = RETRY_NEVER;
        return st;
}

/* The last word on a call that failed. */
static bakery_status give_up(const struct trip *trip, bakery_status st, enum retry_kind kind, unsigned tried,
                             bakery_error **err)
{
        if (bakery__client_is_cancelled(trip->client))
                return bakery__fail(err, BAKERY_ERR_CANCELLED, "cancelled");
        if (kind == RETRY_THROTTLED)
                bakery__error_hint(err, "throttled, %u times: wait a minute, then try again", tried);
        return st;
}

bakery_status bakery__aws_call(bakery_client *client, const struct aws_call *call, bakery_http_answer *answer,
                               bakery_error **err)
{
        AUTO_CLEAR(trip) trip = { .client = client, .call = call };
        bakery_status st = find_endpoint(&trip, err);

        if (!st)
                st = write_url(&trip, err);
        if (st)
                return st;
        trip.on_this_machine = is_on_this_machine(&trip);
        for (unsigned tried = 1;; tried++) {
                enum retry_kind kind = RETRY_NEVER;

                bakery__http_answer_clear(answer);
                st = attempt(&trip, answer, &kind, err);
                if (!st) {
                        bakery__client_give_back(client, trip.taken);
                        bakery__error_clear(err);
                        return BAKERY_OK;
                }
                if (!goes_on(&trip, kind, tried, answer))
                        return give_up(&trip, st, kind, tried, err);
        }
}
