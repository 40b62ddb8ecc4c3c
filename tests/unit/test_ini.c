#include "formats/ini.h"

#include <check.h>
#include <string.h>

#include "base/buf.h"

Suite *ini_suite(void);

static const char *const kind_names[INI_N_KINDS] = { "profile", "sso", "services" };

/* "profile foo{name=value name2=value2} ..." with newlines shown as '|'. */
static void show(struct buf *into, const struct ini *ini)
{
        bakery__buf_text(into, "");
        for (const struct ini_section *section = ini->first; section; section = section->next) {
                bakery__buf_format(into, "%s%s %s{", section == ini->first ? "" : " ", kind_names[section->kind],
                                   section->name);
                for (const struct ini_property *p = section->first; p; p = p->next)
                        bakery__buf_format(into, "%s%s=%s", p == section->first ? "" : " ", p->name, p->value);
                bakery__buf_char(into, '}');
        }
        for (size_t i = 0; i < into->len; i++)
                if (into->at[i] == '\n')
                        into->at[i] = '|';
}

/* What AWS's published cases leave open; mostly what its CLI reads without a word. */
static const struct {
        const char *what, *config, *credentials, *shown;
} readings[] = {
        { "nothing at all", "", "", "" },
        { "byte order mark", "\xef\xbb\xbf[default]\na=1\n", NULL, "profile default{a=1}" },
        { "no newline at the end", NULL, "[a]\nb=c", "profile a{b=c}" },
        { "a section that is indented as a whole", "[default]\n  a = 1\n  b = 2\n", NULL, "profile default{a=1 b=2}" },
        { "sub-properties in such a section", "[default]\n  s3 =\n    x = 1\n  b = 2\n", NULL,
          "profile default{s3=|x = 1 b=2}" },
        { "an indented section", "  [profile x]\n  a = 1\n", NULL, "profile x{a=1}" },
        { "an indented comment goes on with nothing", "[default]\na = 1\n  # b\n  ; c\n  d\n", NULL,
          "profile default{a=1|d}" },
        { "text behind the bracket", "[profile x] text\na=1\n", NULL, "profile x{a=1}" },
        { "quoted names", "[profile \"a b\"]\nx=1\n[profile 'c']\ny=1\n", NULL, "profile a b{x=1} profile c{y=1}" },
        { "an empty quoted name", "[profile \"\"]\nx=1\n", NULL, "" },
        { "empty brackets", "[]\nx=1\n[profile]\ny=1\n", "[]\nz=1", "" },
        { "services and sso-session", "[services s]\nsts =\n  endpoint_url = http://x\n[sso-session n]\nsso_region=r\n",
          NULL, "services s{sts=|endpoint_url = http://x} sso n{sso_region=r}" },
        { "one name in three kinds", "[profile n]\na=1\n[services n]\na=2\n[sso-session n]\na=3", NULL,
          "profile n{a=1} services n{a=2} sso n{a=3}" },
        { "what is ignored need not be right", "[plugins]\nno equals\n = x\n[profile a]\nb=c\n", NULL,
          "profile a{b=c}" },
        { "a property that is ignored takes its continuations along", "[profile a]\nb c = 1\n  d = 2\ne=3\n", NULL,
          "profile a{e=3}" },
        { "names without case, the last one wins in its first place", "[default]\nRegion=a\nx=1\nREGION=b\n", NULL,
          "profile default{region=b x=1}" },
        { "the last one wins and others may follow", "[default]\na=1\na=2\nb=3\n", NULL, "profile default{a=2 b=3}" },
        { "profile names with case", "[profile A]\nx=1\n[profile a]\nx=2\n", NULL, "profile A{x=1} profile a{x=2}" },
        { "credentials win", "[default]\na=1\nb=1\n", "[default]\nb=2\nc=2\n", "profile default{a=1 b=2 c=2}" },
        { "a prefixed default hides the other, and meets the credentials", "[default]\na=1\n[profile default]\nb=1\n",
          "[default]\nc=2\n", "profile default{b=1 c=2}" },
        { "a prefixed default hides the other that follows",
          "[profile default]\nb=1\n[default]\na=1\n[profile default]\nc=1\n", NULL, "profile default{b=1 c=1}" },
        { "what goes on with a property that is ignored is no section", "[plugins]\na=1\n [default]\nb=2\n", NULL, "" },
        { "carriage returns", "[default]\r\na = 1\r\n  b\r\n\r\nc=2\r\n", NULL, "profile default{a=1|b c=2}" },
        { "a value that looks like a comment", "[default]\na=#1\nb= ;c\nd = e #f\n", NULL,
          "profile default{a=#1 b= d=e}" },
        { "a value that looks like a section", "[default]\na=1\n [x]\n", NULL, "profile default{a=1|[x]}" },
};

