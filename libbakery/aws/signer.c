#include <bakery/signer.h>

#include <stddef.h>
#include <string.h>

#include "aws/sigv4.h"
#include "base/mem.h"

enum { MAX_HEADERS = 4, WEEK_S = 7 * 24 * 3600 };

struct bakery_signer {
        struct sigv4_work work;
        struct hmac key;
        struct buf key_of, wanted; /* what key was derived from, and what is asked for */
        struct buf output;         /* texts that end in NUL */
        size_t values[MAX_HEADERS];
        const char *names[MAX_HEADERS];
        size_t header_count;
};

bakery_status bakery_signer_new(bakery_signer **ret_signer, bakery_error **err)
{
        bakery_signer *signer = calloc(1, sizeof *signer);

        if (!signer)
                return bakery__fail_memory(err);
        signer->work = (struct sigv4_work)SIGV4_WORK_INIT;
        signer->key_of = signer->wanted = signer->output = (struct buf)SIGV4_BUF_INIT;
        bakery__error_clear(err);
        *ret_signer = signer;
        return BAKERY_OK;
}

void bakery_signer_free(bakery_signer *signer)
{
        if (!signer)
                return;
        bakery__sigv4_work_clear(&signer->work);
        bakery__hmac_clear(&signer->key);
        bakery__buf_clear(&signer->key_of);
        bakery__buf_clear(&signer->wanted);
        bakery__buf_clear(&signer->output);
        free(signer);
}

static bool is_token(struct span text) /* RFC 9110, section 5.6.2 */
{
        return text.len > 0 && bakery__str_only(text, "!#$%&'*+-.^_`|~");
}

static bool is_host(struct span text)
{
        return text.len > 0 && bakery__str_only(text, "-._:[]%");
}

static bool is_name(struct span text)
{
        return text.len > 0 && bakery__str_only(text, "-._");
}

static bool is_hash(struct span text)
{
        return text.len > 0 && bakery__str_only(text, "-");
}

/* Each byte is above floor and no DEL. */
static bool is_above(struct span text, unsigned char floor)
{
        for (size_t i = 0; i < text.len; i++)
                if ((unsigned char)text.at[i] <= floor || text.at[i] == 0x7f)
                        return false;
        return true;
}

static bool is_path(struct span text)
{
        return text.len > 0 && text.at[0] == '/' && is_above(text, 0x1f) && !memchr(text.at, '?', text.len) &&
               !memchr(text.at, '#', text.len);
}

static bool is_query(struct span text)
{
        return is_above(text, 0x1f) && (text.len == 0 || !memchr(text.at, '#', text.len));
}

static bool is_header_value(struct span text)
{
        for (size_t i = 0; i < text.len; i++)
                if (((unsigned char)text.at[i] < ' ' && text.at[i] != '\t') || text.at[i] == 0x7f)
                        return false;
        return true;
}

/* It goes into the Authorization header, between "=" and "/". */
static bool is_key_id(struct span text)
{
        return text.len > 0 && is_above(text, ' ') && !memchr(text.at, '/', text.len) &&
               !memchr(text.at, ',', text.len);
}

static bool is_session_token(struct span text)
{
        return is_above(text, ' ');
}

static bool is_secret(struct span text)
{
        return text.len > 0;
}

#define FIELD(name) #name, offsetof(bakery_signer_request, name)

static const struct {
        const char *name;
        size_t offset;
        bool optional;
        bool (*fits)(struct span text);
} fields[] = {
        { FIELD(method), false, is_token },
        { FIELD(host), false, is_host },
        { FIELD(path), true, is_path },
        { FIELD(query), true, is_query },
        { FIELD(payload_hash), true, is_hash },
        { FIELD(region), false, is_name },
        { FIELD(service), false, is_name },
        { FIELD(access_key_id), false, is_key_id },
        { FIELD(secret_access_key), false, is_secret },
        { FIELD(session_token), true, is_session_token },
};

static bakery_status check_headers(const bakery_signer_request *request, bakery_error **err)
{
        for (size_t i = 0; i < request->header_count; i++) {
                const bakery_http_header *header = &request->headers[i];

                if (!header->name || !header->value)
                        return bakery__fail(err, BAKERY_ERR_ARGUMENT, "sign: header %zu has no name or no value", i);
                if (!is_token(bakery__span(header->name)))
                        return bakery__fail(err, BAKERY_ERR_ARGUMENT, "sign: the name of header %zu is none", i);
                if (!is_header_value(bakery__span(header->value)))
                        return bakery__fail(err, BAKERY_ERR_ARGUMENT, "sign: the value of %s has a control byte",
                                            header->name);
        }
        return BAKERY_OK;
}

