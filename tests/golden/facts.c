/*
 * The facts of each golden template are those that its configuration makes: nothing differs, whether the text was
 * deployed or the tree comes from memory.
 *
 *      facts FOLDER
 */
#include <bakery/bakery.h>

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "deploy/facts_compare.h"
#include "made_facts.h"

static int n_compared, n_failed;

static void fail(const char *name, const char *what)
{
        printf("FAILED %s: %s\n", name, what);
        n_failed++;
}

static void show(const char *name, const struct differences *found)
{
        for (size_t i = 0; i < found->count; i++)
                fail(name, found->at[i].text);
        for (size_t i = 0; i < found->n_moved; i++)
                fail(name, "grants moved");
}

/* Adds what the file of that name makes. label is the logical id of the nested stack. */
static void add_file(struct facts *facts, const bakery_config *config, const char *folder, const char *file,
                     const char *label, struct resolve_scope scope)
{
        AUTO_CLEAR(json) template = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        AUTO_CLEAR(buf) text = { .max = 1 << 24 };
        char path[512];

        snprintf(path, sizeof path, "%s/%s", folder, file);
        bakery_status st = bakery__fs_read(path, &text, &err);
        if (!st)
                st = bakery__template_parse((struct span){ text.at, text.len }, path, NULL, &template, &err);
        scope.template = template.root;
        scope.stack_name = label;
        scope.partition = config->partition->id;
        if (!st)
                st = bakery__facts_add_template(facts, &scope, &err);
        if (st)
                fail(path, bakery_error_message(err));
}

static void add_bakery_files(struct facts *facts, const bakery_config *config, const char *folder)
{
        const struct parameter team = { "TeamName", bakery_config_team_name(config) };
        struct resolve_scope scope = { .account_id = bakery_config_bakery_account_id(config),
                                       .parameters = &team,
                                       .n_parameters = 1 };

        add_file(facts, config, folder, "bakery_account.json", "BakeryAccount", scope);
        scope.n_parameters = 0;
        if (!config->per_environment)
                add_file(facts, config, folder, "bakery_env.json", "BakeryEnvironment", scope);
        for (size_t i = 0; i < config->n_environments && config->per_environment; i++) {
                char label[200];

                snprintf(label, sizeof label, "BakeryEnvironment%s", config->environments[i].logical_id);
                add_file(facts, config, folder, config->template_files[i], label, scope);
        }
}

static void add_burger_file(struct facts *facts, const bakery_account *account, const char *folder)
{
        const struct parameter parameters[] = { { "AccountName", account->name },
                                                { "Environment", account->environment->name } };
        const struct resolve_scope scope = { .account_id = account->id,
                                             .parameters = parameters,
                                             .n_parameters = N_ELEMENTS(parameters) };

        add_file(facts, account->environment->config, folder, "burger_account.json", "BurgerAccount", scope);
}

static void compare(const char *name, const struct facts *before, const struct facts *after)
{
        AUTO_CLEAR(differences) found = { 0 };

        n_compared++;
        if (bakery__facts_compare(before, after, &found, NULL) != BAKERY_OK)
                fail(name, "no memory");
        show(name, &found);
}

/* The configuration says it once more, without templates: one grant for each role of each group. */
static void check_grants(const char *name, const bakery_config *config, const struct facts *facts)
{
        size_t n = 0, n_facts = 0;
        bakery_grants *grants = NULL;

        if (config->organization_id) /* one pattern a group */
                return;
        if (bakery_grants_new(config, NULL, &grants, NULL) != BAKERY_OK)
                fail(name, "no memory");
        while (grants && bakery_grants_next(grants))
                n++;
        bakery_grants_free(grants);
        for (size_t i = 0; i < facts->n_groups; i++)
                n_facts += facts->groups[i]->n_grants;
        if (n == 0 || n != n_facts)
                fail(name, "other grants than those of the configuration");
}

static void check_burgers(const char *name, const bakery_config *config)
{
        for (size_t i = 0; i < config->n_environments; i++) {
                AUTO_CLEAR(facts) deployed = { 0 };
                AUTO_CLEAR(facts) made = { 0 };
                const bakery_account *account = &config->environments[i].accounts[0];

                add_burger_file(&deployed, account, name);
                if (made_in_burger(&made, account, NULL) != BAKERY_OK)
                        fail(name, "no memory");
                if (made.n_roles != config->environments[i].n_groups)
                        fail(name, "other roles than the environment has groups");
                compare(name, &deployed, &made);
        }
}

static void check_config(const char *name)
{
        AUTO_CLEAR(facts) deployed = { 0 };
        AUTO_CLEAR(facts) made = { 0 };
        AUTO_PTR(bakery_error) err = NULL;
        bakery_config *config = NULL;
        char path[512];

        snprintf(path, sizeof path, "%s/config.yml", name);
        if (bakery_config_load_file(path, NULL, &config, &err) != BAKERY_OK) {
                fail(path, bakery_error_message(err));
                return;
        }
        add_bakery_files(&deployed, config, name);
        if (made_in_bakery(&made, config, &err) != BAKERY_OK)
                fail(name, bakery_error_message(err));
        compare(name, &deployed, &made);
        compare(name, &made, &deployed);
        check_grants(name, config, &made);
        check_burgers(name, config);
        bakery_config_free(config);
}

static int has_config(const struct dirent *entry)
{
        char path[1024];

        snprintf(path, sizeof path, "%s/config.yml", entry->d_name);
        return entry->d_name[0] != '.' && access(path, F_OK) == 0;
}

int main(int argc, char **argv)
{
        struct dirent **folders = NULL;
        int n = argc == 2 && chdir(argv[1]) == 0 ? scandir(".", &folders, has_config, alphasort) : -1;

        for (int i = 0; i < n; i++) {
                check_config(folders[i]->d_name);
                free(folders[i]);
        }
        free(folders);
        printf("%d configurations, %d comparisons, %d failures\n", n, n_compared, n_failed);
        return n <= 0 || n_failed > 0;
}
