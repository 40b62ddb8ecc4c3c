/* What AWS would refuse, refused here, with a sentence that says what to change. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "credentials/assume.h"
#include "formats/arn.h"
#include "formats/json.h"

enum {
        NAME_MIN_BYTES = 2, /* of a session */
        ROLE_NAME_MAX_BYTES = 64,
        ARN_MAX_BYTES = 2048,
        POLICY_MAX_CHARACTERS = 2048,
        LONGEST_SESSION_S = 43200,
        TAGS_MAX = 50,
        POLICIES_MAX = 10,
        TAG_KEY_MAX_BYTES = 128 * 4, /* characters, of UTF-8 */
        TAG_VALUE_MAX_BYTES = 256 * 4,
};

static bool has_only_digits(struct span text)
{
        for (size_t i = 0; i < text.len; i++)
                if (text.at[i] < '0' || text.at[i] > '9')
                        return false;
        return true;
}

static bool is_printable(struct span text)
{
        for (size_t i = 0; i < text.len; i++)
                if (text.at[i] <= ' ' || text.at[i] > '~')
                        return false;
        return true;
}

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html; new partitions may come */
static bool is_role(const char *text)
{
        struct arn arn;

        if (bakery__arn_parse(text, &arn, NULL) != BAKERY_OK)
                return false;

        struct span name = bakery__arn_name(&arn);
        bool is_in_an_account = arn.partition.len >= 3 && memcmp(arn.partition.at, "aws", 3) == 0 &&
                                arn.region.len == 0 && arn.account.len == 12 && has_only_digits(arn.account);
        bool is_named = arn.resource.len > 5 && memcmp(arn.resource.at, "role/", 5) == 0 && name.len > 0 &&
                        name.len <= ROLE_NAME_MAX_BYTES && bakery__str_only(name, "_+=,.@-");

        return is_in_an_account && bakery__span_is(arn.service, "iam") && is_named &&
               is_printable(bakery__span(text)) && strlen(text) <= ARN_MAX_BYTES;
}

static bakery_status check_role_arn(const char *text, bakery_error **err)
{
        if (is_role(text))
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_ARGUMENT, "\"%.200s\" is no role's ARN", text);
        bakery__error_hint(err, "one is written arn:aws:iam::222222222222:role/NAME");
        return BAKERY_ERR_ARGUMENT;
}

/* https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, DurationSeconds */
static bakery_status check_duration(const struct assuming *assuming, bakery_error **err)
{
        const bakery_group *group = assuming->request->group;
        unsigned duration_s = assuming->request->duration_s;

        if (duration_s == 0)
                return BAKERY_OK;
        if (duration_s < SHORTEST_SESSION_S || duration_s > LONGEST_SESSION_S) {
                bakery__fail(err, BAKERY_ERR_ARGUMENT, "a session of %u s is not to be had", duration_s);
                bakery__error_hint(err, "AWS gives 900 s (15 minutes) to 43200 s (12 hours)");
                return BAKERY_ERR_ARGUMENT;
        }
        if (!group || duration_s <= bakery_group_max_session_duration_s(group))
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_ARGUMENT, "a session of %u s is longer than the %u s that the roles of %s allow",
                     duration_s, bakery_group_max_session_duration_s(group), bakery_group_name(group));
        bakery__error_hint(err, "MaxSessionDuration in config.yml says how long they allow");
        return BAKERY_ERR_ARGUMENT;
}

static bool group_takes_tag(const bakery_group *group, const char *key)
{
        for (size_t i = 0; i < bakery_group_session_tag_count(group); i++)
                if (strcmp(bakery_group_session_tag(group, i), key) == 0)
                        return true;
        return false;
}

/* Letters and digits of any script, and these. https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html */
static bool is_tag_text(const char *text)
{
        for (const char *c = text; *c; c++)
                if ((unsigned char)*c < 0x80 && !bakery__str_only((struct span){ c, 1 }, " _.:/=+-@"))
                        return false;
        return bakery__utf8_valid(bakery__span(text));
}

