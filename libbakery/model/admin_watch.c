#include "model/admin_watch.h"

#include <string.h>

void bakery_admin_watch_free(bakery_admin_watch *watch)
{
        if (!watch)
                return;
        bakery__secret_clear(&watch->hook);
        bakery__arena_clear(&watch->arena);
        free(watch);
}

static bool has_name(const struct names *names, struct span name)
{
        for (size_t i = 0; i < names->count; i++)
                if (bakery__span_equal_nocase(bakery__span(names->at[i]), name))
                        return true;
        return false;
}

/* Adds a copy of the trimmed name, unless it is empty or there already; at has room. */
static bool add_name(struct arena *arena, struct names *names, struct span name)
{
        name = bakery__span_trim(name);
        if (name.len == 0 || has_name(names, name))
                return true;
        names->at[names->count] = bakery__arena_copy(arena, name);
        return names->at[names->count++] != NULL;
}

static bool reserve(struct arena *arena, struct names *names, size_t count)
{
        names->at = bakery__arena_array(arena, count ? count : 1, sizeof *names->at);
        return names->at != NULL;
}

static bool add_words(struct arena *arena, struct names *names, const struct words *words)
{
        for (size_t i = 0; i < words->count; i++)
                if (!add_name(arena, names, bakery__span(words->at[i].text)))
                        return false;
        return true;
}

static size_t count_pieces(const char *text, char separator)
{
        size_t count = 1;

        for (; *text; text++)
                count += *text == separator;
        return count;
}

/* Takes the piece before the next separator off text. */
static struct span next_piece(const char **text, char separator)
{
        const char separators[] = { separator, '\0' };
        struct span piece = { *text, strcspn(*text, separators) };

        *text += piece.len + ((*text)[piece.len] == separator);
        return piece;
}

static bool add_pieces(struct arena *arena, struct names *names, const char *text, char separator)
{
        while (*text)
                if (!add_name(arena, names, next_piece(&text, separator)))
                        return false;
        return true;
}

/* From the configuration. */

static bool take_end(struct arena *arena, struct membership_end *end, const bakery_user *user)
{
        end->user = bakery__arena_copy(arena, bakery__span(user->name.text));
        end->until = bakery__arena_copy(arena, bakery__span(user->until));
        return end->user && end->until && reserve(arena, &end->groups, user->groups.count) &&
               add_words(arena, &end->groups, &user->groups);
}

static bool take_ends(bakery_admin_watch *watch, const bakery_config *config)
{
        watch->ends = bakery__arena_array(&watch->arena, config->n_users + 1, sizeof *watch->ends);
        if (!watch->ends)
                return false;
        for (size_t i = 0; i < config->n_users; i++)
                if (config->users[i].until &&
                    !take_end(&watch->arena, &watch->ends[watch->n_ends++], &config->users[i]))
                        return false;
        return true;
}

static bool take_config(bakery_admin_watch *watch, const bakery_config *config)
{
        struct arena *arena = &watch->arena;
        const char *channel = config->raw.config->slack_channel;

        watch->config_path = bakery__arena_copy(arena, bakery__span(config->name));
        watch->channel = channel ? bakery__arena_copy(arena, bakery__span(channel)) : NULL;
        return watch->config_path && (!channel || watch->channel) &&
               bakery__secret_set(&watch->hook, bakery__span(bakery__secret_reveal(&config->slack_hook))) &&
               reserve(arena, &watch->groups, config->admin_groups.count + 1) &&
               add_words(arena, &watch->groups, &config->admin_groups) &&
               add_name(arena, &watch->groups, bakery__span(config->admin_group)) &&
               reserve(arena, &watch->expected, config->expected_admins.count) &&
               add_words(arena, &watch->expected, &config->expected_admins) && take_ends(watch, config);
}

bakery_status bakery_admin_watch_of_config(const bakery_config *config, bakery_admin_watch **ret_watch,
                                           bakery_error **err)
{
        AUTO_PTR(bakery_admin_watch) watch = calloc(1, sizeof *watch);

        bakery__error_clear(err);
        if (!watch || !take_config(watch, config))
                return bakery__fail_memory(err);
        *ret_watch = STEAL(watch);
        return BAKERY_OK;
}

/* From the variables. */

static bakery_status read_list(bakery_admin_watch *watch, struct names *names, const char *text, bakery_error **err)
{
        if (!reserve(&watch->arena, names, count_pieces(text, ',') + 1) || !add_pieces(&watch->arena, names, text, ','))
                return bakery__fail_memory(err);
        return BAKERY_OK;
}

