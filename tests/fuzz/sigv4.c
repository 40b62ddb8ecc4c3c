/*
 * Any bytes as a request to sign, its parts one a line: method, path, query, region, service, name and value of a
 * header, session token, body. What is signed has no control bytes and no secret, and is the same the second time.
 */
#include <bakery/signer.h>

#include "base/arena.h"
#include "formats/uri.h"
#include "target.h"

#include <string.h>

/* No digit of "%3C" begins it: with one, an escape before the rest of it, which is found in seconds, would be it. */
#define SECRET "HUSHHUSHsecret"

enum { METHOD, PATH, QUERY, REGION, SERVICE, NAME, VALUE, TOKEN, BODY, N_PARTS };

/* Cuts text, which ends in NUL, into its lines; a missing one is NULL. */
static void cut(char *text, const char *parts[N_PARTS])
{
        for (size_t i = 0; i < N_PARTS; i++) {
                char *end = text && i + 1 < N_PARTS ? strchr(text, '\n') : NULL;

                parts[i] = text;
                if (end)
                        *end = '\0';
                text = end ? end + 1 : NULL;
        }
}

static bakery_signer_request request_of(const char *const parts[N_PARTS], const bakery_http_header *header,
                                        unsigned flags)
{
        bakery_signer_request request = BAKERY_SIGNER_REQUEST_INIT;

        request.method = parts[METHOD];
        request.host = "sts.eu-west-1.amazonaws.com";
        request.path = parts[PATH] && *parts[PATH] ? parts[PATH] : NULL;
        request.query = parts[QUERY];
        request.region = parts[REGION];
        request.service = parts[SERVICE];
        request.headers = header;
        request.header_count = header->name && header->value ? 1 : 0;
        request.session_token = parts[TOKEN];
        request.body = parts[BODY];
        request.body_size_bytes = parts[BODY] ? strlen(parts[BODY]) : 0;
        request.time_s = 1795341600;
        request.access_key_id = "AKIDEXAMPLE";
        request.secret_access_key = SECRET;
        request.flags = flags;
        return request;
}

static void must_be_fit(const char *text)
{
        for (const char *c = text; *c; c++)
                MUST((unsigned char)*c >= 0x20 && *c != 0x7f);
        MUST(!strstr(text, SECRET));
}

static void must_end_in_signature(const char *text, const char *name)
{
        size_t len = strlen(text), name_len = strlen(name);

        MUST(len > name_len + 64 && strncmp(text + len - 64 - name_len, name, name_len) == 0);
        MUST(strspn(text + len - 64, "0123456789abcdef") == 64);
}

static void sign(const bakery_signer_request *request)
{
        bakery_signer *signer = NULL;
        AUTO_FREE char *first = NULL;
        bakery_status st;

        MUST(bakery_signer_new(&signer, NULL) == BAKERY_OK);
        st = bakery_signer_sign(signer, request, NULL);
        MUST(st == BAKERY_OK || st == BAKERY_ERR_ARGUMENT || st == BAKERY_ERR_LIMIT);
        MUST((st == BAKERY_OK) == (bakery_signer_header_count(signer) >= 2));
        for (size_t i = 0; i < bakery_signer_header_count(signer); i++)
                must_be_fit(bakery_signer_header_value(signer, i));
        if (!st) {
                size_t last = bakery_signer_header_count(signer) - 1;

                must_end_in_signature(bakery_signer_header_value(signer, last), "Signature=");
                first = strdup(bakery_signer_header_value(signer, last));
                MUST(bakery_signer_sign(signer, request, NULL) == BAKERY_OK);
                MUST(strcmp(first, bakery_signer_header_value(signer, last)) == 0);
        }
        bakery_signer_free(signer);
}

static void presign(const bakery_signer_request *request)
{
        bakery_signer *signer = NULL;
        const char *query = NULL;
        bakery_status st;

        MUST(bakery_signer_new(&signer, NULL) == BAKERY_OK);
        st = bakery_signer_presign(signer, request, 900, &query, NULL);
        MUST(st == BAKERY_OK || st == BAKERY_ERR_ARGUMENT || st == BAKERY_ERR_LIMIT);
        MUST((st == BAKERY_OK) == (query != NULL));
        if (query) {
                must_be_fit(query);
                must_end_in_signature(query, "X-Amz-Signature=");
        }
        bakery_signer_free(signer);
}

/* As it stands or as escapes: what may be encoded already is decoded first. */
static bool has_secret(const char *text)
{
        AUTO_CLEAR(buf) decoded = { .max = SIZE_MAX / 2 };

        bakery__uri_decode(&decoded, bakery__span(text));
        MUST(!decoded.no_memory);
        return strstr(text, SECRET) || (decoded.at && strstr(decoded.at, SECRET));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        AUTO_CLEAR(arena) arena = { 0 };
        char *text = bakery__arena_copy(&arena, (struct span){ size ? (const char *)bytes : "", size });
        const char *parts[N_PARTS];

        MUST(text);
        if (has_secret(text)) /* then it may come out again */
                return 0;
        cut(text, parts);
        const bakery_http_header header = { parts[NAME], parts[VALUE] };
        bakery_signer_request request = request_of(parts, &header, (unsigned)(size % 4));
        sign(&request);
        presign(&request);
        return 0;
}
