/* The configuration as a model: what the public types are made of. Built once (build.h), never changed after. */
#ifndef BAKERY_MODEL_MODEL_H
#define BAKERY_MODEL_MODEL_H

#include <bakery/config.h>
#include <bakery/group.h>
#include <bakery/user.h>

#include "base/map.h"
#include "base/secret.h"
#include "formats/json.h"
#include "model/partition.h"
#include "model/raw.h"
#include "model/settings.h"

DEFINE_AUTO_PTR(bakery_config, bakery_config_free)

/* A text of the file, with where it stands. */
struct word {
        const char *text;
        struct place place;
};

struct words {
        struct word *at;
        size_t count;
};

/* Which of a group's accounts one policy names. */
struct shard {
        size_t first, count; /* accounts of the environment */
        size_t size_chars;   /* without white space, as IAM counts */
        bool is_inline;
        const char *logical_id; /* PolicyProdAdmin2; NULL for the inline one */
        const char *name;       /* MyTeamProdAdmin2 */
};

struct bakery_group {
        const bakery_environment *environment;
        const bakery_access_type *access_type;
        struct settings settings;
        const char *name;       /* MyTeamProdAdmin */
        const char *logical_id; /* GroupProdAdmin */
        /* "arn:aws:iam::", ":role/", "-Prod-Admin": around an account's id and name they make the ARN of a role */
        struct span role_arn_head, role_arn_path, role_ending;
        const struct shard *shards;
        size_t n_shards;
        size_t headroom;  /* accounts that still fit */
        bool overflowing; /* not all accounts fit */
};

struct bakery_account {
        const char *id, *name;
        const bakery_environment *environment;
        struct place place; /* of the id */
        struct place name_place;
};

struct bakery_environment {
        const bakery_config *config;
        const char *name;
        const char *logical_id; /* the name without what logical ids may not have */
        struct place place;     /* of the name */
        bakery_account *accounts;
        size_t n_accounts;
        size_t longest_name; /* of an account, in bytes */
        const bakery_account *default_account;
        struct words access_types; /* as listed; none: all */
        struct word default_account_word;
        struct settings level;
        bakery_group *groups;
        size_t n_groups;
};

struct bakery_access_type {
        const bakery_config *config;
        const char *name;
        const char *logical_id;
        struct place place; /* of the name */
        struct words policy_arns, machine_principals;
        struct json inline_policy; /* .root NULL: none */
        struct place inline_policy_place;
        bool incomplete; /* a mistake in it was reported: what it lacks is not told again */
        struct settings level;
};

struct bakery_user {
        struct word name;
        struct words groups;
        const char *until; /* NULL: for good */
};

struct bakery_config {
        struct arena arena;
        struct raw raw; /* what texts are borrowed from */
        const char *name;
        const struct partition *partition;
        bool per_environment;        /* the layout */
        const char *organization_id; /* NULL: roles are named one by one */
        const char *admin_group, *read_only_group;
        struct secret slack_hook;
        struct settings defaults;
        bakery_environment *environments;
        size_t n_environments;
        bakery_access_type *access_types;
        size_t n_access_types;
        struct map by_id; /* accounts */
        struct words admin_groups, expected_admins;
        bakery_user *users;
        size_t n_users;
        const char **template_files; /* of the nested environment stacks, when there is one each */
};

/* Names of IAM are unique without case, and so these compare them. */

bool bakery__words_have(const struct words *words, const char *name);

/* One of its own: the group of an environment, the admin group, the read-only group. */
bool bakery__config_has_group(const bakery_config *config, const char *name);

/* The admin group, or one of AdminGroups. */
bool bakery__config_is_admin_group(const bakery_config *config, const char *name);

#endif
