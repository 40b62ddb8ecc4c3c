/* What is to be done with each account, and who could do what before and after. */
#include <string.h>

#include "deploy/deployed.h"
#include "deploy/stack_sets.h"
#include "template/emit.h"

static bakery_status write_template(bakery_stack_sets *sets, struct stack_set *set, bakery_error **err)
{
        const bakery_account *accounts[BURGER_SET_ACCOUNTS];
        struct burger_set of = { accounts, 0 };
        bakery_status st;

        if (set->n_kept == 0)
                return BAKERY_OK;
        for (size_t i = 0; i < sets->n_members; i++)
                if (sets->members[i].set == set && sets->members[i].account)
                        accounts[of.count++] = sets->members[i].account;
        st = bakery__burger_set_print(sets->request.config, &of, &set->text, &set->text_size_bytes, err);
        return st ? st : bakery__template_parse(bakery__span(set->text), set->name, NULL, &set->template, err);
}

static bakery_status parse_deployed(struct stack_set *set, bakery_error **err)
{
        if (!set->deployed || !set->deployed->template_body)
                return BAKERY_OK;
        return bakery__template_parse(bakery__span(set->deployed->template_body), set->name, NULL,
                                      &set->deployed_template, err);
}

static bool has_parameter(const struct cfn_stack_set *set, const char *key, const char *value)
{
        for (size_t i = 0; i < set->parameters.count; i++)
                if (strcmp(set->parameters.at[i].key, key) == 0)
                        return bakery__str_equal(set->parameters.at[i].value, value);
        return false;
}

static bool has_tags(const struct cfn_stack_set *set, const struct cfn_pairs *tags)
{
        if (set->tags.count != tags->count)
                return false;
        for (size_t i = 0; i < tags->count; i++)
                if (!bakery__str_equal(bakery__cfn_value(&set->tags, tags->at[i].key), tags->at[i].value))
                        return false;
        return true;
}

/* Everything but the names of accounts: what changes the roles of all of them. Tags go from the set to its roles. */
static bool changes_roles(const bakery_stack_sets *sets, const struct stack_set *set)
{
        static const char *const sections[] = { "Parameters", "Conditions", "Resources" };
        const struct json *before = &set->deployed_template, *after = &set->template;

        for (size_t i = 0; i < N_ELEMENTS(sections); i++) {
                const struct cJSON *one = bakery__json_get(before->root, sections[i]);
                const struct cJSON *other = bakery__json_get(after->root, sections[i]);

                if (one && other ? !bakery__json_equal(one, other) : one != other)
                        return true;
        }
        return !has_tags(set->deployed, &sets->tags) ||
               !has_parameter(set->deployed, "BakeryAccount", bakery_config_bakery_account_id(sets->request.config));
}

static bakery_status changes_set(const bakery_stack_sets *sets, const struct stack_set *set, bool *ret,
                                 bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const char *administration = NULL, *execution = sets->request.execution_role;
        bakery_status st = bakery__sets_administration_role(sets, &arena, &administration, err);

        *ret = changes_roles(sets, set) || !bakery__json_equal(set->deployed_template.root, set->template.root) ||
               !set->deployed->managed_execution ||
               (administration && !bakery__str_equal(administration, set->deployed->administration_role_arn)) ||
               (execution && !bakery__str_equal(execution, set->deployed->execution_role_name));
        return st;
}

/* What the deployed template calls the account; NULL when it does not say. */
static const char *deployed_name(const struct stack_set *set, const char *account_id)
{
        const struct cJSON *names =
                bakery__json_get(bakery__json_get(set->deployed_template.root, "Mappings"), BURGER_SET_MAPPING);

        return bakery__json_text_of(bakery__json_get(bakery__json_get(names, account_id), BURGER_SET_NAME));
}

/*
 * Whether the stack failed when StackSets made it: such a stack is in ROLLBACK_COMPLETE, and is made anew. One that was
 * imported has a name of its own, and roles that people use: it is never taken for that.
 */
static bakery_status find_never_made(struct site *site, const bakery_stack_sets *sets, struct set_member *member,
                                     bakery_error **err)
{
        static const char made_by_stack_sets[] = ":stack/StackSet-";
        const struct cfn_stack_instance *instance = member->instance;
        struct cfn_set_name name = bakery__sets_name(sets, member->set);
        const struct cfn_stack_set_operation *operation = NULL;
        struct aws_access aws;

        if (!member->account || !instance || strcmp(instance->status, "CURRENT") == 0 || !instance->last_operation_id ||
            (instance->stack_id && !strstr(instance->stack_id, made_by_stack_sets)))
                return BAKERY_OK;
        bakery_status st = bakery__site_access(site, &aws, err);
        if (!st)
                st = bakery__cfn_describe_stack_set_operation(&aws, &name, instance->last_operation_id, &member->arena,
                                                              &operation, err);
        member->never_made = operation && strcmp(operation->action, "CREATE") == 0;
        return st;
}

