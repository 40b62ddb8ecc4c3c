#include "deploy/stack_sets_work.h"

#include <string.h>

#include "aws/client.h"
#include "base/time.h"
#include "deploy/artifacts.h"
#include "deploy/watch.h"
#include "formats/crypto.h"
#include "template/emit.h"

enum {
        CONCURRENT = 20,
        IMPORTED_AT_ONCE = 10, /* the most that ImportStacksToStackSet takes */
};

struct work {
        struct site *site;
        bakery_stack_sets *sets;
        struct stack_set *set; /* in hand */
        const char *first_failed;
        struct arena arena;
};

static void clear_work(struct work *work)
{
        bakery__arena_clear(&work->arena);
}
DEFINE_AUTO_CLEAR(work, clear_work)

/* An operation over some accounts of the set. */
struct step {
        const char *about; /* "deleting stacks" */
        bakery_status (*begin)(struct work *work, const struct step *step, const struct aws_access *aws,
                               const struct cfn_operation *operation, bakery_error **err);
        struct set_member *members[BURGER_SET_ACCOUNTS];
        size_t count;
        bool goes_on; /* another operation follows for those that succeed */
};

void bakery__sets_describe(const bakery_stack_sets *sets, const struct set_member *member, bakery_set_account *ret)
{
        size_t nothing = bakery_stack_sets_count_of(sets, BAKERY_BURGER_NOTHING);

        *ret = (bakery_set_account){
                .size = sizeof *ret,
                .account_id = member->account_id,
                .account_name = member->name,
                .stack_set = member->set->name,
                .step = member->step,
                .state = member->state,
                .reason = member->reason,
                .finished = sets->finished,
                .total = sets->n_members - nothing,
        };
}

/* The end of an account's work. */
static bakery_status end_member(struct work *work, struct set_member *member, bakery_burger_state state,
                                const char *reason, bakery_error **err)
{
        bakery_stack_sets *sets = work->sets;
        bakery_set_account told;

        member->state = state;
        member->reason = reason ? bakery__arena_copy(&member->arena, bakery__span(reason)) : NULL;
        if (reason && !member->reason)
                return bakery__fail_memory(err);
        sets->finished++;
        if (state == BAKERY_BURGER_FAILED) {
                sets->failed++;
                if (!work->first_failed)
                        work->first_failed = bakery__arena_format(&work->arena, "%s (%s): %s",
                                                                  member->name ? member->name : "an account",
                                                                  member->account_id, reason ? reason : "no reason");
        }
        if (!sets->request.on_account)
                return BAKERY_OK;
        bakery__sets_describe(sets, member, &told);
        sets->request.on_account(&told, sets->request.account_context);
        return BAKERY_OK;
}

static bool is_over(const bakery_stack_sets *sets)
{
        return sets->failed > sets->request.failures_tolerated;
}

/* Whether nothing more is begun in the set in hand. */
static bool is_ended(const struct work *work)
{
        return work->set->stopped || is_over(work->sets);
}

/* Those of the set in hand for which take holds. */
static void collect(const struct work *work, struct step *step, bool (*take)(const struct set_member *member))
{
        step->count = 0;
        for (size_t i = 0; i < work->sets->n_members && step->count < BURGER_SET_ACCOUNTS; i++) {
                struct set_member *member = &work->sets->members[i];

                if (member->set == work->set && member->state == BAKERY_BURGER_PLANNED && take(member))
                        step->members[step->count++] = member;
        }
}

static struct set_member *find_member(const struct work *work, const char *account_id)
{
        for (size_t i = 0; i < work->sets->n_members; i++)
                if (work->sets->members[i].set == work->set &&
                    strcmp(work->sets->members[i].account_id, account_id) == 0)
                        return &work->sets->members[i];
        return NULL;
}

static bool is_in_step(const struct step *step, const struct set_member *member)
{
        for (size_t i = 0; i < step->count; i++)
                if (step->members[i] == member)
                        return true;
        return false;
}

/* An update is of all accounts, of those too that have nothing to change: they are told when they fail. */
static bakery_status take_result(struct work *work, const struct step *step, const struct cfn_operation_result *result,
                                 bakery_error **err)
{
        struct set_member *member = find_member(work, result->account);

        if (!member || (member->state != BAKERY_BURGER_PLANNED && member->state != BAKERY_BURGER_NOTHING))
                return BAKERY_OK;
        if (strcmp(result->status, "FAILED") == 0)
                return end_member(work, member, BAKERY_BURGER_FAILED,
                                  result->status_reason ? result->status_reason : "StackSets does not say why", err);
        if (strcmp(result->status, "SUCCEEDED") != 0 || !is_in_step(step, member) || step->goes_on)
                return BAKERY_OK;
        return end_member(work, member, BAKERY_BURGER_DONE, NULL, err);
}

