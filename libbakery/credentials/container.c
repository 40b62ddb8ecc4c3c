#include "credentials/container.h"

#include <arpa/inet.h>
#include <string.h>

#include "credentials/fetch.h"
#include "credentials/key_document.h"
#include "credentials/token_file.h"
#include "formats/uri.h"

#define RELATIVE_URI "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
#define FULL_URI "AWS_CONTAINER_CREDENTIALS_FULL_URI"
#define TOKEN "AWS_CONTAINER_AUTHORIZATION_TOKEN"
#define TOKEN_FILE "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"

enum { TIMEOUT_MS = 2000, URL_MAX_BYTES = 4096 };

bool bakery__container_is_there(const bakery_client *client)
{
        return bakery__client_getenv(client, RELATIVE_URI) || bakery__client_getenv(client, FULL_URI);
}

/* 169.254.0.0/16, which ECS and EKS use, fe80::/10, and the address of EKS Pod Identity. */
static bool is_near(struct span host)
{
        static const unsigned char eks[16] = { 0xfd, 0x00, 0x0e, 0xc2, [15] = 0x23 };
        char text[INET6_ADDRSTRLEN];
        struct in_addr v4;
        struct in6_addr v6;

        if (bakery__uri_is_loopback(host))
                return true;
        if (host.len >= sizeof text)
                return false;
        memcpy(text, host.at, host.len);
        text[host.len] = '\0';
        if (inet_pton(AF_INET, text, &v4) == 1)
                return ntohl(v4.s_addr) >> 16 == 0xa9fe;
        return inet_pton(AF_INET6, text, &v6) == 1 && (IN6_IS_ADDR_LINKLOCAL(&v6) || memcmp(&v6, eks, sizeof eks) == 0);
}

static bakery_status check_full(const char *url, bool *ret_near, bakery_error **err)
{
        struct uri uri;

        if (bakery__uri_split(bakery__span(url), &uri, NULL))
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, FULL_URI " is no URL with a host");
        *ret_near = is_near(uri.host);
        if (*ret_near || bakery__span_is(uri.scheme, "https"))
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_CREDENTIALS, FULL_URI " leads to \"%.*s\" without TLS",
                     (int)(uri.host.len > 100 ? 100 : uri.host.len), uri.host.at);
        bakery__error_hint(err, "http is for this machine: loopback, link-local, the addresses of ECS and EKS");
        return BAKERY_ERR_CREDENTIALS;
}

bakery_status bakery__container_url(const bakery_client *client, char **ret_url, bool *ret_near, bakery_error **err)
{
        const char *relative = bakery__client_getenv(client, RELATIVE_URI);
        const char *full = bakery__client_getenv(client, FULL_URI);
        AUTO_CLEAR(buf) url = { .max = URL_MAX_BYTES };
        bool near = false;

        if (!relative && !full)
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS,
                                    "there are no container credentials: neither " RELATIVE_URI " nor " FULL_URI
                                    " is set");
        if (relative && *relative != '/')
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, RELATIVE_URI " does not begin with \"/\"");
        if (relative)
                bakery__buf_text(&url, "http://169.254.170.2");
        bakery__buf_text(&url, relative ? relative : full);
        bakery_status st = bakery__buf_status(&url, "the URL of the container credentials", err);
        if (!st)
                st = check_full(url.at, &near, err);
        if (st)
                return st;
        if (ret_near)
                *ret_near = near;
        *ret_url = STEAL(url.at);
        return BAKERY_OK;
}

/* Empty: there is none, and none is sent. What would forge a header is refused. */
static bakery_status read_token(const bakery_client *client, struct buf *into, bakery_error **err)
{
        const char *file = bakery__client_getenv(client, TOKEN_FILE), *token = bakery__client_getenv(client, TOKEN);

        if (file) {
                bakery_status st = bakery__token_file_read(file, into, err);

                return st ? bakery__wrap(err, st, TOKEN_FILE) : BAKERY_OK;
        }
        if (!token)
                return BAKERY_OK;
        for (const char *c = token; *c; c++)
                if ((unsigned char)*c < 0x20 || *c == 0x7f)
                        return bakery__fail(err, BAKERY_ERR_CREDENTIALS, TOKEN " contains a line break");
        bakery__buf_text(into, token);
        return bakery__buf_status(into, TOKEN, err);
}

static bakery_status read_answer(bakery_client *client, const bakery_http_answer *answer, bakery_credentials **ret,
                                 bakery_error **err)
{
        static const char what[] = "the answer of the container credentials";
        AUTO_CLEAR(json) json = { 0 };

        if (answer->status != 200) {
                bakery__fail(err, BAKERY_ERR_CREDENTIALS, "the container credentials answer with HTTP %d",
                             answer->status);
                bakery__error_hint(err, "look at " FULL_URI ", " RELATIVE_URI " and " TOKEN_FILE);
                return BAKERY_ERR_CREDENTIALS;
        }
        bakery_status st = bakery__key_document_parse(bakery__fetch_text(answer), what, &json, err);
        if (st)
                return st;
        st = bakery__key_document_read(client, json.root, &bakery__metadata_key_names, ret, err);
        return st ? bakery__wrap(err, st, "%s", what) : BAKERY_OK;
}

static bakery_status ask(bakery_client *client, const char *url, bool near, const struct buf *token,
                         bakery_http_answer *answer, bakery_error **err)
{
        const bakery_http_header headers[] = {
                { "Accept", "application/json" },
                { "Authorization", token->at },
        };

        return bakery__fetch(client,
                             &(struct fetch){
                                     .what = "container credentials",
                                     .method = "GET",
                                     .url = url,
                                     .headers = headers,
                                     .header_count = token->len > 0 ? 2 : 1,
                                     .timeout_ms = TIMEOUT_MS,
                                     .bypass_proxy = near,
                             },
                             answer, err);
}

bakery_status bakery__container_credentials(bakery_client *client, bakery_credentials **ret, bakery_error **err)
{
        AUTO_CLEAR(bakery_http_answer) answer = bakery__http_answer(FETCH_MAX_BODY_BYTES);
        AUTO_CLEAR(buf) token = { .max = 20000, .secret = true };
        AUTO_PTR(bakery_credentials) found = NULL;
        AUTO_FREE char *url = NULL;
        bool near = false;
        bakery_status st = bakery__container_url(client, &url, &near, err);

        if (!st)
                st = read_token(client, &token, err);
        if (!st)
                st = ask(client, url, near, &token, &answer, err);
        if (!st)
                st = read_answer(client, &answer, &found, err);
        if (!st)
                st = bakery__credentials_set_source(found, err, "EcsContainer");
        if (st)
                return st;
        *ret = STEAL(found);
        return BAKERY_OK;
}