static bakery_status check(const bakery_signer_request *request, bakery_error **err)
{
        if (!request || request->size < sizeof *request)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "sign: the request does not begin with its size");
        for (size_t i = 0; i < N_ELEMENTS(fields); i++) {
                const char *text;

                memcpy(&text, (const char *)request + fields[i].offset, sizeof text);
                if ((!text || !*text) && !fields[i].optional)
                        return bakery__fail(err, BAKERY_ERR_ARGUMENT, "sign: %s is missing", fields[i].name);
                /* Never the value: it may be a secret, or what somebody took for a secret's place. */
                if (text && !fields[i].fits(bakery__span(text)))
                        return bakery__fail(err, BAKERY_ERR_ARGUMENT, "sign: %s has bytes that it cannot have",
                                            fields[i].name);
        }
        if ((!request->headers && request->header_count > 0) || (!request->body && request->body_size_bytes > 0))
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "sign: a count without what is counted");
        if (request->flags & ~(unsigned)(BAKERY_SIGNER_CONTENT_SHA256 | BAKERY_SIGNER_TOKEN_UNSIGNED))
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "sign: a flag that this version does not know");
        return check_headers(request, err);
}

static struct span span_or_empty(const char *text)
{
        return bakery__span(text ? text : "");
}

/* The signing names whose paths are encoded once: all of S3. */
static bool is_s3(const char *service)
{
        static const char *const names[] = { "s3", "s3express", "s3-outposts", "s3-object-lambda" };

        for (size_t i = 0; i < N_ELEMENTS(names); i++)
                if (bakery__str_equal(service, names[i]))
                        return true;
        return false;
}

static bakery_status hash_payload(const bakery_signer_request *request, const struct sigv4 *in,
                                  char ret_hash[SHA256_HEX_BYTES], struct span *ret_payload_hash, bakery_error **err)
{
        if (request->payload_hash) {
                *ret_payload_hash = bakery__span(request->payload_hash);
                return BAKERY_OK;
        }
        if (in->form == SIGV4_QUERY && in->s3_path) {
                *ret_payload_hash = bakery__span("UNSIGNED-PAYLOAD"); /* S3 assumes it where no hash is sent */
                return BAKERY_OK;
        }
        if (request->body_size_bytes == 0) {
                *ret_payload_hash = bakery__span(bakery__sigv4_empty_hash);
                return BAKERY_OK;
        }

        struct span body = { request->body, request->body_size_bytes };
        bakery_status st = bakery__sha256_hex(body, ret_hash, err);
        if (st)
                return st;
        *ret_payload_hash = bakery__span(ret_hash);
        return BAKERY_OK;
}

static bakery_status prepare(const bakery_signer_request *request, enum sigv4_form form, struct sigv4 *ret,
                             char ret_hash[SHA256_HEX_BYTES], bakery_error **err)
{
        bakery_status st = check(request, err);

        if (st)
                return st;
        *ret = (struct sigv4){
                .form = form,
                .s3_path = is_s3(request->service),
                .token_unsigned = request->flags & BAKERY_SIGNER_TOKEN_UNSIGNED,
                .method = bakery__span(request->method),
                .host = bakery__span(request->host),
                .path = bakery__span(request->path ? request->path : "/"),
                .query = span_or_empty(request->query),
                .headers = request->headers,
                .header_count = request->header_count,
                .region = bakery__span(request->region),
                .service = bakery__span(request->service),
                .access_key_id = bakery__span(request->access_key_id),
                .session_token = span_or_empty(request->session_token),
        };
        if (request->time_s == 0 || !bakery__sigv4_time(request->time_s, ret->time))
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "sign: time_s is no time between 1970 and 9999");
        /* In a query the hash stands only when the caller gives one: without it AWS assumes what we sign. */
        ret->hash_sent = form == SIGV4_HEADERS ? ret->s3_path || request->flags & BAKERY_SIGNER_CONTENT_SHA256
                                               : ret->s3_path && request->payload_hash;
        return hash_payload(request, ret, ret_hash, &ret->payload_hash, err);
}

