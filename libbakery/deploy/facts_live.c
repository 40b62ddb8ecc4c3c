#include "deploy/facts_live.h"

#include <string.h>

#include "aws/iam_details.h"
#include "deploy/facts_making.h"

/*
 * A walk through an account's IAM, which tells groups, users and policies in no order. access/account.h keeps a whole
 * account, with the texts of AWS's own policies; of this one only what has our names is kept.
 */
struct reading {
        struct facts *facts;
        const bakery_account *account; /* of roles */
        const char *partition;
        const char *prefix;    /* of the names that are ours */
        struct map documents;  /* of the account's own policies, by ARN */
        struct pending *first; /* what is told of a group that may still come */
        struct pending **last;
};

/* Something that belongs to a group: a member, or a policy of the account's own. */
struct pending {
        const char *group;
        const char *member; /* or */
        const char *policy_arn;
        struct pending *next;
};

struct document {
        const char *name, *text;
};

static void clear_reading(struct reading *in)
{
        bakery__map_clear(&in->documents);
}
DEFINE_AUTO_CLEAR(reading, clear_reading)

static const char *copy(struct reading *in, const char *text)
{
        return bakery__arena_copy(&in->facts->arena, bakery__span(text));
}

static bool is_ours(const struct reading *in, const char *name)
{
        size_t len = strlen(in->prefix);

        return strlen(name) >= len &&
               bakery__span_equal_nocase((struct span){ name, len }, (struct span){ in->prefix, len });
}

/* A document that is no JSON of ours (a key that stands twice) is one whose meaning cannot be known. */
static bakery_status parse(const char *text, struct json *ret, const struct cJSON **ret_document, bakery_error **err)
{
        bakery_status st = bakery__json_parse(bakery__span(text), "a policy", ret, err);

        *ret_document = ret->root;
        if (st != BAKERY_ERR_FORMAT)
                return st;
        bakery__error_clear(err);
        struct cJSON *list = bakery__json_root_array(ret);
        bakery__json_text(ret, list, NULL, text);
        *ret_document = bakery__json_first(list);
        return ret->no_memory ? bakery__fail_memory(err) : BAKERY_OK;
}

static bakery_status allow_group(struct reading *in, struct fact_group *group, const char *policy, const char *text,
                                 bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        const struct cJSON *document = NULL;
        bakery_status st = parse(text, &json, &document, err);

        if (!st && !bakery__facts_allow_group(in->facts, group, policy, document))
                st = bakery__fail_memory(err);
        return st;
}

static bakery_status allow_role(struct reading *in, struct fact_role *role, const char *policy, const char *text,
                                bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        const struct cJSON *document = NULL;
        bakery_status st = parse(text, &json, &document, err);

        if (!st && !bakery__facts_allow_role(in->facts, role, policy, document))
                st = bakery__fail_memory(err);
        return st;
}

static bakery_status add_pending(struct reading *in, const char *group, const char *member, const char *policy_arn,
                                 bakery_error **err)
{
        struct pending *pending = bakery__arena_alloc(&in->facts->arena, sizeof *pending);

        if (!pending)
                return bakery__fail_memory(err);
        *pending = (struct pending){ .group = copy(in, group),
                                     .member = member ? copy(in, member) : NULL,
                                     .policy_arn = policy_arn ? copy(in, policy_arn) : NULL };
        if (!pending->group || (!pending->member && !pending->policy_arn))
                return bakery__fail_memory(err);
        *in->last = pending;
        in->last = &pending->next;
        return BAKERY_OK;
}

static bakery_status tell_group(const struct iam_entity *entity, void *context, bakery_error **err)
{
        struct reading *in = context;
        bakery_status st = BAKERY_OK;

        if (!is_ours(in, entity->name))
                return BAKERY_OK;
        struct fact_group *group = bakery__facts_new_group(in->facts, entity->name, entity->path ? entity->path : "/");
        if (!group)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < entity->inline_policy_count && !st; i++)
                st = allow_group(in, group, entity->inline_policies[i].name, entity->inline_policies[i].document, err);
        for (size_t i = 0; i < entity->attached_policy_count && !st; i++)
                st = add_pending(in, entity->name, NULL, entity->attached_policies[i].arn, err);
        return st;
}

static bakery_status tell_user(const struct iam_entity *entity, void *context, bakery_error **err)
{
        struct reading *in = context;
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < entity->group_count && !st; i++)
                if (is_ours(in, entity->groups[i])) /* the others would only fill memory */
                        st = add_pending(in, entity->groups[i], entity->name, NULL, err);
        return st;
}

