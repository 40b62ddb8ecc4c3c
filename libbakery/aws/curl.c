#include "aws/curl.h"

#include <pthread.h>

#include "base/shared_library.h"

/* Written once, under the pthread_once below, and only read from then on. */
static struct curl_functions functions;
static struct shared_library_outcome outcome;
static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

/* Each function as its name in libcurl and its field. */
#define FUNCTIONS(X)                         \
        X(curl_global_init, global_init)     \
        X(curl_version_info, version_info)   \
        X(curl_easy_init, easy_init)         \
        X(curl_easy_reset, easy_reset)       \
        X(curl_easy_setopt, easy_setopt)     \
        X(curl_easy_perform, easy_perform)   \
        X(curl_easy_getinfo, easy_getinfo)   \
        X(curl_easy_cleanup, easy_cleanup)   \
        X(curl_easy_strerror, easy_strerror) \
        X(curl_slist_append, slist_append)   \
        X(curl_slist_free_all, slist_free_all)

#ifdef BAKERY_NETWORK_LINKED

#define LINKED(name, field) .field = name,

static bakery_status find_functions(bakery_error **err)
{
        (void)err;
        functions = (struct curl_functions){ FUNCTIONS(LINKED) };
        return BAKERY_OK;
}

#else

#define SYMBOL(name, field) { #name, offsetof(struct curl_functions, field) },

SHARED_LIBRARY_NOTE(curl_note, "[{\"feature\":\"network\",\"description\":\"Requests to AWS\","
                               "\"priority\":\"recommended\",\"soname\":[\"libcurl.so.4\"]}]");

static bakery_status find_functions(bakery_error **err)
{
        static const struct shared_symbol symbols[] = { FUNCTIONS(SYMBOL) };
        static const struct shared_library libcurl = { "libcurl.so.4", "libcurl4", symbols, N_ELEMENTS(symbols) };

        return bakery__shared_library_open(&libcurl, &functions, err);
}

#endif

/* curl_global_init() is for one thread, once: here. Never undone, since the library is never closed. */
static void open_once(void)
{
        AUTO_PTR(bakery_error) err = NULL;
        bakery_status st = find_functions(&err);

        if (!st && functions.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
                st = bakery__fail(&err, BAKERY_ERR_SYSTEM, "libcurl.so.4 cannot be initialised");
        bakery__outcome_keep(&outcome, st, err);
}

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
