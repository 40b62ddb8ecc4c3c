/* The options of the commands that work on stacks. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define FLAG(name, field)                                                     \
        static bool set_##name(struct options *options, const char *argument) \
        {                                                                     \
                (void)argument;                                               \
                options->stack.field = true;                                  \
                return true;                                                  \
        }
#define TEXT(name, field)                                                     \
        static bool set_##name(struct options *options, const char *argument) \
        {                                                                     \
                options->stack.field = argument;                              \
                return *argument != '\0';                                     \
        }

FLAG(yes, yes)
FLAG(recreate, recreate)
FLAG(no_wait, no_wait)
FLAG(wait, wait)
FLAG(create_bucket, create_bucket)
FLAG(import_existing, import_existing)
FLAG(exit_code, exit_code)
FLAG(no_broadening, fail_on_broadening)
FLAG(continue, continues)
TEXT(plan, plan_path)
TEXT(save, save_path)
TEXT(role, deployer_role)
TEXT(bucket, template_bucket)
TEXT(zip, function_zip)

FLAG(stack_set, stack_set)
FLAG(delegated, delegated_admin)
TEXT(administrator, administrator)
TEXT(administration_role, administration_role)
TEXT(execution_role, execution_role)

static bool set_model(struct options *options, const char *argument)
{
        options->stack.service_managed = strcmp(argument, "service-managed") == 0;
        return options->stack.service_managed || strcmp(argument, "self-managed") == 0;
}

static bool set_unit(struct options *options, const char *argument)
{
        if (options->stack.unit_count == UNITS_AT_MOST || !*argument)
                return false;
        options->stack.units[options->stack.unit_count++] = argument;
        return true;
}

/* A whole number from 1 on. */
static bool set_number(unsigned *into, const char *argument, unsigned most)
{
        size_t digits = strspn(argument, "0123456789");

        if (digits == 0 || digits > 6 || argument[digits])
                return false;
        *into = (unsigned)strtoul(argument, NULL, 10);
        return *into <= most;
}

static bool set_jobs(struct options *options, const char *argument)
{
        return set_number(&options->stack.jobs, argument, 256) && options->stack.jobs > 0;
}

static bool set_failures(struct options *options, const char *argument)
{
        return set_number(&options->stack.failures_tolerated, argument, 999999);
}

static bool set_minutes(struct options *options, const char *argument)
{
        return set_number(&options->stack.limit_minutes, argument, 10000) && options->stack.limit_minutes > 0;
}

static bool set_skip(struct options *options, const char *argument)
{
        if (options->stack.skip_count == SKIPPED_AT_MOST || !*argument)
                return false;
        options->stack.skip[options->stack.skip_count++] = argument;
        return true;
}

const struct option_row option_yes = { "yes", 'y', NULL, "do not ask", set_yes };
const struct option_row option_recreate = { "recreate", 0, NULL, "delete a stack that was never made, and make it anew",
                                            set_recreate };
const struct option_row option_no_wait = { "no-wait", 0, NULL, "refuse a stack that is at work, instead of waiting",
                                           set_no_wait };
const struct option_row option_wait = { "wait", 0, NULL, "show a stack that is at work, until it is done", set_wait };
const struct option_row option_create_bucket = { "create-bucket", 0, NULL,
                                                 "make the bucket of the templates when it is missing",
                                                 set_create_bucket };
const struct option_row option_import_existing = { "import-existing", 0, NULL,
                                                   "take in what exists under its name already", set_import_existing };
const struct option_row option_exit_code = { "exit-code", 0, NULL, "exit 6 when something would change",
                                             set_exit_code };
const struct option_row option_fail_on_broadening = { "fail-on-broadening", 0, NULL,
                                                      "exit 6 when somebody could do more than before",
                                                      set_no_broadening };
const struct option_row option_continue = { "continue", 0, NULL, "go on with a rollback that failed", set_continue };
const struct option_row option_skip = { "skip", 0, "ID", "a resource that the rollback leaves out; repeatable",
                                        set_skip };
const struct option_row option_plan = { "plan", 0, "FILE", "carry out the plan in FILE, and nothing else", set_plan };
const struct option_row option_save = { "save", 0, "FILE", "keep the plan, and its change set, for a review",
                                        set_save };
const struct option_row option_role = { "role", 0, "NAME", "the role in each burger to deploy with", set_role };
const struct option_row option_template_bucket = { "template-bucket", 0, "NAME", "the bucket of templates",
                                                   set_bucket };
const struct option_row option_function_zip = { "function-zip", 0, "FILE", "the code of the admin check", set_zip };
const struct option_row option_jobs = { "jobs", 'j', "N", "burgers at once, 1 to 256; 8 when it is not given",
                                        set_jobs };
const struct option_row option_failures = { "failures", 0, "N", "burgers that may fail before no other is begun",
                                            set_failures };
const struct option_row option_timeout = { "timeout", 0, "MINUTES", "the longest wait for a stack; 60 when not given",
                                           set_minutes };

const struct option_row option_stack_set = { "stack-set", 0, NULL, "leave the work to CloudFormation StackSets",
                                             set_stack_set };
const struct option_row option_administrator = { "administrator", 0, "ID",
                                                 "the account of the stack sets; the Bakery's else",
                                                 set_administrator };
const struct option_row option_delegated_admin = { "delegated-admin", 0, NULL,
                                                   "that account is a delegated administrator", set_delegated };
const struct option_row option_permission_model = { "permission-model", 0, "MODEL",
                                                    "self-managed, the default, or service-managed", set_model };
const struct option_row option_administration_role = { "administration-role", 0, "NAME",
                                                       "the role that StackSets works with", set_administration_role };
const struct option_row option_execution_role = { "execution-role", 0, "NAME",
                                                  "the role in each burger that it works through", set_execution_role };
const struct option_row option_organizational_unit = { "organizational-unit", 0, "OU",
                                                       "service-managed: of the accounts; repeatable", set_unit };
