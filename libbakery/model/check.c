/* The check of what refers to something else in the file: types, accounts, groups, partitions. */
#include <string.h>

#include "formats/arn.h"
#include "model/admin_watch.h"
#include "model/checking.h"

struct finding *bakery__mistake(struct checking *in, const char *rule, struct place place, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        struct finding *finding =
                bakery__report_vadd(in->report, BAKERY_SEVERITY_ERROR, rule, in->config->name, place, format, args);
        va_end(args);
        return finding;
}

struct finding *bakery__warning(struct checking *in, const char *rule, struct place place, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        struct finding *finding =
                bakery__report_vadd(in->report, BAKERY_SEVERITY_WARNING, rule, in->config->name, place, format, args);
        va_end(args);
        return finding;
}

void bakery__hint(struct checking *in, struct finding *finding, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        AUTO_FREE char *text = bakery__str_harmless_format(format, args);
        va_end(args);
        if (text)
                bakery__report_hint(in->report, finding, "%s", text);
        else
                in->no_memory = true;
}

void bakery__hint_nearest(struct checking *in, struct finding *finding, const struct nearest *nearest)
{
        if (nearest->name)
                bakery__hint(in, finding, "did you mean \"%s\"?", nearest->name);
}

struct place bakery__place_of_key(const struct checking *in, const char *key)
{
        const struct yaml_node *node = bakery__yaml_get(in->root, key);

        return node ? node->key_place : (struct place){ 0, 0 };
}

/* nearest NULL: nobody asks. */
static void offer(struct nearest *nearest, const char *name)
{
        if (nearest)
                bakery__nearest_offer(nearest, name);
}

/* A full report takes no hint either, and comparing every unknown name with every known one would take minutes. */
static struct nearest *unless_full(const struct checking *in, struct nearest *nearest)
{
        return bakery__report_is_full(in->report) ? NULL : nearest;
}

static bool is_own_group(const bakery_config *config, const char *name, struct nearest *nearest)
{
        offer(nearest, config->admin_group);
        offer(nearest, config->read_only_group);
        return strcmp(name, config->admin_group) == 0 || strcmp(name, config->read_only_group) == 0;
}

bool bakery__has_groups(const bakery_config *config)
{
        for (size_t i = 0; i < config->n_environments; i++)
                if (config->environments[i].n_groups > 0)
                        return true;
        return false;
}

bool bakery__is_group(const bakery_config *config, const char *name, struct nearest *nearest)
{
        if (is_own_group(config, name, nearest))
                return true;
        for (size_t i = 0; i < config->n_environments; i++) {
                const bakery_environment *environment = &config->environments[i];

                for (size_t k = 0; k < environment->n_groups; k++) {
                        if (strcmp(environment->groups[k].name, name) == 0)
                                return true;
                        offer(nearest, environment->groups[k].name);
                }
        }
        return false;
}

static void check_listed_type(struct checking *in, const struct word *word)
{
        struct nearest nearest = bakery__nearest(word->text);

        if (bakery_config_find_access_type(in->config, word->text))
                return;
        for (size_t i = 0; i < in->config->n_access_types; i++)
                offer(unless_full(in, &nearest), in->config->access_types[i].name);

        struct finding *finding = bakery__mistake(in, "unknown-access-type", word->place,
                                                  "there is no access type \"%.64s\"", word->text);
        bakery__hint_nearest(in, finding, &nearest);
}

static void check_default_account(struct checking *in, bakery_environment *environment)
{
        const struct word *word = &environment->default_account_word;

        if (!word->text)
                return;
        environment->default_account = bakery_environment_find_account(environment, word->text);
        if (environment->default_account)
                return;

        struct nearest nearest = bakery__nearest(word->text);
        for (size_t i = 0; i < environment->n_accounts; i++)
                bakery__nearest_offer(&nearest, environment->accounts[i].name);
        bool several = nearest.name && strcmp(nearest.name, word->text) == 0;
        struct finding *finding =
                bakery__mistake(in, "unknown-account", word->place, "environment \"%s\" has %s \"%.64s\"",
                                environment->name, several ? "several accounts named" : "no account", word->text);
        if (several)
                bakery__hint(in, finding, "name it by its id");
        else
                bakery__hint_nearest(in, finding, &nearest);
}

