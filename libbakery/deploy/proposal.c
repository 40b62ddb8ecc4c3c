#include "deploy/proposal.h"

#include <string.h>

#include "aws/client.h"
#include "base/time.h"
#include "deploy/proposal_check.h"

enum { FIRST_POLL_MS = 250, PARTS_AT_MOST = 1000 };

bool bakery__proposal_is_ours(const char *change_set_name)
{
        return bakery__str_starts(change_set_name, "bakery-plan-");
}

/* By its id once there is one: a namesake may turn up. */
static const char *stack_to_name(const struct site *site, const struct cfn_stack *stack)
{
        return stack ? stack->id : site->recipe.stack_name;
}

static bakery_status request_it(struct site *site, const struct cfn_stack *stack, const char *name, struct arena *arena,
                                struct cfn_change_set_ids *ret, bakery_error **err)
{
        const struct recipe *recipe = &site->recipe;
        bool through_bucket = bakery__recipe_goes_through_bucket(recipe);
        struct cfn_create_change_set request = {
                .stack = stack_to_name(site, stack),
                .name = name,
                .client_token = name,
                .type = stack ? "UPDATE" : "CREATE",
                .template_body = through_bucket ? NULL : recipe->files[0].text,
                .template_url = through_bucket ? bakery__recipe_url(recipe, &recipe->files[0], arena) : NULL,
                .on_stack_failure = recipe->on_stack_failure,
                .include_nested_stacks = true,
                .import_existing_resources = site->options.import_existing != 0,
                .parameters = recipe->parameters,
                .capabilities = recipe->capabilities,
                .tags = recipe->tags,
        };
        struct aws_access access;
        bakery_status st = bakery__site_access(site, &access, err);

        if (!st && !request.template_body && !request.template_url)
                return bakery__fail_memory(err);
        return st ? st : bakery__cfn_create_change_set(&access, &request, arena, ret, err);
}

/*
 * The name is new for each run, so that one of that name is ours: an answer was lost, and the token was not enough. It
 * is asked for by name, since its id was in the lost answer.
 */
static bakery_status create(struct site *site, const struct cfn_stack *stack, const char *name, struct arena *arena,
                            struct cfn_change_set_ids *ret, bakery_error **err)
{
        AUTO_PTR(bakery_error) own = NULL;
        const struct cfn_change_set *found = NULL;
        struct aws_access access;

        if (!err)
                err = &own;
        bakery_status st = request_it(site, stack, name, arena, ret, err);
        if (st != BAKERY_ERR_AWS || !bakery__str_equal(bakery_error_aws_code(*err), "AlreadyExistsException"))
                return st;
        st = bakery__site_access(site, &access, err);
        if (!st)
                st = bakery__cfn_describe_change_set(&access, stack_to_name(site, stack), name, arena, &found, err);
        if (!st && !found)
                st = bakery__fail(err, BAKERY_ERR_AWS, "the change set %s exists, and cannot be found", name);
        if (!st)
                *ret = (struct cfn_change_set_ids){ found->id, found->stack_id };
        return st;
}

static bool is_being_made(const struct cfn_change_set *set)
{
        return strcmp(set->status, "CREATE_PENDING") == 0 || strcmp(set->status, "CREATE_IN_PROGRESS") == 0;
}

static bakery_status fail_gone(const char *id, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_REFUSED, "the change set %s is gone", id);
        bakery__error_hint(err, "plan again: somebody deleted or executed it");
        return BAKERY_ERR_REFUSED;
}

/* The stack is named though the id would do: a policy may allow the call on that stack alone. NULL: not known yet. */
static bakery_status describe(struct site *site, const char *stack, const char *id, struct arena *arena,
                              const struct cfn_change_set **ret, bakery_error **err)
{
        struct aws_access access;
        bakery_status st = bakery__site_access(site, &access, err);

        if (!st)
                st = bakery__cfn_describe_change_set(&access, stack, id, arena, ret, err);
        if (!st && !*ret)
                st = fail_gone(id, err);
        return st;
}

