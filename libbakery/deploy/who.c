#include "deploy/who.h"

#include <stdarg.h>
#include <string.h>

/* What finding them needs. */
struct finding_who {
        struct site *site;
        const struct facts *before, *after;
        const struct differences *found;
        struct arena *arena;
        struct who *who;
        struct map people; /* of groups, by name: what was read stands in the arena */
        bool people_denied;
};

static void clear_finding_who(struct finding_who *in)
{
        bakery__map_clear(&in->people);
}
DEFINE_AUTO_CLEAR(finding_who, clear_finding_who)

bakery_status bakery__who_note(struct who *who, struct arena *arena, bakery_error **err, const char *format, ...)
{
        struct who_note **end = &who->notes;
        AUTO_FREE char *text = NULL;
        va_list args;

        va_start(args, format);
        text = bakery__str_harmless_format(format, args);
        va_end(args);
        while (*end)
                end = &(*end)->next;
        *end = text ? bakery__arena_alloc(arena, sizeof **end) : NULL;
        if (!*end)
                return bakery__fail_memory(err);
        who->n_notes++;
        (*end)->text = bakery__arena_copy(arena, bakery__span(text));
        return (*end)->text ? BAKERY_OK : bakery__fail_memory(err);
}

static bool is_about_group(const struct finding_who *in, const struct difference *difference)
{
        return bakery__facts_group(in->before, difference->subject) != NULL ||
               bakery__facts_group(in->after, difference->subject) != NULL;
}

/* "alice, bob"; "" for a group without members, or one that is not there yet; NULL when IAM does not tell. */
static bakery_status read_people(struct finding_who *in, const char *group, const char **ret, bakery_error **err)
{
        AUTO_CLEAR(buf) people = { .max = 1 << 20 };
        bakery_status st = bakery__site_members(in->site, group, &people, err);

        if (st == BAKERY_ERR_DENIED) {
                in->people_denied = true;
                bakery__error_clear(err);
                return BAKERY_OK;
        }
        if (st)
                return st;

        char *text = bakery__arena_copy(in->arena, (struct span){ people.at ? people.at : "", people.len });
        if (!text)
                return bakery__fail_memory(err);
        bakery__str_make_harmless(text);
        *ret = text;
        return BAKERY_OK;
}

/* The same group comes once for each account. */
static bakery_status find_people(struct finding_who *in, const char *group, const char **ret, bakery_error **err)
{
        const char *known = bakery__map_get(&in->people, bakery__span(group));
        bakery_status st = BAKERY_OK;

        if (!known && !in->people_denied && !in->site->options.skip_people) {
                st = read_people(in, group, &known, err);
                if (known &&
                    bakery__map_add(&in->people, bakery__span(group), (void *)(uintptr_t)known, NULL) == MAP_NO_MEMORY)
                        return bakery__fail_memory(err);
        }
        *ret = known;
        return st;
}

static bakery_status take_difference(struct finding_who *in, const struct difference *from, bakery_error **err)
{
        struct who_difference *to = &in->who->at[in->who->count];
        struct arena *arena = in->arena;

        *to = (struct who_difference){
                .kind = bakery__difference_name(from->kind),
                .broadens = from->broadening,
                .subject = bakery__arena_copy(arena, bakery__span(from->subject)),
                .role_arn = from->role_arn ? bakery__arena_copy(arena, bakery__span(from->role_arn)) : NULL,
                .text = bakery__arena_copy(arena, bakery__span(from->text)),
        };
        if (!to->subject || !to->text || (from->role_arn && !to->role_arn))
                return bakery__fail_memory(err);
        in->who->count++;
        return is_about_group(in, from) ? find_people(in, from->subject, &to->people, err) : BAKERY_OK;
}

static bakery_status take_differences(struct finding_who *in, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        in->who->at = bakery__arena_array(in->arena, in->found->count + 1, sizeof *in->who->at);
        if (!in->who->at)
                return bakery__fail_memory(err);
        for (size_t i = 0; i < in->found->count && !st; i++)
                st = take_difference(in, &in->found->at[i], err);
        if (!st && in->people_denied)
                st = bakery__who_note(in->who, in->arena, err,
                                      "who is in the groups is not known: these keys may not iam:GetGroup");
        for (size_t i = 0; i < in->found->n_moved && !st; i++)
                st = bakery__who_note(in->who, in->arena, err,
                                      "%zu grants move between policies of %s: they may be refused for some "
                                      "seconds",
                                      in->found->moved[i].count, in->found->moved[i].group);
        return st;
}

bakery_status bakery__who_find(struct site *site, const struct facts *before, const struct facts *after,
                               const struct differences *found, struct arena *arena, struct who *ret,
                               bakery_error **err)
{
        AUTO_CLEAR(finding_who) in = { .site = site, .before = before, .after = after, .found = found };

        in.arena = arena;
        in.who = ret;
        in.people.fold_case = true;
        return take_differences(&in, err);
}

bool bakery__who_broadens(const struct who *who)
{
        for (size_t i = 0; i < who->count; i++)
                if (who->at[i].broadens)
                        return true;
        return false;
}

void bakery__who_give(const struct who *who, size_t i, bakery_plan_difference *ret)
{
        const struct who_difference *difference = &who->at[i];
        bakery_plan_difference whole = {
                .kind = difference->kind,
                .subject = difference->subject,
                .role_arn = difference->role_arn,
                .text = difference->text,
                .broadens = difference->broadens,
                .people = difference->people,
        };

        bakery__give(ret, &whole, sizeof whole);
}

