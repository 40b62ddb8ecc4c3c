/*
 * Runs the cases of a file, each in a new folder of its own, and compares what the command prints and how it ends.
 *
 *      run_cases BAKERY_CLI SOURCE_ROOT CASES...
 *
 * A file of cases is lines; those that begin with "@" say what the following are. README.md here lists them.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENV_AT_MOST = 20, TIMEOUT_S = 300, FOLDER_LONGEST = 100, ROOT_BYTES = FOLDER_LONGEST + 40 };

static const char *cli, *source_root;
static int n_cases, n_failed, n_skipped;

/* One case; what it does not say is empty, and the exit code 0. */
struct test {
        const char *file;
        int line; /* of its title */
        char title[200];
        char *command; /* for sh */
        char *skip;    /* for sh: the case is skipped when it succeeds */
        char *env[ENV_AT_MOST + 8];
        size_t n_env;
        char *input, *want_out, *want_err;
        int want_exit;
};

static void *need(void *memory)
{
        if (!memory)
                abort();
        return memory;
}

static char *read_file(const char *path)
{
        FILE *file = fopen(path, "rb");
        size_t size = 0;
        char *text = NULL;

        if (!file) {
                perror(path);
                exit(EXIT_FAILURE);
        }
        for (size_t got = 1; got > 0; size += got) {
                text = need(realloc(text, size + 65536 + 1));
                got = fread(text + size, 1, 65536, file);
        }
        fclose(file);
        /* What a command prints may hold anything; a NUL must not hide the rest. */
        for (size_t i = 0; i < size; i++)
                if (!text[i])
                        text[i] = '0';
        text[size] = '\0';
        return text;
}

static void write_file(const char *path, const char *text, size_t size)
{
        FILE *file = fopen(path, "wb");

        if (!file || fwrite(text, 1, size, file) != size || fclose(file) != 0) {
                perror(path);
                exit(EXIT_FAILURE);
        }
}

/* "<...>" in a line stands for any text in it. */
static bool line_matches(const char *want, size_t want_len, const char *got, size_t got_len)
{
        const char *hole = memmem(want, want_len, "<...>", 5);

        if (!hole)
                return want_len == got_len && memcmp(want, got, got_len) == 0;
        size_t before = (size_t)(hole - want), after = want_len - before - 5;
        if (got_len < before || memcmp(want, got, before) != 0)
                return false;
        for (size_t from = before; from <= got_len; from++)
                if (line_matches(hole + 5, after, got + from, got_len - from))
                        return true;
        return false;
}

/* A line "..." stands for any number of lines. */
static bool text_matches(const char *want, const char *got)
{
        if (!*want)
                return !*got;

        size_t w = strcspn(want, "\n"), g = strcspn(got, "\n");
        const char *next_want = want + w + (want[w] == '\n'), *next_got = got + g + (got[g] == '\n');
        if (w == 3 && memcmp(want, "...", 3) == 0)
                return text_matches(next_want, got) || (*got && text_matches(want, next_got));
        return *got && line_matches(want, w, got, g) && text_matches(next_want, next_got);
}

static void print_lines(char sign, const char *text)
{
        while (*text) {
                size_t len = strcspn(text, "\n");

                printf("    %c %.*s\n", sign, (int)len, text);
                text += len + (text[len] == '\n');
        }
}

static bool compare(const struct test *test, const char *what, const char *want, const char *got)
{
        if (text_matches(want ? want : "", got))
                return true;
        printf("FAILED %s:%d: %s\n  %s (- expected, + printed)\n", test->file, test->line, test->title, what);
        print_lines('-', want ? want : "");
        print_lines('+', got);
        return false;
}

