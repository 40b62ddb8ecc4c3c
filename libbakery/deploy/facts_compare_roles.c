/* What roles may do, and whom they let in. */
#include <stdio.h>
#include <string.h>

#include "deploy/comparison.h"

static bool same_text(const char *a, const char *b)
{
        return bakery__str_equal(a, b);
}

static bool same_purpose(const struct fact_trust *a, const struct fact_trust *b)
{
        return a->deny == b->deny && same_text(a->principal, b->principal) &&
               bakery__str_equal_nocase(a->action, b->action);
}

static bool same_trust(const struct fact_trust *a, const struct fact_trust *b)
{
        return same_purpose(a, b) && a->requires_mfa == b->requires_mfa && a->mfa_max_age_s == b->mfa_max_age_s &&
               a->requires_session_name == b->requires_session_name && same_text(a->condition, b->condition);
}

static size_t count_of_purpose(const struct fact_role *role, const struct fact_trust *trust)
{
        size_t n = 0;

        for (size_t i = 0; i < role->n_trust; i++)
                n += same_purpose(&role->trust[i], trust);
        return n;
}

static bool has_trust(const struct fact_role *role, const struct fact_trust *trust)
{
        for (size_t i = 0; i < role->n_trust; i++)
                if (same_trust(&role->trust[i], trust))
                        return true;
        return false;
}

/* The one statement of the same purpose, when there is one on either side: then one can say what changed in it. */
static const struct fact_trust *counterpart(const struct fact_role *own, const struct fact_role *other,
                                            const struct fact_trust *trust)
{
        if (count_of_purpose(own, trust) != 1 || count_of_purpose(other, trust) != 1)
                return NULL;
        for (size_t i = 0; i < other->n_trust; i++)
                if (same_purpose(&other->trust[i], trust))
                        return &other->trust[i];
        return NULL;
}

static void tell_trust(struct comparison *in, struct about about, bool weaker, const struct fact_trust *trust,
                       const char *sentence)
{
        bakery__difference_tell(in, weaker ? DIFFERENCE_TRUST_WEAKER : DIFFERENCE_TRUST_STRONGER, weaker, about,
                                "role %s, for %s (%s): %s", about.role_arn, trust->principal, trust->action, sentence);
}

static void compare_mfa_age(struct comparison *in, struct about about, const struct fact_trust *before,
                            const struct fact_trust *after)
{
        unsigned old = before->mfa_max_age_s, now = after->mfa_max_age_s;
        bool weaker = now == 0 || (old != 0 && now > old);
        char sentence[100];

        if (old == now || !before->requires_mfa || !after->requires_mfa)
                return;
        if (now == 0)
                snprintf(sentence, sizeof sentence, "MFA of any age is enough, not only of %u s", old);
        else
                snprintf(sentence, sizeof sentence, "MFA of at most %u s is asked", now);
        tell_trust(in, about, weaker, after, sentence);
}

static void compare_conditions(struct comparison *in, struct about about, const struct fact_trust *before,
                               const struct fact_trust *after)
{
        bool fewer = before->condition && !after->condition, more = !before->condition && after->condition;

        if (same_text(before->condition, after->condition))
                return;
        /* Where a Deny holds under a condition only, it denies less. What two conditions mean is not compared. */
        tell_trust(in, about, after->deny ? !fewer : !more, after,
                   fewer  ? "a condition is no longer asked"
                   : more ? "one more condition is asked"
                          : "another condition is asked");
}

static void compare_demands(struct comparison *in, struct about about, const struct fact_trust *before,
                            const struct fact_trust *after)
{
        if (before->requires_mfa != after->requires_mfa)
                tell_trust(in, about, before->requires_mfa, after,
                           after->requires_mfa ? "MFA is asked" : "MFA is no longer asked");
        compare_mfa_age(in, about, before, after);
        if (before->requires_session_name != after->requires_session_name)
                tell_trust(in, about, before->requires_session_name, after,
                           after->requires_session_name ? "a session named as the user is asked"
                                                        : "any name of the session is taken");
        compare_conditions(in, about, before, after);
}

static void tell_principal(struct comparison *in, struct about about, const struct fact_trust *trust, bool gained)
{
        bakery__difference_tell(in, gained ? DIFFERENCE_TRUST_GAINED : DIFFERENCE_TRUST_LOST, gained != trust->deny,
                                about, "role %s %s %s %s%s%s", about.role_arn, gained ? "newly" : "no longer",
                                trust->deny ? "denies" : "allows", trust->action, *trust->action ? " to " : "",
                                trust->principal);
}

static void compare_trust(struct comparison *in, struct about about, const struct fact_role *before,
                          const struct fact_role *after)
{
        for (size_t i = 0; i < after->n_trust; i++) {
                const struct fact_trust *trust = &after->trust[i];
                const struct fact_trust *old = counterpart(after, before, trust);

                if (old)
                        compare_demands(in, about, old, trust);
                else if (!has_trust(before, trust))
                        tell_principal(in, about, trust, true);
        }
        for (size_t i = 0; i < before->n_trust; i++)
                if (!counterpart(before, after, &before->trust[i]) && !has_trust(after, &before->trust[i]))
                        tell_principal(in, about, &before->trust[i], false);
}

