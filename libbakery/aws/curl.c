#include "aws/curl.h"

#include <pthread.h>

#include "base/shared_library.h"

/* Written once, under the pthread_once below, and only read from then on. */
static struct curl_functions functions;
static struct shared_library_outcome outcome;
static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

#ifdef BAKERY_NETWORK_LINKED

static void open_once(void)
{
        functions = (struct curl_functions){ .version_info = curl_version_info };
}

#else

SHARED_LIBRARY_NOTE(curl_note, "[{\"feature\":\"network\",\"description\":\"Requests to AWS\","
                               "\"priority\":\"recommended\",\"soname\":[\"libcurl.so.4\"]}]");

static void open_once(void)
{
        static const struct shared_symbol symbols[] = {
                { "curl_version_info", offsetof(struct curl_functions, version_info) },
        };
        static const struct shared_library libcurl = { "libcurl.so.4", "libcurl4", symbols, N_ELEMENTS(symbols) };
        AUTO_PTR(bakery_error) err = NULL;
        bakery_status st = bakery__shared_library_open(&libcurl, &functions, &err);

        bakery__outcome_keep(&outcome, st, err);
}

#endif

const struct curl_functions *bakery__curl(bakery_error **err)
{
        pthread_once(&curl_once, open_once);
        return bakery__outcome_tell(&outcome, err) == BAKERY_OK ? &functions : NULL;
}

const char *bakery__curl_version(bakery_error **err)
{
        const struct curl_functions *curl = bakery__curl(err);

        return curl ? curl->version_info(CURLVERSION_NOW)->version : NULL;
}
