#include "formats/yaml.h"

#include <string.h>
#include <yaml.h>

#include "base/map.h"

enum { MAX_DEPTH = 64, MAPPING_SEARCHED_LINE_BY_LINE = 16 };

struct reading {
        yaml_parser_t parser;
        struct span text;
        const char *file;
        struct arena *arena;
        bakery_report *report;
        bool template; /* of CloudFormation: tags are kept, the last of a key that stands twice holds */
        struct yaml_node *root;
        struct yaml_node *open[MAX_DEPTH]; /* the collections we are in, outermost first */
        size_t depth;
        size_t skipped; /* collections that are passed over, counted from the outermost of them */
        size_t documents;
        const char *key; /* read, its value still to come */
        struct place key_place;
};

/* Stands for a key that was refused, until its mapping is closed: known by its address. */
static const char refused_key[] = "";

static struct place place_of(yaml_mark_t mark)
{
        return (struct place){ (unsigned)mark.line + 1, (unsigned)mark.column + 1 };
}

static struct finding *refuse(struct reading *in, const char *rule, struct place place, const char *sentence)
{
        return bakery__report_add(in->report, BAKERY_SEVERITY_ERROR, rule, in->file, place, "%s", sentence);
}

static bool starts_with_bom(struct span text)
{
        return bakery__span_starts(text, "\xef\xbb\xbf");
}

/* libyaml gives a byte offset when the bytes themselves are at fault. */
static struct place place_of_offset(struct span text, size_t offset)
{
        struct place place = { 1, 1 };

        for (size_t i = starts_with_bom(text) ? 3 : 0; i < offset && i < text.len; i++) {
                bool newline = text.at[i] == '\n';
                bool continues = ((unsigned char)text.at[i] & 0xc0) == 0x80; /* columns count characters */

                place.line += newline;
                place.column = newline ? 1 : place.column + !continues;
        }
        return place;
}

/* Line ends that YAML knows and editors do not show: what stands behind one looks like a part of the comment before. */
static size_t find_hidden_line_end(struct span text)
{
        static const char *const hidden[] = { "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9" }; /* NEL, LS, PS */

        for (size_t i = 0; i < text.len; i++) {
                if (text.at[i] == '\r' && (i + 1 == text.len || text.at[i + 1] != '\n'))
                        return i;
                if ((unsigned char)text.at[i] < 0x80)
                        continue;
                for (size_t k = 0; k < N_ELEMENTS(hidden); k++)
                        if (bakery__span_starts((struct span){ text.at + i, text.len - i }, hidden[k]))
                                return i;
        }
        return text.len;
}

/* The blanks that begin a line hold a tab, which YAML forbids and nobody sees. */
static bool line_begins_with_tab(struct span text, unsigned line)
{
        size_t i = 0;

        for (unsigned at = 1; at < line && i < text.len; i++)
                at += text.at[i] == '\n';
        while (i < text.len && text.at[i] == ' ')
                i++;
        return i < text.len && text.at[i] == '\t';
}

/* Where libyaml tells the end of a line or of the file, the mistake stands where what it scans began. */
static const struct {
        const char *context, *problem, *sentence;
} scanned[] = {
        { "while scanning a simple key", "could not find expected ':'", "a key needs a colon and a blank behind it" },
        { "while scanning a quoted scalar", "found unexpected end of stream", "a quote begins here and does not end" },
};

static const char *rephrase(const yaml_parser_t *parser, struct place *ret_place)
{
        for (size_t i = 0; parser->context && i < N_ELEMENTS(scanned); i++) {
                if (strcmp(parser->context, scanned[i].context) == 0 &&
                    strcmp(parser->problem, scanned[i].problem) == 0) {
                        *ret_place = place_of(parser->context_mark);
                        return scanned[i].sentence;
                }
        }
        return parser->problem;
}

static bakery_status fail_syntax(struct reading *in, bakery_error **err)
{
        const yaml_parser_t *parser = &in->parser;
        struct place place = place_of(parser->problem_mark);

        /* Where memory ends while tags are resolved, libyaml fails and names no error at all. */
        if (parser->error == YAML_MEMORY_ERROR || !parser->problem)
                return bakery__fail_memory(err);

        const char *problem = rephrase(parser, &place);
        if (parser->error == YAML_READER_ERROR)
                place = place_of_offset(in->text, parser->problem_offset);
        if (parser->error == YAML_SCANNER_ERROR && line_begins_with_tab(in->text, place.line))
                problem = "a tab cannot indent, use spaces";
        struct finding *finding = bakery__report_add(in->report, BAKERY_SEVERITY_ERROR, "yaml-syntax", in->file, place,
                                                     "no valid YAML: %s", problem);
        if (strstr(problem, "UTF-8"))
                bakery__report_hint(in->report, finding, "save the file as UTF-8");
        return BAKERY_ERR_FORMAT;
}

