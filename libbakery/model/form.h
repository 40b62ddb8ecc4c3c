/* The forms a value may have: one table holds what is accepted, how it is said, and what JSON Schema says of it. */
#ifndef BAKERY_MODEL_FORM_H
#define BAKERY_MODEL_FORM_H

#include "base/error.h"
#include "base/str.h"

struct form {
        const char *must; /* "RequireMfa must be <true or false>" */
        bool (*accepts)(const struct form *form, struct span text);
        const char *hint;  /* NULL: the sentence says enough */
        const char *extra; /* is_name: the characters allowed besides letters and digits */
        size_t max_length;
        long long min, max;         /* of a number */
        const char *const *choices; /* NULL-terminated */
        bool may_be_empty;          /* empty or null counts as not written */
        const char *schema_type;    /* of JSON Schema; NULL: string */
        const char *schema_also;    /* a second type that the loader takes: a flag in quotes, an id without; NULL */
        const char *schema_pattern;
};

/* Named for what they describe. */
extern const struct form form_flag, form_layout, form_mfa_max_age, form_session_duration;
extern const struct form form_account_id, form_region, form_partition, form_organization_id;
extern const struct form form_name, form_user_name, form_group_name, form_role_name, form_stack_prefix, form_bucket;
extern const struct form form_policy_arn, form_boundary_arn, form_role_arn, form_role_path;
extern const struct form form_tag_key, form_session_tag_key, form_tag_value, form_optional_text, form_date,
        form_account_ref;

/* The value of a text that its form accepted. */
bool bakery__form_flag_value(const char *text);
unsigned bakery__form_number_value(const char *text);

#endif