/* One look at the operation: whether it has ended, and what came of it until now. */
static bakery_status look(struct work *work, const struct step *step, const char *id, bool *ret_ended, bool *ret_failed,
                          bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        const struct cfn_stack_set_operation *operation = NULL;
        const struct cfn_operation_result *result = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(work->site, &aws, err);

        if (!st)
                st = bakery__cfn_describe_stack_set_operation(&aws, &name, id, &arena, &operation, err);
        if (!st) /* after the status: results that led to it are seen too */
                st = bakery__cfn_list_stack_set_operation_results(&aws, &name, id, &arena, &result, err);
        for (; result && !st; result = result->next)
                st = take_result(work, step, result, err);
        if (st || !operation)
                return st;
        *ret_failed = strcmp(operation->status, "FAILED") == 0 || strcmp(operation->status, "STOPPED") == 0;
        *ret_ended = *ret_failed || strcmp(operation->status, "SUCCEEDED") == 0;
        return BAKERY_OK;
}

static bakery_status fail_goes_on(const struct work *work, bakery_status st, const char *why, const char *id,
                                  bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);

        bakery__fail(err, st, "%s: StackSets goes on with %s, as operation %s", why, name.name, id);
        bakery__error_hint(err,
                           "bakery-cli deploy %s waits for it, and goes on; to stop it: aws cloudformation "
                           "stop-stack-set-operation --stack-set-name %s --operation-id %s%s%s",
                           work->site->recipe.command, name.name, id, name.call_as ? " --call-as " : "",
                           name.call_as ? name.call_as : "");
        return st;
}

static bakery_status watch(struct work *work, const struct step *step, const char *id, bool *ret_failed,
                           bakery_error **err)
{
        const bakery_run_options *options = &work->site->options;
        int64_t end_ms = bakery__time_monotonic_ms() + (int64_t)options->limit_s * 1000;
        AUTO_PTR(bakery_error) own = NULL;

        if (!err) /* what went wrong decides how to go on */
                err = &own;
        for (;;) {
                bool ended = false;
                bakery_status st = look(work, step, id, &ended, ret_failed, err);

                if (!st && ended)
                        return BAKERY_OK;
                if (st == BAKERY_ERR_CANCELLED || (!st && bakery__client_is_cancelled(work->site->client)))
                        return fail_goes_on(work, BAKERY_ERR_CANCELLED, "interrupted", id, err);
                if (st && !bakery__watch_may_pass(st, *err))
                        return bakery__wrap(err, st, "StackSets goes on with %s, and cannot be watched",
                                            work->set->name);
                if (bakery__time_monotonic_ms() >= end_ms)
                        return fail_goes_on(work, BAKERY_ERR_UNFINISHED, "the time is over", id, err);
                if (bakery__client_wait(work->site->client, options->poll_ms, NULL))
                        return fail_goes_on(work, BAKERY_ERR_CANCELLED, "interrupted", id, err);
        }
}

/* Nobody told how these ended: the operation stopped before them. */
static bakery_status skip_rest(struct work *work, const struct step *step, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < step->count && !st; i++)
                if (step->members[i]->state == BAKERY_BURGER_PLANNED)
                        st = end_member(work, step->members[i], BAKERY_BURGER_SKIPPED, NULL, err);
        return st;
}

static bakery_status run(struct work *work, const struct step *step, bakery_error **err)
{
        const bakery_stack_sets_request *request = &work->sets->request;
        struct cfn_operation operation = {
                .id = bakery__site_token(work->site, "set", &work->arena),
                .concurrency_mode = "SOFT_FAILURE_TOLERANCE", /* or no more would run at once than may fail */
                .failure_tolerance_count = (unsigned)(request->failures_tolerated - work->sets->failed), /* not over */
                .max_concurrent_count = request->concurrent ? request->concurrent : CONCURRENT,
        };
        struct aws_access aws;
        bool failed = false;
        bakery_status st = operation.id ? bakery__site_access(work->site, &aws, err) : bakery__fail_memory(err);

        bakery__site_step(work->site, "%s: %s", work->set->name, step->about);
        if (!st)
                st = step->begin(work, step, &aws, &operation, err);
        if (st)
                return bakery__wrap(err, st, "stack set %s", work->set->name);
        st = watch(work, step, operation.id, &failed, err);
        if (!st && failed) {
                work->set->stopped = true;
                st = skip_rest(work, step, err);
        }
        return st;
}

