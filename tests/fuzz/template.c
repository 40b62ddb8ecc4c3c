/* Any text as a template, and its facts: it ends, it does not grow, and compared with itself nothing differs. */
#include "deploy/facts_compare.h"
#include "target.h"

/* Short forms become long ones, and what is no text gets quotes: no byte is worth more than that. */
enum { GROWTH = 16, FRAME_BYTES = 64 };

static void check_tree(const struct json *template, size_t size)
{
        AUTO_CLEAR(json) again = { 0 };
        AUTO_CLEAR(buf) text = { .max = 64 << 20 };

        MUST(bakery__json_print(template, JSON_COMPACT, &text, "template", NULL) == BAKERY_OK);
        MUST(text.len <= size * GROWTH + FRAME_BYTES);
        MUST(bakery__json_parse((struct span){ text.at, text.len }, "template", &again, NULL) == BAKERY_OK);
        MUST(bakery__json_equal(template->root, again.root));
}

static void check_facts(const struct json *template)
{
        static const struct parameter parameters[] = { { "TeamName", "MyTeam" }, { "Environment", "Prod" } };
        AUTO_CLEAR(facts) facts = { 0 };
        AUTO_CLEAR(differences) found = { 0 };
        const struct resolve_scope scope = { .template = template->root,
                                             .stack_name = "S",
                                             .account_id = "222222222222",
                                             .partition = "aws",
                                             .parameters = parameters,
                                             .n_parameters = N_ELEMENTS(parameters) };

        if (bakery__facts_add_template(&facts, &scope, NULL))
                return;
        MUST(bakery__facts_compare(&facts, &facts, &found, NULL) == BAKERY_OK);
        MUST(found.count == 0 && found.n_moved == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        AUTO_CLEAR(json) template = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        struct span text = { size ? (const char *)bytes : "", size };
        bakery_status st = bakery__template_parse(text, "template", NULL, &template, &err);

        MUST(st == BAKERY_OK || ((st == BAKERY_ERR_FORMAT || st == BAKERY_ERR_LIMIT) && err && !template.root));
        if (!st)
                check_tree(&template, size);
        if (!st)
                check_facts(&template);
        return 0;
}
