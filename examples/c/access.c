/*
 * Who can reach one account: by a configuration alone, without asking anything of AWS.
 *
 *      make && ./access ../secure.yml Payments
 */
#include <stdio.h>
#include <time.h>

#include <bakery/bakery.h>

static const char *name_of(bakery_reach reach)
{
        return reach == BAKERY_REACH_ADMIN ? "  (as an admin of the Bakery account)" : "";
}

static bakery_status print_people(const bakery_access *access, const char *account, bakery_error **err)
{
        bakery_access_filter filter = BAKERY_ACCESS_FILTER_INIT;
        bakery_access_walk *walk = NULL;

        filter.account = account;
        bakery_status st = bakery_access_walk_new(access, &filter, &walk, err);
        while (st == BAKERY_OK && bakery_access_walk_next(walk))
                printf("%-16s %s%s\n", bakery_access_walk_user_name(walk),
                       bakery_access_type_name(bakery_group_access_type(bakery_access_walk_group(walk))),
                       name_of(bakery_access_walk_reach(walk)));
        bakery_access_walk_free(walk);
        return st;
}

int main(int argc, char **argv)
{
        bakery_access_options options = BAKERY_ACCESS_OPTIONS_INIT;
        bakery_config *config = NULL;
        bakery_access *access = NULL;
        bakery_error *err = NULL;

        if (argc != 3) {
                fputs("usage: access CONFIG ACCOUNT\n", stderr);
                return 2;
        }
        options.now_s = time(NULL); /* memberships that have ended are none */
        bakery_status st = bakery_config_load_file(argv[1], NULL, &config, &err);
        if (st == BAKERY_OK)
                st = bakery_access_from_config(config, &options, &access, &err);
        if (st == BAKERY_OK)
                st = print_people(access, argv[2], &err);
        if (err)
                fprintf(stderr, "access: %s\n", bakery_error_message(err));
        if (bakery_error_hint(err))
                fprintf(stderr, "  %s\n", bakery_error_hint(err));
        bakery_access_free(access);
        bakery_config_free(config);
        bakery_error_free(err);
        return st == BAKERY_OK ? 0 : 1;
}