static bool is_date(struct span text)
{
        static const char form[] = "dddd-dd-dd";

        for (size_t i = 0; i < text.len && i < sizeof form - 1; i++)
                if (form[i] == 'd' ? text.at[i] < '0' || text.at[i] > '9' : text.at[i] != '-')
                        return false;
        return text.len == sizeof form - 1;
}

static bakery_status read_end(bakery_admin_watch *watch, struct span piece, bakery_error **err)
{
        struct membership_end *end = &watch->ends[watch->n_ends];
        const char *rest = bakery__arena_copy(&watch->arena, bakery__span_trim(piece));

        if (!rest)
                return bakery__fail_memory(err);
        if (!*rest)
                return BAKERY_OK;
        struct span user = next_piece(&rest, ' '), until = next_piece(&rest, ' ');
        if (!is_date(until))
                return bakery__fail(err, BAKERY_ERR_CONFIG,
                                    MEMBERSHIP_ENDS_VARIABLE ": \"%.*s\" has no date behind the name", (int)user.len,
                                    user.at);
        end->user = bakery__arena_copy(&watch->arena, user);
        end->until = bakery__arena_copy(&watch->arena, until);
        if (!end->user || !end->until || !reserve(&watch->arena, &end->groups, count_pieces(rest, ' ')) ||
            !add_pieces(&watch->arena, &end->groups, rest, ' '))
                return bakery__fail_memory(err);
        watch->n_ends++;
        return BAKERY_OK;
}

static bakery_status read_ends(bakery_admin_watch *watch, const char *text, bakery_error **err)
{
        bakery_status st = BAKERY_OK;

        watch->ends = bakery__arena_array(&watch->arena, count_pieces(text, ';'), sizeof *watch->ends);
        if (!watch->ends)
                return bakery__fail_memory(err);
        while (*text && !st)
                st = read_end(watch, next_piece(&text, ';'), err);
        return st;
}

static const char *or_empty(const char *text)
{
        return text ? text : "";
}

static bakery_status no_group(bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_CONFIG, "no group to watch: " ADMIN_GROUPS_VARIABLE " is not set");
        bakery__error_hint(err, "the template check_admin_access.json sets it; deploy that");
        return BAKERY_ERR_CONFIG;
}

bakery_status bakery__admin_watch_of_variables(const char *(*get)(const void *context, const char *name),
                                               const void *context, bakery_admin_watch **ret, bakery_error **err)
{
        AUTO_PTR(bakery_admin_watch) watch = calloc(1, sizeof *watch);
        const char *channel = get(context, SLACK_CHANNEL_VARIABLE), *own = get(context, OWN_ADMIN_GROUP_VARIABLE);

        if (!watch)
                return bakery__fail_memory(err);
        bakery_status st = read_list(watch, &watch->groups, or_empty(get(context, ADMIN_GROUPS_VARIABLE)), err);
        if (!st && !add_name(&watch->arena, &watch->groups, bakery__span(or_empty(own))))
                st = bakery__fail_memory(err);
        if (!st && watch->groups.count == 0)
                st = no_group(err);
        if (!st)
                st = read_list(watch, &watch->expected, or_empty(get(context, EXPECTED_ADMINS_VARIABLE)), err);
        if (!st)
                st = read_ends(watch, or_empty(get(context, MEMBERSHIP_ENDS_VARIABLE)), err);
        if (st)
                return st;
        watch->channel = channel ? bakery__arena_copy(&watch->arena, bakery__span(channel)) : NULL;
        if ((channel && !watch->channel) ||
            !bakery__secret_set(&watch->hook,
                                bakery__span_trim(bakery__span(or_empty(get(context, SLACK_HOOK_VARIABLE))))))
                return bakery__fail_memory(err);
        *ret = STEAL(watch);
        return BAKERY_OK;
}

/* For the template. */

void bakery__membership_ends_put(struct buf *text, const bakery_config *config)
{
        const char *between = "";

        for (size_t i = 0; i < config->n_users; i++) {
                const bakery_user *user = &config->users[i];
                bool begun = false;

                for (size_t k = 0; user->until && k < user->groups.count; k++) {
                        if (!bakery__config_is_admin_group(config, user->groups.at[k].text))
                                continue;
                        if (!begun)
                                bakery__buf_format(text, "%s%s %s", between, user->name.text, user->until);
                        bakery__buf_format(text, " %s", user->groups.at[k].text);
                        begun = true;
                }
                if (begun)
                        between = ";";
        }
}
