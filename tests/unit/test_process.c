/* Running a program, and credential_process and mfa_process on top of it. */
#include "credentials/credential_process.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aws_home.h"
#include "base/time.h"
#include "credentials/command.h"
#include "credentials/mfa_process.h"
#include "support.h"

Suite *process_suite(void);

#define DOCUMENT(more) "{\"Version\": 1, \"AccessKeyId\": \"AKIA1\", \"SecretAccessKey\": \"CANARYs\"" more "}"

/* What programs do, as scripts, and what comes of it. */
static const struct {
        const char *name, *script;
        const char *says; /* NULL: keys */
        const char *token;
        int64_t expiration_s;
} programs[] = {
        { "keys", "echo '" DOCUMENT("") "'", NULL, NULL, 0 },
        { "all", "echo '" DOCUMENT(", \"SessionToken\": \"CANARYt\", \"Expiration\": \"2026-11-22T11:00:00Z\"") "'",
          NULL, "CANARYt", FAKE_NOW_S + 3600 },
        { "offset", "echo '" DOCUMENT(", \"SessionToken\": \"T\", \"Expiration\": \"2026-11-22T12:00:00.5+01:00\"") "'",
          NULL, "T", FAKE_NOW_S + 3600 },
        { "far", "echo '" DOCUMENT(", \"Expiration\": \"2126-11-22T10:00:00Z\"") "'", NULL, NULL, 4951015200 },
        { "null", "echo '" DOCUMENT(", \"SessionToken\": null, \"Expiration\": null, \"Other\": 7") "'", NULL, NULL,
          0 },
        { "silent stderr", "echo CANARYnoise >&2 && false; echo '" DOCUMENT("") "'", NULL, NULL, 0 },
        { "late",
          "echo '{\"Version\": 1,'; sleep 0.1; echo '\"AccessKeyId\": \"AKIA1\", \"SecretAccessKey\": "
          "\"CANARYs\"}'",
          NULL, NULL, 0 },
        { "noisy", "head -c 300000 /dev/zero | tr '\\0' n >&2; echo '" DOCUMENT("") "'", NULL, NULL, 0 },
        { "no input", "test \"$(cat)\" = '' && echo '" DOCUMENT("") "'", NULL, NULL, 0 },
        { "leaves a child", "sleep 60 >&- 2>&- & echo '" DOCUMENT("") "'", NULL, NULL, 0 },
        { "large enough", "head -c 60000 /dev/zero | tr '\\0' ' '; echo '" DOCUMENT("") "'", NULL, NULL, 0 },

        { .name = "exit 1", .script = "exit 1", .says = "ended with status 1" },
        { .name = "exit 3 with keys", .script = "echo '" DOCUMENT("") "'; exit 3", .says = "ended with status 3" },
        { .name = "signal", .script = "kill -9 $$", .says = "was ended by signal 9" },
        { .name = "nothing", .script = "true", .says = "is no JSON object" },
        { .name = "HTML", .script = "echo '<html>CANARY</html>'", .says = "is no JSON object" },
        { .name = "a list", .script = "echo '[1]'", .says = "is no JSON object" },
        { .name = "two objects", .script = "echo '" DOCUMENT("") DOCUMENT("") "'", .says = "is no JSON object" },
        { .name = "Version \"1\"", .script = "echo '{\"Version\": \"1\"}'", .says = "no Version that is a number" },
        { .name = "Version 1.5", .script = "echo '{\"Version\": 1.5}'", .says = "no Version that is a number" },
        { .name = "Version 2", .script = "echo '{\"Version\": 2}'", .says = "its Version is 2, and only 1 is known" },
        { .name = "no Version", .script = "echo '{}'", .says = "no Version that is a number" },
        { .name = "no key id",
          .script = "echo '{\"Version\": 1, \"SecretAccessKey\": \"CANARY\"}'",
          .says = "it has no AccessKeyId" },
        { .name = "empty secret",
          .script = "echo '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"\"}'",
          .says = "it has no SecretAccessKey" },
        { .name = "white space",
          .script = "echo '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"CANARY "
                    "x\"}'",
          .says = "contains whitespace" },
        { .name = "expired",
          .script = "echo '" DOCUMENT(", \"Expiration\": \"2026-11-22T10:00:00Z\"") "'",
          .says = "its credentials are over since 2026-11-22T10:00:00Z" },
        { .name = "no time",
          .script = "echo '" DOCUMENT(", \"Expiration\": \"tomorrow\"") "'",
          .says = "its Expiration is no time that can be read" },
        { .name = "a number of seconds",
          .script = "echo '" DOCUMENT(", \"Expiration\": 1795341601") "'",
          .says = "its Expiration is no time that can be read" },
        { .name = "too much",
          .script = "head -c 70000 /dev/zero | tr '\\0' x",
          .says = "prints more than 65536 bytes" },
        { .name = "without end", .script = "yes CANARY", .says = "prints more than 65536 bytes" },
        { .name = "stops", .script = "kill -TSTP $$; sleep 5", .says = "wants to ask at the terminal" },
};

