/* Keys and entries of the cache as bytes. Pure. */
#include <stdio.h>
#include <string.h>

#include "credentials/cache.h"

/* Another layout is another version: entries of both are ignored by the other, and replaced. */
static const char version_line[] = "bakery-cache 2\n";

enum { KEY_MAX_BYTES = 256 << 10, ENTRY_MAX_BYTES = 1 << 20, SUM_BYTES = sizeof "0123456789abcdef\n" - 1 };

struct cache_key bakery__cache_key(enum cache_kind kind)
{
        return (struct cache_key){ .kind = kind, .inputs = { .max = KEY_MAX_BYTES, .secret = true } };
}

/* A netstring: no text can be taken for the end of one and the beginning of another. */
static void put_text(struct buf *into, struct span text)
{
        bakery__buf_format(into, "%zu:", text.len);
        bakery__buf_add(into, text.at, text.len);
        bakery__buf_char(into, ',');
}

static void put_optional(struct buf *into, const char *text)
{
        if (text)
                put_text(into, bakery__span(text));
        else
                bakery__buf_char(into, '-');
}

static void put_number(struct buf *into, long long number)
{
        char digits[24];
        int n = snprintf(digits, sizeof digits, "%lld", number);

        put_text(into, (struct span){ digits, (size_t)n });
}

void bakery__cache_key_text(struct cache_key *key, const char *name, const char *value)
{
        put_optional(&key->inputs, name);
        put_optional(&key->inputs, value);
        key->unusable |= key->inputs.no_memory || key->inputs.full;
}

void bakery__cache_key_number(struct cache_key *key, const char *name, unsigned long long value)
{
        char digits[24];

        snprintf(digits, sizeof digits, "%llu", value);
        bakery__cache_key_text(key, name, digits);
}

void bakery__cache_key_clear(struct cache_key *key)
{
        bakery__buf_clear(&key->inputs);
}

/* FNV-1a. It finds files and torn ones; that two inputs are the same is decided by comparing them. */
static uint64_t hash(struct span bytes)
{
        uint64_t h = 0xcbf29ce484222325u;

        for (size_t i = 0; i < bytes.len; i++)
                h = (h ^ (unsigned char)bytes.at[i]) * 0x100000001b3u;
        return h;
}

static struct span inputs_of(const struct cache_key *key)
{
        return (struct span){ key->inputs.at ? key->inputs.at : "", key->inputs.len };
}

void bakery__cache_name(const struct cache_key *key, char ret_name[CACHE_NAME_BYTES])
{
        static const char *const kinds[CACHE_KINDS] = { "role", "mfa", "user" };

        snprintf(ret_name, CACHE_NAME_BYTES, "%s-%016llx", kinds[key->kind], (unsigned long long)hash(inputs_of(key)));
}

void bakery__cache_entry_clear(struct cache_entry *entry)
{
        bakery_credentials_free(entry->keys);
        free(entry->text);
        *entry = (struct cache_entry){ 0 };
}

bakery_status bakery__cache_print(const struct cache_key *key, const struct cache_entry *entry, struct buf *into,
                                  bakery_error **err)
{
        const bakery_credentials *keys = entry->keys;

        into->max = ENTRY_MAX_BYTES;
        into->secret = true;
        bakery__buf_text(into, version_line);
        put_text(into, inputs_of(key));
        put_number(into, entry->issued_s);
        put_number(into, keys ? bakery_credentials_expiration_s(keys) : 0);
        put_number(into, entry->slow_s);
        put_optional(into, keys ? bakery_credentials_access_key_id(keys) : NULL);
        put_optional(into, keys ? bakery_credentials_secret_access_key(keys) : NULL);
        put_optional(into, keys ? bakery_credentials_session_token(keys) : NULL);
        put_optional(into, keys ? bakery_credentials_source(keys) : NULL);
        put_optional(into, entry->text);
        bakery_status st = bakery__buf_status(into, "a cached session", err);
        if (st)
                return st;
        bakery__buf_format(into, "%016llx\n", (unsigned long long)hash((struct span){ into->at, into->len }));
        return bakery__buf_status(into, "a cached session", err);
}

