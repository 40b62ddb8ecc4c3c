/*
 * The facts of an account's stacks: which groups there are and what their members may assume, which roles there are
 * and whom they let in. Plan, status and migration compare facts, whatever they were read from: a deployed template
 * (ours, or the YAML of the tool before), the templates of a configuration, IAM itself.
 */
#ifndef BAKERY_DEPLOY_FACTS_H
#define BAKERY_DEPLOY_FACTS_H

#include "base/map.h"
#include "deploy/resolve.h"
#include "model/model.h"

/* Text that stands in a list once. */
struct fact_texts {
        const char **at;
        size_t count, capacity;
};

/* Members of the group may assume the role. */
struct fact_grant {
        const char *role_arn;  /* or a pattern, where the configuration names an OrganizationId */
        const char *condition; /* of the statement, as canonical JSON; NULL: none */
        const char *policy;    /* the name of the policy that holds it */
};

/*
 * Any other statement, taken apart into one action on one resource, so that neither the order nor the number of
 * statements and policies matters: "Allow iam:GetUser on *". A statement with NotAction, NotResource or the like stays
 * whole, as canonical JSON.
 */
struct fact_statement {
        const char *text;
        const char *policy;
        bool deny;
};

struct fact_group {
        const char *name, *path;
        const char *logical_id, *stack; /* NULL: read from IAM */
        struct fact_texts managed; /* ARNs of the policies attached whose document is not read, AWS's own above all */
        bool is_admin;             /* AdministratorAccess is attached: members may enter every role */
        struct fact_grant *grants;
        size_t n_grants, grants_capacity;
        struct fact_statement *statements;
        size_t n_statements, statements_capacity;
        struct fact_texts members; /* of IAM; templates know none */
};

/* One principal that may do one thing with the role, and what it must show for that. */
struct fact_trust {
        const char *principal; /* "arn:aws:iam::111111111111:root", "lambda.amazonaws.com", "*" */
        const char *action;    /* "sts:AssumeRole" */
        bool deny;
        bool requires_mfa;
        unsigned mfa_max_age_s;     /* 0: of any age */
        bool requires_session_name; /* that of the IAM user */
        const char *condition;      /* all other conditions, as canonical JSON; NULL: none */
};

struct fact_role {
        const char *account_id, *name, *path, *arn;
        const char *logical_id, *stack;    /* NULL: read from IAM */
        struct fact_texts managed;         /* ARNs */
        struct fact_statement *statements; /* of inline policies, and of managed ones that the template makes */
        size_t n_statements, statements_capacity;
        struct fact_trust *trust;
        size_t n_trust, trust_capacity;
        const char *boundary; /* NULL: none */
        unsigned max_session_duration_s;
};

/* The function that watches the admin groups. */
struct fact_function {
        const char *name, *runtime;
        const char *admin_groups; /* as its variable says: the tool before put a blank in front */
};

/* Begin with { 0 }. All of it lives in the arena. Groups and roles are in the order in which they were read. */
struct facts {
        struct arena arena;
        struct fact_group **groups;
        size_t n_groups, groups_capacity;
        struct fact_role **roles;
        size_t n_roles, roles_capacity;
        struct fact_function **functions;
        size_t n_functions, functions_capacity;
        struct fact_texts environments; /* that a burger template allows; none: it says nothing */
        struct map groups_by_name;      /* without case, as IAM compares */
        struct map roles_by_name;       /* "222222222222/Main-Prod-Admin", likewise */
};

/*
 * Adds what the template of scope makes: its groups, roles, policies and functions, nested stacks not followed.
 * account_id and partition must be given, for the ARNs of roles. A resource whose condition does not hold is not there.
 * A name that cannot be known stands as deploy/resolve.h writes it. Text is copied; no parameter that is a secret is
 * needed, and none should be given. To compare two sets, name their stacks alike.
 * Gives BAKERY_ERR_FORMAT (whether a resource is there cannot be known), BAKERY_ERR_MEMORY. facts then holds part of it
 * and is only good for clearing; so with all that follow.
 */
bakery_status bakery__facts_add_template(struct facts *facts, const struct resolve_scope *scope, bakery_error **err);

struct fact_group *bakery__facts_group(const struct facts *facts, const char *name); /* NULL: there is none */
struct fact_role *bakery__facts_role(const struct facts *facts, const char *account_id, const char *name);

void bakery__facts_clear(struct facts *facts);
DEFINE_AUTO_CLEAR(facts, bakery__facts_clear)

#endif
