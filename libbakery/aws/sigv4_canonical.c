/* The first stage: everything that can differ between two ways to write one request is made equal here. */
#include "aws/sigv4.h"

#include <stdio.h>
#include <string.h>

#include "formats/uri.h"

#define NAME(text)                     \
        {                              \
                text, sizeof(text) - 1 \
        }

/* Proxies and HTTP libraries change or add these on the way. */
static const struct span never_signed[] = {
        NAME("connection"), NAME("expect"),     NAME("keep-alive"),
        NAME("te"),         NAME("trailer"),    NAME("transfer-encoding"),
        NAME("upgrade"),    NAME("user-agent"), NAME("x-amzn-trace-id"),
};

/* Two of one name would let AWS take the other one. */
static const struct span made_headers[] = {
        NAME("host"),
        NAME("authorization"),
        NAME("x-amz-date"),
        NAME("x-amz-security-token"),
        NAME("x-amz-content-sha256"),
};
static const struct span made_parameters[] = {
        NAME("X-Amz-Algorithm"), NAME("X-Amz-Credential"),     NAME("X-Amz-Date"),
        NAME("X-Amz-Expires"),   NAME("X-Amz-SignedHeaders"),  NAME("X-Amz-Security-Token"),
        NAME("X-Amz-Signature"), NAME("X-Amz-Content-Sha256"),
};

/* A header or a parameter: offsets into words, which grows. */
struct sigv4_field {
        size_t name, name_len, value, value_len;
};

static struct span name_of(const struct sigv4_work *work, const struct sigv4_field *field)
{
        return (struct span){ work->words.at + field->name, field->name_len };
}

static struct span value_of(const struct sigv4_work *work, const struct sigv4_field *field)
{
        return (struct span){ work->words.at + field->value, field->value_len };
}

static void add_span(struct buf *into, struct span text)
{
        bakery__buf_add(into, text.at, text.len);
}

/* A new field whose name begins where words ends; NULL when memory is gone, which words remembers. */
static struct sigv4_field *new_field(struct sigv4_work *work)
{
        if (work->field_count == work->field_capacity) {
                size_t capacity = work->field_capacity ? work->field_capacity * 2 : 16;
                struct sigv4_field *fields = realloc(work->fields, capacity * sizeof *fields);

                if (!fields) {
                        work->words.no_memory = true;
                        return NULL;
                }
                work->fields = fields;
                work->field_capacity = capacity;
        }
        struct sigv4_field *field = &work->fields[work->field_count++];
        *field = (struct sigv4_field){ .name = work->words.len };
        return field;
}

/* Its name ends here, and its value begins. */
static void end_name(struct sigv4_work *work, struct sigv4_field *field)
{
        field->value = work->words.len;
        field->name_len = field->value - field->name;
}

static void end_value(struct sigv4_work *work, struct sigv4_field *field)
{
        field->value_len = work->words.len - field->value;
}

/* By name; equal names by value, or as they came: their values stand in words in that order. */
static int compare(const struct sigv4_work *work, const struct sigv4_field *a, const struct sigv4_field *b,
                   bool by_value)
{
        struct span left = name_of(work, a), right = name_of(work, b);

        for (int pass = 0; pass < 2; pass++) {
                size_t len = left.len < right.len ? left.len : right.len;
                int difference = len > 0 ? memcmp(left.at, right.at, len) : 0;

                if (difference != 0)
                        return difference;
                if (left.len != right.len)
                        return left.len < right.len ? -1 : 1;
                if (!by_value)
                        break;
                left = value_of(work, a);
                right = value_of(work, b);
        }
        return a->name < b->name ? -1 : 1;
}

static int compare_headers(const void *a, const void *b, void *work)
{
        return compare(work, a, b, false);
}

static int compare_parameters(const void *a, const void *b, void *work)
{
        return compare(work, a, b, true);
}

static bool is_one_of(struct span name, const struct span *list, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (name.len == list[i].len && bakery__span_equal_nocase(name, list[i]))
                        return true;
        return false;
}
#define IS_ONE_OF(name, list) is_one_of(name, list, N_ELEMENTS(list))

static bool is_signed(struct span lower_name)
{
        static const struct span proxy = NAME("proxy-");

        if (lower_name.len >= proxy.len && memcmp(lower_name.at, proxy.at, proxy.len) == 0)
                return false;
        return !IS_ONE_OF(lower_name, never_signed);
}

