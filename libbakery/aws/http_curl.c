/*
 * The transport over libcurl. Credentials never leave the host they were signed for: redirects are off, netrc is
 * ignored, certificates are always checked, and there is no switch for either.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
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
        bakery_status failed;  /* what our callbacks ended it for */
        const char *too_large; /* then: what is */
        bool headers_ended;
        const char *proxy; /* NULL: none */
        struct curl_slist *headers;
        char words[CURL_ERROR_SIZE];
};

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
        struct exchange *in = context;

        in->failed = bakery_http_answer_add_body(in->answer, bytes, size * count);
        in->too_large = "the answer";
        return in->failed ? 0 : size * count;
}

static void add_answer_header(struct exchange *in, const char *line, size_t len, const char *colon)
{
        in->failed = bakery_http_answer_add_header(in->answer, line, (size_t)(colon - line), colon + 1,
                                                   len - (size_t)(colon + 1 - line));
        in->too_large = "the header of the answer";
}

/* Informational answers and those of a proxy's CONNECT come first: each status line begins anew. */
static size_t take_header(char *line, size_t size, size_t count, void *context)
{
        struct exchange *in = context;
        const size_t len = size * count;
        const char *colon = memchr(line, ':', len);
        const bool begins = len > 5 && memcmp(line, "HTTP/", 5) == 0;

        if (begins)
                bakery__buf_clear(&in->answer->headers);
        else if (colon)
                add_answer_header(in, line, len, colon);
        in->headers_ended = !begins && (in->headers_ended || *line == '\r' || *line == '\n');
        return in->failed ? 0 : len;
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

static bool is_secure(const struct exchange *in)
{
        return bakery__str_starts(in->request->url, "https:");
}

/* libcurl would ask the process's environment; ours is the client's. "" is "none". */
static void set_proxy(struct exchange *in)
{
        static const char *const https[] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", NULL };
        static const char *const http[] = { "http_proxy", "all_proxy", "ALL_PROXY",
                                            NULL }; /* HTTP_PROXY may be a CGI header */
        static const char *const none[] = { "no_proxy", "NO_PROXY", NULL };
        const char *exceptions = variable(in->transport, none);

        in->proxy = in->request->bypass_proxy ? NULL : variable(in->transport, is_secure(in) ? https : http);
        in->curl->easy_setopt(in->transport->easy, CURLOPT_PROXY, in->proxy ? in->proxy : "");
        in->curl->easy_setopt(in->transport->easy, CURLOPT_NOPROXY, exceptions ? exceptions : "");
}

/* "f30dd6ad.0": how OpenSSL finds a certificate in a folder. */
static bool is_hashed_name(const char *name)
{
        for (int i = 0; i < 8; i++)
                if (!isxdigit((unsigned char)name[i]))
                        return false;
        return name[8] == '.' && isdigit((unsigned char)name[9]);
}

/* Small systems have the folder with nothing but a bundle in it. */
static bool has_hashed_names(const char *folder)
{
        DIR *entries = folder ? opendir(folder) : NULL;
        const struct dirent *entry = NULL;

        if (!entries)
                return false;
        do
                entry = readdir(entries);
        while (entry && !is_hashed_name(entry->d_name));
        closedir(entries);
        return entry != NULL;
}

#define CERTIFICATES_HINT \
        "AWS_CA_BUNDLE, ca_bundle in the profile and SSL_CERT_FILE name a file of certificates to trust"

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
                bakery__fail(err, BAKERY_ERR_CONFIG, "the certificates %s cannot be read: %s", bundle, strerror(errno));
                bakery__error_hint(err, CERTIFICATES_HINT);
                return BAKERY_ERR_CONFIG;
        }
        if (bundle || folder) {
                in->curl->easy_setopt(easy, CURLOPT_CAINFO, bundle);
                in->curl->easy_setopt(easy, CURLOPT_CAPATH, folder);
        } else if (has_hashed_names(built_in)) {
                in->curl->easy_setopt(easy, CURLOPT_CAINFO, NULL);
                in->curl->easy_setopt(easy, CURLOPT_CAPATH, built_in);
        }
        return BAKERY_OK;
}

static bool add_line(struct exchange *in, const char *line)
{
        struct curl_slist *longer = line ? in->curl->slist_append(in->headers, line) : NULL;

        if (longer)
                in->headers = longer;
        return longer != NULL;
}

