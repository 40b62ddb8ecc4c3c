/* Credentials from inside; what callers see of them is in bakery/credentials.h. */
#ifndef BAKERY_AWS_KEYS_H
#define BAKERY_AWS_KEYS_H

#include <bakery/credentials.h>

#include "base/error.h"

DEFINE_AUTO_PTR(bakery_credentials, bakery_credentials_free)

#endif
