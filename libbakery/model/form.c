#include "model/form.h"

#include <stdlib.h>
#include <string.h>

#include "formats/arn.h"
#include "model/partition.h"

static bool is_choice(const struct form *form, struct span text)
{
        for (const char *const *choice = form->choices; *choice; choice++)
                if (bakery__span_is(text, *choice))
                        return true;
        return false;
}

static bool all_digits(struct span text)
{
        for (size_t i = 0; i < text.len; i++)
                if (text.at[i] < '0' || text.at[i] > '9')
                        return false;
        return text.len > 0;
}

/* Decimal digits only: no sign, no exponent, no unit, and no leading zero, which YAML 1.1 reads as octal. */
static bool is_number(const struct form *form, struct span text)
{
        long long value = 0;

        if (!all_digits(text) || text.len > 9 || (text.len > 1 && text.at[0] == '0'))
                return false;
        for (size_t i = 0; i < text.len; i++)
                value = value * 10 + (text.at[i] - '0');
        return value >= form->min && value <= form->max;
}

static bool is_account_id(const struct form *form, struct span text)
{
        (void)form;
        return text.len == 12 && all_digits(text);
}

static bool is_name(const struct form *form, struct span text)
{
        return text.len > 0 && text.len <= form->max_length && bakery__str_only(text, form->extra);
}

/* Letters first, for what becomes the beginning of a stack's name. */
static bool is_stack_prefix(const struct form *form, struct span text)
{
        bool letter = text.len > 0 && ((text.at[0] | 0x20) >= 'a' && (text.at[0] | 0x20) <= 'z');

        return text.len == 0 || (letter && is_name(form, text));
}

/* "ap-southeast-2": words of lower-case letters, a number last. It becomes part of host names, so nothing else may
 * pass. */