static void append(struct yaml_node *parent, struct yaml_node *child)
{
        if (parent->last)
                parent->last->next = child;
        else
                parent->first = child;
        parent->last = child;
        parent->count++;
}

static struct yaml_node *add_node(struct reading *in, enum yaml_kind kind, yaml_mark_t mark)
{
        struct yaml_node *node = bakery__arena_alloc(in->arena, sizeof *node);

        if (!node)
                return NULL;
        *node = (struct yaml_node){ .kind = kind, .place = place_of(mark), .key = in->key, .key_place = in->key_place };
        in->key = NULL;
        if (in->depth > 0)
                append(in->open[in->depth - 1], node);
        else
                in->root = node;
        return node;
}

static bool wants_key(const struct reading *in)
{
        return in->depth > 0 && in->open[in->depth - 1]->kind == YAML_MAPPING && !in->key;
}

/* U+0080 to U+009F; and U+FFFE and U+FFFF, which are no characters, and which libyaml makes of escapes but never reads.
 */
static bool is_hidden_character(struct span text)
{
        if (bakery__span_starts(text, "\xef\xbf\xbe") || bakery__span_starts(text, "\xef\xbf\xbf"))
                return true;
        return text.len > 1 && (unsigned char)text.at[0] == 0xc2 && (unsigned char)text.at[1] < 0xa0;
}

/* Line breaks and tabs are text; every other control character hides something. */
static bool has_control(struct span text)
{
        for (size_t i = 0; i < text.len; i++) {
                unsigned char c = (unsigned char)text.at[i];

                if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
                        return true;
                if (c >= 0x80 && is_hidden_character((struct span){ text.at + i, text.len - i }))
                        return true;
        }
        return false;
}

/*
 * Tags choose a type, and here every value is text; "!" alone says just that. In a template they name functions, which
 * have short names.
 */
static bakery_status take_tag(struct reading *in, struct yaml_node *node, const yaml_char_t *event_tag,
                              bakery_error **err)
{
        enum { LONGEST = 32 };
        const char *tag = (const char *)event_tag;

        if (!tag || strcmp(tag, "!") == 0)
                return BAKERY_OK;
        if (in->template && node->kind == YAML_SCALAR && strcmp(tag, YAML_STR_TAG) == 0) {
                node->plain = false;
                return BAKERY_OK;
        }
        if (in->template && tag[0] == '!' && strlen(tag) <= LONGEST) {
                node->tag = bakery__arena_copy(in->arena, bakery__span(tag));
                return node->tag ? BAKERY_OK : bakery__fail_memory(err);
        }
        refuse(in, "yaml-tag", node->place,
               in->template ? "a YAML tag that CloudFormation does not know"
                            : "a YAML tag is not supported: write the value without it");
        node->refused = node->kind == YAML_SCALAR;
        return BAKERY_OK;
}

static bakery_status take_key(struct reading *in, const yaml_event_t *event, struct span text, bakery_error **err)
{
        struct place place = place_of(event->start_mark);

        in->key = bakery__arena_copy(in->arena, text);
        in->key_place = place;
        if (!in->key)
                return bakery__fail_memory(err);
        if (has_control(text)) {
                refuse(in, "control-character", place, "a key has a control character");
                in->key = refused_key;
        }
        return BAKERY_OK;
}

static bakery_status take_scalar(struct reading *in, const yaml_event_t *event, bakery_error **err)
{
        struct span text = { (const char *)event->data.scalar.value, event->data.scalar.length };

        if (wants_key(in))
                return take_key(in, event, text, err);

        struct yaml_node *node = add_node(in, YAML_SCALAR, event->start_mark);
        if (node)
                node->text = bakery__arena_copy(in->arena, text);
        if (!node || !node->text)
                return bakery__fail_memory(err);
        node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        bakery_status st = take_tag(in, node, event->data.scalar.tag, err);
        if (!st && !node->refused && has_control(text)) {
                refuse(in, "control-character", node->place, "the text has a control character");
                node->refused = true;
        }
        return st;
}

/* An alias in a small file can stand for gigabytes, and one typed letter for another list of accounts. */
static bakery_status take_alias(struct reading *in, const yaml_event_t *event, bakery_error **err)
{
        struct place place = place_of(event->start_mark);

        refuse(in, "yaml-alias", place, "a YAML alias (*name) is not supported: write it out");
        if (wants_key(in)) {
                in->key = refused_key;
                in->key_place = place;
                return BAKERY_OK;
        }

        struct yaml_node *node = add_node(in, YAML_SCALAR, event->start_mark);
        if (!node)
                return bakery__fail_memory(err);
        node->text = "";
        node->refused = true;
        return BAKERY_OK;
}

