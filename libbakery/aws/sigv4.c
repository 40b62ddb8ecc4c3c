#include "aws/sigv4.h"

#include <string.h>

#include "base/time.h"
#include "formats/uri.h"

const char bakery__sigv4_algorithm[] = "AWS4-HMAC-SHA256";

const char bakery__sigv4_empty_hash[SHA256_HEX_BYTES] =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void add_span(struct buf *into, struct span text)
{
        bakery__buf_add(into, text.at, text.len);
}

void bakery__sigv4_restart(struct buf *buf)
{
        if (buf->no_memory || buf->full)
                bakery__buf_clear(buf);
        buf->len = 0;
}

void bakery__sigv4_work_clear(struct sigv4_work *work)
{
        bakery__buf_clear(&work->words);
        bakery__buf_clear(&work->signed_headers);
        bakery__buf_clear(&work->canonical_request);
        bakery__buf_clear(&work->string_to_sign);
        free(work->fields);
        work->fields = NULL;
        work->field_count = work->field_capacity = 0;
}

bool bakery__sigv4_time(int64_t time_s, char ret_time[SIGV4_TIME_BYTES])
{
        char text[TIME_TEXT_BYTES];

        if (time_s < 0 || time_s > INT64_C(253402300799))
                return false;
        bakery__time_print(time_s, text);
        for (const char *c = text; *c; c++) /* the basic format of ISO 8601: without "-" and ":" */
                if (*c != '-' && *c != ':')
                        *ret_time++ = *c;
        *ret_time = '\0';
        return true;
}

void bakery__sigv4_scope(struct buf *into, const struct sigv4 *in)
{
        bakery__buf_add(into, in->time, 8);
        bakery__buf_char(into, '/');
        add_span(into, in->region);
        bakery__buf_char(into, '/');
        add_span(into, in->service);
        bakery__buf_char(into, '/');
        bakery__buf_text(into, "aws4_request");
}

bakery_status bakery__sigv4_string_to_sign(const struct sigv4 *in, struct sigv4_work *work, bakery_error **err)
{
        struct buf *into = &work->string_to_sign;
        char hash[SHA256_HEX_BYTES];
        bakery_status st =
                bakery__sha256_hex((struct span){ work->canonical_request.at, work->canonical_request.len }, hash, err);

        if (st)
                return st;
        bakery__sigv4_restart(into);
        bakery__buf_text(into, bakery__sigv4_algorithm);
        bakery__buf_char(into, '\n');
        bakery__buf_text(into, in->time);
        bakery__buf_char(into, '\n');
        bakery__sigv4_scope(into, in);
        bakery__buf_char(into, '\n');
        bakery__buf_text(into, hash);
        return bakery__buf_status(into, "what is signed", err);
}

bakery_status bakery__sigv4_key(struct hmac *hmac, struct span secret_access_key, struct span day, struct span region,
                                struct span service, bakery_error **err)
{
        const struct span steps[] = { day, region, service, bakery__span("aws4_request") };
        AUTO_CLEAR(buf) first = { .max = SIGV4_MAX_BYTES, .secret = true };
        unsigned char key[SHA256_BYTES];

        bakery__buf_text(&first, "AWS4");
        add_span(&first, secret_access_key);
        bakery_status st = bakery__buf_status(&first, "the secret key", err);
        if (!st)
                st = bakery__hmac_set_key(hmac, (struct span){ first.at, first.len }, err);
        for (size_t i = 0; !st && i < N_ELEMENTS(steps); i++) {
                st = bakery__hmac_sign(hmac, steps[i], key, err);
                if (!st)
                        st = bakery__hmac_set_key(hmac, (struct span){ (const char *)key, sizeof key }, err);
        }
        explicit_bzero(key, sizeof key);
        return st;
}

bakery_status bakery__sigv4_signature(struct hmac *hmac, const struct sigv4_work *work, char ret_hex[SHA256_HEX_BYTES],
                                      bakery_error **err)
{
        unsigned char code[SHA256_BYTES];
        struct span text = { work->string_to_sign.at, work->string_to_sign.len };
        bakery_status st = bakery__hmac_sign(hmac, text, code, err);

        if (st)
                return st;
        bakery__hex(code, sizeof code, ret_hex);
        return BAKERY_OK;
}

void bakery__sigv4_authorization(struct buf *into, const struct sigv4 *in, const struct sigv4_work *work,
                                 const char *signature)
{
        bakery__buf_text(into, bakery__sigv4_algorithm);
        bakery__buf_text(into, " Credential=");
        add_span(into, in->access_key_id);
        bakery__buf_char(into, '/');
        bakery__sigv4_scope(into, in);
        bakery__buf_text(into, ", SignedHeaders=");
        bakery__buf_add(into, work->signed_headers.at, work->signed_headers.len);
        bakery__buf_text(into, ", Signature=");
        bakery__buf_text(into, signature);
}

void bakery__sigv4_signed_query(struct buf *into, const struct sigv4 *in, const struct sigv4_work *work,
                                const char *signature)
{
        bakery__buf_add(into, work->canonical_request.at + work->query_at, work->query_len);
        if (in->session_token.len > 0 && in->token_unsigned) {
                bakery__buf_text(into, "&X-Amz-Security-Token=");
                bakery__uri_encode(into, in->session_token, URI_ENCODE_SLASH);
        }
        bakery__buf_text(into, "&X-Amz-Signature=");
        bakery__buf_text(into, signature);
}
