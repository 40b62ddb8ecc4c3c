/* The libraries that libbakery stands on, for bug reports. */
#ifndef BAKERY_VERSIONS_H
#define BAKERY_VERSIONS_H

#include <bakery/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The name and the version of library i as it runs now, in *ret_name and *ret_version (borrowed, for ever);
 * 0 when there are no more. A library that cannot be opened has the version "missing". This opens libcrypto
 * and libcurl.
 */
BAKERY_EXPORT int bakery_versions(size_t i, const char **ret_name, const char **ret_version);

#ifdef __cplusplus
}
#endif
#endif