/* Derives the signing key, unless the one at hand is of the same day, region, service and secret. */
static bakery_status use_key(bakery_signer *signer, const struct sigv4 *in, const char *secret, bakery_error **err)
{
        const struct span parts[] = { { in->time, 8 }, in->region, in->service, bakery__span(secret) };
        struct buf *wanted = &signer->wanted;

        bakery__sigv4_restart(wanted);
        for (size_t i = 0; i < N_ELEMENTS(parts); i++) {
                bakery__buf_add(wanted, parts[i].at, parts[i].len);
                bakery__buf_char(wanted, '\0'); /* no part has one */
        }
        bakery_status st = bakery__buf_status(wanted, "the secret key", err);
        if (st)
                return st;
        if (wanted->len == signer->key_of.len && memcmp(wanted->at, signer->key_of.at, wanted->len) == 0)
                return BAKERY_OK;

        signer->key_of.len = 0; /* whatever comes of it, the old key is gone */
        st = bakery__sigv4_key(&signer->key, parts[3], parts[0], parts[1], parts[2], err);
        if (st)
                return st;
        struct buf derived = signer->key_of;
        signer->key_of = *wanted;
        *wanted = derived;
        return BAKERY_OK;
}

/* All four stages; *in is then what was signed. */
static bakery_status run(bakery_signer *signer, const bakery_signer_request *request, const struct sigv4 *in,
                         char ret_signature[SHA256_HEX_BYTES], bakery_error **err)
{
        bakery_status st = bakery__sigv4_canonical_request(in, &signer->work, err);

        if (!st)
                st = bakery__sigv4_string_to_sign(in, &signer->work, err);
        if (!st)
                st = use_key(signer, in, request->secret_access_key, err);
        if (!st)
                st = bakery__sigv4_signature(&signer->key, &signer->work, ret_signature, err);
        return st;
}

static void put_header(bakery_signer *signer, const char *name, struct span value)
{
        signer->names[signer->header_count] = name;
        signer->values[signer->header_count++] = signer->output.len;
        bakery__buf_add(&signer->output, value.at, value.len);
}

static void end_header(bakery_signer *signer)
{
        bakery__buf_char(&signer->output, '\0');
}

static bakery_status put_headers(bakery_signer *signer, const struct sigv4 *in, const char *signature,
                                 bakery_error **err)
{
        put_header(signer, "X-Amz-Date", bakery__span(in->time));
        end_header(signer);
        if (in->session_token.len > 0) {
                put_header(signer, "X-Amz-Security-Token", in->session_token);
                end_header(signer);
        }
        if (in->hash_sent) {
                put_header(signer, "X-Amz-Content-Sha256", in->payload_hash);
                end_header(signer);
        }
        put_header(signer, "Authorization", (struct span){ "", 0 });
        bakery__sigv4_authorization(&signer->output, in, &signer->work, signature);
        end_header(signer);

        bakery_status st = bakery__buf_status(&signer->output, "what is signed", err);
        if (st)
                signer->header_count = 0;
        return st;
}

static void forget_output(bakery_signer *signer)
{
        signer->header_count = 0;
        bakery__sigv4_restart(&signer->output);
}

bakery_status bakery_signer_sign(bakery_signer *signer, const bakery_signer_request *request, bakery_error **err)
{
        char hash[SHA256_HEX_BYTES], signature[SHA256_HEX_BYTES];
        struct sigv4 in;

        forget_output(signer);
        bakery_status st = prepare(request, SIGV4_HEADERS, &in, hash, err);
        if (!st)
                st = run(signer, request, &in, signature, err);
        if (!st)
                st = put_headers(signer, &in, signature, err);
        if (!st)
                bakery__error_clear(err);
        return st;
}

bakery_status bakery_signer_presign(bakery_signer *signer, const bakery_signer_request *request, unsigned expires_s,
                                    const char **ret_query, bakery_error **err)
{
        char hash[SHA256_HEX_BYTES], signature[SHA256_HEX_BYTES];
        struct sigv4 in;

        forget_output(signer);
        if (expires_s < 1 || expires_s > WEEK_S)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "sign: expires_s is not between 1 and %d", WEEK_S);
        bakery_status st = prepare(request, SIGV4_QUERY, &in, hash, err);
        if (st)
                return st;
        in.expires_s = expires_s;
        st = run(signer, request, &in, signature, err);
        if (st)
                return st;
        bakery__sigv4_signed_query(&signer->output, &in, &signer->work, signature);
        st = bakery__buf_status(&signer->output, "what is signed", err);
        if (st)
                return st;
        bakery__error_clear(err);
        *ret_query = signer->output.at;
        return BAKERY_OK;
}

size_t bakery_signer_header_count(const bakery_signer *signer)
{
        return signer->header_count;
}

const char *bakery_signer_header_name(const bakery_signer *signer, size_t i)
{
        return i < signer->header_count ? signer->names[i] : "";
}

const char *bakery_signer_header_value(const bakery_signer *signer, size_t i)
{
        return i < signer->header_count ? signer->output.at + signer->values[i] : "";
}
