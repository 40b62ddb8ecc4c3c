#include "deploy/site.h"

#include <stdarg.h>
#include <string.h>

#include <bakery/chain.h>
#include <bakery/sts.h>

#include "aws/client.h"
#include "aws/iam.h"

enum {
        POLL_MS = 3000,
        LIMIT_S = 3600,
        KEYS_LEFT_S = 300, /* less than that: others are asked for */
};

static bakery_status take_options(struct site *site, const bakery_run_options *options, bakery_error **err)
{
        static const bakery_run_options usual = BAKERY_RUN_OPTIONS_INIT;

        if (options && options->size < sizeof *options)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "bakery_run_options of %zu bytes are none: begin with BAKERY_RUN_OPTIONS_INIT",
                                    options->size);
        site->options = options ? *options : usual;
        if (!site->options.poll_ms)
                site->options.poll_ms = POLL_MS;
        if (!site->options.limit_s)
                site->options.limit_s = LIMIT_S;
        return BAKERY_OK;
}

/* "aws-global" and its like stand for the endpoints of IAM and STS: no stack is there. */
static const char *unless_global(const char *region)
{
        return region && strstr(region, "-global") ? NULL : region;
}

/* The configuration goes before the environment: a stack lives where it was made, whatever a shell is set to. */
static const char *find_region(const struct site *site)
{
        const char *region = site->target->region;

        if (!region)
                region = bakery_config_region(site->target->config);
        if (!region)
                region = unless_global(bakery__client_region(site->client));
        return region ? region : unless_global(bakery__client_setting(site->client, NULL, "region"));
}

static bakery_status fail_no_region(bakery_error **err)
{
        bakery__fail(err, BAKERY_ERR_ARGUMENT, "no region: a stack must be somewhere");
        bakery__error_hint(err, "set Region in config.yml, or name it with --region; the old tool always used "
                                "ap-southeast-2");
        return BAKERY_ERR_ARGUMENT;
}

static const char *find_bucket(const struct site *site)
{
        const bakery_target *target = site->target;

        if (target->template_bucket)
                return target->template_bucket;
        if (target->config->raw.config->template_bucket)
                return target->config->raw.config->template_bucket;
        return bakery__client_getenv(site->client, "bakery_cf_bucket"); /* as the old tool has it */
}

/* Before anything is written: templates of one account in another would give its people roles there. */
static bakery_status guard(struct site *site, bakery_error **err)
{
        bakery_identity identity = BAKERY_IDENTITY_INIT;
        struct aws_access access;
        bakery_status st = bakery__site_access(site, &access, err);

        if (!st)
                st = bakery_sts_get_caller_identity(site->client, access.keys, site->recipe.region, &identity, err);
        if (!st && strcmp(identity.account, site->recipe.account_id) != 0) {
                st = bakery__fail(err, BAKERY_ERR_REFUSED, "the keys are of account %s, and %s belongs into %s",
                                  identity.account, site->recipe.stack_name, site->recipe.account_id);
                bakery__error_hint(err, "use keys of %s (--profile), or mend the account in %s",
                                   site->recipe.account_id, bakery_config_name(site->recipe.config));
        }
        bakery_identity_clear(&identity);
        return st;
}

/* What both ways of opening begin with; *ret_region is borrowed. */
static bakery_status begin(bakery_client *client, const bakery_target *target, const bakery_run_options *options,
                           struct site *ret, const char **ret_region, bakery_error **err)
{
        ret->client = client;
        ret->target = target;
        bakery_status st = take_options(ret, options, err);
        if (st)
                return st;
        if (target->size < sizeof *target || !target->config)
                return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                    "a target of %zu bytes, or without a configuration, is none: begin with "
                                    "BAKERY_TARGET_INIT",
                                    target->size);
        if (!target->keys && !target->renew_keys) /* or requests would go out unsigned */
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "the target has no keys");
        ret->keys = target->keys;
        *ret_region = find_region(ret);
        return *ret_region ? BAKERY_OK : fail_no_region(err);
}

bakery_status bakery_target_print(bakery_client *client, const bakery_target *target, char **ret_text,
                                  bakery_error **err)
{
        AUTO_CLEAR(site) site = { 0 };
        AUTO_CLEAR(buf) text = { .max = 4096 };
        AUTO_FREE char *name = NULL;
        const char *region = NULL;

        bakery__error_clear(err);
        bakery_status st = begin(client, target, NULL, &site, &region, err);
        if (!st)
                st = bakery_stack_name(target->config, target->kind, &name, err);
        if (st)
                return st;
        bakery__buf_format(&text, "%s in ", name);
        if (target->account)
                bakery__buf_format(&text, "%s (%s)", bakery_account_id(target->account),
                                   bakery_account_name(target->account));
        else
                bakery__buf_text(&text, bakery_config_bakery_account_id(target->config));
        bakery__buf_format(&text, ", %s", region);
        return bakery__buf_take(&text, "the stack and its place", ret_text, NULL, err);
}

bakery_status bakery__site_open(bakery_client *client, const bakery_target *target, const bakery_run_options *options,
                                struct site *ret, bakery_error **err)
{
        const char *region = NULL;
        bakery_status st = begin(client, target, options, ret, &region, err);

