#include "base/secret.h"

#include <string.h>

bool bakery__secret_set(struct secret *secret, struct span text)
{
        char *copy = malloc(text.len + 1);

        if (!copy)
                return false;
        if (text.len > 0)
                memcpy(copy, text.at, text.len);
        copy[text.len] = '\0';
        bakery__secret_clear(secret);
        *secret = (struct secret){ copy, text.len };
        return true;
}

bool bakery__secret_is_set(const struct secret *secret)
{
        return secret->hidden != NULL;
}

const char *bakery__secret_reveal(const struct secret *secret)
{
        return secret->hidden ? secret->hidden : "";
}

void bakery__secret_clear(struct secret *secret)
{
        if (secret->hidden)
                explicit_bzero(secret->hidden, secret->size_bytes);
        free(secret->hidden);
        *secret = (struct secret){ 0 };
}