START_TEST(reads)
{
        AUTO_CLEAR(ini) ini = { 0 };
        AUTO_CLEAR(buf) shown = { .max = 10000 };
        AUTO_PTR(bakery_error) err = NULL;
        bakery_status st = BAKERY_OK;

        if (readings[_i].config)
                st = bakery__ini_add(&ini, INI_CONFIG, "config", bakery__span(readings[_i].config), &err);
        if (!st && readings[_i].credentials)
                st = bakery__ini_add(&ini, INI_CREDENTIALS, "credentials", bakery__span(readings[_i].credentials),
                                     &err);
        ck_assert_msg(st == BAKERY_OK, "%s: %s", readings[_i].what, bakery_error_message(err));
        show(&shown, &ini);
        ck_assert_msg(strcmp(shown.at, readings[_i].shown) == 0, "%s: '%s'", readings[_i].what, shown.at);
}
END_TEST

static const struct {
        const char *text;
        unsigned line;
        const char *says;
} refusals[] = {
        { "CANARY = 1\n", 1, "Expected a profile definition" },
        { "\n\n CANARY\n", 3, "Expected a profile definition" },
        { "[default]\nCANARY\n", 2, "Expected an '=' sign defining a property" },
        { "[default]\n\n  CANARY\n", 3, "Expected a property definition, found continuation" },
        { "[default]\n= CANARY\n", 2, "Property did not have a name" },
        { "[default]\na=1\n[CANARY\n", 3, "Profile definition must end with ']'" },
        { "[default]\ns3 =\n  CANARY\n", 3, "Expected an '=' sign defining a sub-property" },
        { "[default]\ns3 =\n  = CANARY\n", 3, "Sub-property did not have a name" },
};

static void ck_refused(struct span text, bakery_status status, unsigned line, const char *says)
{
        AUTO_CLEAR(ini) ini = { 0 };
        AUTO_CLEAR(ini) again = { 0 };
        AUTO_PTR(bakery_error) err = NULL;

        ck_assert_msg(bakery__ini_add(&ini, INI_CONFIG, "/home/x/config", text, &err) == status, "%s: '%s'", says,
                      bakery_error_message(err));
        ck_assert_msg(strstr(bakery_error_message(err), says), "'%s' is not in '%s'", says, bakery_error_message(err));
        ck_assert_msg(strstr(bakery_error_message(err), "/home/x/config"), "%s", bakery_error_message(err));
        ck_assert_msg(!strstr(bakery_error_message(err), "CANARY"), "%s", bakery_error_message(err));
        ck_assert_uint_eq(bakery_error_line(err), line);
        ck_assert_int_eq(bakery__ini_add(&again, INI_CONFIG, "config", text, NULL), status);
}

START_TEST(refuses_with_file_and_line_only)
{
        ck_refused(bakery__span(refusals[_i].text), BAKERY_ERR_CONFIG, refusals[_i].line, refusals[_i].says);
}
END_TEST

START_TEST(refuses_nul_bytes)
{
        static const char text[] = "[default]\na=1\0CANARY\n";

        ck_refused((struct span){ text, sizeof text - 1 }, BAKERY_ERR_CONFIG, 0, "NUL byte");
}
END_TEST

static struct span span_of(const struct buf *buf)
{
        return (struct span){ buf->at, buf->len };
}

START_TEST(lines_and_values_have_limits)
{
        AUTO_CLEAR(ini) ini = { 0 };
        AUTO_CLEAR(buf) text = { .max = 10 << 20 };

        bakery__buf_text(&text, "[default]\na=");
        bakery__buf_repeat(&text, 'x', INI_MAX_LINE_BYTES - 2);
        ck_assert_int_eq(bakery__ini_add(&ini, INI_CONFIG, "config", span_of(&text), NULL), BAKERY_OK);
        ck_assert_uint_eq(strlen(bakery__ini_value(bakery__ini_find(&ini, INI_PROFILE, "default"), "a")),
                          INI_MAX_LINE_BYTES - 2);
        bakery__buf_char(&text, 'x');
        ck_refused(span_of(&text), BAKERY_ERR_LIMIT, 2, "a line is longer than 65536 bytes");

        text.len = 0;
        bakery__buf_text(&text, "[default]\na=1\n");
        for (int i = 0; i < 40000; i++)
                bakery__buf_text(&text, " b\n");
        ck_refused(span_of(&text), BAKERY_ERR_LIMIT, 40002, "a value is longer than 65536 bytes");
}
END_TEST

