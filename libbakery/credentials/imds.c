#include "credentials/imds.h"

#include <stdlib.h>
#include <string.h>

#include "credentials/fetch.h"
#include "credentials/key_document.h"
#include "credentials/token_file.h"
#include "formats/uri.h"

static const struct {
        const char *mode, *endpoint;
} modes[] = {
        { "IPv4", "http://169.254.169.254" },
        { "IPv6", "http://[fd00:ec2::254]" },
};

/* The environment's word, else the profile's. */
static const char *setting(const bakery_client *client, const struct ini_section *profile, const char *variable,
                           const char *name)
{
        const char *value = bakery__client_getenv(client, variable);

        return value ? value : bakery__profile_value(profile, name);
}

static bakery_status copy_url(struct span url, char **ret_url, bakery_error **err)
{
        while (url.len > 0 && url.at[url.len - 1] == '/')
                url.len--;
        char *copy = strndup(url.at, url.len);
        if (!copy)
                return bakery__fail_memory(err);
        *ret_url = copy;
        return BAKERY_OK;
}

static bakery_status check_url(const char *url, bakery_error **err)
{
        struct uri uri;

        if (bakery__uri_split(bakery__span(url), &uri, err) || uri.query.len > 0)
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "the endpoint of the instance metadata is no URL");
        return BAKERY_OK;
}

bakery_status bakery__imds_endpoint(const bakery_client *client, const struct ini_section *profile, char **ret_url,
                                    bakery_error **err)
{
        const char *url =
                setting(client, profile, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
        const char *mode = setting(client, profile, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                                   "ec2_metadata_service_endpoint_mode");

        if (url) {
                bakery_status st = check_url(url, err);

                return st ? st : copy_url(bakery__span(url), ret_url, err);
        }
        for (size_t i = 0; i < N_ELEMENTS(modes); i++)
                if (bakery__str_equal_nocase(mode ? mode : "IPv4", modes[i].mode))
                        return copy_url(bakery__span(modes[i].endpoint), ret_url, err);
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, "\"%.40s\" is no mode of the instance metadata endpoint", mode);
        bakery__error_hint(err, "IPv4 and IPv6 are");
        return BAKERY_ERR_CREDENTIALS;
}

/* A visit to the metadata. */
struct visit {
        bakery_client *client;
        char *endpoint;
        unsigned timeout_ms, attempts;
        struct buf token;
};

static void clear_visit(struct visit *visit)
{
        free(visit->endpoint);
        bakery__buf_clear(&visit->token);
}
DEFINE_AUTO_CLEAR(visit, clear_visit)

/* A whole number, as the AWS CLI wants it; *number stays as it is when nobody says one. */
static bakery_status read_number(const bakery_client *client, const struct ini_section *profile, const char *variable,
                                 const char *name, unsigned *number, bakery_error **err)
{
        const char *text = setting(client, profile, variable, name);

        if (!text)
                return BAKERY_OK;

        size_t digits = strspn(text, "0123456789");
        unsigned long value = digits <= 4 && text[digits] == '\0' ? strtoul(text, NULL, 10) : 0;
        if (value == 0 || value > 3600) {
                bakery__fail(err, BAKERY_ERR_CREDENTIALS, "\"%.40s\" is no value of %s (%s in the profile)", text,
                             variable, name);
                bakery__error_hint(err, "whole numbers from 1 to 3600 are");
                return BAKERY_ERR_CREDENTIALS;
        }
        *number = (unsigned)value;
        return BAKERY_OK;
}

static bakery_status read_limits(struct visit *visit, const struct ini_section *profile, bakery_error **err)
{
        unsigned timeout_s = 1, attempts = 1;
        bakery_status st = read_number(visit->client, profile, "AWS_METADATA_SERVICE_TIMEOUT",
                                       "metadata_service_timeout", &timeout_s, err);

        if (!st)
                st = read_number(visit->client, profile, "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                                 "metadata_service_num_attempts", &attempts, err);
        visit->timeout_ms = timeout_s * 1000;
        visit->attempts = attempts;
        return st;
}

static bakery_status ask(struct visit *visit, const char *method, const char *path, bakery_http_header header,
                         bakery_http_answer *answer, bakery_error **err)
{
        AUTO_CLEAR(buf) url = { .max = 4096 };

        bakery__buf_format(&url, "%s/latest/%s", visit->endpoint, path);
        bakery_status st = bakery__buf_status(&url, "the URL of the instance metadata", err);
        if (st)
                return st;
        return bakery__fetch(visit->client,
                             &(struct fetch){
                                     .what = "instance metadata",
                                     .method = method,
                                     .url = url.at,
                                     .headers = &header,
                                     .header_count = 1,
                                     .timeout_ms = visit->timeout_ms,
                                     .bypass_proxy = true,
                                     .reach_attempts = visit->attempts,
                             },
                             answer, err);
}

static bakery_status fail_answer(const bakery_http_answer *answer, const char *what, bakery_error **err)
{
        return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "the instance metadata answers %s with HTTP %d", what,
                            answer->status);
}

