/* libcurl, opened at first use. Nothing but this and the transport over it knows libcurl. */
#ifndef BAKERY_AWS_CURL_H
#define BAKERY_AWS_CURL_H

#include <curl/curl.h>

#include "base/error.h"

/* What we use of it. */
struct curl_functions {
        __typeof__(curl_global_init) *global_init;
        __typeof__(curl_version_info) *version_info;
        __typeof__(curl_easy_init) *easy_init;
        __typeof__(curl_easy_reset) *easy_reset;
        __typeof__(curl_easy_setopt) *easy_setopt;
        __typeof__(curl_easy_perform) *easy_perform;
        __typeof__(curl_easy_getinfo) *easy_getinfo;
        __typeof__(curl_easy_cleanup) *easy_cleanup;
        __typeof__(curl_easy_strerror) *easy_strerror;
        __typeof__(curl_slist_append) *slist_append;
        __typeof__(curl_slist_free_all) *slist_free_all;
};

/*
 * The functions, for ever; NULL and BAKERY_ERR_SYSTEM in *err when the library cannot be opened, each time anew.
 * Any thread may call it.
 */
const struct curl_functions *bakery__curl(bakery_error **err);

/* Its version, "7.88.1"; NULL and *err when it cannot be opened. */
const char *bakery__curl_version(bakery_error **err);

#endif
