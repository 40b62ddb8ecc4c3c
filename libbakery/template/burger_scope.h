/* Roles that have power over the burger roles, those of burger_deployer.json: over which, and who may take them. */
#ifndef BAKERY_TEMPLATE_BURGER_SCOPE_H
#define BAKERY_TEMPLATE_BURGER_SCOPE_H

#include "model/model.h"

/* What the roles of one access type have in common, over all environments that have it. */
struct burger_scope {
        const bakery_access_type *type;
        const char **paths; /* that differ */
        size_t n_paths;
        const char **boundaries; /* that differ */
        size_t n_boundaries;
        bool unbounded; /* one of the roles has none */
};

void bakery__burger_scope_clear(struct burger_scope *scope);
DEFINE_AUTO_CLEAR(burger_scope, bakery__burger_scope_clear)

/* Begin with { 0 }. False when memory is gone. Without paths, no environment has the type. */
bool bakery__burger_scope_collect(struct burger_scope *scope, const bakery_config *config,
                                  const bakery_access_type *type);

/* The ARNs of the type's roles: whatever the account is called, and the environment, unless the parameters say. */
void bakery__burger_scope_put_arns(struct json *json, struct cJSON *arns, const struct burger_scope *scope);

/* Only roles under one of these boundaries; of use when each of them has one. */
void bakery__burger_scope_put_boundary(struct json *json, struct cJSON *condition, const struct burger_scope *scope);

/*
 * Who may take such a role: whom the parameter names, without MFA, and nobody else then; or whomever the Bakery account
 * allows to, with MFA where a role of the configuration asks for it, as young as the strictest of them wants.
 */
struct burger_trust {
        const char *principal; /* the parameter, and */
        const char *condition; /* whether it names anybody */
        bool always_mfa;       /* of people, whatever the roles ask for */
        bool session_name;     /* a person's session bears the person's name, which CloudTrail shows */
};

void bakery__put_principal_condition(struct json *json, struct cJSON *template, const struct burger_trust *trust);
void bakery__put_burger_trust(struct json *json, struct cJSON *role, const bakery_config *config,
                              const struct burger_trust *trust);

/* A Deny of everything on the roles that these parameters name: their names may fit the pattern of the burger roles. */
void bakery__put_untouchable(struct json *json, struct cJSON *statements, const char *const *parameters, size_t n);

/* The role that ends sessions, into the deployer's template; when there is a RevokerRole. */
void bakery__put_revoker(struct json *json, struct cJSON *template, const bakery_config *config);
#define PARAMETER_OF_DEPLOYER "RoleName"
#define PARAMETER_OF_REVOKER "RevokerName"

#endif