static bakery_status fail_time_over(const struct site *site, const char *id, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_UNFINISHED, "CloudFormation has not made the change set in %u s: %s",
                     site->options.limit_s, id);
        bakery__error_hint(err, "plan again later; nothing was changed");
        return BAKERY_ERR_UNFINISHED;
}

/* Until it is complete or has failed; each look is longer after the one before, up to the usual. */
static bakery_status wait_for_it(struct site *site, const struct cfn_change_set_ids *ids, struct arena *arena,
                                 const struct cfn_change_set **ret, bakery_error **err)
{
        int64_t end_ms = bakery__time_monotonic_ms() + (int64_t)site->options.limit_s * 1000;
        unsigned poll_ms = site->options.poll_ms < FIRST_POLL_MS ? site->options.poll_ms : FIRST_POLL_MS;

        for (;;) {
                const struct cfn_change_set *set = NULL;
                bakery_status st = describe(site, ids->stack_id, ids->id, arena, &set, err);

                if (st)
                        return st;
                if (!is_being_made(set)) {
                        *ret = set;
                        return BAKERY_OK;
                }
                if (bakery__time_monotonic_ms() >= end_ms)
                        return fail_time_over(site, ids->id, err);
                st = bakery__client_wait(site->client, poll_ms, err);
                if (st)
                        return st;
                poll_ms = poll_ms * 2 < site->options.poll_ms ? poll_ms * 2 : site->options.poll_ms;
        }
}

static bakery_status add_part(struct proposal *proposal, const char *logical_id, const struct cfn_change_set *set,
                              struct arena *arena, bakery_error **err)
{
        struct proposal_part **end = &proposal->parts;

        while (*end)
                end = &(*end)->next;
        *end = bakery__arena_alloc(arena, sizeof **end);
        if (!*end)
                return bakery__fail_memory(err);
        (*end)->logical_id = logical_id;
        (*end)->set = set;
        return BAKERY_OK;
}

static bool is_part(const struct proposal *proposal, const char *id)
{
        for (const struct proposal_part *part = proposal->parts; part; part = part->next)
                if (strcmp(part->set->id, id) == 0)
                        return true;
        return false;
}

/*
 * The ARN of the nested change set that a failed one blames: "Nested change set arn:...:changeSet/... was not
 * successfully created: Currently in FAILED." Its changes may not be listed. NULL: it blames none.
 */
static const char *blamed_by(const struct cfn_change_set *set, struct arena *arena)
{
        const char *arn = set->status_reason ? strstr(set->status_reason, "arn:") : NULL;
        struct span found = { arn, arn ? strcspn(arn, " ,") : 0 };

        return arn && memmem(found.at, found.len, ":changeSet/", 11) ? bakery__arena_copy(arena, found) : NULL;
}

/* The nested stack that a change is about. */
static const char *stack_of(const struct cfn_change *change)
{
        return change->physical_id && bakery__str_starts(change->physical_id, "arn:") ? change->physical_id : NULL;
}

static bakery_status read_part(struct site *site, const char *stack, const char *id, const char *logical_id,
                               struct arena *arena, struct proposal *proposal, bakery_error **err)
{
        const struct cfn_change_set *set = NULL;
        bakery_status st = describe(site, stack, id, arena, &set, err);

        return st ? st : add_part(proposal, logical_id ? logical_id : set->stack_name, set, arena, err);
}

/* The change sets of the stacks that a change set creates or changes, and of those in them. */
static bakery_status read_parts(struct site *site, const struct cfn_change_set *root, struct arena *arena,
                                struct proposal *proposal, bakery_error **err)
{
        bakery_status st = add_part(proposal, NULL, root, arena, err);
        size_t parts = 0;