static bool is_region(const struct form *form, struct span text)
{
        size_t words = 1;

        if (text.len == 0 || text.len > form->max_length)
                return false;
        for (size_t i = 0; i < text.len; i++) {
                char c = text.at[i];
                bool dash = c == '-' && i > 0 && i + 1 < text.len && text.at[i - 1] != '-';

                if (!dash && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
                        return false;
                words += dash;
        }
        return words >= 3 && text.at[text.len - 1] >= '0' && text.at[text.len - 1] <= '9';
}

static bool is_partition(const struct form *form, struct span text)
{
        (void)form;
        for (size_t i = 0; i < bakery__n_partitions; i++)
                if (bakery__span_is(text, bakery__partitions[i].id))
                        return true;
        return false;
}

static bool is_organization_id(const struct form *form, struct span text)
{
        (void)form;
        if (text.len < 12 || text.len > 34 || text.at[0] != 'o' || text.at[1] != '-')
                return false;
        for (size_t i = 2; i < text.len; i++)
                if (!(text.at[i] >= 'a' && text.at[i] <= 'z') && !(text.at[i] >= '0' && text.at[i] <= '9'))
                        return false;
        return true;
}

static bool is_lower_or_digit(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Four numbers with dots between them. Two dots side by side were refused before. */
static bool is_like_ip_address(struct span text)
{
        int dots = 0;

        for (size_t i = 0; i < text.len; i++) {
                if (text.at[i] != '.' && (text.at[i] < '0' || text.at[i] > '9'))
                        return false;
                dots += text.at[i] == '.';
        }
        return dots == 3;
}

static bool is_bucket(const struct form *form, struct span text)
{
        if (text.len < 3 || text.len > form->max_length)
                return false;
        for (size_t i = 0; i < text.len; i++) {
                bool at_end = i == 0 || i == text.len - 1;
                char c = text.at[i];

                if (!is_lower_or_digit(c) && (at_end || (c != '-' && (c != '.' || text.at[i - 1] == '.'))))
                        return false;
        }
        return !is_like_ip_address(text);
}

enum { ARN_MAX_LENGTH = 2048, NAME_MAX_LENGTH = 128, PATH_MAX_LENGTH = 512 };

/* The last path element and the path before it: what IAM allows in both. */
static bool is_iam_resource(struct span resource, const char *kind)
{
        size_t kind_len = strlen(kind);
        struct span name = { resource.at + resource.len, 0 };

        if (resource.len <= kind_len || memcmp(resource.at, kind, kind_len) != 0)
                return false;
        while (name.at > resource.at && name.at[-1] != '/')
                name = (struct span){ name.at - 1, name.len + 1 };
        if (name.len == 0 || name.len > NAME_MAX_LENGTH || !bakery__str_only(name, "_+=,.@-"))
                return false;
        for (const char *at = resource.at + kind_len; at < name.at; at++)
                if (*at < 0x21 || *at > 0x7e || *at == '*' || *at == '?' || *at == '$')
                        return false;
        return name.at - resource.at - (ptrdiff_t)(kind_len - 1) <=
               PATH_MAX_LENGTH; /* it begins with the kind's slash */
}

static bool is_iam_arn(struct span text, const char *kind, bool may_have_variables)
{
        char copy[ARN_MAX_LENGTH + 1];
        struct arn arn;

        if (text.len > ARN_MAX_LENGTH || memchr(text.at, '\0', text.len))
                return false;
        memcpy(copy, text.at, text.len);
        copy[text.len] = '\0';
        if (bakery__arn_parse(copy, &arn, NULL))
                return false;

        bool partition = is_partition(NULL, arn.partition) ||
                         (may_have_variables && bakery__span_is(arn.partition, "${Partition}"));
        bool account = is_account_id(NULL, arn.account) ||
                       (may_have_variables &&
                        (bakery__span_is(arn.account, "${AccountId}") || bakery__span_is(arn.account, "aws")));
        return partition && account && bakery__span_is(arn.service, "iam") && arn.region.len == 0 &&
               is_iam_resource(arn.resource, kind);
}

static bool is_policy_arn(const struct form *form, struct span text)
{
        (void)form;
        return is_iam_arn(text, "policy/", true);
}

static bool is_role_arn(const struct form *form, struct span text)
{
        (void)form;
        return is_iam_arn(text, "role/", false);
}

static bool is_role_path(const struct form *form, struct span text)
{
        if (text.len == 0 || text.len > form->max_length || text.at[0] != '/' || text.at[text.len - 1] != '/')
                return false;
        if (text.len == 2) /* nothing between the slashes */
                return false;
        for (size_t i = 0; i < text.len; i++)
                if (text.at[i] < 0x21 || text.at[i] > 0x7e || strchr("*?$\"\\", text.at[i]))
                        return false;
        return true;
}

/* Tag values: letters, numbers and separators of any script, and some punctuation. All of non-ASCII may pass; IAM has
 * the last word. */
static bool is_tag_text(const struct form *form, struct span text)
{
        size_t length = 0;

        for (size_t i = 0; i < text.len; i++) {
                struct span one = { text.at + i, 1 };
                bool ascii = (unsigned char)text.at[i] < 0x80;

                if (ascii && !bakery__str_only(one, " _.:/=+-@"))
                        return false;
                length += ((unsigned char)text.at[i] & 0xc0) != 0x80;
        }
        return length > 0 && length <= form->max_length;
}

static bool is_tag_key(const struct form *form, struct span text)
{
        bool reserved = text.len >= 4 && bakery__span_equal_nocase((struct span){ text.at, 4 }, bakery__span("aws:"));

        return !reserved && is_tag_text(form, text);
}

/* It stands in policies. */
static bool is_session_tag_key(const struct form *form, struct span text)
{
        return is_tag_key(form, text) && bakery__utf8_is_latin1(text);
}

static bool is_text(const struct form *form, struct span text)
{
        return text.len > 0 && text.len <= form->max_length;
}

static bool is_leap(unsigned year)
{
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned two_digits(const char *at)
{
        return (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
}

static bool is_date(const struct form *form, struct span text)
{
        static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

        (void)form;
        if (text.len != 10 || text.at[4] != '-' || text.at[7] != '-')
                return false;
        if (!all_digits((struct span){ text.at, 4 }) || !all_digits((struct span){ text.at + 5, 2 }) ||
            !all_digits((struct span){ text.at + 8, 2 }))
                return false;

        unsigned year = two_digits(text.at) * 100 + two_digits(text.at + 2);
        unsigned month = two_digits(text.at + 5), day = two_digits(text.at + 8);
        if (month < 1 || month > 12 || day < 1)
                return false;
        return day <= days[month - 1] + (month == 2 && is_leap(year) ? 1u : 0u);
}

#define IAM_NAME_EXTRA "_+=,.@-"
#define IAM_NAME_MUST "letters, digits and _+=,.@- only"

const struct form form_flag = {
        .must = "true or false",
        .accepts = is_choice,
        .choices = (const char *const[]){ "true", "false", "True", "False", "TRUE", "FALSE", NULL },
        .schema_type = "boolean",
        .schema_also = "string",
};
const struct form form_layout = {
        .must = "Single or PerEnvironment",
        .accepts = is_choice,
        .choices = (const char *const[]){ "Single", "PerEnvironment", NULL },
};
/* A code of 900 seconds ago is the youngest that is of use, and GetSessionToken gives no more than 36 hours. */
const struct form form_mfa_max_age = {
        .must = "a whole number of seconds from 900 to 129600",
        .accepts = is_number,
        .min = 900,
        .max = 129600,
        .schema_type = "integer",
        .schema_also = "string",
        .schema_pattern = "^[1-9][0-9]*$",
};
/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const struct form form_session_duration = {
        .must = "a whole number of seconds from 3600 to 43200",
        .accepts = is_number,
        .min = 3600,
        .max = 43200,
        .schema_type = "integer",
        .schema_also = "string",
        .schema_pattern = "^[1-9][0-9]*$",
};
const struct form form_account_id = {
        .must = "an account id of 12 digits",
        .accepts = is_account_id,
        .hint = "write all twelve digits, leading zeros too",
        .schema_also = "integer",
        .schema_pattern = "^[0-9]{12}$",
};
const struct form form_account_ref = {
        .must = "the name or the id of an account",
        .accepts = is_name,
        .extra = IAM_NAME_EXTRA,
        .max_length = 64,
        .schema_also = "integer",
        .schema_pattern = "^[A-Za-z0-9_+=,.@-]{1,64}$",
};
const struct form form_region = {
        .must = "a region, as ap-southeast-2",
        .accepts = is_region,
        .max_length = 32,
        .schema_pattern = "^[a-z]+(-[a-z0-9]+)+-[0-9]+$",
};
const struct form form_partition = {
        .must = "a partition: aws, aws-cn, aws-us-gov, aws-eusc, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f",
        .accepts = is_partition,
        .schema_pattern = "^aws(-cn|-us-gov|-eusc|-iso(-[bef])?)?$",
};
/* https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html */
const struct form form_organization_id = {
        .must = "the id of an organization, as o-a1b2c3d4e5",
        .accepts = is_organization_id,
        .schema_pattern = "^o-[a-z0-9]{10,32}$",
};
/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: names become parts of IAM names */
const struct form form_name = {
        .must = "a name of " IAM_NAME_MUST ", at most 64",
        .accepts = is_name,
        .hint = "IAM allows no other characters in the names of groups and roles",
        .extra = IAM_NAME_EXTRA,
        .max_length = 64,
        .schema_pattern = "^[A-Za-z0-9_+=,.@-]{1,64}$",
};
const struct form form_user_name = {
        .must = "the name of an IAM user: " IAM_NAME_MUST ", at most 64",
        .accepts = is_name,
        .extra = IAM_NAME_EXTRA,
        .max_length = 64,
        .schema_pattern = "^[A-Za-z0-9_+=,.@-]{1,64}$",
};
const struct form form_role_name = {
        .must = "the name of an IAM role: " IAM_NAME_MUST ", at most 64",
        .accepts = is_name,
        .hint = "the name alone, without path and ARN",
        .extra = IAM_NAME_EXTRA,
        .max_length = 64,
        .schema_pattern = "^[A-Za-z0-9_+=,.@-]{1,64}$",
};
const struct form form_group_name = {
        .must = "the name of an IAM group: " IAM_NAME_MUST ", at most 128",
        .accepts = is_name,
        .extra = IAM_NAME_EXTRA,
        .max_length = 128,
        .schema_pattern = "^[A-Za-z0-9_+=,.@-]{1,128}$",
};
/* Stack names are [a-zA-Z][-a-zA-Z0-9]{0,127}; the longest one behind the prefix is CheckAdminAccess. */
const struct form form_stack_prefix = {
        .must = "the beginning of a stack name: a letter, then letters, digits and hyphens, at most 40",
        .accepts = is_stack_prefix,
        .extra = "-",
        .max_length = 40,
        .may_be_empty = true,
        .schema_pattern = "^([A-Za-z][A-Za-z0-9-]{0,39})?$",
};
/* https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const struct form form_bucket = {
        .must = "the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens",
        .accepts = is_bucket,
        .hint = "a letter or a digit at both ends, no two dots side by side, and no IP address",
        .max_length = 63,
        .schema_pattern = "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
};
const struct form form_policy_arn = {
        .must = "the ARN of a managed policy",
        .accepts = is_policy_arn,
        .hint = "as arn:aws:iam::aws:policy/ReadOnlyAccess, or arn:${Partition}:iam::${AccountId}:policy/Own for a "
                "policy of the burger account",
        .schema_pattern = "^arn:[^:]+:iam::([0-9]{12}|aws|\\$\\{AccountId\\}):policy/.+$",
};
const struct form form_boundary_arn = {
        .must = "the ARN of a managed policy",
        .accepts = is_policy_arn,
        .hint = "as arn:${Partition}:iam::${AccountId}:policy/Boundary for a policy of the burger account",
        .schema_pattern = "^arn:[^:]+:iam::([0-9]{12}|aws|\\$\\{AccountId\\}):policy/.+$",
};
const struct form form_role_arn = {
        .must = "the ARN of a role",
        .accepts = is_role_arn,
        .hint = "as arn:aws:iam::111111111111:role/ci",
        .schema_pattern = "^arn:[^:]+:iam::[0-9]{12}:role/.+$",
};
const struct form form_role_path = {
        .must = "a path that begins and ends in a slash, as / or /people/",
        .hint = "at most 512 characters, no blanks, quotes or backslashes, and none of *?$",
        .accepts = is_role_path,
        .max_length = PATH_MAX_LENGTH,
        .schema_pattern = "^/(.*/)?$",
};
const struct form form_tag_key = {
        .must = "the key of a tag: at most 128 letters, digits, spaces and _.:/=+-@, not beginning with aws:",
        .accepts = is_tag_key,
        .max_length = 128,
};
const struct form form_session_tag_key = {
        .must = "the key of a session tag: at most 128 letters (IAM takes none beyond U+00FF in policies), digits, spaces and "
                "_.:/=+-@, not beginning with aws:",
        .accepts = is_session_tag_key,
        .max_length = 128,
};
const struct form form_tag_value = {
        .must = "the value of a tag: 1 to 256 letters, digits, spaces and _.:/=+-@",
        .accepts = is_tag_text,
        .max_length = 256,
};
const struct form form_optional_text = {
        .must = "text",
        .accepts = is_text,
        .max_length = 4096,
        .may_be_empty = true,
};
const struct form form_date = {
        .must = "a date, as 2027-01-31",
        .accepts = is_date,
        .schema_pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
};

bool bakery__form_flag_value(const char *text)
{
        return *text == 't' || *text == 'T';
}

unsigned bakery__form_number_value(const char *text)
{
        return (unsigned)strtoul(text, NULL, 10);
}
