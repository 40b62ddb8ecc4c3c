#include "model/shards.h"

#include <stdint.h>
#include <string.h>

#include "model/limits.h"
#include "model/names.h"
#include "model/policy.h"

/* How a policy document grows: a frame, and for each account its ARN, in quotes and with a comma, once a statement. */
struct growth {
        size_t frame_chars;
        size_t statements;
        size_t arn_chars; /* of an account without a name */
};

/* The document of no accounts at all is the frame. */
static bool measure(const bakery_group *group, struct growth *ret)
{
        AUTO_CLEAR(json) empty = { 0 };
        AUTO_CLEAR(buf) text = { .max = 1 << 20 };

        bakery__policy_of_group(&empty, NULL, NULL, group, &(struct shard){ 0 });
        if (bakery__json_print(&empty, JSON_COMPACT, &text, "policy", NULL))
                return false;
        ret->frame_chars = text.len;
        ret->arn_chars = bakery__role_arn_frame(group);
        ret->statements = 1u + (group->settings.source_identity == SAID_YES) + (group->settings.n_session_tags > 0);
        return true;
}

static size_t cost(const struct growth *growth, size_t name_chars)
{
        return growth->statements * (growth->arn_chars + name_chars + 3);
}

/* What a document of n accounts, whose ARNs cost so much, has in all: the last ARN of a list has no comma. */
static size_t document_chars(const struct growth *growth, size_t arns_cost, size_t n)
{
        return growth->frame_chars + arns_cost - (n > 0 ? growth->statements : 0);
}

static size_t max_chars(size_t shard)
{
        bool is_inline = shard == bakery__limit(LIMIT_POLICIES_PER_GROUP)->value;

        return bakery__limit(is_inline ? LIMIT_GROUP_INLINE_CHARS : LIMIT_MANAGED_POLICY_CHARS)->value;
}

static bool name_shard(struct shard *shard, size_t i, const bakery_group *group, struct arena *arena)
{
        const bakery_environment *environment = group->environment;
        const bakery_access_type *type = group->access_type;
        AUTO_CLEAR(buf) number = { .max = 16 };

        shard->is_inline = i == bakery__limit(LIMIT_POLICIES_PER_GROUP)->value;
        if (i > 0)
                bakery__buf_format(&number, "%zu", i + 1);
        shard->name = bakery__arena_format(arena, "%s%s", group->name, number.at ? number.at : "");
        if (!shard->is_inline)
                shard->logical_id = bakery__arena_format(arena, "Policy%s%s%s", environment->logical_id,
                                                         type->logical_id, number.at ? number.at : "");
        return !number.no_memory && shard->name && (shard->is_inline || shard->logical_id);
}

/* Takes accounts from first on, as many as fit. */
static struct shard packed(const bakery_group *group, const struct growth *growth, size_t first, size_t max)
{
        const bakery_environment *environment = group->environment;
        struct shard shard = { .first = first };
        size_t arns_cost = 0;

        while (first + shard.count < environment->n_accounts) {
                const char *name = environment->accounts[first + shard.count].name;
                size_t more = arns_cost + cost(growth, strlen(name));

                if (document_chars(growth, more, shard.count + 1) > max)
                        break;
                arns_cost = more;
                shard.count++;
        }
        shard.size_chars = document_chars(growth, arns_cost, shard.count);
        return shard;
}

static size_t fitting(const struct growth *growth, size_t used_chars, size_t max, size_t name_chars)
{
        return used_chars < max ? (max - used_chars) / cost(growth, name_chars) : 0;
}

static size_t headroom_of(const bakery_group *group, const struct growth *growth)
{
        size_t n_policies = bakery__limit(LIMIT_POLICIES_PER_GROUP)->value + 1;
        size_t last = group->n_shards - 1, name_chars = group->environment->longest_name;
        size_t more = fitting(growth, group->shards[last].size_chars, max_chars(last), name_chars);

        for (size_t i = group->n_shards; i < n_policies; i++)
                more += fitting(growth, growth->frame_chars - growth->statements, max_chars(i), name_chars);
        return more;
}

/* A pattern names all accounts in one policy. */
static bool fill_one(bakery_group *group, struct shard *shards, const struct growth *growth, struct arena *arena)
{
        shards[0] = (struct shard){ .count = group->environment->n_accounts, .size_chars = growth->frame_chars };
        group->n_shards = 1;
        group->headroom = SIZE_MAX;
        return name_shard(&shards[0], 0, group, arena);
}

static bool fill_many(bakery_group *group, struct shard *shards, const struct growth *growth, struct arena *arena)
{
        size_t n_policies = bakery__limit(LIMIT_POLICIES_PER_GROUP)->value + 1; /* the inline one is the last */
        size_t n_accounts = group->environment->n_accounts, done = 0;

        while (done < n_accounts && group->n_shards < n_policies) {
                struct shard *shard = &shards[group->n_shards];

                *shard = packed(group, growth, done, max_chars(group->n_shards));
                if (shard->count == 0) /* not even one fits: the settings leave no room */
                        break;
                if (!name_shard(shard, group->n_shards, group, arena))
                        return false;
                done += shard->count;
                group->n_shards++;
        }
        group->overflowing = done < n_accounts;
        group->headroom = group->overflowing || group->n_shards == 0 ? 0 : headroom_of(group, growth);
        return true;
}

bool bakery__shards_fill(bakery_group *group, struct arena *arena)
{
        size_t n_policies = bakery__limit(LIMIT_POLICIES_PER_GROUP)->value + 1;
        struct shard *shards = bakery__arena_array(arena, n_policies, sizeof *shards);
        struct growth growth;

        if (!shards || !measure(group, &growth))
                return false;
        group->shards = shards;
        if (group->environment->config->organization_id)
                return fill_one(group, shards, &growth, arena);
        return fill_many(group, shards, &growth, arena);
}