static bakery_status tell_policy(const struct iam_managed_policy *policy, void *context, bakery_error **err)
{
        struct reading *in = context;
        struct document *document;

        document = bakery__arena_alloc(&in->facts->arena, sizeof *document);
        const char *arn = copy(in, policy->arn);
        if (document)
                *document = (struct document){ copy(in, policy->name), copy(in, policy->document) };
        if (!arn || !document || !document->name || !document->text ||
            bakery__map_add(&in->documents, bakery__span(arn), document, NULL) == MAP_NO_MEMORY)
                return bakery__fail_memory(err);
        return BAKERY_OK;
}

static bakery_status settle(struct reading *in, const struct pending *pending, bakery_error **err)
{
        struct fact_group *group = bakery__facts_group(in->facts, pending->group);
        const struct document *document =
                pending->policy_arn ? bakery__map_get(&in->documents, bakery__span(pending->policy_arn)) : NULL;
        bool done = true;

        if (document && group)
                return allow_group(in, group, document->name, document->text, err);
        if (group && pending->policy_arn)
                done = bakery__facts_attach_to_group(in->facts, group, pending->policy_arn);
        else if (group)
                done = bakery__facts_add_text(in->facts, &group->members, pending->member);
        return done ? BAKERY_OK : bakery__fail_memory(err);
}

bakery_status bakery__facts_add_live_bakery(struct facts *facts, const struct aws_access *aws,
                                            const bakery_config *config, bakery_error **err)
{
        AUTO_CLEAR(reading)
        in = { .facts = facts, .partition = config->partition->id, .prefix = bakery_config_team_name(config) };
        const struct iam_details details = {
                .group = tell_group, .user = tell_user, .policy = tell_policy, .context = &in
        };

        in.last = &in.first;
        bakery_status st = bakery__iam_details(aws, &details, err);
        for (const struct pending *pending = in.first; pending && !st; pending = pending->next)
                st = settle(&in, pending, err);
        return st;
}

static bakery_status read_trust(struct reading *in, struct fact_role *role, const char *text, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };
        const struct cJSON *document = NULL;
        bakery_status st = parse(text, &json, &document, err);

        if (!st && !bakery__facts_trust(in->facts, role, in->partition, document))
                st = bakery__fail_memory(err);
        return st;
}

static bakery_status tell_role(const struct iam_entity *entity, void *context, bakery_error **err)
{
        struct reading *in = context;

        if (!is_ours(in, entity->name))
                return BAKERY_OK;
        struct fact_role *role = bakery__facts_new_role(in->facts, in->partition, in->account->id, entity->name,
                                                        entity->path ? entity->path : "/");
        if (!role)
                return bakery__fail_memory(err);
        role->boundary = entity->boundary ? copy(in, entity->boundary) : NULL;
        if (entity->boundary && !role->boundary)
                return bakery__fail_memory(err);

        bakery_status st = read_trust(in, role, entity->trust ? entity->trust : "{}", err);
        for (size_t i = 0; i < entity->inline_policy_count && !st; i++)
                st = allow_role(in, role, entity->inline_policies[i].name, entity->inline_policies[i].document, err);
        for (size_t i = 0; i < entity->attached_policy_count && !st; i++)
                if (!bakery__facts_attach_to_role(in->facts, role, entity->attached_policies[i].arn))
                        st = bakery__fail_memory(err);
        return st;
}

/* What the walk does not tell. */
static bakery_status read_duration(const struct aws_access *aws, struct fact_role *role, bakery_error **err)
{
        AUTO_CLEAR(arena) arena = { 0 };
        struct iam_entity found = { 0 };
        bakery_status st = bakery__iam_get_role(aws, role->name, &arena, &found, err);

        if (!st && found.max_session_s > 0)
                role->max_session_duration_s = found.max_session_s;
        return st;
}

bakery_status bakery__facts_add_live_burger(struct facts *facts, const struct aws_access *aws,
                                            const bakery_account *account, bakery_error **err)
{
        AUTO_CLEAR(buf) prefix = { .max = 1024 };
        AUTO_CLEAR(reading)
        in = { .facts = facts, .account = account, .partition = account->environment->config->partition->id };
        const struct iam_details details = { .role = tell_role, .context = &in };
        size_t first = facts->n_roles;

        bakery__buf_format(&prefix, "%s-%s-", account->name, account->environment->name);
        bakery_status st = bakery__buf_status(&prefix, "a name", err);
        if (st)
                return st;
        in.prefix = prefix.at;
        st = bakery__iam_details(aws, &details, err);
        for (size_t i = first; i < facts->n_roles && !st; i++)
                st = read_duration(aws, facts->roles[i], err);
        return st;
}
