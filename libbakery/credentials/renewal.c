#include "credentials/renewal.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/time.h"
#include "credentials/key_document.h"
#include "credentials/lock.h"

enum { MARGIN_S = 300, LONGEST_S = 366 * 24 * 3600 };

static void close_fd(const int *fd)
{
        if (*fd >= 0)
                close(*fd);
}
#define AUTO_FD __attribute__((cleanup(close_fd))) int

static void replace(struct json *document, struct json *by)
{
        bakery__json_clear(document);
        *document = *by;
        *by = (struct json){ 0 };
}

static bool is_due(const struct renewal *renewal, const struct cJSON *document)
{
        int64_t end_s;

        return renewal->read_end(document, &end_s) && end_s - bakery__client_now_s(renewal->client) <= MARGIN_S &&
               renewal->is_renewable(renewal, document);
}

static int64_t left_s(const struct renewal *renewal, const struct cJSON *document)
{
        int64_t end_s = 0;

        return renewal->read_end(document, &end_s) ? end_s - bakery__client_now_s(renewal->client) : 0;
}

/* One process that waits for its turn. */
struct turn {
        const struct renewal *renewal;
        struct json *document;
};

/* The lock is that of the file itself: who gets it after the file was replaced finds the new one when it looks again.
 */
static enum lock_result try_lock(void *context, int *ret_fd)
{
        const struct turn *turn = context;
        int fd = open(turn->renewal->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        enum lock_result result = fd >= 0 ? bakery__lock_take(fd) : LOCK_NONE;

        if (result == LOCK_HELD)
                *ret_fd = fd;
        else
                close_fd(&fd);
        return result;
}

static bakery_status read_document(const struct renewal *renewal, struct json *document, bakery_error **err)
{
        AUTO_CLEAR(json) found = { 0 };
        bakery_status st = bakery__key_document_load(renewal->path, &found, err);

        if (st == BAKERY_ERR_IO || st == BAKERY_ERR_LIMIT)
                return bakery__fail(err, BAKERY_ERR_CREDENTIALS, "%s: there is no %s that can be read", renewal->path,
                                    renewal->noun);
        if (!st)
                replace(document, &found);
        return st;
}

static bool is_done(void *context)
{
        struct turn *turn = context;

        return read_document(turn->renewal, turn->document, NULL) == BAKERY_OK &&
               !is_due(turn->renewal, turn->document->root);
}

/* What is in memory is good either way: it is only that others, and we the next time, must renew again. */
static bakery_status write_back(const struct renewal *renewal, const struct json *document, bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = KEY_DOCUMENT_MAX_BYTES, .secret = true };
        AUTO_PTR(bakery_error) reason = NULL;
        bakery_status st = bakery__json_print(document, JSON_COMPACT, &text, renewal->noun, &reason);

        if (st == BAKERY_ERR_MEMORY) /* it may have holes */
                return bakery__fail_memory(err);
        if (!st)
                st = bakery__fs_replace(renewal->path, (struct span){ text.at, text.len }, &reason);
        if (st)
                bakery__client_log(renewal->client, BAKERY_LOG_WARNING, "the %s is renewed, but not kept: %s",
                                   renewal->noun, bakery_error_message(reason));
        else
                bakery__client_log(renewal->client, BAKERY_LOG_INFO, "the %s is renewed", renewal->noun);
        return BAKERY_OK;
}

/* What another try could mend: then what lives still serves. */
static bool may_use_old(bakery_status st)
{
        return st != BAKERY_ERR_CANCELLED && st != BAKERY_ERR_MEMORY;
}

static bakery_status renew(const struct renewal *renewal, struct json *document, bakery_error **err)
{
        AUTO_CLEAR(json) fresh = { .secret = true };
        AUTO_PTR(bakery_error) reason = NULL;
        bakery_status st = renewal->renew(renewal, document->root, &fresh, &reason);

        if (!st)
                st = write_back(renewal, &fresh, &reason);
        if (!st) {
                replace(document, &fresh);
                return BAKERY_OK;
        }
        if (left_s(renewal, document->root) > 0 && may_use_old(st)) {
                bakery__client_log(renewal->client, BAKERY_LOG_WARNING,
                                   "the %s is not renewed, the old one has %lld s left: %s", renewal->noun,
                                   (long long)left_s(renewal, document->root), bakery_error_message(reason));
                return BAKERY_OK;
        }
        bakery__error_move(&reason, err);
        return bakery__wrap(err, st, "the %s is over", renewal->noun);
}

static bakery_status renew_in_turn(const struct renewal *renewal, struct json *document, bakery_error **err)
{
        struct turn turn = { renewal, document };
        AUTO_FD lock_fd = -1; /* closing gives the lock back */
        const struct lock_wait wait = {
                .client = renewal->client,
                .what = renewal->noun,
                .try_lock = try_lock,
                .is_done = is_done,
                .context = &turn,
        };
        bakery_status st = bakery__lock_wait(&wait, &lock_fd, err);

        if (!st)
                st = read_document(renewal, document, err); /* another process, or the AWS CLI, may have been faster */
        if (st)
                return st;
        return is_due(renewal, document->root) ? renew(renewal, document, err) : BAKERY_OK;
}

bakery_status bakery__renewal_load(const struct renewal *renewal, struct json *ret, bakery_error **err)
{
        AUTO_CLEAR(json) document = { 0 };
        bakery_status st = read_document(renewal, &document, err);

        if (!st && is_due(renewal, document.root))
                st = renew_in_turn(renewal, &document, err);
        if (st)
                return st;
        *ret = document;
        document = (struct json){ 0 };
        return BAKERY_OK;
}

void bakery__renewal_keep_rest(struct json *json, struct cJSON *parent, const struct cJSON *old)
{
        for (const struct cJSON *child = bakery__json_first(old); child; child = bakery__json_next(child))
                if (!bakery__json_get(parent, bakery__json_key(child)))
                        bakery__json_copy(json, parent, bakery__json_key(child), child);
}

bool bakery__renewal_put_end(const struct renewal *renewal, struct json *json, struct cJSON *parent,
                             const struct cJSON *expires_in)
{
        char text[TIME_TEXT_BYTES];
        long long seconds;

        if (!bakery__json_whole_number_of(expires_in, &seconds) || seconds <= 0 || seconds > LONGEST_S)
                return false;
        bakery__time_print(bakery__client_now_s(renewal->client) + seconds, text);
        bakery__json_text(json, parent, "expiresAt", text);
        return true;
}

bool bakery__renewal_is_refused(const bakery_error *err)
{
        int status = bakery_error_http_status(err);

        return bakery_error_aws_code(err) && status >= 400 && status < 500 && status != 429;
}

bool bakery__renewal_has_text(const struct cJSON *object, const char *name)
{
        const char *text = bakery__json_text_of(bakery__json_get(object, name));

        return text && *text;
}
