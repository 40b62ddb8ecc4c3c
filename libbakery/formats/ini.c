#include "formats/ini.h"

#include <string.h>

#include "base/buf.h"

/* A file on its way. */
struct reader {
        struct ini *ini;
        enum ini_file file;
        const char *path; /* a copy in the arena */
        unsigned line;
        bool seen_section;
        struct ini_section *section;   /* NULL: none yet, or one that is ignored */
        struct ini_property *property; /* under construction; NULL: none */
        bool in_property;              /* also in one that is ignored */
        bool has_sub_properties;
        size_t indent; /* of the property: what stands deeper goes on with it */
        struct buf value;
};

static bakery_status refuse(const struct reader *reader, bakery_status st, const char *why, bakery_error **err)
{
        bakery__fail(err, st, "%s:%u: %s", reader->path, reader->line, why);
        bakery__error_place(err, reader->path, reader->line, 0);
        return st;
}

static bool is_blank(char c)
{
        return c == ' ' || c == '\t';
}

/* What AWS takes for the name of a profile, a session or a property. */
static bool is_name(struct span text)
{
        return text.len > 0 && bakery__str_only(text, "-_/.%@:+");
}

static struct span behind(struct span text, size_t len)
{
        return (struct span){ text.at + len, text.len - len };
}

/* Where c stands in text; its length when it does not. */
static size_t find(struct span text, char c)
{
        const char *found = text.len > 0 ? memchr(text.at, c, text.len) : NULL;

        return found ? (size_t)(found - text.at) : text.len;
}

/* Without a comment, which begins at a '#' or ';' behind white space. */
static struct span before_comment(struct span text)
{
        for (size_t i = 1; i < text.len; i++)
                if ((text.at[i] == '#' || text.at[i] == ';') && is_blank(text.at[i - 1]))
                        return (struct span){ text.at, i };
        return text;
}

const struct ini_property *bakery__ini_property(const struct ini_section *section, const char *name)
{
        for (const struct ini_property *p = section ? section->first : NULL; p; p = p->next)
                if (strcmp(p->name, name) == 0)
                        return p;
        return NULL;
}

const char *bakery__ini_value(const struct ini_section *section, const char *name)
{
        const struct ini_property *property = bakery__ini_property(section, name);

        return property ? property->value : NULL;
}

/* Hangs the finished property into its section, or puts its value into the one that is there. */
static bakery_status end_property(struct reader *reader, bakery_error **err)
{
        struct ini_property *property = reader->property;
        struct ini_section *section = reader->section;

        reader->property = NULL;
        reader->in_property = reader->has_sub_properties = false;
        if (!property)
                return BAKERY_OK;
        if (reader->value.full)
                return refuse(reader, BAKERY_ERR_LIMIT, "a value is longer than 65536 bytes", err);
        property->value = bakery__arena_copy(&reader->ini->arena, (struct span){ reader->value.at, reader->value.len });
        if (!property->value || reader->value.no_memory)
                return bakery__fail_memory(err);

        for (struct ini_property *old = section->first; old; old = old->next) {
                if (strcmp(old->name, property->name) != 0)
                        continue;
                property->next = old->next;
                *old = *property;
                return BAKERY_OK;
        }
        if (++section->count > INI_MAX_PROPERTIES)
                return refuse(reader, BAKERY_ERR_LIMIT, "a section has more than 1000 properties", err);
        if (section->last)
                section->last->next = property;
        else
                section->first = property;
        section->last = property;
        return BAKERY_OK;
}

static bakery_status new_section(struct reader *reader, enum ini_kind kind, struct span name, bakery_error **err)
{
        struct ini *ini = reader->ini;
        struct ini_section *section = bakery__arena_alloc(&ini->arena, sizeof *section);

        if (++ini->count > INI_MAX_SECTIONS)
                return refuse(reader, BAKERY_ERR_LIMIT, "more than 50000 sections", err);
        if (!section || !(section->name = bakery__arena_copy(&ini->arena, name)))
                return bakery__fail_memory(err);
        section->kind = kind;
        if (bakery__map_add(&ini->by_name[kind], bakery__span(section->name), section, NULL) == MAP_NO_MEMORY)
                return bakery__fail_memory(err);
        if (ini->last)
                ini->last->next = section;
        else
                ini->first = section;
        ini->last = section;
        reader->section = section;
        return BAKERY_OK;
}

