#include "deploy/function.h"

#include <string.h>

#include "access/notify.h"
#include "base/fs.h"
#include "formats/crypto.h"
#include "model/admin_watch.h"

/* https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: zipped, when it comes through S3 it may
 * unpack to 250 MB. */
enum { ZIP_MAX_BYTES = 250 << 20 };

/* The zip file is made along with this library, for the same processor. */
#if defined(__aarch64__)
static const char architecture[] = "arm64";
#else
static const char architecture[] = "x86_64";
#endif

static bakery_status read_code(struct recipe *recipe, const char *path, bakery_error **err)
{
        char digest[65];

        if (!path) {
                bakery__fail(err, BAKERY_ERR_ARGUMENT, "the zip file of the function is not named");
                bakery__error_hint(err,
                                   "bakery-cli is installed with one, share/bakery/check-admin.zip: --function-zip");
                return BAKERY_ERR_ARGUMENT;
        }
        recipe->code.max = ZIP_MAX_BYTES;
        bakery_status st = bakery__fs_read(path, &recipe->code, err);
        if (!st)
                st = bakery__sha256_hex((struct span){ recipe->code.at ? recipe->code.at : "", recipe->code.len },
                                        digest, err);
        if (st)
                return st;
        recipe->code_digest = bakery__arena_copy(&recipe->arena, bakery__span(digest));
        recipe->code_key = bakery__arena_format(&recipe->arena, "check_admin_access.%s.zip", digest);
        return recipe->code_digest && recipe->code_key ? BAKERY_OK : bakery__fail_memory(err);
}

/* A parameter of Systems Manager is named in the template, and the function asks for it itself. */
static bool is_asked_for_by_function(const struct secret *hook)
{
        return bakery__str_starts(bakery__secret_reveal(hook), HOOK_OF_SSM);
}

/* The URL itself goes into a parameter that CloudFormation does not echo. */
static bakery_status find_hook(struct site *site, const char **ret_url, bakery_error **err)
{
        const struct secret *hook = &site->recipe.config->slack_hook;
        AUTO_CLEAR(secret) url = { 0 };
        struct aws_access aws;

        *ret_url = "";
        if (!bakery__secret_is_set(hook) || is_asked_for_by_function(hook))
                return BAKERY_OK;
        bakery_status st = bakery__site_access(site, &aws, err);
        if (!st)
                st = bakery__webhook_find(&aws, hook, bakery_config_name(site->recipe.config), &url, err);
        if (st)
                return st;
        *ret_url = bakery__arena_copy(&site->recipe.arena, bakery__span(bakery__secret_reveal(&url)));
        return *ret_url ? BAKERY_OK : bakery__fail_memory(err);
}

/* What else the template wants has defaults that come from the configuration. */
static bakery_status tell_stack(struct recipe *recipe, const char *hook_url, bakery_error **err)
{
        const struct cfn_parameter parameters[] = {
                { .key = "Prefix", .value = bakery_config_prefix(recipe->config) },
                { .key = "CheckSum", .value = recipe->code_digest },
                { .key = "LambdaS3Bucket", .value = recipe->bucket ? recipe->bucket : "" },
                { .key = "SlackChannelHookUrl", .value = hook_url },
                { .key = "Architecture", .value = architecture },
        };
        struct cfn_parameter *at = bakery__arena_array(&recipe->arena, N_ELEMENTS(parameters), sizeof *at);

        if (!at)
                return bakery__fail_memory(err);
        memcpy(at, parameters, sizeof parameters);
        recipe->parameters = (struct cfn_parameters){ at, N_ELEMENTS(parameters) };
        return BAKERY_OK;
}

bakery_status bakery__function_add(struct site *site, bakery_error **err)
{
        const char *hook_url = "";

        if (site->recipe.kind != BAKERY_STACK_CHECK_ADMIN)
                return BAKERY_OK;
        bakery_status st = read_code(&site->recipe, site->target->function_zip, err);
        if (!st)
                st = find_hook(site, &hook_url, err);
        return st ? st : tell_stack(&site->recipe, hook_url, err);
}
