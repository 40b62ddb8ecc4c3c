/* Any text as a value of each form, and as an ARN: what is accepted can be used where it goes. */
#include "base/arena.h"
#include "formats/arn.h"
#include "model/form.h"
#include "target.h"

#include <string.h>

static const struct form *const forms[] = {
        &form_flag,      &form_layout,       &form_mfa_max_age, &form_session_duration, &form_account_id,
        &form_region,    &form_partition,    &form_name,        &form_organization_id,  &form_user_name,
        &form_role_name, &form_stack_prefix, &form_bucket,      &form_policy_arn,       &form_boundary_arn,
        &form_role_arn,  &form_role_path,    &form_tag_key,     &form_tag_value,        &form_optional_text,
        &form_date,      &form_account_ref,
};

/* Nothing but text may be anything: the rest ends in names, ARNs and host names. */
static bool is_free(const struct form *form)
{
        return form == &form_optional_text || form == &form_tag_key || form == &form_tag_value;
}

static void check_arn(const char *text)
{
        struct arn arn;

        if (bakery__arn_parse(text, &arn, NULL))
                return;
        MUST(arn.partition.len > 0 && arn.service.len > 0 && arn.resource.len > 0);
        MUST(arn.resource.at + arn.resource.len == text + strlen(text));
        MUST(bakery__arn_name(&arn).len <= arn.resource.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        struct span value = { size ? (const char *)bytes : "", size };
        AUTO_CLEAR(arena) arena = { 0 };
        const char *text = bakery__arena_copy(&arena, value); /* the input itself does not end in NUL */

        MUST(text);
        for (size_t i = 0; i < N_ELEMENTS(forms); i++) {
                if (!forms[i]->accepts(forms[i], value) || is_free(forms[i]))
                        continue;
                for (size_t k = 0; k < size; k++)
                        MUST(bytes[k] > 0x20 && bytes[k] < 0x7f && bytes[k] != '*');
                if (forms[i]->max > 0)
                        MUST(bakery__form_number_value(text) >= forms[i]->min);
        }
        check_arn(text);
        return 0;
}
