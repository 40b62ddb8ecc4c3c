/*
 * The transport over libcurl. Credentials never leave the host they were signed for: redirects are off, netrc is
 * ignored, certificates are always checked, and there is no switch for either.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "aws/curl.h"
#include "aws/http.h"

struct curl_transport {
        const char *(*get_variable)(const void *context, const char *name);
        const void *context;
        CURL *easy; /* NULL until the first request; keeps the connections */
};

struct curl_transport *bakery__curl_transport_new(const char *(*get_variable)(const void *context, const char *name),
                                                  const void *context)
{
        struct curl_transport *transport = calloc(1, sizeof *transport);

        if (transport)
                *transport = (struct curl_transport){ .get_variable = get_variable, .context = context };
        return transport;
}

void bakery__curl_transport_free(struct curl_transport *transport)
{
        if (transport && transport->easy)
                bakery__curl(NULL)->easy_cleanup(transport->easy);
        free(transport);
}

/* One request under way. */
struct exchange {
        const struct curl_functions *curl;
        struct curl_transport *transport;
        const bakery_http_request *request;
        bakery_http_answer *answer;
        int (*cancelled)(void *context);
        void *cancel_context;
        bakery_status failed; /* what our callbacks ended it for */
        struct curl_slist *headers;
        char words[CURL_ERROR_SIZE];
};

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
        struct exchange *in = context;

        in->failed = bakery_http_answer_add_body(in->answer, bytes, size * count);
        return in->failed ? 0 : size * count;
}

/* Informational answers and those of a proxy's CONNECT come first: each status line begins anew. */
static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
        struct exchange *in = context;
        const char *colon = memchr(bytes, ':', size * count);

        if (size * count > 5 && memcmp(bytes, "HTTP/", 5) == 0)
                bakery__buf_clear(&in->answer->headers);
        else if (colon)
                in->failed = bakery_http_answer_add_header(in->answer, bytes, (size_t)(colon - bytes), colon + 1,
                                                           size * count - (size_t)(colon + 1 - bytes));
        return in->failed ? 0 : size * count;
}

static int look_up(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
        struct exchange *in = context;

        (void)a, (void)b, (void)c, (void)d;
        return in->cancelled && in->cancelled(in->cancel_context);
}

static const char *variable(const struct curl_transport *transport, const char *const *names)
{
        for (; *names; names++) {
                const char *value = transport->get_variable(transport->context, *names);

                if (value)
                        return value;
        }
        return NULL;
}

/* libcurl would ask the process's environment; ours is the client's. "" is "none". */
static void set_proxy(const struct exchange *in)
{
        static const char *const https[] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", NULL };
        static const char *const http[] = { "http_proxy", "all_proxy", "ALL_PROXY",
                                            NULL }; /* HTTP_PROXY may be a CGI header */
        static const char *const none[] = { "no_proxy", "NO_PROXY", NULL };
        bool secure = bakery__str_starts(in->request->url, "https:");
        const char *proxy = in->request->bypass_proxy ? NULL : variable(in->transport, secure ? https : http);
        const char *exceptions = variable(in->transport, none);

        in->curl->easy_setopt(in->transport->easy, CURLOPT_PROXY, proxy ? proxy : "");
        in->curl->easy_setopt(in->transport->easy, CURLOPT_NOPROXY, exceptions ? exceptions : "");
}

/*
 * The certificates to trust: the ones that were named, else libcurl's folder of hashed ones where it has one. Its
 * bundle would be parsed again for every connection, which costs more than the handshake.
 */
