/*
 * Deploys the Bakery account's stack of a configuration, with a display of its own: one line for each resource that
 * comes to an end, and the plan before that.
 *
 *      make deploy && ./deploy config.yml           shows the plan, and throws it away
 *                     ./deploy config.yml --yes     carries it out
 *
 * Everything that bakery-cli shows comes through the same calls.
 */
#include <stdio.h>
#include <string.h>

#include <bakery/bakery.h>

struct display {
        unsigned done, failed;
};

static void show(const bakery_event *event, void *context)
{
        struct display *display = context;

        switch (event->kind) {
        case BAKERY_EVENT_STEP:
                printf("... %s\n", event->text);
                break;
        case BAKERY_EVENT_WARNING:
                printf("!   %s\n", event->text);
                break;
        case BAKERY_EVENT_RESOURCE:
                if (event->progress == BAKERY_PROGRESS_RUNNING)
                        return;
                display->done += event->progress == BAKERY_PROGRESS_DONE;
                display->failed += event->progress == BAKERY_PROGRESS_FAILED;
                printf("%3u %s %s%s%s\n", display->done, event->logical_id, event->status, event->reason ? ": " : "",
                       event->reason ? event->reason : "");
                break;
        case BAKERY_EVENT_STACK:
                printf("=== %s\n", event->status);
                break;
        case BAKERY_EVENT_WAITING:
                break;
        }
}

static bakery_status print_plan(const bakery_plan *plan, bakery_error **err)
{
        char *text = NULL;
        bakery_status st = bakery_plan_print(plan, BAKERY_PLAN_TEXT, &text, err);

        if (st == BAKERY_OK)
                fputs(text, stdout);
        bakery_free(text);
        return st;
}

static bakery_status deploy(bakery_client *client, const bakery_target *target, int for_real, bakery_error **err)
{
        struct display display = { 0, 0 };
        bakery_run_options options = BAKERY_RUN_OPTIONS_INIT;
        bakery_plan *plan = NULL;

        options.on_event = show;
        options.context = &display;

        bakery_status st = bakery_plan_make(client, target, &options, &plan, err);
        if (st == BAKERY_OK)
                st = print_plan(plan, err);
        if (st == BAKERY_OK)
                st = for_real ? bakery_plan_execute(client, target, plan, &options, err)
                              : bakery_plan_discard(client, target, plan, err);
        if (st == BAKERY_OK && for_real)
                printf("%u resources done\n", display.done);
        bakery_plan_free(plan);
        return st;
}

/* With whose keys: found as the AWS CLI finds them. */
static bakery_status deploy_with_keys(bakery_client *client, const bakery_config *config, int for_real,
                                      bakery_error **err)
{
        bakery_target target = BAKERY_TARGET_INIT;
        bakery_credentials *keys = NULL;
        bakery_status st = bakery_chain_resolve(client, NULL, &keys, err);

        target.config = config;
        target.kind = BAKERY_STACK_BAKERY;
        target.keys = keys;
        if (st == BAKERY_OK)
                st = deploy(client, &target, for_real, err);
        bakery_credentials_free(keys);
        return st;
}

int main(int argc, char **argv)
{
        bakery_config *config = NULL;
        bakery_client *client = NULL;
        bakery_error *err = NULL;
        int for_real = argc == 3 && strcmp(argv[2], "--yes") == 0;

        if (argc < 2 || (argc > 2 && !for_real)) {
                fputs("usage: deploy CONFIG [--yes]\n", stderr);
                return 2;
        }

        bakery_status st = bakery_config_load_file(argv[1], NULL, &config, &err);
        if (st == BAKERY_OK)
                st = bakery_client_new(NULL, &client, &err);
        if (st == BAKERY_OK)
                st = deploy_with_keys(client, config, for_real, &err);

        if (err)
                fprintf(stderr, "deploy: %s\n", bakery_error_message(err));
        if (bakery_error_hint(err))
                fprintf(stderr, "  %s\n", bakery_error_hint(err));
        bakery_error_free(err);
        bakery_client_free(client);
        bakery_config_free(config);
        return st == BAKERY_OK ? 0 : 1;
}
