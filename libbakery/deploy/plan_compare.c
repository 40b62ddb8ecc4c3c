/* The part of a plan that speaks of people and roles. */
#include <string.h>

#include "aws/iam.h"
#include "deploy/damage.h"
#include "deploy/denials.h"
#include "deploy/deployed.h"
#include "deploy/plan.h"
#include "deploy/settle.h"

/* What a comparison needs besides the plan. */
struct comparing {
        struct site *site;
        bakery_plan *plan;
        struct facts before, after;
        struct differences found;
};

static void clear_comparing(struct comparing *in)
{
        bakery__differences_clear(&in->found);
        bakery__facts_clear(&in->before);
        bakery__facts_clear(&in->after);
}
DEFINE_AUTO_CLEAR(comparing, clear_comparing)

enum { NAMES_SHOWN = 5 };

/* Names that the stack would have to make, and what IAM has of them. */
struct names {
        const struct comparing *in;
        bool roles;
        struct buf found; /* "MyTeamProdAdmin, ..." */
        size_t n_found;
};

static void clear_names(struct names *names)
{
        bakery__buf_clear(&names->found);
}
DEFINE_AUTO_CLEAR(names, clear_names)

static bool is_new(const struct names *names, const char *name)
{
        const struct comparing *in = names->in;
        const char *account = in->site->recipe.account_id;

        if (names->roles)
                return bakery__facts_role(&in->after, account, name) && !bakery__facts_role(&in->before, account, name);
        return bakery__facts_group(&in->after, name) && !bakery__facts_group(&in->before, name);
}

static bakery_status look_for_name(const struct iam_entry *entry, void *context, bakery_error **err)
{
        struct names *names = context;

        (void)err;
        if (!is_new(names, entry->name))
                return BAKERY_OK;
        names->n_found++;
        if (names->n_found <= NAMES_SHOWN)
                bakery__buf_format(&names->found, "%s%s", names->found.len > 0 ? ", " : "", entry->name);
        return BAKERY_OK;
}

static bakery_status fail_names_exist(const struct comparing *in, const struct names *names, bakery_error **err)
{
        const struct recipe *recipe = &in->site->recipe;
        bool first = in->before.n_groups + in->before.n_roles == 0;

        if (names->found.no_memory)
                return bakery__fail_memory(err);
        bakery__fail(err, BAKERY_ERR_REFUSED,
                     "%s would make %zu %s%s that account %s has already, in no stack here: %s%s", recipe->stack_name,
                     names->n_found, names->roles ? "role" : "group", names->n_found == 1 ? "" : "s",
                     recipe->account_id, names->found.at, names->n_found > NAMES_SHOWN ? " ..." : "");
        if (first)
                bakery__error_hint(err,
                                   "is the stack in another region? The old tool always used ap-southeast-2, and "
                                   "this is %s",
                                   recipe->region);
        else
                bakery__error_hint(err, "they survived a deletion: empty and delete them, or take them in with "
                                        "--import-existing");
        return BAKERY_ERR_REFUSED;
}

static bool makes_new(const struct comparing *in, bool roles)
{
        for (size_t i = 0; i < in->found.count; i++)
                if (in->found.at[i].kind == (roles ? DIFFERENCE_ROLE_NEW : DIFFERENCE_GROUP_NEW))
                        return true;
        return false;
}

/* CloudFormation would find out only half-way. */
static bakery_status check_names(struct comparing *in, bool roles, bakery_error **err)
{
        AUTO_CLEAR(names) names = { .in = in, .roles = roles, .found.max = 4096 };
        struct aws_access aws;

        if (!makes_new(in, roles) || in->site->options.import_existing)
                return BAKERY_OK;
        bakery_status st = bakery__site_access(in->site, &aws, err);
        if (!st)
                st = bakery__iam_list(&aws, roles ? IAM_ROLES : IAM_GROUPS, NULL, look_for_name, &names, err);
        if (st == BAKERY_ERR_DENIED)
                return bakery__who_note(&in->plan->who, &in->plan->arena, err,
                                        "whether names exist in IAM already is not known: these keys may not "
                                        "iam:List%s",
                                        roles ? "Roles" : "Groups");
        if (!st && names.n_found > 0)
                return fail_names_exist(in, &names, err);
        return st;
}

/* By name: one that is made anew under another goes too. */
static bakery_status check_denials(struct comparing *in, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < in->before.n_roles && !st; i++) {
                const struct fact_role *role = in->before.roles[i];

                if (!bakery__facts_role(&in->after, role->account_id, role->name))
                        st = bakery__denials_check(in->site, role->name, err);
        }
        return st;
}