START_TEST(sections_and_properties_have_limits)
{
        AUTO_CLEAR(ini) ini = { 0 };
        AUTO_CLEAR(buf) text = { .max = 20 << 20 };

        for (int i = 0; i < INI_MAX_SECTIONS; i++)
                bakery__buf_format(&text, "[profile p%d]\na=1\n", i);
        ck_assert_int_eq(bakery__ini_add(&ini, INI_CONFIG, "config", span_of(&text), NULL), BAKERY_OK);
        ck_assert_ptr_nonnull(bakery__ini_find(&ini, INI_PROFILE, "p49999"));
        bakery__buf_text(&text, "[profile one-more]\n");
        ck_refused(span_of(&text), BAKERY_ERR_LIMIT, 2 * INI_MAX_SECTIONS + 1, "more than 50000 sections");

        text.len = 0;
        bakery__buf_text(&text, "[default]\n");
        for (int i = 0; i < INI_MAX_PROPERTIES; i++)
                bakery__buf_format(&text, "p%d=1\n", i);
        bakery__ini_clear(&ini);
        ck_assert_int_eq(bakery__ini_add(&ini, INI_CONFIG, "config", span_of(&text), NULL), BAKERY_OK);
        bakery__buf_text(&text, "one-more=1\n");
        ck_refused(span_of(&text), BAKERY_ERR_LIMIT, INI_MAX_PROPERTIES + 2, "more than 1000 properties");

        bakery__buf_repeat(&text, '\n', INI_MAX_BYTES);
        ck_refused(span_of(&text), BAKERY_ERR_LIMIT, 0, "larger than 8388608 bytes");
}
END_TEST

START_TEST(tells_where_a_value_was_written)
{
        AUTO_CLEAR(ini) ini = { 0 };

        ck_assert_int_eq(bakery__ini_add(&ini, INI_CONFIG, "c", bakery__span("[default]\na=1\nb=1\n"), NULL),
                         BAKERY_OK);
        ck_assert_int_eq(bakery__ini_add(&ini, INI_CREDENTIALS, "d", bakery__span("\n\n[default]\nb=2\n"), NULL),
                         BAKERY_OK);
        const struct ini_section *section = bakery__ini_find(&ini, INI_PROFILE, "default");
        const struct ini_property *a = bakery__ini_property(section, "a"), *b = bakery__ini_property(section, "b");

        ck_assert_str_eq(a->file, "c");
        ck_assert_uint_eq(a->line, 2);
        ck_assert_str_eq(b->file, "d");
        ck_assert_uint_eq(b->line, 4);
        ck_assert_ptr_null(bakery__ini_value(section, "c"));
        ck_assert_ptr_null(bakery__ini_value(NULL, "a"));
        ck_assert_ptr_null(bakery__ini_find(&ini, INI_SSO_SESSION, "default"));
}
END_TEST

static const struct {
        const char *value, *name, *found; /* NULL: none */
} sub_values[] = {
        { "\nendpoint_url = http://x\nregion = y", "endpoint_url", "http://x" },
        { "\nendpoint_url = http://x\nregion = y", "region", "y" },
        { "\nEndpoint_URL =a=b", "endpoint_url", "a=b" },
        { "\nendpoint_url =", "endpoint_url", "" },
        { "\nendpoint_url2 = a", "endpoint_url", NULL },
        { "a", "a", NULL },
        { "", "a", NULL },
};

START_TEST(finds_sub_values)
{
        struct span found = { NULL, 0 };
        bool is_there = bakery__ini_sub_value(sub_values[_i].value, sub_values[_i].name, &found);

        ck_assert_msg(is_there == (sub_values[_i].found != NULL), "%s", sub_values[_i].value);
        ck_assert_msg(!is_there || bakery__span_is(found, sub_values[_i].found), "%.*s", (int)found.len, found.at);
}
END_TEST

Suite *ini_suite(void)
{
        Suite *suite = suite_create("ini");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, reads, 0, (int)N_ELEMENTS(readings));
        tcase_add_loop_test(tcase, refuses_with_file_and_line_only, 0, (int)N_ELEMENTS(refusals));
        tcase_add_test(tcase, refuses_nul_bytes);
        tcase_add_test(tcase, lines_and_values_have_limits);
        tcase_add_test(tcase, sections_and_properties_have_limits);
        tcase_add_test(tcase, tells_where_a_value_was_written);
        tcase_add_loop_test(tcase, finds_sub_values, 0, (int)N_ELEMENTS(sub_values));
        suite_add_tcase(suite, tcase);
        return suite;
}
