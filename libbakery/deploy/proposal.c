#include "deploy/proposal.h"

#include <string.h>

#include "aws/client.h"
#include "base/time.h"

enum { FIRST_POLL_MS = 250, DEPTH_AT_MOST = 8 };

bool bakery__proposal_is_ours(const char *change_set_name)
{
        return bakery__str_starts(change_set_name, "bakery-plan-");
}

static bakery_status request_it(struct site *site, const char *type, const char *name, struct arena *arena,
                                struct cfn_change_set_ids *ret, bakery_error **err)
{
        static const char *const capabilities[] = { "CAPABILITY_NAMED_IAM" };
        const struct recipe *recipe = &site->recipe;
        bool through_bucket = bakery__recipe_goes_through_bucket(recipe);
        struct cfn_create_change_set request = {
                .stack = recipe->stack_name,
                .name = name,
                .client_token = name,
                .type = type,
                .template_body = through_bucket ? NULL : recipe->files[0].text,
                .template_url = through_bucket ? bakery__recipe_url(recipe, &recipe->files[0], arena) : NULL,
                .on_stack_failure = recipe->kind == BAKERY_STACK_CHECK_ADMIN ? "DO_NOTHING" : NULL,
                .include_nested_stacks = true,
                .import_existing_resources = site->options.import_existing != 0,
                .parameters = recipe->parameters,
                .capabilities = { capabilities, N_ELEMENTS(capabilities) },
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
static bakery_status create(struct site *site, const char *type, const char *name, struct arena *arena,
                            struct cfn_change_set_ids *ret, bakery_error **err)
{
        AUTO_PTR(bakery_error) own = NULL;
        const struct cfn_change_set *found = NULL;
        struct aws_access access;

        if (!err)
                err = &own;
        bakery_status st = request_it(site, type, name, arena, ret, err);
        if (st != BAKERY_ERR_AWS || !bakery__str_equal(bakery_error_aws_code(*err), "AlreadyExistsException"))
                return st;
        st = bakery__site_access(site, &access, err);
        if (!st)
                st = bakery__cfn_describe_change_set(&access, site->recipe.stack_name, name, arena, &found, err);
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
                AUTO_CLEAR(arena) look = { 0 };
                const struct cfn_change_set *set = NULL;
                bakery_status st = describe(site, ids->stack_id, ids->id, &look, &set, err);

                if (st)
                        return st;
                if (!is_being_made(set))
                        return describe(site, ids->stack_id, ids->id, arena, ret, err);
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

/* The nested stack that a change is about. */
static const char *stack_of(const struct cfn_change *change)
{
        return change->physical_id && bakery__str_starts(change->physical_id, "arn:") ? change->physical_id : NULL;
}

/* The change sets of the stacks that a change set creates or changes, and of those in them. */
static bakery_status read_parts(struct site *site, const struct cfn_change_set *root, struct arena *arena,
                                struct proposal *proposal, bakery_error **err)
{
        bakery_status st = add_part(proposal, NULL, root, arena, err);
        size_t parts = 0;

        for (struct proposal_part *part = proposal->parts; part && !st; part = part->next) {
                if (++parts > DEPTH_AT_MOST * 100)
                        return bakery__fail(err, BAKERY_ERR_LIMIT, "%s nests more than %d stacks",
                                            site->recipe.stack_name, DEPTH_AT_MOST * 100);
                for (const struct cfn_change *change = part->set->changes; change && !st; change = change->next) {
                        const struct cfn_change_set *set = NULL;

                        if (!change->change_set_id)
                                continue;
                        st = describe(site, stack_of(change), change->change_set_id, arena, &set, err);
                        if (!st)
                                st = add_part(proposal, change->logical_id, set, arena, err);
                }
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

static bool is_empty(const struct proposal *proposal)
{
        if (has_failed(proposal->parts->set))
                return says_no_changes(proposal->parts->set->status_reason);
        for (const struct proposal_part *part = proposal->parts; part; part = part->next)
                if (!changes_nothing(part->set))
                        return false;
        return true;
}

/* The deepest part that failed for a reason of its own says why: those above it say only that it did. */
static bakery_status fail_with_cause(const struct site *site, const struct proposal *proposal, bakery_error **err)
{
        const struct proposal_part *cause = proposal->parts;

        for (const struct proposal_part *part = cause->next; part; part = part->next)
                if (has_failed(part->set) && !says_no_changes(part->set->status_reason))
                        cause = part;
        bakery__fail(err, BAKERY_ERR_AWS, "CloudFormation refuses the change of %s%s%s: %s", site->recipe.stack_name,
                     cause->logical_id ? ", in " : "", cause->logical_id ? cause->logical_id : "",
                     cause->set->status_reason ? cause->set->status_reason : cause->set->status);
        bakery__error_hint(err, "nothing was changed");
        return BAKERY_ERR_AWS;
}

bakery_status bakery__proposal_delete(struct site *site, const char *stack_id, const char *id, bakery_error **err)
{
        struct aws_access access;
        bakery_status st = bakery__site_access(site, &access, err);

        return st ? st : bakery__cfn_delete_change_set(&access, stack_id, id, err);
}

static const struct recipe_file *file_of(const struct recipe *recipe, const struct proposal_part *part)
{
        for (size_t i = 0; i < recipe->n_files; i++)
                if (bakery__str_equal(recipe->files[i].logical_id, part->logical_id))
                        return &recipe->files[i];
        return NULL;
}

static bool is_same_template(const char *found, const struct recipe_file *file)
{
        AUTO_CLEAR(json) theirs = { 0 };
        AUTO_CLEAR(json) ours = { 0 };

        return found && !bakery__json_parse(bakery__span(found), "template", &theirs, NULL) &&
               !bakery__json_parse((struct span){ file->text, file->size_bytes }, "template", &ours, NULL) &&
               bakery__json_equal(theirs.root, ours.root);
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
                struct aws_access access;

                if (goes(proposal, part) || (part->logical_id && changes_nothing(part->set)))
                        continue;
                bakery_status st = bakery__site_access(site, &access, err);
                if (!st)
                        st = bakery__cfn_get_template(&access, part->set->stack_id, part->set->id, &arena, &body, err);
                if (st)
                        return st;
                if (file && is_same_template(body, file))
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

bakery_status bakery__proposal_make(struct site *site, const char *type, struct arena *arena, struct proposal *ret,
                                    bakery_error **err)
{
        struct proposal proposal = { .name = bakery__site_token(site, "plan", arena) };
        const struct cfn_change_set *root = NULL;
        struct cfn_change_set_ids ids = { 0 };

        if (!proposal.name)
                return bakery__fail_memory(err);
        bakery__site_step(site, "asking CloudFormation what would change");
        bakery_status st = create(site, type, proposal.name, arena, &ids, err);
        if (st)
                return st;
        proposal.id = ids.id;
        proposal.stack_id = ids.stack_id;
        st = wait_for_it(site, &ids, arena, &root, err);
        if (!st)
                st = read_it(site, root, arena, &proposal, err);
        if (st || proposal.is_empty)
                bakery__proposal_delete(site, ids.stack_id, ids.id,
                                        NULL); /* if that fails, it is only in the way of nobody */
        if (!st)
                *ret = proposal;
        return st;
}

bakery_status bakery__proposal_read(struct site *site, const char *id, struct arena *arena, struct proposal *ret,
                                    bakery_error **err)
{
        const struct cfn_change_set *root = NULL;
        bakery_status st = describe(site, site->recipe.stack_name, id, arena, &root, err);
        struct proposal proposal = { 0 };

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
