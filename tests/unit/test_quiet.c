#include <bakery/bakery.h>
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

Suite *quiet_suite(void);

/* The library never prints: it is given every chance to. */
static void do_everything(const char *folder)
{
        static const char *const texts[] = {
                OWN ENVIRONMENTS TYPES "AdminGroups: x\n", "a: *b\n", "a: [\n", "", "x: 1\n", "\xff", OWN "Region: [\n",
        };

        for (size_t i = 0; i < N_ELEMENTS(texts); i++) {
                bakery_report *report = bakery_report_new();
                bakery_config *config = NULL;
                bakery_error *err = NULL;
                char *text = NULL;

                bakery_config_load_text(texts[i], strlen(texts[i]), "config.yml", report, &config, &err);
                for (int format = 0; format < 4; format++) {
                        bakery_report_print(report, (bakery_report_format)format, &text, NULL);
                        bakery_free(text);
                        text = NULL;
                }
                if (config) {
                        bakery_templates_write(config, folder, NULL, NULL, &err);
                        bakery_templates_write(config, "/proc/nowhere", NULL, NULL, &err);
                }
                bakery_config_load_file("/nonexistent", NULL, &config, &err);
                bakery_error_free(err);
                bakery_report_free(report);
                bakery_config_free(config);
        }
}

START_TEST(nothing_is_printed)
{
        char *folder = new_folder();
        AUTO_FREE char *path = path_to(folder, "printed");
        int out = dup(1), err = dup(2), file = open(path, O_RDWR | O_CREAT, 0600);
        struct stat about;

        fflush(NULL);
        dup2(file, 1);
        dup2(file, 2);
        do_everything(folder);
        fflush(NULL);
        dup2(out, 1);
        dup2(err, 2);
        ck_assert_int_eq(fstat(file, &about), 0);
        ck_assert_int_eq(about.st_size, 0);
        close(out);
        close(err);
        close(file);
        remove_folder(folder);
}
END_TEST

Suite *quiet_suite(void)
{
        Suite *suite = suite_create("quiet");
        TCase *tcase = tcase_create("quiet");

        tcase_add_test(tcase, nothing_is_printed);
        suite_add_tcase(suite, tcase);
        return suite;
}