static bakery_status set_certificates(const struct exchange *in, bakery_error **err)
{
        static const char *const bundles[] = { "AWS_CA_BUNDLE", "SSL_CERT_FILE", NULL };
        static const char *const folders[] = { "SSL_CERT_DIR", NULL };
        const char *bundle = variable(in->transport, bundles), *folder = variable(in->transport, folders);
        const char *built_in = in->curl->version_info(CURLVERSION_NOW)->capath;
        CURL *easy = in->transport->easy;

        if (bundle && access(bundle, R_OK) != 0) {
                bakery__fail(err, BAKERY_ERR_IO, "the certificates %s cannot be read: %s", bundle, strerror(errno));
                bakery__error_hint(err, "AWS_CA_BUNDLE and SSL_CERT_FILE name a file of certificates to trust");
                return BAKERY_ERR_IO;
        }
        if (bundle || folder) {
                in->curl->easy_setopt(easy, CURLOPT_CAINFO, bundle);
                in->curl->easy_setopt(easy, CURLOPT_CAPATH, folder);
        } else if (built_in && access(built_in, R_OK | X_OK) == 0) {
                in->curl->easy_setopt(easy, CURLOPT_CAINFO, NULL);
                in->curl->easy_setopt(easy, CURLOPT_CAPATH, built_in);
        }
        return BAKERY_OK;
}

static bakery_status add_header(struct exchange *in, const char *name, const char *value)
{
        AUTO_CLEAR(buf) line = { .max = 64 << 10, .secret = true };

        /* "Name;" is how libcurl is told of an empty value; "Name:" would take the header out. */
        bakery__buf_format(&line, *value ? "%s: %s" : "%s;", name, value);
        struct curl_slist *longer = line.at ? in->curl->slist_append(in->headers, line.at) : NULL;
        if (!longer)
                return BAKERY_ERR_MEMORY;
        in->headers = longer;
        return BAKERY_OK;
}

static bakery_status set_headers(struct exchange *in, bakery_error **err)
{
        const bakery_http_request *request = in->request;
        bakery_status st = add_header(in, "Expect", ""); /* libcurl waits a second for "100 Continue" */

        for (size_t i = 0; i < request->header_count && !st; i++)
                st = add_header(in, request->headers[i].name, request->headers[i].value);
        return st ? bakery__fail_memory(err) : BAKERY_OK;
}

/* libcurl keeps copies that we cannot reach; ours are wiped. */
static void drop_headers(struct exchange *in)
{
        for (struct curl_slist *each = in->headers; each; each = each->next)
                explicit_bzero(each->data, strlen(each->data));
        in->curl->slist_free_all(in->headers);
}

static void set_request(const struct exchange *in)
{
        const bakery_http_request *request = in->request;
        const struct curl_functions *curl = in->curl;
        CURL *easy = in->transport->easy;

        curl->easy_setopt(easy, CURLOPT_URL, request->url);
        curl->easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); /* what was signed is what is sent */
        curl->easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
        if (request->body) {
                curl->easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
                curl->easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size_bytes);
        } else if (strcmp(request->method, "HEAD") == 0) {
                curl->easy_setopt(easy, CURLOPT_NOBODY, 1L);
        }
        curl->easy_setopt(easy, CURLOPT_HTTPHEADER, in->headers);
        curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_timeout_ms);
        curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->total_timeout_ms);
}

static void set_rules(struct exchange *in)
{
        const struct curl_functions *curl = in->curl;
        CURL *easy = in->transport->easy;

        curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,http");
        curl->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
        curl->easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
        curl->easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
        curl->easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
        curl->easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
        curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, in->words);
        curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
        curl->easy_setopt(easy, CURLOPT_WRITEDATA, in);
        curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
        curl->easy_setopt(easy, CURLOPT_HEADERDATA, in);
        curl->easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
        curl->easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, look_up);
        curl->easy_setopt(easy, CURLOPT_XFERINFODATA, in);
}

