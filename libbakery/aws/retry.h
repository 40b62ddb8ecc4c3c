/* When a request is tried again, and how long to wait. Pure. */
#ifndef BAKERY_AWS_RETRY_H
#define BAKERY_AWS_RETRY_H

#include <stdbool.h>
#include <stddef.h>

enum retry_kind {
        RETRY_NEVER,
        RETRY_TRANSIENT,   /* the service is in trouble */
        RETRY_THROTTLED,   /* we are too fast */
        RETRY_CLOCK,       /* our clock is off: once more, with theirs */
        RETRY_MAYBE_CLOCK, /* so too, when the answer's Date differs from ours */
};

/*
 * What an answer means. code may be NULL: then the status alone decides.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
enum retry_kind bakery__retry_kind(const char *service, int http_status, const char *code);

/* How long to wait before try number tried + 1 (tried: 1 ...): full jitter, random from 0 to 1. base_ms 0: the usual.
 */
unsigned bakery__retry_wait_ms(enum retry_kind kind, unsigned tried, unsigned base_ms, unsigned cap_ms, double random);

/* A bucket of tokens, so that a service in trouble is not asked ever more often. Begin with RETRY_TOKENS_INIT. */
struct retry_tokens {
        unsigned left;
};
enum { RETRY_TOKENS = 500 };
#define RETRY_TOKENS_INIT    \
        {                    \
                RETRY_TOKENS \
        }

/* Takes what a retry of that kind costs; 0 when there is not enough: do not try again. */
unsigned bakery__retry_take(struct retry_tokens *tokens, enum retry_kind kind);

/* Gives back after a success: what was taken for it, or one for a success at first try. */
void bakery__retry_give_back(struct retry_tokens *tokens, unsigned taken);

#endif