        for (struct proposal_part *part = proposal->parts; part && !st; part = part->next) {
                const char *blamed = blamed_by(part->set, arena);

                if (++parts > PARTS_AT_MOST)
                        return bakery__fail(err, BAKERY_ERR_LIMIT, "%s nests more than %d stacks",
                                            site->recipe.stack_name, PARTS_AT_MOST);
                for (const struct cfn_change *change = part->set->changes; change && !st; change = change->next)
                        if (change->change_set_id)
                                st = read_part(site, stack_of(change), change->change_set_id, change->logical_id, arena,
                                               proposal, err);
                if (!st && blamed && !is_part(proposal, blamed))
                        st = read_part(site, NULL, blamed, NULL, arena, proposal, err);
        }
        return st;
}

static bool says_no_changes(const char *reason)
{
        static const char *const sentences[] = { "didn't contain changes", "No updates are to be performed",
                                                 "NO_CHANGES" };

        for (size_t i = 0; reason && i < N_ELEMENTS(sentences); i++)
                if (strstr(reason, sentences[i]))
                        return true;
        return false;
}

static bool has_failed(const struct cfn_change_set *set)
{
        return strcmp(set->status, "FAILED") == 0;
}

/* A stack is always shown as modified when it is nested: what counts is what changes in it. */
static bool changes_nothing(const struct cfn_change_set *set)
{
        for (const struct cfn_change *change = set->changes; change; change = change->next)
                if (!change->change_set_id || strcmp(change->action, "Modify") != 0)
                        return false;
        return true;
}

/* The deepest part that failed for a reason of its own: those above it say only that it did. NULL: none. */
static const struct proposal_part *find_cause(const struct proposal *proposal)
{
        const struct proposal_part *cause = NULL;

        for (const struct proposal_part *part = proposal->parts; part; part = part->next)
                if (has_failed(part->set) && !says_no_changes(part->set->status_reason) &&
                    !(part->set->status_reason && strstr(part->set->status_reason, "Nested change set ")))
                        cause = part;
        return cause;
}

static bool says_empty(const struct proposal *proposal)
{
        for (const struct proposal_part *part = proposal->parts; part; part = part->next)
                if (has_failed(part->set) && says_no_changes(part->set->status_reason))
                        return true;
        return false;
}

/* One that has failed is empty only when it says so, or blames nested ones that do. */
static bool is_empty(const struct proposal *proposal)
{
        if (has_failed(proposal->parts->set) && (find_cause(proposal) || !says_empty(proposal)))
                return false;
        for (const struct proposal_part *part = proposal->parts; part; part = part->next)
                if (!changes_nothing(part->set))
                        return false;
        return true;
}

static bakery_status fail_with_cause(const struct site *site, const struct proposal *proposal, bakery_error **err)
{
        const struct proposal_part *cause = find_cause(proposal);

        if (!cause)
                cause = proposal->parts;
        bakery__fail(err, BAKERY_ERR_AWS, "CloudFormation refuses the change of %s%s%s: %s", site->recipe.stack_name,
                     cause->logical_id ? ", in " : "", cause->logical_id ? cause->logical_id : "",
                     cause->set->status_reason ? cause->set->status_reason : cause->set->status);
        bakery__error_hint(err, "nothing was changed");
        return BAKERY_ERR_AWS;
}

static const struct recipe_file *file_of(const struct recipe *recipe, const struct proposal_part *part)
{
        for (size_t i = 0; i < recipe->n_files; i++)
                if (bakery__str_equal(recipe->files[i].logical_id, part->logical_id))
                        return &recipe->files[i];
        return NULL;
}

/* Text that is no JSON is another template. */
static bakery_status is_same_template(const char *found, const struct recipe_file *file, bool *ret, bakery_error **err)
{
        AUTO_CLEAR(json) theirs = { 0 };
        AUTO_CLEAR(json) ours = { 0 };
        bakery_status st = bakery__json_parse((struct span){ file->text, file->size_bytes }, file->name, &ours, err);
        bakery_status st_theirs = st ? st : bakery__json_parse(bakery__span(found), file->name, &theirs, NULL);

        if (st || st_theirs == BAKERY_ERR_MEMORY)
                return st ? st : bakery__fail_memory(err);
        *ret = !st_theirs && bakery__json_equal(theirs.root, ours.root);
        return BAKERY_OK;
}

