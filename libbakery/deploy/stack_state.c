#include "deploy/stack_state.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"

#define LOOK "look at its events (bakery-cli status %s), and at what is left of it"

static const struct stack_state states[] = {
        { "DELETE_COMPLETE", STACK_CREATE, false, NULL, NULL },

        { "CREATE_COMPLETE", STACK_UPDATE, false, NULL, NULL },
        { "UPDATE_COMPLETE", STACK_UPDATE, false, NULL, NULL },
        { "IMPORT_COMPLETE", STACK_UPDATE, false, NULL, NULL },
        { "UPDATE_ROLLBACK_COMPLETE", STACK_UPDATE, false, "its last update was rolled back", NULL },
        { "IMPORT_ROLLBACK_COMPLETE", STACK_UPDATE, false, "its last import was rolled back", NULL },

        { "REVIEW_IN_PROGRESS", STACK_REVIEW, false, NULL, NULL },

        { "ROLLBACK_COMPLETE", STACK_RECREATE, false, "it was never made: its creation failed",
          "bakery-cli deploy --recreate %s deletes what is left of it, and makes it anew" },
        { "CREATE_FAILED", STACK_RECREATE, false, "it was never made: its creation failed",
          "bakery-cli deploy --recreate %s deletes what is left of it, and makes it anew" },

        { "ROLLBACK_FAILED", STACK_REFUSE, true, "its creation failed, and so did taking that back", LOOK },
        { "DELETE_FAILED", STACK_REFUSE, true, "it could not be deleted as a whole", LOOK },
        { "IMPORT_ROLLBACK_FAILED", STACK_REFUSE, true, "an import failed, and so did taking that back", LOOK },
        { "UPDATE_FAILED", STACK_REFUSE, false, "its last update stopped half-way",
          "bakery-cli rollback %s takes that update back" },
        { "UPDATE_ROLLBACK_FAILED", STACK_REFUSE, false, "its last update failed, and so did taking that back",
          "mend the cause, then bakery-cli rollback --continue %s; --skip ID leaves a resource out" },

        { "CREATE_IN_PROGRESS", STACK_WAIT, false, NULL, NULL },
        { "ROLLBACK_IN_PROGRESS", STACK_WAIT, false, NULL, NULL },
        { "DELETE_IN_PROGRESS", STACK_WAIT, false, NULL, NULL },
        { "UPDATE_IN_PROGRESS", STACK_WAIT, false, NULL, NULL },
        { "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", STACK_WAIT, false, NULL, NULL },
        { "UPDATE_ROLLBACK_IN_PROGRESS", STACK_WAIT, false, NULL, NULL },
        { "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", STACK_WAIT, false, NULL, NULL },
        { "IMPORT_IN_PROGRESS", STACK_WAIT, false, NULL, NULL },
        { "IMPORT_ROLLBACK_IN_PROGRESS", STACK_WAIT, false, NULL, NULL },
};

static const struct stack_state none = { NULL, STACK_CREATE, false, NULL, NULL };
static const struct stack_state new_work = { "", STACK_WAIT, false, NULL, NULL };
static const struct stack_state new_rest = { "", STACK_REFUSE, true, "that is a state that this version does not know",
                                             LOOK };

static bool ends_in(const char *text, const char *end)
{
        size_t len = strlen(text), end_len = strlen(end);

        return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

const struct stack_state *bakery__stack_state(const char *status)
{
        if (!status)
                return &none;
        for (size_t i = 0; i < N_ELEMENTS(states); i++)
                if (strcmp(states[i].status, status) == 0)
                        return &states[i];
        return ends_in(status, "_IN_PROGRESS") ? &new_work : &new_rest;
}

void bakery__stack_state_hint(const struct stack_state *state, const char *command, bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = 1024 };
        const char *at = state->hint ? strstr(state->hint, "%s") : NULL;

        if (!at)
                return;
        bakery__buf_add(&text, state->hint, (size_t)(at - state->hint));
        bakery__buf_text(&text, command);
        bakery__buf_text(&text, at + 2);
        if (text.at)
                bakery__error_hint(err, "%s", text.at);
}

bakery_progress bakery__stack_progress(const char *status)
{
        if (strstr(status, "ROLLBACK") || ends_in(status, "_FAILED"))
                return BAKERY_PROGRESS_FAILED;
        if (ends_in(status, "_IN_PROGRESS"))
                return BAKERY_PROGRESS_RUNNING;
        return ends_in(status, "_COMPLETE") || ends_in(status, "_SKIPPED") ? BAKERY_PROGRESS_DONE
                                                                           : BAKERY_PROGRESS_NONE;
}
