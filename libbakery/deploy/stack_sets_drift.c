/* Looking, in the accounts of stack sets, how IAM differs from what the sets made there. */
#include <string.h>

#include "deploy/burgers.h"
#include "deploy/drift.h"
#include "deploy/stack_sets.h"

/* An account that changed its environment is in two sets for a while: where it is going, it has no stack yet. */
static const struct set_member *find_member(const bakery_stack_sets *sets, const bakery_account *account)
{
        for (size_t i = 0; i < sets->n_members; i++)
                if (sets->members[i].instance && strcmp(sets->members[i].account_id, bakery_account_id(account)) == 0)
                        return &sets->members[i];
        return NULL;
}

static bakery_status look(struct burger *burger, const bakery_target *target, bakery_client *client,
                          const bakery_run_options *run, bakery_error **err)
{
        const struct set_member *found = find_member(burger->step->context, burger->account);
        struct drift_member member = { 0 };
        bakery_drift *read = NULL;

        if (found) {
                member.set_name = found->set->name;
                member.instance = found->instance;
                member.never_made = found->never_made;
                member.template = found->set->deployed_template.root;
                member.parameters = &found->set->deployed->parameters;
        }
        bakery_status st = bakery__drift_read_member(client, target, run, &member, &read, err);
        if (!st)
                bakery__burger_take_drift(burger, read);
        return st;
}

bakery_status bakery_stack_sets_look(bakery_client *client, const bakery_stack_sets *sets, bakery_burgers *burgers,
                                     bakery_error **err)
{
        const struct step step = { .take = look, .context = sets, .about = "could not be looked at" };

        return bakery__burgers_run(client, burgers, step, err);
}
