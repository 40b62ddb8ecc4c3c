/* libcurl, opened at first use. Nothing else of libbakery knows it. */
#ifndef BAKERY_AWS_CURL_H
#define BAKERY_AWS_CURL_H

#include <curl/curl.h>

#include "base/error.h"

/* What we use of it. */
struct curl_functions {
        __typeof__(curl_version_info) *version_info;
};

/*
 * The functions, for ever; NULL and BAKERY_ERR_SYSTEM in *err when the library cannot be opened, each time anew.
 * Any thread may call it.
 */
const struct curl_functions *bakery__curl(bakery_error **err);

/* Its version, "7.88.1"; NULL and *err when it cannot be opened. */
const char *bakery__curl_version(bakery_error **err);

#endif
