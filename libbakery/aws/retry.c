#include "aws/retry.h"

#include <string.h>

#include "base/mem.h"

/* Codes that mean the same whatever the HTTP status: STS throttles with 400. service NULL: of any. */
static const struct {
        const char *service, *code;
        enum retry_kind kind;
} codes[] = {
        /* Real quotas of these two services, which more tries do not raise. */
        { "iam", "LimitExceeded", RETRY_NEVER },
        { "iam", "LimitExceededException", RETRY_NEVER },
        { "cloudformation", "LimitExceededException", RETRY_NEVER },
        { "iam", "ConcurrentModification", RETRY_TRANSIENT },
        { "iam", "EntityTemporarilyUnmodifiable", RETRY_TRANSIENT },
        { "s3", "ConditionalRequestConflict", RETRY_TRANSIENT },
        { "s3", "OperationAborted", RETRY_TRANSIENT },

        { NULL, "Throttling", RETRY_THROTTLED },
        { NULL, "ThrottlingException", RETRY_THROTTLED },
        { NULL, "ThrottledException", RETRY_THROTTLED },
        { NULL, "RequestThrottled", RETRY_THROTTLED },
        { NULL, "RequestThrottledException", RETRY_THROTTLED },
        { NULL, "TooManyRequestsException", RETRY_THROTTLED },
        { NULL, "RequestLimitExceeded", RETRY_THROTTLED },
        { NULL, "BandwidthLimitExceeded", RETRY_THROTTLED },
        { NULL, "LimitExceededException", RETRY_THROTTLED },
        { NULL, "ProvisionedThroughputExceededException", RETRY_THROTTLED },
        { NULL, "TransactionInProgressException", RETRY_THROTTLED },
        { NULL, "SlowDown", RETRY_THROTTLED },
        { NULL, "PriorRequestNotComplete", RETRY_THROTTLED },
        { NULL, "EC2ThrottledException", RETRY_THROTTLED },

        { NULL, "RequestTimeout", RETRY_TRANSIENT },
        { NULL, "RequestTimeoutException", RETRY_TRANSIENT },
        { NULL, "IDPCommunicationError", RETRY_TRANSIENT },

        { NULL, "RequestTimeTooSkewed", RETRY_CLOCK },
        { NULL, "RequestExpired", RETRY_CLOCK },
        { NULL, "RequestInTheFuture", RETRY_CLOCK },
        { NULL, "SignatureDoesNotMatch", RETRY_MAYBE_CLOCK },
        { NULL, "InvalidSignatureException", RETRY_MAYBE_CLOCK },
        { NULL, "AuthFailure", RETRY_MAYBE_CLOCK },
        { NULL, "AccessDenied", RETRY_MAYBE_CLOCK },
};

static enum retry_kind kind_of_status(int http_status)
{
        static const int transient[] = { 500, 502, 503, 504 };

        for (size_t i = 0; i < N_ELEMENTS(transient); i++)
                if (transient[i] == http_status)
                        return RETRY_TRANSIENT;
        return http_status == 429 ? RETRY_THROTTLED : RETRY_NEVER;
}

enum retry_kind bakery__retry_kind(const char *service, int http_status, const char *code)
{
        for (size_t i = 0; code && i < N_ELEMENTS(codes); i++) {
                bool ours = !codes[i].service || strcmp(codes[i].service, service) == 0;

                if (ours && strcmp(codes[i].code, code) == 0)
                        return codes[i].kind;
        }
        return kind_of_status(http_status);
}

enum { TRANSIENT_BASE_MS = 50, THROTTLED_BASE_MS = 1000 };

unsigned bakery__retry_wait_ms(enum retry_kind kind, unsigned tried, unsigned base_ms, unsigned cap_ms, double random)
{
        unsigned usual_ms = kind == RETRY_THROTTLED ? THROTTLED_BASE_MS : TRANSIENT_BASE_MS;
        double most_ms = base_ms ? base_ms : usual_ms;

        for (unsigned i = 1; i < tried && most_ms < cap_ms; i++)
                most_ms *= 2;
        if (most_ms > cap_ms)
                most_ms = cap_ms;
        return (unsigned)(most_ms * random);
}

enum { TRANSIENT_COST = 14, THROTTLED_COST = 5 };

unsigned bakery__retry_take(struct retry_tokens *tokens, enum retry_kind kind)
{
        unsigned cost = kind == RETRY_THROTTLED ? THROTTLED_COST : TRANSIENT_COST;

        if (tokens->left < cost)
                return 0;
        tokens->left -= cost;
        return cost;
}

void bakery__retry_give_back(struct retry_tokens *tokens, unsigned taken)
{
        tokens->left += taken ? taken : 1;
        if (tokens->left > RETRY_TOKENS)
                tokens->left = RETRY_TOKENS;
}
