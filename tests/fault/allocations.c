/*
 * Every allocation fails once: over loading a configuration, all of its templates, grants, report and schema, and over
 * what differs from a stack of the tool before. Each failure must come out as "out of memory", or change nothing; never
 * as a crash, a leak, half an output, or a template that says something else. Case 81 of the faults.
 */
#include <bakery/bakery.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deploy/damage.h"
#include "deploy/facts_compare.h"
#include "failing.h"
#include "made_facts.h"

/* What a run came to. The texts are hashed, so that keeping them needs no memory. */
struct outcome {
        bakery_status status;
        char message[200];
        unsigned long long hash; /* of all that was given */
        long live_blocks;
};

static void take_in(struct outcome *outcome, const char *text)
{
        for (; text && *text; text++)
                outcome->hash = (outcome->hash ^ (unsigned char)*text) * 0x100000001b3u;
        outcome->hash = (outcome->hash ^ 0xff) * 0x100000001b3u;
}

/* Notes the first failure, and a lack of memory over any other; gives whether to go on. */
static bool goes_on(struct outcome *outcome, bakery_status st, bakery_error *const *err)
{
        if (st && (!outcome->status || st == BAKERY_ERR_MEMORY)) {
                outcome->status = st;
                snprintf(outcome->message, sizeof outcome->message, "%s", bakery_error_message(*err));
        }
        return !st;
}

static void emit_all(struct outcome *outcome, const bakery_config *config, bakery_error **err)
{
        for (size_t i = 0; i < bakery_template_count(config); i++) {
                char *text = NULL;

                if (!goes_on(outcome, bakery_template_emit(config, i, &text, NULL, err), err))
                        return;
                take_in(outcome, text);
                bakery_free(text);
        }
}

static void walk_grants(struct outcome *outcome, const bakery_config *config, bakery_error **err)
{
        bakery_grant_filter filter = BAKERY_GRANT_FILTER_INIT;
        bakery_grants *grants = NULL;

        filter.account = "Main";
        if (!goes_on(outcome, bakery_grants_new(config, &filter, &grants, err), err))
                return;
        while (bakery_grants_next(grants)) {
                char *name = NULL;

                take_in(outcome, bakery_grants_role_arn(grants));
                if (!goes_on(outcome,
                             bakery_group_role_name(bakery_grants_group(grants), bakery_grants_account(grants), &name,
                                                    err),
                             err))
                        break;
                take_in(outcome, name);
                bakery_free(name);
        }
        bakery_grants_free(grants);
}

static void print_report(struct outcome *outcome, const bakery_report *report, bakery_error **err)
{
        for (int format = BAKERY_REPORT_TEXT; format <= BAKERY_REPORT_SARIF; format++) {
                char *text = NULL;

                if (!goes_on(outcome, bakery_report_print(report, (bakery_report_format)format, &text, err), err))
                        return;
                take_in(outcome, text);
                bakery_free(text);
        }
}

static void print_schema(struct outcome *outcome, bakery_error **err)
{
        char *text = NULL;

        if (!goes_on(outcome, bakery_schema_json(&text, err), err))
                return;
        take_in(outcome, text);
        bakery_free(text);
}

static char folder[] = "/tmp/bakery-fault-XXXXXX";

static void write_all(struct outcome *outcome, const bakery_config *config, bakery_error **err)
{
        size_t changes = 0;

        goes_on(outcome, bakery_templates_write(config, folder, NULL, &changes, err), err);
}

/* A stack of the tool before, with one of each thing that facts are made of. */
static const char deployed[] =
        "Parameters: { TeamName: { Type: String }, Other: { Type: String, Default: 0123 } }\n"
        "Conditions: { Is: !And [!Equals [!Ref TeamName, MyTeam], !Not [!Equals [a, b]]] }\n"
        "Mappings: { M: { a: { b: c } } }\n"
        "Resources:\n"
        "  G:\n"
        "    Type: AWS::IAM::Group\n"
        "    Condition: Is\n"
        "    Properties:\n"
        "      GroupName: !Sub ['${TeamName}${a}', { a: !If [Is, Old, New] }]\n"
        "      ManagedPolicyArns: [!Ref P, !Join [':', [x, !FindInMap [M, a, b], !Select [0, !Split [',', 'd,e']]]]]\n"
        "  P:\n"
        "    Type: AWS::IAM::ManagedPolicy\n"
        "    Properties:\n"
        "      Groups: [!Ref G, Someone]\n"
        "      PolicyDocument:\n"
        "        Statement:\n"
        "        - { Effect: Allow, Action: sts:AssumeRole, Resource: [r, s], Condition: { A: { b: ['${c}', d] } } }\n"
        "        - { Effect: Deny, NotAction: [b, a], Resource: !ImportValue x }\n"
        "  R:\n"
        "    Type: AWS::IAM::Role\n"
        "    Properties:\n"
        "      RoleName: !Ref Other\n"
        "      PermissionsBoundary: b\n"
        "      AssumeRolePolicyDocument: { Version: 2012-10-17, Statement: [{ Effect: Allow, Principal: { AWS: "
        "'111111111111' }, Action: sts:AssumeRole, Condition: { Bool: { aws:MultiFactorAuthPresent: true }, X: { y: z "
        "} } }] }\n"
        "  F: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: !GetAtt R.Arn } }\n";

