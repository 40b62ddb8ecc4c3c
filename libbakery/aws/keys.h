/* Credentials from inside; what callers see of them is in bakery/credentials.h. */
#ifndef BAKERY_AWS_KEYS_H
#define BAKERY_AWS_KEYS_H

#include <bakery/credentials.h>

#include "base/error.h"

DEFINE_AUTO_PTR(bakery_credentials, bakery_credentials_free)

/* Says anew where credentials came from: who asked STS knows more than STS. */
bakery_status bakery__credentials_set_source(bakery_credentials *credentials, bakery_error **err, const char *format,
                                             ...) BAKERY__PRINTF(3, 4);

#endif
