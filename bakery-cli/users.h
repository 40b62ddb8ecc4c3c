/* What the words of users have in common. */
#ifndef BAKERY_CLI_USERS_H
#define BAKERY_CLI_USERS_H

#include "work.h"

/* What "users WORD [NAME]" works with. */
struct users {
        const struct options *options;
        const char *name; /* NULL: the word takes none */
        struct work work;
};

typedef int users_word(struct users *users);
users_word users_plan, users_apply, users_report, users_revoke, users_rotate_key, users_password;

/* The formats of the library. */
bakery_users_format users_format(const struct users *users);

/* Where one-time passwords go: to the terminal, or into a file of their own. Begin with { 0 }. */
struct passwords {
        FILE *to;
        const char *path; /* NULL: stdout */
};

/* EXIT_DONE, or another code with the reason printed: there is no terminal, and no file was named. */
int passwords_open(struct passwords *passwords, const struct options *options);

/* Puts one there, at once: what is told later may be lost. context is struct passwords. */
bakery_password_function passwords_put;

/* Gives code, or that of a file that could not be written. A file that got no password is removed. */
int passwords_close(struct passwords *passwords, int code);

/* The options of the words, each of which takes some of them: users_options.c. */
enum users_option {
        USERS_PRUNE = 1 << 0,
        USERS_PASSWORDS = 1 << 1,
        USERS_NO_PASSWORDS = 1 << 2,
        USERS_MAX_KEY_AGE = 1 << 3,
        USERS_UNDO = 1 << 4,
        USERS_GONE = 1 << 5,
        USERS_KEYS = 1 << 6,
        USERS_TO = 1 << 7,
        USERS_DELETE_OLD = 1 << 8,
};
extern const struct option_row option_prune, option_passwords, option_no_passwords, option_max_key_age, option_undo,
        option_gone, option_keys, option_to, option_delete_old;

/* The name of one of them. */
const char *users_option_name(unsigned option);

#endif