/* "[default]" and "[profile default]" in one config file: only the second counts, wherever it stands. */
static void prefer_prefixed(struct reader *reader, bool prefixed)
{
        struct ini_section *section = reader->section;

        if (reader->file != INI_CONFIG || section->kind != INI_PROFILE)
                return;
        if (section->prefixed && !prefixed)
                reader->section = NULL;
        if (!section->prefixed && prefixed) {
                section->first = section->last = NULL;
                section->count = 0;
        }
        section->prefixed |= prefixed;
}

static bakery_status enter_section(struct reader *reader, enum ini_kind kind, struct span name, bool prefixed,
                                   bakery_error **err)
{
        /* Quoted names are not in AWS's own description, but its CLI reads and writes them. */
        const bool quoted =
                name.len > 2 && (name.at[0] == '"' || name.at[0] == '\'') && name.at[name.len - 1] == name.at[0];

        if (quoted)
                name = (struct span){ name.at + 1, name.len - 2 };
        else if (!is_name(name))
                return BAKERY_OK;
        reader->section = bakery__map_get(&reader->ini->by_name[kind], name);
        if (!reader->section) {
                bakery_status st = new_section(reader, kind, name, err);

                if (st)
                        return st;
        }
        prefer_prefixed(reader, prefixed);
        return BAKERY_OK;
}

/* "profile foo", "sso-session foo", "default": what stands in the brackets of the config file. */
static bakery_status enter_config_section(struct reader *reader, struct span text, bakery_error **err)
{
        static const struct {
                const char *word;
                enum ini_kind kind;
        } words[] = {
                { "profile", INI_PROFILE },
                { "sso-session", INI_SSO_SESSION },
                { "services", INI_SERVICES },
        };
        size_t len = 0;

        if (bakery__span_is(text, "default"))
                return enter_section(reader, INI_PROFILE, text, false, err);
        while (len < text.len && !is_blank(text.at[len]))
                len++;
        for (size_t i = 0; i < N_ELEMENTS(words); i++)
                if (bakery__span_is((struct span){ text.at, len }, words[i].word))
                        return enter_section(reader, words[i].kind, bakery__span_trim(behind(text, len)), true, err);
        return BAKERY_OK;
}

static bakery_status read_section(struct reader *reader, struct span line, bakery_error **err)
{
        size_t end = find(line, ']');
        bakery_status st = end_property(reader, err);

        if (st)
                return st;
        if (end == line.len)
                return refuse(reader, BAKERY_ERR_CONFIG, "Profile definition must end with ']'", err);
        reader->seen_section = true;
        reader->section = NULL;

        struct span text = bakery__span_trim((struct span){ line.at + 1, end - 1 });
        if (reader->file == INI_CONFIG)
                return enter_config_section(reader, text, err);
        return enter_section(reader, INI_PROFILE, text, false, err);
}

static bakery_status begin_property(struct reader *reader, struct span name, struct span value, bakery_error **err)
{
        struct arena *arena = &reader->ini->arena;
        struct ini_property *property = bakery__arena_alloc(arena, sizeof *property);
        char *lower = bakery__arena_copy(arena, name);

        if (!property || !lower)
                return bakery__fail_memory(err);
        for (char *c = lower; *c; c++)
                *c = bakery__ascii_lower(*c);
        *property = (struct ini_property){ .name = lower, .file = reader->path, .line = reader->line };
        reader->property = property;
        reader->has_sub_properties = value.len == 0;
        reader->value.len = 0;
        bakery__buf_add(&reader->value, value.at, value.len);
        return BAKERY_OK;
}

static bakery_status read_property(struct reader *reader, struct span line, size_t indent, bakery_error **err)
{
        size_t equals = find(line, '=');
        bakery_status st = end_property(reader, err);

        if (st)
                return st;
        if (!reader->seen_section)
                return refuse(reader, BAKERY_ERR_CONFIG, "Expected a profile definition", err);
        reader->in_property = true;
        reader->indent = indent;
        if (!reader->section)
                return BAKERY_OK;
        if (equals == line.len)
                return refuse(reader, BAKERY_ERR_CONFIG,
                              indent > 0 ? "Expected a property definition, found continuation"
                                         : "Expected an '=' sign defining a property",
                              err);
        struct span name = bakery__span_trim((struct span){ line.at, equals });
        struct span value = bakery__span_trim(before_comment(behind(line, equals + 1)));
        if (name.len == 0)
                return refuse(reader, BAKERY_ERR_CONFIG, "Property did not have a name", err);
        return is_name(name) ? begin_property(reader, name, value, err) : BAKERY_OK;
}