/* Which accounts, of arena; service-managed sets work in those of organizational units that are named. */
static bakery_status target(struct work *work, const struct step *step, struct cfn_targets *ret, bakery_error **err)
{
        const bakery_stack_sets_request *request = &work->sets->request;
        const char **ids = bakery__arena_array(&work->arena, step->count + 1, sizeof *ids);

        if (!ids)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < step->count; i++)
                ids[i] = step->members[i]->account_id;
        *ret = (struct cfn_targets){ .accounts = { ids, step->count }, .region = work->site->recipe.region };
        if (request->permission_model != BAKERY_PERMISSIONS_SERVICE_MANAGED)
                return BAKERY_OK;
        ret->organizational_unit_ids =
                (struct cfn_texts){ request->organizational_units, request->organizational_unit_count };
        ret->account_filter_type = "INTERSECTION";
        return BAKERY_OK;
}

static bakery_status begin_delete(struct work *work, const struct step *step, const struct aws_access *aws,
                                  const struct cfn_operation *operation, bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        struct cfn_targets targets;
        bakery_status st = target(work, step, &targets, err);

        return st ? st : bakery__cfn_delete_stack_instances(aws, &name, &targets, false, operation, err);
}

static bakery_status begin_create(struct work *work, const struct step *step, const struct aws_access *aws,
                                  const struct cfn_operation *operation, bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        struct cfn_targets targets;
        bakery_status st = target(work, step, &targets, err);

        return st ? st
                  : bakery__cfn_create_stack_instances(aws, &name, &targets, (struct cfn_parameters){ 0 }, operation,
                                                       err);
}

static bakery_status begin_update(struct work *work, const struct step *step, const struct aws_access *aws,
                                  const struct cfn_operation *operation, bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        struct cfn_targets targets;
        bakery_status st = target(work, step, &targets, err);

        return st ? st
                  : bakery__cfn_update_stack_instances(aws, &name, &targets, (struct cfn_parameters){ 0 }, operation,
                                                       err);
}

static bakery_status begin_import(struct work *work, const struct step *step, const struct aws_access *aws,
                                  const struct cfn_operation *operation, bakery_error **err)
{
        const bakery_stack_sets_request *request = &work->sets->request;
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        struct cfn_texts units = { request->organizational_units, request->organizational_unit_count };
        const char *ids[IMPORTED_AT_ONCE];

        for (size_t i = 0; i < step->count; i++)
                ids[i] = step->members[i]->alone->id;
        if (request->permission_model != BAKERY_PERMISSIONS_SERVICE_MANAGED)
                units.count = 0;
        return bakery__cfn_import_stacks_to_stack_set(aws, &name, (struct cfn_texts){ ids, step->count }, units,
                                                      operation, err);
}

/* The template in the bucket, when it is too large for a request. */
static bakery_status upload(struct work *work, struct cfn_stack_set_settings *settings, bakery_error **err)
{
        struct recipe *recipe = &work->site->recipe;
        struct recipe_file file = { .name = "burger_set.json",
                                    .text = work->set->text,
                                    .size_bytes = work->set->text_size_bytes };
        char digest[65];

        recipe->files = &file;
        recipe->n_files = 1;
        bakery_status st = bakery__sha256_hex((struct span){ file.text, file.size_bytes }, digest, err);
        recipe->key_prefix = st ? NULL : bakery__arena_format(&work->arena, "bakery/%s/", digest);
        if (!st && !recipe->key_prefix)
                st = bakery__fail_memory(err);
        if (!st && bakery__recipe_goes_through_bucket(recipe)) {
                st = bakery__artifacts_upload(work->site, err);
                settings->template_body = NULL;
                settings->template_url = st ? NULL : bakery__recipe_url(recipe, &file, &work->arena);
                if (!st && !settings->template_url)
                        st = bakery__fail_memory(err);
        }
        recipe->files = NULL; /* it is not the recipe's to free */
        recipe->n_files = 0;
        return st;
}