/* A nested stack that goes has no template of ours, and none is looked for. */
static bool goes(const struct proposal *proposal, const struct proposal_part *part)
{
        for (const struct cfn_change *change = proposal->parts->set->changes; change; change = change->next)
                if (part->logical_id && strcmp(change->logical_id, part->logical_id) == 0)
                        return strcmp(change->action, "Remove") == 0;
        return false;
}

static bakery_status compare_templates(struct site *site, const struct proposal *proposal, bakery_error **err)
{
        for (const struct proposal_part *part = proposal->parts; part; part = part->next) {
                AUTO_CLEAR(arena) arena = { 0 };
                const struct recipe_file *file = file_of(&site->recipe, part);
                const char *body = NULL;
                bool is_same = false;
                struct aws_access access;

                if (goes(proposal, part) || has_failed(part->set)) /* a nested one that says it is empty */
                        continue;
                bakery_status st = bakery__site_access(site, &access, err);
                if (!st)
                        st = bakery__cfn_get_template(&access, part->set->stack_id, part->set->id, &arena, &body, err);
                if (!st && file)
                        st = is_same_template(body, file, &is_same, err);
                if (st)
                        return st;
                if (is_same)
                        continue;
                bakery__fail(err, BAKERY_ERR_REFUSED,
                             "CloudFormation has another template than the one that was made: %s",
                             file ? file->name : part->logical_id);
                bakery__error_hint(err, "find out who writes to the bucket %s; nothing was changed",
                                   site->recipe.bucket ? site->recipe.bucket : "of the templates");
                return BAKERY_ERR_REFUSED;
        }
        return BAKERY_OK;
}

static bakery_status read_it(struct site *site, const struct cfn_change_set *root, struct arena *arena,
                             struct proposal *proposal, bakery_error **err)
{
        bakery_status st = read_parts(site, root, arena, proposal, err);

        if (st)
                return st;
        proposal->is_empty = is_empty(proposal);
        if (proposal->is_empty)
                return BAKERY_OK;
        return has_failed(root) ? fail_with_cause(site, proposal, err) : compare_templates(site, proposal, err);
}

/* Of a change set that was deleted, or is just going. */
static bool is_on_its_way_out(const struct cfn_change_set_summary *summary, const char *deleted)
{
        return strcmp(summary->id, deleted) == 0 || bakery__str_starts(summary->status, "DELETE_");
}

/*
 * A stack that was only made to hold the change set goes with it, unless it holds others. One that is protected was
 * about to be made, by a run that could not begin: DeleteStack would be refused, and the next run takes it.
 */
static bakery_status drop_stack(struct site *site, const char *stack_id, const char *deleted, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        const struct cfn_stack *stack = NULL;
        const struct cfn_change_set_summary *first = NULL;
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__cfn_describe_stack(&aws, stack_id, &arena, &stack, err);
        if (st || !stack || strcmp(stack->status, "REVIEW_IN_PROGRESS") != 0 || stack->termination_protection)
                return st;
        st = bakery__cfn_list_change_sets(&aws, stack_id, &arena, &first, err);
        for (; first && !st; first = first->next)
                if (!is_on_its_way_out(first, deleted))
                        return BAKERY_OK;
        if (st)
                return st;

        struct cfn_delete_stack request = { .stack = stack_id,
                                            .client_request_token = bakery__site_token(site, "drop", &arena) };
        return bakery__cfn_delete_stack(&aws, &request, err);
}

static bakery_status delete_it(struct site *site, const struct cfn_change_set_ids *ids, bakery_error **err)
{
        struct aws_access access;
        bakery_status st = bakery__site_access(site, &access, err);

        return st ? st : bakery__cfn_delete_change_set(&access, ids->stack_id, ids->id, err);
}