static bakery_status check_tag(const bakery_group *group, const bakery_session_tag *tag, bakery_error **err)
{
        size_t key_len = strlen(tag->key), value_len = strlen(tag->value);

        if (key_len == 0 || key_len > TAG_KEY_MAX_BYTES || value_len > TAG_VALUE_MAX_BYTES || !is_tag_text(tag->key) ||
            !is_tag_text(tag->value)) {
                bakery__fail(err, BAKERY_ERR_ARGUMENT, "\"%.100s=%.100s\" is no session tag", tag->key, tag->value);
                bakery__error_hint(err, "a key of 1 to 128 and a value of at most 256 letters, digits, spaces and "
                                        "_.:/=+-@ make one");
                return BAKERY_ERR_ARGUMENT;
        }
        if (!group || group_takes_tag(group, tag->key))
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_ARGUMENT, "the roles of %s take no session tag \"%.128s\"",
                     bakery_group_name(group), tag->key);
        bakery__error_hint(err, "SessionTags in config.yml lists the tags that may be passed");
        return BAKERY_ERR_ARGUMENT;
}

/* Keys of tags are without case, as STS compares them. */
static bool has_key_before(const bakery_assume *request, size_t end)
{
        for (size_t i = 0; i < end; i++)
                if (bakery__str_equal_nocase(request->tags[i].key, request->tags[end].key))
                        return true;
        return false;
}

static bakery_status fail_twice(const char *key, bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_ARGUMENT, "the session tag \"%.128s\" stands twice", key);
        bakery__error_hint(err, "name it once: AWS takes upper and lower case for the same");
        return BAKERY_ERR_ARGUMENT;
}

static bakery_status check_tags(const bakery_assume *request, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        if (request->tag_count > TAGS_MAX)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "%zu session tags are more than the %d that AWS takes",
                                    request->tag_count, TAGS_MAX);
        for (size_t i = 0; i < request->tag_count && !st; i++) {
                st = check_tag(request->group, &request->tags[i], err);
                if (!st && has_key_before(request, i))
                        st = fail_twice(request->tags[i].key, err);
        }
        return st;
}

/* https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
static const struct word_form {
        const char *what;
        size_t min_bytes, max_bytes;
        const char *allowed; /* besides letters and digits */
} role_session_name = { "role session name", 2, 64, "_+=,.@-" },
  source_identity = { "source identity", 2, 64, "_+=,.@-" }, external_id = { "external id", 2, 1224, "_+=,.@:/-" },
  serial_number = { "MFA device", 9, 256, "_+=/:,.@-" };

/* NULL is fine. */
static bakery_status check_word(const struct word_form *form, const char *word, bakery_error **err)
{
        size_t len = word ? strlen(word) : 0;

        if (!word ||
            (len >= form->min_bytes && len <= form->max_bytes && bakery__str_only(bakery__span(word), form->allowed)))
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_ARGUMENT, "\"%.100s\" is no %s", word, form->what);
        bakery__error_hint(err, "%zu to %zu letters, digits and %s make one", form->min_bytes, form->max_bytes,
                           form->allowed);
        return BAKERY_ERR_ARGUMENT;
}

static bakery_status check_source_identity(const bakery_assume *request, bakery_error **err)
{
        if (!request->source_identity)
                return BAKERY_OK;

        bakery_status st = check_word(&source_identity, request->source_identity, err);
        if (st || !request->group || bakery_group_allows_source_identity(request->group))
                return st;
        bakery__fail(err, BAKERY_ERR_ARGUMENT, "the roles of %s take no source identity",
                     bakery_group_name(request->group));
        bakery__error_hint(err, "SourceIdentity: true in config.yml allows it");
        return BAKERY_ERR_ARGUMENT;
}

/* Of well-formed UTF-8. */
static size_t count_characters(const char *text)
{
        size_t n = 0;

        for (; *text; text++)
                n += (*text & 0xc0) != 0x80;
        return n;
}

/* https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, Policy */
static bakery_status check_policy(const char *policy, bakery_error **err)
{
        AUTO_CLEAR(json) json = { 0 };

        if (!policy)
                return BAKERY_OK;
        bakery_status st = bakery__json_parse(bakery__span(policy), "the session policy", &json, err);
        if (st == BAKERY_ERR_MEMORY)
                return st;
        if (st || bakery__json_kind(json.root) != JSON_OBJECT) {
                bakery__fail(err, BAKERY_ERR_ARGUMENT, "the session policy is no JSON object");
                bakery__error_hint(err, "{\"Version\": \"2012-10-17\", \"Statement\": [...]} is one");
                return BAKERY_ERR_ARGUMENT;
        }
        size_t len = count_characters(policy);
        if (len <= POLICY_MAX_CHARACTERS)
                return BAKERY_OK;
        bakery__fail(err, BAKERY_ERR_ARGUMENT, "the session policy has %zu characters, and AWS takes %d", len,
                     POLICY_MAX_CHARACTERS);
        bakery__error_hint(err, "leave white space out, or make it a managed policy and name that with --policy-arn");
        return BAKERY_ERR_ARGUMENT;
}