static bakery_status read_continuation(struct reader *reader, struct span line, bakery_error **err)
{
        size_t equals = find(line, '=');

        if (!reader->property)
                return BAKERY_OK;
        if (reader->has_sub_properties && equals == line.len)
                return refuse(reader, BAKERY_ERR_CONFIG, "Expected an '=' sign defining a sub-property", err);
        if (reader->has_sub_properties && bakery__span_trim((struct span){ line.at, equals }).len == 0)
                return refuse(reader, BAKERY_ERR_CONFIG, "Sub-property did not have a name", err);
        bakery__buf_char(&reader->value, '\n');
        bakery__buf_add(&reader->value, line.at, line.len);
        return BAKERY_OK;
}

static bakery_status read_line(struct reader *reader, struct span line, bakery_error **err)
{
        size_t indent = 0;

        if (line.len > INI_MAX_LINE_BYTES)
                return refuse(reader, BAKERY_ERR_LIMIT, "a line is longer than 65536 bytes", err);
        while (indent < line.len && is_blank(line.at[indent]))
                indent++;
        line = bakery__span_trim(line);
        /* The AWS CLI takes an indented comment for one, too. */
        if (line.len == 0 || line.at[0] == '#' || line.at[0] == ';')
                return BAKERY_OK;
        /* It also reads sections that are indented as a whole: only what stands deeper than its property goes on. */
        if (reader->in_property && indent > reader->indent)
                return read_continuation(reader, line, err);
        if (line.at[0] == '[')
                return read_section(reader, line, err);
        return read_property(reader, line, indent, err);
}

static bakery_status read_lines(struct reader *reader, struct span text, bakery_error **err)
{
        while (text.len > 0) {
                size_t len = find(text, '\n');

                reader->line++;
                bakery_status st = read_line(reader, (struct span){ text.at, len }, err);
                if (st)
                        return st;
                text = behind(text, len < text.len ? len + 1 : len);
        }
        return end_property(reader, err);
}

bakery_status bakery__ini_add(struct ini *ini, enum ini_file file, const char *path, struct span text,
                              bakery_error **err)
{
        struct reader reader = { .ini = ini,
                                 .file = file,
                                 .path = bakery__arena_copy(&ini->arena, bakery__span(path)) };

        if (!reader.path)
                return bakery__fail_memory(err);
        if (text.len > INI_MAX_BYTES)
                return bakery__fail(err, BAKERY_ERR_LIMIT, "%s: larger than %d bytes", path, INI_MAX_BYTES);
        if (text.len > 0 && memchr(text.at, '\0', text.len))
                return bakery__fail(err, BAKERY_ERR_CONFIG, "%s: no text file: it has a NUL byte", path);
        if (text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0)
                text = behind(text, 3);

        reader.value = (struct buf){ .max = INI_MAX_LINE_BYTES, .secret = true };
        bakery_status st = read_lines(&reader, text, err);
        bakery__buf_clear(&reader.value);
        return st;
}

const struct ini_section *bakery__ini_find(const struct ini *ini, enum ini_kind kind, const char *name)
{
        return bakery__map_get(&ini->by_name[kind], bakery__span(name));
}

bool bakery__ini_sub_value(const char *value, const char *name, struct span *ret)
{
        for (struct span rest = bakery__span(value); rest.len > 0;) {
                size_t len = find(rest, '\n');
                struct span line = { rest.at, len };
                size_t equals = find(line, '=');

                if (equals < len && bakery__span_equal_nocase(bakery__span_trim((struct span){ line.at, equals }),
                                                              bakery__span(name))) {
                        *ret = bakery__span_trim(behind(line, equals + 1));
                        return true;
                }
                rest = behind(rest, len < rest.len ? len + 1 : len);
        }
        return false;
}

void bakery__ini_clear(struct ini *ini)
{
        for (size_t i = 0; i < N_ELEMENTS(ini->by_name); i++)
                bakery__map_clear(&ini->by_name[i]);
        bakery__arena_clear(&ini->arena);
        *ini = (struct ini){ 0 };
}