/* "Name;" is how libcurl is told of an empty value; "Name:" would take the header out. */
static bakery_status add_header(struct exchange *in, const bakery_http_header *header, bakery_error **err)
{
        AUTO_CLEAR(buf) line = { .max = 64 << 10, .secret = true };

        bakery__buf_format(&line, *header->value ? "%s: %s" : "%s;", header->name, header->value);
        if (line.full)
                return bakery__fail(err, BAKERY_ERR_LIMIT, "the header %s is larger than %zu bytes", header->name,
                                    line.max);
        return add_line(in, line.no_memory ? NULL : line.at) ? BAKERY_OK : bakery__fail_memory(err);
}

static bakery_status set_headers(struct exchange *in, bakery_error **err)
{
        const bakery_http_request *request = in->request;
        bakery_status st = BAKERY_OK;

        if (!add_line(in, "Expect:")) /* out: libcurl would wait a second for "100 Continue" */
                return bakery__fail_memory(err);
        for (size_t i = 0; i < request->header_count && !st; i++)
                st = add_header(in, &request->headers[i], err);
        return st;
}

/* libcurl keeps copies that we cannot reach; ours are wiped. */
static void drop_headers(struct exchange *in)
{
        for (struct curl_slist *each = in->headers; each; each = each->next)
                explicit_bzero(each->data, strlen(each->data));
        in->curl->slist_free_all(in->headers);
}

/* Such a request says how long its body is even when it has none. */
static bool always_has_body(const char *method)
{
        return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0;
}

enum { LOW_SPEED_BYTES_A_SECOND = 100 };

static void set_request(const struct exchange *in)
{
        const bakery_http_request *request = in->request;
        const struct curl_functions *curl = in->curl;
        CURL *easy = in->transport->easy;

        curl->easy_setopt(easy, CURLOPT_URL, request->url);
        curl->easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); /* what was signed is what is sent */
        curl->easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
        if (request->body || always_has_body(request->method)) {
                curl->easy_setopt(easy, CURLOPT_POSTFIELDS, request->body ? request->body : "");
                curl->easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size_bytes);
        } else if (strcmp(request->method, "HEAD") == 0) {
                curl->easy_setopt(easy, CURLOPT_NOBODY, 1L);
        }
        curl->easy_setopt(easy, CURLOPT_HTTPHEADER, in->headers);
        curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_timeout_ms);
        curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->total_timeout_ms);
        curl->easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)LOW_SPEED_BYTES_A_SECOND);
        curl->easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, ((long)request->low_speed_timeout_ms + 999) / 1000);
}

static void set_rules(struct exchange *in)
{
        const struct curl_functions *curl = in->curl;
        CURL *easy = in->transport->easy;

        curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,http");
        curl->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1); /* AWS's own speak no other here */
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

/* What to look at, by libcurl's reason. */
static const struct {
        CURLcode code;
        const char *hint;
} hints[] = {
        { CURLE_COULDNT_RESOLVE_PROXY, "look at HTTPS_PROXY and NO_PROXY" },
        { CURLE_COULDNT_RESOLVE_HOST, "look at the region, at the endpoint, and at the network" },
        { CURLE_COULDNT_CONNECT, "look at the network, and at HTTPS_PROXY" },
        { CURLE_OPERATION_TIMEDOUT, "look at the network, and at HTTPS_PROXY" },
        { CURLE_SSL_CONNECT_ERROR, "TLS 1.2 or later is needed; look at HTTPS_PROXY, and what stands in between" },
        { CURLE_PEER_FAILED_VERIFICATION,
          "look at the system clock and at AWS_CA_BUNDLE; the check of certificates cannot be switched off" },
        { CURLE_SSL_CACERT_BADFILE, CERTIFICATES_HINT },
};

static void add_hint(CURLcode code, bakery_error **err)
{
        for (size_t i = 0; i < N_ELEMENTS(hints); i++)
                if (hints[i].code == code)
                        bakery__error_hint(err, "%s", hints[i].hint);
}

