#include "role.h"

static int run(const struct options *options, char *const *arguments)
{
        struct variable variables[ROLE_VARIABLES];
        struct role role = { 0 };

        if (!*arguments)
                return cli_usage("bakery-cli exec --env NonProd --type Admin -- aws s3 ls", "exec: which command?");

        int code = role_assume(options, &role);
        if (code) {
                code = cli_own_failure(code);
        } else {
                role_variables(&role, variables);
                code = child_run(arguments, variables, ROLE_VARIABLES);
        }
        role_clear(&role);
        return code;
}

static const struct option_row *const own_options[] = { ROLE_OPTIONS, NULL };

const struct command cli_exec = {
        .name = "exec",
        .arguments = "-- CMD [ARG]...",
        .takes_command = true,
        .has_keys = true,
        .about = "run a command with the credentials of a role",
        .details = "Runs CMD in one account: its environment has the role's credentials and no\n"
                   "others. The exit status is CMD's own, 128 + n when signal n ended it; 125 when\n"
                   "it was not run, 126 when it cannot be, 127 when it is not there.",
        .options = own_options,
        .run = run,
};
