/* profile-parser-tests.json: what AWS's SDKs make of a config and a credentials file. */
#include <stdio.h>
#include <string.h>

#include "conformance.h"
#include "formats/ini.h"

static bool same_properties(const struct ini_section *section, const cJSON *wanted)
{
        const cJSON *property;

        if (section->count != (size_t)cJSON_GetArraySize(wanted))
                return false;
        cJSON_ArrayForEach(property, wanted)
        {
                const char *value = bakery__ini_value(section, property->string);

                if (!value || strcmp(value, property->valuestring) != 0)
                        return false;
        }
        return true;
}

static bool same_sections(const struct ini *ini, enum ini_kind kind, const cJSON *wanted)
{
        size_t count = 0;
        const cJSON *section;

        for (const struct ini_section *s = ini->first; s; s = s->next)
                count += s->kind == kind;
        if (count != (size_t)cJSON_GetArraySize(wanted))
                return false;
        cJSON_ArrayForEach(section, wanted)
        {
                const struct ini_section *found = bakery__ini_find(ini, kind, section->string);

                if (!found || !same_properties(found, section))
                        return false;
        }
        return true;
}

static bakery_status add(struct ini *ini, enum ini_file file, const char *path, const cJSON *text, bakery_error **err)
{
        return text ? bakery__ini_add(ini, file, path, bakery__span(text->valuestring), err) : BAKERY_OK;
}

static void run(struct tally *tally, const cJSON *test)
{
        AUTO_CLEAR(ini) ini = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        const cJSON *input = member(test, "input"), *output = member(test, "output"),
                    *config = member(output, "config");
        const char *wanted_error = text_of(output, "errorContaining");

        bakery_status st = add(&ini, INI_CONFIG, "config", member(input, "configFile"), &err);
        if (!st)
                st = add(&ini, INI_CREDENTIALS, "credentials", member(input, "credentialsFile"), &err);

        const char *difference = NULL;
        if (st)
                difference = *wanted_error && strstr(bakery_error_message(err), wanted_error)
                                     ? NULL
                                     : bakery_error_message(err);
        else if (*wanted_error)
                difference = "accepted";
        else if (!same_sections(&ini, INI_PROFILE, member(config, "profiles")))
                difference = "other profiles";
        else if (!same_sections(&ini, INI_SSO_SESSION, member(config, "sso_sessions")))
                difference = "other sso-sessions";
        count(tally, text_of(test, "name"), difference);
}

int main(int argc, char **argv)
{
        struct tally tally = { .suite = "profile-parser" };

        if (argc != 2) {
                fprintf(stderr, "usage: %s <folder of profile>\n", argv[0]);
                return 2;
        }
        cJSON *json = read_json(argv[1], "profile-parser-tests.json");
        const cJSON *test;
        cJSON_ArrayForEach(test, member(json, "tests")) run(&tally, test);
        cJSON_Delete(json);
        return finish(&tally);
}
