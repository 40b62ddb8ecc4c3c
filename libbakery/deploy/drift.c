#include "deploy/drift.h"

#include <string.h>

#include "base/time.h"
#include "deploy/damage.h"
#include "deploy/deployed.h"
#include "deploy/facts_live.h"
#include "deploy/plan.h"
#include "deploy/stack_state.h"
#include "deploy/who.h"

struct bakery_drift {
        struct arena arena; /* of all text */
        const char *stack_name, *account_id, *region;
        const char *stack_id, *status, *status_reason; /* NULL: there is no stack */
        int64_t updated_s;
        bool is_protected, is_set_members; /* of a stack set: whether it is protected is not told */
        bakery_progress progress;
        struct who who;
};

void bakery_drift_free(bakery_drift *drift)
{
        if (!drift)
                return;
        bakery__arena_clear(&drift->arena);
        free(drift);
}

static bakery_status take_place(bakery_drift *drift, const struct recipe *recipe, const char *stack_name,
                                bakery_error **err)
{
        struct arena *arena = &drift->arena;
        bool no_memory = false;

        drift->stack_name = bakery__arena_shown(arena, stack_name, &no_memory);
        drift->account_id = bakery__arena_shown(arena, recipe->account_id, &no_memory);
        drift->region = bakery__arena_shown(arena, recipe->region, &no_memory);
        return no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

static bakery_status take_status(bakery_drift *drift, const char *stack_id, const char *status, const char *reason,
                                 bakery_error **err)
{
        struct arena *arena = &drift->arena;
        bool no_memory = false;

        drift->stack_id = bakery__arena_shown(arena, stack_id, &no_memory);
        drift->status = bakery__arena_shown(arena, status, &no_memory);
        drift->status_reason = bakery__arena_shown(arena, reason, &no_memory);
        return no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

static bakery_status take_stack(bakery_drift *drift, const struct recipe *recipe, const struct cfn_stack *stack,
                                bakery_error **err)
{
        bakery_status st = take_place(drift, recipe, recipe->stack_name, err);

        if (st || !stack)
                return st;
        drift->updated_s = (stack->updated_ms ? stack->updated_ms : stack->created_ms) / 1000;
        drift->is_protected = stack->termination_protection;
        drift->progress = bakery__stack_progress(stack->status);
        return take_status(drift, stack->id, stack->status, stack->status_reason, err);
}

/* "arn:aws:cloudformation:us-east-1:222222222222:stack/StackSet-X/1", the part in the middle; NULL: it is none. */
static const char *name_in_stack_id(bakery_drift *drift, const char *stack_id)
{
        const char *at = stack_id ? strchr(stack_id, '/') : NULL;

        return at ? bakery__arena_copy(&drift->arena, (struct span){ at + 1, strcspn(at + 1, "/") }) : NULL;
}

/* https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackInstanceSummary.html */
static bakery_progress progress_of(const struct cfn_stack_instance *instance)
{
        if (strcmp(instance->status, "CURRENT") == 0)
                return BAKERY_PROGRESS_DONE;
        return bakery__str_equal(instance->detailed_status, "RUNNING") ||
                               bakery__str_equal(instance->detailed_status, "PENDING")
                       ? BAKERY_PROGRESS_RUNNING
                       : BAKERY_PROGRESS_FAILED;
}

static bakery_status take_member(bakery_drift *drift, const struct recipe *recipe, const struct drift_member *member,
                                 bakery_error **err)
{
        const struct cfn_stack_instance *instance = member->instance;
        const char *name = instance ? name_in_stack_id(drift, instance->stack_id) : NULL;
        bakery_status st = take_place(drift, recipe, name ? name : recipe->stack_name, err);

        drift->is_set_members = true;
        if (st || !instance)
                return st;
        drift->progress = progress_of(instance);
        st = take_status(drift, instance->stack_id, instance->status, instance->status_reason, err);
        if (!st && drift->progress != BAKERY_PROGRESS_DONE && !member->never_made)
                st = bakery__who_note(&drift->who, &drift->arena, err,
                                      "StackSets has not brought this stack to where %s is: what differs may be only "
                                      "that",
                                      member->set_name);
        return st;
}

/* What was deployed, and what IAM has. */
struct both {
        struct facts deployed, live;
        struct differences found;
};

static void clear_both(struct both *both)
{
        bakery__differences_clear(&both->found);
        bakery__facts_clear(&both->deployed);
        bakery__facts_clear(&both->live);
}
DEFINE_AUTO_CLEAR(both, clear_both)

static bakery_status read_live(struct site *site, struct facts *live, bakery_error **err)
{
        const struct recipe *recipe = &site->recipe;
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (st)
                return st;
        return recipe->kind == BAKERY_STACK_BURGER ? bakery__facts_add_live_burger(live, &aws, recipe->account, err)
                                                   : bakery__facts_add_live_bakery(live, &aws, recipe->config, err);
}

static bakery_status note_damage(struct site *site, const struct both *both, bakery_report *report, bakery_drift *drift,
                                 bakery_error **err)
{
        const bakery_config *config = site->recipe.config;
        bakery_status st =
                bakery__damage_find(config, &both->deployed, &both->live, bakery_config_name(config), report, err);

        for (size_t i = 0; i < bakery_report_count(report) && !st; i++) {
                const struct finding *finding = bakery__report_at(report, i);

                st = bakery__who_note(&drift->who, &drift->arena, err, "%s%s%s", finding->message,
                                      finding->hint ? ": " : "", finding->hint ? finding->hint : "");
        }
        return st;
}

/* Adds what was deployed to facts, of a stack or of a member of a set. */
typedef bakery_status add_deployed(struct site *site, const void *what, struct facts *facts, bakery_report *report,
                                   bakery_error **err);

static bakery_status add_stack(struct site *site, const void *what, struct facts *facts, bakery_report *report,
                               bakery_error **err)
{
        return bakery__deployed_read(site, what, facts, report, err);
}

static bakery_status add_member(struct site *site, const void *what, struct facts *facts, bakery_report *report,
                                bakery_error **err)
{
        const struct drift_member *member = what;
        const struct recipe *recipe = &site->recipe;
        struct deployed deployed = { recipe->account_id, recipe->account_id, recipe->region, member->parameters };

        (void)report;
        return bakery__deployed_add(&deployed, member->template, facts, err);
}

/* CloudFormation's own drift detection does not see what was attached from the other side, nor who is in a group. */
static bakery_status compare(struct site *site, add_deployed *add, const void *what, bakery_drift *drift,
                             bakery_error **err)
{
        AUTO_CLEAR(both) both = { 0 };
        AUTO_PTR(bakery_report) report = bakery_report_new();
        bakery_status st;

        if (!report)
                return bakery__fail_memory(err);
        st = read_live(site, &both.live, err);
        if (st == BAKERY_ERR_DENIED) {
                bakery__error_clear(err);
                return bakery__who_note(&drift->who, &drift->arena, err,
                                        "whether IAM differs is not known: these keys may not "
                                        "iam:GetAccountAuthorizationDetails");
        }
        if (!st)
                st = add(site, what, &both.deployed, report, err);
        if (!st)
                st = bakery__facts_compare(&both.deployed, &both.live, &both.found, err);
        if (!st)
                st = bakery__who_find(site, &both.deployed, &both.live, &both.found, &drift->arena, &drift->who, err);
        return st ? st : note_damage(site, &both, report, drift, err);
}

static bool has_resources(const struct cfn_stack *stack)
{
        return stack && bakery__stack_state(stack->status)->next != STACK_REVIEW;
}

bakery_status bakery_drift_read(bakery_client *client, const bakery_target *target, const bakery_run_options *options,
                                bakery_drift **ret_drift, bakery_error **err)
{
        AUTO_CLEAR(site) site = { 0 };
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_drift) drift = calloc(1, sizeof *drift);
        const struct cfn_stack *stack = NULL;

        bakery__error_clear(err);
        if (!drift)
                return bakery__fail_memory(err);
        bakery_status st = bakery__site_open(client, target, options, &site, err);
        if (!st)
                st = bakery__site_find_stack(&site, &arena, &stack, err);
        if (!st)
                st = take_stack(drift, &site.recipe, stack, err);
        /* The function of the admin check has no groups and no burger roles. */
        if (!st && has_resources(stack) && site.recipe.kind != BAKERY_STACK_CHECK_ADMIN)
                st = compare(&site, add_stack, stack, drift, err);
        if (st)
                return st;
        *ret_drift = STEAL(drift);
        return BAKERY_OK;
}

bakery_status bakery__drift_read_member(bakery_client *client, const bakery_target *target,
                                        const bakery_run_options *options, const struct drift_member *member,
                                        bakery_drift **ret_drift, bakery_error **err)
{
        AUTO_CLEAR(site) site = { 0 };
        AUTO_PTR(bakery_drift) drift = calloc(1, sizeof *drift);

        if (!drift)
                return bakery__fail_memory(err);
        bakery_status st = bakery__site_open(client, target, options, &site, err);
        if (!st)
                st = take_member(drift, &site.recipe, member, err);
        if (!st && member->instance && !member->never_made && member->template)
                st = compare(&site, add_member, member, drift, err);
        if (st)
                return st;
        *ret_drift = STEAL(drift);
        return BAKERY_OK;
}

const char *bakery_drift_stack_name(const bakery_drift *drift)
{
        return drift->stack_name;
}

const char *bakery_drift_stack_id(const bakery_drift *drift)
{
        return drift->stack_id;
}

const char *bakery_drift_stack_status(const bakery_drift *drift)
{
        return drift->status;
}

bakery_progress bakery_drift_progress(const bakery_drift *drift)
{
        return drift->progress;
}

int64_t bakery_drift_updated_s(const bakery_drift *drift)
{
        return drift->updated_s;
}

int bakery_drift_is_protected(const bakery_drift *drift)
{
        return drift->is_protected;
}

size_t bakery_drift_difference_count(const bakery_drift *drift)
{
        return drift->who.count;
}

void bakery_drift_difference_at(const bakery_drift *drift, size_t i, bakery_plan_difference *ret_difference)
{
        bakery__who_give(&drift->who, i, ret_difference);
}

size_t bakery_drift_note_count(const bakery_drift *drift)
{
        return drift->who.n_notes;
}

const char *bakery_drift_note(const bakery_drift *drift, size_t i)
{
        return bakery__who_note_at(&drift->who, i);
}

static void print_text(const bakery_drift *drift, struct buf *text)
{
        char updated[TIME_TEXT_BYTES];

        bakery__buf_format(text, "%s in %s, %s: %s", drift->stack_name, drift->account_id, drift->region,
                           drift->status ? drift->status : "there is none");
        if (drift->updated_s) {
                bakery__time_print(drift->updated_s, updated);
                bakery__buf_format(text, " since %s", updated);
        }
        bakery__buf_text(text, drift->status && !drift->is_set_members && !drift->is_protected
                                       ? ", not protected against deletion\n"
                                       : "\n");
        if (drift->status_reason && *drift->status_reason)
                bakery__buf_format(text, "reason: %s\n", drift->status_reason);
        if (drift->who.count > 0)
                bakery__buf_text(text, "IAM differs from what was deployed:\n");
        bakery__who_print_differences(&drift->who, text);
        bakery__who_print_notes(&drift->who, text);
}

static void put_json(const bakery_drift *drift, struct json *json)
{
        struct cJSON *root = bakery__json_root(json);
        char updated[TIME_TEXT_BYTES];

        bakery__json_number(json, root, "version", 1);
        bakery__json_text(json, root, "stack_name", drift->stack_name);
        bakery__json_text(json, root, "account_id", drift->account_id);
        bakery__json_text(json, root, "region", drift->region);
        bakery__json_optional_text(json, root, "stack_id", drift->stack_id);
        bakery__json_optional_text(json, root, "status", drift->status);
        bakery__json_optional_text(json, root, "status_reason", drift->status_reason);
        if (drift->updated_s) {
                bakery__time_print(drift->updated_s, updated);
                bakery__json_text(json, root, "updated", updated);
        }
        if (!drift->is_set_members)
                bakery__json_bool(json, root, "protected", drift->is_protected);
        bakery__who_put(&drift->who, json, root);
}

enum { DRIFT_MAX_BYTES = 256 << 20 };

bakery_status bakery_drift_print(const bakery_drift *drift, bakery_plan_format format, char **ret_text,
                                 bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = DRIFT_MAX_BYTES };
        AUTO_CLEAR(json) json = { 0 };

        bakery__error_clear(err);
        if (format == BAKERY_PLAN_TEXT)
                print_text(drift, &text);
        else
                put_json(drift, &json);
        return bakery__json_or_text_take(&json, bakery__plan_style(format), &text, "the status", ret_text, err);
}