        if (!st)
                st = bakery__recipe_write(target, region, find_bucket(ret), &ret->recipe, err);
        return st ? st : guard(ret, err);
}

bakery_status bakery__site_open_account(bakery_client *client, const bakery_target *target,
                                        const bakery_run_options *options, const char *account_id, const char *name,
                                        const char *command, struct site *ret, bakery_error **err)
{
        struct recipe *recipe = &ret->recipe;
        const char *region = NULL, *bucket;
        bakery_status st = begin(client, target, options, ret, &region, err);

        if (st)
                return st;
        bucket = find_bucket(ret);
        recipe->config = target->config;
        recipe->account_id = bakery__arena_copy(&recipe->arena, bakery__span(account_id));
        recipe->stack_name = bakery__arena_copy(&recipe->arena, bakery__span(name));
        recipe->command = bakery__arena_copy(&recipe->arena, bakery__span(command));
        recipe->region = bakery__arena_copy(&recipe->arena, bakery__span(region));
        recipe->bucket = bucket ? bakery__arena_copy(&recipe->arena, bakery__span(bucket)) : NULL;
        if (!recipe->account_id || !recipe->stack_name || !recipe->command || !recipe->region ||
            (bucket && !recipe->bucket))
                return bakery__fail_memory(err);
        return guard(ret, err);
}

/* Work on a stack may take longer than a role's session lasts. */
static bakery_status renew_keys(struct site *site, bakery_error **err)
{
        int64_t end_s = site->keys ? bakery_credentials_expiration_s(site->keys) : 1;

        if (!site->target->renew_keys || end_s == 0 || end_s - bakery__client_now_s(site->client) > KEYS_LEFT_S)
                return BAKERY_OK;
        return site->target->renew_keys(site->target->renew_context, &site->keys, err);
}

bakery_status bakery__site_access(struct site *site, struct aws_access *ret, bakery_error **err)
{
        bakery_status st = renew_keys(site, err);

        if (!st)
                *ret = (struct aws_access){ .client = site->client, .keys = site->keys, .region = site->recipe.region };
        return st;
}

bakery_status bakery__site_find_stack(struct site *site, struct arena *arena, const struct cfn_stack **ret,
                                      bakery_error **err)
{
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        return st ? st : bakery__cfn_describe_stack(&aws, site->recipe.stack_name, arena, ret, err);
}

static bakery_status add_name(const struct iam_entry *entry, void *context, bakery_error **err)
{
        struct buf *names = context;

        (void)err;
        bakery__buf_format(names, "%s%s", names->len > 0 ? ", " : "", entry->name);
        return BAKERY_OK;
}

bakery_status bakery__site_members(struct site *site, const char *group, struct buf *names, bakery_error **err)
{
        struct aws_access aws;
        bakery_status st = bakery__site_access(site, &aws, err);

        if (!st)
                st = bakery__iam_list(&aws, IAM_MEMBERS_OF_GROUP, group, add_name, names, err);
        if (st && st != BAKERY_ERR_NOT_FOUND)
                return st;
        bakery__error_clear(err);
        return bakery__buf_status(names, "the members of a group", err);
}

void bakery__site_add_members(struct site *site, const char *group, struct buf *text)
{
        AUTO_CLEAR(buf) names = { .max = 4096 };

        if (!bakery__site_members(site, group, &names, NULL) && names.len > 0)
                bakery__buf_format(text, " (members: %s)", names.at);
}

const char *bakery__site_token(const struct site *site, const char *what, struct arena *arena)
{
        const bakery_client_options *options = bakery__client_options(site->client);

        return bakery__arena_format(arena, "bakery-%s-%llx-%08x", what,
                                    (unsigned long long)options->now_ms(options->world_context),
                                    (unsigned)(bakery__client_random(site->client) * 4294967295.0));
}

void bakery__site_tell(const struct site *site, bakery_event *event)
{
        if (!site->options.on_event)
                return;
        event->size = sizeof *event;
        event->account_id = site->recipe.account_id;
        event->account_name = site->recipe.account ? bakery_account_name(site->recipe.account) : NULL;
        site->options.on_event(event, site->options.context);
}

static void tell_text(const struct site *site, bakery_event_kind kind, const char *format, va_list args)
        __attribute__((format(printf, 3, 0)));

static void tell_text(const struct site *site, bakery_event_kind kind, const char *format, va_list args)
{
        AUTO_FREE char *text = bakery__str_harmless_format(format, args);
        bakery_event event = { .kind = kind, .stack_name = site->recipe.stack_name, .text = text };

        if (text)
                bakery__site_tell(site, &event);
}

void bakery__site_step(const struct site *site, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        tell_text(site, BAKERY_EVENT_STEP, format, args);
        va_end(args);
}

void bakery__site_warn(const struct site *site, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        tell_text(site, BAKERY_EVENT_WARNING, format, args);
        va_end(args);
}

bakery_status bakery__site_goes_on(const struct site *site, bakery_status st, const char *stack_id, const char *why,
                                   bakery_error **err)
{
        bakery__fail(err, st, "%s: %s goes on at AWS, as %s", why, site->recipe.stack_name, stack_id);
        bakery__error_hint(err, "bakery-cli status --wait %s takes it up again", site->recipe.command);
        return st;
}

void bakery__site_clear(struct site *site)
{
        bakery__recipe_clear(&site->recipe);
}