static const struct ini_section *make_profile(struct aws_home *home, struct ini *ini, const char *setting,
                                              const char *command)
{
        char config[1000];

        snprintf(config, sizeof config, "[profile dev]\n%s = %s\n", setting, command);
        ck_assert_int_eq(bakery__ini_add(ini, INI_CONFIG, "config", bakery__span(config), NULL), BAKERY_OK);
        if (!home->wire.client)
                home_client(home);
        return bakery__ini_find(ini, INI_PROFILE, "dev");
}

static bakery_status run_command(struct aws_home *home, const char *command, bakery_credentials **ret,
                                 bakery_error **err)
{
        AUTO_CLEAR(ini) ini = { .count = 0 };
        const struct ini_section *profile = make_profile(home, &ini, "credential_process", command);

        return bakery__credential_process(home->wire.client, profile, ret, err);
}

static bakery_status run_script(struct aws_home *home, const char *script, bakery_credentials **ret, bakery_error **err)
{
        char text[4000], command[600];

        snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);
        const char *path = home_write(home, "my program", text);
        ck_assert_int_eq(chmod(path, 0700), 0);
        snprintf(command, sizeof command, "'%s' CANARYargument", path);
        return run_command(home, command, ret, err);
}

START_TEST(reads_what_a_program_prints)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        home_begin(&home, NULL, NULL);
        bakery_status st = run_script(&home, programs[_i].script, &keys, &err);
        if (programs[_i].says) {
                ck_assert_msg(st == BAKERY_ERR_CREDENTIALS, "%s: %d", programs[_i].name, st);
                ck_says(err, programs[_i].says);
                ck_says(err, "profile dev: credential_process: ");
                ck_says(err, "my program");
                ck_assert_ptr_null(keys);
        } else {
                ck_assert_msg(st == BAKERY_OK, "%s: %s", programs[_i].name, bakery_error_message(err));
                ck_assert_str_eq(bakery_credentials_access_key_id(keys), "AKIA1");
                ck_assert_str_eq(bakery_credentials_secret_access_key(keys), "CANARYs");
                ck_assert_pstr_eq(bakery_credentials_session_token(keys), programs[_i].token);
                ck_assert_int_eq(bakery_credentials_expiration_s(keys), programs[_i].expiration_s);
        }
        /* It is for debugging that the program's own words are passed on, and only there. */
        if (strcmp(programs[_i].name, "silent stderr") == 0) {
                ck_assert(home_logged(&home, "debug "));
                ck_assert(home_logged(&home, "says: CANARYnoise"));
                home.wire.log.len = 0;
                home.wire.log.at[0] = '\0';
        }
}
END_TEST

static const struct {
        const char *command, *says;
} commands[] = {
        { "/nonexistent/program CANARY", "/nonexistent/program cannot be started: No such file or directory" },
        { "nonexistent-program-of-bakery", "cannot be started: " }, /* why: that is of the PATH */
        { "/dev/null", "/dev/null cannot be started: Permission denied" },
        { "exit 1", "exit cannot be started" },
        { "'CANARY", "a quotation does not end" },
        { "''", "no command" },
};

START_TEST(says_why_a_program_does_not_start)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        home_begin(&home, NULL, NULL);
        ck_assert_int_eq(run_command(&home, commands[_i].command, &keys, &err), BAKERY_ERR_CREDENTIALS);
        ck_says(err, commands[_i].says);
}
END_TEST

/* No shell: what one would make of it stays as it is. */
START_TEST(runs_no_shell)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        char command[700];

        home_begin(&home, NULL, NULL);
        home_write(&home, "doc", DOCUMENT(""));
        snprintf(command, sizeof command, "cat %s/doc && touch %s/made", home.folder, home.folder);
        ck_assert_int_eq(run_command(&home, command, &keys, NULL), BAKERY_ERR_CREDENTIALS);
        AUTO_FREE char *made = path_to(home.folder, "made");
        ck_assert_int_ne(access(made, F_OK), 0);
        snprintf(command, sizeof command, "cat \"%s/doc\"", home.folder);
        ck_assert_int_eq(run_command(&home, command, &keys, NULL), BAKERY_OK);
}
END_TEST

static bool is_alive(const char *pid_file)
{
        AUTO_FREE char *text = read_text(pid_file);
        char path[64], state = 'X';

        ck_assert_ptr_nonnull(text);
        snprintf(path, sizeof path, "/proc/%d/stat", atoi(text));
        FILE *file = fopen(path, "r");
        if (!file)
                return false;
        if (fscanf(file, "%*d %*s %c", &state) != 1)
                state = 'X';
        fclose(file);
        return state != 'Z' && state != 'X';
}