/* One that is still being made cannot be deleted, which only a plan that was interrupted meets. */
static bakery_status delete_once_made(struct site *site, const struct cfn_change_set_ids *ids, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        AUTO_PTR(bakery_error) own = NULL;
        const struct cfn_change_set *set = NULL;

        if (!err)
                err = &own;
        bakery_status st = delete_it(site, ids, err);
        if (st != BAKERY_ERR_AWS || !bakery__str_equal(bakery_error_aws_code(*err), "InvalidChangeSetStatus"))
                return st;
        st = wait_for_it(site, ids, &arena, &set, err);
        return st ? st : delete_it(site, ids, err);
}

bakery_status bakery__proposal_drop(struct site *site, const struct cfn_change_set_ids *ids, bool and_stack,
                                    bakery_error **err)
{
        bakery_status st = delete_once_made(site, ids, err);

        return st || !and_stack ? st : drop_stack(site, ids->stack_id, ids->id, err);
}

void bakery__proposal_take_back(struct site *site, const struct cfn_change_set_ids *ids, bool and_stack)
{
        unsigned before = bakery__client_forgive(site->client);

        bakery__proposal_drop(site, ids, and_stack, NULL);
        bakery__client_unforgive(site->client, before);
}

/* Interrupted before the answer came: asked with the same token, CloudFormation tells what it made of it. */
static void take_back_unanswered(struct site *site, const struct cfn_stack *stack, const char *name,
                                 struct arena *arena)
{
        struct cfn_change_set_ids ids = { 0 };
        unsigned before = bakery__client_forgive(site->client);
        bakery_status st = create(site, stack, name, arena, &ids, NULL);

        bakery__client_unforgive(site->client, before);
        if (!st)
                bakery__proposal_take_back(site, &ids, !stack);
}

bakery_status bakery__proposal_make(struct site *site, const struct cfn_stack *stack, struct arena *arena,
                                    struct proposal *ret, bakery_error **err)
{
        struct proposal proposal = { .name = bakery__site_token(site, "plan", arena) };
        const struct cfn_change_set *root = NULL;
        struct cfn_change_set_ids ids = { 0 };

        if (!proposal.name)
                return bakery__fail_memory(err);
        bakery__site_step(site, "asking CloudFormation what would change");
        bakery_status st = create(site, stack, proposal.name, arena, &ids, err);
        if (st == BAKERY_ERR_CANCELLED)
                take_back_unanswered(site, stack, proposal.name, arena);
        if (st)
                return st;
        proposal.id = ids.id;
        proposal.stack_id = ids.stack_id;
        proposal.stack = stack;
        st = wait_for_it(site, &ids, arena, &root, err);
        if (!st)
                st = read_it(site, root, arena, &proposal, err);
        if (st || proposal.is_empty)
                bakery__proposal_take_back(site, &ids, !stack);
        if (!st)
                *ret = proposal;
        return st;
}

static bakery_status find_stack(struct site *site, const char *id, struct arena *arena, const struct cfn_stack **ret,
                                bakery_error **err)
{
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        return st ? st : bakery__cfn_describe_stack(&aws, id, arena, ret, err);
}

bakery_status bakery__proposal_read(struct site *site, const char *id, struct arena *arena, struct proposal *ret,
                                    bakery_error **err)
{
        const struct cfn_change_set *root = NULL;
        bakery_status st = describe(site, site->recipe.stack_name, id, arena, &root, err);
        struct proposal proposal = { 0 };

        if (!st)
                st = find_stack(site, root->stack_id, arena, &proposal.stack, err);
        if (!st)
                st = bakery__proposal_check(&site->recipe, root, proposal.stack, err);
        if (st)
                return st;
        proposal.id = root->id;
        proposal.stack_id = root->stack_id;
        proposal.name = root->name;
        st = read_it(site, root, arena, &proposal, err);
        if (!st)
                *ret = proposal;
        return st;
}