static size_t count_kind(const struct comparing *in, enum difference_kind kind)
{
        size_t n = 0;

        for (size_t i = 0; i < in->found.count; i++)
                n += in->found.at[i].kind == kind;
        return n;
}

/* A group that points at a role that is not there is a grant that dangles. */
static bakery_status note_order(struct comparing *in, bakery_error **err)
{
        size_t gained = count_kind(in, DIFFERENCE_GRANT_GAINED), gone = count_kind(in, DIFFERENCE_ROLE_GONE);

        if (gained > 0)
                return bakery__who_note(&in->plan->who, &in->plan->arena, err,
                                        "%zu grants come: their roles must be there first (bakery-cli deploy "
                                        "burgers), or they dangle until then",
                                        gained);
        if (gone > 0 && in->plan->kind == BAKERY_STACK_BURGER)
                return bakery__who_note(&in->plan->who, &in->plan->arena, err,
                                        "%zu roles go: take them from the groups first (bakery-cli deploy "
                                        "bakery), or their grants dangle until then",
                                        gone);
        return BAKERY_OK;
}

/* That other environments were never deployed is no news of this burger, which was. */
static bool is_about_others(const struct comparing *in, const char *rule)
{
        return in->plan->kind == BAKERY_STACK_BURGER && bakery__str_equal(rule, "environment-not-allowed");
}

/* Without hints: it is the plan that puts it right. */
static bakery_status note_report(struct comparing *in, const bakery_report *report, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        for (size_t i = 0; i < bakery_report_count(report) && !st; i++) {
                if (!is_about_others(in, bakery_report_rule(report, i)))
                        st = bakery__who_note(&in->plan->who, &in->plan->arena, err, "%s",
                                              bakery_report_message(report, i));
        }
        return st;
}

/* What the tool before left; in a stack of this one, what is missing is only new. */
static bakery_status find_damage(struct comparing *in, const struct cfn_stack *stack, bakery_report *report,
                                 bakery_error **err)
{
        const bakery_config *config = in->site->recipe.config;

        if (bakery__stack_is_ours(stack, false))
                return BAKERY_OK;
        return bakery__damage_find(config, &in->before, NULL, bakery_config_name(config), report, err);
}

/* AWS no longer runs, nor takes back, what the old tool deployed. */
static bakery_status note_function(struct comparing *in, bakery_error **err)
{
        for (size_t i = 0; i < in->before.n_functions; i++) {
                const char *runtime = in->before.functions[i]->runtime;

                if (runtime && strcmp(runtime, "python2.7") == 0)
                        return bakery__who_note(&in->plan->who, &in->plan->arena, err,
                                                "the deployed function is of %s, which AWS has retired: if this "
                                                "update fails it is not rolled back, since that would fail too",
                                                runtime);
        }
        return BAKERY_OK;
}

static bakery_status read_before(struct comparing *in, const struct cfn_stack *stack, bakery_error **err)
{
        AUTO_PTR(bakery_report) report = bakery_report_new();
        bakery_status st;

        if (!report)
                return bakery__fail_memory(err);
        st = bakery__deployed_read(in->site, stack, &in->before, report, err);
        if (!st)
                st = find_damage(in, stack, report, err);
        if (!st)
                st = note_report(in, report, err);
        return st ? st : note_function(in, err);
}

/* Whoever may deploy has its rights then, and not only their own. */
static bakery_status note_role(struct comparing *in, bakery_error **err)
{
        bakery_plan *plan = in->plan;

        if (!plan->role_arn)
                return BAKERY_OK;
        return bakery__who_note(&plan->who, &plan->arena, err,
                                "CloudFormation works on this stack with the role %s: its rights count, not those of "
                                "whoever deploys",
                                plan->role_arn);
}

bakery_status bakery__plan_compare(struct site *site, const struct cfn_stack *stack, bakery_plan *plan,
                                   bakery_error **err)
{
        AUTO_CLEAR(comparing) in = { .site = site, .plan = plan };
        bakery_status st = bakery__recipe_facts(&site->recipe, &in.after, err);

        if (!st && stack)
                st = read_before(&in, stack, err);
        if (!st)
                st = bakery__facts_compare(&in.before, &in.after, &in.found, err);
        if (!st)
                st = check_names(&in, false, err);
        if (!st)
                st = check_names(&in, true, err);
        if (!st)
                st = check_denials(&in, err);
        if (!st)
                st = bakery__who_find(site, &in.before, &in.after, &in.found, &plan->arena, &plan->who, err);
        if (!st)
                st = note_role(&in, err);
        return st ? st : note_order(&in, err);
}