/* All that it started goes with it. */
START_TEST(a_program_that_hangs_is_ended_with_its_children)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        bakery_client_options options;
        char script[500];

        home_begin(&home, NULL, NULL);
        AUTO_FREE char *child = path_to(home.folder, "child");
        options = fake_options(&home.wire);
        options.process_timeout_ms = 300;
        snprintf(script, sizeof script, "sleep 500 & echo $! > %s.new; mv %s.new %s; wait", child, child, child);
        /* On a busy machine it may not have come to its child by then. */
        for (; access(child, F_OK) != 0; options.process_timeout_ms *= 4) {
                bakery_client_free(home.wire.client);
                fake_client_with(&home.wire, &options);
                ck_assert_int_eq(run_script(&home, script, &keys, &err), BAKERY_ERR_CREDENTIALS);
                ck_says(err, "takes longer than ");
        }
        while (is_alive(child))
                usleep(10000);
        ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(cancelling_ends_a_program)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;

        home_begin(&home, NULL, NULL);
        home_client(&home);
        bakery_client_cancel(home.wire.client);
        ck_assert_int_eq(run_script(&home, "sleep 50", &keys, NULL), BAKERY_ERR_CANCELLED);
        ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

/* What the program finds in its environment. */
START_TEST(a_program_is_marked)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        char script[600];

        home_begin(&home, NULL, NULL);
        home_set(&home, COMMAND_MARK "=base");
        setenv(COMMAND_MARK, "stale", 1);
        snprintf(script, sizeof script,
                 "printenv " COMMAND_MARK " > %s/mark; test -n \"$PATH\" && echo '" DOCUMENT("") "'", home.folder);
        ck_assert_int_eq(run_script(&home, script, &keys, NULL), BAKERY_OK);
        unsetenv(COMMAND_MARK);
        AUTO_FREE char *path = path_to(home.folder, "mark");
        AUTO_FREE char *mark = read_text(path);
        ck_assert_str_eq(mark, "base\ndev\n");
}
END_TEST

/* A profile whose program asks for the same profile starts itself without end, but for the mark. */
static const struct {
        const char *mark, *says;
} circles[] = {
        { "dev", "goes in circles: profile dev -> dev" },
        { "base\ndev", "goes in circles: profile base -> dev -> dev" },
        { "dev\nbase", "goes in circles: profile dev -> base -> dev" },
        { "develop", NULL },
        { "dev ", NULL },
};

START_TEST(a_circle_of_programs_is_stopped)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;
        char variable[100];

        home_begin(&home, NULL, NULL);
        snprintf(variable, sizeof variable, COMMAND_MARK "=%s", circles[_i].mark);
        home_set(&home, variable);
        bakery_status st = run_script(&home, "echo '" DOCUMENT("") "'", &keys, &err);
        ck_assert_int_eq(st, circles[_i].says ? BAKERY_ERR_CREDENTIALS : BAKERY_OK);
        if (circles[_i].says)
                ck_says(err, circles[_i].says);
}
END_TEST

/* With 0, 1 and 2 closed the pipes would stand where the program's own ends go. */
START_TEST(runs_with_the_usual_descriptors_closed)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        int kept[3];

        home_begin(&home, NULL, NULL);
        home_client(&home);
        for (int i = 0; i < 3; i++) {
                kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
                close(i);
        }
        bakery_status st = run_script(&home, "echo '" DOCUMENT("") "'", &keys, NULL);
        for (int i = 0; i < 3; i++) {
                dup2(kept[i], i);
                close(kept[i]);
        }
        ck_assert_int_eq(st, BAKERY_OK);
}
END_TEST

/* libcurl's sockets, and what the host program has open. */
START_TEST(a_program_has_no_other_descriptors)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;

        home_begin(&home, NULL, NULL);
        ck_assert_int_eq(dup2(STDERR_FILENO, 77), 77);
        bakery_status st = run_script(
                &home, "test -e /proc/self/fd/2 -a ! -e /proc/self/fd/77 && echo '" DOCUMENT("") "'", &keys, NULL);
        close(77);
        ck_assert_int_eq(st, BAKERY_OK);
}
END_TEST

START_TEST(a_host_that_ignores_its_children_is_served)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_PTR(bakery_credentials) keys = NULL;
        AUTO_PTR(bakery_error) err = NULL;

        home_begin(&home, NULL, NULL);
        signal(SIGCHLD, SIG_IGN);
        bakery_status st = run_script(&home, "echo '" DOCUMENT("") "'", &keys, &err);
        signal(SIGCHLD, SIG_DFL);
        ck_assert_msg(st == BAKERY_OK, "%s", bakery_error_message(err));
}
END_TEST

