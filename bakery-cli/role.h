/* The role that a command line names, and its session: what assume, exec and credentials have in common. */
#ifndef BAKERY_CLI_ROLE_H
#define BAKERY_CLI_ROLE_H

#include "child.h"
#include "client.h"
#include "ui/when.h"

/* Begin with { 0 }. */
struct role {
        bakery_report *report;
        bakery_config *config;     /* NULL: the role is named by its ARN */
        const bakery_group *group; /* NULL, like the account */
        const bakery_account *account;
        char *arn, *region, *policy;
        bakery_session_tag tags[TAGS_AT_MOST + 1]; /* those asked for, and the reason */
        char *tag_keys[TAGS_AT_MOST];              /* what of them is to be freed */
        size_t tag_count;
        bakery_credentials *credentials;
        char expiration[WHEN_BYTES];
        char account_id[13];
        char account_name[128]; /* or the id, when no configuration names it */
};

/* Finds the role and gets its session. EXIT_DONE; or another code, and the reason was printed. */
int role_assume(const struct options *options, struct role *ret);
void role_clear(struct role *role);

/* The variables that say so to a program; they borrow from role. */
enum { ROLE_VARIABLES = 14 };
void role_variables(const struct role *role, struct variable ret_variables[ROLE_VARIABLES]);

/* Prints the session as a credential_process does. */
void role_print_process(const struct role *role);

#endif
