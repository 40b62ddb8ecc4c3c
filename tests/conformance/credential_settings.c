/* ecs-tests.json, imds-endpoint-tests.json, file-location-tests.json: where the environment and profiles lead. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "credentials/container.h"
#include "credentials/imds.h"
#include "world.h"

static void set_all(struct world *world, const cJSON *variables)
{
        const cJSON *variable;

        cJSON_ArrayForEach(variable, variables) world_set(world, variable->string, variable->valuestring);
}

/* What was found, or the sentence that refuses it, against what was expected of it. */
static void judge(struct tally *tally, const char *name, bakery_status st, const char *found, const char *wanted,
                  const bakery_error *err, const char *refusal)
{
        char difference[2000] = "";

        if (st && (*wanted || !strstr(bakery_error_message(err), refusal)))
                snprintf(difference, sizeof difference, "refused: %s", bakery_error_message(err));
        else if (!st && strcmp(found, wanted) != 0)
                snprintf(difference, sizeof difference, "%s, not \"%s\"", found, wanted);
        count(tally, name, difference);
}

static void run_container(struct tally *tally, const cJSON *test)
{
        AUTO_CLEAR(world) world = { .events = NULL };
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_FREE char *url = NULL;
        const cJSON *result = member(test, "result");
        const bool unset = strstr(text_of(result, "ErrorContains"), "No environment variables") != NULL;

        set_all(&world, member(test, "env"));
        bakery_status st = bakery__container_url(world_client(&world), &url, NULL, &err);
        judge(tally, text_of(test, "docs"), st, url, text_of(result, "Ok"), err,
              unset ? "there are no container credentials" : "is no URL with a host");
}

/* The file of a test, which names it without a folder. */
static void write_config(struct world *world, const cJSON *test, char path[40])
{
        const char *text = text_of(member(test, "fs"), "config");

        strcpy(path, "/tmp/bakery-conformance-XXXXXX");
        int fd = mkstemp(path);
        if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd) != 0)
                abort();
        world_set(world, "AWS_CONFIG_FILE", path);
}

static void run_metadata(struct tally *tally, const cJSON *test)
{
        AUTO_CLEAR(world) world = { .events = NULL };
        AUTO_CLEAR(profiles) profiles = { .paths = { NULL } };
        AUTO_CLEAR(buf) url = { .max = 4096 };
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_FREE char *endpoint = NULL;
        const struct ini_section *profile = NULL;
        const cJSON *result = member(test, "result");
        const char *name = text_of(test, "docs");
        char path[40];

        /* With an endpoint in the environment the mode has no say, whoever sets it. */
        if (member(test, "endpoint_override") ||
            (member(test, "mode_override") && !member(member(test, "env"), "AWS_EC2_METADATA_SERVICE_ENDPOINT"))) {
                leave_out(tally, name, "there is no option for it beside environment and profile");
                return;
        }
        write_config(&world, test, path); /* before the variables of the test: the first one is found */
        set_all(&world, member(test, "env"));
        world_client(&world);
        bakery_status st = bakery__profiles_load(world.client, &profiles, &err);
        if (!st)
                st = bakery__profiles_find(world.client, &profiles, NULL, &profile, &err);
        if (!st)
                st = bakery__imds_endpoint(world.client, profile, &endpoint, &err);
        bakery__buf_format(&url, "%s/latest/api/token", endpoint ? endpoint : "");
        judge(tally, name, st, url.at, text_of(result, "Ok"), err,
              strstr(text_of(result, "Err"), "endpoint mode") ? "is no mode of the instance metadata endpoint"
                                                              : "is no URL");
        unlink(path);
}

static void run_location(struct tally *tally, const cJSON *test)
{
        static const char *const names[] = {
                [INI_CONFIG] = "configLocation", [INI_CREDENTIALS] = "credentialsLocation"
        };
        AUTO_CLEAR(world) world = { .events = NULL };
        const char *difference = NULL, *profile = text_of(test, "profile");

        if (strcmp(text_of(test, "platform"), "linux") != 0) {
                leave_out(tally, text_of(test, "name"), "Windows");
                return;
        }
        set_all(&world, member(test, "environment"));
        world_client(&world);
        for (int i = 0; i < 2; i++) {
                AUTO_FREE char *path = NULL;

                if (bakery__profile_path(world.client, (enum ini_file)i, &path, NULL) ||
                    strcmp(path, text_of(test, names[i])) != 0)
                        difference = names[i];
        }
        const char *wanted = bakery__profile_wanted(world.client, NULL);
        if (*profile && strcmp(wanted ? wanted : "default", profile) != 0)
                difference = "profile";
        count(tally, text_of(test, "name"), difference);
}

int main(int argc, char **argv)
{
        static const struct {
                const char *suite, *file;
                void (*run)(struct tally *tally, const cJSON *test);
        } suites[] = {
                { "ecs", "ecs-tests.json", run_container },
                { "imds-config", "imds-config/imds-endpoint-tests.json", run_metadata },
                { "file-location", "file-location-tests.json", run_location },
        };
        int worst = 0;

        if (argc != 2) {
                fprintf(stderr, "usage: %s <folder of profile>\n", argv[0]);
                return 2;
        }
        for (size_t i = 0; i < N_ELEMENTS(suites); i++) {
                struct tally tally = { .suite = suites[i].suite };
                cJSON *json = read_json(argv[1], suites[i].file);
                const cJSON *test;

                cJSON_ArrayForEach(test, member(json, "tests")) suites[i].run(&tally, test);
                cJSON_Delete(json);
                int result = finish(&tally);
                worst = result > worst ? result : worst;
        }
        return worst;
}
