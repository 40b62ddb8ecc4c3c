#include "failing.h"

#include <errno.h>
#include <execinfo.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* What stands behind the names in glibc, whoever takes them. */
void *__libc_malloc(size_t size_bytes);
void *__libc_calloc(size_t count, size_t size_bytes);
void *__libc_realloc(void *memory, size_t size_bytes);
void __libc_free(void *memory);
void *malloc(size_t size_bytes);
void *calloc(size_t count, size_t size_bytes);
void *realloc(void *memory, size_t size_bytes);
void free(void *memory);

enum { STACKS_AT_MOST = 1 << 16, BLOCKS_AT_MOST = 1 << 16, DEPTH = 40 };

static struct {
        bool counting, recording, inside; /* inside: an allocation of ours, or of backtrace() */
        size_t n, fails_at;
        bool and_after, has_failed;
        long live;
} state;

/* Which blocks are ours to count: those that were there before may be freed meanwhile. Open addressing, 0 is free. */
static uintptr_t blocks[BLOCKS_AT_MOST];
static const uintptr_t freed = 1;

static size_t slot_of(uintptr_t block)
{
        return (block >> 4) * 0x9e3779b97f4a7c15u >> (64 - 16);
}

static void remember(void *memory)
{
        size_t i = slot_of((uintptr_t)memory);

        while (blocks[i] > freed)
                i = (i + 1) % BLOCKS_AT_MOST;
        blocks[i] = (uintptr_t)memory;
        state.live++;
}

static void forget(void *memory)
{
        for (size_t i = slot_of((uintptr_t)memory); blocks[i]; i = (i + 1) % BLOCKS_AT_MOST) {
                if (blocks[i] != (uintptr_t)memory)
                        continue;
                blocks[i] = freed;
                state.live--;
                return;
        }
}

static uint64_t seen[STACKS_AT_MOST];
static size_t numbers[STACKS_AT_MOST];
static size_t n_stacks;

static void record_stack(void)
{
        void *frames[DEPTH];
        uint64_t hash = 0xcbf29ce484222325u;

        state.inside = true;
        int depth = backtrace(frames, DEPTH);
        state.inside = false;
        for (int i = 0; i < depth; i++)
                hash = (hash ^ (uintptr_t)frames[i]) * 0x100000001b3u;
        hash |= 1;
        size_t i = hash % STACKS_AT_MOST;
        while (seen[i] && seen[i] != hash)
                i = (i + 1) % STACKS_AT_MOST;
        if (!seen[i] && n_stacks < STACKS_AT_MOST / 2) {
                seen[i] = hash;
                numbers[n_stacks++] = state.n;
        }
}

/* Counts one more allocation; whether it is to fail. */
static bool fails(void)
{
        if (!state.counting || state.inside)
                return false;
        state.n++;
        if (state.recording)
                record_stack();

        bool failing = state.n == state.fails_at || (state.and_after && state.fails_at && state.n > state.fails_at);
        state.has_failed |= failing;
        if (failing)
                errno = ENOMEM; /* as malloc(3) leaves it */
        return failing;
}

static void *kept(void *memory)
{
        if (memory && state.counting && !state.inside)
                remember(memory);
        return memory;
}

void *malloc(size_t size_bytes)
{
        return fails() ? NULL : kept(__libc_malloc(size_bytes));
}

void *calloc(size_t count, size_t size_bytes)
{
        return fails() ? NULL : kept(__libc_calloc(count, size_bytes));
}

void *realloc(void *memory, size_t size_bytes)
{
        if (fails())
                return NULL;
        if (memory && state.counting && !state.inside)
                forget(memory);
        return kept(__libc_realloc(memory, size_bytes));
}

void free(void *memory)
{
        if (memory && state.counting && !state.inside)
                forget(memory);
        __libc_free(memory);
}

void failing_begin(size_t n, bool and_after)
{
        void *frames[DEPTH];

        backtrace(frames, DEPTH); /* its first call allocates */
        for (size_t i = 0; i < BLOCKS_AT_MOST; i++)
                blocks[i] = 0;
        state.n = 0;
        state.fails_at = n;
        state.and_after = and_after;
        state.has_failed = false;
        state.live = 0;
        state.counting = true;
}

size_t failing_end(void)
{
        state.counting = state.recording = false;
        return state.n;
}

bool failing_has_failed(void)
{
        return state.has_failed;
}

long failing_live_blocks(void)
{
        return state.live;
}

void failing_record(void)
{
        n_stacks = 0;
        for (size_t i = 0; i < STACKS_AT_MOST; i++)
                seen[i] = 0;
        state.recording = true;
}

size_t failing_stacks(const size_t **ret_numbers)
{
        *ret_numbers = numbers;
        return n_stacks;
}

bool failing_try(const char *name, failing_trial *trial, const void *context, size_t n, bool and_after)
{
        fflush(NULL);
        pid_t child = fork();
        int status = 0;

        if (child == 0)
                _exit(!trial(context, n, and_after));
        if (child < 0 || waitpid(child, &status, 0) < 0)
                return false;
        if (WIFSIGNALED(status))
                fprintf(stderr, "%s: allocation %zu%s failing ends in signal %d\n", name, n,
                        and_after ? " and all after" : "", WTERMSIG(status));
        return status == 0;
}
