/* users revoke NAME: the sessions that live end, account by account. */
#include <string.h>

#include "stack.h"
#include "ui/json.h"
#include "users.h"

static const char *const states[] = {
        [BAKERY_REVOCATION_WAITING] = "waiting",
        [BAKERY_REVOCATION_DONE] = "done",
        [BAKERY_REVOCATION_FAILED] = "failed",
        [BAKERY_REVOCATION_SKIPPED] = "skipped",
};

static const char *id_of(const struct users *users, const bakery_revocation_account *account)
{
        return account->account ? bakery_account_id(account->account)
                                : bakery_config_bakery_account_id(users->work.config);
}

static const char *name_of(const bakery_revocation_account *account)
{
        return account->account ? bakery_account_name(account->account) : "the Bakery account";
}

static void tell_account(const bakery_revocation_account *account, void *context)
{
        const struct users *users = context;

        fprintf(stderr, "%*zu/%zu  %s  %-24s %s", account->total > 99 ? 4 : 2, account->finished, account->total,
                id_of(users, account), name_of(account), states[account->state]);
        if (account->account && account->state == BAKERY_REVOCATION_DONE)
                fprintf(stderr, ": %zu role%s", account->roles, account->roles == 1 ? "" : "s");
        if (account->missing > 0)
                fprintf(stderr, ", %zu %s", account->missing,
                        users->options->users.given & USERS_UNDO ? "without a denial" : "not deployed");
        if (account->keys > 0)
                fprintf(stderr, ", %zu access key%s inactive now", account->keys, account->keys == 1 ? "" : "s");
        if (account->error)
                fprintf(stderr, ": %s", bakery_error_message(account->error));
        fputc('\n', stderr);
        if (account->error && bakery_error_hint(account->error))
                fprintf(stderr, "  hint: %s\n", bakery_error_hint(account->error));
}

static void print_json_account(struct json_out *json, const struct users *users,
                               const bakery_revocation_account *account)
{
        json_begin(json, NULL, '{');
        json_text(json, "id", id_of(users, account));
        json_text(json, "name", account->account ? bakery_account_name(account->account) : NULL);
        json_text(json, "state", states[account->state]);
        json_number(json, "roles", account->roles);
        json_number(json, "missing", account->missing);
        json_number(json, "keys", account->keys);
        json_text(json, "error", account->error ? bakery_error_message(account->error) : NULL);
        json_end(json, '}');
}

static void print_json(const struct users *users, const bakery_revocation *revocation)
{
        struct json_out json = { .out = stdout };

        json_begin(&json, NULL, '{');
        json_number(&json, "version", 1);
        json_text(&json, "user", bakery_revocation_user(revocation));
        json_bool(&json, "undo", (users->options->users.given & USERS_UNDO) != 0);
        json_begin(&json, "accounts", '[');
        for (size_t i = 0; i < bakery_revocation_count(revocation); i++) {
                bakery_revocation_account account = { .size = sizeof account };

                bakery_revocation_at(revocation, i, &account);
                print_json_account(&json, users, &account);
        }
        json_end(&json, ']');
        json_begin(&json, "uncertain", '[');
        for (size_t i = 0; i < bakery_revocation_uncertain_count(revocation); i++)
                json_text(&json, NULL, bakery_revocation_uncertain(revocation, i));
        json_end(&json, ']');
        json_end(&json, '}');
        putchar('\n');
}

enum { GROUPS_TOLD = 5 };

/* A session of a name that the person chose is one that cannot be told from anybody else's. */
static void tell_uncertain(const bakery_revocation *revocation)
{
        const size_t count = bakery_revocation_uncertain_count(revocation);

        if (count == 0)
                return;
        fprintf(stderr, "bakery-cli: warning: sessions of %s under another name may live on: the roles of",
                bakery_revocation_user(revocation));
        for (size_t i = 0; i < count && i < GROUPS_TOLD; i++)
                fprintf(stderr, "%s %s", i ? "," : "", bakery_revocation_uncertain(revocation, i));
        if (count > GROUPS_TOLD)
                fprintf(stderr, " and %zu more", count - GROUPS_TOLD);
        fputs(" take any\n  hint: RequireSessionName in the configuration ends that\n", stderr);
}

static void tell_outcome(const struct users *users, const bakery_revocation *revocation)
{
        const unsigned given = users->options->users.given;
        const char *user = bakery_revocation_user(revocation);

        if (users->options->output == OUTPUT_JSON) {
                print_json(users, revocation);
                fflush(stdout);
        }
        if (given & USERS_UNDO)
                return;
        tell_uncertain(revocation);
        if (!(given & (USERS_KEYS | USERS_GONE)))
                fprintf(stderr,
                        "bakery-cli: %s can begin new sessions\n"
                        "  hint: --keys makes the access keys inactive; who leaves Users leaves the groups\n",
                        user);
        if (users->options->output == OUTPUT_TEXT &&
            bakery_revocation_count_of(revocation, BAKERY_REVOCATION_DONE) == bakery_revocation_count(revocation))
                printf("the sessions of %s that began until now are ended\n", user);
}

static bool is_agreed(const struct users *users)
{
        char question[256];

        if (users->options->users.given & USERS_UNDO)
                return true;
        snprintf(question, sizeof question, "End all sessions of %.64s?", users->name);
        return stack_agreed(users->options, question);
}

int users_revoke(struct users *users)
{
        const struct options *options = users->options;
        bakery_revocation_request request = BAKERY_REVOCATION_REQUEST_INIT;
        bakery_revocation *revocation = NULL;
        bakery_error *err = NULL;
        int code = EXIT_DONE;

        if (!is_agreed(users))
                return EXIT_REFUSED;
        request.config = users->work.config;
        request.keys = users->work.keys;
        request.user = users->name;
        request.undo = (options->users.given & USERS_UNDO) != 0;
        request.user_is_gone = (options->users.given & USERS_GONE) != 0;
        request.deactivate_keys = (options->users.given & USERS_KEYS) != 0;
        request.deployer_role = options->stack.deployer_role;
        request.region = users->work.region;
        request.workers = options->stack.jobs;
        request.on_account = options->output == OUTPUT_TEXT ? tell_account : NULL;
        request.context = users;
        const bakery_status st = bakery_revocation_run(users->work.client, &request, &revocation, &err);
        if (revocation)
                tell_outcome(users, revocation);
        if (st)
                code = cli_fail(err);
        bakery_revocation_free(revocation);
        bakery_error_free(err);
        return code;
}
