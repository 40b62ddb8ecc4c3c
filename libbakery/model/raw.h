/*
 * The settings of the configuration as text: what libcyaml fills. Everything is text here, because libcyaml reads
 * "900s" as 900, 0777 as 511 and 012345678901 as 342391; numbers, flags and ids are read by their form (form.h). NULL
 * is absent.
 */
#ifndef BAKERY_MODEL_RAW_H
#define BAKERY_MODEL_RAW_H

#include "base/arena.h"
#include "base/error.h"

struct raw_settings {
        char *require_mfa, *mfa_max_age, *max_session_duration, *require_session_name;
        char *permissions_boundary, *role_path, *source_identity;
        char **session_tags;
        unsigned n_session_tags;
};

struct raw_environment {
        char *name, *default_account;
        char **access_types;
        unsigned n_access_types;
        struct raw_settings settings;
};

struct raw_access_type {
        char *name, *policy_arn;
        char **policy_arns, **machine_principals;
        unsigned n_policy_arns, n_machine_principals;
        struct raw_settings settings;
};

struct raw_config {
        char *team_name, *billing_code, *bakery_account;
        char *slack_channel;
        char *region, *partition, *prefix, *template_bucket, *layout, *deployer_role, *revoker_role, *organization_id;
        struct raw_environment *environments;
        struct raw_access_type *access_types;
        char **expected_admins;
        unsigned n_environments, n_access_types, n_expected_admins;
        struct raw_settings defaults;
};

/* What was loaded, with the schema that frees it. Begin with { 0 }. */
struct raw {
        struct raw_config *config;
        struct arena arena;
        const void *schema;
};

/*
 * Loads text, whose shape was checked, through libcyaml by the tables of schema.h. Gives BAKERY_ERR_MEMORY;
 * BAKERY_ERR_CONFIG with libcyaml's words for what the check of the shape should have found.
 */
bakery_status bakery__raw_load(struct raw *raw, struct span text, const char *file, bakery_error **err);

void bakery__raw_clear(struct raw *raw);
DEFINE_AUTO_CLEAR(raw, bakery__raw_clear)

#endif
