#include "formats/dpop.h"

#include "formats/base64.h"
#include "formats/json.h"

enum { PART_MAX_BYTES = 3000 };

static void put_number(struct json *json, struct cJSON *parent, const char *name, const unsigned char *bytes)
{
        AUTO_CLEAR(buf) text = { .max = 2 * ES256_NUMBER_BYTES };

        bakery__base64url_encode(&text, (struct span){ (const char *)bytes, ES256_NUMBER_BYTES });
        json->no_memory |= text.no_memory;
        bakery__json_text(json, parent, name, text.at ? text.at : "");
}

/* RFC 9449, section 4.2; the key as in RFC 7518, section 6.2. */
static bakery_status write_header(const struct dpop *dpop, struct json *json, bakery_error **err)
{
        unsigned char point[2 * ES256_NUMBER_BYTES];
        struct cJSON *root = bakery__json_root(json);
        bakery_status st = bakery__es256_public(dpop->key, point, err);

        if (st)
                return st;
        bakery__json_text(json, root, "typ", "dpop+jwt");
        bakery__json_text(json, root, "alg", "ES256");
        struct cJSON *key = bakery__json_object(json, root, "jwk");
        bakery__json_text(json, key, "kty", "EC");
        put_number(json, key, "x", point);
        put_number(json, key, "y", point + ES256_NUMBER_BYTES);
        bakery__json_text(json, key, "crv", "P-256");
        return BAKERY_OK;
}

static void write_claims(const struct dpop *dpop, struct json *json)
{
        struct cJSON *root = bakery__json_root(json);

        bakery__json_text(json, root, "htm", dpop->method);
        bakery__json_text(json, root, "htu", dpop->url);
        bakery__json_number(json, root, "iat", dpop->now_s);
        bakery__json_text(json, root, "jti", dpop->id);
}

static bakery_status encode_json(const struct json *json, struct buf *into, bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = PART_MAX_BYTES };
        bakery_status st = bakery__json_print(json, JSON_COMPACT, &text, "the DPoP token", err);

        if (!st)
                bakery__base64url_encode(into, (struct span){ text.at, text.len });
        return st;
}

static bakery_status add_signature(const struct dpop *dpop, struct buf *into, size_t begin, bakery_error **err)
{
        unsigned char signature[ES256_SIGNATURE_BYTES];
        bakery_status st = bakery__buf_status(into, "the DPoP token", err);

        if (!st)
                st = bakery__es256_sign(dpop->key, (struct span){ into->at + begin, into->len - begin }, signature,
                                        err);
        if (st)
                return st;
        bakery__buf_char(into, '.');
        bakery__base64url_encode(into, (struct span){ (const char *)signature, sizeof signature });
        return bakery__buf_status(into, "the DPoP token", err);
}

bakery_status bakery__dpop_print(const struct dpop *dpop, struct buf *into, bakery_error **err)
{
        AUTO_CLEAR(json) header = { 0 };
        AUTO_CLEAR(json) claims = { 0 };
        const size_t begin = into->len;
        bakery_status st = write_header(dpop, &header, err);

        if (!st)
                st = encode_json(&header, into, err);
        write_claims(dpop, &claims);
        bakery__buf_char(into, '.');
        if (!st)
                st = encode_json(&claims, into, err);
        return st ? st : add_signature(dpop, into, begin, err);
}
