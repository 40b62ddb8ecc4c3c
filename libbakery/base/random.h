/* The system's random bytes. */
#ifndef BAKERY_BASE_RANDOM_H
#define BAKERY_BASE_RANDOM_H

#include "base/error.h"

/* Fills bytes. Gives BAKERY_ERR_SYSTEM, saying what they were for, when the system has none. */
bakery_status bakery__random_bytes(unsigned char *bytes, size_t size_bytes, const char *what, bakery_error **err);

#endif