static void check_environments(struct checking *in)
{
        for (size_t i = 0; i < in->config->n_environments; i++) {
                bakery_environment *environment = &in->config->environments[i];

                for (size_t k = 0; k < environment->access_types.count; k++)
                        check_listed_type(in, &environment->access_types.at[k]);
                check_default_account(in, environment);
        }
}

/* "arn:aws:..." in a configuration of aws-cn names what cannot be there. */
static void check_partition_of(struct checking *in, const struct word *arn_word, const char *what, const char *own)
{
        const char *id = in->config->partition->id;
        struct arn arn;

        if (bakery__arn_parse(arn_word->text, &arn, NULL) || bakery__span_is(arn.partition, id) ||
            bakery__span_is(arn.partition, "${Partition}"))
                return;

        struct finding *finding = bakery__mistake(in, "other-partition", arn_word->place,
                                                  "%s is of the partition %.*s, and the configuration of %s", what,
                                                  (int)arn.partition.len, arn.partition.at, id);
        bakery__hint(in, finding, "write arn:%s:...", own);
}

/* A policy of one account is in no other; only the roles of that account can have it. */
static void warn_foreign_policy(struct checking *in, const struct word *word, const char *what, struct span account,
                                const bakery_account *lacking)
{
        struct finding *finding = bakery__warning(in, "foreign-policy", word->place,
                                                  "%s is of the account %.*s, and the roles of %s (%s) cannot have it",
                                                  what, (int)account.len, account.at, lacking->name, lacking->id);

        bakery__hint(in, finding, "write ${AccountId} for the account: each then has a policy of that name");
}

/* The first account of the environment that a literal account id does not mean; NULL. */
static const bakery_account *other_account(const bakery_environment *environment, struct span account)
{
        for (size_t i = 0; i < environment->n_accounts; i++)
                if (!bakery__span_is(account, environment->accounts[i].id))
                        return &environment->accounts[i];
        return NULL;
}

static bool has_policy(const bakery_group *group, struct place place)
{
        const struct words *arns = &group->access_type->policy_arns;

        for (size_t i = 0; i < arns->count; i++)
                if (arns->at[i].place.line == place.line && arns->at[i].place.column == place.column)
                        return true;
        return group->settings.boundary_place.line == place.line &&
               group->settings.boundary_place.column == place.column;
}

/* An account whose roles would have the policy that stands there, which is of another account; NULL. */
static const bakery_account *find_lacking(const struct checking *in, struct place place, struct span account)
{
        for (size_t i = 0; i < in->config->n_environments; i++) {
                const bakery_environment *environment = &in->config->environments[i];
                const bakery_account *lacking = other_account(environment, account);

                for (size_t k = 0; lacking && k < environment->n_groups; k++)
                        if (has_policy(&environment->groups[k], place))
                                return lacking;
        }
        return NULL;
}

static void check_policy_arn(struct checking *in, const struct word *word, const char *what)
{
        struct arn arn;

        check_partition_of(in, word, what, "${Partition}");
        if (bakery__arn_parse(word->text, &arn, NULL) || bakery__span_is(arn.account, "aws") ||
            bakery__span_is(arn.account, "${AccountId}"))
                return;

        const bakery_account *lacking = find_lacking(in, word->place, arn.account);
        if (lacking)
                warn_foreign_policy(in, word, what, arn.account, lacking);
}

