/* The error: what happened and what to do next, for people. */
#ifndef BAKERY_ERROR_H
#define BAKERY_ERROR_H

#include <bakery/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * An error, the last argument of every call that can fail. Pass the address of a pointer that is NULL or
 * holds an earlier error: a failure replaces (and frees) what was there, a success clears it. Pass NULL when
 * the status alone will do.
 *
 *      bakery_error *err = NULL;
 *      if (bakery_config_load_file("config.yml", NULL, &config, &err) != BAKERY_OK)
 *              fprintf(stderr, "%s\n", bakery_error_message(err));
 *      bakery_error_free(err);
 *
 * All text is borrowed from the error and lives until it is freed or replaced. It is fit for a terminal:
 * control bytes of names and of server answers are shown as '?'. No text ever holds a secret.
 */
typedef struct bakery_error bakery_error;

/** Frees err. NULL is fine. */
BAKERY_EXPORT void bakery_error_free(bakery_error *err);

/** BAKERY_OK for NULL. */
BAKERY_EXPORT bakery_status bakery_error_status(const bakery_error *err);

/** One line without a newline, what and where: "config.yml: BakeryAccount is missing". "" for NULL. */
BAKERY_EXPORT const char *bakery_error_message(const bakery_error *err);

/** What to do next, one line; NULL when there is nothing to say. */
BAKERY_EXPORT const char *bakery_error_hint(const bakery_error *err);

/** The file, line and column (from 1) that the error is about; NULL and 0 when it is about none. */
BAKERY_EXPORT const char *bakery_error_file(const bakery_error *err);
BAKERY_EXPORT unsigned bakery_error_line(const bakery_error *err);
BAKERY_EXPORT unsigned bakery_error_column(const bakery_error *err);

/**
 * What AWS said, when it was AWS that refused: the service ("sts"), the action ("AssumeRole"), the code
 * ("AccessDenied"), the request id and the HTTP status. NULL and 0 when no answer of AWS is behind the error.
 * https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 */
BAKERY_EXPORT const char *bakery_error_aws_service(const bakery_error *err);
BAKERY_EXPORT const char *bakery_error_aws_action(const bakery_error *err);
BAKERY_EXPORT const char *bakery_error_aws_code(const bakery_error *err);
BAKERY_EXPORT const char *bakery_error_aws_request_id(const bakery_error *err);
BAKERY_EXPORT int bakery_error_http_status(const bakery_error *err);

#ifdef __cplusplus
}
#endif
#endif
