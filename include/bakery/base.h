/* What every header of libbakery stands on: the status, and how returned memory is freed. */
#ifndef BAKERY_BASE_H
#define BAKERY_BASE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define BAKERY_EXPORT __attribute__((visibility("default")))
#else
#define BAKERY_EXPORT
#endif

/**
 * What a call came to. A program branches on this; the bakery_error beside it is for people. Values are
 * only ever appended, so a program should treat one that it does not know as a plain failure.
 */
typedef enum bakery_status {
        BAKERY_OK = 0,
        BAKERY_ERR_MEMORY = 1,      /**< memory is gone */
        BAKERY_ERR_ARGUMENT = 2,    /**< the caller passed what no caller may pass */
        BAKERY_ERR_IO = 3,          /**< a file could not be read or written */
        BAKERY_ERR_FORMAT = 4,      /**< text is not what it should be: JSON, an ARN, a date ... */
        BAKERY_ERR_CONFIG = 5,      /**< the configuration has mistakes, or the AWS settings: files, variables */
        BAKERY_ERR_LIMIT = 6,       /**< a limit of AWS or of this library would be passed */
        BAKERY_ERR_NOT_FOUND = 7,   /**< no such environment, account, access type, template, or thing at AWS */
        BAKERY_ERR_SYSTEM = 8,      /**< the system lacks something: a shared library, a symbol of it */
        BAKERY_ERR_CREDENTIALS = 9, /**< there are no credentials, or they are no good any more */
        BAKERY_ERR_DENIED = 10,     /**< AWS says AccessDenied */
        BAKERY_ERR_AWS = 11,        /**< AWS refuses for another reason: bakery_error_aws_code() says which */
        BAKERY_ERR_NETWORK = 12,    /**< no answer came, or none that can be understood */
        BAKERY_ERR_CANCELLED = 13,  /**< bakery_client_cancel() */
        BAKERY_ERR_REFUSED = 14,    /**< this library will not do it: another account, a state a person must look at */
        BAKERY_ERR_UNFINISHED = 15  /**< the time is over, and AWS goes on */
} bakery_status;

/** The constant's name in lower case, without the prefix: "ok", "memory", "not-found"; "unknown" for others. */
BAKERY_EXPORT const char *bakery_status_name(bakery_status status);

/**
 * Frees text or a buffer that this library returned, after wiping it. NULL is fine. What is returned as
 * const is borrowed and must not be freed.
 */
BAKERY_EXPORT void bakery_free(void *memory);

/**
 * Whether text, which ends in NUL, begins with what is not to be shown as it is: a control character, with which a
 * terminal can be commanded; one that cannot be seen, ends the line, or turns the direction of writing, so that a name
 * looks like another (Unicode's Default_Ignorable_Code_Point); a byte that begins no UTF-8 (RFC 3629). Gives how many
 * bytes it takes, 0 when there is no such thing and at the end. *ret_code gets its number in Unicode, U+FFFD for a
 * byte; NULL is fine.
 */
BAKERY_EXPORT size_t bakery_text_hidden(const char *text, unsigned *ret_code);

/** The version of the library that runs, "major.minor.patch". */
BAKERY_EXPORT const char *bakery_version(void);

#ifdef __cplusplus
}
#endif
#endif