static bakery_status refuse_depth(struct reading *in, const yaml_event_t *event)
{
        refuse(in, "yaml-depth", place_of(event->start_mark), "nested deeper than 64 levels");
        return BAKERY_ERR_FORMAT;
}

static bakery_status open_collection(struct reading *in, const yaml_event_t *event, bakery_error **err)
{
        bool mapping = event->type == YAML_MAPPING_START_EVENT;
        const yaml_char_t *tag = mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag;
        struct place place = place_of(event->start_mark);

        if (wants_key(in)) {
                refuse(in, "yaml-key", place, "a key must be text");
                in->key = refused_key;
                in->key_place = place;
                in->skipped = 1;
                return BAKERY_OK;
        }
        if (in->depth == MAX_DEPTH)
                return refuse_depth(in, event);

        struct yaml_node *node = add_node(in, mapping ? YAML_MAPPING : YAML_LIST, event->start_mark);
        if (!node)
                return bakery__fail_memory(err);
        in->open[in->depth++] = node;
        return take_tag(in, node, tag, err);
}

static void report_twice(struct reading *in, const struct yaml_node *again, const struct yaml_node *before)
{
        bakery_severity severity = in->template ? BAKERY_SEVERITY_WARNING : BAKERY_SEVERITY_ERROR;

        if (again->key_place.line == before->key_place.line)
                bakery__report_add(in->report, severity, "duplicate-key", in->file, again->key_place,
                                   "\"%.60s\" stands twice in line %u", again->key, again->key_place.line);
        else
                bakery__report_add(in->report, severity, "duplicate-key", in->file, again->key_place,
                                   "\"%.60s\" stands twice: in line %u and in line %u", again->key,
                                   before->key_place.line, again->key_place.line);
}

static struct yaml_node *find_before(const struct yaml_node *mapping, const struct yaml_node *child)
{
        for (struct yaml_node *other = mapping->first; other != child; other = other->next)
                if (strcmp(other->key, child->key) == 0)
                        return other;
        return NULL;
}

static void replace(struct yaml_node *before, const struct yaml_node *again)
{
        struct yaml_node *next = before->next;

        *before = *again;
        before->next = next;
}

/* Leaves one of each key in the mapping, at the place of the first. seen speeds up what would be quadratic; it may be
 * NULL. */
static bakery_status drop_repeated_keys(struct reading *in, struct yaml_node *mapping, struct map *seen,
                                        bakery_error **err)
{
        struct yaml_node *previous = NULL;

        for (struct yaml_node *child = mapping->first; child; child = child->next) {
                void *before = NULL;

                if (!seen)
                        before = find_before(mapping, child);
                else if (bakery__map_add(seen, bakery__span(child->key), child, &before) == MAP_NO_MEMORY)
                        return bakery__fail_memory(err);
                if (before) {
                        report_twice(in, child, before);
                        if (in->template)
                                replace(before, child);
                        bakery__yaml_remove(mapping, previous, child);
                } else {
                        previous = child;
                }
        }
        return BAKERY_OK;
}

static void drop_refused_keys(struct reading *in, struct yaml_node *mapping)
{
        struct yaml_node *previous = NULL;

        for (struct yaml_node *child = mapping->first; child; child = child->next) {
                bool merge = strcmp(child->key, "<<") == 0;

                if (!merge && child->key != refused_key) {
                        previous = child;
                        continue;
                }
                if (merge)
                        refuse(in, "yaml-merge", child->key_place,
                               "the YAML merge key (<<) is not supported: write the keys out");
                mapping->refused = true; /* what it lacks may be what was to be merged */
                bakery__yaml_remove(mapping, previous, child);
        }
}

static bakery_status close_collection(struct reading *in, bakery_error **err)
{
        struct yaml_node *node = in->open[--in->depth];

        if (node->kind != YAML_MAPPING)
                return BAKERY_OK;
        drop_refused_keys(in, node);
        if (node->count <= MAPPING_SEARCHED_LINE_BY_LINE)
                return drop_repeated_keys(in, node, NULL, err);

        AUTO_CLEAR(map) seen = { 0 };
        return drop_repeated_keys(in, node, &seen, err);
}

static bakery_status begin_document(struct reading *in, const yaml_event_t *event)
{
        if (event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end) {
                /* Each tag would grow to the length of the directive: a megabyte to gigabytes. */
                refuse(in, "yaml-tag", place_of(event->start_mark), "a %TAG directive is not supported");
                return BAKERY_ERR_FORMAT;
        }
        if (++in->documents == 1)
                return BAKERY_OK;
        refuse(in, "yaml-document", place_of(event->start_mark),
               "a second document begins here: one file, one document");
        return BAKERY_ERR_FORMAT;
}

