/* Templates in the shape that the tool before Bakery deployed: YAML, short forms, no quotes where none are needed. */
#ifndef BAKERY_TESTS_OLD_TEMPLATES_H
#define BAKERY_TESTS_OLD_TEMPLATES_H

#include "deploy/facts.h"

extern const char old_bakery_account[], old_check_admin[];

/* The groups of the environments; free() it. octal: account ids as they came out of a file without quotes. */
char *old_bakery_env(const bakery_config *config, bool octal);

/* The roles of a Burger account; account_id, the Bakery's, as it stands behind "Default:". free() it. */
char *old_burger(const bakery_config *config, const char *account_id);

/* Adds the facts of a template's text; the test fails when there are none. */
void add_facts(struct facts *facts, const char *text, const char *stack, const char *account_id,
               const struct parameter *parameters, size_t n_parameters);

#endif