static void compare_boundary(struct comparison *in, struct about about, const char *before, const char *after)
{
        if (same_text(before, after))
                return;
        if (!before)
                bakery__difference_tell(in, DIFFERENCE_BOUNDARY_SET, false, about, "role %s gets the boundary %s",
                                        about.role_arn, after);
        else if (!after)
                bakery__difference_tell(in, DIFFERENCE_BOUNDARY_REMOVED, true, about, "role %s loses its boundary %s",
                                        about.role_arn, before);
        else
                bakery__difference_tell(in, DIFFERENCE_BOUNDARY_CHANGED, true, about,
                                        "role %s gets the boundary %s in place of %s", about.role_arn, after, before);
}

static void compare_role_contents(struct comparison *in, const struct fact_role *before, const struct fact_role *after)
{
        unsigned old = before->max_session_duration_s, now = after->max_session_duration_s;
        struct about about = { after->name, after->arn };

        bakery__compare_policies(in, about, &before->managed, &after->managed);
        bakery__compare_statements(in, about, (struct statements){ before->statements, before->n_statements },
                                   (struct statements){ after->statements, after->n_statements });
        compare_trust(in, about, before, after);
        compare_boundary(in, about, before->boundary, after->boundary);
        if (old != now)
                bakery__difference_tell(in, now > old ? DIFFERENCE_DURATION_RAISED : DIFFERENCE_DURATION_LOWERED,
                                        now > old, about, "sessions of role %s may last %u s, not %u s", after->arn,
                                        now, old);
}

/* What a new role is, in one line: the policies by the ends of their ARNs, and whom it lets in. */
static void tell_new_role(struct comparison *in, const struct fact_role *role)
{
        AUTO_CLEAR(buf) what = { .max = 1 << 16 };

        for (size_t i = 0; i < role->managed.count; i++) {
                const char *slash = strrchr(role->managed.at[i], '/');

                bakery__buf_format(&what, "%s%s", i ? ", " : ", with ", slash ? slash + 1 : role->managed.at[i]);
        }
        for (size_t i = 0; i < role->n_trust; i++)
                bakery__buf_format(&what, "%s%s", i ? ", " : ", for ", role->trust[i].principal);
        in->no_memory |= what.no_memory;
        bakery__difference_tell(in, DIFFERENCE_ROLE_NEW, true, (struct about){ role->name, role->arn },
                                "role %s is new%s", role->arn, what.at ? what.at : "");
}

static const char *role_key(struct comparison *in, const struct fact_role *role)
{
        const char *place = bakery__compare_place(in, role->stack, role->logical_id);

        const char *key = place ? bakery__arena_format(&in->to->arena, "%s\n%s", role->account_id, place) : NULL;

        in->no_memory |= place && !key;
        return key;
}

static void compare_role(struct comparison *in, const struct map *by_place, const struct fact_role *after)
{
        const struct fact_role *before = bakery__facts_role(in->before, after->account_id, after->name);
        const struct fact_role *replaced = bakery__compare_at_place(by_place, role_key(in, after));
        struct about about = { after->name, after->arn };

        if (!before && !replaced) {
                tell_new_role(in, after);
        } else if (!before) {
                bakery__difference_tell(in, DIFFERENCE_ROLE_REPLACED, true, about,
                                        "role %s becomes %s: it is made anew", replaced->arn, after->arn);
        } else {
                bakery__compare_stack(in, DIFFERENCE_ROLE_MOVED, about, before->stack, after->stack);
                if (strcmp(before->path, after->path) != 0)
                        bakery__difference_tell(in, DIFFERENCE_ROLE_REPLACED, true, about,
                                                "role %s moves to path %s: it is made anew", before->arn, after->path);
                compare_role_contents(in, before, after);
        }
}

void bakery__compare_roles(struct comparison *in)
{
        const struct facts *before = in->before, *after = in->after;
        AUTO_CLEAR(map) old = { 0 };
        AUTO_CLEAR(map) now = { 0 };

        for (size_t i = 0; i < before->n_roles; i++) {
                const struct fact_role *role = before->roles[i];
                const char *key = role_key(in, role);

                if (key && !bakery__facts_role(after, role->account_id, role->name))
                        bakery__compare_add_key(in, &old, key, role);
        }
        for (size_t i = 0; i < after->n_roles && !in->no_memory; i++) {
                const char *key = role_key(in, after->roles[i]);

                if (key)
                        bakery__compare_add_key(in, &now, key, after->roles[i]);
                compare_role(in, &old, after->roles[i]);
        }
        for (size_t i = 0; i < before->n_roles && !in->no_memory; i++) {
                const struct fact_role *role = before->roles[i];

                if (!bakery__facts_role(after, role->account_id, role->name) &&
                    !bakery__compare_at_place(&now, role_key(in, role)))
                        bakery__difference_tell(in, DIFFERENCE_ROLE_GONE, false,
                                                (struct about){ role->name, role->arn }, "role %s goes", role->arn);
        }
}