static bakery_status read_deployed(struct facts *before, bakery_report *report, bakery_error **err)
{
        static const struct parameter team = { "TeamName", "MyTeam" };
        AUTO_CLEAR(json) template = { 0 };
        bakery_status st = bakery__template_parse(bakery__span(deployed), "deployed", report, &template, err);
        const struct resolve_scope scope = { .template = template.root,
                                             .stack_name = "S",
                                             .account_id = "111111111111",
                                             .partition = "aws",
                                             .parameters = &team,
                                             .n_parameters = 1 };

        return st ? st : bakery__facts_add_template(before, &scope, err);
}

/* A statement that is missing from the facts would hide who gains something. */
static void compare_facts(struct outcome *outcome, const bakery_config *config, bakery_report *report,
                          bakery_error **err)
{
        AUTO_CLEAR(facts) before = { 0 };
        AUTO_CLEAR(facts) after = { 0 };
        AUTO_CLEAR(differences) found = { 0 };
        const bakery_account *account = bakery_environment_account(bakery_config_environment(config, 0), 0);

        if (goes_on(outcome, read_deployed(&before, report, err), err) &&
            goes_on(outcome, made_in_bakery(&after, config, err), err) &&
            goes_on(outcome, made_in_burger(&after, account, err), err) &&
            goes_on(outcome, bakery__facts_compare(&before, &after, &found, err), err))
                goes_on(outcome, bakery__damage_find(config, &before, &after, "config.yml", report, err), err);
        for (size_t i = 0; i < found.count && !outcome->status; i++)
                take_in(outcome, found.at[i].text);
}

static struct outcome run(const char *path)
{
        struct outcome outcome = { .hash = 0xcbf29ce484222325u };
        bakery_error *err = NULL;
        bakery_config *config = NULL;
        bakery_report *report = bakery_report_new();

        if (!report) {
                outcome.status = BAKERY_ERR_MEMORY;
                strcpy(outcome.message, "out of memory");
                return outcome;
        }
        bakery_status st = bakery_config_load_file(path, report, &config, &err);
        goes_on(&outcome, st, &err);
        if (st == BAKERY_OK) {
                emit_all(&outcome, config, &err);
                walk_grants(&outcome, config, &err);
                write_all(&outcome, config, &err);
                compare_facts(&outcome, config, report, &err);
                print_schema(&outcome, &err);
        }
        if (st != BAKERY_ERR_MEMORY)
                print_report(&outcome, report, &err);
        bakery_config_free(config);
        bakery_report_free(report);
        bakery_error_free(err);
        return outcome;
}

/* In a child: a crash is a finding, and no memory of one run meets the next. */
static const char *fault_of(const char *path, size_t n, bool and_after, const struct outcome *whole,
                            struct outcome *ret)
{
        failing_begin(n, and_after);
        struct outcome outcome = *ret = run(path);
        long live = failing_live_blocks();
        failing_end();

        if (live)
                return "leaves memory behind";
        if (!failing_has_failed())
                return "is never made";
        if (strcmp(outcome.message, "out of memory") == 0)
                return outcome.status == BAKERY_ERR_MEMORY || outcome.status == whole->status ? NULL
                                                                                              : "gives another status";
        if (outcome.status != whole->status || strcmp(outcome.message, whole->message) != 0)
                return "says something else than that memory is gone";
        if (outcome.hash != whole->hash)
                return "gives something else, and does not say so";
        return NULL;
}

static bool try_in_child(const char *path, size_t n, bool and_after, const struct outcome *whole)
{
        fflush(NULL);
        pid_t child = fork();
        int status = 0;

        if (child == 0) {
                struct outcome outcome;
                const char *fault = fault_of(path, n, and_after, whole, &outcome);

                if (fault)
                        fprintf(stderr, "%s: allocation %zu%s failing %s: %s %s\n", path, n,
                                and_after ? " and all after" : "", fault, bakery_status_name(outcome.status),
                                outcome.message);
                _exit(fault != NULL);
        }
        if (child < 0 || waitpid(child, &status, 0) < 0)
                return false;
        if (WIFSIGNALED(status))
                fprintf(stderr, "%s: allocation %zu%s failing ends in signal %d\n", path, n,
                        and_after ? " and all after" : "", WTERMSIG(status));
        return status == 0;
}

static size_t try_file(const char *path)
{
        const size_t *numbers;
        size_t bad = 0;

        struct outcome whole = run(path); /* the folder is written, so that later runs find it */
        whole = run(path);
        failing_begin(0, false);
        failing_record();
        run(path);
        long live = failing_live_blocks();
        size_t total = failing_end(), n_stacks = failing_stacks(&numbers);

        if (live)
                fprintf(stderr, "%s: %ld blocks are left behind with no failure at all\n", path, live);
        for (size_t i = 0; i < n_stacks; i++)
                for (int and_after = 0; and_after < 2; and_after++)
                        bad += try_in_child(path, numbers[i], and_after, &whole) ? 0 : 1;
        printf("%s: %s, %zu allocations of %zu call stacks, %zu runs, %zu bad\n", path,
               bakery_status_name(whole.status), total, n_stacks, 2 * n_stacks, bad);
        return bad + (live != 0);
}

int main(int argc, char **argv)
{
        size_t bad = 0;

        if (!mkdtemp(folder))
                return EXIT_FAILURE;
        for (int i = 1; i < argc; i++)
                bad += try_file(argv[i]);
        if (fork() == 0)
                execlp("rm", "rm", "-r", folder, (char *)NULL);
        wait(NULL);
        return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