/* What libcurl's failures mean for us; the ones that are not here may have reached the server. */
static const struct {
        CURLcode code;
        bool unsent; /* the server cannot have seen the request */
        const char *hint;
} failures[] = {
        { CURLE_COULDNT_RESOLVE_PROXY, true, "look at HTTPS_PROXY and NO_PROXY" },
        { CURLE_COULDNT_RESOLVE_HOST, true, "look at the region, at the endpoint, and at the network" },
        { CURLE_COULDNT_CONNECT, true, "look at the network, and at HTTPS_PROXY" },
        { CURLE_SSL_CONNECT_ERROR, true,
          "TLS 1.2 or later is needed; look at HTTPS_PROXY, and what stands in between" },
        { CURLE_PEER_FAILED_VERIFICATION, true,
          "look at the system clock and at AWS_CA_BUNDLE; the check of certificates cannot be switched off" },
        { CURLE_SSL_CACERT_BADFILE, true, "AWS_CA_BUNDLE and SSL_CERT_FILE name a file of certificates to trust" },
        { CURLE_SSL_CIPHER, true, NULL },
        { CURLE_UNSUPPORTED_PROTOCOL, true, NULL },
        { CURLE_URL_MALFORMAT, true, NULL },
};

static bakery_status explain(const struct exchange *in, CURLcode code, int *ret_sent, bakery_error **err)
{
        const char *words = *in->words ? in->words : in->curl->easy_strerror(code);

        if (code == CURLE_OUT_OF_MEMORY || in->failed == BAKERY_ERR_MEMORY)
                return bakery__fail_memory(err);
        if (in->failed)
                return bakery__fail(err, in->failed, "the answer is larger than %zu bytes",
                                    in->request->max_body_bytes);
        if (code == CURLE_ABORTED_BY_CALLBACK)
                return bakery__fail(err, BAKERY_ERR_CANCELLED, "cancelled");
        if (code == CURLE_OPERATION_TIMEDOUT)
                return bakery__fail(err, BAKERY_ERR_NETWORK, "%s (the limits are %u ms to connect and %u ms in all)",
                                    words, in->request->connect_timeout_ms, in->request->total_timeout_ms);
        bakery__fail(err, BAKERY_ERR_NETWORK, "%s", words);
        for (size_t i = 0; i < N_ELEMENTS(failures); i++) {
                if (failures[i].code != code)
                        continue;
                *ret_sent = !failures[i].unsent;
                if (failures[i].hint)
                        bakery__error_hint(err, "%s", failures[i].hint);
        }
        return BAKERY_ERR_NETWORK;
}

static bakery_status perform(struct exchange *in, int *ret_sent, bakery_error **err)
{
        long status = 0;
        CURL *easy = in->transport->easy;
        CURLcode code = in->curl->easy_perform(easy);

        if (code != CURLE_OK)
                return explain(in, code, ret_sent, err);
        in->curl->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        bakery_http_answer_set_status(in->answer, (int)status);
        return BAKERY_OK;
}

static bakery_status exchange(struct exchange *in, int *ret_sent, bakery_error **err)
{
        bakery_status st;

        in->curl->easy_reset(in->transport->easy); /* options go, connections stay */
        set_rules(in);
        set_proxy(in);
        st = set_certificates(in, err);
        if (!st)
                st = set_headers(in, err);
        if (st) {
                *ret_sent = 0;
                return st;
        }
        set_request(in);
        return perform(in, ret_sent, err);
}

bakery_status bakery__curl_transport(void *context, const bakery_http_request *request,
                                     int (*cancelled)(void *cancel_context), void *cancel_context,
                                     bakery_http_answer *answer, int *ret_sent, bakery_error **err)
{
        struct exchange in = {
                .curl = bakery__curl(err),
                .transport = context,
                .request = request,
                .answer = answer,
                .cancelled = cancelled,
                .cancel_context = cancel_context,
        };

        if (!in.curl) {
                *ret_sent = 0;
                return BAKERY_ERR_SYSTEM;
        }
        if (!in.transport->easy)
                in.transport->easy = in.curl->easy_init();
        if (!in.transport->easy) {
                *ret_sent = 0;
                return bakery__fail_memory(err);
        }

        bakery_status st = exchange(&in, ret_sent, err);
        drop_headers(&in);
        return st;
}