static bakery_status get_token(struct visit *visit, bakery_error **err)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(FETCH_MAX_BODY_BYTES);
        bakery_status st = ask(visit, "PUT", "api/token",
                               (bakery_http_header){ "X-aws-ec2-metadata-token-ttl-seconds", "21600" }, &answer, err);

        if (st == BAKERY_ERR_NETWORK) /* nobody is there: no instance of EC2 */
                return bakery__fail(err, BAKERY_ERR_NOT_FOUND, "the instance metadata does not answer");
        if (st)
                return st;
        if (answer.status == 403)
                return bakery__fail(err, BAKERY_ERR_NOT_FOUND, "the instance metadata is switched off (HTTP 403)");
        if (answer.status == 404 || answer.status == 405)
                return bakery__fail(err, BAKERY_ERR_NOT_FOUND,
                                    "the instance metadata knows no tokens (HTTP %d), and version 1 is not asked",
                                    answer.status);
        if (answer.status != 200)
                return fail_answer(&answer, "the request for a token", err);

        struct span token = bakery__fetch_text(&answer);
        if (token.len == 0 || !bakery__token_is_clean(token))
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "the instance metadata gives a token that is none");
        bakery__buf_add(&visit->token, token.at, token.len);
        return bakery__buf_status(&visit->token, "the token", err);
}

static bakery_status get(struct visit *visit, const char *path, bakery_http_answer *answer, bakery_error **err)
{
        return ask(visit, "GET", path, (bakery_http_header){ "X-aws-ec2-metadata-token", visit->token.at }, answer,
                   err);
}

/* The instance has one role, or none; its name becomes a part of the next path. */
static bakery_status get_role(struct visit *visit, struct buf *path, bakery_error **err)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(FETCH_MAX_BODY_BYTES);
        bakery_status st = get(visit, "meta-data/iam/security-credentials/", &answer, err);

        if (st)
                return st;
        if (answer.status == 404)
                return bakery__fail(err, BAKERY_ERR_NOT_FOUND, "the instance has no role");
        if (answer.status != 200)
                return fail_answer(&answer, "the question for its role", err);

        struct span role = bakery__fetch_text(&answer);
        if (role.len == 0)
                return bakery__fail(err, BAKERY_ERR_NOT_FOUND, "the instance has no role");
        if (!bakery__token_is_clean(role))
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "the instance metadata names a role that is none");
        bakery__buf_text(path, "meta-data/iam/security-credentials/");
        bakery__uri_encode(path, role, URI_ENCODE_SLASH);
        return bakery__buf_status(path, "the name of the role", err);
}

/* "Code" tells how the instance fared when it asked for its keys. */
static bakery_status read_keys(bakery_client *client, const struct cJSON *object, bakery_credentials **ret,
                               bakery_error **err)
{
        const char *code = bakery__json_text_of(bakery__json_get(object, "Code"));

        if (code && strcmp(code, "Success") != 0)
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "the instance metadata has no keys to give: %.100s",
                                    code);
        bakery_status st = bakery__key_document_read(client, object, &bakery__metadata_key_names, ret, err);
        return st ? bakery__wrap(err, st, "the answer of the instance metadata") : BAKERY_OK;
}

static bakery_status get_keys(struct visit *visit, const char *path, bakery_credentials **ret, bakery_error **err)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(FETCH_MAX_BODY_BYTES);
        AUTO_CLEAR(json) json = { 0 };
        bakery_status st = get(visit, path, &answer, err);

        if (st)
                return st;
        if (answer.status != 200)
                return fail_answer(&answer, "the question for keys", err);
        st = bakery__key_document_parse(bakery__fetch_text(&answer), "the answer of the instance metadata", &json, err);
        return st ? st : read_keys(visit->client, json.root, ret, err);
}

static bakery_status visit_metadata(struct visit *visit, bakery_credentials **ret, bakery_error **err)
{
        AUTO_CLEAR(buf) path = { .max = 2048 };
        bakery_status st = get_token(visit, err);

        if (!st)
                st = get_role(visit, &path, err);
        if (!st)
                st = get_keys(visit, path.at, ret, err);
        return st;
}

bakery_status bakery__imds_credentials(bakery_client *client, const struct ini_section *profile,
                                       bakery_credentials **ret, bakery_error **err)
{
        AUTO_CLEAR(visit) visit = { .client = client, .token = { .max = FETCH_MAX_BODY_BYTES, .secret = true } };
        AUTO_PTR(bakery_credentials) found = NULL;

        if (bakery__client_env_is_true(client, "AWS_EC2_METADATA_DISABLED"))
                return bakery__fail(err, BAKERY_ERR_NOT_FOUND,
                                    "the instance metadata is switched off by AWS_EC2_METADATA_DISABLED");
        bakery_status st = bakery__imds_endpoint(client, profile, &visit.endpoint, err);
        if (!st)
                st = read_limits(&visit, profile, err);
        if (!st)
                st = visit_metadata(&visit, &found, err);
        if (!st)
                st = bakery__credentials_set_source(found, err, "Ec2InstanceMetadata");
        if (st)
                return st;
        *ret = STEAL(found);
        return BAKERY_OK;
}