static void check_machine(struct checking *in, const struct word *word)
{
        const char *bakery = bakery_config_bakery_account_id(in->config);
        struct arn arn;

        /* Which takes no variables. */
        check_partition_of(in, word, "the machine principal", in->config->partition->id);
        if (!*bakery || bakery__arn_parse(word->text, &arn, NULL) || bakery__span_is(arn.account, bakery))
                return;

        struct finding *finding = bakery__mistake(in, "foreign-machine", word->place,
                                                  "MachinePrincipals must be of the Bakery account %s, not of %.*s",
                                                  bakery, (int)arn.account.len, arn.account.at);
        bakery__hint(in, finding, "only the Bakery's own roles may enter burger accounts");
}

static void check_boundary(struct checking *in, const struct settings *level)
{
        if (level->permissions_boundary)
                check_policy_arn(in, &(struct word){ level->permissions_boundary, level->boundary_place },
                                 "the permissions boundary");
}

enum { POLICIES_COMPARED = 100 }; /* more are refused for their number */

/* What follows "arn:<partition>:", which may be written in two ways. */
static const char *behind_partition(const char *arn)
{
        const char *rest = strchr(arn + strlen("arn:"), ':');

        return rest ? rest : arn;
}

/* CloudFormation takes no policy twice. */
static void check_repeated_policies(struct checking *in, const bakery_access_type *type)
{
        for (size_t i = 0; i < type->policy_arns.count; i++) {
                const struct word *word = &type->policy_arns.at[i];

                for (size_t k = 0; k < i; k++)
                        if (strcmp(behind_partition(word->text), behind_partition(type->policy_arns.at[k].text)) == 0)
                                bakery__mistake(in, "duplicate-policy", word->place,
                                                "the policy stands twice: in line %u and in line %u",
                                                type->policy_arns.at[k].place.line, word->place.line);
        }
}

static void check_access_types(struct checking *in)
{
        for (size_t i = 0; i < in->config->n_access_types; i++) {
                const bakery_access_type *type = &in->config->access_types[i];

                for (size_t k = 0; k < type->policy_arns.count; k++)
                        check_policy_arn(in, &type->policy_arns.at[k], "the policy");
                for (size_t k = 0; k < type->machine_principals.count; k++)
                        check_machine(in, &type->machine_principals.at[k]);
                check_boundary(in, &type->level);
                if (type->policy_arns.count <= POLICIES_COMPARED)
                        check_repeated_policies(in, type);
                if (type->policy_arns.count == 0 && !type->inline_policy.root && !type->incomplete) {
                        struct finding *finding = bakery__mistake(in, "no-policy", type->place,
                                                                  "access type \"%s\" allows nothing", type->name);

                        bakery__hint(in, finding, "give it a PolicyArn, PolicyArns or an InlinePolicy");
                }
        }
}

static void check_region(struct checking *in)
{
        const char *region = bakery_config_region(in->config);
        const struct partition *of_region = region ? bakery__partition_of_region(region) : in->config->partition;

        if (of_region != in->config->partition)
                bakery__mistake(in, "other-partition", bakery__place_of_key(in, "Region"),
                                "Region %s is of the partition %s, and Partition says %s", region, of_region->id,
                                in->config->partition->id);
}

static void check_user_group(struct checking *in, const struct word *word)
{
        struct nearest nearest = bakery__nearest(word->text);

        if (bakery__is_group(in->config, word->text, NULL)) /* as nearly always; measuring distances takes longer */
                return;
        bakery__is_group(in->config, word->text, unless_full(in, &nearest));

        struct finding *finding =
                bakery__mistake(in, "unknown-group", word->place, "there is no group \"%.128s\"", word->text);
        bakery__hint_nearest(in, finding, &nearest);
}

static void check_users(struct checking *in)
{
        for (size_t i = 0; i < in->config->n_users; i++)
                for (size_t k = 0; k < in->config->users[i].groups.count; k++)
                        check_user_group(in, &in->config->users[i].groups.at[k]);
}