/* Begins anew: only what a case says is in the environment, and what sanitizers need. */
static char **environment(struct test *test, const char *folder)
{
        static const char *const kept[] = { "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "SANITIZED",
                                            "LD_LIBRARY_PATH" };
        char *path = NULL, *home = NULL, *source = NULL;

        if (asprintf(&path, "PATH=%.*s:/usr/bin:/bin:/usr/sbin:/sbin", (int)(strrchr(cli, '/') - cli), cli) < 0 ||
            asprintf(&home, "HOME=%s", folder) < 0 || asprintf(&source, "SOURCE=%s", source_root) < 0)
                abort();
        /* Behind the case's own, of which the first wins. */
        test->env[test->n_env++] = path;
        test->env[test->n_env++] = home;
        test->env[test->n_env++] = source;
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
                char *entry = NULL;

                if (getenv(kept[i]) && asprintf(&entry, "%s=%s", kept[i], getenv(kept[i])) > 0)
                        test->env[test->n_env++] = entry;
        }
        test->env[test->n_env] = NULL;
        return test->env;
}

/* Runs a command of sh in the present folder; its exit code as a shell says it. */
static int run_shell(const char *command, char **env, const char *out, const char *err)
{
        pid_t child = fork();

        if (child == 0) {
                if (!freopen("../stdin", "r", stdin) || !freopen(out, "w", stdout) || !freopen(err, "w", stderr))
                        _exit(99);
                alarm(TIMEOUT_S); /* a command that hangs must not hang the suite */
                execle("/bin/sh", "sh", "-c", command, (char *)NULL, env);
                _exit(99);
        }

        int status = 0;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
                ;
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool judge(const struct test *test, int code)
{
        char *out = read_file("../stdout"), *err = read_file("../stderr");
        bool same_out = compare(test, "stdout", test->want_out, out);
        bool same_err = compare(test, "stderr", test->want_err, err);

        if (code != test->want_exit)
                printf("FAILED %s:%d: %s\n  exit code %d, not %d\n", test->file, test->line, test->title, code,
                       test->want_exit);
        free(out);
        free(err);
        return same_out && same_err && code == test->want_exit;
}

static void run(struct test *test, const char *folder)
{
        const char *input = test->input ? test->input : "";
        char **env = environment(test, folder);

        n_cases++;
        write_file("../stdin", input, strlen(input));
        if (test->skip && run_shell(test->skip, env, "/dev/null", "/dev/null") == 0) {
                printf("skipped %s:%d: %s\n", test->file, test->line, test->title);
                n_skipped++;
                return;
        }
        if (!test->command) {
                printf("FAILED %s:%d: %s: it runs nothing\n", test->file, test->line, test->title);
                n_failed++;
                return;
        }
        n_failed += !judge(test, run_shell(test->command, env, "../stdout", "../stderr"));
}

/* Reading the cases. */

static void append(char **text, const char *line, size_t len)
{
        size_t before = *text ? strlen(*text) : 0;

        *text = need(realloc(*text, before + len + 1));
        memcpy(*text + before, line, len);
        (*text)[before + len] = '\0';
}

struct parsing {
        struct test test;
        char **into; /* the text that the next lines belong to; NULL: a comment */
        char *body;  /* of a @FILE */
        char file_name[256];
        char root[ROOT_BYTES]; /* the folder that holds all of them */
        char folder[ROOT_BYTES + 8];
};

static void make_folders(char *path)
{
        for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
                *slash = '\0';
                mkdir(path, 0777);
                *slash = '/';
        }
}

static void end_file(struct parsing *in)
{
        if (*in->file_name) {
                make_folders(in->file_name);
                write_file(in->file_name, in->body ? in->body : "", in->body ? strlen(in->body) : 0);
        }
        free(in->body);
        in->body = NULL;
        *in->file_name = '\0';
}

static void remove_folder(const char *root)
{
        char command[2 * ROOT_BYTES + 100];

        snprintf(command, sizeof command, "chmod -R u+rwX '%s' && rm -rf '%s'", root, root);
        if (system(command) != 0)
                fprintf(stderr, "%s: cannot be removed\n", root);
}

static void end_test(struct parsing *in)
{
        end_file(in);
        if (*in->test.title) {
                run(&in->test, in->folder);
                if (chdir("/") != 0)
                        abort();
                remove_folder(in->root);
        }
        free(in->test.command);
        free(in->test.skip);
        free(in->test.input);
        free(in->test.want_out);
        free(in->test.want_err);
        for (size_t i = 0; i < in->test.n_env; i++)
                free(in->test.env[i]);
        in->test = (struct test){ .file = in->test.file };
        in->into = NULL;
}