static bool is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Trimmed, and each run of white space inside as one space. */
static void add_header_value(struct buf *into, struct span value)
{
        value = bakery__span_trim(value);
        for (const char *at = value.at, *end = at + value.len; at < end;) {
                const char *word = at;

                while (at < end && !is_blank(*at))
                        at++;
                bakery__buf_add(into, word, (size_t)(at - word));
                if (at < end)
                        bakery__buf_char(into, ' ');
                while (at < end && is_blank(*at))
                        at++;
        }
}

static void add_lower(struct buf *into, struct span text)
{
        size_t start = into->len;

        add_span(into, text);
        for (size_t i = start; i < into->len; i++)
                into->at[i] = bakery__ascii_lower(into->at[i]);
}

static void add_header(struct sigv4_work *work, struct span name, struct span value)
{
        struct sigv4_field *field = new_field(work);

        if (!field)
                return;
        add_lower(&work->words, name);
        end_name(work, field);
        if (is_signed(name_of(work, field)))
                add_header_value(&work->words, value);
        else
                work->field_count--;
        end_value(work, field);
}

static bool token_is_signed(const struct sigv4 *in)
{
        return in->session_token.len > 0 && !in->token_unsigned;
}

static bakery_status add_headers(const struct sigv4 *in, struct sigv4_work *work, bakery_error **err)
{
        add_header(work, bakery__span("host"), in->host);
        for (size_t i = 0; i < in->header_count; i++) {
                struct span name = bakery__span(in->headers[i].name);

                if (IS_ONE_OF(name, made_headers))
                        return bakery__fail(err, BAKERY_ERR_ARGUMENT, "sign: the header %s is made by the signer",
                                            in->headers[i].name);
                add_header(work, name, bakery__span(in->headers[i].value));
        }
        if (in->form == SIGV4_QUERY)
                return BAKERY_OK;
        add_header(work, bakery__span("x-amz-date"), bakery__span(in->time));
        if (token_is_signed(in))
                add_header(work, bakery__span("x-amz-security-token"), in->session_token);
        if (in->hash_sent)
                add_header(work, bakery__span("x-amz-content-sha256"), in->payload_hash);
        return BAKERY_OK;
}

static void sort(struct sigv4_work *work, size_t from, int (*order)(const void *, const void *, void *))
{
        /* Words without memory has holes, and nothing of it is used. */
        if (!work->words.no_memory && !work->words.full && work->field_count > from)
                qsort_r(work->fields + from, work->field_count - from, sizeof *work->fields, order, work);
}

static bool repeats(const struct sigv4_work *work, size_t i)
{
        struct span name = name_of(work, &work->fields[i]);

        return i > 0 && name.len == work->fields[i - 1].name_len &&
               memcmp(name_of(work, &work->fields[i - 1]).at, name.at, name.len) == 0;
}

static void list_signed_headers(struct sigv4_work *work)
{
        bakery__sigv4_restart(&work->signed_headers);
        for (size_t i = 0; i < work->field_count; i++) {
                if (repeats(work, i))
                        continue;
                if (i > 0)
                        bakery__buf_char(&work->signed_headers, ';');
                add_span(&work->signed_headers, name_of(work, &work->fields[i]));
        }
}

static void add_parameter(struct sigv4_work *work, const char *name, struct span value)
{
        struct sigv4_field *field = new_field(work);

        if (!field)
                return;
        bakery__buf_text(&work->words, name);
        end_name(work, field);
        bakery__uri_encode(&work->words, value, URI_ENCODE_SLASH);
        end_value(work, field);
}

static void add_signing_parameters(const struct sigv4 *in, struct sigv4_work *work)
{
        AUTO_CLEAR(buf) credential = { .max = SIGV4_MAX_BYTES };
        char expires[12];

        add_span(&credential, in->access_key_id);
        bakery__buf_char(&credential, '/');
        bakery__sigv4_scope(&credential, in);
        work->words.no_memory |= credential.no_memory;
        snprintf(expires, sizeof expires, "%u", in->expires_s);

        add_parameter(work, "X-Amz-Algorithm", bakery__span(bakery__sigv4_algorithm));
        add_parameter(work, "X-Amz-Credential", (struct span){ credential.at, credential.len });
        add_parameter(work, "X-Amz-Date", bakery__span(in->time));
        add_parameter(work, "X-Amz-Expires", bakery__span(expires));
        add_parameter(work, "X-Amz-SignedHeaders", (struct span){ work->signed_headers.at, work->signed_headers.len });
        if (token_is_signed(in))
                add_parameter(work, "X-Amz-Security-Token", in->session_token);
        if (in->hash_sent)
                add_parameter(work, "X-Amz-Content-Sha256", in->payload_hash);
}