/* A warning, since the group may be one that was made by hand; but the old tool's check never found a misspelt one. */
static void check_admin_groups(struct checking *in)
{
        for (size_t i = 0; i < in->config->admin_groups.count; i++) {
                const struct word *word = &in->config->admin_groups.at[i];
                struct nearest nearest = bakery__nearest(word->text);

                if (bakery__is_group(in->config, word->text, unless_full(in, &nearest)))
                        continue;

                struct finding *finding = bakery__warning(
                        in, "unknown-group", word->place,
                        "AdminGroups names \"%.128s\", which no environment and access type make", word->text);
                bakery__hint_nearest(in, finding, &nearest);
        }
}

/* The template joins the list with commas: one in a name would make two of it. */
static void check_commas(struct checking *in, const char *key, const struct words *words)
{
        for (size_t i = 0; i < words->count; i++)
                if (strchr(words->at[i].text, ','))
                        bakery__mistake(in, "comma-in-name", words->at[i].place,
                                        "\"%.128s\" has a comma, which parts the names in %s when they are deployed",
                                        words->at[i].text, key);
}

/* Not repeated: what stands behind a mistyped "ssm:" may be the webhook. */
static void check_hook(struct checking *in)
{
        const char *hook = bakery__secret_reveal(&in->config->slack_hook);
        const char *name = hook + strlen(HOOK_OF_SSM);

        if (!bakery__str_starts(hook, HOOK_OF_SSM) ||
            (*name == '/' && name[1] && bakery__str_only(bakery__span(name), "/_.-")))
                return;

        struct finding *finding = bakery__mistake(in, "no-parameter", bakery__place_of_key(in, "SlackChannelHookUrl"),
                                                  "what stands behind ssm: is no name of a parameter");
        bakery__hint(in, finding, "ssm: takes the whole name, as ssm:/bakery/slack");
}

/* Both are made by one template, and a role that deploys is not to end sessions by the way. */
static void check_revoker(struct checking *in)
{
        const struct raw_config *raw = in->config->raw.config;
        struct place place = bakery__place_of_key(in, "RevokerRole");

        if (!raw->revoker_role)
                return;
        if (!raw->deployer_role) {
                struct finding *finding = bakery__mistake(in, "no-deployer", place, "RevokerRole needs a DeployerRole");
                bakery__hint(in, finding, "burger_deployer.json makes both; a role of your own is named with --role");
        } else if (bakery__str_equal_nocase(raw->revoker_role, raw->deployer_role)) {
                struct finding *finding =
                        bakery__mistake(in, "same-role", place, "RevokerRole and DeployerRole are the same role");
                bakery__hint(in, finding, "name another one: who ends sessions may do nothing else");
        }
}

static void check_bakery_account(struct checking *in)
{
        const bakery_account *account =
                bakery_config_find_account(in->config, bakery_config_bakery_account_id(in->config));

        if (!account)
                return;

        struct finding *finding =
                bakery__warning(in, "bakery-is-burger", account->place,
                                "account %s is the Bakery itself: its roles stand beside the users", account->id);
        bakery__hint(in, finding, "who may change IAM in the Bakery can enter every burger account; keep it apart");
}

void bakery__check_references(struct checking *in)
{
        check_region(in);
        check_bakery_account(in);
        check_revoker(in);
        check_boundary(in, &in->config->defaults);
        for (size_t i = 0; i < in->config->n_environments; i++)
                check_boundary(in, &in->config->environments[i].level);
        check_environments(in);
        check_access_types(in);
        check_hook(in);
        check_commas(in, "AdminGroups", &in->config->admin_groups);
        check_commas(in, "ExpectedAdmins", &in->config->expected_admins);
        if (!*bakery_config_team_name(in->config) ||
            !bakery__has_groups(in->config)) /* refused: no group has its name */
                return;
        check_users(in);
        check_admin_groups(in);
}