static void begin_test(struct parsing *in, const char *title, int line)
{
        end_test(in);
        snprintf(in->test.title, sizeof in->test.title, "%s", title);
        in->test.line = line;
        /* What is said of a file holds no path whole that is much longer. */
        const char *base = getenv("TMPDIR");
        snprintf(in->root, sizeof in->root, "%s/bakery-cli-test-XXXXXX",
                 base && strlen(base) <= FOLDER_LONGEST ? base : "/tmp");
        if (!mkdtemp(in->root))
                abort();
        snprintf(in->folder, sizeof in->folder, "%s/here", in->root);
        if (mkdir(in->folder, 0777) != 0 || chdir(in->folder) != 0)
                abort();
}

static void run_args(struct parsing *in, const char *rest)
{
        if (asprintf(&in->test.command, "exec bakery-cli %s", rest) < 0)
                abort();
}

/* "@WORD rest": false when there is no such word. */
static bool directive(struct parsing *in, const char *word, const char *rest, int line)
{
        end_file(in);
        in->into = NULL;
        if (strcmp(word, "TEST") == 0)
                begin_test(in, rest, line);
        else if (strcmp(word, "ARGS") == 0)
                run_args(in, rest);
        else if (strcmp(word, "RUN") == 0)
                in->into = &in->test.command;
        else if (strcmp(word, "SKIP") == 0)
                in->test.skip = need(strdup(rest));
        else if (strcmp(word, "ENV") == 0 && in->test.n_env < ENV_AT_MOST)
                in->test.env[in->test.n_env++] = need(strdup(rest));
        else if (strcmp(word, "FILE") == 0)
                snprintf(in->file_name, sizeof in->file_name, "%s", rest), in->into = &in->body;
        else if (strcmp(word, "STDIN") == 0)
                in->into = &in->test.input;
        else if (strcmp(word, "EXPECT") == 0)
                in->into = &in->test.want_out;
        else if (strcmp(word, "STDERR") == 0)
                in->into = &in->test.want_err;
        else if (strcmp(word, "EXIT") == 0)
                in->test.want_exit = atoi(rest);
        else
                return false;
        return true;
}

static void read_cases(const char *path)
{
        struct parsing in = { .test = { .file = strrchr(path, '/') ? strrchr(path, '/') + 1 : path } };
        char *text = read_file(path);
        int line = 1;

        for (char *at = text; *at; line++) {
                size_t len = strcspn(at, "\n"), with_newline = len + (at[len] == '\n');

                if (*at == '@') {
                        char word[32] = "", *rest;

                        at[len] = '\0';
                        sscanf(at, "@%31s", word);
                        rest = at + 1 + strlen(word);
                        if (!directive(&in, word, rest + (*rest == ' '), line)) {
                                printf("FAILED %s:%d: there is no @%s\n", in.test.file, line, word);
                                n_failed++;
                        }
                } else if (in.into) {
                        append(in.into, at, with_newline);
                }
                at += with_newline;
        }
        end_test(&in);
        free(text);
}

int main(int argc, char **argv)
{
        if (argc < 4) {
                fputs("usage: run_cases BAKERY_CLI SOURCE_ROOT CASES...\n", stderr);
                return EXIT_FAILURE;
        }
        setvbuf(stdout, NULL, _IOLBF, 0);
        umask(022);
        signal(SIGPIPE, SIG_DFL); /* a parent that ignores it would hide what a closed pipe does */
        cli = need(realpath(argv[1], NULL));
        source_root = need(realpath(argv[2], NULL));
        for (int i = 3; i < argc; i++)
                argv[i] = need(realpath(argv[i], NULL));
        for (int i = 3; i < argc; i++)
                read_cases(argv[i]);
        printf("%d cases, %d failed, %d skipped\n", n_cases, n_failed, n_skipped);
        return n_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