static bakery_status settings_of(struct work *work, struct cfn_stack_set_settings *ret, bakery_error **err)
{
        static const char *const capability = "CAPABILITY_NAMED_IAM";
        const bakery_stack_sets_request *request = &work->sets->request;
        bool service_managed = request->permission_model == BAKERY_PERMISSIONS_SERVICE_MANAGED;
        struct cfn_parameter *parameters = bakery__arena_array(&work->arena, 2, sizeof *parameters);

        if (!parameters)
                return bakery__fail_memory(err);
        parameters[0] = (struct cfn_parameter){ .key = "BakeryAccount",
                                                .value = bakery_config_bakery_account_id(request->config) };
        parameters[1] = (struct cfn_parameter){ .key = "Environment", .value = work->set->environment };
        *ret = (struct cfn_stack_set_settings){
                .description = "Bakery: the roles of burger accounts",
                .template_body = work->set->text,
                .permission_model = service_managed ? "SERVICE_MANAGED" : "SELF_MANAGED",
                .execution_role_name = service_managed ? NULL : request->execution_role,
                .managed_execution = CFN_ON,
                /* an account that joins the unit is not in the mapping: its stack would fail */
                .auto_deployment = service_managed ? CFN_OFF : CFN_UNSET,
                .parameters = { parameters, 2 },
                .capabilities = { &capability, 1 },
                .tags = work->sets->tags,
        };
        bakery_status st = upload(work, ret, err);
        if (!st && !service_managed)
                st = bakery__sets_administration_role(work->sets, &work->arena, &ret->administration_role_arn, err);
        return st;
}

static bakery_status begin_update_set(struct work *work, const struct step *step, const struct aws_access *aws,
                                      const struct cfn_operation *operation, bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        struct cfn_stack_set_settings settings;
        bakery_status st = settings_of(work, &settings, err);

        (void)step;
        return st ? st : bakery__cfn_update_stack_set(aws, &name, &settings, operation, err);
}

static bakery_status create_set(struct work *work, bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        const char *token = bakery__site_token(work->site, "create", &work->arena);
        struct cfn_stack_set_settings settings;
        struct aws_access aws;
        bakery_status st = token ? settings_of(work, &settings, err) : bakery__fail_memory(err);

        if (!st)
                st = bakery__site_access(work->site, &aws, err);
        bakery__site_step(work->site, "making stack set %s", work->set->name);
        if (!st)
                st = bakery__cfn_create_stack_set(&aws, &name, &settings, token, err);
        return st ? bakery__wrap(err, st, "stack set %s", work->set->name) : BAKERY_OK;
}

static bool is_to_be_deleted(const struct set_member *member)
{
        return member->step == BAKERY_SET_DELETE;
}

static bool is_to_be_updated(const struct set_member *member)
{
        return member->step == BAKERY_SET_UPDATE;
}

static bool is_to_be_imported(const struct set_member *member)
{
        return member->step == BAKERY_SET_IMPORT;
}

static bool is_to_be_created(const struct set_member *member)
{
        return member->step == BAKERY_SET_CREATE;
}

static bakery_status delete_some(struct work *work, bakery_error **err)
{
        struct step step = { .about = "deleting stacks", .begin = begin_delete };

        collect(work, &step, is_to_be_deleted);
        return step.count > 0 ? run(work, &step, err) : BAKERY_OK;
}

static bool was_never_made(const struct set_member *member)
{
        return member->never_made;
}

/* What is left of stacks that could not be made; they are made anew with the others. */
static bakery_status delete_failed(struct work *work, bakery_error **err)
{
        struct step step = { .about = "deleting what could not be made", .begin = begin_delete, .goes_on = true };

        collect(work, &step, was_never_made);
        return step.count > 0 ? run(work, &step, err) : BAKERY_OK;
}

/* The set itself first: what is updated, made or imported after that finds its template. */
static bakery_status update_set(struct work *work, bakery_error **err)
{
        struct step step = { .about = "updating", .begin = begin_update_set };

        if (!work->set->deployed)
                return create_set(work, err);
        collect(work, &step, is_to_be_updated);
        if (work->set->updates)
                return run(work, &step, err);
        step.begin = begin_update; /* those that failed the last time */
        return step.count > 0 ? run(work, &step, err) : BAKERY_OK;
}