static bakery_status find_all_never_made(struct site *site, bakery_stack_sets *sets, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < sets->n_members && !st; i++)
                st = find_never_made(site, sets, &sets->members[i], err);
        return st;
}

static bakery_set_step step_of(const struct set_member *member, bool all)
{
        if (!member->account)
                return BAKERY_SET_DELETE;
        if (member->never_made)
                return BAKERY_SET_CREATE;
        if (!member->instance)
                return member->alone ? BAKERY_SET_IMPORT : BAKERY_SET_CREATE;
        if (all || strcmp(member->instance->status, "CURRENT") != 0 ||
            !bakery__str_equal(member->name, deployed_name(member->set, member->account_id)))
                return BAKERY_SET_UPDATE;
        return BAKERY_SET_NOTHING;
}

static void decide_members(bakery_stack_sets *sets, struct stack_set *set)
{
        bool all = set->deployed && set->text && changes_roles(sets, set);

        for (size_t i = 0; i < sets->n_members; i++) {
                struct set_member *member = &sets->members[i];

                if (member->set != set)
                        continue;
                if (!member->account)
                        member->name = deployed_name(set, member->account_id);
                member->step = step_of(member, all);
                if (member->state != BAKERY_BURGER_FAILED)
                        member->state =
                                member->step == BAKERY_SET_NOTHING ? BAKERY_BURGER_NOTHING : BAKERY_BURGER_PLANNED;
        }
}

bakery_status bakery__sets_decide(struct site *site, bakery_stack_sets *sets, bakery_error **err)
{
        bakery_status st = bakery__recipe_tags(site->recipe.config, &sets->arena, &sets->tags, err);

        if (!st)
                st = find_all_never_made(site, sets, err);
        for (struct stack_set *set = sets->first; set && !st; set = set->next) {
                st = write_template(sets, set, err);
                if (!st)
                        st = parse_deployed(set, err);
                if (!st && set->deployed && set->text)
                        st = changes_set(sets, set, &set->updates, err);
                if (!st)
                        decide_members(sets, set);
        }
        return st;
}

/* One template in one account. A role's place is told by the account: the same logical id stands in each. */
static bakery_status add_facts(const struct site *site, const struct set_member *member, const struct cJSON *template,
                               const struct cfn_parameters *parameters, struct facts *facts, bakery_error **err)
{
        struct deployed deployed = { member->account_id, member->account_id, site->recipe.region, parameters };

        return bakery__deployed_add(&deployed, template, facts, err);
}

static bakery_status add_alone(const struct site *site, const struct set_member *member, struct facts *facts,
                               bakery_error **err)
{
        AUTO_CLEAR(json) template = { 0 };
        bakery_status st =
                bakery__template_parse(bakery__span(member->alone_template), member->alone->name, NULL, &template, err);

        if (!st)
                st = add_facts(site, member, template.root, &member->alone->parameters, facts, err);
        return st ? bakery__wrap(err, st, "the template of %s in %s", member->alone->name, member->account_id)
                  : BAKERY_OK;
}

static bakery_status add_before(const struct site *site, const struct set_member *member, struct facts *facts,
                                bakery_error **err)
{
        const struct stack_set *set = member->set;

        if (member->alone)
                return add_alone(site, member, facts, err);
        if (!member->instance || member->never_made || !set->deployed_template.root)
                return BAKERY_OK;
        bakery_status st = add_facts(site, member, set->deployed_template.root, &set->deployed->parameters, facts, err);
        return st ? bakery__wrap(err, st, "the template of stack set %s", set->name) : BAKERY_OK;
}

static bakery_status add_after(const struct site *site, const struct set_member *member, struct facts *facts,
                               bakery_error **err)
{
        struct cfn_parameter environment = { .key = "Environment", .value = member->set->environment };
        struct cfn_parameters parameters = { &environment, 1 };

        if (!member->account)
                return BAKERY_OK;
        return add_facts(site, member, member->set->template.root, &parameters, facts, err);
}

bakery_status bakery__sets_compare(struct site *site, bakery_stack_sets *sets, bakery_error **err)
{
        AUTO_CLEAR(facts) before = { 0 }, after = { 0 };
        AUTO_CLEAR(differences) found = { 0 };
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < sets->n_members && !st; i++) {
                const struct set_member *member = &sets->members[i];

                if (member->state != BAKERY_BURGER_PLANNED)
                        continue;
                st = add_before(site, member, &before, err);
                if (!st)
                        st = add_after(site, member, &after, err);
        }
        if (!st)
                st = bakery__facts_compare(&before, &after, &found, err);
        return st ? st : bakery__who_find(site, &before, &after, &found, &sets->arena, &sets->who, err);
}