/* Takes a netstring off the front; *ret->at is NULL for "-", which stands for none. */
static bool take_text(struct span *rest, struct span *ret)
{
        size_t len = 0, digits = 0;

        if (rest->len > 0 && *rest->at == '-') {
                *ret = (struct span){ NULL, 0 };
                *rest = (struct span){ rest->at + 1, rest->len - 1 };
                return true;
        }
        for (; digits < rest->len && digits < 8 && rest->at[digits] >= '0' && rest->at[digits] <= '9'; digits++)
                len = len * 10 + (size_t)(rest->at[digits] - '0');
        if (digits == 0 || rest->len < digits + len + 2 || rest->at[digits] != ':' || rest->at[digits + 1 + len] != ',')
                return false;
        *ret = (struct span){ rest->at + digits + 1, len };
        *rest = (struct span){ rest->at + digits + len + 2, rest->len - digits - len - 2 };
        return true;
}

static bool read_number(struct span text, int64_t *ret)
{
        int64_t value = 0;

        if (!text.at || text.len == 0 || text.len > 15)
                return false;
        for (size_t i = 0; i < text.len; i++) {
                if (text.at[i] < '0' || text.at[i] > '9')
                        return false;
                value = value * 10 + (text.at[i] - '0');
        }
        *ret = value;
        return true;
}

enum field { INPUTS, ISSUED, EXPIRATION, SLOW, KEY_ID, SECRET_KEY, TOKEN, SOURCE, TEXT, N_FIELDS };

static bool take_fields(struct span body, struct span fields[N_FIELDS])
{
        for (size_t i = 0; i < N_FIELDS; i++)
                if (!take_text(&body, &fields[i]))
                        return false;
        return body.len == 0;
}

/* Copies a field, so that it ends in NUL; into is a secret buffer. NULL: there is none. */
static const char *copy(struct buf *into, struct span field)
{
        bakery__buf_add(into, field.at, field.len);
        return field.at && into->at ? into->at : NULL;
}

static struct buf secret_text(void)
{
        return (struct buf){ .max = ENTRY_MAX_BYTES, .secret = true };
}

static bool read_keys(const struct span fields[N_FIELDS], bakery_credentials **ret)
{
        AUTO_CLEAR(buf) key_id = secret_text(), secret = secret_text();
        AUTO_CLEAR(buf) token = secret_text(), source = secret_text();
        int64_t expiration_s;

        if (!fields[KEY_ID].at)
                return true;
        return read_number(fields[EXPIRATION], &expiration_s) &&
               bakery_credentials_new(copy(&key_id, fields[KEY_ID]), copy(&secret, fields[SECRET_KEY]),
                                      copy(&token, fields[TOKEN]), expiration_s, copy(&source, fields[SOURCE]), ret,
                                      NULL) == BAKERY_OK;
}

/* The sum at the end tells a torn file; false also when there is none. */
static bool sum_is_right(struct span bytes)
{
        char sum[SUM_BYTES + 1];

        if (bytes.len < SUM_BYTES)
                return false;
        snprintf(sum, sizeof sum, "%016llx\n",
                 (unsigned long long)hash((struct span){ bytes.at, bytes.len - SUM_BYTES }));
        return memcmp(bytes.at + bytes.len - SUM_BYTES, sum, SUM_BYTES) == 0;
}

static bool refuse(const char **ret_why, const char *why)
{
        *ret_why = why;
        return false;
}

bool bakery__cache_parse(const struct cache_key *key, struct span bytes, struct cache_entry *ret, const char **ret_why)
{
        const size_t version_len = sizeof version_line - 1;
        AUTO_CLEAR(cache_entry) entry = { 0 };
        struct span fields[N_FIELDS], inputs = inputs_of(key);

        if (bytes.len < version_len || memcmp(bytes.at, version_line, version_len) != 0)
                return refuse(ret_why, "of another version");
        if (!sum_is_right(bytes) ||
            !take_fields((struct span){ bytes.at + version_len, bytes.len - version_len - SUM_BYTES }, fields))
                return refuse(ret_why, "torn");
        if (fields[INPUTS].len != inputs.len || memcmp(fields[INPUTS].at, inputs.at, inputs.len) != 0)
                return refuse(ret_why, "the answer to another request");
        if (!read_number(fields[ISSUED], &entry.issued_s) || !read_number(fields[SLOW], &entry.slow_s) ||
            !read_keys(fields, &entry.keys))
                return refuse(ret_why, "torn");
        if (fields[TEXT].at && !(entry.text = strndup(fields[TEXT].at, fields[TEXT].len)))
                return refuse(ret_why, "too large for memory");
        *ret = entry;
        entry = (struct cache_entry){ 0 };
        return true;
}
