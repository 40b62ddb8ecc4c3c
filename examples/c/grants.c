/*
 * What a program does with libbakery: load a configuration, show what is odd about it, walk the grants, and make one
 * template in memory.
 *
 *      make && ./grants ../secure.yml burger_account.json
 */
#include <stdio.h>
#include <string.h>

#include <bakery/bakery.h>

/* Every finding, as compilers print them: file, line, column, and what to do. */
static bakery_status print_findings(const bakery_report *report, bakery_error **err)
{
        char *text = NULL;
        bakery_status st = bakery_report_print(report, BAKERY_REPORT_TEXT, &text, err);

        if (st == BAKERY_OK)
                fputs(text, stderr);
        bakery_free(text);
        return st;
}

/* One line a grant: the group, the role in one account, and what a member must show to enter it. */
static bakery_status print_grants(const bakery_config *config, bakery_error **err)
{
        bakery_grants *grants = NULL;
        bakery_status st = bakery_grants_new(config, NULL, &grants, err);

        while (st == BAKERY_OK && bakery_grants_next(grants))
                printf("%-24s %s%s\n", bakery_grants_group_name(grants), bakery_grants_role_arn(grants),
                       bakery_group_requires_mfa(bakery_grants_group(grants)) ? "  (MFA)" : "");
        bakery_grants_free(grants);
        return st;
}

static bakery_status print_template(const bakery_config *config, const char *file, bakery_error **err)
{
        for (size_t i = 0; i < bakery_template_count(config); i++) {
                char *json = NULL;
                size_t size_bytes;

                if (strcmp(bakery_template_file(config, i), file) != 0)
                        continue;

                bakery_status st = bakery_template_emit(config, i, &json, &size_bytes, err);
                if (st == BAKERY_OK)
                        fwrite(json, 1, size_bytes, stdout);
                bakery_free(json);
                return st;
        }
        fprintf(stderr, "grants: this configuration makes no %s\n", file);
        return BAKERY_ERR_NOT_FOUND;
}

int main(int argc, char **argv)
{
        bakery_report *report = bakery_report_new();
        bakery_config *config = NULL;
        bakery_error *err = NULL;

        if (argc < 2 || argc > 3) {
                fputs("usage: grants CONFIG [TEMPLATE]\n", stderr);
                bakery_report_free(report);
                return 2;
        }

        bakery_status st = bakery_config_load_file(argv[1], report, &config, &err);
        if (report) /* without one, the error still holds the first mistake */
                print_findings(report, NULL);
        if (st == BAKERY_OK)
                st = print_grants(config, &err);
        if (st == BAKERY_OK && argc == 3)
                st = print_template(config, argv[2], &err);

        if (err)
                fprintf(stderr, "grants: %s\n", bakery_error_message(err));
        if (bakery_error_hint(err))
                fprintf(stderr, "  %s\n", bakery_error_hint(err));
        bakery_error_free(err);
        bakery_config_free(config);
        bakery_report_free(report);
        return st == BAKERY_OK ? 0 : 1;
}