static bool is_policy(const char *text)
{
        struct arn arn;

        return bakery__arn_parse(text, &arn, NULL) == BAKERY_OK && bakery__span_is(arn.service, "iam") &&
               arn.resource.len > 7 && memcmp(arn.resource.at, "policy/", 7) == 0;
}

/* https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, PolicyArns */
static bakery_status check_policies(const bakery_assume *request, bakery_error **err)
{
        if (request->policy_arn_count > POLICIES_MAX)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "%zu managed session policies are more than the %d that AWS takes",
                                    request->policy_arn_count, POLICIES_MAX);
        for (size_t i = 0; i < request->policy_arn_count; i++) {
                if (is_policy(request->policy_arns[i]))
                        continue;
                bakery__fail(err, BAKERY_ERR_ARGUMENT, "\"%.200s\" is no managed policy's ARN",
                             request->policy_arns[i]);
                bakery__error_hint(err, "one is written arn:aws:iam::aws:policy/NAME, or with an account id for aws");
                return BAKERY_ERR_ARGUMENT;
        }
        return BAKERY_OK;
}

bakery_status bakery__assume_check(const struct assuming *assuming, bakery_error **err)
{
        const bakery_assume *request = assuming->request;
        bakery_status st = check_role_arn(assuming->role_arn, err);

        if (!st)
                st = check_duration(assuming, err);
        if (!st)
                st = check_word(&role_session_name, request->session_name, err);
        if (!st)
                st = check_word(&external_id, request->external_id, err);
        if (!st)
                st = check_word(&serial_number, request->mfa_serial, err);
        if (!st)
                st = check_source_identity(request, err);
        if (!st)
                st = check_policy(request->policy, err);
        if (!st)
                st = check_policies(request, err);
        return st ? st : check_tags(request, err);
}

/* Only a user has aws:username, which the roles compare with. */
static bakery_status check_own_names(const struct assuming *assuming, bakery_error **err)
{
        const bakery_assume *request = assuming->request;
        const char *own = assuming->caller.name;

        if (!request->group || !assuming->caller.is_user)
                return BAKERY_OK;
        if (request->session_name && bakery_group_requires_session_name(request->group) &&
            strcmp(request->session_name, own) != 0) {
                bakery__fail(err, BAKERY_ERR_ARGUMENT,
                             "the roles of %s take no other session name than your own, \"%s\"",
                             bakery_group_name(request->group), own);
                bakery__error_hint(err, "leave --session-name out");
                return BAKERY_ERR_ARGUMENT;
        }
        if (request->source_identity && strcmp(request->source_identity, own) != 0) {
                bakery__fail(err, BAKERY_ERR_ARGUMENT,
                             "the roles of %s take no other source identity than your own, \"%s\"",
                             bakery_group_name(request->group), own);
                bakery__error_hint(err, "--source-identity %s", own);
                return BAKERY_ERR_ARGUMENT;
        }
        return BAKERY_OK;
}

/* A user may be named with one character, a session not. */
static bakery_status name_of_short(const struct assuming *assuming, char **ret_name, bakery_error **err)
{
        const bakery_group *group = assuming->request->group;
        char *name = NULL;

        if (group && bakery_group_requires_session_name(group)) {
                bakery__fail(err, BAKERY_ERR_ARGUMENT,
                             "the roles of %s want your name, \"%s\", and AWS takes no session name of one character",
                             bakery_group_name(group), assuming->caller.name);
                bakery__error_hint(err, "give the user a longer name, or RequireSessionName: false in config.yml");
                return BAKERY_ERR_ARGUMENT;
        }
        if (asprintf(&name, "%s-", assuming->caller.name) < 0)
                return bakery__fail_memory(err);
        *ret_name = name;
        return BAKERY_OK;
}

bakery_status bakery__assume_session_name(const struct assuming *assuming, char **ret_name, bakery_error **err)
{
        const char *asked = assuming->request->session_name;
        bakery_status st = assuming->caller.arn ? check_own_names(assuming, err) : BAKERY_OK;

        if (st)
                return st;
        if (!asked && strlen(assuming->caller.name) < NAME_MIN_BYTES)
                return name_of_short(assuming, ret_name, err);

        char *name = strdup(asked ? asked : assuming->caller.name);
        if (!name)
                return bakery__fail_memory(err);
        *ret_name = name;
        return BAKERY_OK;
}