static bakery_status import_some(struct work *work, bakery_error **err)
{
        struct step all = { .count = 0 }, update = { .about = "updating what was imported", .begin = begin_update };
        bakery_status st = BAKERY_OK;

        collect(work, &all, is_to_be_imported);
        for (size_t i = 0; i < all.count && !st && !is_ended(work); i += IMPORTED_AT_ONCE) {
                struct step ten = { .about = "importing stacks", .begin = begin_import, .goes_on = true };

                ten.count = all.count - i < IMPORTED_AT_ONCE ? all.count - i : IMPORTED_AT_ONCE;
                memcpy(ten.members, all.members + i, ten.count * sizeof *ten.members);
                st = run(work, &ten, err);
        }
        if (st || is_ended(work))
                return st;
        collect(work, &update, is_to_be_imported);
        return update.count > 0 ? run(work, &update, err) : BAKERY_OK;
}

static bakery_status create_some(struct work *work, bakery_error **err)
{
        struct step step = { .about = "making stacks", .begin = begin_create };

        collect(work, &step, is_to_be_created);
        return step.count > 0 ? run(work, &step, err) : BAKERY_OK;
}

static bakery_status delete_set(struct work *work, bakery_error **err)
{
        struct cfn_set_name name = bakery__sets_name(work->sets, work->set);
        struct aws_access aws;
        bakery_status st = bakery__site_access(work->site, &aws, err);

        bakery__site_step(work->site, "deleting stack set %s", work->set->name);
        if (!st)
                st = bakery__cfn_delete_stack_set(&aws, &name, err);
        return st ? bakery__wrap(err, st, "stack set %s", work->set->name) : BAKERY_OK;
}

static bool any_left_to_delete(const struct work *work)
{
        for (size_t i = 0; i < work->sets->n_members; i++) {
                const struct set_member *member = &work->sets->members[i];

                if (member->set == work->set && is_to_be_deleted(member) && member->state != BAKERY_BURGER_DONE)
                        return true;
        }
        return false;
}

/* Nothing more is begun in a set in which too much has failed, nor while its template would lack the name of an account
 * whose stack could not be deleted. */
static bakery_status work_on_set(struct work *work, bakery_error **err)
{
        static bakery_status (*const steps[])(struct work *, bakery_error **) = { delete_failed, update_set,
                                                                                  import_some, create_some };
        bakery_status st = delete_some(work, err);

        if (st || is_ended(work) || any_left_to_delete(work))
                return st;
        if (work->set->n_kept == 0)
                return delete_set(work, err);
        for (size_t i = 0; i < N_ELEMENTS(steps) && !st && !is_ended(work); i++)
                st = steps[i](work, err);
        return st;
}

static bool is_in_hand(const struct set_member *member)
{
        (void)member;
        return true;
}

static bakery_status fail_some(const struct work *work, bakery_error **err)
{
        const bakery_stack_sets *sets = work->sets;
        size_t skipped = bakery_stack_sets_count_of(sets, BAKERY_BURGER_SKIPPED);

        size_t total = sets->n_members - bakery_stack_sets_count_of(sets, BAKERY_BURGER_NOTHING);
        const char *first = work->first_failed ? work->first_failed : "StackSets stopped";

        if (skipped > 0)
                return bakery__fail(err, BAKERY_ERR_AWS, "%zu of %zu burgers failed, and %zu were not begun: %s",
                                    sets->failed, total, skipped, first);
        return bakery__fail(err, BAKERY_ERR_AWS, "%zu of %zu burgers failed: %s", sets->failed, total, first);
}

/* Those that planning found to be in no state to be imported have failed already. */
static bakery_status tell_failed(struct work *work, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < work->sets->n_members && !st; i++)
                if (work->sets->members[i].state == BAKERY_BURGER_FAILED)
                        st = end_member(work, &work->sets->members[i], BAKERY_BURGER_FAILED,
                                        work->sets->members[i].reason, err);
        return st;
}

bakery_status bakery__sets_work(struct site *site, bakery_stack_sets *sets, bakery_error **err)
{
        AUTO_CLEAR(work) work = { .site = site, .sets = sets };
        bakery_status st;

        sets->finished = sets->failed = 0;
        st = tell_failed(&work, err);
        for (struct stack_set *set = sets->first; set && !st; set = set->next) {
                struct step rest = { .count = 0 };

                work.set = set;
                if (!is_over(sets))
                        st = work_on_set(&work, err);
                collect(&work, &rest, is_in_hand);
                if (!st)
                        st = skip_rest(&work, &rest, err);
        }
        if (st)
                return st;
        return sets->failed > 0 || bakery_stack_sets_count_of(sets, BAKERY_BURGER_SKIPPED) > 0 ? fail_some(&work, err)
                                                                                               : BAKERY_OK;
}