const char *bakery__who_note_at(const struct who *who, size_t i)
{
        const struct who_note *note = who->notes;

        while (i-- > 0)
                note = note->next;
        return note->text;
}

enum { LISTED_AT_MOST = 8, STATEMENTS_AT_MOST = 3 };

/* The account of a role, as arn:aws:iam::222222222222:role/... has it. */
static struct span account_of(const char *role_arn)
{
        struct span rest = bakery__span(role_arn);

        for (unsigned colons = 0; rest.len > 0 && colons < 4; rest.at++, rest.len--)
                colons += *rest.at == ':';

        const char *end = memchr(rest.at, ':', rest.len);
        return (struct span){ rest.at, end ? (size_t)(end - rest.at) : rest.len };
}

static bool is_run_of(const struct who_difference *first, const struct who_difference *other)
{
        return strcmp(first->kind, other->kind) == 0 && strcmp(first->subject, other->subject) == 0;
}

/* "alice and bob (MyTeamProdAdmin)", or the group alone where its people are not known. */
static void print_who(struct buf *text, const struct who_difference *difference)
{
        if (difference->people && *difference->people)
                bakery__buf_format(text, "%s (%s)", difference->people, difference->subject);
        else
                bakery__buf_format(text, "members of %s%s", difference->subject, difference->people ? " (nobody)" : "");
}

/* Grants of one group, in many accounts, in one line. */
static void print_grants(struct buf *text, const struct who_difference *first, size_t count, bool gained)
{
        bakery__buf_format(text, "  %c ", gained ? '+' : '-');
        print_who(text, first);
        bakery__buf_format(text, " %s", gained ? "gain" : "lose");
        for (size_t i = 0; i < count && i < LISTED_AT_MOST; i++) {
                const char *slash = strrchr(first[i].role_arn, '/');
                struct span account = account_of(first[i].role_arn);

                bakery__buf_format(text, "%s %s in %.*s", i > 0 ? "," : "", slash ? slash + 1 : first[i].role_arn,
                                   (int)account.len, account.at);
        }
        if (count > LISTED_AT_MOST)
                bakery__buf_format(text, " and %zu more", count - LISTED_AT_MOST);
        bakery__buf_char(text, '\n');
}

/* Many statements of one group or role in one line, "members of X gain 50 statements: ..."; programs get them all. */
static void print_statements(struct buf *text, const struct who_difference *first, size_t count)
{
        size_t head = (size_t)(strstr(first->text, ": ") - first->text); /* a role's ARN is full of other colons */
        bool broadens = false;

        for (size_t i = 0; i < count; i++)
                broadens |= first[i].broadens;
        bakery__buf_format(text, "  %c %.*s %zu statements:", broadens ? '!' : '~', (int)head, first->text, count);
        for (size_t i = 0; i < STATEMENTS_AT_MOST; i++)
                bakery__buf_format(text, "%s %s", i > 0 ? ";" : "", strstr(first[i].text, ": ") + 2);
        bakery__buf_format(text, " and %zu more\n", count - STATEMENTS_AT_MOST);
}

static void print_difference(struct buf *text, const struct who_difference *difference)
{
        bakery__buf_format(text, "  %c %s", difference->broadens ? '!' : '~', difference->text);
        if (difference->people && *difference->people)
                bakery__buf_format(text, " (%s)", difference->people);
        bakery__buf_char(text, '\n');
}

static size_t count_run(const struct who *who, size_t first)
{
        size_t count = 1;

        while (first + count < who->count && is_run_of(&who->at[first], &who->at[first + count]))
                count++;
        return count;
}

/* Prints the differences from the first on that belong together, and gives how many these were. */
static size_t print_run(struct buf *text, const struct who *who, size_t first)
{
        const struct who_difference *at = &who->at[first];
        size_t count = count_run(who, first);

        if (strcmp(at->kind, "grant-gained") == 0 || strcmp(at->kind, "grant-lost") == 0)
                print_grants(text, at, count, strcmp(at->kind, "grant-gained") == 0);
        else if (bakery__str_starts(at->kind, "statement-") && count > STATEMENTS_AT_MOST)
                print_statements(text, at, count);
        else
                for (size_t i = 0; i < count; i++)
                        print_difference(text, &at[i]);
        return count;
}

void bakery__who_print_differences(const struct who *who, struct buf *text)
{
        for (size_t i = 0; i < who->count;)
                i += print_run(text, who, i);
}

void bakery__who_print_notes(const struct who *who, struct buf *text)
{
        for (const struct who_note *note = who->notes; note; note = note->next)
                bakery__buf_format(text, "note: %s\n", note->text);
}

static void put_differences(const struct who *who, struct json *json, struct cJSON *object)
{
        struct cJSON *list = bakery__json_array(json, object, "differences");

        for (size_t i = 0; i < who->count; i++) {
                const struct who_difference *difference = &who->at[i];
                struct cJSON *entry = bakery__json_object(json, list, NULL);

                bakery__json_text(json, entry, "kind", difference->kind);
                bakery__json_text(json, entry, "subject", difference->subject);
                bakery__json_optional_text(json, entry, "role_arn", difference->role_arn);
                bakery__json_text(json, entry, "text", difference->text);
                bakery__json_bool(json, entry, "broadens", difference->broadens);
                bakery__json_optional_text(json, entry, "people", difference->people);
        }
}

void bakery__who_put(const struct who *who, struct json *json, struct cJSON *object)
{
        put_differences(who, json, object);
        struct cJSON *notes = bakery__json_array(json, object, "notes");
        for (const struct who_note *note = who->notes; note; note = note->next)
                bakery__json_text(json, notes, NULL, note->text);
}
