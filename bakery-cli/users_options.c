/* The options of users; which word takes which stands in users.c. */
#include <stdlib.h>
#include <string.h>

#include "users.h"

#define FLAG(name, option)                                                    \
        static bool set_##name(struct options *options, const char *argument) \
        {                                                                     \
                (void)argument;                                               \
                options->users.given |= (option);                             \
                return true;                                                  \
        }

FLAG(prune, USERS_PRUNE)
FLAG(no_passwords, USERS_NO_PASSWORDS)
FLAG(undo, USERS_UNDO)
FLAG(gone, USERS_GONE)
FLAG(keys, USERS_KEYS)
FLAG(delete_old, USERS_DELETE_OLD)

static bool set_passwords(struct options *options, const char *argument)
{
        options->users.given |= USERS_PASSWORDS;
        options->users.passwords_path = argument;
        return *argument != '\0';
}

static bool set_to(struct options *options, const char *argument)
{
        options->users.given |= USERS_TO;
        options->users.to_path = argument;
        return *argument != '\0';
}

static bool set_max_key_age(struct options *options, const char *argument)
{
        size_t digits = strspn(argument, "0123456789");

        if (digits == 0 || digits > 5 || argument[digits])
                return false;
        options->users.given |= USERS_MAX_KEY_AGE;
        options->users.max_key_age_days = (unsigned)strtoul(argument, NULL, 10);
        return options->users.max_key_age_days > 0;
}

const struct option_row option_prune = { "prune", 0, NULL, "users that it does not name leave the groups too",
                                         set_prune };
const struct option_row option_passwords = { "passwords", 0, "FILE", "write one-time passwords into this new file",
                                             set_passwords };
const struct option_row option_no_passwords = { "no-passwords", 0, NULL, "new users get no password",
                                                set_no_passwords };
const struct option_row option_max_key_age = { "max-key-age", 0, "DAYS",
                                               "older access keys are findings; 90 when not given", set_max_key_age };
const struct option_row option_undo = { "undo", 0, NULL, "take the denial of older sessions away again", set_undo };
const struct option_row option_gone = { "gone", 0, NULL, "the user was deleted: work in the burgers only", set_gone };
const struct option_row option_keys = { "keys", 0, NULL, "make the access keys of the user inactive too", set_keys };
const struct option_row option_to = { "to", 0, "FILE", "where the new key goes, instead of the profile files", set_to };
const struct option_row option_delete_old = { "delete-old", 0, NULL, "no new key: deactivate the older, then delete it",
                                              set_delete_old };

const char *users_option_name(unsigned option)
{
        static const struct {
                unsigned option;
                const struct option_row *row;
        } rows[] = {
                { USERS_PRUNE, &option_prune },
                { USERS_PASSWORDS, &option_passwords },
                { USERS_NO_PASSWORDS, &option_no_passwords },
                { USERS_MAX_KEY_AGE, &option_max_key_age },
                { USERS_UNDO, &option_undo },
                { USERS_GONE, &option_gone },
                { USERS_KEYS, &option_keys },
                { USERS_TO, &option_to },
                { USERS_DELETE_OLD, &option_delete_old },
        };
        const char *name = "";

        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
                if (rows[i].option & option)
                        name = rows[i].row->name;
        return name;
}
