/* One-time passwords, and the names of those who get them. */
#include <string.h>

#include "access/users.h"
#include "base/random.h"

enum { PASSWORD_CHARACTERS = 24, NAME_MAX_BYTES = 64 };

/*
 * One of each kind is what the strictest password policy asks for. Without 0 O 1 l I, which people mistake; marks that
 * survive a double click, a shell and a chat.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
 */
static const char *const kinds[] = { "abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!#%+=_-" };
static const char alphabet[] = "abcdefghijkmnopqrstuvwxyz"
                               "ABCDEFGHJKLMNPQRSTUVWXYZ"
                               "23456789"
                               "!#%+=_-";
enum { N_CHARACTERS = sizeof alphabet - 1 };
_Static_assert(256 % N_CHARACTERS == 0, "each character must be as likely as any other");

static bool has_each_kind(const char *password)
{
        for (size_t i = 0; i < N_ELEMENTS(kinds); i++)
                if (!strpbrk(password, kinds[i]))
                        return false;
        return true;
}

/* Drawn as a whole until it has each kind, so that no place is easier to guess than another. */
bakery_status bakery__password_make(struct secret *ret, bakery_error **err)
{
        unsigned char bytes[PASSWORD_CHARACTERS];
        char password[PASSWORD_CHARACTERS + 1] = "";
        bakery_status st = BAKERY_OK;

        while (!st && !has_each_kind(password)) {
                st = bakery__random_bytes(bytes, sizeof bytes, "a password", err);
                for (size_t i = 0; i < PASSWORD_CHARACTERS && !st; i++)
                        password[i] = alphabet[bytes[i] % N_CHARACTERS];
        }
        if (!st && !bakery__secret_set(ret, bakery__span(password)))
                st = bakery__fail_memory(err);
        explicit_bzero(password, sizeof password);
        explicit_bzero(bytes, sizeof bytes);
        return st;
}

bakery_status bakery__user_name_check(const char *name, bakery_error **err)
{
        size_t len = name ? strlen(name) : 0;

        if (len > 0 && len <= NAME_MAX_BYTES && bakery__str_only(bakery__span(name), "_+=,.@-"))
                return BAKERY_OK;
        return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                            "\"%.64s\" is no name of an IAM user: 1 to 64 letters, digits and _+=,.@- make one",
                            len ? name : "");
}