static void fail_timeout(const bakery_http_request *request, const char *words, bakery_error **err)
{
        if (request->low_speed_timeout_ms > 0)
                bakery__fail(err, BAKERY_ERR_NETWORK,
                             "%s (the limits are %u ms to connect, %u ms at less than %d bytes a second, and %u ms in "
                             "all)",
                             words, request->connect_timeout_ms, request->low_speed_timeout_ms,
                             LOW_SPEED_BYTES_A_SECOND, request->total_timeout_ms);
        else
                bakery__fail(err, BAKERY_ERR_NETWORK, "%s (the limits are %u ms to connect and %u ms in all)", words,
                             request->connect_timeout_ms, request->total_timeout_ms);
}

/* libcurl repeats a proxy that it cannot use, password and all, and cuts it off where its words end. */
static bool repeats_password(const char *words, const char *proxy)
{
        char begin[9]; /* "http://a" */

        if (!proxy || !strchr(proxy, '@'))
                return false;
        snprintf(begin, sizeof begin, "%s", proxy);
        return strstr(words, begin) != NULL;
}

static const char *words_of(const struct exchange *in, CURLcode code)
{
        const char *words = *in->words ? in->words : in->curl->easy_strerror(code);

        return repeats_password(words, in->proxy) ? "the URL of the proxy cannot be used" : words;
}

static bakery_status explain(const struct exchange *in, CURLcode code, bakery_error **err)
{
        const char *words = words_of(in, code);
        long os_errno = 0;

        if (code == CURLE_OUT_OF_MEMORY || in->failed == BAKERY_ERR_MEMORY)
                return bakery__fail_memory(err);
        if (in->failed)
                return bakery__fail(err, in->failed, "%s is larger than what is read of it", in->too_large);
        if (code == CURLE_ABORTED_BY_CALLBACK)
                return bakery__fail(err, BAKERY_ERR_CANCELLED, "cancelled");
        in->curl->easy_getinfo(in->transport->easy, CURLINFO_OS_ERRNO, &os_errno);
        if (code == CURLE_OPERATION_TIMEDOUT)
                fail_timeout(in->request, words, err);
        else if (code == CURLE_COULDNT_CONNECT && os_errno)
                bakery__fail(err, BAKERY_ERR_NETWORK, "%s: %s", words, strerror((int)os_errno));
        else
                bakery__fail(err, BAKERY_ERR_NETWORK, "%s", words);
        add_hint(code, err);
        return BAKERY_ERR_NETWORK;
}

/* Nothing of a request is sent before libcurl is ready to transfer it: connected, and past TLS. */
static bool was_sent(const struct exchange *in)
{
        curl_off_t ready_us = 0;

        in->curl->easy_getinfo(in->transport->easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
        return ready_us > 0;
}

/* A proxy that will not connect us says why by its status, which is then the answer, without a body. */
static bool refused_by_proxy(const struct exchange *in, CURLcode code, long *ret_status)
{
        in->curl->easy_getinfo(in->transport->easy, CURLINFO_HTTP_CONNECTCODE, ret_status);
        return code != CURLE_OK && *ret_status >= 300;
}

static bakery_status perform(struct exchange *in, int *ret_sent, bakery_error **err)
{
        CURL *easy = in->transport->easy;
        CURLcode code = in->curl->easy_perform(easy);
        long status = 0;

        if (code != CURLE_OK && !was_sent(in))
                *ret_sent = 0;
        if (refused_by_proxy(in, code, &status))
                bakery__buf_clear(&in->answer->body);
        else if (code != CURLE_OK)
                return explain(in, code, err);
        else if (!in->headers_ended) /* which libcurl takes for the end of an answer without a body */
                return bakery__fail(err, BAKERY_ERR_NETWORK, "the answer broke off in its header");
        else
                in->curl->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        bakery_http_answer_set_status(in->answer, (int)status);
        return BAKERY_OK;
}

static bakery_status exchange(struct exchange *in, int *ret_sent, bakery_error **err)
{
        bakery_status st = is_secure(in) ? set_certificates(in, err) : BAKERY_OK;

        if (!st)
                st = set_headers(in, err);
        if (st) {
                *ret_sent = 0;
                return st;
        }
        set_rules(in);
        set_proxy(in);
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
        in.curl->easy_reset(in.transport->easy); /* options go, since they point here; connections stay */
        drop_headers(&in);
        return st;
}