/* What an mfa_process prints. */
static const struct {
        const char *script, *code, *says;
} codes[] = {
        { "echo 123456", "123456", NULL },
        { "printf 000000", "000000", NULL },
        { "printf '\\n \\t123456 \\r\\n\\n'", "123456", NULL },
        { "echo touch the key >&2; echo 123456", "123456", NULL },
        { "true", NULL, "no MFA code of six digits" },
        { "echo 12345", NULL, "no MFA code of six digits" },
        { "echo 1234567", NULL, "no MFA code of six digits" },
        { "echo 12345a", NULL, "no MFA code of six digits" },
        { "echo 123 456", NULL, "no MFA code of six digits" },
        { "echo 'CANARY: 123456'", NULL, "no MFA code of six digits" },
        { "printf '12345\\0'", NULL, "no MFA code of six digits" },
        { "echo 123456; exit 1", NULL, "ended with status 1" },
        { "echo 123456; kill -9 $$", NULL, "was ended by signal 9" },
        { "yes CANARY", NULL, "prints more than 1024 bytes" },
        { "sleep 50", NULL, "takes longer than 300 ms" },
};

START_TEST(takes_the_code_that_a_program_prints)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(ini) ini = { .count = 0 };
        AUTO_PTR(bakery_error) err = NULL;
        char text[1000], command[600], code[MFA_CODE_DIGITS + 1] = "before";

        home_begin(&home, NULL, NULL);
        bakery_client_options options = fake_options(&home.wire);
        options.process_timeout_ms = strstr(codes[_i].script, "sleep") ? 300 : 20000;
        fake_client_with(&home.wire, &options);
        snprintf(text, sizeof text, "#!/bin/sh\n%s\n", codes[_i].script);
        const char *path = home_write(&home, "my program", text);
        ck_assert_int_eq(chmod(path, 0700), 0);
        snprintf(command, sizeof command, "'%s' CANARYargument", path);
        const struct ini_section *profile = make_profile(&home, &ini, "mfa_process", command);
        bakery_status st = bakery__mfa_process(home.wire.client, profile, code, &err);

        ck_assert_msg(st == (codes[_i].says ? BAKERY_ERR_CREDENTIALS : BAKERY_OK), "%s: %s", codes[_i].script,
                      bakery_error_message(err));
        ck_assert_str_eq(code, codes[_i].says ? "before" : codes[_i].code);
        if (!codes[_i].says)
                return;
        ck_says(err, codes[_i].says);
        ck_says(err, "profile dev: mfa_process: ");
        ck_says(err, "my program");
        ck_assert_ptr_null(strstr(bakery_error_message(err), "12345"));
}
END_TEST

START_TEST(an_mfa_process_that_asks_for_itself_is_stopped)
{
        AUTO_CLEAR(aws_home) home = { .n = 0 };
        AUTO_CLEAR(ini) ini = { .count = 0 };
        AUTO_PTR(bakery_error) err = NULL;
        char code[MFA_CODE_DIGITS + 1];

        home_begin(&home, NULL, NULL);
        home_set(&home, COMMAND_MARK "=dev");
        const struct ini_section *profile = make_profile(&home, &ini, "mfa_process", "echo 123456");
        ck_assert_int_eq(bakery__mfa_process(home.wire.client, profile, code, &err), BAKERY_ERR_CREDENTIALS);
        ck_says(err, "mfa_process: it goes in circles: profile dev -> dev");
}
END_TEST

Suite *process_suite(void)
{
        Suite *suite = suite_create("process");
        TCase *tcase = tcase_create("process");

        tcase_set_timeout(tcase, 60);
        tcase_add_loop_test(tcase, reads_what_a_program_prints, 0, (int)N_ELEMENTS(programs));
        tcase_add_loop_test(tcase, says_why_a_program_does_not_start, 0, (int)N_ELEMENTS(commands));
        tcase_add_test(tcase, runs_no_shell);
        tcase_add_test(tcase, a_program_that_hangs_is_ended_with_its_children);
        tcase_add_test(tcase, cancelling_ends_a_program);
        tcase_add_test(tcase, a_program_is_marked);
        tcase_add_loop_test(tcase, a_circle_of_programs_is_stopped, 0, (int)N_ELEMENTS(circles));
        tcase_add_test(tcase, runs_with_the_usual_descriptors_closed);
        tcase_add_test(tcase, a_program_has_no_other_descriptors);
        tcase_add_test(tcase, a_host_that_ignores_its_children_is_served);
        tcase_add_loop_test(tcase, takes_the_code_that_a_program_prints, 0, (int)N_ELEMENTS(codes));
        tcase_add_test(tcase, an_mfa_process_that_asks_for_itself_is_stopped);
        suite_add_tcase(suite, tcase);
        return suite;
}