/* Passes over a collection that stands where none may. libyaml's time grows with the square of its depth. */
static bakery_status skip(struct reading *in, const yaml_event_t *event)
{
        in->skipped += event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT;
        in->skipped -= event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT;
        return in->depth + in->skipped > MAX_DEPTH ? refuse_depth(in, event) : BAKERY_OK;
}

static bakery_status take(struct reading *in, const yaml_event_t *event, bakery_error **err)
{
        if (in->skipped > 0)
                return skip(in, event);
        switch (event->type) {
        case YAML_DOCUMENT_START_EVENT:
                return begin_document(in, event);
        case YAML_SCALAR_EVENT:
                return take_scalar(in, event, err);
        case YAML_ALIAS_EVENT:
                return take_alias(in, event, err);
        case YAML_MAPPING_START_EVENT:
        case YAML_SEQUENCE_START_EVENT:
                return open_collection(in, event, err);
        case YAML_MAPPING_END_EVENT:
        case YAML_SEQUENCE_END_EVENT:
                return close_collection(in, err);
        default:
                return BAKERY_OK;
        }
}

static bakery_status read_events(struct reading *in, bakery_error **err)
{
        for (;;) {
                yaml_event_t event;

                if (!yaml_parser_parse(&in->parser, &event))
                        return fail_syntax(in, err);

                bool done = event.type == YAML_STREAM_END_EVENT;
                bakery_status st = take(in, &event, err);
                yaml_event_delete(&event);
                if (done || st)
                        return st;
        }
}

/* What libyaml would take in silence. Reading on would give every line behind it another number. */
static bool check_bytes(struct reading *in)
{
        bool utf16 = bakery__span_starts(in->text, "\xff\xfe") || bakery__span_starts(in->text, "\xfe\xff");
        size_t hidden = find_hidden_line_end(in->text);

        if (utf16) {
                struct finding *finding =
                        refuse(in, "yaml-syntax", (struct place){ 1, 1 }, "no valid YAML: the file is UTF-16");

                bakery__report_hint(in->report, finding, "save the file as UTF-8");
        } else if (hidden < in->text.len) {
                refuse(in, "control-character", place_of_offset(in->text, hidden),
                       "a line ends here in a way that editors do not show (a lone CR, NEL, LS or PS)");
        }
        return !utf16 && hidden == in->text.len;
}

static bakery_status parse(struct reading *in, struct yaml_node **ret_root, bakery_error **err)
{
        if (!check_bytes(in))
                return BAKERY_ERR_FORMAT;
        if (!yaml_parser_initialize(&in->parser))
                return bakery__fail_memory(err);
        yaml_parser_set_input_string(&in->parser, (const unsigned char *)in->text.at, in->text.len);

        bakery_status st = read_events(in, err);
        yaml_parser_delete(&in->parser);
        if (st)
                return st;
        *ret_root = in->root && !(in->root->kind == YAML_SCALAR && bakery__yaml_is_null(in->root)) ? in->root : NULL;
        return BAKERY_OK;
}

bakery_status bakery__yaml_parse(struct span text, const char *file, struct arena *arena, bakery_report *report,
                                 struct yaml_node **ret_root, bakery_error **err)
{
        struct reading in = { .text = text, .file = file, .arena = arena, .report = report };

        return parse(&in, ret_root, err);
}

bakery_status bakery__yaml_parse_template(struct span text, const char *file, struct arena *arena,
                                          bakery_report *report, struct yaml_node **ret_root, bakery_error **err)
{
        struct reading in = { .text = text, .file = file, .arena = arena, .report = report, .template = true };

        return parse(&in, ret_root, err);
}

struct yaml_node *bakery__yaml_get(const struct yaml_node *mapping, const char *key)
{
        if (!mapping || mapping->kind != YAML_MAPPING)
                return NULL;
        for (struct yaml_node *child = mapping->first; child; child = child->next)
                if (strcmp(child->key, key) == 0)
                        return child;
        return NULL;
}

bool bakery__yaml_is_null(const struct yaml_node *node)
{
        static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

        for (size_t i = 0; node->kind == YAML_SCALAR && node->plain && i < N_ELEMENTS(nulls); i++)
                if (strcmp(node->text, nulls[i]) == 0)
                        return true;
        return false;
}

void bakery__yaml_remove(struct yaml_node *parent, struct yaml_node *previous, struct yaml_node *child)
{
        if (previous)
                previous->next = child->next;
        else
                parent->first = child->next;
        if (parent->last == child)
                parent->last = previous;
        parent->count--;
}
