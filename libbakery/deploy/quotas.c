#include "deploy/quotas.h"

#include <string.h>

#include "aws/iam_entity.h"
#include "model/limits.h"

enum { NEAR_PERCENT = 90 };

/* What an account has only so many of. */
static const struct counted {
        const char *resource_type, *what;
        enum limit_id limit;
} counted[] = {
        { "AWS::IAM::Group", "groups", LIMIT_GROUPS },
        { "AWS::IAM::ManagedPolicy", "customer managed policies", LIMIT_POLICIES },
        { "AWS::IAM::Role", "roles", LIMIT_ROLES },
};

/* What the account says of itself. */
struct summary {
        struct arena arena;
        const struct iam_number *numbers;
        size_t count;
};

static void clear_summary(struct summary *summary)
{
        bakery__arena_clear(&summary->arena);
}
DEFINE_AUTO_CLEAR(summary, clear_summary)

/* False when the account does not say it. */
static bool find_number(const struct summary *summary, const char *name, size_t *ret)
{
        for (size_t i = 0; i < summary->count; i++) {
                if (strcmp(summary->numbers[i].name, name) != 0 || summary->numbers[i].value < 0)
                        continue;
                *ret = (size_t)summary->numbers[i].value;
                return true;
        }
        return false;
}

/* CloudFormation makes what is new before it deletes what is old, also where one takes the place of the other. */
static bool is_made(const bakery_plan_resource *resource)
{
        return bakery__str_equal(resource->action, "Add") || bakery__str_equal(resource->replacement, "True");
}

static size_t count_made(const bakery_plan *plan, const char *resource_type)
{
        size_t n = 0;

        for (size_t i = 0; i < plan->n_resources; i++)
                n += is_made(&plan->resources[i]) && bakery__str_equal(plan->resources[i].resource_type, resource_type);
        return n;
}

static bakery_status fail_passed(const bakery_plan *plan, const struct counted *row, size_t used, size_t made,
                                 size_t quota, bakery_error **err)
{
        const struct limit *limit = bakery__limit(row->limit);

        bakery__fail(err, BAKERY_ERR_LIMIT,
                     "%s is not deployed: account %s has %zu %s, would have up to %zu, and its quota is %zu",
                     plan->stack_name, plan->account_id, used, row->what, used + made, quota);
        if (quota < limit->at_most)
                bakery__error_hint(err, "ask AWS to raise the quota, to %zu at most (%s), or delete what nobody needs",
                                   limit->at_most, limit->source);
        else
                bakery__error_hint(err, "AWS raises it no further: delete what nobody needs, or give environments only "
                                        "the AccessTypes they need");
        return BAKERY_ERR_LIMIT;
}

static bakery_status check_count(bakery_plan *plan, const struct summary *summary, const struct counted *row,
                                 bakery_error **err)
{
        const struct limit *limit = bakery__limit(row->limit);
        size_t made = count_made(plan, row->resource_type), used = 0, quota = 0;

        if (made == 0 || !find_number(summary, limit->used, &used) || !find_number(summary, limit->quota, &quota))
                return BAKERY_OK;
        if (used + made > quota)
                return fail_passed(plan, row, used, made, quota, err);
        if ((used + made) * 100 < quota * NEAR_PERCENT)
                return BAKERY_OK;
        return bakery__who_note(&plan->who, &plan->arena, err,
                                "account %s will have up to %zu %s, and its quota is %zu: have it raised in time",
                                plan->account_id, used + made, row->what, quota);
}

/* Templates are made for the quotas that every account of AWS has. */
static bakery_status check_size(bakery_plan *plan, const struct summary *summary, const struct limit *limit,
                                bakery_error **err)
{
        size_t quota = 0;

        if (!limit->quota || limit->used || !find_number(summary, limit->quota, &quota) || quota >= limit->value)
                return BAKERY_OK;
        return bakery__who_note(&plan->who, &plan->arena, err,
                                "account %s has %s %zu, and the templates are made for %zu: this may fail half-way",
                                plan->account_id, limit->quota, quota, limit->value);
}

static bakery_status check_all(bakery_plan *plan, const struct summary *summary, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < N_ELEMENTS(counted) && !st; i++)
                st = check_count(plan, summary, &counted[i], err);
        for (size_t i = 0; i < LIMIT_COUNT && !st; i++)
                st = check_size(plan, summary, bakery__limit((enum limit_id)i), err);
        return st;
}

static bool makes_any(const bakery_plan *plan)
{
        for (size_t i = 0; i < N_ELEMENTS(counted); i++)
                if (count_made(plan, counted[i].resource_type) > 0)
                        return true;
        return false;
}

bakery_status bakery__quotas_check(struct site *site, bakery_plan *plan, bakery_error **err)
{
        AUTO_CLEAR(summary) summary = { .count = 0 };
        struct aws_access aws;

        if (!makes_any(plan))
                return BAKERY_OK;
        bakery_status st = bakery__site_access(site, &aws, err);
        if (!st)
                st = bakery__iam_get_account_summary(&aws, &summary.arena, &summary.numbers, &summary.count, err);
        if (st == BAKERY_ERR_DENIED)
                return bakery__who_note(&plan->who, &plan->arena, err,
                                        "the quotas of account %s are not known: these keys may not "
                                        "iam:GetAccountSummary",
                                        plan->account_id);
        return st ? st : check_all(plan, &summary, err);
}
