/* Facts of what a configuration makes, from the trees of its templates: what others are held against. */
#ifndef BAKERY_TESTS_MADE_FACTS_H
#define BAKERY_TESTS_MADE_FACTS_H

#include "deploy/facts.h"

/* In the Bakery account, the function that watches apart; stacks are named by the logical ids of the nested ones. */
bakery_status made_in_bakery(struct facts *facts, const bakery_config *config, bakery_error **err);

/* In a Burger account. */
bakery_status made_in_burger(struct facts *facts, const bakery_account *account, bakery_error **err);

#endif