static bakery_status add_parameters(const struct sigv4 *in, struct sigv4_work *work, bakery_error **err)
{
        struct span rest = in->query;

        for (struct uri_parameter parameter; bakery__uri_next_parameter(&rest, &parameter);) {
                struct sigv4_field *field = new_field(work);

                if (!field)
                        break;
                bakery__uri_encode_again(&work->words, parameter.name, URI_ENCODE_SLASH);
                end_name(work, field);
                bakery__uri_encode_again(&work->words, parameter.value, URI_ENCODE_SLASH);
                end_value(work, field);
                if (field->name_len > 0 && IS_ONE_OF(name_of(work, field), made_parameters))
                        return bakery__fail(err, BAKERY_ERR_ARGUMENT, "sign: the parameter %.*s is made by the signer",
                                            (int)field->name_len, work->words.at + field->name);
        }
        if (in->form == SIGV4_QUERY)
                add_signing_parameters(in, work);
        return BAKERY_OK;
}

static void add_canonical_path(struct buf *into, const struct sigv4 *in)
{
        AUTO_CLEAR(buf) normal = { .max = SIGV4_MAX_BYTES };

        if (in->s3_path) {
                bakery__uri_encode_again(into, in->path, URI_KEEP_SLASH);
                return;
        }
        if (in->path.len <= 1) { /* most of AWS: spare the memory */
                bakery__buf_char(into, '/');
                return;
        }
        bakery__uri_normalise_path(&normal, in->path);
        into->no_memory |= normal.no_memory;
        into->full |= normal.full;
        bakery__uri_encode(into, (struct span){ normal.at, normal.len }, URI_KEEP_SLASH);
}

static void add_canonical_query(struct sigv4_work *work, size_t first)
{
        struct buf *into = &work->canonical_request;

        work->query_at = into->len;
        for (size_t i = first; i < work->field_count; i++) {
                if (i > first)
                        bakery__buf_char(into, '&');
                add_span(into, name_of(work, &work->fields[i]));
                bakery__buf_char(into, '=');
                add_span(into, value_of(work, &work->fields[i]));
        }
        work->query_len = into->len - work->query_at;
}

static void add_canonical_headers(struct sigv4_work *work, size_t count)
{
        struct buf *into = &work->canonical_request;

        for (size_t i = 0; i < count; i++) {
                if (repeats(work, i)) {
                        bakery__buf_char(into, ',');
                } else {
                        if (i > 0)
                                bakery__buf_char(into, '\n');
                        add_span(into, name_of(work, &work->fields[i]));
                        bakery__buf_char(into, ':');
                }
                add_span(into, value_of(work, &work->fields[i]));
        }
        bakery__buf_char(into, '\n');
}

/* The headers stand first among the fields, the parameters behind them. */
static bakery_status gather_fields(const struct sigv4 *in, struct sigv4_work *work, size_t *ret_header_count,
                                   bakery_error **err)
{
        bakery__sigv4_restart(&work->words);
        work->field_count = 0;

        bakery_status st = add_headers(in, work, err);
        if (st)
                return st;
        sort(work, 0, compare_headers);
        list_signed_headers(work);

        size_t header_count = work->field_count;
        st = add_parameters(in, work, err);
        if (st)
                return st;
        sort(work, header_count, compare_parameters);
        *ret_header_count = header_count;
        return bakery__buf_status(&work->words, "what is signed", err);
}

bakery_status bakery__sigv4_canonical_request(const struct sigv4 *in, struct sigv4_work *work, bakery_error **err)
{
        struct buf *into = &work->canonical_request;
        size_t header_count;

        bakery_status st = gather_fields(in, work, &header_count, err);
        if (st)
                return st;
        bakery__sigv4_restart(into);
        add_span(into, in->method);
        bakery__buf_char(into, '\n');
        add_canonical_path(into, in);
        bakery__buf_char(into, '\n');
        add_canonical_query(work, header_count);
        bakery__buf_char(into, '\n');
        add_canonical_headers(work, header_count);
        bakery__buf_char(into, '\n');
        bakery__buf_add(into, work->signed_headers.at, work->signed_headers.len);
        bakery__buf_char(into, '\n');
        add_span(into, in->payload_hash);

        st = bakery__buf_status(&work->signed_headers, "what is signed", err);
        return st ? st : bakery__buf_status(into, "what is signed", err);
}
