/* The options that name a role, and how to come by its session. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define TEXT_OPTION(field)                                                          \
        static bool set_##field(struct options *options, const char *argument)      \
        {                                                                           \
                options->field = argument;                                          \
                return *argument != '\0'; /* an empty one would mean "not given" */ \
        }

TEXT_OPTION(environment)
TEXT_OPTION(access_type)
TEXT_OPTION(account)
TEXT_OPTION(role_arn)
TEXT_OPTION(mfa_serial)
TEXT_OPTION(source_identity)
TEXT_OPTION(policy)
TEXT_OPTION(external_id)
TEXT_OPTION(session_name)

/* Wrong digits must not pass by because a session is still there. */
static bool set_mfa_code(struct options *options, const char *argument)
{
        options->mfa_code = argument;
        return strspn(argument, "0123456789") == 6 && strlen(argument) == 6;
}

/* "3600", "90m", "2h". What AWS and the role allow, the library knows. */
static bool set_duration(struct options *options, const char *argument)
{
        static const struct {
                const char *unit;
                unsigned seconds;
        } units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 } };
        size_t digits = strspn(argument, "0123456789");

        if (digits == 0 || digits > 6)
                return false;
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
                if (strcmp(argument + digits, units[i].unit) != 0)
                        continue;
                options->duration_s = (unsigned)strtoul(argument, NULL, 10) * units[i].seconds;
                return options->duration_s > 0;
        }
        return false;
}

static bool set_mfa(struct options *options, const char *argument)
{
        (void)argument;
        options->mfa = true;
        return true;
}

static bool set_no_mfa(struct options *options, const char *argument)
{
        (void)argument;
        options->no_mfa = true;
        return true;
}

static bool set_refresh(struct options *options, const char *argument)
{
        (void)argument;
        options->refresh = true;
        return true;
}

TEXT_OPTION(reason)

static bool set_tag(struct options *options, const char *argument)
{
        if (options->tag_count == TAGS_AT_MOST || !strchr(argument, '=') || *argument == '=')
                return false;
        options->tags[options->tag_count++] = argument;
        return true;
}

static bool set_policy_arn(struct options *options, const char *argument)
{
        if (options->policy_arn_count == POLICY_ARNS_AT_MOST || !*argument)
                return false;
        options->policy_arns[options->policy_arn_count++] = argument;
        return true;
}

const struct option_row option_env = { "env", 'e', "ENV", "the environment, as in config.yml", set_environment };
const struct option_row option_type = { "type", 't', "TYPE", "the access type", set_access_type };
const struct option_row option_account = { "account", 'a', "ACCOUNT", "the account: its name or id", set_account };
const struct option_row option_role_arn = { "role-arn", 0, "ARN", "any role instead; needs no configuration",
                                            set_role_arn };
const struct option_row option_duration = { "duration", 'd', "TIME", "900 to 43200 seconds, or 90m, 8h", set_duration };
const struct option_row option_mfa = { "mfa", 0, NULL, "with --role-arn: show MFA", set_mfa };
const struct option_row option_no_mfa = { "no-mfa", 0, NULL, "do not show MFA, though the configuration asks for it",
                                          set_no_mfa };
const struct option_row option_mfa_code = { "mfa-code", 0, "CODE", "the six digits, instead of being asked",
                                            set_mfa_code };
const struct option_row option_mfa_serial = { "mfa-serial", 0, "SERIAL", "the MFA device, instead of one's own",
                                              set_mfa_serial };
const struct option_row option_reason = { "reason", 0, "TEXT", "why: the session tag Reason", set_reason };
const struct option_row option_tag = { "tag", 0, "TAG", "a session tag, KEY=VALUE; may be repeated", set_tag };
const struct option_row option_source_identity = { "source-identity", 0, "ID", "set the source identity",
                                                   set_source_identity };
const struct option_row option_session_name = { "session-name", 0, "NAME", "instead of the IAM user's name",
                                                set_session_name };
const struct option_row option_external_id = { "external-id", 0, "ID", "for roles of other companies",
                                               set_external_id };
const struct option_row option_policy = { "policy", 0, "JSON", "a session policy, or file:PATH of one", set_policy };
const struct option_row option_policy_arn = { "policy-arn", 0, "POLICY",
                                              "a managed session policy, by ARN; may be repeated", set_policy_arn };
const struct option_row option_refresh = { "refresh", 0, NULL, "a new session, though one is cached", set_refresh };
