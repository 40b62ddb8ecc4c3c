#include "deploy/proposal_check.h"

#include <string.h>

#include "deploy/proposal.h"

/* What is compared. */
struct check {
        const struct recipe *recipe;
        const struct cJSON *template; /* the recipe's own */
        const struct cfn_change_set *set;
        const struct cfn_stack *stack; /* NULL: there is none yet */
};

static bool is_of_our_stack(const struct check *check)
{
        return strcmp(check->set->stack_name, check->recipe->stack_name) == 0;
}

static bool has_a_name_of_ours(const struct check *check)
{
        return bakery__proposal_is_ours(check->set->name);
}

/* What the recipe asks for a parameter, or else the Default of its template. NULL: neither. */
static const char *wanted_value(const struct recipe *recipe, const struct cJSON *template, const char *key)
{
        const struct cJSON *declared = bakery__json_get(bakery__json_get(template, "Parameters"), key);

        for (size_t i = 0; i < recipe->parameters.count; i++)
                if (strcmp(recipe->parameters.at[i].key, key) == 0)
                        return recipe->parameters.at[i].value;
        return bakery__json_text_of(bakery__json_get(declared, "Default"));
}

static const char *value_of(const struct cfn_parameters *parameters, const char *key)
{
        for (size_t i = 0; i < parameters->count; i++)
                if (strcmp(parameters->at[i].key, key) == 0)
                        return parameters->at[i].value;
        return NULL;
}

/* CloudFormation gives asterisks for its value. */
static bool is_hidden(const struct cJSON *template, const char *key)
{
        const struct cJSON *declared = bakery__json_get(bakery__json_get(template, "Parameters"), key);

        return bakery__json_is_true(bakery__json_get(declared, "NoEcho"));
}

/* The same templates with another account in a parameter would trust that one. */
static bool has_our_parameters(const struct check *check)
{
        const struct cfn_parameters *wanted = &check->recipe->parameters, *found = &check->set->parameters;

        for (size_t i = 0; i < wanted->count; i++)
                if (!value_of(found, wanted->at[i].key))
                        return false;
        for (size_t i = 0; i < found->count; i++)
                if (!is_hidden(check->template, found->at[i].key) &&
                    !bakery__str_equal(found->at[i].value,
                                       wanted_value(check->recipe, check->template, found->at[i].key)))
                        return false;
        return true;
}

static bool has_our_tags(const struct check *check)
{
        const struct cfn_pairs *wanted = &check->recipe->tags, *found = &check->set->tags;

        for (size_t i = 0; i < wanted->count; i++)
                if (!bakery__str_equal(bakery__cfn_value(found, wanted->at[i].key), wanted->at[i].value))
                        return false;
        return found->count == wanted->count; /* a key stands once */
}

static bool has_text(const struct cfn_texts *texts, const char *wanted)
{
        for (size_t i = 0; i < texts->count; i++)
                if (strcmp(texts->at[i], wanted) == 0)
                        return true;
        return false;
}

static bool are_same_texts(const struct cfn_texts *a, const struct cfn_texts *b)
{
        for (size_t i = 0; i < a->count; i++)
                if (!has_text(b, a->at[i]))
                        return false;
        return a->count == b->count;
}

static bool has_our_capabilities(const struct check *check)
{
        return are_same_texts(&check->recipe->capabilities, &check->set->capabilities);
}

/* ROLLBACK is what CloudFormation does when nobody says anything. */
static bool fails_as_ours(const struct check *check)
{
        const char *found = check->set->on_stack_failure, *wanted = check->recipe->on_stack_failure;

        return strcmp(found ? found : "ROLLBACK", wanted ? wanted : "ROLLBACK") == 0;
}

static bool has_the_usual_mode(const struct check *check)
{
        return !check->set->deployment_mode;
}

static bool includes_nested_stacks(const struct check *check)
{
        return check->set->include_nested_stacks;
}

static const struct cfn_texts none;

static bool notifies_as_the_stack(const struct check *check)
{
        return are_same_texts(check->stack ? &check->stack->notification_arns : &none, &check->set->notification_arns);
}

static bool rolls_back_as_the_stack(const struct check *check)
{
        return are_same_texts(check->stack ? &check->stack->rollback_triggers : &none, &check->set->rollback_triggers);
}

static const struct {
        const char *name;
        bool (*is_ours)(const struct check *check);
} aspects[] = {
        { "stack", is_of_our_stack },
        { "name", has_a_name_of_ours },
        { "parameters", has_our_parameters },
        { "tags", has_our_tags },
        { "capabilities", has_our_capabilities },
        { "end of a failure (OnStackFailure)", fails_as_ours },
        { "mode (DeploymentMode)", has_the_usual_mode },
        { "nested stacks, which it leaves out", includes_nested_stacks },
        { "notification ARNs", notifies_as_the_stack },
        { "rollback triggers", rolls_back_as_the_stack },
};

static const char *find_other(const struct check *check)
{
        for (size_t i = 0; i < N_ELEMENTS(aspects); i++)
                if (!aspects[i].is_ours(check))
                        return aspects[i].name;
        return NULL;
}

bakery_status bakery__proposal_check(const struct recipe *recipe, const struct cfn_change_set *set,
                                     const struct cfn_stack *stack, bakery_error **err)
{
        const struct recipe_file *root = &recipe->files[0];
        AUTO_CLEAR(json) template = { 0 };
        bakery_status st =
                bakery__json_parse((struct span){ root->text, root->size_bytes }, root->name, &template, err);
        struct check check = { recipe, template.root, set, stack };
        const char *other = st ? NULL : find_other(&check);

        if (st || !other)
                return st;
        bakery__fail(err, BAKERY_ERR_REFUSED, "the change set %s of %s is not what this configuration asks for: its %s",
                     set->name, set->stack_name, other);
        bakery__error_hint(err, "plan again with this configuration");
        return BAKERY_ERR_REFUSED;
}
